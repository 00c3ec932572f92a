//! Codecs by the identifiers that several containers share, and their strings for the `codecs` parameter of a media
//! type.

use std::fmt::Write;

use crate::read;

/// For a codec whose string says nothing but its name: WebM's own, and those that RFC 6381 takes from MP4.
pub(crate) fn by_name(codec: &str) -> Option<String> {
    let string = match codec {
        "vp8" | "opus" | "vorbis" | "flac" | "theora" => codec,
        "mp3" => "mp4a.6B",
        "ac3" => "ac-3",
        "eac3" => "ec-3",
        _ => return None,
    };
    Some(string.to_owned())
}

/// H.264 by its `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15, 5.3.3; RFC 6381, 3.3), after the name of its sample
/// entry.
pub(crate) fn avc(entry: &str, config: &[u8]) -> Option<String> {
    let [1, profile, compatibility, level] = read::array(config, 0)? else { return None };
    Some(format!("{entry}.{profile:02x}{compatibility:02x}{level:02x}"))
}

/// H.265 by its `HEVCDecoderConfigurationRecord` (ISO/IEC 14496-15, 8.3.3 and annex E.3), after the name of its sample
/// entry.
pub(crate) fn hevc(entry: &str, config: &[u8]) -> Option<String> {
    let [version, profile] = read::array(config, 0)?;
    // Files from before the record was final say 0.
    if version > 1 {
        return None;
    }
    let space = ["", "A", "B", "C"].get(usize::from(profile >> 6))?;
    let tier = if profile & 0x20 == 0 { 'L' } else { 'H' };
    let compatibility = read::u32_be(config, 2)?.reverse_bits();
    let constraints: [u8; 6] = read::array(config, 6)?;
    let level = config.get(12)?;
    let mut string = format!("{entry}.{space}{}.{compatibility:X}.{tier}{level}", profile & 0x1F);
    let used = constraints.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    for byte in constraints.iter().take(used) {
        // Writing to a string does not fail.
        _ = write!(string, ".{byte:X}");
    }
    Some(string)
}

/// AV1 by its `AV1CodecConfigurationRecord` (AV1 in ISO base media files, 2.3 and 5).
pub(crate) fn av1(config: &[u8]) -> Option<String> {
    let [0x81, profile_and_level, flags] = read::array(config, 0)? else { return None };
    let tier = if flags & 0x80 == 0 { 'M' } else { 'H' };
    let (profile, level) = (profile_and_level >> 5, profile_and_level & 0x1F);
    let depth = match (flags & 0x40 != 0, flags & 0x20 != 0) {
        (false, _) => 8,
        (true, true) if profile == 2 => 12,
        (true, _) => 10,
    };
    Some(format!("av01.{profile}.{level:02}{tier}.{depth:02}"))
}

/// VP8 (`vp08`) and VP9 (`vp09`) by profile, level and bits per sample (VP codecs in ISO base media files, "Codecs
/// parameter string").
pub(crate) fn vp(entry: &str, profile: u8, level: u8, depth: u8) -> String {
    format!("{entry}.{profile:02}.{level:02}.{depth:02}")
}

/// AAC and its relatives by their `AudioSpecificConfig` (ISO/IEC 14496-3, 1.6.2.1).
pub(crate) fn mpeg4_audio(config: &[u8]) -> Option<String> {
    let [first, second] = read::array(config, 0)?;
    let object_type = match first >> 3 {
        // An escape: six more bits.
        31 => 32 + (u16::from_be_bytes([first, second]) >> 5 & 0x3F),
        short => u16::from(short),
    };
    (object_type > 0).then(|| format!("mp4a.40.{object_type}"))
}

