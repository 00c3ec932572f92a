//! The rule by which B2 tells `receive-webhook` of uploads: what it has to be, and in what another one differs from it.

use quayside_store::config::Secret;
use serde_json::{Value, json};

use crate::Result;

const FILE: &str = include_str!("../../deploy/event-notification.json");

/// Where the API at that address takes B2's notifications.
pub(crate) fn url(api: &str) -> String {
    format!("{}/v1/webhooks/b2", api.trim_end_matches('/'))
}

/// The rule that tells `url` of uploads, and signs what it tells.
///
/// # Errors
/// If its file, which is built in, is not what it should be.
pub(crate) fn wanted(url: &str, signing: &Secret) -> Result<Value> {
    let mut rule: Value = serde_json::from_str(FILE)?;
    rule["targetConfiguration"]["url"] = json!(url);
    rule["targetConfiguration"]["hmacSha256SigningSecret"] = json!(signing.expose());
    Ok(rule)
}

/// The rule under another name, which it works under as well.
pub(crate) fn named(rule: &Value, name: &Value) -> Value {
    let mut rule = rule.clone();
    rule["name"] = name.clone();
    rule
}

/// The names of what `found` lacks or has otherwise than `wanted`. B2 may answer with more.
pub(crate) fn differences<'a>(found: &Value, wanted: &'a Value) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (name, wanted) in wanted.as_object().into_iter().flatten() {
        match found.get(name) {
            Some(found) if wanted.is_object() => names.extend(differences(found, wanted)),
            Some(found) if found == wanted => {}
            _ => names.push(name.as_str()),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_rule_with_more_than_was_set_is_the_same_and_one_with_less_or_other_is_not() {
        let wanted = wanted("https://api.test/v1/webhooks/b2", &"a".repeat(32).into()).unwrap();
        let mut found = wanted.clone();
        found["isSuspended"] = json!(false);
        found["targetConfiguration"]["customHeaders"] = json!(null);
        assert_eq!(differences(&found, &wanted), Vec::<&str>::new());
        found["targetConfiguration"]["hmacSha256SigningSecret"] = json!("t");
        found["eventTypes"] = json!(["b2:ObjectDeleted:*"]);
        assert_eq!(differences(&found, &wanted), ["eventTypes", "hmacSha256SigningSecret"]);
        found.as_object_mut().unwrap().remove("targetConfiguration");
        assert_eq!(differences(&found, &wanted), ["eventTypes", "targetConfiguration"]);
    }
}
