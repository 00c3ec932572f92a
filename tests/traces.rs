//! Traces: what a request began is of its trace, all the way to the worker.

use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Options, Reply, Source, System, User, eventually, files};

const BEGUN: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const COMPLETED: &str = "0af7651916cd43dd8448eb211c80319c";

async fn post_in(user: &User, trace: &str, path: &str, body: Value) -> Value {
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let answer = user.send(user.request(Method::POST, path).header("traceparent", parent).json(&body)).await;
    assert!(answer.status < 300, "{}", answer.json);
    answer.json
}

/// The record's `traceparent`.
async fn recorded(system: &System, id: &str) -> String {
    let item = system.dynamodb().get_item().table_name("quayside");
    let item =
        item.key("pk", AttributeValue::S(format!("ASSET#{id}"))).key("sk", AttributeValue::S("ASSET".to_owned()));
    let item = item.send().await.unwrap().item.unwrap();
    item["trace"].as_s().unwrap().clone()
}

/// Waits until a queue's worker has logged this of the trace.
async fn logged(log: &Path, trace: &str, what: &str) {
    let parts = ["work_on{", trace, what];
    let is_there = async || {
        let log = std::fs::read_to_string(log).unwrap();
        log.lines().any(|line| parts.iter().all(|part| line.contains(part))).then_some(())
    };
    eventually(&format!("a worker says {what} of the trace {trace}"), is_there).await;
}

/// What the inspection measures, and what a fetch says.
const INSPECTED: &str = "ProcessingTime";
const FETCHED: &str = "fetched";

#[tokio::test]
async fn an_asset_takes_along_the_trace_of_the_request_that_last_changed_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let system = System::start_with(Options { log: Some(log.clone()), ..Options::default() }).await;
    let ada = system.user("ada").await;
    let photo = files::png(40, 30);
    let declared = json!({"filename": "a.png", "size": photo.len(), "contentType": "image/png"});
    let begun = post_in(&ada, BEGUN, "/v1/uploads", declared).await;
    let id = begun["uploadId"].as_str().unwrap();
    let first = recorded(&system, id).await;
    // A span of its own in the client's trace.
    assert!(first.starts_with(&format!("00-{BEGUN}-")) && !first.contains("00f067aa0ba902b7"), "{first}");

    let (status, _) = ada.put(&begun["url"], &begun["headers"], photo).await;
    assert_eq!(status, 200);
    post_in(&ada, COMPLETED, &format!("/v1/uploads/{id}/complete"), json!({})).await;
    assert_eq!(ada.inspected(id).await["status"], "ready");
    // The worker, who has no request, left it as it was, and worked in it.
    assert!(recorded(&system, id).await.starts_with(&format!("00-{COMPLETED}-")));
    logged(&log, COMPLETED, INSPECTED).await;
}

#[tokio::test]
async fn what_is_fetched_and_inspected_is_of_the_trace_of_the_request_that_named_its_url() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let variables = vec![("ALLOW_LOOPBACK_SOURCES", "1".to_owned())];
    let system = System::start_with(Options { log: Some(log.clone()), variables, ..Options::default() }).await;
    let ada = system.user("ada").await;
    let source = Source::start().await;
    let url = source.serve("/a.png", [Reply::file("image/png", &files::png(40, 30))]);
    let asset = post_in(&ada, BEGUN, "/v1/assets/from-url", json!({"url": url})).await;
    assert_eq!(ada.inspected(asset["id"].as_str().unwrap()).await["status"], "ready");
    logged(&log, BEGUN, FETCHED).await;
    logged(&log, BEGUN, INSPECTED).await;
}

#[tokio::test]
async fn an_asset_of_a_request_without_a_trace_begins_one() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let begun = ada.begin("a.png", "image/png", 100).await;
    let trace = recorded(&system, begun["uploadId"].as_str().unwrap()).await;
    assert_eq!((trace.len(), trace.split('-').count()), (55, 4), "{trace}");
}
