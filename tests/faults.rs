//! Storage and table misbehave: they are busy, break off, or do what they were asked and lose the answer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Options, System, User, eventually, files};

const MEBIBYTE: usize = 1 << 20;

/// A system that tries failed messages again at once.
async fn start() -> System {
    start_with(&[]).await
}

async fn start_with(variables: &[(&'static str, &str)]) -> System {
    let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    System::start_with(Options { variables, retry_after: Some(0), ..Options::default() }).await
}

/// Lets the next `times` requests of an application go wrong.
async fn fault(system: &System, by: &str, operation: &str, kind: Value, times: u32) {
    let tables = ["GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"];
    let service = if tables.contains(&operation) { "table" } else { "storage" };
    let fault = json!({"service": service, "operation": operation, "by": by, "kind": kind, "times": times});
    system.fault(fault).await;
}

/// Storage is too busy. The SDK tries three times in all before it gives up.
fn busy() -> Value {
    json!({"fail": {"status": 503, "code": "SlowDown"}})
}

/// An error for which nobody tries again at once.
fn refused() -> Value {
    json!({"fail": {"status": 403, "code": "AccessDenied"}})
}

async fn begin(user: &User, content_type: &str, size: usize) -> crate::support::Answer {
    user.post("/v1/uploads", &json!({"filename": "file", "contentType": content_type, "size": size})).await
}

async fn complete(user: &User, id: &str) -> crate::support::Answer {
    user.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await
}

/// Uploads a film that takes parts, but for the complete. Gives its id.
async fn bring_film(user: &User, bytes: &[u8]) -> String {
    let instructions = user.begin("film.mp4", "video/mp4", bytes.len()).await;
    user.bring(&instructions, bytes).await;
    instructions["assetId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_inspection_that_storage_fails_is_tried_again_until_it_succeeds() {
    let system = start().await;
    let ada = system.user("ada").await;
    let picture = files::png(400, 300);
    let stall = json!({"stall": {"milliseconds": 300}});
    // What happens how often to which operation, and how often the asset is claimed then.
    for (operation, kind, times, claims) in [
        ("GetObject", busy(), 1, 1),
        ("GetObject", busy(), 3, 2),
        ("GetObject", refused(), 3, 4),
        // In the middle of the body, which the SDK does not ask for again.
        ("GetObject", json!("breakOff"), 1, 2),
        ("GetObject", stall.clone(), 1, 1),
        ("PutObject", busy(), 1, 1),
        ("PutObject", refused(), 2, 3),
        ("PutObject", json!("breakOff"), 1, 1),
        ("PutObject", json!("loseAnswer"), 1, 1),
        ("PutObject", stall, 3, 1),
        ("GetItem", json!("breakOff"), 1, 1),
        // The claim, and then the record of the end.
        ("UpdateItem", json!("breakOff"), 2, 1),
        ("TransactWriteItems", json!("breakOff"), 2, 1),
        // They are written and not known to be.
        ("UpdateItem", json!("loseAnswer"), 1, 1),
        ("UpdateItem", json!("loseAnswer"), 2, 1),
        ("TransactWriteItems", json!("loseAnswer"), 1, 1),
        ("TransactWriteItems", json!("loseAnswer"), 2, 1),
    ] {
        fault(&system, "process-metadata", operation, kind.clone(), times).await;
        let asset = ada.upload_ready("a.png", "image/png", &picture).await;
        let version = system.state().await.version(asset["id"].as_str().unwrap());
        assert_eq!(version, 3 + claims, "{times} × {kind} on {operation}");
        let original = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
        assert!(original.bytes().await.unwrap() == picture);
    }
    assert_eq!(system.dead_letters().await, 0);
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn an_inspection_that_always_fails_is_given_up_and_its_message_kept() {
    const ATTEMPTS: u32 = 5;
    let system = start().await;
    let ada = system.user("ada").await;
    let picture = files::png(40, 30);
    fault(&system, "process-metadata", "GetObject", refused(), 1000).await;
    let id = ada.upload("a.png", "image/png", &picture).await;
    let asset = ada.inspected(&id).await;
    assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &"processing_gave_up".into()));
    assert_eq!(asset["urls"], json!({}));
    ada.get(&format!("/v1/assets/{id}/data")).await.expect_problem(409, "not_ready");
    eventually("the message is given up", async || (system.dead_letters().await == 1).then_some(())).await;
    let key = format!("incoming/ada/{id}");
    let tries = system.asked_since(0).await.into_iter().filter(|asked| {
        asked.by == "process-metadata" && asked.key.as_ref() == Some(&key) && asked.status == Some(403)
    });
    assert_eq!(tries.count(), ATTEMPTS as usize);
    // Its bytes are kept, and counted, for they may be inspected yet.
    let state = system.assert_all_agrees().await;
    assert_eq!(state.objects_of(&id).len(), 1);
    assert_eq!(state.usage("ada", "image_bytes"), i64::try_from(picture.len()).unwrap());
    system.clear_faults().await;
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    let state = system.assert_all_agrees().await;
    assert!(state.usage_of("ada").is_empty());
    assert_eq!(state.objects_of(&id), Vec::<&str>::new());
}

#[tokio::test]
async fn an_inspection_whose_end_can_never_be_recorded_is_given_up_too() {
    let system = start().await;
    let ada = system.user("ada").await;
    // The claims go well, and what follows does not.
    let broken = json!({"fail": {"status": 400, "code": "ValidationException"}});
    fault(&system, "process-metadata", "TransactWriteItems", broken, 5).await;
    let id = ada.upload("a.png", "image/png", &files::png(40, 30)).await;
    let asset = ada.inspected(&id).await;
    assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &"processing_gave_up".into()));
    eventually("the message is given up", async || (system.dead_letters().await == 1).then_some(())).await;
    system.at_rest().await.assert_usage_adds_up();
}

