//! From a file to pixels, reduced to no more than a preview needs.

mod jpeg;
mod png;
mod webp;

use quayside_inspect::RasterFormat;
use quayside_inspect::image::Image;

use crate::colour::Profile;
use crate::error::{Error, damaged};
use crate::pixels::{Layout, Pixels, Shrink};
use crate::variant::PREVIEW_SIDE;
pub(crate) use webp::StoredFrame;

/// Pictures that are first shrunk by averaging squares keep at least this many pixels on the longer side, so that the
/// filter that follows has enough detail.
const SHRUNK_SIDE: u32 = 2 * PREVIEW_SIDE;

pub(crate) struct Decoded {
    /// At least as large as the preview, in the image's proportions except for rounding.
    pub(crate) pixels: Pixels,
    /// Its colour space, if that is not sRGB.
    pub(crate) profile: Option<Profile>,
}

pub(crate) fn decode(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    match image.format {
        RasterFormat::Jpeg => jpeg::decode(bytes, image),
        RasterFormat::Png => png::decode(bytes, image),
        RasterFormat::WebP => webp::decode(bytes, image),
        RasterFormat::Gif => gif(bytes, image),
    }
}

/// Decoders allocate by the size that they read themselves, which must be the one that was inspected.
fn check_size(found: (u32, u32), image: &Image) -> Result<(), Error> {
    if found == image.stored_size() { Ok(()) } else { Err(damaged("its headers contradict each other")) }
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
                    pixel.iter_mut().zip([r, g, b, 255]).for_each(|(sample, value)| *sample = value);
                }
            }
        }
        shrink.push(&row);
    }
    Ok(Decoded { pixels: shrink.finish(), profile: None })
}
