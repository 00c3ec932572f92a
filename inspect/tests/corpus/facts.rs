//! What is compared: the same of every file, whoever tells it.

use quayside_inspect::{Audio, Media, Transfer, Video};
use serde_json::Value;

use crate::files::Correction;
use crate::make::Packets;

#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// In seconds.
    pub(crate) duration: Option<f64>,
    /// In bits per second.
    pub(crate) bit_rate: Option<f64>,
    pub(crate) video: Option<Picture>,
    pub(crate) audio: Vec<Sound>,
}

#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) codec: String,
    pub(crate) string: CodecString,
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) rotation: u16,
    pub(crate) frame_rate: Option<f64>,
    pub(crate) transfer: Transfer,
}

#[derive(Clone, Debug)]
pub(crate) struct Sound {
    pub(crate) codec: String,
    pub(crate) string: CodecString,
    pub(crate) channels: Option<u64>,
    pub(crate) sample_rate: Option<u64>,
    pub(crate) language: Option<String>,
}

/// For the `codecs` parameter of a media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CodecString {
    /// None is defined, or ffprobe does not help.
    Any,
    None,
    /// As it is, or a form in which `?` stands for one character and `*` for the rest.
    Like(String),
}

impl CodecString {
    pub(crate) fn fits(&self, told: &Self) -> bool {
        match (self, told) {
            (Self::Any, _) => true,
            (Self::Like(form), Self::Like(told)) => {
                let (start, is_open) = form.strip_suffix('*').map_or((form.as_str(), false), |start| (start, true));
                let fits = start.bytes().zip(told.bytes()).all(|(form, told)| form == told || form == b'?');
                fits && (start.len() == told.len() || is_open && start.len() < told.len())
            }
            (expected, told) => expected == told,
        }
    }

    fn told(string: Option<&String>) -> Self {
        string.map_or(Self::None, |string| Self::Like(string.clone()))
    }
}

impl Facts {
    /// As we tell them.
    pub(crate) fn of(media: &Media) -> Self {
        let sound = |audio: &Audio| Sound {
            codec: audio.codec.clone(),
            string: CodecString::told(audio.rfc6381.as_ref()),
            channels: audio.channels.map(u64::from),
            sample_rate: audio.sample_rate.map(u64::from),
            language: audio.language.clone(),
        };
        let picture = |video: &Video| Picture {
            codec: video.codec.clone(),
            string: CodecString::told(video.rfc6381.as_ref()),
            width: video.width.into(),
            height: video.height.into(),
            rotation: video.rotation,
            frame_rate: video.frame_rate,
            transfer: video.transfer,
        };
        Self {
            duration: media.duration.map(|duration| duration.as_secs_f64()),
            bit_rate: media.bit_rate.map(|rate| rate as f64),
            video: media.video.as_ref().map(picture),
            audio: media.audio.iter().map(sound).collect(),
        }
    }

    /// As ffprobe tells them, in JSON.
    pub(crate) fn probed(json: &str) -> Self {
        let json: Value = serde_json::from_str(json).unwrap();
        let streams = json["streams"].as_array().unwrap();
        let of_kind = |kind: &'static str| streams.iter().filter(move |stream| stream["codec_type"] == kind);
        let format = |name: &str| json["format"][name].as_str().and_then(|text| text.parse().ok());
        Self {
            duration: format("duration"),
            bit_rate: format("bit_rate"),
            video: of_kind("video").find(|stream| stream["disposition"]["attached_pic"] != 1).map(picture),
            audio: of_kind("audio").map(sound).collect(),
        }
    }

    /// With what ffprobe does not say, or says wrongly, of a file of `size` bytes; `packets` counts those of the sound.
    pub(crate) fn correct(&mut self, corrections: &[Correction], size: u64, packets: impl Fn() -> Packets) {
        for correction in corrections {
            match *correction {
                Correction::Duration(seconds) | Correction::About(seconds, _) => self.duration = Some(seconds),
                Correction::Packets(samples) => {
                    let rate = self.audio[0].sample_rate.unwrap();
                    self.duration = Some((packets().count * u64::from(samples)) as f64 / rate as f64);
                }
                Correction::Played => self.duration = Some(packets().seconds),
                Correction::NoDuration => self.duration = None,
                Correction::Codecs(codecs) => {
                    let mut strings = codecs.split(',').map(|string| match string {
                        "-" => CodecString::None,
                        string => CodecString::Like(string.to_owned()),
                    });
                    if let Some(video) = &mut self.video {
                        video.string = strings.next().unwrap();
                    }
                    self.audio.iter_mut().for_each(|audio| audio.string = strings.next().unwrap());
                    assert_eq!(strings.next(), None);
                }
                Correction::Shown(width, height, rotation) => {
                    let video = self.video.as_mut().unwrap();
                    (video.width, video.height, video.rotation) = (width.into(), height.into(), rotation);
                }
            }
        }
        self.bit_rate = self.duration.map(|seconds| size as f64 * 8.0 / seconds);
    }
}

