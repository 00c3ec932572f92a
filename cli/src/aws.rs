//! AWS as the developer's profile or environment opens it.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;

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
