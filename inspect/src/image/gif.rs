//! GIF (GIF89a specification) by its blocks; the compressed pictures are passed over.

use super::{Error, Header, Limits, cut_off, exif, unreadable};
use crate::read;

const EXTENSION: u8 = 0x21;
const GRAPHIC_CONTROL: u8 = 0xF9;
const IMAGE: u8 = 0x2C;
const TRAILER: u8 = 0x3B;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    if !bytes.starts_with(b"GIF87a") && !bytes.starts_with(b"GIF89a") {
        return Err(unreadable("it does not start as a GIF file"));
    }
    let (width, height) = read::u16_le(bytes, 6).zip(read::u16_le(bytes, 8)).ok_or_else(cut_off)?;
    limits.check_size(width.into(), height.into())?;
    let flags = *bytes.get(10).ok_or_else(cut_off)?;
    let mut at = 13 + colour_table_length(flags);
    let mut frames = 0_u32;
    let mut has_alpha = false;
    loop {
        match bytes.get(at) {
            Some(&EXTENSION) => {
                if bytes.get(at + 1) == Some(&GRAPHIC_CONTROL) {
                    // Length of the block, then its flags.
                    has_alpha |= bytes.get(at + 3).ok_or_else(cut_off)? & 1 != 0;
                }
                at = after_blocks(bytes, at + 2)?;
            }
            Some(&IMAGE) => {
                let [left, top, frame_width, frame_height] =
                    [1, 3, 5, 7].map(|offset| read::u16_le(bytes, at + offset).unwrap_or_default());
                let flags = *bytes.get(at + 9).ok_or_else(cut_off)?;
                let covers = (left, top) == (0, 0) && frame_width >= width && frame_height >= height;
                has_alpha |= frames == 0 && !covers;
                // A frame may be larger than the canvas, and would be decoded whole.
                limits.check_size(frame_width.into(), frame_height.into())?;
                frames += 1;
                limits.check_frames(frames)?;
                // After the colours comes the size of the codes.
                at = after_blocks(bytes, at + 10 + colour_table_length(flags) + 1)?;
            }
            Some(&TRAILER) if frames > 0 => break,
            Some(&TRAILER) => return Err(unreadable("it has no picture data")),
            Some(_) => return Err(unreadable("something else stands where a GIF block has to be")),
            // Some writers leave the trailer out.
            None if frames > 0 => break,
            None => return Err(cut_off()),
        }
    }
    Ok(Header { width: width.into(), height: height.into(), exif: exif::Exif::default(), has_alpha, frames })
}

/// The length in bytes of the colour table that the flags of a screen or an image announce.
fn colour_table_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 0b111) + 1) }
}

/// Where a chain of data blocks that begins at `at` has ended.
fn after_blocks(bytes: &[u8], mut at: usize) -> Result<usize, Error> {
    loop {
        let length = usize::from(*bytes.get(at).ok_or_else(cut_off)?);
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}
