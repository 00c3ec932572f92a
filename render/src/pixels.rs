//! A decoded picture of 8 bits per sample, and operations on it.

use fast_image_resize::images::{Image as Buffer, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use quayside_inspect::image::Orientation;

/// The samples of a pixel, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// Inverted, as is usual in JPEG: 255 is no ink.
    Cmyk,
}

impl Layout {
    pub(crate) fn samples(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub(crate) fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}

/// A picture in rows from top to bottom, without padding and not premultiplied.
#[derive(Clone, Debug)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) layout: Layout,
    pub(crate) bytes: Vec<u8>,
}

impl Pixels {
    /// The picture in another size. Colours are weighted by alpha, so that transparent pixels leave no fringe.
    pub(crate) fn resize(&self, width: u32, height: u32) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let pixel_type = match self.layout {
            Layout::Gray => PixelType::U8,
            Layout::GrayAlpha => PixelType::U8x2,
            Layout::Rgb => PixelType::U8x3,
            Layout::Rgba | Layout::Cmyk => PixelType::U8x4,
        };
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
            .use_alpha(self.layout.has_alpha());
        let mut target = Buffer::new(width, height, pixel_type);
        // Fails only if a buffer does not match its size.
        let source = ImageRef::new(self.width, self.height, &self.bytes, pixel_type);
        let resized = source.ok().and_then(|source| Resizer::new().resize(&source, &mut target, &options).ok());
        assert!(resized.is_some(), "the buffers of a picture fit its size");
        Self { width, height, layout: self.layout, bytes: target.into_vec() }
    }

    /// Cuts out a rectangle: left, top, width, height. It must lie within the picture.
    pub(crate) fn crop(&self, [left, top, width, height]: [u32; 4]) -> Self {
        let samples = self.layout.samples();
        let columns = left as usize * samples..(left + width) as usize * samples;
        let rows = self.bytes.chunks_exact(self.width as usize * samples);
        let rows = rows.skip(top as usize).take(height as usize);
        #[expect(clippy::indexing_slicing, reason = "a rectangle beyond the picture is a bug in the caller")]
        let bytes = rows.flat_map(|row| &row[columns.clone()]).copied().collect();
        Self { width, height, layout: self.layout, bytes }
    }

    /// Turns the picture upright.
    pub(crate) fn upright(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Upright {
            return self;
        }
        let (width, height) =
            if orientation.swaps_sides() { (self.height, self.width) } else { (self.width, self.height) };
        let (right, bottom) = (self.width - 1, self.height - 1);
        let samples = self.layout.samples();
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match orientation {
                    Orientation::Upright => (x, y),
                    Orientation::FlippedHorizontally => (right - x, y),
                    Orientation::Rotated180 => (right - x, bottom - y),
                    Orientation::FlippedVertically => (x, bottom - y),
                    Orientation::Transposed => (y, x),
                    Orientation::Rotate90 => (y, bottom - x),
                    Orientation::Transversed => (right - y, bottom - x),
                    Orientation::Rotate270 => (right - y, x),
                };
                let at = (from_y as usize * self.width as usize + from_x as usize) * samples;
                #[expect(
                    clippy::indexing_slicing,
                    reason = "each of the orientations keeps x and y within the picture"
                )]
                bytes.extend_from_slice(&self.bytes[at..at + samples]);
            }
        }
        Self { width, height, layout: self.layout, bytes }
    }

    /// An RGB or RGBA picture on a white background, as opaque RGBA.
    pub(crate) fn on_white(&self) -> Vec<u8> {
        let over = |colour: u8, alpha: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha) + 127) / 255) as u8
        };
        self.bytes
            .chunks_exact(self.layout.samples())
            .flat_map(|pixel| match *pixel {
                [r, g, b, a] => [over(r, a), over(g, a), over(b, a), 255],
                [r, g, b] => [r, g, b, 255],
                _ => [255; 4],
            })
            .collect()
    }
}

/// Takes a picture row by row and replaces each square of `factor` × `factor` pixels by their mean. So a large picture
/// is never in memory as a whole.
pub(crate) struct Shrink {
    width: usize,
    layout: Layout,
    factor: usize,
    /// For each square in the current rows: the sum of each sample, weighted by alpha, and the sum of the weights.
    sums: Vec<u64>,
    rows: usize,
    height: u32,
    bytes: Vec<u8>,
}

impl Shrink {
    /// For a picture of this size. At least `side` pixels are left on the longer side, or all if there are fewer.
    pub(crate) fn new(width: u32, height: u32, layout: Layout, side: u32) -> Self {
        let factor = (width.max(height) / side).max(1);
        let out_width = width.div_ceil(factor) as usize;
        Self {
            width: width as usize,
            layout,
            factor: factor as usize,
            sums: vec![0; out_width * (layout.samples() + 1)],
            rows: 0,
            height: 0,
            bytes: Vec::with_capacity(out_width * height.div_ceil(factor) as usize * layout.samples()),
        }
    }

    /// Takes the next row.
    pub(crate) fn push(&mut self, row: &[u8]) {
        let samples = self.layout.samples();
        #[expect(clippy::indexing_slicing, reason = "a shorter row is a bug in a decoder, whose panics are caught")]
        let row = &row[..self.width * samples];
        if self.factor == 1 {
            self.bytes.extend_from_slice(row);
            self.height += 1;
            return;
        }
        for (square, sums) in row.chunks(self.factor * samples).zip(self.sums.chunks_exact_mut(samples + 1)) {
            let Some((weight, sums)) = sums.split_last_mut() else { continue };
            for pixel in square.chunks_exact(samples) {
                let alpha = match pixel {
                    [.., alpha] if self.layout.has_alpha() => u64::from(*alpha),
                    _ => 1,
                };
                for (sum, &sample) in sums.iter_mut().zip(pixel) {
                    *sum += u64::from(sample) * alpha;
                }
                *weight += alpha;
            }
        }
        self.rows += 1;
        if self.rows == self.factor {
            self.finish_squares();
        }
    }

    fn finish_squares(&mut self) {
        let samples = self.layout.samples();
        for (index, sums) in self.sums.chunks_exact(samples + 1).enumerate() {
            let Some((&weight, sums)) = sums.split_last() else { continue };
            let mean = |sum: u64, count: u64| ((sum + count / 2).checked_div(count).unwrap_or(0)) as u8;
            if self.layout.has_alpha() {
                let columns = self.factor.min(self.width - index * self.factor);
                self.bytes.extend(sums.iter().take(samples - 1).map(|&sum| mean(sum, weight)));
                self.bytes.push(mean(weight, (columns * self.rows) as u64));
            } else {
                self.bytes.extend(sums.iter().map(|&sum| mean(sum, weight)));
            }
        }
        self.sums.fill(0);
        self.rows = 0;
        self.height += 1;
    }

    /// The picture made of the rows so far.
    pub(crate) fn finish(mut self) -> Pixels {
        if self.rows > 0 {
            self.finish_squares();
        }
        let width = self.width.div_ceil(self.factor) as u32;
        Pixels { width, height: self.height, layout: self.layout, bytes: self.bytes }
    }
}
