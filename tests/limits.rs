//! How much an owner may have, and how a request is answered that would be more.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Options, Still, System, User, files};

fn declare(user: &User, content_type: &str, size: usize) -> reqwest::RequestBuilder {
    let body = json!({"filename": "a", "contentType": content_type, "size": size});
    user.request(Method::POST, "/v1/uploads").json(&body)
}

/// Checks that an upload is refused for what is in use, that nothing changes, and gives the sentence.
async fn refused(system: &System, user: &User, content_type: &str, size: usize, status: u16, code: &str) -> String {
    let before = system.state().await;
    before.assert_usage_adds_up();
    let answer = user.send(declare(user, content_type, size)).await;
    assert_eq!(answer.headers.contains_key("retry-after"), status == 429);
    let problem = answer.expect_problem(status, code);
    assert!(system.state().await == before, "a refusal changed something");
    problem["detail"].as_str().unwrap().to_owned()
}

fn id_of(begun: &Value) -> &str {
    begun["uploadId"].as_str().unwrap()
}

#[tokio::test]
async fn more_unfinished_uploads_than_are_allowed_are_refused_until_one_is_over() {
    let system = System::with("MAX_ACTIVE_UPLOADS", 2).await;
    let (ada, bob) = (system.user("ada").await, system.user("bob").await);
    let picture = files::png(8, 8);
    let first = ada.begin("a", "video/mp4", 20 << 20).await;
    let second = ada.begin("a", "image/png", picture.len()).await;
    for (content_type, size) in [("image/png", 1), ("video/mp4", 20 << 20)] {
        let sentence = refused(&system, &ada, content_type, size, 429, "too_many_uploads").await;
        assert!(sentence.contains("2 unfinished uploads. The limit is 2"), "{sentence}");
    }
    bob.begin("a", "image/png", 1).await;

    ada.delete(&format!("/v1/uploads/{}", id_of(&first))).await.expect(204);
    let third = ada.begin("a", "image/png", 1).await;
    refused(&system, &ada, "image/png", 1, 429, "too_many_uploads").await;
    ada.bring(&second, &picture).await;
    ada.post(&format!("/v1/uploads/{}/complete", id_of(&second)), &json!({})).await.expect(200);
    ada.begin("a", "image/png", 1).await;
    ada.inspected(id_of(&second)).await;
    refused(&system, &ada, "image/png", 1, 429, "too_many_uploads").await;
    ada.delete(&format!("/v1/assets/{}", id_of(&third))).await.expect(204);
    ada.begin("a", "image/png", 1).await;
    system.state().await.assert_usage_adds_up();
}

#[tokio::test]
async fn more_bytes_than_the_quota_are_refused_until_some_are_deleted() {
    let system = System::with("QUOTA_MB", 1).await;
    let (ada, bob) = (system.user("ada").await, system.user("bob").await);
    let quota = 1 << 20;
    let picture = files::png(640, 480);
    let asset = ada.upload_ready("a.png", "image/png", &picture).await;
    let room = quota - picture.len();

    let sentence = refused(&system, &ada, "image/png", room + 1, 409, "quota_exceeded").await;
    let said =
        format!("your quota of {quota} bytes: {} are stored, and 0 are reserved by unfinished uploads", picture.len());
    assert!(sentence.contains(&said), "{sentence}");
    for (content_type, size) in [("image/png", quota + 1), ("video/mp4", 20 << 20)] {
        let sentence = refused(&system, &ada, content_type, size, 409, "quota_exceeded").await;
        assert!(sentence.contains(&said), "{sentence}");
    }
    let begun = ada.send(declare(&ada, "image/png", room)).await.expect(201);
    let sentence = refused(&system, &ada, "image/png", 1, 409, "quota_exceeded").await;
    assert!(sentence.contains(&format!("{} are stored, and {room} are reserved", picture.len())), "{sentence}");
    bob.begin("a", "image/png", quota).await;

    ada.delete(&format!("/v1/uploads/{}", id_of(&begun))).await.expect(204);
    ada.send(declare(&ada, "image/png", room)).await.expect(201);
    refused(&system, &ada, "image/png", 1, 409, "quota_exceeded").await;
    ada.delete(&format!("/v1/assets/{}", asset["id"].as_str().unwrap())).await.expect(204);
    ada.send(declare(&ada, "image/png", picture.len())).await.expect(201);
    refused(&system, &ada, "image/png", 1, 409, "quota_exceeded").await;
    system.state().await.assert_usage_adds_up();
}

