//! The routes, and what the API's description says of them.

use quayside_domain::{FileName, MediaType, ProjectId, Sha256, Tags};
use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{SHA256, asset, ingesting};
use quayside_edge::http::{AssetJson, Route};
use serde_json::{Map, Value, json};

use crate::direct::DirectUpload;
use crate::from_url::{Begun, FileAtUrl, FilesAtUrls};

pub(crate) const CREATE: Route<0> = Route::new("POST", "/v1/assets");
pub(crate) const FROM_URL: Route<0> = Route::new("POST", "/v1/assets/from-url");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![create(), from_url()]
}

fn create() -> Operation {
    let mut operation = Operation::new(CREATE, "createAsset", "Bring a small file");
    let form = operation.form_schema::<DirectUpload>();
    let tags = operation.schema::<Tags>();
    let keep_location = json!({"type": "boolean", "default": false});
    let types: Vec<_> = MediaType::all().map(MediaType::as_str).collect();
    let file = json!({"schema": {"type": "string", "format": "binary", "minLength": 1}});
    let mut content: Map<String, Value> = types.iter().map(|name| ((*name).to_owned(), file.clone())).collect();
    let encoding = json!({"file": {"contentType": types.join(", ")}, "tags": {"style": "form", "explode": true}});
    content.insert("multipart/form-data".to_owned(), json!({"schema": form, "encoding": encoding}));
    operation
        .description(
            "For a file of up to 5 MB: in a form, which takes no query, or as the body, with its type in \
             `Content-Type` and its other fields in the query. A client that does not know the type sends \
             `application/octet-stream`; the name's extension then decides. (API Gateway takes no more than about \
             4.5 MB.) Upload a larger file instead.",
        )
        .idempotent()
        .query::<FileName>("name", "The file's name.")
        .query::<ProjectId>("projectId", "The project that it belongs to.")
        .parameter("query", "tags", false, tags, "Its tags. May be repeated, one tag each.")
        .query::<Sha256>("sha256", "The file's SHA-256. A file with another one fails.")
        .parameter(
            "query",
            "keepLocation",
            false,
            keep_location,
            "Whether `metadata` may say where a picture or a film was taken.",
        )
        .takes_any(content.into(), true)
        .answers::<AssetJson<'_>>(201, "Storage has the file.", asset("uploaded"))
        .links_to(201, "getAsset", "id", "$response.body#/id")
        .links_to(201, "getData", "id", "$response.body#/id")
        .links_to(201, "headData", "id", "$response.body#/id")
        .links_to(201, "processAsset", "id", "$response.body#/id")
        .links_to(201, "deleteAsset", "id", "$response.body#/id")
        .refuses(&["invalid_filename", "type_not_allowed", "invalid_size", "too_large", "invalid_sha256"])
        .refuses(&["invalid_tags", "invalid_project_id", "missing_field", "unknown_field", "repeated_field"])
        .refuses(&["invalid_form", "invalid_keep_location", "forbidden", "project_not_found", "quota_exceeded"])
}

fn from_url() -> Operation {
    let mut operation = Operation::new(FROM_URL, "createAssetsFromUrls", "Have files fetched");
    let takes = json!({"oneOf": [operation.schema::<FileAtUrl>(), operation.schema::<FilesAtUrls>()]});
    let answers = json!({"oneOf": [operation.schema::<AssetJson<'_>>(), operation.schema::<Begun<'_>>()]});
    let one = json!({
        "url": "https://media.example/crossing.mp4?signature=abc",
        "name": "Crossing.mp4",
        "type": "video",
        "projectId": null,
        "sha256": SHA256,
        "tags": ["holiday"],
        "keepLocation": false,
    });
    let second = json!({"url": "https://media.example/b.mp4", "type": "video"});
    let several = json!({"items": [{"url": "https://media.example/a.jpg"}, second]});
    let problem = json!({
        "type": "urn:quayside:problem:source_forbidden",
        "title": "Bad Request",
        "status": 400,
        "code": "source_forbidden",
        "detail": "Only http and https URLs can be fetched.",
        "field": "url",
        "requestId": "JKJaXmPLvHcESHA=",
    });
    let begun = json!({"items": [{"asset": ingesting()}, {"problem": problem}]});
    operation
        .description(
            "Has one file fetched, or up to a hundred. The answer comes at once; each file is then `ingesting`, and \
             goes on as after an upload. Nothing is fetched that is not on the public internet. Of several, one that \
             cannot be taken refuses no other.",
        )
        .idempotent()
        .takes_json(takes, true, &[("one", one), ("several", several)])
        .answers_json(202, "They will be fetched.", answers, &[("one", ingesting()), ("several", begun)])
        .links_to(202, "getUpload", "id", "$response.body#/id")
        .links_to(202, "getAsset", "id", "$response.body#/id")
        .links_to(202, "abortUpload", "id", "$response.body#/id")
        .refuses(&["missing_field", "invalid_items", "invalid_url", "source_forbidden", "type_not_allowed"])
        .refuses(&["invalid_filename", "invalid_project_id", "invalid_sha256", "invalid_tags", "forbidden"])
        .refuses(&["invalid_keep_location", "project_not_found", "quota_exceeded", "too_many_ingestions"])
}
