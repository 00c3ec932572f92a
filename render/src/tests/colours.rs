//! Colours in other forms than 8-bit sRGB. The expected ones are what littlecms 2.19 makes of the same samples and
//! profiles, or follow from the definitions.

use super::hostile::chunk;
use super::{Metadata, assert_near, p3_to_srgb, png, preview};
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, LumaA, Rgb, RgbImage, Rgba};

/// Primaries, white point and gamma of Adobe RGB (1998).
const ADOBE_RGB: &[u8] = include_bytes!("data/adobe-rgb.icc");

const IN_ADOBE_RGB: [[u8; 3]; 5] = [[200, 100, 50], [60, 180, 90], [40, 70, 200], [128, 128, 128], [12, 30, 20]];
const FROM_ADOBE_RGB: [[u8; 3]; 5] = [[227, 100, 42], [0, 181, 83], [2, 68, 205], [129, 129, 129], [0, 24, 11]];

/// The middles of four quarters.
fn middles(file: &[u8]) -> [[u8; 3]; 4] {
    let picture = preview(file).to_rgb8();
    [(8, 8), (24, 8), (8, 24), (24, 24)].map(|(x, y)| picture.get_pixel(x, y).0)
}

fn assert_all_near(found: [[u8; 3]; 4], expected: [[u8; 3]; 4], tolerance: u8, what: &str) {
    found.iter().zip(expected).for_each(|(found, expected)| assert_near(found, expected, tolerance, what));
}

#[test]
fn cmyk_without_a_profile_is_mixed_as_usual() {
    let expected = [[53, 216, 226], [235, 75, 195], [187, 180, 42], [103, 109, 109]];
    // The same four colours. By Adobe's convention 255 is no ink, otherwise it is full ink.
    assert_all_near(middles(include_bytes!("data/cmyk-adobe.jpg")), expected, 10, "Adobe");
    assert_all_near(middles(include_bytes!("data/cmyk-plain.jpg")), expected, 10, "not Adobe");
}

#[test]
fn cmyk_with_a_profile_is_converted_by_it() {
    let expected = [[75, 158, 196], [206, 128, 143], [199, 180, 95], [146, 142, 142]];
    assert_all_near(middles(include_bytes!("data/cmyk-adobe-icc.jpg")), expected, 10, "Adobe");
    assert_all_near(middles(include_bytes!("data/cmyk-plain-icc.jpg")), expected, 10, "not Adobe");
}

/// A PNG with colour chunks inserted after its header.
fn with_chunks(mut file: Vec<u8>, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let chunks: Vec<u8> = chunks.iter().flat_map(|(name, data)| chunk(name, data)).collect();
    file.splice(33..33, chunks);
    file
}

fn one_colour(colour: [u8; 3]) -> Vec<u8> {
    png(&RgbImage::from_pixel(40, 30, Rgb(colour)).into(), Metadata::default())
}

