//! `GET /v1/assets`: the caller's assets, or a project's, newest first.

use lambda_http::{Body, Request, Response};
use quayside_domain::{Error, Kind, ProjectId, Result, Status, Tags, Timestamp};
use quayside_edge::http::{AssetJson, asset_json, ok, query};
use quayside_store::table::Listing;
use serde::Serialize;
use serde_json::json;
use tracing::instrument;
use utoipa::ToSchema;

use crate::App;

/// Some assets, newest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetPage<'a> {
    /// Where some of the caller's assets are asked for, a page may be short, or empty, and not the last.
    items: Vec<AssetJson<'a>>,
    /// The `cursor` of the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

#[instrument(skip_all, fields(caller))]
pub(crate) async fn list_assets(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let kind = query(request, "type").map(|text| parse_kind(&text)).transpose()?;
    let status = query(request, "status").map(|text| parse_status(&text)).transpose()?;
    let project = query(request, "projectId").map(|text| ProjectId::parse(&text)).transpose()?;
    let tag = query(request, "tag").map(parse_tag).transpose()?;
    let limit = query(request, "limit").map_or(Ok(DEFAULT_LIMIT), |text| parse_limit(&text))?;
    // All that decides which assets are in the list; a cursor holds for no other list.
    let what = json!([kind, status, project, tag]).to_string();
    let before = query(request, "cursor").map(|cursor| app.cursors.open(&caller, &what, &cursor)).transpose()?;
    let project = match project {
        Some(project) => Some(app.table.find_readable_project(&caller, project).await?),
        None => None,
    };
    let page = app.table.list(&caller, &Listing { project, kind, status, tag, limit, before }).await?;
    let now = Timestamp::now();
    ok(&AssetPage {
        items: page.items.iter().map(|asset| asset_json(asset, &app.cdn, now)).collect(),
        next_cursor: page.next.map(|last| app.cursors.seal(&caller, &what, last)),
    })
}

fn parse_kind(text: &str) -> Result<Kind> {
    Kind::parse(text)
        .ok_or_else(|| Error::invalid("invalid_type", "type", "type is one of image, video, audio, document."))
}

fn parse_status(text: &str) -> Result<Status> {
    let listed = || Status::ALL.into_iter().filter(|status| *status != Status::Deleted);
    listed().find(|status| status.as_str() == text).ok_or_else(|| {
        let names: Vec<_> = listed().map(Status::as_str).collect();
        Error::invalid("invalid_status", "status", format!("status is one of {}.", names.join(", ")))
    })
}

fn parse_tag(text: String) -> Result<String> {
    let wrong = "tag has 1 to 64 characters, none of them a control character.";
    Tags::parse(vec![text.clone()]).map_err(|_| Error::invalid("invalid_tag", "tag", wrong))?;
    Ok(text)
}

fn parse_limit(text: &str) -> Result<usize> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| Error::invalid("invalid_limit", "limit", "limit is a whole number from 1 to 100."))
}
