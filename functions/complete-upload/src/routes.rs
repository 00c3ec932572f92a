//! The route, and what the API's description says of it.

use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::asset;
use quayside_edge::http::{AssetJson, Route};
use serde_json::json;

use crate::complete::Completed;

pub(crate) const COMPLETE: Route<1> = Route::new("POST", "/v1/uploads/{id}/complete");

/// Describes the route.
pub fn operations() -> Vec<Operation> {
    let parts = json!({"parts": [{"partNumber": 1, "etag": "\"9b2cf535f27731c974343645a3985328\""}]});
    let complete = Operation::new(COMPLETE, "completeUpload", "Complete an upload")
        .description(
            "Checks that storage has all bytes, puts parts together, and has the file inspected. The asset is \
             `uploaded` then, and a moment later `ready` or `failed`. Completing again answers the same.",
        )
        .of_asset()
        .may_take::<Completed>(&[("of storage's own list", json!({})), ("of a list", parts)])
        .answers::<AssetJson<'_>>(200, "Storage has the file.", asset("uploaded"))
        .links_to(200, "getAsset", "id", "$response.body#/id")
        .refuses(&["invalid_parts", "forbidden", "upload_incomplete", "upload_not_active", "conflict"]);
    vec![complete]
}
