//! The template's parameters, at their defaults.

use serde_json::{Map, Value};

use super::document::text_of;

/// Puts the defaults of the template's parameters where they are referred to: by `Ref`, and by an `Fn::Sub` that names
/// nothing else. What names a parameter without a default, or a resource, stays as it is.
pub(super) fn resolve(document: &mut Value) {
    let mut defaults = Map::new();
    if let Some(parameters) = document.get("Parameters").and_then(Value::as_object) {
        for (name, parameter) in parameters {
            if let Some(default) = parameter.get("Default") {
                defaults.insert(name.clone(), default.clone());
            }
        }
    }
    put(document, &defaults);
}

fn put(value: &mut Value, defaults: &Map<String, Value>) {
    if let Some(resolved) = resolved(value, defaults) {
        *value = resolved;
        return;
    }
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| put(element, defaults)),
        Value::Object(object) => object.values_mut().for_each(|value| put(value, defaults)),
        _ => {}
    }
}

fn resolved(value: &Value, defaults: &Map<String, Value>) -> Option<Value> {
    if let Some(name) = value.get("Ref").and_then(Value::as_str) {
        return defaults.get(name).cloned();
    }
    let mut rest = value.get("Fn::Sub")?.as_str()?;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        text += before;
        text += &text_of(defaults.get(name)?).ok()?;
        rest = after;
    }
    Some(Value::String(text + rest))
}
