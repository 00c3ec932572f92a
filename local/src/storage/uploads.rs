//! Multipart uploads under way, as the index keeps them.

use rusqlite::{OptionalExtension as _, params};
use s3s::S3ErrorCode;
use time::OffsetDateTime;
use uuid::Uuid;

use super::blobs::{Extent, NewBlob};
use super::error::Result;
use super::index::{Change, Description, micros, now, time};

/// The most parts that an upload has: their numbers go from 1 to this.
pub(super) const MOST_PARTS: i32 = 10_000;

/// An upload that was neither completed nor aborted.
#[derive(Debug)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) created_at: OffsetDateTime,
}

/// A part that was received.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) number: i32,
    /// Without quotes: the MD5 of its bytes in hexadecimal.
    pub(super) etag: String,
    pub(super) modified_at: OffsetDateTime,
    pub(super) extent: Extent,
}

impl Change<'_> {
    /// Starts an upload and answers its id.
    pub(super) fn create_upload(&self, bucket: &str, key: &str, description: &Description) -> Result<String> {
        self.require_bucket(bucket)?;
        let id = Uuid::now_v7().simple().to_string();
        self.sql
            .prepare_cached(
                "INSERT INTO upload (id, bucket, key, created_at, description) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id, bucket, key.as_bytes(), micros(now()), serde_json::to_string(description)?])?;
        Ok(id)
    }

    /// What the object of this upload will be served with. Refuses with `NoSuchUpload` one that is unknown, completed,
    /// aborted, or of another bucket or key.
    pub(super) fn require_upload(&self, bucket: &str, key: &str, id: &str) -> Result<Description> {
        let mut statement =
            self.sql.prepare_cached("SELECT description FROM upload WHERE id = ?1 AND bucket = ?2 AND key = ?3")?;
        let text: Option<String> =
            statement.query_row(params![id, bucket, key.as_bytes()], |row| row.get(0)).optional()?;
        match text {
            Some(text) => Ok(serde_json::from_str(&text)?),
            None => {
                self.require_bucket(bucket)?;
                Err(S3ErrorCode::NoSuchUpload.into())
            }
        }
    }

    /// Adds a part, in the place of an earlier one with its number.
    pub(super) fn put_part(&mut self, upload: &str, number: i32, etag: &str, blob: NewBlob) -> Result<()> {
        let replaced: Option<String> = self
            .sql
            .prepare_cached("SELECT blob FROM part WHERE upload = ?1 AND number = ?2")?
            .query_row(params![upload, number], |row| row.get(0))
            .optional()?;
        self.removed(replaced);
        self.sql
            .prepare_cached(
                "REPLACE INTO part (upload, number, blob, size, etag, modified_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![upload, number, blob.id, blob.size, etag, micros(now())])?;
        self.wrote(blob);
        Ok(())
    }

    /// The upload's parts with a number greater than `after`, in order, at most `limit`.
    pub(super) fn parts(&self, upload: &str, after: i32, limit: i32) -> Result<Vec<Part>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT number, etag, modified_at, blob, size FROM part WHERE upload = ?1 AND number > ?2
             ORDER BY number LIMIT ?3",
        )?;
        let rows = statement.query_map(params![upload, after, limit], |row| {
            Ok(Part {
                number: row.get(0)?,
                etag: row.get(1)?,
                modified_at: time(row.get(2)?),
                extent: (row.get(3)?, row.get(4)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Forgets an upload and its parts. The blobs of the parts are the caller's to deal with.
    pub(super) fn forget_upload(&self, upload: &str) -> Result<()> {
        self.sql.prepare_cached("DELETE FROM upload WHERE id = ?1")?.execute([upload])?;
        Ok(())
    }

    /// Forgets an upload and removes the bytes of its parts.
    pub(super) fn abort_upload(&mut self, upload: &str) -> Result<()> {
        let parts = self.all_parts(upload)?;
        self.removed(parts.into_iter().map(|part| part.extent.0));
        self.forget_upload(upload)
    }

    /// Everything the upload has received.
    pub(super) fn all_parts(&self, upload: &str) -> Result<Vec<Part>> {
        self.parts(upload, 0, MOST_PARTS)
    }

    /// The bucket's uploads with this prefix that come after a key and an id, ordered by both, at most `limit`.
    pub(super) fn uploads(&self, bucket: &str, prefix: &str, after: (&str, &str), limit: i64) -> Result<Vec<Upload>> {
        let mut statement = self.sql.prepare_cached(
            "SELECT id, key, created_at FROM upload
             WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2 AND (key, id) > (?3, ?4) ORDER BY key, id LIMIT ?5",
        )?;
        let rows =
            statement.query_map(params![bucket, prefix.as_bytes(), after.0.as_bytes(), after.1, limit], |row| {
                let key: Vec<u8> = row.get(1)?;
                Ok(Upload {
                    id: row.get(0)?,
                    key: String::from_utf8_lossy(&key).into_owned(),
                    created_at: time(row.get(2)?),
                })
            })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
