//! WebPs with structures that encoders rarely or never write.

use image::{DynamicImage, GenericImage, GenericImageView, Rgb, RgbImage, Rgba, RgbaImage};

use super::{assert_near, photograph, preview, process, psnr};
use crate::riff::{self, Chunks};

/// Flags of the header.
const ICC: u8 = 1 << 5;
const ALPHA: u8 = 1 << 4;
const EXIF: u8 = 1 << 3;
const XMP: u8 = 1 << 2;
const ANIMATION: u8 = 1 << 1;

fn lossy(picture: &DynamicImage) -> Vec<u8> {
    webp::Encoder::from_rgb(picture.as_bytes(), picture.width(), picture.height()).encode(95.0).to_vec()
}

fn chunk(file: &[u8], wanted: &[u8; 4]) -> Vec<u8> {
    Chunks::of_file(file).find(|(name, _)| name == wanted).unwrap().1.to_vec()
}

/// A file with an extended header.
fn extended(flags: u8, width: u32, height: u32, chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let header = [&[flags, 0, 0, 0][..], &riff::u24(width - 1), &riff::u24(height - 1)].concat();
    riff::push(&mut file, *b"VP8X", &header);
    chunks.iter().for_each(|(name, data)| riff::push(&mut file, **name, data));
    riff::file(&file)
}

#[test]
fn a_webp_whose_header_announces_missing_metadata_is_shown() {
    let picture = photograph(64, 48);
    let file = lossy(&picture);
    let plain = preview(&file);
    for flags in [EXIF, XMP, ALPHA, ICC, EXIF | XMP | ALPHA | ICC] {
        let file = extended(flags, 64, 48, &[(b"VP8 ", &chunk(&file, b"VP8 "))]);
        assert_eq!(preview(&file).to_rgb8(), plain.to_rgb8(), "{flags:#b}");
    }
}

#[test]
fn a_lossy_webp_has_its_transparency() {
    let mut picture = photograph(64, 48).to_rgba8();
    picture.enumerate_pixels_mut().for_each(|(x, _, pixel)| pixel.0[3] = (x * 4) as u8);
    let file = webp::Encoder::from_rgba(&picture, 64, 48).encode(95.0).to_vec();
    let found = preview(&file).to_rgba8();
    let alpha = |x| found.get_pixel(x, 24).0[3];
    assert_near([alpha(8), alpha(32), alpha(60)], [32, 128, 240], 4, "alpha");
    let opaque = |picture: RgbaImage| DynamicImage::from(picture).crop_imm(48, 0, 16, 48).to_rgb8();
    assert!(psnr(&opaque(found), &opaque(picture)) > 28.0);
}

#[test]
fn the_first_frame_of_a_webp_is_shown_on_its_canvas() {
    let picture = DynamicImage::from(RgbImage::from_pixel(20, 10, Rgb([200, 100, 50])));
    let mut frame = [[10, 4, 19, 9, 100].map(riff::u24).concat(), vec![0]].concat();
    riff::push(&mut frame, *b"VP8 ", &chunk(&lossy(&picture), b"VP8 "));
    let file = extended(ANIMATION, 60, 40, &[(b"ANIM", &[0; 6]), (b"ANMF", &frame)]);
    let found = preview(&file).to_rgba8();
    for (x, y) in [(21, 9), (38, 9), (21, 16), (38, 16)] {
        assert_near(found.get_pixel(x, y).0, [200, 100, 50, 255], 12, "inside of the frame");
    }
    for (x, y) in [(19, 10), (40, 10), (30, 7), (30, 18), (0, 0), (59, 39)] {
        assert_eq!(found.get_pixel(x, y).0[3], 0, "at {x}, {y}");
    }
}

