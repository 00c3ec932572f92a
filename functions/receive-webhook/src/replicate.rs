//! Replicate: a prediction that has ended, signed by Standard Webhooks.

use http::HeaderMap;
use quayside_domain::{Error, Result, SigningSecret, Timestamp};
use serde_json::{Map, Value};

use crate::provider::ProviderOutput;
use crate::standard;
use crate::urls::urls_in;

/// Checks of a webhook what can be checked without the endpoint's secret.
///
/// # Errors
/// `InvalidSignature`.
pub(crate) fn check_time(headers: &HeaderMap, now: Timestamp) -> Result<()> {
    standard::check_time(headers, now)
}

/// Checks that the webhook is signed with the endpoint's secret.
///
/// # Errors
/// `InvalidSignature`.
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secret: &SigningSecret, now: Timestamp) -> Result<()> {
    standard::verify(headers, body, secret, now)
}

/// What the prediction has made; `None` if it has not succeeded, be it yet.
///
/// # Errors
/// `invalid_json` if it is no prediction; `invalid_id` if it succeeded and has no id.
pub(crate) fn read(body: &[u8]) -> Result<Option<ProviderOutput>> {
    let prediction: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::invalid("invalid_json", "", format!("The body is no prediction in JSON: {place}."))
    })?;
    let text = |name: &str| prediction.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("status") != "succeeded" {
        return Ok(None);
    }
    let id = text("id");
    if !(1..=128).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid("invalid_id", "id", "A prediction's id is 1 to 128 visible ASCII characters."));
    }
    Ok(Some(ProviderOutput { id: id.to_owned(), urls: prediction.get("output").map(urls_in).unwrap_or_default() }))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use serde_json::json;

    fn made(prediction: &Value) -> Option<ProviderOutput> {
        read(prediction.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_prediction_that_succeeded_has_made_its_output() {
        let prediction = json!({
            "id": "ufawqhfynnddngldkgtslldrkq",
            "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
            "created_at": "2022-04-26T22:13:06.224088Z",
            "completed_at": null,
            "status": "succeeded",
            "input": {"image": "https://example.com/input.png"},
            "output": ["https://replicate.delivery/pbxt/a/out-0.png"],
            "error": null,
            "logs": null,
            "metrics": {},
        });
        let expected = ProviderOutput {
            id: "ufawqhfynnddngldkgtslldrkq".to_owned(),
            urls: vec!["https://replicate.delivery/pbxt/a/out-0.png".to_owned()],
        };
        assert_eq!(made(&prediction), Some(expected));
    }

    #[test]
    fn a_prediction_that_has_not_succeeded_has_made_nothing() {
        for status in ["starting", "processing", "failed", "canceled", "aborted", ""] {
            assert_eq!(made(&json!({"id": "a", "status": status, "output": "https://a/1.png"})), None, "{status}");
        }
        assert_eq!(made(&json!({})), None);
        assert_eq!(made(&json!({"id": "a", "status": "succeeded"})).unwrap().urls, Vec::<String>::new());
    }

    #[test]
    fn what_is_no_prediction_is_refused() {
        let deep = "[".repeat(10_000);
        for body in ["", "nonsense", "[]", "7", "{\"status\": \"succ", &deep] {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
        for id in ["", "a b", "a\n", "é", &"a".repeat(129)] {
            let body = json!({"id": id, "status": "succeeded"}).to_string();
            assert!(read(body.as_bytes()).is_err(), "{id}");
        }
    }
}
