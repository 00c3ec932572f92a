//! Plain HTTP, as a browser or a store's own API needs it.

use std::time::Duration;

use crate::Result;

/// How long one answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A client that follows no redirect, so that each answer is the one that was asked for.
pub(crate) fn client() -> Result<reqwest::Client> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
    Ok(client.user_agent(concat!("quayside/", env!("CARGO_PKG_VERSION"))).build()?)
}

/// An error without its URL, which may be signed.
pub(crate) fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut causes = vec![error.to_string()];
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.join(": ")
}
