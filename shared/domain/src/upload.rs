//! The plan of an upload: in one piece or in parts, and which part has which length.

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::names::ByteSize;
use super::timestamp::Timestamp;

/// Number of a part, from 1, as S3 counts.
pub type PartNumber = u32;

// Only for the API's description: the number itself says nothing of its bounds.
/// Number of a part, from 1 to 10,000.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = PartNumber, minimum = 1, maximum = 10000))]
pub struct AnyPartNumber(pub u32);

/// The most parts that a multipart upload may have (S3, "Multipart upload limits").
pub const MAX_PARTS: u64 = 10_000;
/// Files up to this many bytes are uploaded with one PUT, and read whole by `process-metadata`.
pub const MAX_SINGLE_BYTES: u64 = 16 << 20;
/// How many parts are signed in one answer.
pub const MAX_SIGNED_PARTS: usize = 100;

/// How long an upload may be kept alive: a day less than storage keeps the parts of a multipart upload.
pub const MAX_UPLOAD_SECONDS: u64 = 6 * 24 * 60 * 60;
/// How long storage keeps what is below `incoming/`, by the bucket's lifecycle rule.
pub const INCOMING_KEPT_SECONDS: u64 = 2 * 24 * 60 * 60;

/// Reads the number of a part; `None` if no upload has one of that number.
pub fn part_number(number: u64) -> Option<PartNumber> {
    PartNumber::try_from(number).ok().filter(|_| (1..=MAX_PARTS).contains(&number))
}

/// An upload that is under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Upload {
    /// How the bytes come in.
    pub strategy: Strategy,
    /// When it is given up unless it was completed; signing parts moves it on.
    pub expires_at: Timestamp,
}

/// How the bytes of a file come in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Strategy {
    /// One PUT below `incoming/`.
    Single,
    /// A multipart upload on the key below `media/`.
    Multipart {
        /// Storage's id of the multipart upload.
        multipart_id: String,
        /// Its parts.
        parts: Parts,
    },
}

/// How a file is cut into parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parts {
    size: u64,
    part_size: u64,
}

impl Parts {
    /// Cuts a file of `size` bytes into parts of `part_size` bytes, or of as many as it takes to need no more than
    /// 10,000 parts. `None` if it goes up in one piece.
    pub fn plan(size: ByteSize, part_size: u64) -> Option<Self> {
        (size.bytes() > MAX_SINGLE_BYTES).then(|| Self::cut(size, part_size))
    }

    /// Cuts a file of `size` bytes, or of up to so many, as [`Parts::plan`] does, however small it is.
    pub fn cut(size: ByteSize, part_size: u64) -> Self {
        let size = size.bytes();
        Self { size, part_size: part_size.max(size.div_ceil(MAX_PARTS)) }
    }

    /// Bytes in every part but the last.
    pub fn part_size(self) -> u64 {
        self.part_size
    }

    /// How many parts there are.
    pub fn count(self) -> PartNumber {
        PartNumber::try_from(self.size.div_ceil(self.part_size)).unwrap_or(PartNumber::MAX)
    }

    /// Bytes in part `number`.
    ///
    /// # Errors
    /// `invalid_part_number` if there is no such part.
    pub fn length(self, number: PartNumber) -> Result<u64> {
        if number == 0 || number > self.count() {
            return Err(Error::invalid(
                "invalid_part_number",
                "partNumbers",
                format!("This upload has parts 1 to {}; there is no part {number}.", self.count()),
            ));
        }
        let start = u64::from(number - 1) * self.part_size;
        Ok(self.part_size.min(self.size - start))
    }

    /// The parts that are not in `present`.
    pub fn missing(self, present: &[PartNumber]) -> Vec<PartNumber> {
        let present: std::collections::HashSet<_> = present.iter().collect();
        (1..=self.count()).filter(|number| !present.contains(number)).collect()
    }
}

/// The refusal of a complete for which parts are missing.
pub fn incomplete(missing: &[PartNumber]) -> Error {
    let named: Vec<_> = missing.iter().take(10).map(ToString::to_string).collect();
    let more = if missing.len() > named.len() { ", …" } else { "" };
    Error::UploadIncomplete(format!("{} parts are missing: {}{more}.", missing.len(), named.join(", ")))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    const MIB: u64 = 1 << 20;

    fn plan(size: u64) -> Option<Parts> {
        Parts::plan(ByteSize::new(size).unwrap(), 16 * MIB)
    }

    #[test]
    fn sixteen_mebibytes_go_in_one_piece_and_a_byte_more_in_two() {
        assert_eq!(plan(16 * MIB), None);
        let parts = plan(16 * MIB + 1).unwrap();
        assert_eq!((parts.count(), parts.length(1).unwrap(), parts.length(2).unwrap()), (2, 16 * MIB, 1));
    }

    #[test]
    fn parts_grow_so_that_there_are_never_more_than_ten_thousand() {
        for size in [MAX_PARTS * 16 * MIB, MAX_PARTS * 16 * MIB + 1, 5 << 40] {
            let parts = plan(size).unwrap();
            assert!(u64::from(parts.count()) <= MAX_PARTS);
            let sum: u64 = (1..=parts.count()).map(|number| parts.length(number).unwrap()).sum();
            assert_eq!(sum, size);
        }
    }

    #[test]
    fn parts_outside_the_plan_do_not_exist() {
        let parts = plan(40 * MIB).unwrap();
        for number in [0, 4, 10_001, PartNumber::MAX] {
            assert!(parts.length(number).is_err(), "{number}");
        }
        assert_eq!(parts.missing(&[2]), [1, 3]);
    }
}