fn hundred_thousandths(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn shown(file: &[u8]) -> [u8; 3] {
    preview(file).to_rgb8().get_pixel(9, 9).0
}

const GAMMA: &[u8; 4] = b"gAMA";
const PRIMARIES: &[u8; 4] = b"cHRM";
const SRGB: &[u8; 4] = b"sRGB";
const CODED: &[u8; 4] = b"cICP";

fn adobe_rgb_by_chunks() -> [(&'static [u8; 4], Vec<u8>); 2] {
    let primaries = [31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000];
    [(GAMMA, hundred_thousandths(&[45_470])), (PRIMARIES, hundred_thousandths(&primaries))]
}

#[test]
fn a_png_is_converted_from_its_profile() {
    for (colour, expected) in IN_ADOBE_RGB.into_iter().zip(FROM_ADOBE_RGB) {
        let picture: DynamicImage = RgbImage::from_pixel(40, 30, Rgb(colour)).into();
        let file = png(&picture, Metadata { exif: None, icc: Some(ADOBE_RGB.to_vec()) });
        assert_near(shown(&file), expected, 6, "iCCP");
        let deep = colour.map(|sample| u16::from(sample) * 257);
        let picture: DynamicImage = ImageBuffer::from_pixel(40, 30, Rgb(deep)).into();
        let file = png(&picture, Metadata { exif: None, icc: Some(ADOBE_RGB.to_vec()) });
        assert_near(shown(&file), expected, 6, "iCCP of 16 bits");
    }
}

#[test]
fn a_png_is_converted_from_its_primaries_and_gamma() {
    for (colour, expected) in IN_ADOBE_RGB.into_iter().zip(FROM_ADOBE_RGB) {
        let file = with_chunks(one_colour(colour), &adobe_rgb_by_chunks());
        assert_near(shown(&file), expected, 6, "cHRM and gAMA");
    }
    // A gamma of 1.8, and the same shades in sRGB.
    let gamma = [(GAMMA, hundred_thousandths(&[55_556]))];
    for (grey, expected) in [(60, 77), (130, 148), (200, 210)] {
        assert_near(shown(&with_chunks(one_colour([grey; 3]), &gamma)), [expected; 3], 5, "gAMA");
        let picture: DynamicImage = GrayImage::from_pixel(40, 30, Luma([grey])).into();
        let file = with_chunks(png(&picture, Metadata::default()), &gamma);
        assert_near(shown(&file), [expected; 3], 5, "gAMA of grey");
    }
}

#[test]
fn gamma_and_primaries_of_srgb_change_nothing() {
    let srgb = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    let (gamma, primaries) = ((GAMMA, hundred_thousandths(&[45_455])), (PRIMARIES, hundred_thousandths(&srgb)));
    let plain = one_colour([12, 30, 20]);
    for chunks in [vec![gamma.clone()], vec![primaries.clone()], vec![gamma, primaries]] {
        assert_eq!(shown(&with_chunks(plain.clone(), &chunks)), shown(&plain));
    }
}

#[test]
fn the_most_precise_declaration_of_colours_wins() {
    let colour = [200, 100, 50];
    let [gamma, primaries] = adobe_rgb_by_chunks();
    // Display P3 with sRGB's curve (ITU-T H.273).
    let p3 = (CODED, vec![12, 13, 0, 1]);
    let file = with_chunks(one_colour(colour), std::slice::from_ref(&p3));
    assert_near(shown(&file), p3_to_srgb(colour), 5, "cICP");
    let file = with_chunks(one_colour(colour), &[(SRGB, vec![0]), gamma.clone(), primaries.clone()]);
    assert_near(shown(&file), colour, 5, "sRGB before cHRM");
    let picture: DynamicImage = RgbImage::from_pixel(40, 30, Rgb(colour)).into();
    let with_profile = png(&picture, Metadata { exif: None, icc: Some(ADOBE_RGB.to_vec()) });
    assert_near(shown(&with_chunks(with_profile.clone(), &[p3])), p3_to_srgb(colour), 5, "cICP before iCCP");
    let linear = [(GAMMA, hundred_thousandths(&[100_000]))];
    assert_near(shown(&with_chunks(with_profile, &linear)), [227, 100, 42], 6, "iCCP before gAMA");
    let broken = png(&picture, Metadata { exif: None, icc: Some(vec![7; 300]) });
    assert_near(shown(&with_chunks(broken, &[gamma, primaries])), [227, 100, 42], 6, "cHRM after a broken iCCP");
}

#[test]
fn implausible_colour_chunks_are_ignored() {
    let plain = one_colour([200, 100, 50]);
    let primaries = |values: [u32; 8]| (PRIMARIES, hundred_thousandths(&values));
    for chunk in [
        (GAMMA, hundred_thousandths(&[0])),
        (GAMMA, hundred_thousandths(&[1])),
        (GAMMA, hundred_thousandths(&[u32::MAX])),
        primaries([0; 8]),
        primaries([u32::MAX; 8]),
        primaries([31_270, 32_900, 64_000, 33_000, 64_000, 33_000, 64_000, 33_000]),
        primaries([31_270, 0, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]),
        primaries([90_000, 90_000, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000]),
        (CODED, vec![0, 0, 0, 1]),
        (CODED, vec![2, 2, 0, 1]),
        (CODED, vec![255, 255, 0, 1]),
        (CODED, vec![9, 255, 0, 1]),
        (CODED, vec![9, 16, 0, 0]),
    ] {
        let file = with_chunks(plain.clone(), std::slice::from_ref(&chunk));
        assert_eq!(shown(&file), shown(&plain), "{chunk:?}");
    }
}

#[test]
fn a_high_dynamic_range_ends_at_white() {
    // ITU-R BT.2408: 203 cd/m² in PQ, and a signal of 0.75 in HLG, are white. Grey is grey in BT.2020 too.
    for (transfer, greys) in
        [(16, [(60, 39), (100, 107), (130, 188), (200, 255)]), (18, [(60, 75), (100, 122), (148, 177), (200, 255)])]
    {
        for (grey, expected) in greys {
            let file = with_chunks(one_colour([grey; 3]), &[(CODED, vec![9, transfer, 0, 1])]);
            assert_near(shown(&file), [expected; 3], 5, "cICP");
        }
    }
}

#[test]
fn samples_of_16_bits_are_rounded_to_8() {
    let rgb: DynamicImage = ImageBuffer::from_pixel(40, 30, Rgb([51_400_u16, 25_700, 12_850])).into();
    let rgba: DynamicImage = ImageBuffer::from_pixel(40, 30, Rgba([51_400_u16, 25_700, 12_850, 32_896])).into();
    let grey: DynamicImage = ImageBuffer::from_pixel(40, 30, Luma([23_130_u16])).into();
    let grey_alpha: DynamicImage = ImageBuffer::from_pixel(40, 30, LumaA([23_130_u16, 32_896])).into();
    for (picture, expected) in [
        (rgb, [200, 100, 50, 255]),
        (rgba, [200, 100, 50, 128]),
        (grey, [90, 90, 90, 255]),
        (grey_alpha, [90, 90, 90, 128]),
    ] {
        let file = png(&picture, Metadata::default());
        let found = preview(&file).to_rgba8().get_pixel(9, 9).0;
        assert_near(found, expected, 6, "16 bits");
        let same = with_chunks(file, &[(GAMMA, hundred_thousandths(&[45_455]))]);
        assert_eq!(preview(&same).to_rgba8().get_pixel(9, 9).0, found);
    }
}

#[test]
fn dark_shades_of_linear_light_survive() {
    // Cut to 8 bits, the first three would be 0, 2 and 25, which are 0, 22 and 88 in sRGB.
    for (light, expected) in [(200, 10), (655, 25), (6553, 89), (30_000, 180)] {
        let linear = [(GAMMA, hundred_thousandths(&[100_000]))];
        let rgb: DynamicImage = ImageBuffer::from_pixel(40, 30, Rgb([light; 3])).into();
        let grey: DynamicImage = ImageBuffer::from_pixel(40, 30, Luma([light])).into();
        let grey_alpha: DynamicImage = ImageBuffer::from_pixel(40, 30, LumaA([light, u16::MAX])).into();
        for picture in [rgb, grey, grey_alpha] {
            let file = with_chunks(png(&picture, Metadata::default()), &linear);
            assert_near(shown(&file), [expected; 3], 2, "linear light");
        }
    }
}
