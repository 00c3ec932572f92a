//! Why a picture could not be made.

use std::panic::{self, AssertUnwindSafe};

/// Why there are no pictures. The text can be shown to whoever sent the image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The image's data is damaged or incomplete. Another try will fail in the same way.
    #[error("The image cannot be read: {why}.")]
    Unreadable {
        /// What the decoder says, as the end of a sentence.
        why: String,
    },
    /// As far as is known the image is sound: memory ran out, or this library has a bug. Another try may succeed.
    #[error("The thumbnails could not be made.")]
    Failed,
}

/// What a decoder says, as an error of the file's.
pub(crate) fn damaged(error: impl ToString) -> Error {
    Error::Unreadable { why: error.to_string().trim_end_matches('.').to_owned() }
}

/// Returns what `work` returns, or `on_panic` if it panics.
pub(crate) fn catch_panic<T>(on_panic: Error, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(on_panic))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;

    #[test]
    fn a_decoder_that_panics_fails_that_image_alone() {
        let error = damaged("it crashes the decoder");
        let result: Result<(), Error> = catch_panic(error, || panic!("a test of what happens"));
        assert_eq!(result.unwrap_err().to_string(), "The image cannot be read: it crashes the decoder.");
    }
}
