//! The rules of the bucket, as the files in `deploy/` have them: `quayside setup-bucket` sets them, and `cargo local`
//! begins with them.

use serde::Deserialize;

const CORS: &str = include_str!("../../../../deploy/cors.json");
const LIFECYCLE: &str = include_str!("../../../../deploy/lifecycle.json");

/// What pages of other origins may do (S3, `CORSRule`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CorsRule {
    /// Its name.
    #[serde(rename = "ID")]
    pub id: String,
    /// Origins of the pages.
    pub allowed_origins: Vec<String>,
    /// HTTP methods.
    pub allowed_methods: Vec<String>,
    /// Headers that a page may send; `*` is any.
    pub allowed_headers: Vec<String>,
    /// Headers of the answer that a page may read.
    pub expose_headers: Vec<String>,
    /// How long a browser remembers it, in seconds.
    pub max_age_seconds: i32,
}

/// What goes after some days (S3, `LifecycleRule`). No two rules are about the same keys, which B2 would refuse.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LifecycleRule {
    /// Its name.
    pub id: String,
    /// The keys that it is about begin with this.
    pub prefix: String,
    /// Objects go this many days after they were written.
    pub expire_days: Option<i32>,
    /// Versions that were replaced or hidden go this many days later.
    pub noncurrent_days: Option<i32>,
    /// Multipart uploads are aborted this many days after they were begun.
    pub abort_days: Option<i32>,
}

#[derive(Deserialize)]
struct CorsFile {
    #[serde(rename = "CORSRules")]
    rules: Vec<CorsRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LifecycleFile {
    rules: Vec<LifecycleInFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct LifecycleInFile {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Status")]
    _status: Enabled,
    filter: Filter,
    expiration: Option<Expiration>,
    noncurrent_version_expiration: Option<NoncurrentVersionExpiration>,
    abort_incomplete_multipart_upload: Option<AbortIncompleteMultipartUpload>,
}

#[derive(Deserialize)]
enum Enabled {
    Enabled,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Expiration {
    days: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NoncurrentVersionExpiration {
    noncurrent_days: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AbortIncompleteMultipartUpload {
    days_after_initiation: i32,
}

/// The rules of `deploy/cors.json` for pages of these origins.
///
/// # Errors
/// If the file, which is built in, is not what it should be.
pub fn cors(origins: &[String]) -> serde_json::Result<Vec<CorsRule>> {
    let CorsFile { mut rules } = serde_json::from_str(CORS)?;
    for rule in &mut rules {
        rule.allowed_origins = origins.to_vec();
    }
    Ok(rules)
}

/// The rules of `deploy/lifecycle.json`.
///
/// # Errors
/// If the file, which is built in, is not what it should be.
pub fn lifecycle() -> serde_json::Result<Vec<LifecycleRule>> {
    let LifecycleFile { rules } = serde_json::from_str(LIFECYCLE)?;
    let rules = rules.into_iter().map(|rule| LifecycleRule {
        id: rule.id,
        prefix: rule.filter.prefix,
        expire_days: rule.expiration.map(|action| action.days),
        noncurrent_days: rule.noncurrent_version_expiration.map(|action| action.noncurrent_days),
        abort_days: rule.abort_incomplete_multipart_upload.map(|action| action.days_after_initiation),
    });
    Ok(rules.collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use quayside_domain::upload::{INCOMING_KEPT_SECONDS, MAX_UPLOAD_SECONDS};

    const DAY: u64 = 24 * 60 * 60;

    #[test]
    fn what_the_code_takes_for_the_lifecycle_is_what_the_file_says() {
        let rules = lifecycle().unwrap();
        let incoming = rules.iter().find(|rule| rule.prefix == "incoming/").unwrap();
        assert_eq!(incoming.expire_days.unwrap() as u64 * DAY, INCOMING_KEPT_SECONDS);
        for rule in &rules {
            assert_eq!(rule.abort_days.unwrap() as u64 * DAY, MAX_UPLOAD_SECONDS + DAY);
            assert!(rule.noncurrent_days.is_some(), "{rule:?}");
        }
        assert!(rules.iter().all(|rule| rule.prefix == "incoming/" || rule.expire_days.is_none()), "media stays");
    }

    #[test]
    fn no_two_lifecycle_rules_are_about_the_same_keys() {
        let rules = lifecycle().unwrap();
        for (index, rule) in rules.iter().enumerate() {
            let others = rules.iter().enumerate().filter(|(other, _)| *other != index);
            assert!(others.into_iter().all(|(_, other)| !other.prefix.starts_with(&rule.prefix)), "{rule:?}");
        }
    }

    #[test]
    fn pages_of_the_given_origins_may_put_and_read_the_etag() {
        let rules = cors(&["https://app.example".to_owned()]).unwrap();
        assert_eq!(rules[0].allowed_origins, ["https://app.example"]);
        assert!(rules[0].allowed_methods.iter().any(|method| method == "PUT"));
        assert!(rules[0].expose_headers.iter().any(|header| header == "ETag"));
    }
}
