//! The routes, and what the API's description says of them.

use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{ASSET, EXPIRES_AT};
use quayside_edge::http::Route;
use serde_json::json;

use crate::progress::Progress;

pub(crate) const SHOW: Route<1> = Route::new("GET", "/v1/uploads/{id}");
pub(crate) const ABORT: Route<1> = Route::new("DELETE", "/v1/uploads/{id}");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![show(), abort()]
}

fn show() -> Operation {
    let answer = json!({
        "uploadId": ASSET,
        "assetId": ASSET,
        "status": "awaiting_upload",
        "strategy": "multipart",
        "partSize": 16_777_216,
        "partCount": 44,
        "bytesUploaded": 16_777_216,
        "size": 734_003_200,
        "percent": 2.3,
        "speedBytesPerSecond": 4_194_304.0,
        "etaSeconds": 171.0,
        "expiresAt": EXPIRES_AT,
        "parts": [{"partNumber": 1, "size": 16_777_216, "etag": "\"9b2cf535f27731c974343645a3985328\""}],
    });
    Operation::new(SHOW, "getUpload", "See how far a file is")
        .description(
            "What storage has of an upload, so that another session can go on with the parts that are missing; or how \
             far the fetch of a URL is.",
        )
        .of_asset()
        .answers::<Progress>(200, "How far it is.", answer)
}

fn abort() -> Operation {
    Operation::new(ABORT, "abortUpload", "Give up an upload, or the fetch of a URL")
        .description("Gives the reserved bytes back. Giving up again changes nothing.")
        .of_asset()
        .answers_empty(204, "It is given up.", &[])
        .refuses(&["forbidden", "upload_not_active", "conflict"])
}
