//! Keys and headers that B2 does not take, by its documentation ("Files", "Add file information"). Where two editions of
//! it differ, the stricter one counts here: what works on this machine then works with either.

use s3s::S3ErrorCode;

use super::error::{Result, refuse};
use super::index::Description;

/// The most bytes of a key.
const LONGEST_KEY: usize = 1_024;

/// The most bytes between two slashes of a key.
const LONGEST_SEGMENT: usize = 250;

/// The most bytes of user metadata, names and values together: S3's limit, which B2's own is above.
const LARGEST_METADATA: usize = 2_048;

/// The most bytes of headers with the key and all that is kept with an object.
const LARGEST_HEADERS: usize = 7_000;

/// Refuses a key that B2 would not take.
pub(super) fn check_key(key: &str) -> Result<()> {
    if key.len() > LONGEST_KEY {
        return Err(S3ErrorCode::KeyTooLongError.into());
    }
    // U+FFFE and U+FFFF cannot be written in the XML of a listing.
    let forbidden = |c: char| c < ' ' || matches!(c, '\u{7f}' | '\\' | '\u{FFFE}' | '\u{FFFF}');
    let problem = if key.contains(forbidden) {
        "The key contains a control character or a backslash."
    } else if key.starts_with('/') || key.ends_with('/') || key.contains("//") {
        "The key starts or ends with a slash, or contains two in a row."
    } else if key.split('/').any(|segment| segment.len() > LONGEST_SEGMENT) {
        "The key has more than 250 bytes between two slashes."
    } else {
        return Ok(());
    };
    Err(refuse(S3ErrorCode::InvalidArgument, problem))
}

/// Refuses headers of an object that are too large together.
pub(super) fn check_headers(key: &str, description: &Description) -> Result<()> {
    let metadata: usize = description.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    let own = [
        ("content-type", &description.content_type),
        ("b2-cache-control", &description.cache_control),
        ("b2-content-disposition", &description.content_disposition),
        ("b2-content-encoding", &description.content_encoding),
        ("b2-content-language", &description.content_language),
    ];
    let own = own.iter().filter_map(|(name, value)| Some(line(name, value.as_deref()?)));
    let all = description.metadata.iter().map(|(name, value)| line(name, value)).chain(own);
    let headers = line("file-name", key) + all.sum::<usize>();
    if metadata > LARGEST_METADATA || headers > LARGEST_HEADERS {
        Err(S3ErrorCode::MetadataTooLarge.into())
    } else {
        Ok(())
    }
}

/// Bytes of a header `X-Bz-Info-{name}` as B2 has it: the value percent-encoded, and the end of the line.
fn line(name: &str, value: &str) -> usize {
    let kept = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/!$'()*;=:@%".contains(byte);
    let encoded: usize = value.as_bytes().iter().map(|byte| if kept(byte) { 1 } else { 3 }).sum();
    "X-Bz-Info-: \r\n".len() + name.len() + encoded
}
