//! The body of an answer, in the pieces in which it comes, unpacked where a source packs it though it was asked not to.

use std::io;
use std::time::Duration;

use async_compression::tokio::bufread::GzipDecoder;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use quayside_domain::FailureCode;
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;
use tokio_util::io::StreamReader;

use crate::client::{find, idle};
use crate::source_error::SourceError;

/// The longest piece of a packed body, in bytes: a packed kilobyte may be a thousand of them.
const PIECE_BYTES: usize = 64 << 10;

pub(crate) struct Body {
    pieces: Pieces,
    idle_seconds: u64,
}

enum Pieces {
    Plain(Response),
    Gzip(Box<GzipDecoder<StreamReader<BoxStream<'static, io::Result<Bytes>>, Bytes>>>),
}

/// How a body is packed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
}

impl Encoding {
    /// What `Content-Encoding` says.
    ///
    /// # Errors
    /// If it is an encoding that is not unpacked.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, SourceError> {
        let unknown =
            || SourceError::last(FailureCode::Unreadable, "The source packs the file in a way that we do not unpack.");
        let mut encoding = Self::Identity;
        for value in headers.get_all(CONTENT_ENCODING) {
            for name in value.to_str().map_err(|_| unknown())?.split(',') {
                match (name.trim().to_ascii_lowercase().as_str(), encoding) {
                    ("" | "identity", _) => {}
                    ("gzip" | "x-gzip", Self::Identity) => encoding = Self::Gzip,
                    // Packed twice there is nothing but trouble in it.
                    _ => return Err(unknown()),
                }
            }
        }
        Ok(encoding)
    }
}

impl Body {
    pub(crate) fn new(response: Response, encoding: Encoding, idle_seconds: u64) -> Self {
        let pieces = match encoding {
            Encoding::Identity => Pieces::Plain(response),
            Encoding::Gzip => {
                let packed: BoxStream<'static, _> = Box::pin(response.bytes_stream().map_err(io::Error::other));
                let mut unpacked = GzipDecoder::new(StreamReader::new(packed));
                // RFC 1952 lets members follow each other.
                unpacked.multiple_members(true);
                Pieces::Gzip(Box::new(unpacked))
            }
        };
        Self { pieces, idle_seconds }
    }

    /// The next bytes; `None` at the end. What counts is the wait for them, not what is done between two of them.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, SourceError> {
        let seconds = self.idle_seconds;
        timeout(Duration::from_secs(seconds), self.piece()).await.unwrap_or_else(|_| Err(idle(seconds)))
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, SourceError> {
        match &mut self.pieces {
            Pieces::Plain(response) => response.chunk().await.map_err(|_| broken()),
            Pieces::Gzip(unpacked) => {
                let mut piece = BytesMut::with_capacity(PIECE_BYTES);
                match unpacked.read_buf(&mut piece).await {
                    Ok(0) => Ok(None),
                    Ok(_) => Ok(Some(piece.freeze())),
                    Err(error) => Err(match find::<reqwest::Error>(&error) {
                        Some(_) => broken(),
                        None => SourceError::last(
                            FailureCode::Unreadable,
                            "The source packs the file as gzip, but wrongly.",
                        ),
                    }),
                }
            }
        }
    }
}

fn broken() -> SourceError {
    SourceError::passing(FailureCode::SourceIncomplete, "The source broke off before it had sent the whole file.")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn gzip_alone_is_unpacked() {
        let read = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, value.parse().unwrap());
            }
            Encoding::read(&headers).ok()
        };
        assert_eq!(read(&[]), Some(Encoding::Identity));
        assert_eq!(read(&["identity"]), Some(Encoding::Identity));
        assert_eq!(read(&["GZip"]), Some(Encoding::Gzip));
        assert_eq!(read(&["identity, x-gzip"]), Some(Encoding::Gzip));
        for values in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &["deflate, gzip"], &["zstd"]] {
            assert_eq!(read(values), None, "{values:?}");
        }
    }
}
