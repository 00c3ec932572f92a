#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod animation;
mod colours;
mod embedded;
mod forms;
mod hostile;

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::ColorProfile;
use quayside_inspect::image::{Limits, inspect};
use quayside_inspect::sniff;
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::{Thumbnails, Variant, thumbnails};

/// Sniffs and inspects a file, and makes its thumbnails, as process-metadata does.
fn process(file: &[u8]) -> Result<Thumbnails, String> {
    let format = sniff(file, file.len() as u64).and_then(|format| format.raster()).ok_or("not an image")?;
    let limits = Limits { max_pixels: 100_000_000, max_frames: 10_000 };
    let image = inspect(file, format, &limits).map_err(|error| error.to_string())?;
    thumbnails(file, &image).map_err(|error| error.to_string())
}

fn decoded(variant: &Variant) -> DynamicImage {
    let picture = image::load_from_memory_with_format(&variant.bytes, ImageFormat::WebP).unwrap();
    assert_eq!((picture.width(), picture.height()), (variant.width, variant.height));
    picture
}

fn preview(file: &[u8]) -> DynamicImage {
    decoded(&process(file).unwrap().variants[1])
}

/// Compares colours, and allows for what lossy compression changes.
fn assert_near(found: impl AsRef<[u8]>, expected: impl AsRef<[u8]>, tolerance: u8, what: &str) {
    let (found, expected) = (found.as_ref(), expected.as_ref());
    let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= tolerance);
    assert!(near && found.len() >= expected.len(), "{what}: {found:?} instead of {expected:?}");
}

#[derive(Default)]
struct Metadata {
    exif: Option<Vec<u8>>,
    icc: Option<Vec<u8>>,
}

fn write(mut encoder: impl ImageEncoder, picture: &DynamicImage, metadata: Metadata) {
    if let Some(exif) = metadata.exif {
        encoder.set_exif_metadata(exif).unwrap();
    }
    if let Some(icc) = metadata.icc {
        encoder.set_icc_profile(icc).unwrap();
    }
    let colour = ExtendedColorType::from(picture.color());
    encoder.write_image(picture.as_bytes(), picture.width(), picture.height(), colour).unwrap();
}

fn jpeg(picture: &DynamicImage, metadata: Metadata) -> Vec<u8> {
    let mut file = Vec::new();
    write(JpegEncoder::new_with_quality(&mut file, 95), picture, metadata);
    file
}

fn png(picture: &DynamicImage, metadata: Metadata) -> Vec<u8> {
    let mut file = Vec::new();
    write(PngEncoder::new(&mut file), picture, metadata);
    file
}

fn webp(picture: &DynamicImage, metadata: Metadata) -> Vec<u8> {
    let mut file = Vec::new();
    write(WebPEncoder::new_lossless(&mut file), picture, metadata);
    file
}

/// Four quarters: red, green, blue, white, in reading order.
fn quarters(width: u32, height: u32) -> DynamicImage {
    let colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
    let quarter = |x, y| usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
    RgbImage::from_fn(width, height, |x, y| Rgb(colours[quarter(x, y)])).into()
}

/// A smooth picture with shapes and a little noise, as a photograph has.
fn photograph(width: u32, height: u32) -> DynamicImage {
    let mut noise = 1_u32;
    let wave = |at: u32, length: u32, turns: f32| (at as f32 / length as f32 * turns).sin() * 50.0;
    RgbImage::from_fn(width, height, |x, y| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (dx, dy) = (x as f32 - width as f32 / 3.0, y as f32 - height as f32 / 2.0);
        let in_disc = dx * dx + dy * dy < (height as f32 / 4.0).powi(2);
        let grain = (noise >> 28) as f32 - 8.0;
        let sample = |base: f32, turns: f32| {
            (base + wave(x, width, turns) + wave(y, height, turns * 1.7) + if in_disc { 40.0 } else { 0.0 } + grain)
                as u8
        };
        Rgb([sample(110.0, 7.0), sample(100.0, 5.0), sample(90.0, 9.0)])
    })
    .into()
}

