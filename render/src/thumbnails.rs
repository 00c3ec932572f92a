//! Small variants of an image for lists and previews, and a blurhash to show until they are loaded.
//!
//! The order of the steps saves time: the picture is decoded no larger than needed (`decode.rs`) and scaled down. It is
//! converted to sRGB and turned upright only then, when few pixels are left. `thumbnail` is made from `preview`.

use quayside_inspect::image::Image;

use crate::decode::{self, Decoded};
use crate::encode::webp;
use crate::error::{Error, catch_panic, damaged};
use crate::pixels::Pixels;
use crate::variant::{PREVIEW_SIDE, THUMBNAIL_SIDE, Variant, fit};
use crate::{animation, colour};

/// Quality of libwebp's lossy compression, from 0 to 100.
const QUALITY: f32 = 80.0;

/// Longer side in pixels of the picture that the blurhash is computed from. 4 × 3 components hold no more detail.
const BLURHASH_SIDE: u32 = 32;

/// What is made of an image.
#[derive(Clone, Debug)]
pub struct Thumbnails {
    /// `thumbnail`, `preview`, and for an animated GIF or WebP also `animation`, in this order. None is larger than the
    /// image itself.
    pub variants: Vec<Variant>,
    /// The image in about 28 characters, as a placeholder (<https://blurha.sh>), with 4 × 3 components. Transparent
    /// pixels count as white.
    pub blurhash: String,
}

/// Makes the variants and the blurhash of an image file. `image` is what [`inspect`](quayside_inspect::image::inspect)
/// says of the same bytes.
///
/// `thumbnail` and `preview` show an animation's first frame. An animated GIF or WebP also gets `animation`, which
/// moves, unless no two different pictures can be read or its canvas has more than 2^21 pixels. An animated PNG does
/// not.
///
/// The limits that `image` was inspected with bound the memory that this takes. For each pixel of the image:
///
/// - JPEG in one scan, and PNG without interlacing: a few rows. JPEG in several scans takes 2 bytes for each sample: 3
///   with colours at half the resolution, as is usual, 6 at full resolution, and 8 in CMYK.
/// - WebP: 3 bytes if lossy, 8 if lossless, and 9 if lossy with transparency; and up to 80 MB and twice the file's
///   size.
/// - Interlaced PNG: up to 4 bytes. GIF: 1 byte.
///
/// In addition, about 10 bytes for each pixel of what the picture is first shrunk to, which has at most 5119 pixels on
/// its longer side. `animation` is made after that, and takes up to 20 bytes for each pixel of the canvas, at most 42
/// MB.
///
/// The calling thread is busy for up to some seconds.
///
/// # Errors
///
/// [`Error::Unreadable`] if the data is damaged or truncated, or a decoder panics on it; [`Error::Failed`] for anything
/// else. A later frame that is damaged only ends the animation.
pub fn thumbnails(bytes: &[u8], image: &Image) -> Result<Thumbnails, Error> {
    let decoded = catch_panic(damaged("it crashes the decoder"), || decode::decode(bytes, image))?;
    let mut made = catch_panic(Error::Failed, || make(decoded, image))?;
    // The image has its thumbnails without the animation, so an error in the later frames does not fail it.
    let animation = catch_panic(Error::Failed, || Ok(animation::animation(bytes, image)));
    made.variants.extend(animation.ok().flatten());
    Ok(made)
}

fn make(decoded: Decoded, image: &Image) -> Result<Thumbnails, Error> {
    let (width, height) = fit(image.stored_size(), PREVIEW_SIDE);
    let small = decoded.pixels.resize(width, height);
    let preview = colour::to_srgb(small, decoded.profile.as_ref()).upright(image.orientation);
    let (width, height) = fit((image.width, image.height), THUMBNAIL_SIDE);
    let thumbnail = preview.resize(width, height);
    let blurhash = blurhash(&thumbnail)?;
    let variants = vec![encode("thumbnail", &thumbnail)?, encode("preview", &preview)?];
    Ok(Thumbnails { variants, blurhash })
}

fn encode(name: &'static str, pixels: &Pixels) -> Result<Variant, Error> {
    let file = webp(pixels, QUALITY)?;
    Ok(Variant { name, width: pixels.width, height: pixels.height, bytes: file.to_vec() })
}

fn blurhash(thumbnail: &Pixels) -> Result<String, Error> {
    let (width, height) = fit((thumbnail.width, thumbnail.height), BLURHASH_SIDE);
    let flat = thumbnail.resize(width, height).on_white();
    blurhash::encode(4, 3, width, height, &flat).map_err(|_| Error::Failed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]

    use image::{ImageFormat, RgbImage};
    use quayside_inspect::RasterFormat;
    use quayside_inspect::image::{Limits, inspect};

    use super::*;
    use crate::pixels::Layout;

    #[test]
    fn what_fails_after_decoding_is_not_blamed_on_the_file() {
        let mut file = std::io::Cursor::new(Vec::new());
        RgbImage::new(20, 20).write_to(&mut file, ImageFormat::Png).unwrap();
        let limits = Limits { max_pixels: 400, max_frames: 1 };
        let image = inspect(file.get_ref(), RasterFormat::Png, &limits).unwrap();
        // No decoder returns pixels that do not fit their size.
        let pixels = Pixels { width: 20, height: 20, layout: Layout::Rgb, bytes: vec![0; 5] };
        let image = Image { width: 9, height: 9, ..image };
        let result = catch_panic(Error::Failed, || make(Decoded { pixels, profile: None }, &image));
        assert_eq!(result.unwrap_err(), Error::Failed);
    }
}
