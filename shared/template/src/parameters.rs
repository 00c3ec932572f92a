//! The template's parameters and conditions, with the values of one deployment.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::TemplateError;
use super::document::text_of;

/// Values of parameters by their names, as `sam deploy --parameter-overrides` takes them. A parameter that is not here
/// has its default.
pub type Parameters = BTreeMap<String, String>;

/// Puts the values of parameters where they are referred to: by `Ref`, and by an `Fn::Sub` that names nothing else. Then
/// puts the chosen branch in the place of each `Fn::If` whose condition these values decide. What names a parameter
/// without a value, or a resource, stays as it is.
///
/// # Errors
/// If a value is for no parameter of the template, or is not among the parameter's `AllowedValues`.
pub(super) fn resolve(document: &mut Value, chosen: &Parameters) -> Result<(), TemplateError> {
    let values = values(document, chosen)?;
    put(document, &values);
    let conditions = conditions(document);
    choose(document, &conditions);
    Ok(())
}

fn values(document: &Value, chosen: &Parameters) -> Result<Map<String, Value>, TemplateError> {
    let none = Map::new();
    let parameters = document.get("Parameters").and_then(Value::as_object).unwrap_or(&none);
    if let Some(unknown) = chosen.keys().find(|name| !parameters.contains_key(*name)) {
        return Err(TemplateError::new("Parameters", format!("there is no parameter {unknown}")));
    }
    let mut values = Map::new();
    for (name, parameter) in parameters {
        let value = chosen.get(name).map(|value| Value::from(value.as_str()));
        if let Some(value) = &value
            && let Some(allowed) = parameter.get("AllowedValues").and_then(Value::as_array)
            && !allowed.iter().any(|allowed| text_of(allowed).is_ok_and(|allowed| *value == allowed))
        {
            return Err(TemplateError::new(format!("Parameters.{name}"), format!("{value} is not an allowed value")));
        }
        if let Some(value) = value.or_else(|| parameter.get("Default").cloned()) {
            values.insert(name.clone(), value);
        }
    }
    Ok(values)
}

fn put(value: &mut Value, values: &Map<String, Value>) {
    if let Some(resolved) = resolved(value, values) {
        *value = resolved;
        return;
    }
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| put(element, values)),
        Value::Object(object) => object.values_mut().for_each(|value| put(value, values)),
        _ => {}
    }
}

fn resolved(value: &Value, values: &Map<String, Value>) -> Option<Value> {
    if let Some(name) = value.get("Ref").and_then(Value::as_str) {
        return values.get(name).cloned();
    }
    let mut rest = value.get("Fn::Sub")?.as_str()?;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        text += before;
        text += &text_of(values.get(name)?).ok()?;
        rest = after;
    }
    Some(Value::String(text + rest))
}

/// The conditions that the values of parameters decide. One may refer to others of any place in the list.
fn conditions(document: &Value) -> BTreeMap<String, bool> {
    let mut decided = BTreeMap::new();
    let Some(conditions) = document.get("Conditions").and_then(Value::as_object) else { return decided };
    // Each round decides at least one more, or the rest cannot be decided.
    for _ in 0..conditions.len() {
        for (name, condition) in conditions {
            if let Some(holds) = holds(condition, &decided) {
                decided.insert(name.clone(), holds);
            }
        }
    }
    decided
}

fn holds(condition: &Value, decided: &BTreeMap<String, bool>) -> Option<bool> {
    if let Some(name) = condition.get("Condition").and_then(Value::as_str) {
        return decided.get(name).copied();
    }
    if let Some([one, other]) = condition.get("Fn::Equals").and_then(Value::as_array).map(Vec::as_slice) {
        return Some(text_of(one).ok()? == text_of(other).ok()?);
    }
    match condition.get("Fn::Not")?.as_array()?.as_slice() {
        [negated] => holds(negated, decided).map(|holds| !holds),
        _ => None,
    }
}

/// Puts the chosen branches in the place of `Fn::If`, and takes out what is `AWS::NoValue` then.
fn choose(value: &mut Value, conditions: &BTreeMap<String, bool>) {
    while let Some(branch) = branch(value, conditions) {
        *value = branch;
    }
    let is_none = |value: &Value| value.get("Ref").and_then(Value::as_str) == Some("AWS::NoValue");
    match value {
        Value::Array(elements) => {
            elements.iter_mut().for_each(|element| choose(element, conditions));
            elements.retain(|element| !is_none(element));
        }
        Value::Object(object) => {
            object.values_mut().for_each(|value| choose(value, conditions));
            object.retain(|_, value| !is_none(value));
        }
        _ => {}
    }
}

fn branch(value: &Value, conditions: &BTreeMap<String, bool>) -> Option<Value> {
    let [condition, then, otherwise] = value.get("Fn::If")?.as_array()?.as_slice() else { return None };
    let holds = *conditions.get(condition.as_str()?)?;
    Some(if holds { then } else { otherwise }.clone())
}
