//! What a request asks for.

use lambda_http::{Body, Request};

use quayside_domain::{Error, Result};

/// The bytes of a request's body.
///
/// # Errors
/// `BodyTooLarge` over `limit` bytes.
pub fn body(request: &Request, limit: usize) -> Result<&[u8]> {
    let bytes: &[u8] = match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    if bytes.len() > limit { Err(Error::BodyTooLarge { limit }) } else { Ok(bytes) }
}

/// A name that a client has made up, as an answer may repeat it: up to 64 characters, none of them a control character.
pub fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// A header's value, if it is text.
pub(super) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// Whether the client asks for JSON rather than for what it would be redirected to.
pub fn accepts_json(request: &Request) -> bool {
    let accept = header(request, "accept").unwrap_or_default();
    accept.split(',').any(|range| range.split(';').next().unwrap_or_default().trim() == "application/json")
}
