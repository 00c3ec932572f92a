//! What we tell of a file, held against what is expected of it.

use std::fmt::Debug;

use crate::facts::{Facts, Picture, Sound};
use crate::files::{Correction, Recipe};
use crate::source::Cost;

/// We tell times in whole nanoseconds, ffprobe in microseconds.
const ROUNDED: f64 = 1e-6;

/// Whatever differs by more than it may, in words.
pub(crate) fn differences(recipe: &Recipe, expected: &Facts, told: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    let mut about = |what: &str, expected: Option<f64>, told: Option<f64>, tolerance: f64| {
        let fits = match (expected, told) {
            (Some(expected), Some(told)) => (expected - told).abs() <= tolerance + ROUNDED,
            (expected, told) => expected == told,
        };
        if !fits {
            found.push(format!("{what}: {told:?}, not {expected:?} ± {tolerance:.6}"));
        }
    };
    let (seconds, bits) = (expected.duration.unwrap_or(0.0), expected.bit_rate.unwrap_or(0.0));
    let estimate = recipe.corrections.iter().find_map(|correction| match correction {
        Correction::About(_, relative) => Some(*relative),
        _ => None,
    });
    about("duration", expected.duration, told.duration, estimate.map_or(frame(expected), |part| seconds * part));
    about("bit rate", expected.bit_rate, told.bit_rate, bits * estimate.unwrap_or(0.02));
    if let (Some(expected), Some(told)) = (&expected.video, &told.video) {
        about("frame rate", expected.frame_rate, told.frame_rate, expected.frame_rate.unwrap_or(0.0) / 1000.0);
    }
    match (&expected.video, &told.video) {
        (Some(expected), Some(told)) => found.extend(picture(expected, told)),
        (None, None) => {}
        (expected, told) => found.push(format!("video: {told:?}, not {expected:?}")),
    }
    if expected.audio.len() != told.audio.len() {
        found.push(format!("audio tracks: {}, not {}", told.audio.len(), expected.audio.len()));
    }
    for (index, (expected, told)) in expected.audio.iter().zip(&told.audio).enumerate() {
        found.extend(sound(expected, told).map(|difference| format!("audio track {index}: {difference}")));
    }
    found
}

fn picture(expected: &Picture, told: &Picture) -> impl Iterator<Item = String> {
    let fits = expected.string.fits(&told.string);
    [
        differs("codec", &expected.codec, &told.codec),
        (!fits).then(|| format!("codec string: {:?}, not {:?}", told.string, expected.string)),
        differs("sides", (expected.width, expected.height), (told.width, told.height)),
        differs("rotation", expected.rotation, told.rotation),
        differs("transfer", expected.transfer, told.transfer),
    ]
    .into_iter()
    .flatten()
}

fn sound(expected: &Sound, told: &Sound) -> impl Iterator<Item = String> {
    let fits = expected.string.fits(&told.string);
    [
        differs("codec", &expected.codec, &told.codec),
        (!fits).then(|| format!("codec string: {:?}, not {:?}", told.string, expected.string)),
        differs("channels", expected.channels, told.channels),
        differs("sample rate", expected.sample_rate, told.sample_rate),
        differs("language", expected.language.as_deref(), told.language.as_deref()),
    ]
    .into_iter()
    .flatten()
}

fn differs<T: PartialEq + Debug>(what: &str, expected: T, told: T) -> Option<String> {
    (expected != told).then(|| format!("{what}: {told:?}, not {expected:?}"))
}

/// How long a frame is, in seconds: of the picture, or else of the sound's codec. Times in Matroska are milliseconds.
fn frame(expected: &Facts) -> f64 {
    if let Some(rate) = expected.video.as_ref().and_then(|video| video.frame_rate) {
        return 1.0 / rate;
    }
    let samples = expected.audio.iter().map(|audio| match audio.codec.as_str() {
        "aac" | "vorbis" => 1024.0,
        "mp3" => 1152.0,
        "opus" => 960.0,
        "speex" => 320.0,
        _ => 1.0,
    });
    let rates = expected.audio.iter().filter_map(|audio| audio.sample_rate);
    samples.zip(rates).map(|(samples, rate)| samples / rate as f64).fold(0.001, f64::max)
}

/// Whether it cost more than it may.
pub(crate) fn too_dear(recipe: &Recipe, cost: Cost, size: u64) -> Option<String> {
    let Cost { waves, bytes, .. } = cost;
    let is_within = waves <= 3 && bytes <= 512 << 10;
    let may_be_counted = recipe.is_counted && bytes <= size + (512 << 10) && bytes <= (64 << 20) + (512 << 10);
    let why = match (is_within, recipe.is_counted) {
        (true, true) => "is said to be counted, and is not",
        (false, false) => "cost too much",
        (false, true) if !may_be_counted => "was counted, and cost too much",
        _ => return None,
    };
    Some(format!("{why}: {bytes} of {size} bytes in {waves} waves"))
}
