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
mod limits;
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

use quayside_store::storage::rules;
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

    /// Makes the bucket if there is none, and sets the rules that Quayside's bucket has by the files in `deploy/`, with
    /// `cors_origins` as those of its pages.
    ///
    /// Can be repeated: objects stay, the rules are set again.
    pub async fn create_bucket_with(&self, bucket: &str, cors_origins: &[String]) -> Result<()> {
        let cors = rules::cors(cors_origins)?.into_iter().map(|rule| CORSRule {
            id: Some(rule.id),
            allowed_origins: rule.allowed_origins,
            allowed_methods: rule.allowed_methods,
            allowed_headers: Some(rule.allowed_headers),
            expose_headers: Some(rule.expose_headers),
            max_age_seconds: Some(rule.max_age_seconds),
        });
        let cors: Vec<_> = cors.collect();
        let lifecycle = lifecycle::housekeeping()?;
        let (bucket, no_pages) = (bucket.to_owned(), cors_origins.is_empty());
        self.change(move |change| {
            change.create_bucket(&bucket)?;
            change.set_cors(&bucket, (!no_pages).then_some(&cors))?;
            change.set_lifecycle(&bucket, Some(&lifecycle))
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