#[tokio::test]
async fn one_message_that_fails_does_not_hold_up_or_repeat_the_others() {
    let system = start().await;
    let ada = system.user("ada").await;
    let picture = files::png(9, 9);
    // All four invocations are busy, so that the messages that come meanwhile wait together.
    fault(&system, "process-metadata", "GetObject", json!({"stall": {"milliseconds": 1000}}), 4).await;
    for _ in 0..4 {
        ada.upload("busy.png", "image/png", &picture).await;
    }
    eventually("all four are claimed", async || {
        let state = system.state().await;
        state.assets().all(|asset| asset.contains_key("claim")).then_some(())
    })
    .await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let instructions = ada.begin("a.png", "image/png", picture.len()).await;
        ada.bring(&instructions, &picture).await;
        ids.push(instructions["assetId"].as_str().unwrap().to_owned());
    }
    let bad = json!({"service": "storage", "operation": "GetObject", "by": "process-metadata",
        "keyContains": ids[2], "kind": refused(), "times": 2});
    system.fault(bad).await;
    for id in &ids {
        complete(&ada, id).await.expect(200);
    }
    let state = system.at_rest().await;
    assert!(ids.iter().all(|id| state.status(id) == "ready"));
    // How often each was claimed.
    let claims: Vec<_> = ids.iter().map(|id| state.version(id) - 3).collect();
    assert_eq!(claims, [1, 1, 3, 1, 1]);
}

