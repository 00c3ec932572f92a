#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod page;

use std::sync::Mutex;

use futures::FutureExt;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::journal::Service;

const ISSUER: &str = "http://localhost";

/// A gateway on a free port, with functions of the tests' own.
struct Running {
    port: u16,
    tokens: Tokens,
    journal: Journal,
    /// The events that the function `echo` was called with.
    events: Arc<Mutex<Vec<Value>>>,
    client: Client<HttpConnector, Full<body::Bytes>>,
    folder: TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn function(answer: impl Fn(Value) -> Result<Value, String> + Send + Sync + 'static) -> Invoke {
    Arc::new(move |event| std::future::ready(answer(event)).boxed())
}

fn route(method: &str, path: &str, function: &str) -> Route {
    Route { method: method.to_owned(), path: path.to_owned(), function: function.to_owned(), needs_token: true }
}

fn gateway(folder: &TempDir, journal: &Journal, events: &Arc<Mutex<Vec<Value>>>) -> Gateway {
    let web = folder.path().join("web");
    std::fs::create_dir_all(web.join("test")).unwrap();
    std::fs::create_dir_all(web.join("parts")).unwrap();
    std::fs::write(web.join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(web.join("parts/list.js"), "export {}").unwrap();
    std::fs::write(web.join("test/secret.js"), "secret").unwrap();
    std::fs::write(web.join(".hidden"), "secret").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();

    let events = Arc::clone(events);
    let echo = function(move |event| {
        events.lock().unwrap().push(event);
        Ok(json!({"statusCode": 200, "headers": {"access-control-allow-origin": "https://a.example"}, "body": "done"}))
    });
    Gateway {
        routes: vec![
            route("GET", "/v1/assets/{id}", "echo"),
            route("HEAD", "/v1/assets/{id}", "echo"),
            route("POST", "/v1/uploads", "echo"),
            Route { needs_token: false, ..route("GET", "/v1/health", "echo") },
            route("GET", "/v1/fails", "fails"),
            route("GET", "/v1/panics", "panics"),
            route("GET", "/v1/garbage", "garbage"),
            route("GET", "/v1/missing", "missing"),
        ],
        functions: HashMap::from([
            ("echo".to_owned(), echo),
            ("fails".to_owned(), function(|_| Err("the table's secret name".to_owned()))),
            ("panics".to_owned(), function(|_| panic!("the table's secret name"))),
            ("garbage".to_owned(), function(|_| Ok(json!({"statusCode": 200, "body": {"secret": 1}})))),
            (
                "sweep".to_owned(),
                function(|event| Ok(json!({"source": event["source"], "resources": event["resources"]}))),
            ),
        ]),
        cors: Cors {
            methods: vec!["GET".to_owned(), "POST".to_owned()],
            headers: vec!["authorization".to_owned()],
            exposed_headers: vec!["etag".to_owned()],
            max_age: Some(Duration::from_secs(600)),
        },
        sweep: Schedule {
            name: "Minute".to_owned(),
            function: "sweep".to_owned(),
            every: Duration::from_secs(60),
            input: None,
        },
        tokens: Tokens::new(&[7; 32], ISSUER, "quayside"),
        journal: journal.clone(),
        queues: Arc::new(|| std::future::ready(json!({"UploadedQueue": {"waiting": 3}})).boxed()),
        outputs: json!([{"OutputKey": "TableName", "OutputValue": "quayside"}]),
        web,
        edge_origin: "http://localhost:9003".to_owned(),
        storage_origin: "http://localhost:9001".to_owned(),
    }
}

async fn start() -> Running {
    let (folder, journal, events) = (TempDir::new().unwrap(), Journal::new(), Arc::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(serve(listener, gateway(&folder, &journal, &events)));
    let client = Client::builder(TokioExecutor::new()).build_http();
    Running { port, tokens: Tokens::new(&[7; 32], ISSUER, "quayside"), journal, events, client, folder }
}

impl Running {
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<body::Bytes>) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1:{}{path}", self.port));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.client.request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Sends with a good token.
    async fn authorized(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.tokens.issue("anna", &["a".into(), "b".into()], HOUR).unwrap());
        let headers = [headers, &[("authorization", bearer.as_str())]].concat();
        self.send(method, path, &headers, body.to_vec()).await
    }

    fn last_event(&self) -> Value {
        self.events.lock().unwrap().last().unwrap().clone()
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn the_event_is_what_an_http_api_would_send() {
    let running = start().await;
    let headers = [
        ("host", "localhost:9000"),
        ("x-tag", "one"),
        ("X-Tag", "two"),
        ("cookie", "a=1; b=2"),
        ("user-agent", "test/1"),
        ("x-forwarded-for", "10.0.0.1"),
    ];
    let path = "/v1/assets/a%20b%2520?tag=x&tag=y&name=caf%C3%A9+1&empty=";
    assert_eq!(running.authorized("GET", path, &headers, b"").await.status, 200);

    let mut event = running.last_event();
    let token = event["headers"]["authorization"].as_str().unwrap().to_owned();
    let claims = running.tokens.verify(token.strip_prefix("Bearer ").unwrap()).unwrap();
    let context = event["requestContext"].as_object_mut().unwrap();
    let (id, time, epoch) = (context.remove("requestId"), context.remove("time"), context.remove("timeEpoch"));
    assert_eq!(id.unwrap().as_str().unwrap().len(), 36);
    assert!(
        time.as_ref().unwrap().as_str().unwrap().ends_with(" +0000") && time.unwrap().as_str().unwrap().len() == 26
    );
    assert!((epoch.unwrap().as_i64().unwrap() - OffsetDateTime::now_utc().unix_timestamp() * 1000).abs() < 10_000);
    let expected = json!({
        "version": "2.0",
        "routeKey": "GET /v1/assets/{id}",
        "rawPath": "/v1/assets/a b%20",
        "rawQueryString": "tag=x&tag=y&name=caf%C3%A9+1&empty=",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "authorization": token,
            "host": "localhost:9000",
            "user-agent": "test/1",
            "x-forwarded-for": "10.0.0.1,127.0.0.1",
            "x-forwarded-port": running.port.to_string(),
            "x-forwarded-proto": "http",
            "x-tag": "one,two",
        },
        "queryStringParameters": {"tag": "x,y", "name": "café 1", "empty": ""},
        "pathParameters": {"id": "a b%20"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "authorizer": {"jwt": {"scopes": null, "claims": {
                "iss": ISSUER,
                "aud": "quayside",
                "sub": "anna",
                "roles": "[a b]",
                "iat": claims["iat"].to_string(),
                "nbf": claims["nbf"].to_string(),
                "exp": claims["exp"].to_string(),
            }}},
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": "GET",
                "path": "/v1/assets/a b%20",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "test/1",
            },
            "routeKey": "GET /v1/assets/{id}",
            "stage": "$default",
        },
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn text_bodies_arrive_as_text_and_others_as_base64() {
    let running = start().await;
    for (content_type, body, expected, base64) in [
        ("application/json", &b"{\"a\":1}"[..], "{\"a\":1}", false),
        ("application/json; charset=utf-8", b"\xff", "/w==", true),
        ("application/octet-stream", b"abc", "YWJj", true),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", true),
        ("text/plain", "é".as_bytes(), "é", false),
    ] {
        running.authorized("POST", "/v1/uploads", &[("content-type", content_type)], body).await;
        let event = running.last_event();
        assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(expected), &json!(base64)), "{content_type}");
    }
    running.authorized("POST", "/v1/uploads", &[], b"").await;
    assert_eq!(running.last_event().get("body"), None);
}

#[tokio::test]
async fn without_a_good_token_no_function_is_reached() {
    let running = start().await;
    let good = running.tokens.issue("anna", &[], HOUR).unwrap();
    let foreign = Tokens::new(&[8; 32], ISSUER, "quayside").issue("anna", &[], HOUR).unwrap();
    let invalid = |error: &str| format!(r#"Bearer scope="" error="invalid_token" error_description="{error}""#);
    let not_ours = "The token is not one that this system has signed.";
    let cases = [
        (None, "Bearer".to_owned()),
        (Some(format!("Basic {good}")), invalid(not_ours)),
        (Some("Bearer".to_owned()), invalid(not_ours)),
        (Some("Bearer ".to_owned() + &foreign), invalid(not_ours)),
        (Some("Bearer x".to_owned()), invalid(not_ours)),
    ];
    for (value, challenge) in cases {
        let headers: Vec<_> = value.iter().map(|value| ("authorization", value.as_str())).collect();
        let answer = running.send("GET", "/v1/assets/1", &headers, "").await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some(&*challenge)), "{value:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.json(), json!({"message": "Unauthorized"}));
    }
    let twice = format!("Bearer {good}");
    let answer = running.authorized("GET", "/v1/assets/1", &[("authorization", &twice)], b"").await;
    assert_eq!(answer.status, 401, "two tokens");
    assert!(running.events.lock().unwrap().is_empty());

    let bare = running.send("GET", "/v1/assets/1", &[("authorization", &good)], "").await;
    assert_eq!(bare.status, 200, "Bearer may be left out");
    assert_eq!(running.send("GET", "/v1/health", &[("authorization", "Bearer x")], "").await.status, 200);
    assert_eq!(running.last_event()["requestContext"].get("authorizer"), None);
}

#[tokio::test]
async fn what_has_no_route_is_404_even_without_a_token() {
    let running = start().await;
    for (method, path) in [
        ("GET", "/v1/uploads"),
        ("DELETE", "/v1/uploads"),
        ("GET", "/v1/assets/"),
        ("GET", "/v1/assets/1%2F2"),
        ("POST", "/"),
        ("OPTIONS", "/v1/uploads"),
        ("GET", "/_local"),
        ("GET", "/_local/token"),
    ] {
        let answer = running.send(method, path, &[], "").await;
        assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})), "{method} {path}");
    }
    assert_eq!(running.send("GET", "/v1/assets/%ff", &[], "").await.status, 400);
}

