//! The tracks (RFC 9559, section 5.1.4), and the codecs by their ids (Matroska's codec specifications).

use super::ebml::Element;
use crate::codec::{self, WaveFormat};
use crate::pieces::Pieces;
use crate::{Audio, Transfer, Video, read};

/// How many tracks are read.
const TRACKS: usize = 64;

/// One of the tracks.
#[derive(Debug)]
pub(super) struct Track<'f> {
    /// By which blocks name it.
    pub(super) number: u64,
    /// Of one frame, in nanoseconds.
    pub(super) default_duration: Option<u64>,
    kind: u64,
    codec_id: String,
    codec_private: &'f [u8],
    language: Option<String>,
    language_bcp47: Option<String>,
    video: Option<VideoSettings>,
    audio: AudioSettings,
}

#[derive(Debug, Default)]
struct VideoSettings {
    width: u64,
    height: u64,
    crop_width: u64,
    crop_height: u64,
    transfer: Transfer,
    has_alpha: bool,
    rotation: u16,
    /// From before there was a default duration.
    frame_rate: Option<f64>,
}

#[derive(Debug)]
struct AudioSettings {
    channels: u64,
    sample_rate: f64,
    /// Where it is another, as with spectral band replication.
    output_sample_rate: Option<f64>,
    bits: u64,
}

impl Default for AudioSettings {
    fn default() -> Self {
        Self { channels: 1, sample_rate: 8000.0, output_sample_rate: None, bits: 0 }
    }
}

pub(super) fn read<'f>(file: &'f Pieces<'_>, tracks: Element) -> Vec<Track<'f>> {
    tracks.children(file).filter(|child| child.id == 0xAE).take(TRACKS).map(|entry| track(file, entry)).collect()
}

fn track<'f>(file: &'f Pieces<'_>, entry: Element) -> Track<'f> {
    let mut track = Track {
        number: 0,
        default_duration: None,
        kind: 0,
        codec_id: String::new(),
        codec_private: &[],
        language: None,
        language_bcp47: None,
        video: None,
        audio: AudioSettings::default(),
    };
    let mut private_is_encoded = false;
    for element in entry.children(file) {
        match element.id {
            0xD7 => track.number = element.unsigned(file).unwrap_or(0),
            0x83 => track.kind = element.unsigned(file).unwrap_or(0),
            0x86 => track.codec_id = element.text(file).unwrap_or_default(),
            0x63A2 => track.codec_private = element.binary(file).unwrap_or_default(),
            0x23_E383 => track.default_duration = element.unsigned(file).filter(|&duration| duration > 0),
            0x22_B59C => track.language = element.text(file),
            0x22_B59D => track.language_bcp47 = element.text(file),
            0xE0 => track.video = Some(video_settings(file, element)),
            0xE1 => track.audio = audio_settings(file, element),
            0x6D80 => private_is_encoded = element.children(file).any(|encoding| is_of_private(file, encoding)),
            _ => {}
        }
    }
    if private_is_encoded {
        track.codec_private = &[];
    }
    track
}

/// Whether a `ContentEncoding` is one of the codec's private data: bit 1 of its scope.
fn is_of_private(file: &Pieces<'_>, encoding: Element) -> bool {
    let mut scopes = encoding.children(file).filter(|child| child.id == 0x5032);
    scopes.any(|scope| scope.unsigned(file).is_some_and(|scope| scope & 2 != 0))
}

fn video_settings(file: &Pieces<'_>, video: Element) -> VideoSettings {
    let mut settings = VideoSettings::default();
    for element in video.children(file) {
        let number = || element.unsigned(file).unwrap_or(0);
        match element.id {
            0xB0 => settings.width = number(),
            0xBA => settings.height = number(),
            // Bottom and top, left and right.
            0x54AA | 0x54BB => settings.crop_height = settings.crop_height.saturating_add(number()),
            0x54CC | 0x54DD => settings.crop_width = settings.crop_width.saturating_add(number()),
            0x53C0 => settings.has_alpha = number() == 1,
            0x23_83E3 => settings.frame_rate = element.float(file),
            0x55B0 => {
                let transfer = element.children(file).find(|child| child.id == 0x55BA);
                let value = transfer.and_then(|child| child.unsigned(file)).and_then(|value| value.try_into().ok());
                settings.transfer = value.map(Transfer::from_h273).unwrap_or_default();
            }
            0x7670 => settings.rotation = rotation(file, element).unwrap_or(0),
            _ => {}
        }
    }
    settings
}

