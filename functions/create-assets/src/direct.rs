//! `POST /v1/assets`: a small file in the request itself.

use bytes::Bytes;
use lambda_http::{Body, Request, Response};
use quayside_domain::asset::Declaration;
use quayside_domain::{
    Asset, AssetId, ByteSize, Error, FileName, MediaType, ProjectId, Result, Sha256, Tags, Timestamp,
};
use quayside_edge::http::{FileFields, Query, asset_json, body, created, no_query};
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
pub(crate) struct DirectUpload {
    /// The file, with its type and its name.
    #[schema(rename = "file", value_type = String, format = Binary, min_length = 1)]
    pub(crate) bytes: Bytes,
    #[schema(ignore)]
    pub(crate) content_type: String,
    /// Default: the name that the file comes with.
    #[schema(value_type = FileName, required = false)]
    pub(crate) name: Option<String>,
    /// The project that it belongs to.
    #[schema(rename = "projectId", value_type = ProjectId, required = false)]
    pub(crate) project_id: Option<String>,
    /// One label a field; the field may be repeated.
    #[schema(value_type = Tags, required = false)]
    pub(crate) tags: Option<Vec<String>>,
    /// The file's SHA-256. A file with another one fails.
    #[schema(value_type = Sha256, required = false)]
    pub(crate) sha256: Option<String>,
    /// Whether `metadata` may say where a picture or a film was taken. Default: false.
    #[schema(rename = "keepLocation", value_type = bool, required = false)]
    pub(crate) keep_location: Option<bool>,
}

/// The bytes go where an upload's would go, and from there on nothing is different. Where the record is refused, because
/// the quota is used up or the same request came before, they are deleted again; where it is not known whether it was
/// written, they are left to the bucket's lifecycle.
#[instrument(skip_all, fields(asset.id, caller))]
pub(crate) async fn create(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let now = Timestamp::now();
    let upload = read(request).await?;
    let (declared, project) = declare(app, &upload)?;
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), fingerprint(&upload).as_bytes())?),
        None => None,
    };
    let id = AssetId::generate();
    tracing::Span::current().record("asset.id", tracing::field::display(id));
    app.storage.put_own_incoming(&caller, id, upload.bytes, declared.content_type).await?;
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
            info!(
                size = asset.size.bytes(),
                content_type = asset.content_type.as_str(),
                "file received in the request"
            );
            Metric::UploadsBegun.add(1);
            upload_completed(asset.size.bytes());
            asset
        }
        Begun::Existing(asset) => asset,
    };
    created(&asset_json(&asset, &app.cdn, now))
}

/// The file and its fields: all in a form, or the file as the body and the fields in the query.
async fn read(request: &Request) -> Result<DirectUpload> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let content_type = header("content-type");
    let too_large = |_| Error::FileTooLargeForRequest { limit: MAX_FILE_BYTES };
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        no_query(request)?;
        return form::read(body(request, MAX_FILE_BYTES + MAX_FORM_BYTES).map_err(too_large)?, boundary).await;
    }
    let bytes = body(request, MAX_FILE_BYTES).map_err(too_large)?;
    let mut query = Query::of(request);
    let upload = DirectUpload {
        bytes: Bytes::copy_from_slice(bytes),
        content_type: content_type.to_owned(),
        name: query.text("name")?,
        project_id: query.text("projectId")?,
        tags: query.texts("tags"),
        sha256: query.text("sha256")?,
        keep_location: query.take("keepLocation", parse_keep_location)?,
    };
    query.finish()?;
    Ok(upload)
}

/// `keepLocation` in a form or a query, where everything is text.
pub(crate) fn parse_keep_location(text: &str) -> Result<bool> {
    text.parse()
        .map_err(|_| Error::invalid("invalid_keep_location", "keepLocation", "`keepLocation` must be true or false."))
}

fn declare(app: &App, upload: &DirectUpload) -> Result<(Declaration, Option<ProjectId>)> {
    let DirectUpload { bytes, content_type, name, project_id, tags, sha256, keep_location } = upload;
    let name = name.as_deref().unwrap_or("untitled");
    let name = FileName::parse(name).map_err(|error| error.in_field("name"))?;
    // A client that does not know the type sends none, or application/octet-stream. Then the name's extension decides.
    let sent = Some(content_type.as_str()).filter(|sent| !sent.is_empty());
    let sent = sent.filter(|sent| MediaType::parse(sent) != Some(MediaType::UNKNOWN));
    let by_name = || MediaType::of_name(name.as_str()).map(MediaType::as_str).unwrap_or_default();
    let content_type = MediaType::parse_allowed(sent.unwrap_or_else(by_name), &app.config.allowed_types)?;
    let size = ByteSize::new(bytes.len() as u64)?;
    let (project_id, sha256, tags) = (project_id.clone(), sha256.clone(), tags.clone());
    let fields = FileFields { project_id, tags, sha256, keep_location: *keep_location };
    fields.declare(name, content_type, size, &app.config)
}

/// What makes two requests the same: a form that is sent again has another boundary.
fn fingerprint(upload: &DirectUpload) -> String {
    let DirectUpload { bytes, content_type, name, project_id, tags, sha256, keep_location } = upload;
    let digest = hex::encode(sha2::Sha256::digest(bytes));
    json!([digest, content_type, name, project_id, tags, sha256, keep_location]).to_string()
}
