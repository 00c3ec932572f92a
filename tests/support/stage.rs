//! Storage and table alone, with what the events in `events/` are about. No pipe, no queue and no schedule is there, so a
//! function gets what a test gives it and nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use quayside_local::data::Secrets;
use quayside_local::journal::Journal;
use quayside_local::queue::Queues;
use quayside_local::services::Services;
use quayside_local::storage::{self, Credentials, Storage};
use quayside_local::system::{self, Addresses};
use quayside_local::table::Table;
use quayside_store::connections::http_client;
use quayside_template::Template;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const TABLE: &str = "quayside";
const BUCKET: &str = "quayside-media";
const KEY_ID: &str = "functions";
/// In the table's records, whatever brings `elsewhere/` of storage.
const ELSEWHERE: &str = "http://localhost/";

/// Storage and table, laid out from `events/given/`.
pub struct Stage {
    /// What the functions are told.
    pub variables: BTreeMap<String, String>,
    table: String,
    storage: aws_sdk_s3::Client,
    http: reqwest::Client,
    _servers: JoinSet<()>,
    // Declared last: it is removed when nothing uses it.
    _folder: TempDir,
}

impl Stage {
    pub async fn start() -> Self {
        let template = template();
        let folder = tempfile::tempdir().unwrap();
        // Always the same, since some of the events are signed.
        let secrets = Secrets {
            token_secret: "t".repeat(32),
            functions_key: "functions-key".to_owned(),
            edge_key: "edge-key".to_owned(),
            cdn_token_key: "cdn-token-key".to_owned(),
            cursor_key: "c".repeat(64),
            webhook_key: "0123456789abcdef".repeat(4),
            b2_webhook_secret: "0123456789abcdef".repeat(2),
        };
        let bind = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (for_table, for_storage) = (bind().await, bind().await);
        let url = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let addresses = Addresses {
            gateway: "http://localhost:9000".to_owned(),
            storage: url(&for_storage),
            table: url(&for_table),
            edge: "http://127.0.0.1:9003".to_owned(),
        };
        let mut variables = system::environment(&template, &addresses, &secrets).unwrap();
        variables.insert("ALLOW_LOOPBACK_SOURCES".to_owned(), "1".to_owned());

        let mut servers = JoinSet::new();
        let rights = template.functions.iter().map(|one| (one.name.clone(), one.rights.clone())).collect();
        let table = Table::open(&folder.path().join("table.db"), TABLE, &template.table).unwrap().holding_to(rights);
        let queues = Queues::open(&folder.path().join("queues.db"), &[]).unwrap();
        let services = Services::new(&secrets, KEY_ID, queues);
        servers.spawn(async move { table.serve(for_table, Journal::new(), services).await.unwrap() });
        let stored = Storage::open(None).unwrap();
        stored.create_bucket_with(BUCKET, &["http://localhost".to_owned()]).await.unwrap();
        let credentials = vec![Credentials { key_id: KEY_ID.to_owned(), secret: secrets.functions_key.clone() }];
        servers.spawn(storage::serve(for_storage, stored, credentials, Journal::new()));
        Self {
            storage: s3(&addresses.storage, KEY_ID, &secrets.functions_key),
            table: addresses.table,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            variables,
            _servers: servers,
            _folder: folder,
        }
    }

    /// Puts everything as `events/given/` has it, and takes away what else is there.
    pub async fn lay_out(&self) {
        for item in self.ask_table("Scan", json!({})).await["Items"].as_array().unwrap() {
            self.ask_table("DeleteItem", json!({"Key": {"pk": item["pk"], "sk": item["sk"]}})).await;
        }
        let objects = self.storage.list_objects_v2().bucket(BUCKET).send().await.unwrap();
        for object in objects.contents() {
            self.storage.delete_object().bucket(BUCKET).key(object.key().unwrap()).send().await.unwrap();
        }
        let given = project().join("events/given");
        for file in files(&given.join("storage")) {
            let key = file.strip_prefix(given.join("storage")).unwrap().to_str().unwrap();
            let put = self.storage.put_object().bucket(BUCKET).key(key).content_type("image/png");
            put.body(std::fs::read(&file).unwrap().into()).send().await.unwrap();
        }
        for mut item in read(&given.join("table.json")).as_array().unwrap().clone() {
            if let Some(name) = item["url"]["S"].as_str().and_then(|url| url.strip_prefix(ELSEWHERE)) {
                item["url"] = json!({"S": self.presigned(&format!("elsewhere/{name}")).await});
            }
            self.ask_table("PutItem", json!({"Item": item})).await;
        }
    }

