//! From pixels to a WebP file.

use webp::{Encoder, PixelLayout, WebPConfig, WebPMemory};

use crate::error::Error;
use crate::pixels::{Layout, Pixels};

/// How much effort libwebp makes, from 0 to 6.
const METHOD: i32 = 1;

/// The WebP file of an RGB or RGBA picture, compressed by libwebp with loss. `quality` is from 0 to 100.
pub(crate) fn webp(pixels: &Pixels, quality: f32) -> Result<WebPMemory, Error> {
    let mut config = WebPConfig::new().map_err(|()| Error::Failed)?;
    config.quality = quality;
    config.method = METHOD;
    let layout = if pixels.layout == Layout::Rgba { PixelLayout::Rgba } else { PixelLayout::Rgb };
    let encoder = Encoder::new(&pixels.bytes, layout, pixels.width, pixels.height);
    encoder.encode_advanced(&config).map_err(|_| Error::Failed)
}