/// A video codec by the `biCompression` of its `BITMAPINFOHEADER`, which AVI has, and Matroska for codecs from there.
pub(crate) fn by_compression(compression: [u8; 4]) -> String {
    let known = match &compression.map(|byte| byte.to_ascii_uppercase()) {
        [0 | 3, 0, 0, 0] => "rawvideo",
        [1 | 2, 0, 0, 0] => "msrle",
        b"XVID" | b"DIVX" | b"DX50" | b"FMP4" | b"MP4S" | b"MP4V" | b"M4S2" | b"3IV2" | b"XVIX" | b"RMP4" => "mpeg4",
        b"MPG4" | b"MP41" | b"DIV1" => "msmpeg4v1",
        b"MP42" | b"DIV2" => "msmpeg4v2",
        b"MP43" | b"DIV3" | b"DIV4" | b"DIV5" | b"DIV6" | b"MPG3" | b"COL0" | b"COL1" | b"AP41" => "msmpeg4v3",
        b"WMV1" => "wmv1",
        b"WMV2" => "wmv2",
        b"WMV3" => "wmv3",
        b"WVC1" | b"WMVA" => "vc1",
        b"H264" | b"X264" | b"AVC1" | b"DAVC" | b"VSSH" => "h264",
        b"HEVC" | b"H265" | b"HVC1" | b"HEV1" => "hevc",
        b"H263" | b"X263" | b"U263" => "h263",
        b"MJPG" | b"DMB1" | b"AVRN" | b"LJPG" | b"IJPG" => "mjpeg",
        b"HFYU" => "huffyuv",
        b"FFVH" => "ffvhuff",
        b"FFV1" => "ffv1",
        b"LAGS" => "lagarith",
        b"ULRA" | b"ULRG" | b"ULY0" | b"ULY2" | b"ULY4" | b"ULH0" | b"ULH2" | b"ULH4" => "utvideo",
        b"MAGY" | b"M8RG" | b"M8RA" | b"M8Y0" | b"M8Y2" | b"M8Y4" => "magicyuv",
        b"DIB " | b"RGB " | b"RAW " | b"YUY2" | b"YUYV" | b"UYVY" | b"I420" | b"IYUV" | b"YV12" | b"NV12" | b"Y800"
        | b"HDYC" => "rawvideo",
        b"V210" => "v210",
        b"DVSD" | b"DV25" | b"DV50" | b"DVHD" | b"DVSL" | b"CDVC" | b"DVIS" | b"PDVC" => "dvvideo",
        b"MPG1" | b"PIM1" | b"VCR2" => "mpeg1video",
        b"MPG2" | b"PIM2" | b"MPEG" => "mpeg2video",
        b"CVID" => "cinepak",
        b"IV31" | b"IV32" => "indeo3",
        b"IV41" => "indeo4",
        b"IV50" => "indeo5",
        b"MSVC" | b"CRAM" | b"WHAM" => "msvideo1",
        b"VP30" | b"VP31" => "vp3",
        b"VP50" => "vp5",
        b"VP60" | b"VP61" | b"VP62" => "vp6",
        b"VP6F" | b"FLV4" => "vp6f",
        b"VP70" => "vp7",
        b"VP80" => "vp8",
        b"VP90" => "vp9",
        b"AV01" => "av1",
        b"THEO" => "theora",
        b"DRAC" => "dirac",
        b"SNOW" => "snow",
        b"FLV1" => "flv1",
        b"SVQ1" => "svq1",
        b"SVQ3" => "svq3",
        b"MJ2C" | b"MJP2" => "jpeg2000",
        b"MPNG" | b"PNG1" => "png",
        b"CFHD" => "cfhd",
        b"AVDN" => "dnxhd",
        b"APCH" | b"APCN" | b"APCS" | b"APCO" | b"AP4H" | b"AP4X" => "prores",
        b"TSCC" => "tscc",
        b"ZLIB" => "zlib",
        b"MSZH" => "mszh",
        _ => return compression.escape_ascii().to_string(),
    };
    known.to_owned()
}

/// What a `WAVEFORMATEX` says (Microsoft, mmreg.h), which WAVE and AVI have, and Matroska for codecs from there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WaveFormat {
    pub(crate) codec: String,
    pub(crate) channels: Option<u16>,
    pub(crate) sample_rate: Option<u32>,
}

impl WaveFormat {
    pub(crate) fn read(format: &[u8]) -> Option<Self> {
        let mut tag = read::u16_le(format, 0)?;
        let mut bits = read::u16_le(format, 14).unwrap_or(0);
        if tag == 0xFFFE {
            // Extensible: the tag begins a GUID, whose rest is the same for all of them.
            const REST: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
            if read::array(format, 26) == Some(REST) {
                tag = read::u16_le(format, 24).unwrap_or(tag);
            }
            bits = read::u16_le(format, 18).filter(|&valid| valid > 0).unwrap_or(bits);
        }
        Some(Self {
            codec: by_wave_tag(tag, bits),
            channels: read::u16_le(format, 2).filter(|&channels| channels > 0),
            sample_rate: read::u32_le(format, 4).filter(|&rate| rate > 0),
        })
    }
}

pub(crate) fn by_wave_tag(tag: u16, bits: u16) -> String {
    let known = match tag {
        0x0001 => return pcm(bits, if bits <= 8 { 'u' } else { 's' }, "le"),
        0x0003 => return pcm(bits, 'f', "le"),
        0x0002 => "adpcm_ms",
        0x0006 => "pcm_alaw",
        0x0007 => "pcm_mulaw",
        0x0011 => "adpcm_ima_wav",
        0x0031 | 0x0032 => "gsm_ms",
        0x0045 => "adpcm_g726",
        0x0050 => "mp2",
        0x0055 => "mp3",
        0x00FF | 0x1600 | 0x706D | 0xA106 => "aac",
        0x0160 => "wmav1",
        0x0161 => "wmav2",
        0x0162 => "wmapro",
        0x0163 => "wmalossless",
        0x0270 => "atrac3",
        0x1602 => "aac_latm",
        0x2000 => "ac3",
        0x2001 => "dts",
        0x566F => "vorbis",
        0x704F => "opus",
        0xF1AC => "flac",
        _ => return format!("0x{tag:04x}"),
    };
    known.to_owned()
}

