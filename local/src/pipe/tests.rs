#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;
use std::time::Instant;

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::Database;
use dynoxide::actions::put_item::PutItemRequest;
use quayside_store::connections::http_client;
use quayside_template::Template;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::data::Secrets;
use crate::journal::Journal;
use crate::queue::Message;
use crate::services::Services;

fn template() -> Template {
    Template::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml")).unwrap()
}

/// Table and queues of the project's template in one folder.
fn open(folder: &TempDir) -> Pipe {
    let template = template();
    let table = Table::open(&folder.path().join("table.db"), "quayside", &template.table).unwrap();
    let queues = Queues::open(&folder.path().join("queues.db"), &template.queues).unwrap();
    Pipe { table, queues, definition: template.pipe, rules: template.rules }
}

/// A folder whose table is there already.
fn folder_with_table() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    drop(open(&folder));
    folder
}

/// Writes an event past the table's server, as another connection to its file would.
fn write(folder: &TempDir, asset: &str, what: &str, status: &str) {
    let database = Database::new(&folder.path().join("table.db").to_string_lossy()).unwrap();
    let request = json!({"TableName": "quayside", "Item": event(asset, what, status)});
    database.put_item(serde_json::from_value::<PutItemRequest>(request).unwrap()).unwrap();
}

fn event(asset: &str, what: &str, status: &str) -> Value {
    let id = Uuid::now_v7().to_string();
    let text = |text: &str| json!({"S": text});
    json!({
        "pk": text(&format!("ASSET#{asset}")), "sk": text(&format!("EVENT#{id}")), "id": text(&id), "what": text(what),
        "at": text("2026-11-20T18:51:00.123Z"), "by": text("user:a\"b"), "asset": text(asset), "owner": text("a\"b"),
        "project": text(""), "kind": text("image"), "status": text(status), "stage": {"N": "2"}, "revision": {"N": "1"},
        "trace": text(""),
    })
}

async fn received(queues: &Queues) -> Vec<Value> {
    let messages = queues.receive("UploadedQueue", 10).await.unwrap();
    messages.iter().map(|Message { body, .. }| serde_json::from_str(body).unwrap()).collect()
}

/// Waits until the pipe has come to the end of the stream.
async fn drained(folder: &TempDir, queues: &Queues, stream: &str) {
    let table = Table::open(&folder.path().join("table.db"), "quayside", &template().table).unwrap();
    let last = table.changes_after(None, 1000).await.unwrap().pop().unwrap().sequence_number;
    let deadline = Instant::now() + Duration::from_secs(10);
    while queues.checkpoint(stream).await.unwrap().as_deref() != Some(&last) {
        assert!(Instant::now() < deadline, "the pipe does not come to the end of the stream");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_event_becomes_a_message_where_a_rule_matches_in_the_shape_that_its_readers_get() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = open(&folder);
    let (queues, stream) = (pipe.queues.clone(), pipe.table.stream_arn().to_owned());
    write(&folder, "a", "asset.created", "awaiting_upload");
    write(&folder, "a", "asset.uploaded", "uploaded");
    write(&folder, "a", "asset.edited", "uploaded");
    write(&folder, "a", "asset.ready", "ready");
    let running = tokio::spawn(pipe.run());
    drained(&folder, &queues, &stream).await;
    running.abort();

    let events = received(&queues).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("quayside"), &json!("asset")));
    assert_eq!((&event["version"], &event["resources"]), (&json!("0"), &json!([])));
    assert!(OffsetDateTime::parse(event["time"].as_str().unwrap(), &Rfc3339).is_ok());
    let mut detail = event["detail"].clone();
    assert!(Uuid::parse_str(detail["id"].take().as_str().unwrap()).is_ok());
    let expected = json!({
        "id": null, "what": "asset.uploaded", "at": "2026-11-20T18:51:00.123Z", "by": "user:a\"b",
        "asset": {"id": "a", "owner": "a\"b", "project": "", "kind": "image", "status": "uploaded", "stage": "2",
            "revision": "1"},
        "trace": "",
    });
    assert_eq!(detail, expected);
}