fn picture(stream: &Value) -> Picture {
    let side_data = stream["side_data_list"].as_array().map_or([].as_slice(), Vec::as_slice);
    // Counter-clockwise.
    let turned = side_data.iter().find_map(|data| data["rotation"].as_i64()).unwrap_or(0);
    let rotation = (-turned).rem_euclid(360) as u16;
    let (width, height) = (stream["width"].as_u64().unwrap(), stream["height"].as_u64().unwrap());
    let (width, height) = if rotation.is_multiple_of(180) { (width, height) } else { (height, width) };
    Picture {
        codec: text(stream, "codec_name"),
        string: video_string(stream),
        width,
        height,
        rotation,
        frame_rate: ratio(&text(stream, "avg_frame_rate")),
        transfer: match stream["color_transfer"].as_str() {
            Some("smpte2084") => Transfer::Hdr10,
            Some("arib-std-b67") => Transfer::Hlg,
            _ => Transfer::Sdr,
        },
    }
}

fn sound(stream: &Value) -> Sound {
    let language = stream["tags"]["language"].as_str().filter(|&language| language != "und");
    Sound {
        codec: text(stream, "codec_name"),
        string: audio_string(stream),
        channels: stream["channels"].as_u64().filter(|&channels| channels > 0),
        sample_rate: stream["sample_rate"].as_str().and_then(|rate| rate.parse().ok()),
        language: language.map(str::to_owned),
    }
}

fn text(stream: &Value, name: &str) -> String {
    stream[name].as_str().unwrap_or_default().to_owned()
}

fn ratio(text: &str) -> Option<f64> {
    let (over, under) = text.split_once('/')?;
    let ratio = over.parse::<f64>().ok()? / under.parse::<f64>().ok()?;
    ratio.is_finite().then_some(ratio)
}

fn video_string(stream: &Value) -> CodecString {
    let profile = text(stream, "profile");
    let level = stream["level"].as_i64().unwrap_or(0);
    let depth = if text(stream, "pix_fmt").ends_with("10le") { 10 } else { 8 };
    CodecString::Like(match text(stream, "codec_name").as_str() {
        "h264" => {
            let profile = match profile.as_str() {
                "Constrained Baseline" | "Baseline" => "42",
                "Main" => "4d",
                "High" => "64",
                "High 10" | "High 10 Intra" => "6e",
                "High 4:4:4 Predictive" => "f4",
                _ => "??",
            };
            format!("avc1.{profile}??{level:02x}")
        }
        "hevc" => {
            let name = Some(text(stream, "codec_tag_string")).filter(|tag| tag == "hev1");
            let profile = if profile == "Main 10" { 2 } else { 1 };
            format!("{}.{profile}.?.L{level}*", name.as_deref().unwrap_or("hvc1"))
        }
        "av1" => format!("av01.0.{level:02}M.{depth:02}"),
        "vp9" => format!("vp09.0{}.??.{depth:02}", profile.trim_start_matches("Profile ")),
        "vp8" => "vp8".to_owned(),
        _ => return CodecString::Any,
    })
}

fn audio_string(stream: &Value) -> CodecString {
    let string = match (text(stream, "codec_name").as_str(), text(stream, "profile").as_str()) {
        ("aac", "LC") => "mp4a.40.2",
        ("opus", _) => "opus",
        ("vorbis", _) => "vorbis",
        // In MP4 its name has a capital letter.
        ("flac", _) => "f?aC",
        ("ac3", _) => "ac-3",
        ("eac3", _) => "ec-3",
        // `mp3` alone, `mp4a.6B` in containers.
        ("mp3", _) => "mp*",
        _ => return CodecString::Any,
    };
    CodecString::Like(string.replace("f?aC", "f?a?"))
}
