//! Answers that went well.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, VARY};
use http::{Response, StatusCode};
use lambda_http::Body;
use serde::Serialize;

use quayside_domain::{Error, Result};

/// 200 with a JSON body.
///
/// # Errors
/// `Internal` if the value cannot be written as JSON.
pub fn ok(value: &impl Serialize) -> Result<Response<Body>> {
    json(StatusCode::OK, value)
}

/// 201 with a JSON body.
///
/// # Errors
/// `Internal` if the value cannot be written as JSON.
pub fn created(value: &impl Serialize) -> Result<Response<Body>> {
    json(StatusCode::CREATED, value)
}

/// 202 with a JSON body, where the work is still to be done.
///
/// # Errors
/// `Internal` if the value cannot be written as JSON.
pub fn accepted(value: &impl Serialize) -> Result<Response<Body>> {
    json(StatusCode::ACCEPTED, value)
}

/// 204.
///
/// # Errors
/// None in practice.
pub fn no_content() -> Result<Response<Body>> {
    Response::builder().status(StatusCode::NO_CONTENT).body(Body::Empty).map_err(|error| Error::Internal(error.into()))
}

/// 302 to a signed URL, which nobody may keep: the next request proves the right anew.
///
/// # Errors
/// `Internal` if the URL cannot be a header.
pub fn redirect(url: &str) -> Result<Response<Body>> {
    Response::builder()
        .status(StatusCode::FOUND)
        .header(LOCATION, url)
        .header(CACHE_CONTROL, "no-store")
        .header(VARY, "accept")
        .body(Body::Empty)
        .map_err(|error| Error::Internal(error.into()))
}

fn json(status: StatusCode, value: &impl Serialize) -> Result<Response<Body>> {
    let body = serde_json::to_string(value).map_err(|error| Error::Internal(error.into()))?;
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .header(CACHE_CONTROL, "no-store")
        .header(VARY, "accept")
        .body(Body::Text(body))
        .map_err(|error| Error::Internal(error.into()))
}
