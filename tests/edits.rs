//! Changes that people make to an asset's name and tags, whatever is done with its bytes meanwhile, and its history.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Options, Reply, Source, Still, System, User, eventually, files, ingestion};

async fn edit(user: &User, id: &str, change: Value) -> Value {
    user.patch(&format!("/v1/assets/{id}"), &change).await.expect(200)
}

fn id_of(begun: &Value) -> String {
    begun["assetId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_edit_changes_what_it_names_and_nothing_else() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let before = ada.upload_ready("Ferry.png", "image/png", &files::png(8, 8)).await;
    let id = before["id"].as_str().unwrap();
    let renamed = edit(&ada, id, json!({"name": "Fähre.png"})).await;
    let tagged = edit(&ada, id, json!({"tags": ["sea", "summer", "sea"]})).await;
    for (asset, revision, name, tags) in
        [(&renamed, 2, "Fähre.png", json!([])), (&tagged, 3, "Fähre.png", json!(["sea", "summer"]))]
    {
        assert_eq!((&asset["revision"], &asset["name"], &asset["tags"]), (&json!(revision), &json!(name), &tags));
        for field in before.as_object().unwrap().keys() {
            let is_edited = ["revision", "name", "tags", "updatedAt", "urls"].contains(&field.as_str());
            assert!(is_edited || asset[field] == before[field], "{field}: {asset}");
        }
    }
    // The same again, an empty one, and one that is wrong change nothing.
    let still = Still::of(system).await;
    for change in [json!({"name": "Fähre.png", "tags": ["sea", "summer"]}), json!({})] {
        edit(&ada, id, change).await;
        still.assert_unchanged("an edit of nothing").await;
    }
    for (change, code, field) in [
        (json!({"name": "a/b"}), "invalid_filename", "name"),
        (json!({"name": ""}), "invalid_filename", "name"),
        (json!({"tags": "sea"}), "invalid_tags", "tags"),
        (json!({"tags": ["a".repeat(65)]}), "invalid_tags", "tags"),
        (json!({"name": "a.png", "status": "ready"}), "unknown_field", "status"),
        (json!({"name": "a.png", "ownerId": "eve"}), "unknown_field", "ownerId"),
    ] {
        let request = ada.request(Method::PATCH, &format!("/v1/assets/{id}")).json(&change);
        still.refuses(&change.to_string(), &ada, request, (400, code, field)).await;
    }
}

#[tokio::test]
async fn an_edited_asset_is_found_by_what_it_has_now() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let id = id_of(&ada.begin("Ferry.png", "image/png", 100).await);
    let found = async |query: &str| {
        let page = ada.get(&format!("/v1/assets?{query}")).await.expect(200);
        page["items"].as_array().unwrap().iter().any(|asset| asset["id"] == id.as_str())
    };
    edit(&ada, &id, json!({"tags": ["sea", "summer"]})).await;
    edit(&ada, &id, json!({"name": "Pier.png", "tags": ["sea", "winter"]})).await;
    for (query, is_found) in
        [("tag=sea", true), ("tag=winter", true), ("tag=summer", false), ("name=pier", true), ("name=ferry", false)]
    {
        assert_eq!(found(query).await, is_found, "{query}");
    }
    let tags = system.state().await.items.keys().filter(|(pk, _)| pk.starts_with("TAG#")).count();
    assert_eq!(tags, 2, "an entry of a tag that it lost is left");
    // A deleted asset has no entries, and is edited no more.
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    assert!(!found("tag=sea").await && !found("name=pier").await);
    ada.patch(&format!("/v1/assets/{id}"), &json!({"name": "a"})).await.expect_problem(404, "not_found");
    assert!(!system.state().await.items.keys().any(|(pk, _)| pk.starts_with("TAG#")));
}

#[tokio::test]
async fn edits_at_once_are_all_made_one_after_the_other() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let id = id_of(&ada.begin("a.png", "image/png", 100).await);
    let mut edits = JoinSet::new();
    for change in [json!({"name": "b.png"}), json!({"tags": ["sea"]})] {
        let (ada, id) = (ada.clone(), id.clone());
        edits.spawn(async move { edit(&ada, &id, change).await });
    }
    edits.join_all().await;
    let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
    let found = ["name", "tags", "revision"].map(|name| asset[name].clone());
    assert_eq!(found, [json!("b.png"), json!(["sea"]), json!(3)]);
    assert_eq!(system.state().await.history(&id), ["asset.created", "asset.edited", "asset.edited"]);
}

