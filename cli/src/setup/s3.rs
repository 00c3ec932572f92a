//! The bucket by S3: at AWS, or at `cargo local`.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint, CorsConfiguration,
    CorsRule, CreateBucketConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter,
    NoncurrentVersionExpiration, PublicAccessBlockConfiguration,
};
use quayside_store::connections::told;
use quayside_store::storage::rules;

use super::{Arguments, Changes, in_words, own_secrets};
use crate::aws;
use crate::secrets::Store;
use crate::{Result, web};

pub(super) async fn set_up(arguments: &Arguments, store: Option<&Store>, changes: &mut Changes) -> Result<()> {
    let config = aws::config(arguments.region.as_deref(), None).await?;
    let mut settings = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
    if let Some(endpoint) = &arguments.endpoint {
        settings = settings.endpoint_url(endpoint.as_str());
    }
    let client = Client::from_conf(settings.build());
    let region = config.region().map(ToString::to_string).unwrap_or_default();

    if !exists(arguments, &client).await? {
        if !changes.differs("bucket", &format!("{} made", arguments.bucket)) {
            changes.note("bucket", "all else is said once there is one");
            return Ok(());
        }
        make(arguments, &client, &region).await?;
        changes.done();
    }
    privacy(arguments, &client, changes).await?;
    cors(arguments, &client, changes).await?;
    lifecycle(arguments, &client, changes).await?;
    changes.note(
        "keys",
        "S3 makes none: make users with the policies in deploy/iam, and put the functions' key into the secret storage",
    );
    own_secrets(arguments, store, changes).await?;
    changes.note("events", "S3 sends none to an HTTPS address: uploads are completed by their clients alone");
    Ok(())
}

/// The error of a step, with what the step was.
fn failed<E, R>(what: &'static str) -> impl FnOnce(SdkError<E, R>) -> crate::Error
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    move |error| format!("{what}: {}", told(&error)).into()
}

async fn exists(arguments: &Arguments, client: &Client) -> Result<bool> {
    match client.head_bucket().bucket(&arguments.bucket).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 404) => Ok(false),
        Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 403) => {
            Err(format!("the bucket {} is somebody else's, or this key may not see it", arguments.bucket).into())
        }
        Err(error) => Err(failed("the bucket cannot be looked at")(error)),
    }
}

async fn make(arguments: &Arguments, client: &Client, region: &str) -> Result<()> {
    let mut request = client.create_bucket().bucket(&arguments.bucket);
    // AWS takes no constraint for its first region, and another store has none.
    if arguments.endpoint.is_none() && region != "us-east-1" {
        let constraint = BucketLocationConstraint::from(region);
        request = request
            .create_bucket_configuration(CreateBucketConfiguration::builder().location_constraint(constraint).build());
    }
    request.send().await.map(drop).map_err(failed("the bucket cannot be made"))
}

/// AWS blocks public access where it is told so. Another store has no such switch: that the bucket is private is tried.
async fn privacy(arguments: &Arguments, client: &Client, changes: &mut Changes) -> Result<()> {
    let wanted = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let found = match client.get_public_access_block().bucket(&arguments.bucket).send().await {
        Ok(found) => found.public_access_block_configuration,
        Err(error) if error.code() == Some("NoSuchPublicAccessBlockConfiguration") => None,
        Err(error) if error.code() == Some("NotImplemented") => return refuses_strangers(arguments, changes).await,
        Err(error) => return Err(failed("what the public may do cannot be read")(error)),
    };
    let text = format!("{} is private", arguments.bucket);
    if found.as_ref() == Some(&wanted) {
        changes.same("bucket", &text);
    } else if changes.differs("bucket", &text) {
        let put = client.put_public_access_block().bucket(&arguments.bucket);
        let put = put.public_access_block_configuration(wanted).send().await;
        put.map_err(failed("public access cannot be blocked"))?;
        changes.done();
    }
    Ok(())
}

