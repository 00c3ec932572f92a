//! The CDN in miniature: checks Bunny's tokens, signs its own requests to the private bucket, serves ranges from a
//! cache of slices.
//!
//! It serves `/media/{owner}/{asset}/original` and `/media/{owner}/{asset}/variants/{name}`, and nothing else of the
//! bucket. What a browser would run as a document (SVG, HTML, XML and all types that it does not merely show) comes as
//! a download and in a sandbox.

mod cache;
mod range;
#[cfg(test)]
mod tests;
mod token;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Response, StatusCode};
use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;

use crate::connections;
use cache::{CachedBucket, FetchError, Found, Object, SLICE, slice_range};
use range::Wanted;
use token::Granted;

/// The private bucket and the key pair that the edge reads it with.
#[derive(Clone)]
pub struct Origin {
    /// Base URL of the S3 API, addressed path-style.
    pub endpoint: String,
    /// Region to sign for.
    pub region: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Access key id.
    pub key_id: String,
    /// Secret access key.
    pub application_key: String,
}

struct Edge {
    token_key: Vec<u8>,
    bucket: CachedBucket,
}

/// Serves until the future is dropped; its connections end then too. `token_key` is the key that URLs are signed with,
/// `CDN_TOKEN_KEY` of the functions.
///
/// # Errors
/// If the key is empty, with which anybody could sign, or the HTTP client cannot be set up.
pub async fn serve(listener: TcpListener, token_key: &str, origin: &Origin) -> io::Result<()> {
    if token_key.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the edge's token key is empty"));
    }
    let bucket = CachedBucket::new(origin).map_err(io::Error::other)?;
    let edge = Arc::new(Edge { token_key: token_key.into(), bucket });
    connections::serve(listener, move |peer, request| answer(Arc::clone(&edge), peer, request.into_parts().0)).await;
    Ok(())
}

/// Answers a request, whose body nobody reads.
async fn answer(edge: Arc<Edge>, peer: SocketAddr, request: Parts) -> Response<Body> {
    let mut response = match request.method {
        Method::GET | Method::HEAD => edge.serve(peer, &request).await.unwrap_or_else(refusal),
        Method::OPTIONS => preflight(),
        _ => {
            let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            response
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
const EXPOSED: HeaderValue = HeaderValue::from_static("accept-ranges, content-length, content-range, etag, x-cache");

impl Edge {
    /// Answers a GET or HEAD, or says with which status not.
    async fn serve(&self, peer: SocketAddr, request: &Parts) -> Result<Response<Body>, StatusCode> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let uri = &request.uri;
        let granted = token::check(&self.token_key, uri.path(), uri.query().unwrap_or_default(), peer.ip(), now)
            .ok_or(StatusCode::FORBIDDEN)?;
        let key = served_key(granted.path).ok_or(StatusCode::NOT_FOUND)?;
        // Once more, if the object was replaced between its description and its bytes.
        let answer = match self.read(request, &key).await {
            Err(FetchError::Replaced) => self.read(request, &key).await,
            answer => answer,
        };
        let (mut response, object) = answer.map_err(|error| match error {
            FetchError::NotFound => StatusCode::NOT_FOUND,
            FetchError::Replaced | FetchError::Unavailable => StatusCode::BAD_GATEWAY,
        })?;
        describe(response.headers_mut(), &object, &granted, now);
        Ok(response)
    }

    /// Status, body and what depends on the range; a body's first slice is there when this returns.
    async fn read(&self, request: &Parts, key: &str) -> Result<(Response<Body>, Arc<Object>), FetchError> {
        let Found { value: object, hit } = self.bucket.object(key).await?;
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(X_CACHE, x_cache(hit));
        if range::is_known(&request.headers, &object) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Ok((response, object));
        }
        // Ranges are defined for GET alone (RFC 9110 section 14.2).
        let wanted = match request.method {
            Method::HEAD => Wanted::Whole,
            _ => range::wanted(&request.headers, &object),
        };
        let size = object.size;
        let (status, content_range, bytes) = match wanted {
            Wanted::Whole => (StatusCode::OK, None, 0..size),
            Wanted::Part(bytes) => {
                let range = format!("bytes {}-{}/{size}", bytes.start, bytes.end - 1);
                (StatusCode::PARTIAL_CONTENT, Some(range), bytes)
            }
            Wanted::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, Some(format!("bytes */{size}")), 0..0),
        };
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.end - bytes.start));
        if let Some(range) = content_range.and_then(|range| HeaderValue::from_str(&range).ok()) {
            headers.insert(header::CONTENT_RANGE, range);
        }
        if request.method == Method::GET && !bytes.is_empty() {
            let index = bytes.start / SLICE;
            let first = self.bucket.slice(&object, index).await?;
            headers.insert(X_CACHE, x_cache(first.hit));
            let rest = slices(self.bucket.clone(), Arc::clone(&object), index + 1..bytes.end.div_ceil(SLICE));
            let all = stream::iter([Ok((index, first.value))]).chain(rest);
            *response.body_mut() = Body::from_stream(all.map(move |slice| {
                slice.map(|(index, slice)| {
                    let lies = slice_range(index, size);
                    let start = bytes.start.max(lies.start) - lies.start;
                    let end = bytes.end.min(lies.end) - lies.start;
                    // Both are at most the slice's length, which fits.
                    slice.slice(start as usize..end as usize)
                })
            }));
        }
        *response.status_mut() = status;
        Ok((response, object))
    }
}