#[tokio::test]
async fn a_function_that_fails_shows_nothing_of_why() {
    let running = start().await;
    for path in ["/v1/fails", "/v1/panics", "/v1/garbage", "/v1/missing"] {
        let answer = running.authorized("GET", path, &[], b"").await;
        assert_eq!((answer.status, answer.json()), (500, json!({"message": "Internal Server Error"})), "{path}");
    }
}

#[tokio::test]
async fn a_function_that_does_not_answer_in_time_is_given_up_but_not_stopped() {
    let (done, finished) = tokio::sync::oneshot::channel();
    let done = Mutex::new(Some(done));
    let slow: Invoke = Arc::new(move |_| {
        let done = done.lock().unwrap().take().unwrap();
        let work = async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            done.send(()).unwrap();
            Ok(Value::Null)
        };
        work.boxed()
    });
    let answer = run(&slow, Value::Null, Duration::from_millis(5)).await;
    assert_eq!(answer, Err("no answer within 5ms".to_owned()));
    finished.await.unwrap();
}

#[tokio::test]
async fn a_body_over_10_mib_is_refused() {
    let running = start().await;
    let body = vec![b'a'; BODY_LIMIT + 1];
    assert_eq!(running.authorized("POST", "/v1/uploads", &[], &body[1..]).await.status, 200);
    assert_eq!(running.last_event()["body"].as_str().unwrap().len(), BODY_LIMIT);

    // One that declares its length is refused before a byte of it is read, and one in chunks once it is too long.
    assert_eq!(
        read(&HeaderMap::from_iter([(header::CONTENT_LENGTH, HeaderValue::from(BODY_LIMIT + 1))]), Body::empty())
            .await
            .unwrap_err(),
        413
    );
    assert_eq!(read(&HeaderMap::new(), Body::from(body)).await.unwrap_err(), 413);
}

