//! Animated variants, decoded by libwebp's own decoder for animations.

use gif::{DisposalMethod, Repeat};
use image::{DynamicImage, RgbImage};
use webp::AnimDecoder;

use super::{assert_near, photograph, process};
use crate::{Variant, riff};

const PALETTE: &[u8] = &[200, 100, 50, 0, 0, 255, 0, 200, 0, 9, 9, 9];
const RED: [u8; 4] = [200, 100, 50, 255];
const BLUE: [u8; 4] = [0, 0, 255, 255];
const GREEN: [u8; 4] = [0, 200, 0, 255];
const NONE: [u8; 4] = [0; 4];
/// The palette's last colour, where it stands for transparency.
const CLEAR: u8 = 3;

/// A frame of a GIF in one colour.
fn solid(rectangle: [u16; 4], colour: u8, delay: u16, dispose: DisposalMethod) -> gif::Frame<'static> {
    let [left, top, width, height] = rectangle;
    let buffer = vec![colour; usize::from(width) * usize::from(height)].into();
    gif::Frame { left, top, width, height, buffer, delay, dispose, transparent: Some(CLEAR), ..Default::default() }
}

fn gif(width: u16, height: u16, repeat: Option<Repeat>, frames: &[gif::Frame<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, width, height, PALETTE).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    frames.iter().for_each(|frame| encoder.write_frame(frame).unwrap());
    drop(encoder);
    file
}

/// Frames that cover a canvas of 64 × 48, in colours that alternate.
fn alternating(count: u16, delay: u16) -> Vec<gif::Frame<'static>> {
    (0..count).map(|at| solid([0, 0, 64, 48], (at % 2) as u8, delay, DisposalMethod::Keep)).collect()
}

/// A frame of an animated WebP: where it lies, its picture, for how long it is shown, its flags.
type WebPFrame<'a> = ([u32; 2], &'a DynamicImage, u32, u8);
const CLEARS: u8 = 1;
const REPLACES: u8 = 2;

