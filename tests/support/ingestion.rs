//! Files that are taken from URLs.

use serde_json::{Value, json};
use sha2::Digest;

use super::{Options, System, User};

/// A system that takes files from this machine, and tries failed messages again at once.
pub async fn start() -> System {
    start_with(&[]).await
}

pub async fn start_with(variables: &[(&'static str, &str)]) -> System {
    let local = ("ALLOW_LOOPBACK_SOURCES", "1");
    let variables = variables.iter().chain([&local]).map(|(name, value)| (*name, (*value).to_owned())).collect();
    System::start_with(Options { variables, retry_after: Some(0), ..Options::default() }).await
}

/// Begins to take a file, and gives its id.
pub async fn ingest(user: &User, file: Value) -> String {
    let asset = user.post("/v1/assets/from-url", &file).await.expect(202);
    assert_eq!(asset["status"], "ingesting");
    asset["id"].as_str().unwrap().to_owned()
}

/// Takes a file, and gives the asset when all is over.
pub async fn ingested(user: &User, file: Value) -> Value {
    let id = ingest(user, file).await;
    user.inspected(&id).await
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Checks that the asset is ready and has these bytes.
#[track_caller]
pub fn assert_sound(asset: &Value, bytes: &[u8]) {
    assert_eq!(asset["status"], "ready", "{asset}");
    assert_eq!((&asset["size"], &asset["sha256"]), (&json!(bytes.len()), &json!(sha256(bytes))));
}

/// Checks that the asset failed with this code, and that its sentence says this.
#[track_caller]
pub fn assert_failed(asset: &Value, code: &str, says: &str) {
    assert_eq!(asset["status"], "failed", "{asset}");
    let detail = asset["failure"]["detail"].as_str().unwrap();
    assert_eq!(asset["failure"]["code"], code, "{detail}");
    assert!(detail.contains(says), "{detail}");
    assert!(!detail.contains("127.0.0.1") && !detail.contains("s3cret"), "{detail}");
}

/// Checks that storage has nothing, before sweep has had its turn and after it, and that nothing takes any quota.
pub async fn assert_nothing_left(system: &System) {
    let state = system.at_rest().await;
    assert!(state.multipart_uploads.is_empty() && state.parts.is_empty(), "{:?}", state.multipart_uploads);
    assert!(state.objects.is_empty(), "{:?}", state.objects);
    let state = system.assert_all_agrees().await;
    assert!(state.objects.is_empty() && state.usage_of("ada").is_empty());
    assert!(!state.items.keys().any(|(_, sk)| sk == "SOURCE"));
}
