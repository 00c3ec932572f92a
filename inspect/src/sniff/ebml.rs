//! EBML (RFC 8794): Matroska and WebM, by the document type in the header.

use crate::Format;

const DOC_TYPE: u64 = 0x4282;

pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    let mut at = 4;
    let length = number(head, &mut at, false)?;
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    let header = head.get(..end)?;
    while at < end {
        let id = number(header, &mut at, true)?;
        let length = usize::try_from(number(header, &mut at, false)?).ok()?;
        let value = header.get(at..at.checked_add(length)?)?;
        if id == DOC_TYPE {
            // A string may be padded with zeros.
            return match value.split(|&byte| byte == 0).next()? {
                b"webm" => Some(Format::WebM),
                b"matroska" => Some(Format::Matroska),
                _ => None,
            };
        }
        at += length;
    }
    None
}

/// A variable-length number, of an element's id (whose length marker belongs to it) or of a length.
fn number(bytes: &[u8], at: &mut usize, keep_marker: bool) -> Option<u64> {
    let first = *bytes.get(*at)?;
    let length = first.leading_zeros() as usize + 1;
    let rest = bytes.get(*at + 1..(*at).checked_add(length)?)?;
    if length > 8 {
        return None;
    }
    let first = if keep_marker { u64::from(first) } else { u64::from(first) & ((1 << (8 - length)) - 1) };
    *at += length;
    Some(rest.iter().fold(first, |value, &byte| value << 8 | u64::from(byte)))
}
