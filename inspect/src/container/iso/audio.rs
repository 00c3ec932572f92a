//! Sample entries of audio tracks (ISO/IEC 14496-12, section 12.2.3, and the QuickTime File Format, "Sound sample
//! descriptions"), and what they are called in media types (RFC 6381).

use super::boxes::{Boxes, IsoBox};
use super::video::original_format;
use super::{Codec, descriptors};
use crate::pieces::Pieces;
use crate::read;

/// How long an audio sample entry is before the boxes in it, by the version of QuickTime.
const FIELDS: [u64; 3] = [28, 44, 64];

/// How much of a codec's configuration is looked at, in bytes.
const MAX_CONFIGURATION: usize = 8 * 1024;

/// What the sample entry of an audio track says.
#[derive(Debug, Default)]
pub(super) struct AudioEntry {
    pub(super) codec: Codec,
    pub(super) channels: Option<u16>,
    pub(super) sample_rate: Option<u32>,
}

/// The fields of a sample entry, before its boxes.
struct Fields {
    channels: u32,
    /// Bits of one sample of one channel, where it is not compressed.
    bits: u32,
    sample_rate: u32,
    /// `formatSpecificFlags` of linear PCM; only version 2 has them.
    flags: u32,
    boxes_at: u64,
}

/// The layout of linear PCM (QuickTime File Format, "LPCM flag values").
const IS_FLOAT: u32 = 1;
const IS_BIG_ENDIAN: u32 = 2;
const IS_SIGNED: u32 = 4;

/// Reads a sample entry. In QuickTime it may be of version 1 or 2, which MP4 has other uses for.
pub(super) fn read(file: &Pieces<'_>, entry: &IsoBox, is_quicktime: bool) -> Option<AudioEntry> {
    let fields = fields(file, entry, is_quicktime)?;
    let direct = entry.children_behind(file, fields.boxes_at);
    // QuickTime puts a codec's own boxes into one more.
    let wave = direct.clone().find(|child| &child.name == b"wave");
    let nested = wave.map_or(Boxes::new(file, 0, 0), |wave| wave.children(file));
    let boxes = || direct.clone().chain(nested.clone());
    let configuration = |name: &[u8; 4]| {
        let found = boxes().find(|child| &child.name == name && child.length() > 0)?;
        found.bytes(file, MAX_CONFIGURATION)
    };
    let name = original_format(file, entry, direct.clone());
    let mut found = AudioEntry {
        codec: Codec::default(),
        channels: u16::try_from(fields.channels).ok().filter(|&channels| channels > 0),
        sample_rate: Some(fields.sample_rate).filter(|&rate| rate > 0),
    };
    if &name == b"mp4a" {
        mpeg4(&mut found, configuration(b"esds"));
        return Some(found);
    }
    let is_little_endian = configuration(b"enda").and_then(|enda| read::u16_be(enda, 0)) == Some(1);
    let pcm = match &name {
        b"ipcm" | b"fpcm" => configuration(b"pcmC").and_then(|pcm| iso_pcm(&name, pcm)),
        _ => quicktime_pcm(&name, &fields, is_little_endian),
    };
    let known = match pcm {
        Some(pcm) => Some(pcm),
        None => common_name(&name).map(str::to_owned),
    };
    found.codec = known.map_or_else(|| Codec::unknown(name), |name| Codec { name, rfc6381: None });
    found.codec.rfc6381 = rfc6381(&name).map(str::to_owned);
    by_configuration(&mut found, &name, configuration);
    Some(found)
}

fn fields(file: &Pieces<'_>, entry: &IsoBox, is_quicktime: bool) -> Option<Fields> {
    let bytes = file.get(entry.body, 28)?;
    let version = usize::from(read::u16_be(bytes, 8)?);
    let version = if is_quicktime { version.min(2) } else { 0 };
    if version == 2 {
        let bytes = file.get(entry.body, 64)?;
        return Some(Fields {
            channels: read::u32_be(bytes, 40)?,
            bits: read::u32_be(bytes, 48)?,
            // A cast of a floating-point number goes to the nearest there is.
            sample_rate: f64::from_bits(read::u64_be(bytes, 32)?) as u32,
            flags: read::u32_be(bytes, 52)?,
            boxes_at: 64,
        });
    }
    Some(Fields {
        channels: read::u16_be(bytes, 16)?.into(),
        bits: read::u16_be(bytes, 18)?.into(),
        sample_rate: read::u32_be(bytes, 24)? >> 16,
        flags: IS_BIG_ENDIAN | IS_SIGNED,
        boxes_at: *FIELDS.get(version)?,
    })
}

