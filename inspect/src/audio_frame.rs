//! Headers of audio frames that follow each other without a container: MP3 (ISO/IEC 11172-3 section 2.4, 13818-3) and
//! AAC in ADTS (ISO/IEC 13818-7 section 6.2), and of the ID3v2 tags that stand in front of them.

use crate::{Format, read};

/// What the header of a frame says. Frames of MP3 in a "free" bitrate, whose length no header tells, are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// MP3 or AAC.
    pub(crate) format: Format,
    /// What the headers of one stream have in common.
    pub(crate) same: [u8; 3],
    /// The whole frame's length in bytes, 8 at least.
    pub(crate) length: u16,
    /// Bits per second of an MP3 frame; in ADTS no frame says it, and it is 0.
    pub(crate) bit_rate: u32,
    /// Samples per channel.
    pub(crate) samples: u16,
    /// Samples per second.
    pub(crate) sample_rate: u32,
    /// `None` where the first AAC block lists its channels by itself.
    pub(crate) channels: Option<u16>,
    /// The MPEG-4 audio object type of AAC.
    pub(crate) object_type: u8,
}

/// How many bytes a header has at most.
pub(crate) const FRAME_HEADER: usize = 7;

/// The frame whose header these bytes begin with.
pub(crate) fn frame(bytes: &[u8]) -> Option<Frame> {
    let [0xFF, second, third, fourth, ..] = *bytes else { return None };
    match second & 0b1111_0110 {
        0b1111_0000 => adts_frame(bytes, [second, third, fourth]),
        _ if second & 0b1110_0110 == 0b1110_0010 => mp3_frame([second, third, fourth]),
        _ => None,
    }
}

fn mp3_frame([second, third, fourth]: [u8; 3]) -> Option<Frame> {
    const MPEG_1_KBPS: [u32; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const MPEG_2_KBPS: [u32; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const MONO: u8 = 0b11;
    let kbps_index = usize::from(third >> 4).checked_sub(1)?;
    let rate_index = usize::from(third >> 2 & 0b11);
    let rate = |rates: [u32; 3]| rates.get(rate_index).copied();
    // MPEG-1, MPEG-2, and "2.5" for still lower sample rates.
    let (kbps, sample_rate, samples) = match second >> 3 & 0b11 {
        0b11 => (MPEG_1_KBPS.get(kbps_index)?, rate([44_100, 48_000, 32_000])?, 1152),
        0b10 => (MPEG_2_KBPS.get(kbps_index)?, rate([22_050, 24_000, 16_000])?, 576),
        0b00 => (MPEG_2_KBPS.get(kbps_index)?, rate([11_025, 12_000, 8_000])?, 576),
        _ => return None,
    };
    let padding = u32::from(third >> 1 & 1);
    let bit_rate = kbps * 1000;
    Some(Frame {
        format: Format::Mp3,
        // Version and layer, and the sample rate; bitrate and padding change from frame to frame.
        same: [0xFF, second & 0b1111_1110, third & 0b0000_1100],
        length: u16::try_from(u32::from(samples) / 8 * bit_rate / sample_rate + padding).ok()?,
        bit_rate,
        samples,
        sample_rate,
        channels: Some(if fourth >> 6 == MONO { 1 } else { 2 }),
        object_type: 0,
    })
}

fn adts_frame(bytes: &[u8], [second, third, fourth]: [u8; 3]) -> Option<Frame> {
    const RATES: [u32; 13] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    let [_, _, _, _, fifth, sixth, seventh] = read::array::<FRAME_HEADER>(bytes, 0)?;
    let length = u16::from(fourth & 0b11) << 11 | u16::from(fifth) << 3 | u16::from(sixth >> 5);
    let sample_rate = *RATES.get(usize::from(third >> 2 & 0b1111))?;
    (length > 7).then_some(Frame {
        format: Format::Aac,
        same: [0xFF, second, third & 0b1111_1100],
        length,
        bit_rate: 0,
        // The last bits tell how many blocks there are besides the first.
        samples: 1024 * u16::from((seventh & 0b11) + 1),
        sample_rate,
        channels: match (third & 1) << 2 | fourth >> 6 {
            0 => None,
            7 => Some(8),
            count => Some(count.into()),
        },
        object_type: (third >> 6) + 1,
    })
}

/// How many bytes the header of an ID3v2 tag has.
pub(crate) const ID3V2_HEADER: usize = 10;

/// The whole length of an ID3v2 tag (id3.org, ID3v2.4.0 section 3.1), where these bytes begin with one.
pub(crate) fn id3v2_length(bytes: &[u8]) -> Option<u64> {
    let [b'I', b'D', b'3', 2..=4, revision, flags, size @ ..] = read::array::<ID3V2_HEADER>(bytes, 0)? else {
        return None;
    };
    if revision == 0xFF || size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let size = size.iter().fold(0, |size, &byte| size << 7 | u64::from(byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    Some(10 + size + footer)
}
