//! `POST /v1/assets/from-url`: one file or a batch, whose bytes are fetched later. The answer comes at once, with each
//! file's own result.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use lambda_http::{Body, Request, Response};
use quayside_domain::asset::{Ingestion, Source};
use quayside_domain::rights::{Upload, UploadInto};
use quayside_domain::{
    Asset, Authorized, ByteSize, Caller, Error, FileName, Kind, MediaType, ProjectId, Result, Sha256, SourceUrl, Tags,
    Timestamp, media_type,
};
use quayside_edge::http::json::{self, required};
use quayside_edge::http::{
    AssetJson, FileFields, Problem, accepted, asset_json, body, likely_type, no_query, problem_json,
};
use quayside_store::table::{Expected, IdempotencyKey, NewIngestion};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::{info, instrument};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::App;

/// A project, with the right to upload into it.
type IntoProject = Authorized<ProjectId, UploadInto>;

/// A file that is to be taken from a URL.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct FileAtUrl {
    /// Of http or https, on the public internet, without user and password. It may be signed: no answer shows its query.
    #[schema(value_type = String, format = "uri", max_length = 8192, pattern = "^[Hh][Tt][Tt][Pp][Ss]?://")]
    url: Option<String>,
    /// Default: the last segment of the URL's path.
    #[schema(value_type = Option<FileName>)]
    name: Option<String>,
    /// The type that the file must have: a kind, or a media type.
    #[schema(value_type = Option<ExpectedType>)]
    r#type: Option<String>,
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

/// A kind, or one media type: what [`parse_expected`] reads.
struct ExpectedType;

impl ToSchema for ExpectedType {}

impl PartialSchema for ExpectedType {
    fn schema() -> RefOr<Schema> {
        let names = Kind::ALL.map(Kind::as_str).into_iter().chain(MediaType::all().map(MediaType::as_str));
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
    }
}

/// Several files that are to be taken from URLs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilesAtUrls {
    /// A file that is refused has its own problem in the answer. The other files are still taken.
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
    no_query(request)?;
    let body = body(request, MAX_BODY_BYTES)?;
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), body)?),
        None => None,
    };
    let now = Timestamp::now();
    let items = match Files::parse(body)? {
        Files::One(file) => {
            let files = vec![describe(app, file)];
            let mut results = begin(app, &caller, files, idempotency.as_ref(), now).await?;
            let asset = results.pop().ok_or_else(|| Error::Internal("a file without a result".into()))??;
            return accepted(&asset_json(&asset, &app.cdn, now));
        }
        Files::Several(items) => items,
    };
    let files = items.into_iter().map(|item| describe(app, json::from_value(item)?)).collect();
    let results = begin(app, &caller, files, idempotency.as_ref(), now).await?;
    let items = results.iter().map(|result| match result {
        Ok(asset) => BegunItem::Asset(Box::new(asset_json(asset, &app.cdn, now))),
        Err(error) => BegunItem::Problem(problem_json(request, error)),
    });
    accepted(&Begun { items: items.collect() })
}

/// What a request asks for.
enum Files {
    /// One file, which the answer is about.
    One(FileAtUrl),
    /// Several files, each of which is still to be read, so that it is refused alone.
    Several(Vec<Value>),
}

impl Files {
    fn parse(body: &[u8]) -> Result<Self> {
        let mut value = json::value(body)?;
        match value.get("items") {
            None => Ok(Self::One(json::from_value(value)?)),
            Some(Value::Null) => {
                value.as_object_mut().and_then(|fields| fields.remove("items"));
                Ok(Self::One(json::from_value(value)?))
            }
            Some(_) => {
                let FilesAtUrls { items } = json::from_value(value)?;
                if !(1..=MAX_ITEMS).contains(&items.len()) {
                    let detail = format!("`items` must be an array of 1 to {MAX_ITEMS} objects `{{url, …}}`.");
                    return Err(Error::invalid("invalid_items", "items", detail));
                }
                Ok(Self::Several(items))
            }
        }
    }
}

/// What a request says of one file.
struct File {
    url: SourceUrl,
    expected: Option<Expected>,
    project: Option<ProjectId>,
    ingestion: Ingestion,
}

fn describe(app: &App, file: FileAtUrl) -> Result<File> {
    let url = SourceUrl::parse(&required("url", file.url)?, &app.sources)
        .map_err(|forbidden| Error::invalid(forbidden.code(), "url", forbidden.to_string()))?;
    let name = match file.name {
        Some(name) => FileName::parse(&name).map_err(|error| error.in_field("name"))?,
        None => required("name", url.file_name())?,
    };
    let expected = file.r#type.map(|text| parse_expected(app, &text)).transpose()?;
    let content_type = likely_type(&name, &url, expected, &app.config);
    let FileAtUrl { project_id, sha256, tags, keep_location, .. } = file;
    let fields = FileFields { project_id, tags, sha256, keep_location };
    let (declared, project) = fields.declare(name, content_type, ByteSize::UNKNOWN, &app.config)?;
    let source = Source { url: url.shown(), reference: None };
    Ok(File { ingestion: Ingestion { declared, source }, url, expected, project })
}

/// `type`, a kind (`image`) or a media type (`image/jpeg`).
fn parse_expected(app: &App, text: &str) -> Result<Expected> {
    if let Some(kind) = Kind::parse(text) {
        return Ok(Expected::Kind(kind));
    }
    MediaType::parse_allowed(text, &app.config.allowed_types).map(Expected::Type).map_err(|_| {
        let (kinds, types) = (Kind::ALL.map(Kind::as_str).join(", "), media_type::names(&app.config.allowed_types));
        Error::invalid("type_not_allowed", "type", format!("`type` must be one of {kinds}, or one of {types}."))
    })
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
