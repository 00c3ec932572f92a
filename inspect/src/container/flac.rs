//! FLAC (RFC 9639): metadata blocks, then frames. How long it plays is told by the first block, and by the last frame.

use super::tags;
use crate::media::{self, Audio};
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable, cut_off, read};

#[cfg(test)]
mod tests;

/// More metadata blocks than that are taken for an attempt to keep us busy.
const MAX_BLOCKS: u32 = 1000;

/// How far behind its tags the stream is looked for, and how far behind its metadata the first frame, in bytes.
const SEARCHED: u64 = 4 * 1024;

/// How much of the file's end is searched for the last frame, in bytes. It is fetched anyway.
const TAIL: u64 = 64 * 1024;

/// A frame with a header of 6 bytes, a subframe of one constant of 4 bits, and a checksum has so many bytes.
const SHORTEST_FRAME: u64 = 10;

/// More samples per channel than that are in no frame.
const LONGEST_FRAME: u64 = 1 << 16;

pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let start = start_of_metadata(file)?;
    let info = StreamInfo::read(file, start)?;
    let mut media = Media::new(Format::Flac);
    media.audio.push(Audio {
        codec: "flac".into(),
        rfc6381: Some("flac".into()),
        channels: Some(info.channels),
        sample_rate: Some(info.sample_rate).filter(|&rate| rate > 0),
        language: None,
    });
    let samples = match first_frame(file, start)? {
        Some((at, first)) => info.confirmed(ends(file, at, first)),
        None => Some(info.samples).filter(|&samples| samples > 0),
    };
    media.duration = samples.and_then(|samples| media::duration(samples, info.sample_rate.into()));
    Ok(media)
}

/// Where the metadata blocks begin: behind tags, the padding of these, and the mark.
fn start_of_metadata(file: &Pieces<'_>) -> Result<u64, Unreadable> {
    const MARK: &[u8] = b"fLaC";
    let start = tags::start_of_audio(file)?;
    let bytes = from(file, start, SEARCHED).ok_or_else(cut_off)?;
    let mark = bytes.windows(MARK.len()).position(|bytes| bytes == MARK);
    let mark = mark.ok_or(Unreadable("it does not start as a FLAC file"))?;
    Ok(start + (mark + MARK.len()) as u64)
}

/// The `length` bytes at `at`, or fewer where the file ends.
fn from<'a>(file: &'a Pieces<'_>, at: u64, length: u64) -> Option<&'a [u8]> {
    let length = length.min(file.size().checked_sub(at)?);
    file.get(at, usize::try_from(length).ok()?)
}

/// The block STREAMINFO (section 8.2), which comes first.
#[derive(Clone, Copy, Debug)]
struct StreamInfo {
    sample_rate: u32,
    channels: u16,
    /// Samples per channel; 0 where the encoder did not know how many.
    samples: u64,
}

impl StreamInfo {
    fn read(file: &Pieces<'_>, at: u64) -> Result<Self, Unreadable> {
        const HEADER: u64 = 4;
        const LENGTH: u32 = 34;
        // Without the mark of the last block, a type of 0 and the length.
        if file.u32_be(at).ok_or_else(cut_off)? & 0x7FFF_FFFF != LENGTH {
            return Err(Unreadable("it does not begin with STREAMINFO"));
        }
        // 20 bits of sample rate, 3 of channels without the first, 5 of depth without the first, 36 of samples; before
        // them the sizes of blocks and frames.
        let bits = file.u64_be(at + HEADER + 10).ok_or_else(cut_off)?;
        Ok(Self {
            sample_rate: (bits >> 44) as u32,
            channels: (bits >> 41 & 0b111) as u16 + 1,
            samples: bits & 0xF_FFFF_FFFF,
        })
    }

    /// How many samples there are, given where frames near the file's end have ended. What was cut off does not count.
    fn confirmed(self, ends: impl Iterator<Item = u64>) -> Option<u64> {
        match self.samples {
            0 => ends.last(),
            samples => ends.filter(|&end| end <= samples).max().or(Some(samples)),
        }
    }
}

