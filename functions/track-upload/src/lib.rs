//! How an upload goes on, and its end before its time.

mod abort;
mod progress;
mod routes;

pub use routes::operations;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use quayside_domain::Result;
use quayside_edge::config::AuthConfig;
use quayside_edge::http::{Authenticator, no_route, respond};
use quayside_edge::start::Start;
use quayside_store::config::{ConfigError, Variables};
use quayside_store::storage::Storage;
use quayside_store::table::Table;

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    authenticator: Authenticator,
    table: Table,
    storage: Storage,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that requests will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let patience = Duration::from_secs(8);
        let (start, storage) = Start::with_storage(env!("CARGO_PKG_NAME"), variables, patience).await?;
        let variables = &start.variables;
        Ok(Self { authenticator: Authenticator::new(AuthConfig::read(variables)?), storage, table: start.table })
    }
}

/// Answers one request.
///
/// # Errors
/// Never: an error is answered with a problem document.
pub async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    respond(&request, async {
        if let Some([id]) = routes::SHOW.matches(&request) {
            progress::show(app, &request, id).await
        } else if let Some([id]) = routes::ABORT.matches(&request) {
            abort::abort(app, &request, id).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}
