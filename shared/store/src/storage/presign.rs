//! Presigned URLs: what a browser may write, to the byte.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use super::Storage;
use quayside_domain::keys;
use quayside_domain::rights::Upload;
use quayside_domain::upload::{PartNumber, Parts};
use quayside_domain::{Asset, Authorized, Error, Result, Timestamp};

/// A request that storage accepts from whoever has it, until it expires.
#[derive(Debug)]
pub struct Presigned {
    /// The URL.
    pub url: String,
    /// When storage begins to refuse it.
    pub expires_at: Timestamp,
}

impl Storage {
    /// The PUT of a whole file below `incoming/`. Signs the asset's exact size and type: storage refuses any other.
    ///
    /// # Errors
    /// `Internal` if `ttl_seconds` is over a week.
    pub async fn presign_upload(
        &self,
        asset: &Authorized<Asset, Upload>,
        now: Timestamp,
        ttl_seconds: u64,
    ) -> Result<Presigned> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(keys::incoming(&asset.location))
            .content_length(signed(asset.size.bytes())?)
            .content_type(asset.content_type.as_str())
            .presigned(validity(ttl_seconds)?)
            .await
            .map_err(super::unexpected)?;
        Ok(Presigned { url: request.uri().to_owned(), expires_at: now.plus_seconds(ttl_seconds) })
    }

    /// The PUT of one part of the asset's multipart upload. Signs the part's exact size.
    ///
    /// # Errors
    /// `Invalid` if the plan has no such part.
    pub async fn presign_part(
        &self,
        asset: &Authorized<Asset, Upload>,
        (multipart_id, parts): (&str, Parts),
        number: PartNumber,
        now: Timestamp,
        ttl_seconds: u64,
    ) -> Result<Presigned> {
        let request = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(keys::original(&asset.location))
            .upload_id(multipart_id)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .content_length(signed(parts.length(number)?)?)
            .presigned(validity(ttl_seconds)?)
            .await
            .map_err(super::unexpected)?;
        Ok(Presigned { url: request.uri().to_owned(), expires_at: now.plus_seconds(ttl_seconds) })
    }
}

fn signed(bytes: u64) -> Result<i64> {
    i64::try_from(bytes).map_err(|error| Error::Internal(error.into()))
}

fn validity(seconds: u64) -> Result<PresigningConfig> {
    PresigningConfig::expires_in(Duration::from_secs(seconds)).map_err(|error| Error::Internal(error.into()))
}
