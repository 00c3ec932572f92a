//! PNG, row by row.

use std::io::Cursor;

use png::{BitDepth, ColorType, Transformations};
use quayside_inspect::image::Image;

use super::{Decoded, SHRUNK_SIDE, check_size};
use crate::colour::{Deep, Profile};
use crate::error::{Error, damaged};
use crate::pixels::{Layout, Shrink};

pub(super) fn decode(bytes: &[u8], image: &Image) -> Result<Decoded, Error> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    // An interlaced picture is in memory as a whole. With 16 bits per sample it would take twice as much.
    let interlaced = decoder.read_header_info().map_err(damaged)?.interlaced;
    let depth = if interlaced { Transformations::STRIP_16 } else { Transformations::IDENTITY };
    decoder.set_transformations(Transformations::EXPAND | depth);
    let mut reader = decoder.read_info().map_err(damaged)?;
    check_size((reader.info().width, reader.info().height), image)?;
    let (colour_type, depth) = reader.output_color_type();
    let mut layout = match colour_type {
        ColorType::Grayscale => Layout::Gray,
        ColorType::GrayscaleAlpha => Layout::GrayAlpha,
        ColorType::Rgba => Layout::Rgba,
        ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
    };
    let mut profile = Profile::of_png(reader.info());
    let mut deep = (depth == BitDepth::Sixteen).then(|| Deep::new(layout, profile.as_ref()));
    if let Some(deep) = &deep {
        layout = deep.layout();
        profile = profile.filter(|_| !deep.converts());
    }
    let (width, height) = image.stored_size();
    let mut shrink = Shrink::new(width, height, layout, SHRUNK_SIDE);
    if interlaced {
        let mut picture = vec![0; reader.output_buffer_size().ok_or_else(|| damaged("it is too large"))?];
        let frame = reader.next_frame(&mut picture).map_err(damaged)?;
        picture.chunks_exact(frame.line_size).for_each(|row| shrink.push(row));
    } else {
        for _ in 0..height {
            let row = reader.next_row().map_err(damaged)?.ok_or_else(|| damaged("its picture data ends too early"))?;
            match &mut deep {
                Some(deep) => shrink.push(deep.row(row.data())),
                None => shrink.push(row.data()),
            }
        }
    }
    // Checks what follows the picture, to the end of the file.
    reader.finish().map_err(damaged)?;
    Ok(Decoded { pixels: shrink.finish(), profile })
}
