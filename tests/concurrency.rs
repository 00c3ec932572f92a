//! What happens when several requests are about the same thing at the same moment.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Answer, Options, System, User, eventually, files, media};

const TWO_PARTS: usize = (17 << 20) + 5;

/// Begins an upload and brings the bytes, but does not complete it. Gives its id.
async fn brought(user: &User, filename: &str, content_type: &str, bytes: &[u8]) -> String {
    let instructions = user.begin(filename, content_type, bytes.len()).await;
    user.bring(&instructions, bytes).await;
    instructions["assetId"].as_str().unwrap().to_owned()
}

async fn complete(user: &User, id: &str) -> Answer {
    user.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await
}

/// `count` completes of the same upload at once.
async fn completes(user: &User, id: &str, count: usize) -> Vec<Answer> {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        let (user, id) = (user.clone(), id.to_owned());
        requests.spawn(async move { complete(&user, &id).await });
    }
    requests.join_all().await
}

#[tokio::test]
async fn however_many_complete_an_upload_at_once_it_is_completed_and_inspected_once() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let small = files::png(64, 48);
    let large = files::mp4(TWO_PARTS);
    for (count, filename, content_type, bytes) in [
        (2, "a.png", "image/png", &small),
        (10, "b.png", "image/png", &small),
        (2, "c.mp4", "video/mp4", &large),
        (10, "d.mp4", "video/mp4", &large),
    ] {
        let id = brought(&ada, filename, content_type, bytes).await;
        for answer in completes(&ada, &id, count).await {
            let asset = answer.expect(200);
            assert_eq!(asset["id"], id.as_str());
            assert!(asset["status"] == "uploaded" || asset["status"] == "ready", "{asset}");
        }
        let asset = ada.inspected(&id).await;
        assert_eq!(asset["status"], "ready", "{asset}");
        // One that comes late changes nothing either.
        complete(&ada, &id).await.expect(200);
        let state = system.state().await;
        assert_eq!(state.history(&id), ["asset.created", "asset.uploaded", "asset.ready"]);
        // Begun, uploaded, claimed, ready: each once.
        assert_eq!(state.version(&id), 4);
    }
    let state = system.assert_all_agrees().await;
    let (small, large) = (i64::try_from(small.len()).unwrap(), i64::try_from(large.len()).unwrap());
    let expected = BTreeMap::from([
        ("image_bytes", 2 * small),
        ("image_count", 2),
        ("total_bytes", 2 * small + 2 * large),
        ("video_bytes", 2 * large),
        ("video_count", 2),
    ]);
    assert_eq!(state.usage_of("ada"), expected);
}

#[tokio::test]
async fn complete_and_abort_at_once_end_as_one_of_both() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let small = files::png(8, 8);
    let large = files::mp4(TWO_PARTS);
    for round in 0..12 {
        let (content_type, bytes) = if round % 4 == 3 { ("video/mp4", &large) } else { ("image/png", &small) };
        let id = brought(&ada, "file", content_type, bytes).await;
        let path = format!("/v1/uploads/{id}");
        let (completed, aborted) = if round % 2 == 0 {
            tokio::join!(complete(&ada, &id), ada.delete(&path))
        } else {
            let (aborted, completed) = tokio::join!(ada.delete(&path), complete(&ada, &id));
            (completed, aborted)
        };
        match (completed.status, aborted.status) {
            // The abort came too late, and says so.
            (200, 409) => assert_eq!(aborted.code(), "upload_not_active", "{}", aborted.json),
            // The complete came too late: there is nothing here any more, or storage has given up the parts.
            (404, 204) => assert_eq!(completed.code(), "not_found"),
            (409, 204) => assert_eq!(completed.code(), "upload_not_active", "{}", completed.json),
            other => panic!("{other:?}: {} {}", completed.json, aborted.json),
        }
        let there = ada.get(&format!("/v1/assets/{id}")).await;
        assert_eq!(there.status, if aborted.status == 204 { 404 } else { 200 });
        if aborted.status != 204 {
            assert_eq!(ada.inspected(&id).await["status"], "ready");
        }
    }
    let state = system.assert_all_agrees().await;
    assert_eq!(state.usage("ada", "active_uploads"), 0);
    assert_eq!(state.multipart_uploads.len(), 0);
}

