//! Values that several operations' examples have.

use serde_json::{Value, json};

/// An asset's id, and that of its upload.
pub const ASSET: &str = "019aa7a0-1c2e-7d3f-8a4b-5c6d7e8f9a0b";
/// A project's id.
pub const PROJECT: &str = "019aa79f-42d1-7b0c-9e8d-7c6b5a493827";
/// A webhook endpoint's id.
pub const ENDPOINT: &str = "019aa7a1-6f5e-7c4d-8b3a-291807f6e5d4";
/// A SHA-256.
pub const SHA256: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/// A webhook endpoint's secret.
pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// When the asset was made.
pub const CREATED_AT: &str = "2026-11-21T07:14:03.218Z";
/// When a signed URL stops working.
pub const EXPIRES_AT: &str = "2026-11-21T08:14:03.218Z";

/// A presigned URL.
pub fn storage_url(prefix: &str) -> String {
    format!("https://s3.eu-central-003.backblazeb2.com/quayside-media/{prefix}/ada/{ASSET}?X-Amz-Signature=…")
}

/// A signed URL.
pub fn cdn_url(id: &str, name: &str) -> String {
    let path = if name == "original" { name.to_owned() } else { format!("variants/{name}") };
    format!("https://quayside.b-cdn.net/media/ada/{id}/{path}?token=HS256-…&expires=1795248000")
}

/// A photograph, `uploaded` or `ready`.
pub fn asset(status: &str) -> Value {
    let mut asset = json!({
        "id": ASSET,
        "ownerId": "ada",
        "projectId": null,
        "name": "Ferry at dawn.jpg",
        "type": "image",
        "contentType": "image/jpeg",
        "status": status,
        "failure": null,
        "size": 482_113,
        "sha256": null,
        "storageKey": format!("media/ada/{ASSET}/original"),
        "tags": ["holiday", "sea"],
        "metadata": {},
        "variants": [],
        "urls": {},
        "sourceUrl": null,
        "sourceReference": null,
        "createdAt": CREATED_AT,
        "updatedAt": "2026-11-21T07:14:05.871Z",
        "revision": 1,
        "can": ["view", "view_history", "upload", "edit", "process", "delete"],
    });
    if status == "ready" {
        asset["sha256"] = SHA256.into();
        asset["metadata"] = json!({
            "width": 4032,
            "height": 3024,
            "orientation": 1,
            "hasAlpha": false,
            "frames": 1,
            "capturedAt": "2026-11-20T06:48:12+01:00",
            "cameraMake": "Fairphone",
            "cameraModel": "FP5",
            "blurhash": "LKO2?U%2Tw=w]~RBVZRi};RPxuwH",
        });
        asset["variants"] =
            json!([{"name": "thumbnail", "contentType": "image/webp", "width": 320, "height": 240, "size": 11_204}]);
        asset["urls"] = json!({"original": cdn_url(ASSET, "original"), "thumbnail": cdn_url(ASSET, "thumbnail")});
    }
    asset
}

/// A film that is to be fetched.
pub fn ingesting() -> Value {
    let mut film = asset("ingesting");
    film["name"] = "Crossing.mp4".into();
    film["type"] = "video".into();
    film["contentType"] = "video/mp4".into();
    film["size"] = 0.into();
    film["tags"] = json!(["holiday"]);
    film["sourceUrl"] = "https://media.example/crossing.mp4".into();
    film["updatedAt"] = CREATED_AT.into();
    film
}
