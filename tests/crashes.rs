//! The whole system is killed, as by a power cut, and started again with the same data.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use sha2::Digest;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::{Options, System, User, eventually, files};

const MEBIBYTE: usize = 1 << 20;

/// Starts a system with its data in `folder`. Its addresses are other ones each time.
async fn start(folder: &TempDir) -> System {
    start_with(folder, &[]).await
}

async fn start_with(folder: &TempDir, variables: &[(&'static str, &str)]) -> System {
    let smallest_parts = ("PART_SIZE_MB", "5");
    let variables = variables.iter().chain([&smallest_parts]).map(|(name, value)| (*name, (*value).to_owned()));
    System::start_with(Options {
        data: Some(folder.path().to_owned()),
        variables: variables.collect(),
        retry_after: Some(1),
        ..Options::default()
    })
    .await
}

/// Holds up the next requests of that kind for longer than any test takes. It is more than one, for a function may send
/// it again.
async fn hold(system: &System, service: &str, operation: &str, by: &str) {
    let kind = json!({"stall": {"milliseconds": 60_000}});
    system.fault(json!({"service": service, "operation": operation, "by": by, "kind": kind, "times": 10})).await;
}

/// Begins an upload whose bytes storage and inspection will both check.
async fn begin(user: &User, filename: &str, content_type: &str, bytes: &[u8]) -> Value {
    let sha256 = hex::encode(sha2::Sha256::digest(bytes));
    let body = json!({"filename": filename, "contentType": content_type, "size": bytes.len(), "sha256": sha256});
    user.post("/v1/uploads", &body).await.expect(201)
}

fn id_of(instructions: &Value) -> String {
    instructions["assetId"].as_str().unwrap().to_owned()
}

/// Sends a request whose answer nobody will get.
fn send_off(user: &User, path: String) -> tokio::task::JoinHandle<()> {
    let request = user.request(reqwest::Method::POST, &path).json(&json!({}));
    tokio::spawn(async move { drop(request.send().await) })
}

/// Checks that the asset is ready and that the edge serves these bytes.
async fn assert_served(system: &System, user: &User, id: &str, bytes: &[u8]) {
    let asset = user.inspected(id).await;
    assert_eq!(asset["status"], "ready", "{asset}");
    let answer = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.unwrap() == bytes);
}

#[tokio::test]
async fn a_multipart_upload_goes_on_after_a_kill_with_the_missing_parts_only() {
    let folder = tempfile::tempdir().unwrap();
    let system = start(&folder).await;
    let ada = system.user("ada").await;
    let bytes = files::mp4(17 * MEBIBYTE);
    let pieces: Vec<_> = bytes.chunks(5 * MEBIBYTE).map(<[u8]>::to_vec).collect();
    let instructions = begin(&ada, "film.mp4", "video/mp4", &bytes).await;
    let id = id_of(&instructions);
    assert_eq!(instructions["partCount"], 4);
    for index in [0, 1] {
        let url = &instructions["parts"][index]["url"];
        assert_eq!(ada.put(url, &Value::Null, pieces[index].clone()).await.0, 200);
    }
    // The third part is cut off in its middle.
    let half = futures::stream::iter([Ok(pieces[2][..MEBIBYTE].to_vec())]);
    let half = half.chain(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let third = system.http.put(instructions["parts"][2]["url"].as_str().unwrap());
    let third = third.header("content-length", pieces[2].len()).body(reqwest::Body::wrap_stream(half));
    let third = tokio::spawn(third.send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!third.is_finished());
    system.kill();
    assert!(third.await.unwrap().is_err());

    let system = start(&folder).await;
    let ada = system.user("ada").await;
    let path = format!("/v1/uploads/{id}");
    let progress = ada.get(&path).await.expect(200);
    assert_eq!(progress["status"], "awaiting_upload");
    assert_eq!(progress["bytesUploaded"], 10 * MEBIBYTE);
    let there: Vec<_> = progress["parts"].as_array().unwrap().iter().map(|part| part["partNumber"].clone()).collect();
    assert_eq!(there, [1, 2]);
    let signed = ada.post(&format!("{path}/parts"), &json!({"partNumbers": [3, 4]})).await.expect(200);
    for (part, piece) in signed["parts"].as_array().unwrap().iter().zip(&pieces[2..]) {
        assert_eq!(ada.put(&part["url"], &Value::Null, piece.clone()).await.0, 200);
    }
    ada.post(&format!("{path}/complete"), &json!({})).await.expect(200);
    assert_served(&system, &ada, &id, &bytes).await;
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn what_was_completed_before_a_kill_is_inspected_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut uploaded = Vec::new();
    let film = files::mp4(17 * MEBIBYTE);
    for wait in [0, 10, 40] {
        let system = start(&folder).await;
        let ada = system.user("ada").await;
        for number in 0..4 {
            let (content_type, bytes) =
                if number == 0 { ("video/mp4", film.clone()) } else { ("image/png", files::png(300 + wait, number)) };
            let instructions = begin(&ada, "file", content_type, &bytes).await;
            ada.bring(&instructions, &bytes).await;
            uploaded.push((id_of(&instructions), bytes));
        }
        for (id, _) in &uploaded[uploaded.len() - 4..] {
            ada.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
        }
        // The messages are not in the queue yet, or in a function's hands.
        tokio::time::sleep(Duration::from_millis(wait.into())).await;
        system.kill();
    }
    let system = start(&folder).await;
    let ada = system.user("ada").await;
    for (id, bytes) in &uploaded {
        assert_served(&system, &ada, id, bytes).await;
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn an_inspection_that_a_kill_ended_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let picture = files::png(400, 300);
    // Before the bytes are read, before the first variant and before the original is written.
    for (operation, earlier) in [("GetObject", 0), ("PutObject", 0), ("PutObject", 2)] {
        let system = start(&folder).await;
        let ada = system.user("ada").await;
        if earlier > 0 {
            let fault = json!({"service": "storage", "operation": operation, "by": "process-metadata",
                "kind": {"stall": {"milliseconds": 0}}, "times": earlier});
            system.fault(fault).await;
        }
        hold(&system, "storage", operation, "process-metadata").await;
        let id = ada.upload("a.png", "image/png", &picture).await;
        eventually("it is being inspected", async || {
            let state = system.state().await;
            (state.version(&id) == 3 && state.objects_of(&id).len() == 1 + earlier).then_some(())
        })
        .await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(ada.get(&format!("/v1/assets/{id}")).await.expect(200)["status"], "uploaded");
        system.kill();

        let system = start(&folder).await;
        let ada = system.user("ada").await;
        assert_served(&system, &ada, &id, &picture).await;
        // Claimed a second time.
        assert_eq!(system.assert_all_agrees().await.version(&id), 5);
    }
}

#[tokio::test]
async fn an_inspection_that_a_kill_ended_before_it_was_recorded_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let picture = files::png(400, 300);
    let film = files::mp4(17 * MEBIBYTE);
    for (content_type, bytes) in [("image/png", &picture), ("video/mp4", &film)] {
        let system = start(&folder).await;
        let ada = system.user("ada").await;
        hold(&system, "table", "TransactWriteItems", "process-metadata").await;
        let id = ada.upload("file", content_type, bytes).await;
        eventually("all is written but the record", async || {
            let state = system.state().await;
            let original = state.objects_of(&id).iter().any(|key| key.ends_with("/original"));
            (state.version(&id) == 3 && original).then_some(())
        })
        .await;
        system.kill();

        let system = start(&folder).await;
        let ada = system.user("ada").await;
        assert_served(&system, &ada, &id, bytes).await;
        system.assert_all_agrees().await;
    }
}

/// Kills the system when storage has put the parts together and the record does not say so yet. Gives the id.
async fn kill_between_storage_and_record(folder: &TempDir, bytes: &[u8]) -> String {
    let system = start(folder).await;
    let ada = system.user("ada").await;
    let instructions = begin(&ada, "film.mp4", "video/mp4", bytes).await;
    let id = id_of(&instructions);
    ada.bring(&instructions, bytes).await;
    hold(&system, "table", "TransactWriteItems", "complete-upload").await;
    let complete = send_off(&ada, format!("/v1/uploads/{id}/complete"));
    let state = eventually("storage has put the parts together", async || {
        let state = system.state().await;
        (!state.objects_of(&id).is_empty()).then_some(state)
    })
    .await;
    assert_eq!(state.status(&id), "awaiting_upload");
    assert!(state.multipart_uploads.is_empty());
    system.kill();
    complete.await.unwrap();
    id
}

#[tokio::test]
async fn a_complete_that_a_kill_ended_after_storage_had_done_its_part_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = files::mp4(17 * MEBIBYTE);
    let id = kill_between_storage_and_record(&folder, &bytes).await;

    let system = start(&folder).await;
    let ada = system.user("ada").await;
    // Whoever asks how far the upload has come finds nothing missing.
    let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
    assert_eq!((&progress["bytesUploaded"], &progress["status"]), (&bytes.len().into(), &"awaiting_upload".into()));
    ada.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
    assert_served(&system, &ada, &id, &bytes).await;
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_complete_that_a_kill_ended_and_nobody_sends_again_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = files::mp4(17 * MEBIBYTE);
    let id = kill_between_storage_and_record(&folder, &bytes).await;

    let system = start(&folder).await;
    system.expire(&id).await;
    let state = system.assert_all_agrees().await;
    assert_eq!(state.failure(&id), Some("upload_expired"));
    assert_eq!(state.objects_of(&id), Vec::<&str>::new());
    assert!(state.usage_of("ada").is_empty());
}

#[tokio::test]
async fn a_sweep_that_a_kill_ended_is_finished_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("DELETED_TTL_SECONDS", "0")];
    let bytes = files::mp4(17 * MEBIBYTE);
    let picture = files::png(40, 30);
    for operation in ["AbortMultipartUpload", "DeleteObject"] {
        let system = start_with(&folder, &variables).await;
        let ada = system.user("ada").await;
        let deleted = ada.upload_ready("a.png", "image/png", &picture).await;
        let multipart = ada.begin("b.mp4", "video/mp4", bytes.len()).await;
        ada.put(&multipart["parts"][0]["url"], &Value::Null, bytes[..5 * MEBIBYTE].to_vec()).await;
        let single = ada.begin("c.png", "image/png", picture.len()).await;
        ada.bring(&single, &picture).await;
        ada.delete(&format!("/v1/assets/{}", deleted["id"].as_str().unwrap())).await.expect(204);
        hold(&system, "storage", operation, "sweep").await;
        for id in [&multipart["assetId"], &single["assetId"]] {
            system.expire(id.as_str().unwrap()).await;
        }
        let sweep = system.http.post(format!("{}/_local/sweep", system.gateway));
        let sweep = tokio::spawn(sweep.send());
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!sweep.is_finished());
        system.kill();
        assert!(sweep.await.unwrap().is_err());

        let system = start_with(&folder, &variables).await;
        let state = system.assert_all_agrees().await;
        for id in [&deleted["id"], &multipart["assetId"], &single["assetId"]] {
            assert_eq!(state.objects_of(id.as_str().unwrap()), Vec::<&str>::new());
        }
        assert!(state.multipart_uploads.is_empty());
        assert!(state.usage_of("ada").is_empty());
    }
}

