//! Lists of objects: pages, prefixes and delimiters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rusqlite::params;
use s3s::dto::{
    CommonPrefix, ETag, ListObjectVersionsInput, ListObjectVersionsOutput, ListObjectsV2Input, ListObjectsV2Output,
    Object as ListedObject, ObjectStorageClass, ObjectVersion, ObjectVersionStorageClass,
};
use s3s::{S3ErrorCode, S3Request, S3Response};
use time::OffsetDateTime;

use super::Storage;
use super::error::{Result, refuse};
use super::index::{Change, time};

/// The most entries on a page.
const LONGEST_PAGE: i32 = 1_000;

/// The id of the one version that each object has.
pub(super) const ONLY_VERSION: &str = "null";

struct Entry {
    key: String,
    size: i64,
    etag: String,
    modified_at: OffsetDateTime,
}

#[derive(Default)]
struct Page {
    entries: Vec<Entry>,
    prefixes: Vec<String>,
    /// Where the next page begins: the least key that it may hold.
    next: Option<Vec<u8>>,
}

impl Change<'_> {
    /// A page of at most `limit` objects and common prefixes, from the key `from` on, in the order of the keys' bytes.
    fn page(&self, bucket: &str, prefix: &str, delimiter: &str, mut from: Vec<u8>, limit: usize) -> Result<Page> {
        self.require_bucket(bucket)?;
        let mut page = Page::default();
        if limit == 0 {
            return Ok(page);
        }
        let end = after_prefix(prefix);
        from = from.max(prefix.as_bytes().to_vec());
        let mut statement = self.sql.prepare_cached(
            "SELECT key, size, etag, modified_at FROM object WHERE bucket = ?1 AND key >= ?2 AND key < ?3 ORDER BY key",
        )?;
        'seek: loop {
            let mut rows = statement.query(params![bucket, from, end])?;
            while let Some(row) = rows.next()? {
                if page.entries.len() + page.prefixes.len() == limit {
                    page.next = Some(from);
                    return Ok(page);
                }
                let key: Vec<u8> = row.get(0)?;
                let key = String::from_utf8_lossy(&key).into_owned();
                let rest = key.get(prefix.len()..).unwrap_or_default();
                if let Some(at) = rest.find(delimiter).filter(|_| !delimiter.is_empty()) {
                    let common = key[..prefix.len() + at + delimiter.len()].to_owned();
                    from = after_prefix(&common);
                    page.prefixes.push(common);
                    continue 'seek;
                }
                from = after_key(&key);
                page.entries.push(Entry { key, size: row.get(1)?, etag: row.get(2)?, modified_at: time(row.get(3)?) });
            }
            return Ok(page);
        }
    }
}

/// The least key that is greater than this one.
fn after_key(key: &str) -> Vec<u8> {
    [key.as_bytes(), b"\0"].concat()
}

/// The least sequence of bytes that is greater than all keys with this prefix. UTF-8 has no byte 0xFF.
fn after_prefix(prefix: &str) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    match end.last_mut() {
        Some(last) => *last += 1,
        None => end.push(0xFF),
    }
    end
}

fn limit(asked: Option<i32>) -> Result<(i32, usize)> {
    let limit = asked.unwrap_or(LONGEST_PAGE).min(LONGEST_PAGE);
    match usize::try_from(limit) {
        Ok(count) => Ok((limit, count)),
        Err(_) => Err(refuse(S3ErrorCode::InvalidArgument, "max-keys must not be negative.")),
    }
}

fn common_prefixes(prefixes: Vec<String>) -> Option<Vec<CommonPrefix>> {
    Some(prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(prefix) }).collect())
}