async fn refuses_strangers(arguments: &Arguments, changes: &Changes) -> Result<()> {
    let Some(endpoint) = &arguments.endpoint else {
        return Err("AWS does not say what the public may do".into());
    };
    let url = format!("{}/{}?list-type=2", endpoint.as_str().trim_end_matches('/'), arguments.bucket);
    let answer = web::client()?.get(url).send().await.map_err(web::told)?;
    match answer.status().as_u16() {
        401 | 403 => changes.same("bucket", &format!("{} is private", arguments.bucket)),
        status => {
            return Err(format!(
                "the bucket {} answers anybody ({status}): make it private by the store's own means",
                arguments.bucket
            )
            .into());
        }
    }
    Ok(())
}

async fn cors(arguments: &Arguments, client: &Client, changes: &mut Changes) -> Result<()> {
    let wanted = arguments.cors()?;
    let found = match client.get_bucket_cors().bucket(&arguments.bucket).send().await {
        Ok(found) => found.cors_rules.unwrap_or_default(),
        Err(error) if error.code() == Some("NoSuchCORSConfiguration") => Vec::new(),
        Err(error) => return Err(failed("the CORS rules cannot be read")(error)),
    };
    let origins = arguments.origins.join(", ");
    let rules = wanted.iter().map(cors_rule).collect::<std::result::Result<Vec<_>, _>>()?;
    if in_order(&found) == in_order(&rules) {
        changes.same("cors", &format!("pages of {origins} may upload"));
    } else if changes.differs("cors", &format!("pages of {origins} may upload, and no others")) {
        let configuration = CorsConfiguration::builder().set_cors_rules(Some(rules)).build()?;
        let put = client.put_bucket_cors().bucket(&arguments.bucket).cors_configuration(configuration).send().await;
        put.map_err(failed("the CORS rules cannot be set"))?;
        changes.done();
    }
    Ok(())
}

fn cors_rule(rule: &rules::CorsRule) -> std::result::Result<CorsRule, aws_sdk_s3::error::BuildError> {
    CorsRule::builder()
        .id(&rule.id)
        .set_allowed_origins(Some(rule.allowed_origins.clone()))
        .set_allowed_methods(Some(rule.allowed_methods.clone()))
        .set_allowed_headers(Some(rule.allowed_headers.clone()))
        .set_expose_headers(Some(rule.expose_headers.clone()))
        .max_age_seconds(rule.max_age_seconds)
        .build()
}

/// What the rules say, in an order that does not depend on who wrote them. Headers have no case.
fn in_order(rules: &[CorsRule]) -> BTreeSet<([BTreeSet<String>; 4], Option<i32>)> {
    let set = |list: &[String]| list.iter().cloned().collect();
    let headers = |list: &[String]| list.iter().map(|header| header.to_ascii_lowercase()).collect();
    let rules = rules.iter().map(|rule| {
        let lists = [
            set(rule.allowed_origins()),
            set(rule.allowed_methods()),
            headers(rule.allowed_headers()),
            headers(rule.expose_headers()),
        ];
        (lists, rule.max_age_seconds)
    });
    rules.collect()
}

async fn lifecycle(arguments: &Arguments, client: &Client, changes: &mut Changes) -> Result<()> {
    let wanted = rules::lifecycle()?;
    let found = match client.get_bucket_lifecycle_configuration().bucket(&arguments.bucket).send().await {
        Ok(found) => found.rules.unwrap_or_default(),
        Err(error) if error.code() == Some("NoSuchLifecycleConfiguration") => Vec::new(),
        Err(error) => return Err(failed("the lifecycle rules cannot be read")(error)),
    };
    let rules = wanted.iter().map(lifecycle_rule).collect::<std::result::Result<Vec<_>, _>>()?;
    if are_same(&found, &rules) {
        changes.same("lifecycle", &in_words(&wanted));
    } else if changes.differs("lifecycle", &in_words(&wanted)) {
        let configuration = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build()?;
        let put = client.put_bucket_lifecycle_configuration().bucket(&arguments.bucket);
        let put = put.lifecycle_configuration(configuration).send().await;
        put.map_err(failed("the lifecycle rules cannot be set"))?;
        changes.done();
    }
    Ok(())
}

