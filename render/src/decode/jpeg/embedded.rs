//! The preview that the EXIF of a JPEG may carry, in place of the picture itself.
//!
//! It is used where that saves something, and where it shows what the picture shows. Nothing in the format makes sure
//! of the latter: an editor may have left the preview of the unedited picture behind, a camera puts black bars around
//! it, and whoever wants to show one picture in lists and another in full can put in any. So a preview is held against
//! the picture, and that decides where it helps:
//!
//! - Of a baseline JPEG every bit has to be read to learn the means of its blocks. After that, all that the larger
//!   variants need is nearly there: of 24 megapixels nothing would be saved. It is always decoded itself.
//! - A progressive JPEG has scans of these means alone, which are a small part of its bytes. To read them and the
//!   preview instead of all scans takes 120 instead of 360 ms for 24 megapixels, variants included, and 220 instead of
//!   720 ms for 48. libjpeg still allocates what it would for all scans. All scans of the means are read, also those
//!   that come after finer ones, or they could paint another picture over the one that was compared.
//!
//! The price: damage in the finer scans, which lie unread, is not found out. That the file is whole, `inspect` has made
//! sure of by its segments.
//!
//! Most previews are of 160 × 120 pixels, less than any variant needs. One that makes do for the thumbnail alone saves
//! nothing, since the picture has to be decoded for the larger variant.

use std::ops::Range;

use quayside_inspect::image::jpeg::exif_thumbnail;
use turbojpeg::ScalingFactor;

use super::file::Jpeg;
use super::segments::JpegSegments;
use crate::pixels::{Layout, Pixels};
use crate::variant::{PREVIEW_SIDE, fit};

/// A picture of fewer times the pixels of its preview is decoded quickly enough.
const MIN_RATIO: u64 = 4;

/// The sum of the table for brightness in ITU-T T.81, annex K.1, which is that of quality 50. A preview that was
/// quantized more coarsely, as it must be to fit into EXIF's 64 KiB, shows its blocks.
const MAX_QUANTIZATION: u32 = 3688;

/// Longer side in pixels at which preview and picture are compared: half the thumbnail's.
const COMPARED_SIDE: u32 = 160;

/// How far samples may differ then, of 255: on average, and at the worst place. Compression and sharpening make the most
/// of it; whatever else there is to see in a thumbnail makes more.
const MAX_MEAN_DIFFERENCE: u64 = 4;
const MAX_DIFFERENCE: u8 = 40;

/// The preview, in the picture's own colours and orientation, if it is as good as the picture for all variants.
pub(super) fn usable(bytes: &[u8], main: &Jpeg<'_>, segments: &JpegSegments<'_>) -> Option<Pixels> {
    let layout = Some(main.layout()).filter(|layout| matches!(layout, Layout::Rgb | Layout::Gray))?;
    let file = exif_thumbnail(bytes)?;
    let fine_length: usize = segments.fine_scans.iter().map(Range::len).sum();
    // Where the means take more than half of the picture's bytes, little is saved.
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

/// The file without these ranges of it, which are in order; it ends as a JPEG does.
fn without(bytes: &[u8], ranges: &[Range<usize>]) -> Vec<u8> {
    let starts = ranges.iter().map(|range| range.end);
    let ends = ranges.iter().map(|range| range.start).chain([bytes.len()]);
    let kept = [0].into_iter().chain(starts).zip(ends).filter_map(|(start, end)| bytes.get(start..end));
    kept.flatten().copied().chain([0xFF, 0xD9]).collect()
}

/// Whether a preview of this size is large enough, and has the picture's proportions to within 1 %.
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
