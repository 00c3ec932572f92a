//! AWS as the developer's profile or environment opens it.

use std::error::Error;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// Region and credentials by the usual order (environment, profile, single sign-on), in `region` where one is given.
/// With an endpoint, that of `cargo local`, which asks nobody who they are.
pub(crate) async fn config(region: Option<&str>, endpoint: Option<&str>) -> SdkConfig {
    let loader = aws_config::defaults(BehaviorVersion::latest());
    let loader = match region {
        Some(region) => loader.region(Region::new(region.to_owned())),
        None => loader,
    };
    let loader = match endpoint {
        Some(endpoint) => {
            loader.endpoint_url(endpoint).credentials_provider(Credentials::new("local", "local", None, None, "local"))
        }
        None => loader,
    };
    loader.load().await
}

/// What went wrong, in the service's own words where it said any.
pub(crate) fn told<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => match error {
            SdkError::ServiceError(_) => "it refused, without saying why".to_owned(),
            error => {
                let mut causes = vec![error.to_string()];
                let mut source = error.source();
                while let Some(cause) = source {
                    causes.push(cause.to_string());
                    source = cause.source();
                }
                causes.join(": ")
            }
        },
    }
}
