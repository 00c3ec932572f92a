//! Objects: put, get, head, copy, delete.

use std::collections::HashMap;
use std::ops::Range;

use http::{HeaderMap, header};
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput, DeleteObjectOutput,
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, Error as DeleteError, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, MetadataDirective, PutObjectInput, PutObjectOutput,
    StreamingBlob,
};
use s3s::{S3ErrorCode, S3Request, S3Response, TrailingHeaders};

use super::Storage;
use super::blobs::{self, Extent, Lease, Received};
use super::checksums::{Announced, Checksum};
use super::conditions::{self, Conditions};
use super::created::Created;
use super::error::{Result, refuse};
use super::index::{Description, Object, now};
use super::limits;
use super::listing::ONLY_VERSION;

/// The most bytes that one request puts or copies: 5 GB, B2's limit for a file that is not made of parts, and a part.
const LARGEST_BODY: u64 = 5_000_000_000;

/// The most keys of one `DeleteObjects`.
const MOST_DELETED: usize = 1_000;

/// Of an object that was put without one.
const DEFAULT_CONTENT_TYPE: &str = "application/octet-stream";

/// Takes the headers that an object is served with out of the input of an operation that makes one.
macro_rules! description {
    ($input:expr) => {
        $crate::storage::objects::checked(
            $crate::storage::index::Description {
                content_type: $input.content_type.take(),
                cache_control: $input.cache_control.take(),
                content_disposition: $input.content_disposition.take(),
                content_encoding: $input.content_encoding.take(),
                content_language: $input.content_language.take(),
                expires: $input.expires.take(),
                metadata: Default::default(),
            },
            &$input.key,
            $input.metadata.take(),
        )
    };
}
pub(super) use description;

/// Refuses keys and metadata that B2 would not take, and adds the metadata.
pub(super) fn checked(
    mut description: Description,
    key: &str,
    metadata: Option<HashMap<String, String>>,
) -> Result<Description> {
    limits::check_key(key)?;
    description.metadata = metadata.unwrap_or_default().into_iter().collect();
    limits::check_headers(key, &description)?;
    // How the body travelled is not a property of the object.
    description.content_encoding = description.content_encoding.and_then(|value| {
        let kept: Vec<_> = value.split(',').map(str::trim).filter(|coding| *coding != "aws-chunked").collect();
        (!kept.is_empty()).then(|| kept.join(","))
    });
    Ok(description)
}

/// What a request reads: the object, the range asked for if any, and its blobs, which stay until the lease is dropped.
struct Source {
    object: Object,
    range: Option<Range<u64>>,
    extents: Vec<Extent>,
    lease: Lease,
}

impl Source {
    /// The bytes to answer.
    fn span(&self) -> Range<u64> {
        self.range.clone().unwrap_or(0..self.object.size)
    }
}

impl Storage {
    pub(super) async fn put(&self, request: S3Request<PutObjectInput>) -> Result<S3Response<PutObjectOutput>> {
        let S3Request { mut input, headers, trailing_headers, .. } = request;
        let description = description!(input)?;
        let (bucket, key) = (input.bucket, input.key);
        let (if_match, if_none_match) = (input.if_match, input.if_none_match);
        {
            // What is refused anyway is refused before its bytes come.
            let (bucket, key) = (bucket.clone(), key.clone());
            let (if_match, if_none_match) = (if_match.clone(), if_none_match.clone());
            self.change(move |change| {
                change.require_bucket(&bucket)?;
                let there = change.object(&bucket, &key)?;
                let etag = there.as_ref().map(|object| object.etag.as_str());
                conditions::check_write(etag, if_match.as_ref(), if_none_match.as_ref())
            })
            .await?;
        }
        let (received, checksum) = self.receive(input.body, &headers, trailing_headers).await?;
        let object = Object {
            etag: hex::encode(received.md5),
            size: received.blob.size,
            modified_at: now(),
            description,
            checksum,
        };
        let output = PutObjectOutput { e_tag: Some(ETag::Strong(object.etag.clone())), ..PutObjectOutput::default() };
        let headers = object.checksum.as_ref().map(Checksum::headers).unwrap_or_default();
        let created = Created { bucket: bucket.clone(), key: key.clone(), size: object.size };
        self.change(move |change| {
            change.require_bucket(&bucket)?;
            let there = change.object(&bucket, &key)?;
            let etag = there.as_ref().map(|object| object.etag.as_str());
            conditions::check_write(etag, if_match.as_ref(), if_none_match.as_ref())?;
            change.put_object(&bucket, &key, &object, &[(received.blob.id.clone(), received.blob.size)])?;
            change.wrote(received.blob);
            Ok(())
        })
        .await?;
        self.tell(&created);
        Ok(S3Response::with_headers(output, headers))
    }

