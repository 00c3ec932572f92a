//! Streams of audio frames, MP3 or AAC in ADTS.

use crate::Format;
use crate::audio_frame::{FRAME_HEADER, frame};

/// A first frame that is followed by another of its kind, or by the end of the file.
pub(super) fn sniff(head: &[u8], size: u64) -> Option<Format> {
    let first = frame(head)?;
    let next = usize::from(first.length);
    let follows = match head.get(next..next + FRAME_HEADER) {
        Some(bytes) => frame(bytes).is_some_and(|next| next.same == first.same) || bytes.starts_with(b"TAG"),
        None => next as u64 <= size,
    };
    follows.then_some(first.format)
}
