//! Where an asset's bytes are: checks who asks and redirects to a signed URL of the CDN.

mod routes;

pub use routes::operations;

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::View;
use quayside_domain::{Asset, AssetId, Authorized, Error, Result, Status, Timestamp};
use quayside_edge::config::AuthConfig;
use quayside_edge::http::{Authenticator, Query, accepts_json, no_route, ok, redirect, respond, shown};
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
    let mut query = Query::of(request);
    let variant = query.text("variant")?;
    let download = query.take("download", parse_download)?.unwrap_or_default();
    query.finish()?;
    let asset = app.table.authorize(&caller, id).await?;
    let signed = sign(app, &asset, variant, download)?;
    if accepts_json(request) {
        return ok(&DataUrl { url: signed.url, expires_at: signed.expires_at });
    }
    Metric::Redirects.add(1);
    redirect(&signed.url)
}

fn parse_download(text: &str) -> Result<bool> {
    match text {
        "0" | "false" => Ok(false),
        "1" | "true" => Ok(true),
        _ => Err(Error::invalid("invalid_download", "download", "`download` must be 1 or 0.")),
    }
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
            None => Err(Error::NoSuchVariant(shown(name))),
        },
    }
}