#[tokio::test]
async fn an_edit_neither_stops_nor_repeats_an_upload_or_its_inspection() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(400, 300);
    // The inspection is held up before it reads, and before it writes.
    for operation in ["GetObject", "PutObject"] {
        let begun = ada.begin("a.png", "image/png", picture.len()).await;
        let id = id_of(&begun);
        edit(&ada, &id, json!({"name": "while it is uploaded.png"})).await;
        ada.bring(&begun, &picture).await;
        let stall = json!({"stall": {"milliseconds": 500}});
        system
            .fault(json!({"service": "storage", "operation": operation, "by": "process-metadata", "kind": stall}))
            .await;
        ada.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
        eventually("it is being inspected", async || (system.state().await.version(&id) >= 4).then_some(())).await;
        for number in 0..3 {
            edit(&ada, &id, json!({"tags": ["sea", number.to_string()]})).await;
        }
        let asset = ada.inspected(&id).await;
        assert_eq!((&asset["status"], &asset["tags"]), (&json!("ready"), &json!(["sea", "2"])), "{operation}");
        assert_eq!((&asset["name"], &asset["revision"]), (&json!("while it is uploaded.png"), &json!(5)));
        assert_eq!(asset["variants"].as_array().unwrap().len(), 2);
        let state = system.assert_all_agrees().await;
        let edited = [
            "asset.created",
            "asset.edited",
            "asset.uploaded",
            "asset.edited",
            "asset.edited",
            "asset.edited",
            "asset.ready",
        ];
        assert_eq!(state.history(&id), edited);
        // Begun, uploaded, claimed once, ready, and four edits.
        assert_eq!(state.version(&id), 8, "{operation}");
    }
}

#[tokio::test]
async fn an_edit_neither_stops_nor_repeats_a_fetch() {
    let system = ingestion::start().await;
    let ada = system.user("ada").await;
    let (source, picture) = (Source::start().await, files::png(40, 30));
    let length = picture.len().to_string();
    let slow = Reply::new(200, &[("Content-Type", "image/png"), ("Content-Length", &length)]).then(&picture[..100]);
    let url = source.serve("/a", [slow.then_waits(Duration::from_millis(700)).then(&picture[100..])]);
    let id = ingestion::ingest(&ada, json!({"url": url, "name": "a", "tags": ["old"]})).await;
    eventually("the source is asked", async || source.got("/a").first().cloned()).await;
    edit(&ada, &id, json!({"name": "while it is fetched.png", "tags": ["new"]})).await;
    let asset = ada.inspected(&id).await;
    ingestion::assert_sound(&asset, &picture);
    assert_eq!((&asset["name"], &asset["tags"]), (&json!("while it is fetched.png"), &json!(["new"])));
    assert_eq!(source.got("/a").len(), 1, "it was fetched once");
    let state = system.assert_all_agrees().await;
    // The kind that the source told of is that of the tag's entry too.
    let entries: Vec<_> = state.items.keys().filter(|(pk, _)| pk.starts_with("TAG#")).map(|(_, sk)| sk).collect();
    assert_eq!(entries, [&format!("image#{id}")]);
}

#[tokio::test]
async fn history_is_read_page_by_page_and_outlives_the_bytes() {
    let system = System::with("DELETED_TTL_SECONDS", "0").await;
    let ada = system.user("ada").await;
    let id = id_of(&ada.begin("0.png", "image/png", 100).await);
    for number in 1..=5 {
        edit(&ada, &id, json!({"name": format!("{number}.png")})).await;
    }
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    system.sweep().await;
    let path = format!("/v1/assets/{id}/history");
    let whole = ada.get(&path).await.expect(200);
    let what: Vec<_> = whole["items"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    let edits = ["asset.edited"; 5];
    assert_eq!(what, [&["asset.purged", "asset.deleted"], &edits[..], &["asset.created"]].concat());
    assert_eq!(whole["items"][0]["by"], "worker:sweep");
    for limit in 1..=4 {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ada.get(&format!("{path}?limit={limit}{cursor}")).await.expect(200);
            let found = page["items"].as_array().unwrap();
            assert!(!found.is_empty() && found.len() <= limit);
            items.extend(found.iter().cloned());
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(&items, whole["items"].as_array().unwrap(), "in pages of {limit}");
    }
    // A cursor is of one asset's history.
    let page = ada.get(&format!("{path}?limit=1")).await.expect(200);
    let cursor = page["nextCursor"].as_str().unwrap();
    let other = id_of(&ada.begin("a.png", "image/png", 100).await);
    for list in [format!("/v1/assets/{other}/history?"), "/v1/assets?".to_owned()] {
        ada.get(&format!("{list}cursor={cursor}")).await.expect_problem(400, "invalid_cursor");
    }
}

#[tokio::test]
async fn events_expire_after_as_many_days_as_are_set_and_never_where_none_are() {
    for (days, expire) in [("30", true), ("0", false)] {
        let options = Options { variables: vec![("HISTORY_DAYS", days.to_owned())], ..Options::default() };
        let system = System::start_with(options).await;
        let id = id_of(&system.user("ada").await.begin("a.png", "image/png", 100).await);
        let state = system.state().await;
        let expires_at = state.events(&id)[0].get("expires_at").map(|at| at.as_n().unwrap().parse::<u64>().unwrap());
        let in_days = |at: u64| (at - crate::support::unix_seconds() + 60) / (24 * 60 * 60);
        assert_eq!(expires_at.map(in_days), expire.then_some(30));
    }
}
