//! Who may do what: every route of the template, as everybody.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use quayside_template::Route;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::stage::template;
use crate::support::{Answer, Options, System, User, files};

/// What a route is tried on, made anew for every cell of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum On {
    /// No asset, and no project.
    Nothing,
    /// A project, named in the request.
    Project,
    /// A multipart upload in the project, which waits for its parts.
    Multipart,
    /// An upload in one piece in the project, whose bytes are there.
    Brought,
    /// An inspected asset in the project.
    Ready,
    /// An asset in the project that its owner has deleted.
    Deleted,
    /// An endpoint for webhooks of the owner's.
    Endpoint,
}

/// Status and code of an answer.
type Expected = (u16, &'static str);

const OK: Expected = (200, "");
const CREATED: Expected = (201, "");
const QUEUED: Expected = (202, "");
const DONE: Expected = (204, "");
const MOVED: Expected = (302, "");
/// The gateway's own answer, which has no code.
const NO_TOKEN: Expected = (401, "");
/// The functions' answer to a token that the gateway has let through.
const NO_SUBJECT: Expected = (401, "unauthenticated");
const UNSIGNED: Expected = (401, "invalid_signature");
const FORBIDDEN: Expected = (403, "forbidden");
const HIDDEN: Expected = (404, "not_found");
const NO_PROJECT: Expected = (404, "project_not_found");

/// For each route: nobody and a bad token, then a stranger, a viewer, a contributor, a manager, the owner (who is a
/// contributor), and an administrator.
#[rustfmt::skip]
const TABLE: [(&str, On, [Expected; 2], [Expected; 6]); 24] = [
    ("POST /v1/uploads", On::Nothing, [NO_TOKEN, NO_TOKEN],
        [CREATED,    CREATED,   CREATED,   CREATED, CREATED, CREATED]),
    ("POST /v1/uploads", On::Project, [NO_TOKEN, NO_TOKEN],
        [NO_PROJECT, FORBIDDEN, CREATED,   CREATED, CREATED, CREATED]),
    ("POST /v1/uploads/{id}/parts", On::Multipart, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     FORBIDDEN, FORBIDDEN, OK,      OK,      OK]),
    ("GET /v1/uploads/{id}", On::Multipart, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     OK,        OK,        OK,      OK,      OK]),
    ("DELETE /v1/uploads/{id}", On::Multipart, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     FORBIDDEN, FORBIDDEN, DONE,    DONE,    DONE]),
    ("POST /v1/uploads/{id}/complete", On::Brought, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     FORBIDDEN, FORBIDDEN, OK,      OK,      OK]),
    ("POST /v1/assets", On::Nothing, [NO_TOKEN, NO_TOKEN],
        [CREATED,    CREATED,   CREATED,   CREATED, CREATED, CREATED]),
    ("POST /v1/assets", On::Project, [NO_TOKEN, NO_TOKEN],
        [NO_PROJECT, FORBIDDEN, CREATED,   CREATED, CREATED, CREATED]),
    ("POST /v1/assets/from-url", On::Nothing, [NO_TOKEN, NO_TOKEN],
        [QUEUED,     QUEUED,    QUEUED,    QUEUED,  QUEUED,  QUEUED]),
    ("POST /v1/assets/from-url", On::Project, [NO_TOKEN, NO_TOKEN],
        [NO_PROJECT, FORBIDDEN, QUEUED,    QUEUED,  QUEUED,  QUEUED]),
    ("GET /v1/assets", On::Nothing, [NO_TOKEN, NO_TOKEN],
        [OK,         OK,        OK,        OK,      OK,      OK]),
    ("GET /v1/assets", On::Project, [NO_TOKEN, NO_TOKEN],
        [NO_PROJECT, OK,        OK,        OK,      OK,      OK]),
    ("GET /v1/assets/{id}", On::Ready, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     OK,        OK,        OK,      OK,      OK]),
    ("DELETE /v1/assets/{id}", On::Ready, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     FORBIDDEN, FORBIDDEN, DONE,    DONE,    DONE]),
    ("POST /v1/assets/{id}/process", On::Ready, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     FORBIDDEN, FORBIDDEN, QUEUED,  QUEUED,  QUEUED]),
    ("GET /v1/assets/{id}/data", On::Ready, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     MOVED,     MOVED,     MOVED,   MOVED,   MOVED]),
    ("HEAD /v1/assets/{id}/data", On::Ready, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     MOVED,     MOVED,     MOVED,   MOVED,   MOVED]),
    ("POST /v1/webhook-endpoints", On::Nothing, [NO_TOKEN, NO_TOKEN],
        [CREATED,    CREATED,   CREATED,   CREATED, CREATED, CREATED]),
    ("GET /v1/webhook-endpoints", On::Nothing, [NO_TOKEN, NO_TOKEN],
        [OK,         OK,        OK,        OK,      OK,      OK]),
    ("DELETE /v1/webhook-endpoints/{id}", On::Endpoint, [NO_TOKEN, NO_TOKEN],
        [HIDDEN,     HIDDEN,    HIDDEN,    HIDDEN,  DONE,    DONE]),
    // A token is not asked for here.
    ("GET /v1/openapi.json", On::Nothing, [OK, OK],
        [OK,         OK,        OK,        OK,      OK,      OK]),
    ("GET /v1/health", On::Nothing, [OK, OK],
        [OK,         OK,        OK,        OK,      OK,      OK]),
    // A token opens nothing here.
    ("POST /v1/webhooks/{provider}/{endpoint}", On::Nothing, [UNSIGNED, UNSIGNED],
        [UNSIGNED,   UNSIGNED,  UNSIGNED,  UNSIGNED, UNSIGNED, UNSIGNED]),
    ("POST /v1/webhooks/b2", On::Nothing, [UNSIGNED, UNSIGNED],
        [UNSIGNED,   UNSIGNED,  UNSIGNED,  UNSIGNED, UNSIGNED, UNSIGNED]),
];

