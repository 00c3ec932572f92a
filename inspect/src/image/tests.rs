#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::Cursor;

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat, RgbaImage};

use super::{Error, Image, Limits, Orientation, inspect};
use crate::RasterFormat;

const LIMITS: Limits = Limits { max_pixels: 100_000_000, max_frames: 10_000 };

fn read(bytes: &[u8], format: RasterFormat) -> Result<Image, Error> {
    inspect(bytes, format, &LIMITS)
}

/// A block of EXIF with one entry, of either byte order.
fn exif(orientation: u16, big_endian: bool) -> Vec<u8> {
    let short = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let long = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    [
        if big_endian { b"MM" } else { b"II" }.as_slice(),
        &short(42),
        &long(8),
        &short(1),
        &short(0x0112),
        &short(3),
        &long(1),
        &short(orientation),
        &short(0),
        &long(0),
    ]
    .concat()
}

/// An image of 5 × 3 pixels with this EXIF.
fn with_exif(format: RasterFormat, exif: Vec<u8>) -> Vec<u8> {
    fn write(mut encoder: impl ImageEncoder, exif: Vec<u8>, alpha: bool) {
        encoder.set_exif_metadata(exif).unwrap();
        let (samples, colour) = if alpha { (4, ExtendedColorType::Rgba8) } else { (3, ExtendedColorType::Rgb8) };
        encoder.write_image(&vec![200; 15 * samples], 5, 3, colour).unwrap();
    }
    let mut file = Vec::new();
    match format {
        RasterFormat::Jpeg => write(JpegEncoder::new(&mut file), exif, false),
        RasterFormat::Png => write(PngEncoder::new(&mut file), exif, true),
        RasterFormat::WebP => write(WebPEncoder::new_lossless(&mut file), exif, true),
        RasterFormat::Gif => {
            RgbaImage::new(5, 3).write_to(&mut Cursor::new(&mut file), ImageFormat::Gif).unwrap();
        }
    }
    file
}

const FORMATS: [RasterFormat; 4] = [RasterFormat::Jpeg, RasterFormat::Png, RasterFormat::WebP, RasterFormat::Gif];

#[test]
fn size_is_as_shown_and_orientation_as_stored() {
    for format in [RasterFormat::Jpeg, RasterFormat::Png, RasterFormat::WebP] {
        for value in 1..=8 {
            let image = read(&with_exif(format, exif(value, value % 2 == 0)), format).unwrap();
            assert_eq!(u16::from(image.orientation.exif()), value, "{format:?}");
            let expected = if value < 5 { (5, 3) } else { (3, 5) };
            assert_eq!((image.width, image.height), expected, "{format:?} {value}");
            assert_eq!(image.stored_size(), (5, 3));
            assert_eq!(image.has_alpha, format != RasterFormat::Jpeg);
            assert_eq!(image.frames, 1);
        }
    }
}

#[test]
fn exif_that_is_damaged_or_absurd_turns_nothing() {
    let good = exif(6, true);
    let mut blocks: Vec<Vec<u8>> = (0..18).map(|length| good[..length].to_vec()).collect();
    blocks.push(exif(0, true));
    blocks.push(exif(9, false));
    blocks.push(b"MM\0\x2A\xFF\xFF\xFF\xFF".to_vec());
    blocks.push(b"II\x2A\0\x08\0\0\0\xFF\xFF\x12\x01".to_vec());
    for block in blocks {
        assert_eq!(super::exif::read(&block).orientation, Orientation::Upright, "{}", block.escape_ascii());
    }
    assert_eq!(super::exif::read(&[b"Exif\0\0".as_slice(), &good].concat()).orientation, Orientation::Rotate90);
}

fn png_chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes(), name.as_slice(), data, &[0; 4]].concat()
}

fn png(width: u32, height: u32, more: &[Vec<u8>]) -> Vec<u8> {
    let header = [width.to_be_bytes(), height.to_be_bytes(), [8, 2, 0, 0]].concat();
    let end = [png_chunk(b"IDAT", &[0; 100_000]), png_chunk(b"IEND", &[])].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), png_chunk(b"IHDR", &[&header[..], &[0]].concat()), more.concat(), end].concat()
}

#[test]
fn a_small_file_with_a_huge_picture_is_refused_by_its_header() {
    let error = read(&png(50_000, 50_000, &[]), RasterFormat::Png).unwrap_err();
    assert_eq!(error, Error::LimitsExceeded { what: "pixels", found: 2_500_000_000, allowed: 100_000_000 });
    assert!(read(&png(10_000, 10_000, &[]), RasterFormat::Png).is_ok());
    assert!(matches!(read(&png(10_001, 10_000, &[]), RasterFormat::Png), Err(Error::LimitsExceeded { .. })));
}

