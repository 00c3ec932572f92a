//! The page: files of one folder, read anew for each request, so that an edit shows with the next reload.

use std::io;
use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, Response, StatusCode, request};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tracing::warn;

use super::refusal;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The folder and what its documents may load.
pub(super) struct Page {
    folder: PathBuf,
    policy: HeaderValue,
}

impl Page {
    /// The page in `folder`, which may show media from `edge` and upload to `storage`, both origins.
    pub(super) fn open(folder: &Path, edge: &str, storage: &str) -> io::Result<Self> {
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {edge}; \
             media-src blob: {edge}; connect-src 'self' {storage}; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        let folder = folder.canonicalize().map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("the folder of the page, {}, cannot be read: {error}", folder.display()),
            )
        })?;
        Ok(Self { folder, policy: HeaderValue::from_str(&policy).map_err(io::Error::other)? })
    }

    /// The file at `path`, which is decoded and starts with a slash.
    pub(super) async fn answer(&self, parts: &request::Parts, path: &str) -> Response<Body> {
        let not_found = || refusal(StatusCode::NOT_FOUND);
        if parts.method != Method::GET && parts.method != Method::HEAD {
            return not_found();
        }
        let Some(file) = self.file(path).await else { return not_found() };
        let bytes = match tokio::fs::read(&file).await {
            Ok(bytes) => bytes,
            Err(error) => {
                warn!(%error, file = %file.display(), "a file of the page cannot be read");
                return not_found();
            }
        };
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&bytes)[..16]));
        let known = parts.headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
            let mut tags = value.to_str().unwrap_or_default().split(',').map(str::trim);
            tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
        });

        let mut response = Response::new(if known { Body::empty() } else { Body::from(bytes) });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&file)));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        response
    }

    /// The regular file that a path names, if it lies in the folder, also after links are followed, and is neither
    /// hidden nor a test.
    async fn file(&self, path: &str) -> Option<PathBuf> {
        let relative = match path.strip_prefix('/')? {
            "" => "index.html",
            relative => relative,
        };
        let plain =
            |segment: &str| !segment.is_empty() && !segment.starts_with('.') && !segment.contains(['\\', ':', '\0']);
        if !relative.split('/').all(plain) {
            return None;
        }
        let file = tokio::fs::canonicalize(self.folder.join(relative)).await.ok()?;
        let inside = file.strip_prefix(&self.folder).ok()?;
        if inside.components().next() == Some(Component::Normal("test".as_ref())) {
            return None;
        }
        tokio::fs::metadata(&file).await.ok().filter(std::fs::Metadata::is_file)?;
        Some(file)
    }
}

fn content_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