fn exif(orientation: u8) -> Vec<u8> {
    [b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation, 0, 0, 0, 0, 0, 0]].concat()
}

#[test]
fn variants_have_the_longer_side_and_the_proportions() {
    let made = process(&jpeg(&photograph(1600, 1200), Metadata::default())).unwrap();
    let sizes: Vec<_> = made.variants.iter().map(|one| (one.name, one.width, one.height)).collect();
    assert_eq!(sizes, [("thumbnail", 320, 240), ("preview", 1280, 960)]);
    made.variants.iter().for_each(|variant| drop(decoded(variant)));
}

#[test]
fn small_images_are_not_enlarged() {
    for (width, height) in [(1, 1), (2, 1), (7, 5), (320, 100), (321, 100)] {
        let made = process(&png(&quarters(width, height), Metadata::default())).unwrap();
        assert_eq!((made.variants[1].width, made.variants[1].height), (width, height));
        assert_eq!(made.variants[0].width, width.min(320));
    }
}

#[test]
fn every_orientation_comes_out_upright() {
    let upright = quarters(48, 32);
    // What a camera stores for each orientation: the inverse of what a viewer has to do.
    let stored = [
        upright.clone(),
        upright.fliph(),
        upright.rotate180(),
        upright.flipv(),
        upright.rotate90().fliph(),
        upright.rotate270(),
        upright.rotate270().fliph(),
        upright.rotate90(),
    ];
    for (picture, orientation) in stored.iter().zip(1..) {
        let metadata = || Metadata { exif: Some(exif(orientation)), icc: None };
        for file in [jpeg(picture, metadata()), png(picture, metadata()), webp(picture, metadata())] {
            let made = process(&file).unwrap();
            for variant in &made.variants {
                assert_eq!((variant.width, variant.height), (48, 32), "orientation {orientation}");
                let found = decoded(variant).to_rgb8();
                for (x, y) in [(4, 4), (43, 4), (4, 27), (43, 27)] {
                    let expected = upright.as_rgb8().unwrap().get_pixel(x, y).0;
                    assert_near(found.get_pixel(x, y).0, expected, 40, &format!("orientation {orientation}"));
                }
            }
        }
    }
}

/// Display P3 to sRGB from the definitions of both (SMPTE EG 432-1, IEC 61966-2-1), clipped.
fn p3_to_srgb(colour: [u8; 3]) -> [u8; 3] {
    let linear = colour.map(|sample| {
        let sample = f64::from(sample) / 255.0;
        if sample <= 0.04045 { sample / 12.92 } else { ((sample + 0.055) / 1.055).powf(2.4) }
    });
    let rows = [[1.224_940, -0.224_940, 0.0], [-0.042_057, 1.042_057, 0.0], [-0.019_638, -0.078_636, 1.098_274]];
    rows.map(|row| {
        let sum: f64 = row.iter().zip(linear).map(|(factor, sample)| factor * sample).sum();
        let sample = if sum <= 0.003_130_8 { sum * 12.92 } else { 1.055 * sum.powf(1.0 / 2.4) - 0.055 };
        (sample * 255.0).round().clamp(0.0, 255.0) as u8
    })
}

#[test]
fn colours_of_a_profile_become_those_of_srgb() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    for colour in [[200, 100, 50], [60, 180, 90], [40, 70, 200], [128, 128, 128]] {
        let picture: DynamicImage = RgbImage::from_pixel(64, 64, Rgb(colour)).into();
        let metadata = || Metadata { exif: None, icc: Some(profile.clone()) };
        for file in [jpeg(&picture, metadata()), png(&picture, metadata()), webp(&picture, metadata())] {
            assert_near(preview(&file).to_rgb8().get_pixel(32, 32).0, p3_to_srgb(colour), 5, "Display P3");
        }
    }
}

