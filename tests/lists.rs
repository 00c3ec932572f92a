//! Lists of assets: what is in them, in which order, page by page.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use futures::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Item, Options, System, User, files, media};

async fn system() -> System {
    let variables = vec![("MAX_ACTIVE_UPLOADS", "1000".to_owned())];
    System::start_with(Options { variables, ..Options::default() }).await
}

/// Begins an upload of that type, project and tags, and gives its id.
async fn begin(user: &User, content_type: &str, project: Option<&str>, tags: &[&str]) -> String {
    let body = json!({"filename": "a", "contentType": content_type, "size": 1, "projectId": project, "tags": tags});
    user.post("/v1/uploads", &body).await.expect(201)["assetId"].as_str().unwrap().to_owned()
}

/// The ids of all pages of a list, of `limit` each, with `query` among the parameters.
async fn list(user: &User, query: &str, limit: usize) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = user.get(&format!("/v1/assets?limit={limit}{query}{cursor}")).await.expect(200);
        let items = page["items"].as_array().unwrap();
        let is_last = page["nextCursor"].is_null();
        assert!(items.len() <= limit && (is_last || !items.is_empty()), "{query}{cursor}: {page}");
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
        assert!(ids.len() < 1000, "the pages do not end");
    }
}

#[tokio::test]
async fn pages_of_a_long_list_have_no_gap_and_no_repeat_newest_first() {
    let system = system().await;
    let ada = system.user("ada").await;
    let mut newest_first = Vec::new();
    for _ in 0..120 {
        newest_first.insert(0, begin(&ada, "image/png", None, &[]).await);
    }
    for limit in [1, 7, 60, 100] {
        assert_eq!(list(&ada, "", limit).await, newest_first, "in pages of {limit}");
    }
    assert_eq!(list(&ada, "&type=image&status=awaiting_upload", 7).await, newest_first, "filtered");
    let page = ada.get("/v1/assets").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 50, "unless asked otherwise");
    let times: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| item["createdAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");

    // What happens between two pages moves nothing on the second: assets come in front, one vanishes, and so does the
    // very one at which the second begins.
    let cursor = page["nextCursor"].as_str().unwrap();
    begin(&ada, "image/png", None, &[]).await;
    for gone in [&newest_first[10], &newest_first[49], &newest_first[60]] {
        ada.delete(&format!("/v1/assets/{gone}")).await.expect(204);
    }
    let rest = list(&ada, &format!("&cursor={cursor}"), 100).await;
    let expected: Vec<_> = newest_first[50..].iter().filter(|id| **id != newest_first[60]).cloned().collect();
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn filters_take_what_they_say_alone_and_together() {
    let system = system().await;
    let ada = system.user("ada").await;
    let ready = ada.upload_ready("dot.png", "image/png", &files::png(8, 8)).await["id"].as_str().unwrap().to_owned();
    let failed = ada.upload("page.png", "image/png", b"<html></html>").await;
    assert_eq!(ada.inspected(&failed).await["status"], "failed");
    let image = begin(&ada, "image/gif", None, &["sea", "summer"]).await;
    let video = begin(&ada, "video/mp4", None, &["sea"]).await;
    let audio = begin(&ada, "audio/mpeg", None, &["Sea", "seaside"]).await;
    let document = begin(&ada, "application/pdf", None, &["summer"]).await;
    let all = [&document, &audio, &video, &image, &failed, &ready];
    for (query, expected) in [
        ("", all.as_slice()),
        ("&type=image", &[&image, &failed, &ready]),
        ("&type=video", &[&video]),
        ("&type=audio", &[&audio]),
        ("&type=document", &[&document]),
        ("&status=ready", &[&ready]),
        ("&status=failed", &[&failed]),
        ("&status=uploaded", &[]),
        ("&status=awaiting_upload", &[&document, &audio, &video, &image]),
        ("&tag=sea", &[&video, &image]),
        ("&tag=summer", &[&document, &image]),
        ("&tag=se", &[]),
        ("&tag=sea&type=video", &[&video]),
        ("&tag=summer&type=image&status=awaiting_upload", &[&image]),
        ("&tag=summer&status=ready", &[]),
        ("&type=&status=&tag=&projectId=", all.as_slice()),
    ] {
        for limit in [1, 100] {
            let found = list(&ada, query, limit).await;
            assert!(found.iter().eq(expected.iter().copied()), "{query} in pages of {limit}: {found:?}");
        }
    }
}

