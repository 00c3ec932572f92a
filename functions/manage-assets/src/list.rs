//! `GET /v1/assets`: the caller's assets, or a project's.

use lambda_http::{Body, Request, Response};
use quayside_domain::listing::{Filter, Order};
use quayside_domain::{Error, Kind, ProjectId, Result, Status, Tags, Timestamp};
use quayside_edge::http::{AssetJson, Query, asset_json, ok};
use serde::Serialize;
use serde_json::json;
use tracing::instrument;
use utoipa::ToSchema;

use crate::App;

/// Some assets, in the order that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssetPage<'a> {
    /// A page that is not the last has at least one, or says in `looked` how far it has looked.
    items: Vec<AssetJson<'a>>,
    /// The `cursor` of the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many entries were looked at, where few of them are asked for and one request looks at no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    looked: Option<usize>,
}

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

#[instrument(skip_all, fields(caller))]
pub(crate) async fn list_assets(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let mut query = Query::of(request);
    let filter = Filter {
        kind: query.take("type", parse_kind)?,
        status: query.take("status", parse_status)?,
        tag: query.take("tag", parse_tag)?,
        name: query.take("name", parse_name)?,
        order: query.take("sort", parse_order)?.unwrap_or_default(),
    };
    let project = query.take("projectId", ProjectId::parse)?;
    let limit = take_limit(&mut query)?;
    // All that decides which assets are in the list; a cursor holds for no other list.
    let order = filter.order.as_str();
    let what = json!([filter.kind, filter.status, project, filter.tag, filter.name, order]).to_string();
    let after = query.take("cursor", |cursor| app.cursors.open(&caller, &what, cursor))?;
    query.finish()?;
    let project = match project {
        Some(project) => Some(app.table.authorize_project(&caller, project).await?),
        None => None,
    };
    let page = app.table.list(&caller, project.as_ref(), &filter, limit, after).await?;
    let now = Timestamp::now();
    ok(&AssetPage {
        items: page.items.iter().map(|asset| asset_json(asset, &app.cdn, now)).collect(),
        next_cursor: page.next.map(|last| app.cursors.seal(&caller, &what, &last)),
        looked: page.looked,
    })
}

/// How many items a page may have.
pub(crate) fn take_limit(query: &mut Query) -> Result<usize> {
    Ok(query.take("limit", parse_limit)?.unwrap_or(DEFAULT_LIMIT))
}

fn parse_kind(text: &str) -> Result<Kind> {
    Kind::parse(text)
        .ok_or_else(|| Error::invalid("invalid_type", "type", "`type` must be image, video, audio or document."))
}

fn parse_status(text: &str) -> Result<Status> {
    Status::parse(text).ok_or_else(|| {
        let names = Status::ALL.map(Status::as_str).join(", ");
        Error::invalid("invalid_status", "status", format!("`status` must be one of {names}."))
    })
}

fn parse_order(text: &str) -> Result<Order> {
    Order::ALL.into_iter().find(|order| order.as_str() == text).ok_or_else(|| {
        let names = Order::ALL.map(Order::as_str).join(", ");
        Error::invalid("invalid_sort", "sort", format!("`sort` must be one of {names}."))
    })
}

fn parse_name(text: &str) -> Result<String> {
    const MAX_CHARACTERS: usize = 255;
    let is_good = !text.is_empty() && text.chars().count() <= MAX_CHARACTERS && !text.contains(char::is_control);
    let wrong = "`name` must be 1 to 255 characters, none of them a control character.";
    if is_good { Ok(text.to_owned()) } else { Err(Error::invalid("invalid_name", "name", wrong)) }
}

fn parse_tag(text: &str) -> Result<String> {
    let wrong = "`tag` must be 1 to 64 characters, none of them a control character, not all of them spaces.";
    Tags::parse(vec![text.to_owned()]).map_err(|_| Error::invalid("invalid_tag", "tag", wrong))?;
    Ok(text.to_owned())
}

fn parse_limit(text: &str) -> Result<usize> {
    let limit = text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.ok_or_else(|| Error::invalid("invalid_limit", "limit", "`limit` must be an integer from 1 to 100."))
}
