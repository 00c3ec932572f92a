//! SVG (SVG 2, sections 7.2 and 8): the sides that the root element declares.

#[cfg(test)]
mod tests;

use crate::pieces::Pieces;
use crate::{Format, Media, Picture, SNIFF_BYTES, Unreadable, sniff};

/// Reads the root element, which is looked for as the format itself is: at the start of the file.
pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let mut media = Media::new(Format::Svg);
    media.picture = sniff::svg::root(file.up_to(0, SNIFF_BYTES)).and_then(picture);
    Ok(media)
}

fn picture(mut attributes: &[u8]) -> Option<Picture> {
    let (mut width, mut height, mut view_box) = (None, None, None);
    while let Some((name, value, rest)) = attribute(attributes) {
        attributes = rest;
        match name {
            b"width" => width = length(value),
            b"height" => height = length(value),
            b"viewBox" => view_box = sides_of_view_box(value),
            _ => {}
        }
    }
    // A side that is not told follows from the other in the proportions of the view box (CSS Images 3, section 4).
    let (width, height) = match (width, height, view_box) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((box_width, box_height))) => (width, width * box_height / box_width),
        (None, Some(height), Some((box_width, box_height))) => (height * box_width / box_height, height),
        (None, None, Some(sides)) => sides,
        (_, _, None) => return None,
    };
    Some(Picture { width: pixels(width)?, height: pixels(height)?, has_alpha: Some(true) })
}

/// The attribute at the start of a tag's rest, and what follows it; `None` at the end of the tag, and where it is none.
fn attribute(tag: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let tag = tag.trim_ascii_start();
    let end = tag.iter().position(|byte| b"=/><\"'".contains(byte) || byte.is_ascii_whitespace())?;
    let (name, rest) = tag.split_at(end);
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (&quote, rest) = rest.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let mut parts = rest.splitn(2, |&byte| byte == quote);
    Some((name, parts.next()?, parts.next()?))
}

/// A length in CSS pixels (CSS Values 4, section 6.2). `None` for one that depends on what is around the drawing, as
/// percentages and fonts, and for what makes no sense, such as a length below zero: then it is as if it were not there.
fn length(value: &[u8]) -> Option<f64> {
    let (number, unit) = number(value.trim_ascii())?;
    let pixels = match unit.to_ascii_lowercase().as_slice() {
        b"" | b"px" => 1.0,
        b"pt" => 96.0 / 72.0,
        b"pc" => 16.0,
        b"in" => 96.0,
        b"cm" => 96.0 / 2.54,
        b"mm" => 96.0 / 25.4,
        b"q" => 96.0 / 101.6,
        _ => return None,
    };
    Some(number * pixels).filter(|&length| length >= 0.0)
}

/// Width and height of a view box: four numbers between blanks or commas.
fn sides_of_view_box(value: &[u8]) -> Option<(f64, f64)> {
    let is_separator = |byte: &u8| *byte == b',' || byte.is_ascii_whitespace();
    let mut numbers = value.split(is_separator).filter(|part| !part.is_empty()).map(number);
    let mut next = || numbers.next()?.filter(|(_, unit)| unit.is_empty()).map(|(number, _)| number);
    let (_, _, width, height) = (next()?, next()?, next()?, next()?);
    (width > 0.0 && height > 0.0 && numbers.next().is_none()).then_some((width, height))
}

/// The number at the start of a value (CSS Values 4, section 4.3), and its unit.
fn number(value: &[u8]) -> Option<(f64, &[u8])> {
    let digits = |from: usize| value.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
    let sign = |from: usize| usize::from(matches!(value.get(from), Some(b'+' | b'-')));
    let mut end = sign(0);
    end += digits(end);
    if value.get(end) == Some(&b'.') {
        end += 1 + digits(end + 1);
    }
    // The unit `em` starts like an exponent.
    if matches!(value.get(end), Some(b'e' | b'E')) {
        let start = end + 1 + sign(end + 1);
        if digits(start) > 0 {
            end = start + digits(start);
        }
    }
    let (number, unit) = value.split_at(end);
    let number: f64 = str::from_utf8(number).ok()?.parse().ok()?;
    number.is_finite().then_some((number, unit))
}

/// Whole pixels in which a side has room: at least one. What lies above by a rounding error is not above.
fn pixels(length: f64) -> Option<u32> {
    let pixels = (length - 1e-6).ceil().max(1.0);
    (pixels <= f64::from(u32::MAX)).then_some(pixels as u32)
}
