//! An S3 server for one machine, over plain files and an index in SQLite.
//!
//! It behaves as B2's S3-compatible interface does where Quayside depends on it: presigned requests, multipart uploads,
//! CORS, lifecycle rules, no form POST. Unlike B2 it keeps one version of an object only.
//!
//! An object is a list of blobs ([`blobs`]), and a part is a blob, so that completing an upload copies nothing. The
//! index ([`index`]) says which blobs make an object; a change to it is one transaction. So what was acknowledged
//! survives a `kill -9` at any moment, and nothing half written is ever seen.

mod blobs;
mod bodies;
mod buckets;
mod checksums;
mod conditions;
mod cors;
mod created;
mod error;
mod index;
mod lifecycle;
mod listing;
mod multipart;
mod objects;
mod request;
mod server;
mod service;
mod uploads;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use s3s::dto::CORSRule;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

pub use self::created::Created;
pub use self::error::{Error, Result};
pub use self::server::{Credentials, serve};

use self::blobs::Blobs;
use self::index::{Change, Index};

/// Buckets and objects, and the folder that they live in. Clones are the same storage.
#[derive(Debug, Clone)]
pub struct Storage {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    index: Index,
    blobs: Arc<Blobs>,
    watchers: created::Watchers,
    /// Of an ephemeral storage. Declared last: it is removed after the index is closed.
    _temporary: Option<TempDir>,
}

impl Storage {
    /// Opens the storage in `directory`, and makes it if there is none. Without a directory it lives in a temporary
    /// one, which goes with the last clone.
    ///
    /// Removes what a killed process had not finished. Fails with [`Error::InUse`] while another process has the
    /// directory open.
    pub fn open(directory: Option<&Path>) -> Result<Self> {
        let (directory, temporary) = match directory {
            Some(directory) => (directory.to_owned(), None),
            None => {
                let temporary = tempfile::Builder::new().prefix("quayside-storage-").tempdir()?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        fs::create_dir_all(&directory)?;
        let index = Index::open(&directory.join("index.sqlite"))?;
        let blobs = Arc::new(Blobs::open(directory.join("blobs"), &index.known_blobs()?)?);
        Ok(Self {
            shared: Arc::new(Shared { index, blobs, watchers: created::Watchers::default(), _temporary: temporary }),
        })
    }

    /// Makes the bucket if there is none, and sets the rules that Quayside's bucket has: pages from `cors_origins` may
    /// PUT, GET and HEAD with any header and read the etag; what is in `incoming/` goes after two days, and
    /// multipart uploads that were never completed after seven.
    ///
    /// Can be repeated: objects stay, the rules are set again.
    pub async fn create_bucket_with(&self, bucket: &str, cors_origins: &[String]) -> Result<()> {
        let cors = CORSRule {
            allowed_origins: cors_origins.to_vec(),
            allowed_methods: ["PUT", "GET", "HEAD"].map(str::to_owned).to_vec(),
            allowed_headers: Some(vec!["*".to_owned()]),
            expose_headers: Some(vec!["ETag".to_owned()]),
            max_age_seconds: Some(3_600),
            ..CORSRule::default()
        };
        let bucket = bucket.to_owned();
        self.change(move |change| {
            change.create_bucket(&bucket)?;
            change.set_cors(&bucket, (!cors.allowed_origins.is_empty()).then_some(&[cors]))?;
            change.set_lifecycle(&bucket, Some(&lifecycle::housekeeping("incoming/")))
        })
        .await
    }

    /// Runs a transaction on the index on a thread that may block. Once started it runs to its end, even if nobody
    /// waits for it any more.
    async fn change<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Change<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = Arc::clone(&self.shared);
        spawn_blocking(move || shared.index.change(&shared.blobs, work)).await?
    }
}

#[cfg(test)]
mod tests;