    /// Receives the body of a request as a blob, and compares it with what the headers say: its length, which must be
    /// stated, and its digests.
    pub(super) async fn receive(
        &self,
        body: Option<StreamingBlob>,
        headers: &HeaderMap,
        trailers: Option<TrailingHeaders>,
    ) -> Result<(Received, Option<Checksum>)> {
        let announced = Announced::from_headers(headers)?;
        let length: u64 = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .ok_or(S3ErrorCode::MissingContentLength)?;
        if length > LARGEST_BODY {
            let message = format!("The body has {length} bytes, the most is {LARGEST_BODY}.");
            return Err(refuse(S3ErrorCode::EntityTooLarge, message));
        }
        let body = body.unwrap_or_else(|| StreamingBlob::from(s3s::Body::empty()));
        let received = blobs::receive(&self.shared.blobs, body, announced.hasher()).await?;
        if received.blob.size != length {
            let message = format!("The body has {} bytes, {length} were announced.", received.blob.size);
            return Err(refuse(S3ErrorCode::IncompleteBody, message));
        }
        let checksum = announced.verify(&received, trailers.as_ref())?;
        Ok((received, checksum))
    }

    async fn source(
        &self,
        (bucket, key, version): (String, String, Option<String>),
        choose: impl FnOnce(&Object) -> Result<Option<Range<u64>>> + Send + 'static,
    ) -> Result<Source> {
        self.change(move |change| {
            change.require_bucket(&bucket)?;
            let object = change.object(&bucket, &key)?.ok_or(S3ErrorCode::NoSuchKey)?;
            if version.is_some_and(|version| version != ONLY_VERSION) {
                return Err(S3ErrorCode::NoSuchVersion.into());
            }
            let range = choose(&object)?;
            let extents = change.extents(&bucket, &key)?;
            let lease = change.blobs.lease(&extents);
            Ok(Source { object, range, extents, lease })
        })
        .await
    }

