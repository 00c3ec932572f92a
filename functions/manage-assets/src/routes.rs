//! The routes, and what the API's description says of them.

use quayside_domain::listing::Order;
use quayside_domain::{Kind, ProjectId, Status, Tags};
use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{PROJECT, asset};
use quayside_edge::http::{AssetJson, Route};
use serde_json::json;

use crate::edit::AssetEdit;
use crate::history::History;
use crate::list::AssetPage;

pub(crate) const LIST: Route<0> = Route::new("GET", "/v1/assets");
pub(crate) const SHOW: Route<1> = Route::new("GET", "/v1/assets/{id}");
pub(crate) const EDIT: Route<1> = Route::new("PATCH", "/v1/assets/{id}");
pub(crate) const HISTORY: Route<1> = Route::new("GET", "/v1/assets/{id}/history");
pub(crate) const DELETE: Route<1> = Route::new("DELETE", "/v1/assets/{id}");
pub(crate) const PROCESS: Route<1> = Route::new("POST", "/v1/assets/{id}/process");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![list(), show(), edit(), history(), delete(), process()]
}

fn list() -> Operation {
    let one_of = |names: Vec<&str>| json!({"type": "string", "enum": names});
    let statuses = Status::ALL.map(Status::as_str).to_vec();
    let orders = Order::ALL.map(Order::as_str).to_vec();
    let name = json!({"type": "string", "minLength": 1, "maxLength": 255});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50});
    let mut operation = Operation::new(LIST, "listAssets", "List assets");
    let tag = operation.schema::<Tags>();
    let tag = json!({"$ref": tag["$ref"].as_str().unwrap_or_default().replace("Tags", "Tag")});
    operation
        .description("The caller's own, or all of a project that the caller is a member of.")
        .parameter("query", "type", false, one_of(Kind::ALL.map(Kind::as_str).to_vec()), "Only those of this kind.")
        .parameter("query", "status", false, one_of(statuses), "Only those in this status; `deleted` lists the trash.")
        .query::<ProjectId>("projectId", "Those of this project.")
        .parameter("query", "tag", false, tag, "Only those with this tag.")
        .parameter("query", "name", false, name, "Only those whose name begins so, in whatever case. Sorted by name.")
        .parameter(
            "query",
            "sort",
            false,
            one_of(orders),
            "`newest` first if left out; the trash, by time of deletion.",
        )
        .parameter("query", "limit", false, limit, "How many to a page.")
        .parameter("query", "cursor", false, json!({"type": "string"}), "`nextCursor` of the page before.")
        .answers::<AssetPage<'_>>(200, "One page.", json!({"items": [asset("ready")], "nextCursor": null}))
        .links_to(200, "listAssets", "cursor", "$response.body#/nextCursor")
        .links_to(200, "getAsset", "id", "$response.body#/items/0/id")
        .refuses(&["invalid_type", "invalid_status", "invalid_project_id", "invalid_tag", "invalid_limit"])
        .refuses(&["invalid_name", "invalid_sort", "invalid_cursor", "project_not_found"])
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

fn edit() -> Operation {
    let mut edited = asset("ready");
    edited["name"] = "Ferry at dawn.jpg".into();
    let example = json!({"name": "Ferry at dawn.jpg", "tags": ["holiday"]});
    Operation::new(EDIT, "editAsset", "Change an asset's name or tags")
        .description("Whatever is done with its bytes at the moment goes on. What is left out stays as it is.")
        .of_asset()
        .may_take::<AssetEdit>(&[("rename", example)])
        .answers::<AssetJson<'_>>(200, "The asset, edited.", edited)
        .refuses(&["forbidden", "invalid_filename", "invalid_tags", "conflict"])
}

fn history() -> Operation {
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50});
    let event = json!({
        "id": "019aa7a0-0000-7000-8000-0000000000e1", "what": "asset.edited", "at": "2026-11-20T18:51:00.123Z",
        "by": "user:ada", "status": "ready", "revision": 1,
    });
    let mut operation = Operation::new(HISTORY, "showHistory", "Show what happened to an asset, newest first");
    operation = operation.description("Also of a deleted asset. Kept for 90 days, or as long as the deployment says.");
    operation
        .of_asset()
        .parameter("query", "limit", false, limit, "How many to a page.")
        .parameter("query", "cursor", false, json!({"type": "string"}), "`nextCursor` of the page before.")
        .answers::<History>(200, "One page.", json!({"items": [event], "nextCursor": null}))
        .refuses(&["forbidden", "invalid_limit", "invalid_cursor"])
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
