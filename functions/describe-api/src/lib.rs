//! What the API is, and that it is there.

mod routes;

pub use routes::operations;

use std::convert::Infallible;

use lambda_http::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use lambda_http::{Body, Request, Response};
use quayside_domain::{Error, Result};
use quayside_edge::http::{no_query, no_route, ok, respond};
use quayside_store::config::{ConfigError, Variables};
use serde::Serialize;
use utoipa::ToSchema;

/// The description, OpenAPI 3.1. `tests/document` makes it of the types that the functions read and answer with, and
/// fails where it is another.
pub const DOCUMENT: &str = include_str!("../openapi.json");

/// What the function is made of: nothing.
#[derive(Debug)]
pub struct App;

impl App {
    /// Reads the configuration, of which there is none.
    ///
    /// # Errors
    /// None.
    pub async fn start(_variables: &Variables) -> Result<Self, ConfigError> {
        Ok(Self)
    }
}

/// That the service answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    #[schema(pattern = "^ok$")]
    status: &'static str,
    /// The service's version.
    version: &'static str,
}

/// Answers one request.
///
/// # Errors
/// Never: an error is answered with a problem document.
pub async fn handle(_app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    respond(&request, async {
        if let Some([]) = routes::DOCUMENT.matches(&request) {
            document(&request)
        } else if let Some([]) = routes::HEALTH.matches(&request) {
            health(&request)
        } else {
            Err(no_route(&request))
        }
    })
    .await
}

fn health(request: &Request) -> Result<Response<Body>> {
    no_query(request)?;
    ok(&Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

fn document(request: &Request) -> Result<Response<Body>> {
    no_query(request)?;
    Response::builder()
        .header(CONTENT_TYPE, "application/json")
        .header(CACHE_CONTROL, "public, max-age=300")
        .body(DOCUMENT.into())
        .map_err(|error| Error::Internal(error.into()))
}
