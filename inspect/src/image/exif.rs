//! EXIF (CIPA DC-008), which is a TIFF file of its own (TIFF 6.0, section 2) inside the image's.

use super::Orientation;
use crate::read;

const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;
const LONG: u16 = 4;

/// The orientation that a block of EXIF declares. Blocks that are damaged, and values that mean nothing, are as good as
/// none: every viewer shows such an image as it is stored.
pub(super) fn orientation(exif: &[u8]) -> Orientation {
    find(exif).and_then(Orientation::from_exif).unwrap_or_default()
}

fn find(exif: &[u8]) -> Option<u16> {
    // The prefix belongs to JPEG; some writers put it into other formats too.
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big_endian = match read::array(tiff, 0)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let short = |at| if big_endian { read::u16_be(tiff, at) } else { read::u16_le(tiff, at) };
    let long = |at| if big_endian { read::u32_be(tiff, at) } else { read::u32_le(tiff, at) };
    let directory = long(4)? as usize;
    let entries = directory.checked_add(2)?;
    for index in 0..usize::from(short(directory)?) {
        let entry = entries.checked_add(index * 12)?;
        if short(entry)? == ORIENTATION {
            return match short(entry + 2)? {
                SHORT => short(entry + 8),
                LONG => u16::try_from(long(entry + 8)?).ok(),
                _ => None,
            };
        }
    }
    None
}
