//! `quayside doctor`: finds nothing wrong with a system that is well, and names whatever is broken.

use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{B2, B2_KEY, BUCKET, Developer, Options, Reply, Said, Source, System, eventually, files};

async fn examine(system: &System, changed: &[(&str, &str)]) -> Said {
    Developer::new(&[]).run_with(&["doctor"], &system.outputs(changed).await).await
}

/// Has the doctor take the secrets from a file in which one differs from the system's.
async fn examine_with_secret(system: &System, name: &str, key: &str, value: &str) -> Said {
    let developer = Developer::new(&[]);
    let mut secrets = json!({});
    for name in ["quayside/storage", "quayside/cdn", "quayside/webhooks"] {
        secrets[name] = system.secret(name).await;
    }
    secrets[name][key] = value.into();
    std::fs::write(developer.file("secrets.json"), secrets.to_string()).unwrap();
    let arguments = ["doctor", "--secrets-file", "secrets.json"];
    developer.run_with(&arguments, &system.outputs(&[]).await).await
}

#[tokio::test]
async fn nothing_is_wrong_with_a_system_that_is_well_and_nothing_is_left_behind() {
    let system = System::start().await;
    let said = examine(&system, &[]).await;
    assert_eq!((said.code, said.lines("wrong")), (0, Vec::new()), "{said:#?}");
    let found = said.lines("ok").join("\n");
    for part in ["secrets", "api", "api cors", "webhooks", "storage", "cors", "cdn", "clock", "table", "queues"] {
        assert!(found.lines().any(|line| line.starts_with(part)), "nothing about {part} in {found}");
    }
    for words in [
        "deletes objects",
        "lists versions",
        "large uploads",
        "bucket is private",
        "ranges are served",
        "no dead letters",
        "read the etag",
        "a caller without a token is refused by the gateway (AuthMode gateway)",
        "a caller with a forged token is refused by the gateway (AuthMode gateway)",
    ] {
        assert!(found.contains(words), "{words} is not in {found}");
    }
    let left = system.s3().list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert_eq!(left.key_count(), Some(0));
    let unfinished = system.s3().list_multipart_uploads().bucket(BUCKET).send().await.unwrap();
    assert!(unfinished.uploads().is_empty(), "{unfinished:?}");
    for secret in [&system.secrets.functions_key, &system.secrets.cdn_token_key, &system.secrets.b2_webhook_secret] {
        assert!(!said.out.contains(secret.as_str()), "a secret was printed");
    }
}

#[tokio::test]
async fn cors_rules_that_are_gone_are_missed_as_a_browser_would_and_set_up_again() {
    let system = System::start().await;
    system.s3().delete_bucket_cors().bucket(BUCKET).send().await.unwrap();
    let said = examine(&system, &[]).await;
    assert_eq!(said.code, 1);
    let wrong = said.lines("wrong");
    let refused = "may not upload to the bucket: the preflight is answered with 403";
    assert!(wrong.iter().all(|line| line.starts_with("cors") && line.contains(refused)), "{said:#?}");

    let mut arguments = vec!["setup-bucket", "--store", "s3", "--endpoint", &system.storage, "--bucket", BUCKET];
    let outputs: Value = serde_json::from_str(&system.outputs(&[]).await).unwrap();
    let origins = outputs.as_array().unwrap().iter().find(|output| output["OutputKey"] == "AppOrigins").unwrap();
    let origins = origins["OutputValue"].as_str().unwrap();
    assert_eq!(wrong.len(), origins.split(',').count(), "one line for each origin: {said:#?}");
    origins.split(',').for_each(|origin| arguments.extend(["--origin", origin]));
    let set = Developer::of(&system).run(&arguments).await;
    assert_eq!((set.code, set.lines("set").len()), (0, 1), "{set:#?}");
    assert_eq!(examine(&system, &[]).await.code, 0);
}