/// A file that somebody wants to have uploaded whatever happens.
struct Wanted {
    owner: String,
    content_type: &'static str,
    bytes: Vec<u8>,
    /// Its upload's `Idempotency-Key`.
    key: String,
    /// Its upload, once it has begun.
    id: Option<String>,
    complete: bool,
}

/// Takes the upload on as far as it goes, until the system goes away.
async fn push(user: User, mut wanted: Wanted) -> Wanted {
    let brought = if wanted.content_type == "video/mp4" {
        bring_parts(&user, &wanted).await
    } else {
        bring_whole(&user, &mut wanted).await
    };
    if brought.is_some()
        && let Some(id) = &wanted.id
    {
        let complete = user.request(reqwest::Method::POST, &format!("/v1/uploads/{id}/complete"));
        wanted.complete = complete.json(&json!({})).send().await.is_ok_and(|answer| answer.status() == 200);
    }
    wanted
}

/// Begins the upload, or asks again how it began, and brings the file in one piece.
async fn bring_whole(user: &User, wanted: &mut Wanted) -> Option<()> {
    let body = json!({"filename": "file", "contentType": wanted.content_type, "size": wanted.bytes.len()});
    let begin = user.request(reqwest::Method::POST, "/v1/uploads").header("idempotency-key", &wanted.key).json(&body);
    let begin = begin.send().await.ok()?;
    // Otherwise its bytes are there already, and only the answer to that was lost.
    if begin.status() == 201 {
        let instructions: Value = begin.json().await.ok()?;
        wanted.id = Some(id_of(&instructions));
        put(instructions["url"].as_str()?, wanted.content_type, wanted.bytes.clone()).await?;
    }
    Some(())
}

