//! Files that come from a client in requests to storage.

use complete_upload::Completed;
use initiate_upload::{Instructions, NewUpload, SignedParts, WantedParts};
use quayside_edge::http::AssetJson;
use serde_json::json;
use track_upload::Progress;

use crate::examples::{ASSET, EXPIRES_AT, SHA256, asset, storage_url};
use crate::operation::Operation;

const BEGIN: &str = "Reserves the file's bytes in the caller's quota, makes its asset, and says where the bytes go: up to \
                     16 MiB to one URL, more in parts, of which the first hundred are signed in the answer. Storage \
                     takes exactly the declared length, and of a file in one piece the declared type. When all bytes \
                     are there, complete the upload.";

const SIGN: &str = "Signs up to a hundred parts at once, for the first time or again, and keeps the upload alive.";

const SHOW: &str = "What storage has of an upload, so that another session can go on with the parts that are missing; or \
                    how far the fetch of a URL is.";

const COMPLETE: &str = "Checks that storage has all bytes, puts parts together, and has the file inspected. The asset is \
                        `uploaded` then, and a moment later `ready` or `failed`. Completing again answers the same.";

pub(crate) fn operations() -> Vec<Operation> {
    vec![begin(), sign(), show(), complete(), abort()]
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
    Operation::new("POST /v1/uploads", "beginUpload", "Begin an upload")
        .says(BEGIN)
        .idempotent()
        .takes::<NewUpload>(&[("photograph", small), ("film", large)])
        .answers::<Instructions>(201, "The upload is begun.", answer)
        .leads_to(201, "getUpload", "id", "$response.body#/uploadId")
        .leads_to(201, "signParts", "id", "$response.body#/uploadId")
        .leads_to(201, "completeUpload", "id", "$response.body#/uploadId")
        .leads_to(201, "abortUpload", "id", "$response.body#/uploadId")
        .leads_to(201, "getAsset", "id", "$response.body#/assetId")
        .refuses(&["invalid_filename", "invalid_size", "type_not_allowed", "invalid_project_id", "invalid_sha256"])
        .refuses(&["invalid_tags", "invalid_keep_location", "too_large", "forbidden", "project_not_found"])
        .refuses(&["quota_exceeded", "too_many_uploads", "upload_not_active"])
}

fn sign() -> Operation {
    let signed = json!({"partNumber": 101, "url": storage_url("media"), "expiresAt": EXPIRES_AT});
    Operation::new("POST /v1/uploads/{id}/parts", "signParts", "Sign parts")
        .says(SIGN)
        .of_asset()
        .takes::<WantedParts>(&[("one", json!({"partNumbers": [101]}))])
        .answers::<SignedParts>(200, "The parts are signed.", json!({"parts": [signed]}))
        .refuses(&["invalid_part_number", "forbidden", "upload_not_active"])
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
    Operation::new("GET /v1/uploads/{id}", "getUpload", "See how far a file is")
        .says(SHOW)
        .of_asset()
        .answers::<Progress>(200, "How far it is.", answer)
}

fn complete() -> Operation {
    let parts = json!({"parts": [{"partNumber": 1, "etag": "\"9b2cf535f27731c974343645a3985328\""}]});
    Operation::new("POST /v1/uploads/{id}/complete", "completeUpload", "Complete an upload")
        .says(COMPLETE)
        .of_asset()
        .may_take::<Completed>(&[("of storage's own list", json!({})), ("of a list", parts)])
        .answers::<AssetJson<'_>>(200, "Storage has the file.", asset("uploaded"))
        .leads_to(200, "getAsset", "id", "$response.body#/id")
        .refuses(&["invalid_parts", "forbidden", "upload_incomplete", "upload_not_active", "conflict"])
}

fn abort() -> Operation {
    Operation::new("DELETE /v1/uploads/{id}", "abortUpload", "Give up an upload, or the fetch of a URL")
        .says("Gives the reserved bytes back. Giving up again changes nothing.")
        .of_asset()
        .answers_empty(204, "It is given up.", &[])
        .refuses(&["forbidden", "upload_not_active", "conflict"])
}