#[tokio::test]
async fn a_page_of_an_origin_that_nobody_allowed_is_named() {
    let system = System::start().await;
    let said = examine(&system, &[("AppOrigins", "https://app.example")]).await;
    assert_eq!(said.code, 1);
    let wrong = said.lines("wrong");
    assert!(wrong.iter().any(|line| line.starts_with("api cors") && line.contains("https://app.example")), "{said:#?}");
    assert!(wrong.iter().any(|line| line.starts_with("cors") && line.contains("https://app.example")), "{said:#?}");
    assert_eq!(wrong.len(), 2);
}

#[tokio::test]
async fn a_secret_that_differs_from_the_deployments_is_named_by_what_it_breaks() {
    let system = System::start().await;
    for (secret, key, value, part, words) in [
        ("quayside/cdn", "tokenKey", "another", "cdn", "the CDN's token key is not the one in CdnSecret"),
        ("quayside/storage", "applicationKey", "another", "storage", "SignatureDoesNotMatch"),
        ("quayside/storage", "keyId", "nobody", "storage", "InvalidAccessKeyId"),
        ("quayside/webhooks", "b2", "another-secret-of-32-characters!!", "webhooks", "receive-webhook has another one"),
        ("quayside/webhooks", "b2", "short", "webhooks", "B2_WEBHOOK_SECRET must have at least 32 characters"),
    ] {
        let said = examine_with_secret(&system, secret, key, value).await;
        assert_eq!(said.code, 1, "{secret} {key}");
        said.expect_only("wrong", part, words);
    }
    let said = examine(&system, &[("CdnSecret", "quayside/nothing")]).await;
    let wrong = said.lines("wrong");
    assert!(wrong[0].contains("quayside/nothing is not in Secrets Manager"), "{said:#?}");
    assert_eq!((said.code, wrong.len()), (1, 2));
}

#[tokio::test]
async fn a_key_that_cannot_do_all_that_functions_do_is_told_what_it_cannot() {
    let system = System::start().await;
    for (operation, words) in [
        ("ListObjectVersions", "cannot list versions of objects: AccessDenied"),
        ("CreateMultipartUpload", "cannot begin a large upload: AccessDenied"),
        ("ListParts", "cannot list parts of a large upload: AccessDenied"),
        ("AbortMultipartUpload", "cannot abort a large upload: AccessDenied"),
    ] {
        let kind = json!({"fail": {"status": 403, "code": "AccessDenied"}});
        let fault = json!({"service": "storage", "by": "doctor", "operation": operation, "kind": kind, "times": 100});
        system.fault(fault).await;
        let said = examine(&system, &[]).await;
        assert_eq!(said.code, 1, "{operation}");
        said.expect_only("wrong", "storage", words);
        system.clear_faults().await;
    }
    let unfinished = system.s3().list_multipart_uploads().bucket(BUCKET).send().await.unwrap();
    assert_eq!(unfinished.uploads().len(), 1, "the one that could not be aborted");
}

#[tokio::test]
async fn a_stranger_who_gets_an_error_is_not_said_to_read_the_bucket() {
    let system = System::start().await;
    let kind = json!({"fail": {"status": 503, "code": "SlowDown"}});
    let fault = json!({"service": "storage", "by": "client", "operation": "GetObject", "kind": kind, "times": 100});
    system.fault(fault).await;
    let said = examine(&system, &[]).await;
    assert_eq!(said.code, 1);
    said.expect_only("wrong", "storage", "a stranger is answered with 503, not 403");
}

