//! Of what type a file is, by what its source, its caller and its name say. What its bytes say is found out later.

use quayside_domain::media_type::names;
use quayside_domain::{FailureCode, Kind, MediaType};
use quayside_store::table::Expected;

use crate::source_error::SourceError;

/// The type of a file that its source calls `answered`; `likely` is what it is taken for if the source says nothing.
///
/// # Errors
/// `type_mismatch` if the source has something else than what is expected, or what is not allowed, or if nobody knows.
pub(crate) fn decide(
    answered: Option<&str>,
    likely: MediaType,
    expected: Option<Expected>,
    allowed: &[MediaType],
) -> Result<MediaType, SourceError> {
    let mismatch = |detail: String| Err(SourceError::last(FailureCode::TypeMismatch, detail));
    let essence = answered.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(essence.as_str(), "text/html" | "application/xhtml+xml") {
        let wanted = wanted(likely, expected);
        return mismatch(format!(
            "The source answered with a web page ({essence}), not with {wanted}; it may want a login."
        ));
    }
    let known = MediaType::parse(&essence).filter(|found| *found != MediaType::UNKNOWN);
    let found = match (known, expected) {
        (Some(found), Some(Expected::Type(expected))) if found != expected => {
            return mismatch(format!("The source answered with {found}, not with {expected}."));
        }
        (Some(found), Some(Expected::Kind(kind))) if found.kind() != kind => {
            return mismatch(format!("The source answered with {found}, not with {}.", a(kind)));
        }
        (Some(found), _) => found,
        (None, Some(Expected::Type(expected))) => expected,
        (None, _) => likely,
    };
    if found == MediaType::UNKNOWN {
        return mismatch(
            "Neither the source nor the file's name says of what type the file is. Name it with `type`, such as \
             image/jpeg."
                .to_owned(),
        );
    }
    if !allowed.contains(&found) {
        return mismatch(format!("The file is {found}. Allowed types are {}.", names(allowed)));
    }
    Ok(found)
}

fn wanted(likely: MediaType, expected: Option<Expected>) -> String {
    match expected {
        Some(Expected::Type(expected)) => expected.to_string(),
        Some(Expected::Kind(kind)) => a(kind).to_owned(),
        None if likely == MediaType::UNKNOWN => "a media file".to_owned(),
        None => likely.to_string(),
    }
}

fn a(kind: Kind) -> &'static str {
    match kind {
        Kind::Image => "an image",
        Kind::Video => "a video",
        Kind::Audio => "audio",
        Kind::Document => "a document",
        Kind::Unknown => "a media file",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn of(name: &str) -> MediaType {
        MediaType::parse(name).unwrap()
    }

    fn decided(answered: Option<&str>, likely: &str, expected: Option<Expected>) -> Result<&'static str, String> {
        let allowed = ["image/jpeg", "image/png", "video/mp4"].map(of);
        let decided = decide(answered, of(likely), expected, &allowed);
        decided.map(MediaType::as_str).map_err(|trouble| {
            let failure = trouble.into_failure();
            assert_eq!(failure.code, FailureCode::TypeMismatch);
            failure.detail
        })
    }

    const UNKNOWN: &str = "application/octet-stream";

    #[test]
    fn a_source_that_says_what_it_sends_is_believed_for_the_time_being() {
        assert_eq!(decided(Some("image/png"), UNKNOWN, None), Ok("image/png"));
        assert_eq!(decided(Some("IMAGE/JPG; q=1"), UNKNOWN, Some(Expected::Kind(Kind::Image))), Ok("image/jpeg"));
        // Whatever the name ends in: many send pictures in the form that suits the one who asks.
        assert_eq!(decided(Some("image/png"), "image/jpeg", None), Ok("image/png"));
    }

    #[test]
    fn a_source_that_does_not_know_leaves_it_to_the_caller_and_the_name() {
        for answered in [None, Some(""), Some(UNKNOWN), Some("binary/octet-stream"), Some("application/x-whatever")] {
            assert_eq!(decided(answered, "image/png", None), Ok("image/png"));
            assert_eq!(decided(answered, UNKNOWN, Some(Expected::Type(of("video/mp4")))), Ok("video/mp4"));
            let detail = decided(answered, UNKNOWN, Some(Expected::Kind(Kind::Image))).unwrap_err();
            assert!(detail.contains("Name it with `type`"), "{detail}");
        }
    }

    #[test]
    fn what_is_not_expected_or_not_allowed_is_refused() {
        for (answered, expected, detail) in [
            ("image/png", Expected::Type(of("image/jpeg")), "The source answered with image/png, not with image/jpeg."),
            ("video/mp4", Expected::Kind(Kind::Image), "The source answered with video/mp4, not with an image."),
            (
                "text/html; charset=utf-8",
                Expected::Type(of("image/jpeg")),
                "The source answered with a web page (text/html), not with image/jpeg; it may want a login.",
            ),
        ] {
            assert_eq!(decided(Some(answered), "image/jpeg", Some(expected)).unwrap_err(), detail);
        }
        let detail = decided(Some("image/gif"), UNKNOWN, None).unwrap_err();
        assert_eq!(detail, "The file is image/gif. Allowed types are image/jpeg, image/png, video/mp4.");
        assert!(decided(Some("text/html"), UNKNOWN, None).unwrap_err().contains("not with a media file"));
    }
}
