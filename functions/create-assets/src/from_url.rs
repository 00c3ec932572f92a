//! `POST /v1/assets/from-url`: one file or a batch, whose bytes are fetched later. The answer comes at once, with each
//! file's own result.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use lambda_http::{Body, Request, Response};
use quayside_domain::asset::{Ingestion, Source};
use quayside_domain::rights::{Upload, UploadInto};
use quayside_domain::{
    Asset, Authorized, Caller, Error, FileName, Kind, MediaType, ProjectId, Result, Sha256, SourceUrl, Tags, Timestamp,
    media_type,
};
use quayside_edge::http::{AssetJson, Fields, Problem, accepted, asset_json, problem_json, read};
use quayside_store::table::{Expected, IdempotencyKey, NewIngestion};
use serde::Serialize;
use serde_json::Value;
use tracing::{info, instrument};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::App;

/// A project, with the right to upload into it.
type IntoProject = Authorized<ProjectId, UploadInto>;

/// A file that is to be taken from a URL.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct FileAtUrl {
    /// Of http or https, on the public internet, without user and password. It may be signed: no answer shows its query.
    #[schema(value_type = String, format = "uri", max_length = 8192, pattern = "^[Hh][Tt][Tt][Pp][Ss]?://")]
    url: SourceUrl,
    /// The last part of the URL's path if left out.
    name: Option<FileName>,
    /// What it has to be: a kind, or a media type.
    #[schema(value_type = Option<ExpectedType>)]
    r#type: Option<Expected>,
    /// The project that it belongs to.
    project_id: Option<ProjectId>,
    /// SHA-256 of the file, which it then has to have.
    sha256: Option<Sha256>,
    tags: Option<Tags>,
}

/// A kind, or one media type: what [`expected`] reads.
struct ExpectedType;

impl ToSchema for ExpectedType {}

impl PartialSchema for ExpectedType {
    fn schema() -> RefOr<Schema> {
        let names = Kind::ALL.map(Kind::as_str).into_iter().chain(MediaType::all().map(MediaType::as_str));
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

/// Several files that are to be taken from URLs.
#[derive(ToSchema)]
pub(crate) struct FilesAtUrls {
    /// One that cannot be taken has a problem of its own in the answer and refuses no other.
    #[schema(value_type = Vec<FileAtUrl>, min_items = 1, max_items = 100)]
    items: Vec<Value>,
}

/// What has come of each file, in the order of the request.
#[derive(Serialize, ToSchema)]
pub(crate) struct Begun<'a> {
    items: Vec<BegunItem<'a>>,
}

/// The asset, or why there is none.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum BegunItem<'a> {
    Asset(Box<AssetJson<'a>>),
    Problem(Problem),
}

/// The most files in one request.
const MAX_ITEMS: usize = 100;
/// The longest body, in bytes: as many of the longest URLs, with what is said of each.
const MAX_BODY_BYTES: usize = 1 << 20;

#[instrument(skip_all, fields(caller))]
pub(crate) async fn create(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let body = read::body(request, MAX_BODY_BYTES)?;
    let mut fields = Fields::of_json(body)?;
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), body)?),
        None => None,
    };
    let now = Timestamp::now();
    let Some(files) = fields.optional("items", items)?.map(|items| FilesAtUrls { items }) else {
        let files = vec![describe(app, fields)];
        let mut results = begin(app, &caller, files, idempotency.as_ref(), now).await?;
        let asset = results.pop().ok_or_else(|| Error::Internal("a file without a result".into()))??;
        return accepted(&asset_json(&asset, &app.cdn, now));
    };
    fields.finish()?;
    let files = files.items.into_iter().map(|item| describe(app, Fields::of_value(item)?)).collect();
    let results = begin(app, &caller, files, idempotency.as_ref(), now).await?;
    let items = results.iter().map(|result| match result {
        Ok(asset) => BegunItem::Asset(Box::new(asset_json(asset, &app.cdn, now))),
        Err(error) => BegunItem::Problem(problem_json(request, error)),
    });
    accepted(&Begun { items: items.collect() })
}

/// What a request says of one file.
struct File {
    url: SourceUrl,
    expected: Option<Expected>,
    project: Option<ProjectId>,
    ingestion: Ingestion,
}

fn items(value: &Value) -> Result<Vec<Value>> {
    let items = value.as_array().filter(|items| (1..=MAX_ITEMS).contains(&items.len()));
    items.cloned().ok_or_else(|| {
        let detail = format!("Items are a list of 1 to {MAX_ITEMS} objects {{url, name?, type?, …}}.");
        Error::invalid("invalid_items", "items", detail)
    })
}

