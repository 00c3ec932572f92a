//! What an asset takes of its owner's quota.

use super::media_type::Kind;

/// What one record adds to its owner's usage. The usage item is the sum of these over all of the owner's records: every
/// change of a record writes the difference of its footprint before and after in the same transaction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Footprint {
    /// Kind of the asset.
    pub kind: Kind,
    /// Bytes that an unfinished upload or ingestion will bring.
    pub reserved_bytes: i64,
    /// 1 for an unfinished upload.
    pub active_uploads: i64,
    /// 1 for a file that is being taken from a URL.
    pub active_ingestions: i64,
    /// Bytes that storage has.
    pub stored_bytes: i64,
    /// 1 for an asset that storage has.
    pub stored_count: i64,
}

impl Footprint {
    /// Takes nothing.
    pub fn nothing(kind: Kind) -> Self {
        Self { kind, reserved_bytes: 0, active_uploads: 0, active_ingestions: 0, stored_bytes: 0, stored_count: 0 }
    }

    /// What changes from `before` to this. Both are of the same asset, whose kind only changes while nothing is stored.
    #[must_use]
    pub fn minus(self, before: Self) -> Self {
        Self {
            kind: self.kind,
            reserved_bytes: self.reserved_bytes - before.reserved_bytes,
            active_uploads: self.active_uploads - before.active_uploads,
            active_ingestions: self.active_ingestions - before.active_ingestions,
            stored_bytes: self.stored_bytes - before.stored_bytes,
            stored_count: self.stored_count - before.stored_count,
        }
    }

    /// Whether nothing changes.
    pub fn is_nothing(self) -> bool {
        self == Self::nothing(self.kind)
    }
}

/// How much an owner may have.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Stored and reserved bytes together.
    pub quota_bytes: u64,
    /// Unfinished uploads.
    pub active_uploads: u64,
    /// Files that are being taken from URLs.
    pub active_ingestions: u64,
}
