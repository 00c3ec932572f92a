//! Backblaze B2's native API, as far as a bucket's setup needs it: a real server that refuses what B2's documentation
//! says it refuses. It answers in version 4 of the API.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Id and secret of the account's key that may do everything.
pub const KEY: (&str, &str) = ("0016f9e2b7a1c4d0000000001", "K001masterkeyofthetests");
const ACCOUNT: &str = "6f9e2b7a1c4d";
const TOKEN: &str = "4_0016f9e2b7a1c4d_token";

/// The operations that are asked for by GET; all others are by POST.
const BY_GET: [&str; 2] = ["b2_authorize_account", "b2_get_bucket_notification_rules"];

/// What a key may be allowed ("Application Key Capabilities").
const CAPABILITIES: [&str; 28] = [
    "listKeys",
    "writeKeys",
    "deleteKeys",
    "listBuckets",
    "listAllBucketNames",
    "readBuckets",
    "writeBuckets",
    "deleteBuckets",
    "readBucketRetentions",
    "writeBucketRetentions",
    "readBucketEncryption",
    "writeBucketEncryption",
    "readBucketReplications",
    "writeBucketReplications",
    "readBucketNotifications",
    "writeBucketNotifications",
    "readBucketLogging",
    "writeBucketLogging",
    "listFiles",
    "readFiles",
    "shareFiles",
    "writeFiles",
    "deleteFiles",
    "readFileLegalHolds",
    "writeFileLegalHolds",
    "readFileRetentions",
    "writeFileRetentions",
    "bypassGovernance",
];

/// What a rule may be told of ("Event Notifications Reference Guide").
const EVENT_TYPES: [&str; 12] = [
    "b2:ObjectCreated:*",
    "b2:ObjectCreated:Upload",
    "b2:ObjectCreated:MultipartUpload",
    "b2:ObjectCreated:Copy",
    "b2:ObjectCreated:Replica",
    "b2:ObjectCreated:MultipartReplica",
    "b2:ObjectDeleted:*",
    "b2:ObjectDeleted:Delete",
    "b2:ObjectDeleted:LifecycleRule",
    "b2:HideMarkerCreated:*",
    "b2:HideMarkerCreated:Hide",
    "b2:HideMarkerCreated:LifecycleRule",
];

/// What the account has.
#[derive(Default)]
pub struct Account {
    /// As `b2_list_buckets` tells them.
    pub buckets: Vec<Value>,
    /// As `b2_list_keys` tells them.
    pub keys: Vec<Value>,
    /// Secrets of the keys, in their order.
    pub secrets: Vec<String>,
    /// Of the one bucket that has any.
    pub rules: Vec<Value>,
    /// The operations that changed something.
    pub changes: Vec<String>,
    /// Whether somebody else changes a bucket whenever it has just been read.
    pub is_contended: bool,
}

/// A running account.
pub struct B2 {
    pub address: String,
    pub account: Arc<Mutex<Account>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for B2 {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Server {
    address: String,
    account: Arc<Mutex<Account>>,
}

impl B2 {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Server { address: address.clone(), account: Arc::default() };
        let account = Arc::clone(&server.account);
        let routes = Router::new().route("/b2api/v4/{operation}", get(answer).post(answer)).with_state(server);
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, account, task }
    }

    /// The operations that changed something since this was last asked.
    pub fn changes(&self) -> Vec<String> {
        std::mem::take(&mut self.account.lock().unwrap().changes)
    }
}