fn describe(app: &App, mut fields: Fields) -> Result<File> {
    let FileAtUrl { url, name, r#type: expected, project_id: project, sha256, tags } = FileAtUrl {
        url: fields.required("url", |value| url(app, value))?,
        name: fields.optional("name", read::name)?,
        r#type: fields.optional("type", |value| expected(app, value))?,
        project_id: fields.optional("projectId", read::project_id)?,
        sha256: fields.optional("sha256", read::sha256)?,
        tags: fields.optional("tags", read::tags)?,
    };
    fields.finish()?;
    let name = match name {
        Some(name) => name,
        None => url.file_name().ok_or_else(|| Error::invalid("missing_field", "name", "name is required."))?,
    };
    let tags = tags.unwrap_or_default();
    let content_type = likely_type(app, &url, &name, expected);
    let source = Source { url: url.shown(), reference: None };
    Ok(File {
        ingestion: Ingestion { name, content_type, sha256, tags, keep_location: false, source },
        url,
        expected,
        project,
    })
}

fn url(app: &App, value: &Value) -> Result<SourceUrl> {
    let text = value.as_str().ok_or_else(|| Error::invalid("invalid_url", "url", "url must be a text."))?;
    SourceUrl::parse(text, &app.sources)
        .map_err(|forbidden| Error::invalid(forbidden.code(), "url", forbidden.to_string()))
}

/// `type`, a kind (`image`) or a media type (`image/jpeg`).
fn expected(app: &App, value: &Value) -> Result<Expected> {
    let text = value.as_str().unwrap_or_default();
    if let Some(kind) = Kind::parse(text) {
        return Ok(Expected::Kind(kind));
    }
    MediaType::parse_allowed(text, &app.config.allowed_types).map(Expected::Type).map_err(|_| {
        let (kinds, types) = (Kind::ALL.map(Kind::as_str).join(", "), media_type::names(&app.config.allowed_types));
        Error::invalid("type_not_allowed", "type", format!("type is one of {kinds}; or one of {types}."))
    })
}

/// What the file is until its source says so: what the caller expects, or what its name ends in.
fn likely_type(app: &App, url: &SourceUrl, name: &FileName, expected: Option<Expected>) -> MediaType {
    if let Some(Expected::Type(media_type)) = expected {
        return media_type;
    }
    let names = [name.as_str(), url.expose().path()];
    let fits = |found: &MediaType| {
        let is_expected = !matches!(expected, Some(Expected::Kind(kind)) if kind != found.kind());
        is_expected && app.config.allowed_types.contains(found)
    };
    names.into_iter().filter_map(MediaType::of_name).find(fits).unwrap_or(MediaType::UNKNOWN)
}

/// Begins what was described well, and gives each file's result in the order of the request.
async fn begin(
    app: &App,
    caller: &Caller,
    files: Vec<Result<File>>,
    idempotency: Option<&IdempotencyKey>,
    now: Timestamp,
) -> Result<Vec<Result<Authorized<Asset, Upload>>>> {
    let projects = projects(app, caller, &files).await?;
    // For each file what is to begin, or why it is refused.
    let (mut batch, mut refused) = (Vec::with_capacity(files.len()), Vec::with_capacity(files.len()));
    for file in files {
        let placed = file.and_then(|file| match file.project {
            None => Ok((file, None)),
            Some(project) => match projects.get(&project) {
                Some(Ok(project)) => Ok((file, Some(project))),
                Some(Err(Error::Forbidden(what))) => Err(Error::Forbidden(what)),
                _ => Err(Error::ProjectNotFound(project.to_string())),
            },
        });
        match placed {
            Ok((File { url, expected, ingestion, .. }, project)) => {
                batch.push(Some(NewIngestion { project, ingestion, url, expected }));
                refused.push(None);
            }
            Err(error) => {
                batch.push(None);
                refused.push(Some(error));
            }
        }
    }
    let (allowance, seconds) = (app.config.allowance, app.ingested_within_seconds);
    let begun = app.table.ingest(caller, &batch, idempotency, allowance, seconds, now).await?;
    info!(files = batch.len(), refused = refused.iter().flatten().count(), "ingestions begun");
    let lost = || Err(Error::Internal("a file without a result".into()));
    Ok(begun.into_iter().zip(refused).map(|(begun, refused)| begun.or(refused.map(Err)).unwrap_or_else(lost)).collect())
}

/// The caller's rights in each project that is named, looked up together.
///
/// # Errors
/// What is no answer to who may do what.
async fn projects(
    app: &App,
    caller: &Caller,
    files: &[Result<File>],
) -> Result<HashMap<ProjectId, Result<IntoProject>>> {
    let projects: HashSet<_> = files.iter().flatten().filter_map(|file| file.project).collect();
    let found = projects.into_iter().map(async |project| (project, app.table.authorize_project(caller, project).await));
    let mut answers = HashMap::new();
    for (project, answer) in join_all(found).await {
        let answer = match answer {
            Err(error) if !matches!(error, Error::Forbidden(_) | Error::ProjectNotFound(_)) => return Err(error),
            answer => answer,
        };
        answers.insert(project, answer);
    }
    Ok(answers)
}
