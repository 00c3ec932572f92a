//! What sweep does: it gives up uploads that nobody completed, and deletes the bytes of what failed or was deleted.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Options, System, User, eventually, files};

const MEBIBYTE: usize = 1 << 20;

/// A system whose own first sweep is over; the next one is a minute away.
async fn start_with(variables: &[(&'static str, &str)]) -> System {
    let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let system = System::start_with(Options { variables, retry_after: Some(0), ..Options::default() }).await;
    eventually("the first sweep", async || {
        let asked = system.asked_since(0).await;
        // It asks each of the four shards what is due.
        (asked.iter().filter(|asked| asked.by == "sweep" && asked.operation == "Query").count() == 4).then_some(())
    })
    .await;
    system
}

fn swept(expired: u32, cleaned: u32, purged: u32, postponed: u32) -> Value {
    json!({"expired": expired, "cleaned": cleaned, "purged": purged, "givenUp": 0, "postponed": postponed})
}

fn id_of(instructions: &Value) -> &str {
    instructions["assetId"].as_str().unwrap()
}

async fn complete(user: &User, id: &str) -> crate::support::Answer {
    user.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await
}

async fn seconds(seconds: f32) {
    tokio::time::sleep(Duration::from_secs_f32(seconds)).await;
}

/// Three uploads that nobody completes: nothing brought, the whole file brought, one of two parts brought.
async fn begin_three(user: &User) -> [String; 3] {
    let picture = files::png(40, 30);
    let nothing = user.begin("a.png", "image/png", picture.len()).await;
    let whole = user.begin("b.png", "image/png", picture.len()).await;
    user.bring(&whole, &picture).await;
    let part = user.begin("c.mp4", "video/mp4", 17 * MEBIBYTE).await;
    assert_eq!(user.put(&part["parts"][0]["url"], &Value::Null, vec![0; 16 * MEBIBYTE]).await.0, 200);
    [nothing, whole, part].map(|instructions| id_of(&instructions).to_owned())
}

async fn expire(system: &System, ids: &[String]) {
    for id in ids {
        system.expire(id).await;
    }
}

#[tokio::test]
async fn uploads_that_nobody_completes_expire_and_give_everything_back() {
    let system = start_with(&[("UPLOAD_TTL_SECONDS", "4")]).await;
    let ada = system.user("ada").await;
    let ids = begin_three(&ada).await;
    let early = system.state().await;
    assert_eq!(system.sweep().await, swept(0, 0, 0, 0));
    assert!(system.state().await == early);
    assert_eq!((early.objects.len(), early.multipart_uploads.len()), (1, 1));
    assert_eq!(early.usage("ada", "active_uploads"), 3);

    seconds(4.1).await;
    assert_eq!(system.sweep().await, swept(3, 0, 0, 0));
    let state = system.state().await;
    assert!(state.objects.is_empty() && state.multipart_uploads.is_empty());
    assert!(state.usage_of("ada").is_empty());
    for id in &ids {
        let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
        assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &"upload_expired".into()));
        let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
        assert_eq!((&progress["status"], &progress["bytesUploaded"]), (&"failed".into(), &0.into()));
        complete(&ada, id).await.expect_problem(409, "upload_not_active");
        let sign = ada.post(&format!("/v1/uploads/{id}/parts"), &json!({"partNumbers": [1]})).await;
        sign.expect_problem(409, "upload_not_active");
        ada.delete(&format!("/v1/uploads/{id}")).await.expect_problem(409, "upload_not_active");
    }
    // Again changes nothing.
    assert_eq!(system.sweep().await, swept(0, 0, 0, 0));
    assert!(system.state().await == state);
    // The records of failures can be deleted.
    for id in &ids {
        ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    }
    assert_eq!(system.sweep().await, swept(0, 0, 3, 0));
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_sweep_that_fails_in_the_middle_is_finished_by_the_next() {
    let system = start_with(&[]).await;
    for (service, operation, times) in [
        ("storage", "AbortMultipartUpload", 1),
        ("storage", "ListObjectVersions", 3),
        ("storage", "DeleteObject", 1),
        ("table", "UpdateItem", 3),
    ] {
        let user = system.user(operation).await;
        let ids = begin_three(&user).await;
        expire(&system, &ids).await;
        // Nobody tries again at once after these.
        let kind = match service {
            "storage" => json!({"fail": {"status": 403, "code": "AccessDenied"}}),
            _ => json!({"fail": {"status": 400, "code": "ValidationException"}}),
        };
        let fault = json!({"service": service, "operation": operation, "by": "sweep", "kind": kind, "times": times});
        system.fault(fault).await;
        assert_eq!(system.sweep().await, swept(3, 0, 0, 0), "{operation}");
        // The door is closed, and the quota is back.
        let state = system.state().await;
        assert!(ids.iter().all(|id| state.failure(id) == Some("upload_expired")), "{operation}");
        assert!(state.usage_of(operation).is_empty(), "{operation}");
        assert_eq!(system.sweep().await, swept(0, times, 0, 0), "{operation}");
        let state = system.state().await;
        assert!(state.objects.is_empty() && state.multipart_uploads.is_empty(), "{operation}");
        assert_eq!(system.sweep().await, swept(0, 0, 0, 0), "{operation}");
    }
    // The change of the record itself is refused: the upload is as it was.
    let ada = system.user("ada").await;
    let ids = begin_three(&ada).await;
    expire(&system, &ids).await;
    let before = system.state().await;
    let broken = json!({"fail": {"status": 400, "code": "ValidationException"}});
    let fault =
        json!({"service": "table", "operation": "TransactWriteItems", "by": "sweep", "kind": broken, "times": 3});
    system.fault(fault).await;
    assert_eq!(system.sweep().await, swept(0, 0, 0, 3));
    assert!(system.state().await == before);
    complete(&ada, &ids[1]).await.expect(200);
    assert_eq!(system.sweep().await, swept(2, 0, 0, 0));
    assert_eq!(ada.inspected(&ids[1]).await["status"], "ready");
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn an_asset_whose_bytes_cannot_be_deleted_is_put_off_for_a_while_and_others_are_not() {
    let system = start_with(&[("DELETED_TTL_SECONDS", "0")]).await;
    let ada = system.user("ada").await;
    let [stuck, other] = [1, 2].map(|size| files::png(size, size));
    let stuck = ada.upload_ready("a.png", "image/png", &stuck).await["id"].as_str().unwrap().to_owned();
    let other = ada.upload_ready("b.png", "image/png", &other).await["id"].as_str().unwrap().to_owned();
    for id in [&stuck, &other] {
        ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    }
    let kind = json!({"fail": {"status": 403, "code": "AccessDenied"}});
    let fault = json!({"service": "storage", "operation": "DeleteObject", "by": "sweep", "keyContains": stuck,
        "kind": kind, "times": 1});
    system.fault(fault).await;
    assert_eq!(system.sweep().await, swept(0, 0, 1, 1));
    let state = system.state().await;
    assert_eq!(state.objects_of(&other), Vec::<&str>::new());
    assert_eq!(state.objects_of(&stuck).len(), 4);
    // Its next turn comes, but not at once.
    assert!(state.text(&stuck, "due_at") > state.text(&stuck, "updated_at"));
    assert_eq!(system.sweep().await, swept(0, 0, 0, 0));
    assert!(system.state().await == state);
}

#[tokio::test]
async fn an_upload_that_is_not_inspected_in_time_is_given_up_whatever_its_worker_still_does() {
    let system = start_with(&[("INSPECTED_WITHIN_SECONDS", "1")]).await;
    let ada = system.user("ada").await;
    let picture = files::png(40, 30);
    let stall = json!({"stall": {"milliseconds": 3000}});
    system
        .fault(json!({"service": "storage", "operation": "GetObject", "by": "process-metadata", "kind": stall}))
        .await;
    let id = ada.upload("a.png", "image/png", &picture).await;
    seconds(1.1).await;
    let given_up = json!({"expired": 0, "cleaned": 0, "purged": 0, "givenUp": 1, "postponed": 0});
    assert_eq!(system.sweep().await, given_up);
    let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
    assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &"processing_gave_up".into()));
    // The worker comes back, and changes nothing any more.
    let state = system.assert_all_agrees().await;
    let read = system.asked_since(0).await.into_iter().any(|asked| asked.operation == "GetObject");
    assert!(read);
    assert_eq!(ada.get(&format!("/v1/assets/{id}")).await.expect(200), asset);
    assert_eq!(state.usage("ada", "image_bytes"), i64::try_from(picture.len()).unwrap());
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    assert_eq!(system.assert_all_agrees().await.objects_of(&id), Vec::<&str>::new());
}

