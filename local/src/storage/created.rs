//! Who is told of objects that were put.

use std::sync::PoisonError;

use rusqlite::params;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Storage;
use super::error::Result;

/// An object that was put in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
}

pub(super) type Watchers = std::sync::Mutex<Vec<UnboundedSender<Created>>>;

impl Storage {
    /// Tells of every object that is put from now on, once it is there to stay.
    pub fn watch(&self) -> UnboundedReceiver<Created> {
        let (sender, receiver) = unbounded_channel();
        self.shared.watchers.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        receiver
    }

    pub(super) fn tell(&self, created: &Created) {
        let mut watchers = self.shared.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|watcher| watcher.send(created.clone()).is_ok());
    }

    /// What is in the bucket under keys with this prefix, for who has missed being told.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub async fn objects_below(&self, bucket: &str, prefix: &str) -> Result<Vec<Created>> {
        let (bucket, prefix) = (bucket.to_owned(), prefix.to_owned());
        self.change(move |change| {
            let mut statement = change
                .sql
                .prepare_cached("SELECT key, size FROM object WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2")?;
            let objects = statement.query_map(params![bucket, prefix.as_bytes()], |row| {
                let (key, size): (Vec<u8>, i64) = (row.get(0)?, row.get(1)?);
                let key = String::from_utf8_lossy(&key).into_owned();
                Ok(Created { bucket: bucket.clone(), key, size: size.unsigned_abs() })
            })?;
            Ok(objects.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }
}
