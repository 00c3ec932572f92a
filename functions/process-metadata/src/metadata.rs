//! What inspection has found, in the words of the record, and whether it is within the limits.

use std::ops::RangeInclusive;

use quayside_domain::metadata::{AudioTrack, ColorTransfer, Location, Quality};
use quayside_domain::{Failure, FailureCode, Kind, Metadata};
use quayside_edge::config::ProcessingConfig;
use quayside_inspect::image::Image;
use quayside_inspect::{Audio, Capture, Format, Media, Transfer, Video};

/// The longest text of a camera's or a codec's that is kept, in characters.
const MAX_TEXT: usize = 100;

/// Frames per second that can be meant.
const FRAME_RATES: RangeInclusive<f64> = 0.001..=100_000.0;

/// Refuses what is above a limit: an image that is not decoded here by its pixels, unless it is a drawing, which has none;
/// and a video.
pub(crate) fn check_limits(kind: Kind, media: &Media, config: &ProcessingConfig) -> Result<(), Failure> {
    match kind {
        Kind::Image if media.format != Format::Svg => check_image(media, config),
        Kind::Video => check_video(media, config),
        Kind::Image | Kind::Audio | Kind::Document | Kind::Unknown => Ok(()),
    }
}

fn refuse(detail: String) -> Result<(), Failure> {
    Err(Failure { code: FailureCode::LimitsExceeded, detail })
}

fn check_image(media: &Media, config: &ProcessingConfig) -> Result<(), Failure> {
    let pixels = media.picture.map_or(0, |picture| u64::from(picture.width) * u64::from(picture.height));
    if pixels > config.max_pixels {
        return refuse(format!("The image has {pixels} pixels; at most {} are allowed.", config.max_pixels));
    }
    Ok(())
}

/// Refuses a video that plays too long, is too small, or has no picture at all. Seconds count when they are full. One that
/// does not say how long it plays is let through: what it may cost is bounded by its size.
fn check_video(media: &Media, config: &ProcessingConfig) -> Result<(), Failure> {
    let allowed = config.max_video_seconds;
    if let Some(seconds) = media.duration.map(|duration| duration.as_secs()).filter(|&seconds| seconds > allowed) {
        return refuse(format!("The video plays for {seconds} seconds; at most {allowed} are allowed."));
    }
    let Some(video) = &media.video else {
        let detail = "The file was declared as a video, but has no moving picture that can be read.".to_owned();
        return Err(Failure { code: FailureCode::Unreadable, detail });
    };
    let (Video { width, height, .. }, (longer, shorter)) = (video, config.min_video_sides);
    if *width.max(height) < longer || *width.min(height) < shorter {
        return refuse(format!(
            "The video has {width} × {height} pixels; at least {longer} × {shorter}, either way up, are needed."
        ));
    }
    Ok(())
}

/// What is kept of a picture that is made of pixels.
pub(crate) fn of_image(image: Image, blurhash: Option<String>, keep_location: bool) -> Metadata {
    Metadata {
        width: Some(image.width),
        height: Some(image.height),
        orientation: Some(image.orientation.exif()),
        has_alpha: Some(image.has_alpha),
        frames: Some(image.frames),
        blurhash,
        ..of_capture(image.capture, keep_location)
    }
}

/// What is kept of everything else.
pub(crate) fn of_media(media: Media, keep_location: bool) -> Metadata {
    let codecs = codecs(&media);
    let first = media.audio.first();
    let mut metadata = Metadata {
        // Thousandths are enough for a player, and for a record that people read.
        duration_seconds: media.duration.map(|duration| rounded(duration.as_secs_f64())),
        bitrate: media.bit_rate,
        codecs,
        audio_codec: first.and_then(|audio| codec(&audio.codec)),
        channels: first.and_then(|audio| audio.channels),
        sample_rate: first.and_then(|audio| audio.sample_rate),
        ..of_capture(media.capture, keep_location)
    };
    if media.audio.len() > 1 {
        metadata.audio_tracks = media.audio.iter().map(track).collect();
    }
    if let Some(video) = media.video {
        metadata.width = Some(video.width);
        metadata.height = Some(video.height);
        metadata.rotation = Some(video.rotation);
        metadata.video_codec = codec(&video.codec);
        // Some containers hold any number that there is, and the table does not.
        metadata.frame_rate = video.frame_rate.map(rounded).filter(|rate| FRAME_RATES.contains(rate));
        metadata.quality = Some(Quality::of(video.width, video.height));
        metadata.has_alpha = video.has_alpha.then_some(true);
        metadata.color_transfer = Some(match video.transfer {
            Transfer::Sdr => ColorTransfer::Sdr,
            Transfer::Hdr10 => ColorTransfer::Hdr10,
            Transfer::Hlg => ColorTransfer::Hlg,
        });
    }
    if let Some(picture) = media.picture {
        metadata.width = Some(picture.width);
        metadata.height = Some(picture.height);
        metadata.has_alpha = picture.has_alpha;
    }
    if let Some(document) = media.document {
        metadata.pages = document.pages;
        metadata.encrypted = Some(document.encrypted);
    }
    metadata
}