#[tokio::test]
async fn complete_and_a_sweep_of_the_expired_upload_at_once_end_as_one_of_both() {
    let system = System::with("MAX_ACTIVE_UPLOADS", 20).await;
    let ada = system.user("ada").await;
    let small = files::png(8, 8);
    let large = files::mp4(TWO_PARTS);
    for round in 0..3 {
        let mut ids = Vec::new();
        for number in 0..6 {
            let (content_type, bytes) = if number == 0 { ("video/mp4", &large) } else { ("image/png", &small) };
            ids.push(brought(&ada, "file", content_type, bytes).await);
        }
        for id in &ids {
            system.expire(id).await;
        }
        let mut requests = JoinSet::new();
        for (index, id) in ids.iter().cloned().enumerate() {
            let ada = ada.clone();
            requests.spawn(async move {
                // Some before the sweep gets to them, some after.
                tokio::time::sleep(std::time::Duration::from_millis((index as u64 * 8) >> round)).await;
                let answer = complete(&ada, &id).await;
                (id, answer)
            });
        }
        system.sweep().await;
        for (id, answer) in requests.join_all().await {
            let asset = ada.inspected(&id).await;
            if answer.status == 200 {
                assert_eq!(asset["status"], "ready", "{asset}");
            } else {
                answer.expect_problem(409, "upload_not_active");
                assert_eq!(asset["status"], "failed");
                assert_eq!(asset["failure"]["code"], "upload_expired");
            }
        }
    }
    assert_eq!(system.assert_all_agrees().await.multipart_uploads.len(), 0);
}

#[tokio::test]
async fn deletes_at_once_all_succeed_and_give_the_quota_back_once() {
    let system = System::with("DELETED_TTL_SECONDS", "0").await;
    let ada = system.user("ada").await;
    for _ in 0..4 {
        let asset = ada.upload_ready("a.png", "image/png", &files::png(8, 8)).await;
        let path = format!("/v1/assets/{}", asset["id"].as_str().unwrap());
        let mut requests = JoinSet::new();
        for _ in 0..5 {
            let (ada, path) = (ada.clone(), path.clone());
            requests.spawn(async move { ada.delete(&path).await.status });
        }
        assert_eq!(requests.join_all().await, [204; 5]);
        assert_eq!(ada.get(&path).await.status, 404);
    }
    assert_eq!(system.assert_all_agrees().await.usage_of("ada"), BTreeMap::new());
}

#[tokio::test]
async fn what_is_deleted_while_it_is_inspected_leaves_nothing_behind() {
    let system = System::with("DELETED_TTL_SECONDS", "0").await;
    let ada = system.user("ada").await;
    // The inspection waits before each of these, so that the delete and the sweep after it fall into every gap.
    for operation in ["GetObject", "PutObject"] {
        for swept in [false, true] {
            system
                .fault(json!({"service": "storage", "operation": operation, "by": "process-metadata",
                    "kind": {"stall": {"milliseconds": 700}}}))
                .await;
            let before = system.asked_since(0).await.last().unwrap().number;
            let id = ada.upload("a.png", "image/png", &files::png(400, 300)).await;
            eventually("it is being inspected", async || (system.state().await.version(&id) >= 3).then_some(())).await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            assert_eq!(ada.delete(&format!("/v1/assets/{id}")).await.status, 204);
            if swept {
                system.sweep().await;
            }
            system.at_rest().await;
            let stalled = system.asked_since(before).await.into_iter().any(|asked| {
                asked.by == "process-metadata"
                    && asked.operation == operation
                    && asked.ended_at_micros - asked.started_at_micros >= 700_000
            });
            assert!(stalled, "the inspection was not held up");
            assert_eq!(ada.get(&format!("/v1/assets/{id}")).await.status, 404);
            system.sweep().await;
            let left = system.state().await;
            assert_eq!(left.objects_of(&id), Vec::<&str>::new(), "{operation}, swept before: {swept}");
        }
    }
    assert_eq!(system.assert_all_agrees().await.usage_of("ada"), BTreeMap::new());
}

#[tokio::test]
async fn parts_are_signed_for_many_at_once() {
    let system = System::with("UPLOAD_TTL_SECONDS", "8").await;
    let ada = system.user("ada").await;
    let bytes = files::mp4(TWO_PARTS);
    let instructions = ada.begin("a.mp4", "video/mp4", bytes.len()).await;
    let id = instructions["assetId"].as_str().unwrap();
    // After an eighth of its time, signing also keeps the upload alive, which all want to write at once.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let mut requests = JoinSet::new();
    for _ in 0..10 {
        let (ada, path) = (ada.clone(), format!("/v1/uploads/{id}/parts"));
        requests.spawn(async move { ada.post(&path, &json!({"partNumbers": [1, 2]})).await });
    }
    let answers: Vec<Value> = requests.join_all().await.into_iter().map(|answer| answer.expect(200)).collect();
    let part_size = usize::try_from(instructions["partSize"].as_u64().unwrap()).unwrap();
    for (index, piece) in bytes.chunks(part_size).enumerate() {
        // Any of the answers will do.
        let url = &answers[index]["parts"][index]["url"];
        assert_eq!(ada.put(url, &Value::Null, piece.to_vec()).await.0, 200);
    }
    complete(&ada, id).await.expect(200);
    assert_eq!(ada.inspected(id).await["status"], "ready");
    system.assert_all_agrees().await;
}