/// MPEG-4 audio, and what else an object type says.
fn mpeg4(entry: &mut AudioEntry, esds: Option<&[u8]>) {
    entry.codec = Codec::named("aac");
    let Some(decoder) = esds.and_then(descriptors::decoder) else { return };
    let object_type = decoder.object_type;
    let name = match object_type {
        0x69 | 0x6B => "mp3",
        0xA5 => "ac3",
        0xA6 => "eac3",
        0xA9 => "dts",
        0xAC => "dts",
        0xAD => "opus",
        0xDD => "vorbis",
        0xE1 => "qcelp",
        _ => "aac",
    };
    entry.codec = Codec { name: name.to_owned(), rfc6381: Some(format!("mp4a.{object_type:02X}")) };
    if name == "vorbis" {
        // The identification header (Vorbis I specification, section 4.2.2), behind lengths.
        let start = decoder.specific.windows(7).take(16).position(|window| window == b"\x01vorbis");
        let header = start.and_then(|start| decoder.specific.get(start..)).unwrap_or_default();
        entry.channels =
            header.get(11).map(|&channels| channels.into()).filter(|&channels| channels > 0).or(entry.channels);
        entry.sample_rate = read::u32_le(header, 12).filter(|&rate| rate > 0).or(entry.sample_rate);
    }
    let config = descriptors::audio_config(decoder.specific).filter(|_| name == "aac");
    let Some(config) = config else { return };
    if object_type == 0x40 {
        entry.codec.rfc6381 = Some(format!("mp4a.40.{}", config.object_type));
        entry.codec.name = match config.object_type {
            32 => "mp1",
            33 => "mp2",
            34 => "mp3",
            36 => "mp4als",
            _ => "aac",
        }
        .to_owned();
    }
    entry.sample_rate = config.sample_rate.or(entry.sample_rate);
    entry.channels = config.channels.or(entry.channels);
}

/// Names of codecs that are told by their identifier alone.
fn common_name(name: &[u8; 4]) -> Option<&'static str> {
    Some(match name {
        b"ac-3" | b"sac3" => "ac3",
        b"ec-3" => "eac3",
        b"ac-4" => "ac4",
        b"Opus" => "opus",
        b"fLaC" => "flac",
        b"alac" => "alac",
        b".mp3" | b"ms\0\x55" => "mp3",
        b".mp2" => "mp2",
        b"ulaw" | b"ms\0\x07" => "pcm_mulaw",
        b"alaw" | b"ms\0\x06" => "pcm_alaw",
        b"ima4" => "adpcm_ima_qt",
        b"ms\0\x02" => "adpcm_ms",
        b"ms\0\x11" => "adpcm_ima_wav",
        b"MAC3" => "mace3",
        b"MAC6" => "mace6",
        b"QDM2" => "qdm2",
        b"QDMC" => "qdmc",
        b"Qclp" | b"sqcp" => "qcelp",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"agsm" => "gsm",
        b"spex" => "speex",
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"dtsx" => "dts",
        b"mlpa" => "truehd",
        _ => return None,
    })
}

fn rfc6381(name: &[u8; 4]) -> Option<&'static str> {
    Some(match name {
        b"ac-3" => "ac-3",
        b"ec-3" => "ec-3",
        b"Opus" => "opus",
        b"fLaC" => "fLaC",
        b"alac" => "alac",
        b"samr" => "samr",
        b"sawb" => "sawb",
        b"dtsc" => "dtsc",
        b"dtsh" => "dtsh",
        b"dtsl" => "dtsl",
        b"dtse" => "dtse",
        b"mlpa" => "mlpa",
        _ => return None,
    })
}

