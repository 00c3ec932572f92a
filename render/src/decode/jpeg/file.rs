//! Decodes a JPEG with libjpeg-turbo.

use turbojpeg::{Colorspace, DecompressHeader, Decompressor, PixelFormat, ScalingFactor};

use super::MAX_SCANS;
use super::segments::JpegSegments;
use crate::error::{Error, damaged};
use crate::pixels::{Layout, Pixels};

/// The most bytes of padding after the last block. Some cameras write a few; more is taken for damage.
const MAX_PADDING: u32 = 64;

/// A JPEG file whose header has been read.
pub(super) struct Jpeg<'a> {
    bytes: &'a [u8],
    decoder: Decompressor,
    header: DecompressHeader,
}

impl<'a> Jpeg<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut decoder = Decompressor::new().map_err(|_| Error::Failed)?;
        decoder.set_scan_limit(MAX_SCANS).map_err(|_| Error::Failed)?;
        let header = decoder.read_header(bytes).map_err(refused)?;
        Ok(Self { bytes, decoder, header })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        (self.header.width as u32, self.header.height as u32)
    }

    pub(super) fn layout(&self) -> Layout {
        match self.header.colorspace {
            Colorspace::Gray => Layout::Gray,
            Colorspace::CMYK | Colorspace::YCCK => Layout::Cmyk,
            Colorspace::RGB | Colorspace::YCbCr => Layout::Rgb,
        }
    }

    /// The smallest of libjpeg's scales, eighths, that leaves at least `side` pixels on the longer side, or all.
    pub(super) fn scale_for(&self, side: u32) -> ScalingFactor {
        let longer = self.header.width.max(self.header.height);
        (1..8)
            .map(|eighths| ScalingFactor::new(eighths, 8))
            .find(|scale| scale.scale(longer) >= side as usize)
            .unwrap_or(ScalingFactor::ONE)
    }

    /// Decodes the picture. CMYK samples are returned as they are stored.
    pub(super) fn decode(&mut self, scale: ScalingFactor, layout: Layout) -> Result<Pixels, Error> {
        self.decoder.set_scaling_factor(scale).map_err(|_| Error::Failed)?;
        let format = match layout {
            Layout::Gray => PixelFormat::GRAY,
            Layout::Cmyk => PixelFormat::CMYK,
            _ => PixelFormat::RGB,
        };
        let (width, height) = (scale.scale(self.header.width), scale.scale(self.header.height));
        let pitch = width * format.size();
        let mut pixels = vec![0; pitch * height];
        let target = turbojpeg::Image { pixels: pixels.as_mut_slice(), width, pitch, height, format };
        match self.decoder.decompress(self.bytes, target) {
            // A warning is an error here. Otherwise the missing part of a truncated picture would be grey. libjpeg
            // reports only the first warning. In a picture with restarts, decoding goes on, and a harmless first
            // warning may hide damage that follows.
            Err(error) if !is_padding(&error.to_string()) || JpegSegments::read(self.bytes).restarts => {
                Err(refused(error))
            }
            _ => Ok(Pixels { width: width as u32, height: height as u32, layout, bytes: pixels }),
        }
    }
}

/// The error for what libjpeg reports. Running out of memory is not the file's fault.
fn refused(error: turbojpeg::Error) -> Error {
    let said = error.to_string();
    let is_memory = ["Insufficient memory", "Memory allocation failure"].iter().any(|text| said.contains(text));
    if is_memory || matches!(error, turbojpeg::Error::Null) { Error::Failed } else { damaged(said) }
}

/// Whether libjpeg only warns of a few extra bytes between the picture and its end marker.
fn is_padding(message: &str) -> bool {
    let count = message
        .split_once("Corrupt JPEG data: ")
        .and_then(|(_, rest)| rest.strip_suffix(" extraneous bytes before marker 0xd9")?.parse::<u32>().ok());
    count.is_some_and(|count| count <= MAX_PADDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_out_of_memory_is_not_blamed_on_the_file() {
        let said = |text: &str| refused(turbojpeg::Error::TurboJpegError(text.to_owned()));
        assert_eq!(said("Insufficient memory (case 4)"), Error::Failed);
        assert_eq!(said("tj3Init(): Memory allocation failure"), Error::Failed);
        assert_eq!(refused(turbojpeg::Error::Null), Error::Failed);
        assert!(matches!(said("Unsupported marker type 0x02"), Error::Unreadable { .. }));
    }
}