fn webp(width: u32, height: u32, plays: u16, frames: &[WebPFrame<'_>]) -> Vec<u8> {
    let mut chunks = Vec::new();
    let size = [width - 1, height - 1].map(riff::u24).concat();
    riff::push(&mut chunks, *b"VP8X", &[&[0x12, 0, 0, 0], size.as_slice()].concat());
    riff::push(&mut chunks, *b"ANIM", &[&[1, 2, 3, 4][..], &plays.to_le_bytes()].concat());
    for ([left, top], picture, delay, flags) in frames {
        let is_lossless = picture.color().has_alpha();
        let layout = if is_lossless { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
        let encoder = webp::Encoder::new(picture.as_bytes(), layout, picture.width(), picture.height());
        let file = encoder.encode_simple(is_lossless, 95.0).unwrap().to_vec();
        let header = [left / 2, top / 2, picture.width() - 1, picture.height() - 1, *delay].map(riff::u24).concat();
        let mut frame = [header.as_slice(), &[*flags]].concat();
        for (name, data) in riff::Chunks::of_file(&file).filter(|(name, _)| name != b"VP8X") {
            riff::push(&mut frame, name, data);
        }
        riff::push(&mut chunks, *b"ANMF", &frame);
    }
    riff::file(&chunks)
}

pub(super) fn sample_gif() -> Vec<u8> {
    gif(64, 48, Some(Repeat::Infinite), &alternating(4, 10))
}

pub(super) fn sample_webp() -> Vec<u8> {
    let frames = [photograph(40, 30), photograph(20, 20).fliph()];
    webp(40, 30, 0, &[([0, 0], &frames[0], 100, REPLACES), ([10, 4], &frames[1], 100, CLEARS)])
}

/// A picture of an animation: how long it is shown, in milliseconds, and its pixels in RGBA.
struct Shown {
    delay: i32,
    pixels: Vec<u8>,
    width: u32,
}

impl Shown {
    fn at(&self, x: u32, y: u32) -> [u8; 4] {
        let at = (y * self.width + x) as usize * 4;
        let pixel: [u8; 4] = self.pixels[at..at + 4].try_into().unwrap();
        if pixel[3] == 0 { NONE } else { pixel }
    }
}

/// Its pictures, and how often it is played.
fn played(file: &[u8]) -> (Vec<Shown>, u32) {
    let animation = AnimDecoder::new(file).decode().unwrap();
    let mut before = 0;
    let shown = animation.into_iter().map(|frame| {
        let delay = frame.get_time_ms() - std::mem::replace(&mut before, frame.get_time_ms());
        Shown { delay, pixels: frame.get_image().to_vec(), width: frame.width() }
    });
    (shown.collect(), animation.loop_count)
}

fn animated(file: &[u8]) -> Option<Variant> {
    let variants = process(file).unwrap().variants;
    assert!(
        variants.iter().map(|one| one.name).eq(["thumbnail", "preview", "animation"].into_iter().take(variants.len()))
    );
    variants.into_iter().nth(2)
}

fn delays(file: &[u8]) -> Vec<i32> {
    animated(file).map_or(Vec::new(), |made| played(&made.bytes).0.iter().map(|shown| shown.delay).collect())
}

#[test]
fn frames_of_a_gif_are_disposed_of_as_they_ask() {
    let file = gif(
        64,
        48,
        Some(Repeat::Infinite),
        &[
            solid([0, 0, 64, 48], 0, 10, DisposalMethod::Keep),
            solid([8, 8, 16, 16], 1, 20, DisposalMethod::Background),
            solid([32, 8, 16, 16], 2, 30, DisposalMethod::Previous),
            solid([40, 32, 100, 100], 1, 40, DisposalMethod::Any),
            // Transparent where it could cover everything.
            solid([0, 0, 64, 48], CLEAR, 50, DisposalMethod::Keep),
            solid([0, 0, 64, 48], 2, 60, DisposalMethod::Keep),
        ],
    );
    let made = animated(&file).unwrap();
    assert_eq!((made.name, made.width, made.height), ("animation", 64, 48));
    let (shown, plays) = played(&made.bytes);
    assert_eq!(plays, 0);
    // The frame that changes nothing prolongs the previous one.
    assert_eq!(shown.iter().map(|one| one.delay).collect::<Vec<_>>(), [100, 200, 300, 900, 600]);
    // Where the second, third and fourth frame are, and where only full frames are.
    let expected = [[RED; 4], [BLUE, RED, RED, RED], [NONE, GREEN, RED, RED], [NONE, RED, BLUE, RED], [GREEN; 4]];
    for (shown, expected) in shown.iter().zip(expected) {
        for ((x, y), expected) in [(16, 16), (40, 16), (56, 40), (8, 40)].into_iter().zip(expected) {
            assert_near(shown.at(x, y), expected, 16, &format!("at {x}, {y}"));
        }
    }
}

#[test]
fn frames_of_a_webp_are_drawn_as_by_its_own_library() {
    let picture = photograph(80, 60);
    let translucent = |alpha: u8| {
        let mut picture = photograph(40, 30).fliph().to_rgba8();
        picture.pixels_mut().for_each(|pixel| pixel.0[3] = alpha);
        DynamicImage::from(picture)
    };
    let (half, little, part) = (translucent(128), translucent(40), photograph(30, 20).flipv());
    let file = webp(
        80,
        60,
        3,
        &[
            ([0, 0], &picture, 100, REPLACES),
            ([10, 10], &half, 110, 0),
            ([20, 20], &little, 120, CLEARS),
            // An opaque frame of a part, after one that is cleared.
            ([0, 30], &part, 130, 0),
            ([30, 8], &half, 140, REPLACES),
            ([30, 8], &little, 150, CLEARS),
            ([0, 0], &translucent(0).resize_exact(80, 60, image::imageops::FilterType::Nearest), 160, 0),
        ],
    );
    let made = animated(&file).unwrap();
    let ((found, plays), (expected, _)) = (played(&made.bytes), played(&file));
    assert_eq!(plays, 3);
    assert_eq!(found.len(), expected.len());
    for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found.delay, expected.delay);
        // Hidden pixels do not count. Compression changes the others a little.
        let weighted = |shown: &Shown| -> Vec<f64> {
            let pixels = shown.pixels.as_chunks::<4>().0;
            pixels
                .iter()
                .flat_map(|&[r, g, b, a]| [r, g, b, 255].map(|one| f64::from(one) * f64::from(a) / 255.0))
                .collect()
        };
        let (found, expected) = (weighted(found), weighted(expected));
        let squares: f64 = found.iter().zip(&expected).map(|(a, b)| (a - b).powi(2)).sum();
        let error = (squares / found.len() as f64).sqrt();
        assert!(error < 8.0, "picture {number} is off by {error:.1}");
    }
}

#[test]
fn a_large_animation_becomes_small() {
    let pictures = [photograph(640, 480), photograph(640, 480).fliph()];
    let file = webp(640, 480, 0, &[([0, 0], &pictures[0], 100, REPLACES), ([0, 0], &pictures[1], 100, REPLACES)]);
    let made = animated(&file).unwrap();
    assert_eq!((made.width, made.height), (320, 240));
    for (shown, picture) in played(&made.bytes).0.iter().zip(&pictures) {
        let expected = picture.thumbnail_exact(320, 240).to_rgb8();
        let found: Vec<u8> = shown.pixels.as_chunks::<4>().0.iter().flat_map(|pixel| pixel[..3].to_vec()).collect();
        let found = RgbImage::from_raw(320, 240, found).unwrap();
        assert!(super::psnr(&found, &expected) > 28.0);
    }
}

#[test]
fn delays_are_those_of_a_browser() {
    assert_eq!(delays(&gif(64, 48, None, &alternating(3, 0))), [100; 3]);
    assert_eq!(delays(&gif(64, 48, None, &alternating(3, 1))), [100; 3]);
    assert_eq!(delays(&gif(64, 48, None, &alternating(3, 7))), [70; 3]);
}

