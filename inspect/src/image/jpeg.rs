//! JPEG (ITU-T T.81, annex B) by its marker segments.

use super::{Error, Header, Limits, cut_off, exif, unreadable};
use crate::read;

const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;
const APP1: u8 = 0xE1;
const EXIF_PREFIX: &[u8] = b"Exif\0\0";

/// One marker segment.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The second byte of the marker, after `0xFF`.
    pub marker: u8,
    /// What follows the segment's length.
    pub payload: &'a [u8],
}

/// The marker segments of a JPEG file, from the start of the image to its end marker; the compressed data between them
/// is passed over. An error is the last item: [`Error::Unreadable`] where the file ends before its end marker, or has
/// something else than a segment where one has to be.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    rest: &'a [u8],
    in_scan: bool,
    ended: bool,
}

impl<'a> Segments<'a> {
    /// The segments of a whole file.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] where it does not start as a JPEG file.
    pub fn new(file: &'a [u8]) -> Result<Self, Error> {
        let rest = file.strip_prefix(&[0xFF, START_OF_IMAGE]).ok_or(unreadable("it does not start as a JPEG file"))?;
        Ok(Self { rest, in_scan: false, ended: false })
    }

    fn read(&mut self) -> Result<Option<Segment<'a>>, Error> {
        if self.in_scan {
            self.pass_compressed_data()?;
            self.in_scan = false;
        }
        let fill = self.rest.iter().take_while(|&&byte| byte == 0xFF).count();
        let marker = *self.rest.get(fill).ok_or_else(cut_off)?;
        if fill == 0 {
            return Err(unreadable("something else stands where a JPEG segment has to be"));
        }
        self.pass(fill + 1)?;
        if marker == END_OF_IMAGE {
            return Ok(None);
        }
        let length = usize::from(read::u16_be(self.rest, 0).ok_or_else(cut_off)?);
        if length < 2 {
            return Err(unreadable("a JPEG segment has no length"));
        }
        let payload = self.rest.get(2..length).ok_or_else(cut_off)?;
        self.pass(length)?;
        self.in_scan = marker == START_OF_SCAN;
        Ok(Some(Segment { marker, payload }))
    }

    /// Within compressed data `0xFF` is followed by zero, or by the number of a restart; anything else ends it.
    fn pass_compressed_data(&mut self) -> Result<(), Error> {
        loop {
            let at = self.rest.iter().position(|&byte| byte == 0xFF).ok_or_else(cut_off)?;
            match *self.rest.get(at + 1).ok_or_else(cut_off)? {
                0x00 | 0xD0..=0xD7 => self.pass(at + 2)?,
                0xFF => self.pass(at + 1)?,
                _ => return self.pass(at),
            }
        }
    }

    /// Passes over so many bytes.
    fn pass(&mut self, length: usize) -> Result<(), Error> {
        self.rest = self.rest.get(length..).ok_or_else(cut_off)?;
        Ok(())
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Result<Segment<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read().transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    let mut size = None;
    let mut found_exif = None;
    let mut has_scan = false;
    for segment in Segments::new(bytes)? {
        let Segment { marker, payload } = segment?;
        match marker {
            // Baseline, extended and progressive, with Huffman coding.
            0xC0..=0xC2 => {
                let found = frame_size(payload)?;
                limits.check_size(found.0, found.1)?;
                if size.replace(found).is_some() {
                    return Err(unreadable("it holds more than one JPEG frame"));
                }
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(unreadable("it uses a kind of JPEG compression that is not supported"));
            }
            START_OF_SCAN if size.is_none() => return Err(unreadable("its picture data comes before its size")),
            START_OF_SCAN => has_scan = true,
            APP1 if found_exif.is_none() && payload.starts_with(EXIF_PREFIX) => {
                found_exif = Some(exif::read(payload));
            }
            _ => {}
        }
    }
    let (width, height) = size.filter(|_| has_scan).ok_or(unreadable("it has no picture data"))?;
    Ok(Header { width, height, exif: found_exif.unwrap_or_default(), has_alpha: false, frames: 1 })
}

/// The preview that a camera has put into the EXIF of a JPEG: a JPEG file of its own, mostly of 160 × 120 pixels, and
/// stored in the same orientation. The first 64 KiB and some are enough of the file. What is told is within `bytes` and
/// starts as a JPEG; whether it is one, only its decoder can say.
#[must_use]
pub fn exif_thumbnail(bytes: &[u8]) -> Option<&[u8]> {
    let is_exif = |segment: &Segment<'_>| segment.marker == APP1 && segment.payload.starts_with(EXIF_PREFIX);
    let mut segments = Segments::new(bytes).ok()?.map_while(Result::ok);
    let exif = segments.by_ref().take_while(|segment| segment.marker != START_OF_SCAN).find(is_exif)?;
    exif::preview(exif.payload)
}

fn frame_size(payload: &[u8]) -> Result<(u32, u32), Error> {
    let Some([precision, h0, h1, w0, w1, components]) = read::array(payload, 0) else { return Err(cut_off()) };
    if precision != 8 {
        return Err(unreadable("it has more than 8 bits to a sample, which is not supported in JPEG"));
    }
    if !matches!(components, 1 | 3 | 4) {
        return Err(unreadable("it has a number of colour components that is not supported in JPEG"));
    }
    Ok((u16::from_be_bytes([w0, w1]).into(), u16::from_be_bytes([h0, h1]).into()))
}
