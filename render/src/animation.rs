//! A small version of an animated GIF or WebP, as an animated WebP.
//!
//! The frames are drawn one by one on a canvas of the animation's size (`canvas.rs`), as a viewer draws them. Each
//! resulting picture is scaled down and compressed at once (`strip.rs`). So memory holds two canvases and one frame,
//! however many frames there are.

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

/// The most pixels that the canvas or a frame may have: slightly more than a full HD screen.
const MAX_CANVAS: u64 = 2 << 20;

/// After this many pixels, read from frames or scaled down from the canvas, the animation ends.
const MAX_WORK: u64 = 200_000_000;

/// What each frame costs in addition, counted as pixels.
const FRAME_WORK: u64 = 4096;

/// The animation ends at this length in milliseconds, but not before its second picture.
const MAX_LENGTH: u64 = 10_000;

/// The most pictures in the result.
const MAX_PICTURES: usize = 150;

/// Frames that are shown for less than this, in milliseconds, are thinned out.
const MIN_DELAY: u32 = 66;

/// The variant `animation`; `None` if the image does not move, is too large, or has fewer than two different pictures
/// that can be read.
pub(crate) fn animation(bytes: &[u8], image: &Image) -> Option<Variant> {
    let (width, height) = image.stored_size();
    if image.frames < 2 || u64::from(width) * u64::from(height) > MAX_CANVAS {
        return None;
    }
    let mut strip = play(bytes, image, MIN_DELAY)?;
    // If two pictures alternate quickly, thinning out may have dropped every second one.
    if strip.pictures() < 2 {
        strip = play(bytes, image, 0)?;
    }
    strip.finish()
}

/// Plays the file. Frames that are shown for less than `min_delay` milliseconds are left out if they follow a shown
/// frame within that time.
fn play(bytes: &[u8], image: &Image, min_delay: u32) -> Option<Strip> {
    let (mut strip, plays) = match image.format {
        RasterFormat::Gif => {
            let mut frames = gif::Frames::open(bytes)?;
            let strip = compose(image, None, MAX_WORK, min_delay, || frames.next());
            // The repeat count is known once the first frame has been read.
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

/// Plays the frames until there are no more, one is damaged, or a limit is reached.
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
    // The last frame, without its pixels, and how long it would have been shown if it was left out.
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
    // Many animations stop on their last picture, so it is always shown. If it cannot be encoded, the others remain.
    if left_out > 0 && strip.pictures() >= 2 {
        show(&mut strip, &canvas, left_out).unwrap_or_default();
    }
    strip
}

/// How long browsers show a frame, in milliseconds. They show frames of up to 10 ms for 100 ms, because such files were
/// made for viewers that could not play faster.
fn delay(milliseconds: u32) -> u32 {
    if milliseconds <= 10 { 100 } else { milliseconds }
}
