//! Values that people give: file names, sizes, hashes, tags. Each is checked once, where it comes in.

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};

/// The name that a person gave a file: for display and for downloads, never part of a key, never raw in a header.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "schema", schema(
    min_length = 1,
    max_length = 255,
    // At least one character that is no dot and no space, and none that is refused.
    pattern = r"^[^\/\\\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*[^.\s\/\\\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069][^\/\\\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$"
))]
pub struct FileName(String);

impl FileName {
    const MAX_CHARACTERS: usize = 255;
    /// In bytes.
    const LONGEST_SAVED: usize = 255;
    /// In bytes, with its dot.
    const LONGEST_EXTENSION: usize = 16;

    /// Reads a name of 1 to 255 characters.
    ///
    /// # Errors
    /// `invalid_filename` if it is empty, too long, nothing but dots and spaces, or has `/`, `\`, a control character
    /// or a character that reorders text (so that `gpj.exe` cannot be shown as `exe.jpg`).
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |detail: &str| Err(Error::invalid("invalid_filename", "filename", detail));
        if text.chars().count() > Self::MAX_CHARACTERS {
            return wrong("A file name must have at most 255 characters.");
        }
        if text.contains(['/', '\\']) {
            return wrong("A file name must not contain `/` or `\\`. Send the name without its folder.");
        }
        if text.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
            return wrong("A file name must not contain control characters or characters that reorder text.");
        }
        if text.chars().all(|c| c == '.' || c.is_whitespace()) {
            return wrong("A file name must contain a character that is not a dot or a space.");
        }
        Ok(Self(text.to_owned()))
    }

    /// What a tombstone has for a name.
    pub(super) fn purged() -> Self {
        Self("purged".to_owned())
    }

    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of something derived from the file: `Ferry.jpg` gives `Ferry-preview.webp`.
    #[must_use]
    pub fn derived(&self, variant: &str, extension: &str) -> Self {
        let stem = match self.0.rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => &self.0,
        };
        Self(format!("{stem}-{variant}.{extension}"))
    }

    /// The name with every byte but letters, digits, `.`, `-`, `_` and `~` percent-encoded: safe in any header. A name of
    /// more than 255 bytes loses the end of its stem: file systems take no longer one, and an object's own description
    /// has 2 KB.
    pub fn percent_encoded(&self) -> String {
        const KEPT: percent_encoding::AsciiSet =
            percent_encoding::NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~');
        let extension = self.0.rfind('.').filter(|&dot| self.0.len() - dot <= Self::LONGEST_EXTENSION);
        let (stem, extension) = self.0.split_at(extension.unwrap_or(self.0.len()));
        let mut end = stem.len().min(Self::LONGEST_SAVED - extension.len());
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        percent_encoding::utf8_percent_encode(&format!("{}{extension}", &stem[..end]), &KEPT).to_string()
    }
}

/// Size of a file: 1 byte to 2^53 − 1, the largest integer that JSON carries exactly between all languages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
// No installation can allow a file of more: `MAX_VIDEO_MB` ends there.
#[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 10485760000000_u64))]
pub struct ByteSize(u64);

impl ByteSize {
    const MAX: u64 = (1 << 53) - 1;

    /// The size of a file of which nothing is known yet: 0, which no stored file has.
    pub const UNKNOWN: Self = Self(0);

    /// Takes a count of bytes.
    ///
    /// # Errors
    /// `invalid_size` for 0 and for more than any store holds.
    pub fn new(bytes: u64) -> Result<Self> {
        if bytes == 0 {
            return Err(Error::invalid(
                "invalid_size",
                "size",
                "`size` must be a positive integer (bytes). An empty file cannot be uploaded.",
            ));
        }
        if bytes > Self::MAX {
            return Err(Error::invalid("invalid_size", "size", "`size` must be at most 9007199254740991 (bytes)."));
        }
        Ok(Self(bytes))
    }

    /// The size in bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

/// A SHA-256 digest, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schema(value_type = String, pattern = "^[0-9A-Fa-f]{64}$"))]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// Reads 64 hexadecimal digits of either case.
    ///
    /// # Errors
    /// `invalid_sha256` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest)
            .map_err(|_| Error::invalid("invalid_sha256", "sha256", "`sha256` must be 64 hexadecimal digits."))?;
        Ok(Self(digest))
    }
}

