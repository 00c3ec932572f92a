//! What can go wrong in storage.

use std::io;
use std::path::PathBuf;

use s3s::{S3Error, S3ErrorCode};

/// Why storage could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory belongs to a process that is still running.
    #[error("the data directory {0} is in use by another process: stop that one first, or choose another directory")]
    InUse(PathBuf),
    /// The request cannot be met; the client is told why.
    #[error("{0}")]
    Refused(S3Error),
    /// A file could not be read or written.
    #[error("storage cannot use its files: {0}")]
    File(#[from] io::Error),
    /// The index could not be read or written.
    #[error("storage cannot use its index: {0}")]
    Index(#[from] rusqlite::Error),
    /// The index holds something that this version does not understand.
    #[error("storage cannot read an entry of its index: {0}")]
    Entry(#[from] serde_json::Error),
    /// The process is stopping.
    #[error("storage was stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
}

/// A result of storage.
pub type Result<T> = std::result::Result<T, Error>;

impl From<S3Error> for Error {
    fn from(error: S3Error) -> Self {
        Self::Refused(error)
    }
}

impl From<S3ErrorCode> for Error {
    fn from(code: S3ErrorCode) -> Self {
        Self::Refused(S3Error::new(code))
    }
}

impl From<Error> for S3Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(error) => error,
            Error::InUse(_) | Error::File(_) | Error::Index(_) | Error::Entry(_) | Error::Stopped(_) => {
                tracing::error!(%error, "storage failed");
                Self::with_message(S3ErrorCode::InternalError, "Storage failed; its log says why.")
            }
        }
    }
}

/// The refusal with this code and message.
pub(super) fn refuse(code: S3ErrorCode, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::Refused(S3Error::with_message(code, message))
}
