//! Streams of audio frames: MP3 (ISO/IEC 11172-3, 13818-3) and AAC in ADTS (ISO/IEC 13818-7), with or without ID3v2
//! tags in front.

use crate::{Format, read};

/// What two frames of one stream have in common, and how long the first is in bytes.
struct Frame {
    format: Format,
    same: [u8; 3],
    length: usize,
}

/// A first frame that is followed by another of its kind, or by the end of the file. After a tag that reaches beyond
/// the head nothing can be seen, and the tag alone makes it an MP3.
pub(super) fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let mut at = 0_u64;
    while let Some(length) = usize::try_from(at).ok().and_then(|at| tag_length(head.get(at..)?)) {
        at += length;
    }
    let tagged = at > 0;
    let mut at = usize::try_from(at).ok()?;
    if tagged {
        // Some writers pad with zeros behind the tag's own end.
        at += head.get(at..).unwrap_or_default().iter().take_while(|&&byte| byte == 0).count();
        if at + 7 > head.len() {
            let unseen = size > head.len() as u64 && at as u64 + 4 <= size;
            return unseen.then_some(Format::Mp3);
        }
    }
    let first = frame(head.get(at..)?)?;
    let next = at + first.length;
    let follows = match head.get(next..next + 7) {
        Some(bytes) => frame(bytes).is_some_and(|next| next.same == first.same) || bytes.starts_with(b"TAG"),
        None => next as u64 <= size,
    };
    follows.then_some(first.format)
}

/// The whole length of an ID3v2 tag (id3.org, ID3v2.4.0 section 3.1), where there is one.
fn tag_length(bytes: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', 2..=4, revision, flags, size @ ..] = read::array::<10>(bytes, 0)? else { return None };
    if revision == 0xFF || size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let size = size.iter().fold(0, |size, &byte| size << 7 | u64::from(byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + size + footer)
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    let [0xFF, second, third, ..] = *bytes else { return None };
    match second & 0b1111_0110 {
        0b1111_0000 => adts_frame(bytes, second, third),
        _ if second & 0b1110_0110 == 0b1110_0010 => mp3_frame(second, third),
        _ => None,
    }
}

fn mp3_frame(second: u8, third: u8) -> Option<Frame> {
    const MPEG_1_KBPS: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const MPEG_2_KBPS: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let bitrate = usize::from(third >> 4).checked_sub(1)?;
    let rate_index = usize::from(third >> 2 & 0b11);
    let sample_rate = |rates: [usize; 3]| rates.get(rate_index).copied();
    let (kbps, rate, samples) = match second >> 3 & 0b11 {
        0b11 => (MPEG_1_KBPS.get(bitrate)?, sample_rate([44_100, 48_000, 32_000])?, 1152),
        0b10 => (MPEG_2_KBPS.get(bitrate)?, sample_rate([22_050, 24_000, 16_000])?, 576),
        0b00 => (MPEG_2_KBPS.get(bitrate)?, sample_rate([11_025, 12_000, 8_000])?, 576),
        _ => return None,
    };
    let padding = usize::from(third >> 1 & 1);
    Some(Frame {
        format: Format::Mp3,
        // Version and layer, and the sample rate; bitrate and padding change from frame to frame.
        same: [0xFF, second & 0b1111_1110, third & 0b0000_1100],
        length: samples / 8 * kbps * 1000 / rate + padding,
    })
}

fn adts_frame(bytes: &[u8], second: u8, third: u8) -> Option<Frame> {
    let [_, _, _, fourth, fifth, sixth, _] = read::array::<7>(bytes, 0)?;
    let length = usize::from(fourth & 0b11) << 11 | usize::from(fifth) << 3 | usize::from(sixth >> 5);
    let rate_index = third >> 2 & 0b1111;
    (length > 7 && rate_index < 13).then_some(Frame {
        format: Format::Aac,
        same: [0xFF, second, third & 0b1111_1100],
        length,
    })
}
