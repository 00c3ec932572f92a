//! Pictures out of pictures.
//!
//! A library of its own: it takes a file's bytes, and what [`quayside_inspect`] says of them, and returns new files. It
//! knows nothing of storage, HTTP or the rest of Quayside. The files come from strangers: damage ends in an
//! [`Error`], also where a decoder panics, and memory is bounded by the limits that the image was inspected with.
//!
//! - [`thumbnails`] makes small versions of an image, and a blurhash.
//!
//! ```
//! use quayside_inspect::image::{Limits, inspect};
//! use quayside_inspect::sniff;
//! use quayside_render::thumbnails;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bytes = include_bytes!("tests/data/cmyk-adobe.jpg");
//! let format = sniff(bytes, bytes.len() as u64).and_then(|format| format.raster()).ok_or("not an image")?;
//! let image = inspect(bytes, format, &Limits { max_pixels: 100_000_000, max_frames: 10_000 })?;
//! let made = thumbnails(bytes, &image)?;
//! assert_eq!(made.variants[0].name, "thumbnail");
//! assert_eq!(made.variants[1].name, "preview");
//! # Ok(())
//! # }
//! ```

#![warn(clippy::indexing_slicing)]

mod animation;
mod colour;
mod decode;
mod encode;
mod error;
mod pixels;
mod riff;
#[cfg(test)]
mod tests;
mod thumbnails;
mod variant;

pub use error::Error;
pub use thumbnails::{Thumbnails, thumbnails};
pub use variant::{PREVIEW_SIDE, THUMBNAIL_SIDE, Variant};
