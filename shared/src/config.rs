//! What the functions are told by their environment, read once at the start, one struct per concern.
//!
//! Every variable is required where it is read: the values stand in `template.yaml`, not here. Sizes in `…_MB` are
//! mebibytes (1,048,576 bytes).

mod auth;
mod aws;
mod sources;
mod telemetry;

pub use auth::{AuthConfig, ExpectedClaims};
pub use aws::{AwsConfig, TableConfig};
pub use sources::{FetchConfig, ingested_within_seconds, source_rules};
pub use telemetry::TelemetryConfig;

use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;

use serde::Deserialize;
use url::Url;

use crate::domain::upload::MAX_UPLOAD_SECONDS;
use crate::domain::usage::Allowance;
use crate::domain::{Kind, MediaType};

const MEBIBYTE: u64 = 1 << 20;

/// A variable that is missing or wrong. Its text names the variable and says what belongs there; it never repeats the
/// value, which may be a secret.
#[derive(thiserror::Error, PartialEq, Eq)]
#[error("{name} {problem}")]
pub struct ConfigError {
    name: String,
    problem: String,
}

impl ConfigError {
    /// There is something wrong with a secret that a variable names.
    pub(crate) fn secret(name: &str, problem: String) -> Self {
        Self { name: format!("the secret {name}"), problem }
    }

    /// `what` cannot be made of the configuration, though each variable is right.
    pub fn unusable(what: &'static str, problem: impl fmt::Display) -> Self {
        wrong(what, format!("cannot be made: {problem}"))
    }
}

// What `main` returns is printed by its `Debug`.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

type Result<T> = std::result::Result<T, ConfigError>;

/// A value that no log shows.
#[derive(Clone, Deserialize)]
pub struct Secret(String);

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl Secret {
    /// The value, for the place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The environment's variables. A value may name a secret instead; see [`crate::secrets`].
#[derive(Clone, Default)]
pub struct Variables(HashMap<String, String>);

// A value may be a secret.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Variables {
    /// Those of this process.
    pub fn of_process() -> Self {
        // A name or value that is not UTF-8 is none of ours.
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
        )
    }

    /// Those whose values stand in secrets, with where they stand there.
    ///
    /// # Errors
    /// If one names a secret, and no key of it.
    pub(crate) fn secret_names(&self) -> Result<Vec<(&str, SecretName<'_>)>> {
        let named = self.0.iter().filter_map(|(variable, value)| {
            let named = value.trim().strip_prefix("secretsmanager:")?;
            let parts = named.rsplit_once(':').filter(|(name, key)| !name.is_empty() && !key.is_empty());
            let problem = "must name a secret and a key of it, as secretsmanager:name:key".to_owned();
            let error = ConfigError { name: variable.clone(), problem };
            Some(parts.map(|(name, key)| (variable.as_str(), SecretName { name, key })).ok_or(error))
        });
        named.collect()
    }

    /// These, but with other values for some.
    pub(crate) fn with(&self, values: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut variables = self.clone();
        variables.0.extend(values);
        variables
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn text(&self, name: &'static str) -> Result<&str> {
        self.find(name).ok_or_else(|| wrong(name, "is not set"))
    }

    fn secret(&self, name: &'static str) -> Result<Secret> {
        self.text(name).map(|value| Secret(value.to_owned()))
    }

    /// A name that stands in requests and their headers.
    fn word(&self, name: &'static str) -> Result<String> {
        let word = self.text(name)?;
        if word.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(word.to_owned())
        } else {
            Err(wrong(name, "must be of ASCII characters, without spaces"))
        }
    }

    fn number(&self, name: &'static str, range: RangeInclusive<u64>) -> Result<u64> {
        self.text(name)?
            .parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| wrong(name, format!("must be a whole number from {} to {}", range.start(), range.end())))
    }

    fn mebibytes(&self, name: &'static str, range: RangeInclusive<u64>) -> Result<u64> {
        self.number(name, range).map(|number| number * MEBIBYTE)
    }

    fn switch(&self, name: &'static str) -> Result<bool> {
        match self.text(name)? {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(wrong(name, "must be on or off")),
        }
    }

    fn url(&self, name: &'static str) -> Result<Url> {
        let form = "must be an http or https URL without user, query and fragment";
        let url = Url::parse(self.text(name)?).map_err(|_| wrong(name, form))?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if plain { Ok(url) } else { Err(wrong(name, form)) }
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Where a secret stands: under a key of a named secret.
pub(crate) struct SecretName<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'a str,
}

fn wrong(name: &'static str, problem: impl Into<String>) -> ConfigError {
    ConfigError { name: name.to_owned(), problem: problem.into() }
}

/// Where the bytes are, and as whom to ask for them.
#[derive(Clone, Debug)]
pub struct StorageConfig {
    /// Address of the S3 API.
    pub endpoint: Url,
    /// Its region, as signatures name it.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// Application key.
    pub key_id: String,
    /// Its secret.
    pub application_key: Secret,
}

