//! Multipart uploads on the key that is served once they are completed.

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use bytes::Bytes;

use super::objects::{disposition, self_description};
use super::{Storage, code, unexpected};
use quayside_domain::asset::Declaration;
use quayside_domain::keys;
use quayside_domain::rights::{Right, Upload};
use quayside_domain::upload::PartNumber;
use quayside_domain::{
    Asset, AssetId, Authorized, Caller, Error, FileName, Location, MediaType, ProjectId, Result, Timestamp, Work,
};

/// A part that storage has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadedPart {
    /// Its number, from 1.
    pub number: PartNumber,
    /// Its size in bytes.
    pub size: u64,
    /// Its etag, with the quotes.
    pub etag: String,
    /// When storage got it.
    pub uploaded_at: Option<Timestamp>,
}

/// How storage answered a complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completion {
    /// The object is there.
    Done,
    /// There is no such multipart upload: it was completed or aborted before.
    NoSuchUpload,
    /// A part is missing or has another etag. Nothing has changed; the complete may be repeated.
    InvalidPart,
}

impl Storage {
    /// Begins the multipart upload of a file that the caller declares. Returns storage's id of it.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn create_multipart(
        &self,
        caller: &Caller,
        id: AssetId,
        project: Option<ProjectId>,
        declared: &Declaration,
    ) -> Result<String> {
        self.create(&Location::new(caller.owner(), id), id, project, &declared.name, declared.content_type).await
    }

    /// Begins the multipart upload of a file of the given type that a worker brings. Returns storage's id of it.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn create_multipart_of(&self, work: &Work<Asset>, content_type: MediaType) -> Result<String> {
        self.create(&work.location, work.id, work.project, &work.name, content_type).await
    }

    async fn create(
        &self,
        location: &Location,
        id: AssetId,
        project: Option<ProjectId>,
        name: &FileName,
        content_type: MediaType,
    ) -> Result<String> {
        let answer = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(keys::original(location))
            .content_type(content_type.as_str())
            .content_disposition(disposition(name, content_type))
            .set_metadata(Some(self_description(location, id, name, project)))
            .send()
            .await
            .map_err(unexpected)?;
        answer.upload_id.ok_or_else(|| Error::Internal("storage began a multipart upload without an id".into()))
    }

    /// Brings one part of a worker's multipart upload. Returns its etag.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn put_part_of(
        &self,
        work: &Work<Asset>,
        multipart_id: &str,
        number: PartNumber,
        bytes: Bytes,
    ) -> Result<String> {
        let answer = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(keys::original(&work.location))
            .upload_id(multipart_id)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .body(bytes.into())
            .send()
            .await
            .map_err(unexpected)?;
        answer.e_tag.ok_or_else(|| Error::Internal("storage took a part without an etag".into()))
    }

    /// As [`Storage::complete_multipart`], for a worker.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn complete_multipart_of(
        &self,
        work: &Work<Asset>,
        multipart_id: &str,
        parts: &[(PartNumber, String)],
    ) -> Result<Completion> {
        self.complete(keys::original(&work.location), multipart_id, parts).await
    }

    /// Gives up a multipart upload that no record names yet.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`; storage's lifecycle rule removes what is left.
    pub async fn abandon_multipart(&self, caller: &Caller, id: AssetId, multipart_id: &str) -> Result<()> {
        self.abort(keys::original(&Location::new(caller.owner(), id)), multipart_id).await
    }

    /// Gives up the asset's multipart upload and the parts that storage has. Aborting twice changes nothing.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn abort_multipart(&self, asset: &Authorized<Asset, Upload>, multipart_id: &str) -> Result<()> {
        self.abort(keys::original(&asset.location), multipart_id).await
    }

    /// As [`Storage::abort_multipart`], for a worker.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn abort_multipart_of(&self, work: &Work<Asset>, multipart_id: &str) -> Result<()> {
        self.abort(keys::original(&work.location), multipart_id).await
    }

    async fn abort(&self, key: String, multipart_id: &str) -> Result<()> {
        let request = self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(multipart_id);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) if code(&error) == "NoSuchUpload" => Ok(()),
            Err(error) => Err(unexpected(error)),
        }
    }

    /// The parts that storage has of the asset's multipart upload, in order; `None` if there is no such upload. Takes a
    /// request per thousand parts.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn list_parts<A: Right>(
        &self,
        asset: &Authorized<Asset, A>,
        multipart_id: &str,
    ) -> Result<Option<Vec<UploadedPart>>> {
        let mut parts = Vec::new();
        let mut marker = None;
        loop {
            let request = self
                .client
                .list_parts()
                .bucket(&self.bucket)
                .key(keys::original(&asset.location))
                .upload_id(multipart_id)
                .set_part_number_marker(marker.take());
            let page = match request.send().await {
                Ok(page) => page,
                Err(error) if code(&error) == "NoSuchUpload" => return Ok(None),
                Err(error) => return Err(unexpected(error)),
            };
            parts.extend(page.parts().iter().filter_map(|part| {
                Some(UploadedPart {
                    number: part.part_number()?.try_into().ok()?,
                    size: part.size()?.try_into().ok()?,
                    etag: part.e_tag()?.to_owned(),
                    uploaded_at: part
                        .last_modified()
                        .and_then(|moment| Some(Timestamp::from_unix_seconds(moment.secs().try_into().ok()?))),
                })
            }));
            match (page.is_truncated, page.next_part_number_marker) {
                (Some(true), Some(next)) => marker = Some(next),
                _ => return Ok(Some(parts)),
            }
        }
    }

    /// Puts the parts together. Storage checks each etag, and afterwards the parts' URLs are dead.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn complete_multipart(
        &self,
        asset: &Authorized<Asset, Upload>,
        multipart_id: &str,
        parts: &[(PartNumber, String)],
    ) -> Result<Completion> {
        self.complete(keys::original(&asset.location), multipart_id, parts).await
    }

    async fn complete(&self, key: String, multipart_id: &str, parts: &[(PartNumber, String)]) -> Result<Completion> {
        let parts = parts
            .iter()
            .map(|(number, etag)| {
                CompletedPart::builder().part_number(i32::try_from(*number).unwrap_or(i32::MAX)).e_tag(etag).build()
            })
            .collect();
        let request = self
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(multipart_id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build());
        match request.send().await {
            Ok(_) => Ok(Completion::Done),
            Err(error) => match code(&error) {
                "NoSuchUpload" => Ok(Completion::NoSuchUpload),
                "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall" => Ok(Completion::InvalidPart),
                _ => Err(unexpected(error)),
            },
        }
    }
}
