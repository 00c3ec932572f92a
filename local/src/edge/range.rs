//! Conditional and range requests (RFC 9110 sections 13 and 14) for one object.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderName, header};

use super::cache::Object;

/// Which part of an object a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: 200.
    Whole,
    /// These bytes, at least one: 206.
    Part(Range<u64>),
    /// A range that begins after the end: 416.
    Unsatisfiable,
}

/// What a GET with these headers asks for. More than one range, and what is no range, ask for the whole object.
pub(super) fn wanted(headers: &HeaderMap, object: &Object) -> Wanted {
    let Some(range) = only(headers, &header::RANGE) else { return Wanted::Whole };
    if headers.contains_key(header::IF_RANGE) {
        // Compared strongly: a weak etag never fits. A date fits if it is the very one.
        let unchanged = only(headers, &header::IF_RANGE)
            .is_some_and(|validator| validator == object.etag || object.last_modified.as_deref() == Some(validator));
        if !unchanged {
            return Wanted::Whole;
        }
    }
    parse(range, object.size).unwrap_or(Wanted::Whole)
}

/// Whether the client has this object already.
pub(super) fn is_known(headers: &HeaderMap, object: &Object) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == object.etag)
    })
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn parse(range: &str, size: u64) -> Option<Wanted> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let bytes = match (first, last) {
        ("", suffix) => size.saturating_sub(number(suffix)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(size)
        }
    };
    Some(if bytes.is_empty() { Wanted::Unsatisfiable } else { Wanted::Part(bytes) })
}

/// Digits only; a number too large for any file is as good as the largest.
fn number(digits: &str) -> Option<u64> {
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        let cases = [
            ("bytes=0-0", Some(Wanted::Part(0..1))),
            ("bytes=0-", Some(Wanted::Part(0..100))),
            ("bytes=90-200", Some(Wanted::Part(90..100))),
            ("Bytes=99-", Some(Wanted::Part(99..100))),
            ("bytes=-1", Some(Wanted::Part(99..100))),
            ("bytes=-200", Some(Wanted::Part(0..100))),
            ("bytes=0-99999999999999999999999", Some(Wanted::Part(0..100))),
            ("bytes=-99999999999999999999999", Some(Wanted::Part(0..100))),
            ("bytes=100-", Some(Wanted::Unsatisfiable)),
            ("bytes=99999999999999999999999-", Some(Wanted::Unsatisfiable)),
            ("bytes=100-200", Some(Wanted::Unsatisfiable)),
            ("bytes=-0", Some(Wanted::Unsatisfiable)),
            ("bytes=5-4", None),
            ("bytes=0-1,5-6", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("bytes=--1", None),
            ("bytes", None),
            ("lines=0-1", None),
        ];
        for (range, expected) in cases {
            assert_eq!(parse(range, 100), expected, "{range}");
        }
        assert_eq!(parse("bytes=0-", 0), Some(Wanted::Unsatisfiable));
        assert_eq!(parse("bytes=-5", 0), Some(Wanted::Unsatisfiable));
    }
}
