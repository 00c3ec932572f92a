//! What there is: buckets, objects, uploads under way and their parts, in one SQLite file.
//!
//! A change is one transaction: it is there whole after a `kill -9`, or not at all. The file is not synced to disk, so
//! after a power cut the newest changes may be missing, which is no matter for storage that serves one machine's tests.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Row, params};
use s3s::S3ErrorCode;
use s3s::dto::{BucketLifecycleConfiguration, CORSRule, Timestamp};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::blobs::{BlobId, Blobs, Extent, NewBlob};
use super::checksums::Checksum;
use super::error::{Error, Result};

/// Keys are blobs, so that they sort by their bytes, as S3 sorts them.
const SCHEMA: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    PRAGMA foreign_keys = ON;
    CREATE TABLE IF NOT EXISTS bucket (
        name TEXT PRIMARY KEY, created_at INTEGER NOT NULL, cors TEXT, lifecycle TEXT
    ) STRICT;
    CREATE TABLE IF NOT EXISTS object (
        id INTEGER PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket (name), key BLOB NOT NULL, etag TEXT NOT NULL,
        size INTEGER NOT NULL, modified_at INTEGER NOT NULL, description TEXT NOT NULL, checksum TEXT,
        UNIQUE (bucket, key)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS object_blob (
        object INTEGER NOT NULL REFERENCES object (id) ON DELETE CASCADE, position INTEGER NOT NULL,
        blob TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (object, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS upload (
        id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket (name), key BLOB NOT NULL,
        created_at INTEGER NOT NULL, description TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS upload_by_key ON upload (bucket, key, id);
    CREATE TABLE IF NOT EXISTS part (
        upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, number INTEGER NOT NULL,
        blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified_at INTEGER NOT NULL,
        PRIMARY KEY (upload, number)
    ) STRICT, WITHOUT ROWID;
";

/// The headers that an object is served with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Description {
    pub(super) content_type: Option<String>,
    pub(super) cache_control: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) expires: Option<Timestamp>,
    pub(super) metadata: BTreeMap<String, String>,
}

/// An object, without its bytes.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// Without quotes.
    pub(super) etag: String,
    /// In bytes.
    pub(super) size: u64,
    pub(super) modified_at: OffsetDateTime,
    pub(super) description: Description,
    /// None of one that was put together from parts.
    pub(super) checksum: Option<Checksum>,
}

/// The index. Changes take turns.
#[derive(Debug)]
pub(super) struct Index {
    connection: Mutex<Connection>,
}

/// A change under way; also what a look at the index goes through, so that it sees one state.
pub(super) struct Change<'a> {
    pub(super) sql: rusqlite::Transaction<'a>,
    pub(super) blobs: &'a Arc<Blobs>,
    written: Vec<NewBlob>,
    removed: Vec<BlobId>,
}

impl Index {
    /// Opens the file, or makes it. Refuses one that another process has open.
    pub(super) fn open(file: &Path) -> Result<Self> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::ZERO)?;
        connection.execute_batch(SCHEMA).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Error::InUse(file.parent().unwrap_or(file).to_owned())
            }
            _ => error.into(),
        })?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Every blob that is in use.
    pub(super) fn known_blobs(&self) -> Result<HashSet<BlobId>> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = connection.prepare("SELECT blob FROM object_blob UNION ALL SELECT blob FROM part")?;
        let blobs = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(blobs)
    }

    /// Runs `work` in a transaction, which is undone if it fails. Only then do the blobs that it added stay, and those
    /// that it removed go. Blocks.
    pub(super) fn change<T>(&self, blobs: &Arc<Blobs>, work: impl FnOnce(&mut Change<'_>) -> Result<T>) -> Result<T> {
        let (answer, removed) = {
            // A transaction that a panic cut short was rolled back, so the connection is sound after one.
            let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let mut change = Change { sql: connection.transaction()?, blobs, written: Vec::new(), removed: Vec::new() };
            let answer = work(&mut change)?;
            let Change { sql, written, removed, .. } = change;
            sql.commit()?;
            written.into_iter().for_each(NewBlob::keep);
            (answer, removed)
        };
        blobs.remove(removed);
        Ok(answer)
    }
}

