//! `POST /v1/assets`: a small file in the request itself.

use bytes::Bytes;
use lambda_http::{Body, Request, Response};
use quayside_domain::asset::Declaration;
use quayside_domain::{
    Asset, AssetId, ByteSize, Error, FileName, MediaType, ProjectId, Result, Sha256, Tags, Timestamp,
};
use quayside_edge::http::{asset_json, created, queries, query, read};
use quayside_edge::telemetry::{Metric, upload_completed};
use quayside_store::table::{Begun, IdempotencyKey};
use serde_json::json;
use sha2::Digest;
use tracing::{info, instrument, warn};
use utoipa::ToSchema;

use crate::{App, form};

/// The largest file that comes with a request, in bytes. (Lambda takes events of up to 6 MB, in which binary bodies are
/// base64, so that there the gateway refuses files of more than about 4.5 MB already.)
pub(crate) const MAX_FILE_BYTES: usize = 5 << 20;
/// What a form may have beside its file, in bytes.
pub(crate) const MAX_FORM_BYTES: usize = 64 << 10;

/// A file and what is said of it.
#[derive(Debug, Default, ToSchema)]
#[schema(as = AssetForm)]
pub(crate) struct Brought {
    /// The file, with its type and its name.
    #[schema(rename = "file", value_type = String, format = Binary, min_length = 1)]
    pub(crate) bytes: Bytes,
    #[schema(ignore)]
    pub(crate) content_type: String,
    /// Instead of the file's own.
    #[schema(value_type = FileName, required = false)]
    pub(crate) name: Option<String>,
    /// The project that it belongs to.
    #[schema(rename = "projectId", value_type = ProjectId, required = false)]
    pub(crate) project: Option<String>,
    /// One label a field; the field may be repeated.
    #[schema(value_type = Tags, required = false)]
    pub(crate) tags: Vec<String>,
    /// SHA-256 of the file, which it then has to have.
    #[schema(value_type = Sha256, required = false)]
    pub(crate) sha256: Option<String>,
}

/// The bytes go where an upload's would go, and from there on nothing is different. Where the record is refused, because
/// the quota is used up or the same request came before, they are deleted again; where it is not known whether it was
/// written, they are left to the bucket's lifecycle.
#[instrument(skip_all, fields(asset.id, caller))]
pub(crate) async fn create(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let now = Timestamp::now();
    let brought = brought(request).await?;
    let (declared, project) = declare(app, &brought)?;
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), fingerprint(&brought).as_bytes())?),
        None => None,
    };
    let id = AssetId::generate();
    tracing::Span::current().record("asset.id", tracing::field::display(id));
    app.storage.put_own_incoming(&caller, id, brought.bytes, declared.content_type).await?;
    let asset = Asset::direct_upload(&caller, id, project, declared, now, app.inspected_within_seconds);
    let begun = app.table.begin(&caller, asset, idempotency.as_ref(), app.config.allowance, now).await;
    let is_refused = match &begun {
        Ok(Begun::New(_)) => false,
        Ok(Begun::Existing(_)) => true,
        Err(error) => !matches!(error, Error::Unavailable(_) | Error::Internal(_)),
    };
    if is_refused && let Err(error) = app.storage.delete_own_incoming(&caller, id).await {
        warn!(error = error.causes(), "refused bytes are left to the bucket's lifecycle");
    }
    let asset = match begun? {
        Begun::New(asset) => {
            info!(size = asset.size.bytes(), content_type = asset.content_type.as_str(), "asset brought");
            Metric::UploadsBegun.add(1);
            upload_completed(asset.size.bytes());
            asset
        }
        Begun::Existing(asset) => asset,
    };
    created(&asset_json(&asset, &app.cdn, now))
}

/// The file and what is said of it: in a form, or as the body with parameters in the query.
async fn brought(request: &Request) -> Result<Brought> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = header("content-type");
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        let too_large = |_| Error::FileTooLargeForRequest { limit: MAX_FILE_BYTES };
        let body = read::body(request, MAX_FILE_BYTES + MAX_FORM_BYTES).map_err(too_large)?;
        return form::read(body, boundary).await;
    }
    let too_large = |_| Error::FileTooLargeForRequest { limit: MAX_FILE_BYTES };
    let bytes = read::body(request, MAX_FILE_BYTES).map_err(too_large)?;
    Ok(Brought {
        bytes: Bytes::copy_from_slice(bytes),
        content_type: content_type.to_owned(),
        name: query(request, "name"),
        project: query(request, "projectId"),
        tags: queries(request, "tags"),
        sha256: query(request, "sha256"),
    })
}

fn declare(app: &App, brought: &Brought) -> Result<(Declaration, Option<ProjectId>)> {
    let name = brought.name.as_deref().unwrap_or("untitled");
    let name = FileName::parse(name).map_err(|error| error.in_field("name"))?;
    // A client that knows no type says so, or says nothing; then the name's end tells.
    let said = Some(brought.content_type.as_str()).filter(|said| !said.is_empty());
    let said = said.filter(|said| MediaType::parse(said) != Some(MediaType::UNKNOWN));
    let by_name = || MediaType::of_name(name.as_str()).map(MediaType::as_str).unwrap_or_default();
    let content_type = MediaType::parse_allowed(said.unwrap_or_else(by_name), &app.config.allowed_types)?;
    let size = ByteSize::new(brought.bytes.len() as u64)?;
    let (kind, limit) = (content_type.kind(), app.config.max_bytes(content_type.kind()));
    if size.bytes() > limit {
        return Err(Error::TooLarge { size: size.bytes(), limit, kind });
    }
    let sha256 = brought.sha256.as_deref().map(Sha256::parse).transpose()?;
    let tags = Tags::parse(brought.tags.clone())?;
    let project = brought.project.as_deref().map(ProjectId::parse).transpose()?;
    Ok((Declaration { name, content_type, size, sha256, tags, keep_location: false }, project))
}

/// What makes two requests the same: a form that is sent again has another boundary.
fn fingerprint(brought: &Brought) -> String {
    let Brought { bytes, content_type, name, project, tags, sha256 } = brought;
    let digest = hex::encode(sha2::Sha256::digest(bytes));
    json!([digest, content_type, name, project, tags, sha256]).to_string()
}
