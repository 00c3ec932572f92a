//! How an upload goes on, `GET /v1/uploads/{id}`; and its end before its time, `DELETE /v1/uploads/{id}`.

mod abort;
mod progress;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use quayside_shared::config::{AuthConfig, ConfigError, StorageConfig, TableConfig, Variables};
use quayside_shared::domain::{Error, Result};
use quayside_shared::http::{Callers, problem, segments};
use quayside_shared::storage::Storage;
use quayside_shared::table::Table;

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    callers: Callers,
    table: Table,
    storage: Storage,
}

impl App {
    /// Reads the configuration.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub fn new(variables: &Variables) -> Result<Self, ConfigError> {
        const NAME: &str = env!("CARGO_PKG_NAME");
        Ok(Self {
            callers: Callers::new(AuthConfig::read(variables)?),
            table: Table::new(&TableConfig::read(variables)?, NAME),
            storage: Storage::new(&StorageConfig::read(variables)?, NAME, Duration::from_secs(8)),
        })
    }
}

/// Answers one request.
///
/// # Errors
/// Never: an error is answered with a problem document.
pub async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    let answer = match (request.method().as_str(), segments(&request).as_slice()) {
        ("GET", ["v1", "uploads", id]) => progress::show(app, &request, id).await,
        ("DELETE", ["v1", "uploads", id]) => abort::abort(app, &request, id).await,
        (method, _) => Err(Error::NoRoute(method.to_owned())),
    };
    Ok(answer.unwrap_or_else(|error| problem(&request, error)))
}
