//! What storage has of an upload, and when the rest should be there.

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::View;
use quayside_domain::upload::{AnyPartNumber, Parts};
use quayside_domain::{Asset, AssetId, Authorized, PartNumber, Result, Status, Strategy, Timestamp};
use quayside_edge::http::{no_query, ok};
use quayside_store::storage::UploadedPart;
use serde::Serialize;
use tracing::instrument;
use utoipa::ToSchema;

use crate::App;

/// What has come of a file that is on its way.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    upload_id: AssetId,
    /// The same id.
    asset_id: AssetId,
    status: Status,
    /// `single` or `multipart`, while it is being uploaded.
    #[schema(required)]
    strategy: Option<StrategyName>,
    /// Bytes in every part but the last.
    #[schema(required)]
    part_size: Option<u64>,
    #[schema(required, value_type = Option<AnyPartNumber>)]
    part_count: Option<PartNumber>,
    bytes_uploaded: u64,
    /// Bytes in all, as far as they are known.
    #[schema(required)]
    size: Option<u64>,
    /// With one decimal place; null where the size is not known.
    #[schema(required)]
    percent: Option<f64>,
    /// On average from the beginning to the last byte that arrived; null where nothing is known.
    #[schema(required)]
    speed_bytes_per_second: Option<f64>,
    /// How long the rest takes at that speed.
    #[schema(required)]
    eta_seconds: Option<f64>,
    /// When the upload is given up, while that is to come.
    #[schema(required)]
    expires_at: Option<Timestamp>,
    /// The parts that storage has.
    parts: Vec<StoredPart>,
}

/// How a file is uploaded.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Strategy)]
enum StrategyName {
    Single,
    Multipart,
}

/// A part that storage has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StoredPart {
    #[schema(value_type = AnyPartNumber)]
    part_number: PartNumber,
    /// Bytes.
    size: u64,
    /// What storage calls its bytes.
    etag: String,
}

#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn show(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    no_query(request)?;
    let asset = app.table.authorize(&caller, id).await?;
    let received = received(app, &asset).await?;
    ok(&progress(&asset, received, Timestamp::now()))
}

/// The truth from storage; of what is taken from a URL, what its fetch has told.
#[derive(Default)]
struct Received {
    bytes: u64,
    last_at: Option<Timestamp>,
    parts: Vec<UploadedPart>,
}

async fn received(app: &App, asset: &Authorized<Asset, View>) -> Result<Received> {
    match asset.upload.as_ref().map(|upload| &upload.strategy) {
        Some(Strategy::Single) if asset.status() == Status::AwaitingUpload => {
            let object = app.storage.head_incoming(asset).await?;
            Ok(object.map_or_else(Received::default, |object| Received {
                bytes: object.size,
                last_at: object.written_at,
                parts: Vec::new(),
            }))
        }
        Some(Strategy::Multipart { multipart_id, .. }) if asset.status() == Status::AwaitingUpload => {
            let Some(parts) = app.storage.list_parts(asset, multipart_id).await? else {
                // Its parts were put together and the record is a moment behind, or storage has given them up.
                let object = app.storage.head_original(asset).await?;
                return Ok(object.map_or_else(Received::default, |_| whole(asset)));
            };
            let bytes = parts.iter().map(|part| part.size).sum();
            let last_at = parts.iter().filter_map(|part| part.uploaded_at).max();
            Ok(Received { bytes, last_at, parts })
        }
        _ if asset.status() == Status::Ingesting => Ok(asset.received.map_or_else(Received::default, |received| {
            Received { bytes: received.bytes, last_at: Some(received.at), parts: Vec::new() }
        })),
        _ if asset.status() == Status::Failed => Ok(Received::default()),
        _ => Ok(whole(asset)),
    }
}

fn whole(asset: &Asset) -> Received {
    Received { bytes: asset.size.bytes(), last_at: None, parts: Vec::new() }
}

/// Speed is the average from the beginning to the last byte that arrived; the time left is what the rest takes at that
/// speed. Both are null where nothing is known, as are size and percent of what a source has not announced.
fn progress(asset: &Asset, received: Received, now: Timestamp) -> Progress {
    let size = match asset.status() {
        Status::Ingesting => asset.received.and_then(|received| received.of),
        _ => Some(asset.size.bytes()).filter(|size| *size > 0),
    };
    let begun_at = asset.received.map_or(asset.created_at, |received| received.since);
    let seconds = received.last_at.map(|last| last.seconds_since(begun_at).max(1.0));
    let speed = seconds.map(|seconds| received.bytes as f64 / seconds).filter(|speed| *speed > 0.0);
    let left = size.map(|size| size.saturating_sub(received.bytes));
    let expires_at = asset.upload.as_ref().map(|upload| upload.expires_at).filter(|expires_at| *expires_at > now);
    let (strategy, plan) = match asset.upload.as_ref().map(|upload| &upload.strategy) {
        Some(Strategy::Multipart { parts, .. }) => (Some(StrategyName::Multipart), Some(*parts)),
        Some(Strategy::Single) => (Some(StrategyName::Single), None),
        None => (None, None),
    };
    let parts = received.parts.into_iter();
    Progress {
        upload_id: asset.id,
        asset_id: asset.id,
        status: asset.status(),
        strategy,
        part_size: plan.map(Parts::part_size),
        part_count: plan.map(Parts::count),
        bytes_uploaded: received.bytes,
        size,
        percent: size.map(|size| (received.bytes as f64 / size as f64 * 1000.0).round() / 10.0),
        speed_bytes_per_second: speed.map(f64::round),
        eta_seconds: speed.zip(left).map(|(speed, left)| (left as f64 / speed).ceil()),
        expires_at,
        parts: parts.map(|part| StoredPart { part_number: part.number, size: part.size, etag: part.etag }).collect(),
    }
}
