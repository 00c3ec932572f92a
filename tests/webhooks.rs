//! Webhooks of providers: their endpoints, their signatures, and what becomes of what they have made.

use std::collections::BTreeSet;
use std::net::TcpListener;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{Answer, Hook, Options, Still, System, User, standard_signature, unix_seconds};

const ENDPOINTS: &str = "/v1/webhook-endpoints";

/// A source that takes every connection and never says anything, so that what is taken from it stays `ingesting`.
struct Silent(TcpListener);

impl Silent {
    fn listen() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.0.local_addr().unwrap())
    }
}

/// A system that takes files from this machine too.
async fn start_with(variables: &[(&'static str, &str)]) -> System {
    // Who is silent stays so for longer than any test looks.
    let local = [("ALLOW_LOOPBACK_SOURCES", "1"), ("SOURCE_IDLE_SECONDS", "600"), ("SOURCE_TOTAL_SECONDS", "600")];
    let variables = variables.iter().chain(&local).map(|(name, value)| (*name, (*value).to_owned())).collect();
    System::start_with(Options { variables, ..Options::default() }).await
}

fn prediction(id: &str, output: &Value) -> Value {
    json!({"id": id, "status": "succeeded", "output": output, "input": {"image": "https://example.com/in.png"}})
}

/// The user's assets by their references and URLs.
async fn sources(user: &User) -> BTreeSet<(String, String)> {
    let page = user.get("/v1/assets?limit=100").await.expect(200);
    let text = |asset: &Value, name: &str| asset[name].as_str().unwrap().to_owned();
    let assets = page["items"].as_array().unwrap();
    let sources: BTreeSet<_> =
        assets.iter().map(|asset| (text(asset, "sourceReference"), text(asset, "sourceUrl"))).collect();
    assert_eq!(sources.len(), assets.len(), "a file was taken twice: {page}");
    sources
}

async fn make(user: &User, body: &Value, key: Option<&str>) -> Answer {
    let mut request = user.request(Method::POST, ENDPOINTS).json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    user.send(request).await
}

#[tokio::test]
async fn an_endpoint_is_made_listed_and_revoked_and_its_secret_is_shown_once() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    assert_eq!(ada.get(ENDPOINTS).await.expect(200), json!({"items": []}));
    let given = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let own = make(&ada, &json!({"provider": "replicate", "secret": given}), None).await.expect(201);
    let made = make(&ada, &json!({"provider": "replicate"}), None).await.expect(201);
    assert_eq!(own["secret"], given);
    let secret = made["secret"].as_str().unwrap().to_owned();
    let bytes = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    assert!(bytes.len() >= 24);
    for endpoint in [&own, &made] {
        assert_eq!(endpoint["provider"], "replicate");
        assert_eq!(endpoint["url"], format!("/v1/webhooks/replicate/{}", endpoint["id"].as_str().unwrap()));
    }

    let mut listed = vec![own.clone(), made.clone()];
    listed.iter_mut().for_each(|endpoint| drop(endpoint.as_object_mut().unwrap().remove("secret")));
    assert_eq!(ada.get(ENDPOINTS).await.expect(200), json!({"items": listed}));
    let table = format!("{:?}", system.state().await.items);
    for bytes in [bytes, BASE64_STANDARD.decode(&given[6..]).unwrap()] {
        for written in [BASE64_STANDARD.encode(&bytes), hex::encode(&bytes), format!("{bytes:?}")] {
            assert!(!table.contains(&written), "the table has a secret in the clear");
        }
    }

    let path = format!("{ENDPOINTS}/{}", own["id"].as_str().unwrap());
    ada.delete(&path).await.expect(204);
    let state = system.state().await;
    ada.delete(&path).await.expect(204);
    assert!(system.state().await == state, "revoking again changed something");
    assert_eq!(ada.get(ENDPOINTS).await.expect(200), json!({"items": [listed[1]]}));
    let tombstone = &state.items[&(format!("WEBHOOK#{}", own["id"].as_str().unwrap()), "ENDPOINT".to_owned())];
    assert!(!tombstone.contains_key("sealed_secret"));
    assert_eq!(tombstone["revoked_by"], AttributeValue::S("user:ada".to_owned()));
}

#[tokio::test]
async fn endpoints_are_their_owners_alone() {
    let system = System::start().await;
    let (ada, bob) = (system.user("ada").await, system.user("bob").await);
    let anna = system.user_with("anna", &["media:admin"]).await;
    let hook = Hook::make(&system, &ada).await;
    assert_eq!(bob.get(ENDPOINTS).await.expect(200), json!({"items": []}));
    let still = Still::of(system).await;
    let foreign = format!("{ENDPOINTS}/{}", hook.id);
    for path in [&foreign, &format!("{ENDPOINTS}/{}", Uuid::now_v7())] {
        still.refuses(path, &bob, bob.request(Method::DELETE, path), (404, "not_found", "")).await;
    }
    let request = bob.request(Method::DELETE, &format!("{ENDPOINTS}/nope"));
    still.refuses("no id", &bob, request, (400, "invalid_id", "id")).await;
    // An administrator may, and it is written down who it was.
    anna.delete(&foreign).await.expect(204);
    let state = still.system.state().await;
    let tombstone = &state.items[&(format!("WEBHOOK#{}", hook.id), "ENDPOINT".to_owned())];
    assert_eq!(tombstone["revoked_by"], AttributeValue::S("operator:anna".to_owned()));
    assert_eq!(ada.get(ENDPOINTS).await.expect(200), json!({"items": []}));
    bob.delete(&foreign).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_made_is_refused_by_its_mistake() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let still = Still::of(system).await;
    let secret = |bytes: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes]));
    for (body, refusal) in [
        (json!({}), (400, "missing_field", "provider")),
        (json!({"provider": "elsewhere"}), (400, "invalid_provider", "provider")),
        (json!({"provider": "b2"}), (400, "invalid_provider", "provider")),
        (json!({"provider": 7}), (400, "invalid_provider", "provider")),
        (json!({"provider": "replicate", "secret": 7}), (400, "invalid_secret", "secret")),
        (json!({"provider": "replicate", "secret": ""}), (400, "invalid_secret", "secret")),
        (json!({"provider": "replicate", "secret": "hunter2"}), (400, "invalid_secret", "secret")),
        (json!({"provider": "replicate", "secret": secret(23)}), (400, "invalid_secret", "secret")),
        (json!({"provider": "replicate", "secret": secret(65)}), (400, "invalid_secret", "secret")),
        (json!({"provider": "replicate", "owner": "bob"}), (400, "unknown_field", "owner")),
        (json!([]), (400, "invalid_json", "")),
    ] {
        let request = ada.request(Method::POST, ENDPOINTS).json(&body);
        still.refuses(&body.to_string(), &ada, request, refusal).await;
    }
}

