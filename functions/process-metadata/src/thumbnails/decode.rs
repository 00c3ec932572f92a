//! From a file to pixels, no more of them than a preview needs.

use std::io::Cursor;

use quayside_inspect::RasterFormat;
use quayside_inspect::image::Image;
use quayside_inspect::image::jpeg::Segments;
use turbojpeg::{Colorspace, Decompressor, PixelFormat, ScalingFactor};

use super::pixels::{Layout, Pixels, Shrink};
use super::{Error, PREVIEW_SIDE};

/// Pictures that are shrunk by means of whole squares keep this many pixels on the longer side, so that the filter that
/// follows has something to work with.
const SHRUNK_SIDE: u32 = 2 * PREVIEW_SIDE;

/// No encoder writes a progressive JPEG with more scans; each costs a walk over the whole picture.
const MAX_SCANS: u32 = 100;

/// Padding that some cameras write behind the last block of a JPEG, in bytes. More is taken for damage.
const MAX_PADDING: u32 = 64;

pub(super) struct Decoded {
    /// At least as large as the preview, and in the image's proportions, but for rounding.
    pub(super) pixels: Pixels,
    pub(super) icc_profile: Option<Vec<u8>>,
}

pub(super) fn decode(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    match image.format {
        RasterFormat::Jpeg => jpeg(bytes, image),
        RasterFormat::Png => png(bytes, image),
        RasterFormat::WebP => webp(bytes, image),
        RasterFormat::Gif => gif(bytes, image),
    }
}

fn damaged(error: impl ToString) -> Error {
    Error::Unreadable { why: error.to_string().trim_end_matches('.').to_owned() }
}

/// Decoders allocate by what they read themselves; it has to be what was checked.
fn check_size(found: (u32, u32), image: &Image) -> Result<(), Error> {
    if found == image.stored_size() { Ok(()) } else { Err(damaged("its headers contradict each other")) }
}

/// Decodes at the smallest of libjpeg's scales, eighths, that is not below the preview's size.
fn jpeg(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let mut decoder = Decompressor::new().map_err(damaged)?;
    let header = decoder.read_header(bytes).map_err(damaged)?;
    check_size((header.width as u32, header.height as u32), image)?;
    let longer = header.width.max(header.height);
    let scale = (1..8)
        .map(|eighths| ScalingFactor::new(eighths, 8))
        .find(|scale| scale.scale(longer) >= PREVIEW_SIDE as usize)
        .unwrap_or(ScalingFactor::ONE);
    decoder.set_scaling_factor(scale).map_err(damaged)?;
    decoder.set_scan_limit(MAX_SCANS).map_err(damaged)?;
    let (format, layout) = match header.colorspace {
        Colorspace::Gray => (PixelFormat::GRAY, Layout::Gray),
        Colorspace::CMYK | Colorspace::YCCK => (PixelFormat::CMYK, Layout::Cmyk),
        Colorspace::RGB | Colorspace::YCbCr => (PixelFormat::RGB, Layout::Rgb),
    };
    let (width, height) = (scale.scale(header.width), scale.scale(header.height));
    let pitch = width * format.size();
    let mut pixels = vec![0; pitch * height];
    let target = turbojpeg::Image { pixels: pixels.as_mut_slice(), width, pitch, height, format };
    match decoder.decompress(bytes, target) {
        // A warning is an error here, or what is missing of a truncated picture would be grey.
        Err(error) if !is_padding(&error.to_string()) => return Err(damaged(error)),
        _ => {}
    }
    let segments = JpegSegments::read(bytes);
    if layout == Layout::Cmyk && !segments.adobe {
        pixels.iter_mut().for_each(|sample| *sample = 255 - *sample);
    }
    let pixels = Pixels { width: width as u32, height: height as u32, layout, bytes: pixels };
    Ok(Decoded { pixels, icc_profile: segments.icc_profile() })
}

/// Whether libjpeg only warns of a few needless bytes between the picture and its end.
fn is_padding(message: &str) -> bool {
    let count = message
        .split_once("Corrupt JPEG data: ")
        .and_then(|(_, rest)| rest.strip_suffix(" extraneous bytes before marker 0xd9")?.parse::<u32>().ok());
    count.is_some_and(|count| count <= MAX_PADDING)
}

/// What of a JPEG's application segments matters for its colours.
#[derive(Default)]
struct JpegSegments<'a> {
    /// Adobe's segment: a picture in CMYK is stored inverted.
    adobe: bool,
    /// The parts of the ICC profile (ICC.1:2022, annex B.4), with their numbers from 1.
    icc: Vec<(u8, &'a [u8])>,
}

