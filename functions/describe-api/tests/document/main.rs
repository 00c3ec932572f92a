//! The API's description, made of what each function says of its routes.
//!
//! `openapi.json` and `docs/API.md` are what this makes. With `QUAYSIDE_WRITE_DOCS=1` they are written; without, compared.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use quayside_edge::describe::{Operation, PROBLEMS};
use quayside_edge::http::json::SHAPES;
use quayside_template::Template;
use serde_json::{Value, json};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/API.md");

const ABOUT: &str = "Users' photographs, films, sound and documents, straight into object storage and from a CDN. Every \
                     asset belongs to the `sub` of a token; somebody else's and a missing one look the same. Sizes are \
                     in bytes, durations in seconds, times RFC 3339 in UTC. Errors are problem documents (RFC 9457) \
                     with a stable `code`. A request may stand in a trace of its client's (`traceparent`, W3C Trace \
                     Context): logs have it from the request to the end of the work that it began.";

/// The operations of all functions that answer HTTP.
fn all_operations() -> impl Iterator<Item = Operation> {
    let functions = [
        // Begin generated: operations (QUAYSIDE_WRITE_DOCS=1 cargo test -p quayside-template)
        complete_upload::operations(),
        create_assets::operations(),
        describe_api::operations(),
        initiate_upload::operations(),
        manage_assets::operations(),
        manage_webhooks::operations(),
        receive_webhook::operations(),
        serve_data::operations(),
        track_upload::operations(),
        // End generated: operations
    ];
    functions.into_iter().flatten()
}

/// The description.
fn document() -> Value {
    let mut paths = BTreeMap::<String, BTreeMap<String, Value>>::new();
    let mut schemas = BTreeMap::new();
    for operation in all_operations() {
        let (path, method) = (operation.path.to_owned(), operation.method.clone());
        let (value, named) = operation.finish();
        for (name, schema) in named {
            // What a request has to be exactly, another operation may only refer to.
            let known = schemas.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*known, schema, "two types of the name {name}");
        }
        assert!(paths.entry(path).or_default().insert(method, value).is_none());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Quayside",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [
            {"name": "Uploads", "description": "Files that a client sends to storage itself."},
            {"name": "Assets", "description": "Files and what is known of them."},
            {"name": "Webhooks", "description": "What comes in from providers and from storage."},
            {"name": "Service", "description": "The service itself."},
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

#[test]
fn the_description_that_is_served_is_what_the_types_say() {
    is_or_write(DOCUMENT, &format!("{:#}\n", document()));
}

#[test]
fn the_page_of_routes_is_what_the_description_says() {
    is_or_write(PAGE, &table::page(&document()));
}

/// Compares a file with what it has to be, or writes it.
fn is_or_write(file: &str, made: &str) {
    if env::var_os("QUAYSIDE_WRITE_DOCS").is_some() {
        fs::write(file, made).unwrap();
        return;
    }
    let found = fs::read_to_string(file).unwrap();
    let line = found.lines().zip(made.lines()).position(|(found, made)| found != made);
    let hint = "run QUAYSIDE_WRITE_DOCS=1 cargo test --workspace --test document";
    assert!(found == made, "{file} is another from line {:?}: {hint}", line.map(|line| line + 1));
}

#[test]
fn it_has_the_routes_of_the_template_and_says_which_need_a_token() {
    let template = Template::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml")).unwrap();
    let routes = template.routes.iter().map(|route| (route.method.clone(), route.path.clone(), route.needs_token));
    let document = document();
    let described = operations(&document)
        .map(|(path, method, operation)| (method.to_uppercase(), path.to_owned(), operation.get("security").is_none()));
    assert_eq!(described.collect::<BTreeSet<_>>(), routes.collect());
}

#[test]
fn every_parameter_of_a_path_is_described_and_every_link_leads_somewhere() {
    let document = document();
    let ids: Vec<_> = operations(&document).map(|(_, _, operation)| operation["operationId"].clone()).collect();
    assert_eq!(ids.iter().map(Value::to_string).collect::<BTreeSet<_>>().len(), ids.len(), "an id is there twice");
    for (path, method, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().unwrap();
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let in_path: BTreeSet<_> = in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        let named = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(in_path, named, "{method} {path}");
        for answer in operation["responses"].as_object().unwrap().values() {
            for link in answer["links"].as_object().into_iter().flat_map(|links| links.values()) {
                assert!(ids.contains(&link["operationId"]), "{link}");
            }
        }
    }
}

#[test]
fn every_code_of_a_problem_is_that_of_some_operation() {
    let document = document().to_string();
    for (_, code, _) in PROBLEMS {
        assert!(
            document.contains(&format!("urn:quayside:problem:{code}")) || document.contains(&format!("`{code}`")),
            "{code}"
        );
    }
}

#[test]
fn every_field_of_a_request_is_in_an_example_and_has_a_code_for_a_value_of_the_wrong_type() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        let content = &operation["requestBody"]["content"]["application/json"];
        let examples: Vec<_> =
            content["examples"].as_object().into_iter().flat_map(|examples| examples.values()).collect();
        for (name, _) in fields(&document, &content["schema"]) {
            let is_there = examples.iter().any(|example| example["value"].get(&name).is_some());
            assert!(is_there, "{method} {path}: no example has {name}");
            // What a webhook has is its sender's to say.
            let has_shape = SHAPES.iter().any(|(field, ..)| *field == name) || path.starts_with("/v1/webhooks/");
            assert!(has_shape, "{method} {path}: SHAPES does not have {name}");
        }
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// The names of an object's fields and whether they are required, or of all the objects that it may be.
fn fields(document: &Value, schema: &Value) -> Vec<(String, bool)> {
    if let Some(name) = schema["$ref"].as_str() {
        return fields(document, &document["components"]["schemas"][name.rsplit('/').next().unwrap()]);
    }
    let is_required = |name: &String| schema["required"].as_array().is_some_and(|all| all.iter().any(|it| it == name));
    let own = schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys());
    let own = own.map(|name| (name.clone(), is_required(name)));
    let others = schema["oneOf"].as_array().into_iter().flatten().flat_map(|schema| fields(document, schema));
    own.chain(others).collect()
}
