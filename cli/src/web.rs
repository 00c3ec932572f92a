//! Plain HTTP, as a browser or a store's own API needs it.

use std::time::Duration;

use quayside_domain::error::with_causes;

use crate::Result;

/// How long one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long a connection may take to be made.
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(3);

/// A client that follows no redirect, so that each answer is the one that was asked for, and that knows the proxies and the
/// certificates of this machine.
pub(crate) fn client() -> Result<reqwest::Client> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.connect_timeout(PATIENCE_TO_CONNECT).timeout(PATIENCE);
    Ok(client.user_agent(concat!("quayside/", env!("CARGO_PKG_VERSION"))).build()?)
}

/// An answer's body, or as much of it as is read: nobody can say more than `limit` bytes.
pub(crate) async fn body(mut answer: reqwest::Response, limit: usize) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < limit
        && let Some(piece) = answer.chunk().await?
    {
        body.extend_from_slice(&piece[..piece.len().min(limit - body.len())]);
    }
    Ok(body)
}

/// An error without its URL, which may be signed.
pub(crate) fn told(error: reqwest::Error) -> String {
    with_causes(&error.without_url())
}
