//! The routes as a table for people, made of the description.

use std::fmt::Write;

use serde_json::Value;

use crate::{fields, operations};

const INTRODUCTION: &str = "# The API

Every route, with the parameters of its query after `?` and the fields of its body in braces; a field with `?` may be missing.
[OpenAPI 3.1](../functions/describe-api/openapi.json), which `GET /v1/openapi.json` serves, has all details, examples and codes
of problems. This page is [generated](../CONTRIBUTING.md#generated-files) from it.
";

/// `docs/API.md`.
pub(crate) fn page(document: &Value) -> String {
    let mut text = INTRODUCTION.to_owned();
    for tag in document["tags"].as_array().unwrap() {
        let name = tag["name"].as_str().unwrap();
        let about = tag["description"].as_str().unwrap();
        _ = write!(text, "\n## {name}\n\n{about}\n\n| route | does | takes |\n| --- | --- | --- |\n");
        for (path, method, operation) in operations(document).filter(|(.., operation)| operation["tags"][0] == name) {
            let method = method.to_uppercase();
            let summary = operation["summary"].as_str().unwrap();
            let token = if operation.get("security").is_some() { " (no token)" } else { "" };
            let takes = takes(document, operation);
            _ = writeln!(text, "| `{method} {path}` | {summary}{token} | {takes} |");
        }
    }
    text
}

/// The names of what a request may hold: parameters of its query, and fields of its body.
fn takes(document: &Value, operation: &Value) -> String {
    let parameters = operation["parameters"].as_array().unwrap();
    let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
    let query: Vec<_> = query.map(|parameter| parameter["name"].as_str().unwrap()).collect();
    let content = &operation["requestBody"]["content"];
    let is_file = content["image/png"].is_object();
    let what = if is_file { "the file itself, with " } else { "" };
    let mut takes = if query.is_empty() { Vec::new() } else { vec![format!("{what}`?{}`", query.join("&"))] };
    // What a webhook holds is its sender's business.
    if operation.get("security").is_none() {
        takes.extend(objects(document, &content["application/json"]["schema"]));
        let forms = objects(document, &content["multipart/form-data"]["schema"]).into_iter();
        takes.extend(forms.map(|fields| format!("a form with {fields}")));
    }
    takes.join(" or ")
}

/// The objects that a schema allows, each by the names of its fields, those that must be there first.
fn objects(document: &Value, schema: &Value) -> Vec<String> {
    if let Some(schemas) = schema["oneOf"].as_array() {
        return schemas.iter().flat_map(|schema| objects(document, schema)).collect();
    }
    let (required, optional): (Vec<_>, Vec<_>) =
        fields(document, schema).into_iter().partition(|(_, is_required)| *is_required);
    let names = required.into_iter().map(|(name, _)| name).chain(optional.into_iter().map(|(name, _)| name + "?"));
    let names: Vec<_> = names.collect();
    if names.is_empty() { Vec::new() } else { vec![format!("`{{{}}}`", names.join(", "))] }
}