/// An asset as its record has it.
#[derive(Debug)]
struct Listed {
    id: String,
    kind: String,
    status: String,
    tags: Vec<String>,
    /// As lists compare it.
    name: String,
    deleted_at: Option<String>,
}

impl Listed {
    fn of(record: &Item) -> Self {
        let text = |name: &str| record.get(name).map(|value| value.as_s().unwrap().clone());
        let deleted_at = text("deleted_at");
        let status = if deleted_at.is_some() { "deleted".to_owned() } else { text("status").unwrap() };
        let tags = record["tags"].as_l().unwrap().iter().map(|tag| tag.as_s().unwrap().clone()).collect();
        // Each has one of these.
        let name = text("name").unwrap().to_lowercase().replace('é', "e");
        Self { id: text("id").unwrap(), kind: text("kind").unwrap(), status, tags, name, deleted_at }
    }
}

/// What a list asks for.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    kind: Option<&'a str>,
    status: Option<&'a str>,
    tag: Option<&'a str>,
    name: Option<&'a str>,
    sort: Option<&'a str>,
}

impl Asked<'_> {
    fn query(&self) -> String {
        let Self { kind, status, tag, name, sort } = *self;
        let all = [("type", kind), ("status", status), ("tag", tag), ("name", name), ("sort", sort)];
        let given = all.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", value?)));
        given.collect()
    }

    /// The ids that the list has to have: the documented rules, on all assets there are.
    fn of<'a>(&self, all: &'a [Listed]) -> Vec<&'a str> {
        let is_in = |asset: &&Listed| {
            self.status.map_or(asset.status != "deleted", |status| asset.status == status)
                && self.kind.is_none_or(|kind| asset.kind == kind)
                && self.tag.is_none_or(|tag| asset.tags.iter().any(|has| has == tag))
                && self.name.is_none_or(|name| asset.name.starts_with(&name.to_lowercase()))
        };
        let mut found: Vec<_> = all.iter().filter(is_in).collect();
        match (self.status, self.name.is_some() || self.sort == Some("name")) {
            (Some("deleted"), _) => found.sort_by_key(|asset| (&asset.deleted_at, &asset.id)),
            (_, true) => found.sort_by_key(|asset| (&asset.name, &asset.id)),
            (_, false) => found.sort_by_key(|asset| &asset.id),
        }
        let is_by_name = self.status != Some("deleted") && (self.name.is_some() || self.sort == Some("name"));
        if !is_by_name && self.sort != Some("oldest") {
            found.reverse();
        }
        found.into_iter().map(|asset| asset.id.as_str()).collect()
    }
}

const NAMES: [&str; 3] = ["Strand", "strAnd 2", "Été"];
const TAGS: [&[&str]; 3] = [&["sea"], &["sea", "summer"], &[]];

