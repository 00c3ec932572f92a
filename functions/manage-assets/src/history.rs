//! `GET /v1/assets/{id}/history`: what happened to an asset, also after it was deleted.

use lambda_http::{Body, Request, Response};
use quayside_domain::event::Event;
use quayside_domain::{AssetId, EventKind, Result, Status, Timestamp};
use quayside_edge::http::{Query, ok};
use serde::Serialize;
use tracing::instrument;
use utoipa::ToSchema;

use crate::App;
use crate::list::take_limit;

/// Some of an asset's history, newest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct History {
    items: Vec<HistoryEntry>,
    /// The `cursor` of the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// One thing that happened.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HistoryEntry {
    /// Its own id; the order of ids is the order of events.
    #[schema(format = "uuid")]
    id: String,
    what: EventKind,
    at: Timestamp,
    /// Who did it: `user:`, `service:` or `operator:` and a subject, `webhook:` and an endpoint's id, or `worker:` and a
    /// function's name.
    by: String,
    /// The asset's status from then on.
    status: Status,
    /// The revision of the asset that was changed, or that it began with.
    revision: u64,
}

#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn show_history(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    let mut query = Query::of(request);
    let limit = take_limit(&mut query)?;
    // A cursor holds for the history of no other asset.
    let what = format!("history of {id}");
    let after = query.take("cursor", |cursor| app.cursors.open(&caller, &what, cursor))?;
    query.finish()?;
    let asset = app.table.authorize_even_deleted(&caller, id).await?;
    let page = app.table.history(&asset, limit, after.as_deref()).await?;
    ok(&History {
        items: page.events.into_iter().map(HistoryEntry::from).collect(),
        next_cursor: page.next.map(|last| app.cursors.seal(&caller, &what, &last)),
    })
}

impl From<Event> for HistoryEntry {
    fn from(event: Event) -> Self {
        let Event { id, what, at, by, status, revision, .. } = event;
        Self { id: id.to_string(), what, at, by, status, revision }
    }
}