/// Writes a lossless bitstream, lowest bit first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    fn put(&mut self, value: u32, count: usize) {
        for at in 0..count {
            self.bytes.resize(self.count / 8 + 1, 0);
            self.bytes[self.count / 8] |= ((value >> at & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
    }

    /// A code of the symbol 0 alone, which takes no bits.
    fn put_single_code(&mut self) {
        self.put(1, 4);
    }

    /// A code in which each symbol up to 255 takes 8 bits.
    fn put_byte_code(&mut self) {
        self.put(0, 1);
        // The code for lengths, with 12 lengths of its own. Only the last one, for symbol 8, is not 0.
        self.put(8, 4);
        (0..11).for_each(|_| self.put(0, 3));
        self.put(1, 3);
        // The lengths of 2 + 254 symbols follow; 254 is written in 8 bits.
        self.put(1, 1);
        self.put(3, 3);
        self.put(254, 8);
    }

    fn put_byte(&mut self, value: u32) {
        self.put(u32::from((value as u8).reverse_bits()), 8);
    }
}

/// The bitstream, without its header, of a picture of 1024 × 1024 pixels that are all 0. Each square of 4 × 4 pixels is
/// assigned one of the `groups` of codes.
fn grouped(groups: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    // No transforms and no colour cache, but an entropy image, which has no colour cache.
    bits.put(0b100, 3);
    bits.put(0, 3);
    bits.put(0, 1);
    bits.put_byte_code();
    bits.put_byte_code();
    (0..3).for_each(|_| bits.put_single_code());
    for square in 0..256 * 256 {
        bits.put_byte(square % groups);
        bits.put_byte((square % groups) >> 8);
    }
    (0..5 * groups).for_each(|_| bits.put_single_code());
    bits.bytes
}

#[test]
fn a_webp_with_more_groups_of_codes_than_any_encoder_writes_is_refused() {
    let lossless = |groups| {
        let header = 1023_u32 | 1023 << 14 | 1 << 28;
        let mut file = Vec::new();
        riff::push(&mut file, *b"VP8L", &[&[0x2F][..], &header.to_le_bytes(), &grouped(groups)].concat());
        riff::file(&file)
    };
    let picture = chunk(&lossy(&photograph(1024, 1024)), b"VP8 ");
    let with_alpha = |groups| {
        let alpha = [&[1][..], &grouped(groups)].concat();
        extended(ALPHA, 1024, 1024, &[(b"ALPH", &alpha), (b"VP8 ", &picture)])
    };
    for (what, file) in [("VP8L", &lossless as &dyn Fn(u32) -> Vec<u8>), ("ALPH", &with_alpha)] {
        assert_eq!(preview(&file(4096)).to_rgba8().get_pixel(9, 9).0[3], 0, "{what}");
        let error = process(&file(65_536)).unwrap_err();
        assert_eq!(error, "The image cannot be read: it has more prefix codes than any encoder writes.", "{what}");
    }
}

#[test]
fn lossless_webps_of_every_kind_are_shown() {
    let photograph = photograph(300, 200).to_rgba8();
    let flat = RgbaImage::from_fn(300, 200, |x, y| Rgba([(x / 60 * 50) as u8, (y / 50 * 60) as u8, 90, 255]));
    let shades = RgbaImage::from_fn(300, 200, |x, y| Rgba([x as u8, y as u8, (x * y) as u8, (x + y) as u8]));
    let two = RgbaImage::from_fn(300, 200, |x, y| if x * y % 7 == 0 { Rgba([0; 4]) } else { Rgba([255; 4]) });
    // Different parts get different codes.
    let mut parts = photograph.clone();
    parts.copy_from(&*flat.view(0, 0, 300, 100), 0, 100).unwrap();
    parts.copy_from(&*shades.view(0, 0, 150, 100), 150, 0).unwrap();
    for (number, picture) in [photograph, flat, shades, two, parts].iter().enumerate() {
        for (quality, method) in [(0.0, 0), (50.0, 3), (75.0, 4), (100.0, 6)] {
            let mut config = webp::WebPConfig::new().unwrap();
            (config.lossless, config.quality, config.method, config.exact) = (1, quality, method, 1);
            let file = webp::Encoder::from_rgba(picture, 300, 200).encode_advanced(&config).unwrap();
            let found = preview(&file).to_rgba8();
            let near = found.pixels().zip(picture.pixels()).filter(|(a, b)| a.0[3].abs_diff(b.0[3]) <= 8).count();
            assert!(near > 300 * 200 * 95 / 100, "picture {number} by method {method}: {near}");
        }
    }
}