/// The first frame and where it is, behind metadata blocks of which nothing is read. `None` where these lead further than
/// can be fetched.
fn first_frame(file: &Pieces<'_>, metadata: u64) -> Result<Option<(u64, Frame)>, Unreadable> {
    let mut at = metadata;
    for _ in 0..MAX_BLOCKS {
        if at.saturating_add(4) > file.size() {
            return Err(cut_off());
        }
        let Some(header) = file.u32_be(at) else { return Ok(None) };
        at = at.saturating_add(4 + u64::from(header & 0xFF_FFFF));
        if header >> 31 == 1 {
            if at >= file.size() {
                return Err(cut_off());
            }
            let Some(bytes) = from(file, at, SEARCHED) else { return Ok(None) };
            let (behind, first) = frames(bytes).next().ok_or(Unreadable("it has no audio frames"))?;
            return Ok(Some((at + behind as u64, first)));
        }
    }
    Err(Unreadable("it has too many metadata blocks"))
}

/// The samples at which frames at the file's end have ended, in order. The first frame of all is at `start`.
fn ends(file: &Pieces<'_>, start: u64, first: Frame) -> impl Iterator<Item = u64> {
    let tail = start.max(file.size().saturating_sub(TAIL));
    let block = if first.is_numbered_by_samples() { LONGEST_FRAME } else { first.samples.into() };
    frames(from(file, tail, TAIL).unwrap_or_default()).filter_map(move |(at, frame)| {
        let begin = if first.is_numbered_by_samples() { frame.number } else { frame.number * u64::from(first.samples) };
        // Compressed bytes may look like a header, but hardly like one of this stream and of this place.
        let room = (tail + at as u64 - start) / SHORTEST_FRAME;
        (frame.same == first.same && begin <= room.saturating_mul(block)).then_some(begin + u64::from(frame.samples))
    })
}

/// What the header of a frame says (section 9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    /// What the headers of one stream have in common: how frames are numbered, and the sample rate.
    same: (u8, u8),
    /// Of the frame, or of its first sample: 36 bits.
    number: u64,
    /// Samples per channel, 1 to 65536.
    samples: u32,
}

impl Frame {
    fn is_numbered_by_samples(&self) -> bool {
        self.same.0 & 1 == 1
    }
}

/// Every place in these bytes where there is the header of a frame, to all appearances.
fn frames(bytes: &[u8]) -> impl Iterator<Item = (usize, Frame)> {
    (0..bytes.len()).filter_map(|at| Some((at, frame(bytes.get(at..)?)?)))
}

/// The frame whose header these bytes begin with.
fn frame(bytes: &[u8]) -> Option<Frame> {
    let [0xFF, second @ (0xF8 | 0xF9), third, fourth, ..] = *bytes else { return None };
    let (block, rate) = (third >> 4, third & 0xF);
    let (channels, depth, reserved) = (fourth >> 4, fourth >> 1 & 0b111, fourth & 1);
    if rate == 0xF || channels > 10 || depth == 0b011 || reserved != 0 {
        return None;
    }
    let (number, length) = coded_number(bytes.get(4..)?)?;
    let at = 4 + length;
    let (samples, length) = match block {
        0 => return None,
        1 => (192, 0),
        2..=5 => (144 << block, 0),
        6 => (u32::from(*bytes.get(at)?) + 1, 1),
        7 => (u32::from(read::u16_be(bytes, at)?) + 1, 2),
        _ => (1 << block, 0),
    };
    let rate_length = match rate {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    let header = bytes.get(..=at + length + rate_length)?;
    (crc8(header) == 0).then_some(Frame { same: (second, rate), number, samples })
}

/// A number as in UTF-8, but of up to 36 bits (section 9.1.5), and of how many bytes it is.
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let (&first, rest) = bytes.split_first()?;
    let length = match first.leading_ones() {
        0 => 1,
        ones @ 2..=7 => ones as usize,
        _ => return None,
    };
    let begin = u64::from(first) & (0x7F >> first.leading_ones());
    let number = rest
        .get(..length - 1)?
        .iter()
        .try_fold(begin, |number, &byte| (byte >> 6 == 0b10).then_some(number << 6 | u64::from(byte & 0x3F)))?;
    Some((number, length))
}

/// The checksum of a header (section 9.1.8), which is 0 with its own last byte.
fn crc8(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |crc, byte| (0..8).fold(crc ^ byte, |crc, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 }))
}
