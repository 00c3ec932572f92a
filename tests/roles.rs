//! Who may do what: every route of the template, as everybody.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use quayside_domain::rights::{Action, Role, Standing, Verdict};
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
    /// An inspected asset in the project that its owner has deleted.
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

/// Whom a route answers.
#[derive(Clone, Copy)]
enum Opens {
    /// Whoever the domain's table of rights allows this.
    To(Action),
    /// Everybody with a token, who does it for itself.
    ToEverybody,
    /// Everybody, token or not.
    ToTheWorld,
    /// Nobody by a token: it takes a signature.
    ToSignatures,
}

/// For each route what it answers those to whom it opens.
#[rustfmt::skip]
const TABLE: [(&str, On, Opens, Expected); 27] = [
    ("POST /v1/uploads",                          On::Nothing,   Opens::ToEverybody,              CREATED),
    ("POST /v1/uploads",                          On::Project,   Opens::To(Action::UploadInto),   CREATED),
    ("POST /v1/uploads/{id}/parts",               On::Multipart, Opens::To(Action::Upload),       OK),
    ("GET /v1/uploads/{id}",                      On::Multipart, Opens::To(Action::View),         OK),
    ("DELETE /v1/uploads/{id}",                   On::Multipart, Opens::To(Action::Upload),       DONE),
    ("POST /v1/uploads/{id}/complete",            On::Brought,   Opens::To(Action::Upload),       OK),
    ("POST /v1/assets",                           On::Nothing,   Opens::ToEverybody,              CREATED),
    ("POST /v1/assets",                           On::Project,   Opens::To(Action::UploadInto),   CREATED),
    ("POST /v1/assets/from-url",                  On::Nothing,   Opens::ToEverybody,              QUEUED),
    ("POST /v1/assets/from-url",                  On::Project,   Opens::To(Action::UploadInto),   QUEUED),
    ("GET /v1/assets",                            On::Nothing,   Opens::ToEverybody,              OK),
    ("GET /v1/assets",                            On::Project,   Opens::To(Action::List),         OK),
    ("GET /v1/assets/{id}",                       On::Ready,     Opens::To(Action::View),         OK),
    ("PATCH /v1/assets/{id}",                     On::Ready,     Opens::To(Action::Edit),         OK),
    ("DELETE /v1/assets/{id}",                    On::Ready,     Opens::To(Action::Delete),       DONE),
    ("POST /v1/assets/{id}/process",              On::Ready,     Opens::To(Action::Process),      QUEUED),
    ("GET /v1/assets/{id}/history",               On::Ready,     Opens::To(Action::ViewHistory),  OK),
    ("GET /v1/assets/{id}/history",               On::Deleted,   Opens::To(Action::ViewHistory),  OK),
    ("GET /v1/assets/{id}/data",                  On::Ready,     Opens::To(Action::View),         MOVED),
    ("HEAD /v1/assets/{id}/data",                 On::Ready,     Opens::To(Action::View),         MOVED),
    ("POST /v1/webhook-endpoints",                On::Nothing,   Opens::ToEverybody,              CREATED),
    ("GET /v1/webhook-endpoints",                 On::Nothing,   Opens::ToEverybody,              OK),
    ("DELETE /v1/webhook-endpoints/{id}",         On::Endpoint,  Opens::To(Action::Revoke),       DONE),
    ("GET /v1/openapi.json",                      On::Nothing,   Opens::ToTheWorld,               OK),
    ("GET /v1/health",                            On::Nothing,   Opens::ToTheWorld,               OK),
    ("POST /v1/webhooks/{provider}/{endpoint}",   On::Nothing,   Opens::ToSignatures,             UNSIGNED),
    ("POST /v1/webhooks/b2",                      On::Nothing,   Opens::ToSignatures,             UNSIGNED),
];

/// Everybody with a good token. The owner is a contributor to the project.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    Stranger,
    Viewer,
    Contributor,
    Manager,
    Owner,
    Administrator,
    /// A service that acts for the owner.
    Service,
    /// A service that acts for nobody.
    IdleService,
    /// An administrator that acts for the owner, and is no service.
    Impostor,
}

