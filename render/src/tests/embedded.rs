//! JPEGs that carry a preview of themselves.

use image::{DynamicImage, GenericImage, ImageBuffer, Rgb, RgbImage};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use super::{assert_near, preview, process};

const WIDTH: u32 = 2720;
const HEIGHT: u32 = 2040;

/// A smooth picture, so that a preview of good quality fits into EXIF.
fn landscape(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x * 1000 / width, y * 750 / height);
        let is_sun = (x.abs_diff(650)).pow(2) + (y.abs_diff(200)).pow(2) < 8000;
        if is_sun { Rgb([250, 240, 180]) } else { Rgb([(x / 6) as u8, (y / 5) as u8, 150 - (x / 10) as u8]) }
    })
    .into()
}

fn turbo(picture: &DynamicImage, quality: i32, progressive: bool) -> Vec<u8> {
    let picture = picture.to_rgb8();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_progressive(progressive).unwrap();
    compressor.set_quality(quality).unwrap();
    compressor.set_subsamp(Subsamp::Sub2x2).unwrap();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (pixels, format) = (picture.as_raw().as_slice(), PixelFormat::RGB);
    compressor.compress_to_vec(turbojpeg::Image { pixels, width, pitch: width * 3, height, format }).unwrap()
}

/// The file with EXIF of two directories: the first has the orientation, the second the preview.
fn embed(file: &[u8], orientation: u8, preview: &[u8]) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, value: u32| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &1_u32.to_be_bytes(), &value.to_be_bytes()].concat()
    };
    let exif = [
        b"Exif\0\0MM\0\x2A\0\0\0\x08".as_slice(),
        &[0, 1],
        &entry(0x0112, 3, u32::from(orientation) << 16),
        &26_u32.to_be_bytes(),
        &[0, 2],
        &entry(0x0201, 4, 56),
        &entry(0x0202, 4, preview.len() as u32),
        &[0; 4],
        preview,
    ]
    .concat();
    let length = u16::try_from(exif.len() + 2).unwrap();
    [&file[..2], &[0xFF, 0xE1], &length.to_be_bytes(), &exif, &file[2..]].concat()
}

fn smaller(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    picture.resize_exact(width, height, image::imageops::FilterType::Triangle)
}

/// A picture made slightly brighter, so that the tests recognize it.
fn marked(picture: &DynamicImage) -> DynamicImage {
    let mut picture = picture.to_rgb8();
    picture.iter_mut().for_each(|sample| *sample = sample.saturating_add(3));
    picture.into()
}

fn brightness(picture: &DynamicImage) -> f64 {
    let picture = picture.to_rgb8();
    picture.iter().map(|&sample| f64::from(sample)).sum::<f64>() / picture.len() as f64
}

/// Whether the variants of the file are made of a preview that is brighter than the picture.
fn is_used(file: &[u8], picture: &DynamicImage) -> bool {
    let made = preview(file);
    assert_eq!((made.width(), made.height()), (1280, 960));
    let difference = brightness(&made) - brightness(picture);
    assert!(difference.abs() < 4.0, "{difference}");
    difference > 1.5
}

#[test]
fn a_preview_that_shows_the_picture_is_used_in_place_of_a_progressive_one() {
    let picture = landscape(WIDTH, HEIGHT);
    let good = marked(&smaller(&picture, 1280, 960));
    let file = turbo(&picture, 90, true);
    assert!(!is_used(&file, &picture));
    assert!(is_used(&embed(&file, 1, &turbo(&good, 80, false)), &picture));
    // Decoding a baseline picture takes no longer than comparing it would.
    assert!(!is_used(&embed(&turbo(&picture, 90, false), 1, &turbo(&good, 80, false)), &picture));
    // A larger one is scaled.
    let larger = marked(&smaller(&picture, 1360, 1020));
    assert!(is_used(&embed(&file, 1, &turbo(&larger, 80, false)), &picture));
    assert!(is_used(&embed(&file, 1, &turbo(&good, 80, true)), &picture));

    // It is stored in the picture's orientation.
    let made = process(&embed(&file, 6, &turbo(&good, 80, false))).unwrap();
    assert_eq!((made.variants[1].width, made.variants[1].height), (960, 1280));

    for (what, preview) in [
        ("too small", marked(&smaller(&picture, 640, 480))),
        ("of other proportions", marked(&smaller(&picture, 1280, 930))),
        ("nearly as large as the picture", marked(&smaller(&picture, 1440, 1080))),
    ] {
        assert!(!is_used(&embed(&file, 1, &turbo(&preview, 70, false)), &picture), "{what}");
    }
    assert!(!is_used(&embed(&file, 1, &turbo(&good, 40, false)), &picture), "too coarse");
}

