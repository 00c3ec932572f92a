//! EBML (RFC 8794): elements within elements, each with an id and a length.

use crate::pieces::Pieces;

/// The longest header of an element: eight bytes each for the id and the length.
const HEADER: usize = 16;

/// How many elements are read of one parent at most.
const CHILDREN: u32 = 10_000;

/// An element, and where its content is. What claims to reach beyond its parent ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// With the length marker, as the specifications write it.
    pub(super) id: u64,
    pub(super) start: u64,
    pub(super) end: u64,
    /// Of unknown length (RFC 8794, section 6.2): `end` is its parent's end, or before that what cannot be within it.
    pub(super) is_open: bool,
}

/// The element at `at` in a parent that ends at `end`; `None` where none is, and where it was not fetched, which is noted.
pub(super) fn element(file: &Pieces<'_>, at: u64, end: u64) -> Option<Element> {
    known_element(file, at, end).or_else(|| {
        file.want(at..at.saturating_add(HEADER as u64).min(end));
        None
    })
}

/// As [`element`], but notes nothing.
pub(super) fn known_element(file: &Pieces<'_>, at: u64, end: u64) -> Option<Element> {
    let bytes = file.up_to(at, HEADER);
    let (id, id_length) = number(bytes)?;
    let (value, length) = number(bytes.get(id_length..)?)?;
    let start = at.checked_add((id_length + length) as u64).filter(|&start| start <= end)?;
    let unknown = (1 << (7 * length)) - 1;
    let size = without_marker(value, length);
    let is_open = size == unknown;
    let end = if is_open { end } else { start.saturating_add(size).min(end) };
    Some(Element { id, start, end, is_open })
}

/// A variable-size integer (RFC 8794, section 4) with its marker, and its length in bytes.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let bytes = bytes.get(..length).filter(|_| length <= 8)?;
    Some((bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)), length))
}

/// `length` is 1 to 8.
fn without_marker(value: u64, length: usize) -> u64 {
    value & ((1 << (7 * length)) - 1)
}

/// A variable-size integer without its marker, and what follows it.
pub(super) fn split_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (value, length) = number(bytes)?;
    Some((without_marker(value, length), bytes.get(length..)?))
}

impl Element {
    fn length(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// The elements within it.
    pub(super) fn children<'f, 'p>(&self, file: &'f Pieces<'p>) -> Children<'f, 'p> {
        Children { file, at: self.start, end: self.end, until_top: self.is_open, left: CHILDREN }
    }

    /// An unsigned integer. One without bytes is 0 (RFC 8794, section 7.2).
    pub(super) fn unsigned(&self, file: &Pieces<'_>) -> Option<u64> {
        let bytes = file.get(self.start, usize::try_from(self.length()).ok().filter(|&length| length <= 8)?)?;
        Some(bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    /// A floating-point number, which has 0, 4 or 8 bytes (RFC 8794, section 7.3); only if it is finite.
    pub(super) fn float(&self, file: &Pieces<'_>) -> Option<f64> {
        let value = match self.length() {
            0 => 0.0,
            4 => f64::from(f32::from_be_bytes(file.array(self.start)?)),
            8 => f64::from_be_bytes(file.array(self.start)?),
            _ => return None,
        };
        value.is_finite().then_some(value)
    }

    /// A string, without the zeros that may pad it, or its beginning.
    pub(super) fn text(&self, file: &Pieces<'_>) -> Option<String> {
        let bytes = self.binary(file)?;
        let bytes = bytes.split(|&byte| byte == 0).next()?;
        let text = str::from_utf8(bytes).ok()?;
        Some(text.chars().filter(|char| !char.is_control()).collect())
    }

    /// Its content, at most the first 256 bytes.
    pub(super) fn binary<'f>(&self, file: &'f Pieces<'_>) -> Option<&'f [u8]> {
        file.get(self.start, self.length().min(256) as usize)
    }
}

/// The elements within another, as far as they were fetched; what is missing is noted.
pub(super) struct Children<'f, 'p> {
    file: &'f Pieces<'p>,
    at: u64,
    end: u64,
    /// Whether the parent is of unknown length, and ends where an element of the top level begins.
    until_top: bool,
    left: u32,
}

impl Children<'_, '_> {
    /// Where the next one begins.
    pub(super) fn position(&self) -> u64 {
        self.at
    }
}

impl Iterator for Children<'_, '_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        if self.at >= self.end {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let element = element(self.file, self.at, self.end)?;
        if self.until_top && super::is_top_level(element.id) {
            self.end = self.at;
            return None;
        }
        self.at = element.end;
        Some(element)
    }
}