#[test]
fn every_route_of_the_template_is_in_the_table_and_no_other() {
    let routes = template().routes;
    let routes = routes.iter().map(Route::key);
    assert_eq!(routes.collect::<BTreeSet<_>>(), TABLE.iter().map(|row| row.0.to_owned()).collect());
}

/// A system with a project and everybody who has to do with it.
struct World {
    system: System,
    project: String,
    owner: User,
    /// In the order of the table: stranger, viewer, contributor, manager, owner, administrator.
    people: [User; 6],
}

impl World {
    async fn begin() -> Self {
        let variables = vec![("MAX_ACTIVE_UPLOADS", "1000".to_owned())];
        let system = System::start_with(Options { variables, ..Options::default() }).await;
        let project = Uuid::now_v7().to_string();
        for (sub, role) in [("vera", "viewer"), ("carl", "contributor"), ("mona", "manager"), ("olga", "contributor")] {
            system.add_member(&project, sub, role).await;
        }
        // The stranger has rights elsewhere, which give none here.
        system.add_member(&Uuid::now_v7().to_string(), "sven", "manager").await;
        let owner = system.user("olga").await;
        let people = [
            system.user_with("sven", &["admin", "media:administrator"]).await,
            system.user("vera").await,
            system.user("carl").await,
            system.user("mona").await,
            owner.clone(),
            system.user_with("anna", &["media:admin"]).await,
        ];
        Self { system, project, owner, people }
    }

