#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;
use std::time::Duration;

use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::{AppName, BehaviorVersion, Credentials, Region};
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::QueueAttributeName;
use quayside_store::connections::http_client;
use quayside_template::Template;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;
use crate::journal::{Fault, FaultKind, Journal};
use crate::queue::Checkpoint;
use crate::table::Table;

struct Server {
    queues: Queues,
    journal: Journal,
    secrets: aws_sdk_secretsmanager::Client,
    sqs: aws_sdk_sqs::Client,
    _folder: TempDir,
}

async fn start() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let template = Template::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml")).unwrap();
    let table = Table::open(&folder.path().join("table.db"), "quayside", &template.table).unwrap();
    let queues = Queues::open(&folder.path().join("queues.db"), &template.queues).unwrap();
    let own = data::Secrets { cdn_token_key: "a key".to_owned(), ..data::Secrets::default() };
    let (services, journal) = (Services::new(&own, "functions", queues.clone()), Journal::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let log = journal.clone();
    tokio::spawn(async move { table.serve(listener, log, services).await.unwrap() });
    let key = || Credentials::new("key", "secret", None, None, "test");
    let secrets = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client().unwrap())
        .endpoint_url(&address)
        .region(Region::new("us-east-1"))
        .credentials_provider(key())
        .app_name(AppName::new("serve-data").unwrap())
        .retry_config(RetryConfig::disabled())
        .build();
    let sqs = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client().unwrap())
        .endpoint_url(&address)
        .region(Region::new("us-east-1"))
        .credentials_provider(key())
        .build();
    let secrets = aws_sdk_secretsmanager::Client::from_conf(secrets);
    Server { queues, journal, secrets, sqs: aws_sdk_sqs::Client::from_conf(sqs), _folder: folder }
}

#[tokio::test]
async fn a_secret_is_read_by_name_or_arn_and_the_journal_has_it() {
    let server = start().await;
    let read = async |id: &str| server.secrets.get_secret_value().secret_id(id).send().await;
    let secret = read(CDN_SECRET).await.unwrap();
    assert_eq!(secret.secret_string(), Some(r#"{"tokenKey":"a key"}"#));
    assert_eq!((secret.name(), secret.version_stages()), (Some(CDN_SECRET), &["AWSCURRENT".to_owned()][..]));
    assert!(secret.created_date().is_some() && secret.version_id().is_some());
    assert_eq!(read(secret.arn().unwrap()).await.unwrap().name(), Some(CDN_SECRET));
    let entry = server.journal.since(0).remove(0);
    assert_eq!(
        (entry.service, entry.operation.as_str(), entry.status),
        (Service::Secrets, "GetSecretValue", Some(200))
    );
    assert_eq!(entry.by, "serve-data");

    let error = read("quayside/nothing").await.unwrap_err().into_service_error();
    assert!(error.is_resource_not_found_exception(), "{error:?}");
    assert_eq!(server.secrets.list_secrets().send().await.unwrap_err().code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn a_secret_is_created_once_and_then_written_anew() {
    let server = start().await;
    let create = async || server.secrets.create_secret().name("other").secret_string("1").send().await;
    let put = async || server.secrets.put_secret_value().secret_id("other").secret_string("2").send().await;
    assert!(put().await.unwrap_err().into_service_error().is_resource_not_found_exception());
    let arn = create().await.unwrap().arn.unwrap();
    assert!(create().await.unwrap_err().into_service_error().is_resource_exists_exception());
    put().await.unwrap();
    let read = server.secrets.get_secret_value().secret_id("other").send().await.unwrap();
    assert_eq!((read.secret_string(), read.arn()), (Some("2"), Some(arn.as_str())));
}

#[tokio::test]
async fn a_secret_can_be_made_to_fail() {
    let server = start().await;
    let kind = FaultKind::Fail { status: 400, code: "DecryptionFailure".to_owned() };
    let fault = Fault { service: Service::Secrets, operation: None, key_contains: None, by: None, kind, times: 1 };
    server.journal.add_fault(fault);
    let read = async || server.secrets.get_secret_value().secret_id(CDN_SECRET).send().await;
    assert!(read().await.unwrap_err().into_service_error().is_decryption_failure());
    assert!(read().await.is_ok());
}

#[tokio::test]
async fn a_queue_tells_how_many_messages_wait_and_are_worked_on() {
    let server = start().await;
    let url = server.sqs.get_queue_url().queue_name("UploadedQueue").send().await.unwrap().queue_url.unwrap();
    let counts = async || {
        let request = server.sqs.get_queue_attributes().queue_url(&url);
        let request = request.attribute_names(QueueAttributeName::ApproximateNumberOfMessages);
        let request = request.attribute_names(QueueAttributeName::ApproximateNumberOfMessagesNotVisible);
        let attributes = request.send().await.unwrap().attributes.unwrap();
        assert_eq!(attributes.len(), 2);
        [
            attributes[&QueueAttributeName::ApproximateNumberOfMessages].clone(),
            attributes[&QueueAttributeName::ApproximateNumberOfMessagesNotVisible].clone(),
        ]
    };
    assert_eq!(counts().await, ["0", "0"]);
    let messages = ["a", "b", "c"].map(|body| ("UploadedQueue".to_owned(), body.to_owned()));
    let checkpoint = Checkpoint { stream: "s".to_owned(), sequence_number: "1".to_owned() };
    server.queues.deliver(messages.to_vec(), checkpoint).await.unwrap();
    let taken = server.queues.receive("UploadedQueue", 1).await.unwrap();
    assert_eq!(counts().await, ["2", "1"]);
    let receipts = vec![taken[0].receipt.clone()];
    server.queues.release("UploadedQueue", receipts, Duration::ZERO).await.unwrap();
    assert_eq!(counts().await, ["3", "0"]);

    let error = server.sqs.get_queue_url().queue_name("Nowhere").send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
}
