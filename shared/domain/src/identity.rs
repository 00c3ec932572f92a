//! Who and what: ids of assets, projects and webhook endpoints, and the subjects of tokens.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::{Error, Result};

/// Id of an asset and of its upload: a UUIDv7, so that the order of ids is the order of creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "schema", schema(value_type = String, format = "uuid", pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"))]
pub struct AssetId(Uuid);

impl AssetId {
    /// A new id.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// Reads an id from a path: the 36 characters with hyphens, in lower case, and nothing else, so that an asset has
    /// one address.
    ///
    /// # Errors
    /// `invalid_id` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        canonical_uuid(text).map(Self).ok_or_else(not_an_id)
    }

    /// One of `shards` groups, evenly spread.
    pub fn shard(self, shards: u8) -> u8 {
        // The last bytes of a UUIDv7 are random.
        self.0.as_bytes()[15] % shards
    }
}

impl fmt::Display for AssetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Id of a project.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "schema", schema(value_type = String, format = "uuid", pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"))]
pub struct ProjectId(Uuid);

impl ProjectId {
    /// Reads an id in its one form; see [`AssetId::parse`].
    ///
    /// # Errors
    /// `invalid_project_id` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        canonical_uuid(text).map(Self).ok_or_else(|| {
            Error::invalid("invalid_project_id", "projectId", "`projectId` must be a UUID in lower case, with hyphens.")
        })
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Id of an endpoint for webhooks: a UUIDv7, so that the order of ids is the order of creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
#[cfg_attr(feature = "schema", schema(value_type = String, format = "uuid", pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"))]
pub struct EndpointId(Uuid);

impl EndpointId {
    /// A new id.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }

    /// Reads an id in its one form; see [`AssetId::parse`].
    ///
    /// # Errors
    /// `invalid_id` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        canonical_uuid(text).map(Self).ok_or_else(not_an_id)
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn not_an_id() -> Error {
    Error::invalid("invalid_id", "id", "The id must be a UUID in lower case, with hyphens.")
}

fn canonical_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.to_string() == text)
}

/// The `sub` of a verified token: 1 to 255 bytes without control characters (OpenID Connect Core, section 2, allows
/// 255 ASCII characters).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    const MAX_BYTES: usize = 255;

    /// B2's limit for what stands between two slashes of a key, in bytes.
    const LONGEST_SEGMENT: usize = 250;

    /// Takes the `sub` of a token whose signature was checked.
    ///
    /// # Errors
    /// `Unauthenticated` if it is empty, too long, or has control characters.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() || text.len() > Self::MAX_BYTES || text.chars().any(char::is_control) {
            return Err(Error::Unauthenticated("The token's sub must have 1 to 255 bytes and no control characters."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The subject as the token has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The subject as one segment of a storage key. Two subjects never share one. A segment is never `.` or `..`, has at
    /// most 250 bytes (what B2 allows), and only characters that URLs do not escape.
    ///
    /// Letters, digits, `-` and `_` stay. Every other byte becomes `~` and two hexadecimal digits. If that has more than
    /// 250 bytes, the segment is `~~` and the subject's SHA-256 in hexadecimal instead. `~~` is in no escaped subject.
    pub fn path_segment(&self) -> String {
        let mut segment = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
                segment.push(char::from(byte));
            } else {
                segment.push('~');
                segment.push_str(&hex::encode([byte]));
            }
        }
        if segment.len() > Self::LONGEST_SEGMENT {
            return format!("~~{}", hex::encode(Sha256::digest(&self.0)));
        }
        segment
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = AssetId::generate().to_string();
        assert_eq!(AssetId::parse(&id).unwrap().to_string(), id);
        for other in [id.to_uppercase(), id.replace('-', ""), format!("{{{id}}}"), format!("urn:uuid:{id}")] {
            assert!(AssetId::parse(&other).is_err(), "{other}");
        }
    }

    #[test]
    fn ids_sort_by_time() {
        let ids: Vec<_> = (0..100).map(|_| AssetId::generate()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_subject_cannot_leave_its_prefix() {
        let segment = |sub| Subject::parse(sub).unwrap().path_segment();
        assert_eq!(segment("auth0|abc"), "auth0~7cabc");
        assert_eq!(segment(".."), "~2e~2e");
        assert_eq!(segment("a/../b"), "a~2f~2e~2e~2fb");
        assert_ne!(segment("a~7c"), segment("a|"));
        assert_eq!(segment("é"), "~c3~a9");
    }

    #[test]
    fn a_subject_whose_segment_would_be_too_long_is_hashed() {
        let segment = |sub: &str| Subject::parse(sub).unwrap().path_segment();
        assert_eq!(segment(&"a".repeat(250)), "a".repeat(250));
        // What `sha256sum` says of 251 times `a`.
        let hashed = "~~772f911dd9d6692897188d0b03f718fb5fbd02020d0fce1374f1354a31205024";
        assert_eq!(segment(&"a".repeat(251)), hashed);
        assert_eq!(segment(&"|".repeat(83)), "~7c".repeat(83));
        assert!(segment(&"|".repeat(84)).starts_with("~~"));
    }

    #[test]
    fn no_two_subjects_share_a_segment_and_every_segment_fits() {
        use rand::prelude::*;
        let mut random = StdRng::seed_from_u64(12);
        // Little variety, so that escapes and what looks like them meet.
        let alphabet = ["a", "7", "c", "~", "~7c", "|", ".", "/", "-", "é", "~~"];
        let mut subjects = std::collections::BTreeMap::new();
        let mut hashed = 0;
        for _ in 0..20_000 {
            let wanted = if random.random() { random.random_range(1..4) } else { random.random_range(60..=255) };
            let mut sub = String::new();
            while let Some(next) = alphabet.choose(&mut random)
                && sub.len() + next.len() <= wanted
            {
                sub.push_str(next);
            }
            let Ok(subject) = Subject::parse(&sub) else { continue };
            let segment = subject.path_segment();
            assert!(segment.len() <= 250 && !segment.contains(['/', '.', '%']), "{sub}: {segment}");
            hashed += usize::from(segment.starts_with("~~"));
            let of = subjects.entry(segment).or_insert_with(|| sub.clone());
            assert_eq!(*of, sub);
            // A subject that looks like the segment of another has a segment of its own.
            let like = subject.path_segment();
            assert_eq!(Subject::parse(&like).unwrap().path_segment() == like, !like.contains('~'), "{like}");
        }
        assert!(hashed > 1000 && subjects.len() - hashed > 1000, "{hashed} of {}", subjects.len());
    }

    #[test]
    fn a_subject_has_bounds() {
        assert!(Subject::parse("").is_err());
        assert!(Subject::parse("a\nb").is_err());
        assert!(Subject::parse(&"a".repeat(256)).is_err());
        assert!(Subject::parse(&"a".repeat(255)).is_ok());
    }
}