    /// Makes what a route is tried on, and gives its id.
    async fn make(&self, on: On) -> String {
        let picture = files::png(8, 8);
        let begun = match on {
            On::Nothing | On::Project => return String::new(),
            On::Endpoint => {
                let made =
                    self.owner.post("/v1/webhook-endpoints", &json!({"provider": "replicate"})).await.expect(201);
                return made["id"].as_str().unwrap().to_owned();
            }
            On::Multipart => self.owner.begin_in(&self.project, "film.mp4", "video/mp4", 20 << 20).await,
            On::Brought | On::Ready | On::Deleted => {
                let begun = self.owner.begin_in(&self.project, "dot.png", "image/png", picture.len()).await;
                self.owner.bring(&begun, &picture).await;
                begun
            }
        };
        let id = begun["assetId"].as_str().unwrap().to_owned();
        if on == On::Ready {
            self.owner.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
            assert_eq!(self.owner.inspected(&id).await["status"], "ready");
        }
        if on == On::Deleted {
            self.owner.delete(&format!("/v1/assets/{id}")).await.expect(204);
        }
        id
    }

    /// What the table's record of an asset says, to see whether it was changed.
    async fn version(&self, id: &str) -> Option<String> {
        let get = self.system.dynamodb().get_item().table_name(crate::support::TABLE);
        let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
        let get = get.key("pk", text(format!("ASSET#{id}"))).key("sk", text("ASSET".to_owned()));
        let item = get.send().await.unwrap().item;
        item.map(|item| item["version"].as_n().unwrap().clone())
    }

    /// A good request for the route.
    fn request(&self, route: &str, on: On, id: &str, user: &User) -> reqwest::RequestBuilder {
        let (method, path) = route.split_once(' ').unwrap();
        let asks_in_query = matches!(route, "GET /v1/assets" | "POST /v1/assets") && on == On::Project;
        let query = if asks_in_query { "?projectId=" } else { "" };
        let project = if query.is_empty() { "" } else { &self.project };
        let path = path.replace("{provider}", "replicate").replace("{endpoint}", &self.project).replace("{id}", id);
        let request = user.request(method.parse().unwrap(), &format!("{path}{query}{project}"));
        match (route, on) {
            ("POST /v1/webhook-endpoints", _) => request.json(&json!({"provider": "replicate"})),
            ("POST /v1/uploads", On::Nothing) => request.json(&declaration()),
            ("POST /v1/uploads", _) => {
                let mut declaration = declaration();
                declaration["projectId"] = self.project.as_str().into();
                request.json(&declaration)
            }
            ("POST /v1/assets", _) => request.header("content-type", "image/png").body(files::png(8, 8)),
            // Nothing answers there.
            ("POST /v1/assets/from-url", On::Nothing) => request.json(&json!({"url": "http://nowhere.invalid/a.png"})),
            ("POST /v1/assets/from-url", _) => {
                request.json(&json!({"url": "http://nowhere.invalid/a.png", "projectId": self.project}))
            }
            ("POST /v1/uploads/{id}/parts", _) => request.json(&json!({"partNumbers": [1]})),
            _ => request,
        }
    }

    /// Tries one cell; a refusal must leave the asset as it was.
    async fn cell(&self, (route, on): (&str, On), who: &str, user: &User, expected: Expected, id: &str) {
        let before = self.version(id).await;
        let answer = user.send(self.request(route, on, id, user)).await;
        // The answer to HEAD has no body to find a code in.
        let code = if route.starts_with("HEAD") { expected.1 } else { answer.code() };
        assert_eq!((answer.status, code), expected, "{route} on {on:?} as {who}: {}", answer.json);
        if expected.0 >= 400 {
            assert_eq!(self.version(id).await, before, "{route} on {on:?} as {who}");
        }
        if expected == NO_TOKEN || expected == NO_SUBJECT {
            assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"), "{route} as {who}");
        }
        if expected == NO_TOKEN {
            assert!(answer.body.is_empty() || answer.json == json!({"message": "Unauthorized"}), "{}", answer.json);
        } else if expected.0 >= 400 && !answer.body.is_empty() {
            answer.expect_problem(expected.0, expected.1);
        }
    }
}

