//! Query parameters that a route does not have, or that are given twice: each is refused by its name, and changes nothing.

use quayside_template::Route;

use crate::support::stage::template;
use serde_json::{Value, json};

use crate::support::{Hook, Still, System, User, b2_signature, files};

/// The API's routes that read their own query or none. The webhooks' senders may add parameters of their own.
fn routes() -> Vec<Route> {
    let template = template();
    template.routes.into_iter().filter(|route| !route.path.starts_with("/v1/webhooks/")).collect()
}

/// A system in which every route finds what it is about, and the path of each.
struct Found {
    still: Still,
    ada: User,
    asset: String,
    upload: String,
    endpoint: String,
}

impl Found {
    async fn start() -> Self {
        let system = System::start().await;
        let ada = system.user("ada").await;
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        let asset = id(&ada.upload_ready("dot.png", "image/png", &files::png(8, 8)).await["id"]);
        let upload = id(&ada.begin("film.mp4", "video/mp4", 20 << 20).await["uploadId"]);
        let endpoint = Hook::make(&system, &ada).await.id;
        Self { still: Still::of(system).await, ada, asset, upload, endpoint }
    }

    /// Sends a request that would be answered, but for its query.
    async fn refuses(&self, route: &Route, query: &str, code: &str, field: &str) {
        let id = match route.path.as_str() {
            path if path.contains("uploads") => &self.upload,
            path if path.contains("endpoints") => &self.endpoint,
            _ => &self.asset,
        };
        let path = format!("{}?{query}", route.path.replace("{id}", id));
        let request = self.ada.request(route.method.parse().unwrap(), &path);
        let request = match (route.method.as_str(), route.path.as_str()) {
            ("POST", "/v1/uploads") => {
                request.json(&json!({"filename": "a.png", "contentType": "image/png", "size": 9}))
            }
            ("POST", "/v1/uploads/{id}/parts") => request.json(&json!({"partNumbers": [1]})),
            ("POST", "/v1/assets") => request.header("content-type", "image/png").body(files::png(8, 8)),
            ("POST", "/v1/assets/from-url") => request.json(&json!({"url": "https://nowhere.invalid/a.png"})),
            ("POST", "/v1/webhook-endpoints") => request.json(&json!({"provider": "replicate"})),
            _ => request,
        };
        let what = format!("{} {path}", route.method);
        if route.method == "HEAD" {
            // The answer has no body.
            assert_eq!(self.ada.send(request).await.status, 400, "{what}");
            self.still.assert_unchanged(&what).await;
        } else {
            self.still.refuses(&what, &self.ada, request, (400, code, field)).await;
        }
    }
}

#[tokio::test]
async fn every_route_refuses_a_query_parameter_that_it_does_not_have() {
    let found = Found::start().await;
    for route in routes() {
        for (query, name) in
            [("x=1", "x"), ("limits=5", "limits"), ("Type=image", "Type"), ("x", "x"), ("x=1&x=2", "x")]
        {
            found.refuses(&route, query, "unknown_parameter", name).await;
        }
    }
}

#[tokio::test]
async fn every_route_refuses_a_query_parameter_that_is_given_twice() {
    let found = Found::start().await;
    let document: Value = serde_json::from_str(describe_api::DOCUMENT).unwrap();
    let mut tried = 0;
    for route in routes() {
        let described = &document["paths"][&route.path][route.method.to_lowercase()]["parameters"];
        let in_query = described.as_array().unwrap().iter().filter(|parameter| parameter["in"] == "query");
        for name in in_query.map(|parameter| parameter["name"].as_str().unwrap()) {
            if (route.method.as_str(), route.path.as_str(), name) == ("POST", "/v1/assets", "tags") {
                continue;
            }
            for query in [format!("{name}=&{name}="), format!("{name}=1&{name}=1")] {
                found.refuses(&route, &query, "repeated_parameter", name).await;
                tried += 1;
            }
        }
    }
    assert!(tried >= 20, "only {tried} were tried");
}

#[tokio::test]
async fn a_form_takes_no_query_parameters() {
    let still = Still::of(System::start().await).await;
    let ada = still.system.user("ada").await;
    let body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\na\r\n--x--\r\n";
    let request = ada.request(reqwest::Method::POST, "/v1/assets?name=b.png");
    let request = request.header("content-type", "multipart/form-data; boundary=x").body(body);
    still.refuses("a form", &ada, request, (400, "unknown_parameter", "name")).await;
}

#[tokio::test]
async fn webhooks_are_taken_whatever_their_senders_add_to_the_url() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let mut hook = Hook::make(&system, &ada).await;
    hook.url.push_str("?source=replicate&source=again");
    hook.send(&json!({"id": "a", "status": "starting"})).await.expect(202);

    let body = json!({"events": []}).to_string();
    let signature = b2_signature(&system.secrets.b2_webhook_secret, &body);
    let storage = system.bearer(None);
    let request = storage.request(reqwest::Method::POST, "/v1/webhooks/b2?rule=incoming").body(body);
    storage.send(request.header("x-bz-event-notification-signature", signature)).await.expect(202);
}