#[tokio::test]
async fn pages_of_this_machine_may_call_the_api_and_no_others() {
    let running = start().await;
    for (origin, allowed) in [
        ("http://localhost:5173", true),
        ("http://127.0.0.1:8080", true),
        ("http://localhost", true),
        ("https://app.example", false),
        ("http://localhost.evil.example", false),
        ("http://localhost:1@evil.example", false),
        ("http://evil.example:9000", false),
        ("null", false),
    ] {
        let expected = allowed.then_some(origin);
        let preflight = [("origin", origin), ("access-control-request-method", "POST")];
        let answer = running.send("OPTIONS", "/v1/uploads", &preflight, "").await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, expected), "{origin}");
        assert_eq!(answer.header("access-control-allow-methods"), allowed.then_some("GET,POST"));
        assert_eq!(answer.header("access-control-max-age"), allowed.then_some("600"));
        let answer = running.authorized("GET", "/v1/assets/1", &[("origin", origin)], b"").await;
        assert_eq!(answer.header("access-control-expose-headers"), allowed.then_some("etag"));
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, expected), "{origin}");
        let answer = running.send("GET", "/v1/assets/1", &[("origin", origin)], "").await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, expected), "{origin}");
    }
}

#[tokio::test]
async fn head_is_answered_without_a_body() {
    let running = start().await;
    let answer = running.authorized("HEAD", "/v1/assets/1", &[], b"").await;
    assert_eq!((answer.status, answer.body.len(), answer.header("content-length")), (200, 0, Some("4")));
    assert_eq!(running.last_event()["routeKey"], "HEAD /v1/assets/{id}");
}

#[tokio::test]
async fn a_gateway_that_others_could_reach_does_not_start() {
    let folder = TempDir::new().unwrap();
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let gateway = gateway(&folder, &Journal::new(), &Arc::default());
    let error = serve(listener, gateway).await.unwrap_err();
    assert!(error.to_string().contains("must not listen on 0.0.0.0"), "{error}");
}

#[tokio::test]
async fn a_gateway_that_is_stopped_ends_its_connections() {
    let (folder, listener) = (TempDir::new().unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = listener.local_addr().unwrap();
    let running = tokio::spawn(serve(listener, gateway(&folder, &Journal::new(), &Arc::default())));
    let mut kept_alive = tokio::net::TcpStream::connect(address).await.unwrap();
    kept_alive.write_all(b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert!(kept_alive.read(&mut [0; 1000]).await.unwrap() > 0);
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    assert_eq!(kept_alive.read(&mut [0; 1000]).await.unwrap_or(0), 0);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