fn declaration() -> Value {
    json!({"filename": "dot.png", "contentType": "image/png", "size": 100})
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_on_every_route_and_no_more() {
    let world = World::begin().await;
    const NAMES: [&str; 6] = ["a stranger", "a viewer", "a contributor", "a manager", "the owner", "an administrator"];
    let rows = TABLE.iter().map(async |(route, on, [nobody, bad_token], people)| {
        let (on, id) = (*on, world.make(*on).await);
        world.cell((route, on), "nobody", &world.system.bearer(None), *nobody, &id).await;
        let secret = &world.system.secrets.token_secret;
        for (kind, token) in bad_tokens(secret) {
            world.cell((route, on), kind, &world.system.bearer(Some(&token)), *bad_token, &id).await;
        }
        let bad_subject = if *bad_token == NO_TOKEN { NO_SUBJECT } else { *bad_token };
        for (sub, token) in tokens_without_subject(secret) {
            let who = format!("the sub {sub}");
            world.cell((route, on), &who, &world.system.bearer(Some(&token)), bad_subject, &id).await;
        }
        for ((name, user), expected) in NAMES.iter().zip(&world.people).zip(people) {
            world.cell((route, on), name, user, *expected, &world.make(on).await).await;
        }
    });
    join_all(rows).await;

    let is_asset = |on| !matches!(on, On::Nothing | On::Project | On::Endpoint);
    let made: usize = TABLE.iter().map(|row| if is_asset(row.1) { 7 } else { 0 }).sum();
    let makes = TABLE.iter().filter(|row| !is_asset(row.1) && row.0.starts_with("POST") && !row.0.contains("webhook"));
    let created: usize = makes.map(|row| row.3.iter().filter(|expected| expected.0 < 300).count()).sum();
    let state = world.system.state().await;
    assert_eq!(state.assets().count(), made + created, "a refused request made an asset");
    state.assert_usage_adds_up();
}

/// Tokens of every bad kind, each with a name.
fn bad_tokens(secret: &str) -> Vec<(&'static str, String)> {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (issuer, audience, roles) = ("http://localhost", "quayside", ["media:admin"]);
    let good = json!({"iss": issuer, "aud": audience, "sub": "olga", "roles": roles, "exp": now + 600});
    let sign = |algorithm, claims: &Value, secret: &str| {
        jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    };
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(Algorithm::HS256, &claims, secret)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        sign(Algorithm::HS256, &claims, secret)
    };
    let signed = sign(Algorithm::HS256, &good, secret);
    let pieces: Vec<_> = signed.split('.').collect();
    let encoded = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let mut other_sub = good.clone();
    other_sub["sub"] = "anna".into();
    let none = encoded(&json!({"alg": "none", "typ": "JWT"}));
    vec![
        ("garbage", "garbage".to_owned()),
        ("three pieces of garbage", "a.b.c".to_owned()),
        ("a token of another secret", sign(Algorithm::HS256, &good, "another secret, and quite as long as it")),
        ("a token of another algorithm", sign(Algorithm::HS512, &good, secret)),
        ("a token without algorithm", format!("{none}.{}.", pieces[1])),
        ("a token without algorithm and with a signature", format!("{none}.{}.{}", pieces[1], pieces[2])),
        (
            "a token for another sub under the same signature",
            format!("{}.{}.{}", pieces[0], encoded(&other_sub), pieces[2]),
        ),
        ("a token without its signature", format!("{}.{}.", pieces[0], pieces[1])),
        ("an expired token", with("exp", json!(now - 60))),
        ("a token that does not hold yet", with("nbf", json!(now + 60))),
        ("a token of another issuer", with("iss", json!("http://elsewhere"))),
        ("a token for another audience", with("aud", json!("elsewhere"))),
        ("a token whose sub is a list", with("sub", json!([]))),
        ("a token whose sub is an object", with("sub", json!({}))),
        ("a token without expiry", without("exp")),
        ("a token without issuer", without("iss")),
        ("a token without audience", without("aud")),
    ]
}

