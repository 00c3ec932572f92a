//! Makes assets in one call: from URLs, and from the bytes of the request itself, where they are few.

mod direct;
mod form;
mod from_url;
mod routes;

pub use routes::operations;

use std::convert::Infallible;
use std::time::Duration;

use lambda_http::{Body, Request, Response};
use quayside_domain::{Result, SourceRules};
use quayside_edge::config::{
    AuthConfig, UploadConfig, ingested_within_seconds, inspected_within_seconds, source_rules,
};
use quayside_edge::http::{Authenticator, no_route, respond};
use quayside_edge::start::Start;
use quayside_store::config::{ConfigError, DeliveryConfig, TableConfig, Variables};
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
    config: UploadConfig,
    sources: SourceRules,
    ingested_within_seconds: u64,
    inspected_within_seconds: u64,
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
        let table = TableConfig::read(variables)?;
        Ok(Self {
            authenticator: Authenticator::new(AuthConfig::read(variables)?),
            storage,
            cdn: Cdn::new(DeliveryConfig::read(variables)?),
            config: UploadConfig::read(variables)?,
            sources: source_rules(variables, &table)?,
            ingested_within_seconds: ingested_within_seconds(variables)?,
            inspected_within_seconds: inspected_within_seconds(variables)?,
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
        if let Some([]) = routes::CREATE.matches(&request) {
            direct::create(app, &request).await
        } else if let Some([]) = routes::FROM_URL.matches(&request) {
            from_url::create(app, &request).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}