#[tokio::test]
async fn signing_parts_keeps_an_upload_alive() {
    let system = start_with(&[("UPLOAD_TTL_SECONDS", "5")]).await;
    let ada = system.user("ada").await;
    let film = files::mp4(17 * MEBIBYTE);
    let forgotten = ada.begin("a.mp4", "video/mp4", film.len()).await;
    let instructions = ada.begin("b.mp4", "video/mp4", film.len()).await;
    let id = id_of(&instructions);
    seconds(3.0).await;
    let signed = ada.post(&format!("/v1/uploads/{id}/parts"), &json!({"partNumbers": [1, 2]})).await.expect(200);
    seconds(2.2).await;
    assert_eq!(system.sweep().await, swept(1, 0, 0, 0));
    assert_eq!(system.state().await.failure(id_of(&forgotten)), Some("upload_expired"));
    // The first URLs are dead by now, the new ones live.
    let pieces: Vec<_> = film.chunks(16 * MEBIBYTE).collect();
    assert_eq!(ada.put(&instructions["parts"][1]["url"], &Value::Null, pieces[1].to_vec()).await.0, 403);
    for (part, piece) in signed["parts"].as_array().unwrap().iter().zip(pieces) {
        assert_eq!(ada.put(&part["url"], &Value::Null, piece.to_vec()).await.0, 200);
    }
    complete(&ada, id).await.expect(200);
    assert_eq!(ada.inspected(id).await["status"], "ready");
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn deleted_assets_keep_their_bytes_for_their_time_and_their_tombstones_for_good() {
    let system = start_with(&[("DELETED_TTL_SECONDS", "3")]).await;
    let ada = system.user("ada").await;
    let picture = ada.upload_ready("a.png", "image/png", &files::png(400, 300)).await;
    let film = ada.upload_ready("b.mp4", "video/mp4", &files::mp4(17 * MEBIBYTE)).await;
    let kept = ada.upload_ready("c.png", "image/png", &files::png(40, 30)).await;
    let unfinished = ada.begin("d.png", "image/png", 100).await;
    let [picture, film, kept] = [&picture, &film, &kept].map(|asset| asset["id"].as_str().unwrap());
    for id in [picture, film, id_of(&unfinished)] {
        ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    }
    // What never was complete has nothing to keep.
    assert_eq!(system.sweep().await, swept(0, 0, 1, 0));
    let state = system.state().await;
    assert_eq!((state.objects_of(picture).len(), state.objects_of(film).len()), (4, 1));

    seconds(3.1).await;
    assert_eq!(system.sweep().await, swept(0, 0, 2, 0));
    let state = system.assert_all_agrees().await;
    for id in [picture, film] {
        assert_eq!(state.objects_of(id), Vec::<&str>::new());
        let tombstone = state.asset(id).unwrap();
        assert_eq!((state.status(id), state.text(id, "owner")), ("deleted", "ada"));
        assert!(tombstone.contains_key("purged_at") && !tombstone.contains_key("due_at"));
        // Deleting again answers the same and wakes nothing up.
        ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
        for path in ["", "/data"] {
            ada.get(&format!("/v1/assets/{id}{path}")).await.expect_problem(404, "not_found");
        }
    }
    assert_eq!(state.objects_of(kept).len(), 4);
    assert_eq!(system.sweep().await, swept(0, 0, 0, 0));
    assert!(system.state().await == state);
}

#[tokio::test]
async fn an_expired_upload_can_be_completed_until_it_is_swept() {
    let system = start_with(&[]).await;
    let ada = system.user("ada").await;
    let picture = files::png(40, 30);
    let film = files::mp4(17 * MEBIBYTE);
    let mut ids = Vec::new();
    for (content_type, bytes) in [("image/png", &picture), ("video/mp4", &film)] {
        for _ in 0..2 {
            let instructions = ada.begin("file", content_type, bytes.len()).await;
            ada.bring(&instructions, bytes).await;
            ids.push(id_of(&instructions).to_owned());
        }
    }
    expire(&system, &ids).await;
    for id in [&ids[0], &ids[2]] {
        complete(&ada, id).await.expect(200);
    }
    assert_eq!(system.sweep().await, swept(2, 0, 0, 0));
    for id in [&ids[0], &ids[2]] {
        assert_eq!(ada.inspected(id).await["status"], "ready");
    }
    for id in [&ids[1], &ids[3]] {
        complete(&ada, id).await.expect_problem(409, "upload_not_active");
    }
    let state = system.assert_all_agrees().await;
    assert_eq!((state.usage("ada", "image_count"), state.usage("ada", "video_count")), (1, 1));
}

/// A sequence of numbers that is the same each time (a linear congruential generator, Knuth's MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end).unwrap()
    }
}