#[test]
fn a_picture_of_no_size_is_unreadable() {
    for (width, height) in [(0, 0), (0, 9), (9, 0), (u32::MAX, 1)] {
        let error = read(&png(width, height, &[]), RasterFormat::Png).unwrap_err();
        assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    }
    assert!(read(&gif(0, 5, 1), RasterFormat::Gif).is_err());
}

#[test]
fn transparency_and_frames_of_png_come_from_its_chunks() {
    let animated = |frames: u32| png(2, 2, &[png_chunk(b"acTL", &[frames.to_be_bytes(), [0; 4]].concat())]);
    assert_eq!(read(&animated(7), RasterFormat::Png).unwrap().frames, 7);
    assert!(matches!(read(&animated(10_001), RasterFormat::Png), Err(Error::LimitsExceeded { what: "frames", .. })));
    assert!(!read(&png(2, 2, &[]), RasterFormat::Png).unwrap().has_alpha);
    assert!(read(&png(2, 2, &[png_chunk(b"tRNS", &[0; 6])]), RasterFormat::Png).unwrap().has_alpha);
}

/// A GIF with frames of one pixel, without transparency.
fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let screen = [b"GIF89a".as_slice(), &width.to_le_bytes(), &height.to_le_bytes(), &[0x80, 0, 0], &[9; 6]].concat();
    let frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0];
    [screen, frame.repeat(frames), vec![0x3B]].concat()
}

#[test]
fn frames_of_gif_are_counted_without_decoding_them() {
    assert_eq!(read(&gif(1, 1, 1), RasterFormat::Gif).unwrap().frames, 1);
    assert_eq!(read(&gif(1, 1, 10_000), RasterFormat::Gif).unwrap().frames, 10_000);
    let many = gif(1, 1, 100_000);
    let error = read(&many, RasterFormat::Gif).unwrap_err();
    assert_eq!(error, Error::LimitsExceeded { what: "frames", found: 10_001, allowed: 10_000 });
    assert!(!read(&gif(1, 1, 1), RasterFormat::Gif).unwrap().has_alpha);
    assert!(read(&gif(2, 1, 1), RasterFormat::Gif).unwrap().has_alpha, "the frame leaves a part of the canvas empty");
}

