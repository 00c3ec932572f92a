//! PNG (W3C PNG, third edition, sections 5 and 11) by its chunks. Checksums are left to the decoder.

use super::{Error, Header, Limits, cut_off, exif, unreadable};
use crate::read;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const WITH_ALPHA: u8 = 0b100;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    let rest = bytes.strip_prefix(SIGNATURE).ok_or(unreadable("it does not start as a PNG file"))?;
    let Chunk { name, data: first, after: mut rest } = chunk(rest)?;
    let (width, height) = read::u32_be(first, 0).zip(read::u32_be(first, 4)).ok_or_else(cut_off)?;
    let (true, Some(&colour_type)) = (&name == b"IHDR" && first.len() == 13, first.get(9)) else {
        return Err(unreadable("its PNG header is missing or damaged"));
    };
    // Above this PNG itself says no, section 11.2.1.
    if width.max(height) > i32::MAX as u32 {
        return Err(unreadable("its PNG header is missing or damaged"));
    }
    limits.check_size(width, height)?;
    let mut header =
        Header { width, height, exif: exif::Exif::default(), has_alpha: colour_type & WITH_ALPHA != 0, frames: 1 };
    let mut has_data = false;
    loop {
        let Chunk { name, data, after } = chunk(rest)?;
        rest = after;
        match &name {
            b"tRNS" => header.has_alpha = true,
            b"eXIf" => header.exif = exif::read(data),
            b"acTL" => {
                let frames = read::u32_be(data, 0).ok_or_else(cut_off)?;
                limits.check_frames(frames)?;
                header.frames = frames.max(1);
            }
            b"IDAT" => has_data = true,
            b"IEND" if has_data => return Ok(header),
            b"IEND" => return Err(unreadable("it has no picture data")),
            _ => {}
        }
    }
}

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
    /// What follows it, and its checksum.
    after: &'a [u8],
}

/// The chunk at the start of `bytes`.
fn chunk(bytes: &[u8]) -> Result<Chunk<'_>, Error> {
    let (length, name) = read::u32_be(bytes, 0).zip(read::array(bytes, 4)).ok_or_else(cut_off)?;
    let end = (length as usize).checked_add(8).ok_or_else(cut_off)?;
    let data = bytes.get(8..end).ok_or_else(cut_off)?;
    let after = bytes.get(end + 4..).ok_or_else(cut_off)?;
    Ok(Chunk { name, data, after })
}
