//! Files that are damaged, or made to do damage.

use image::{DynamicImage, RgbImage};

use super::{Metadata, jpeg, photograph, png, process, quarters, turbo, webp};
use turbojpeg::PixelFormat;

fn gif(picture: &DynamicImage) -> Vec<u8> {
    let mut file = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut file), image::ImageFormat::Gif).unwrap();
    file
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

pub(super) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), data].concat();
    [&(data.len() as u32).to_be_bytes(), named.as_slice(), &crc(&named).to_be_bytes()].concat()
}

/// A PNG of 8-bit RGB from its filtered rows, stored without compression.
fn png_from_rows(width: u32, height: u32, interlaced: bool, rows: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, u8::from(interlaced)]].concat();
    let mut stream = vec![0x78, 0x01];
    for block in rows.chunks(0xFFFF) {
        let length = block.len() as u16;
        stream.extend([&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes(), block].concat());
    }
    let (a, b) = rows.iter().fold((1_u32, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    stream.extend([&[1, 0, 0, 0xFF, 0xFF][..], &(b << 16 | a).to_be_bytes()].concat());
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &stream), chunk(b"IEND", &[])].concat()
}

/// Adam7 (W3C PNG, section 8.1).
pub(super) fn interlaced_png(picture: &RgbImage) -> Vec<u8> {
    let mut rows = Vec::new();
    for (x0, y0, dx, dy) in
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    {
        for y in (y0..picture.height()).step_by(dy) {
            rows.push(0);
            rows.extend((x0..picture.width()).step_by(dx).flat_map(|x| picture.get_pixel(x, y).0));
        }
    }
    png_from_rows(picture.width(), picture.height(), true, &rows)
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let picture = photograph(33, 21);
    let rgb = picture.as_bytes();
    vec![
        ("JPEG", jpeg(&picture, Metadata::default())),
        ("progressive JPEG", turbo(&rgb[..21 * 21 * 3], 21, PixelFormat::RGB, true)),
        ("PNG", png(&picture, Metadata::default())),
        ("interlaced PNG", interlaced_png(picture.as_rgb8().unwrap())),
        ("WebP without loss", webp(&picture, Metadata::default())),
        ("WebP", process(&png(&picture, Metadata::default())).unwrap().variants[0].bytes.clone()),
        ("GIF", gif(&picture)),
        ("animated GIF", super::animation::sample_gif()),
        ("animated WebP", super::animation::sample_webp()),
    ]
}

#[test]
fn every_truncation_is_refused() {
    for (name, file) in samples() {
        process(&file).unwrap();
        // Cut off between two frames it is a shorter animation.
        if name == "animated GIF" {
            continue;
        }
        for length in 0..file.len() {
            let only_trailer_missing = name == "GIF" && length == file.len() - 1;
            assert!(process(&file[..length]).is_err() || only_trailer_missing, "{name} cut to {length} bytes");
        }
    }
}

#[test]
fn a_jpeg_whose_picture_ends_early_is_refused_though_its_end_marker_is_there() {
    let picture = photograph(1400, 900);
    for file in
        [jpeg(&picture, Metadata::default()), turbo(&picture.as_bytes()[..900 * 900 * 3], 900, PixelFormat::RGB, false)]
    {
        for percent in [30, 50, 90, 98] {
            let half = [&file[..file.len() * percent / 100], &[0xFF, 0xD9]].concat();
            let error = process(&half).unwrap_err();
            assert!(error.starts_with("The image cannot be read: "), "{percent} %: {error}");
        }
    }
}

#[test]
fn a_few_bytes_of_padding_before_the_end_marker_do_no_harm() {
    let file = jpeg(&photograph(64, 64), Metadata::default());
    let padded = |count| [&file[..file.len() - 2], vec![0; count].as_slice(), &[0xFF, 0xD9]].concat();
    assert!(process(&padded(16)).is_ok());
    assert!(process(&padded(5000)).is_err());
}

