//! The end of an upload that nobody wants any more.

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::Upload;
use quayside_domain::{Asset, AssetId, Authorized, Caller, Error, Result, Status, Timestamp};
use quayside_edge::http::{no_content, no_query};
use tracing::{instrument, warn};

use crate::App;

/// The record goes first: it gives the quota back and is due for `sweep` at once, which finishes what this does not.
/// Aborting again changes nothing, and a record that somebody else changes at this moment is looked at again.
#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn abort(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    const ATTEMPTS: usize = 5;
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    no_query(request)?;
    for _ in 0..ATTEMPTS {
        let asset = match end(app, &caller, id).await {
            Err(Error::Conflict) => continue,
            ended => ended?,
        };
        if let Some(multipart_id) = asset.multipart_id()
            && let Err(error) = app.storage.abort_multipart(&asset, multipart_id).await
        {
            warn!(error = error.causes(), "storage did not abort; sweep will");
        }
        return no_content();
    }
    Err(Error::Conflict)
}

async fn end(app: &App, caller: &Caller, id: AssetId) -> Result<Authorized<Asset, Upload>> {
    let asset = app.table.authorize_even_deleted(caller, id).await?;
    match asset.status() {
        Status::AwaitingUpload | Status::Ingesting => app.table.abort(asset, Timestamp::now()).await,
        Status::Deleted => Ok(asset),
        status => {
            let hint = "Delete the asset instead: DELETE /v1/assets/{id}.";
            Err(Error::UploadNotActive { status, hint })
        }
    }
}
