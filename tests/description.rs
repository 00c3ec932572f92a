//! What the API says of itself.

use serde_json::json;

use crate::support::System;

#[tokio::test]
async fn anybody_gets_the_description_and_may_keep_it_for_a_while() {
    let system = System::start().await;
    let answer = system.bearer(None).get("/v1/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    assert_eq!(answer.json["openapi"], "3.1.0");
    assert!(answer.body == describe_api::DOCUMENT.as_bytes());
}

#[tokio::test]
async fn the_service_tells_its_version_and_asks_neither_storage_nor_the_table_for_it() {
    let system = System::start().await;
    let before = system.asked_since(0).await.last().map_or(0, |asked| asked.number);
    let answer = system.bearer(None).get("/v1/health").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.expect(200), json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}));
    let asked = system.asked_since(before).await;
    assert!(asked.iter().all(|asked| asked.by != "describe-api"), "{asked:?}");
}
