//! Application keys: one for the functions, one for the CDN's edge, each limited to what `deploy/keys.json` says.

use std::collections::BTreeSet;

use quayside_store::config::Secret;
use serde::Deserialize;

use super::{Arguments, Changes};
use crate::Result;
use crate::b2::{B2, Bucket, Key, Limits};
use crate::secrets::{Store, Values};

const FILE: &str = include_str!("../../../deploy/keys.json");

#[derive(Deserialize)]
struct File {
    functions: Limits,
    edge: Limits,
}

/// Makes the keys that are not there. B2 tells a key's secret once, so a key whose secret is not in `store` is as good as
/// none.
pub(super) async fn set_up(
    arguments: &Arguments,
    b2: &B2,
    bucket: &Bucket,
    store: Option<&Store>,
    changes: &mut Changes,
) -> Result<()> {
    let Some(store) = store else {
        changes.note("keys", "not made: give --write-secrets, or --secrets-file FILE");
        return Ok(());
    };
    let File { functions, edge } = serde_json::from_str(FILE)?;
    let keys = b2.keys().await?;
    for (user, secret, limits) in [("functions", "storage", functions), ("edge", "edge", edge)] {
        let secret = arguments.secret(secret);
        let name = key_name(&arguments.bucket, user);
        let kept = store.read(&secret).await?.unwrap_or_default();
        let held = |key: &&Key| kept.get("keyId").map(Secret::expose) == Some(&key.application_key_id);
        let good = |key: &&Key| held(key) && is_limited(key, &bucket.bucket_id, &limits);
        if let Some(key) = keys.iter().find(good).filter(|_| !arguments.new_keys) {
            changes.same("keys", &format!("{secret} in {store} has the key {}", key.application_key_id));
            continue;
        }
        if !changes.differs("keys", &format!("a new key {name}, put into {secret} in {store}")) {
            continue;
        }
        let (id, application_key) = b2.create_key(&name, bucket, &limits).await?;
        let values =
            Values::from([("keyId".to_owned(), id.clone().into()), ("applicationKey".to_owned(), application_key)]);
        store.write(&secret, &values).await.map_err(|error| format!("{error}; delete the new key {id} at B2"))?;
        changes.done();
        for old in keys.iter().filter(|key| held(key) || key.key_name == name) {
            let what = if held(&old) { format!("was in {secret} until now") } else { format!("is an older {name}") };
            changes.note("keys", &format!("{} {what}: delete it once nothing uses it", old.application_key_id));
        }
    }
    Ok(())
}

/// At most 100 letters, digits and `-`. A bucket's name has 63 of them, or dots.
fn key_name(bucket: &str, user: &str) -> String {
    format!("quayside-{}-{user}", bucket.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))
}

fn is_limited(key: &Key, bucket_id: &str, limits: &Limits) -> bool {
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
    let prefix = |prefix: &Option<String>| prefix.clone().filter(|prefix| !prefix.is_empty());
    key.bucket_ids.as_deref().is_some_and(|ids| ids == [bucket_id])
        && set(&key.capabilities) == set(&limits.capabilities)
        && prefix(&key.name_prefix) == prefix(&limits.name_prefix)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_that_may_more_or_elsewhere_is_not_the_one_that_is_wanted() {
        let File { edge, functions } = serde_json::from_str(FILE).unwrap();
        let key = |change: serde_json::Value| -> Key {
            let mut key = json!({
                "applicationKeyId": "1", "keyName": "a", "capabilities": ["readFiles"],
                "bucketIds": ["b"], "namePrefix": "media/",
            });
            key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            serde_json::from_value(key).unwrap()
        };
        assert!(is_limited(&key(json!({})), "b", &edge));
        for change in [
            json!({"capabilities": ["readFiles", "writeFiles"]}),
            json!({"bucketIds": null}),
            json!({"bucketIds": ["b", "c"]}),
            json!({"namePrefix": null}),
            json!({"namePrefix": ""}),
        ] {
            assert!(!is_limited(&key(change.clone()), "b", &edge), "{change}");
        }
        let own = json!({"capabilities": functions.capabilities, "namePrefix": ""});
        assert!(is_limited(&key(own), "b", &functions));
    }

    #[test]
    fn the_edge_may_read_what_is_served_and_nothing_else() {
        let File { edge, .. } = serde_json::from_str(FILE).unwrap();
        assert_eq!((edge.capabilities, edge.name_prefix.as_deref()), (vec!["readFiles".to_owned()], Some("media/")));
    }

    #[test]
    fn a_keys_name_has_letters_digits_and_hyphens() {
        assert_eq!(key_name("media.example_1", "edge"), "quayside-media-example-1-edge");
    }
}