#[tokio::test]
async fn what_is_no_event_and_the_end_of_one_pass_nothing_on() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = open(&folder);
    let mut record = json!({"eventName": "INSERT", "dynamodb": {"NewImage": event("a", "asset.uploaded", "uploaded")}});
    assert!(pipe.event(&record).is_some());
    record["eventName"] = json!("REMOVE");
    assert!(pipe.event(&record).is_none());
    record["eventName"] = json!("INSERT");
    record["dynamodb"]["NewImage"]["sk"] = json!({"S": "ASSET"});
    assert!(pipe.event(&record).is_none());
}

#[tokio::test]
async fn after_a_restart_the_pipe_goes_on_behind_its_checkpoint() {
    let folder = folder_with_table();
    let write_uploaded = |asset: &str| write(&folder, asset, "asset.uploaded", "uploaded");
    write_uploaded("before");
    let pipe = open(&folder);
    let (queues, stream) = (pipe.queues.clone(), pipe.table.stream_arn().to_owned());
    let running = tokio::spawn(pipe.run());
    drained(&folder, &queues, &stream).await;
    running.abort();
    assert_eq!(received(&queues).await.len(), 1);
    drop(queues);

    write_uploaded("meanwhile");
    let pipe = open(&folder);
    let queues = pipe.queues.clone();
    let running = tokio::spawn(pipe.run());
    drained(&folder, &queues, &stream).await;
    running.abort();
    let counts = queues.counts("UploadedQueue").await.unwrap();
    assert_eq!((counts.visible, counts.in_flight), (2, 0), "one from before, in flight then, and one from meanwhile");
}

#[tokio::test]
async fn what_was_read_but_not_written_when_the_process_died_is_read_again() {
    let folder = folder_with_table();
    write(&folder, "a", "asset.created", "awaiting_upload");
    write(&folder, "a", "asset.uploaded", "uploaded");
    let pipe = open(&folder);
    let read = pipe.table.changes_after(None, 10).await.unwrap();
    assert_eq!(read.len(), 2);
    // Here the process dies: what it read was only in its memory.
    drop((read, pipe));

    let pipe = open(&folder);
    let (queues, stream) = (pipe.queues.clone(), pipe.table.stream_arn().to_owned());
    let running = tokio::spawn(pipe.run());
    drained(&folder, &queues, &stream).await;
    running.abort();
    assert_eq!(received(&queues).await.len(), 1);
}

#[tokio::test]
async fn while_the_queues_cannot_be_written_the_pipe_waits_and_then_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = open(&folder);
    let (queues, stream) = (pipe.queues.clone(), pipe.table.stream_arn().to_owned());
    let other = rusqlite::Connection::open(folder.path().join("queues.db")).unwrap();
    other
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .unwrap();
    write(&folder, "a", "asset.created", "awaiting_upload");
    write(&folder, "a", "asset.uploaded", "uploaded");
    let running = tokio::spawn(pipe.run());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(queues.checkpoint(&stream).await.unwrap(), None);

    other.execute_batch("DROP TRIGGER full").unwrap();
    drained(&folder, &queues, &stream).await;
    running.abort();
    assert_eq!(received(&queues).await.len(), 1);
}

#[tokio::test]
async fn a_write_through_the_tables_server_is_in_its_queue_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = open(&folder);
    let (table, queues) = (pipe.table.clone(), pipe.queues.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version_latest()
        .http_client(http_client().unwrap())
        .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
        .region(aws_sdk_dynamodb::config::Region::new("us-east-1"))
        .credentials_provider(aws_sdk_dynamodb::config::Credentials::new("key", "secret", None, None, "test"))
        .build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    let services = Services::new(&Secrets::default(), "functions", queues.clone());
    tokio::spawn(async move { table.serve(listener, Journal::new(), services).await.unwrap() });
    tokio::spawn(pipe.run());

    let put = || {
        let attributes = event("a", "asset.uploaded", "uploaded");
        let attributes = attributes.as_object().unwrap().iter().map(|(name, value)| {
            let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
            let text = value.as_str().unwrap().to_owned();
            let value = if kind == "N" { AttributeValue::N(text) } else { AttributeValue::S(text) };
            (name.clone(), value)
        });
        client.put_item().table_name("quayside").set_item(Some(attributes.collect())).send()
    };
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        put().await.unwrap();
        let written = Instant::now();
        while received(&queues).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        quickest = quickest.min(written.elapsed());
    }
    assert!(quickest < LOOK_ANYWAY / 4, "{quickest:?}: the pipe was not woken, it looked by chance");
}
