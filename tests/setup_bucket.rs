//! `quayside setup-bucket`: against the local store by S3, and against B2's native API as its documentation has it.

use std::os::unix::fs::PermissionsExt;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{B2, B2_KEY, Developer, System};

const ORIGIN: &str = "https://app.example";

/// What differs and what became of it, by parts: `["set cors"]`.
fn parts(out: &str, states: &[&str]) -> Vec<String> {
    let words = out.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    words.filter(|words| states.contains(&words[0])).map(|words| words.join(" ")).collect()
}

#[tokio::test]
async fn a_fresh_bucket_is_set_up_by_s3_once_and_then_only_what_differs_is_set() {
    let system = System::start().await;
    let developer = Developer::of(&system);
    let endpoint = ["--store", "s3", "--endpoint", &system.storage, "--bucket", "fresh", "--origin", ORIGIN];
    let run = async |more: &[&str]| {
        let arguments = [&["setup-bucket"], &endpoint[..], &["--write-secrets", "--secrets-prefix", "fresh"], more];
        let said = developer.run(&arguments.concat()).await;
        assert_eq!(said.code, 0, "{said:#?}");
        said
    };

    let said = run(&["--dry-run"]).await;
    assert_eq!(parts(&said.out, &["would", "set"]), ["would bucket"]);
    assert!(system.s3().head_bucket().bucket("fresh").send().await.is_err());

    let said = run(&[]).await;
    assert_eq!(parts(&said.out, &["would", "set"]), ["set bucket", "set cors", "set lifecycle", "set secrets"]);
    assert!(said.out.ends_with("4 changed\n"), "{}", said.out);
    let secret = system.secret("fresh/webhooks").await;
    for (key, length) in [("key", 64), ("b2", 32)] {
        let value = secret[key].as_str().unwrap();
        assert_eq!(value.len(), length);
        assert!(!said.out.contains(value), "a secret was printed");
    }
    let asked = |origin: &'static str| {
        let request = system.http.request(Method::OPTIONS, format!("{}/fresh/incoming/a/b", system.storage));
        request.header("origin", origin).header("access-control-request-method", "PUT").send()
    };
    let answer = asked(ORIGIN).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["access-control-expose-headers"]),
        (200, &"ETag".parse().unwrap())
    );
    assert_eq!(asked("https://other.example").await.unwrap().status(), 403);
    let rules = system.s3().get_bucket_lifecycle_configuration().bucket("fresh").send().await.unwrap().rules.unwrap();
    let incoming = rules.iter().find(|rule| rule.id() == Some("incoming")).unwrap();
    assert_eq!(incoming.expiration().unwrap().days(), Some(2));

    let said = run(&[]).await;
    assert_eq!(parts(&said.out, &["would", "set"]), Vec::<String>::new());
    assert!(said.out.ends_with("nothing to change\n"), "{}", said.out);
    assert_eq!(system.secret("fresh/webhooks").await, secret);

    system.s3().delete_bucket_cors().bucket("fresh").send().await.unwrap();
    assert_eq!(parts(&run(&["--dry-run"]).await.out, &["would", "set"]), ["would cors"]);
    assert_eq!(asked(ORIGIN).await.unwrap().status(), 403);
    assert_eq!(parts(&run(&[]).await.out, &["would", "set"]), ["set cors"]);
    assert_eq!(asked(ORIGIN).await.unwrap().status(), 200);
    assert_eq!(parts(&run(&["--origin", "https://two.example"]).await.out, &["set"]), ["set cors"]);
}

/// A developer with the key of the B2 account, and the command on its bucket.
struct Account {
    b2: B2,
    developer: Developer,
}

impl Account {
    async fn start() -> Self {
        let variables =
            [("B2_APPLICATION_KEY_ID", B2_KEY.0), ("B2_APPLICATION_KEY", B2_KEY.1), ("CDN_TOKEN_KEY", "cdn-key")];
        Self { b2: B2::start().await, developer: Developer::new(&variables) }
    }

    async fn set_up(&self, more: &[&str]) -> crate::support::Said {
        let own = ["setup-bucket", "--b2-api", &self.b2.address, "--bucket", "acme-media", "--origin", ORIGIN];
        self.developer.run(&[&own, more].concat()).await
    }

    fn secrets(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.developer.file("secrets.json")).unwrap()).unwrap()
    }
}

const ALL: [&str; 4] = ["--secrets-file", "secrets.json", "--api-url", "https://api.example"];

