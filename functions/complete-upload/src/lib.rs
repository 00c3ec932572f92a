//! Ends an upload well: checks what storage has and moves the asset to `uploaded`, which starts its inspection.

mod complete;
mod routes;

pub use routes::operations;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use quayside_domain::Result;
use quayside_edge::config::{self, AuthConfig};
use quayside_edge::http::{Authenticator, no_route, respond};
use quayside_edge::start::Start;
use quayside_store::config::{ConfigError, DeliveryConfig, Variables};
use quayside_store::delivery::Cdn;
use quayside_store::storage::Storage;
use quayside_store::table::Table;

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    authenticator: Authenticator,
    table: Table,
    storage: Storage,
    cdn: Cdn,
    inspected_within_seconds: u64,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that requests will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let patience = Duration::from_secs(25);
        let (start, storage) = Start::with_storage(env!("CARGO_PKG_NAME"), variables, patience).await?;
        let variables = &start.variables;
        Ok(Self {
            authenticator: Authenticator::new(AuthConfig::read(variables)?),
            storage,
            cdn: Cdn::new(DeliveryConfig::read(variables)?),
            inspected_within_seconds: config::inspected_within_seconds(variables)?,
            table: start.table,
        })
    }
}

/// Answers one request.
///
/// # Errors
/// Never: an error is answered with a problem document.
pub async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    respond(&request, async {
        if let Some([id]) = routes::COMPLETE.matches(&request) {
            complete::complete_upload(app, &request, id).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}