impl Storage {
    pub(super) async fn page_of_objects(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let (max_keys, limit) = limit(input.max_keys)?;
        let from = match (&input.continuation_token, &input.start_after) {
            (Some(token), _) => BASE64.decode(token).map_err(|_| {
                refuse(S3ErrorCode::InvalidArgument, "continuation-token is not one that an earlier page gave.")
            })?,
            (None, Some(key)) => after_key(key),
            (None, None) => Vec::new(),
        };
        let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone().unwrap_or_default());
        let delimiter = input.delimiter.clone().unwrap_or_default();
        let page = self.change(move |change| change.page(&bucket, &prefix, &delimiter, from, limit)).await?;

        let count = page.entries.len() + page.prefixes.len();
        let contents = page.entries.into_iter().map(|entry| ListedObject {
            key: Some(entry.key),
            size: Some(entry.size),
            e_tag: Some(ETag::Strong(entry.etag)),
            last_modified: Some(entry.modified_at.into()),
            storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
            ..ListedObject::default()
        });
        Ok(S3Response::new(ListObjectsV2Output {
            name: Some(input.bucket),
            prefix: Some(input.prefix.unwrap_or_default()),
            delimiter: input.delimiter,
            max_keys: Some(max_keys),
            key_count: i32::try_from(count).ok(),
            start_after: input.start_after,
            continuation_token: input.continuation_token,
            is_truncated: Some(page.next.is_some()),
            next_continuation_token: page.next.map(|key| BASE64.encode(key)),
            contents: Some(contents.collect()),
            common_prefixes: common_prefixes(page.prefixes),
            ..ListObjectsV2Output::default()
        }))
    }

    /// Every object as its one version, so that what deletes all versions of a key works here as it does at B2.
    pub(super) async fn page_of_versions(
        &self,
        request: S3Request<ListObjectVersionsInput>,
    ) -> Result<S3Response<ListObjectVersionsOutput>> {
        let input = request.input;
        let (max_keys, limit) = limit(input.max_keys)?;
        let delimiter = input.delimiter.clone().unwrap_or_default();
        let from = match &input.key_marker {
            Some(marker) if !delimiter.is_empty() && marker.ends_with(&delimiter) => after_prefix(marker),
            Some(marker) => after_key(marker),
            None => Vec::new(),
        };
        let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone().unwrap_or_default());
        let page = self.change(move |change| change.page(&bucket, &prefix, &delimiter, from, limit)).await?;

        let last = page.entries.last().map(|entry| &entry.key).max(page.prefixes.last()).cloned();
        let versions = page.entries.into_iter().map(|entry| ObjectVersion {
            key: Some(entry.key),
            version_id: Some(ONLY_VERSION.to_owned()),
            is_latest: Some(true),
            size: Some(entry.size),
            e_tag: Some(ETag::Strong(entry.etag)),
            last_modified: Some(entry.modified_at.into()),
            storage_class: Some(ObjectVersionStorageClass::from_static(ObjectVersionStorageClass::STANDARD)),
            ..ObjectVersion::default()
        });
        let truncated = page.next.is_some();
        Ok(S3Response::new(ListObjectVersionsOutput {
            name: Some(input.bucket),
            prefix: Some(input.prefix.unwrap_or_default()),
            delimiter: input.delimiter,
            max_keys: Some(max_keys),
            key_marker: Some(input.key_marker.unwrap_or_default()),
            version_id_marker: Some(input.version_id_marker.unwrap_or_default()),
            is_truncated: Some(truncated),
            next_key_marker: last.filter(|_| truncated),
            next_version_id_marker: truncated.then(|| ONLY_VERSION.to_owned()),
            versions: Some(versions.collect()),
            common_prefixes: common_prefixes(page.prefixes),
            ..ListObjectVersionsOutput::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_with_a_prefix_lie_below_its_end() {
        assert!(after_prefix("a/").as_slice() > "a/\u{10FFFF}\u{10FFFF}".as_bytes());
        assert!(after_prefix("a/").as_slice() <= "a0".as_bytes());
        assert!(after_prefix("é").as_slice() > "é\u{10FFFF}".as_bytes());
        assert!(after_prefix("").as_slice() > "\u{10FFFF}".as_bytes());
        assert!(after_key("a").as_slice() > "a".as_bytes());
    }
}
