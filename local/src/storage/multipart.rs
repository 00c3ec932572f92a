//! Multipart uploads: create, upload and copy parts, list, complete, abort.

use std::collections::BTreeMap;

use http::header;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CompletedPart, CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag,
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload,
    Part as ListedPart, UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3ErrorCode, S3Request, S3Response};

use super::Storage;
use super::blobs::{self, Received};
use super::checksums::{Announced, Checksum};
use super::conditions::{self, Conditions};
use super::error::{Result, refuse};
use super::index::{Object, now};
use super::objects::description;
use super::uploads::{MOST_PARTS, Part};

/// The least bytes of a part that is not the last: 5 MiB.
const SMALLEST_PART: u64 = 5 * 1024 * 1024;

/// The most parts or uploads on a page.
const LONGEST_PAGE: i32 = 1_000;

impl Storage {
    pub(super) async fn create_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> Result<S3Response<CreateMultipartUploadOutput>> {
        let mut input = request.input;
        let description = description!(input)?;
        let (bucket, key) = (input.bucket.clone(), input.key.clone());
        let id = self.change(move |change| change.create_upload(&bucket, &key, &description)).await?;
        Ok(S3Response::new(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            ..CreateMultipartUploadOutput::default()
        }))
    }

    pub(super) async fn put_part(&self, request: S3Request<UploadPartInput>) -> Result<S3Response<UploadPartOutput>> {
        let S3Request { input, headers, trailing_headers, .. } = request;
        let part = Slot::new(input.bucket, input.key, input.upload_id, input.part_number)?;
        self.require_slot(&part).await?;
        let (received, checksum) = self.receive(input.body, &headers, trailing_headers).await?;
        let etag = self.fill(part, received).await?;
        let output = UploadPartOutput { e_tag: Some(ETag::Strong(etag)), ..UploadPartOutput::default() };
        Ok(S3Response::with_headers(output, checksum.as_ref().map(Checksum::headers).unwrap_or_default()))
    }

    pub(super) async fn copy_part(
        &self,
        request: S3Request<UploadPartCopyInput>,
    ) -> Result<S3Response<UploadPartCopyOutput>> {
        let input = request.input;
        let part = Slot::new(input.bucket, input.key, input.upload_id, input.part_number)?;
        self.require_slot(&part).await?;
        let conditions = Conditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
        let (body, _, _) = self.copy_source(input.copy_source, conditions, input.copy_source_range).await?;
        let received = blobs::receive(&self.shared.blobs, body, Announced::default().hasher()).await?;
        let etag = self.fill(part, received).await?;
        let result = CopyPartResult {
            e_tag: Some(ETag::Strong(etag)),
            last_modified: Some(now().into()),
            ..CopyPartResult::default()
        };
        Ok(S3Response::new(UploadPartCopyOutput { copy_part_result: Some(result), ..UploadPartCopyOutput::default() }))
    }

    /// What is refused anyway is refused before its bytes come.
    async fn require_slot(&self, part: &Slot) -> Result<()> {
        let part = part.clone();
        self.change(move |change| change.require_upload(&part.bucket, &part.key, &part.upload).map(drop)).await
    }

    async fn fill(&self, part: Slot, received: Received) -> Result<String> {
        let etag = hex::encode(received.md5);
        self.change(move |change| {
            // It may have been completed or aborted while the bytes came.
            change.require_upload(&part.bucket, &part.key, &part.upload)?;
            change.put_part(&part.upload, part.number, &etag, received.blob)?;
            Ok(etag)
        })
        .await
    }

    pub(super) async fn complete_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> Result<S3Response<CompleteMultipartUploadOutput>> {
        let S3Request { input, headers, uri, .. } = request;
        if headers.keys().any(|name| name.as_str().starts_with("x-amz-checksum-") && name != "x-amz-checksum-type") {
            let message = "A checksum of the whole object is not verified here: leave it out.";
            return Err(refuse(S3ErrorCode::NotImplemented, message));
        }
        let named = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        if named.is_empty() {
            return Err(refuse(S3ErrorCode::MalformedXML, "Name at least one part."));
        }
        let (bucket, key, upload) = (input.bucket.clone(), input.key.clone(), input.upload_id);
        let (if_match, if_none_match) = (input.if_match, input.if_none_match);
        let expected_size = input.mpu_object_size;
        let etag = self
            .change(move |change| {
                let description = change.require_upload(&bucket, &key, &upload)?;
                let there = change.object(&bucket, &key)?;
                let etag = there.as_ref().map(|object| object.etag.as_str());
                conditions::check_write(etag, if_match.as_ref(), if_none_match.as_ref())?;

                let (chosen, unused) = choose(change.all_parts(&upload)?, &named)?;
                let size = chosen.iter().map(|part| part.extent.1).sum();
                if expected_size.is_some_and(|expected| u64::try_from(expected) != Ok(size)) {
                    let message = format!("The parts have {size} bytes, which is not x-amz-mp-object-size.");
                    return Err(refuse(S3ErrorCode::InvalidRequest, message));
                }
                let etag = etag_of(&chosen);
                let object = Object { etag: etag.clone(), size, modified_at: now(), description, checksum: None };
                let extents: Vec<_> = chosen.into_iter().map(|part| part.extent).collect();
                change.forget_upload(&upload)?;
                change.put_object(&bucket, &key, &object, &extents)?;
                change.removed(unused.into_iter().map(|part| part.extent.0));
                Ok(etag)
            })
            .await?;
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            location: Some(format!("http://{host}{}", uri.path())),
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(etag)),
            ..CompleteMultipartUploadOutput::default()
        }))
    }

    pub(super) async fn abort_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> Result<S3Response<AbortMultipartUploadOutput>> {
        let AbortMultipartUploadInput { bucket, key, upload_id, .. } = request.input;
        self.change(move |change| {
            change.require_upload(&bucket, &key, &upload_id)?;
            change.abort_upload(&upload_id)
        })
        .await?;
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }

    pub(super) async fn page_of_parts(
        &self,
        request: S3Request<ListPartsInput>,
    ) -> Result<S3Response<ListPartsOutput>> {
        let ListPartsInput { bucket, key, upload_id, part_number_marker, max_parts, .. } = request.input;
        let limit = page_length(max_parts)?;
        let marker = part_number_marker.unwrap_or_default();
        let upload = Slot { bucket: bucket.clone(), key: key.clone(), upload: upload_id.clone(), number: 0 };
        let mut parts = self
            .change(move |change| {
                change.require_upload(&upload.bucket, &upload.key, &upload.upload)?;
                change.parts(&upload.upload, marker, limit.saturating_add(1))
            })
            .await?;
        let is_truncated = cut(&mut parts, limit);
        Ok(S3Response::new(ListPartsOutput {
            bucket: Some(bucket),
            key: Some(key),
            upload_id: Some(upload_id),
            part_number_marker: Some(marker),
            max_parts: Some(limit),
            is_truncated: Some(is_truncated),
            next_part_number_marker: parts.last().map(|part| part.number),
            parts: Some(
                parts
                    .into_iter()
                    .map(|part| ListedPart {
                        part_number: Some(part.number),
                        e_tag: Some(ETag::Strong(part.etag)),
                        size: i64::try_from(part.extent.1).ok(),
                        last_modified: Some(part.modified_at.into()),
                        ..ListedPart::default()
                    })
                    .collect(),
            ),
            ..ListPartsOutput::default()
        }))
    }

    pub(super) async fn page_of_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> Result<S3Response<ListMultipartUploadsOutput>> {
        let input = request.input;
        if input.delimiter.is_some() {
            return Err(refuse(S3ErrorCode::NotImplemented, "Listing uploads by delimiter is not implemented."));
        }
        let limit = page_length(input.max_uploads)?;
        let (bucket, prefix) = (input.bucket.clone(), input.prefix.clone().unwrap_or_default());
        let key_marker = input.key_marker.unwrap_or_default();
        // Without an id, the page begins after all uploads of the marker's key. Ids sort before `~`.
        let id_marker = match &input.upload_id_marker {
            Some(id) if !id.is_empty() => id.clone(),
            _ => "~".to_owned(),
        };
        let key = key_marker.clone();
        let mut uploads = self
            .change(move |change| {
                change.require_bucket(&bucket)?;
                change.uploads(&bucket, &prefix, (&key, &id_marker), i64::from(limit) + 1)
            })
            .await?;
        let is_truncated = cut(&mut uploads, limit);
        let last = uploads.last().filter(|_| is_truncated);
        Ok(S3Response::new(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            prefix: input.prefix,
            key_marker: Some(key_marker),
            upload_id_marker: input.upload_id_marker,
            max_uploads: Some(limit),
            is_truncated: Some(is_truncated),
            next_key_marker: last.map(|upload| upload.key.clone()),
            next_upload_id_marker: last.map(|upload| upload.id.clone()),
            uploads: Some(
                uploads
                    .into_iter()
                    .map(|upload| MultipartUpload {
                        key: Some(upload.key),
                        upload_id: Some(upload.id),
                        initiated: Some(upload.created_at.into()),
                        ..MultipartUpload::default()
                    })
                    .collect(),
            ),
            ..ListMultipartUploadsOutput::default()
        }))
    }
}

