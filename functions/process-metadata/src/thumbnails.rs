//! Small renditions of an image for lists and previews, and a blurhash for the time before they are loaded.
//!
//! The order of the work keeps it cheap: a picture is decoded no larger than is needed (`decode.rs`), scaled down,
//! and only then brought to sRGB and turned upright, when few pixels are left. The smaller rendition is made from the
//! larger one.

mod animation;
mod colour;
mod decode;
mod pixels;
mod riff;
#[cfg(test)]
mod tests;

use std::panic::{self, AssertUnwindSafe};

use decode::Decoded;
use pixels::{Layout, Pixels};
use quayside_inspect::image::Image;
use webp::WebPConfig;

/// Longer side of the rendition `thumbnail`, in pixels.
pub const THUMBNAIL_SIDE: u32 = 320;

/// Longer side of the rendition `preview`, in pixels.
pub const PREVIEW_SIDE: u32 = 1280;

/// Quality of libwebp's lossy compression, of 100.
const QUALITY: f32 = 80.0;

/// How hard libwebp tries, of 6.
const METHOD: i32 = 1;

/// Side in pixels of the picture from which the blurhash is computed; 4 × 3 components hold no more detail.
const BLURHASH_SIDE: u32 = 32;

/// What is made of an image.
#[derive(Clone, Debug)]
pub struct Thumbnails {
    /// `thumbnail`, `preview`, and of an animated GIF or WebP also `animation`, in this order. None is larger than the
    /// image itself.
    pub renditions: Vec<Rendition>,
    /// The image in about 28 characters, for a placeholder (blurha.sh), with 4 × 3 components. What is transparent
    /// counts as white.
    pub blurhash: String,
}

/// A smaller version of an image, as a WebP file: upright, in sRGB, and without the image's metadata.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// `thumbnail`, `preview` or `animation`.
    pub name: &'static str,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The WebP file.
    pub bytes: Vec<u8>,
}

/// Why there are no renditions. The text is fit to be shown to whoever sent the image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The picture's data is damaged or incomplete. It will not get better.
    #[error("The image cannot be read: {why}.")]
    Unreadable {
        /// What the decoder says, as the end of a sentence.
        why: String,
    },
    /// Nothing is wrong with the image, as far as is known: memory ran out, or this code is at fault. It may work when it
    /// is tried again.
    #[error("The image's previews could not be made.")]
    Failed,
}

/// Makes the renditions and the blurhash of an image file; of an animation from its first frame. Of an animated GIF or
/// WebP also `animation`, which moves. That is left out where no two different pictures can be read, or where the canvas
/// has more than 2^21 pixels; and of an animated PNG.
///
/// `image` is what [`inspect`](quayside_inspect::image::inspect) says of the same bytes; its limits bound the memory
/// that this takes, for each pixel of the image:
///
/// - JPEG in one scan, and PNG without interlacing: a few rows. In several scans JPEG takes 2 bytes for each sample: 3
///   with colours at half the resolution, as is usual, 6 with all of them, and 8 in CMYK.
/// - WebP: 3 bytes with loss, 8 without, and 9 with loss and transparency; and up to 80 MB and twice the file's size.
/// - Interlaced PNG: up to 4 bytes. GIF: 1 byte.
///
/// On top of that come about 10 bytes for each pixel of what the picture is first shrunk to, which has at most 5119 on
/// its longer side; and for `animation`, after all that, up to 20 bytes for each pixel of the canvas, at most 42 MB.
///
/// The work is done on the calling thread, for up to some seconds.
///
/// # Errors
///
/// [`Error::Unreadable`] for damaged or truncated data, also where a decoder panics over it, and [`Error::Failed`]. Of
/// an animation that concerns the first frame only.
pub fn thumbnails(bytes: &[u8], image: &Image) -> Result<Thumbnails, Error> {
    let broken = Error::Unreadable { why: "it breaks the decoder".into() };
    let decoded = caught(broken, || decode::decode(bytes, image))?;
    let mut made = caught(Error::Failed, || make(decoded, image))?;
    // There is a picture without it, so that nothing which goes wrong in the later frames concerns the image.
    let animation = caught(Error::Failed, || Ok(animation::animation(bytes, image)));
    made.renditions.extend(animation.ok().flatten());
    Ok(made)
}

/// What `work` says, or this error where it panics.
fn caught<T>(broken: Error, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(broken))
}

fn make(decoded: Decoded, image: &Image) -> Result<Thumbnails, Error> {
    let (width, height) = fit(image.stored_size(), PREVIEW_SIDE);
    let small = decoded.pixels.resize(width, height);
    let preview = colour::to_srgb(small, decoded.profile.as_ref()).upright(image.orientation);
    let (width, height) = fit((image.width, image.height), THUMBNAIL_SIDE);
    let thumbnail = preview.resize(width, height);
    let blurhash = blurhash(&thumbnail)?;
    let renditions = vec![encode("thumbnail", &thumbnail)?, encode("preview", &preview)?];
    Ok(Thumbnails { renditions, blurhash })
}

/// The size with the same proportions whose longer side is at most `side`; never a larger one, and never of no length.
fn fit((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let scale = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(side).max(1)
    };
    (scale(width), scale(height))
}

fn encode(name: &'static str, pixels: &Pixels) -> Result<Rendition, Error> {
    let file = webp(pixels, QUALITY)?;
    Ok(Rendition { name, width: pixels.width, height: pixels.height, bytes: file.to_vec() })
}

/// The WebP file of an RGB or RGBA picture, by libwebp.
fn webp(pixels: &Pixels, quality: f32) -> Result<webp::WebPMemory, Error> {
    let mut config = WebPConfig::new().map_err(|()| Error::Failed)?;
    config.quality = quality;
    config.method = METHOD;
    let layout = if pixels.layout == Layout::Rgba { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    let encoder = webp::Encoder::new(&pixels.bytes, layout, pixels.width, pixels.height);
    encoder.encode_advanced(&config).map_err(|_| Error::Failed)
}

fn blurhash(thumbnail: &Pixels) -> Result<String, Error> {
    let (width, height) = fit((thumbnail.width, thumbnail.height), BLURHASH_SIDE);
    let flat = thumbnail.resize(width, height).on_white();
    blurhash::encode(4, 3, width, height, &flat).map_err(|_| Error::Failed)
}
