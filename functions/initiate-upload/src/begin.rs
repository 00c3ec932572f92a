//! `POST /v1/uploads`: reserves the quota, makes the record, and says where the bytes go.

use std::collections::BTreeMap;

use lambda_http::{Body, Request, Response};
use quayside_domain::asset::Declaration;
use quayside_domain::keys;
use quayside_domain::upload::{AnyPartNumber, MAX_SIGNED_PARTS, PartNumber, Parts};
use quayside_domain::{
    Asset, AssetId, Authorized, ByteSize, Caller, Error, FileName, MediaType, ProjectId, Result, Sha256, Status,
    Strategy, Tags, Timestamp, Upload, rights,
};
use quayside_edge::http::json::{self, Integer, required};
use quayside_edge::http::{FileFields, MAX_BODY_BYTES, body, created, no_query};
use quayside_edge::telemetry::Metric;
use quayside_store::table::{Begun, IdempotencyKey};
use serde::{Deserialize, Serialize};
use tracing::{info, instrument};
use utoipa::ToSchema;

use crate::App;
use crate::sign::{SignedPart, sign};

/// What a client says of a file that it is about to upload.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct NewUpload {
    #[schema(value_type = FileName)]
    filename: Option<String>,
    #[schema(value_type = ByteSize)]
    size: Option<Integer>,
    #[schema(value_type = MediaType)]
    content_type: Option<String>,
    /// The project that it belongs to.
    #[schema(value_type = Option<ProjectId>)]
    project_id: Option<String>,
    /// The file's SHA-256. A file with another one fails.
    #[schema(value_type = Option<Sha256>)]
    sha256: Option<String>,
    #[schema(value_type = Option<Tags>)]
    tags: Option<Vec<String>>,
    /// Whether `metadata` may say where a picture or a film was taken. Default: false.
    keep_location: Option<bool>,
}

/// How the client brings the bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Instructions {
    upload_id: AssetId,
    /// The same id.
    asset_id: AssetId,
    /// The method of every request to storage.
    method: Method,
    /// The headers of every request to storage; no others are signed.
    #[schema(value_type = BTreeMap<String, String>)]
    headers: BTreeMap<&'static str, &'static str>,
    /// Key that the file will have in the bucket.
    storage_key: String,
    /// When the upload is given up. Signing parts moves it on.
    expires_at: Timestamp,
    #[serde(flatten)]
    way: Way,
}

/// How bytes are sent to storage.
#[derive(Serialize, ToSchema)]
enum Method {
    #[serde(rename = "PUT")]
    Put,
}

/// Where the bytes go.
#[derive(Serialize, ToSchema)]
#[serde(tag = "strategy", rename_all = "lowercase")]
enum Way {
    /// Up to 16 MiB: all of it to one URL.
    Single {
        /// Takes exactly the declared length and type, until the upload expires.
        url: String,
    },
    /// In parts.
    #[serde(rename_all = "camelCase")]
    Multipart {
        /// Bytes in every part but the last.
        part_size: u64,
        #[schema(value_type = AnyPartNumber)]
        part_count: PartNumber,
        /// The first hundred.
        parts: Vec<SignedPart>,
    },
}

#[instrument(skip_all, fields(asset.id, caller))]
pub(crate) async fn begin_upload(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let now = Timestamp::now();
    let (declared, project) = parse(app, request)?;
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), body(request, MAX_BODY_BYTES)?)?),
        None => None,
    };
    let asset = begin(app, &caller, project, declared, idempotency.as_ref(), now).await?;
    tracing::Span::current().record("asset.id", tracing::field::display(asset.id));
    info!(size = asset.size.bytes(), content_type = asset.content_type.as_str(), "upload begun");
    created(&instructions(app, &asset, now).await?)
}

fn parse(app: &App, request: &Request) -> Result<(Declaration, Option<ProjectId>)> {
    no_query(request)?;
    let upload: NewUpload = json::from_body(request)?;
    let name = FileName::parse(&required("filename", upload.filename)?)?;
    let size = ByteSize::new(required("size", upload.size)?.0)?;
    let content_type = required("contentType", upload.content_type)?;
    let content_type = MediaType::parse_allowed(&content_type, &app.config.allowed_types)?;
    let NewUpload { project_id, sha256, tags, keep_location, .. } = upload;
    FileFields { project_id, tags, sha256, keep_location }.declare(name, content_type, size, &app.config)
}

/// Storage is asked first, for a multipart upload's id belongs into the record; if the record is then refused, the
/// multipart upload is given up again. Where it is not known whether the record was written, it is left alone: the
/// bucket's lifecycle removes what no record names.
async fn begin(
    app: &App,
    caller: &Caller,
    project: Option<ProjectId>,
    declared: Declaration,
    idempotency: Option<&IdempotencyKey>,
    now: Timestamp,
) -> Result<Authorized<Asset, rights::Upload>> {
    let id = AssetId::generate();
    let strategy = match Parts::plan(declared.size, app.config.part_bytes) {
        None => Strategy::Single,
        Some(parts) => {
            let multipart_id = app.storage.create_multipart(caller, id, project, &declared).await?;
            Strategy::Multipart { multipart_id, parts }
        }
    };
    let upload = Upload { strategy: strategy.clone(), expires_at: now.plus_seconds(app.config.ttl_seconds) };
    let asset = Asset::begin(caller, id, project, declared, upload, now);
    let begun = app.table.begin(caller, asset, idempotency, app.config.allowance, now).await;
    let refused = match &begun {
        Ok(Begun::New(_)) => false,
        Ok(Begun::Existing(_)) => true,
        Err(error) => !error.may_pass(),
    };
    if let (true, Strategy::Multipart { multipart_id, .. }) = (refused, &strategy)
        && let Err(error) = app.storage.abandon_multipart(caller, id, multipart_id).await
    {
        tracing::warn!(error = error.causes(), "a multipart upload without a record is left to the bucket's lifecycle");
    }
    match begun? {
        Begun::New(asset) => {
            Metric::UploadsBegun.add(1);
            Ok(asset)
        }
        Begun::Existing(asset) if asset.status() == Status::AwaitingUpload => Ok(asset),
        Begun::Existing(asset) => Err(Error::UploadNotActive {
            status: asset.status(),
            hint: "This Idempotency-Key began it; use a new key for a new upload.",
        }),
    }
}

async fn instructions(app: &App, asset: &Authorized<Asset, rights::Upload>, now: Timestamp) -> Result<Instructions> {
    let upload = asset.upload.as_ref().ok_or_else(|| Error::Internal("a begun upload without its plan".into()))?;
    let (headers, way) = match &upload.strategy {
        Strategy::Single => {
            // A repeated request signs for the time that the upload has left, and never for none.
            let left = upload.expires_at.seconds_since(now).max(1.0) as u64;
            let url = app.storage.presign_upload(asset, now, left.min(app.config.ttl_seconds)).await?.url;
            (BTreeMap::from([("content-type", asset.content_type.as_str())]), Way::Single { url })
        }
        Strategy::Multipart { parts, .. } => {
            let first: Vec<PartNumber> = (1..=parts.count()).take(MAX_SIGNED_PARTS).collect();
            let signed = sign(app, asset, &first, now).await?;
            let way = Way::Multipart { part_size: parts.part_size(), part_count: parts.count(), parts: signed };
            (BTreeMap::new(), way)
        }
    };
    Ok(Instructions {
        upload_id: asset.id,
        asset_id: asset.id,
        method: Method::Put,
        headers,
        storage_key: keys::original(&asset.location),
        expires_at: upload.expires_at,
        way,
    })
}
