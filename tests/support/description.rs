//! The API's description, which every answer that a test gets is held against.

use std::sync::OnceLock;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::user::Answer;

/// Checks that the description knows of an answer to this route: its status, its media type and the code of its problem.
/// What is on no route of the API is not described.
#[track_caller]
pub fn check(method: &str, path: &str, answer: &Answer) {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| serde_json::from_str(describe_api::DOCUMENT).unwrap());
    let Some((route, operation)) = operation(document, method, path) else { return };
    let described = &operation["responses"][answer.status.to_string()];
    assert!(described.is_object(), "{method} {route} is not said to answer {}: {}", answer.status, answer.json);
    if answer.body.is_empty() {
        return;
    }
    let media_type = answer.headers["content-type"].to_str().unwrap();
    let content = &described["content"][media_type];
    assert!(content.is_object(), "{method} {route} is not said to answer {} with {media_type}", answer.status);
    if media_type == "application/problem+json" {
        let mut parts = content["schema"]["allOf"].as_array().unwrap().iter();
        let codes = parts.find_map(|part| part["properties"]["code"]["enum"].as_array()).unwrap();
        assert!(codes.contains(&answer.json["code"]), "{method} {route} is not said to refuse: {}", answer.json);
        assert_ne!(answer.json["requestId"], "", "{method} {route}");
    }
}

/// The operation of a request: of several routes that fit, the one with the fewest parameters.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<(&'a str, &'a Value)> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_parameter = |segment: &&str| segment.starts_with('{');
    let fits = |route: &str| {
        let (mut route, mut path) = (route.split('/'), path.split('/'));
        let all = route.by_ref().all(|expected| {
            path.next().is_some_and(|segment| expected == segment || (is_parameter(&expected) && !segment.is_empty()))
        });
        all && path.next().is_none()
    };
    let paths = document["paths"].as_object().unwrap().iter();
    let described = paths.filter_map(|(route, item)| Some((route.as_str(), item.get(method.to_lowercase())?)));
    described.filter(|(route, _)| fits(route)).min_by_key(|(route, _)| route.split('/').filter(is_parameter).count())
}