/// The slices with these numbers, each fetched when the one before it is on its way, and none ahead of that. Fetches
/// run as tasks of their own, so that a client that has stopped reading does not hold up others who wait for the same
/// slice.
fn slices(
    bucket: CachedBucket,
    object: Arc<Object>,
    indices: std::ops::Range<u64>,
) -> impl Stream<Item = io::Result<(u64, Bytes)>> {
    stream::iter(indices)
        .map(move |index| {
            let (bucket, object) = (bucket.clone(), Arc::clone(&object));
            let fetch = tokio::spawn(async move { bucket.slice(&object, index).await });
            async move {
                let found = fetch.await.map_err(io::Error::other)?.map_err(io::Error::other)?;
                Ok((index, found.value))
            }
        })
        .buffered(2)
}

/// The key in the bucket that a path (as sent) names, if such keys are served. Decoded once; a segment that then still
/// is or holds something that a path is made of is none of ours.
fn served_key(path: &str) -> Option<String> {
    let segments: Vec<_> = path.strip_prefix('/')?.split('/').map(segment).collect::<Option<_>>()?;
    let names: Vec<_> = segments.iter().map(String::as_str).collect();
    match names[..] {
        ["media", _, _, "original"] | ["media", _, _, "variants", _] => Some(segments.join("/")),
        _ => None,
    }
}

fn segment(text: &str) -> Option<String> {
    let segment = percent_decode_str(text).decode_utf8().ok()?;
    let bad = matches!(&*segment, "" | "." | "..") || segment.chars().any(|c| c.is_control() || c == '/' || c == '\\');
    (!bad).then(|| segment.into_owned())
}

/// What the answer says about the object, the same for its whole, a part, and 304.
fn describe(headers: &mut HeaderMap, object: &Object, granted: &Granted<'_>, now: u64) {
    let content_type = object.content_type.as_deref().unwrap_or("application/octet-stream");
    let shown = is_only_shown(content_type);
    let disposition = object.content_disposition.as_deref();
    let disposition =
        if granted.download || !shown { Some(attachment(disposition)) } else { disposition.map(str::to_owned) };
    let cache_control = format!("private, max-age={}", granted.expires.saturating_sub(now));
    for (name, value) in [
        (header::ACCEPT_RANGES, Some("bytes")),
        (header::CONTENT_TYPE, Some(content_type)),
        (header::ETAG, Some(object.etag.as_str())),
        (header::LAST_MODIFIED, object.last_modified.as_deref()),
        (header::CONTENT_DISPOSITION, disposition.as_deref()),
        (header::CACHE_CONTROL, Some(&cache_control)),
        (header::CONTENT_SECURITY_POLICY, (!shown).then_some("sandbox; default-src 'none'")),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
}

/// Whether browsers show or play the type, and never run it.
fn is_only_shown(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.split_once('/') {
        Some(("image", subtype)) => !subtype.contains("xml"),
        Some(("video" | "audio", _)) => true,
        _ => ["application/pdf", "text/plain", "text/vtt"].contains(&essence.as_str()),
    }
}

/// A `Content-Disposition` (RFC 6266) that downloads, with the file name of the one given.
fn attachment(disposition: Option<&str>) -> String {
    let parameters = disposition.and_then(|value| value.split_once(';')).map(|(_, parameters)| parameters);
    parameters.map_or_else(|| "attachment".to_owned(), |parameters| format!("attachment;{parameters}"))
}

fn x_cache(hit: bool) -> HeaderValue {
    HeaderValue::from_static(if hit { "HIT" } else { "MISS" })
}

fn preflight() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("if-none-match, if-range, range"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

fn refusal(status: StatusCode) -> Response<Body> {
    let text = match status {
        StatusCode::FORBIDDEN => "This link is not signed for this address, or it has expired. Ask for a new one.\n",
        StatusCode::NOT_FOUND => "There is no such file.\n",
        StatusCode::METHOD_NOT_ALLOWED => "Files can only be read here.\n",
        _ => "The file cannot be read at the moment. Try again.\n",
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
