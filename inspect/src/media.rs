use std::time::Duration;

use crate::Format;

/// What inspection tells of a file. What the file does not say is `None` or empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// The format that it was read as.
    pub format: Format,
    /// How long it plays.
    pub duration: Option<Duration>,
    /// Bits per second of the whole file: its size by its duration.
    pub bit_rate: Option<u64>,
    /// The first video track that is no cover picture.
    pub video: Option<Video>,
    /// The audio tracks, in the file's order.
    pub audio: Vec<Audio>,
    /// The sides of a drawing or a still image.
    pub picture: Option<Picture>,
    /// Of a document.
    pub document: Option<Document>,
    /// When, with what and where it was taken.
    pub capture: Capture,
}

impl Media {
    /// Of this format, and nothing more.
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            duration: None,
            bit_rate: None,
            video: None,
            audio: Vec::new(),
            picture: None,
            document: None,
            capture: Capture::default(),
        }
    }

    /// Sets how long it plays, and the bit rate that follows for a file of `size` bytes.
    pub(crate) fn set_duration(&mut self, duration: Duration, size: u64) {
        let seconds = duration.as_secs_f64();
        self.duration = Some(duration);
        self.bit_rate = (seconds > 0.0).then(|| (size as f64 * 8.0 / seconds).round() as u64);
    }
}

/// How long so many samples last; `None` where there are none in a second.
pub(crate) fn duration(samples: u64, per_second: u64) -> Option<Duration> {
    let seconds = samples.checked_div(per_second)?;
    let nanoseconds = u128::from(samples % per_second) * 1_000_000_000 / u128::from(per_second);
    Some(Duration::new(seconds, u32::try_from(nanoseconds).ok()?))
}

/// A video track.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    /// The codec by its common short name, in small letters: `h264`, `hevc`, `av1`, `vp9`, `prores`, `mjpeg`, … A codec
    /// that is not known goes by the container's own identifier.
    pub codec: String,
    /// For the `codecs` parameter of a media type (RFC 6381 and the codec's own registration), where one is defined:
    /// `avc1.64001f`.
    pub rfc6381: Option<String>,
    /// Width in pixels, as shown: after rotation. Pixels are taken for square.
    pub width: u32,
    /// Height in pixels, as shown.
    pub height: u32,
    /// By how many degrees the stored picture is turned clockwise to be upright: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Frames per second, on average.
    pub frame_rate: Option<f64>,
    /// How its numbers become light.
    pub transfer: Transfer,
    /// Whether it has a channel for transparency, where the container says so.
    pub has_alpha: bool,
}

/// The colour transfer of a video (ITU-T H.273, `TransferCharacteristics`), as far as players treat it differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transfer {
    /// Standard dynamic range, and what says nothing.
    #[default]
    Sdr,
    /// Perceptual quantizer: SMPTE ST 2084, value 16.
    Hdr10,
    /// Hybrid log-gamma: ARIB STD-B67, value 18.
    Hlg,
}

impl Transfer {
    /// By the value of H.273.
    pub(crate) fn from_h273(value: u16) -> Self {
        match value {
            16 => Self::Hdr10,
            18 => Self::Hlg,
            _ => Self::Sdr,
        }
    }
}

/// An audio track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// The codec by its common short name, in small letters: `aac`, `mp3`, `opus`, `vorbis`, `flac`, `ac3`,
    /// `pcm_s16le`, … A codec that is not known goes by the container's own identifier.
    pub codec: String,
    /// As [`Video::rfc6381`]: `mp4a.40.2`, `opus`.
    pub rfc6381: Option<String>,
    /// Number of channels.
    pub channels: Option<u16>,
    /// Samples per second.
    pub sample_rate: Option<u32>,
    /// Language (ISO 639-2 or BCP 47, as the file says it); `None` where it is not determined.
    pub language: Option<String>,
}

/// A still picture without frames or pixels that we decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Width in pixels, as shown; of a drawing, in CSS pixels.
    pub width: u32,
    /// Height in pixels, as shown; of a drawing, in CSS pixels.
    pub height: u32,
    /// Whether it may be transparent, where that is known.
    pub has_alpha: Option<bool>,
}

/// A document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Number of pages; `None` where the file does not say it, or not to readers without its password.
    pub pages: Option<u32>,
    /// Whether it is encrypted and may ask for a password.
    pub encrypted: bool,
}

/// How a picture or film was taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capture {
    /// When, in the words of RFC 3339, with an offset only where the camera knew its time zone:
    /// `2024-07-01T12:30:00+02:00` or `2024-07-01T12:30:00`.
    pub time: Option<String>,
    /// Who made the camera.
    pub make: Option<String>,
    /// The camera's model.
    pub model: Option<String>,
    /// Where it was. Think before you show it.
    pub location: Option<Location>,
}

/// A place on Earth (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Location {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
    /// Metres above sea level.
    pub altitude: Option<f64>,
}
