//! What storage has of an upload, and when the rest should be there.

use lambda_http::{Body, Request, Response};
use quayside_shared::domain::{Asset, AssetId, Readable, Result, Status, Strategy, Timestamp};
use quayside_shared::http::ok;
use quayside_shared::storage::UploadedPart;
use serde_json::{Value, json};
use tracing::instrument;

use crate::App;

#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn show(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.callers.identify(request).await?;
    let id = AssetId::parse(id)?;
    let asset = app.table.find_readable(&caller, id).await?;
    let received = received(app, &asset).await?;
    ok(&progress(&asset, &received, Timestamp::now()))
}

/// The truth from storage; of what is taken from a URL, what its fetch has told.
#[derive(Default)]
struct Received {
    bytes: u64,
    last_at: Option<Timestamp>,
    parts: Vec<UploadedPart>,
}

async fn received(app: &App, asset: &Readable<Asset>) -> Result<Received> {
    match asset.upload.as_ref().map(|upload| &upload.strategy) {
        Some(Strategy::Single) if asset.status == Status::AwaitingUpload => {
            let object = app.storage.head_incoming(asset).await?;
            Ok(object.map_or_else(Received::default, |object| Received {
                bytes: object.size,
                last_at: object.written_at,
                parts: Vec::new(),
            }))
        }
        Some(Strategy::Multipart { upload_id, .. }) if asset.status == Status::AwaitingUpload => {
            let Some(parts) = app.storage.list_parts(asset, upload_id).await? else {
                // Its parts were put together and the record is a moment behind, or storage has given them up.
                let object = app.storage.head_original(asset).await?;
                return Ok(object.map_or_else(Received::default, |_| whole(asset)));
            };
            let bytes = parts.iter().map(|part| part.size).sum();
            let last_at = parts.iter().filter_map(|part| part.uploaded_at).max();
            Ok(Received { bytes, last_at, parts })
        }
        _ if asset.status == Status::Ingesting => Ok(asset.received.map_or_else(Received::default, |received| {
            Received { bytes: received.bytes, last_at: Some(received.at), parts: Vec::new() }
        })),
        _ if asset.status == Status::Failed => Ok(Received::default()),
        _ => Ok(whole(asset)),
    }
}

fn whole(asset: &Asset) -> Received {
    Received { bytes: asset.size.bytes(), last_at: None, parts: Vec::new() }
}

/// Speed is the average from the beginning to the last byte that arrived; the time left is what the rest takes at that
/// speed. Both are null where nothing is known, as are size and percent of what a source has not announced.
fn progress(asset: &Asset, received: &Received, now: Timestamp) -> Value {
    let size = match asset.status {
        Status::Ingesting => asset.received.and_then(|received| received.of),
        _ => Some(asset.size.bytes()).filter(|size| *size > 0),
    };
    let begun_at = asset.received.map_or(asset.created_at, |received| received.since);
    let seconds = received.last_at.map(|last| last.seconds_since(begun_at).max(1.0));
    let speed = seconds.map(|seconds| received.bytes as f64 / seconds).filter(|speed| *speed > 0.0);
    let left = size.map(|size| size.saturating_sub(received.bytes));
    let expires_at = asset.upload.as_ref().map(|upload| upload.expires_at).filter(|expires_at| *expires_at > now);
    let (strategy, parts) = match asset.upload.as_ref().map(|upload| &upload.strategy) {
        Some(Strategy::Multipart { parts, .. }) => (Some("multipart"), Some(*parts)),
        Some(Strategy::Single) => (Some("single"), None),
        None => (None, None),
    };
    json!({
        "uploadId": asset.id,
        "assetId": asset.id,
        "status": asset.status,
        "strategy": strategy,
        "partSize": parts.map(|parts| parts.part_size()),
        "partCount": parts.map(|parts| parts.count()),
        "bytesUploaded": received.bytes,
        "size": size,
        "percent": size.map(|size| (received.bytes as f64 / size as f64 * 1000.0).round() / 10.0),
        "speedBytesPerSecond": speed.map(|speed| speed.round()),
        "etaSeconds": speed.zip(left).map(|(speed, left)| (left as f64 / speed).ceil()),
        "expiresAt": expires_at,
        "parts": received.parts.iter().map(|part| json!({
            "partNumber": part.number,
            "size": part.size,
            "etag": part.etag,
        })).collect::<Vec<_>>(),
    })
}
