//! The private bucket behind the edge, seen through a cache in memory.
//!
//! An object's description is believed for [`FRESH`]. Its bytes are fetched and kept in slices under its etag, so that
//! an object that was replaced or deleted is served no longer than that. Requests that miss the same thing at the same
//! time fetch it once.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    AppName, BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::{DisplayErrorContext, SdkError};
use aws_sdk_s3::operation::RequestId;
use bytes::Bytes;
use moka::future::Cache;
use quayside_store::config::ConfigError;
use quayside_store::connections::http_client;
use tracing::warn;

use super::Origin;

/// Size of a slice but the last, in bytes.
pub(super) const SLICE: u64 = 1024 * 1024;

/// How much of the bucket is kept in memory, in bytes.
const CAPACITY: u64 = 256 * 1024 * 1024;

/// How many objects' descriptions are kept.
const DESCRIPTIONS: u64 = 10_000;

/// How long an object's description is believed.
const FRESH: Duration = Duration::from_secs(2);

/// How long one request to storage may take, its repetitions included.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);

/// What storage says about an object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) size: u64,
    /// With its quotation marks.
    pub(super) etag: String,
    pub(super) content_type: Option<String>,
    pub(super) content_disposition: Option<String>,
    /// As an HTTP date.
    pub(super) last_modified: Option<String>,
}

/// Why there are no bytes. What lies behind it is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FetchError {
    #[error("there is no such object")]
    NotFound,
    #[error("the object was replaced in the meantime")]
    Replaced,
    #[error("storage did not answer as it should")]
    Unavailable,
}

/// Something, and whether it was in the cache.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) hit: bool,
}

/// The bucket and the cache. Clones share both.
#[derive(Clone)]
pub(super) struct CachedBucket {
    client: Client,
    bucket: String,
    objects: Cache<String, Arc<Object>>,
    slices: Cache<(String, String, u64), Bytes>,
}

impl CachedBucket {
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub(super) fn new(origin: &Origin) -> Result<Self, ConfigError> {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&origin.endpoint)
            .region(Region::new(origin.region.clone()))
            .credentials_provider(Credentials::new(&origin.key_id, &origin.application_key, None, None, "edge"))
            .http_client(http_client()?)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        let config = match AppName::new("edge") {
            Ok(name) => config.app_name(name),
            Err(_) => config,
        };
        Ok(Self {
            client: Client::from_conf(config.build()),
            bucket: origin.bucket.clone(),
            objects: Cache::builder().max_capacity(DESCRIPTIONS).time_to_live(FRESH).build(),
            slices: Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(|_, slice: &Bytes| u32::try_from(slice.len()).unwrap_or(u32::MAX))
                .build(),
        })
    }

    /// What there is to know about an object.
    pub(super) async fn object(&self, key: &str) -> Result<Found<Arc<Object>>, FetchError> {
        let entry = self.objects.entry_by_ref(key).or_try_insert_with(self.describe(key)).await;
        entry.map(|entry| Found { hit: !entry.is_fresh(), value: entry.into_value() }).map_err(|error| *error)
    }

    /// Slice `index` of an object.
    ///
    /// # Errors
    /// [`FetchError::Replaced`] if there are other bytes under its key by now, which a new [`CachedBucket::object`]
    /// then describes.
    pub(super) async fn slice(&self, object: &Object, index: u64) -> Result<Found<Bytes>, FetchError> {
        let key = (object.key.clone(), object.etag.clone(), index);
        match self.slices.entry(key).or_try_insert_with(self.fetch(object, index)).await {
            Ok(entry) => Ok(Found { hit: !entry.is_fresh(), value: entry.into_value() }),
            Err(error) => {
                self.objects.invalidate(&object.key).await;
                Err(*error)
            }
        }
    }

    async fn describe(&self, key: &str) -> Result<Arc<Object>, FetchError> {
        let request = self.client.head_object().bucket(&self.bucket).key(key).send();
        let output = within_time(request).await?.map_err(|error| failure(&error))?;
        let size = output.content_length().and_then(|size| u64::try_from(size).ok());
        let (Some(size), Some(etag)) = (size, output.e_tag()) else {
            warn!("storage described an object without its size or its etag");
            return Err(FetchError::Unavailable);
        };
        Ok(Arc::new(Object {
            key: key.to_owned(),
            size,
            etag: etag.to_owned(),
            content_type: output.content_type().map(str::to_owned),
            content_disposition: output.content_disposition().map(str::to_owned),
            last_modified: output
                .last_modified()
                .and_then(|time| time.fmt(aws_sdk_s3::primitives::DateTimeFormat::HttpDate).ok()),
        }))
    }

    async fn fetch(&self, object: &Object, index: u64) -> Result<Bytes, FetchError> {
        let range = slice_range(index, object.size);
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(&object.key)
            .range(format!("bytes={}-{}", range.start, range.end - 1))
            .send();
        within_time(async {
            let output = request.await.map_err(|error| failure(&error))?;
            if output.e_tag() != Some(&object.etag) {
                return Err(FetchError::Replaced);
            }
            let expected = range.end - range.start;
            if output.content_length().and_then(|length| u64::try_from(length).ok()) != Some(expected) {
                warn!(expected, actual = output.content_length(), "storage sent a range of another length");
                return Err(FetchError::Unavailable);
            }
            let bytes = output.body.collect().await.map_err(|error| {
                warn!(error = %DisplayErrorContext(&error), "storage broke off");
                FetchError::Unavailable
            })?;
            Ok(bytes.into_bytes())
        })
        .await?
    }
}

/// Where slice `index` lies in an object of this size.
pub(super) fn slice_range(index: u64, size: u64) -> Range<u64> {
    index * SLICE..((index + 1) * SLICE).min(size)
}

async fn within_time<T>(request: impl Future<Output = T>) -> Result<T, FetchError> {
    tokio::time::timeout(FETCH_TIMEOUT, request).await.map_err(|_| {
        warn!("storage did not answer within {} s", FETCH_TIMEOUT.as_secs());
        FetchError::Unavailable
    })
}

fn failure<E>(error: &SdkError<E>) -> FetchError
where
    E: std::error::Error + 'static,
    SdkError<E>: RequestId,
{
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(404) => FetchError::NotFound,
        // The object has become shorter than the range.
        Some(416) => FetchError::Replaced,
        _ => {
            warn!(error = %DisplayErrorContext(error), request_id = error.request_id(), "storage refused or failed");
            FetchError::Unavailable
        }
    }
}
