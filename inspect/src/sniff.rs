//! Which format a file is of.
//!
//! The readers are strict, so that no file is two things: a signature alone is believed only where the format has
//! nothing more to check, and a container counts as the format that is asked for only with the contents of one.

mod compound_file;
mod ebml;
mod iso_media;
mod mpeg_audio;
mod ogg;
mod riff;
pub(crate) mod svg;
#[cfg(test)]
mod tests;
mod zip;

use crate::Format;

/// How many of a file's first bytes [`sniff`] makes use of: 64 KiB.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// Tells a file's format from its first bytes.
///
/// `head` is the first [`SNIFF_BYTES`] of the file, or all of it where it is shorter; `size` is the length of the whole
/// file in bytes, which tells what claims of the head are possible. `None` is every other format, and whatever
/// contradicts itself.
#[must_use]
pub fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let head = head.get(..SNIFF_BYTES).unwrap_or(head);
    match head {
        // A marker that can follow the start of an image: a frame, a table, application data or a comment.
        [0xFF, 0xD8, 0xFF, 0xC0..=0xCF | 0xDB..=0xFE, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', 0, 0, 0, 13, b'I', b'H', b'D', b'R', ..] => {
            Some(Format::Png)
        }
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', _, _, _, _, _, _, _, ..] => Some(Format::Gif),
        [b'R', b'I', b'F', b'F', ..] => riff::sniff(head, size),
        [b'R', b'F', b'6', b'4', ..] | [b'B', b'W', b'6', b'4', ..] => riff::sniff_long(head, size),
        [b'%', b'P', b'D', b'F', b'-', b'1'..=b'2', b'.', b'0'..=b'9', ..] => Some(Format::Pdf),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => compound_file::sniff(head, size),
        [b'P', b'K', 3, 4, ..] => zip::sniff(head),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => ebml::sniff(head),
        [b'O', b'g', b'g', b'S', ..] => ogg::sniff(head),
        [b'I', b'D', b'3', ..] | [0xFF, 0xE0..=0xFF, ..] => mpeg_audio::sniff(head, size),
        _ if iso_media::starts_with_a_known_box(head) => iso_media::sniff(head, size),
        _ => svg::sniff(head),
    }
}
