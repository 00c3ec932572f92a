//! Files that are to be taken from URLs: what is begun at once, one by one and by the hundred. How they are fetched is in
//! `ingestion`.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Options, Refusal, Still, System, User};

/// A name that nothing is behind, ever (RFC 6761).
const NOWHERE: &str = "https://nowhere.invalid";

const PATH: &str = "/v1/assets/from-url";

/// A system that fetches nothing while a test looks: its table is out of reach for the function that would.
async fn unfetching(variables: Vec<(&'static str, String)>) -> System {
    let system = System::start_with(Options { variables, ..Options::default() }).await;
    let kind = json!({"fail": {"status": 400, "code": "ValidationException"}});
    system.fault(json!({"service": "table", "by": "fetch-url", "kind": kind, "times": 100_000})).await;
    system
}

async fn batch(user: &User, key: Option<&str>, items: &[Value]) -> crate::support::Answer {
    let request = user.request(Method::POST, PATH).json(&json!({"items": items}));
    user.send(key.into_iter().fold(request, |request, key| request.header("idempotency-key", key))).await
}

/// The ids of the assets in an answer to a batch; a problem has none.
fn ids(answer: &Value) -> Vec<Option<&str>> {
    answer["items"].as_array().unwrap().iter().map(|item| item["asset"]["id"].as_str()).collect()
}

#[tokio::test]
async fn one_url_becomes_an_asset_at_once_and_shows_no_secret_of_it() {
    let system = unfetching(Vec::new()).await;
    let ada = system.user("ada").await;
    let project = Uuid::now_v7().to_string();
    system.add_member(&project, "ada", "contributor").await;
    let sha256 = "ab".repeat(32);
    let url = format!("{NOWHERE}/films/Ferry%20at%20dawn.mp4?X-Amz-Signature=s3cret#t=1");
    let asset = ada.post(PATH, &json!({"url": url})).await.expect(202);
    for (field, value) in [
        ("status", json!("ingesting")),
        ("name", json!("Ferry at dawn.mp4")),
        ("type", json!("video")),
        ("contentType", json!("video/mp4")),
        ("size", json!(0)),
        ("sourceUrl", json!(format!("{NOWHERE}/films/Ferry%20at%20dawn.mp4"))),
        ("urls", json!({})),
    ] {
        assert_eq!(asset[field], value, "{field}");
    }
    let body =
        json!({"url": url, "name": "Quay", "type": "image", "projectId": project, "tags": ["a"], "sha256": sha256});
    let described = ada.post(PATH, &body).await.expect(202);
    assert_eq!(
        (&described["name"], &described["projectId"], &described["tags"]),
        (&json!("Quay"), &json!(project), &json!(["a"]))
    );
    // A film is no image, so that its name tells nothing.
    assert_eq!(
        (&described["type"], &described["contentType"]),
        (&json!("unknown"), &json!("application/octet-stream"))
    );

    let state = system.state().await;
    for asset in state.assets() {
        assert!(!format!("{asset:?}").contains("s3cret"), "the record that goes over the bus has the secret");
    }
    assert_eq!(state.usage("ada", "active_ingestions"), 2);
    state.assert_usage_adds_up();
    let shown = ada.get(&format!("/v1/assets/{}", asset["id"].as_str().unwrap())).await;
    assert!(!String::from_utf8(shown.body).unwrap().contains("s3cret"));
    let progress = ada.get(&format!("/v1/uploads/{}", asset["id"].as_str().unwrap())).await.expect(200);
    for (field, value) in
        [("status", json!("ingesting")), ("bytesUploaded", json!(0)), ("size", Value::Null), ("percent", Value::Null)]
    {
        assert_eq!(progress[field], value, "{field}");
    }
}

#[tokio::test]
async fn a_hundred_files_begin_in_few_writes_each_with_its_own_result() {
    let system = unfetching(Vec::new()).await;
    let ada = system.user("ada").await;
    let mut items: Vec<_> = (0..100).map(|n| json!({"url": format!("{NOWHERE}/{n}.jpg")})).collect();
    items[3] = json!({"url": "http://169.254.169.254/latest/meta-data"});
    items[50] = json!({"url": format!("{NOWHERE}/a.jpg"), "projectId": Uuid::now_v7()});
    items[99] = json!({"url": "ftp://example.com/a.jpg"});
    let answer = batch(&ada, None, &items).await.expect(202);
    let problem = |n: usize| (&answer["items"][n]["problem"]["code"], &answer["items"][n]["problem"]["field"]);
    assert_eq!(problem(3), (&json!("source_forbidden"), &json!("url")));
    assert_eq!(problem(50), (&json!("project_not_found"), &json!("projectId")));
    assert_eq!(problem(99), (&json!("source_forbidden"), &json!("url")));
    for (n, item) in answer["items"].as_array().unwrap().iter().enumerate().filter(|(n, _)| ![3, 50, 99].contains(n)) {
        assert_eq!(item["asset"]["name"], format!("{n}.jpg"));
    }
    let state = system.state().await;
    assert_eq!((state.assets().count(), state.usage("ada", "active_ingestions")), (97, 97));
    state.assert_usage_adds_up();
    let writes = system.asked_since(0).await;
    let writes = writes.iter().filter(|asked| asked.by == "create-assets" && asked.operation == "TransactWriteItems");
    assert_eq!(writes.count(), 4, "97 files, 32 at a time");
}

#[tokio::test]
async fn a_batch_that_is_repeated_by_its_key_changes_nothing_and_answers_the_same() {
    let system = unfetching(Vec::new()).await;
    let ada = system.user("ada").await;
    let mut items: Vec<_> = (0..60).map(|n| json!({"url": format!("{NOWHERE}/{n}.jpg")})).collect();
    items[7] = json!({"url": "file:///etc/passwd"});
    let first = batch(&ada, Some("k"), &items).await.expect(202);
    let before = system.state().await;
    let again = batch(&ada, Some("k"), &items).await.expect(202);
    assert_eq!(ids(&again), ids(&first));
    assert_eq!(ids(&first).iter().flatten().count(), 59);
    assert!(system.state().await == before);
    items[0] = json!({"url": format!("{NOWHERE}/other.jpg")});
    batch(&ada, Some("k"), &items).await.expect_problem(422, "idempotency_key_reused");

    let single = async || {
        let request = ada.request(Method::POST, PATH).json(&json!({"url": NOWHERE})).header("idempotency-key", "l");
        ada.send(request).await.expect(202)["id"].clone()
    };
    assert_eq!(single().await, single().await);
}

#[tokio::test]
async fn a_batch_that_broke_off_half_way_is_finished_by_its_repeat() {
    let system = unfetching(Vec::new()).await;
    let ada = system.user("ada").await;
    let items: Vec<_> = (0..60).map(|n| json!({"url": format!("{NOWHERE}/{n}.jpg")})).collect();
    // The first of two writes gets through.
    let stalled = json!({"stall": {"milliseconds": 1}});
    let refused = json!({"fail": {"status": 400, "code": "ValidationException"}});
    for kind in [stalled, refused] {
        let fault = json!({"service": "table", "by": "create-assets", "operation": "TransactWriteItems", "kind": kind});
        system.fault(fault).await;
    }
    let first = batch(&ada, Some("k"), &items).await.expect(202);
    let found = ids(&first);
    assert_eq!(found.iter().flatten().count(), 32, "{first}");
    assert_eq!(first["items"][59]["problem"]["code"], "internal");
    let again = batch(&ada, Some("k"), &items).await.expect(202);
    assert_eq!(ids(&again).iter().flatten().count(), 60);
    assert_eq!(ids(&again)[..32], found[..32]);
    let state = system.state().await;
    assert_eq!(state.assets().count(), 60);
    state.assert_usage_adds_up();
}

#[tokio::test]
async fn the_same_batch_sent_at_once_begins_each_file_once() {
    let system = unfetching(Vec::new()).await;
    let ada = system.user("ada").await;
    let items: Vec<_> = (0..60).map(|n| json!({"url": format!("{NOWHERE}/{n}.jpg")})).collect();
    let answers = futures::future::join_all((0..4).map(|_| batch(&ada, Some("k"), &items))).await;
    for answer in answers {
        assert_eq!(answer.status, 202, "{}", answer.json);
    }
    let last = batch(&ada, Some("k"), &items).await.expect(202);
    assert_eq!(ids(&last).iter().flatten().count(), 60);
    let state = system.state().await;
    assert_eq!(state.assets().count(), 60);
    state.assert_usage_adds_up();
}

#[tokio::test]
async fn no_more_files_are_taken_at_once_than_are_allowed() {
    let system = unfetching(vec![("MAX_ACTIVE_INGESTIONS", "70".to_owned())]).await;
    let ada = system.user("ada").await;
    let items: Vec<_> = (0..100).map(|n| json!({"url": format!("{NOWHERE}/{n}.jpg")})).collect();
    let answer = batch(&ada, None, &items).await.expect(202);
    let begun = ids(&answer);
    assert!(begun[..70].iter().all(Option::is_some) && begun[70..].iter().all(Option::is_none), "{begun:?}");
    assert_eq!(answer["items"][70]["problem"]["code"], "too_many_ingestions");
    let refused = ada.post(PATH, &json!({"url": NOWHERE})).await.expect_problem(429, "too_many_ingestions");
    assert_eq!(refused["detail"], "You have 70 files being fetched. The limit is 70. Wait until some are done.");
    system.user("bob").await.post(PATH, &json!({"url": NOWHERE})).await.expect(202);

    let id = begun[0].unwrap();
    ada.delete(&format!("/v1/uploads/{id}")).await.expect(204);
    ada.post(PATH, &json!({"url": NOWHERE})).await.expect(202);
    let state = system.state().await;
    assert_eq!(state.usage("ada", "active_ingestions"), 70);
    state.assert_usage_adds_up();
    assert!(!state.items.contains_key(&(format!("ASSET#{id}"), "SOURCE".to_owned())), "the URL outlived its ingestion");
}

#[tokio::test]
async fn a_batch_of_more_than_are_allowed_begins_as_many_as_are() {
    let system = unfetching(vec![("MAX_ACTIVE_INGESTIONS", "3".to_owned())]).await;
    let ada = system.user("ada").await;
    let items: Vec<_> = (0..60).map(|n| json!({"url": format!("{NOWHERE}/{n}.jpg")})).collect();
    let answer = batch(&ada, None, &items).await.expect(202);
    assert_eq!(ids(&answer).iter().flatten().count(), 3);
    assert_eq!(system.state().await.usage("ada", "active_ingestions"), 3);
}

#[tokio::test]
async fn nothing_is_fetched_for_whoever_has_no_quota_left() {
    let system = unfetching(vec![("QUOTA_MB", "0".to_owned())]).await;
    let ada = system.user("ada").await;
    ada.post(PATH, &json!({"url": NOWHERE})).await.expect_problem(409, "quota_exceeded");
    assert_eq!(system.state().await.assets().count(), 0);
}

#[tokio::test]
async fn what_is_never_fetched_is_given_up_by_sweep() {
    let system = unfetching(Vec::new()).await;
    let ada = system.user("ada").await;
    let asset = ada.post(PATH, &json!({"url": format!("{NOWHERE}/a.jpg")})).await.expect(202);
    let id = asset["id"].as_str().unwrap();
    system.make_due(id).await;
    system.sweep().await;
    let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
    assert_eq!((&asset["status"], &asset["failure"]["code"]), (&json!("failed"), &json!("ingestion_gave_up")));
    let state = system.state().await;
    assert_eq!(state.usage("ada", "active_ingestions"), 0);
    assert!(!state.items.contains_key(&(format!("ASSET#{id}"), "SOURCE".to_owned())));
    state.assert_usage_adds_up();
}

#[tokio::test]
async fn a_url_that_may_not_be_fetched_is_refused_by_what_is_wrong_with_it() {
    let still = Still::of(System::start().await).await;
    let ada = still.system.user("ada").await;
    let refuses = async |what: &str, body: Value, refusal: Refusal<'_>| {
        still.refuses(what, &ada, ada.request(Method::POST, PATH).json(&body), refusal).await;
    };
    for url in [
        "http://127.0.0.1/",
        "http://localhost:9000/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://10.0.0.1/",
        "https://ada:secret@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://example.com:22/",
    ] {
        refuses(url, json!({"url": url}), (400, "source_forbidden", "url")).await;
    }
    let long = format!("{NOWHERE}/{}", "a".repeat(9000));
    for url in ["", "example.com", "http://", &long] {
        refuses(url, json!({"url": url}), (400, "invalid_url", "url")).await;
    }
    refuses("no text", json!({"url": 5}), (400, "invalid_url", "url")).await;
    refuses("no url", json!({}), (400, "missing_field", "url")).await;
    for (field, value, code) in [
        ("name", json!("a/b"), "invalid_filename"),
        ("type", json!("text/html"), "type_not_allowed"),
        ("type", json!("picture"), "type_not_allowed"),
        ("type", json!(5), "type_not_allowed"),
        ("tags", json!("a"), "invalid_tags"),
        ("sha256", json!("abc"), "invalid_sha256"),
        ("projectId", json!("nope"), "invalid_project_id"),
        ("keep", json!(true), "unknown_field"),
    ] {
        let body = json!({"url": NOWHERE, field: value});
        refuses(field, body, (400, code, field)).await;
    }
    let item = json!({"url": NOWHERE});
    for items in [json!([]), json!({}), json!("a"), Value::Array(vec![item.clone(); 101])] {
        refuses("items", json!({"items": items}), (400, "invalid_items", "items")).await;
    }
    refuses("both", json!({"items": [item], "url": NOWHERE}), (400, "unknown_field", "url")).await;
    let answer = batch(&ada, None, &[json!(5), json!("a")]).await.expect(202);
    assert_eq!(answer["items"][0]["problem"]["code"], "invalid_json");
    still.assert_unchanged("a batch of nothing sound").await;
    let large = ada.request(Method::POST, PATH).body(" ".repeat((1 << 20) + 1));
    still.refuses("too large", &ada, large, (413, "body_too_large", "")).await;
}
