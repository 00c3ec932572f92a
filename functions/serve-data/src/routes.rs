//! The routes, and what the API's description says of them.

use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{ASSET, EXPIRES_AT, cdn_url};
use quayside_edge::http::Route;
use serde_json::json;

use crate::DataUrl;

pub(crate) const GET: Route<1> = Route::new("GET", "/v1/assets/{id}/data");
pub(crate) const HEAD: Route<1> = Route::new("HEAD", "/v1/assets/{id}/data");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    let url = json!({"url": cdn_url(ASSET, "original"), "expiresAt": EXPIRES_AT});
    vec![
        data(GET, "getData").answers::<DataUrl>(200, "Where the bytes are.", url),
        data(HEAD, "headData").answers_empty(200, "As for GET.", &[]),
    ]
}

fn data(route: Route<1>, id: &str) -> Operation {
    let headers =
        [("Location", "The signed URL."), ("Cache-Control", "`no-store`: the next request proves the right anew.")];
    let one_of = json!({"type": "string", "enum": ["1", "0", "true", "false"]});
    Operation::new(route, id, "Go to an asset's bytes")
        .description(
            "Checks the caller's right and redirects to a signed URL of the CDN; a request that accepts \
             `application/json` gets the URL as JSON.",
        )
        .of_asset()
        .parameter("query", "variant", false, json!({"type": "string"}), "`original`, or a variant's name.")
        .parameter("query", "download", false, one_of, "Whether a browser is to save the file.")
        .answers_empty(302, "Where the bytes are.", &headers)
        .refuses(&["invalid_download", "no_such_variant", "not_ready"])
}