#[tokio::test]
async fn the_same_request_again_makes_no_other_endpoint_and_there_are_twenty_at_most() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let body = json!({"provider": "replicate"});
    let first = make(&ada, &body, Some("k")).await.expect(201);
    assert_eq!(make(&ada, &body, Some("k")).await.expect(201), first);
    let other = json!({"provider": "replicate", "secret": first["secret"]});
    make(&ada, &other, Some("k")).await.expect_problem(422, "idempotency_key_reused");
    let mut requests = JoinSet::new();
    for _ in 0..5 {
        let (ada, body) = (ada.clone(), body.clone());
        requests.spawn(async move { make(&ada, &body, Some("at-once")).await.expect(201) });
    }
    let made = requests.join_all().await;
    assert!(made.iter().all(|one| *one == made[0]), "{made:?}");
    for _ in 2..20 {
        make(&ada, &body, None).await.expect(201);
    }
    make(&ada, &body, None).await.expect_problem(409, "too_many_endpoints");
    make(&ada, &body, Some("new")).await.expect_problem(409, "too_many_endpoints");
    assert_eq!(make(&ada, &body, Some("k")).await.expect(201), first);
    assert_eq!(ada.get(ENDPOINTS).await.expect(200)["items"].as_array().unwrap().len(), 20);
    // Another's are not counted, and one that was revoked makes room.
    make(&system.user("bob").await, &body, None).await.expect(201);
    ada.delete(&format!("{ENDPOINTS}/{}", first["id"].as_str().unwrap())).await.expect(204);
    make(&ada, &body, Some("k")).await.expect_problem(404, "not_found");
    make(&ada, &body, None).await.expect(201);
}

