//! `PATCH /v1/assets/{id}`: a person changes an asset's name or tags, whatever is done with its bytes meanwhile.

use lambda_http::{Body, Request, Response};
use quayside_domain::{AssetId, Edit, Error, FileName, Result, Tags, Timestamp};
use quayside_edge::http::{asset_json, json, no_query, ok};
use serde::Deserialize;
use tracing::{info, instrument};
use utoipa::ToSchema;

use crate::App;

/// What to change of an asset. What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssetEdit {
    #[schema(value_type = Option<FileName>)]
    name: Option<String>,
    /// All tags that it is to have.
    #[schema(value_type = Option<Tags>)]
    tags: Option<Vec<String>>,
}

/// Another person's edit at the same moment goes first, and this one follows it.
#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn edit_asset(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    const ATTEMPTS: usize = 5;
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    let edit = parse(request)?;
    for _ in 0..ATTEMPTS {
        let asset = app.table.authorize(&caller, id).await?;
        match app.table.edit(asset, Timestamp::now(), edit.clone()).await {
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

fn parse(request: &Request) -> Result<Edit> {
    no_query(request)?;
    let AssetEdit { name, tags } = json::from_body(request)?;
    let name = name.map(|name| FileName::parse(&name).map_err(|error| error.in_field("name"))).transpose()?;
    Ok(Edit { name, tags: tags.map(Tags::parse).transpose()? })
}
