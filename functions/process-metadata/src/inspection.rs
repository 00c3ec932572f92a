//! One asset's inspection: what its bytes are, and what is written for them. Nothing here changes the record.

use quayside_domain::upload::MAX_SINGLE_BYTES;
use quayside_domain::{
    Asset, Error, Failure, FailureCode, Kind, MediaType, Metadata, Result, Sha256, Strategy, Variant, Work,
};
use quayside_edge::config::ProcessingConfig;
use quayside_inspect::image::Limits;
use quayside_inspect::{self as inspect, Budget, File, Format, Media, sniff};
use quayside_render::{self as render, Thumbnails, thumbnails};
use quayside_store::storage::NewObject;
use sha2::Digest;

use crate::ranges::{NotRead, Stored};
use crate::{App, metadata};

/// What inspection came to.
pub(crate) enum Verdict {
    /// The bytes are what they were declared to be, and lie where they are served from.
    Accepted {
        /// Their digest, where all of them were read.
        sha256: Option<Sha256>,
        /// What was found out.
        metadata: Box<Metadata>,
        /// What was made of them.
        variants: Vec<Variant>,
    },
    /// The file is at fault.
    Refused(Failure),
}

/// Reads the bytes once and judges them. A file that came in one piece is written to where it is served from only after
/// it was found to be sound, and from the bytes that were judged, though the client's URL may still be live.
///
/// # Errors
/// What the queue should try again.
pub(crate) async fn inspect(app: &App, work: &Work<Asset>) -> Result<Verdict> {
    if work.size.bytes() > MAX_SINGLE_BYTES && work.kind != Kind::Image {
        return inspect_large(app, work).await;
    }
    let Some(bytes) = app.storage.read_upload(work).await? else { return Ok(missing()) };
    let judged = judge(app, work, bytes).await?;
    let Accepted { bytes, sha256, metadata, thumbnails } = match judged {
        Ok(sound) => sound,
        Err(failure) => return Ok(Verdict::Refused(failure)),
    };
    let mut variants = Vec::new();
    let webp = Format::WebP.media_type();
    let webp = MediaType::parse(webp).ok_or_else(|| Error::Internal("WebP is no known type".into()))?;
    for made in thumbnails.into_iter().flat_map(|thumbnails| thumbnails.variants) {
        variants.push(Variant {
            name: made.name.to_owned(),
            content_type: webp,
            width: made.width,
            height: made.height,
            size: made.bytes.len() as u64,
        });
        let name = work.name.derived(made.name, "webp");
        let object = NewObject { bytes: made.bytes, content_type: webp, name };
        app.storage.put_variant(work, made.name, object).await?;
    }
    // The original of a multipart upload, and of an asset that was ready before, is where it stays.
    if work.upload.as_ref().is_some_and(|upload| upload.strategy == Strategy::Single) {
        app.storage
            .put_original(work, NewObject { bytes, content_type: work.content_type, name: work.name.clone() })
            .await?;
    }
    Ok(Verdict::Accepted { sha256: Some(sha256), metadata: metadata.into(), variants })
}

/// What was found out of bytes that were read whole.
struct Accepted {
    bytes: Vec<u8>,
    sha256: Sha256,
    metadata: Metadata,
    thumbnails: Option<Thumbnails>,
}

/// What a judgement takes with it to another thread.
struct Inspector {
    declared: MediaType,
    size: u64,
    declared_sha256: Option<Sha256>,
    keep_location: bool,
    limits: Limits,
    config: ProcessingConfig,
}

/// Sniffs, hashes and decodes, away from the threads that wait for the network.
async fn judge(app: &App, work: &Work<Asset>, bytes: Vec<u8>) -> Result<Result<Accepted, Failure>> {
    let judge = Inspector {
        declared: work.content_type,
        size: work.size.bytes(),
        declared_sha256: work.declared_sha256,
        keep_location: work.keep_location,
        limits: app.limits(),
        config: app.config.clone(),
    };
    match tokio::task::spawn_blocking(move || judge.judge(bytes)).await {
        Ok(judged) => judged,
        Err(error) if error.is_panic() => Ok(Err(unreadable("The file breaks our reader.".to_owned()))),
        Err(error) => Err(Error::Internal(error.into())),
    }
}

impl Inspector {
    fn judge(self, bytes: Vec<u8>) -> Result<Result<Accepted, Failure>> {
        if bytes.len() as u64 != self.size {
            let detail = format!("The file has {} bytes, not the {} that were declared.", bytes.len(), self.size);
            return Ok(Err(unreadable(detail)));
        }
        let sha256 = Sha256::from(<[u8; 32]>::from(sha2::Sha256::digest(&bytes)));
        let format = match check_type(sniff(&bytes, self.size), self.declared) {
            Ok(format) => format,
            Err(failure) => return Ok(Err(failure)),
        };
        if let Err(failure) = check_sha256(sha256, self.declared_sha256) {
            return Ok(Err(failure));
        }
        let Some(raster) = format.raster() else {
            let metadata = self.inspect(&bytes, format)?;
            return Ok(metadata.map(|metadata| Accepted { bytes, sha256, metadata, thumbnails: None }));
        };
        let image = match quayside_inspect::image::inspect(&bytes, raster, &self.limits) {
            Ok(image) => image,
            Err(error) => return Ok(Err(refused_image(&error))),
        };
        let thumbnails = match self.config.thumbnails.then(|| thumbnails(&bytes, &image)).transpose() {
            Ok(thumbnails) => thumbnails,
            Err(error @ render::Error::Unreadable { .. }) => return Ok(Err(unreadable(error.to_string()))),
            // Not the file's fault, so it is tried again.
            Err(error @ render::Error::Failed) => return Err(Error::Unavailable(error.into())),
        };
        let blurhash = thumbnails.as_ref().map(|thumbnails| thumbnails.blurhash.clone());
        let metadata = metadata::of_image(image, blurhash, self.keep_location);
        Ok(Ok(Accepted { bytes, sha256, metadata, thumbnails }))
    }