#[test]
fn a_preview_that_shows_something_else_is_not_used() {
    let picture = landscape(WIDTH, HEIGHT);
    let file = turbo(&picture, 90, true);
    let good = marked(&smaller(&picture, 1280, 960));
    let plain = preview(&file);
    let mut bars = DynamicImage::from(RgbImage::new(1280, 960));
    bars.copy_from(&marked(&smaller(&picture, 1280, 853)), 0, 53).unwrap();
    // Shows what an editor has removed from the picture, or what an uploader wants to show in lists.
    let mut stale = good.clone();
    stale.copy_from(&DynamicImage::from(ImageBuffer::from_pixel(24, 24, Rgb([220_u8, 30, 30]))), 900, 700).unwrap();
    for (what, other) in [
        ("bars", bars),
        ("foreign", landscape(1280, 960).fliph()),
        ("turned", landscape(1280, 960).rotate180()),
        ("grey", good.grayscale()),
        ("stale", stale),
    ] {
        assert_eq!(preview(&embed(&file, 1, &turbo(&other, 70, false))), plain, "{what}");
    }
}

/// The compressed data of a scan.
fn scanned(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let bits: Vec<bool> = bits.collect();
    let bytes =
        bits.chunks(8).map(|bits| bits.iter().zip((0..8).rev()).fold(0, |sum, (&bit, at)| sum | u8::from(bit) << at));
    bytes.flat_map(|byte| if byte == 0xFF { vec![byte, 0] } else { vec![byte] }).collect()
}

/// A progressive JPEG whose first scans make everything grey: a scan of the means without its `left_out` lowest bits,
/// and fine scans. `later` are further scans of the means: their precision and their data.
fn grey_and_later(left_out: u8, later: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let segment =
        |marker: u8, payload: &[u8]| [&[0xFF, marker], &(payload.len() as u16 + 2).to_be_bytes()[..], payload].concat();
    // The code 0 means no difference, or the end of a block. The code 10 means a difference of 7 bits.
    let table = |class: u8| segment(0xC4, &[&[class, 1, 1][..], &[0; 14], &[0, 7]].concat());
    let scan = |range: [u8; 2], exactness, data: &[u8]| {
        [segment(0xDA, &[1, 1, 0, range[0], range[1], exactness]), data.to_vec()].concat()
    };
    let (width, height) = (WIDTH as u16, HEIGHT as u16);
    let size = [&[8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
    let nothing = scanned((0..BLOCKS).map(|_| false));
    let later: Vec<u8> = later.iter().flat_map(|(exactness, data)| scan([0, 0], *exactness, data)).collect();
    let tables = [segment(0xDB, &[&[0][..], &[32; 64]].concat()), segment(0xC2, &size), table(0), table(0x10)].concat();
    // There are many, because a preview is used only if they are most of the file.
    let fine: Vec<u8> = (1..64).flat_map(|frequency| scan([frequency; 2], 0, &nothing)).collect();
    let first = [scan([0, 0], left_out, &nothing), fine].concat();
    [&[0xFF, 0xD8], &tables[..], &first, &later, &[0xFF, 0xD9]].concat()
}

const BLOCKS: u32 = WIDTH.div_ceil(8) * HEIGHT.div_ceil(8);

#[test]
fn a_preview_of_what_later_scans_paint_over_is_not_used() {
    let grey = turbo(&RgbImage::from_pixel(1280, 960, Rgb([128; 3])).into(), 80, false);
    let lower = || (0..BLOCKS).map(|block| block >= BLOCKS / 2);
    // Later scans with the bits that the first one left out, or with all bits again.
    let refined: Vec<_> = (0..5).rev().map(|left| ((left + 1) << 4 | left, scanned(lower()))).collect();
    let difference = [true, false, true, true, true, true, true, false, false];
    let again = (0..BLOCKS / 2).map(|_| false).chain(difference).chain((1..BLOCKS / 2).map(|_| false));
    for (left_out, later, white) in [(5, refined, 252), (0, vec![(0, scanned(again))], 255), (0, Vec::new(), 128)] {
        let made = preview(&embed(&grey_and_later(left_out, &later), 1, &grey)).to_luma8();
        assert_near([made.get_pixel(640, 100).0[0], made.get_pixel(640, 860).0[0]], [128, white], 2, "halves");
    }
}

#[test]
fn a_damaged_preview_is_ignored() {
    let picture = landscape(WIDTH, HEIGHT);
    let file = turbo(&picture, 90, true);
    let plain = preview(&file);
    let good = turbo(&marked(&smaller(&picture, 1280, 960)), 80, false);
    let mut lying = good.clone();
    let size = lying.windows(2).position(|bytes| bytes == [0xFF, 0xC0]).unwrap();
    lying[size + 5..size + 9].copy_from_slice(&[0xFF; 4]);
    let no_jpeg = [0xFF, 0xD8].repeat(500);
    let half = &good[..good.len() / 2];
    let ended = [half, &[0xFF, 0xD9]].concat();
    for (what, damaged) in
        [("half", half), ("ended", &ended), ("lying", &lying), ("no JPEG", &no_jpeg), ("empty", &[0xFF, 0xD8])]
    {
        assert_eq!(preview(&embed(&file, 1, damaged)), plain, "{what}");
    }
    // A good preview does not replace a picture that cannot be read.
    let scan = file.windows(2).position(|bytes| bytes == [0xFF, 0xDA]).unwrap();
    let cut = [&file[..scan + 200], &[0xFF, 0xD9]].concat();
    assert!(process(&embed(&cut, 1, &good)).is_err());
}
