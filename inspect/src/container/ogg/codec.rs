//! The packets that begin streams: which codec, and what its time is counted in.

use crate::media::Audio;
use crate::read;

/// What the first packet of a stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Codec {
    pub(super) audio: Audio,
    /// Units of time in a second.
    pub(super) rate: u32,
    /// Units of time at the start that are not played.
    pub(super) skip: u16,
}

/// `None` for what is no audio that we know.
pub(super) fn codec(packet: &[u8]) -> Option<Codec> {
    vorbis(packet).or_else(|| opus(packet)).or_else(|| flac(packet)).or_else(|| speex(packet))
}

fn new(codec: &str, channels: u16, rate: u32, skip: u16) -> Codec {
    let audio = Audio {
        codec: codec.into(),
        // RFC 5334 section 4, RFC 7845 section 9: the same names.
        rfc6381: Some(codec.into()),
        channels: Some(channels).filter(|&channels| channels > 0),
        sample_rate: Some(rate).filter(|&rate| rate > 0),
        language: None,
    };
    Codec { audio, rate, skip }
}

/// Vorbis I specification, section 4.2.2.
fn vorbis(packet: &[u8]) -> Option<Codec> {
    packet.starts_with(b"\x01vorbis").then_some(())?;
    Some(new("vorbis", (*packet.get(11)?).into(), read::u32_le(packet, 12)?, 0))
}

/// RFC 7845 section 5.1. It is always decoded at 48 kHz; the rate that it names is that of what was encoded.
fn opus(packet: &[u8]) -> Option<Codec> {
    packet.starts_with(b"OpusHead").then_some(())?;
    Some(new("opus", (*packet.get(9)?).into(), 48_000, read::u16_le(packet, 10)?))
}

/// The mapping of FLAC to Ogg (xiph.org, also RFC 9639 section 10.1): behind 13 bytes and a block's header, STREAMINFO
/// (RFC 9639 section 8.2).
fn flac(packet: &[u8]) -> Option<Codec> {
    const STREAM_INFO: usize = 17;
    packet.starts_with(b"\x7FFLAC").then_some(())?;
    // 20 bits of sample rate, 3 of channels without the first.
    let bits = read::u32_be(packet, STREAM_INFO + 10)?;
    Some(new("flac", (bits >> 9 & 0b111) as u16 + 1, bits >> 12, 0))
}

/// The Speex header (the Speex codec manual, section "Ogg file format").
fn speex(packet: &[u8]) -> Option<Codec> {
    packet.starts_with(b"Speex   ").then_some(())?;
    Some(new("speex", u16::try_from(read::u32_le(packet, 48)?).ok()?, read::u32_le(packet, 36)?, 0))
}