#[test]
fn a_profile_with_red_and_green_swapped_swaps_them_back() {
    let mut profile = ColorProfile::new_srgb();
    std::mem::swap(&mut profile.red_colorant, &mut profile.green_colorant);
    profile.cicp = None;
    let icc = profile.encode().unwrap();
    let picture: DynamicImage = RgbaImage::from_pixel(64, 64, Rgba([220, 60, 40, 255])).into();
    let file = png(&picture, Metadata { exif: None, icc: Some(icc) });
    assert_near(preview(&file).to_rgb8().get_pixel(32, 32).0, [60, 220, 40], 6, "swapped profile");
}

#[test]
fn a_profile_that_is_damaged_or_of_another_kind_is_ignored() {
    let grey = ColorProfile::new_gray_with_gamma(2.2).encode().unwrap();
    for icc in [b"not a profile".to_vec(), vec![0xFF; 4000], grey] {
        let picture: DynamicImage = RgbImage::from_pixel(64, 64, Rgb([200, 100, 50])).into();
        let file = jpeg(&picture, Metadata { exif: None, icc: Some(icc) });
        assert_near(preview(&file).to_rgb8().get_pixel(32, 32).0, [200, 100, 50], 6, "without a profile");
    }
}

#[test]
fn variants_carry_no_metadata() {
    let icc = ColorProfile::new_display_p3().encode().unwrap();
    let metadata = Metadata { exif: Some(exif(1)), icc: Some(icc) };
    let made = process(&jpeg(&photograph(400, 300), metadata)).unwrap();
    for variant in &made.variants {
        // The only chunk is the picture itself.
        assert_eq!(&variant.bytes[12..16], b"VP8 ");
        let length = u32::from_le_bytes(variant.bytes[16..20].try_into().unwrap()) as usize;
        assert_eq!(variant.bytes.len(), 20 + length.next_multiple_of(2));
    }
}

#[test]
fn transparent_edges_have_no_fringe() {
    // A red disc. The transparent pixels around it are green, which must not show.
    let picture: DynamicImage = RgbaImage::from_fn(1400, 1400, |x, y| {
        let (dx, dy) = (f64::from(x) - 700.0, f64::from(y) - 700.0);
        if dx * dx + dy * dy < 250_000.0 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) }
    })
    .into();
    let made = process(&png(&picture, Metadata::default())).unwrap();
    for variant in &made.variants {
        let found = decoded(variant).to_rgba8();
        assert_eq!(found.get_pixel(0, 0).0[3], 0);
        assert_eq!(found.get_pixel(variant.width / 2, variant.height / 2).0[3], 255);
        let edge: Vec<_> = found.pixels().filter(|pixel| (32..255).contains(&pixel.0[3])).collect();
        assert!(!edge.is_empty(), "the edge is smooth");
        for Rgba([red, green, blue, _]) in edge {
            assert!(*red > 200 && *green < 60 && *blue < 60, "{red} {green} {blue}");
        }
    }
}

/// Peak signal-to-noise ratio in decibels.
fn psnr(a: &RgbImage, b: &RgbImage) -> f64 {
    let squares: f64 = a.iter().zip(b.iter()).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0 * 255.0 / (squares / a.len() as f64)).log10()
}

#[test]
fn variants_are_close_to_a_careful_reduction() {
    let picture = photograph(1900, 1300);
    let files = [jpeg(&picture, Metadata::default()), png(&picture, Metadata::default())];
    for file in files {
        let full = image::load_from_memory(&file).unwrap();
        for variant in process(&file).unwrap().variants {
            let filter = image::imageops::FilterType::Lanczos3;
            let reference = full.resize_exact(variant.width, variant.height, filter).to_rgb8();
            let found = psnr(&decoded(&variant).to_rgb8(), &reference);
            assert!(found > 32.0, "{} of {} bytes: {found:.1} dB", variant.name, variant.bytes.len());
        }
    }
}

fn turbo(bytes: &[u8], side: usize, format: PixelFormat, progressive: bool) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_progressive(progressive).unwrap();
    compressor.set_subsamp(if format == PixelFormat::GRAY { Subsamp::Gray } else { Subsamp::Sub2x2 }).unwrap();
    let pitch = side * format.size();
    compressor.compress_to_vec(turbojpeg::Image { pixels: bytes, width: side, pitch, height: side, format }).unwrap()
}