/// Assets of every kind in every status, and some that are purged, with names and tags in turn.
async fn assets_of_every_kind_and_status(system: &System, user: &User, project: &str) {
    let sound = [
        ("image/png", files::png(8, 8)),
        ("video/mp4", files::mp4(3000)),
        ("audio/wav", media::wav(3000)),
        ("application/pdf", media::pdf(3000)),
    ];
    let mut number = 0;
    let mut declare = |content_type: &str, size: usize| {
        number += 1;
        let (name, tags) = (NAMES[number % 3], TAGS[number / 3 % 3]);
        json!({"filename": name, "contentType": content_type, "size": size, "projectId": project, "tags": tags})
    };
    let id = |begun: &Value| begun["assetId"].as_str().unwrap().to_owned();
    let complete = async |begun: Value, bytes: &[u8]| {
        user.bring(&begun, bytes).await;
        user.post(&format!("/v1/uploads/{}/complete", id(&begun)), &json!({})).await.expect(200);
        id(&begun)
    };
    for (content_type, bytes) in &sound {
        let mut begin = async || user.post("/v1/uploads", &declare(content_type, bytes.len())).await.expect(201);
        let ready = complete(begin().await, bytes).await;
        assert_eq!(user.inspected(&ready).await["status"], "ready");
        // They are deleted in another order than they were made in.
        let deleted = [complete(begin().await, bytes).await, complete(begin().await, bytes).await];
        for id in deleted.iter().rev() {
            user.inspected(id).await;
            user.delete(&format!("/v1/assets/{id}")).await.expect(204);
        }
        for _ in 0..2 {
            begin().await;
        }
        let failed = id(&begin().await);
        system.expire(&failed).await;
        // What never had its bytes is not in the trash for long.
        let aborted = id(&begin().await);
        user.delete(&format!("/v1/uploads/{aborted}")).await.expect(204);
        system.sweep().await;
    }
    // From here on nothing is inspected or fetched.
    for by in ["process-metadata", "fetch-url"] {
        let broken = json!({"fail": {"status": 400, "code": "ValidationException"}});
        system.fault(json!({"service": "table", "by": by, "kind": broken, "times": 1000})).await;
    }
    for (content_type, bytes) in &sound {
        let uploaded = user.post("/v1/uploads", &declare(content_type, bytes.len())).await.expect(201);
        complete(uploaded, bytes).await;
        let mut file = declare(content_type, 1);
        file["type"] = content_type.to_owned().into();
        file["name"] = file["filename"].clone();
        file["url"] = "https://nowhere.invalid/a".into();
        for name in ["filename", "contentType", "size"] {
            file.as_object_mut().unwrap().remove(name);
        }
        user.post("/v1/assets/from-url", &file).await.expect(202);
    }
}

#[tokio::test]
async fn every_combination_of_filters_and_sorts_gives_the_same_list_in_pages_of_any_size() {
    let system = System::start_with(Options {
        variables: vec![("MAX_ACTIVE_UPLOADS", "1000".to_owned())],
        retry_after: Some(3600),
        ..Options::default()
    })
    .await;
    let project = Uuid::now_v7().to_string();
    system.add_member(&project, "ada", "contributor").await;
    let ada = system.user("ada").await;
    assets_of_every_kind_and_status(&system, &ada, &project).await;
    // The indexes may lag a moment behind.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let state = system.state().await;
    let all: Vec<_> = state.assets().filter(|record| !record.contains_key("purged_at")).map(Listed::of).collect();
    assert!(all.len() > 30 && all.len() < state.assets().count());

    let kinds = [None, Some("image"), Some("video"), Some("audio"), Some("document")];
    let [none, deleted] = [None, Some("deleted")];
    let statuses =
        [none, Some("awaiting_upload"), Some("ingesting"), Some("uploaded"), Some("ready"), Some("failed"), deleted];
    let mut asked = Vec::new();
    for (kind, status) in kinds.iter().flat_map(|kind| statuses.iter().map(move |status| (*kind, *status))) {
        for (tag, name) in [(None, None), (Some("sea"), None), (None, Some("STR")), (Some("sea"), Some("str"))] {
            for sort in [None, Some("oldest"), Some("name")] {
                asked.push(Asked { kind, status, tag, name, sort });
            }
        }
    }
    let mut found = std::collections::BTreeSet::new();
    for asked in asked.iter().filter(|asked| asked.status == deleted && asked.sort == Some("name")) {
        let refused = ada.get(&format!("/v1/assets?limit=1{}", asked.query())).await;
        refused.expect_problem(400, "invalid_sort");
    }
    asked.retain(|asked| !(asked.status == deleted && asked.sort == Some("name")));
    let lists = futures::stream::iter(&asked).map(async |asked| {
        let expected = asked.of(&all);
        // Alone and in the project, which all of them are in.
        for (limit, scope) in [(1, ""), (3, project.as_str()), (100, ""), (100, &project)] {
            let scope = if scope.is_empty() { String::new() } else { format!("&projectId={scope}") };
            let list = list(&ada, &format!("{}{scope}", asked.query()), limit).await;
            assert_eq!(list, expected, "{asked:?}{scope} in pages of {limit}");
        }
        expected
    });
    let lists: Vec<_> = lists.buffer_unordered(8).collect().await;
    found.extend(lists.into_iter().flatten());
    assert_eq!(found.len(), all.len(), "some asset is in no list");
}

