//! What a request asks for, and what is refused whatever it asks for.

use http::{HeaderMap, Method, Uri, header};
use percent_encoding::percent_decode_str;
use s3s::access::{S3Access, S3AccessContext};
use s3s::{S3Error, S3ErrorCode, S3Result};
use url::form_urlencoded;

/// The longest that a presigned URL may live, in seconds: seven days.
const LONGEST_EXPIRY: u64 = 604_800;

/// What a request is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// S3's name for it, `Preflight` for CORS, or `Unknown`.
    pub(super) operation: &'static str,
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
}

impl Target {
    /// Reads it off a path-style URL. It says what was asked, not that it was allowed.
    pub(super) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let decode = |text: &str| Some(percent_decode_str(text).decode_utf8_lossy().into_owned());
        let (bucket, key) = match uri.path().trim_start_matches('/').split_once('/') {
            None if uri.path().len() <= 1 => (None, None),
            None => (decode(uri.path().trim_start_matches('/')), None),
            Some((bucket, "")) => (decode(bucket), None),
            Some((bucket, key)) => (decode(bucket), decode(key)),
        };
        let query: Vec<_> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
        let has = |name: &str| query.iter().any(|(found, _)| found == name);
        let copies = headers.contains_key("x-amz-copy-source");
        let operation = match (method.as_str(), bucket.is_some(), key.is_some()) {
            ("OPTIONS", ..) => "Preflight",
            ("GET", false, _) => "ListBuckets",
            ("GET", true, false) if has("cors") => "GetBucketCors",
            ("GET", true, false) if has("lifecycle") => "GetBucketLifecycleConfiguration",
            ("GET", true, false) if has("uploads") => "ListMultipartUploads",
            ("GET", true, false) if has("versions") => "ListObjectVersions",
            ("GET", true, false) if has("list-type") => "ListObjectsV2",
            ("HEAD", true, false) => "HeadBucket",
            ("PUT", true, false) if has("cors") => "PutBucketCors",
            ("PUT", true, false) if has("lifecycle") => "PutBucketLifecycleConfiguration",
            ("PUT", true, false) => "CreateBucket",
            ("DELETE", true, false) if has("cors") => "DeleteBucketCors",
            ("DELETE", true, false) if has("lifecycle") => "DeleteBucketLifecycle",
            ("DELETE", true, false) => "DeleteBucket",
            ("POST", true, false) if has("delete") => "DeleteObjects",
            ("POST", true, false) => "PostObject",
            ("GET", true, true) if has("uploadId") => "ListParts",
            ("GET", true, true) => "GetObject",
            ("HEAD", true, true) => "HeadObject",
            ("PUT", true, true) if has("uploadId") && copies => "UploadPartCopy",
            ("PUT", true, true) if has("uploadId") => "UploadPart",
            ("PUT", true, true) if copies => "CopyObject",
            ("PUT", true, true) => "PutObject",
            ("POST", true, true) if has("uploads") => "CreateMultipartUpload",
            ("POST", true, true) if has("uploadId") => "CompleteMultipartUpload",
            ("DELETE", true, true) if has("uploadId") => "AbortMultipartUpload",
            ("DELETE", true, true) => "DeleteObject",
            _ => "Unknown",
        };
        Self { operation, bucket, key }
    }
}

/// Refuses what s3s would let through: forms (B2 has none), signatures of version 2, presigned URLs that live too long,
/// and `x-amz-*` headers that the signature does not cover, with which the bearer of a presigned URL could ask for more
/// than was signed.
pub(super) fn check(target: &Target, uri: &Uri, headers: &HeaderMap) -> S3Result<()> {
    let content_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if target.operation == "PostObject" || content_type.starts_with("multipart/form-data") {
        return Err(S3Error::with_message(
            S3ErrorCode::NotImplemented,
            "Upload with a presigned PUT, not with a form.",
        ));
    }
    let query = uri.query().unwrap_or_default().as_bytes();
    let in_query = |name: &str| form_urlencoded::parse(query).find(|(found, _)| found == name).map(|(_, value)| value);
    let authorization = text(headers, header::AUTHORIZATION.as_str()).unwrap_or_default();
    if in_query("Signature").is_some() || authorization.starts_with("AWS ") {
        return Err(S3Error::with_message(S3ErrorCode::InvalidRequest, "Sign the request with AWS4-HMAC-SHA256."));
    }

    let signed = if in_query("X-Amz-Signature").is_some() {
        let expires = in_query("X-Amz-Expires").and_then(|value| value.parse::<u64>().ok());
        if !expires.is_some_and(|seconds| (1..=LONGEST_EXPIRY).contains(&seconds)) {
            let message = format!("X-Amz-Expires must be between 1 and {LONGEST_EXPIRY} seconds.");
            return Err(S3Error::with_message(S3ErrorCode::AuthorizationQueryParametersError, message));
        }
        in_query("X-Amz-SignedHeaders").unwrap_or_default()
    } else {
        let signed = authorization.split_once("SignedHeaders=").map_or("", |(_, rest)| rest);
        signed.split(',').next().unwrap_or_default().into()
    };
    let unsigned = headers
        .keys()
        .find(|name| name.as_str().starts_with("x-amz-") && !signed.split(';').any(|found| found == name.as_str()));
    match unsigned {
        None => Ok(()),
        Some(name) => {
            let message = format!("The header {name} is not signed.");
            Err(S3Error::with_message(S3ErrorCode::AccessDenied, message))
        }
    }
}

/// Lets in requests with a valid signature, of whatever key, and refuses promises that storage would not keep.
pub(super) struct Access;

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_none() {
            return Err(S3Error::with_message(S3ErrorCode::AccessDenied, "The request is not signed."));
        }
        match context.headers().iter().find(|(name, value)| promises_too_much(name.as_str(), value.as_bytes())) {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("What the header {name} asks for is not implemented.");
                Err(S3Error::with_message(S3ErrorCode::NotImplemented, message))
            }
        }
    }
}

/// Access lists, tags, encryption, locks and storage classes, which B2 lacks or this server does.
fn promises_too_much(name: &str, value: &[u8]) -> bool {
    match name {
        "x-amz-acl" => value != b"private",
        "x-amz-storage-class" => value != b"STANDARD",
        "x-amz-tagging" | "x-amz-website-redirect-location" | "x-amz-write-offset-bytes" => true,
        _ => ["x-amz-grant-", "x-amz-object-lock-", "x-amz-server-side-encryption"]
            .iter()
            .any(|prefix| name.starts_with(prefix)),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