/// Uploads a file as a client does that sends a request again while the system is busy. Gives its id.
async fn upload(user: &User, filename: &str, content_type: &str, bytes: &[u8]) -> String {
    let key = uuid::Uuid::new_v4().to_string();
    let body = json!({"filename": filename, "contentType": content_type, "size": bytes.len()});
    let instructions = post_patiently(user, "/v1/uploads", &key, &body).await.expect(201);
    user.bring(&instructions, bytes).await;
    let id = instructions["assetId"].as_str().unwrap();
    post_patiently(user, &format!("/v1/uploads/{id}/complete"), &key, &json!({})).await.expect(200);
    id.to_owned()
}

async fn post_patiently(user: &User, path: &str, key: &str, body: &Value) -> Answer {
    const ATTEMPTS: usize = 20;
    for _ in 0..ATTEMPTS {
        let request = user.request(reqwest::Method::POST, path).header("idempotency-key", key).json(body);
        let answer = user.send(request).await;
        if answer.status != 503 {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    panic!("{path} was busy {ATTEMPTS} times");
}

#[tokio::test]
async fn two_hundred_files_of_eight_owners_at_once_end_ready_and_usage_is_right_to_the_byte() {
    const OWNERS: usize = 8;
    const EACH: usize = 25;
    let system = System::start_with(Options {
        variables: vec![("MAX_ACTIVE_UPLOADS", EACH.to_string())],
        retry_after: Some(1),
        ..Options::default()
    })
    .await;
    let film = std::sync::Arc::new(files::mp4(TWO_PARTS));
    let mut uploads = JoinSet::new();
    let mut expected: BTreeMap<String, BTreeMap<&str, i64>> = BTreeMap::new();
    for owner in 0..OWNERS {
        let user = system.user(&format!("owner{owner}")).await;
        for number in 0..EACH {
            // No two have the same size, so that one that is counted twice or for another shows.
            let size = 3000 + (owner * EACH + number) * 7;
            let (kind, filename, content_type, bytes) = match number % 5 {
                0 => ("image", "photo.png", "image/png", files::png(60 + u32::try_from(size).unwrap() % 40, 50)),
                1 => ("audio", "song.wav", "audio/wav", media::wav(size)),
                2 => ("document", "paper.pdf", "application/pdf", media::pdf(size)),
                3 => ("video", "clip.mp4", "video/mp4", files::mp4(size)),
                _ if number == 4 && owner % 2 == 0 => ("video", "film.mp4", "video/mp4", film.to_vec()),
                _ => ("document", "drawing.svg", "image/svg+xml", media::svg(size)),
            };
            let kind = if content_type == "image/svg+xml" { "image" } else { kind };
            let usage = expected.entry(user.sub.clone()).or_default();
            let (bytes_name, count_name) = match kind {
                "image" => ("image_bytes", "image_count"),
                "audio" => ("audio_bytes", "audio_count"),
                "video" => ("video_bytes", "video_count"),
                _ => ("document_bytes", "document_count"),
            };
            let length = i64::try_from(bytes.len()).unwrap();
            *usage.entry(bytes_name).or_default() += length;
            *usage.entry("total_bytes").or_default() += length;
            *usage.entry(count_name).or_default() += 1;
            let user = user.clone();
            uploads.spawn(async move { upload(&user, filename, content_type, &bytes).await });
        }
    }
    let ids: BTreeSet<String> = uploads.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), OWNERS * EACH);
    let state = system.at_rest().await;
    assert_eq!(state.assets().map(|asset| asset["id"].as_s().unwrap().clone()).collect::<BTreeSet<_>>(), ids);
    for id in &ids {
        assert_eq!(state.status(id), "ready", "{id}: {:?}", state.asset(id));
    }
    for (owner, usage) in expected {
        assert_eq!(state.usage_of(&owner), usage, "{owner}");
    }
    system.assert_all_agrees().await;
}
