//! A CloudFormation template as JSON: short tags become the long form of their function, as CloudFormation reads them.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

use super::TemplateError;

/// The template's one document. `!Ref X` becomes `{"Ref": "X"}`, `!GetAtt A.B` `{"Fn::GetAtt": ["A", "B"]}` and every
/// other tag `!F` `{"Fn::F": …}`.
pub(super) fn parse(text: &str) -> Result<Value, TemplateError> {
    let documents = Yaml::load_from_str(text).map_err(|error| TemplateError::new("the file", error.to_string()))?;
    let [document] = documents.as_slice() else {
        return Err(TemplateError::new("the file", "must hold exactly one YAML document"));
    };
    to_json(document)
}

fn to_json(node: &Yaml<'_>) -> Result<Value, TemplateError> {
    Ok(match node {
        Yaml::Value(scalar) => scalar_to_json(scalar)?,
        Yaml::Sequence(elements) => Value::Array(elements.iter().map(to_json).collect::<Result<_, _>>()?),
        Yaml::Mapping(pairs) => {
            let mut object = Map::new();
            for (key, value) in pairs {
                object.insert(text_of(&to_json(key)?)?, to_json(value)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(tag, node) => match (tag.suffix.as_str(), to_json(node)?) {
            ("Ref", value) => json!({"Ref": value}),
            ("Condition", value) => json!({"Condition": value}),
            ("GetAtt", Value::String(path)) => {
                let (resource, attribute) = path.split_once('.').ok_or_else(|| {
                    TemplateError::new("the file", format!("!GetAtt {path} must name a resource and an attribute"))
                })?;
                json!({"Fn::GetAtt": [resource, attribute]})
            }
            (function, value) => json!({format!("Fn::{function}"): value}),
        },
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => {
            return Err(TemplateError::new("the file", "holds a value that is no valid YAML"));
        }
    })
}

fn scalar_to_json(scalar: &Scalar<'_>) -> Result<Value, TemplateError> {
    Ok(match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(boolean) => (*boolean).into(),
        Scalar::Integer(integer) => (*integer).into(),
        Scalar::FloatingPoint(float) => serde_json::Number::from_f64(float.into_inner())
            .map(Value::Number)
            .ok_or_else(|| TemplateError::new("the file", "holds a number that is not finite"))?,
        Scalar::String(text) => text.as_ref().into(),
    })
}

/// A scalar as CloudFormation passes it on where it wants a string.
pub(super) fn text_of(scalar: &Value) -> Result<String, TemplateError> {
    match scalar {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(scalar.to_string()),
        _ => Err(TemplateError::new("the file", format!("holds {scalar} where a string must be"))),
    }
}

/// What an intrinsic refers to: the resource of `Ref` and of `Fn::GetAtt`.
pub(super) fn referred(value: &Value) -> Option<&str> {
    value.get("Ref").or_else(|| value.get("Fn::GetAtt")?.get(0))?.as_str()
}
