//! The preview that a JPEG's EXIF may carry, used in place of the picture itself.
//!
//! It is used if that saves time and if it shows the same as the picture. The format does not guarantee the latter: an
//! editor may have left the preview of the unedited picture, a camera may have put black bars around it, and somebody
//! may want to show one picture in lists and another in full. So the preview is compared with the picture. That decides
//! when it saves time:
//!
//! - Baseline JPEG: the means of the blocks can only be had by reading every bit. After that, the variants cost little
//!   more, and nothing would be saved for 24 megapixels. The picture itself is always decoded.
//! - Progressive JPEG: the means have scans of their own, which are a small part of the file. Reading them and the
//!   preview instead of all scans takes 120 ms instead of 360 ms for 24 megapixels, variants included, and 220 ms
//!   instead of 720 ms for 48. libjpeg allocates the same memory either way. All scans of the means are read, also
//!   those after finer scans. Otherwise a late one could replace the picture that was compared.
//!
//! The price is that damage in the finer scans, which are not read, is not detected. `inspect` has checked by the
//! segments that the file is complete.
//!
//! Most previews have 160 × 120 pixels, fewer than any variant needs. A preview that suffices only for `thumbnail`
//! saves nothing, because the picture has to be decoded for `preview`.

use std::ops::Range;

use quayside_inspect::image::jpeg::exif_thumbnail;
use turbojpeg::ScalingFactor;

use super::file::Jpeg;
use super::segments::JpegSegments;
use crate::pixels::{Layout, Pixels};
use crate::variant::{PREVIEW_SIDE, fit};

/// A picture with fewer than this many times the preview's pixels is decoded quickly enough without it.
const MIN_RATIO: u64 = 4;

/// The sum of the quantization table for brightness in ITU-T T.81, annex K.1, which is quality 50. A preview that was
/// quantized more coarsely, to fit into EXIF's 64 KiB, has visible blocks.
const MAX_QUANTIZATION: u32 = 3688;

/// Preview and picture are compared with this many pixels on the longer side: half of `thumbnail`'s.
const COMPARED_SIDE: u32 = 160;

/// The most that samples may differ then, from 0 to 255: on average, and anywhere. Compression and sharpening stay
/// below that; a visible difference does not.
const MAX_MEAN_DIFFERENCE: u64 = 4;
const MAX_DIFFERENCE: u8 = 40;

/// The preview, in the picture's colour space and orientation, if it can replace the picture for all variants.
pub(super) fn usable(bytes: &[u8], main: &Jpeg<'_>, segments: &JpegSegments<'_>) -> Option<Pixels> {
    let layout = Some(main.layout()).filter(|layout| matches!(layout, Layout::Rgb | Layout::Gray))?;
    let file = exif_thumbnail(bytes)?;
    let fine_length: usize = segments.fine_scans.iter().map(Range::len).sum();
    // If the means take more than half of the picture's bytes, little is saved.
    if !segments.progressive || fine_length * 2 < bytes.len().saturating_sub(file.len()) {
        return None;
    }
    let mut preview = Jpeg::open(file).ok()?;
    if !fits(preview.size(), main.size()) || preview.layout() == Layout::Cmyk {
        return None;
    }
    JpegSegments::read(file).quantization.filter(|&sum| sum <= MAX_QUANTIZATION)?;
    let pixels = preview.decode(preview.scale_for(PREVIEW_SIDE), layout).ok()?;
    let coarse = without(bytes, &segments.fine_scans);
    let coarse = Jpeg::open(&coarse).ok()?.decode(ScalingFactor::new(1, 8), layout).ok()?;
    shows_the_same(&pixels, &coarse, fit(main.size(), COMPARED_SIDE)).then_some(pixels)
}

/// The file without these ranges, which must be in order, and with an end marker.
fn without(bytes: &[u8], ranges: &[Range<usize>]) -> Vec<u8> {
    let starts = ranges.iter().map(|range| range.end);
    let ends = ranges.iter().map(|range| range.start).chain([bytes.len()]);
    let kept = [0].into_iter().chain(starts).zip(ends).filter_map(|(start, end)| bytes.get(start..end));
    kept.flatten().copied().chain([0xFF, 0xD9]).collect()
}

/// Whether a preview of this size is large enough and has the picture's proportions, to within 1 %.
fn fits(preview: (u32, u32), main: (u32, u32)) -> bool {
    let [(width, height), (main_width, main_height)] =
        [preview, main].map(|(width, height)| (u64::from(width), u64::from(height)));
    let (a, b) = (width * main_height, height * main_width);
    width.max(height) >= u64::from(PREVIEW_SIDE)
        && width * height * MIN_RATIO <= main_width * main_height
        && a.abs_diff(b) * 100 <= a.max(b)
}

fn shows_the_same(preview: &Pixels, main: &Pixels, (width, height): (u32, u32)) -> bool {
    let [preview, main] = [preview, main].map(|pixels| pixels.resize(width, height).bytes);
    let (sum, most) = preview.iter().zip(&main).fold((0, 0), |(sum, most), (a, b)| {
        let difference = a.abs_diff(*b);
        (sum + u64::from(difference), difference.max(most))
    });
    sum <= MAX_MEAN_DIFFERENCE * main.len() as u64 && most <= MAX_DIFFERENCE
}
