//! The routes, and what the API's description says of them.

use quayside_domain::{Kind, ProjectId, Status, Tags};
use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{PROJECT, asset};
use quayside_edge::http::{AssetJson, Route};
use serde_json::json;

use crate::list::AssetPage;

pub(crate) const LIST: Route<0> = Route::new("GET", "/v1/assets");
pub(crate) const SHOW: Route<1> = Route::new("GET", "/v1/assets/{id}");
pub(crate) const DELETE: Route<1> = Route::new("DELETE", "/v1/assets/{id}");
pub(crate) const PROCESS: Route<1> = Route::new("POST", "/v1/assets/{id}/process");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![list(), show(), delete(), process()]
}

fn list() -> Operation {
    let one_of = |names: Vec<&str>| json!({"type": "string", "enum": names});
    let statuses = Status::ALL.into_iter().filter(|status| *status != Status::Deleted).map(Status::as_str);
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50});
    let mut operation = Operation::new(LIST, "listAssets", "List assets, newest first");
    let tag = operation.schema::<Tags>();
    let tag = json!({"$ref": tag["$ref"].as_str().unwrap_or_default().replace("Tags", "Tag")});
    operation
        .description("The caller's own, or all of a project that the caller is a member of.")
        .parameter("query", "type", false, one_of(Kind::ALL.map(Kind::as_str).to_vec()), "Only those of this kind.")
        .parameter("query", "status", false, one_of(statuses.collect()), "Only those in this status.")
        .query::<ProjectId>("projectId", "Those of this project.")
        .parameter("query", "tag", false, tag, "Only those with this tag.")
        .parameter("query", "limit", false, limit, "How many to a page.")
        .parameter("query", "cursor", false, json!({"type": "string"}), "`nextCursor` of the page before.")
        .answers::<AssetPage<'_>>(200, "One page.", json!({"items": [asset("ready")], "nextCursor": null}))
        .links_to(200, "listAssets", "cursor", "$response.body#/nextCursor")
        .links_to(200, "getAsset", "id", "$response.body#/items/0/id")
        .refuses(&["invalid_type", "invalid_status", "invalid_project_id", "invalid_tag", "invalid_limit"])
        .refuses(&["invalid_cursor", "project_not_found"])
}

fn show() -> Operation {
    let mut in_project = asset("ready");
    in_project["projectId"] = PROJECT.into();
    Operation::new(SHOW, "getAsset", "Show an asset").of_asset().answers::<AssetJson<'_>>(
        200,
        "The asset; while it is ready, with signed URLs.",
        in_project,
    )
}

fn delete() -> Operation {
    Operation::new(DELETE, "deleteAsset", "Delete an asset")
        .description("Its bytes go some time later. Deleting again changes nothing.")
        .of_asset()
        .answers_empty(204, "It is deleted.", &[])
        .refuses(&["forbidden", "conflict"])
}

fn process() -> Operation {
    let nothing = json!({"type": "object", "maxProperties": 0});
    Operation::new(PROCESS, "processAsset", "Have an asset inspected again")
        .description(
            "One that is ready, or that failed and whose bytes are kept. One that waits for its inspection is left to \
             it.",
        )
        .of_asset()
        .takes_json(nothing, false, &[("nothing", json!({}))])
        .answers::<AssetJson<'_>>(202, "It will be inspected.", asset("uploaded"))
        .links_to(202, "getAsset", "id", "$response.body#/id")
        .refuses(&["forbidden", "not_processable", "conflict"])
}
