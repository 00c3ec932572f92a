//! People edit what workers work on: neither undoes the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::ingestion::{self, ingest};
use crate::support::{Reply, Source, System, User, files};

const MEBIBYTE: usize = 1 << 20;

/// Edits the asset in a loop, until it is told to stop. Gives the number of edits.
async fn edit_in_a_loop(user: User, id: String, stop: Arc<AtomicBool>) -> u64 {
    let mut edits = 0;
    while !stop.load(Ordering::Relaxed) {
        edits += 1;
        let edit = json!({"name": format!("{edits}.png"), "tags": [format!("t{edits}"), "same"]});
        let asset = user.patch(&format!("/v1/assets/{id}"), &edit).await.expect(200);
        assert_eq!(asset["revision"], edits + 1);
    }
    edits
}

/// The asset as it is ready, though it was edited all the time; and its history, oldest first.
async fn ready_though_edited(user: &User, id: &str, edits: u64) -> (Value, Vec<Value>) {
    let asset = user.get(&format!("/v1/assets/{id}")).await.expect(200);
    assert_eq!((&asset["status"], &asset["revision"]), (&"ready".into(), &(edits + 1).into()), "{asset}");
    assert_eq!(asset["name"], format!("{edits}.png"));
    assert_eq!(asset["tags"], json!([format!("t{edits}"), "same"]));
    let tagged = user.get(&format!("/v1/assets?tag=t{edits}")).await.expect(200);
    assert_eq!(tagged["items"][0]["id"], id);
    assert_eq!(user.get("/v1/assets?tag=t1").await.expect(200)["items"], json!([]));

    let (mut history, mut path) = (Vec::new(), format!("/v1/assets/{id}/history?limit=100"));
    loop {
        let page = user.get(&path).await.expect(200);
        history.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/v1/assets/{id}/history?limit=100&cursor={cursor}");
    }
    history.reverse();
    assert_eq!(history.iter().filter(|event| event["what"] == "asset.edited").count() as u64, edits);
    (asset, history)
}

fn without_edits(history: &[Value]) -> Vec<(&str, &str)> {
    let events = history.iter().filter(|event| event["what"] != "asset.edited");
    events.map(|event| (event["what"].as_str().unwrap(), event["by"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn an_upload_that_is_edited_all_the_time_is_inspected_once_and_keeps_every_edit() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    for _ in 0..5 {
        let picture = files::png(320, 240);
        let begun = ada.begin("a.png", "image/png", picture.len()).await;
        let id = begun["assetId"].as_str().unwrap().to_owned();
        let stop = Arc::new(AtomicBool::default());
        let editor = tokio::spawn(edit_in_a_loop(system.user("ada").await, id.clone(), stop.clone()));
        ada.bring(&begun, &picture).await;
        ada.request(Method::POST, &format!("/v1/uploads/{id}/complete")).send().await.unwrap();
        ada.inspected(&id).await;
        stop.store(true, Ordering::Relaxed);
        let edits = editor.await.unwrap();
        let (_, history) = ready_though_edited(&ada, &id, edits).await;
        let expected =
            [("asset.created", "user:ada"), ("asset.uploaded", "user:ada"), ("asset.ready", "worker:process-metadata")];
        assert_eq!(without_edits(&history), expected);
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_file_that_is_edited_while_it_is_fetched_is_fetched_once_and_keeps_every_edit() {
    let mebibytes = std::env::var("FETCHED_MIB").ok().and_then(|size| size.parse().ok()).unwrap_or(48);
    let (system, source) = (ingestion::start_with(&[("MAX_VIDEO_MB", "2000")]).await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(mebibytes * MEBIBYTE);
    let length = film.len().to_string();
    let reply = Reply::new(200, &[("Content-Type", "video/mp4"), ("Content-Length", &length)]);
    // Long enough that its progress is written between the edits.
    let reply = film
        .chunks(film.len() / 8 + 1)
        .fold(reply, |reply, part| reply.then(part).then_waits(Duration::from_millis(800)));
    let id = ingest(&ada, json!({"url": source.serve("/film.mp4", [reply]), "name": "0.mp4"})).await;
    let stop = Arc::new(AtomicBool::default());
    let editor = tokio::spawn(edit_in_a_loop(system.user("ada").await, id.clone(), stop.clone()));
    let asset = ada.inspected(&id).await;
    assert_eq!(asset["size"], film.len());
    stop.store(true, Ordering::Relaxed);
    let edits = editor.await.unwrap();
    let (_, history) = ready_though_edited(&ada, &id, edits).await;
    let expected = [
        ("asset.created", "user:ada"),
        ("asset.uploaded", "worker:fetch-url"),
        ("asset.ready", "worker:process-metadata"),
    ];
    assert_eq!(without_edits(&history), expected);
    assert_eq!(source.got("/film.mp4").len(), 1, "it was fetched once");
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn an_upload_takes_as_many_write_units_as_the_costs_say() {
    // As docs/COST.md counts them. A record of more than 1 KiB takes more.
    const OWN: u64 = 35;
    const IN_PROJECT: u64 = 51;
    let system = System::start().await;
    let ada = system.user("ada").await;
    let project = Uuid::now_v7().to_string();
    system.add_member(&project, "ada", "contributor").await;
    for (project, expected) in [(None, OWN), (Some(&project), IN_PROJECT)] {
        let before = system.asked_since(0).await.last().map_or(0, |last| last.number);
        let picture = files::png(320, 240);
        let declared =
            json!({"filename": "a.png", "contentType": "image/png", "size": picture.len(), "projectId": project});
        let begun = ada.post("/v1/uploads", &declared).await.expect(201);
        let id = begun["assetId"].as_str().unwrap();
        ada.bring(&begun, &picture).await;
        ada.request(Method::POST, &format!("/v1/uploads/{id}/complete")).send().await.unwrap();
        assert_eq!(ada.inspected(id).await["status"], "ready");
        let asked = system.asked_since(before).await;
        let writes = asked.iter().filter(|asked| asked.write_units > 0);
        let writes: Vec<_> =
            writes.map(|asked| (asked.by.as_str(), asked.operation.as_str(), asked.write_units)).collect();
        let units: u64 = writes.iter().map(|(_, _, units)| units).sum();
        assert_eq!(units, expected, "{writes:?}");
    }
}
