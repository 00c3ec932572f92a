//! The routes, and what the API's description says of them.

use quayside_domain::listing::Order;
use quayside_domain::{Kind, ProjectId, Status, Tags};
use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{ASSET, CREATED_AT, PROJECT, asset};
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

const LIST_TEXT: &str = "The caller's own, or all of a project that the caller is a member of. Deleted assets are only in the \
                         list of `status=deleted`, which is sorted by the time of deletion. A page that is not the last has \
                         an asset, or says in `looked` how many entries it has looked at.";
const NAME: &str =
    "Only those whose name begins so, whatever the case and without diacritics. They are sorted by name.";
const SORT: &str = "`newest` and `oldest` by the time of creation, or in the trash of deletion; `name` without case and \
                    diacritics, and not in the trash.";
const EDIT_TEXT: &str = "What is left out stays as it is. The upload, fetch or inspection of the asset goes on. The same edit \
                         again changes nothing.";
const HISTORY_TEXT: &str = "What happened to it, newest first, also after it was deleted. Entries are kept for as many days \
                            as the installation has set.";

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![list(), show(), edit(), history(), delete(), process()]
}

fn list() -> Operation {
    let one_of = |names: Vec<&str>| json!({"type": "string", "enum": names});
    let statuses = Status::ALL.map(Status::as_str).to_vec();
    let mut order = one_of(Order::ALL.map(Order::as_str).to_vec());
    order["default"] = Order::default().as_str().into();
    let name =
        json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$"});
    let mut operation = Operation::new(LIST, "listAssets", "List assets");
    let tag = operation.schema::<Tags>();
    let tag = json!({"$ref": tag["$ref"].as_str().unwrap_or_default().replace("Tags", "Tag")});
    operation
        .description(LIST_TEXT)
        .parameter("query", "type", false, one_of(Kind::ALL.map(Kind::as_str).to_vec()), "Only those of this kind.")
        .parameter("query", "status", false, one_of(statuses), "Only those in this status; `deleted` lists the trash.")
        .query::<ProjectId>("projectId", "Those of this project.")
        .parameter("query", "tag", false, tag, "Only those with this tag.")
        .parameter("query", "name", false, name, NAME)
        .parameter("query", "sort", false, order, SORT)
        .paged()
        .answers::<AssetPage<'_>>(200, "One page.", json!({"items": [asset("ready")], "nextCursor": null}))
        .links_to(200, "listAssets", "cursor", "$response.body#/nextCursor")
        .links_to(200, "getAsset", "id", "$response.body#/items/0/id")
        .refuses(&["invalid_type", "invalid_status", "invalid_project_id", "invalid_tag", "invalid_name"])
        .refuses(&["invalid_sort", "project_not_found"])
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
    edited["name"] = "Ferry.jpg".into();
    edited["tags"] = json!(["sea"]);
    edited["revision"] = 2.into();
    Operation::new(EDIT, "editAsset", "Change an asset's name or tags")
        .description(EDIT_TEXT)
        .of_asset()
        .may_take::<AssetEdit>(&[("both", json!({"name": "Ferry.jpg", "tags": ["sea"]}))])
        .answers::<AssetJson<'_>>(200, "The asset as it is now.", edited)
        .refuses(&["invalid_filename", "invalid_tags", "conflict"])
}

fn history() -> Operation {
    let entry = |what: &str, by: &str, status: &str, at: &str, id: &str| json!({"id": id, "what": what, "at": at, "by": by, "status": status, "revision": 1});
    let [ready, uploaded] = ["019aa7a0-26ae-7b1c-9d2e-3f4a5b6c7d8e", "019aa7a0-1f0a-7e2d-8c3b-4a5968778695"];
    let example = json!({
        "items": [
            entry("asset.ready", "worker:process-metadata", "ready", "2026-11-21T07:14:05.871Z", ready),
            entry("asset.uploaded", "user:ada", "uploaded", "2026-11-21T07:14:03.914Z", uploaded),
            entry("asset.created", "user:ada", "awaiting_upload", CREATED_AT, ASSET),
        ],
        "nextCursor": null,
    });
    Operation::new(HISTORY, "getHistory", "Show an asset's history")
        .description(HISTORY_TEXT)
        .of_asset()
        .paged()
        .answers::<History>(200, "One page.", example)
        .links_to(200, "getHistory", "cursor", "$response.body#/nextCursor")
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
