//! WebP (RFC 9649, section 2) by its RIFF chunks and the headers of its bitstreams.

use super::{Error, Header, Limits, cut_off, exif, unreadable};
use crate::read;

/// Flags of the `VP8X` chunk.
const ANIMATION: u8 = 1 << 1;
const ALPHA: u8 = 1 << 4;

/// Bytes of a frame of an animation in front of its chunks.
const FRAME_HEADER: usize = 16;

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    if !bytes.starts_with(b"RIFF") || read::array(bytes, 8) != Some(*b"WEBP") {
        return Err(unreadable("it does not start as a WebP file"));
    }
    let length = read::u32_le(bytes, 4).ok_or_else(cut_off)? as usize;
    // Bytes behind the declared length do not belong to the image.
    let body = length.checked_add(8).and_then(|end| bytes.get(12..end)).ok_or_else(cut_off)?;
    let Chunk { name, data, after: rest } = chunk(body)?;
    match &name {
        b"VP8 " | b"VP8L" => {
            let (width, height, has_alpha) = bitstream(&name, data)?;
            limits.check_size(width, height)?;
            Ok(Header { width, height, exif: exif::Exif::default(), has_alpha, frames: 1 })
        }
        b"VP8X" => extended(data, rest, limits),
        _ => Err(unreadable("it has no WebP picture")),
    }
}

fn extended(header: &[u8], mut rest: &[u8], limits: &Limits) -> Result<Header, Error> {
    let flags = *header.first().ok_or_else(cut_off)?;
    let (width, height) = read::u24_le(header, 4).zip(read::u24_le(header, 7)).ok_or_else(cut_off)?;
    let (width, height) = (width + 1, height + 1);
    limits.check_size(width, height)?;
    let is_animation = flags & ANIMATION != 0;
    let mut found_exif = exif::Exif::default();
    let mut frames = 0;
    while !rest.is_empty() {
        let Chunk { name, data, after } = chunk(rest)?;
        rest = after;
        match &name {
            b"ANMF" if is_animation => {
                frames += 1;
                limits.check_frames(frames)?;
                check_frame(data, width, height)?;
            }
            b"VP8 " | b"VP8L" if !is_animation => {
                let (found_width, found_height, _) = bitstream(&name, data)?;
                if (found_width, found_height) != (width, height) {
                    return Err(contradiction());
                }
                frames = 1;
            }
            b"EXIF" => found_exif = exif::read(data),
            _ => {}
        }
    }
    if frames == 0 {
        return Err(unreadable("it has no WebP picture"));
    }
    Ok(Header { width, height, exif: found_exif, has_alpha: flags & ALPHA != 0, frames })
}

/// Whether a frame of an animation lies within its canvas, and its picture is as large as it says.
fn check_frame(data: &[u8], width: u32, height: u32) -> Result<(), Error> {
    let [Some(x), Some(y), Some(frame_width), Some(frame_height)] = [0, 3, 6, 9].map(|at| read::u24_le(data, at))
    else {
        return Err(cut_off());
    };
    // Positions are stored halved, lengths less one. All have 24 bits.
    if x * 2 + frame_width + 1 > width || y * 2 + frame_height + 1 > height {
        return Err(unreadable("a frame lies outside of its WebP canvas"));
    }
    let mut rest = data.get(FRAME_HEADER..).ok_or_else(cut_off)?;
    while !rest.is_empty() {
        let Chunk { name, data, after } = chunk(rest)?;
        rest = after;
        match &name {
            b"VP8 " | b"VP8L" => {
                let (found_width, found_height, _) = bitstream(&name, data)?;
                if (found_width, found_height) != (frame_width + 1, frame_height + 1) {
                    return Err(contradiction());
                }
                return Ok(());
            }
            b"VP8X" => return Err(contradiction()),
            _ => {}
        }
    }
    Err(unreadable("a frame has no WebP picture"))
}

fn contradiction() -> Error {
    unreadable("its WebP headers contradict each other")
}

/// Width, height and transparency from the header of a lossy (RFC 6386, section 9.1) or lossless bitstream (RFC 9649,
/// section 3.4).
fn bitstream(name: &[u8; 4], data: &[u8]) -> Result<(u32, u32, bool), Error> {
    let damaged = || unreadable("its WebP picture data is damaged");
    if name == b"VP8L" {
        let bits = read::u32_le(data, 1).ok_or_else(cut_off)?;
        if data.first() != Some(&0x2F) {
            return Err(damaged());
        }
        return Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1 != 0));
    }
    let (width, height) = read::u16_le(data, 6).zip(read::u16_le(data, 8)).ok_or_else(cut_off)?;
    // A key frame, which has a zero there, and its start code.
    if !matches!(data, [tag, _, _, 0x9D, 0x01, 0x2A, ..] if tag & 1 == 0) {
        return Err(damaged());
    }
    // The upper two bits are a hint for scaling.
    Ok((u32::from(width & 0x3FFF), u32::from(height & 0x3FFF), false))
}

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
    /// What follows it, and its padding.
    after: &'a [u8],
}

/// The chunk at the start of `bytes`.
fn chunk(bytes: &[u8]) -> Result<Chunk<'_>, Error> {
    let (name, length) = read::array(bytes, 0).zip(read::u32_le(bytes, 4)).ok_or_else(cut_off)?;
    let end = (length as usize).checked_add(8).ok_or_else(cut_off)?;
    let data = bytes.get(8..end).ok_or_else(cut_off)?;
    let padded = end + (end & 1);
    Ok(Chunk { name, data, after: bytes.get(padded..).unwrap_or_default() })
}