    pub(super) async fn get(&self, request: S3Request<GetObjectInput>) -> Result<S3Response<GetObjectOutput>> {
        let S3Request { input, headers, .. } = request;
        if input.part_number.is_some() {
            return Err(refuse(S3ErrorCode::NotImplemented, "Reading an object by part number is not implemented."));
        }
        let conditions = Conditions {
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
        };
        let source = self
            .source((input.bucket, input.key, input.version_id), move |object| {
                conditions.check(object)?;
                conditions::range(input.range, headers.get(header::IF_RANGE), object)
            })
            .await?;
        let span = source.span();
        let Source { object, range, extents, lease } = source;
        let checksum = object.checksum.as_ref().filter(|_| input.checksum_mode.is_some() && range.is_none());
        let headers = checksum.map(Checksum::headers).unwrap_or_default();
        let description = object.description;
        let output = GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(span.end - span.start).ok(),
            content_range: range.map(|range| content_range(&range, object.size)),
            e_tag: Some(ETag::Strong(object.etag)),
            last_modified: Some(object.modified_at.into()),
            content_type: Some(description.content_type.unwrap_or_else(|| DEFAULT_CONTENT_TYPE.to_owned())),
            cache_control: description.cache_control,
            content_disposition: description.content_disposition,
            content_encoding: description.content_encoding,
            content_language: description.content_language,
            expires: description.expires,
            metadata: Some(description.metadata.into_iter().collect()),
            body: Some(StreamingBlob::wrap(blobs::read(lease, extents, span))),
            ..GetObjectOutput::default()
        };
        Ok(S3Response::with_headers(output, headers))
    }

    pub(super) async fn head(&self, request: S3Request<HeadObjectInput>) -> Result<S3Response<HeadObjectOutput>> {
        let wants_checksum = request.input.checksum_mode.is_some();
        let get = request.map_input(|input| GetObjectInput {
            bucket: input.bucket,
            key: input.key,
            version_id: input.version_id,
            part_number: input.part_number,
            range: input.range,
            if_match: input.if_match,
            if_none_match: input.if_none_match,
            if_modified_since: input.if_modified_since,
            if_unmodified_since: input.if_unmodified_since,
            checksum_mode: input.checksum_mode,
            ..GetObjectInput::default()
        });
        let S3Response { output, headers, .. } = self.get(get).await?;
        debug_assert!(wants_checksum || headers.is_empty(), "only the checksum is in the headers");
        let output = HeadObjectOutput {
            accept_ranges: output.accept_ranges,
            content_length: output.content_length,
            content_range: output.content_range,
            e_tag: output.e_tag,
            last_modified: output.last_modified,
            content_type: output.content_type,
            cache_control: output.cache_control,
            content_disposition: output.content_disposition,
            content_encoding: output.content_encoding,
            content_language: output.content_language,
            expires: output.expires,
            metadata: output.metadata,
            ..HeadObjectOutput::default()
        };
        Ok(S3Response::with_headers(output, headers))
    }

    /// The bytes that a copy reads, as a stream, and the object that they are of.
    pub(super) async fn copy_source(
        &self,
        source: CopySource,
        conditions: Conditions,
        range: Option<String>,
    ) -> Result<(StreamingBlob, Object, u64)> {
        let CopySource::Bucket { bucket, key, version_id } = source else {
            return Err(refuse(S3ErrorCode::NotImplemented, "The copy source must be bucket/key."));
        };
        let source = (bucket.into(), key.into(), version_id.map(Into::into));
        let source = self
            .source(source, move |object| {
                // To a copy, a source that has not changed is a condition that failed.
                conditions.check(object).map_err(|_| S3ErrorCode::PreconditionFailed)?;
                conditions::copy_range(range.as_deref(), object.size).map(Some)
            })
            .await?;
        let span = source.span();
        let length = span.end - span.start;
        if length > LARGEST_BODY {
            let message = format!("The copy source has {length} bytes, the most is {LARGEST_BODY}: copy it in parts.");
            return Err(refuse(S3ErrorCode::InvalidRequest, message));
        }
        Ok((StreamingBlob::wrap(blobs::read(source.lease, source.extents, span)), source.object, length))
    }

    pub(super) async fn copy(&self, request: S3Request<CopyObjectInput>) -> Result<S3Response<CopyObjectOutput>> {
        let mut input = request.input;
        let description = description!(input)?;
        let conditions = Conditions {
            if_match: input.copy_source_if_match,
            if_none_match: input.copy_source_if_none_match,
            if_modified_since: input.copy_source_if_modified_since,
            if_unmodified_since: input.copy_source_if_unmodified_since,
        };
        let (body, source, length) = self.copy_source(input.copy_source, conditions, None).await?;
        let replace = input.metadata_directive.is_some_and(|value| value.as_str() == MetadataDirective::REPLACE);
        let received = blobs::receive(&self.shared.blobs, body, Announced::default().hasher()).await?;
        let object = Object {
            etag: hex::encode(received.md5),
            size: length,
            modified_at: now(),
            description: if replace { description } else { source.description },
            checksum: source.checksum,
        };
        let result = CopyObjectResult {
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(object.modified_at.into()),
            ..CopyObjectResult::default()
        };
        self.change(move |change| {
            change.require_bucket(&input.bucket)?;
            change.put_object(&input.bucket, &input.key, &object, &[(received.blob.id.clone(), length)])?;
            change.wrote(received.blob);
            Ok(())
        })
        .await?;
        Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() }))
    }

    pub(super) async fn delete(&self, request: S3Request<DeleteObjectInput>) -> Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        require_only_version(input.version_id.as_deref())?;
        self.change(move |change| {
            change.require_bucket(&input.bucket)?;
            if input.if_match.is_some() {
                let there = change.object(&input.bucket, &input.key)?;
                let etag = there.as_ref().map(|object| object.etag.as_str());
                conditions::check_write(etag, input.if_match.as_ref(), None)?;
            }
            change.delete_object(&input.bucket, &input.key)
        })
        .await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    pub(super) async fn delete_many(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> Result<S3Response<DeleteObjectsOutput>> {
        let DeleteObjectsInput { bucket, delete, .. } = request.input;
        if delete.objects.is_empty() || delete.objects.len() > MOST_DELETED {
            return Err(refuse(S3ErrorCode::MalformedXML, format!("Name 1 to {MOST_DELETED} objects to delete.")));
        }
        self.change(move |change| {
            change.require_bucket(&bucket)?;
            let mut deleted = Vec::new();
            let mut errors = Vec::new();
            for object in delete.objects {
                if require_only_version(object.version_id.as_deref()).is_ok() {
                    change.delete_object(&bucket, &object.key)?;
                    let (key, version_id) = (Some(object.key), object.version_id);
                    deleted.push(DeletedObject { key, version_id, ..DeletedObject::default() });
                } else {
                    errors.push(DeleteError {
                        key: Some(object.key),
                        version_id: object.version_id,
                        code: Some(S3ErrorCode::NoSuchVersion.as_str().to_owned()),
                        message: Some("There is no such version.".to_owned()),
                    });
                }
            }
            Ok(S3Response::new(DeleteObjectsOutput {
                deleted: (!delete.quiet.unwrap_or_default()).then_some(deleted),
                errors: (!errors.is_empty()).then_some(errors),
                ..DeleteObjectsOutput::default()
            }))
        })
        .await
    }
}

fn require_only_version(version: Option<&str>) -> Result<()> {
    match version {
        None | Some(ONLY_VERSION) => Ok(()),
        Some(_) => Err(S3ErrorCode::NoSuchVersion.into()),
    }
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}
