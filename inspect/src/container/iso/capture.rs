//! When, with what and where a movie was taken: metadata of QuickTime (QuickTime File Format, "Metadata" and "User
//! data"), which phones write into MP4 too.

use super::boxes::{FULL, IsoBox};
use super::metadata;
use crate::media::{Capture, Location};
use crate::pieces::Pieces;
use crate::read;

/// How many keys are looked at.
const MAX_KEYS: usize = 256;

/// How long the list of keys, and a value, may be in bytes.
const MAX_KEYS_LENGTH: usize = 16 * 1024;
const MAX_VALUE: usize = 512;

/// Reads what the boxes of a movie say. `created` is the movie header's time, in seconds since 1904.
pub(super) fn read(file: &Pieces<'_>, movie: &[IsoBox], created: u64) -> Capture {
    let mut capture = Capture::default();
    for child in movie.iter().filter(|child| &child.name == b"meta") {
        by_keys(file, child, &mut capture);
    }
    for child in movie.iter().filter(|child| &child.name == b"udta") {
        user_data(file, child, &mut capture);
    }
    capture.time = capture.time.take().or_else(|| metadata::since_1904(created));
    capture
}

/// Metadata whose keys are names: `keys` lists them, and `ilst` has the values by their number.
fn by_keys(file: &Pieces<'_>, meta: &IsoBox, capture: &mut Capture) -> Option<()> {
    // In QuickTime this is no full box.
    let header = if file.array(meta.body.saturating_add(4)) == Some(*b"hdlr") { 0 } else { FULL };
    let child = |name: &[u8; 4]| meta.children_behind(file, header).find(|child| &child.name == name);
    let keys = child(b"keys")?;
    let names = keys.bytes(file, MAX_KEYS_LENGTH)?.get(8..)?;
    let names = names_of(names);
    for item in child(b"ilst")?.children(file).take(MAX_KEYS) {
        let number = u32::from_be_bytes(item.name) as usize;
        let name = number.checked_sub(1).and_then(|index| names.get(index));
        let Some(name) = name.and_then(|name| str::from_utf8(name).ok()) else { continue };
        let value =
            || item.child(file, b"data").and_then(|data| metadata::text(data.bytes(file, MAX_VALUE)?.get(8..)?));
        match name {
            "com.apple.quicktime.creationdate" => set(&mut capture.time, || metadata::date_time(&value()?)),
            "com.apple.quicktime.make" | "com.android.manufacturer" => set(&mut capture.make, value),
            "com.apple.quicktime.model" | "com.android.model" => set(&mut capture.model, value),
            "com.apple.quicktime.location.ISO6709" => set(&mut capture.location, || metadata::iso_6709(&value()?)),
            _ => {}
        }
    }
    Some(())
}

/// The keys, each behind its length and its namespace.
fn names_of(mut keys: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    while let Some(length) = read::u32_be(keys, 0) {
        let Some((key, rest)) = keys.split_at_checked(length as usize) else { break };
        let Some(name) = key.get(8..) else { break };
        if names.len() >= MAX_KEYS {
            break;
        }
        names.push(name);
        keys = rest;
    }
    names
}

/// The older kind, by four letters of which the first is a copyright sign in Mac OS Roman.
fn user_data(file: &Pieces<'_>, udta: &IsoBox, capture: &mut Capture) {
    for child in udta.children(file) {
        // Length and language of the text stand before it.
        let value = || {
            let body = child.bytes(file, MAX_VALUE)?;
            metadata::text(body.get(4..)?.get(..usize::from(read::u16_be(body, 0)?))?)
        };
        match &child.name {
            b"\xA9day" => set(&mut capture.time, || metadata::date_time(&value()?)),
            b"\xA9mak" => set(&mut capture.make, value),
            b"\xA9mod" => set(&mut capture.model, value),
            b"\xA9xyz" => set(&mut capture.location, || metadata::iso_6709(&value()?)),
            b"loci" => set(&mut capture.location, || location(child.bytes(file, MAX_VALUE)?)),
            b"meta" => by_keys(file, &child, capture).unwrap_or_default(),
            _ => {}
        }
    }
}

/// What is said first counts.
fn set<T>(value: &mut Option<T>, found: impl FnOnce() -> Option<T>) {
    if value.is_none() {
        *value = found();
    }
}

/// A place in 3GP (3GPP TS 26.244, section 8.10): behind its name and role, numbers of which the lower half is the
/// fraction.
fn location(loci: &[u8]) -> Option<Location> {
    let name = loci.get(6..)?;
    let length = match name {
        [0xFE, 0xFF, ..] => name.chunks_exact(2).position(|unit| unit == [0, 0])? * 2 + 2,
        _ => name.iter().position(|&byte| byte == 0)? + 1,
    };
    let number = |index: usize| {
        let number = read::u32_be(name, length + 1 + index * 4)?.cast_signed();
        Some(f64::from(number) / 65536.0)
    };
    // Zeros are what those write who do not know it.
    let altitude = number(2).filter(|&altitude| altitude != 0.0);
    metadata::location(number(1)?, number(0)?, altitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_3gp_is_behind_its_name() {
        let numbers = [2.5, 48.25, 35.0].map(|number: f64| ((number * 65536.0) as i32).to_be_bytes()).concat();
        let place = |name: &[u8]| location(&[&[0, 0, 0, 0, 0x15, 0xC7], name, &[0], &numbers].concat());
        let expected = Some(Location { latitude: 48.25, longitude: 2.5, altitude: Some(35.0) });
        assert_eq!(place(b"Paris\0"), expected);
        assert_eq!(place(b"\xFE\xFF\0P\0\0"), expected);
        assert_eq!(location(b"\0\0\0\0\x15\xC7Paris"), None);
        assert_eq!(location(b"\0\0\0\0\x15\xC7\0\0\0\0\0\0"), None);
    }

    #[test]
    fn keys_that_do_not_fit_end_the_list() {
        assert_eq!(names_of(b"\0\0\0\x09mdtaa\0\0\0\x0Amdtabb"), [b"a".as_slice(), b"bb"]);
        assert_eq!(names_of(b"\0\0\0\x09mdtaa\xFF\xFF\xFF\xFFmdtabb"), [b"a".as_slice()]);
        assert!(names_of(b"\0\0\0\0mdta").is_empty());
        assert_eq!(names_of(&b"\0\0\0\x08mdta".repeat(1000)).len(), MAX_KEYS);
    }
}
