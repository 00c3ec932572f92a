//! Lifecycle rules: what goes after some days.

use quayside_store::storage::rules;
use rusqlite::params;
use s3s::S3ErrorCode;
use s3s::dto::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration,
};
use time::{Duration, OffsetDateTime};

use super::Storage;
use super::error::{Result, refuse};
use super::index::{Change, micros};

/// The most rules of a bucket at B2.
const MOST_RULES: usize = 100;

/// The rules that Quayside's bucket has.
pub(super) fn housekeeping() -> Result<BucketLifecycleConfiguration> {
    let rules = rules::lifecycle()?.into_iter().map(|rule| LifecycleRule {
        id: Some(rule.id),
        status: ExpirationStatus::from_static(ExpirationStatus::ENABLED),
        filter: Some(LifecycleRuleFilter { prefix: Some(rule.prefix), ..LifecycleRuleFilter::default() }),
        abort_incomplete_multipart_upload: rule
            .abort_days
            .map(|days| AbortIncompleteMultipartUpload { days_after_initiation: Some(days) }),
        expiration: rule
            .expire_days
            .map(|days| LifecycleExpiration { days: Some(days), ..LifecycleExpiration::default() }),
        noncurrent_version_expiration: rule.noncurrent_days.map(|days| NoncurrentVersionExpiration {
            noncurrent_days: Some(days),
            ..NoncurrentVersionExpiration::default()
        }),
        noncurrent_version_transitions: None,
        prefix: None,
        transitions: None,
    });
    Ok(BucketLifecycleConfiguration { rules: rules.collect() })
}

/// Refuses rules that B2 has not: transitions, tags, sizes, dates.
pub(super) fn check(configuration: &BucketLifecycleConfiguration) -> Result<()> {
    if configuration.rules.is_empty() || configuration.rules.len() > MOST_RULES {
        return Err(refuse(S3ErrorCode::MalformedXML, format!("A bucket has 1 to {MOST_RULES} lifecycle rules.")));
    }
    for rule in &configuration.rules {
        let filter = rule.filter.as_ref();
        let by_more_than_prefix = filter.is_some_and(|filter| {
            filter.and.is_some()
                || filter.tag.is_some()
                || filter.object_size_greater_than.is_some()
                || filter.object_size_less_than.is_some()
        });
        if rule.transitions.is_some() || rule.noncurrent_version_transitions.is_some() || by_more_than_prefix {
            let message = "A lifecycle rule can choose by prefix only, and has no transitions.";
            return Err(refuse(S3ErrorCode::NotImplemented, message));
        }
        if rule.expiration.as_ref().is_some_and(|expiration| expiration.date.is_some()) {
            return Err(refuse(S3ErrorCode::NotImplemented, "A lifecycle rule expires by days, not by date."));
        }
        let days = rule.expiration.as_ref().and_then(|expiration| expiration.days);
        let abort = rule.abort_incomplete_multipart_upload.as_ref().and_then(|abort| abort.days_after_initiation);
        if days.is_some_and(|days| days < 1) || abort.is_some_and(|days| days < 1) {
            return Err(refuse(S3ErrorCode::InvalidArgument, "Days must be 1 or more."));
        }
    }
    Ok(())
}

impl Storage {
    /// Applies the lifecycle rules of every bucket as of `now`: removes what has expired and aborts uploads that were
    /// begun too long ago. Days are counted to the second, not to the next midnight. Answers how many objects and how
    /// many uploads went. Can be repeated at any time.
    pub async fn sweep_lifecycle(&self, now: OffsetDateTime) -> Result<(usize, usize)> {
        self.change(move |change| {
            let mut gone = (0, 0);
            for (bucket, _) in change.buckets()? {
                let Some(configuration) = change.lifecycle(&bucket)? else { continue };
                for rule in configuration.rules {
                    if rule.status.as_str() != ExpirationStatus::ENABLED {
                        continue;
                    }
                    let prefix = rule.filter.and_then(|filter| filter.prefix).or(rule.prefix).unwrap_or_default();
                    if let Some(days) = rule.expiration.and_then(|expiration| expiration.days) {
                        gone.0 += change.expire(&bucket, &prefix, now - Duration::days(days.into()))?;
                    }
                    let abort = rule.abort_incomplete_multipart_upload.and_then(|abort| abort.days_after_initiation);
                    if let Some(days) = abort {
                        gone.1 += change.abort_stale(&bucket, &prefix, now - Duration::days(days.into()))?;
                    }
                }
            }
            Ok(gone)
        })
        .await
    }
}

impl Change<'_> {
    fn expire(&mut self, bucket: &str, prefix: &str, modified_by: OffsetDateTime) -> Result<usize> {
        let keys: Vec<Vec<u8>> = self
            .sql
            .prepare_cached(
                "SELECT key FROM object
                 WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2 AND modified_at <= ?3",
            )?
            .query_map(params![bucket, prefix.as_bytes(), micros(modified_by)], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for key in &keys {
            self.delete_object(bucket, &String::from_utf8_lossy(key))?;
        }
        Ok(keys.len())
    }

    fn abort_stale(&mut self, bucket: &str, prefix: &str, created_by: OffsetDateTime) -> Result<usize> {
        let ids: Vec<String> = self
            .sql
            .prepare_cached(
                "SELECT id FROM upload
                 WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2 AND created_at <= ?3",
            )?
            .query_map(params![bucket, prefix.as_bytes(), micros(created_by)], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in &ids {
            self.abort_upload(id)?;
        }
        Ok(ids.len())
    }
}
