#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;
use std::time::Instant;

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

/// Writes past the table's server, as another connection to its file would.
fn write(folder: &TempDir, pk: &str, sk: &str, status: &str) {
    let database = Database::new(&folder.path().join("table.db").to_string_lossy()).unwrap();
    let item = json!({"pk": {"S": pk}, "sk": {"S": sk}, "status": {"S": status}});
    let request = json!({"TableName": "quayside", "Item": item});
    database.put_item(serde_json::from_value::<PutItemRequest>(request).unwrap()).unwrap();
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
async fn a_record_becomes_a_message_when_it_matches_and_not_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = open(&folder);
    let (queues, stream) = (pipe.queues.clone(), pipe.table.stream_arn().to_owned());
    write(&folder, "ASSET#a", "ASSET", "awaiting_upload");
    write(&folder, "OWNER#o", "USAGE", "uploaded");
    write(&folder, "ASSET#a", "ASSET", "uploaded");
    write(&folder, "ASSET#a", "ASSET", "uploaded");
    write(&folder, "ASSET#a", "ASSET", "ready");
    let running = tokio::spawn(pipe.run());
    drained(&folder, &queues, &stream).await;
    running.abort();

    let events = received(&queues).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!((&event["source"], &event["detail-type"]), (&json!("quayside"), &json!("asset")));
    assert_eq!((&event["version"], &event["resources"]), (&json!("0"), &json!([])));
    assert!(OffsetDateTime::parse(event["time"].as_str().unwrap(), &Rfc3339).is_ok());
    let detail = &event["detail"];
    assert_eq!((&detail["eventName"], &detail["eventSource"]), (&json!("MODIFY"), &json!("aws:dynamodb")));
    assert_eq!((&detail["eventVersion"], &detail["awsRegion"]), (&json!("1.1"), &json!(REGION)));
    assert_eq!(detail["eventSourceARN"], stream.as_str());
    let change = &detail["dynamodb"];
    assert_eq!(change["Keys"], json!({"pk": {"S": "ASSET#a"}, "sk": {"S": "ASSET"}}));
    assert_eq!(change["OldImage"]["status"], json!({"S": "awaiting_upload"}));
    assert_eq!(change["NewImage"]["status"], json!({"S": "uploaded"}));
    assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert!(change["ApproximateCreationDateTime"].is_number() && change["SizeBytes"].is_u64(), "{change}");
}

#[tokio::test]
async fn after_a_restart_the_pipe_goes_on_behind_its_checkpoint() {
    let folder = folder_with_table();
    let write_uploaded = |pk: &str| {
        write(&folder, pk, "ASSET", "awaiting_upload");
        write(&folder, pk, "ASSET", "uploaded");
    };
    write_uploaded("ASSET#before");
    let pipe = open(&folder);
    let (queues, stream) = (pipe.queues.clone(), pipe.table.stream_arn().to_owned());
    let running = tokio::spawn(pipe.run());
    drained(&folder, &queues, &stream).await;
    running.abort();
    assert_eq!(received(&queues).await.len(), 1);
    drop(queues);

    write_uploaded("ASSET#meanwhile");
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
    write(&folder, "ASSET#a", "ASSET", "awaiting_upload");
    write(&folder, "ASSET#a", "ASSET", "uploaded");
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
    write(&folder, "ASSET#a", "ASSET", "awaiting_upload");
    write(&folder, "ASSET#a", "ASSET", "uploaded");
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

    let put = |status: &str| {
        let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
        let request = client.put_item().table_name("quayside");
        request.item("pk", text("ASSET#a")).item("sk", text("ASSET")).item("status", text(status)).send()
    };
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        put("awaiting_upload").await.unwrap();
        put("uploaded").await.unwrap();
        let written = Instant::now();
        while received(&queues).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        quickest = quickest.min(written.elapsed());
    }
    assert!(quickest < LOOK_ANYWAY / 4, "{quickest:?}: the pipe was not woken, it looked by chance");
}
