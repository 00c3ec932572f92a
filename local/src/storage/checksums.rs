//! The digests that a request announces of its body: `Content-MD5`, and an `x-amz-checksum-*` header or trailer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderMap, HeaderName, HeaderValue};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::{S3ErrorCode, TrailingHeaders, dto};
use serde::{Deserialize, Serialize};

use super::blobs::Received;
use super::error::{Result, refuse};

/// A checksum algorithm of S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    fn header(self) -> HeaderName {
        HeaderName::from_static(match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        })
    }

    fn of(self, computed: dto::Checksum) -> Option<String> {
        match self {
            Self::Crc32 => computed.checksum_crc32,
            Self::Crc32c => computed.checksum_crc32c,
            Self::Crc64Nvme => computed.checksum_crc64nvme,
            Self::Sha1 => computed.checksum_sha1,
            Self::Sha256 => computed.checksum_sha256,
        }
    }
}

/// A checksum of an object's bytes, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checksum {
    algorithm: Algorithm,
    value: String,
}

impl Checksum {
    /// The headers that tell a client of it.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(&self.value) {
            headers.insert(self.algorithm.header(), value);
            headers.insert("x-amz-checksum-type", HeaderValue::from_static("FULL_OBJECT"));
        }
        headers
    }
}

/// What a request says of its body before it comes.
#[derive(Debug, Default)]
pub(super) struct Announced {
    md5: Option<[u8; 16]>,
    algorithm: Option<Algorithm>,
    value: Option<String>,
}

impl Announced {
    /// Reads the request's headers. Refuses an MD5 that is none, and several checksums at once.
    pub(super) fn from_headers(headers: &HeaderMap) -> Result<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let md5 =
            match headers.get("content-md5") {
                None => None,
                Some(value) => {
                    Some(BASE64.decode(value).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
                        refuse(S3ErrorCode::InvalidDigest, "Content-MD5 is not the base64 of an MD5.")
                    })?)
                }
            };
        let trailer = text("x-amz-trailer").unwrap_or_default();
        let wanted = text("x-amz-sdk-checksum-algorithm").unwrap_or_default();
        let mut announced = Self { md5, ..Self::default() };
        for algorithm in Algorithm::ALL {
            let header = algorithm.header();
            let value = headers.get(&header).and_then(|value| value.to_str().ok()).map(str::to_owned);
            let name = header.as_str().trim_start_matches("x-amz-checksum-");
            if value.is_none() && !trailer.eq_ignore_ascii_case(header.as_str()) && !wanted.eq_ignore_ascii_case(name) {
                continue;
            }
            if announced.algorithm.is_some() {
                return Err(refuse(S3ErrorCode::InvalidRequest, "Expecting a single x-amz-checksum- header."));
            }
            announced.algorithm = Some(algorithm);
            announced.value = value;
        }
        Ok(announced)
    }

    /// Computes what has to be compared, or kept.
    pub(super) fn hasher(&self) -> ChecksumHasher {
        let mut hasher = ChecksumHasher::default();
        match self.algorithm {
            None => {}
            Some(Algorithm::Crc32) => hasher.crc32 = Some(Crc32::new()),
            Some(Algorithm::Crc32c) => hasher.crc32c = Some(Crc32c::new()),
            Some(Algorithm::Crc64Nvme) => hasher.crc64nvme = Some(Crc64Nvme::new()),
            Some(Algorithm::Sha1) => hasher.sha1 = Some(Sha1::new()),
            Some(Algorithm::Sha256) => hasher.sha256 = Some(Sha256::new()),
        }
        hasher
    }

    /// Compares what was announced, or came as a trailer, with what was received. Answers the checksum to keep.
    pub(super) fn verify(self, received: &Received, trailers: Option<&TrailingHeaders>) -> Result<Option<Checksum>> {
        if self.md5.is_some_and(|md5| md5 != received.md5) {
            return Err(refuse(S3ErrorCode::BadDigest, "The body does not have the MD5 that Content-MD5 states."));
        }
        let Some(algorithm) = self.algorithm else { return Ok(None) };
        let Some(computed) = algorithm.of(received.checksum.clone()) else { return Ok(None) };
        let header = algorithm.header();
        let stated = self
            .value
            .or_else(|| trailers?.read(|trailers| trailers.get(&header)?.to_str().ok().map(str::to_owned)).flatten());
        if stated.is_some_and(|stated| stated != computed) {
            return Err(refuse(
                S3ErrorCode::BadDigest,
                format!("The body does not have the checksum that {header} states."),
            ));
        }
        Ok(Some(Checksum { algorithm, value: computed }))
    }
}
