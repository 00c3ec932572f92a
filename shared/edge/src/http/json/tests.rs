#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

use super::*;
use lambda_http::Body;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Taken {
    size: Option<Integer>,
    tags: Option<Vec<String>>,
    keep_location: Option<bool>,
    parts: Option<Vec<Object<Part>>>,
    colour: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    etag: String,
}

fn read(text: &str) -> Result<Taken> {
    from_body(&Request::new(Body::Text(text.to_owned())))
}

/// Code, field and sentence of the refusal.
fn refusal(text: &str) -> (&'static str, String, String) {
    match read(text).unwrap_err() {
        Error::Invalid { code, field, detail } => (code, field, detail),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn an_object_is_read_into_its_type() {
    let taken = read(r#"{"colour": "red", "parts": [{"etag": "a"}], "tags": [], "keepLocation": true}"#).unwrap();
    assert_eq!((taken.colour.as_deref(), taken.keep_location), (Some("red"), Some(true)));
    assert_eq!((taken.parts.unwrap()[0].0.etag.as_str(), taken.tags.unwrap().len()), ("a", 0));
}

#[test]
fn null_is_the_same_as_absent() {
    for text in ["", "{}", r#"{"size": null, "tags": null, "keepLocation": null, "parts": null}"#] {
        let taken = read(text).unwrap();
        assert!(taken.size.is_none() && taken.tags.is_none() && taken.parts.is_none(), "{text}");
        assert!(taken.keep_location.is_none() && taken.colour.is_none(), "{text}");
    }
    let error = required::<u64>("size", None).unwrap_err();
    assert_eq!(error.to_string(), "`size` is required.");
}

#[test]
fn an_integer_may_be_written_as_a_float() {
    for (text, number) in [("0", 0), ("626", 626), ("626.0", 626), ("1e3", 1000), ("18446744073709551615", u64::MAX)] {
        assert_eq!(read(&format!(r#"{{"size": {text}}}"#)).unwrap().size, Some(Integer(number)), "{text}");
    }
    for text in ["-1", "1.5", "9007199254740992.0", "18446744073709551616", "1e300", "\"1\"", "[]", "{}", "true"] {
        let found = refusal(&format!(r#"{{"size": {text}}}"#));
        let sentence = "`size` must be a positive integer (bytes).";
        assert_eq!(found, ("invalid_size", "size".to_owned(), sentence.to_owned()), "{text}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_named_by_its_field_and_path() {
    for (text, code, field, detail) in [
        (r#"{"tags": "a"}"#, "invalid_tags", "tags", "`tags` must be an array of strings."),
        (
            r#"{"tags": ["a", 1]}"#,
            "invalid_tags",
            "tags",
            "`tags` must be an array of strings. The mistake is at `tags[1]`.",
        ),
        (
            r#"{"tags": [null]}"#,
            "invalid_tags",
            "tags",
            "`tags` must be an array of strings. The mistake is at `tags[0]`.",
        ),
        (r#"{"keepLocation": 1}"#, "invalid_keep_location", "keepLocation", "`keepLocation` must be true or false."),
        (
            r#"{"parts": [{"etag": "a"}, {"etag": 7}]}"#,
            "invalid_parts",
            "parts",
            "`parts` must be an array of objects `{partNumber, etag}`. The mistake is at `parts[1].etag`.",
        ),
        (
            r#"{"parts": [{}]}"#,
            "invalid_parts",
            "parts",
            "`parts` must be an array of objects `{partNumber, etag}`. The mistake is at `parts[0]`.",
        ),
        (
            r#"{"parts": [["a"]]}"#,
            "invalid_parts",
            "parts",
            "`parts` must be an array of objects `{partNumber, etag}`. The mistake is at `parts[0]`.",
        ),
        (r#"{"colour": 5}"#, "invalid_json", "colour", "`colour` must be of another type."),
    ] {
        assert_eq!(refusal(text), (code, field.to_owned(), detail.to_owned()), "{text}");
    }
}

#[test]
fn an_unknown_field_is_refused_at_each_level() {
    let unknown = |text: &str, field: &str, path: &str| {
        let expected = ("unknown_field", field.to_owned(), format!("`{path}` is not a known field."));
        assert_eq!(refusal(text), expected, "{text}");
    };
    unknown(r#"{"Size": 1}"#, "Size", "Size");
    unknown(r#"{"unknown": null}"#, "unknown", "unknown");
    unknown(r#"{"": 1}"#, "", "");
    unknown(r#"{"parts": [{"etag": "a", "size": 1}]}"#, "parts", "parts[0].size");
    unknown("{\"a\\u0000b\\n\": 1}", "ab", "ab");
    let long = "x".repeat(1000);
    unknown(&format!(r#"{{"{long}": 1}}"#), &long[..64], &long[..64]);
}

#[test]
fn a_repeated_key_is_refused_at_each_level() {
    for (text, field, path) in [
        (r#"{"size": 1, "size": 1}"#, "size", "size"),
        (r#"{"size": 1, "s\u0069ze": 2}"#, "size", "size"),
        (r#"{"unknown": 1, "unknown": 1}"#, "unknown", "unknown"),
        (r#"{"parts": [{"etag": "a"}, {"etag": "a", "etag": "b"}]}"#, "parts", "parts[1].etag"),
        (r#"{"size": {"a": [[{"b": 1, "c": 2, "b": 3}]]}}"#, "size", "size.a[0][0].b"),
    ] {
        let expected = ("repeated_field", field.to_owned(), format!("`{path}` is given more than once."));
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_json_is_told_by_line_and_column() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_field = format!(r#"{{"unknown": {deep}}}"#);
    for text in ["{", "{}{}", "{} x", "nope", "{\"size\": 1,}", "{\"size\": 1e999}", "{'size': 1}", &deep, &deep_field]
    {
        let (code, field, detail) = refusal(text);
        assert_eq!((code, field.as_str()), ("invalid_json", ""), "{text}");
        assert!(detail.starts_with("The body is not valid JSON: line 1, column "), "{detail}");
    }
    for bytes in [b"{\"tags\": [\"\xff\"]}".as_slice(), b"\xff\xfe", b"\0"] {
        assert!(matches!(parse::<Taken>(bytes), Err(Error::Invalid { code: "invalid_json", .. })), "{bytes:?}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for text in ["[]", "7", "null", "\"text\"", r#"[1, ["a"], true, [], "red"]"#] {
        let expected = ("invalid_json", String::new(), "Expected a JSON object.".to_owned());
        assert_eq!(refusal(text), expected, "{text}");
    }
}

#[test]
fn a_body_of_more_than_64_kib_is_refused() {
    assert!(matches!(read(&" ".repeat(MAX_BODY_BYTES + 1)), Err(Error::BodyTooLarge { .. })));
}

#[test]
fn no_sentence_repeats_a_value() {
    for text in [r#"{"size": "s3cret"}"#, r#"{"parts": "s3cret"}"#, r#"{"keepLocation": "s3cret"}"#] {
        assert!(!refusal(text).2.contains("s3cret"), "{text}");
    }
}
