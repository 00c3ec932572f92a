//! Streams of audio frames, MP3 or AAC in ADTS, with or without ID3v2 tags in front.

use crate::Format;
use crate::audio_frame::{frame, id3v2_length};

/// A first frame that is followed by another of its kind, or by the end of the file. After a tag that reaches beyond
/// the head nothing can be seen, and the tag alone makes it an MP3.
pub(super) fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let mut at = 0_u64;
    while let Some(length) = usize::try_from(at).ok().and_then(|at| id3v2_length(head.get(at..)?)) {
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
    let next = at + usize::from(first.length);
    let follows = match head.get(next..next + 7) {
        Some(bytes) => frame(bytes).is_some_and(|next| next.same == first.same) || bytes.starts_with(b"TAG"),
        None => next as u64 <= size,
    };
    follows.then_some(first.format)
}
