//! What the functions read from their environment at the start, one struct per concern. What table, storage and delivery
//! need is read in [`quayside_store::config`].

mod auth;
mod cursors;
mod sources;
mod telemetry;

pub use auth::{AuthConfig, ExpectedClaims};
pub use cursors::CursorKeys;
pub use sources::{FetchConfig, ingested_within_seconds, source_rules};
pub use telemetry::TelemetryConfig;

use quayside_domain::upload::MAX_UPLOAD_SECONDS;
use quayside_domain::usage::Allowance;
use quayside_domain::{Kind, MediaType};
use quayside_store::config::{Result, Secret, Variables, wrong};

/// What may be uploaded, and how.
#[derive(Clone, Debug)]
pub struct UploadConfig {
    max_bytes: [(Kind, u64); 4],
    /// Media types that may be uploaded.
    pub allowed_types: Vec<MediaType>,
    /// How long an upload and its URLs hold, in seconds.
    pub ttl_seconds: u64,
    /// Bytes in a part of a multipart upload.
    pub part_bytes: u64,
    /// How much an owner may have.
    pub allowance: Allowance,
}

impl UploadConfig {
    /// Reads `MAX_IMAGE_MB`, `MAX_VIDEO_MB`, `MAX_AUDIO_MB`, `MAX_DOCUMENT_MB`, `ALLOWED_TYPES` (separated by spaces or
    /// commas), `UPLOAD_TTL_SECONDS`, `PART_SIZE_MB`, `MAX_ACTIVE_UPLOADS`, `MAX_ACTIVE_INGESTIONS`, `QUOTA_MB`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        // 10,000 parts of 5 GiB are the most that S3 puts together; no store of ours takes more than 10 TB.
        const LARGEST_MB: u64 = 10_000_000;
        let max = |name| variables.mebibytes(name, 1..=LARGEST_MB);
        Ok(Self {
            max_bytes: [
                (Kind::Image, max("MAX_IMAGE_MB")?),
                (Kind::Video, max("MAX_VIDEO_MB")?),
                (Kind::Audio, max("MAX_AUDIO_MB")?),
                (Kind::Document, max("MAX_DOCUMENT_MB")?),
            ],
            allowed_types: media_types("ALLOWED_TYPES", variables.text("ALLOWED_TYPES")?)?,
            ttl_seconds: variables.number("UPLOAD_TTL_SECONDS", 1..=MAX_UPLOAD_SECONDS)?,
            // B2 takes parts of 5 MB to 5 GB.
            part_bytes: variables.mebibytes("PART_SIZE_MB", 5..=4_768)?,
            allowance: Allowance {
                quota_bytes: variables.mebibytes("QUOTA_MB", 0..=1_000_000_000)?,
                active_uploads: variables.number("MAX_ACTIVE_UPLOADS", 1..=100_000)?,
                active_ingestions: variables.number("MAX_ACTIVE_INGESTIONS", 1..=100_000)?,
            },
        })
    }

    /// The largest size of a file of a kind, in bytes; of one whose kind is not known, that of the kind with the largest.
    pub fn max_bytes(&self, kind: Kind) -> u64 {
        let of_kind = self.max_bytes.iter().filter(|(of, _)| kind == Kind::Unknown || *of == kind);
        of_kind.map(|(_, bytes)| *bytes).max().unwrap_or(0)
    }
}

fn media_types(name: &'static str, text: &str) -> Result<Vec<MediaType>> {
    words(text)
        .map(|word| {
            MediaType::parse(word)
                .filter(|known| *known != MediaType::UNKNOWN)
                .ok_or_else(|| wrong(name, format!("names {word}, which is no type we know")))
        })
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\n']).filter(|word| !word.is_empty())
}

/// How uploads are inspected.
#[derive(Clone, Debug)]
pub struct ProcessingConfig {
    /// Whether images get thumbnails.
    pub thumbnails: bool,
    /// Most pixels of an image.
    pub max_pixels: u64,
    /// Most frames of an animation.
    pub max_frames: u32,
    /// How long a video may play, in seconds.
    pub max_video_seconds: u64,
    /// The least sides of a video in pixels, the longer one first.
    pub min_video_sides: (u32, u32),
    /// How often a message is tried, as the queue's redrive policy has it.
    pub attempts: u64,
}

impl ProcessingConfig {
    /// Reads `THUMBNAILS`, `MAX_MEGAPIXELS`, `MAX_FRAMES`, `MAX_VIDEO_DURATION_SECONDS`, `MIN_VIDEO_WIDTH`,
    /// `MIN_VIDEO_HEIGHT`, `PROCESSING_ATTEMPTS`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        let side = |name| Ok(u32::try_from(variables.number(name, 1..=65_535)?).unwrap_or(u32::MAX));
        let (width, height) = (side("MIN_VIDEO_WIDTH")?, side("MIN_VIDEO_HEIGHT")?);
        Ok(Self {
            max_video_seconds: variables.number("MAX_VIDEO_DURATION_SECONDS", 1..=31_536_000)?,
            min_video_sides: (width.max(height), width.min(height)),
            thumbnails: variables.switch("THUMBNAILS")?,
            // WebP takes up to 9 bytes for each pixel, and the function has 1769 MiB.
            max_pixels: variables.number("MAX_MEGAPIXELS", 1..=150)? * 1_000_000,
            max_frames: u32::try_from(variables.number("MAX_FRAMES", 1..=1_000_000)?).unwrap_or(u32::MAX),
            attempts: variables.number("PROCESSING_ATTEMPTS", 1..=1_000)?,
        })
    }
}

/// Reads `INSPECTED_WITHIN_SECONDS`: how long the inspection of an upload may take, with all its attempts.
///
/// # Errors
/// If it is missing or wrong.
pub fn inspected_within_seconds(variables: &Variables) -> Result<u64> {
    variables.number("INSPECTED_WITHIN_SECONDS", 1..=604_800)
}

/// Reads `B2_WEBHOOK_SECRET`: what B2 signs its event notifications with, 32 characters by its own rules.
///
/// # Errors
/// If it is missing or shorter.
pub fn b2_webhook_secret(variables: &Variables) -> Result<Secret> {
    const NAME: &str = "B2_WEBHOOK_SECRET";
    let secret = variables.secret(NAME)?;
    if secret.expose().len() < 32 { Err(wrong(NAME, "must have at least 32 characters")) } else { Ok(secret) }
}

/// Reads `DELETED_TTL_SECONDS`: how long a deleted asset's bytes are kept.
///
/// # Errors
/// If it is missing or wrong.
pub fn deleted_ttl_seconds(variables: &Variables) -> Result<u64> {
    variables.number("DELETED_TTL_SECONDS", 0..=31_536_000)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn images_are_no_larger_than_the_function_has_memory_for() {
        let read = |megapixels: &str| {
            let names = ["MAX_FRAMES", "MAX_VIDEO_DURATION_SECONDS", "MIN_VIDEO_WIDTH", "MIN_VIDEO_HEIGHT"];
            let others = names.into_iter().chain(["PROCESSING_ATTEMPTS"]).map(|name| (name, "5"));
            let own = [("THUMBNAILS", "on"), ("MAX_MEGAPIXELS", megapixels)];
            ProcessingConfig::read(&others.chain(own).collect())
        };
        assert_eq!(read("150").unwrap().max_pixels, 150_000_000);
        assert_eq!(read("151").unwrap_err().to_string(), "MAX_MEGAPIXELS must be an integer from 1 to 150");
    }
}
