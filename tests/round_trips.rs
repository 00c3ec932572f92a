//! How often an operation waits for storage and table: the budgets that the design sets.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Asked, Options, System, User, files, round_trips};

/// A system whose storage and table take their time, so that what is asked for together is under way together.
struct Slowed(System);

/// What one operation may cost at most.
struct Budget {
    round_trips: usize,
    storage: usize,
}

impl Slowed {
    async fn start() -> Self {
        let variables = vec![("MAX_ACTIVE_UPLOADS", "1000".to_owned())];
        Self(System::start_with(Options { variables, ..Options::default() }).await)
    }

    /// Sends a request that `function` answers, checks what it cost, and gives the answer.
    async fn within(
        &self,
        budget: Budget,
        function: &str,
        status: u16,
        user: &User,
        request: reqwest::RequestBuilder,
    ) -> Value {
        let before = self.0.asked_since(0).await.last().map_or(0, |last| last.number);
        for service in ["storage", "table"] {
            let stall = json!({"stall": {"milliseconds": 60}});
            self.0.fault(json!({"service": service, "by": function, "kind": stall, "times": 100})).await;
        }
        let answer = user.send(request).await.expect(status);
        self.0.clear_faults().await;

        let mut asked = self.0.asked_since(before).await;
        asked.retain(|request| request.by == function);
        let round_trips = round_trips(&asked);
        let name = |request: &Asked| request.operation.clone();
        let names: Vec<Vec<_>> = round_trips.iter().map(|together| together.iter().map(name).collect()).collect();
        let storage = asked.iter().filter(|request| request.service == "storage").count();
        assert!(!names.is_empty(), "{function} asked nothing, so the log is not what this test takes it for");
        assert!(names.len() <= budget.round_trips && storage <= budget.storage, "{function} {status} took {names:?}");
        answer
    }
}

fn budget(round_trips: usize, storage: usize) -> Budget {
    Budget { round_trips, storage }
}

fn declaration(project: Option<&str>, content_type: &str, size: usize) -> Value {
    json!({"filename": "a", "contentType": content_type, "size": size, "projectId": project, "tags": ["a", "b"]})
}

const MULTIPART: usize = 20 << 20;

#[tokio::test]
async fn an_owners_operations_stay_within_their_budgets() {
    let slowed = Slowed::start().await;
    let ada = slowed.0.user("ada").await;
    let picture = files::png(400, 300);
    let initiate = || ada.request(Method::POST, "/v1/uploads");
    let complete = |upload: &Value| {
        let path = format!("/v1/uploads/{}/complete", upload["uploadId"].as_str().unwrap());
        ada.request(Method::POST, &path)
    };

    let request = initiate().json(&declaration(None, "image/png", picture.len())).header("idempotency-key", "k");
    let single = slowed.within(budget(1, 0), "initiate-upload", 201, &ada, request).await;
    ada.bring(&single, &picture).await;
    slowed.within(budget(2, 1), "complete-upload", 200, &ada, complete(&single)).await;

    let direct = ada.request(Method::POST, "/v1/assets?name=a.png").header("content-type", "image/png");
    let direct = direct.header("idempotency-key", "d").body(picture.clone());
    slowed.within(budget(2, 1), "create-assets", 201, &ada, direct).await;
    let items: Vec<_> = (0..32).map(|n| json!({"url": format!("https://nowhere.invalid/{n}.jpg")})).collect();
    let from_url = ada.request(Method::POST, "/v1/assets/from-url").header("idempotency-key", "u");
    slowed.within(budget(1, 0), "create-assets", 202, &ada, from_url.json(&json!({"items": items}))).await;

    let film = files::mp4(MULTIPART);
    let request = initiate().json(&declaration(None, "video/mp4", film.len())).header("idempotency-key", "l");
    let multipart = slowed.within(budget(2, 1), "initiate-upload", 201, &ada, request).await;
    let etags = ada.bring(&multipart, &film).await;
    let request = complete(&multipart).json(&json!({"parts": etags}));
    slowed.within(budget(3, 1), "complete-upload", 200, &ada, request).await;

    let id = single["assetId"].as_str().unwrap();
    assert_eq!(ada.inspected(id).await["status"], "ready");
    let get = |path: &str| ada.request(Method::GET, path);
    slowed.within(budget(1, 0), "manage-assets", 200, &ada, get(&format!("/v1/assets/{id}"))).await;
    for (query, round_trips) in [
        ("", 1),
        ("?limit=100", 1),
        ("?sort=oldest", 1),
        ("?type=image", 1),
        ("?status=ready", 1),
        ("?type=image&status=ready&limit=1", 1),
        ("?status=deleted", 1),
        ("?tag=a", 2),
        ("?tag=a&type=image&status=ready", 2),
        ("?name=a", 2),
        ("?sort=name", 2),
    ] {
        let request = get(&format!("/v1/assets{query}"));
        slowed.within(budget(round_trips, 0), "manage-assets", 200, &ada, request).await;
    }
    slowed.within(budget(2, 0), "manage-assets", 200, &ada, get(&format!("/v1/assets/{id}/history"))).await;
    for edit in [json!({"name": "b"}), json!({"tags": ["b", "c"]})] {
        let request = ada.request(Method::PATCH, &format!("/v1/assets/{id}")).json(&edit);
        slowed.within(budget(2, 0), "manage-assets", 200, &ada, request).await;
    }
    for query in ["", "?variant=thumbnail", "?download=1"] {
        let path = format!("/v1/assets/{id}/data{query}");
        slowed.within(budget(1, 0), "serve-data", 302, &ada, get(&path)).await;
        slowed.within(budget(1, 0), "serve-data", 302, &ada, ada.request(Method::HEAD, &path)).await;
        let request = get(&path).header("accept", "application/json");
        slowed.within(budget(1, 0), "serve-data", 200, &ada, request).await;
    }
}