#[test]
fn it_is_played_as_often_as_the_original() {
    for (repeat, expected) in
        [(None, 1), (Some(Repeat::Finite(1)), 2), (Some(Repeat::Finite(u16::MAX)), 65_535), (Some(Repeat::Infinite), 0)]
    {
        let made = animated(&gif(64, 48, repeat, &alternating(2, 10))).unwrap();
        assert_eq!(played(&made.bytes).1, expected, "{repeat:?}");
    }
}

#[test]
fn frames_in_quick_succession_are_thinned_out() {
    let frame = |colour, delay| solid([0, 0, 64, 48], colour, delay, DisposalMethod::Keep);
    let mut frames: Vec<_> = (0..51).map(|at| frame(at % 3, 2)).collect();
    frames.extend([frame(1, 100), frame(2, 2), frame(0, 100)]);
    // A long frame is always shown, and so is the frame after it.
    let expected = [[80; 12].as_slice(), &[60, 1000, 20, 1000]].concat();
    assert_eq!(delays(&gif(64, 48, None, &frames)), expected);
}

#[test]
fn a_quick_animation_of_two_pictures_moves() {
    // Every second frame is the same picture.
    assert_eq!(delays(&gif(64, 48, None, &alternating(6, 4))), [40; 6]);
    assert_eq!(delays(&gif(64, 48, None, &alternating(2, 2))), [20; 2]);
    assert_eq!(delays(&gif(64, 48, None, &alternating(2, 6))), [60; 2]);
}

#[test]
fn an_animation_comes_to_rest_on_its_last_picture() {
    let frame = |colour, delay, dispose| solid([0, 0, 64, 48], colour, delay, dispose);
    for dispose in [DisposalMethod::Keep, DisposalMethod::Background, DisposalMethod::Previous] {
        let frames = [
            frame(0, 10, DisposalMethod::Keep),
            frame(1, 4, DisposalMethod::Keep),
            frame(0, 2, DisposalMethod::Keep),
            frame(2, 2, dispose),
        ];
        let made = animated(&gif(64, 48, None, &frames)).unwrap();
        let (shown, _) = played(&made.bytes);
        assert_eq!(shown.iter().map(|one| one.delay).collect::<Vec<_>>(), [100, 60, 20]);
        assert_near(shown[2].at(9, 9), GREEN, 16, "the last picture");
    }
}

#[test]
fn only_the_beginning_of_a_long_animation_is_kept() {
    assert_eq!(delays(&gif(64, 48, None, &alternating(400, 10))), [100; 100]);
    assert_eq!(delays(&gif(64, 48, None, &alternating(400, 7))).len(), 143);
    // Slides are shown for long. At least two are kept.
    assert_eq!(delays(&gif(64, 48, None, &alternating(5, 2000))), [20_000; 2]);
}

#[test]
fn a_picture_that_does_not_move_has_no_animation() {
    assert!(animated(&gif(64, 48, None, &alternating(1, 10))).is_none());
    let same: Vec<_> = (0..5).map(|_| solid([0, 0, 64, 48], 1, 10, DisposalMethod::Keep)).collect();
    assert!(animated(&gif(64, 48, None, &same)).is_none());
    let large =
        [solid([0, 0, 2048, 1025], 0, 10, DisposalMethod::Keep), solid([0, 0, 9, 9], 1, 10, DisposalMethod::Keep)];
    assert!(animated(&gif(2048, 1025, None, &large)).is_none());
}

#[test]
fn a_damaged_frame_ends_the_animation_and_not_the_image() {
    let file = gif(64, 48, None, &alternating(4, 10));
    // Where the frames start. Damage is a code that cannot be the first of a frame's data.
    let starts: Vec<_> =
        (0..file.len()).filter(|&at| file[at..].starts_with(&[0x2C, 0, 0, 0, 0, 64, 0, 48, 0])).collect();
    assert_eq!(starts.len(), 4);
    let damaged = |number: usize| {
        let mut file = file.clone();
        let data = starts[number] + 12;
        file[data..data + 2].fill(0xFF);
        file
    };
    assert!(process(&damaged(0)).unwrap_err().starts_with("The image cannot be read: "));
    assert!(animated(&damaged(1)).is_none());
    assert_eq!(delays(&damaged(2)), [100; 2]);
    assert_eq!(delays(&damaged(3)), [100; 3]);

    let picture = photograph(40, 30);
    let mut other = picture.clone();
    other.invert();
    let frames = [&picture, &other, &picture].map(|picture| ([0, 0], picture, 100, REPLACES));
    let file = webp(40, 30, 0, &frames);
    let last = file.windows(4).rposition(|bytes| bytes == b"VP8 ").unwrap();
    // The first partition claims to be longer than the data.
    let damaged = [&file[..last + 9], &[0xFF, 0xFF], &file[last + 11..]].concat();
    assert_eq!(delays(&damaged), [100; 2]);
}
