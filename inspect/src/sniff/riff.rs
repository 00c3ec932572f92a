//! RIFF: WebP, WAVE and AVI, by the form type and the first chunks. RF64 and BW64: WAVE of more than 4 GiB.

use crate::{Format, read};

pub(super) fn sniff(head: &[u8], size: u64) -> Option<Format> {
    match &read::array(head, 8)? {
        b"WEBP" => matches!(&read::array(head, 12)?, b"VP8 " | b"VP8L" | b"VP8X").then_some(Format::WebP),
        b"WAVE" => has_wave_format(head, size).then_some(Format::Wav),
        b"AVI " => (&read::array(head, 12)? == b"LIST" && &read::array(head, 20)? == b"hdrl").then_some(Format::Avi),
        _ => None,
    }
}

/// RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088).
pub(super) fn sniff_long(head: &[u8], size: u64) -> Option<Format> {
    (&read::array(head, 8)? == b"WAVE" && has_wave_format(head, size)).then_some(Format::Wav)
}

/// Whether a `fmt ` chunk is among the first chunks, or could follow beyond the head.
fn has_wave_format(head: &[u8], size: u64) -> bool {
    let mut at = 12_u64;
    while let Some((id, length)) =
        usize::try_from(at).ok().and_then(|at| read::array::<4>(head, at).zip(read::u32_le(head, at.checked_add(4)?)))
    {
        if !id.iter().all(|byte| (0x20..0x7F).contains(byte)) || &id == b"data" {
            return false;
        }
        if &id == b"fmt " {
            return true;
        }
        // Chunks are padded to an even length.
        at += 8 + u64::from(length) + u64::from(length & 1);
    }
    at > 12 && at < size
}
