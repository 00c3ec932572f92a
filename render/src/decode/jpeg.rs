//! JPEG, by libjpeg-turbo.

mod embedded;
mod file;
mod segments;

use quayside_inspect::image::Image;

use super::{Decoded, check_size};
use crate::colour::Profile;
use crate::error::Error;
use crate::pixels::Layout;
use crate::variant::PREVIEW_SIDE;
use file::Jpeg;
use segments::JpegSegments;

/// The most scans of a progressive JPEG. Encoders write fewer, and each scan costs a pass over the whole picture.
const MAX_SCANS: u32 = 100;

pub(super) fn decode(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let segments = JpegSegments::read(bytes);
    let bytes = segments.put_right(bytes);
    let mut jpeg = Jpeg::open(&bytes)?;
    check_size(jpeg.size(), image)?;
    let mut pixels = match embedded::usable(&bytes, &jpeg, &segments) {
        Some(preview) => preview,
        None => jpeg.decode(jpeg.scale_for(PREVIEW_SIDE), jpeg.layout())?,
    };
    if pixels.layout == Layout::Cmyk && !segments.adobe {
        pixels.bytes.iter_mut().for_each(|sample| *sample = 255 - *sample);
    }
    Ok(Decoded { pixels, profile: segments.icc_profile().as_deref().and_then(Profile::parse) })
}
