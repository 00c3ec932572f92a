//! What a media file is, told from few of its bytes.
//!
//! A library of its own: it is given bytes and knows nothing of where they come from. Every reader in it is meant for
//! files of strangers: it follows no offset without a check, allocates nothing that a header asks for, and its work is
//! bounded by the length of what it is given.
//!
//! - [`sniff`] tells which [`Format`] a file is of, whatever its name or its sender says.
//! - [`File`] reads what a film, a sound, a drawing or a document says of itself, by few ranges of it from a [`Source`].
//! - [`image`] reads the size, orientation, transparency and number of frames of an image, without decoding it.
//!
//! ```
//! use quayside_inspect::{Format, sniff};
//!
//! let page = b"<!DOCTYPE html><html><body onload=alert(1)>";
//! assert_eq!(sniff(page, page.len() as u64), None);
//!
//! let drawing = br#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>"#;
//! assert_eq!(sniff(drawing, drawing.len() as u64), Some(Format::Svg));
//! assert_eq!(Format::Svg.media_type(), "image/svg+xml");
//! ```

#![warn(clippy::indexing_slicing)]

mod audio_frame;
mod codec;
mod container;
#[cfg(test)]
mod damage;
mod date;
mod file;
mod format;
pub mod image;
mod media;
mod pieces;
mod read;
mod scan;
mod sniff;
mod source;

pub use file::{Budget, Error, File};
pub use format::{Format, RasterFormat};
pub use media::{Audio, Capture, Document, Location, Media, Picture, Transfer, Video};
pub use sniff::{SNIFF_BYTES, sniff};
pub use source::Source;

/// What is wrong with a file, as the end of a sentence: "it has no tracks".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) &'static str);

/// For a read that found the end of the file where there had to be more.
pub(crate) fn cut_off() -> Unreadable {
    Unreadable("the file ends too early")
}
