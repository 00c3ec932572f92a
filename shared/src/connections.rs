//! The connections of a function: one pool under all its clients, with the roots that it trusts built in.

use std::future::Future;
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::config::ConfigError;

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// How long the start waits for a connection; one that takes longer is made by the first request.
const WARM_WITHIN: Duration = Duration::from_secs(2);

/// The HTTP client of a function, for all that its SDK clients ask: one pool of connections, none of which is open yet. It
/// trusts Mozilla's roots, which are built in: to read those of the machine takes longer than all else of a start.
///
/// # Errors
/// None in practice.
pub fn http_client() -> Result<SharedHttpClient, ConfigError> {
    let roots = TrustStore::empty().with_pem_certificate(roots());
    let tls = TlsContext::builder().with_trust_store(roots).build();
    let tls = tls.map_err(|error| ConfigError::unusable("the HTTP client", error))?;
    let connector = Connector::builder()
        .connector_settings(HttpConnectorSettings::builder().connect_timeout(CONNECT_WITHIN).build())
        .sleep_impl(TokioSleep::new())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls)
        .build();
    // The SDK's own client would make a connector, and read the roots, for each of its clients, and once more for each
    // of their timeouts.
    let connector = SharedHttpConnector::new(connector);
    Ok(http_client_fn(move |_, _| connector.clone()))
}

/// Mozilla's roots as PEM (RFC 7468), the one form that the SDK's client takes.
fn roots() -> String {
    let mut pem = String::with_capacity(TLS_SERVER_ROOT_CERTS.iter().map(|root| root.len() * 4 / 3 + 64).sum());
    for root in TLS_SERVER_ROOT_CERTS {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        BASE64_STANDARD.encode_string(root, &mut pem);
        pem.push_str("\n-----END CERTIFICATE-----\n");
    }
    pem
}

/// Asks something of `what`, so that a connection to it is open when the first request comes. What is answered does not
/// matter, and that nothing is answered is the first request's to find out.
pub(crate) async fn warm<T, E>(what: &'static str, asked: impl Future<Output = Result<T, E>>) {
    if tokio::time::timeout(WARM_WITHIN, asked).await.is_err() {
        tracing::warn!("no connection to {what} yet");
    }
}
