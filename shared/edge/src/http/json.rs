//! JSON bodies: read in two steps, so that each mistake is named by its code, its field and the path to it.
//!
//! [`value`] reads the syntax and refuses a repeated key anywhere. [`from_value`] reads the value into a request's type,
//! a struct with `#[serde(deny_unknown_fields)]` whose own fields are all optional: null is the same as absent, and
//! [`required`] refuses a field that is missing. The handler then has the domain parse the values.

use std::fmt;
use std::marker::PhantomData;

use lambda_http::Request;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::MAX_BODY_BYTES;
use super::request::{body, shown};
use quayside_domain::{Error, Result};

/// For each field of a request: the code of a value that has the wrong type, and what the value must be.
pub const SHAPES: [(&str, &str, &str); 15] = [
    ("contentType", "type_not_allowed", "a string"),
    ("filename", "invalid_filename", "a string"),
    ("items", "invalid_items", "an array of objects `{url, …}`"),
    ("keepLocation", "invalid_keep_location", "true or false"),
    ("name", "invalid_filename", "a string"),
    ("partNumbers", "invalid_part_number", "an array of positive integers"),
    ("parts", "invalid_parts", "an array of objects `{partNumber, etag}`"),
    ("projectId", "invalid_project_id", "a string"),
    ("provider", "invalid_provider", "a string"),
    ("secret", "invalid_secret", "a string"),
    ("sha256", "invalid_sha256", "a string"),
    ("size", "invalid_size", "a positive integer (bytes)"),
    ("tags", "invalid_tags", "an array of strings"),
    ("type", "type_not_allowed", "a string"),
    ("url", "invalid_url", "a string"),
];

/// Reads the body of a request. An empty body is an empty object.
///
/// # Errors
/// `BodyTooLarge` over [`MAX_BODY_BYTES`]; as [`parse`].
pub fn from_body<T: DeserializeOwned>(request: &Request) -> Result<T> {
    parse(body(request, MAX_BODY_BYTES)?)
}

/// Reads the text of an object. An empty text is an empty object.
///
/// # Errors
/// As [`value`] and [`from_value`].
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T> {
    from_value(value(text)?)
}

/// Reads any JSON. An empty text is an empty object.
///
/// # Errors
/// `invalid_json` for bad syntax, nesting of more than 127 levels included; `repeated_field` if an object has a key twice.
pub fn value(text: &[u8]) -> Result<Value> {
    if text.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let syntax = |error: &serde_json::Error| {
        let detail = format!("The body is not valid JSON: line {}, column {}.", error.line(), error.column());
        Error::invalid("invalid_json", "", detail)
    };
    let mut json = serde_json::Deserializer::from_slice(text);
    let unique: Unique =
        serde_path_to_error::deserialize(&mut json).map_err(|error| match error.inner().classify() {
            // Any value is read, so the only mistake beside the syntax is a repeated key.
            Category::Data => {
                let detail = format!("`{}` is given more than once.", shown(&error.path().to_string()));
                Error::invalid("repeated_field", first(error.path()).unwrap_or_default(), detail)
            }
            Category::Syntax | Category::Eof | Category::Io => syntax(error.inner()),
        })?;
    json.end().map_err(|error| syntax(&error))?;
    Ok(unique.0)
}

/// Reads an object into a request's type.
///
/// # Errors
/// `invalid_json` if it is no object; `unknown_field`; for a value of the wrong type, the code of its field in [`SHAPES`].
/// The error's field is the object's own, and its detail names the path.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T> {
    let read: Result<Object<T>, _> = serde_path_to_error::deserialize(value);
    read.map(|Object(request)| request).map_err(|error| {
        let Some(field) = first(error.path()) else {
            return Error::invalid("invalid_json", "", "Expected a JSON object.");
        };
        let path = shown(&error.path().to_string());
        // serde names this mistake in its message only; no other message begins so.
        if error.inner().to_string().starts_with("unknown field") {
            return Error::invalid("unknown_field", field, format!("`{path}` is not a known field."));
        }
        let shape = SHAPES.iter().find(|(name, ..)| *name == field);
        let (code, shape) = shape.map_or(("invalid_json", "of another type"), |(_, code, shape)| (*code, *shape));
        let place = if path == field { String::new() } else { format!(" The mistake is at `{path}`.") };
        Error::invalid(code, &*field, format!("`{field}` must be {shape}.{place}"))
    })
}

/// The value of a field that must be there.
///
/// # Errors
/// `missing_field`.
pub fn required<T>(field: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::invalid("missing_field", field, format!("`{field}` is required.")))
}

/// The object's own field in which a path begins; `None` for the path of the object itself.
fn first(path: &Path) -> Option<String> {
    match path.iter().next() {
        Some(Segment::Map { key }) => Some(shown(key)),
        _ => None,
    }
}

/// An integer from 0, which some languages write as `626.0`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Integer(pub u64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl Visitor<'_> for Numbers {
            type Value = Integer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer from 0")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Integer, E> {
                Ok(Integer(number))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Integer, E> {
                // Above it, a float stands for several integers.
                const LARGEST_EXACT: f64 = (1_u64 << 53) as f64;
                if number.fract() == 0.0 && (0.0..LARGEST_EXACT).contains(&number) {
                    return Ok(Integer(number as u64));
                }
                Err(E::invalid_value(de::Unexpected::Float(number), &self))
            }
        }
        deserializer.deserialize_any(Numbers)
    }
}

/// A `T` that is written as an object. By itself, a struct of serde's would also be read from an array of its values.
#[derive(Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Objects<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Objects<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Objects(PhantomData))
    }
}

/// Any value, in which no object has a key twice.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values).map(Self)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key_seed(NewKey(&object))? {
            let Unique(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}

/// A key that the object does not have yet. It is refused where it is read, so that the error's path ends in it.
struct NewKey<'a>(&'a Map<String, Value>);

impl<'de> DeserializeSeed<'de> for NewKey<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let key = String::deserialize(deserializer)?;
        if self.0.contains_key(&key) { Err(de::Error::custom("a repeated key")) } else { Ok(key) }
    }
}

#[cfg(test)]
mod tests;
