//! What an `esds` box says of a stream (ISO/IEC 14496-1, section 7.2.6, and 14496-3, section 1.6).

use crate::read;

/// An elementary stream's decoder.
#[derive(Debug, Default)]
pub(super) struct Decoder<'a> {
    /// `objectTypeIndication`.
    pub(super) object_type: u8,
    /// `DecoderSpecificInfo`, empty where there is none.
    pub(super) specific: &'a [u8],
}

const ES: u8 = 3;
const DECODER_CONFIG: u8 = 4;
const DECODER_SPECIFIC: u8 = 5;

/// Reads the body of an `esds` box.
pub(super) fn decoder(esds: &[u8]) -> Option<Decoder<'_>> {
    let mut body = esds.get(4..)?;
    // Some QuickTime files leave the outermost descriptor away.
    if let Some((ES, stream)) = descriptor(body).map(|(tag, stream, _)| (tag, stream)) {
        let flags = *stream.get(2)?;
        let mut at = 3;
        if flags & 0x80 != 0 {
            at += 2;
        }
        if flags & 0x40 != 0 {
            at += 1 + usize::from(*stream.get(at)?);
        }
        if flags & 0x20 != 0 {
            at += 2;
        }
        body = stream.get(at..)?;
    }
    let (DECODER_CONFIG, config, _) = descriptor(body)? else { return None };
    let specific = match config.get(13..).and_then(descriptor) {
        Some((DECODER_SPECIFIC, specific, _)) => specific,
        _ => &[],
    };
    Some(Decoder { object_type: *config.first()?, specific })
}

/// Tag, contents, and what follows. Contents that claim more than there is end with it.
fn descriptor(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let tag = *bytes.first()?;
    let mut length = 0_usize;
    for index in 1..=4 {
        let byte = *bytes.get(index)?;
        length = length << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            let rest = bytes.get(index + 1..)?;
            let (contents, after) = rest.split_at(length.min(rest.len()));
            return Some((tag, contents, after));
        }
    }
    None
}

/// What an `AudioSpecificConfig` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AudioConfig {
    /// The audio object type by which the stream is announced: 2 for AAC LC, 5 with SBR, 29 with SBR and PS.
    pub(super) object_type: u8,
    /// What comes out of a decoder that knows SBR, in samples per second.
    pub(super) sample_rate: Option<u32>,
    /// What comes out of a decoder that knows PS; `None` where the stream itself tells.
    pub(super) channels: Option<u16>,
}

const SBR: u8 = 5;
const PS: u8 = 29;

/// By `samplingFrequencyIndex` (14496-3, table 1.18).
const SAMPLE_RATES: [u32; 13] =
    [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/// By `channelConfiguration` (14496-3, table 1.19); 0 where the stream tells, or where it is reserved.
const CHANNELS: [u16; 15] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8];

/// Reads an `AudioSpecificConfig`.
pub(super) fn audio_config(bytes: &[u8]) -> Option<AudioConfig> {
    let mut bits = Bits { bytes, at: 0 };
    let announced = object_type(&mut bits)?;
    let mut sample_rate = frequency(&mut bits)?;
    let channels = CHANNELS.get(bits.take(4)? as usize).copied().filter(|&channels| channels > 0);
    let mut has_ps = announced == PS;
    let mut core = announced;
    if announced == SBR || announced == PS {
        sample_rate = frequency(&mut bits)?;
        core = object_type(&mut bits)?;
    } else if let Some((extended, found_ps)) = trailing_extension(bytes, bits.at) {
        sample_rate = extended.or(sample_rate);
        has_ps = found_ps;
    }
    // A parametric stereo stream codes one channel. Only AAC LC and its kin are meant.
    let channels = if has_ps && core <= 4 && channels == Some(1) { Some(2) } else { channels };
    Some(AudioConfig { object_type: announced, sample_rate, channels })
}

