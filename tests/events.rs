//! The events in `events/`, each given to its function's own handler in this process. `tests/watch.rs` gives the same
//! ones to the functions under `cargo lambda watch`.

use std::collections::BTreeSet;

use quayside_local::functions::function;
use serde_json::Value;

use crate::support::stage::{Event, Stage, project, read, template};

#[test]
fn every_function_has_an_event_and_every_event_a_function_and_an_expectation() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(project().join(folder)).unwrap().map(|entry| entry.unwrap());
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    let events = Event::all();
    let with_events: BTreeSet<_> = events.iter().map(|event| event.function.clone()).collect();
    assert_eq!(names("functions"), with_events);
    let files: BTreeSet<_> = events.iter().map(|event| format!("{}.json", event.name)).collect();
    assert_eq!(names("events/expected"), files);
}

#[test]
fn every_event_is_one_that_the_template_leads_to_its_function() {
    let template = template();
    for Event { name, function, file, .. } in Event::all() {
        let event = read(&file);
        let leads_there = if let Some(key) = event["routeKey"].as_str() {
            let mut routes = template.routes.iter().filter(|route| route.function == function);
            routes.any(|route| route.key() == key)
        } else if let Some(messages) = event["Records"].as_array() {
            let source = template.queue_sources.iter().find(|source| source.function == function).unwrap();
            let mut rules = template.rules.iter().filter(|rule| rule.queues.contains(&source.queue));
            let bodies = messages.iter().map(|message| message["body"].as_str().unwrap());
            // One that is no event at all is there to fail.
            let bodies: Vec<Value> = bodies.filter_map(|body| serde_json::from_str(body).ok()).collect();
            rules.any(|rule| !bodies.is_empty() && bodies.iter().all(|body| rule.pattern.matches(body)))
        } else {
            event["source"] == "aws.scheduler" && template.schedules.iter().any(|it| it.function == function)
        };
        assert!(leads_there, "{name}");
    }
}

#[tokio::test]
async fn every_event_is_answered_as_expected() {
    let stage = Stage::start().await;
    let variables = stage.variables.clone().into_iter().collect();
    let mut differences = Vec::new();
    for event in Event::all() {
        stage.lay_out().await;
        let invoke = function(&event.function, &variables).await.unwrap().unwrap();
        let answer = invoke(read(&event.file)).await.unwrap();
        let found = event.differences(&answer, &stage).await;
        differences.extend(found.into_iter().map(|difference| format!("{}: {difference}", event.name)));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
