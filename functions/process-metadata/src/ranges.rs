//! The bytes of an upload in storage, by ranges, as inspection reads them.

use std::ops::Range;

use quayside_domain::{Asset, Error, Work};
use quayside_inspect::Source;
use quayside_store::storage::Storage;

/// An upload in storage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored<'a> {
    pub(crate) storage: &'a Storage,
    pub(crate) work: &'a Work<Asset>,
}

/// Why a range was not read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// There is no object (any more).
    Missing,
    /// Storage failed.
    Failed(Error),
}

impl Source for Stored<'_> {
    type Error = NotRead;

    async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, NotRead> {
        match self.storage.read_upload_range(self.work, range).await {
            Ok(bytes) => bytes.ok_or(NotRead::Missing),
            Err(error) => Err(NotRead::Failed(error)),
        }
    }
}