impl From<[u8; 32]> for Sha256 {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl From<Sha256> for String {
    fn from(digest: Sha256) -> Self {
        hex::encode(digest.0)
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|error| error.to_string())
    }
}

impl std::fmt::Display for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// Up to 20 labels of 1 to 64 characters, without repeats, in the order given.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "schema", schema(value_type = Vec<Tag>, max_items = 20))]
pub struct Tags(Vec<String>);

/// One label: 1 to 64 characters that are not all spaces, none of them a control character.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "schema",
    schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )
)]
#[expect(dead_code, reason = "a label is kept as text; this says in the API's description which texts are labels")]
struct Tag(String);

impl Tags {
    const MAX_TAGS: usize = 20;
    const MAX_CHARACTERS: usize = 64;

    /// Reads a list of labels.
    ///
    /// # Errors
    /// `invalid_tags` for too many, or for one that is empty, too long or has control characters.
    pub fn parse(texts: Vec<String>) -> Result<Self> {
        let wrong = |detail: &str| Err(Error::invalid("invalid_tags", "tags", detail));
        if texts.len() > Self::MAX_TAGS {
            return wrong("`tags` must have at most 20 entries.");
        }
        let mut tags = Vec::with_capacity(texts.len());
        for text in texts {
            if text.trim().is_empty() || text.chars().count() > Self::MAX_CHARACTERS || text.contains(char::is_control)
            {
                return wrong(
                    "A tag must have 1 to 64 characters, none of them a control character, not all of them spaces.",
                );
            }
            if !tags.contains(&text) {
                tags.push(text);
            }
        }
        Ok(Self(tags))
    }

    /// The labels.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_file_name_cannot_carry_a_path_or_a_header() {
        let long = "n".repeat(256);
        for name in ["", ".", "..", " . ", "a/b", "a\\b", "../x", "a\0b", "a\rb", "a\nb", "\u{202e}gpj.exe", &long] {
            assert!(FileName::parse(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_file_name_is_kept_as_given_and_encoded_for_headers() {
        let name = FileName::parse("Übung 1 \"final\"; v2..mp4").unwrap();
        assert_eq!(name.as_str(), "Übung 1 \"final\"; v2..mp4");
        assert_eq!(name.percent_encoded(), "%C3%9Cbung%201%20%22final%22%3B%20v2..mp4");
    }

    #[test]
    fn a_name_that_is_too_long_to_be_saved_is_shortened_before_its_extension() {
        let encoded = |name: String| FileName::parse(&name).unwrap().percent_encoded();
        assert_eq!(encoded(format!("{}.jpeg", "é".repeat(250))), format!("{}.jpeg", "%C3%A9".repeat(125)));
        assert_eq!(encoded("é".repeat(128)), "%C3%A9".repeat(127));
        assert_eq!(encoded("a".repeat(255)), "a".repeat(255));
        assert_eq!(encoded(format!("é.{}", "x".repeat(250))), format!("%C3%A9.{}", "x".repeat(250)));
    }

    #[test]
    fn a_derived_file_has_a_name_of_its_own() {
        let derived = |name| FileName::parse(name).unwrap().derived("preview", "webp").0;
        assert_eq!(derived("Ferry.v2.jpg"), "Ferry.v2-preview.webp");
        assert_eq!(derived("Ferry"), "Ferry-preview.webp");
        assert_eq!(derived(".jpg"), ".jpg-preview.webp");
    }

    #[test]
    fn a_digest_has_one_written_form() {
        let digest = Sha256::parse(&"AB".repeat(32)).unwrap();
        assert_eq!(digest.to_string(), "ab".repeat(32));
        assert!(Sha256::parse("ab").is_err());
        assert!(Sha256::parse(&"zz".repeat(32)).is_err());
    }

    #[test]
    fn tags_are_bounded_and_without_repeats() {
        let tags = |list: &[&str]| Tags::parse(list.iter().map(|&tag| tag.to_owned()).collect());
        assert_eq!(tags(&["a", "b", "a"]).unwrap().as_slice(), ["a", "b"]);
        assert!(tags(&[" "]).is_err());
        assert!(tags(&["x"; 21]).is_err());
        assert!(tags(&[&"x".repeat(65)]).is_err());
    }
}
