#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::time::Instant;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{AppName, BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use quayside_store::connections::http_client;
use quayside_template::Template;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::data::Secrets;
use crate::journal::{Fault, FaultKind, Service};
use crate::queue::Queues;

fn definition() -> Definition {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    Template::read(&path).unwrap().table
}

struct Server {
    table: Table,
    journal: Journal,
    client: Client,
    address: std::net::SocketAddr,
    _folder: TempDir,
}

async fn start() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let rights = Rights::from([("serve-data".to_owned(), ["GetItem ASSET#".to_owned()].into())]);
    let table = Table::open(&folder.path().join("table.db"), "quayside", &definition()).unwrap().holding_to(rights);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let journal = Journal::new();
    let (served, log) = (table.clone(), journal.clone());
    let queues = Queues::open(&folder.path().join("queues.db"), &[]).unwrap();
    let services = Services::new(&Secrets::default(), "functions", queues);
    tokio::spawn(async move { served.serve(listener, log, services).await.unwrap() });
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client().unwrap())
        .endpoint_url(format!("http://{address}"))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .app_name(AppName::new("complete-upload").unwrap())
        .retry_config(RetryConfig::disabled())
        .build();
    Server { table, journal, client: Client::from_conf(config), address, _folder: folder }
}

fn put(id: &str) -> Put {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    Put::builder()
        .table_name("quayside")
        .item("pk", text(&format!("ASSET#{id}")))
        .item("sk", text("ASSET"))
        .build()
        .unwrap()
}

impl Server {
    async fn write(&self, id: &str) -> Result<(), aws_sdk_dynamodb::Error> {
        let item = put(id).item;
        self.client.put_item().table_name("quayside").set_item(Some(item)).send().await?;
        Ok(())
    }

    async fn transact(&self, ids: [&str; 2]) -> Result<(), aws_sdk_dynamodb::Error> {
        let puts = ids.map(|id| TransactWriteItem::builder().put(put(id)).build());
        self.client.transact_write_items().set_transact_items(Some(puts.to_vec())).send().await?;
        Ok(())
    }

    async fn exists(&self, id: &str) -> bool {
        let Put { item, .. } = put(id);
        self.client.get_item().table_name("quayside").set_key(Some(item)).send().await.unwrap().item.is_some()
    }

    fn fault(&self, operation: &str, kind: FaultKind) {
        let (service, operation) = (Service::Table, Some(operation.to_owned()));
        self.journal.add_fault(Fault { service, operation, key_contains: None, by: None, kind, times: 1 });
    }
}

#[tokio::test]
async fn every_request_is_journaled_and_every_write_is_in_the_stream_once_it_is_answered() {
    let server = start().await;
    server.write("a").await.unwrap();
    let entry = server.journal.since(0).remove(0);
    assert_eq!((entry.service, entry.operation.as_str(), entry.status), (Service::Table, "PutItem", Some(200)));
    assert_eq!(entry.by, "complete-upload");
    assert!(entry.bytes_in > 20 && entry.bytes_out > 0, "{entry:?}");

    server.table.written().await;
    let changes = server.table.changes_after(None, 10).await.unwrap();
    let record = &changes[0].record;
    assert_eq!(record["eventName"], "INSERT");
    assert_eq!(record["dynamodb"]["NewImage"]["pk"], json!({"S": "ASSET#a"}));
    assert_eq!(record["eventSourceARN"], server.table.stream_arn());
    assert!(server.table.stream_arn().starts_with("arn:aws:dynamodb:us-east-1:000000000000:table/quayside/stream/"));
}

#[tokio::test]
async fn a_request_that_dynamodb_refuses_is_answered_and_journaled_as_refused() {
    let server = start().await;
    let refused = server.client.query().table_name("quayside").key_condition_expression("nonsense").send().await;
    assert_eq!(refused.unwrap_err().code(), Some("ValidationException"));
    assert_eq!(server.journal.since(0)[0].status, Some(400));
}

#[tokio::test]
async fn a_function_may_do_what_its_role_allows_and_no_more() {
    let server = start().await;
    let config = server.client.config().to_builder().app_name(AppName::new("serve-data").unwrap()).build();
    let client = Client::from_conf(config);
    server.write("a").await.unwrap();
    let key = put("a").item;
    client.get_item().table_name("quayside").set_key(Some(key.clone())).send().await.unwrap();
    let refused = client.delete_item().table_name("quayside").set_key(Some(key)).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    let message = "The role of serve-data in template.yaml does not allow DeleteItem ASSET#";
    assert_eq!(refused.message(), Some(message));
    assert!(server.exists("a").await);

    let entries = server.journal.since(0);
    assert!(entries[1].rights.iter().eq(["GetItem ASSET#"]));
    assert_eq!((entries[2].status, entries[2].rights.is_empty()), (Some(400), true));
}

