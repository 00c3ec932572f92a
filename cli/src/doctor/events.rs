//! The rule by which B2 tells of uploads. B2 suspends one whose address has failed too often.

use quayside_edge::config::b2_webhook_secret;
use quayside_store::config::Secret;
use serde_json::Value;

use super::{Arguments, Deployment, Report};
use crate::b2::B2;
use crate::{Result, event_rule};

pub(super) async fn examine(deployment: &Deployment, arguments: &Arguments, report: &mut Report) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(key_id), Some(key)) = (variable("B2_APPLICATION_KEY_ID"), variable("B2_APPLICATION_KEY")) else {
        let text = "not looked at: that takes B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY; other stores have none";
        report.note("events", text);
        return Ok(());
    };
    let bucket = deployment.outputs.get("StorageBucket")?;
    let url = event_rule::url(deployment.outputs.get("ApiUrl")?);
    let signing = match b2_webhook_secret(&deployment.variables) {
        Ok(signing) => signing,
        // That it is missing or wrong was said where it is used.
        Err(error) => {
            report.note("events", &format!("not looked at: {error}"));
            return Ok(());
        }
    };
    let wanted = event_rule::wanted(&url, &signing)?;
    let found = async {
        let b2 = B2::authorize(&arguments.b2_api, &key_id, &Secret::from(key)).await?;
        problem(&b2, bucket, &url, &wanted).await
    };
    match found.await {
        Ok(None) => report.ok("events", &format!("B2 tells {url} of uploads")),
        Ok(Some(problem)) => {
            report.wrong("events", &format!("{problem}: `quayside setup-bucket` with --api-url sets the rule"));
        }
        Err(error) => report.wrong("events", &error.to_string()),
    }
    Ok(())
}

/// What is wrong with the rule, if anything.
async fn problem(b2: &B2, bucket: &str, url: &str, wanted: &Value) -> Result<Option<String>> {
    let Some(bucket) = b2.find_bucket(bucket).await? else {
        return Ok(Some(format!("this account has no bucket {bucket}")));
    };
    let rules = b2.event_rules(&bucket).await?;
    let Some(rule) = rules.iter().find(|rule| rule["targetConfiguration"]["url"] == url) else {
        return Ok(Some(format!("B2 does not tell {url} of uploads")));
    };
    if rule["isSuspended"] == true {
        let reason = rule["suspensionReason"].as_str().unwrap_or_default();
        return Ok(Some(format!("B2 has suspended the rule ({reason})")));
    }
    if rule["isEnabled"] != true {
        return Ok(Some("the rule is switched off".to_owned()));
    }
    let wanted = event_rule::named(wanted, &rule["name"]);
    let differing = event_rule::differences(rule, &wanted);
    Ok((!differing.is_empty()).then(|| format!("the rule differs in {}", differing.join(" and "))))
}
