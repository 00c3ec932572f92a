//! Traces: what a request began is of its trace, all the way to the worker.

use std::collections::HashMap;
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

/// The asset's events, oldest first: what happened, and the `traceparent` of what led to it.
async fn recorded(system: &System, id: &str) -> Vec<(String, String)> {
    let state = system.state().await;
    let text = |event: &HashMap<String, AttributeValue>, name: &str| event[name].as_s().unwrap().clone();
    state.events(id).into_iter().map(|event| (text(event, "what"), text(event, "trace"))).collect()
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
async fn each_event_of_an_asset_is_of_the_trace_of_the_request_that_led_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let system = System::start_with(Options { log: Some(log.clone()), ..Options::default() }).await;
    let ada = system.user("ada").await;
    let photo = files::png(40, 30);
    let declared = json!({"filename": "a.png", "size": photo.len(), "contentType": "image/png"});
    let begun = post_in(&ada, BEGUN, "/v1/uploads", declared).await;
    let id = begun["uploadId"].as_str().unwrap();
    let [(_, first)] = &recorded(&system, id).await[..] else { panic!("it has begun, and no more") };
    // A span of its own in the client's trace.
    assert!(first.starts_with(&format!("00-{BEGUN}-")) && !first.contains("00f067aa0ba902b7"), "{first}");

    let (status, _) = ada.put(&begun["url"], &begun["headers"], photo).await;
    assert_eq!(status, 200);
    post_in(&ada, COMPLETED, &format!("/v1/uploads/{id}/complete"), json!({})).await;
    assert_eq!(ada.inspected(id).await["status"], "ready");
    // The worker, who has no request, worked in the trace of the one that completed the upload.
    for ((what, trace), expected) in recorded(&system, id).await.iter().zip([
        ("asset.created", BEGUN),
        ("asset.uploaded", COMPLETED),
        ("asset.ready", COMPLETED),
    ]) {
        assert!(trace.starts_with(&format!("00-{}-", expected.1)), "{what} {trace}");
        assert_eq!(what, expected.0);
    }
    assert_eq!(recorded(&system, id).await.len(), 3);
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
    let id = asset["id"].as_str().unwrap();
    assert_eq!(ada.inspected(id).await["status"], "ready");
    let recorded = recorded(&system, id).await;
    assert!(recorded.len() == 3 && recorded.iter().all(|(_, trace)| trace.contains(BEGUN)), "{recorded:?}");
    logged(&log, BEGUN, FETCHED).await;
    logged(&log, BEGUN, INSPECTED).await;
}

#[tokio::test]
async fn an_asset_of_a_request_without_a_trace_begins_one() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let begun = ada.begin("a.png", "image/png", 100).await;
    let (_, trace) = &recorded(&system, begun["uploadId"].as_str().unwrap()).await[0];
    assert_eq!((trace.len(), trace.split('-').count()), (55, 4), "{trace}");
}