#[tokio::test]
async fn contention_for_an_owners_usage_is_waited_out() {
    let conflict = json!({"fail": {"status": 400, "code": "TransactionConflict"}});
    let system = start().await;
    let ada = system.user("ada").await;
    let picture = files::png(40, 30);
    fault(&system, "initiate-upload", "TransactWriteItems", conflict.clone(), 4).await;
    let instructions = begin(&ada, "image/png", picture.len()).await.expect(201);
    let id = instructions["assetId"].as_str().unwrap();
    assert_eq!(system.state().await.usage("ada", "active_uploads"), 1);
    ada.bring(&instructions, &picture).await;
    fault(&system, "complete-upload", "TransactWriteItems", conflict.clone(), 4).await;
    complete(&ada, id).await.expect(200);
    ada.inspected(id).await;
    assert_eq!(system.state().await.version(id), 4);
    fault(&system, "manage-assets", "TransactWriteItems", conflict.clone(), 4).await;
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    assert!(system.assert_all_agrees().await.usage_of("ada").is_empty());

    // Where it does not end, the caller may try again.
    let before = system.state().await;
    fault(&system, "initiate-upload", "TransactWriteItems", conflict, 1000).await;
    let refused = begin(&ada, "image/png", picture.len()).await;
    assert_eq!(refused.headers["retry-after"], "1");
    refused.expect_problem(503, "unavailable");
    system.clear_faults().await;
    assert!(system.state().await == before);
    begin(&ada, "image/png", picture.len()).await.expect(201);
}

#[tokio::test]
async fn an_upload_that_storage_cannot_begin_reserves_nothing() {
    let system = start().await;
    let ada = system.user("ada").await;
    let before = system.state().await;
    fault(&system, "initiate-upload", "CreateMultipartUpload", busy(), 3).await;
    let refused = begin(&ada, "video/mp4", 17 * MEBIBYTE).await;
    assert_eq!(refused.headers["retry-after"], "1");
    refused.expect_problem(503, "unavailable");
    assert!(system.state().await == before);
    // Busy for a moment only.
    fault(&system, "initiate-upload", "CreateMultipartUpload", busy(), 1).await;
    begin(&ada, "video/mp4", 17 * MEBIBYTE).await.expect(201);
    assert_eq!(system.state().await.multipart_uploads.len(), 1);
}