/// Brings the parts that storage does not have yet.
async fn bring_parts(user: &User, wanted: &Wanted) -> Option<()> {
    let path = format!("/v1/uploads/{}", wanted.id.as_ref()?);
    let progress: Value = user.request(reqwest::Method::GET, &path).send().await.ok()?.json().await.ok()?;
    if progress["bytesUploaded"] == wanted.bytes.len() {
        return Some(());
    }
    let there: Vec<_> = progress["parts"].as_array()?.iter().map(|part| part["partNumber"].as_u64()).collect();
    let missing: Vec<_> = (1..=progress["partCount"].as_u64()?).filter(|part| !there.contains(&Some(*part))).collect();
    let sign = user.request(reqwest::Method::POST, &format!("{path}/parts")).json(&json!({"partNumbers": missing}));
    let signed: Value = sign.send().await.ok()?.json().await.ok()?;
    let pieces: Vec<_> = wanted.bytes.chunks(5 * MEBIBYTE).collect();
    for part in signed["parts"].as_array()? {
        let piece = pieces[usize::try_from(part["partNumber"].as_u64()?).unwrap() - 1];
        put(part["url"].as_str()?, "", piece.to_vec()).await?;
    }
    Some(())
}

async fn put(url: &str, content_type: &str, bytes: Vec<u8>) -> Option<()> {
    let put = reqwest::Client::builder().no_proxy().build().unwrap().put(url).body(bytes);
    let put = if content_type.is_empty() { put } else { put.header("content-type", content_type) };
    (put.send().await.ok()?.status() == 200).then_some(())
}

