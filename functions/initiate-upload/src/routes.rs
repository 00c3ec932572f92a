//! The routes, and what the API's description says of them.

use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{ASSET, EXPIRES_AT, SHA256, storage_url};
use quayside_edge::http::Route;
use serde_json::json;

use crate::begin::{Instructions, NewUpload};
use crate::sign::{SignedParts, WantedParts};

pub(crate) const BEGIN: Route<0> = Route::new("POST", "/v1/uploads");
pub(crate) const SIGN: Route<1> = Route::new("POST", "/v1/uploads/{id}/parts");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![begin(), sign()]
}

fn begin() -> Operation {
    let small = json!({
        "filename": "Ferry at dawn.jpg",
        "size": 482_113,
        "contentType": "image/jpeg",
        "projectId": null,
        "sha256": SHA256,
        "tags": ["holiday", "sea"],
        "keepLocation": true,
    });
    let large = json!({"filename": "Crossing.mp4", "size": 734_003_200, "contentType": "video/mp4"});
    let answer = json!({
        "uploadId": ASSET,
        "assetId": ASSET,
        "strategy": "single",
        "method": "PUT",
        "url": storage_url("incoming"),
        "headers": {"content-type": "image/jpeg"},
        "storageKey": format!("media/ada/{ASSET}/original"),
        "expiresAt": EXPIRES_AT,
    });
    Operation::new(BEGIN, "beginUpload", "Begin an upload")
        .description(
            "Reserves the file's bytes in the caller's quota, makes its asset, and says where the bytes go: up to 16 MiB \
             to one URL, more in parts, of which the first hundred are signed in the answer. Storage takes exactly the \
             declared length, and of a file in one piece the declared type. When all bytes are there, complete the \
             upload.",
        )
        .idempotent()
        .takes::<NewUpload>(&[("photograph", small), ("film", large)])
        .answers::<Instructions>(201, "The upload is begun.", answer)
        .links_to(201, "getUpload", "id", "$response.body#/uploadId")
        .links_to(201, "signParts", "id", "$response.body#/uploadId")
        .links_to(201, "completeUpload", "id", "$response.body#/uploadId")
        .links_to(201, "abortUpload", "id", "$response.body#/uploadId")
        .links_to(201, "getAsset", "id", "$response.body#/assetId")
        .refuses(&["invalid_filename", "invalid_size", "type_not_allowed", "invalid_project_id", "invalid_sha256"])
        .refuses(&["invalid_tags", "invalid_keep_location", "too_large", "forbidden", "project_not_found"])
        .refuses(&["quota_exceeded", "too_many_uploads", "upload_not_active"])
}

fn sign() -> Operation {
    let signed = json!({"partNumber": 101, "url": storage_url("media"), "expiresAt": EXPIRES_AT});
    Operation::new(SIGN, "signParts", "Sign parts")
        .description("Signs up to a hundred parts at once, for the first time or again, and keeps the upload alive.")
        .of_asset()
        .takes::<WantedParts>(&[("one", json!({"partNumbers": [101]}))])
        .answers::<SignedParts>(200, "The parts are signed.", json!({"parts": [signed]}))
        .refuses(&["invalid_part_number", "forbidden", "upload_not_active"])
}
