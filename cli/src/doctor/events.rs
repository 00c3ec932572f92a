//! The rule by which B2 tells of uploads. B2 suspends one whose address has failed too often.

use super::{Arguments, Deployment, Report};
use crate::Result;
use crate::b2::B2;

pub(super) async fn examine(deployment: &Deployment, arguments: &Arguments, report: &mut Report) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (Some(key_id), Some(key)) = (variable("B2_APPLICATION_KEY_ID"), variable("B2_APPLICATION_KEY")) else {
        let text = "not looked at: that takes B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY; other stores have none";
        report.note("events", text);
        return Ok(());
    };
    let bucket = deployment.outputs.get("StorageBucket")?;
    let url = format!("{}/v1/webhooks/b2", deployment.outputs.get("ApiUrl")?.trim_end_matches('/'));
    match rule(&arguments.b2_api, &key_id, &key, bucket, &url).await {
        Ok(None) => report.ok("events", &format!("B2 tells {url} of uploads")),
        Ok(Some(problem)) => {
            report.wrong("events", &format!("{problem}: `quayside setup-bucket` with --api-url sets the rule"));
        }
        Err(error) => report.wrong("events", &error.to_string()),
    }
    Ok(())
}

/// What is wrong with the rule, if anything.
async fn rule(b2_api: &str, key_id: &str, key: &str, bucket: &str, url: &str) -> Result<Option<String>> {
    let b2 = B2::authorize(b2_api, key_id, key).await?;
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
    Ok((rule["isEnabled"] != true).then(|| "the rule is switched off".to_owned()))
}