#[tokio::test]
async fn a_file_that_is_refused_gives_its_place_in_the_quota_back() {
    let system = System::with("QUOTA_MB", 1).await;
    let ada = system.user("ada").await;
    let page = format!("<html>{}</html>", "x".repeat((1 << 20) - 13)).into_bytes();
    let id = ada.upload("page.png", "image/png", &page).await;
    let asset = ada.inspected(&id).await;
    assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &"type_mismatch".into()));
    let state = system.state().await;
    state.assert_usage_adds_up();
    assert_eq!(state.usage("ada", "total_bytes"), 0);
    ada.begin("a", "image/png", 1 << 20).await;
}

#[tokio::test]
async fn a_repeated_request_begins_one_upload_and_a_changed_one_is_refused() {
    let variables = vec![("MAX_ACTIVE_UPLOADS", "2".to_owned())];
    let system = System::start_with(Options { variables, ..Options::default() }).await;
    let (ada, bob) = (system.user("ada").await, system.user("bob").await);
    let begin = |user: &User, key: &str, size: usize| declare(user, "video/mp4", size).header("idempotency-key", key);
    let film = 20 << 20;
    let first = ada.send(begin(&ada, "k", film)).await.expect(201);
    let still = Still::of(system).await;
    for _ in 0..2 {
        let again = ada.send(begin(&ada, "k", film)).await.expect(201);
        for name in ["assetId", "uploadId", "storageKey", "strategy", "partSize", "partCount", "expiresAt"] {
            assert_eq!(again[name], first[name], "{name}");
        }
        let upload_id = |begun: &Value| {
            let url = begun["parts"][0]["url"].as_str().unwrap();
            url.split("uploadId=").nth(1).unwrap().split('&').next().unwrap().to_owned()
        };
        assert_eq!(upload_id(&again), upload_id(&first));
        still.assert_unchanged("a repeated request").await;
    }
    let refusal = (422, "idempotency_key_reused", "Idempotency-Key");
    still.refuses("another body", &ada, begin(&ada, "k", film + 1), refusal).await;

    let other = ada.send(begin(&ada, "l", film)).await.expect(201);
    assert_ne!(other["assetId"], first["assetId"]);
    // No place is left for another upload, but a repeated request needs none.
    let again = ada.send(begin(&ada, "l", film)).await.expect(201);
    assert_eq!(again["assetId"], other["assetId"]);
    let bobs = bob.send(begin(&bob, "k", film)).await.expect(201);
    assert_ne!(bobs["assetId"], first["assetId"], "a key is its owner's");
    let state = still.system.state().await;
    assert_eq!((state.assets().count(), state.multipart_uploads.len()), (3, 3));
    // A request that was refused has not used its key.
    ada.send(begin(&ada, "m", film)).await.expect_problem(429, "too_many_uploads");
    ada.delete(&format!("/v1/uploads/{}", id_of(&other))).await.expect(204);
    ada.send(begin(&ada, "m", film)).await.expect(201);
    still.system.state().await.assert_usage_adds_up();
}

#[tokio::test]
async fn the_same_request_many_times_at_once_begins_one_upload() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let requests = (0..8).map(async |_| {
        let request = declare(&ada, "video/mp4", 20 << 20).header("idempotency-key", "k");
        ada.send(request).await.expect(201)["assetId"].clone()
    });
    let ids = futures::future::join_all(requests).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let state = system.state().await;
    assert_eq!((state.assets().count(), state.multipart_uploads.len()), (1, 1));
    state.assert_usage_adds_up();
}

#[tokio::test]
async fn a_request_that_is_repeated_after_its_upload_is_over_begins_nothing() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    let begin = |key: &'static str| declare(&ada, "image/png", picture.len()).header("idempotency-key", key);
    let completed = ada.send(begin("completed")).await.expect(201);
    ada.bring(&completed, &picture).await;
    ada.post(&format!("/v1/uploads/{}/complete", id_of(&completed)), &json!({})).await.expect(200);
    ada.inspected(id_of(&completed)).await;
    let aborted = ada.send(begin("aborted")).await.expect(201);
    ada.delete(&format!("/v1/uploads/{}", id_of(&aborted))).await.expect(204);
    let still = Still::of(system).await;
    for key in ["completed", "aborted"] {
        still.refuses(key, &ada, begin(key), (409, "upload_not_active", "")).await;
    }
}