/// Does this and that with uploads and assets of one owner.
async fn live(system: Arc<System>, seed: u64) {
    let user = system.user(&format!("owner{seed}")).await;
    let mut chance = Chance(seed);
    let kinds = [("image/png", 0), ("application/pdf", 0), ("audio/wav", 0), ("video/mp4", 17 * MEBIBYTE)];
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..60 {
        let id = (!ids.is_empty()).then(|| ids[chance.below(ids.len() as u64)].clone());
        match (chance.below(9), id) {
            (0..=3, _) => {
                let (content_type, size) = kinds[chance.below(4)];
                let bytes = match content_type {
                    "image/png" => files::png(10 + chance.below(50) as u32, 10),
                    "video/mp4" => files::mp4(size),
                    // Not of that type, so it will fail.
                    _ => vec![0; 100 + chance.below(4000)],
                };
                let body = json!({"filename": "file", "contentType": content_type, "size": bytes.len()});
                let begun = user.post("/v1/uploads", &body).await;
                if begun.status != 201 {
                    assert!(["quota_exceeded", "too_many_uploads"].contains(&begun.code()), "{}", begun.json);
                    continue;
                }
                let id = id_of(&begun.json).to_owned();
                // Some of it is brought, and of that some is completed.
                if chance.below(4) > 0 && (size == 0 || chance.below(3) == 0) {
                    user.bring(&begun.json, &bytes).await;
                    if chance.below(4) > 0 {
                        complete(&user, &id).await.expect(200);
                    }
                }
                ids.push(id);
            }
            (4, Some(id)) => {
                let status = complete(&user, &id).await.status;
                assert!([200, 404, 409].contains(&status), "{status}");
            }
            (5, Some(id)) => {
                let status = user.delete(&format!("/v1/uploads/{id}")).await.status;
                assert!([204, 409].contains(&status), "{status}");
            }
            (6, Some(id)) => system.expire(&id).await,
            (_, Some(id)) => {
                // Twice at once now and then.
                let path = format!("/v1/assets/{id}");
                let (first, second) = tokio::join!(user.delete(&path), user.request(Method::DELETE, &path).send());
                assert_eq!((first.status, second.unwrap().status().as_u16()), (204, 204));
            }
            (_, None) => {}
        }
    }
}

#[tokio::test]
async fn usage_is_the_sum_of_the_assets_whatever_happens_in_whatever_order() {
    let system = start_with(&[("DELETED_TTL_SECONDS", "0"), ("MAX_ACTIVE_UPLOADS", "6"), ("QUOTA_MB", "60")]).await;
    let system = Arc::new(system);
    let mut lives = JoinSet::new();
    for seed in 1..=5 {
        lives.spawn(live(Arc::clone(&system), seed));
    }
    while !lives.is_empty() {
        system.sweep().await;
        if let Ok(Some(life)) = tokio::time::timeout(Duration::from_millis(300), lives.join_next()).await {
            life.unwrap();
        }
    }
    let state = system.at_rest().await;
    state.assert_usage_adds_up();
    for asset in state.assets() {
        system.expire(asset["id"].as_s().unwrap()).await;
    }
    let state = system.assert_all_agrees().await;
    assert!(state.multipart_uploads.is_empty());
    for seed in 1..=5 {
        let owner = format!("owner{seed}");
        assert_eq!((state.usage(&owner, "active_uploads"), state.usage(&owner, "reserved_bytes")), (0, 0));
    }
}
