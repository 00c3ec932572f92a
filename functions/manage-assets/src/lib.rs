//! Assets, their lists and their history.

mod edit;
mod history;
mod list;
mod routes;

pub use routes::operations;

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::{Delete, Process, View};
use quayside_domain::{Asset, AssetId, Authorized, Error, Result, Status, Timestamp};
use quayside_edge::config::{self, AuthConfig, CursorKeys};
use quayside_edge::http::{
    Authenticator, Cursors, accepted, asset_json, json, no_content, no_query, no_route, ok, respond,
};
use quayside_edge::start::Start;
use quayside_store::config::{ConfigError, DeliveryConfig, Variables};
use quayside_store::delivery::Cdn;
use quayside_store::table::Table;
use serde::Deserialize;
use tracing::{info, instrument};

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    authenticator: Authenticator,
    table: Table,
    cdn: Cdn,
    cursors: Cursors,
    deleted_ttl_seconds: u64,
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
        Ok(Self {
            authenticator: Authenticator::new(AuthConfig::read(variables)?),
            cursors: Cursors::new(CursorKeys::read(variables)?),
            cdn: Cdn::new(DeliveryConfig::read(variables)?),
            deleted_ttl_seconds: config::deleted_ttl_seconds(variables)?,
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
        if let Some([]) = routes::LIST.matches(&request) {
            list::list_assets(app, &request).await
        } else if let Some([id]) = routes::SHOW.matches(&request) {
            get_asset(app, &request, id).await
        } else if let Some([id]) = routes::EDIT.matches(&request) {
            edit::edit_asset(app, &request, id).await
        } else if let Some([id]) = routes::HISTORY.matches(&request) {
            history::show_history(app, &request, id).await
        } else if let Some([id]) = routes::DELETE.matches(&request) {
            delete_asset(app, &request, id).await
        } else if let Some([id]) = routes::PROCESS.matches(&request) {
            process_asset(app, &request, id).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}

#[instrument(skip_all, fields(asset.id = id, caller))]
async fn get_asset(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    no_query(request)?;
    let asset = app.table.authorize::<View>(&caller, id).await?;
    ok(&asset_json(&asset, &app.cdn, Timestamp::now()))
}

/// Deleting again changes nothing. What never got its bytes has nothing to keep for a while. Whatever else happens to the
/// asset at this moment, such as the end of its inspection, the delete follows it.
#[instrument(skip_all, fields(asset.id = id, caller))]
async fn delete_asset(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    const ATTEMPTS: usize = 5;
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    no_query(request)?;
    for _ in 0..ATTEMPTS {
        let asset = app.table.authorize_even_deleted::<Delete>(&caller, id).await?;
        if asset.status() == Status::Deleted {
            return no_content();
        }
        let ttl_seconds = if asset.has_bytes() { app.deleted_ttl_seconds } else { 0 };
        match app.table.delete(asset, Timestamp::now(), ttl_seconds).await {
            Ok(_) => {
                info!("asset deleted");
                return no_content();
            }
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict)
}

/// An object without fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Has an asset inspected again. One that waits for its inspection, or is under it, is left to that.
#[instrument(skip_all, fields(asset.id = id, caller))]
async fn process_asset(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    no_query(request)?;
    let Nothing {} = json::from_body(request)?;
    let asset = match process(app, app.table.authorize(&caller, id).await?).await {
        // Another request was faster, mostly with the same wish.
        Err(Error::Conflict) => process(app, app.table.authorize(&caller, id).await?).await?,
        other => other?,
    };
    accepted(&asset_json(&asset, &app.cdn, Timestamp::now()))
}

async fn process(app: &App, asset: Authorized<Asset, Process>) -> Result<Authorized<Asset, Process>> {
    let (status, asset_is_of_a_source) = (asset.status(), asset.source.is_some());
    if asset.may_be_reprocessed() {
        let asset = app.table.reprocess(asset, Timestamp::now(), app.inspected_within_seconds).await?;
        info!("asset is to be inspected again");
        return Ok(asset);
    }
    match status {
        Status::Uploaded => Ok(asset),
        Status::AwaitingUpload => {
            Err(Error::NotProcessable { status, hint: "Complete its upload; that has it inspected." })
        }
        Status::Ingesting => Err(Error::NotProcessable { status, hint: "It is inspected once it was fetched." }),
        Status::Failed if asset_is_of_a_source => {
            Err(Error::NotProcessable { status, hint: "Its bytes are not kept. Send its URL again." })
        }
        Status::Ready | Status::Failed | Status::Deleted => {
            Err(Error::NotProcessable { status, hint: "Its bytes are no longer kept. Upload it again." })
        }
    }
}
