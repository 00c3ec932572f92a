//! Where an asset's bytes are: checks who asks and redirects to a signed URL of the CDN.

mod routes;

pub use routes::operations;

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::View;
use quayside_domain::{Asset, AssetId, Authorized, Error, Result, Status, Timestamp};
use quayside_edge::config::AuthConfig;
use quayside_edge::http::{Authenticator, accepts_json, no_route, ok, query, redirect, respond};
use quayside_edge::start::Start;
use quayside_edge::telemetry::Metric;
use quayside_store::config::{ConfigError, DeliveryConfig, Variables};
use quayside_store::delivery::{Cdn, SignedUrl};
use quayside_store::table::Table;
use serde::Serialize;
use tracing::instrument;
use utoipa::ToSchema;

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    authenticator: Authenticator,
    table: Table,
    cdn: Cdn,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that requests will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let start = Start::of(env!("CARGO_PKG_NAME"), variables).await?;
        let variables = &start.variables;
        Ok(Self {
            authenticator: Authenticator::new(AuthConfig::read(variables)?),
            cdn: Cdn::new(DeliveryConfig::read(variables)?),
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
        if let Some([id]) = routes::GET.matches(&request).or(routes::HEAD.matches(&request)) {
            serve(app, &request, id).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}

/// Where the bytes are.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataUrl {
    /// A signed URL of the CDN.
    url: String,
    /// When it stops working.
    expires_at: Timestamp,
}

#[instrument(skip_all, fields(asset.id = id, caller))]
async fn serve(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    let download = match query(request, "download").as_deref() {
        None | Some("0" | "false") => false,
        Some("1" | "true") => true,
        Some(_) => return Err(Error::invalid("invalid_download", "download", "download is 1 or 0.")),
    };
    let asset = app.table.authorize(&caller, id).await?;
    let signed = sign(app, &asset, query(request, "variant"), download)?;
    if accepts_json(request) {
        return ok(&DataUrl { url: signed.url, expires_at: signed.expires_at });
    }
    Metric::Redirects.add(1);
    redirect(&signed.url)
}

fn sign(app: &App, asset: &Authorized<Asset, View>, variant: Option<String>, download: bool) -> Result<SignedUrl> {
    if asset.status() != Status::Ready {
        return Err(Error::NotReady(asset.status()));
    }
    let now = Timestamp::now();
    match variant.as_deref() {
        None | Some("original") => Ok(app.cdn.original(asset, now, download)),
        // Only names that the record has reach the CDN.
        Some(name) => match asset.variants.iter().find(|variant| variant.name == name) {
            Some(variant) => Ok(app.cdn.variant(asset, &variant.name, now, download)),
            None => Err(Error::NoSuchVariant(name.chars().filter(|c| !c.is_control()).take(64).collect())),
        },
    }
}