#[tokio::test]
async fn a_complete_that_storage_is_too_busy_for_changes_nothing_and_may_be_sent_again() {
    let system = start().await;
    let ada = system.user("ada").await;
    let film = files::mp4(17 * MEBIBYTE);
    let film = bring_film(&ada, &film).await;
    let picture = files::png(40, 30);
    let instructions = ada.begin("a.png", "image/png", picture.len()).await;
    ada.bring(&instructions, &picture).await;
    let picture = instructions["assetId"].as_str().unwrap();
    let before = system.state().await;
    for (id, operation) in [(picture, "HeadObject"), (&film, "ListParts"), (&film, "CompleteMultipartUpload")] {
        fault(&system, "complete-upload", operation, busy(), 3).await;
        let refused = complete(&ada, id).await;
        assert_eq!(refused.headers["retry-after"], "1", "{operation}");
        refused.expect_problem(503, "unavailable");
        assert!(system.state().await == before, "{operation}");
    }
    for id in [picture, &film] {
        complete(&ada, id).await.expect(200);
        assert_eq!(ada.inspected(id).await["status"], "ready");
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_counts_once() {
    let system = start_with(&[("DELETED_TTL_SECONDS", "0")]).await;
    let film = files::mp4(17 * MEBIBYTE);
    let picture = files::png(40, 30);
    for kind in ["loseAnswer", "breakOff"] {
        let user = system.user(kind).await;
        for (content_type, bytes, name) in [("image/png", &picture, "image"), ("video/mp4", &film, "video")] {
            let size = i64::try_from(bytes.len()).unwrap();
            fault(&system, "initiate-upload", "TransactWriteItems", json!(kind), 1).await;
            let instructions = begin(&user, content_type, bytes.len()).await.expect(201);
            let reserved = BTreeMap::from([("active_uploads", 1), ("reserved_bytes", size), ("total_bytes", size)]);
            assert_eq!(system.state().await.usage_of(kind), reserved);
            user.bring(&instructions, bytes).await;
            let id = instructions["assetId"].as_str().unwrap();
            fault(&system, "complete-upload", "TransactWriteItems", json!(kind), 1).await;
            fault(&system, "complete-upload", "CompleteMultipartUpload", json!(kind), 1).await;
            complete(&user, id).await.expect(200);
            system.clear_faults().await;
            user.inspected(id).await;
            assert_eq!(system.state().await.version(id), 4);
            let (bytes_name, count_name) = (format!("{name}_bytes"), format!("{name}_count"));
            let stored = BTreeMap::from([(&*bytes_name, size), (&*count_name, 1), ("total_bytes", size)]);
            assert_eq!(system.state().await.usage_of(kind), stored);
            fault(&system, "manage-assets", "TransactWriteItems", json!(kind), 1).await;
            user.delete(&format!("/v1/assets/{id}")).await.expect(204);
            assert!(system.state().await.usage_of(kind).is_empty());
        }
    }
    let state = system.assert_all_agrees().await;
    assert!(state.objects.is_empty() && state.multipart_uploads.is_empty());
}

#[tokio::test]
async fn an_abort_that_storage_refuses_is_finished_by_sweep() {
    let system = start().await;
    let ada = system.user("ada").await;
    let instructions = ada.begin("film.mp4", "video/mp4", 17 * MEBIBYTE).await;
    let id = instructions["assetId"].as_str().unwrap();
    ada.put(&instructions["parts"][0]["url"], &Value::Null, vec![0; 16 * MEBIBYTE]).await;
    fault(&system, "track-upload", "AbortMultipartUpload", refused(), 1).await;
    ada.delete(&format!("/v1/uploads/{id}")).await.expect(204);
    let state = system.state().await;
    assert_eq!(state.multipart_uploads.len(), 1);
    assert!(state.usage_of("ada").is_empty());
    let state = system.assert_all_agrees().await;
    assert!(state.multipart_uploads.is_empty());
}

#[tokio::test]
async fn what_an_attempt_that_failed_has_written_after_a_purge_is_purged_too() {
    let system = start_with(&[("DELETED_TTL_SECONDS", "0")]).await;
    let ada = system.user("ada").await;
    // The first variant is written late, after the asset was deleted and purged; the second one never.
    fault(&system, "process-metadata", "PutObject", json!({"stall": {"milliseconds": 800}}), 1).await;
    fault(&system, "process-metadata", "PutObject", refused(), 1).await;
    let id = ada.upload("a.png", "image/png", &files::png(400, 300)).await;
    eventually("it is claimed", async || (system.state().await.version(&id) == 3).then_some(())).await;
    tokio::time::sleep(Duration::from_millis(150)).await;
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    system.sweep().await;
    assert_eq!(system.state().await.objects_of(&id), Vec::<&str>::new());
    eventually("the first variant is written", async || {
        let mut asked = system.asked_since(0).await.into_iter();
        let refused = asked.any(|asked| asked.operation == "PutObject" && asked.status == Some(403));
        refused.then_some(())
    })
    .await;
    let state = system.assert_all_agrees().await;
    assert_eq!(state.objects_of(&id), Vec::<&str>::new());
}

#[tokio::test]
async fn uploads_at_once_get_through_a_storage_and_a_table_that_stumble() {
    let system = start_with(&[("MAX_ACTIVE_UPLOADS", "30")]).await;
    let ada = system.user("ada").await;
    for by in ["initiate-upload", "complete-upload"] {
        fault(&system, by, "TransactWriteItems", json!({"fail": {"status": 400, "code": "TransactionConflict"}}), 9)
            .await;
        fault(&system, by, "TransactWriteItems", json!("loseAnswer"), 5).await;
        fault(&system, by, "GetItem", json!("breakOff"), 3).await;
    }
    for (operation, kind) in
        [("GetObject", busy()), ("GetObject", json!("breakOff")), ("PutObject", json!("loseAnswer"))]
    {
        fault(&system, "process-metadata", operation, kind, 4).await;
    }
    let mut uploads = JoinSet::new();
    for number in 0..30 {
        let ada = ada.clone();
        uploads.spawn(async move { ada.upload("a.png", "image/png", &files::png(50 + number, 40)).await });
    }
    let ids = uploads.join_all().await;
    let state = system.assert_all_agrees().await;
    assert!(ids.iter().all(|id| state.status(id) == "ready"));
    assert_eq!((state.usage("ada", "image_count"), state.usage("ada", "active_uploads")), (30, 0));
}
