//! JPEG, by libjpeg-turbo.

use std::borrow::Cow;
use std::ops::Range;

use quayside_inspect::image::Image;
use quayside_inspect::image::jpeg::Segments;
use turbojpeg::{Colorspace, DecompressHeader, Decompressor, PixelFormat, ScalingFactor};

use super::super::colour::Profile;
use super::super::pixels::{Layout, Pixels};
use super::super::{Error, PREVIEW_SIDE};
use super::{Decoded, check_size, damaged, embedded};

/// No encoder writes a progressive JPEG with more scans; each costs a walk over the whole picture.
const MAX_SCANS: u32 = 100;

/// Padding that some cameras write behind the last block of a JPEG, in bytes. More is taken for damage.
const MAX_PADDING: u32 = 64;

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

/// A JPEG file whose header was read.
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

    /// The picture. Samples in CMYK are told as they are stored.
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
            // A warning is an error here, or what is missing of a truncated picture would be grey. Only the first is told,
            // so that behind it others may hide where the picture can go on after a restart.
            Err(error) if !is_padding(&error.to_string()) || JpegSegments::read(self.bytes).restarts => {
                Err(refused(error))
            }
            _ => Ok(Pixels { width: width as u32, height: height as u32, layout, bytes: pixels }),
        }
    }
}

/// What libjpeg says of a file, unless it is that memory ran out.
fn refused(error: turbojpeg::Error) -> Error {
    let said = error.to_string();
    let is_memory = ["Insufficient memory", "Memory allocation failure"].iter().any(|text| said.contains(text));
    if is_memory || matches!(error, turbojpeg::Error::Null) { Error::Failed } else { damaged(said) }
}

/// Whether libjpeg only warns of a few needless bytes between the picture and its end.
fn is_padding(message: &str) -> bool {
    let count = message
        .split_once("Corrupt JPEG data: ")
        .and_then(|(_, rest)| rest.strip_suffix(" extraneous bytes before marker 0xd9")?.parse::<u32>().ok());
    count.is_some_and(|count| count <= MAX_PADDING)
}

/// What of a JPEG's segments matters here.
#[derive(Default)]
pub(super) struct JpegSegments<'a> {
    /// Adobe's segment: a picture in CMYK is stored inverted.
    adobe: bool,
    /// The parts of the ICC profile (ICC.1:2022, annex B.4), with their numbers from 1.
    icc: Vec<(u8, &'a [u8])>,
    /// Whether the picture comes in several scans, from coarse to fine.
    pub(super) progressive: bool,
    /// Where the scans lie that are not of the blocks' means.
    pub(super) fine_scans: Vec<Range<usize>>,
    /// The sum of the quantization table for brightness; the larger, the coarser the picture.
    pub(super) quantization: Option<u32>,
    /// Whether the compressed data is interrupted now and then, so that damage stays within bounds.
    restarts: bool,
    /// Bytes that do no harm but are not as they have to be: where, and what they ought to be.
    wrong: Vec<(usize, u8)>,
}

impl<'a> JpegSegments<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut found = Self::default();
        let (mut components, mut jfif, mut transform) = (0, None, None);
        let (mut scans, mut fine_scan) = (0, None);
        for segment in Segments::new(bytes).into_iter().flatten().map_while(Result::ok) {
            let payload = segment.payload;
            // The payload lies within the file, after its marker and length.
            let at = payload.as_ptr().addr() - bytes.as_ptr().addr();
            found.fine_scans.extend(fine_scan.take().map(|start| start..at - 4));
            match segment.marker {
                // JFIF 1.02: the major version.
                0xE0 if payload.starts_with(b"JFIF\0") && payload.len() > 5 => jfif = Some(at + 5),
                0xEE if payload.starts_with(b"Adobe") => {
                    found.adobe = true;
                    transform = payload.get(11).map(|&transform| (at + 11, transform));
                }
                0xE2 => {
                    if let Some([number, _count, part @ ..]) = payload.strip_prefix(b"ICC_PROFILE\0") {
                        found.icc.push((*number, part));
                    }
                }
                0xC0..=0xC2 => {
                    found.progressive = segment.marker == 0xC2;
                    components = payload.get(5).copied().unwrap_or(0);
                }
                // ITU-T T.81, B.2.4.1: table 0, of 8 bits. Other tables may follow in the same segment.
                0xDB if payload.first() == Some(&0) => {
                    found.quantization =
                        payload.get(1..65).map(|table| table.iter().map(|&step| u32::from(step)).sum());
                }
                0xDD => found.restarts |= payload.iter().any(|&byte| byte > 0),
                // B.2.3: after the components comes the first of the frequencies that the scan is of, the last, and how
                // exact they are.
                0xDA => {
                    scans += 1;
                    if scans > MAX_SCANS {
                        break;
                    }
                    if let Some([first, _, _]) = payload.last_chunk() {
                        if found.progressive {
                            fine_scan = (*first > 0).then(|| at - 4);
                        } else {
                            let end = at + payload.len();
                            found.wrong.extend([(end - 3, 0), (end - 2, 63), (end - 1, 0)]);
                        }
                    }
                }
                _ => {}
            }
        }
        found.fine_scans.extend(fine_scan.map(|start| start..bytes.len()));
        found.wrong.extend(jfif.map(|at| (at, 1)));
        // What libjpeg takes it for.
        match (components, transform) {
            (3, Some((at, 2..))) => found.wrong.push((at, 1)),
            (4, Some((at, 1 | 3..))) => found.wrong.push((at, 2)),
            _ => {}
        }
        found.wrong.retain(|&(at, right)| bytes[at] != right);
        found
    }

    /// The file with harmless bytes put right: libjpeg does without them, but warns of them as it does of damage.
    fn put_right<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let mut bytes = Cow::Borrowed(bytes);
        for &(at, right) in &self.wrong {
            bytes.to_mut()[at] = right;
        }
        bytes
    }

    fn icc_profile(mut self) -> Option<Vec<u8>> {
        self.icc.sort_by_key(|&(number, _)| number);
        let complete = self.icc.iter().zip(1..=u8::MAX).all(|(&(found, _), number)| found == number);
        (complete && !self.icc.is_empty() && self.icc.len() <= 255)
            .then(|| self.icc.iter().flat_map(|&(_, part)| part).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoder_without_memory_is_not_the_file_at_fault() {
        let said = |text: &str| refused(turbojpeg::Error::TurboJpegError(text.to_owned()));
        assert_eq!(said("Insufficient memory (case 4)"), Error::Failed);
        assert_eq!(said("tj3Init(): Memory allocation failure"), Error::Failed);
        assert_eq!(refused(turbojpeg::Error::Null), Error::Failed);
        assert!(matches!(said("Unsupported marker type 0x02"), Error::Unreadable { .. }));
    }
}
