//! URLs in a value of any shape.

use std::collections::HashSet;

use serde_json::Value;

/// The most URLs that are taken from one value.
pub(crate) const MAX_URLS: usize = 100;
/// How deep lists and objects may lie in each other.
const MAX_DEPTH: usize = 16;

/// Every text of the value that is an http or https URL, each once: the value itself, or what is in its lists, in their
/// order, and in its objects, by the names of their fields. No more than [`MAX_URLS`]; what lies too deep is not looked at.
pub(crate) fn urls_in(value: &Value) -> Vec<String> {
    let mut urls = Urls::default();
    urls.add(value, 0);
    urls.found
}

#[derive(Default)]
struct Urls {
    found: Vec<String>,
    seen: HashSet<String>,
}

impl Urls {
    fn add(&mut self, value: &Value, depth: usize) {
        if depth > MAX_DEPTH || self.found.len() == MAX_URLS {
            return;
        }
        match value {
            Value::String(text) if is_url(text) => {
                if self.seen.insert(text.clone()) {
                    self.found.push(text.clone());
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.add(value, depth + 1)),
            Value::Object(fields) => fields.values().for_each(|value| self.add(value, depth + 1)),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Whether the text is a URL alone, and no sentence about one.
fn is_url(text: &str) -> bool {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https")) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn urls_are_found_in_every_shape() {
        for (value, expected) in [
            (json!("https://a/1.png"), vec!["https://a/1.png"]),
            (json!("HTTP://a/1.png"), vec!["HTTP://a/1.png"]),
            (json!(["https://a/1.png", "http://a/2.png"]), vec!["https://a/1.png", "http://a/2.png"]),
            (json!({"film": "https://a/1.mp4", "seed": 7}), vec!["https://a/1.mp4"]),
            (
                json!([{"files": [["https://a/1.png"], null, true]}, "https://a/2.png"]),
                vec!["https://a/1.png", "https://a/2.png"],
            ),
            (json!(["https://a/1.png", {"again": "https://a/1.png"}]), vec!["https://a/1.png"]),
        ] {
            assert_eq!(urls_in(&value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_url_alone_is_none() {
        for value in [
            json!(null),
            json!(7),
            json!(""),
            json!("a text"),
            json!("see https://a/1.png"),
            json!("https://a/1.png is it"),
            json!("data:image/png;base64,AAAA"),
            json!("ftp://a/1.png"),
            json!("https:a"),
            json!({"https://a/1.png": "a name is no value"}),
        ] {
            assert!(urls_in(&value).is_empty(), "{value}");
        }
    }

    #[test]
    fn there_are_no_more_than_a_hundred_and_none_from_too_deep() {
        let many: Vec<_> = (0..300).map(|number| format!("https://a/{number}.png")).collect();
        assert_eq!(urls_in(&json!(many)), many[..MAX_URLS]);
        let nested = |depth: usize| (0..depth).fold(json!("https://a/1.png"), |value, _| json!([value]));
        assert_eq!((urls_in(&nested(MAX_DEPTH)).len(), urls_in(&nested(MAX_DEPTH + 1)).len()), (1, 0));
    }
}
