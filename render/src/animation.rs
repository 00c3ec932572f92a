//! A small moving version of an animation: GIF or WebP to WebP.
//!
//! The frames of the source are drawn one after the other on a canvas of its size (`canvas.rs`), as a viewer draws them,
//! and each picture that results is scaled down and compressed at once (`strip.rs`). So two canvases and a frame are in
//! memory, however many frames there are.

mod canvas;
mod gif;
mod strip;
#[cfg(test)]
mod tests;
mod webp;

use quayside_inspect::RasterFormat;
use quayside_inspect::image::Image;

use crate::colour::{self, Profile};
use crate::variant::{THUMBNAIL_SIDE, Variant, fit};
use canvas::{Canvas, Frame};
use strip::Strip;

/// Pixels of the canvas, at most, and of a frame: as many as a full HD screen has, and some.
const MAX_CANVAS: u64 = 2 << 20;

/// Pixels that may be gone through, be it to read a frame or to scale the canvas down; then the animation ends.
const MAX_WORK: u64 = 200_000_000;

/// What any frame costs, in pixels.
const FRAME_WORK: u64 = 4096;

/// Length in milliseconds at which it ends, unless that is in its first frame.
const MAX_LENGTH: u64 = 10_000;

/// Pictures that may come of it.
const MAX_PICTURES: usize = 150;

/// Frames of a shorter time than this, in milliseconds, are left out where they follow each other more closely.
const MIN_DELAY: u32 = 66;

/// `animation`, if at least two different pictures can be made.
pub(crate) fn animation(bytes: &[u8], image: &Image) -> Option<Variant> {
    let (width, height) = image.stored_size();
    if image.frames < 2 || u64::from(width) * u64::from(height) > MAX_CANVAS {
        return None;
    }
    let mut strip = play(bytes, image, MIN_DELAY)?;
    // Of two pictures that take turns quickly, the one that is left out may be always the same.
    if strip.pictures() < 2 {
        strip = play(bytes, image, 0)?;
    }
    strip.finish()
}

/// Plays the file, and leaves out frames of a shorter time than `min_delay`, in milliseconds, where they follow each
/// other more closely.
fn play(bytes: &[u8], image: &Image, min_delay: u32) -> Option<Strip> {
    let (mut strip, plays) = match image.format {
        RasterFormat::Gif => {
            let mut frames = gif::Frames::open(bytes)?;
            let strip = compose(image, None, MAX_WORK, min_delay, || frames.next());
            // It may be told as late as right before the first frame.
            (strip, frames.plays())
        }
        RasterFormat::WebP => {
            let mut frames = webp::Frames::open(bytes)?;
            let profile = frames.profile.take();
            (compose(image, profile.as_ref(), MAX_WORK, min_delay, || frames.next()), frames.plays)
        }
        RasterFormat::Jpeg | RasterFormat::Png => return None,
    };
    strip.plays = plays;
    Some(strip)
}

/// Plays the frames until they end, one of them is damaged, or it is enough.
fn compose(
    image: &Image,
    profile: Option<&Profile>,
    max_work: u64,
    min_delay: u32,
    mut next: impl FnMut() -> Option<Frame>,
) -> Strip {
    let (width, height) = image.stored_size();
    let small = fit((width, height), THUMBNAIL_SIDE);
    let mut canvas = Canvas::new(width, height);
    let mut strip = Strip::new(fit((image.width, image.height), THUMBNAIL_SIDE));
    let show = |strip: &mut Strip, canvas: &Canvas, delay| {
        let picture = colour::to_srgb(canvas.pixels().resize(small.0, small.1), profile);
        strip.push(picture.upright(image.orientation), delay)
    };
    let (mut work, mut length, mut since_shown) = (0, 0, 0);
    // The last frame, without its pixels, and how long it is shown if it was left out.
    let mut before: Option<Frame> = None;
    let mut left_out = 0;
    while let Some(mut frame) = next() {
        if let Some(before) = before.take() {
            canvas.dispose(&before);
        }
        strip.prolong(std::mem::take(&mut left_out));
        work += FRAME_WORK + u64::from(frame.width) * u64::from(frame.height);
        canvas.draw(&frame);
        if !strip.is_empty() && since_shown < min_delay && frame.delay < min_delay {
            left_out = frame.delay;
            since_shown += frame.delay;
        } else {
            work += u64::from(width) * u64::from(height);
            if show(&mut strip, &canvas, frame.delay).is_err() {
                break;
            }
            since_shown = frame.delay;
        }
        length += u64::from(frame.delay);
        frame.pixels = Vec::new();
        before = Some(frame);
        if work >= max_work || strip.pictures() >= MAX_PICTURES || length >= MAX_LENGTH && strip.pictures() >= 2 {
            break;
        }
    }
    // An animation may come to rest on its last picture. Where that cannot be written, those before it are there.
    if left_out > 0 && strip.pictures() >= 2 {
        show(&mut strip, &canvas, left_out).unwrap_or_default();
    }
    strip
}

/// For how long browsers show a frame, in milliseconds: one that is to be shown for hardly any time was written for
/// viewers that could not be so quick.
fn delay(milliseconds: u32) -> u32 {
    if milliseconds <= 10 { 100 } else { milliseconds }
}