#[test]
fn a_frame_larger_than_its_canvas_counts_against_the_limit() {
    let mut file = gif(1, 1, 1);
    let frame = file.len() - 16;
    file[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    assert!(matches!(read(&file, RasterFormat::Gif), Err(Error::LimitsExceeded { what: "pixels", .. })));
}

fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, data) in chunks {
        body.extend([name.as_slice(), &(data.len() as u32).to_le_bytes(), data].concat());
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

fn vp8x(flags: u8, width: u32, height: u32) -> (&'static [u8; 4], Vec<u8>) {
    let (width, height) = (width.wrapping_sub(1).to_le_bytes(), height.wrapping_sub(1).to_le_bytes());
    (b"VP8X", [&[flags, 0, 0, 0], &width[..3], &height[..3]].concat())
}

/// The header of a lossy bitstream.
fn vp8(width: u16, height: u16) -> (&'static [u8; 4], Vec<u8>) {
    let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
    (b"VP8 ", [&[0x10, 0, 0, 0x9D, 0x01, 0x2A], size.as_slice(), &[0; 10]].concat())
}

/// A frame of an animation: left, top, width, height, and its chunks.
fn frame([left, top, width, height]: [u32; 4], inner: &[(&[u8; 4], Vec<u8>)]) -> (&'static [u8; 4], Vec<u8>) {
    let mut data: Vec<u8> = [left / 2, top / 2, width - 1, height - 1, 100]
        .iter()
        .flat_map(|value| value.to_le_bytes()[..3].to_vec())
        .chain([0])
        .collect();
    // The chunks are written as those of a file.
    data.extend(&riff(inner)[12..]);
    (b"ANMF", data)
}

#[test]
fn webp_is_read_in_all_its_forms() {
    let still = read(&riff(&[vp8(640, 480)]), RasterFormat::WebP).unwrap();
    assert_eq!((still.width, still.height, still.has_alpha, still.frames), (640, 480, false, 1));
    let frame = || frame([0, 0, 2, 2], &[(b"ALPH", vec![0; 5]), vp8(2, 2)]);
    let animated = read(&riff(&[vp8x(0x12, 2, 2), frame(), frame(), frame()]), RasterFormat::WebP).unwrap();
    assert_eq!((animated.width, animated.height, animated.has_alpha, animated.frames), (2, 2, true, 3));
}

#[test]
fn webp_with_lying_sizes_is_refused() {
    let contradiction = riff(&[vp8x(0, 100, 100), vp8(16_383, 16_383)]);
    assert!(matches!(read(&contradiction, RasterFormat::WebP), Err(Error::Unreadable { .. })));
    let huge = riff(&[vp8x(0, 1 << 24, 1 << 24), vp8(1, 1)]);
    assert!(matches!(read(&huge, RasterFormat::WebP), Err(Error::LimitsExceeded { .. })));
    let mut long = riff(&[vp8(2, 2)]);
    long[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(read(&long, RasterFormat::WebP), Err(Error::Unreadable { .. })));
    let frames = vec![frame([0, 0, 1, 1], &[vp8(1, 1)]); 100_000];
    let animation = riff(&[vec![vp8x(2, 2, 2)], frames].concat());
    assert!(matches!(read(&animation, RasterFormat::WebP), Err(Error::LimitsExceeded { what: "frames", .. })));
}

#[test]
fn a_frame_of_webp_that_is_not_what_it_says_is_refused() {
    let animation = |rectangle, chunks: &[(&'static [u8; 4], Vec<u8>)]| {
        read(&riff(&[vp8x(2, 20, 10), frame(rectangle, chunks)]), RasterFormat::WebP)
    };
    let unknown = || (b"abcd", vec![7; 3]);
    assert!(animation([4, 2, 16, 8], &[unknown(), vp8(16, 8), unknown()]).is_ok());
    for (what, rectangle, chunks) in [
        ("outside of its canvas", [4, 4, 16, 8], vec![vp8(16, 8)]),
        ("larger than its frame", [0, 0, 16, 8], vec![vp8(16_383, 16_383)]),
        ("smaller than its frame", [0, 0, 16, 8], vec![vp8(8, 16)]),
        ("lossless and larger", [0, 0, 16, 8], vec![(b"VP8L", vec![0x2F, 0xFF, 0xFF, 0xFF, 0x0F])]),
        ("a file of its own", [0, 0, 16, 8], vec![vp8x(0, 16, 8), vp8(16, 8)]),
        ("without a picture", [0, 0, 16, 8], vec![unknown()]),
        ("empty", [0, 0, 16, 8], vec![]),
    ] {
        assert!(matches!(animation(rectangle, &chunks), Err(Error::Unreadable { .. })), "{what}");
    }
}

#[test]
fn every_truncation_is_unreadable() {
    for format in FORMATS {
        let file = with_exif(format, exif(6, true));
        let image = read(&file, format).unwrap();
        for length in 0..file.len() {
            match read(&file[..length], format) {
                Err(Error::Unreadable { .. }) => {}
                // The trailer alone is missing.
                Ok(found) if format == RasterFormat::Gif && length == file.len() - 1 => assert_eq!(found, image),
                other => panic!("{format:?} cut to {length} bytes: {other:?}"),
            }
        }
    }
}

#[test]
fn kinds_of_jpeg_that_nothing_shows_are_refused() {
    let good = with_exif(RasterFormat::Jpeg, exif(1, true));
    let frame = good.windows(2).position(|bytes| bytes == [0xFF, 0xC0]).unwrap();
    let change = |at: usize, value: u8| {
        let mut file = good.clone();
        file[frame + at] = value;
        read(&file, RasterFormat::Jpeg)
    };
    assert!(change(1, 0xC0).is_ok());
    assert!(change(1, 0xC2).is_ok(), "progressive, as far as the headers go");
    for (what, at, value) in [("lossless", 1, 0xC3), ("arithmetic", 1, 0xC9), ("12 bits", 4, 12), ("2 colours", 9, 2)] {
        assert!(matches!(change(at, value), Err(Error::Unreadable { .. })), "{what}");
    }
    let trailing = [good.clone(), vec![0; 5000]].concat();
    assert!(read(&trailing, RasterFormat::Jpeg).is_ok(), "what follows the end does not matter");
}

#[test]
fn no_flipped_byte_makes_it_panic() {
    for format in FORMATS {
        let file = with_exif(format, exif(3, false));
        for at in 0..file.len() {
            for value in [0, 1, 0x2C, 0x7F, 0x80, 0xD9, 0xFF] {
                let mut damaged = file.clone();
                damaged[at] = value;
                let _ = read(&damaged, format);
            }
        }
    }
}

#[test]
fn errors_read_as_sentences() {
    let cut = read(b"\xFF\xD8\xFF", RasterFormat::Jpeg).unwrap_err();
    assert_eq!(cut.to_string(), "The image cannot be read: the file ends too early.");
    let large = read(&gif(1, 1, 10_001), RasterFormat::Gif).unwrap_err();
    assert_eq!(large.to_string(), "The image has 10001 frames; at most 10000 are allowed.");
}