#[test]
fn missing_data_in_a_jpeg_with_restarts_is_not_taken_for_padding() {
    let segment = |marker: u8, payload: &[u8]| [&[0xFF, marker, 0, payload.len() as u8 + 2], payload].concat();
    // 8 × 8 grey blocks, each followed by a restart. The code 0 means no difference, or the end of a block.
    let table = |class: u8| segment(0xC4, &[&[class, 1][..], &[0; 15], &[0]].concat());
    let headers = [
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &[8, 0, 64, 0, 64, 1, 1, 0x11, 0]),
        segment(0xDD, &[0, 1]),
        table(0),
        table(0x10),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
    ]
    .concat();
    let blocks: Vec<u8> = (0..63).flat_map(|number| [0x3F, 0xFF, 0xD0 | (number & 7)]).chain([0x3F]).collect();
    let file = |blocks: &[u8]| [&[0xFF, 0xD8], &headers[..], blocks, &[0xFF, 0xD9]].concat();
    assert!(process(&file(&blocks)).is_ok());
    for count in [1, 10, 60] {
        // More than the decoder reads ahead when it looks for the restart.
        let missing = [&blocks[..3 * count + 1], &[0; 40]].concat();
        assert!(process(&file(&missing)).is_err(), "{count} blocks of 64");
    }
}

#[test]
fn a_png_with_a_wrong_checksum_is_refused() {
    let mut file = png(&quarters(20, 20), Metadata::default());
    let data = file.windows(4).position(|bytes| bytes == b"IDAT").unwrap();
    file[data + 12] ^= 1;
    assert!(process(&file).is_err());
}

#[test]
fn a_png_with_too_little_picture_data_is_refused() {
    assert!(process(&png_from_rows(50, 50, false, &[0; 151 * 49])).is_err());
    assert!(process(&png_from_rows(50, 50, false, &[0; 151 * 50])).is_ok());
    assert!(process(&png_from_rows(9000, 9000, false, &[0; 100])).is_err());
}

#[test]
fn a_million_restart_markers_are_refused() {
    let file = jpeg(&photograph(64, 64), Metadata::default());
    let scan = file.windows(2).position(|bytes| bytes == [0xFF, 0xDA]).unwrap();
    // In front of the picture, with and without an interval that announces them.
    let restarts: Vec<u8> = (0..1_000_000).flat_map(|number| [0xFF, 0xD0 | (number & 7) as u8]).collect();
    for interval in [&[][..], &[0xFF, 0xDD, 0, 4, 0, 1], &[0xFF, 0xDD, 0, 4, 0xFF, 0xFF]] {
        let body = scan + 2 + usize::from(file[scan + 3]);
        let damaged = [&file[..scan], interval, &file[scan..body], &restarts, &file[body..]].concat();
        assert!(process(&damaged).is_err());
    }
    // An interval longer than the picture means no restart.
    let long = [&file[..scan], &[0xFF, 0xDD, 0, 4, 0xFF, 0xFF], &file[scan..]].concat();
    assert!(process(&long).is_ok());
}

#[test]
fn a_jpeg_of_thousands_of_scans_is_refused() {
    let file = turbo(&photograph(300, 300).as_bytes()[..300 * 300 * 3], 300, PixelFormat::RGB, true);
    let last = file.windows(2).rposition(|bytes| bytes == [0xFF, 0xDA]).unwrap();
    let scan = &file[last..file.len() - 2];
    let many = [&file[..last], &scan.repeat(5000), &[0xFF, 0xD9]].concat();
    assert!(process(&many).is_err());
}

#[test]
fn flipped_bits_never_panic() {
    let mut random = 42_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    for (_, file) in samples() {
        for _ in 0..300 {
            let mut damaged = file.clone();
            for _ in 0..=next(4) {
                let at = next(damaged.len());
                damaged[at] ^= 1 << next(8);
            }
            // A panic would be caught and reported as this.
            if let Err(error) = process(&damaged) {
                assert!(!error.contains("crashes the decoder"), "{error}");
            }
        }
    }
}
