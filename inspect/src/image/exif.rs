//! EXIF (CIPA DC-008), which is a TIFF file of its own (TIFF 6.0, section 2) inside the image's.

#[cfg(test)]
mod tests;

use super::Orientation;
use crate::{Capture, Location};
use crate::{date, read};

// The first directory.
const MAKE: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const ORIENTATION: u16 = 0x0112;
const DATE_TIME: u16 = 0x0132;
const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;
// That of the camera's settings.
const DATE_TIME_ORIGINAL: u16 = 0x9003;
const DATE_TIME_DIGITIZED: u16 = 0x9004;
const OFFSET_TIME: u16 = 0x9010;
const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
const OFFSET_TIME_DIGITIZED: u16 = 0x9012;
// That of the place.
const LATITUDE_REF: u16 = 1;
const LATITUDE: u16 = 2;
const LONGITUDE_REF: u16 = 3;
const LONGITUDE: u16 = 4;
const ALTITUDE_REF: u16 = 5;
const ALTITUDE: u16 = 6;
// The second directory, of the preview.
const PREVIEW_OFFSET: u16 = 0x0201;
const PREVIEW_LENGTH: u16 = 0x0202;

/// Characters of a name that are kept.
const NAME_LENGTH: usize = 100;

/// Metres from the sea that are believed; what is beyond is a marker for "unknown".
const MAX_ALTITUDE: f64 = 1_000_000.0;

/// What a block of EXIF says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Exif {
    pub(crate) orientation: Orientation,
    pub(crate) capture: Capture,
}

/// Reads a block of EXIF, with or without the prefix that it has in JPEG. Blocks that are damaged, and values that mean
/// nothing, are as good as none: every viewer shows such an image as it is stored.
pub(crate) fn read(exif: &[u8]) -> Exif {
    let Some((tiff, main)) = Tiff::open(exif) else { return Exif::default() };
    let settings = tiff.long(main, EXIF_DIRECTORY).and_then(|at| tiff.directory(at));
    let place = tiff.long(main, GPS_DIRECTORY).and_then(|at| tiff.directory(at));
    let time = |directory: Option<Directory>, tag, offset_tag| {
        let time = date_time(tiff.value(directory?, tag)?)?;
        let offset = settings.and_then(|settings| offset(tiff.value(settings, offset_tag)?)).unwrap_or_default();
        Some(time + &offset)
    };
    Exif {
        orientation: tiff
            .long(main, ORIENTATION)
            .and_then(|value| Orientation::from_exif(value.try_into().ok()?))
            .unwrap_or_default(),
        capture: Capture {
            time: time(settings, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL)
                .or_else(|| time(settings, DATE_TIME_DIGITIZED, OFFSET_TIME_DIGITIZED))
                .or_else(|| time(Some(main), DATE_TIME, OFFSET_TIME)),
            make: tiff.value(main, MAKE).and_then(name),
            model: tiff.value(main, MODEL).and_then(name),
            location: place.and_then(|place| location(&tiff, place)),
        },
    }
}

/// The JPEG preview in the second directory, where there is one and all of it is there.
pub(super) fn preview(exif: &[u8]) -> Option<&[u8]> {
    let (tiff, main) = Tiff::open(exif)?;
    let directory = tiff.directory(tiff.u32(main.end())?)?;
    let start = tiff.long(directory, PREVIEW_OFFSET)? as usize;
    let length = tiff.long(directory, PREVIEW_LENGTH)? as usize;
    let preview = tiff.bytes.get(start..start.checked_add(length)?)?;
    preview.starts_with(&[0xFF, 0xD8]).then_some(preview)
}

struct Tiff<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

/// A directory by the position of its first entry. It is read where it lies, one level deep, and its pointers are
/// followed by their tags alone: directories that point at each other lead nowhere.
#[derive(Clone, Copy)]
struct Directory {
    at: usize,
    entries: u16,
}

/// The length of a directory's entry: tag, type, count of values, and the values or their position.
const ENTRY_LENGTH: usize = 12;

impl Directory {
    fn end(self) -> usize {
        self.at.saturating_add(usize::from(self.entries) * ENTRY_LENGTH)
    }
}

impl<'a> Tiff<'a> {
    /// With its first directory.
    fn open(exif: &'a [u8]) -> Option<(Self, Directory)> {
        // The prefix belongs to JPEG; some writers put it into other formats too.
        let bytes = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
        let is_big_endian = match read::array(bytes, 0)? {
            [b'M', b'M', 0, 42] => true,
            [b'I', b'I', 42, 0] => false,
            _ => return None,
        };
        let tiff = Self { bytes, is_big_endian };
        let directory = tiff.directory(tiff.u32(4)?)?;
        Some((tiff, directory))
    }

    fn u16(&self, at: usize) -> Option<u16> {
        if self.is_big_endian { read::u16_be(self.bytes, at) } else { read::u16_le(self.bytes, at) }
    }

    fn u32(&self, at: usize) -> Option<u32> {
        if self.is_big_endian { read::u32_be(self.bytes, at) } else { read::u32_le(self.bytes, at) }
    }