#[tokio::test]
async fn a_members_operations_cost_one_round_trip_more_at_most() {
    let slowed = Slowed::start().await;
    let project = Uuid::now_v7().to_string();
    for (sub, role) in [("ada", "contributor"), ("vera", "viewer"), ("mona", "manager")] {
        slowed.0.add_member(&project, sub, role).await;
    }
    let [ada, vera, mona] = [slowed.0.user("ada").await, slowed.0.user("vera").await, slowed.0.user("mona").await];
    let picture = files::png(40, 30);

    let request = ada.request(Method::POST, "/v1/uploads");
    let request = request.json(&declaration(Some(&project), "image/png", picture.len()));
    let single = slowed.within(budget(1, 0), "initiate-upload", 201, &ada, request).await;
    let request = ada.request(Method::POST, "/v1/uploads");
    let request = request.json(&declaration(Some(&project), "video/mp4", MULTIPART));
    let multipart = slowed.within(budget(2, 1), "initiate-upload", 201, &ada, request).await;
    let direct = ada.request(Method::POST, &format!("/v1/assets?name=a.png&projectId={project}"));
    let direct = direct.header("content-type", "image/png").body(picture.clone());
    slowed.within(budget(2, 1), "create-assets", 201, &ada, direct).await;

    let etags = ada.bring(&multipart, &files::mp4(MULTIPART)).await;
    let path = format!("/v1/uploads/{}/complete", multipart["uploadId"].as_str().unwrap());
    let request = mona.request(Method::POST, &path).json(&json!({"parts": etags}));
    slowed.within(budget(4, 1), "complete-upload", 200, &mona, request).await;

    let id = single["assetId"].as_str().unwrap();
    ada.bring(&single, &picture).await;
    let request = mona.request(Method::POST, &format!("/v1/uploads/{id}/complete"));
    // The first look below `incoming/` was for the caller's own key, in the round trip of the record.
    slowed.within(budget(3, 2), "complete-upload", 200, &mona, request).await;
    assert_eq!(ada.inspected(id).await["status"], "ready");
    let get = |path: &str| vera.request(Method::GET, path);
    slowed.within(budget(2, 0), "manage-assets", 200, &vera, get(&format!("/v1/assets/{id}"))).await;
    slowed.within(budget(2, 0), "manage-assets", 200, &vera, get(&format!("/v1/assets?projectId={project}"))).await;
    let by_tag = get(&format!("/v1/assets?projectId={project}&tag=a"));
    slowed.within(budget(3, 0), "manage-assets", 200, &vera, by_tag).await;
    let edit = mona.request(Method::PATCH, &format!("/v1/assets/{id}")).json(&json!({"tags": ["b"]}));
    slowed.within(budget(3, 0), "manage-assets", 200, &mona, edit).await;
    let history = mona.request(Method::GET, &format!("/v1/assets/{id}/history"));
    slowed.within(budget(3, 0), "manage-assets", 200, &mona, history).await;
    slowed.within(budget(2, 0), "serve-data", 302, &vera, get(&format!("/v1/assets/{id}/data"))).await;
}

#[tokio::test]
async fn a_refusal_costs_no_more_than_what_was_asked_for_would_have() {
    let slowed = Slowed(System::with("QUOTA_MB", 1).await);
    let ada = slowed.0.user("ada").await;
    let asset = ada.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
    let id = asset["id"].as_str().unwrap();
    let eve = slowed.0.user("eve").await;
    for path in [format!("/v1/assets/{id}"), format!("/v1/assets/{}", Uuid::now_v7())] {
        slowed.within(budget(1, 0), "manage-assets", 404, &eve, eve.request(Method::GET, &path)).await;
        let path = format!("{path}/data");
        slowed.within(budget(1, 0), "serve-data", 404, &eve, eve.request(Method::GET, &path)).await;
    }
    let request = ada.request(Method::POST, "/v1/uploads").json(&declaration(None, "image/png", 1 << 20));
    slowed.within(budget(1, 0), "initiate-upload", 409, &ada, request).await;
    let request = ada.request(Method::POST, "/v1/uploads").json(&declaration(None, "image/png", 2 << 20));
    slowed.within(budget(1, 0), "initiate-upload", 409, &ada, request).await;
}