#[tokio::test]
async fn a_list_has_the_callers_assets_or_those_of_a_project_that_the_caller_belongs_to() {
    let system = system().await;
    let [ours, other] = [Uuid::now_v7().to_string(), Uuid::now_v7().to_string()];
    for (project, sub, role) in [
        (&ours, "ada", "contributor"),
        (&ours, "bob", "manager"),
        (&ours, "vera", "viewer"),
        (&other, "ada", "manager"),
    ] {
        system.add_member(project, sub, role).await;
    }
    let [ada, bob, vera] = [system.user("ada").await, system.user("bob").await, system.user("vera").await];
    let [eve, admin] = [system.user("eve").await, system.user_with("root", &["media:admin"]).await];
    let own = begin(&ada, "image/png", None, &[]).await;
    let adas = begin(&ada, "image/png", Some(&ours), &["x"]).await;
    let elsewhere = begin(&ada, "image/png", Some(&other), &["x"]).await;
    let bobs = begin(&bob, "video/mp4", Some(&ours), &["x"]).await;

    assert_eq!(list(&ada, "", 100).await, [&elsewhere, &adas, &own].map(String::as_str));
    assert_eq!(list(&bob, "", 100).await, [bobs.as_str()]);
    assert!(list(&vera, "", 100).await.is_empty() && list(&eve, "", 100).await.is_empty());
    for member in [&ada, &bob, &vera, &admin] {
        for limit in [1, 100] {
            let project = format!("&projectId={ours}");
            assert_eq!(list(member, &project, limit).await, [&bobs, &adas].map(String::as_str), "{}", member.sub);
            assert_eq!(list(member, &format!("{project}&type=video&tag=x"), limit).await, [bobs.as_str()]);
        }
    }
    for (user, project) in [(&eve, &ours), (&vera, &other), (&bob, &other), (&ada, &Uuid::now_v7().to_string())] {
        let answer = user.get(&format!("/v1/assets?projectId={project}")).await;
        let problem = answer.expect_problem(404, "project_not_found");
        assert_eq!(problem["field"], "projectId");
    }
}

#[tokio::test]
async fn what_was_deleted_is_in_no_list_and_missing_for_everybody() {
    let system = system().await;
    let project = Uuid::now_v7().to_string();
    system.add_member(&project, "ada", "contributor").await;
    system.add_member(&project, "vera", "viewer").await;
    let [ada, vera] = [system.user("ada").await, system.user("vera").await];
    let admin = system.user_with("root", &["media:admin"]).await;
    let picture = files::png(8, 8);
    let begun = ada.begin_in(&project, "dot.png", "image/png", picture.len()).await;
    let id = begun["assetId"].as_str().unwrap();
    ada.bring(&begun, &picture).await;
    ada.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
    let asset = ada.inspected(id).await;
    assert_eq!(asset["status"], "ready");
    let kept = begin(&ada, "image/png", Some(&project), &[]).await;

    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    for query in ["", "&type=image", &format!("&projectId={project}")] {
        assert_eq!(list(&ada, query, 100).await, [kept.as_str()], "{query}");
    }
    for user in [&ada, &vera, &admin] {
        for path in [format!("/v1/assets/{id}"), format!("/v1/assets/{id}/data"), format!("/v1/uploads/{id}")] {
            user.get(&path).await.expect_problem(404, "not_found");
        }
    }
    let state = system.state().await;
    state.assert_usage_adds_up();
    assert_eq!(state.usage("ada", "image_count"), 0);
    assert!(state.objects.contains_key(asset["storageKey"].as_str().unwrap()), "its bytes are kept for a while");
    // It keeps the status that it had.
    assert_eq!((state.status(id), state.text(id, "status")), ("deleted", "ready"));
}