    /// What a file that is in memory says of itself. It is read as one in storage would be, so that the same file always
    /// tells the same.
    fn inspect(&self, bytes: &[u8], format: Format) -> Result<Result<Metadata, Failure>> {
        let inspected = tokio::runtime::Handle::current()
            .block_on(async { File::open(bytes, self.size, Budget::default()).await?.inspect(format).await });
        match inspected {
            Ok(media) => Ok(accept(self.declared.kind(), media, &self.config, self.keep_location)),
            Err(inspect::Error::Source(never)) => match never {},
            Err(error @ inspect::Error::Unreadable(_)) => Ok(Err(unreadable(error.to_string()))),
        }
    }
}

fn accept(kind: Kind, media: Media, config: &ProcessingConfig, keep_location: bool) -> Result<Metadata, Failure> {
    metadata::check_limits(kind, &media, config)?;
    Ok(metadata::of_media(media, keep_location))
}

/// A large file that is no image is judged by what its ends and its headers say, and read whole only where it has to be
/// hashed.
async fn inspect_large(app: &App, work: &Work<Asset>) -> Result<Verdict> {
    let metadata = match inspect_ranges(app, work).await {
        Ok(metadata) => metadata,
        Err(Interrupted::Missing) => return Ok(missing()),
        Err(Interrupted::Refused(failure)) => return Ok(Verdict::Refused(failure)),
        Err(Interrupted::Failed(error)) => return Err(error),
    };
    // What was hashed before, on its way into storage or in an inspection, is what it was: no client can write to it.
    let mut sha256 = work.sha256;
    if work.declared_sha256.is_some() && sha256.is_none() {
        let Some(found) = hash(app, work).await? else { return Ok(missing()) };
        sha256 = Some(found);
    }
    if let Some(found) = sha256
        && let Err(failure) = check_sha256(found, work.declared_sha256)
    {
        return Ok(Verdict::Refused(failure));
    }
    Ok(Verdict::Accepted { sha256, metadata: metadata.into(), variants: Vec::new() })
}

/// Why a large file was not inspected to its end.
enum Interrupted {
    Missing,
    Refused(Failure),
    Failed(Error),
}

impl From<inspect::Error<NotRead>> for Interrupted {
    fn from(error: inspect::Error<NotRead>) -> Self {
        match error {
            inspect::Error::Source(NotRead::Missing) => Self::Missing,
            inspect::Error::Source(NotRead::Failed(error)) => Self::Failed(error),
            error @ inspect::Error::Unreadable(_) => Self::Refused(unreadable(error.to_string())),
        }
    }
}

async fn inspect_ranges(app: &App, work: &Work<Asset>) -> Result<Metadata, Interrupted> {
    let stored = Stored { storage: &app.storage, work };
    let mut file = File::open(&stored, work.size.bytes(), Budget::default()).await?;
    let format = check_type(file.format(), work.content_type).map_err(Interrupted::Refused)?;
    let media = file.inspect(format).await?;
    accept(work.kind, media, &app.config, work.keep_location).map_err(Interrupted::Refused)
}

async fn hash(app: &App, work: &Work<Asset>) -> Result<Option<Sha256>> {
    let Some(mut body) = app.storage.stream_upload(work).await? else { return Ok(None) };
    let mut hasher = sha2::Sha256::new();
    while let Some(chunk) = body.next().await {
        hasher.update(chunk.map_err(|error| Error::Unavailable(error.into()))?);
    }
    Ok(Some(Sha256::from(<[u8; 32]>::from(hasher.finalize()))))
}

fn check_type(sniffed: Option<Format>, declared: MediaType) -> Result<Format, Failure> {
    let mismatch = |found: String| {
        let detail = format!("The file was declared as {declared}, but {found}.");
        Failure { code: FailureCode::TypeMismatch, detail }
    };
    match sniffed {
        Some(format) if format.media_type() == declared.as_str() => Ok(format),
        Some(format) => Err(mismatch(format!("its bytes are {}", format.media_type()))),
        None => Err(mismatch("its bytes are of no type that we know".to_owned())),
    }
}

fn check_sha256(found: Sha256, declared: Option<Sha256>) -> Result<(), Failure> {
    match declared {
        Some(declared) if declared != found => Err(Failure {
            code: FailureCode::ChecksumMismatch,
            detail: format!("The file's SHA-256 is {found}, not {declared} as declared."),
        }),
        _ => Ok(()),
    }
}

fn refused_image(error: &quayside_inspect::image::Error) -> Failure {
    let code = match error {
        quayside_inspect::image::Error::Unreadable { .. } => FailureCode::Unreadable,
        quayside_inspect::image::Error::LimitsExceeded { .. } => FailureCode::LimitsExceeded,
    };
    Failure { code, detail: error.to_string() }
}

fn unreadable(detail: String) -> Failure {
    Failure { code: FailureCode::Unreadable, detail }
}

fn missing() -> Verdict {
    let detail = "Storage no longer has the uploaded bytes. Upload the file again.".to_owned();
    Verdict::Refused(Failure { code: FailureCode::BytesMissing, detail })
}
