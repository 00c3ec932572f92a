//! The bucket at Backblaze B2, by its native API, which takes the master key too.

use quayside_store::config::Secret;
use quayside_store::storage::rules;
use serde_json::{Value, json};

use super::{Arguments, Changes, in_words, keys, own_secrets};
use crate::b2::{B2, Bucket, CorsRule, LifecycleRule};
use crate::secrets::Store;
use crate::{Result, event_rule};

pub(super) async fn set_up(arguments: &Arguments, store: Option<&Store>, changes: &mut Changes) -> Result<()> {
    let variable =
        |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set: see `quayside setup-bucket --help`"));
    let (key_id, key) = (variable("B2_APPLICATION_KEY_ID")?, Secret::from(variable("B2_APPLICATION_KEY")?));
    let b2 = B2::authorize(&arguments.b2_api, &key_id, &key).await?;
    changes.note("storage", &format!("its S3 endpoint is {}", b2.s3));

    let bucket = match b2.find_bucket(&arguments.bucket).await? {
        Some(bucket) => bucket,
        None => {
            if !changes.differs("bucket", &format!("{} made, private", arguments.bucket)) {
                changes.note("bucket", "all else is said once there is one");
                return Ok(());
            }
            let made = b2.create_bucket(&arguments.bucket).await?;
            changes.done();
            made
        }
    };
    let bucket = rules_of(arguments, &b2, bucket, changes).await?;
    keys::set_up(arguments, &b2, &bucket, store, changes).await?;
    let signing = own_secrets(arguments, store, changes).await?;
    events(arguments, &b2, &bucket, signing, changes).await
}

/// Private, CORS, lifecycle: one change of the bucket.
async fn rules_of(arguments: &Arguments, b2: &B2, bucket: Bucket, changes: &mut Changes) -> Result<Bucket> {
    let mut change = json!({});
    if bucket.bucket_type == "allPrivate" {
        changes.same("bucket", &format!("{} is private", arguments.bucket));
    } else if changes.differs("bucket", &format!("{} was {}, and is private", arguments.bucket, bucket.bucket_type)) {
        change["bucketType"] = json!("allPrivate");
    }

    let wanted: Vec<_> = arguments.cors()?.into_iter().map(cors_rule).collect();
    let origins = arguments.origins.join(", ");
    if in_order(&bucket.cors_rules) == in_order(&wanted) {
        changes.same("cors", &format!("pages of {origins} may upload"));
    } else if changes.differs("cors", &format!("pages of {origins} may upload, and no others")) {
        change["corsRules"] = json!(wanted);
    }

    let rules = rules::lifecycle()?;
    let mut wanted: Vec<_> = rules.iter().map(lifecycle_rule).collect();
    let mut found = bucket.lifecycle_rules.clone();
    wanted.sort();
    found.sort();
    if found == wanted {
        changes.same("lifecycle", &in_words(&rules));
    } else if changes.differs("lifecycle", &in_words(&rules)) {
        change["lifecycleRules"] = json!(wanted);
    }

    if change == json!({}) {
        return Ok(bucket);
    }
    let bucket = b2.update_bucket(&bucket, change).await?;
    changes.done();
    Ok(bucket)
}

fn cors_rule(rule: rules::CorsRule) -> CorsRule {
    let operation = |method: &String| format!("s3_{}", method.to_ascii_lowercase());
    CorsRule {
        cors_rule_name: rule.id,
        allowed_origins: rule.allowed_origins,
        allowed_headers: rule.allowed_headers,
        allowed_operations: rule.allowed_methods.iter().map(operation).collect(),
        expose_headers: rule.expose_headers,
        max_age_seconds: rule.max_age_seconds,
    }
}

fn lifecycle_rule(rule: &rules::LifecycleRule) -> LifecycleRule {
    LifecycleRule {
        file_name_prefix: rule.prefix.clone(),
        days_from_uploading_to_hiding: rule.expire_days,
        days_from_hiding_to_deleting: rule.noncurrent_days,
        days_from_starting_to_canceling_unfinished_large_files: rule.abort_days,
    }
}

/// The rules in an order that does not depend on who wrote them. Headers have no case.
fn in_order(rules: &[CorsRule]) -> Vec<CorsRule> {
    let mut rules = rules.to_vec();
    for rule in &mut rules {
        for list in [&mut rule.allowed_headers, &mut rule.expose_headers] {
            list.iter_mut().for_each(|header| header.make_ascii_lowercase());
            list.sort();
        }
        rule.allowed_origins.sort();
        rule.allowed_operations.sort();
    }
    rules.sort();
    rules
}

/// The rule by which B2 tells `receive-webhook` of uploads. The bucket's other rules stay.
async fn events(
    arguments: &Arguments,
    b2: &B2,
    bucket: &Bucket,
    signing: Option<Secret>,
    changes: &mut Changes,
) -> Result<()> {
    let (Some(api), Some(signing)) = (&arguments.api_url, signing) else {
        changes
            .note("events", "no rule is set: that takes --api-url, once the API is deployed, and a place for secrets");
        return Ok(());
    };
    let url = event_rule::url(api.as_str());
    let wanted = event_rule::wanted(&url, &signing)?;

    let mut rules = b2.event_rules(bucket).await?;
    // Ours, and whatever else tells the same address: B2 takes no two rules for the same objects.
    let is_ours = |rule: &Value| rule["name"] == wanted["name"] || rule["targetConfiguration"]["url"] == *url;
    let ours: Vec<_> = rules.iter().filter(|rule| is_ours(rule)).collect();
    let suspended = ours.iter().any(|rule| rule["isSuspended"] == true);
    if let [found] = ours[..]
        && !suspended
        && event_rule::differences(found, &event_rule::named(&wanted, &found["name"])).is_empty()
    {
        changes.same("events", &format!("uploads are told to {url}"));
        return Ok(());
    }
    let why = if suspended { " again: B2 had suspended the rule" } else { "" };
    if changes.differs("events", &format!("uploads are told to {url}{why}")) {
        for rule in rules.iter().filter(|rule| is_ours(rule) && rule["name"] != wanted["name"]) {
            let name = rule["name"].as_str().unwrap_or_default();
            changes.note("events", &format!("this takes the place of the rule {name}, which tells the same address"));
        }
        rules.retain(|rule| !is_ours(rule));
        rules.insert(0, wanted.clone());
        for rule in &mut rules {
            // B2's own to set.
            if let Some(rule) = rule.as_object_mut() {
                rule.remove("isSuspended");
                rule.remove("suspensionReason");
            }
        }
        b2.set_event_rules(bucket, &rules).await?;
        changes.done();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn rules_are_the_same_in_whatever_order_and_case_b2_answers() {
        let rules = rules::cors(&["https://b.test".to_owned(), "https://a.test".to_owned()]).unwrap();
        let own: Vec<_> = rules.into_iter().map(cors_rule).collect();
        let mut other = own.clone();
        other[0].allowed_origins.reverse();
        other[0].allowed_operations.reverse();
        other[0].expose_headers = vec!["etag".to_owned()];
        assert_eq!(in_order(&own), in_order(&other));
        other[0].allowed_operations.pop();
        assert_ne!(in_order(&own), in_order(&other));
    }
}