type Answer = Result<Value, (u16, &'static str, String)>;

async fn answer(
    State(server): State<Server>,
    method: Method,
    Path(operation): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization = headers.get("authorization").map(|value| value.to_str().unwrap()).unwrap_or_default();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let wanted = if BY_GET.contains(&operation.as_str()) { Method::GET } else { Method::POST };
    let answer = match operation.as_str() {
        _ if method != wanted => Err((405, "method_not_allowed", format!("{operation} is by {wanted}"))),
        "b2_authorize_account" => server.authorize(authorization),
        _ if authorization != TOKEN => Err((401, "bad_auth_token", "Invalid authorization token".to_owned())),
        operation => server.carry_out(operation, &asked, query.as_deref().unwrap_or_default()),
    };
    match answer {
        Ok(value) => axum::Json(value).into_response(),
        Err((status, code, message)) => {
            let body = json!({"status": status, "code": code, "message": message});
            (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
        }
    }
}

/// Whether two event rules are for the same events of the same objects.
fn overlap(rule: &Value, other: &Value) -> bool {
    let [prefix, prefix_of_other] = [rule, other].map(|rule| rule["objectNamePrefix"].as_str().unwrap_or_default());
    let family = |of: &Value| of.as_str().unwrap_or_default().rsplit_once(':').map(|(family, _)| family.to_owned());
    let [types, types_of_other] =
        [rule, other].map(|rule| rule["eventTypes"].as_array().into_iter().flatten().map(family).collect::<Vec<_>>());
    let same_objects = prefix.starts_with(prefix_of_other) || prefix_of_other.starts_with(prefix);
    same_objects && types.iter().any(|one| types_of_other.contains(one))
}

fn bad(message: impl Into<String>) -> Answer {
    Err((400, "bad_request", message.into()))
}

/// Refuses a list that is none, is empty, or has words other than these.
fn words(list: &Value, known: &[&str]) -> Result<(), (u16, &'static str, String)> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    match list.iter().find(|word| !word.as_str().is_some_and(|word| known.contains(&word))) {
        None if list.is_empty() => bad("a list is empty").map(drop),
        None => Ok(()),
        Some(unknown) => bad(format!("there is no {unknown}")).map(drop),
    }
}

/// Refuses a request without what the documentation requires, or with what it does not know.
fn fields(asked: &Value, required: &[&str], optional: &[&str]) -> Result<(), (u16, &'static str, String)> {
    let Some(asked) = asked.as_object() else { return bad("the body is no object").map(drop) };
    if let Some(missing) = required.iter().find(|name| asked.get(**name).is_none_or(Value::is_null)) {
        return bad(format!("required field {missing} is missing")).map(drop);
    }
    let known = |name: &str| required.contains(&name) || optional.contains(&name);
    match asked.keys().find(|name| !known(name)) {
        Some(unknown) => bad(format!("unknown field in request: {unknown}")).map(drop),
        None => Ok(()),
    }
}

impl Server {
    fn authorize(&self, authorization: &str) -> Answer {
        let good = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", KEY.0, KEY.1)));
        if authorization != good {
            return Err((401, "unauthorized", "The applicationKeyId and/or the applicationKey are wrong.".to_owned()));
        }
        Ok(json!({
            "accountId": ACCOUNT,
            "authorizationToken": TOKEN,
            "apiInfo": {"storageApi": {
                "apiUrl": self.address,
                "s3ApiUrl": "https://s3.eu-central-003.backblazeb2.com",
                "downloadUrl": self.address,
                "allowed": {"buckets": null, "capabilities": ["listBuckets"], "namePrefix": null},
            }},
            "applicationKeyExpirationTimestamp": null,
        }))
    }

    fn carry_out(&self, operation: &str, asked: &Value, query: &str) -> Answer {
        let account = &mut *self.account.lock().unwrap();
        let answer = match operation {
            "b2_list_buckets" => {
                fields(asked, &["accountId"], &["bucketName", "bucketId", "bucketTypes"])?;
                let wanted =
                    |bucket: &&Value| asked["bucketName"].is_null() || bucket["bucketName"] == asked["bucketName"];
                let answer = json!({"buckets": account.buckets.iter().filter(wanted).collect::<Vec<_>>()});
                if account.is_contended {
                    account.buckets.iter_mut().for_each(count_change);
                }
                return Ok(answer);
            }
            "b2_list_keys" => {
                fields(asked, &["accountId"], &["maxKeyCount", "startApplicationKeyId"])?;
                return Ok(keys_from(&account.keys, asked["startApplicationKeyId"].as_str()));
            }
            "b2_get_bucket_notification_rules" => {
                let bucket = query.strip_prefix("bucketId=").unwrap_or_default();
                if !account.buckets.iter().any(|found| found["bucketId"] == bucket) {
                    return bad("Invalid bucketId");
                }
                return Ok(json!({"bucketId": bucket, "eventNotificationRules": account.rules}));
            }
            "b2_create_bucket" => account.create_bucket(asked),
            "b2_update_bucket" => account.update_bucket(asked),
            "b2_create_key" => account.create_key(asked),
            "b2_set_bucket_notification_rules" => account.set_rules(asked),
            _ => bad(format!("there is no {operation}")),
        }?;
        account.changes.push(operation.to_owned());
        Ok(answer)
    }
}

fn count_change(bucket: &mut Value) {
    bucket["revision"] = (bucket["revision"].as_u64().unwrap() + 1).into();
}

/// Two at a time, so that whoever asks has to ask again.
fn keys_from(keys: &[Value], start: Option<&str>) -> Value {
    let first = start.map_or(0, |start| keys.iter().position(|key| key["applicationKeyId"] == start).unwrap());
    let page: Vec<_> = keys.iter().skip(first).take(2).collect();
    let next = keys.get(first + 2).map(|key| key["applicationKeyId"].clone());
    json!({"keys": page, "nextApplicationKeyId": next})
}

impl Account {
    fn create_bucket(&mut self, asked: &Value) -> Answer {
        fields(asked, &["accountId", "bucketName", "bucketType"], &["corsRules", "lifecycleRules", "bucketInfo"])?;
        let bucket = json!({
            "accountId": ACCOUNT,
            "bucketId": format!("b{:023}", self.buckets.len()),
            "bucketName": asked["bucketName"],
            "bucketType": asked["bucketType"],
            "bucketInfo": {},
            "corsRules": [],
            "lifecycleRules": [],
            "options": ["s3"],
            "revision": 1,
        });
        self.buckets.push(bucket.clone());
        Ok(bucket)
    }

    fn update_bucket(&mut self, asked: &Value) -> Answer {
        let optional = ["bucketType", "corsRules", "lifecycleRules", "bucketInfo", "ifRevisionIs"];
        fields(asked, &["accountId", "bucketId"], &optional)?;
        for rule in asked["corsRules"].as_array().into_iter().flatten() {
            let required = ["corsRuleName", "allowedOrigins", "allowedOperations", "maxAgeSeconds"];
            fields(rule, &required, &["allowedHeaders", "exposeHeaders"])?;
            let name = rule["corsRuleName"].as_str().unwrap_or_default();
            if !(6..=50).contains(&name.len()) || name.starts_with("b2-") {
                return bad("a CORS rule's name has 6 to 50 characters, and does not begin with b2-");
            }
            words(&rule["allowedOperations"], &["s3_delete", "s3_get", "s3_head", "s3_post", "s3_put"])?;
        }
        let lifecycle = asked["lifecycleRules"].as_array().cloned().unwrap_or_default();
        let days = [
            "daysFromUploadingToHiding",
            "daysFromHidingToDeleting",
            "daysFromStartingToCancelingUnfinishedLargeFiles",
        ];
        for (index, rule) in lifecycle.iter().enumerate() {
            fields(rule, &["fileNamePrefix"], &days)?;
            if days.iter().all(|name| rule[*name].is_null()) || days.iter().any(|name| rule[*name] == 0) {
                return bad("a lifecycle rule does something, after a positive number of days");
            }
            let prefix = rule["fileNamePrefix"].as_str().unwrap();
            let mut others = lifecycle.iter().enumerate().filter(|(other, _)| *other != index);
            if others.any(|(_, other)| other["fileNamePrefix"].as_str().unwrap().starts_with(prefix)) {
                return bad("two lifecycle rules apply to the same files");
            }
        }
        let Some(bucket) = self.buckets.iter_mut().find(|bucket| bucket["bucketId"] == asked["bucketId"]) else {
            return bad("Invalid bucketId");
        };
        if !asked["ifRevisionIs"].is_null() && asked["ifRevisionIs"] != bucket["revision"] {
            return Err((409, "conflict", "The bucket has been changed".to_owned()));
        }
        for name in ["bucketType", "corsRules", "lifecycleRules"] {
            if !asked[name].is_null() {
                bucket[name] = asked[name].clone();
            }
        }
        count_change(bucket);
        Ok(bucket.clone())
    }

    fn create_key(&mut self, asked: &Value) -> Answer {
        let optional = ["validDurationInSeconds", "bucketIds", "namePrefix"];
        fields(asked, &["accountId", "capabilities", "keyName"], &optional)?;
        let name = asked["keyName"].as_str().unwrap_or_default();
        if name.len() > 100 || name.chars().any(|c| !c.is_ascii_alphanumeric() && c != '-') {
            return bad("a key's name has up to 100 letters, digits and -");
        }
        words(&asked["capabilities"], &CAPABILITIES)?;
        if !asked["namePrefix"].is_null() && asked["bucketIds"].is_null() {
            return bad("a prefix takes a bucket");
        }
        let number = self.keys.len() + 2;
        let mut key = json!({
            "accountId": ACCOUNT,
            "applicationKeyId": format!("0016f9e2b7a1c4d{number:010}"),
            "keyName": name,
            "capabilities": asked["capabilities"],
            "bucketIds": asked["bucketIds"],
            "namePrefix": asked["namePrefix"],
            "expirationTimestamp": null,
            "options": ["s3"],
        });
        self.keys.push(key.clone());
        let secret = format!("K001secretofkey{number:016}");
        self.secrets.push(secret.clone());
        key["applicationKey"] = secret.into();
        Ok(key)
    }

    fn set_rules(&mut self, asked: &Value) -> Answer {
        fields(asked, &["bucketId", "eventNotificationRules"], &[])?;
        let mut rules = asked["eventNotificationRules"].as_array().cloned().unwrap_or_default();
        for rule in &mut rules {
            let required = ["eventTypes", "isEnabled", "name", "objectNamePrefix", "targetConfiguration"];
            fields(rule, &required, &["maxEventsPerBatch"])?;
            words(&rule["eventTypes"], &EVENT_TYPES)?;
            let name = rule["name"].as_str().unwrap_or_default();
            if !(6..=63).contains(&name.len()) || name.chars().any(|c| !c.is_ascii_alphanumeric() && c != '-') {
                return bad("a rule's name has 6 to 63 letters, digits and -");
            }
            if rule["maxEventsPerBatch"].as_u64().is_some_and(|most| !(1..=50).contains(&most)) {
                return bad("1 to 50 events come at once");
            }
            let target = &rule["targetConfiguration"];
            fields(target, &["targetType", "url"], &["customHeaders", "hmacSha256SigningSecret"])?;
            if !target["url"].as_str().unwrap().starts_with("https://") {
                return bad("a webhook's URL is https");
            }
            let secret = target["hmacSha256SigningSecret"].as_str().unwrap_or_default();
            if secret.len() != 32 || secret.chars().any(|c| !c.is_ascii_alphanumeric()) {
                return bad("a signing secret has 32 letters and digits");
            }
            rule["isSuspended"] = false.into();
            rule["suspensionReason"] = "".into();
        }
        for (index, rule) in rules.iter().enumerate() {
            if rules[..index].iter().any(|other| overlap(rule, other)) {
                return bad("no two rules are for the same events of the same objects");
            }
        }
        self.rules.clone_from(&rules);
        Ok(json!({"bucketId": asked["bucketId"], "eventNotificationRules": rules}))
    }
}
