//! What an image is, from its headers alone.
//!
//! [`inspect`] decodes nothing and allocates nothing that depends on what a header claims, so that an image can be
//! refused before it costs anything. It does walk the file's blocks to the end: frames are counted, and a file that was
//! cut off is found out.

pub(crate) mod exif;
mod gif;
pub mod jpeg;
mod orientation;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use crate::{Capture, RasterFormat};
use exif::Exif;
pub use orientation::Orientation;

/// What an image may be at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Pixels of one frame: width times height.
    pub max_pixels: u64,
    /// Frames of an animation.
    pub max_frames: u32,
}

/// What the headers of an image say.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The format that it was read as.
    pub format: RasterFormat,
    /// Width in pixels, as shown: after the orientation is applied. For an animation, of its canvas.
    pub width: u32,
    /// Height in pixels, as shown.
    pub height: u32,
    /// How the stored picture is to be turned to be upright.
    pub orientation: Orientation,
    /// Whether the format stores transparency for it, used or not. For GIF, whether a frame declares a transparent
    /// colour or the first leaves a part of the canvas empty.
    pub has_alpha: bool,
    /// Number of frames; 1 for a still image.
    pub frames: u32,
    /// How it was taken, from its EXIF. XMP is not read.
    pub capture: Capture,
}

impl Image {
    /// Width and height in pixels of the picture as it is stored, before the orientation is applied.
    #[must_use]
    pub fn stored_size(&self) -> (u32, u32) {
        if self.orientation.swaps_sides() { (self.height, self.width) } else { (self.width, self.height) }
    }
}

/// Why an image is refused. The text is fit to be shown to whoever sent the image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is damaged, cut off, or uses something that practically no reader understands.
    #[error("The image cannot be read: {why}.")]
    Unreadable {
        /// What is wrong with it, as the end of a sentence.
        why: &'static str,
    },
    /// The image is in order but above a limit.
    #[error("The image has {found} {what}; at most {allowed} are allowed.")]
    LimitsExceeded {
        /// What there is too much of: `pixels` or `frames`.
        what: &'static str,
        /// How many there are. Counting ends above the limit, so there may be more frames.
        found: u64,
        /// How many there may be.
        allowed: u64,
    },
}

/// Reads the headers of a whole image file, which is of the format that [`sniff`](crate::sniff) has told.
///
/// # Errors
///
/// [`Error::LimitsExceeded`] for more pixels or frames than `limits` allow, and [`Error::Unreadable`] for a file that
/// is damaged or cut off, has a side of no length, or is of a kind that is not supported (JPEG with arithmetic
/// coding, without loss, or with 12 bits). Damage of the compressed picture itself shows only when it is decoded.
///
/// # Example
///
/// ```
/// use quayside_inspect::{RasterFormat, image::{self, Error, Limits}};
///
/// let limits = Limits { max_pixels: 100_000_000, max_frames: 10_000 };
/// let bomb = [
///     b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".as_slice(),
///     &50_000_u32.to_be_bytes(), // width
///     &50_000_u32.to_be_bytes(), // height
///     &[8, 2, 0, 0, 0],          // 8 bits, RGB
///     &[0; 4],                   // checksum
/// ].concat();
/// let error = image::inspect(&bomb, RasterFormat::Png, &limits).unwrap_err();
/// assert_eq!(error.to_string(), "The image has 2500000000 pixels; at most 100000000 are allowed.");
/// ```
pub fn inspect(bytes: &[u8], format: RasterFormat, limits: &Limits) -> Result<Image, Error> {
    let header = match format {
        RasterFormat::Jpeg => jpeg::read(bytes, limits),
        RasterFormat::Png => png::read(bytes, limits),
        RasterFormat::WebP => webp::read(bytes, limits),
        RasterFormat::Gif => gif::read(bytes, limits),
    }?;
    let (width, height) = (header.width, header.height);
    let Exif { orientation, capture } = header.exif;
    let (width, height) = if orientation.swaps_sides() { (height, width) } else { (width, height) };
    Ok(Image { format, width, height, orientation, has_alpha: header.has_alpha, frames: header.frames, capture })
}

/// What a format's reader has found, with the sides as they are stored.
struct Header {
    width: u32,
    height: u32,
    exif: Exif,
    has_alpha: bool,
    frames: u32,
}

impl Limits {
    fn check_size(&self, width: u32, height: u32) -> Result<(), Error> {
        let found = u64::from(width) * u64::from(height);
        if found == 0 {
            return Err(unreadable("its width or height is zero"));
        }
        if found > self.max_pixels {
            return Err(Error::LimitsExceeded { what: "pixels", found, allowed: self.max_pixels });
        }
        Ok(())
    }

    fn check_frames(&self, frames: u32) -> Result<(), Error> {
        if frames > self.max_frames {
            let (found, allowed) = (frames.into(), self.max_frames.into());
            return Err(Error::LimitsExceeded { what: "frames", found, allowed });
        }
        Ok(())
    }
}

fn unreadable(why: &'static str) -> Error {
    Error::Unreadable { why }
}

/// For a read that found the end of the file where there had to be more.
fn cut_off() -> Error {
    unreadable("the file ends too early")
}
