//! One asset's inspection: what its bytes are, and what is written for them. Nothing here changes the record.

use quayside_inspect::image::Image;
use quayside_inspect::{Format, SNIFF_BYTES, sniff};
use quayside_shared::domain::upload::MAX_SINGLE_BYTES;
use quayside_shared::domain::{Asset, Error, Failure, FailureCode, Kind, MediaType, Metadata, Result, Sha256, Variant};
use quayside_shared::storage::NewObject;
use quayside_shared::table::Work;
use sha2::Digest;

use crate::App;
use crate::thumbnails::{self, Thumbnails, thumbnails};

/// What inspection came to.
pub(crate) enum Verdict {
    /// The bytes are what they were declared to be, and lie where they are served from.
    Sound {
        /// Their digest, where all of them were read.
        sha256: Option<Sha256>,
        /// What was found out.
        metadata: Metadata,
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
    let Sound { bytes, sha256, image, thumbnails } = match judged {
        Ok(sound) => sound,
        Err(failure) => return Ok(Verdict::Refused(failure)),
    };
    let mut variants = Vec::new();
    let metadata = metadata(image, thumbnails.as_ref());
    let webp = Format::WebP.media_type();
    let webp = MediaType::parse(webp).ok_or_else(|| Error::Internal("WebP is no known type".into()))?;
    for rendition in thumbnails.into_iter().flat_map(|thumbnails| thumbnails.renditions) {
        variants.push(Variant {
            name: rendition.name.to_owned(),
            content_type: webp,
            width: rendition.width,
            height: rendition.height,
            size: rendition.bytes.len() as u64,
        });
        let name = work.name.derived(rendition.name, "webp");
        let object = NewObject { bytes: rendition.bytes, content_type: webp, name };
        app.storage.put_variant(work, rendition.name, object).await?;
    }
    // The original of a multipart upload is where it stays.
    if work.multipart_upload_id().is_none() {
        app.storage
            .put_original(work, NewObject { bytes, content_type: work.content_type, name: work.name.clone() })
            .await?;
    }
    Ok(Verdict::Sound { sha256: Some(sha256), metadata, variants })
}

/// What was found out of bytes that were read whole.
struct Sound {
    bytes: Vec<u8>,
    sha256: Sha256,
    image: Option<Image>,
    thumbnails: Option<Thumbnails>,
}

/// Sniffs, hashes and decodes, away from the threads that wait for the network.
async fn judge(app: &App, work: &Work<Asset>, bytes: Vec<u8>) -> Result<std::result::Result<Sound, Failure>> {
    let (declared, size, declared_sha256) = (work.content_type, work.size.bytes(), work.declared_sha256);
    let (limits, with_thumbnails) = (app.limits(), app.config.thumbnails);
    let judging = tokio::task::spawn_blocking(move || {
        if bytes.len() as u64 != size {
            let detail = format!("The file has {} bytes, not the {size} that were declared.", bytes.len());
            return Ok(Err(unreadable(detail)));
        }
        let sha256 = Sha256::from(<[u8; 32]>::from(sha2::Sha256::digest(&bytes)));
        let format = match check_type(&bytes, size, declared) {
            Ok(format) => format,
            Err(failure) => return Ok(Err(failure)),
        };
        if let Err(failure) = check_sha256(sha256, declared_sha256) {
            return Ok(Err(failure));
        }
        let Some(raster) = format.raster() else {
            return Ok(Ok(Sound { bytes, sha256, image: None, thumbnails: None }));
        };
        let image = match quayside_inspect::image::inspect(&bytes, raster, &limits) {
            Ok(image) => image,
            Err(error) => return Ok(Err(refused_image(&error))),
        };
        let thumbnails = match with_thumbnails.then(|| thumbnails(&bytes, &image)).transpose() {
            Ok(thumbnails) => thumbnails,
            Err(error @ thumbnails::Error::Unreadable { .. }) => return Ok(Err(unreadable(error.to_string()))),
            // Not the file's fault, so it is tried again.
            Err(error @ thumbnails::Error::Encoding) => return Err(Error::Unavailable(error.into())),
        };
        Ok(Ok(Sound { bytes, sha256, image: Some(image), thumbnails }))
    });
    match judging.await {
        Ok(judged) => judged,
        Err(error) if error.is_panic() => Ok(Err(unreadable("The file breaks our reader.".to_owned()))),
        Err(error) => Err(Error::Internal(error.into())),
    }
}

/// A large file that is no image is judged by its first bytes, and read whole only where it has to be hashed.
async fn inspect_large(app: &App, work: &Work<Asset>) -> Result<Verdict> {
    let Some(head) = app.storage.read_upload_head(work, SNIFF_BYTES as u64).await? else { return Ok(missing()) };
    if let Err(failure) = check_type(&head, work.size.bytes(), work.content_type) {
        return Ok(Verdict::Refused(failure));
    }
    let mut sha256 = None;
    if work.declared_sha256.is_some() {
        let Some(found) = hash(app, work).await? else { return Ok(missing()) };
        if let Err(failure) = check_sha256(found, work.declared_sha256) {
            return Ok(Verdict::Refused(failure));
        }
        sha256 = Some(found);
    }
    Ok(Verdict::Sound { sha256, metadata: Metadata::default(), variants: Vec::new() })
}

async fn hash(app: &App, work: &Work<Asset>) -> Result<Option<Sha256>> {
    let Some(mut body) = app.storage.stream_upload(work).await? else { return Ok(None) };
    let mut hasher = sha2::Sha256::new();
    while let Some(chunk) = body.next().await {
        hasher.update(chunk.map_err(|error| Error::Unavailable(error.into()))?);
    }
    Ok(Some(Sha256::from(<[u8; 32]>::from(hasher.finalize()))))
}

fn check_type(head: &[u8], size: u64, declared: MediaType) -> std::result::Result<Format, Failure> {
    let mismatch = |found: String| {
        let detail = format!("The file was declared as {declared}, but {found}.");
        Failure { code: FailureCode::TypeMismatch, detail }
    };
    match sniff(head, size) {
        Some(format) if format.media_type() == declared.as_str() => Ok(format),
        Some(format) => Err(mismatch(format!("its bytes are {}", format.media_type()))),
        None => Err(mismatch("its bytes are of no type that we know".to_owned())),
    }
}

fn check_sha256(found: Sha256, declared: Option<Sha256>) -> std::result::Result<(), Failure> {
    match declared {
        Some(declared) if declared != found => Err(Failure {
            code: FailureCode::ChecksumMismatch,
            detail: format!("The file's SHA-256 is {found}, not {declared} as declared."),
        }),
        _ => Ok(()),
    }
}

fn metadata(image: Option<Image>, thumbnails: Option<&Thumbnails>) -> Metadata {
    let Some(image) = image else { return Metadata::default() };
    Metadata {
        width: Some(image.width),
        height: Some(image.height),
        orientation: Some(image.orientation.exif()),
        has_alpha: Some(image.has_alpha),
        frames: Some(image.frames),
        blurhash: thumbnails.map(|thumbnails| thumbnails.blurhash.clone()),
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