fn of_capture(capture: Capture, keep_location: bool) -> Metadata {
    let location = capture.location.filter(|_| keep_location).map(|place| Location {
        latitude: place.latitude,
        longitude: place.longitude,
        altitude: place.altitude,
    });
    Metadata {
        captured_at: capture.time,
        camera_make: capture.make.as_deref().and_then(text),
        camera_model: capture.model.as_deref().and_then(text),
        location,
        ..Metadata::default()
    }
}

fn track(audio: &Audio) -> AudioTrack {
    AudioTrack {
        codec: codec(&audio.codec).unwrap_or_default(),
        language: audio.language.as_deref().and_then(codec),
        channels: audio.channels,
        sample_rate: audio.sample_rate,
    }
}

/// The codecs of all tracks, each once, if every one has a name by RFC 6381: a list with a gap promises too much.
fn codecs(media: &Media) -> Option<String> {
    let video = media.video.iter().map(|video| video.rfc6381.as_deref());
    let audio = media.audio.iter().map(|audio| audio.rfc6381.as_deref());
    let mut names: Vec<&str> = Vec::new();
    for name in video.chain(audio) {
        let name = name?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = names.join(", ");
    (!names.is_empty() && names.len() <= MAX_TEXT).then_some(names)
}

/// Words of a camera, which may be in any script.
fn text(found: &str) -> Option<String> {
    let text: String = found.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
    Some(text).filter(|text| !text.trim().is_empty())
}

/// An identifier, of which only what is plainly one is kept.
fn codec(found: &str) -> Option<String> {
    let name: String = found.chars().filter(char::is_ascii_graphic).take(MAX_TEXT).collect();
    Some(name).filter(|name| !name.is_empty())
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use std::time::Duration;

    use quayside_inspect::Picture;

    use super::*;

    fn film(codec: &str, frame_rate: f64) -> Video {
        Video {
            codec: codec.to_owned(),
            rfc6381: None,
            width: 640,
            height: 360,
            rotation: 0,
            frame_rate: Some(frame_rate),
            transfer: Transfer::Sdr,
            has_alpha: false,
        }
    }

    fn media(video: Option<Video>, seconds: f64) -> Media {
        Media {
            format: Format::Matroska,
            duration: Some(Duration::from_secs_f64(seconds)),
            bit_rate: None,
            video,
            audio: Vec::new(),
            picture: None,
            document: None,
            capture: Capture::default(),
        }
    }

    #[test]
    fn what_no_record_can_hold_is_left_out() {
        for rate in [1e130, 1e300, f64::MAX, 0.0, 1e-9, f64::NAN, f64::INFINITY] {
            assert_eq!(of_media(media(Some(film("h264", rate)), 1.0), false).frame_rate, None, "{rate}");
        }
        assert_eq!(of_media(media(Some(film("h264", 29.970_03)), 1.0), false).frame_rate, Some(29.97));
        let odd = film("\u{202E}\u{1}x\u{2028}y", 25.0);
        assert_eq!(of_media(media(Some(odd), 1.0), false).video_codec.as_deref(), Some("xy"));
        let empty = of_media(media(Some(film("\u{1}\n", 25.0)), 1.0), false);
        assert_eq!(empty.video_codec, None);
    }

    const LIMITS: ProcessingConfig = ProcessingConfig {
        thumbnails: true,
        max_pixels: 1_000_000,
        max_frames: 1,
        max_video_seconds: 7200,
        min_video_sides: (320, 240),
        attempts: 5,
    };

    #[test]
    fn a_still_image_that_is_not_decoded_has_its_limit_and_a_drawing_has_none() {
        let still = |format, width| {
            let picture = Some(Picture { width, height: 1000, has_alpha: None });
            check_limits(Kind::Image, &Media { format, picture, ..media(None, 0.0) }, &LIMITS)
        };
        for format in [Format::Heic, Format::Avif] {
            assert_eq!(still(format, 1000), Ok(()));
            let failure = still(format, 1001).unwrap_err();
            assert_eq!(failure.code, FailureCode::LimitsExceeded);
            assert_eq!(failure.detail, "The image has 1001000 pixels; at most 1000000 are allowed.");
        }
        assert_eq!(still(Format::Svg, 1_000_000), Ok(()));
    }

    #[test]
    fn a_video_without_a_picture_escapes_no_limit_and_sound_has_none() {
        let check = |kind, media: &Media| check_limits(kind, media, &LIMITS).map_err(|failure| failure.code);
        let long = media(None, 100_000.0);
        assert_eq!(check(Kind::Video, &long).unwrap_err(), FailureCode::LimitsExceeded);
        assert_eq!(check(Kind::Video, &media(None, 1.0)).unwrap_err(), FailureCode::Unreadable);
        assert_eq!(check(Kind::Audio, &long), Ok(()));
        assert_eq!(check(Kind::Video, &media(Some(film("h264", 25.0)), 7200.9)), Ok(()));
        let detail = check_limits(Kind::Video, &media(Some(film("h264", 25.0)), 7201.0), &LIMITS).unwrap_err().detail;
        assert_eq!(detail, "The video plays for 7201 seconds; at most 7200 are allowed.");
    }
}