/// What is not compressed, in QuickTime.
fn quicktime_pcm(name: &[u8; 4], fields: &Fields, is_little_endian: bool) -> Option<String> {
    let order = if is_little_endian { "le" } else { "be" };
    let wide = |bits: u32, order: &str| if bits > 8 { format!("pcm_s{bits}{order}") } else { "pcm_s8".to_owned() };
    Some(match name {
        b"sowt" => wide(whole_bytes(fields.bits)?, "le"),
        b"twos" => wide(whole_bytes(fields.bits)?, order),
        // Unsigned, unless the samples are too wide for that.
        b"raw " | b"NONE" if fields.bits <= 8 => "pcm_u8".to_owned(),
        b"raw " | b"NONE" => wide(whole_bytes(fields.bits)?, order),
        b"in24" => wide(24, order),
        b"in32" => wide(32, order),
        b"fl32" => format!("pcm_f32{order}"),
        b"fl64" => format!("pcm_f64{order}"),
        b"lpcm" => {
            let bits = whole_bytes(fields.bits)?;
            let order = if fields.flags & IS_BIG_ENDIAN == 0 { "le" } else { "be" };
            match (fields.flags & IS_FLOAT != 0, fields.flags & IS_SIGNED != 0) {
                (true, _) => format!("pcm_f{bits}{order}"),
                (false, true) => wide(bits, order),
                (false, false) if bits > 8 => format!("pcm_u{bits}{order}"),
                (false, false) => "pcm_u8".to_owned(),
            }
        }
        _ => return None,
    })
}

/// What is not compressed, in MP4 (ISO/IEC 23003-5).
fn iso_pcm(name: &[u8; 4], configuration: &[u8]) -> Option<String> {
    let [flags, bits] = read::array(configuration, 4)?;
    let bits = whole_bytes(bits.into())?;
    let order = if flags & 1 == 0 { "be" } else { "le" };
    let kind = if name == b"fpcm" { 'f' } else { 's' };
    Some(if bits > 8 { format!("pcm_{kind}{bits}{order}") } else { "pcm_s8".to_owned() })
}

/// How many bits a sample of so many bits takes; 16 where that is not said.
fn whole_bytes(bits: u32) -> Option<u32> {
    match bits {
        0 => Some(16),
        1..=64 => Some(bits.next_multiple_of(8)),
        _ => None,
    }
}

/// Corrects what the entry's fields cannot hold, or may hold wrongly, by the codec's own configuration.
fn by_configuration<'f>(
    entry: &mut AudioEntry,
    name: &[u8; 4],
    configuration: impl Fn(&[u8; 4]) -> Option<&'f [u8]>,
) -> Option<()> {
    match name {
        b"Opus" => {
            // Opus always comes out at 48 kHz (RFC 7845, section 5.1).
            entry.sample_rate = Some(48000);
            entry.channels =
                configuration(b"dOps")?.get(1).map(|&channels| channels.into()).filter(|&channels| channels > 0);
        }
        b"fLaC" => {
            // The stream information block (RFC 9639, section 8.2), behind the box's version and the block's header.
            let word = read::u32_be(configuration(b"dfLa")?, 8 + 10)?;
            entry.sample_rate = Some(word >> 12).filter(|&rate| rate > 0).or(entry.sample_rate);
            entry.channels = Some((word >> 9 & 7) as u16 + 1);
        }
        b"alac" => {
            // `ALACSpecificConfig`, behind the box's version.
            let config = configuration(b"alac")?;
            entry.channels = config.get(4 + 9).map(|&channels| channels.into()).filter(|&channels| channels > 0);
            entry.sample_rate = read::u32_be(config, 4 + 20).filter(|&rate| rate > 0).or(entry.sample_rate);
        }
        // ETSI TS 102 366, annex F: `acmod` and `lfeon`.
        b"ac-3" => {
            let bits = read::u16_be(configuration(b"dac3")?, 0)?;
            entry.channels = dolby_channels(bits >> 3 & 7, bits >> 2 & 1);
        }
        b"ec-3" => {
            let bits = read::u16_be(configuration(b"dec3")?, 3)?;
            entry.channels = dolby_channels(bits >> 9 & 7, bits >> 8 & 1);
        }
        _ => {}
    }
    Some(())
}