impl Change<'_> {
    /// The index names this blob from now on.
    pub(super) fn wrote(&mut self, blob: NewBlob) {
        self.written.push(blob);
    }

    /// The index no longer names these.
    pub(super) fn removed(&mut self, blobs: impl IntoIterator<Item = BlobId>) {
        self.removed.extend(blobs);
    }

    /// Makes a bucket. False if there is one of that name.
    pub(super) fn create_bucket(&self, name: &str) -> Result<bool> {
        let rows = self.sql.execute(
            "INSERT INTO bucket (name, created_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![name, micros(now())],
        )?;
        Ok(rows == 1)
    }

    /// The names of the buckets and when each was made.
    pub(super) fn buckets(&self) -> Result<Vec<(String, OffsetDateTime)>> {
        let mut statement = self.sql.prepare_cached("SELECT name, created_at FROM bucket ORDER BY name")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, time(row.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Refuses if there is no such bucket.
    pub(super) fn require_bucket(&self, name: &str) -> Result<()> {
        let mut statement = self.sql.prepare_cached("SELECT 1 FROM bucket WHERE name = ?1")?;
        if statement.exists([name])? { Ok(()) } else { Err(S3ErrorCode::NoSuchBucket.into()) }
    }

    /// Removes a bucket, which must hold neither objects nor uploads.
    pub(super) fn delete_bucket(&self, name: &str) -> Result<()> {
        self.require_bucket(name)?;
        let in_use: bool = self.sql.query_row(
            "SELECT EXISTS (SELECT 1 FROM object WHERE bucket = ?1) OR EXISTS (SELECT 1 FROM upload WHERE bucket = ?1)",
            [name],
            |row| row.get(0),
        )?;
        if in_use {
            return Err(S3ErrorCode::BucketNotEmpty.into());
        }
        self.sql.execute("DELETE FROM bucket WHERE name = ?1", [name])?;
        Ok(())
    }

    /// The bucket's CORS rules, none if it has none or does not exist.
    pub(super) fn cors(&self, bucket: &str) -> Result<Vec<CORSRule>> {
        let mut statement = self.sql.prepare_cached("SELECT cors FROM bucket WHERE name = ?1")?;
        let text: Option<String> = statement.query_row([bucket], |row| row.get(0)).optional()?.flatten();
        Ok(text.as_deref().map(serde_json::from_str).transpose()?.unwrap_or_default())
    }

    /// Replaces the bucket's CORS rules.
    pub(super) fn set_cors(&self, bucket: &str, rules: Option<&[CORSRule]>) -> Result<()> {
        self.require_bucket(bucket)?;
        let text = rules.map(serde_json::to_string).transpose()?;
        self.sql.execute("UPDATE bucket SET cors = ?2 WHERE name = ?1", params![bucket, text])?;
        Ok(())
    }

    /// The bucket's lifecycle rules, if it has any.
    pub(super) fn lifecycle(&self, bucket: &str) -> Result<Option<BucketLifecycleConfiguration>> {
        self.require_bucket(bucket)?;
        let mut statement = self.sql.prepare_cached("SELECT lifecycle FROM bucket WHERE name = ?1")?;
        let text: Option<String> = statement.query_row([bucket], |row| row.get(0))?;
        Ok(text.as_deref().map(serde_json::from_str).transpose()?)
    }

    /// Replaces the bucket's lifecycle rules.
    pub(super) fn set_lifecycle(&self, bucket: &str, rules: Option<&BucketLifecycleConfiguration>) -> Result<()> {
        self.require_bucket(bucket)?;
        let text = rules.map(serde_json::to_string).transpose()?;
        self.sql.execute("UPDATE bucket SET lifecycle = ?2 WHERE name = ?1", params![bucket, text])?;
        Ok(())
    }

    /// The object with this key.
    pub(super) fn object(&self, bucket: &str, key: &str) -> Result<Option<Object>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT etag, size, modified_at, description, checksum FROM object WHERE bucket = ?1 AND key = ?2",
        )?;
        let row = statement.query_row(params![bucket, key.as_bytes()], |row| Ok(object(row))).optional()?;
        row.transpose()
    }

    /// The object's blobs, in order.
    pub(super) fn extents(&self, bucket: &str, key: &str) -> Result<Vec<Extent>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT blob, object_blob.size FROM object_blob JOIN object ON object.id = object_blob.object
             WHERE bucket = ?1 AND key = ?2 ORDER BY position",
        )?;
        let rows = statement.query_map(params![bucket, key.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Puts an object in the place of what has this key.
    pub(super) fn put_object(&mut self, bucket: &str, key: &str, object: &Object, extents: &[Extent]) -> Result<()> {
        self.delete_object(bucket, key)?;
        self.sql
            .prepare_cached(
                "INSERT INTO object (bucket, key, etag, size, modified_at, description, checksum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                bucket,
                key.as_bytes(),
                object.etag,
                object.size,
                micros(object.modified_at),
                serde_json::to_string(&object.description)?,
                object.checksum.as_ref().map(serde_json::to_string).transpose()?,
            ])?;
        let id = self.sql.last_insert_rowid();
        let mut statement = self
            .sql
            .prepare_cached("INSERT INTO object_blob (object, position, blob, size) VALUES (?1, ?2, ?3, ?4)")?;
        for (position, (blob, size)) in extents.iter().enumerate() {
            statement.execute(params![id, position, blob, size])?;
        }
        Ok(())
    }

    /// Removes the object with this key, if there is one.
    pub(super) fn delete_object(&mut self, bucket: &str, key: &str) -> Result<()> {
        let extents = self.extents(bucket, key)?;
        self.removed(extents.into_iter().map(|(blob, _)| blob));
        self.sql
            .prepare_cached("DELETE FROM object WHERE bucket = ?1 AND key = ?2")?
            .execute(params![bucket, key.as_bytes()])?;
        Ok(())
    }
}

fn object(row: &Row<'_>) -> Result<Object> {
    let (description, checksum): (String, Option<String>) = (row.get(3)?, row.get(4)?);
    Ok(Object {
        etag: row.get(0)?,
        size: row.get(1)?,
        modified_at: time(row.get(2)?),
        description: serde_json::from_str(&description)?,
        checksum: checksum.as_deref().map(serde_json::from_str).transpose()?,
    })
}

/// The time, to the precision that the index keeps.
pub(super) fn now() -> OffsetDateTime {
    time(micros(OffsetDateTime::now_utc()))
}

/// Microseconds since 1970, as times are kept.
pub(super) fn micros(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// The reverse of [`micros`].
pub(super) fn time(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
