//! The parts of a file that were fetched, as its readers see them.
//!
//! A reader is a plain function over [`Pieces`]. It asks for bytes where it wants them. What is not there is noted, and
//! `None` is the answer; the reader goes on as well as it can, or gives up. Then whoever runs it fetches what was
//! noted, all of it at once, and runs the reader again from the start. So readers know nothing of waiting, the number of
//! waves is that of the steps in which a file tells where to look next, and a file in memory is read in one go.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use crate::read;

/// How many times a reader may ask for bytes before it is taken for lost.
const FUEL: u32 = 1_000_000;

/// What a reader sees of a file. Positions are bytes from the file's start.
#[derive(Debug)]
pub(crate) struct Pieces<'a> {
    size: u64,
    /// Apart from each other, in order. Of a file in memory there is one.
    pieces: Vec<Piece<'a>>,
    /// What readers have asked for in vain.
    missing: RefCell<Vec<Range<u64>>>,
    fuel: Cell<u32>,
}

#[derive(Debug)]
struct Piece<'a> {
    at: u64,
    bytes: std::borrow::Cow<'a, [u8]>,
}

impl Piece<'_> {
    fn end(&self) -> u64 {
        self.at + self.bytes.len() as u64
    }
}

impl<'a> Pieces<'a> {
    /// A file of `size` bytes, of which nothing is known.
    pub(crate) fn new(size: u64) -> Self {
        Self { size, pieces: Vec::new(), missing: RefCell::default(), fuel: Cell::new(FUEL) }
    }

    /// A file that is in memory.
    #[cfg(test)]
    pub(crate) fn whole(bytes: &'a [u8]) -> Self {
        let mut pieces = Self::new(bytes.len() as u64);
        pieces.pieces.push(Piece { at: 0, bytes: bytes.into() });
        pieces
    }

    /// The whole file's size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The `length` bytes at `at`; `None` where the file ends before, and where they were not fetched, which is noted.
    pub(crate) fn get(&self, at: u64, length: usize) -> Option<&[u8]> {
        let end = at.checked_add(length as u64).filter(|&end| end <= self.size)?;
        let found = self.up_to(at, length);
        if found.len() < length {
            self.want(at + found.len() as u64..end);
            return None;
        }
        Some(found)
    }

    /// The bytes at `at` that were fetched, to the number of `length`; nothing is noted.
    pub(crate) fn up_to(&self, at: u64, length: usize) -> &[u8] {
        let Some(fuel) = self.fuel.get().checked_sub(1) else { return &[] };
        self.fuel.set(fuel);
        let index = self.pieces.partition_point(|piece| piece.end() <= at);
        let Some(piece) = self.pieces.get(index).filter(|piece| piece.at <= at) else { return &[] };
        let rest = piece.bytes.get((at - piece.at) as usize..).unwrap_or_default();
        rest.get(..length).unwrap_or(rest)
    }

    /// Notes that a range is wanted, to be fetched together with whatever else is missing. What lies beyond the file's
    /// end, or is there, does not count.
    pub(crate) fn want(&self, range: Range<u64>) {
        let (mut start, mut end) = (range.start, range.end.min(self.size));
        for piece in &self.pieces {
            if piece.at <= start && start < piece.end() {
                start = piece.end();
            }
            if piece.at < end && end <= piece.end() {
                end = piece.at;
            }
        }
        if start < end && self.fuel.get() > 0 {
            self.missing.borrow_mut().push(start..end);
        }
    }

