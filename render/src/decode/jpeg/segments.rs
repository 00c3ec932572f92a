//! What a JPEG's segments tell about the picture (ITU-T T.81, annex B).

use std::borrow::Cow;
use std::ops::Range;

use quayside_inspect::image::jpeg::Segments;

use super::MAX_SCANS;

/// The contents of a JPEG's segments that matter here.
#[derive(Default)]
pub(super) struct JpegSegments<'a> {
    /// Whether there is an Adobe segment. CMYK is stored inverted then.
    pub(super) adobe: bool,
    /// The parts of the ICC profile (ICC.1:2022, annex B.4) with their numbers, which start at 1.
    icc: Vec<(u8, &'a [u8])>,
    /// Whether the picture is stored in several scans, from coarse to fine.
    pub(super) progressive: bool,
    /// Where the scans are that hold more than the blocks' means.
    pub(super) fine_scans: Vec<Range<usize>>,
    /// The sum of the quantization table for brightness. The larger it is, the coarser the picture.
    pub(super) quantization: Option<u32>,
    /// Whether the compressed data has restart markers, after which a decoder can go on despite damage.
    pub(super) restarts: bool,
    /// Harmless bytes that violate the standard: their positions, and the correct values.
    wrong: Vec<(usize, u8)>,
}

impl<'a> JpegSegments<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut found = Self::default();
        let (mut components, mut jfif, mut transform) = (0, None, None);
        let (mut scans, mut fine_scan) = (0, None);
        for segment in Segments::new(bytes).into_iter().flatten().map_while(Result::ok) {
            let payload = segment.payload;
            // The payload is a part of `bytes`, after four bytes of marker and length.
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
                // B.2.3: the last three bytes are the scan's first and last frequency, and the precision.
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
        // The transforms that libjpeg assumes for other values.
        match (components, transform) {
            (3, Some((at, 2..))) => found.wrong.push((at, 1)),
            (4, Some((at, 1 | 3..))) => found.wrong.push((at, 2)),
            _ => {}
        }
        found.wrong.retain(|&(at, right)| bytes.get(at).is_some_and(|&byte| byte != right));
        found
    }

    /// The file with those bytes corrected. libjpeg ignores them, but warns of them as it does of damage.
    pub(super) fn put_right<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let mut bytes = Cow::Borrowed(bytes);
        for &(at, right) in &self.wrong {
            if let Some(byte) = bytes.to_mut().get_mut(at) {
                *byte = right;
            }
        }
        bytes
    }

    pub(super) fn icc_profile(mut self) -> Option<Vec<u8>> {
        self.icc.sort_by_key(|&(number, _)| number);
        let complete = self.icc.iter().zip(1..=u8::MAX).all(|(&(found, _), number)| found == number);
        (complete && !self.icc.is_empty() && self.icc.len() <= 255)
            .then(|| self.icc.iter().flat_map(|&(_, part)| part).copied().collect())
    }
}