impl StorageConfig {
    /// URL of an object that there cannot be, which is known before the key is. Reads `S3_ENDPOINT` and `S3_BUCKET`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn nobodys_object(variables: &Variables) -> Result<Url> {
        let (mut url, bucket) = (variables.url("S3_ENDPOINT")?, variables.word("S3_BUCKET")?);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend([bucket.as_str(), "media", "-"]);
        }
        Ok(url)
    }

    /// Reads `S3_ENDPOINT`, `S3_REGION`, `S3_BUCKET`, `S3_KEY_ID`, `S3_APPLICATION_KEY`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        Ok(Self {
            endpoint: variables.url("S3_ENDPOINT")?,
            region: variables.word("S3_REGION")?,
            bucket: variables.word("S3_BUCKET")?,
            key_id: variables.word("S3_KEY_ID")?,
            application_key: variables.secret("S3_APPLICATION_KEY")?,
        })
    }
}

/// How bytes are delivered.
#[derive(Clone, Debug)]
pub struct DeliveryConfig {
    /// Base URL of the CDN.
    pub url: Url,
    /// Key that signs its tokens.
    pub token_key: Secret,
    /// How long a signed URL holds, in seconds.
    pub url_ttl_seconds: u64,
}

impl DeliveryConfig {
    /// Reads `CDN_URL`, `CDN_TOKEN_KEY`, `URL_TTL_SECONDS`.
    ///
    /// # Errors
    /// If one is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        let url = variables.url("CDN_URL")?;
        if url.path() != "/" {
            // Tokens sign the whole path, which is the object's key.
            return Err(wrong("CDN_URL", "must have no path"));
        }
        Ok(Self {
            url,
            token_key: variables.secret("CDN_TOKEN_KEY")?,
            url_ttl_seconds: variables.number("URL_TTL_SECONDS", 1..=604_800)?,
        })
    }
}

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

/// Reads `S3_BUCKET`, for who knows the bucket by name only.
///
/// # Errors
/// If it is missing.
pub fn bucket(variables: &Variables) -> Result<String> {
    variables.word("S3_BUCKET")
}

/// What secrets in the table are encrypted under. No log shows it.
#[derive(Clone)]
pub struct VaultKey([u8; 32]);

impl VaultKey {
    /// The key, for the place that needs it.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(…)")
    }
}

/// Reads `WEBHOOK_KEY`, 64 hexadecimal digits: what the secrets of webhook endpoints are encrypted under.
///
/// # Errors
/// If it is missing or wrong.
pub fn vault_key(variables: &Variables) -> Result<VaultKey> {
    const NAME: &str = "WEBHOOK_KEY";
    let mut key = [0; 32];
    hex::decode_to_slice(variables.text(NAME)?, &mut key).map_err(|_| wrong(NAME, "must be 64 hexadecimal digits"))?;
    Ok(VaultKey(key))
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
    fn a_missing_variable_is_named() {
        let error = StorageConfig::read(&Variables::default()).unwrap_err();
        assert_eq!(error.to_string(), "S3_ENDPOINT is not set");
    }

    #[test]
    fn a_malformed_variable_is_named_and_its_value_is_not_repeated() {
        for (name, value, sentence) in [
            ("CDN_URL", "ftp://x", "CDN_URL must be an http or https URL without user, query and fragment"),
            ("URL_TTL_SECONDS", "0", "URL_TTL_SECONDS must be a whole number from 1 to 604800"),
            ("URL_TTL_SECONDS", "1h", "URL_TTL_SECONDS must be a whole number from 1 to 604800"),
            ("CDN_TOKEN_KEY", " ", "CDN_TOKEN_KEY is not set"),
        ] {
            let mut variables: Variables =
                [("CDN_URL", "https://cdn.example"), ("CDN_TOKEN_KEY", "k"), ("URL_TTL_SECONDS", "60")]
                    .into_iter()
                    .collect();
            variables.0.insert(name.to_owned(), value.to_owned());
            assert_eq!(DeliveryConfig::read(&variables).unwrap_err().to_string(), sentence);
        }
    }

    #[test]
    fn images_are_no_larger_than_the_function_has_memory_for() {
        let read = |megapixels: &str| {
            let names = ["MAX_FRAMES", "MAX_VIDEO_DURATION_SECONDS", "MIN_VIDEO_WIDTH", "MIN_VIDEO_HEIGHT"];
            let others = names.into_iter().chain(["PROCESSING_ATTEMPTS"]).map(|name| (name, "5"));
            let own = [("THUMBNAILS", "on"), ("MAX_MEGAPIXELS", megapixels)];
            ProcessingConfig::read(&others.chain(own).collect())
        };
        assert_eq!(read("150").unwrap().max_pixels, 150_000_000);
        assert_eq!(read("151").unwrap_err().to_string(), "MAX_MEGAPIXELS must be a whole number from 1 to 150");
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret("hunter2".to_owned())), "Secret(…)");
    }
}
