//! A moment, as the table and the API write it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};

/// A moment in UTC with millisecond precision, written as RFC 3339 in a fixed width (`2026-11-20T18:51:00.123Z`), so
/// that the order of the texts is the order of the moments.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// The present moment.
    pub fn now() -> Self {
        Self(OffsetDateTime::now_utc())
    }

    /// The moment `seconds` later.
    pub fn plus_seconds(self, seconds: u64) -> Self {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(Duration::seconds(seconds)))
    }

    /// Seconds since 1970.
    pub fn unix_seconds(self) -> u64 {
        u64::try_from(self.0.unix_timestamp()).unwrap_or(0)
    }

    /// Milliseconds since 1970, without leap seconds.
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.0.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
    }

    /// The moment that many seconds after 1970; the end of time if that is out of range.
    pub fn from_unix_seconds(seconds: u64) -> Self {
        Self(OffsetDateTime::UNIX_EPOCH).plus_seconds(seconds)
    }

    /// Seconds from `earlier` to this moment; negative if it is later.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0).as_seconds_f64()
    }

    /// Reads an RFC 3339 text in any offset.
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().map(|moment| Self(moment.to_offset(UtcOffset::UTC)))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let layout = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        f.write_str(&self.0.format(layout).map_err(|_| std::fmt::Error)?)
    }
}

impl std::fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn texts_sort_as_the_moments_do() {
        let early = Timestamp::from_unix_seconds(999_999_999);
        let late = early.plus_seconds(1);
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string(), "2001-09-09T01:46:39.000Z");
    }

    #[test]
    fn another_offset_is_read_as_the_same_moment() {
        assert_eq!(Timestamp::parse("2001-09-09T03:46:39+02:00"), Some(Timestamp::from_unix_seconds(999_999_999)));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