#[tokio::test]
async fn every_url_of_a_predictions_output_becomes_an_ingestion_of_the_endpoints_owner() {
    let system = start_with(&[]).await;
    let (ada, source) = (system.user("ada").await, Silent::listen());
    let hook = Hook::make(&system, &ada).await;
    let [a, b, c] = ["a.png?token=s3cret", "b.mp4", "c"].map(|name| source.url(name));
    for (id, output, expected) in [
        ("text", json!(a), vec!["a.png"]),
        ("list", json!([a, b, a]), vec!["a.png", "b.mp4"]),
        ("nested", json!({"film": [{"file": b}], "stills": [[a], c], "seed": 7}), vec!["a.png", "b.mp4", "c"]),
        ("nothing", json!(null), vec![]),
        ("words", json!(["a", "text", "about https://example.com/"]), vec![]),
        ("guarded", json!([a, "http://169.254.169.254/latest", "http://ada:pw@example.com/"]), vec!["a.png"]),
    ] {
        let before = sources(&ada).await;
        assert_eq!(hook.send(&prediction(id, &output)).await.expect(202), json!({}));
        let after = sources(&ada).await;
        let new: Vec<_> = after.difference(&before).cloned().collect();
        let reference = format!("replicate:{id}");
        let expected: Vec<_> = expected.iter().map(|name| (reference.clone(), source.url(name))).collect();
        assert_eq!(new, expected, "{id}");
    }
    let page = ada.get("/v1/assets").await.expect(200);
    for asset in page["items"].as_array().unwrap() {
        assert_eq!((&asset["status"], &asset["ownerId"]), (&"ingesting".into(), &"ada".into()), "{asset}");
        let expected = match asset["name"].as_str().unwrap() {
            "a.png" => "image",
            "b.mp4" => "video",
            name => {
                assert_eq!(name, "c");
                "unknown"
            }
        };
        assert_eq!(asset["type"], expected, "{asset}");
    }
    let state = system.state().await;
    let count = i64::try_from(sources(&ada).await.len()).unwrap();
    assert_eq!(state.usage("ada", "active_ingestions"), count);
    let by = AttributeValue::S(format!("webhook:{}", hook.id));
    assert!(state.assets().all(|asset| state.events(asset["id"].as_s().unwrap())[0]["by"] == by));
}

#[tokio::test]
async fn a_prediction_is_taken_once_however_often_it_is_told() {
    let system = start_with(&[]).await;
    let (ada, source) = (system.user("ada").await, Silent::listen());
    let hook = Hook::make(&system, &ada).await;
    let body = prediction("once", &json!([source.url("1.png"), source.url("2.png")]));
    let (id, time) = ("msg_1", unix_seconds().to_string());
    let signature = standard_signature(&hook.secret, id, &time, &body.to_string());
    for _ in 0..3 {
        hook.send_signed(&hook.url, &body.to_string(), &[id, &time, &signature]).await.expect(202);
    }
    let mut deliveries = JoinSet::new();
    let hook = std::sync::Arc::new(hook);
    for number in 0..5 {
        let (hook, mut body) = (std::sync::Arc::clone(&hook), body.clone());
        body["logs"] = number.into();
        deliveries.spawn(async move { hook.send(&body).await.expect(202) });
    }
    deliveries.join_all().await;
    assert_eq!(sources(&ada).await.len(), 2);
    // Other files under the same id are not taken; the same files of other work, or for another endpoint, are.
    hook.send(&prediction("once", &json!(source.url("3.png")))).await.expect(202);
    assert_eq!(sources(&ada).await.len(), 2);
    hook.send(&prediction("twice", &body["output"])).await.expect(202);
    assert_eq!(sources(&ada).await.len(), 4);
    let bob = system.user("bob").await;
    Hook::make(&system, &bob).await.send(&body).await.expect(202);
    assert_eq!((sources(&bob).await.len(), sources(&ada).await.len()), (2, 4));
}

#[tokio::test]
async fn a_webhook_that_is_not_signed_with_the_endpoints_secret_now_changes_nothing() {
    let system = start_with(&[]).await;
    let (ada, source) = (system.user("ada").await, Silent::listen());
    let (hook, other) = (Hook::make(&system, &ada).await, Hook::make(&system, &ada).await);
    let revoked = Hook::make(&system, &ada).await;
    ada.delete(&format!("{ENDPOINTS}/{}", revoked.id)).await.expect(204);
    let still = Still::of(system).await;
    let body = prediction("forged", &json!(source.url("1.png"))).to_string();
    let now = unix_seconds();
    let sign = |secret: &str, time: u64| standard_signature(secret, "msg", &time.to_string(), &body);
    let (time, good) = (now.to_string(), sign(&hook.secret, now));
    let [early, late] = [now - 600, now + 600];
    let missing = format!("/v1/webhooks/replicate/{}", Uuid::now_v7());
    let mut answers = BTreeSet::new();
    for (what, path, body, values) in [
        ("no signature", &hook.url, body.as_str(), ["msg", &time, ""]),
        ("no id", &hook.url, &body, ["", &time, &good]),
        ("no time", &hook.url, &body, ["msg", "", &good]),
        ("another id", &hook.url, &body, ["other", &time, &good]),
        ("another time", &hook.url, &body, ["msg", &(now + 1).to_string(), &good]),
        ("another body", &hook.url, &body.replace("forged", "forger"), ["msg", &time, &good]),
        ("another secret", &hook.url, &body, ["msg", &time, &sign(&other.secret, now)]),
        ("another endpoint", &other.url, &body, ["msg", &time, &good]),
        ("too old", &hook.url, &body, ["msg", &early.to_string(), &sign(&hook.secret, early)]),
        ("of the future", &hook.url, &body, ["msg", &late.to_string(), &sign(&hook.secret, late)]),
        ("an empty signature", &hook.url, &body, ["msg", &time, "v1,"]),
        ("a revoked endpoint", &revoked.url, &body, ["msg", &time, &sign(&revoked.secret, now)]),
        ("no such endpoint", &missing, &body, ["msg", &time, &good]),
        ("no id of an endpoint", &"/v1/webhooks/replicate/nope".to_owned(), &body, ["msg", &time, &good]),
        ("nonsense unsigned", &hook.url, "nonsense", ["", "", ""]),
    ] {
        let answer = hook.send_signed(path, body, &values).await;
        let problem = answer.expect_problem(401, "invalid_signature");
        answers.insert(problem["detail"].as_str().unwrap().to_owned());
        still.assert_unchanged(what).await;
    }
    // Whether there is such an endpoint is nobody's to know.
    assert_eq!(answers.len(), 1, "{answers:?}");
    let nobodys = hook.send_signed("/v1/webhooks/elsewhere/x", &body, &["msg", &time, &good]).await;
    nobodys.expect_problem(404, "no_route");
    // Signed with several, of which one holds, it is taken.
    let several = format!("v1a,xyz {} {good}", sign(&other.secret, now));
    hook.send_signed(&hook.url, &body, &["msg", &time, &several]).await.expect(202);
    assert_eq!(sources(&ada).await.len(), 1);
}

