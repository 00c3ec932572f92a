//! What only this machine sees: the page, tokens, log, faults, queues.

use super::*;

#[tokio::test]
async fn only_this_machines_own_page_and_programs_reach_what_is_local() {
    let running = start().await;
    let port = running.port;
    let (own, named, six) = (format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}"));
    let (own_origin, named_origin) = (format!("http://{own}"), format!("http://{named}"));
    let (rebound, other_port) = (format!("evil.example:{port}"), format!("http://localhost:{}", port ^ 1));
    let cases: [(&[(&str, &str)], u16); 15] = [
        (&[], 200),
        (&[("host", &named)], 200),
        (&[("host", &six)], 200),
        (&[("origin", &own_origin)], 200),
        (&[("host", &named), ("origin", &named_origin), ("sec-fetch-site", "same-origin")], 200),
        (&[("sec-fetch-site", "none")], 200),
        (&[("host", &rebound)], 403),
        (&[("host", "localhost")], 403),
        (&[("host", "")], 403),
        (&[("host", &own), ("host", &rebound)], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[("origin", &other_port)], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
    ];
    for (headers, status) in cases {
        for path in ["/_local/token", "/%5flocal/token"] {
            let answer = running.send("POST", path, headers, r#"{"sub": "anna"}"#).await;
            assert_eq!(answer.status, status, "{path} {headers:?}");
            assert_eq!(answer.json().get("token").is_some(), status == 200);
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}

#[tokio::test]
async fn a_token_asked_for_opens_the_api() {
    let running = start().await;
    let body = r#"{"sub": "bert", "roles": ["media:admin"], "expiresIn": 60}"#;
    let token = running.send("POST", "/_local/token", &[], body).await.json()["token"].as_str().unwrap().to_owned();
    let claims = running.tokens.verify(&token).unwrap();
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 60);
    let bearer = format!("bearer {token}");
    assert_eq!(running.send("GET", "/v1/assets/1", &[("authorization", &bearer)], "").await.status, 200);
    assert_eq!(running.last_event()["requestContext"]["authorizer"]["jwt"]["claims"]["roles"], "[media:admin]");

    for bad in ["", "{}", r#"{"sub": ""}"#, r#"{"sub": "a", "expiresIn": -1}"#, r#"{"sub": "a", "role": "x"}"#] {
        assert_eq!(running.send("POST", "/_local/token", &[], bad).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn log_faults_queues_and_sweep_are_at_hand() {
    let running = start().await;
    let get = async |path: &str| running.send("GET", path, &[], "").await.json();
    assert_eq!(get("/_local/health").await, json!({"status": "ok"}));
    assert_eq!(get("/_local/queues").await, json!({"UploadedQueue": {"waiting": 3}}));

    for operation in ["PutObject", "GetObject"] {
        running.journal.begin(Service::Storage, operation, None, "client").finish(200, 0, 0);
    }
    let log = get("/_local/requests?since=1").await;
    assert_eq!((&log["next"], &log["requests"][0]["operation"]), (&json!(2), &json!("GetObject")));
    assert_eq!(get("/_local/requests?since=2").await, json!({"requests": [], "next": 2}));
    assert_eq!(running.send("GET", "/_local/requests?since=x", &[], "").await.status, 400);
    assert_eq!(running.send("DELETE", "/_local/requests", &[], "").await.status, 200);
    assert_eq!(get("/_local/requests").await, json!({"requests": [], "next": 0}));

    let fault = r#"{"service": "storage", "kind": "breakOff", "times": 2}"#;
    assert_eq!(running.send("POST", "/_local/faults", &[], fault).await.status, 200);
    assert_eq!(running.send("POST", "/_local/faults", &[], r#"{"service": "x"}"#).await.status, 400);
    assert!(running.journal.take_fault(Service::Storage, "GetObject", None, "client").is_some());
    assert_eq!(running.send("DELETE", "/_local/faults", &[], "").await.status, 200);
    assert!(running.journal.take_fault(Service::Storage, "GetObject", None, "client").is_none());

    let swept = running.send("POST", "/_local/sweep", &[], "").await.json();
    let arn = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/Minute";
    assert_eq!(swept, json!({"source": "aws.scheduler", "resources": [arn]}));
}

#[tokio::test]
async fn the_page_is_served_with_its_types_and_policies() {
    let running = start().await;
    let page = running.send("GET", "/", &[], "").await;
    assert_eq!((page.status, page.body.as_slice()), (200, &b"<!doctype html>"[..]));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        page.header("content-security-policy"),
        Some(
            "default-src 'none'; script-src 'self'; style-src 'self'; \
             img-src 'self' data: blob: http://localhost:9003; media-src blob: http://localhost:9003; \
             connect-src 'self' http://localhost:9001; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
    );
    let script = running.send("HEAD", "/parts/list.js", &[], "").await;
    assert_eq!((script.status, script.header("content-length"), script.body.len()), (200, Some("9"), 0));
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));

    let etag = page.header("etag").unwrap();
    let again = running.send("GET", "/index.html", &[("if-none-match", &format!("\"x\", W/{etag}"))], "").await;
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(etag)));
    std::fs::write(running.folder.path().join("web/index.html"), "new").unwrap();
    assert_eq!(running.send("GET", "/", &[("if-none-match", etag)], "").await.body, b"new");
}

#[tokio::test]
async fn nothing_outside_the_page_can_be_read() {
    let running = start().await;
    let web = running.folder.path().join("web");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(running.folder.path().join("secret"), web.join("link.js")).unwrap();
        std::os::unix::fs::symlink(web.join("test"), web.join("tests")).unwrap();
    }
    let absolute = format!("/{}", running.folder.path().join("secret").display());
    for path in [
        "/../secret",
        "/parts/../../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/..%5csecret",
        "/parts%2f..%2f..%2fsecret",
        "/%252e%252e/secret",
        "//etc/passwd",
        "/%2fetc/passwd",
        &absolute,
        "/link.js",
        "/.hidden",
        "/test/secret.js",
        "/./test/secret.js",
        "/parts/../test/secret.js",
        "/tests/secret.js",
        "/parts",
        "/parts/",
        "/index.html/",
        "/index.html%00",
        "/index.html%00.js",
    ] {
        let answer = running.send("GET", path, &[], "").await;
        assert_eq!((answer.status, answer.json()), (404, json!({"message": "Not Found"})), "{path}");
    }
    assert!(running.send("POST", "/index.html", &[], "").await.status == 404);
}
