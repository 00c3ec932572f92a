//! What inspection finds out about a file, as the table keeps it and the API shows it.

use serde::{Deserialize, Serialize};

/// What inspection found out. What the file does not say, or what its kind does not have, is left out.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    /// Width in pixels, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub width: Option<u32>,
    /// Height in pixels, as shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub height: Option<u32>,
    /// EXIF orientation of an image's stored pixels, 1 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub orientation: Option<u8>,
    /// By how many degrees a video's stored picture is turned clockwise to be upright: 0, 90, 180 or 270.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub rotation: Option<u16>,
    /// How long it plays, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub duration_seconds: Option<f64>,
    /// Codec of the video track by its common short name, such as `h264`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub video_codec: Option<String>,
    /// Codec of the first audio track by its common short name, such as `aac`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub audio_codec: Option<String>,
    /// The codecs as the parameter of a media type (RFC 6381), where all of them have a name there: what a player asks
    /// `canPlayType` about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub codecs: Option<String>,
    /// Bits per second of the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub bitrate: Option<u64>,
    /// Frames per second, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub frame_rate: Option<f64>,
    /// Channels of the first audio track.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub channels: Option<u16>,
    /// Samples per second of the first audio track.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub sample_rate: Option<u32>,
    /// Every audio track, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audio_tracks: Vec<AudioTrack>,
    /// How much detail a video has, by the usual name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub quality: Option<Quality>,
    /// How a video's numbers become light.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub color_transfer: Option<ColorTransfer>,
    /// Whether a pixel may be transparent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub has_alpha: Option<bool>,
    /// Frames of an animation, 1 for a still image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub frames: Option<u32>,
    /// Pages of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub pages: Option<u32>,
    /// Whether the document is encrypted and may ask for a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub encrypted: Option<bool>,
    /// When it was taken (RFC 3339), with an offset only where the camera knew its time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub captured_at: Option<String>,
    /// Who made the camera.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub camera_make: Option<String>,
    /// The camera's model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub camera_model: Option<String>,
    /// Where it was taken; only where the owner has asked for it to be kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub location: Option<Location>,
    /// A blurred preview in a few characters (BlurHash, 4 × 3 components).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub blurhash: Option<String>,
}

/// One of several audio tracks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AudioTrack {
    /// Codec by its common short name.
    pub codec: String,
    /// Language (ISO 639-2 or BCP 47), as the file says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub language: Option<String>,
    /// Number of channels.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub channels: Option<u16>,
    /// Samples per second.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub sample_rate: Option<u32>,
}

/// The colour transfer of a video, as far as players treat it differently.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ColorTransfer {
    /// Standard dynamic range.
    Sdr,
    /// High dynamic range with the perceptual quantizer (SMPTE ST 2084).
    Hdr10,
    /// High dynamic range with hybrid log-gamma.
    Hlg,
}

/// A place on Earth (WGS 84).
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Metres above sea level.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "schema", schema(nullable = false))]
    pub altitude: Option<f64>,
}

/// How much detail a video has: the name of the largest usual size that it fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum Quality {
    /// Up to 239 lines.
    #[serde(rename = "144p")]
    P144,
    /// From 426 × 240.
    #[serde(rename = "240p")]
    P240,
    /// From 640 × 360.
    #[serde(rename = "360p")]
    P360,
    /// From 854 × 480.
    #[serde(rename = "480p")]
    P480,
    /// From 1280 × 720.
    #[serde(rename = "720p")]
    P720,
    /// From 1920 × 1080.
    #[serde(rename = "1080p")]
    P1080,
    /// From 2560 × 1440.
    #[serde(rename = "1440p")]
    P1440,
    /// From 3840 × 2160.
    #[serde(rename = "4k")]
    K4,
}

impl Quality {
    /// The quality of a picture of these sides, in pixels, whichever way it is turned. A film that is wider than 16:9 goes
    /// by its width: 1920 × 800 is 1080p.
    pub fn of(width: u32, height: u32) -> Self {
        let (long, short) = (u64::from(width.max(height)), u64::from(width.min(height)));
        match short.max(long * 9 / 16) {
            2160.. => Self::K4,
            1440.. => Self::P1440,
            1080.. => Self::P1080,
            720.. => Self::P720,
            480.. => Self::P480,
            360.. => Self::P360,
            240.. => Self::P240,
            _ => Self::P144,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_goes_by_the_longer_or_the_shorter_side_whichever_says_more() {
        for (width, height, quality) in [
            (1920, 1080, Quality::P1080),
            (1080, 1920, Quality::P1080),
            (1920, 800, Quality::P1080),
            (1440, 1080, Quality::P1080),
            (854, 480, Quality::P480),
            (640, 360, Quality::P360),
            (638, 358, Quality::P240),
            (4096, 1716, Quality::K4),
            (7680, 4320, Quality::K4),
            (2, 2, Quality::P144),
        ] {
            assert_eq!(Quality::of(width, height), quality, "{width} × {height}");
        }
    }
}
