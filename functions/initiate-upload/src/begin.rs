//! `POST /v1/uploads`: reserves the quota, makes the record, and says where the bytes go.

use lambda_http::{Body, Request, Response};
use quayside_shared::domain::asset::Declaration;
use quayside_shared::domain::upload::{MAX_SIGNED_PARTS, PartNumber, Parts};
use quayside_shared::domain::{
    Asset, AssetId, Caller, Error, MediaType, Owned, Placement, ProjectId, Result, Status, Strategy, Timestamp, Upload,
};
use quayside_shared::http::{Fields, MAX_BODY_BYTES, created, read};
use quayside_shared::storage::keys;
use quayside_shared::table::{Begun, IdempotencyKey};
use quayside_shared::telemetry::Metric;
use serde_json::{Value, json};
use tracing::{info, instrument};

use crate::App;
use crate::sign::sign;

#[instrument(skip_all, fields(asset.id, caller))]
pub(crate) async fn begin_upload(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.callers.identify(request).await?;
    let now = Timestamp::now();
    let (declared, project) = parse(app, request)?;
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), read::body(request, MAX_BODY_BYTES)?)?),
        None => None,
    };
    let placement = match project {
        Some(project) => Some(app.table.find_placement(&caller, project).await?),
        None => None,
    };
    let asset = begin(app, &caller, placement.as_ref(), declared, idempotency.as_ref(), now).await?;
    tracing::Span::current().record("asset.id", tracing::field::display(asset.id));
    info!(size = asset.size.bytes(), content_type = asset.content_type.as_str(), "upload begun");
    created(&instructions(app, &asset, now).await?)
}

fn parse(app: &App, request: &Request) -> Result<(Declaration, Option<ProjectId>)> {
    let mut fields = Fields::of_body(request)?;
    let name = fields.required("filename", read::filename)?;
    let size = fields.required("size", read::size)?;
    let content_type = fields.required("contentType", read::content_type)?;
    let content_type = MediaType::parse_allowed(&content_type, &app.config.allowed_types)?;
    let project = fields.optional("projectId", read::project_id)?;
    let sha256 = fields.optional("sha256", read::sha256)?;
    let tags = fields.optional("tags", read::tags)?.unwrap_or_default();
    let keep_location = fields.optional("keepLocation", read::keep_location)?.unwrap_or_default();
    fields.finish()?;
    let (kind, limit) = (content_type.kind(), app.config.max_bytes(content_type.kind()));
    if size.bytes() > limit {
        return Err(Error::TooLarge { size: size.bytes(), limit, kind });
    }
    Ok((Declaration { name, content_type, size, sha256, tags, keep_location }, project))
}

/// Storage is asked first, for a multipart upload's id belongs into the record; if the record is then refused, the
/// multipart upload is given up again. Where it is not known whether the record was written, it is left alone: the
/// bucket's lifecycle removes what no record names.
async fn begin(
    app: &App,
    caller: &Caller,
    placement: Option<&Placement>,
    declared: Declaration,
    idempotency: Option<&IdempotencyKey>,
    now: Timestamp,
) -> Result<Owned<Asset>> {
    let id = AssetId::generate();
    let strategy = match Parts::plan(declared.size, app.config.part_bytes) {
        None => Strategy::Single,
        Some(parts) => {
            let upload_id = app.storage.create_multipart(caller, id, placement, &declared).await?;
            Strategy::Multipart { upload_id, parts }
        }
    };
    let upload = Upload { strategy: strategy.clone(), expires_at: now.plus_seconds(app.config.ttl_seconds) };
    let asset = Asset::begin(caller, id, placement, declared, upload, now);
    let begun = app.table.begin(caller, asset, idempotency, app.config.allowance, now).await;
    let refused = match &begun {
        Ok(Begun::New(_)) => false,
        Ok(Begun::Before(_)) => true,
        Err(error) => !error.may_pass(),
    };
    if let (true, Strategy::Multipart { upload_id, .. }) = (refused, &strategy)
        && let Err(error) = app.storage.abandon_multipart(caller, id, upload_id).await
    {
        tracing::warn!(error = error.causes(), "a multipart upload without a record is left to the bucket's lifecycle");
    }
    match begun? {
        Begun::New(asset) => {
            Metric::UploadsBegun.add(1);
            Ok(asset)
        }
        Begun::Before(asset) if asset.status == Status::AwaitingUpload => Ok(asset),
        Begun::Before(asset) => Err(Error::UploadNotActive {
            status: asset.status,
            hint: "This Idempotency-Key began it; use a new key for a new upload.",
        }),
    }
}

/// How the client brings the bytes.
async fn instructions(app: &App, asset: &Owned<Asset>, now: Timestamp) -> Result<Value> {
    let upload = asset.upload.as_ref().ok_or_else(|| Error::Internal("a begun upload without its plan".into()))?;
    let mut answer = json!({
        "uploadId": asset.id,
        "assetId": asset.id,
        "method": "PUT",
        "storageKey": keys::original(&asset.owner, asset.id),
        "expiresAt": upload.expires_at,
    });
    let more = match &upload.strategy {
        Strategy::Single => {
            // A repeated request signs for the time that the upload has left, and never for none.
            let left = upload.expires_at.seconds_since(now).max(1.0) as u64;
            json!({
                "strategy": "single",
                "url": app.storage.presign_upload(asset, now, left.min(app.config.ttl_seconds)).await?.url,
                "headers": {"content-type": asset.content_type},
            })
        }
        Strategy::Multipart { parts, .. } => {
            let first: Vec<PartNumber> = (1..=parts.count()).take(MAX_SIGNED_PARTS).collect();
            json!({
                "strategy": "multipart",
                "headers": {},
                "partSize": parts.part_size(),
                "partCount": parts.count(),
                "parts": sign(app, asset, &first, now).await?,
            })
        }
    };
    merge(&mut answer, more);
    Ok(answer)
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}
