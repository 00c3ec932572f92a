//! Streams of PDF (ISO 32000-2, section 7.4) that hold tables and objects: compressed with Flate, or not at all.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::lexer::{Dictionary, Value};

/// Decodes a stream's data, to `most` bytes; `None` for more than that, and for what writers do not use here.
pub(super) fn decode(dictionary: &Dictionary<'_>, data: &[u8], most: usize) -> Option<Vec<u8>> {
    match only(dictionary.get(b"Filter")) {
        None => data.get(..data.len().min(most)).map(<[u8]>::to_vec),
        Some(Value::Name(b"FlateDecode" | b"Fl")) => {
            let inflated = decompress_to_vec_zlib_with_limit(data, most).ok()?;
            match only(dictionary.get(b"DecodeParms")) {
                Some(Value::Dictionary(parameters)) => unpredicted(&parameters, inflated),
                _ => Some(inflated),
            }
        }
        Some(_) => None,
    }
}

/// A filter, or its parameters, may be in an array; several are not used here.
fn only(value: Option<Value<'_>>) -> Option<Value<'_>> {
    match value {
        Some(Value::Array(mut array)) => match (array.value(), array.value()) {
            (first, None) => first,
            _ => Some(Value::Other),
        },
        value => value,
    }
}

/// Undoes the filters of PNG (W3C PNG, third edition, section 9) that the data was compressed with.
fn unpredicted(parameters: &Dictionary<'_>, data: Vec<u8>) -> Option<Vec<u8>> {
    let number = |key, default| usize::try_from(parameters.integer(key).unwrap_or(default)).ok();
    match number(b"Predictor", 1)? {
        1 => return Some(data),
        10..=15 => {}
        _ => return None,
    }
    let bits_per_pixel = number(b"Colors", 1)?.checked_mul(number(b"BitsPerComponent", 8)?)?;
    let pixel = bits_per_pixel.div_ceil(8);
    let row = bits_per_pixel.checked_mul(number(b"Columns", 1)?)?.div_ceil(8);
    if row == 0 || row > data.len() {
        return None;
    }
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks(row + 1) {
        let (&filter, line) = line.split_first()?;
        let start = out.len();
        for (index, &byte) in line.iter().enumerate() {
            let before = |distance: usize| out.get((start + index).checked_sub(distance)?).copied();
            let left = before(pixel).filter(|_| index >= pixel).unwrap_or(0);
            let above = before(row).unwrap_or(0);
            let above_left = before(row + pixel).filter(|_| index >= pixel).unwrap_or(0);
            let predicted = match filter {
                0 => 0,
                1 => left,
                2 => above,
                3 => left.midpoint(above),
                4 => paeth(left, above, above_left),
                _ => return None,
            };
            out.push(byte.wrapping_add(predicted));
        }
    }
    Some(out)
}

fn paeth(left: u8, above: u8, above_left: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(above_left);
    let distance = |value: u8| estimate.abs_diff(value.into());
    // The first of the nearest, in this order.
    [left, above, above_left].into_iter().min_by_key(|&value| distance(value)).unwrap_or(0)
}
