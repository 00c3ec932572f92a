//! Storage's notifications: an upload whose bytes have come is completed, though its client was never heard of again.

use serde_json::{Value, json};

use crate::support::{Options, Still, System, User, b2_signature, eventually, files};

/// A system whose storage tells of an upload at once, as soon as its last byte is there.
async fn start_telling() -> System {
    System::start_with(Options { notify_after: Some(0), ..Options::default() }).await
}

/// Begins an upload, brings its bytes, and is never heard of again. Gives its id.
async fn vanish(user: &User, name: &str, bytes: &[u8]) -> String {
    let instructions = user.begin(name, "image/png", bytes.len()).await;
    user.bring(&instructions, bytes).await;
    instructions["assetId"].as_str().unwrap().to_owned()
}

/// What storage says of an object of this name.
fn created(name: &str, size: usize) -> Value {
    json!({
        "accountId": "e85c6a500333",
        "bucketId": "aea8c5bc362ae55070130333",
        "bucketName": "quayside-media",
        "eventId": "5e0fe5d4a8ea6c3f9c1c0f0ed0a4ed0c",
        "eventTimestamp": 1_684_793_309_123_u64,
        "eventType": "b2:ObjectCreated:Upload",
        "eventVersion": 1,
        "matchedRuleName": "incoming-uploads",
        "objectName": name,
        "objectSize": size,
        "objectVersionId": "4_zaea8c5bc362ae55070130333_f117c7bd5d6c6597c",
    })
}