impl Who {
    const ALL: [Self; 9] = [
        Self::Stranger,
        Self::Viewer,
        Self::Contributor,
        Self::Manager,
        Self::Owner,
        Self::Administrator,
        Self::Service,
        Self::IdleService,
        Self::Impostor,
    ];

    /// Who that is to what a route is tried on; `None` who may act as nobody at all.
    fn standing(self, on: On) -> Option<Standing> {
        let is_project = on == On::Project;
        Some(match self {
            Self::Viewer => Standing::Member(Role::Viewer),
            Self::Contributor => Standing::Member(Role::Contributor),
            Self::Manager => Standing::Member(Role::Manager),
            Self::Owner | Self::Service if is_project => Standing::Member(Role::Contributor),
            Self::Owner | Self::Service => Standing::Owner,
            Self::Administrator => Standing::Administrator,
            Self::Stranger | Self::IdleService => Standing::Stranger,
            Self::Impostor => return None,
        })
    }

    fn expected(self, on: On, opens: Opens, open: Expected) -> Expected {
        match (opens, self.standing(on)) {
            (Opens::ToTheWorld | Opens::ToSignatures, _) => open,
            (_, None) => FORBIDDEN,
            (Opens::ToEverybody, Some(_)) => open,
            (Opens::To(action), Some(standing)) => match action.verdict(standing) {
                Verdict::Allowed => open,
                Verdict::Forbidden => FORBIDDEN,
                Verdict::Hidden if on == On::Project => NO_PROJECT,
                Verdict::Hidden => HIDDEN,
            },
        }
    }
}

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
    /// In the order of [`Who::ALL`].
    people: [User; 9],
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
        let service = system.user_with("back-end", &["media:service"]).await;
        let administrator = system.user_with("anna", &["media:admin"]).await;
        let people = [
            system.user_with("sven", &["admin", "media:administrator", "media:services"]).await,
            system.user("vera").await,
            system.user("carl").await,
            system.user("mona").await,
            owner.clone(),
            administrator.clone(),
            service.acting_for("olga"),
            service,
            administrator.acting_for("olga"),
        ];
        Self { system, project, owner, people }
    }

    fn user(&self, who: Who) -> &User {
        let at = Who::ALL.iter().position(|one| *one == who).unwrap();
        &self.people[at]
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
        if matches!(on, On::Ready | On::Deleted) {
            self.owner.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
            assert_eq!(self.owner.inspected(&id).await["status"], "ready");
        }
        if on == On::Deleted {
            self.owner.delete(&format!("/v1/assets/{id}")).await.expect(204);
        }
        id
    }

    /// How often the record of an asset was written, to see whether it was changed.
    async fn version(&self, id: &str) -> Option<String> {
        let record = self.system.record(id).await;
        record.map(|record| record["version"].as_n().unwrap().clone())
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
            ("PATCH /v1/assets/{id}", _) => request.json(&json!({"name": "Point.png", "tags": ["a", "b"]})),
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
    let rows = TABLE.iter().map(async |(route, on, opens, open)| {
        let (on, id) = (*on, world.make(*on).await);
        let tokenless = if matches!(opens, Opens::ToTheWorld | Opens::ToSignatures) { *open } else { NO_TOKEN };
        world.cell((route, on), "nobody", &world.system.bearer(None), tokenless, &id).await;
        let secret = &world.system.secrets.token_secret;
        for (kind, token) in bad_tokens(secret) {
            world.cell((route, on), kind, &world.system.bearer(Some(&token)), tokenless, &id).await;
        }
        let bad_subject = if tokenless == NO_TOKEN { NO_SUBJECT } else { tokenless };
        for (sub, token) in tokens_without_subject(secret) {
            let who = format!("the sub {sub}");
            world.cell((route, on), &who, &world.system.bearer(Some(&token)), bad_subject, &id).await;
        }
        for (who, user) in Who::ALL.iter().zip(&world.people) {
            let expected = who.expected(on, *opens, *open);
            world.cell((route, on), &format!("{who:?}"), user, expected, &world.make(on).await).await;
        }
    });
    join_all(rows).await;

    let is_asset = |on| !matches!(on, On::Nothing | On::Project | On::Endpoint);
    let made: usize = TABLE.iter().map(|row| if is_asset(row.1) { 1 + Who::ALL.len() } else { 0 }).sum();
    let makes = TABLE.iter().filter(|row| !is_asset(row.1) && row.0.starts_with("POST") && !row.0.contains("webhook"));
    let allowed = |(_, on, opens, open): &(&str, On, Opens, Expected)| {
        Who::ALL.iter().filter(|who| who.expected(*on, *opens, *open) == *open).count()
    };
    let created: usize = makes.map(allowed).sum();
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
    let stranger = world.user(Who::Stranger);
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
                ("", Some(r#"{"name": "mine.png", "tags": ["a"]}"#)),
                ("", Some(r#"{"name": 7}"#)),
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
async fn history_says_who_did_what() {
    let world = World::begin().await;
    for (who, by) in [
        (Who::Owner, "user:olga"),
        (Who::Manager, "user:mona"),
        (Who::Administrator, "operator:anna"),
        (Who::Service, "service:back-end"),
    ] {
        let (user, id) = (world.user(who), world.make(On::Ready).await);
        let asset = format!("/v1/assets/{id}");
        user.get(&asset).await.expect(200);
        let edited = user.patch(&asset, &json!({"name": "Point.png"})).await.expect(200);
        assert_eq!((&edited["name"], &edited["revision"]), (&"Point.png".into(), &2.into()));
        user.delete(&asset).await.expect(204);
        let history = world.owner.get(&format!("{asset}/history")).await.expect(200);
        let entry = |entry: &Value| ["what", "by", "status"].map(|name| entry[name].as_str().unwrap().to_owned());
        let found: Vec<_> = history["items"].as_array().unwrap().iter().map(entry).collect();
        let expected = [
            ["asset.deleted", by, "deleted"],
            ["asset.edited", by, "ready"],
            ["asset.ready", "worker:process-metadata", "ready"],
            ["asset.uploaded", "user:olga", "uploaded"],
            ["asset.created", "user:olga", "awaiting_upload"],
        ];
        assert_eq!(found, expected, "{who:?}");
    }
}

#[tokio::test]
async fn what_an_asset_can_is_what_the_caller_may_do_with_it() {
    let world = World::begin().await;
    let id = world.make(On::Ready).await;
    for who in [Who::Viewer, Who::Contributor, Who::Manager, Who::Owner, Who::Administrator, Who::Service] {
        let standing = who.standing(On::Ready).unwrap();
        let may = Action::ON_ASSETS.into_iter().filter(|action| action.verdict(standing) == Verdict::Allowed);
        let asset = world.user(who).get(&format!("/v1/assets/{id}")).await.expect(200);
        assert_eq!(asset["can"], json!(may.collect::<Vec<_>>()), "{who:?}");
        let list = world.user(who).get(&format!("/v1/assets?projectId={}", world.project)).await.expect(200);
        assert_eq!(list["items"][0]["can"], asset["can"], "{who:?}, in a list");
    }
}

#[tokio::test]
async fn a_service_acts_for_the_owner_alone_that_it_names() {
    let world = World::begin().await;
    let service = world.user(Who::IdleService);
    let made = world.user(Who::Service).begin("dot.png", "image/png", 100).await;
    let path = format!("/v1/assets/{}", made["assetId"].as_str().unwrap());
    assert_eq!(world.owner.get(&path).await.expect(200)["ownerId"], "olga");
    assert_eq!(world.system.state().await.usage("olga", "active_uploads"), 1);
    for other in [service, &service.acting_for("sven")] {
        other.get(&path).await.expect_problem(404, "not_found");
        assert_eq!(other.get("/v1/assets").await.expect(200)["items"], json!([]));
    }
    // Characters that a header does not carry are percent-encoded.
    let made = service.acting_for("%C3%A9%20olga").begin("dot.png", "image/png", 100).await;
    let path = format!("/v1/assets/{}", made["assetId"].as_str().unwrap());
    assert_eq!(world.system.user("é olga").await.get(&path).await.expect(200)["ownerId"], "é olga");
    for wrong in ["", "%ff", "a%0ab", &"a".repeat(256)] {
        service.acting_for(wrong).get("/v1/assets").await.expect_problem(400, "invalid_owner");
    }
}