#[tokio::test]
async fn a_web_page_gets_nothing_from_the_table() {
    let server = start().await;
    let body = r#"{"TableName":"quayside"}"#;
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\norigin: http://evil.example\r\nconnection: close\r\n\
         content-type: application/x-amz-json-1.0\r\nx-amz-target: DynamoDB_20120810.Scan\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403 ") && !answer.contains("access-control"), "{answer}");
}

#[tokio::test]
async fn a_failure_is_dynamodbs_own_and_changes_nothing() {
    let server = start().await;
    let fail = |code: &str| FaultKind::Fail { status: 400, code: code.to_owned() };
    server.fault("PutItem", fail("ProvisionedThroughputExceededException"));
    let error = server.write("a").await.unwrap_err();
    assert!(matches!(error, aws_sdk_dynamodb::Error::ProvisionedThroughputExceededException(_)), "{error:?}");
    assert!(!server.exists("a").await);

    server.fault("TransactWriteItems", fail("TransactionConflict"));
    let aws_sdk_dynamodb::Error::TransactionCanceledException(error) = server.transact(["a", "b"]).await.unwrap_err()
    else {
        panic!("a conflict cancels the transaction");
    };
    let codes = error.cancellation_reasons().iter().map(|reason| reason.code().unwrap());
    assert_eq!(codes.collect::<Vec<_>>(), ["TransactionConflict", "TransactionConflict"]);
    assert!(!server.exists("a").await);
    server.transact(["a", "b"]).await.unwrap();
    assert!(server.exists("b").await);
}

#[tokio::test]
async fn a_stall_a_broken_connection_and_a_lost_answer_are_told_apart_by_what_was_written() {
    let server = start().await;
    let start = Instant::now();
    server.fault("PutItem", FaultKind::Stall { milliseconds: 200 });
    server.write("stalled").await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(200));

    server.fault("PutItem", FaultKind::BreakOff);
    assert!(server.write("broken").await.is_err());
    assert!(!server.exists("broken").await);

    server.fault("PutItem", FaultKind::LoseAnswer);
    assert!(server.write("lost").await.is_err());
    assert!(server.exists("lost").await);
    let statuses = server.journal.since(0).into_iter().filter(|entry| entry.operation == "PutItem");
    assert_eq!(statuses.map(|entry| entry.status).collect::<Vec<_>>(), [Some(200), None, None]);
}

#[tokio::test]
async fn a_trimmed_stream_goes_on_where_it_was() {
    let server = start().await;
    for id in ["a", "b", "c"] {
        server.write(id).await.unwrap();
    }
    let changes = server.table.changes_after(None, 10).await.unwrap();
    server.table.trim_stream(&changes[2]).await.unwrap();
    assert_eq!(server.table.changes_after(None, 10).await.unwrap(), &changes[2..]);
    server.write("d").await.unwrap();
    let next = server.table.changes_after(Some(&changes[2].sequence_number), 10).await.unwrap();
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].record["dynamodb"]["Keys"]["pk"], json!({"S": "ASSET#d"}));
    assert!(next[0].sequence_number > changes[2].sequence_number);
}

#[tokio::test]
async fn writes_stay_fast_however_long_the_stream_is() {
    let server = start().await;
    server.write("a").await.unwrap();
    let connection = Connection::open(&server.table.shared.file).unwrap();
    for query in [
        "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1",
        "SELECT keys_json FROM _stream_records
         WHERE table_name = ?1 AND shard_id = 's' AND CAST(sequence_number AS INTEGER) > 5
         ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 10",
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let steps = statement.query_map(["quayside"], |row| row.get::<_, String>(3)).unwrap();
        let plan = steps.collect::<Result<Vec<_>, _>>().unwrap().join("; ");
        assert!(plan.contains("USING") && plan.contains("stream_records_by_sequence"), "{plan}");
        assert!(!plan.contains("SCAN") && !plan.contains("B-TREE"), "{plan}");
    }
}

#[test]
fn a_table_is_found_again_and_one_that_differs_is_refused_with_the_difference() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.db");
    let first = Table::open(&file, "quayside", &definition()).unwrap().stream_arn().to_owned();
    assert_eq!(Table::open(&file, "quayside", &definition()).unwrap().stream_arn(), first);

    let mut other = definition();
    let indexes = other.global_secondary_indexes.as_array_mut().unwrap();
    let due = indexes.iter_mut().find(|index| index["IndexName"] == "due").unwrap();
    due["Projection"] = json!({"ProjectionType": "ALL"});
    other.key_schema[1]["AttributeName"] = "id".into();
    let error = Table::open(&file, "quayside", &other).err().unwrap().to_string();
    let expected = format!("the table in {} differs from template.yaml in its index due, key schema: ", file.display());
    assert!(error.starts_with(&expected), "{error}");
}
