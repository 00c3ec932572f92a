//! Whole objects: heads, reads, writes, and deletion for good.

use std::collections::HashMap;
use std::ops::Range;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use super::{Storage, code, unexpected};
use quayside_domain::keys;
use quayside_domain::rights::Right;
use quayside_domain::{
    Asset, AssetId, Authorized, Caller, Error, FileName, Location, MediaType, ProjectId, Result, Strategy, Timestamp,
    Unproven, Work,
};

/// What storage says of an object.
#[derive(Clone, Debug)]
pub struct Object {
    /// Size in bytes.
    pub size: u64,
    /// When it was written.
    pub written_at: Option<Timestamp>,
}

/// Something to be served.
#[derive(Debug)]
pub struct NewObject {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its type.
    pub content_type: MediaType,
    /// The name under which it is saved.
    pub name: FileName,
}

impl Storage {
    /// What the caller has put below `incoming/` for the upload `id`, if anything. The key is the caller's own,
    /// whatever `id` is.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn head_own_incoming(&self, caller: &Caller, id: AssetId) -> Result<Option<Object>> {
        self.head(keys::incoming(&Location::new(caller.owner(), id))).await
    }

    /// What is below `incoming/` for an asset whose caller is still to be proved to have a right to it, if anything; not
    /// asked for an upload in parts, which has nothing there. The answer is for nobody before that proof.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn head_unproven_incoming(&self, found: &Unproven<Asset>) -> Result<Option<Object>> {
        let asset = found.unproven();
        match asset.upload.as_ref().map(|upload| &upload.strategy) {
            Some(Strategy::Single) => self.head(keys::incoming(&asset.location)).await,
            Some(Strategy::Multipart { .. }) | None => Ok(None),
        }
    }

    /// What is below `incoming/` for the asset, if anything.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn head_incoming<A: Right>(&self, asset: &Authorized<Asset, A>) -> Result<Option<Object>> {
        self.head(keys::incoming(&asset.location)).await
    }

    /// The original that is, or would be, served, if there is one.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn head_original<A: Right>(&self, asset: &Authorized<Asset, A>) -> Result<Option<Object>> {
        self.head(keys::original(&asset.location)).await
    }

    async fn head(&self, key: String) -> Result<Option<Object>> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(head) => Ok(Some(Object {
                size: head.content_length().unwrap_or_default().try_into().unwrap_or_default(),
                written_at: head
                    .last_modified()
                    .and_then(|moment| Some(Timestamp::from_unix_seconds(moment.secs().try_into().ok()?))),
            })),
            // The answer to HEAD has no body, hence no code of storage's own.
            Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 404) => Ok(None),
            Err(error) => Err(unexpected(error)),
        }
    }

    /// The uploaded bytes, whole, wherever the upload's strategy has put them; `None` if there are none.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`; also if there are more bytes than the asset's size.
    pub async fn read_upload(&self, work: &Work<Asset>) -> Result<Option<Vec<u8>>> {
        let Some(answer) = self.open(work, None).await? else { return Ok(None) };
        let size = usize::try_from(work.size.bytes()).map_err(|error| Error::Internal(error.into()))?;
        let mut bytes = Vec::with_capacity(size);
        let mut body = answer.body;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|error| Error::Unavailable(error.into()))?;
            if bytes.len() + chunk.len() > size {
                return Err(Error::Internal("storage has more bytes than were signed for".into()));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }

    /// A range of the upload's bytes, which is not empty: fewer where the object ends before; `None` if there is no
    /// object.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn read_upload_range(&self, work: &Work<Asset>, range: Range<u64>) -> Result<Option<Vec<u8>>> {
        let range = format!("bytes={}-{}", range.start, range.end - 1);
        let Some(answer) = self.open(work, Some(range)).await? else { return Ok(None) };
        let bytes = answer.body.collect().await.map_err(|error| Error::Unavailable(error.into()))?;
        Ok(Some(bytes.to_vec()))
    }

    /// The upload's bytes as a stream, for what needs to see each byte but none for long; `None` if there are none.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn stream_upload(&self, work: &Work<Asset>) -> Result<Option<ByteStream>> {
        Ok(self.open(work, None).await?.map(|answer| answer.body))
    }

    async fn open(&self, work: &Work<Asset>, range: Option<String>) -> Result<Option<GetObjectOutput>> {
        let key = match work.upload.as_ref().map(|upload| &upload.strategy) {
            Some(Strategy::Single) => keys::incoming(&work.location),
            Some(Strategy::Multipart { .. }) | None => keys::original(&work.location),
        };
        match self.client.get_object().bucket(&self.bucket).key(key).set_range(range).send().await {
            Ok(answer) => Ok(Some(answer)),
            // An object that ends before the range is not the one that was uploaded.
            Err(error) if matches!(code(&error), "NoSuchKey" | "InvalidRange") => Ok(None),
            Err(error) => Err(unexpected(error)),
        }
    }

    /// Writes bytes of the caller's below `incoming/`, where `process-metadata` takes them from. The key is the caller's
    /// own, whatever `id` is.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn put_own_incoming(&self, caller: &Caller, id: AssetId, bytes: Bytes, of: MediaType) -> Result<()> {
        self.put_incoming(keys::incoming(&Location::new(caller.owner(), id)), bytes, of).await
    }

    /// Deletes what [`Storage::put_own_incoming`] wrote.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`; then the bucket's lifecycle deletes it.
    pub async fn delete_own_incoming(&self, caller: &Caller, id: AssetId) -> Result<()> {
        self.delete_versions(&keys::incoming(&Location::new(caller.owner(), id))).await
    }

    /// As [`Storage::put_own_incoming`], for a worker.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn put_incoming_of(&self, work: &Work<Asset>, bytes: Bytes, of: MediaType) -> Result<()> {
        self.put_incoming(keys::incoming(&work.location), bytes, of).await
    }

    async fn put_incoming(&self, key: String, bytes: Bytes, of: MediaType) -> Result<()> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(of.as_str());
        request.body(bytes.into()).send().await.map(drop).map_err(unexpected)
    }

    /// Writes the bytes that will be served as the original.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn put_original(&self, work: &Work<Asset>, object: NewObject) -> Result<()> {
        self.put(work, keys::original(&work.location), object).await
    }

    /// Writes a variant.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn put_variant(&self, work: &Work<Asset>, name: &str, object: NewObject) -> Result<()> {
        self.put(work, keys::variant(&work.location, name), object).await
    }

    async fn put(&self, work: &Work<Asset>, key: String, object: NewObject) -> Result<()> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(object.content_type.as_str())
            .content_disposition(disposition(&object.name, object.content_type))
            .set_metadata(Some(self_description(&work.location, work.id, &work.name, work.project)))
            .body(object.bytes.into())
            .send()
            .await
            .map(drop)
            .map_err(unexpected)
    }

    /// Deletes every version of every object of the asset, incoming and served. Deleting twice changes nothing.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`; what was deleted until then is gone.
    pub async fn delete_everything(&self, work: &Work<Asset>) -> Result<()> {
        for prefix in [keys::incoming(&work.location), keys::asset_prefix(&work.location)] {
            self.delete_versions(&prefix).await?;
        }
        Ok(())
    }

    async fn delete_versions(&self, prefix: &str) -> Result<()> {
        loop {
            let page = self
                .client
                .list_object_versions()
                .bucket(&self.bucket)
                .prefix(prefix)
                .send()
                .await
                .map_err(unexpected)?;
            let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
            let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
            for (key, version) in versions.chain(markers) {
                let Some(key) = key else { continue };
                let request = self.client.delete_object().bucket(&self.bucket).key(key);
                request.set_version_id(version.map(ToOwned::to_owned)).send().await.map_err(unexpected)?;
            }
            // What was listed is deleted, so the rest begins at the front again.
            if page.is_truncated != Some(true) {
                return Ok(());
            }
        }
    }
}

/// How a browser shows the object: in place under its name (RFC 6266), or, where it could run, only as a download.
pub(super) fn disposition(name: &FileName, content_type: MediaType) -> String {
    let way = if content_type.is_active() { "attachment" } else { "inline" };
    format!("{way}; filename*=UTF-8''{}", name.percent_encoded())
}

/// What an object's metadata says about it, so that records can be found or rebuilt from the bucket. The values are
/// ASCII, as headers are. `owner` is the owner's segment in keys: for a subject that is too long to stand there it is a
/// hash, and the record of `asset` has the subject.
pub(super) fn self_description(
    location: &Location,
    id: AssetId,
    name: &FileName,
    project: Option<ProjectId>,
) -> HashMap<String, String> {
    let mut description = HashMap::from([
        ("owner".to_owned(), location.owner_segment().to_owned()),
        ("asset".to_owned(), id.to_string()),
        ("filename".to_owned(), name.percent_encoded()),
    ]);
    if let Some(project) = project {
        description.insert("project".to_owned(), project.to_string());
    }
    description
}