    /// The table's item with the key of `wanted`; null if there is none.
    pub async fn item(&self, wanted: &Value) -> Value {
        let key = json!({"pk": wanted["pk"], "sk": wanted["sk"]});
        self.ask_table("GetItem", json!({"Key": key})).await["Item"].clone()
    }

    /// Asks in the table's own protocol, in which `given/table.json` is written.
    pub async fn ask_table(&self, operation: &str, mut input: Value) -> Value {
        /// The embedded table wants to be asked by somebody, and does not mind whom.
        const SOMEBODY: &str = "AWS4-HMAC-SHA256 Credential=tests/20251121/local/dynamodb/aws4_request, \
            SignedHeaders=host;x-amz-date, Signature=0";
        input["TableName"] = TABLE.into();
        let request = self.http.post(&self.table).header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
        let request = request.header("authorization", SOMEBODY).header("x-amz-date", "20251121T183102Z");
        let request = request.header("content-type", "application/x-amz-json-1.0").body(input.to_string());
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{operation}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn presigned(&self, key: &str) -> String {
        let hour = PresigningConfig::expires_in(Duration::from_secs(3600)).unwrap();
        let request = self.storage.get_object().bucket(BUCKET).key(key).presigned(hour).await.unwrap();
        request.uri().to_owned()
    }
}

/// An event for a function, and what is expected of it.
pub struct Event {
    /// `process-metadata.failing-message`
    pub name: String,
    /// `process-metadata`
    pub function: String,
    /// The event itself, as Lambda sends it.
    pub file: PathBuf,
    expected: Value,
}

impl Event {
    /// All of `events/`, in the order of their names.
    pub fn all() -> Vec<Self> {
        let folder = project().join("events");
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
        files.sort();
        let event = |file: PathBuf| {
            let name = file.file_name().unwrap().to_str().unwrap().strip_suffix(".json").unwrap().to_owned();
            let expected = read(&folder.join("expected").join(format!("{name}.json")));
            let function = name.split('.').next().unwrap().to_owned();
            Self { name, function, file, expected }
        };
        files.into_iter().map(event).collect()
    }

    /// What differs from what is expected, in the function's answer or then in the table.
    pub async fn differences(&self, answer: &Value, stage: &Stage) -> Vec<String> {
        let mut differences = Vec::new();
        compare(&self.expected["answer"], answer, "answer", &mut differences);
        for wanted in self.expected["table"].as_array().into_iter().flatten() {
            let place = wanted["pk"]["S"].as_str().unwrap();
            compare(wanted, &stage.item(wanted).await, place, &mut differences);
        }
        differences
    }
}

/// Notes where `found` is not as expected: it may have more fields than are named, a text only has to begin as one that
/// ends in `*`, and a body of JSON is compared as such.
fn compare(expected: &Value, found: &Value, place: &str, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, expected) in fields {
                compare(expected, &found[name], &format!("{place}.{name}"), differences);
            }
        }
        (Value::Array(expected), Value::Array(items)) if expected.len() == items.len() => {
            for (number, (expected, found)) in expected.iter().zip(items).enumerate() {
                compare(expected, found, &format!("{place}[{number}]"), differences);
            }
        }
        (Value::Object(_), Value::String(text))
            if serde_json::from_str::<Value>(text).is_ok_and(|it| it.is_object()) =>
        {
            compare(expected, &serde_json::from_str(text).unwrap(), place, differences);
        }
        (Value::String(expected), Value::String(text))
            if expected.strip_suffix('*').is_some_and(|begin| text.starts_with(begin)) => {}
        _ if expected == found => {}
        _ => differences.push(format!("{place} is {found}, and not {expected}")),
    }
}

/// The checkout.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Its template.
pub fn template() -> Template {
    Template::read(&project().join("template.yaml")).unwrap()
}

/// A file of JSON.
pub fn read(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn s3(endpoint: &str, key_id: &str, secret: &str) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client().unwrap())
        .region(Region::new("local"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(Credentials::new(key_id, secret, None, None, "tests"));
    aws_sdk_s3::Client::from_conf(config.build())
}