/// A CDN before the system's edge that refuses ranges. Gives its address.
async fn rangeless(edge: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (edge, http) = (edge.to_owned(), reqwest::Client::builder().no_proxy().build().unwrap());
    let routes = Router::new().fallback(async move |request: Request| {
        if request.headers().contains_key("range") {
            return (StatusCode::FORBIDDEN, Bytes::new());
        }
        let answer = http.get(format!("{edge}{}", request.uri())).send().await.unwrap();
        (answer.status(), answer.bytes().await.unwrap())
    });
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

#[tokio::test]
async fn a_cdn_that_refuses_ranges_alone_is_told_of() {
    let system = System::start().await;
    let said = examine(&system, &[("CdnUrl", &rangeless(&system.edge).await)]).await;
    assert_eq!(said.code, 1);
    said.expect_only("wrong", "cdn", "a range is answered with 403, not 206");
}

/// A server that answers everybody with the same. Gives its address.
async fn serving(answer: impl Fn(&str) -> String + Clone + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(async move |request: Request| {
        let target = request.headers().get("x-amz-target").map(|target| target.to_str().unwrap().to_owned());
        answer(target.as_deref().unwrap_or_default())
    });
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

#[tokio::test]
async fn what_lets_everybody_in_is_told_of_door_by_door() {
    let system = System::start().await;
    let open = serving(|_| "come in".to_owned()).await;
    for (output, part, doors) in [
        (
            "ApiUrl",
            "api",
            &[
                "a caller without a token gets 200, not 401",
                "a caller with a forged token gets 200, not 401",
                "a notification with another signature gets 200, not 401",
            ][..],
        ),
        (
            "CdnUrl",
            "cdn",
            &[
                "a signed URL is served as something else",
                "a URL without a token is answered with 200, not 403",
                "a URL with an altered token is answered with 200, not 403",
                "a URL that has expired is answered with 200, not 403",
            ],
        ),
        (
            "StorageEndpoint",
            "storage",
            &["anybody may read the bucket", "an object that was put comes back as another"],
        ),
    ] {
        let said = examine(&system, &[(output, &open)]).await;
        assert_eq!(said.code, 1);
        let wrong = said.lines("wrong");
        for door in doors {
            assert!(wrong.iter().any(|line| line.contains(door)), "{part}: {door} is not told of: {said:#?}");
        }
    }
}

#[tokio::test]
async fn who_refuses_tokens_is_told_from_who_should() {
    let by_gateway = System::start().await;
    let secret = Options { parameters: vec![("AuthMode", "secret".to_owned())], ..Options::default() };
    let by_functions = System::start_with(secret).await;
    for (system, by, mode, other) in
        [(&by_gateway, "the gateway", "gateway", "jwks"), (&by_functions, "the functions", "secret", "gateway")]
    {
        let said = examine(system, &[]).await;
        assert_eq!((said.code, said.lines("wrong")), (0, Vec::new()), "{said:#?}");
        let refused = format!("is refused by {by} (AuthMode {mode})");
        assert_eq!(said.lines("ok").iter().filter(|line| line.contains(&refused)).count(), 2, "{said:#?}");

        let said = examine(system, &[("AuthMode", other)]).await;
        let refused = format!("is refused by {by}, but in AuthMode {other} the");
        assert_eq!(said.lines("wrong").iter().filter(|line| line.contains(&refused)).count(), 2, "{said:#?}");
        assert_eq!((said.code, said.lines("wrong").len()), (1, 2));
    }
}

#[tokio::test]
async fn a_table_without_stream_time_to_live_and_backups_is_told_what_it_lacks() {
    let system = System::start().await;
    let bare = serving(|target| {
        let answer = match target {
            "DynamoDB_20120810.DescribeTable" => json!({"Table": {"TableStatus": "UPDATING"}}),
            "DynamoDB_20120810.DescribeTimeToLive" => {
                json!({"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "gone_at"}})
            }
            "DynamoDB_20120810.DescribeContinuousBackups" => json!({"ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
            }}),
            _ => json!({}),
        };
        answer.to_string()
    })
    .await;
    let said = examine(&system, &[("AwsEndpoint", &bare)]).await;
    let wrong: Vec<_> = said.lines("wrong").into_iter().filter(|line| line.starts_with("table")).collect();
    for (line, lacks) in wrong.iter().zip([
        "quayside is UPDATING",
        "it has no stream of new and old images",
        "its time to live is not on expires_at",
        "it cannot be restored to a point in time",
    ]) {
        assert!(line.contains(lacks), "{lacks}: {said:#?}");
    }
    assert_eq!((said.code, wrong.len()), (1, 4), "{said:#?}");
}

#[tokio::test]
async fn a_queue_that_fills_faster_than_it_is_emptied_is_noted() {
    let variables = vec![("MAX_ACTIVE_INGESTIONS", "2000".to_owned())];
    let system = System::start_with(Options { variables, ..Options::default() }).await;
    let kind = json!({"stall": {"milliseconds": 600_000}});
    system.fault(json!({"service": "table", "by": "fetch-url", "kind": kind, "times": 100_000})).await;
    let ada = system.user("ada").await;
    for _ in 0..12 {
        let items: Vec<_> = (0..100).map(|n| json!({"url": format!("https://nowhere.invalid/{n}.jpg")})).collect();
        ada.post("/v1/assets/from-url", &json!({"items": items})).await.expect(202);
    }
    let said = eventually("more than 1,000 messages wait", async || {
        let said = examine(&system, &[]).await;
        said.lines("note").iter().any(|line| line.starts_with("queues")).then_some(said)
    })
    .await;
    assert_eq!((said.code, said.lines("wrong")), (0, Vec::new()), "more is no defect of the deployment: {said:#?}");
    let notes: Vec<_> = said.lines("note").into_iter().filter(|line| line.starts_with("queues")).collect();
    let [note] = notes[..] else { panic!("one note: {said:#?}") };
    let words: Vec<_> = note.split_whitespace().collect();
    assert!(words[1] == "Ingesting:" && words[2].parse::<u32>().unwrap() > 1000, "{note}");
}

#[tokio::test]
async fn an_event_rule_that_is_missing_switched_off_suspended_or_another_is_named() {
    let (system, b2) = (System::start().await, B2::start().await);
    let developer = Developer::new(&[("B2_APPLICATION_KEY_ID", B2_KEY.0), ("B2_APPLICATION_KEY", B2_KEY.1)]);
    let examine = async || {
        let arguments = ["doctor", "--b2-api", &b2.address];
        developer.run_with(&arguments, &system.outputs(&[]).await).await
    };
    let bucket = json!({"bucketId": "b1", "bucketName": BUCKET, "bucketType": "allPrivate", "revision": 1});
    let rule = json!({
        "name": "by-hand", "eventTypes": ["b2:ObjectCreated:*"], "objectNamePrefix": "incoming/",
        "isEnabled": true, "isSuspended": false, "suspensionReason": "", "maxEventsPerBatch": 50,
        "targetConfiguration": {
            "targetType": "webhook", "url": format!("{}/v1/webhooks/b2", system.gateway),
            "hmacSha256SigningSecret": system.secrets.b2_webhook_secret,
        },
    });
    let account = || b2.account.lock().unwrap();
    examine().await.expect_only("wrong", "events", "this account has no bucket quayside-media");
    account().buckets.push(bucket);
    examine().await.expect_only("wrong", "events", "/v1/webhooks/b2 of uploads: `quayside setup-bucket`");
    account().rules.push(rule.clone());
    let said = examine().await;
    assert!(said.code == 0 && said.lines("ok").iter().any(|line| line.starts_with("events")), "{said:#?}");
    for (pointer, value) in [
        ("/targetConfiguration/hmacSha256SigningSecret", json!("0123456789abcdef0123456789abcdef")),
        ("/eventTypes", json!(["b2:ObjectDeleted:*"])),
        ("/objectNamePrefix", json!("media/")),
    ] {
        *account().rules[0].pointer_mut(pointer).unwrap() = value;
        let said = examine().await;
        assert_eq!(said.code, 1, "{pointer}");
        let name = pointer.rsplit('/').next().unwrap();
        said.expect_only("wrong", "events", &format!("the rule differs in {name}: `quayside setup-bucket`"));
        assert!(!said.out.contains(&system.secrets.b2_webhook_secret), "a secret was printed");
        account().rules[0] = rule.clone();
    }
    account().rules[0]["isEnabled"] = json!(false);
    examine().await.expect_only("wrong", "events", "the rule is switched off");
    account().rules[0]["isSuspended"] = json!(true);
    account().rules[0]["suspensionReason"] = json!("too many errors");
    examine().await.expect_only("wrong", "events", "B2 has suspended the rule (too many errors)");
    assert_eq!(b2.changes(), Vec::<String>::new());
}

#[tokio::test]
async fn dead_letters_are_counted() {
    let system = System::start_with(Options { retry_after: Some(0), ..Options::default() }).await;
    let ada = system.user("ada").await;
    let kind = json!({"fail": {"status": 403, "code": "AccessDenied"}});
    system.fault(json!({"service": "storage", "by": "process-metadata", "kind": kind, "times": 1000})).await;
    let id = ada.upload("a.png", "image/png", &files::png(40, 30)).await;
    assert_eq!(ada.inspected(&id).await["status"], "failed");
    eventually("the message is given up", async || (system.dead_letters().await == 1).then_some(())).await;
    system.clear_faults().await;
    let said = examine(&system, &[]).await;
    assert_eq!(said.code, 1);
    said.expect_only("wrong", "queues", "Uploaded: 1 dead letter:");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_from_what_it_breaks() {
    let system = System::start().await;
    let api = Source::start().await;
    let at = |seconds: i64| {
        let moment = SystemTime::now() - Duration::from_secs(seconds.unsigned_abs());
        let date = httpdate::fmt_http_date(moment);
        Reply::new(200, &[("Date", &date), ("Content-Length", "0")])
    };
    let url = api.url("");
    api.serve("/v1/health", [at(1200)]);
    let said = examine(&system, &[("ApiUrl", &url)]).await;
    assert_eq!(said.code, 1);
    let clock: Vec<_> = said.lines("wrong").into_iter().filter(|line| line.starts_with("clock")).collect();
    assert!(clock.len() == 1 && clock[0].contains("the API is 120"), "{said:#?}");
    api.serve("/v1/health", [at(120)]);
    let said = examine(&system, &[("ApiUrl", &url)]).await;
    assert!(said.lines("note").iter().any(|line| line.starts_with("clock") && line.contains("behind")), "{said:#?}");
}

#[tokio::test]
async fn what_does_not_answer_is_named_and_the_rest_is_still_looked_at() {
    let system = System::start().await;
    let nowhere = "http://127.0.0.1:9";
    for (output, part) in [("ApiUrl", "api"), ("CdnUrl", "cdn"), ("StorageEndpoint", "storage")] {
        let said = examine(&system, &[(output, nowhere)]).await;
        assert_eq!(said.code, 1);
        said.expect_only("wrong", part, "127.0.0.1:9");
        assert!(said.lines("ok").iter().any(|line| line.starts_with("queues")), "{said:#?}");
    }
    let said = examine(&system, &[("AwsEndpoint", nowhere)]).await;
    for part in ["secrets", "table", "queues"] {
        assert!(said.lines("wrong").iter().any(|line| line.starts_with(part)), "{part}: {said:#?}");
    }
}

#[test]
#[should_panic(expected = "alone")]
fn one_thing_that_is_wrong_is_told_from_two() {
    let out = "ok     api        x\nwrong  cors       a is refused\nwrong  cors       b is refused\n".to_owned();
    Said { code: 1, out, error: String::new() }.expect_only("wrong", "cors", "is refused");
}

#[tokio::test]
async fn outputs_that_are_none_end_the_examination_with_one_line() {
    let developer = Developer::new(&[]);
    for (outputs, error) in [
        ("", "error: the outputs are not what `sam list stack-outputs --output json` prints: "),
        ("[]", "error: the stack has no output Region: deploy this version's template"),
    ] {
        let said = developer.run_with(&["doctor"], outputs).await;
        assert!(said.code == 1 && said.error.starts_with(error) && said.out.is_empty(), "{said:#?}");
    }
}
