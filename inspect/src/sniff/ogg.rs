//! Ogg (RFC 3533): every stream begins with a page of its own, and the pages that begin streams come first.

use crate::{Format, read};

const BEGINNING_OF_STREAM: u8 = 0x02;

/// Ogg where every stream is audio; with video among them it would be `video/ogg`, which is another format.
pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    let mut at = 0;
    while let Some(&[b'O', b'g', b'g', b'S', 0, flags]) = head.get(at..at + 6) {
        if flags & BEGINNING_OF_STREAM == 0 {
            break;
        }
        let segments = usize::from(*head.get(at + 26)?);
        let lacing = head.get(at + 27..at + 27 + segments)?;
        let body = at + 27 + segments;
        if !is_audio(head.get(body..)?) {
            return None;
        }
        at = body + lacing.iter().map(|&length| usize::from(length)).sum::<usize>();
    }
    (at > 0).then_some(Format::Ogg)
}

fn is_audio(packet: &[u8]) -> bool {
    let starts: [&[u8]; 4] = [b"\x01vorbis", b"OpusHead", b"Speex   ", b"\x7FFLAC"];
    starts.iter().any(|start| packet.starts_with(start)) && read::array::<16>(packet, 0).is_some()
}