#[test]
fn every_kind_of_jpeg_has_its_colours() {
    let red = [220, 40, 30];
    for progressive in [false, true] {
        let file = turbo(&red.repeat(1500 * 1500), 1500, PixelFormat::RGB, progressive);
        assert_near(preview(&file).to_rgb8().get_pixel(100, 100).0, red, 6, "RGB");
        let file = turbo(&[90; 300 * 300], 300, PixelFormat::GRAY, progressive);
        assert_near(preview(&file).to_rgb8().get_pixel(100, 100).0, [90; 3], 4, "grey");
    }
    // Inverted, as Adobe writes it: no cyan, full magenta and yellow, little black.
    let inverted = turbo(&[255, 0, 0, 200].repeat(64 * 64), 64, PixelFormat::CMYK, false);
    let adobe = inverted.windows(5).position(|bytes| bytes == b"Adobe").unwrap();
    assert_eq!(inverted[adobe + 11], 2, "its transform is that of YCCK");
    assert_near(preview(&inverted).to_rgb8().get_pixel(32, 32).0, [200, 0, 0], 8, "YCCK");
}

#[test]
fn a_jpeg_with_odd_but_harmless_headers_is_shown() {
    let picture = photograph(64, 64);
    let file = turbo(picture.as_bytes(), 64, PixelFormat::RGB, false);
    let plain = preview(&file);
    let scan = file.windows(2).position(|bytes| bytes == [0xFF, 0xDA]).unwrap();
    let scan_end = scan + 2 + usize::from(file[scan + 3]);
    for odd in [[0, 0, 0], [1, 62, 0], [0, 63, 0x11]] {
        let file = [&file[..scan_end - 3], &odd, &file[scan_end..]].concat();
        assert_eq!(preview(&file), plain, "scan of {odd:?}");
    }
    assert_eq!(&file[6..12], b"JFIF\0\x01");
    for version in [0, 2, 9] {
        let file = [&file[..11], &[version], &file[12..]].concat();
        assert_eq!(preview(&file), plain, "JFIF {version}");
    }
    // Adobe's segment in place of JFIF's.
    for transform in [1, 2, 77] {
        let adobe = [b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat();
        let file = [&file[..2], &adobe, &file[20..]].concat();
        assert_eq!(preview(&file), plain, "transform {transform} of three");
    }
    let inks = turbo(&[255, 30, 90, 200].repeat(64 * 64), 64, PixelFormat::CMYK, false);
    let adobe = inks.windows(5).position(|bytes| bytes == b"Adobe").unwrap();
    for transform in [1, 3] {
        let file = [&inks[..adobe + 11], &[transform], &inks[adobe + 12..]].concat();
        assert_eq!(preview(&file), preview(&inks), "transform {transform} of four");
    }
}

#[test]
fn every_kind_of_png_has_its_colours() {
    let rgb16: DynamicImage = image::ImageBuffer::from_pixel(40, 30, Rgb([51_400_u16, 25_700, 12_850])).into();
    let grey_alpha: DynamicImage = image::GrayAlphaImage::from_pixel(40, 30, image::LumaA([90, 128])).into();
    let grey: DynamicImage = image::GrayImage::from_pixel(40, 30, image::Luma([90])).into();
    assert_near(preview(&png(&rgb16, Metadata::default())).to_rgb8().get_pixel(9, 9).0, [200, 100, 50], 6, "16 bits");
    assert_near(preview(&png(&grey, Metadata::default())).to_rgb8().get_pixel(9, 9).0, [90; 3], 4, "grey");
    let found = preview(&png(&grey_alpha, Metadata::default())).to_rgba8();
    assert_near(found.get_pixel(9, 9).0, [90, 90, 90, 128], 6, "grey with alpha");

    let mut palette = Vec::new();
    let mut encoder = png::Encoder::new(&mut palette, 40, 30);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_palette(vec![200, 100, 50, 0, 0, 0]);
    encoder.set_trns(vec![255, 0]);
    encoder.write_header().unwrap().write_image_data(&[0; 5 * 30]).unwrap();
    assert_near(preview(&palette).to_rgb8().get_pixel(9, 9).0, [200, 100, 50], 6, "palette");
}

#[test]
fn an_interlaced_png_is_the_same_as_one_that_is_not() {
    let picture = quarters(48, 32);
    let found = preview(&hostile::interlaced_png(picture.as_rgb8().unwrap())).to_rgb8();
    let plain = preview(&png(&picture, Metadata::default())).to_rgb8();
    assert_eq!(found, plain);
}

#[test]
fn a_large_png_is_reduced_row_by_row_to_the_same_picture() {
    let picture = photograph(5300, 400);
    let reference = picture.resize_exact(1280, 97, image::imageops::FilterType::Lanczos3).to_rgb8();
    let found = preview(&png(&picture, Metadata::default())).to_rgb8();
    let found = psnr(&found, &reference);
    assert!(found > 32.0, "{found:.1} dB");
}

#[test]
fn the_first_frame_of_a_gif_is_shown_on_its_canvas() {
    let mut file = Vec::new();
    {
        let mut encoder = gif::Encoder::new(&mut file, 60, 40, &[200, 100, 50, 0, 0, 255]).unwrap();
        let frame =
            gif::Frame { left: 10, top: 20, width: 30, height: 10, buffer: vec![0; 300].into(), ..Default::default() };
        encoder.write_frame(&frame).unwrap();
        encoder
            .write_frame(&gif::Frame { width: 60, height: 40, buffer: vec![1; 2400].into(), ..Default::default() })
            .unwrap();
    }
    let found = preview(&file).to_rgba8();
    assert_near(found.get_pixel(25, 25).0, [200, 100, 50, 255], 12, "inside of the frame");
    assert_eq!(found.get_pixel(2, 2).0[3], 0, "outside of the frame");
    assert_eq!(found.get_pixel(55, 35).0[3], 0, "outside of the frame");
}

#[test]
fn the_first_frame_of_an_animated_webp_is_shown() {
    let mut encoder = webp::AnimEncoder::new(40, 30, Box::leak(Box::new(webp::WebPConfig::new().unwrap())));
    let (first, second) = ([200, 100, 50].repeat(1200), [0, 0, 255].repeat(1200));
    encoder.add_frame(webp::AnimFrame::from_rgb(&first, 40, 30, 0));
    encoder.add_frame(webp::AnimFrame::from_rgb(&second, 40, 30, 100));
    let file = encoder.encode().to_vec();
    assert_near(preview(&file).to_rgb8().get_pixel(20, 15).0, [200, 100, 50], 12, "first frame");
}

/// The mean colour of a blurhash.
fn mean_of(blurhash: &str) -> [u8; 3] {
    let pixels = blurhash::decode(blurhash, 16, 16, 1.0).unwrap();
    let sum = |sample: usize| pixels.iter().skip(sample).step_by(4).map(|&value| u32::from(value)).sum::<u32>();
    [0, 1, 2].map(|sample| (sum(sample) / 256) as u8)
}

#[test]
fn the_blurhash_is_that_of_the_upright_picture_on_white() {
    let grey: DynamicImage = RgbImage::from_pixel(64, 64, Rgb([128; 3])).into();
    let made = process(&png(&grey, Metadata::default())).unwrap();
    assert_eq!(made.blurhash.len(), 28);
    assert_near(mean_of(&made.blurhash), [128; 3], 4, "grey");

    let empty: DynamicImage = RgbaImage::new(64, 64).into();
    let made = process(&png(&empty, Metadata::default())).unwrap();
    assert_near(mean_of(&made.blurhash), [255; 3], 4, "transparent");

    let upright = process(&jpeg(&quarters(64, 48), Metadata::default())).unwrap();
    let turned = jpeg(&quarters(64, 48).rotate180(), Metadata { exif: Some(exif(3)), icc: None });
    let corners = |blurhash: &str| blurhash::decode(blurhash, 2, 2, 1.0).unwrap();
    assert_near(corners(&process(&turned).unwrap().blurhash), corners(&upright.blurhash), 12, "turned");
}