    /// `N` bytes.
    pub(crate) fn array<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        read::array(self.get(at, N)?, 0)
    }

    /// A big-endian 32-bit number.
    pub(crate) fn u32_be(&self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// A little-endian 32-bit number.
    pub(crate) fn u32_le(&self, at: u64) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// A big-endian 64-bit number.
    pub(crate) fn u64_be(&self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// Whether a reader has asked for so much that it is taken for lost.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.fuel.get() == 0
    }

    /// What was asked for in vain, in order and without overlaps, ranges that are less than `gap` bytes apart joined;
    /// and forgets it, for the reader's next run.
    pub(crate) fn take_missing(&mut self, gap: u64) -> Vec<Range<u64>> {
        self.fuel.set(FUEL);
        let mut missing = std::mem::take(self.missing.get_mut());
        missing.sort_unstable_by_key(|range| range.start);
        let mut joined: Vec<Range<u64>> = Vec::new();
        for range in missing {
            match joined.last_mut() {
                Some(last) if range.start <= last.end.saturating_add(gap) => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        joined
    }

    /// Adds bytes that were fetched. Where some of them were there already, those stay.
    pub(crate) fn add(&mut self, at: u64, bytes: Vec<u8>) {
        let end = at + bytes.len() as u64;
        let first = self.pieces.partition_point(|piece| piece.end() < at);
        let last = self.pieces.partition_point(|piece| piece.at <= end);
        let mut merged = Piece { at, bytes: bytes.into() };
        for piece in self.pieces.drain(first..last.max(first)).collect::<Vec<_>>() {
            merged = join(piece, merged);
        }
        self.pieces.insert(first, merged);
    }

    /// Where, at most `length` bytes from `at`, what is not known ends.
    pub(crate) fn unknown_from(&self, at: u64, length: u64) -> u64 {
        let end = at.saturating_add(length).min(self.size);
        let next = self.pieces.partition_point(|piece| piece.end() <= at);
        self.pieces.get(next).map_or(end, |piece| end.min(piece.at.max(at)))
    }

    /// How many bytes are held.
    #[cfg(test)]
    fn held(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.bytes.len() as u64).sum()
    }
}

/// Two pieces that touch or overlap.
fn join<'a>(one: Piece<'a>, other: Piece<'a>) -> Piece<'a> {
    let (mut first, second) = if one.at <= other.at { (one, other) } else { (other, one) };
    let overlap = usize::try_from(first.end() - second.at).unwrap_or(usize::MAX);
    if let Some(rest) = second.bytes.get(overlap..) {
        first.bytes.to_mut().extend_from_slice(rest);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_noted_once_and_joined_with_its_neighbours() {
        let mut file = Pieces::new(1000);
        file.add(0, vec![1; 100]);
        assert_eq!(file.get(90, 10), Some([1; 10].as_slice()));
        assert_eq!(file.get(90, 20), None);
        assert_eq!(file.get(500, 10), None);
        assert_eq!(file.get(515, 5), None);
        assert_eq!(file.get(995, 6), None, "beyond the end there is nothing to fetch");
        assert_eq!(file.get(u64::MAX, usize::MAX), None);
        assert_eq!(file.take_missing(10), [100..110, 500..520]);
        assert!(file.take_missing(10).is_empty());
    }

    #[test]
    fn pieces_that_touch_or_overlap_become_one() {
        let mut file = Pieces::new(100);
        let bytes: Vec<u8> = (0..100).collect();
        for range in [10..20, 40..50, 20..25, 15..42, 0..5, 90..100, 2..12] {
            file.add(range.start as u64, bytes[range].to_vec());
        }
        assert_eq!(file.get(0, 50), Some(&bytes[..50]));
        assert_eq!(file.get(90, 10), Some(&bytes[90..]));
        assert_eq!(file.held(), 60);
        assert_eq!(file.get(45, 10), None);
        file.want(30..95);
        assert_eq!(file.take_missing(0).as_slice(), std::slice::from_ref(&(50..90)));
    }

    #[test]
    fn a_reader_that_goes_in_circles_gets_nothing_any_more() {
        let file = Pieces::whole(&[1, 2, 3]);
        let mut reads = 0;
        while file.get(0, 3).is_some() {
            reads += 1;
        }
        assert_eq!(reads, FUEL);
        assert!(file.is_exhausted());
    }
}
