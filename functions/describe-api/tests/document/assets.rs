//! Assets: made in one request, listed, shown, inspected again, deleted, and where their bytes are.

use create_assets::{Begun, Brought, FileAtUrl, FilesAtUrls};
use manage_assets::AssetPage;
use quayside_domain::{FileName, Kind, MediaType, ProjectId, Sha256, Status, Tags};
use quayside_edge::http::AssetJson;
use serde_json::{Map, Value, json};
use serve_data::DataUrl;

use crate::examples::{ASSET, EXPIRES_AT, PROJECT, SHA256, asset, cdn_url, ingesting};
use crate::operation::Operation;

const CREATE: &str = "For a file of up to 5 MB: as the body, with its type and what else is said of it in the query, or in \
                      a form. A client that does not know the type says `application/octet-stream`, and the name's end \
                      tells. (API Gateway takes no more than about 4.5 MB.) A larger one is uploaded.";

const FROM_URL: &str = "Has one file fetched, or up to a hundred. The answer comes at once; each file is then `ingesting`, \
                        and goes on as after an upload. Nothing is fetched that is not on the public internet. Of \
                        several, one that cannot be taken refuses no other.";

const LIST: &str = "The caller's own, or all of a project that the caller is a member of.";

const PROCESS: &str = "One that is ready, or that failed and whose bytes are kept. One that waits for its inspection is \
                       left to it.";

const DATA: &str = "Checks the caller's right and redirects to a signed URL of the CDN; a request that accepts \
                    `application/json` gets the URL as JSON.";

pub(crate) fn operations() -> Vec<Operation> {
    vec![create(), from_url(), list(), show(), delete(), process(), data("GET", "getData"), data("HEAD", "headData")]
}

fn create() -> Operation {
    let mut operation = Operation::new("POST /v1/assets", "createAsset", "Bring a small file");
    let form = operation.strict_schema::<Brought>();
    let tags = operation.schema::<Tags>();
    let types: Vec<_> = MediaType::all().map(MediaType::as_str).collect();
    let file = json!({"schema": {"type": "string", "format": "binary", "minLength": 1}});
    let mut content: Map<String, Value> = types.iter().map(|name| ((*name).to_owned(), file.clone())).collect();
    let encoding = json!({"file": {"contentType": types.join(", ")}, "tags": {"style": "form", "explode": true}});
    content.insert("multipart/form-data".to_owned(), json!({"schema": form, "encoding": encoding}));
    operation
        .says(CREATE)
        .idempotent()
        .query::<FileName>("name", "The file's name, where it is the body.")
        .query::<ProjectId>("projectId", "The project that it belongs to, where it is the body.")
        .parameter("query", "tags", false, tags, "Its tags, where it is the body; may be repeated.")
        .query::<Sha256>("sha256", "Its SHA-256, which it then has to have, where it is the body.")
        .takes_any(content.into(), true)
        .answers::<AssetJson<'_>>(201, "Storage has the file.", asset("uploaded"))
        .leads_to(201, "getAsset", "id", "$response.body#/id")
        .leads_to(201, "getData", "id", "$response.body#/id")
        .leads_to(201, "headData", "id", "$response.body#/id")
        .leads_to(201, "processAsset", "id", "$response.body#/id")
        .leads_to(201, "deleteAsset", "id", "$response.body#/id")
        .refuses(&["invalid_filename", "type_not_allowed", "invalid_size", "too_large", "invalid_sha256"])
        .refuses(&["invalid_tags", "invalid_project_id", "missing_field", "unknown_field", "repeated_field"])
        .refuses(&["invalid_form", "forbidden", "project_not_found", "quota_exceeded"])
}

