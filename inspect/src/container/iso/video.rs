//! Sample entries of video tracks (ISO/IEC 14496-12, section 12.1.3, and the QuickTime File Format, "Video sample
//! description"), and what they are called in media types (RFC 6381).

use super::boxes::{FULL, IsoBox};
use super::{Codec, descriptors};
use crate::media::Transfer;
use crate::pieces::Pieces;
use crate::{codec, read};

/// How long a visual sample entry is before the boxes in it.
const FIELDS: usize = 78;

/// How much of a codec's configuration is looked at, in bytes.
const MAX_CONFIGURATION: usize = 8 * 1024;

/// What the sample entry of a video track says.
#[derive(Debug, Default)]
pub(super) struct VideoEntry {
    pub(super) codec: Codec,
    /// In pixels, before rotation; 0 where the entry leaves it to the track.
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) transfer: Transfer,
    pub(super) has_alpha: bool,
}

/// Reads a sample entry.
pub(super) fn read(file: &Pieces<'_>, entry: &IsoBox) -> Option<VideoEntry> {
    let fields = file.get(entry.body, FIELDS)?;
    let (width, height) = read::u16_be(fields, 24).zip(read::u16_be(fields, 26))?;
    // A depth of 32 is 24 bits of colour and a channel for transparency; above are shades of grey.
    let has_alpha = read::u16_be(fields, 74) == Some(32);
    let boxes = || entry.children_behind(file, FIELDS as u64);
    let configuration = |name: &[u8; 4]| {
        boxes().find(|child| &child.name == name).and_then(|child| child.bytes(file, MAX_CONFIGURATION))
    };
    let name = original_format(file, entry, boxes());
    let codec = codec(name, configuration);
    let transfer = configuration(b"colr").and_then(colour).or_else(|| by_codec(configuration)).unwrap_or_default();
    Some(VideoEntry { codec, width, height, transfer, has_alpha })
}

/// The entry's own name, or what an encrypted one was before (ISO/IEC 14496-12, section 8.12).
pub(super) fn original_format(
    file: &Pieces<'_>,
    entry: &IsoBox,
    mut children: impl Iterator<Item = IsoBox>,
) -> [u8; 4] {
    let mut original = || {
        let protection = children.find(|child| &child.name == b"sinf")?;
        file.array(protection.child(file, b"frma")?.body)
    };
    match &entry.name {
        b"encv" | b"enca" => original().unwrap_or(entry.name),
        _ => entry.name,
    }
}

fn codec<'f>(name: [u8; 4], configuration: impl Fn(&[u8; 4]) -> Option<&'f [u8]>) -> Codec {
    let four = str::from_utf8(&name).unwrap_or_default();
    let rfc6381 = match &name {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => configuration(b"avcC").and_then(|found| codec::avc(four, found)),
        b"hvc1" | b"hev1" => configuration(b"hvcC").and_then(|found| codec::hevc(four, found)),
        b"dvh1" | b"dvhe" | b"dva1" | b"dvav" => dolby_vision(&configuration).map(|(profile, level)| {
            // Dolby Vision Streams Within the ISO Base Media File Format, annex.
            format!("{four}.{profile:02}.{level:02}")
        }),
        b"av01" => configuration(b"av1C").and_then(codec::av1),
        b"vp08" | b"vp09" => configuration(b"vpcC").and_then(|found| vp(four, found)),
        b"mp4v" => return mpeg4(configuration(b"esds")),
        _ => None,
    };
    match common_name(&name) {
        Some(known) => Codec { name: known.to_owned(), rfc6381 },
        None => Codec::unknown(name),
    }
}

/// The names of codecs by their identifiers, registered or in use by QuickTime.
fn common_name(name: &[u8; 4]) -> Option<&'static str> {
    Some(match name {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"dva1" | b"dvav" => "h264",
        b"ai12" | b"ai13" | b"ai15" | b"ai16" | b"ai1p" | b"ai1q" | b"ai52" | b"ai53" | b"ai55" | b"ai56" | b"ai5p"
        | b"ai5q" | b"AVin" => "h264",
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"av01" => "av1",
        b"vp08" => "vp8",
        b"vp09" => "vp9",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"jpeg" | b"mjpg" | b"MJPG" | b"mjpa" | b"AVDJ" | b"dmb1" => "mjpeg",
        b"mjpb" => "mjpegb",
        b"mjp2" => "jpeg2000",
        b"DIVX" | b"divx" | b"XVID" | b"xvid" | b"3IV2" | b"3IVD" | b"SEDG" => "mpeg4",
        b"h263" | b"H263" | b"s263" => "h263",
        b"mpeg" | b"mp1v" | b"m1v " | b"m1v1" => "mpeg1video",
        b"m2v1" | b"mp2v" | b"mpg2" => "mpeg2video",
        // XDCAM, HDV and IMX.
        [b'x', b'd', b'v' | b'5' | b'h', _] | [b'h', b'd', b'v', _] | [b'm', b'x', b'3'..=b'5', b'n' | b'p'] => {
            "mpeg2video"
        }
        b"dvc " | b"dvcp" | b"dvpp" | b"dvp " | b"dv5n" | b"dv5p" | b"dvhp" | b"dvhq" | b"dvh2" | b"dvh3" | b"dvh5"
        | b"dvh6" | b"dvs1" | b"AVdv" => "dvvideo",
        b"AVdn" | b"AVdh" => "dnxhd",
        b"CFHD" => "cfhd",
        b"Hap1" | b"Hap5" | b"HapY" | b"HapM" | b"HapA" => "hap",
        b"icod" => "aic",
        b"png " | b"MNG " => "png",
        b"gif " => "gif",
        b"tiff" => "tiff",
        b"rle " => "qtrle",
        b"rpza" | b"azpr" => "rpza",
        b"smc " => "smc",
        b"cvid" => "cinepak",
        b"SVQ1" | b"svq1" | b"svqi" => "svq1",
        b"SVQ3" => "svq3",
        b"vc-1" => "vc1",
        b"drac" => "dirac",
        b"FFV1" => "ffv1",
        b"raw " | b"yuv2" | b"2vuy" | b"2Vuy" | b"yuvs" | b"UYVY" | b"YUY2" | b"NO16" | b"ABGR" | b"RGBA" | b"BGRA" => {
            "rawvideo"
        }
        b"v210" => "v210",
        b"r210" => "r210",
        b"v308" => "v308",
        b"v408" => "v408",
        b"v410" => "v410",
        _ => return None,
    })
}