/// The place of a part.
#[derive(Debug, Clone)]
struct Slot {
    bucket: String,
    key: String,
    upload: String,
    number: i32,
}

impl Slot {
    fn new(bucket: String, key: String, upload: String, number: i32) -> Result<Self> {
        if (1..=MOST_PARTS).contains(&number) {
            return Ok(Self { bucket, key, upload, number });
        }
        let message = format!("partNumber must be between 1 and {MOST_PARTS}, not {number}.");
        Err(refuse(S3ErrorCode::InvalidArgument, message))
    }
}

/// Splits what was uploaded into the parts that a client named, which must be there, in order and large enough, and
/// those that it left out.
fn choose(uploaded: Vec<Part>, named: &[CompletedPart]) -> Result<(Vec<Part>, Vec<Part>)> {
    let mut uploaded: BTreeMap<_, _> = uploaded.into_iter().map(|part| (part.number, part)).collect();
    let numbers: Vec<_> = named.iter().map(|part| part.part_number.unwrap_or_default()).collect();
    if !numbers.is_sorted_by(|a, b| a < b) {
        return Err(refuse(S3ErrorCode::InvalidPartOrder, "The parts are not in ascending order of their numbers."));
    }
    let mut chosen = Vec::with_capacity(named.len());
    for (part, number) in named.iter().zip(numbers) {
        let etag = part.e_tag.as_ref().map(ETag::value);
        let Some(found) = uploaded.remove(&number).filter(|found| Some(found.etag.as_str()) == etag) else {
            let message = format!("Part {number} was not uploaded, or its etag is another.");
            return Err(refuse(S3ErrorCode::InvalidPart, message));
        };
        chosen.push(found);
    }
    if let Some((_, all_but_last)) = chosen.split_last()
        && let Some(small) = all_but_last.iter().find(|part| part.extent.1 < SMALLEST_PART)
    {
        let message = format!(
            "Part {} has {} bytes; all but the last need at least {SMALLEST_PART}.",
            small.number, small.extent.1
        );
        return Err(refuse(S3ErrorCode::EntityTooSmall, message));
    }
    Ok((chosen, uploaded.into_values().collect()))
}

/// The etag of an object that was put together: the MD5 of the MD5s of its parts, and their count.
fn etag_of(parts: &[Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(&hex::decode(&part.etag).unwrap_or_default());
    }
    format!("{}-{}", hex::encode(md5.finalize()), parts.len())
}

fn page_length(asked: Option<i32>) -> Result<i32> {
    match asked.unwrap_or(LONGEST_PAGE) {
        length if length < 0 => Err(refuse(S3ErrorCode::InvalidArgument, "A page cannot have a negative length.")),
        length => Ok(length.min(LONGEST_PAGE)),
    }
}

/// Cuts a list that was read one entry too far, to see whether there is more.
fn cut<T>(list: &mut Vec<T>, limit: i32) -> bool {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = list.len() > limit && limit > 0;
    list.truncate(limit);
    more
}