#[tokio::test]
async fn a_bucket_at_b2_is_private_with_rules_limited_keys_and_an_event_rule_and_nobody_sees_a_secret() {
    let account = Account::start().await;
    let said = account.set_up(&ALL).await;
    assert_eq!(said.code, 0, "{said:#?}");
    assert_eq!(
        parts(&said.out, &["set"]),
        ["set bucket", "set cors", "set lifecycle", "set keys", "set keys", "set secrets", "set secrets", "set events"]
    );
    let secrets = account.secrets();
    let webhooks = secrets["quayside/webhooks"]["b2"].as_str().unwrap();
    {
        let at_b2 = account.b2.account.lock().unwrap();
        let [bucket] = &at_b2.buckets[..] else { panic!("one bucket") };
        assert_eq!((&bucket["bucketType"], &bucket["bucketName"]), (&json!("allPrivate"), &json!("acme-media")));
        assert_eq!(bucket["corsRules"][0]["allowedOrigins"], json!([ORIGIN]));
        assert_eq!(bucket["corsRules"][0]["allowedOperations"], json!(["s3_get", "s3_head", "s3_put"]));
        assert_eq!(bucket["lifecycleRules"][0]["fileNamePrefix"], "incoming/");
        assert_eq!(bucket["lifecycleRules"][0]["daysFromUploadingToHiding"], 2);
        let [functions, edge] = &at_b2.keys[..] else { panic!("two keys") };
        for key in [functions, edge] {
            assert_eq!(key["bucketIds"], json!([bucket["bucketId"]]));
        }
        assert_eq!((&edge["namePrefix"], &edge["capabilities"]), (&json!("media/"), &json!(["readFiles"])));
        let kept = json!({"keyId": functions["applicationKeyId"], "applicationKey": at_b2.secrets[0]});
        assert_eq!(secrets["quayside/storage"], kept);
        assert_eq!(secrets["quayside/edge"]["applicationKey"], json!(at_b2.secrets[1]));
        let [rule] = &at_b2.rules[..] else { panic!("one rule") };
        let target = &rule["targetConfiguration"];
        assert_eq!(
            (&rule["objectNamePrefix"], &target["url"]),
            (&json!("incoming/"), &json!("https://api.example/v1/webhooks/b2"))
        );
        assert_eq!(target["hmacSha256SigningSecret"], webhooks);
        for secret in at_b2.secrets.iter().map(String::as_str).chain([webhooks, "cdn-key", B2_KEY.1]) {
            assert!(!said.out.contains(secret) && !said.error.contains(secret), "a secret was printed");
        }
    }
    assert_eq!(secrets["quayside/cdn"], json!({"tokenKey": "cdn-key"}));
    let mode = std::fs::metadata(account.developer.file("secrets.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    account.b2.changes();
    let said = account.set_up(&ALL).await;
    assert!(said.code == 0 && said.out.ends_with("nothing to change\n"), "{said:#?}");
    assert_eq!((account.b2.changes(), account.secrets()), (Vec::new(), secrets));
}

#[tokio::test]
async fn at_b2_only_what_somebody_has_changed_is_set_again_and_what_is_theirs_stays() {
    let account = Account::start().await;
    account.set_up(&ALL).await;
    account.b2.changes();
    {
        let mut at_b2 = account.b2.account.lock().unwrap();
        at_b2.buckets[0]["bucketType"] = json!("allPublic");
        at_b2.rules[0]["isSuspended"] = json!(true);
        let theirs = json!({
            "name": "theirs", "eventTypes": ["b2:ObjectDeleted:*"], "isEnabled": true, "objectNamePrefix": "",
            "isSuspended": false, "suspensionReason": "", "maxEventsPerBatch": 1,
            "targetConfiguration": {
                "targetType": "webhook", "url": "https://their.example",
                "hmacSha256SigningSecret": "0123456789abcdef0123456789abcdef",
            },
        });
        at_b2.rules.push(theirs);
    }
    let would = account.set_up(&[&ALL[..], &["--dry-run"]].concat()).await;
    assert_eq!(parts(&would.out, &["set", "would"]), ["would bucket", "would events"]);
    assert_eq!(account.b2.changes(), Vec::<String>::new());
    let said = account.set_up(&ALL).await;
    assert_eq!(parts(&said.out, &["set", "would"]), ["set bucket", "set events"], "{said:#?}");
    assert_eq!(account.b2.changes(), ["b2_update_bucket", "b2_set_bucket_notification_rules"]);
    let at_b2 = account.b2.account.lock().unwrap();
    assert_eq!((at_b2.buckets[0]["bucketType"].as_str(), at_b2.rules.len()), (Some("allPrivate"), 2));
    assert_eq!(at_b2.rules[0]["isSuspended"], false);
    assert_eq!(at_b2.rules[1]["name"], "theirs");
}

#[tokio::test]
async fn a_rule_of_another_name_that_tells_the_same_address_is_kept_if_it_is_good_and_else_replaced() {
    let account = Account::start().await;
    account.set_up(&ALL).await;
    account.b2.account.lock().unwrap().rules[0]["name"] = json!("by-hand");
    let said = account.set_up(&ALL).await;
    assert!(said.out.ends_with("nothing to change\n"), "{said:#?}");
    account.b2.account.lock().unwrap().rules[0]["maxEventsPerBatch"] = json!(1);
    let said = account.set_up(&ALL).await;
    assert_eq!((said.code, parts(&said.out, &["set"])), (0, vec!["set events".to_owned()]), "{said:#?}");
    assert!(said.lines("note").iter().any(|line| line.contains("place of the rule by-hand")), "{said:#?}");
    let at_b2 = account.b2.account.lock().unwrap();
    assert_eq!((at_b2.rules.len(), &at_b2.rules[0]["maxEventsPerBatch"]), (1, &json!(50)));
}

#[tokio::test]
async fn a_key_whose_secret_is_lost_is_replaced_and_the_old_one_is_named() {
    let account = Account::start().await;
    account.set_up(&ALL).await;
    account.b2.changes();
    let mut secrets = account.secrets();
    let lost = secrets.as_object_mut().unwrap().remove("quayside/storage").unwrap();
    std::fs::write(account.developer.file("secrets.json"), secrets.to_string()).unwrap();
    let said = account.set_up(&ALL).await;
    assert_eq!(parts(&said.out, &["set"]), ["set keys"], "{said:#?}");
    assert!(said.lines("note").iter().any(|line| line.contains(lost["keyId"].as_str().unwrap())), "{said:#?}");
    assert_ne!(account.secrets()["quayside/storage"]["keyId"], lost["keyId"]);
    // Rotation: both anew, the third page of keys included.
    let in_use = ["quayside/storage", "quayside/edge"].map(|secret| account.secrets()[secret]["keyId"].clone());
    let in_use = in_use.map(|id| id.as_str().unwrap().to_owned());
    let rotate = [&ALL[..], &["--new-keys"]].concat();
    let would = account.set_up(&[&rotate[..], &["--dry-run"]].concat()).await;
    assert_eq!(parts(&would.out, &["would"]), ["would keys", "would keys"]);
    assert!(!would.out.contains("delete it"), "a key that stays in use is to be deleted: {would:#?}");
    let said = account.set_up(&rotate).await;
    assert_eq!(parts(&said.out, &["set"]), ["set keys", "set keys"]);
    assert_eq!(account.b2.account.lock().unwrap().keys.len(), 5);
    let notes = said.lines("note");
    let replaced: Vec<_> = notes.iter().filter(|line| line.contains("until now: delete it")).collect();
    assert!(replaced.len() == 2 && replaced.iter().zip(&in_use).all(|(line, id)| line.contains(id)), "{said:#?}");
    let older = notes.iter().filter(|line| line.contains(lost["keyId"].as_str().unwrap()));
    assert!(older.clone().count() == 1 && older.clone().all(|line| line.contains("is an older")), "{said:#?}");
    let said = account.set_up(&ALL).await;
    assert!(said.out.ends_with("nothing to change\n"), "{said:#?}");
}

#[tokio::test]
async fn a_key_whose_secret_cannot_be_kept_is_named_and_the_command_may_be_run_again() {
    let account = Account::start().await;
    let arguments = ["--secrets-file", "missing/secrets.json", "--api-url", "https://api.example"];
    let said = account.set_up(&arguments).await;
    let (id, secret) = {
        let at_b2 = account.b2.account.lock().unwrap();
        assert!(at_b2.keys.len() == 1 && at_b2.rules.is_empty(), "it went on");
        (at_b2.keys[0]["applicationKeyId"].as_str().unwrap().to_owned(), at_b2.secrets[0].clone())
    };
    assert_eq!(said.code, 1);
    assert!(said.error.starts_with("error: missing/secrets.json cannot be written: "), "{said:#?}");
    assert!(said.error.ends_with(&format!("; delete the new key {id} at B2\n")), "{said:#?}");
    assert!(!said.out.contains(&secret) && !said.error.contains(&secret), "a secret was printed");

    std::fs::create_dir(account.developer.file("missing")).unwrap();
    let said = account.set_up(&arguments).await;
    assert_eq!(said.code, 0, "{said:#?}");
    assert_eq!(
        parts(&said.out, &["set"]),
        ["set keys", "set keys", "set secrets", "set secrets", "set events"],
        "what was done is not done again"
    );
    assert!(said.lines("note").iter().any(|line| line.contains(&id) && line.contains("is an older")), "{said:#?}");
    let said = account.set_up(&arguments).await;
    assert!(said.out.ends_with("nothing to change\n"), "{said:#?}");
}

#[tokio::test]
async fn a_bucket_that_somebody_else_changes_meanwhile_stays_as_they_have_it() {
    let account = Account::start().await;
    account.set_up(&ALL).await;
    account.b2.changes();
    let contend = |is_contended| {
        let mut at_b2 = account.b2.account.lock().unwrap();
        at_b2.is_contended = is_contended;
        at_b2.buckets[0]["bucketType"] = json!("allPublic");
    };
    contend(true);
    let said = account.set_up(&ALL).await;
    assert_eq!(said.code, 1);
    assert!(said.error.starts_with("error: B2 (b2_update_bucket): conflict: "), "{said:#?}");
    assert_eq!(said.lines("set"), Vec::<&str>::new(), "what was not set was said to be");
    assert_eq!(account.b2.changes(), Vec::<String>::new());
    contend(false);
    let said = account.set_up(&ALL).await;
    assert_eq!((said.code, parts(&said.out, &["set"])), (0, vec!["set bucket".to_owned()]), "{said:#?}");
}

#[tokio::test]
async fn the_b2_of_these_tests_refuses_what_b2_does_not_know() {
    let b2 = B2::start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = |operation: &str| format!("{}/b2api/v4/{operation}", b2.address);
    let request = http.get(url("b2_authorize_account")).basic_auth(B2_KEY.0, Some(B2_KEY.1));
    let account: Value = request.send().await.unwrap().json().await.unwrap();
    let token = account["authorizationToken"].as_str().unwrap();
    let ask = async |method: Method, operation: &str, body: &Value| {
        let request = http.request(method, url(operation)).header("authorization", token).json(body);
        request.send().await.unwrap().status().as_u16()
    };
    let key = |capability: &str| {
        let capabilities = ["readFiles", capability];
        json!({"accountId": account["accountId"], "keyName": "a-key", "capabilities": capabilities})
    };
    let rule = |name: &str, event: &str, most: u32| {
        let rule = json!({
            "name": name, "eventTypes": [event], "isEnabled": true, "objectNamePrefix": "", "maxEventsPerBatch": most,
            "targetConfiguration": {
                "targetType": "webhook", "url": "https://api.example", "hmacSha256SigningSecret": "a".repeat(32),
            },
        });
        json!({"bucketId": "b", "eventNotificationRules": [rule]})
    };
    let (make, set) = ("b2_create_key", "b2_set_bucket_notification_rules");
    for (method, operation, body, status) in [
        (Method::POST, make, key("listFiles"), 200),
        (Method::POST, make, key("listFile"), 400),
        (Method::GET, make, key("listFiles"), 405),
        (Method::POST, set, rule("a-rule", "b2:ObjectCreated:*", 50), 200),
        (Method::POST, set, rule("a-rule", "b2:ObjectCreated", 50), 400),
        (Method::POST, set, rule("rule", "b2:ObjectCreated:*", 50), 400),
        (Method::POST, set, rule("a-rule", "b2:ObjectCreated:*", 51), 400),
        (Method::POST, "b2_get_bucket_notification_rules", json!({}), 405),
        (Method::POST, "b2_authorize_account", json!({}), 405),
    ] {
        assert_eq!(ask(method.clone(), operation, &body).await, status, "{method} {operation} {body}");
    }
    assert_eq!(b2.changes(), [make, set]);
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_one_line() {
    let account = Account::start().await;
    let said = account.set_up(&[]).await;
    assert_eq!(said.code, 0, "{said:#?}");
    assert_eq!(parts(&said.out, &["set"]), ["set bucket", "set cors", "set lifecycle"]);
    assert!(account.b2.account.lock().unwrap().keys.is_empty(), "no key without a place for its secret");

    let stranger = Developer::new(&[("B2_APPLICATION_KEY_ID", "1"), ("B2_APPLICATION_KEY", "a-wrong-key")]);
    let own = ["setup-bucket", "--b2-api", &account.b2.address, "--bucket", "b", "--origin", ORIGIN];
    for (developer, arguments, error) in [
        (&stranger, &own[..], "error: B2 (b2_authorize_account): unauthorized: "),
        (&Developer::new(&[]), &own, "error: B2_APPLICATION_KEY_ID is not set: see `quayside setup-bucket --help`"),
        (&stranger, &[&own[..6], &["https://app.example/"]].concat(), "error: invalid value 'https://app.example/'"),
        (
            &stranger,
            &[&own[..], &["--api-url", "http://api.example"]].concat(),
            "error: invalid value 'http://api.example'",
        ),
    ] {
        let said = developer.run(arguments).await;
        assert!(said.code != 0 && said.error.starts_with(error), "{said:#?}");
        assert!(!said.error.contains("a-wrong-key"));
    }
}
