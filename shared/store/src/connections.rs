//! The connections of a function: one pool under all its SDK clients, with the roots that it trusts built in.
//!
//! The SDK's own HTTP client takes roots as PEM alone, and to read Mozilla's is most of a function's start. So the SDK gets
//! reqwest, which the functions have anyway.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::{ReconnectMode, RetryConfig};
use reqwest::{Body, Client, redirect, retry};
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

use crate::config::ConfigError;
use quayside_domain::error::with_causes;

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// How long the start waits for a connection; one that takes longer is made by the first request.
const WARM_WITHIN: Duration = Duration::from_secs(2);

/// The HTTP client of a function, for all that its SDK clients ask: one pool of connections, none of which is open yet.
/// Nothing depends on the machine, neither its proxies nor its certificates.
///
/// # Errors
/// If the TLS library cannot be set up.
pub fn client() -> Result<Client, ConfigError> {
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        // The SDK knows what may be repeated.
        .retry(retry::never())
        .http1_only()
        .tls_backend_preconfigured(tls()?)
        .connect_timeout(CONNECT_WITHIN)
        .build()
        .map_err(|error| ConfigError::unusable("the HTTP client", error))
}

/// A client as the SDK takes one.
pub fn for_sdk(client: Client) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector(client));
    http_client_fn(move |_, _| connector.clone())
}

/// How the SDK repeats what failed in passing: twice. That a connection may be broken it leaves to the pool, which finds out
/// itself; the SDK knows no connection of reqwest's that it could close, and would say so with each error.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard().with_reconnect_mode(ReconnectMode::ReuseAllConnections)
}

/// A client of its own for what is no function.
///
/// # Errors
/// If the TLS library cannot be set up.
pub fn http_client() -> Result<SharedHttpClient, ConfigError> {
    Ok(for_sdk(client()?))
}

/// TLS that believes the certificates of Mozilla's roots. They are built in as what is needed of them, and so nothing is
/// parsed when a function starts.
///
/// # Errors
/// If the TLS library cannot be set up.
pub fn tls() -> Result<ClientConfig, ConfigError> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ConfigError::unusable("TLS", error))?;
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Sends what the SDK has made and signed. How long that may take, and whether it is tried again, is the SDK's to say.
#[derive(Debug)]
struct Connector(Client);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let request = request.map(Body::wrap).try_into().map_err(failed)?;
            let answer = client.execute(request).await.map_err(failed)?;
            let answer = http::Response::from(answer).map(SdkBody::from_body_1_x);
            HttpResponse::try_from(answer).map_err(|error| ConnectorError::user(error.into()))
        })
    }
}

fn failed(error: reqwest::Error) -> ConnectorError {
    // The URL of a presigned request is a secret.
    let error = error.without_url();
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}

/// Asks something of `what`, so that a connection to it is open when the first request comes, and gives the answer. That
/// nothing is answered is the first request's to find out.
pub async fn warm<T, E>(what: &'static str, asked: impl Future<Output = Result<T, E>>) -> Option<T> {
    match tokio::time::timeout(WARM_WITHIN, asked).await {
        Ok(answer) => answer.ok(),
        Err(_) => {
            tracing::warn!("no connection to {what} yet");
            None
        }
    }
}

/// What went wrong, in the service's own words where it said any.
pub fn told<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
{
    match (error.code(), error.message()) {
        // Below the first line AWS repeats a request whose signature is wrong, with its session token.
        (Some(code), Some(message)) => format!("{code}: {}", message.lines().next().unwrap_or_default()),
        (Some(code), None) => code.to_owned(),
        (None, _) => match error {
            SdkError::ServiceError(_) => "it refused, without saying why".to_owned(),
            error => with_causes(error),
        },
    }
}
