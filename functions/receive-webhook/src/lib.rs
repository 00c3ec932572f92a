//! Webhooks that come in, known by their signatures alone: from providers that have made something for an owner, and from
//! storage.
//!
//! A provider is one file, which checks a signature and reads what was made, and its name in [`Provider`].
//!
//! [`Provider`]: quayside_domain::Provider

mod b2;
mod provider;
mod replicate;
mod routes;
mod standard;
mod urls;

pub use routes::operations;

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use quayside_domain::{Result, SourceRules};
use quayside_edge::config::{
    UploadConfig, b2_webhook_secret, ingested_within_seconds, inspected_within_seconds, source_rules,
};
use quayside_edge::http::{no_route, respond};
use quayside_edge::start::Start;
use quayside_store::config::{ConfigError, Secret, TableConfig, Variables, bucket, vault_key};
use quayside_store::table::Table;
use quayside_store::vault::Vault;

/// The longest webhook that is read, in bytes.
const MAX_WEBHOOK_BYTES: usize = 1 << 20;

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    table: Table,
    vault: Vault,
    config: UploadConfig,
    sources: SourceRules,
    bucket: String,
    b2_secret: Secret,
    ingested_within_seconds: u64,
    inspected_within_seconds: u64,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that requests will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let start = Start::of(env!("CARGO_PKG_NAME"), variables).await?;
        let variables = &start.variables;
        let table = TableConfig::read(variables)?;
        Ok(Self {
            vault: Vault::new(&vault_key(variables)?),
            config: UploadConfig::read(variables)?,
            sources: source_rules(variables, &table)?,
            bucket: bucket(variables)?,
            b2_secret: b2_webhook_secret(variables)?,
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
        if let Some([]) = routes::STORAGE.matches(&request) {
            b2::receive(app, &request).await
        } else if let Some([provider, endpoint]) = routes::MADE.matches(&request) {
            provider::receive(app, &request, provider, endpoint).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}