    /// Position 0, where the header is, stands for no directory.
    fn directory(&self, at: u32) -> Option<Directory> {
        let at = usize::try_from(at).ok().filter(|&at| at != 0)?;
        Some(Directory { at: at.checked_add(2)?, entries: self.u16(at)? })
    }

    /// Where the entry of this tag is: the first of several.
    fn entry(&self, directory: Directory, tag: u16) -> Option<usize> {
        // What lies beyond the block's end has no tag, and ends the search.
        (directory.at..directory.end())
            .step_by(ENTRY_LENGTH)
            .map_while(|at| Some((at, self.u16(at)?)))
            .find(|&(_, found)| found == tag)
            .map(|(at, _)| at)
    }

    /// The first value of this tag as a number, where it is a `SHORT` or a `LONG`.
    fn long(&self, directory: Directory, tag: u16) -> Option<u32> {
        let entry = self.entry(directory, tag)?;
        match self.u16(entry + 2)? {
            3 => self.u16(entry + 8).map(u32::from),
            4 => self.u32(entry + 8),
            _ => None,
        }
    }

    /// All bytes of a value of this tag.
    fn value(&self, directory: Directory, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entry(directory, tag)?;
        let size: u32 = match self.u16(entry + 2)? {
            // BYTE, ASCII, UNDEFINED, and UTF-8 since EXIF 3.0.
            1 | 2 | 7 | 129 => 1,
            // RATIONAL.
            5 => 8,
            _ => return None,
        };
        let length = self.u32(entry + 4)?.checked_mul(size)? as usize;
        let start = if length <= 4 { entry + 8 } else { self.u32(entry + 8)? as usize };
        self.bytes.get(start..start.checked_add(length)?)
    }

    /// `N` fractions without sign.
    fn fractions<const N: usize>(&self, directory: Directory, tag: u16) -> Option<[f64; N]> {
        let value = Self { bytes: self.value(directory, tag)?, ..*self };
        let mut fractions = [0.0; N];
        for (index, fraction) in fractions.iter_mut().enumerate() {
            let numerator = value.u32(index * 8)?;
            let denominator = value.u32(index * 8 + 4).filter(|&denominator| denominator != 0)?;
            *fraction = f64::from(numerator) / f64::from(denominator);
        }
        Some(fractions)
    }
}

fn location(tiff: &Tiff<'_>, place: Directory) -> Option<Location> {
    let is = |tag, letter: u8| tiff.value(place, tag).and_then(<[u8]>::first) == Some(&letter);
    let degrees = |tag, reference, positive, negative, most: f64| {
        let [degrees, minutes, seconds] = tiff.fractions(place, tag)?;
        let sign = match (is(reference, positive), is(reference, negative)) {
            (true, _) => 1.0,
            (_, true) => -1.0,
            _ => return None,
        };
        Some(sign * (degrees + minutes / 60.0 + seconds / 3600.0)).filter(|degrees| degrees.abs() <= most)
    };
    let altitude = tiff.fractions(place, ALTITUDE).map(|[metres]| metres).filter(|&metres| metres <= MAX_ALTITUDE);
    // 0 and, since EXIF 3.0, 2 mean above.
    let is_below = is(ALTITUDE_REF, 1) || is(ALTITUDE_REF, 3);
    Some(Location {
        latitude: degrees(LATITUDE, LATITUDE_REF, b'N', b'S', 90.0)?,
        longitude: degrees(LONGITUDE, LONGITUDE_REF, b'E', b'W', 180.0)?,
        altitude: altitude.map(|metres| if is_below { -metres } else { metres }),
    })
}

/// `2024:07:01 12:30:00` in the words of RFC 3339. A clock that was never set writes zeros or blanks.
fn date_time(value: &[u8]) -> Option<String> {
    let Some(&[y0, y1, y2, y3, b':' | b'-', m0, m1, b':' | b'-', d0, d1]) = value.first_chunk() else { return None };
    let Some(&[b' ', h0, h1, b':', n0, n1, b':', s0, s1]) = read::array(value, 10).as_ref() else { return None };
    let (year, month, day) = (number(&[y0, y1, y2, y3])?, number(&[m0, m1])?, number(&[d0, d1])?);
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[n0, n1])?, number(&[s0, s1])?);
    date::local([year, month, day], [hour, minute, second])
}

/// `+02:00`, as RFC 3339 has it too.
fn offset(value: &[u8]) -> Option<String> {
    let &[sign @ (b'+' | b'-'), h0, h1, b':', m0, m1, ..] = value else { return None };
    let (hour, minute) = (number(&[h0, h1])?, number(&[m0, m1])?);
    (hour < 24 && minute < 60).then(|| format!("{}{hour:02}:{minute:02}", char::from(sign)))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| Some(number * 10 + char::from(*digit).to_digit(10)?))
}

/// A name to show: printable, without blanks around it, and not long.
fn name(value: &[u8]) -> Option<String> {
    let text = value.split(|&byte| byte == 0).next()?;
    // A character takes at most four bytes.
    let text = String::from_utf8_lossy(text.get(..4 * NAME_LENGTH).unwrap_or(text));
    let is_printable = |c: &char| c.is_alphanumeric() || *c == ' ' || c.is_ascii_graphic() || "®©™°·–".contains(*c);
    let name: String = text.trim().chars().filter(is_printable).take(NAME_LENGTH).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}