/// By its `VPCodecConfigurationRecord` (VP codecs in ISO base media files).
fn vp(four: &str, configuration: &[u8]) -> Option<String> {
    let [profile, level, depth] = read::array(configuration, FULL as usize)?;
    Some(codec::vp(four, profile, level, depth >> 4))
}

/// RFC 6381, section 3.3: the object type in hexadecimal, and of MPEG-4 Visual the profile in decimal.
fn mpeg4(esds: Option<&[u8]>) -> Codec {
    let Some(decoder) = esds.and_then(descriptors::decoder) else { return Codec::named("mpeg4") };
    let object_type = decoder.object_type;
    let name = match object_type {
        0x20 => "mpeg4",
        0x21 => "h264",
        0x23 => "hevc",
        0x60..=0x65 => "mpeg2video",
        0x6A => "mpeg1video",
        0x6C => "mjpeg",
        0x6D => "png",
        0x6E => "jpeg2000",
        0xA3 => "vc1",
        0xA4 => "dirac",
        0xB1 => "vp9",
        _ => "mp4v",
    };
    let mut rfc6381 = format!("mp4v.{object_type:02X}");
    if let Some(profile) = descriptors::visual_profile(decoder.specific).filter(|_| object_type == 0x20) {
        rfc6381 = format!("{rfc6381}.{profile}");
    }
    Codec { name: name.to_owned(), rfc6381: Some(rfc6381) }
}

/// Profile and level of Dolby Vision.
fn dolby_vision<'f>(configuration: impl Fn(&[u8; 4]) -> Option<&'f [u8]>) -> Option<(u16, u16)> {
    let found = [b"dvcC", b"dvvC", b"dvwC"].into_iter().find_map(configuration)?;
    let bits = read::u16_be(found, 2)?;
    Some((bits >> 9, bits >> 3 & 0x3F))
}

/// ISO/IEC 14496-12, section 12.1.5, and QuickTime's older kind. A colour profile says nothing that we tell.
fn colour(colr: &[u8]) -> Option<Transfer> {
    let kind: [u8; 4] = read::array(colr, 0)?;
    matches!(&kind, b"nclx" | b"nclc").then(|| read::u16_be(colr, 6).map(Transfer::from_h273)).flatten()
}

/// What the codec's configuration says of the transfer where nothing else does.
fn by_codec<'f>(configuration: impl Fn(&[u8; 4]) -> Option<&'f [u8]>) -> Option<Transfer> {
    if let Some(found) = configuration(b"vpcC") {
        return found.get(FULL as usize + 4).map(|&value| Transfer::from_h273(u16::from(value)));
    }
    // Profile 5 has no base layer that other players could show: it is always in the perceptual quantizer.
    dolby_vision(configuration).and_then(|(profile, _)| (profile == 5).then_some(Transfer::Hdr10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_are_named_as_their_registrations_say() {
        assert_eq!(vp("vp09", &[1, 0, 0, 0, 2, 31, 0xA2, 9, 16, 9]).as_deref(), Some("vp09.02.31.10"));
        let vision = |name: &[u8; 4]| (name == b"dvcC").then_some([1, 0, 0x0A, 0x31].as_slice());
        assert_eq!(codec(*b"dvh1", vision).rfc6381.as_deref(), Some("dvh1.05.06"));
        assert_eq!(by_codec(vision), Some(Transfer::Hdr10));
        let wide_gamut = |name: &[u8; 4]| (name == b"vpcC").then_some([1, 0, 0, 0, 2, 31, 0xA2, 9, 18, 9].as_slice());
        assert_eq!(by_codec(wide_gamut), Some(Transfer::Hlg));
        let unknown = codec(*b"\xFFa1 ", |_| None);
        assert_eq!((unknown.name.as_str(), unknown.rfc6381), ("a1", None));
        let visual = [&[0; 4][..], &[4, 24, 0x20], &[0; 12], &[5, 5, 0, 0, 1, 0xB0, 9]].concat();
        assert_eq!(mpeg4(Some(&visual)).rfc6381.as_deref(), Some("mp4v.20.9"));
        assert_eq!(mpeg4(None).name, "mpeg4");
    }

    #[test]
    fn only_a_colour_by_numbers_tells_the_transfer() {
        assert_eq!(colour(b"nclx\0\x09\0\x10\0\x09\0"), Some(Transfer::Hdr10));
        assert_eq!(colour(b"nclc\0\x01\0\x01\0\x01"), Some(Transfer::Sdr));
        assert_eq!(colour(b"prof\0\x09\0\x10\0\x09\0"), None);
        assert_eq!(colour(b"nclx\0\x09"), None);
    }
}
