//! A JSON body, field by field: each is read once, into a type that cannot be wrong, or refused by its name.

use lambda_http::{Body, Request};
use serde_json::{Map, Value};

use super::MAX_BODY_BYTES;
use quayside_domain::{Error, Result};

/// The fields of a request's JSON object that were not read yet.
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Takes the body of a request. An empty body is an empty object.
    ///
    /// # Errors
    /// `BodyTooLarge` over [`MAX_BODY_BYTES`]; `invalid_json` unless it is a JSON object.
    pub fn of_body(request: &Request) -> Result<Self> {
        Self::of_json(body(request, MAX_BODY_BYTES)?)
    }

    /// Takes the text of an object. An empty text is an empty object.
    ///
    /// # Errors
    /// `invalid_json` unless it is a JSON object.
    pub fn of_json(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(bytes) {
            Ok(value) => Self::of_value(value),
            Err(error) => Err(Error::invalid(
                "invalid_json",
                "",
                format!("The body is not JSON: line {}, column {}.", error.line(), error.column()),
            )),
        }
    }

    /// Takes an object.
    ///
    /// # Errors
    /// `invalid_json` if it is none.
    pub fn of_value(value: Value) -> Result<Self> {
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(Error::invalid("invalid_json", "", "This must be a JSON object.")),
        }
    }

    /// Reads a field that must be there.
    ///
    /// # Errors
    /// `missing_field` if it is not, or what `read` says.
    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T>) -> Result<T> {
        self.optional(name, read)?.ok_or_else(|| Error::invalid("missing_field", name, format!("{name} is required.")))
    }

    /// Reads a field that may be missing or null.
    ///
    /// # Errors
    /// What `read` says.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Result<T>) -> Result<Option<T>> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(&value).map(Some),
        }
    }

    /// Refuses what was not read, so that a misspelt field is noticed.
    ///
    /// # Errors
    /// `unknown_field`.
    pub fn finish(self) -> Result<()> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                let detail = format!("There is no field {name} here.");
                Err(Error::invalid("unknown_field", name, detail))
            }
        }
    }
}

/// The bytes of a request's body.
///
/// # Errors
/// `BodyTooLarge` over `limit` bytes.
pub fn body(request: &Request, limit: usize) -> Result<&[u8]> {
    let bytes: &[u8] = match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    if bytes.len() > limit { Err(Error::BodyTooLarge { limit }) } else { Ok(bytes) }
}

/// How the fields of bodies are read.
pub mod read {
    use serde_json::Value;

    pub use super::body;
    use quayside_domain::upload::{MAX_PARTS, MAX_SIGNED_PARTS, PartNumber};
    use quayside_domain::{ByteSize, Error, FileName, ProjectId, Result, Sha256, Tags};

    /// A file name.
    ///
    /// # Errors
    /// `invalid_filename`.
    pub fn filename(value: &Value) -> Result<FileName> {
        FileName::parse(text(value, "invalid_filename", "filename")?)
    }

    /// A file name in a field `name`.
    ///
    /// # Errors
    /// `invalid_filename`.
    pub fn name(value: &Value) -> Result<FileName> {
        FileName::parse(text(value, "invalid_filename", "name")?).map_err(|error| error.in_field("name"))
    }

    /// A size in bytes.
    ///
    /// # Errors
    /// `invalid_size`.
    pub fn size(value: &Value) -> Result<ByteSize> {
        let bytes = whole(value)
            .ok_or_else(|| Error::invalid("invalid_size", "size", "A size is a whole number of bytes, 1 or more."))?;
        ByteSize::new(bytes)
    }

    /// The text of a media type.
    ///
    /// # Errors
    /// `type_not_allowed` if it is no text.
    pub fn content_type(value: &Value) -> Result<String> {
        text(value, "type_not_allowed", "contentType").map(ToOwned::to_owned)
    }

    /// A project's id.
    ///
    /// # Errors
    /// `invalid_project_id`.
    pub fn project_id(value: &Value) -> Result<ProjectId> {
        ProjectId::parse(text(value, "invalid_project_id", "projectId")?)
    }

    /// Whether the place where a picture was taken is kept.
    ///
    /// # Errors
    /// `invalid_keep_location`.
    pub fn keep_location(value: &Value) -> Result<bool> {
        let mistake = || Error::invalid("invalid_keep_location", "keepLocation", "keepLocation is true or false.");
        value.as_bool().ok_or_else(mistake)
    }

    /// A SHA-256.
    ///
    /// # Errors
    /// `invalid_sha256`.
    pub fn sha256(value: &Value) -> Result<Sha256> {
        Sha256::parse(text(value, "invalid_sha256", "sha256")?)
    }