fn from_url() -> Operation {
    let mut operation = Operation::new("POST /v1/assets/from-url", "createAssetsFromUrls", "Have files fetched");
    let takes = json!({"oneOf": [operation.strict_schema::<FileAtUrl>(), operation.strict_schema::<FilesAtUrls>()]});
    let answers = json!({"oneOf": [operation.schema::<AssetJson<'_>>(), operation.schema::<Begun<'_>>()]});
    let one = json!({
        "url": "https://media.example/crossing.mp4?signature=abc",
        "name": "Crossing.mp4",
        "type": "video",
        "projectId": null,
        "sha256": SHA256,
        "tags": ["holiday"],
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
        .says(FROM_URL)
        .idempotent()
        .takes_json(takes, true, &[("one", one), ("several", several)])
        .answers_json(202, "They will be fetched.", answers, &[("one", ingesting()), ("several", begun)])
        .leads_to(202, "getUpload", "id", "$response.body#/id")
        .leads_to(202, "getAsset", "id", "$response.body#/id")
        .leads_to(202, "abortUpload", "id", "$response.body#/id")
        .refuses(&["missing_field", "invalid_items", "invalid_url", "source_forbidden", "type_not_allowed"])
        .refuses(&["invalid_filename", "invalid_project_id", "invalid_sha256", "invalid_tags", "forbidden"])
        .refuses(&["project_not_found", "quota_exceeded", "too_many_ingestions"])
}

fn list() -> Operation {
    let one_of = |names: Vec<&str>| json!({"type": "string", "enum": names});
    let statuses = Status::ALL.into_iter().filter(|status| *status != Status::Deleted).map(Status::as_str);
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50});
    let mut operation = Operation::new("GET /v1/assets", "listAssets", "List assets, newest first");
    let tag = operation.schema::<Tags>();
    let tag = json!({"$ref": tag["$ref"].as_str().unwrap().replace("Tags", "Tag")});
    operation
        .says(LIST)
        .parameter("query", "type", false, one_of(Kind::ALL.map(Kind::as_str).to_vec()), "Only those of this kind.")
        .parameter("query", "status", false, one_of(statuses.collect()), "Only those in this status.")
        .query::<ProjectId>("projectId", "Those of this project.")
        .parameter("query", "tag", false, tag, "Only those with this tag.")
        .parameter("query", "limit", false, limit, "How many to a page.")
        .parameter("query", "cursor", false, json!({"type": "string"}), "`nextCursor` of the page before.")
        .answers::<AssetPage<'_>>(200, "One page.", json!({"items": [asset("ready")], "nextCursor": null}))
        .leads_to(200, "listAssets", "cursor", "$response.body#/nextCursor")
        .leads_to(200, "getAsset", "id", "$response.body#/items/0/id")
        .refuses(&["invalid_type", "invalid_status", "invalid_project_id", "invalid_tag", "invalid_limit"])
        .refuses(&["invalid_cursor", "project_not_found"])
}

fn show() -> Operation {
    let mut in_project = asset("ready");
    in_project["projectId"] = PROJECT.into();
    Operation::new("GET /v1/assets/{id}", "getAsset", "Show an asset").of_asset().answers::<AssetJson<'_>>(
        200,
        "The asset; while it is ready, with signed URLs.",
        in_project,
    )
}

fn delete() -> Operation {
    Operation::new("DELETE /v1/assets/{id}", "deleteAsset", "Delete an asset")
        .says("Its bytes go some time later. Deleting again changes nothing.")
        .of_asset()
        .answers_empty(204, "It is deleted.", &[])
        .refuses(&["forbidden", "conflict"])
}

fn process() -> Operation {
    let nothing = json!({"type": "object", "maxProperties": 0});
    Operation::new("POST /v1/assets/{id}/process", "processAsset", "Have an asset inspected again")
        .says(PROCESS)
        .of_asset()
        .takes_json(nothing, false, &[("nothing", json!({}))])
        .answers::<AssetJson<'_>>(202, "It will be inspected.", asset("uploaded"))
        .leads_to(202, "getAsset", "id", "$response.body#/id")
        .refuses(&["forbidden", "not_processable", "conflict"])
}

fn data(method: &str, id: &str) -> Operation {
    let headers =
        [("Location", "The signed URL."), ("Cache-Control", "`no-store`: the next request proves the right anew.")];
    let one_of = json!({"type": "string", "enum": ["1", "0", "true", "false"]});
    let operation = Operation::new(&format!("{method} /v1/assets/{{id}}/data"), id, "Go to an asset's bytes")
        .says(DATA)
        .of_asset()
        .parameter("query", "variant", false, json!({"type": "string"}), "`original`, or a variant's name.")
        .parameter("query", "download", false, one_of, "Whether a browser is to save the file.")
        .answers_empty(302, "Where the bytes are.", &headers)
        .refuses(&["invalid_download", "no_such_variant", "not_ready"]);
    match method {
        "HEAD" => operation.answers_empty(200, "As for GET.", &[]),
        _ => operation.answers::<DataUrl>(
            200,
            "Where the bytes are.",
            json!({"url": cdn_url(ASSET, "original"), "expiresAt": EXPIRES_AT}),
        ),
    }
}