/// Tokens that the gateway lets through, but whose `sub` can own nothing; each with its `sub`. API Gateway passes `sub` as
/// text, so that 7 looks like "7".
fn tokens_without_subject(secret: &str) -> Vec<(Value, String)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({"iss": "http://localhost", "aud": "quayside", "roles": ["media:admin"], "exp": now + 600});
    let key = EncodingKey::from_secret(secret.as_bytes());
    let sign = |claims: &Value| jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap();
    let subs = [json!(null), json!(7), json!(7.0), json!(true), json!(""), json!("a".repeat(256)), json!("olga\n")];
    let with_sub = subs.map(|sub| {
        let mut claims = claims.clone();
        claims["sub"] = sub.clone();
        (sub, sign(&claims))
    });
    with_sub.into_iter().chain([(json!("missing"), sign(&claims))]).collect()
}

#[tokio::test]
async fn who_sees_nothing_cannot_tell_a_foreign_asset_from_a_missing_one() {
    let world = World::begin().await;
    let [stranger, ..] = &world.people;
    let states = [On::Multipart, On::Brought, On::Ready, On::Deleted, On::Endpoint].map(async |on| {
        let foreign = world.make(on).await;
        let missing = Uuid::now_v7().to_string();
        let template = template();
        for route in template.routes.iter().filter(|route| route.path.contains("{id}")) {
            for (query, body) in [
                ("", None),
                ("?variant=thumbnail&download=1", None),
                ("", Some(r#"{"partNumbers": [1]}"#)),
                ("", Some(r#"{"partNumbers": [9999]}"#)),
                ("", Some(r#"{"parts": [{"partNumber": 1, "etag": "x"}]}"#)),
                ("", Some(r#"{"parts": 7, "partNumbers": 7}"#)),
            ] {
                let ask = async |id: &str| {
                    let path = format!("{}{query}", route.path.replace("{id}", id));
                    let request = stranger.request(route.method.parse::<Method>().unwrap(), &path);
                    anonymous(stranger.send(request.body(body.unwrap_or_default())).await)
                };
                let (of_foreign, of_missing) = (ask(&foreign).await, ask(&missing).await);
                assert_eq!(of_foreign, of_missing, "{} {}{query} {body:?} on {on:?}", route.method, route.path);
                assert!(of_foreign.0 == 404 || of_foreign.0 == 400, "{of_foreign:?}");
            }
        }
    });
    join_all(states).await;
}

/// All of an answer but what is of one request alone.
fn anonymous(answer: Answer) -> (u16, Vec<(String, String)>, String) {
    let request_id = answer.headers["apigw-requestid"].to_str().unwrap().to_owned();
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date" && *name != "apigw-requestid");
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let body = String::from_utf8(answer.body).unwrap();
    assert!(body.is_empty() || answer.json["requestId"] == request_id.as_str(), "{body}");
    (answer.status, headers, body.replace(&request_id, ""))
}

#[tokio::test]
async fn what_an_administrator_does_to_others_assets_is_in_their_history_and_what_others_do_is_not() {
    let world = World::begin().await;
    let [.., manager, owner, administrator] = &world.people;
    for (user, written) in [(owner, false), (manager, false), (administrator, true)] {
        let id = world.make(On::Ready).await;
        user.get(&format!("/v1/assets/{id}")).await.expect(200);
        user.delete(&format!("/v1/assets/{id}")).await.expect(204);
        let state = world.system.state().await;
        let history: Vec<_> = state
            .items
            .iter()
            .filter(|((pk, sk), _)| *pk == format!("ASSET#{id}") && sk.starts_with("EVENT#"))
            .map(|(_, item)| (item["by"].as_s().unwrap().as_str(), item["status"].as_s().unwrap().as_str()))
            .collect();
        let expected = if written { vec![("anna", "deleted")] } else { Vec::new() };
        assert_eq!(history, expected, "by {}", user.sub);
    }
}
