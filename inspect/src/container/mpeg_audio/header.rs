//! The headers that some encoders write into the first frame, which is silent then: Xing (Info where the bitrate is
//! constant), and VBRI.

use crate::audio_frame::Frame;
use crate::read;

/// What such a header tells, besides that its frame is none to be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// How many frames follow.
    pub(super) frames: Option<u32>,
    /// How many bytes the audio has, this frame among them.
    pub(super) bytes: Option<u32>,
}

/// The header in these bytes, which begin with a frame.
pub(super) fn header(bytes: &[u8], frame: &Frame) -> Option<Header> {
    xing(bytes, frame).or_else(|| vbri(bytes))
}

fn xing(bytes: &[u8], frame: &Frame) -> Option<Header> {
    const MPEG_1_SAMPLES: u16 = 1152;
    const HAS_FRAMES: u32 = 1;
    const HAS_BYTES: u32 = 2;
    // It follows the frame's own header of 4 bytes and its side information.
    let at = 4 + match (frame.samples, frame.channels) {
        (MPEG_1_SAMPLES, Some(1)) => 17,
        (MPEG_1_SAMPLES, _) => 32,
        (_, Some(1)) => 9,
        _ => 17,
    };
    let ([b'X', b'i', b'n', b'g'] | [b'I', b'n', b'f', b'o']) = read::array(bytes, at)? else { return None };
    let flags = read::u32_be(bytes, at + 4)?;
    let has_frames = flags & HAS_FRAMES != 0;
    let bytes_at = if has_frames { at + 12 } else { at + 8 };
    Some(Header {
        frames: has_frames.then(|| read::u32_be(bytes, at + 8)).flatten(),
        bytes: (flags & HAS_BYTES != 0).then(|| read::u32_be(bytes, bytes_at)).flatten(),
    })
}

/// Of the Fraunhofer encoder, always at the same place.
fn vbri(bytes: &[u8]) -> Option<Header> {
    const AT: usize = 4 + 32;
    (&read::array::<4>(bytes, AT)? == b"VBRI")
        .then(|| Header { bytes: read::u32_be(bytes, AT + 10), frames: read::u32_be(bytes, AT + 14) })
}
