//! Tags in front of audio and behind it. None of it is read; its length is enough.

use crate::audio_frame::{ID3V2_HEADER, id3v2_length};
use crate::pieces::Pieces;
use crate::{Unreadable, cut_off, read};

/// More tags than that at one end are taken for an attempt to keep us busy.
const MAX_TAGS: u32 = 100;

/// Where the ID3v2 tags at the start have ended.
pub(crate) fn start_of_audio(file: &Pieces<'_>) -> Result<u64, Unreadable> {
    let mut at = 0_u64;
    for _ in 0..MAX_TAGS {
        if at >= file.size() {
            return Err(cut_off());
        }
        let Some(header) = file.get(at, ID3V2_HEADER) else { break };
        match id3v2_length(header) {
            Some(length) => at = at.saturating_add(length),
            None => return Ok(at),
        }
    }
    Err(Unreadable("its audio cannot be found behind its tags"))
}

/// Where the tags at the end begin; not before `start`.
pub(crate) fn end_of_audio(file: &Pieces<'_>, start: u64) -> u64 {
    let mut end = file.size();
    for _ in 0..MAX_TAGS {
        let Some(length) = tag_before(file, end).filter(|&length| length > 0) else { break };
        match end.checked_sub(length).filter(|&rest| rest > start) {
            Some(rest) => end = rest,
            None => break,
        }
    }
    end
}

/// The length of the tag that ends at `end`.
fn tag_before(file: &Pieces<'_>, end: u64) -> Option<u64> {
    id3v1(file, end).or_else(|| ape(file, end)).or_else(|| lyrics(file, end)).or_else(|| id3v2(file, end))
}

/// The `length` bytes before `end`.
fn before<'a>(file: &'a Pieces<'_>, end: u64, length: usize) -> Option<&'a [u8]> {
    file.get(end.checked_sub(length as u64)?, length)
}

/// ID3v1 (id3.org), or the extension that stands in front of one.
fn id3v1(file: &Pieces<'_>, end: u64) -> Option<u64> {
    if before(file, end, 128)?.starts_with(b"TAG") {
        return Some(128);
    }
    before(file, end, 227)?.starts_with(b"TAG+").then_some(227)
}

/// APEv1 and v2, by their footers.
fn ape(file: &Pieces<'_>, end: u64) -> Option<u64> {
    const FOOTER: usize = 32;
    const HAS_HEADER: u32 = 1 << 31;
    let footer = before(file, end, FOOTER).filter(|footer| footer.starts_with(b"APETAGEX"))?;
    let number = |at| read::u32_le(footer, at);
    // The length is that of the items and the footer.
    let header = if number(20)? & HAS_HEADER != 0 { FOOTER as u64 } else { 0 };
    Some(u64::from(number(12)?) + header)
}

/// Lyrics3 v2 (id3.org): six digits and a mark at its end.
fn lyrics(file: &Pieces<'_>, end: u64) -> Option<u64> {
    let (digits, mark) = before(file, end, 15)?.split_at(6);
    let length: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (mark == b"LYRICS200").then_some(length + 15)
}

/// ID3v2 at the end, by its footer, which is its header but for the mark.
fn id3v2(file: &Pieces<'_>, end: u64) -> Option<u64> {
    let footer = before(file, end, ID3V2_HEADER).filter(|footer| footer.starts_with(b"3DI"))?;
    id3v2_length(&[b"ID3", footer.get(3..)?].concat())
}
