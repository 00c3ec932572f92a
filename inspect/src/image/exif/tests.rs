#![expect(clippy::unwrap_used, reason = "a test may fail")]

use super::*;
use crate::image::jpeg::exif_thumbnail;

/// A value by its TIFF type.
#[derive(Clone)]
enum Value {
    Byte(u8),
    Ascii(&'static str),
    Short(u16),
    Long(u32),
    Rational(Vec<(u32, u32)>),
    /// Type, count and the four bytes that follow, for what no writer means.
    Raw(u16, u32, u32),
    /// A pointer to another directory.
    Directory(Entries),
}

type Entries = Vec<(u16, Value)>;

/// Appends a directory and what it points at, and gives its position. `next` is that of the directory after it.
fn directory(tiff: &mut Vec<u8>, big: bool, entries: &[(u16, Value)], next: u32) -> u32 {
    let short = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let long = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut body = short(entries.len() as u16).to_vec();
    for (tag, value) in entries {
        let (kind, count, bytes) = match value {
            Value::Byte(value) => (1, 1, vec![*value]),
            Value::Ascii(text) => (2, text.len() as u32 + 1, [text.as_bytes(), &[0]].concat()),
            Value::Short(value) => (3, 1, short(*value).to_vec()),
            Value::Long(value) => (4, 1, long(*value).to_vec()),
            Value::Rational(parts) => {
                (5, parts.len() as u32, parts.iter().flat_map(|&(n, d)| [long(n), long(d)].concat()).collect())
            }
            Value::Raw(kind, count, value) => (*kind, *count, long(*value).to_vec()),
            Value::Directory(entries) => (4, 1, long(directory(tiff, big, entries, 0)).to_vec()),
        };
        body.extend([short(*tag).as_slice(), &short(kind), &long(count)].concat());
        let mut field = bytes.clone();
        if bytes.len() > 4 {
            field = long(tiff.len() as u32).to_vec();
            tiff.extend(bytes);
        }
        field.resize(4, 0);
        body.extend(field);
    }
    let at = tiff.len() as u32;
    tiff.extend(body);
    tiff.extend(long(next));
    at
}

fn exif(big: bool, entries: &[(u16, Value)]) -> Vec<u8> {
    let mut tiff = if big { b"MM\0\x2A\0\0\0\0".to_vec() } else { b"II\x2A\0\0\0\0\0".to_vec() };
    let at = directory(&mut tiff, big, entries, 0);
    tiff[4..8].copy_from_slice(&if big { at.to_be_bytes() } else { at.to_le_bytes() });
    tiff
}

fn capture(entries: &[(u16, Value)]) -> Capture {
    read(&exif(true, entries)).capture
}

/// What a telephone writes.
fn photograph() -> Entries {
    let settings = vec![
        (DATE_TIME_ORIGINAL, Value::Ascii("2024:07:01 12:30:00")),
        (DATE_TIME_DIGITIZED, Value::Ascii("2024:07:01 12:30:01")),
        (OFFSET_TIME_ORIGINAL, Value::Ascii("+02:00")),
    ];
    let place = vec![
        (LATITUDE_REF, Value::Ascii("S")),
        (LATITUDE, Value::Rational(vec![(33, 1), (51, 1), (3600, 100)])),
        (LONGITUDE_REF, Value::Ascii("E")),
        (LONGITUDE, Value::Rational(vec![(151, 1), (1250, 100), (0, 1)])),
        (ALTITUDE_REF, Value::Byte(1)),
        (ALTITUDE, Value::Rational(vec![(15, 2)])),
    ];
    vec![
        (MAKE, Value::Ascii("Apple")),
        (MODEL, Value::Ascii(" iPhone 15 Pro  ")),
        (ORIENTATION, Value::Short(6)),
        (DATE_TIME, Value::Ascii("2024:07:02 00:00:00")),
        (EXIF_DIRECTORY, Value::Directory(settings)),
        (GPS_DIRECTORY, Value::Directory(place)),
    ]
}

#[test]
fn a_photograph_tells_when_with_what_and_where_it_was_taken() {
    for big in [true, false] {
        let found = read(&exif(big, &photograph()));
        assert_eq!(found.orientation, Orientation::Rotate90);
        assert_eq!(found.capture.time.as_deref(), Some("2024-07-01T12:30:00+02:00"));
        assert_eq!(found.capture.make.as_deref(), Some("Apple"));
        assert_eq!(found.capture.model.as_deref(), Some("iPhone 15 Pro"));
        let location = found.capture.location.unwrap();
        assert!((location.latitude - -33.86).abs() < 1e-9, "{location:?}");
        assert!((location.longitude - (151.0 + 12.5 / 60.0)).abs() < 1e-9, "{location:?}");
        assert_eq!(location.altitude, Some(-7.5));
    }
}

#[test]
fn the_next_best_time_is_taken_with_its_own_offset() {
    let time = |main: Entries, settings: Entries| {
        capture(&[main, vec![(EXIF_DIRECTORY, Value::Directory(settings))]].concat()).time
    };
    let digitized = (DATE_TIME_DIGITIZED, Value::Ascii("2020:02:29 23:59:59"));
    let changed = (DATE_TIME, Value::Ascii("2021:01:01 00:00:00"));
    let offset = (OFFSET_TIME_ORIGINAL, Value::Ascii("+02:00"));
    let found = time(vec![changed.clone()], vec![digitized, offset.clone()]);
    assert_eq!(found.as_deref(), Some("2020-02-29T23:59:59"));
    let own = (OFFSET_TIME, Value::Ascii("-09:30"));
    let unset = (DATE_TIME_ORIGINAL, Value::Ascii("0000:00:00 00:00:00"));
    let found = time(vec![changed], vec![unset, offset, own]);
    assert_eq!(found.as_deref(), Some("2021-01-01T00:00:00-09:30"));
}

#[test]
fn times_that_no_clock_shows_are_none() {
    for text in [
        "",
        "2024:07:01",
        "    :  :     :  :  ",
        "0000:01:01 00:00:00",
        "2024:13:01 00:00:00",
        "2023:02:29 00:00:00",
        "1900:02:29 00:00:00",
        "2024:04:31 00:00:00",
        "2024:07:01 24:00:00",
        "2024:07:01 12:60:00",
        "2024:07:01 12:30:60",
        "2024:07:01 +1:30:00",
    ] {
        assert_eq!(capture(&[(DATE_TIME, Value::Ascii(text))]).time, None, "{text}");
    }
    for text in ["", "Z", "+24:00", "+02:60", " 02:00", "+2:000"] {
        let settings = vec![(OFFSET_TIME, Value::Ascii(text))];
        let entries = [(DATE_TIME, Value::Ascii("2024:07:01 12:30:00")), (EXIF_DIRECTORY, Value::Directory(settings))];
        assert_eq!(capture(&entries).time.as_deref(), Some("2024-07-01T12:30:00"), "{text}");
    }
}

#[test]
fn names_are_printable_and_not_long() {
    let make = |text| capture(&[(MAKE, Value::Ascii(text))]).make;
    assert_eq!(make("NIKON\0CORPORATION").as_deref(), Some("NIKON"));
    assert_eq!(make("\x1B[31mC\u{202E}anon\r\n").as_deref(), Some("[31mCanon"));
    assert_eq!(make(" \0"), None);
    assert_eq!(make("\u{200B}\u{7F}"), None);
    let long = Box::leak("ü".repeat(500).into_boxed_str());
    assert_eq!(make(long), Some("ü".repeat(100)));
}

#[test]
fn a_place_that_is_not_on_earth_is_none() {
    let place = |change: &dyn Fn(&mut Entries)| {
        let mut entries = photograph();
        let Some((_, Value::Directory(place))) = entries.last_mut() else { panic!() };
        change(place);
        capture(&entries).location
    };
    assert!(place(&|_| {}).is_some());
    for denominator in [0, 1] {
        let bad = Value::Rational(vec![(91, denominator), (0, 1), (0, 1)]);
        assert_eq!(place(&|place| place[1].1 = bad.clone()), None);
        let bad = Value::Rational(vec![(180, 1), (u32::MAX, denominator), (0, 1)]);
        assert_eq!(place(&|place| place[3].1 = bad.clone()), None);
        let bad = Value::Rational(vec![(u32::MAX, denominator)]);
        assert_eq!(place(&|place| place[5].1 = bad.clone()).unwrap().altitude, None);
    }
    assert_eq!(place(&|place| place[0].1 = Value::Ascii("E")), None);
    assert_eq!(place(&|place| place[1].1 = Value::Rational(vec![(1, 1)])), None);
    assert_eq!(place(&|place| drop(place.remove(2))), None);
    assert_eq!(place(&|place| drop(place.remove(5))).unwrap().altitude, None);
}

#[test]
fn counts_and_positions_that_lead_outside_lead_nowhere() {
    for (kind, count, value) in [(2, u32::MAX, 8), (5, u32::MAX, 8), (5, 1 << 29, 8), (2, 20, u32::MAX), (0, 0, 0)] {
        let raw = Value::Raw(kind, count, value);
        let found = capture(&[
            (MAKE, raw.clone()),
            (DATE_TIME, raw.clone()),
            (GPS_DIRECTORY, Value::Directory(vec![(LATITUDE, raw.clone()), (LATITUDE_REF, raw)])),
        ]);
        assert_eq!(found, Capture::default());
    }
    let end = exif(true, &photograph()).len() as u32;
    for at in (end - 16..end + 2).chain([0, 1, 7, u32::MAX]) {
        let found = capture(&[(EXIF_DIRECTORY, Value::Long(at)), (GPS_DIRECTORY, Value::Long(at))]);
        assert_eq!(found, Capture::default());
    }
}

#[test]
fn directories_that_point_at_each_other_come_to_an_end() {
    // The first directory lies at 8, and is its own second one too.
    let mut tiff = b"MM\0\x2A\0\0\0\x08".to_vec();
    let entries = [(EXIF_DIRECTORY, Value::Long(8)), (GPS_DIRECTORY, Value::Long(8)), (PREVIEW_OFFSET, Value::Long(8))];
    directory(&mut tiff, true, &entries, 8);
    assert_eq!(read(&tiff), Exif::default());
    assert_eq!(preview(&tiff), None);
}

/// A block whose second directory names these bytes as its preview, at this offset from where they are.
fn with_preview(bytes: &[u8], offset: u32, length: u32) -> Vec<u8> {
    let mut tiff = b"MM\0\x2A\0\0\0\0".to_vec();
    let entries = [(PREVIEW_OFFSET, Value::Long(8_u32.wrapping_add(offset))), (PREVIEW_LENGTH, Value::Long(length))];
    tiff.extend(bytes);
    let second = directory(&mut tiff, true, &entries, 0);
    let first = directory(&mut tiff, true, &photograph(), second);
    tiff[4..8].copy_from_slice(&first.to_be_bytes());
    tiff
}

#[test]
fn the_preview_is_found_where_all_of_it_is_there() {
    let jpeg = |exif: &[u8]| {
        let payload = [b"Exif\0\0", exif].concat();
        let length = (payload.len() as u16 + 2).to_be_bytes();
        [b"\xFF\xD8\xFF\xE0\0\x02\xFF\xE1".as_slice(), &length, &payload, b"\xFF\xDA\0\x02\xFF\xD9"].concat()
    };
    let preview = b"\xFF\xD8\xFF\xD9".as_slice();
    let file = jpeg(&with_preview(preview, 0, 4));
    assert_eq!(exif_thumbnail(&file), Some(preview));
    for length in 0..file.len() - 6 {
        assert_eq!(exif_thumbnail(&file[..length]), None);
    }
    for (offset, length) in [(1, 4), (0, 1), (0, 0), (0, u32::MAX), (u32::MAX, 4), (1 << 31, 1 << 31)] {
        assert_eq!(exif_thumbnail(&jpeg(&with_preview(preview, offset, length))), None);
    }
    assert_eq!(exif_thumbnail(&jpeg(&with_preview(b"\x89PNG", 0, 4))), None);
    assert_eq!(exif_thumbnail(&jpeg(&exif(true, &photograph()))), None, "there is no second directory");
}

#[test]
fn nothing_makes_it_panic() {
    for big in [true, false] {
        let good = exif(big, &photograph());
        for length in 0..good.len() {
            read(&good[..length]);
        }
        for at in 0..good.len() {
            for value in [0, 1, 5, 0x7F, 0x80, 0xFF] {
                let mut damaged = good.clone();
                damaged[at] = value;
                read(&damaged);
                preview(&damaged);
            }
        }
    }
}
