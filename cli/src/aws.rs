//! AWS as the developer's profile or environment opens it.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use quayside_store::connections::for_sdk;

use crate::{Result, web};

/// Region and credentials by the usual order (environment, profile, single sign-on), in `region` where one is given.
/// With an endpoint, that of `cargo local`, which asks nobody who they are.
///
/// # Errors
/// If the TLS library cannot be set up.
pub(crate) async fn config(region: Option<&str>, endpoint: Option<&str>) -> Result<SdkConfig> {
    let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(for_sdk(web::client()?));
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
    Ok(loader.load().await)
}
