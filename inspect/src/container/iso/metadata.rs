//! Texts of metadata: times and places.

use crate::date;
use crate::media::Location;

/// Seconds from the start of 1904, from which QuickTime counts, to that of 1970.
const FROM_1904_TO_1970: u64 = 2_082_844_800;

/// The years in which a movie can have been taken by something that writes such files.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2100;

/// The same, in seconds from 1970 on.
const TIMES: std::ops::Range<i64> = 631_152_000..4_133_980_800;

/// A time of a movie header, which is in UTC, in the words of RFC 3339. `None` where it was not set.
pub(super) fn since_1904(seconds: u64) -> Option<String> {
    // Some cameras count from 1970.
    let seconds = i64::try_from(seconds.checked_sub(FROM_1904_TO_1970).unwrap_or(seconds)).ok()?;
    TIMES.contains(&seconds).then(|| date::utc(seconds)).flatten()
}

/// A date and time as cameras write it, `2024-07-01T12:30:00+0200`, in the words of RFC 3339. Fractions of a second are
/// left away.
pub(super) fn date_time(text: &str) -> Option<String> {
    let bytes = text.trim().as_bytes();
    let number = |at: usize, length: usize| digits(bytes.get(at..at + length)?);
    let is = |at: usize, expected: &[u8]| bytes.get(at).is_some_and(|byte| expected.contains(byte));
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let separated = is(4, b"-:/") && is(7, b"-:/") && is(10, b"T ") && is(13, b":") && is(16, b":");
    if !separated || !YEARS.contains(&year) {
        return None;
    }
    let time = date::local([year, month, day], [hour, minute, second])?;
    let rest = bytes.get(19..)?;
    let fraction = match rest.split_first() {
        Some((b'.' | b',', digits)) => 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    Some(time + &zone(rest.get(fraction..)?)?)
}

/// An offset with or without a colon, or nothing.
fn zone(text: &[u8]) -> Option<String> {
    let (sign, hours, minutes) = match text {
        [] => return Some(String::new()),
        [b'Z' | b'z'] => return Some("Z".to_owned()),
        [sign @ (b'+' | b'-'), a, b] => (sign, digits(&[*a, *b])?, 0),
        [sign @ (b'+' | b'-'), a, b, c, d] | [sign @ (b'+' | b'-'), a, b, b':', c, d] => {
            (sign, digits(&[*a, *b])?, digits(&[*c, *d])?)
        }
        _ => return None,
    };
    (hours <= 14 && minutes <= 59).then(|| format!("{}{hours:02}:{minutes:02}", char::from(*sign)))
}

/// Up to nine digits, and nothing else.
fn digits(text: &[u8]) -> Option<u32> {
    let are_digits = (1..=9).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    are_digits.then(|| text.iter().fold(0, |number, byte| number * 10 + u32::from(byte - b'0')))
}

/// A place by ISO 6709, annex H: `+48.8577+002.2950+035.000/`, in degrees, or with minutes, or with seconds too.
pub(super) fn iso_6709(text: &str) -> Option<Location> {
    let text = text.trim();
    let text = text.split('/').next()?;
    let text = text.split("CRS").next()?;
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && parts.len() < 3 {
        let length = rest.get(1..)?.find(['+', '-']).map_or(rest.len(), |next| next + 1);
        let (part, after) = rest.split_at_checked(length)?;
        parts.push(part);
        rest = after;
    }
    let [latitude, longitude, altitude @ ..] = parts.as_slice() else { return None };
    let altitude = altitude.first().and_then(|altitude| signed(altitude).map(|(sign, value, _)| sign * value));
    location(degrees(latitude, 2)?, degrees(longitude, 3)?, altitude)
}

/// A sign, a number, and how many digits stand before its point.
fn signed(text: &str) -> Option<(f64, f64, usize)> {
    let (sign, number) = match text.as_bytes().first()? {
        b'+' => (1.0, text.get(1..)?),
        b'-' => (-1.0, text.get(1..)?),
        _ => return None,
    };
    let is_number =
        !number.is_empty() && number.len() <= 24 && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let whole = number.find('.').unwrap_or(number.len());
    is_number.then(|| Some((sign, number.parse().ok()?, whole)))?
}

/// Degrees of which the whole ones have so many digits; two more are minutes, and another two seconds.
fn degrees(text: &str, width: usize) -> Option<f64> {
    let (sign, value, whole) = signed(text)?;
    let sexagesimal = |value: f64| (value / 100.0).trunc() + value % 100.0 / 60.0;
    let degrees = match whole.checked_sub(width)? {
        2 => sexagesimal(value),
        4 => {
            let minutes = sexagesimal(value);
            (minutes / 100.0).trunc() + minutes % 100.0 / 60.0
        }
        0 => value,
        _ => return None,
    };
    Some(sign * degrees)
}

/// A place that is on Earth, and not the point where longitude and latitude begin, which stands for none.
pub(super) fn location(latitude: f64, longitude: f64, altitude: Option<f64>) -> Option<Location> {
    let is_on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    let altitude = altitude.filter(|altitude| (-12_000.0..=100_000.0).contains(altitude));
    (is_on_earth && (latitude, longitude) != (0.0, 0.0)).then_some(Location { latitude, longitude, altitude })
}

/// A text up to its first zero, without blanks around it; `None` where it is empty or cannot be shown.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let text = str::from_utf8(bytes.split(|&byte| byte == 0).next()?).ok()?.trim();
    let is_fit = !text.is_empty() && text.chars().count() <= 128 && !text.contains(char::is_control);
    is_fit.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_counts_from_1904_or_by_mistake_from_1970() {
        assert_eq!(since_1904(FROM_1904_TO_1970 + 1_620_284_889).as_deref(), Some("2021-05-06T07:08:09Z"));
        assert_eq!(since_1904(1_620_284_889).as_deref(), Some("2021-05-06T07:08:09Z"));
        assert_eq!(since_1904(FROM_1904_TO_1970 + 951_782_400).as_deref(), Some("2000-02-29T00:00:00Z"));
        for nothing in [0, 1, FROM_1904_TO_1970, u64::from(u32::MAX) * 2, u64::MAX] {
            assert_eq!(since_1904(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn times_of_cameras_become_those_of_rfc_3339() {
        for (text, expected) in [
            ("2024-07-01T12:30:00+0200", Some("2024-07-01T12:30:00+02:00")),
            ("2024-07-01T12:30:00.123-07:30", Some("2024-07-01T12:30:00-07:30")),
            ("2024-02-29 12:30:00", Some("2024-02-29T12:30:00")),
            ("2024:07:01 12:30:00Z", Some("2024-07-01T12:30:00Z")),
            ("2024-07-01T12:30:00+02", Some("2024-07-01T12:30:00+02:00")),
            ("2023-02-29T12:30:00", None),
            ("2024-13-01T12:30:00", None),
            ("2024-07-01T24:30:00", None),
            ("2024-07-01T12:30:00+9900", None),
            ("2024-07-01T12:30:00 <b>", None),
            ("2024-07-01", None),
            ("2024", None),
            ("", None),
            ("２０２４-07-01T12:30:00", None),
        ] {
            assert_eq!(date_time(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn places_are_read_in_every_width_and_have_to_be_on_earth() {
        let place = |latitude, longitude, altitude| Some(Location { latitude, longitude, altitude });
        for (text, expected) in [
            ("+48.8577+002.2950+035.000/", place(48.8577, 2.295, Some(35.0))),
            ("-33.8577+151.2150/", place(-33.8577, 151.215, None)),
            ("+27.5916+086.5640+8850CRSWGS_84/", place(27.5916, 86.564, Some(8850.0))),
            ("+4030-07400", place(40.5, -74.0, None)),
            ("+403000-0740000.00/", place(40.5, -74.0, None)),
            ("+00.0000+000.0000/", None),
            ("+91.0000+002.2950/", None),
            ("+48.8577/", None),
            ("48.8577+002.2950/", None),
            ("+4.8577+002.2950/", None),
            ("+NaN+inf/", None),
            ("+48.8.577+002.2950/", None),
            ("+é+é", None),
            ("", None),
        ] {
            assert_eq!(iso_6709(text), expected, "{text}");
        }
    }
}
