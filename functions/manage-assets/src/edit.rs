//! `PATCH /v1/assets/{id}`: a person changes an asset's name or tags, whatever is done with its bytes meanwhile.

use lambda_http::{Body, Request, Response};
use quayside_domain::{AssetId, Edit, Error, FileName, Result, Tags, Timestamp};
use quayside_edge::http::{Fields, asset_json, ok, read};
use tracing::{info, instrument};
use utoipa::ToSchema;

use crate::App;

/// What to change of an asset. What is left out stays as it is.
#[derive(ToSchema)]
pub(crate) struct AssetEdit {
    name: Option<FileName>,
    /// All tags that it is to have.
    tags: Option<Tags>,
}

/// Another person's edit at the same moment goes first, and this one follows it.
#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn edit_asset(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    const ATTEMPTS: usize = 5;
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    let mut fields = Fields::of_body(request)?;
    let AssetEdit { name, tags } =
        AssetEdit { name: fields.optional("name", read::name)?, tags: fields.optional("tags", read::tags)? };
    fields.finish()?;
    for _ in 0..ATTEMPTS {
        let asset = app.table.authorize(&caller, id).await?;
        let edit = Edit { name: name.clone(), tags: tags.clone() };
        match app.table.edit(asset, Timestamp::now(), edit).await {
            Err(Error::Conflict) => {}
            edited => {
                let asset = edited?;
                info!(revision = asset.revision, "asset edited");
                return ok(&asset_json(&asset, &app.cdn, Timestamp::now()));
            }
        }
    }
    Err(Error::Conflict)
}