#[tokio::test]
async fn an_upload_whose_client_vanished_after_its_last_byte_is_completed_by_storages_notification() {
    let system = start_telling().await;
    let picture = files::png(40, 30);
    for sub in ["ada", "auth0|ada", "../ada é"] {
        let user = system.user(sub).await;
        let id = vanish(&user, "dot.png", &picture).await;
        let asset = user.inspected(&id).await;
        // Begun, uploaded, claimed, ready: each once.
        assert_eq!((asset["status"].as_str(), system.state().await.version(&id)), (Some("ready"), 4), "{asset}");
        let fetched = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
        assert!(fetched.bytes().await.unwrap() == picture);
        // A client that comes back after all is told the same.
        user.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
        assert_eq!(system.state().await.version(&id), 4);
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_client_and_storage_that_complete_an_upload_at_once_complete_it_once() {
    let system = start_telling().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    for round in 0..20 {
        let id = vanish(&ada, "dot.png", &picture).await;
        let path = format!("/v1/uploads/{id}/complete");
        let events = json!([created(&format!("incoming/ada/{id}"), picture.len())]);
        let nothing = json!({});
        let (completed, told) = tokio::join!(ada.post(&path, &nothing), system.notify(&events));
        told.expect(202);
        let status = completed.expect(200)["status"].clone();
        assert!(["uploaded", "ready"].iter().any(|expected| status == *expected), "{round}: {status}");
        let asset = ada.inspected(&id).await;
        assert_eq!((asset["status"].as_str(), system.state().await.version(&id)), (Some("ready"), 4), "{asset}");
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn an_abort_and_storages_notification_at_once_end_as_one_of_both() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    for _ in 0..10 {
        let id = vanish(&ada, "dot.png", &picture).await;
        let path = format!("/v1/uploads/{id}");
        let events = json!([created(&format!("incoming/ada/{id}"), picture.len())]);
        let (aborted, told) = tokio::join!(ada.delete(&path), system.notify(&events));
        told.expect(202);
        if aborted.status == 204 {
            ada.get(&format!("/v1/assets/{id}")).await.expect_problem(404, "not_found");
        } else {
            aborted.expect_problem(409, "upload_not_active");
            assert_eq!(ada.inspected(&id).await["status"], "ready");
        }
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn events_that_are_about_no_awaited_upload_change_nothing() {
    let system = System::start().await;
    let (ada, bob) = (system.user("ada").await, system.user("bob").await);
    let picture = files::png(8, 8);
    let size = picture.len();
    let awaited = vanish(&ada, "dot.png", &picture).await;
    let ready = ada.upload_ready("dot.png", "image/png", &picture).await["id"].as_str().unwrap().to_owned();
    let deleted = ada.upload_ready("dot.png", "image/png", &picture).await["id"].as_str().unwrap().to_owned();
    ada.delete(&format!("/v1/assets/{deleted}")).await.expect(204);
    let film = ada.begin("film.mp4", "video/mp4", 20 << 20).await["assetId"].as_str().unwrap().to_owned();
    bob.begin("dot.png", "image/png", size).await;
    system.at_rest().await;
    let still = Still::of(system).await;

    let key = |id: &str| format!("incoming/ada/{id}");
    let with = |name: &str, value: Value| {
        let mut event = created(&key(&awaited), size);
        event[name] = value;
        event
    };
    for (what, events) in [
        ("of a ready asset", json!([created(&key(&ready), size)])),
        ("of a deleted asset", json!([created(&key(&deleted), size)])),
        ("of a multipart upload", json!([created(&key(&film), 20 << 20)])),
        ("of its original", json!([created(&format!("media/ada/{film}/original"), 20 << 20)])),
        ("of no asset", json!([created(&key("019aa7a0-0000-7000-8000-000000000001"), size)])),
        ("below another's prefix", json!([created(&format!("incoming/bob/{awaited}"), size)])),
        ("of another size", json!([created(&key(&awaited), size + 1)])),
        ("in another bucket", json!([with("bucketName", json!("elsewhere"))])),
        ("of a deletion", json!([with("eventType", json!("b2:ObjectDeleted:Delete"))])),
        ("of a test", json!([with("eventType", json!("b2:TestEvent"))])),
        ("of nothing", json!([])),
    ] {
        still.system.notify(&events).await.expect(202);
        still.assert_unchanged(what).await;
    }
    let good = json!({"events": [created(&key(&awaited), size)]}).to_string();
    let signature = b2_signature(&still.system.secrets.b2_webhook_secret, &good);
    for (what, body, signature) in [
        ("another secret", good.as_str(), b2_signature("another secret, quite as long as it", &good).as_str()),
        ("another body", &format!("{good} "), &signature),
        ("no signature", &good, ""),
        ("half a signature", &good, &signature[..35]),
        ("another version", &good, &signature.replace("v1", "v2")),
    ] {
        still.system.notify_signed(body, signature).await.expect_problem(401, "invalid_signature");
        still.assert_unchanged(what).await;
    }
    for body in ["nonsense", "[]", "{}", r#"{"events": [{}]}"#] {
        let signature = b2_signature(&still.system.secrets.b2_webhook_secret, body);
        still.system.notify_signed(body, &signature).await.expect_problem(400, "invalid_json");
        still.assert_unchanged(body).await;
    }

    // Among others, and again, it completes what is awaited, once.
    let mut whole = with("objectSize", Value::Null);
    whole.as_object_mut().unwrap().remove("objectSize");
    let events = json!([created(&key(&ready), size), whole, created(&key(&awaited), size)]);
    still.system.notify(&events).await.expect(202);
    ada.inspected(&awaited).await;
    assert_eq!(still.system.state().await.version(&awaited), 4);
    still.system.notify_signed(&good, &signature).await.expect(202);
    assert_eq!(still.system.at_rest().await.version(&awaited), 4);
}

#[tokio::test]
async fn a_notification_that_could_not_be_dealt_with_is_sent_again_until_it_is() {
    let system = start_telling().await;
    let ada = system.user("ada").await;
    let busy = json!({"fail": {"status": 500, "code": "InternalServerError"}});
    // The SDK tries three times in all.
    for (operation, times) in [("GetItem", 3), ("TransactWriteItems", 3)] {
        let fault =
            json!({"service": "table", "operation": operation, "by": "receive-webhook", "kind": busy, "times": times});
        system.fault(fault).await;
    }
    let id = vanish(&ada, "dot.png", &files::png(8, 8)).await;
    ada.inspected(&id).await;
    assert_eq!(system.assert_all_agrees().await.version(&id), 4);
}

#[tokio::test]
async fn an_upload_that_storage_has_not_told_of_before_a_crash_is_told_of_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = Some(folder.path().to_owned());
    let system = System::start_with(Options { data: data.clone(), ..Options::default() }).await;
    let id = vanish(&system.user("ada").await, "dot.png", &files::png(8, 8)).await;
    system.kill();
    let system = System::start_with(Options { data, notify_after: Some(0), ..Options::default() }).await;
    let ada = system.user("ada").await;
    let status = eventually("the upload is completed", async || {
        let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
        (asset["status"] != "awaiting_upload").then(|| asset["status"].clone())
    });
    status.await;
    assert_eq!(ada.inspected(&id).await["status"], "ready");
}