    /// Tags.
    ///
    /// # Errors
    /// `invalid_tags`.
    pub fn tags(value: &Value) -> Result<Tags> {
        let wrong = || Error::invalid("invalid_tags", "tags", "Tags are a list of texts.");
        let texts = value.as_array().ok_or_else(wrong)?.iter().map(|tag| tag.as_str().map(ToOwned::to_owned));
        Tags::parse(texts.collect::<Option<_>>().ok_or_else(wrong)?)
    }

    /// The numbers of up to 100 parts. Whether the upload has them is its plan's to say.
    ///
    /// # Errors
    /// `invalid_part_number`.
    pub fn part_numbers(value: &Value) -> Result<Vec<PartNumber>> {
        let wrong = || {
            let detail = format!("Part numbers are a list of 1 to {MAX_SIGNED_PARTS} whole numbers from 1.");
            Error::invalid("invalid_part_number", "partNumbers", detail)
        };
        let numbers = value.as_array().filter(|numbers| (1..=MAX_SIGNED_PARTS).contains(&numbers.len()));
        numbers.ok_or_else(wrong)?.iter().map(|number| part_number(number).ok_or_else(wrong)).collect()
    }

    /// The parts that a client says it has uploaded: number and etag.
    ///
    /// # Errors
    /// `invalid_parts`.
    pub fn parts(value: &Value) -> Result<Vec<(PartNumber, String)>> {
        let wrong = || {
            let detail = "Parts are a list of objects {partNumber, etag}; left out, storage's own list is used.";
            Error::invalid("invalid_parts", "parts", detail)
        };
        let part = |part: &Value| {
            let number = part_number(part.get("partNumber")?)?;
            // An etag is a hexadecimal digest, with or without its quotes; anything longer is none, and what cannot be
            // written in XML would make storage refuse the request as a whole.
            let etag = part.get("etag")?.as_str()?;
            let sound = (1..=80).contains(&etag.len()) && etag.bytes().all(|byte| byte.is_ascii_graphic());
            sound.then(|| (number, etag.to_owned()))
        };
        value.as_array().ok_or_else(wrong)?.iter().map(|value| part(value).ok_or_else(wrong)).collect()
    }

    fn part_number(value: &Value) -> Option<PartNumber> {
        whole(value).filter(|number| (1..=MAX_PARTS).contains(number))?.try_into().ok()
    }

    /// A whole number, which some languages write as `626.0`.
    fn whole(value: &Value) -> Option<u64> {
        // The next number after it is another one.
        const LARGEST_EXACT: f64 = (1_u64 << 53) as f64;
        let written = || value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..LARGEST_EXACT).contains(number));
        value.as_u64().or_else(|| written().map(|number| number as u64))
    }

    fn text<'a>(value: &'a Value, code: &'static str, field: &'static str) -> Result<&'a str> {
        value.as_str().ok_or_else(|| Error::invalid(code, field, format!("{field} must be a text.")))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use quayside_domain::ByteSize;

    fn fields(text: &str) -> Result<Fields> {
        Fields::of_body(&Request::new(Body::Text(text.to_owned())))
    }

    fn size(text: &str) -> Result<ByteSize> {
        fields(text)?.required("size", read::size)
    }

    #[test]
    fn only_a_whole_number_from_one_is_a_size() {
        for one in ["1", "1.0", "1e0"] {
            assert_eq!(size(&format!(r#"{{"size": {one}}}"#)).unwrap().bytes(), 1, "{one}");
        }
        assert!(size(r#"{"size": 9007199254740992.0}"#).is_err());
        for wrong in ["0", "-1", "1.5", "9223372036854775808", "1e300", "\"1\"", "[]", "null"] {
            let error = size(&format!(r#"{{"size": {wrong}}}"#)).unwrap_err();
            assert!(matches!(&error, Error::Invalid { field, .. } if field == "size"), "{wrong}: {error:?}");
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        for wrong in ["{", "[]", "1", "\"\"", "{\"a\":1}{"] {
            assert!(matches!(fields(wrong), Err(Error::Invalid { code: "invalid_json", .. })), "{wrong}");
        }
        assert!(matches!(fields(&" ".repeat(MAX_BODY_BYTES + 1)), Err(Error::BodyTooLarge { .. })));
        assert!(fields(&"[".repeat(MAX_BODY_BYTES)).is_err());
    }

    #[test]
    fn a_misspelt_field_is_named() {
        let error = fields(r#"{"fileName": "a"}"#).unwrap().finish().unwrap_err();
        assert_eq!(error.to_string(), "There is no field fileName here.");
    }
}
