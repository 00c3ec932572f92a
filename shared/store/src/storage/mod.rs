//! The store: any that speaks S3, B2 first.
//!
//! Functions that act for a caller name objects by a proof of ownership, or by the caller itself and an id, which can
//! only ever lie below the caller's own prefix. Workers name them by a [`Work`](quayside_domain::Work).

mod multipart;
mod objects;
mod presign;
pub mod rules;

pub use multipart::{Completion, UploadedPart};
pub use objects::{NewObject, Object};
pub use presign::Presigned;

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    AppName, BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::config::StorageConfig;
use crate::connections::retries;
use quayside_domain::Error;

/// A connection to the bucket. Its requests may run at once; each is repeated twice by the SDK where that may help.
#[derive(Clone, Debug)]
pub struct Storage {
    client: Client,
    bucket: String,
}

impl Storage {
    /// A client for `function`, which names itself in its requests and gives one up, with its repetitions, after
    /// `patience`. Opens no connection yet.
    pub fn new(config: &StorageConfig, function: &'static str, patience: Duration, http: &SharedHttpClient) -> Self {
        Self { client: client(config, function, patience, http), bucket: config.bucket.clone() }
    }
}

/// The S3 client of [`Storage::new`], for programs that set up a bucket or examine one.
pub fn client(
    config: &StorageConfig,
    application: &'static str,
    patience: Duration,
    http: &SharedHttpClient,
) -> Client {
    let key = Credentials::new(&config.key_id, config.application_key.expose(), None, None, "environment");
    let settings = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .endpoint_url(config.endpoint.as_str())
        .credentials_provider(key)
        .http_client(http.clone())
        .retry_config(retries())
        .force_path_style(true)
        // B2 refuses the checksums that the SDK would add of its own accord.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .timeout_config(TimeoutConfig::builder().operation_timeout(patience).build());
    let settings = match AppName::new(application) {
        Ok(name) => settings.app_name(name),
        Err(_) => settings,
    };
    Client::from_conf(settings.build())
}

/// The code that storage answered with, such as `NoSuchKey`; empty for an answer without one.
fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> &str {
    error.code().unwrap_or_default()
}

/// An error that nobody expected: the queue's or the caller's to repeat if it may pass.
fn unexpected<E>(error: SdkError<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let passing = match &error {
        SdkError::ConstructionFailure(_) => false,
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            status >= 500 || status == 429 || status == 408
        }
        _ => true,
    };
    if passing { Error::Unavailable(error.into()) } else { Error::Internal(error.into()) }
}
