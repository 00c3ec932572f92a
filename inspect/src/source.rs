//! Where a file's bytes come from.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::ops::Range;

/// Something that reads ranges of one file: an object in storage, a file on disk, a slice.
///
/// It is read by [`File`](crate::File), which decides what it needs; several reads may be under way at once.
pub trait Source {
    /// Why a range cannot be read.
    type Error;

    /// The bytes of `range`, which is not empty and lies within the file: all of them, neither fewer nor more.
    fn read(&self, range: Range<u64>) -> impl Future<Output = Result<Vec<u8>, Self::Error>> + Send;
}

/// A file that is in memory already. It takes as many bytes as the slice has.
impl Source for [u8] {
    type Error = Infallible;

    fn read(&self, range: Range<u64>) -> impl Future<Output = Result<Vec<u8>, Infallible>> + Send {
        let index = |at| usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.get(index(range.start)..index(range.end)).unwrap_or_default();
        ready(Ok(bytes.to_vec()))
    }
}