/// Uncompressed samples: unsigned, signed or floating (`u`, `s`, `f`), in whole bytes, in this order (`le`, `be`).
pub(crate) fn pcm(bits: u16, kind: char, order: &str) -> String {
    match bits.div_ceil(8) {
        0 | 1 => format!("pcm_{kind}8"),
        bytes => format!("pcm_{kind}{}{order}", u32::from(bytes) * 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(of: &str) -> Option<String> {
        Some(of.to_owned())
    }

    #[test]
    fn configurations_become_strings() {
        assert_eq!(avc("avc1", &[1, 0x64, 0, 0x1F, 0xFF]), string("avc1.64001f"));
        assert_eq!(hevc("hvc1", &[1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93]), string("hvc1.1.6.L93.90"));
        assert_eq!(hevc("hev1", &[1, 0x22, 0x20, 0, 0, 0, 0xB0, 0, 1, 0, 0, 0, 150]), string("hev1.2.4.H150.B0.0.1"));
        let odd = [1, 0x62, 0x20, 0, 0, 0, 0x90, 0, 1, 0, 0, 0, 120];
        assert_eq!(hevc("hev1", &odd), string("hev1.A2.4.H120.90.0.1"));
        assert_eq!(av1(&[0x81, 0x04, 0x0C, 0]), string("av01.0.04M.08"));
        assert_eq!(av1(&[0x81, 0x4D, 0xE0, 0]), string("av01.2.13H.12"));
        assert_eq!(vp("vp09", 2, 10, 10), "vp09.02.10.10");
        assert_eq!(mpeg4_audio(&[0x12, 0x10]), string("mp4a.40.2"));
        assert_eq!(mpeg4_audio(&[0x2B, 0x92]), string("mp4a.40.5"));
        assert_eq!(mpeg4_audio(&[0xF9, 0x40]), string("mp4a.40.42"), "the escape, of xHE-AAC");
    }

    #[test]
    fn configurations_that_are_cut_off_or_of_another_version_are_nothing() {
        for length in 0..13 {
            assert_eq!(hevc("hvc1", &[1; 12][..length.min(12)]), None);
        }
        assert_eq!(avc("avc1", &[1, 2, 3]), None);
        assert_eq!(avc("avc1", &[0, 0, 0, 1]), None);
        assert_eq!(av1(&[0x81, 0]), None);
        assert_eq!(mpeg4_audio(&[0x12]), None);
        assert_eq!(mpeg4_audio(&[0, 0]), None);
    }

    #[test]
    fn compressions_are_known_in_both_cases_and_else_go_by_their_own_name() {
        assert_eq!(by_compression(*b"xvid"), "mpeg4");
        assert_eq!(by_compression(*b"XVID"), "mpeg4");
        assert_eq!(by_compression([0; 4]), "rawvideo");
        assert_eq!(by_compression(*b"QxYz"), "QxYz");
        assert_eq!(by_compression(*b"a\0\n\xFF"), r"a\x00\n\xff");
    }

    #[test]
    fn wave_formats_are_told_by_tag_and_bits() {
        let format = |tag: u16, bits: u16| {
            [&tag.to_le_bytes()[..], &[2, 0, 0x80, 0xBB, 0, 0], &[0; 6], &bits.to_le_bytes()].concat()
        };
        for (tag, bits, codec) in [
            (1, 8, "pcm_u8"),
            (1, 16, "pcm_s16le"),
            (1, 20, "pcm_s24le"),
            (3, 32, "pcm_f32le"),
            (0x55, 0, "mp3"),
            (0xFF, 16, "aac"),
            (0x4242, 0, "0x4242"),
            (1, u16::MAX, "pcm_s65536le"),
        ] {
            let wave = WaveFormat { codec: codec.to_owned(), channels: Some(2), sample_rate: Some(48_000) };
            assert_eq!(WaveFormat::read(&format(tag, bits)), Some(wave));
        }
        let mut extensible = format(0xFFFE, 32);
        extensible.extend([22, 0, 24, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        assert_eq!(WaveFormat::read(&extensible).map(|wave| wave.codec), string("pcm_s24le"));
        assert_eq!(WaveFormat::read(&format(1, 16)[..1]), None);
    }
}