fn object_type(bits: &mut Bits<'_>) -> Option<u8> {
    let short = bits.take(5)?;
    let kind = if short == 31 { 32 + bits.take(6)? } else { short };
    u8::try_from(kind).ok()
}

fn frequency(bits: &mut Bits<'_>) -> Option<Option<u32>> {
    let index = bits.take(4)?;
    let frequency = if index == 15 { Some(bits.take(24)?) } else { SAMPLE_RATES.get(index as usize).copied() };
    Some(frequency.filter(|&frequency| frequency > 0))
}

/// SBR and PS announced behind the configuration, for decoders that do not know them (14496-3, section 1.6.6.1). What
/// lies between depends on the object type, so the marker is looked for, as it is only eleven bits that stand near
/// the end.
fn trailing_extension(bytes: &[u8], from: usize) -> Option<(Option<u32>, bool)> {
    const SYNC: u32 = 0x2B7;
    const PS_SYNC: u32 = 0x548;
    let end = bytes.len().min(64) * 8;
    (from..end.saturating_sub(16)).find_map(|at| {
        let mut bits = Bits { bytes, at };
        if bits.take(11)? != SYNC || object_type(&mut bits)? != SBR || bits.take(1)? != 1 {
            return None;
        }
        let extended = frequency(&mut bits)?;
        let has_ps = bits.take(11) == Some(PS_SYNC) && bits.take(1) == Some(1);
        Some((extended, has_ps))
    })
}

/// Reads from the most significant bit on.
pub(super) struct Bits<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl Bits<'_> {
    /// The next bits, 32 at most, as a number.
    pub(super) fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0_u32;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }
}

/// The profile and level of an MPEG-4 Visual stream, where its configuration begins with them (14496-2, section
/// 6.2.2).
pub(super) fn visual_profile(specific: &[u8]) -> Option<u8> {
    (read::u32_be(specific, 0)? == 0x1B0).then(|| specific.get(4).copied()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(bytes: &[u8]) -> Option<(u8, Option<u32>, Option<u16>)> {
        audio_config(bytes).map(|config| (config.object_type, config.sample_rate, config.channels))
    }

    #[test]
    fn sbr_and_ps_count_however_they_are_announced() {
        assert_eq!(config(&[0x12, 0x10]), Some((2, Some(44100), Some(2))), "AAC LC");
        assert_eq!(config(&[0x2B, 0x11, 0x88, 0x00]), Some((5, Some(48000), Some(2))), "SBR");
        assert_eq!(config(&[0xEB, 0x09, 0x88, 0x00]), Some((29, Some(48000), Some(2))), "SBR and PS");
        let behind = [0x13, 0x08, 0x56, 0xE5, 0x9D, 0x48, 0x80];
        assert_eq!(config(&behind), Some((2, Some(48000), Some(2))), "both, behind");
        assert_eq!(config(&[0x13, 0x08, 0x56, 0xE5, 0x9D]), Some((2, Some(48000), Some(1))), "SBR, behind");
        assert_eq!(config(&[0x17, 0x80, 0x5D, 0xC0, 0x00]), Some((2, Some(0xBB80), None)), "a rate in full");
        assert_eq!(config(&[0x12]), None);
    }

    #[test]
    fn descriptors_are_read_with_their_options_and_as_far_as_they_go() {
        let stream = [&[0; 4][..], &[3, 25, 0, 1, 0, 4, 17, 0x40], &[0; 12], &[5, 2, 0x12, 0x10]].concat();
        let found = decoder(&stream).map(|found| (found.object_type, found.specific.to_vec()));
        assert_eq!(found, Some((0x40, vec![0x12, 0x10])));
        let optional = [&[0; 4][..], &[3, 99, 0, 1, 0xE0, 0, 0, 1, b'a', 0, 0, 4, 99, 0x6B], &[0; 12]].concat();
        assert_eq!(decoder(&optional).map(|found| found.object_type), Some(0x6B));
        for length in 0..stream.len() {
            decoder(&stream[..length]);
        }
    }
}