#[tokio::test]
async fn an_asset_tells_all_that_is_known_of_it() {
    let system = system().await;
    let ada = system.user("ada").await;
    let body = json!({"filename": "Sea.png", "contentType": "image/png", "size": 70, "tags": ["b", "a", "b"]});
    let begun = ada.post("/v1/uploads", &body).await.expect(201);
    let id = begun["assetId"].as_str().unwrap();
    let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
    for (name, value) in [
        ("id", begun["assetId"].clone()),
        ("ownerId", "ada".into()),
        ("projectId", Value::Null),
        ("name", "Sea.png".into()),
        ("type", "image".into()),
        ("contentType", "image/png".into()),
        ("status", "awaiting_upload".into()),
        ("failure", Value::Null),
        ("size", 70.into()),
        ("sha256", Value::Null),
        ("storageKey", begun["storageKey"].clone()),
        ("tags", json!(["b", "a"])),
        ("metadata", json!({})),
        ("variants", json!([])),
        ("urls", json!({})),
        ("revision", 1.into()),
        ("can", json!(["view", "view_history", "upload", "edit", "process", "delete"])),
    ] {
        assert_eq!(asset.get(name), Some(&value), "{name}");
    }
    for name in ["createdAt", "updatedAt"] {
        let time = asset[name].as_str().unwrap();
        assert!(time.len() == 24 && time.ends_with('Z') && time.contains('T'), "{name} {time}");
    }
    let list = ada.get("/v1/assets").await.expect(200);
    assert_eq!(list, json!({"items": [asset], "nextCursor": null}));
}

#[tokio::test]
async fn a_page_that_finds_nothing_among_many_says_how_far_it_has_looked() {
    let system = system().await;
    let ada = system.user("ada").await;
    let rare = begin(&ada, "image/png", None, &["rare"]).await;
    let record = system.record(&begin(&ada, "image/png", None, &[]).await).await.unwrap();
    write_copies(&system, &record, 2_100).await;

    let (mut found, mut looked, mut cursor) = (Vec::new(), Vec::new(), String::new());
    loop {
        // No index has the tags of what is not ready.
        let path = format!("/v1/assets?tag=rare&status=awaiting_upload&limit=1{cursor}");
        let page = ada.get(&path).await.expect(200);
        found.extend(page["items"].as_array().unwrap().iter().map(|asset| asset["id"].as_str().unwrap().to_owned()));
        looked.extend(page["looked"].as_u64());
        let Some(next) = page["nextCursor"].as_str() else { break };
        assert!(page["looked"].as_u64() > Some(500) || page["items"] != json!([]), "{page}");
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, [rare]);
    assert!(!looked.is_empty() && looked.iter().all(|looked| *looked <= 3_000), "{looked:?}");
    // Among as many, what has an index is found at once.
    for query in ["tag=rare", "name=a&limit=1", "type=image&status=awaiting_upload", "sort=oldest"] {
        let page = ada.get(&format!("/v1/assets?{query}")).await.expect(200);
        assert!(page["items"] != json!([]) && page.get("looked").is_none(), "{query}: {page}");
    }
}

/// Writes so many copies of an asset's record, each as one that began later.
async fn write_copies(system: &System, record: &Item, count: usize) {
    let text = |text: String| AttributeValue::S(text);
    let puts: Vec<_> = std::iter::repeat_with(|| {
        let (mut item, id) = (record.clone(), Uuid::now_v7().to_string());
        item.extend([
            ("pk".to_owned(), text(format!("ASSET#{id}"))),
            ("name_key".to_owned(), text(format!("a\u{1}{id}"))),
            ("list_sort".to_owned(), text(id.clone())),
            ("id".to_owned(), text(id)),
        ]);
        let put = PutRequest::builder().set_item(Some(item)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    })
    .take(count)
    .collect();
    for puts in puts.chunks(25) {
        let written =
            system.dynamodb().batch_write_item().request_items("quayside", puts.to_vec()).send().await.unwrap();
        assert!(written.unprocessed_items.is_none_or(|left| left.is_empty()));
    }
}