/// Of a `Projection` that is a plain turn of a flat picture: the roll is in degrees counter-clockwise.
fn rotation(file: &Pieces<'_>, projection: Element) -> Option<u16> {
    let mut roll = 0.0;
    for element in projection.children(file) {
        match element.id {
            0x7671 if element.unsigned(file)? != 0 => return None,
            0x7673 | 0x7674 if element.float(file)? != 0.0 => return None,
            0x7675 => roll = element.float(file)?,
            _ => {}
        }
    }
    let clockwise = (-roll).rem_euclid(360.0);
    [0, 90, 180, 270].into_iter().find(|&degrees| (clockwise - f64::from(degrees)).abs() < 0.5)
}

fn audio_settings(file: &Pieces<'_>, audio: Element) -> AudioSettings {
    let mut settings = AudioSettings::default();
    for element in audio.children(file) {
        match element.id {
            0x9F => settings.channels = element.unsigned(file).unwrap_or(settings.channels),
            0xB5 => settings.sample_rate = element.float(file).unwrap_or(settings.sample_rate),
            0x78B5 => settings.output_sample_rate = element.float(file).filter(|&rate| rate > 0.0),
            0x6264 => settings.bits = element.unsigned(file).unwrap_or(0),
            _ => {}
        }
    }
    settings
}