impl<'a> JpegSegments<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let mut found = Self::default();
        for segment in Segments::new(bytes).into_iter().flatten().map_while(Result::ok) {
            match (segment.marker, segment.payload) {
                (0xEE, payload) if payload.starts_with(b"Adobe") => found.adobe = true,
                (0xE2, payload) => {
                    if let Some([number, _count, part @ ..]) = payload.strip_prefix(b"ICC_PROFILE\0") {
                        found.icc.push((*number, part));
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn icc_profile(mut self) -> Option<Vec<u8>> {
        self.icc.sort_by_key(|&(number, _)| number);
        let complete = self.icc.iter().zip(1..=u8::MAX).all(|(&(found, _), number)| found == number);
        (complete && !self.icc.is_empty() && self.icc.len() <= 255)
            .then(|| self.icc.iter().flat_map(|&(_, part)| part).copied().collect())
    }
}

fn png(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(damaged)?;
    check_size((reader.info().width, reader.info().height), image)?;
    let layout = match reader.output_color_type().0 {
        png::ColorType::Grayscale => Layout::Gray,
        png::ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        png::ColorType::Rgba => Layout::Rgba,
        png::ColorType::Rgb | png::ColorType::Indexed => Layout::Rgb,
    };
    let (width, height) = image.stored_size();
    let mut shrink = Shrink::new(width, height, layout, SHRUNK_SIDE);
    if reader.info().interlaced {
        let mut picture = vec![0; reader.output_buffer_size().ok_or_else(|| damaged("it is too large"))?];
        let frame = reader.next_frame(&mut picture).map_err(damaged)?;
        picture.chunks_exact(frame.line_size).for_each(|row| shrink.push(row));
    } else {
        for _ in 0..height {
            let row = reader.next_row().map_err(damaged)?.ok_or_else(|| damaged("its picture data ends too early"))?;
            shrink.push(row.data());
        }
    }
    // Checks what follows the picture, to the end of the file.
    reader.finish().map_err(damaged)?;
    let icc_profile = reader.info().icc_profile.as_deref().map(<[u8]>::to_vec);
    Ok(Decoded { pixels: shrink.finish(), icc_profile })
}

fn webp(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(damaged)?;
    check_size(decoder.dimensions(), image)?;
    let layout = if decoder.has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let mut picture = vec![0; decoder.output_buffer_size().ok_or_else(|| damaged("it is too large"))?];
    decoder.read_image(&mut picture).map_err(damaged)?;
    let (width, height) = image.stored_size();
    let mut shrink = Shrink::new(width, height, layout, SHRUNK_SIDE);
    picture.chunks_exact(width as usize * layout.samples()).for_each(|row| shrink.push(row));
    drop(picture);
    Ok(Decoded { pixels: shrink.finish(), icc_profile: decoder.icc_profile().map_err(damaged)? })
}

fn gif(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(bytes).map_err(damaged)?;
    let (width, height) = image.stored_size();
    check_size((decoder.width().into(), decoder.height().into()), image)?;
    let frame = decoder.next_frame_info().map_err(damaged)?.ok_or_else(|| damaged("it has no picture data"))?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (frame_width, transparent) = (usize::from(frame.width), frame.transparent);
    let mut indices = vec![0; decoder.buffer_size()];
    decoder.read_into_buffer(&mut indices).map_err(damaged)?;
    let palette = decoder.palette().map_err(damaged)?.as_chunks::<3>().0;

    let layout = if image.has_alpha { Layout::Rgba } else { Layout::Rgb };
    let samples = layout.samples();
    let mut shrink = Shrink::new(width, height, layout, SHRUNK_SIDE);
    let mut row = vec![0; width as usize * samples];
    let mut lines = indices.chunks_exact(frame_width.max(1));
    for y in 0..height as usize {
        row.fill(0);
        if let Some(line) = (y >= top).then(|| lines.next()).flatten() {
            for (pixel, &index) in row.chunks_exact_mut(samples).skip(left).zip(line) {
                let colour = palette.get(usize::from(index)).filter(|_| transparent != Some(index));
                if let Some(&[r, g, b]) = colour {
                    pixel.copy_from_slice(&[r, g, b, 255][..samples]);
                }
            }
        }
        shrink.push(&row);
    }
    Ok(Decoded { pixels: shrink.finish(), icc_profile: None })
}
