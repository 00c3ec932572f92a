//! What a media file is, told from few of its bytes.
//!
//! A library of its own: it is given bytes and knows nothing of where they come from. Every reader in it is meant for
//! files of strangers: it follows no offset without a check, allocates nothing that a header asks for, and its work is
//! bounded by the length of what it is given.
//!
//! - [`sniff`] tells which [`Format`] a file is of, whatever its name or its sender says.
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

mod format;
pub mod image;
mod read;
mod sniff;

pub use format::{Format, RasterFormat};
pub use sniff::{SNIFF_BYTES, sniff};