impl Track<'_> {
    /// As video, if it is one and has a size.
    pub(super) fn video(&self) -> Option<Video> {
        let settings = self.video.as_ref().filter(|_| self.kind == 1)?;
        // A crop that leaves nothing is damage.
        let side = |side: u64, crop: u64| {
            u32::try_from(side.checked_sub(crop).filter(|&left| left > 0).unwrap_or(side)).ok().filter(|&side| side > 0)
        };
        let width = side(settings.width, settings.crop_width)?;
        let height = side(settings.height, settings.crop_height)?;
        let is_turned = settings.rotation % 180 != 0;
        let (width, height) = if is_turned { (height, width) } else { (width, height) };
        let codec = self.video_codec();
        Some(Video {
            rfc6381: self.rfc6381(&codec),
            codec,
            width,
            height,
            rotation: settings.rotation,
            frame_rate: None,
            transfer: settings.transfer,
            has_alpha: settings.has_alpha,
        })
    }

    /// Frames per second, where the track says it.
    pub(super) fn frame_rate(&self) -> Option<f64> {
        let by_duration = self.default_duration.map(|nanoseconds| 1e9 / nanoseconds as f64);
        by_duration.or(self.video.as_ref()?.frame_rate).filter(|&rate| rate > 0.0)
    }

    fn video_codec(&self) -> String {
        let known = match self.codec_id.as_str() {
            "V_MPEG4/ISO/AVC" => "h264",
            "V_MPEGH/ISO/HEVC" => "hevc",
            "V_MPEGI/ISO/VVC" => "vvc",
            "V_AV1" => "av1",
            "V_VP8" => "vp8",
            "V_VP9" => "vp9",
            "V_MPEG1" => "mpeg1video",
            "V_MPEG2" => "mpeg2video",
            "V_MPEG4/ISO/SP" | "V_MPEG4/ISO/ASP" | "V_MPEG4/ISO/AP" => "mpeg4",
            "V_MPEG4/MS/V3" => "msmpeg4v3",
            "V_PRORES" => "prores",
            "V_THEORA" => "theora",
            "V_MJPEG" => "mjpeg",
            "V_FFV1" => "ffv1",
            "V_DIRAC" => "dirac",
            "V_SNOW" => "snow",
            "V_AVS2" => "avs2",
            "V_AVS3" => "avs3",
            "V_UNCOMPRESSED" => "rawvideo",
            "V_REAL/RV10" => "rv10",
            "V_REAL/RV20" => "rv20",
            "V_REAL/RV30" => "rv30",
            "V_REAL/RV40" => "rv40",
            // A bitmap's header, as in AVI.
            "V_MS/VFW/FOURCC" => {
                let compression = read::array(self.codec_private, 16);
                return compression.map_or_else(|| self.codec_id.clone(), codec::by_compression);
            }
            // A sample description, as in QuickTime, after its length.
            "V_QUICKTIME" => {
                let name = read::array(self.codec_private, 4);
                return name.map_or_else(|| self.codec_id.clone(), codec::by_compression);
            }
            _ => &self.codec_id,
        };
        known.to_owned()
    }

    /// As audio, if it is one.
    pub(super) fn audio(&self) -> Option<Audio> {
        if self.kind != 2 {
            return None;
        }
        let codec = self.audio_codec();
        let rate = match codec.as_str() {
            // Whatever the original had, its decoders give this (RFC 7845, section 5.1).
            "opus" => 48_000.0,
            _ => self.audio.output_sample_rate.unwrap_or(self.audio.sample_rate).round(),
        };
        // An absent language is English, and `und` is not determined (RFC 9559, section 5.1.4.1.20).
        let language = self.language_bcp47.as_deref().or(self.language.as_deref()).unwrap_or("eng");
        Some(Audio {
            rfc6381: self.rfc6381(&codec),
            codec,
            channels: u16::try_from(self.audio.channels).ok().filter(|&channels| channels > 0),
            sample_rate: (1.0..=f64::from(u32::MAX)).contains(&rate).then_some(rate as u32),
            language: (is_language(language) && language != "und").then(|| language.to_owned()),
        })
    }

    fn audio_codec(&self) -> String {
        let bits = u16::try_from(self.audio.bits).unwrap_or(0);
        let known = match self.codec_id.as_str() {
            "A_OPUS" | "A_OPUS/EXPERIMENTAL" => "opus",
            "A_VORBIS" => "vorbis",
            "A_FLAC" => "flac",
            "A_MPEG/L3" => "mp3",
            "A_MPEG/L2" => "mp2",
            "A_MPEG/L1" => "mp1",
            "A_TRUEHD" => "truehd",
            "A_MLP" => "mlp",
            "A_ALAC" => "alac",
            "A_WAVPACK4" => "wavpack",
            "A_TTA1" => "tta",
            "A_REAL/14_4" => "ra_144",
            "A_REAL/28_8" => "ra_288",
            "A_REAL/COOK" => "cook",
            "A_ATRAC/AT1" => "atrac1",
            "A_PCM/INT/LIT" | "A_PCM/INT/BIG" => {
                let bits = if bits == 0 { 16 } else { bits };
                let order = if self.codec_id.ends_with("LIT") { "le" } else { "be" };
                return codec::pcm(bits, if bits <= 8 { 'u' } else { 's' }, order);
            }
            "A_PCM/FLOAT/IEEE" => return codec::pcm(if bits == 64 { 64 } else { 32 }, 'f', "le"),
            "A_MS/ACM" => {
                let format = WaveFormat::read(self.codec_private);
                return format.map_or_else(|| self.codec_id.clone(), |format| format.codec);
            }
            // Variants are named behind a slash, and those of AAC from before it had private data.
            id if id.starts_with("A_AAC") => "aac",
            id if id.starts_with("A_AC3") => "ac3",
            id if id.starts_with("A_EAC3") => "eac3",
            id if id.starts_with("A_DTS") => "dts",
            id => id,
        };
        known.to_owned()
    }

    fn rfc6381(&self, codec: &str) -> Option<String> {
        let private = self.codec_private;
        match (codec, self.codec_id.as_str()) {
            ("h264", "V_MPEG4/ISO/AVC") => codec::avc("avc1", private),
            ("hevc", "V_MPEGH/ISO/HEVC") => codec::hevc("hvc1", private),
            ("av1", "V_AV1") => codec::av1(private),
            ("vp9", "V_VP9") => vp9(private),
            ("aac", "A_AAC") => codec::mpeg4_audio(private),
            ("aac", id) if id.ends_with("/LC/SBR") => Some("mp4a.40.5".to_owned()),
            ("aac", id) if id.ends_with("/LC") => Some("mp4a.40.2".to_owned()),
            _ => codec::by_name(codec),
        }
    }
}

/// From a list of features: id, length, value ("VP9 CodecPrivate" of the WebM container guidelines).
fn vp9(private: &[u8]) -> Option<String> {
    let (mut profile, mut level, mut depth) = (None, None, None);
    let (features, _) = private.as_chunks::<3>();
    for feature in features {
        match *feature {
            [1, 1, value] => profile = Some(value),
            [2, 1, value] => level = Some(value),
            [3, 1, value] => depth = Some(value),
            _ => {}
        }
    }
    Some(codec::vp("vp09", profile?, level?, depth?))
}

/// Whether it has the form of a language code: nothing else is told as one.
fn is_language(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