fn lifecycle_rule(rule: &rules::LifecycleRule) -> std::result::Result<LifecycleRule, aws_sdk_s3::error::BuildError> {
    let expire = |days| LifecycleExpiration::builder().days(days).build();
    let noncurrent = |days| NoncurrentVersionExpiration::builder().noncurrent_days(days).build();
    let abort = |days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build();
    LifecycleRule::builder()
        .id(&rule.id)
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix(&rule.prefix).build())
        .set_expiration(rule.expire_days.map(expire))
        .set_noncurrent_version_expiration(rule.noncurrent_days.map(noncurrent))
        .set_abort_incomplete_multipart_upload(rule.abort_days.map(abort))
        .build()
}

/// Whether the rules that are switched on say the same, whatever they are called.
fn are_same(found: &[LifecycleRule], wanted: &[LifecycleRule]) -> bool {
    let unnamed = |rules: &[LifecycleRule]| -> Vec<_> {
        let mut rules = rules.to_vec();
        rules.retain(|rule| *rule.status() == ExpirationStatus::Enabled);
        rules.iter_mut().for_each(|rule| rule.id = None);
        rules
    };
    let (found, wanted) = (unnamed(found), unnamed(wanted));
    found.len() == wanted.len() && wanted.iter().all(|rule| found.contains(rule))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use aws_sdk_s3::primitives::DateTime;
    use aws_sdk_s3::types::{Tag, Transition, TransitionStorageClass};

    use super::*;

    fn own() -> Vec<LifecycleRule> {
        rules::lifecycle().unwrap().iter().map(|rule| lifecycle_rule(rule).unwrap()).collect()
    }

    #[test]
    fn lifecycle_rules_are_the_same_in_whatever_order_and_under_whatever_name() {
        let mut other = own();
        other.reverse();
        other[0].id = Some("theirs".to_owned());
        let mut switched_off = other[0].clone();
        switched_off.status = ExpirationStatus::Disabled;
        switched_off.expiration = Some(LifecycleExpiration::builder().days(1).build());
        other.push(switched_off);
        assert!(are_same(&other, &own()));
    }

    #[test]
    fn a_lifecycle_rule_that_does_more_less_or_something_else_is_another() {
        let filter = |filter: LifecycleRuleFilter| LifecycleRule::builder().filter(filter);
        let media = || filter(LifecycleRuleFilter::builder().prefix("media/").build());
        let expire = LifecycleExpiration::builder();
        let archive = Transition::builder().days(30).storage_class(TransitionStorageClass::Glacier).build();
        for theirs in [
            media().expiration(expire.clone().date(DateTime::from_secs(1_900_000_000)).build()),
            media().expiration(expire.clone().expired_object_delete_marker(true).build()),
            media().transitions(archive),
            filter(LifecycleRuleFilter::builder().tag(Tag::builder().key("k").value("v").build().unwrap()).build())
                .expiration(expire.days(1).build()),
        ] {
            let theirs = theirs.status(ExpirationStatus::Enabled).build().unwrap();
            let found: Vec<_> = own().into_iter().chain([theirs.clone()]).collect();
            assert!(!are_same(&found, &own()), "{theirs:?}");
        }
        let mut fewer_versions = own();
        let noncurrent = NoncurrentVersionExpiration::builder().noncurrent_days(1).newer_noncurrent_versions(3);
        fewer_versions[0].noncurrent_version_expiration = Some(noncurrent.build());
        assert!(!are_same(&fewer_versions, &own()));
        assert!(!are_same(&own()[1..], &own()));
    }
}