#[tokio::test]
async fn uploads_of_several_owners_survive_kills_at_any_moment() {
    let owners = ["ada", "bob", "eve"];
    let folder = tempfile::tempdir().unwrap();
    let variables = [("MAX_ACTIVE_UPLOADS", "20")];
    let film = files::mp4(17 * MEBIBYTE);
    let mut uploads = Vec::new();
    let system = start_with(&folder, &variables).await;
    for owner in owners {
        // A kill between storage's part of this and the record's would leave parts to the bucket's lifecycle.
        let instructions = begin(&system.user(owner).await, "film.mp4", "video/mp4", &film).await;
        for number in 0..8 {
            let (content_type, bytes, id) = match number {
                0 => ("video/mp4", film.clone(), Some(id_of(&instructions))),
                _ => ("image/png", files::png(200 + number, 100), None),
            };
            let (owner, key) = (owner.to_owned(), format!("{owner}-{number}"));
            uploads.push(Wanted { owner, content_type, bytes, key, id, complete: false });
        }
    }
    system.kill();
    // Milliseconds after which the system dies; the last one lives.
    for lifetime in [Some(150), Some(300), Some(500), Some(800), None] {
        let system = start_with(&folder, &variables).await;
        let mut pushes = JoinSet::new();
        for upload in uploads.drain(..) {
            let user = system.user(&upload.owner).await;
            pushes.spawn(async move { if upload.complete { upload } else { push(user, upload).await } });
        }
        if let Some(milliseconds) = lifetime {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            system.kill();
        }
        uploads = pushes.join_all().await;
    }
    let system = start_with(&folder, &variables).await;
    let state = system.at_rest().await;
    for Wanted { id, complete, key, .. } in &uploads {
        assert!(complete, "{key}");
        assert_eq!(state.status(id.as_ref().unwrap()), "ready", "{key}");
    }
    for owner in owners {
        let counts = ["video_count", "image_count", "active_uploads"].map(|name| state.usage(owner, name));
        assert_eq!(counts, [1, 7, 0], "{owner}");
    }
    system.assert_all_agrees().await;
}
