//! Conditional requests and ranges, as RFC 9110 (sections 13 and 14) and S3 define them.

use std::ops::Range;

use http::{HeaderMap, HeaderValue, StatusCode, header};
use s3s::dto::{ETagCondition, Timestamp, TimestampFormat};
use s3s::{S3Error, S3ErrorCode, dto};
use time::OffsetDateTime;

use super::error::{Error, Result, refuse};
use super::index::Object;

/// The conditions of a request that reads.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    pub(super) if_match: Option<ETagCondition>,
    pub(super) if_none_match: Option<ETagCondition>,
    pub(super) if_modified_since: Option<Timestamp>,
    pub(super) if_unmodified_since: Option<Timestamp>,
}

impl Conditions {
    /// Passes, or refuses with 412 or 304, in the order of precedence of RFC 9110, section 13.2.2.
    pub(super) fn check(&self, object: &Object) -> Result<()> {
        let not_later = |time: &Timestamp| whole_seconds(object.modified_at) <= OffsetDateTime::from(time.clone());
        let unchanged = match (&self.if_match, &self.if_unmodified_since) {
            (Some(condition), _) => matches(condition, &object.etag),
            (None, Some(time)) => not_later(time),
            (None, None) => true,
        };
        if !unchanged {
            return Err(S3ErrorCode::PreconditionFailed.into());
        }
        let already_known = match (&self.if_none_match, &self.if_modified_since) {
            (Some(condition), _) => matches(condition, &object.etag),
            (None, Some(time)) => not_later(time),
            (None, None) => false,
        };
        if already_known {
            let mut error = S3Error::new(S3ErrorCode::NotModified);
            error.set_status_code(StatusCode::NOT_MODIFIED);
            error.set_headers(validators(object));
            return Err(error.into());
        }
        Ok(())
    }
}

/// Passes, or refuses with 412 or 404, a request that would write an object while `etag` is that of the one there.
pub(super) fn check_write(
    etag: Option<&str>,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> Result<()> {
    if let (Some(condition), Some(etag)) = (if_none_match, etag)
        && matches(condition, etag)
    {
        return Err(S3ErrorCode::PreconditionFailed.into());
    }
    match (if_match, etag) {
        (Some(_), None) => Err(S3ErrorCode::NoSuchKey.into()),
        (Some(condition), Some(etag)) if !matches(condition, etag) => Err(S3ErrorCode::PreconditionFailed.into()),
        _ => Ok(()),
    }
}

/// The range to answer, or none for the whole object. `if_range` is the header's value.
///
/// Refuses one beyond the end with 416 and the size in `Content-Range`.
pub(super) fn range(
    asked: Option<dto::Range>,
    if_range: Option<&HeaderValue>,
    object: &Object,
) -> Result<Option<Range<u64>>> {
    let Some(asked) = asked else { return Ok(None) };
    if if_range.is_some_and(|value| !still_current(value, object)) {
        return Ok(None);
    }
    if object.size == 0 && matches!(asked, dto::Range::Suffix { length } if length > 0) {
        return Ok(None);
    }
    asked.check(object.size).map(Some).map_err(|_| {
        let mut error = S3Error::with_message(
            S3ErrorCode::InvalidRange,
            format!("The range begins beyond the end: the object has {} bytes.", object.size),
        );
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&format!("bytes */{}", object.size)) {
            headers.insert(header::CONTENT_RANGE, value);
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        error.set_headers(headers);
        Error::Refused(error)
    })
}

/// The range that `x-amz-copy-source-range` names, which must lie within the source: `bytes=first-last`.
pub(super) fn copy_range(header: Option<&str>, size: u64) -> Result<Range<u64>> {
    let Some(header) = header else { return Ok(0..size) };
    match dto::Range::parse(header) {
        Ok(dto::Range::Int { first, last: Some(last) }) if last < size => Ok(first..last + 1),
        _ => Err(refuse(
            S3ErrorCode::InvalidArgument,
            format!("x-amz-copy-source-range must be bytes=first-last within the source's {size} bytes."),
        )),
    }
}

fn matches(condition: &ETagCondition, etag: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(wanted) => wanted.value() == etag,
    }
}

fn still_current(if_range: &HeaderValue, object: &Object) -> bool {
    let Ok(text) = if_range.to_str() else { return false };
    match Timestamp::parse(TimestampFormat::HttpDate, text) {
        Ok(time) => whole_seconds(object.modified_at) == OffsetDateTime::from(time),
        Err(_) => text.trim_matches('"') == object.etag,
    }
}

fn validators(object: &Object) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", object.etag)) {
        headers.insert(header::ETAG, value);
    }
    let mut modified = Vec::new();
    if Timestamp::from(object.modified_at).format(TimestampFormat::HttpDate, &mut modified).is_ok()
        && let Ok(value) = HeaderValue::from_bytes(&modified)
    {
        headers.insert(header::LAST_MODIFIED, value);
    }
    if let Some(value) = object.description.cache_control.as_deref().and_then(|value| value.parse().ok()) {
        headers.insert(header::CACHE_CONTROL, value);
    }
    headers
}

/// HTTP dates have no fractions of a second.
fn whole_seconds(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(0).unwrap_or(time)
}