/// An MP3 is described by its own frames alone: in MP4 every entry says two channels (ISO/IEC 14496-14, section 5.6).
pub(super) fn by_first_frame(entry: &mut AudioEntry, file: &Pieces<'_>, sample_table: &IsoBox) -> Option<()> {
    if !entry.codec.rfc6381.as_deref().is_some_and(|name| matches!(name, "mp4a.69" | "mp4a.6B")) {
        return None;
    }
    let chunks = sample_table.children(file).find(|child| matches!(&child.name, b"stco" | b"co64"))?;
    let first = chunks.body.checked_add(8)?;
    let at = if &chunks.name == b"co64" { file.u64_be(first)? } else { file.u32_be(first)?.into() };
    let [0xFF, version @ 0xE0..=0xFF, rate, mode] = file.array(at)? else { return None };
    let version_shift = match version >> 3 & 3 {
        3 => 0,
        2 => 1,
        0 => 2,
        _ => return None,
    };
    let sample_rate: u32 = *[44100, 48000, 32000].get(usize::from(rate >> 2 & 3))?;
    entry.sample_rate = Some(sample_rate >> version_shift);
    entry.channels = Some(if mode >> 6 == 3 { 1 } else { 2 });
    Some(())
}

fn dolby_channels(mode: u16, low_frequency: u16) -> Option<u16> {
    [2, 1, 2, 3, 3, 4, 4, 5].get(usize::from(mode)).map(|channels| channels + low_frequency)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pcm(name: &[u8; 4], bits: u32, flags: u32, is_little_endian: bool) -> Option<String> {
        let fields = Fields { channels: 1, bits, sample_rate: 8000, flags, boxes_at: 28 };
        quicktime_pcm(name, &fields, is_little_endian)
    }

    #[test]
    fn what_is_not_compressed_goes_by_kind_width_and_order() {
        for (name, bits, flags, is_little_endian, expected) in [
            (b"sowt", 16, 0, false, Some("pcm_s16le")),
            (b"sowt", 8, 0, false, Some("pcm_s8")),
            (b"twos", 16, 0, false, Some("pcm_s16be")),
            (b"twos", 24, 0, false, Some("pcm_s24be")),
            (b"in24", 16, 0, true, Some("pcm_s24le")),
            (b"fl32", 16, 0, false, Some("pcm_f32be")),
            (b"fl64", 16, 0, true, Some("pcm_f64le")),
            (b"raw ", 8, 0, false, Some("pcm_u8")),
            (b"NONE", 16, 0, false, Some("pcm_s16be")),
            (b"lpcm", 24, IS_SIGNED, false, Some("pcm_s24le")),
            (b"lpcm", 32, IS_FLOAT | IS_BIG_ENDIAN, false, Some("pcm_f32be")),
            (b"lpcm", u32::MAX, IS_FLOAT, false, None),
            (b"alac", 16, 0, false, None),
        ] {
            assert_eq!(pcm(name, bits, flags, is_little_endian).as_deref(), expected, "{}", name.escape_ascii());
        }
        assert_eq!(iso_pcm(b"ipcm", &[0, 0, 0, 0, 1, 24]).as_deref(), Some("pcm_s24le"));
        assert_eq!(iso_pcm(b"fpcm", &[0, 0, 0, 0, 0, 32]).as_deref(), Some("pcm_f32be"));
    }

    #[test]
    fn what_the_codec_says_counts_more_than_the_entry() {
        let told = |name: &[u8; 4], own: &[u8; 4], bytes: &[u8]| {
            let mut entry = AudioEntry { codec: Codec::default(), channels: Some(2), sample_rate: Some(44100) };
            by_configuration(&mut entry, name, |asked| (asked == own).then_some(bytes));
            (entry.channels, entry.sample_rate)
        };
        assert_eq!(told(b"Opus", b"dOps", &[0, 6, 0, 0]), (Some(6), Some(48000)));
        let stream = [&[0; 8][..], &[0; 10], &[0x17, 0x70, 0x03, 0x70]].concat();
        assert_eq!(told(b"fLaC", b"dfLa", &stream), (Some(2), Some(96000)));
        let cookie = [&[0; 13][..], &[8], &[0; 10], &[0, 1, 0x77, 0]].concat();
        assert_eq!(told(b"alac", b"alac", &cookie), (Some(8), Some(96000)));
        assert_eq!(told(b"ac-3", b"dac3", &[0x10, 0x3D, 0xE0]), (Some(6), Some(44100)));
        assert_eq!(told(b"ec-3", b"dec3", &[0x0C, 0, 0x20, 0x0F, 0]), (Some(6), Some(44100)));
        assert_eq!(told(b"alac", b"alac", &[0; 5]), (None, Some(44100)));
    }
}