#[tokio::test]
async fn a_signed_webhook_that_brings_nothing_changes_nothing() {
    let system = start_with(&[("QUOTA_MB", "0")]).await;
    let (ada, source) = (system.user("ada").await, Silent::listen());
    let hook = Hook::make(&system, &ada).await;
    let still = Still::of(system).await;
    let output = json!(source.url("1.png"));
    for status in ["starting", "processing", "failed", "canceled"] {
        hook.send(&json!({"id": "a", "status": status, "output": output})).await.expect(202);
    }
    hook.send(&json!({"id": "a", "status": "succeeded"})).await.expect(202);
    hook.send(&json!({"completely": "different"})).await.expect(202);
    // There is no room, which is no matter of the provider's.
    hook.send(&prediction("a", &output)).await.expect(202);
    hook.send(&json!([])).await.expect_problem(400, "invalid_json");
    hook.send(&json!({"status": "succeeded", "output": output})).await.expect_problem(400, "invalid_id");
    let time = unix_seconds().to_string();
    for (body, status, code) in [
        ("nonsense", 400, "invalid_json"),
        ("", 400, "invalid_json"),
        (&"[".repeat(1000), 400, "invalid_json"),
        (&" ".repeat((1 << 20) + 1), 413, "body_too_large"),
    ] {
        let signature = standard_signature(&hook.secret, "msg", &time, body);
        let answer = hook.send_signed(&hook.url, body, &["msg", &time, &signature]).await;
        answer.expect_problem(status, code);
    }
    still.assert_unchanged("a webhook that brings nothing").await;
}

#[tokio::test]
async fn a_webhook_that_could_not_be_taken_is_taken_when_it_comes_again() {
    let system = start_with(&[]).await;
    let (ada, source) = (system.user("ada").await, Silent::listen());
    let hook = Hook::make(&system, &ada).await;
    let urls: Vec<_> = (0..100).map(|number| source.url(&format!("{number}.png"))).collect();
    let body = prediction("busy", &json!(urls));
    let busy = json!({"fail": {"status": 500, "code": "InternalServerError"}});
    for (operation, times) in [("GetItem", 3), ("TransactWriteItems", 3)] {
        let fault =
            json!({"service": "table", "operation": operation, "by": "receive-webhook", "kind": busy, "times": times});
        system.fault(fault).await;
        hook.send(&body).await.expect_problem(503, "unavailable");
        assert!(sources(&ada).await.is_empty(), "{operation}");
    }
    // The second of three writes fails: what the first began is there, and the rest follows.
    let works = json!({"stall": {"milliseconds": 0}});
    for (kind, times) in [(works, 1), (busy, 3)] {
        let (operation, by) = ("TransactWriteItems", "receive-webhook");
        let fault = json!({"service": "table", "operation": operation, "by": by, "kind": kind, "times": times});
        system.fault(fault).await;
    }
    hook.send(&body).await.expect_problem(503, "unavailable");
    system.clear_faults().await;
    for _ in 0..2 {
        hook.send(&body).await.expect(202);
        assert_eq!(sources(&ada).await.len(), 100);
    }
}
