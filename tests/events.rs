//! The events in `events/`, each given to its function's own handler in this process. `tests/watch.rs` gives the same
//! ones to the functions under `cargo lambda watch`.

use std::collections::BTreeSet;

use quayside_local::functions::function;

use crate::support::stage::{Event, Stage, project};

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

#[tokio::test]
async fn every_event_is_answered_as_expected() {
    let stage = Stage::start().await;
    let variables = stage.variables.clone().into_iter().collect();
    let mut differences = Vec::new();
    for event in Event::all() {
        stage.lay_out().await;
        let invoke = function(&event.function, &variables).unwrap().unwrap();
        let payload = serde_json::from_slice(&std::fs::read(&event.file).unwrap()).unwrap();
        let answer = invoke(payload).await.unwrap();
        let found = event.differences(&answer, &stage).await;
        differences.extend(found.into_iter().map(|difference| format!("{}: {difference}", event.name)));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
