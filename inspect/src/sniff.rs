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
use crate::audio_frame::{FRAME_HEADER, id3v2_length};

/// How many of a file's first bytes [`sniff`] makes use of: 64 KiB.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// Tells a file's format from its first bytes.
///
/// `head` is the first [`SNIFF_BYTES`] of the file, or all of it where it is shorter; of more, only what stands behind
/// long ID3v2 tags is looked at. `size` is the length of the whole file in bytes, which tells what claims of the head are
/// possible. `None` is every other format, and whatever contradicts itself.
#[must_use]
pub fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let bytes = head;
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
        [b'I', b'D', b'3', ..] => {
            let start = end_of_tags(bytes);
            let rest = usize::try_from(start).ok().and_then(|start| bytes.get(start..)).unwrap_or_default();
            sniff_tagged(rest, size.checked_sub(start)?)
        }
        [0xFF, 0xE0..=0xFF, ..] | [b'f', b'L', b'a', b'C', ..] => sniff_audio(head, size),
        _ if iso_media::starts_with_a_known_box(head) => iso_media::sniff(head, size),
        _ => svg::sniff(head),
    }
}

/// Where the ID3v2 tags end that a file with these first bytes begins with, which may be beyond them: 0 without tags.
fn end_of_tags(head: &[u8]) -> u64 {
    let mut at = 0_u64;
    while let Some(length) = usize::try_from(at).ok().and_then(|at| id3v2_length(head.get(at..)?)) {
        at += length;
    }
    at
}

/// What stands behind ID3v2 tags, by the first of its bytes, which may be none, and by how many there are. Where nothing
/// of it can be seen, the tags alone make it an MP3.
pub(crate) fn sniff_tagged(head: &[u8], size: u64) -> Option<Format> {
    let head = head.get(..SNIFF_BYTES).unwrap_or(head);
    // Some writers pad with zeros behind the tag's own end.
    let padding = head.iter().take_while(|&&byte| byte == 0).count();
    let audio = head.get(padding..).unwrap_or_default();
    let audio_size = size.checked_sub(padding as u64)?;
    if audio.len() < FRAME_HEADER {
        let is_unseen = size > head.len() as u64 && audio_size >= 4;
        return is_unseen.then_some(Format::Mp3);
    }
    sniff_audio(audio, audio_size)
}

/// A stream of audio frames, which may stand behind tags.
fn sniff_audio(head: &[u8], size: u64) -> Option<Format> {
    match head {
        // The first metadata block, STREAMINFO, with its length.
        [b'f', b'L', b'a', b'C', 0 | 0x80, 0, 0, 34, ..] => Some(Format::Flac),
        _ => mpeg_audio::sniff(head, size),
    }
}
