//! The blocks of clusters, without their frames (RFC 9559, sections 5.1.3 and 10).

use super::ebml::{self, Element};
use super::{is_top_level, top};
use crate::pieces::Pieces;

const TIMESTAMP: u64 = 0xE7;
const SIMPLE_BLOCK: u64 = 0xA3;
const BLOCK_GROUP: u64 = 0xA0;
const BLOCK: u64 = 0xA1;
const BLOCK_DURATION: u64 = 0x9B;
/// Elements that may stand in a cluster before its timestamp: a checksum, padding, its position, its predecessor's size.
const BEFORE_TIMESTAMP: [u64; 4] = [0xBF, 0xEC, 0xA7, 0xAB];

/// What the header of a block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) track: u64,
    /// In ticks, within its cluster.
    pub(super) time: i16,
    /// In ticks, where it is said.
    pub(super) duration: Option<u64>,
    /// Frames of one track may share a block ("lacing").
    pub(super) frames: u16,
}

impl Block {
    /// A block within a cluster; `None` for what is none, and where it is not at hand. Nothing is noted.
    pub(super) fn read(file: &Pieces<'_>, element: Element) -> Option<Self> {
        match element.id {
            SIMPLE_BLOCK => Self::header(file, element),
            BLOCK_GROUP => {
                let (mut block, mut duration) = (None, None);
                for child in Known::new(file, element).take(32) {
                    match child.id {
                        BLOCK => block = Self::header(file, child),
                        BLOCK_DURATION => duration = known_unsigned(file, child),
                        _ => {}
                    }
                }
                block.map(|block| Self { duration, ..block })
            }
            _ => None,
        }
    }

    fn header(file: &Pieces<'_>, element: Element) -> Option<Self> {
        let length = (element.end - element.start).min(16) as usize;
        let (track, rest) = ebml::split_number(file.up_to(element.start, length))?;
        let &[high, low, flags, ..] = rest else { return None };
        let frames = if flags & 0x06 == 0 { 1 } else { rest.get(3).map_or(1, |&last| u16::from(last) + 1) };
        Some(Self { track, time: i16::from_be_bytes([high, low]), duration: None, frames })
    }
}

/// The elements within another, as far as they are at hand; nothing is noted.
pub(super) struct Known<'f, 'p> {
    file: &'f Pieces<'p>,
    pub(super) at: u64,
    end: u64,
}

impl<'f, 'p> Known<'f, 'p> {
    pub(super) fn new(file: &'f Pieces<'p>, parent: Element) -> Self {
        Self::at(file, parent.start, parent.end)
    }

    /// From the one at `at`.
    pub(super) fn at(file: &'f Pieces<'p>, at: u64, end: u64) -> Self {
        Self { file, at, end }
    }
}

impl Iterator for Known<'_, '_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        if self.at >= self.end {
            return None;
        }
        // A cluster of unknown length ends where the next one begins.
        let element = ebml::known_element(self.file, self.at, self.end).filter(|next| !is_top_level(next.id))?;
        self.at = element.end;
        Some(element)
    }
}

/// A cluster's timestamp in ticks; `None` for what is no cluster, and where it is not at hand.
pub(super) fn timestamp(file: &Pieces<'_>, cluster: Element) -> Option<u64> {
    let first = Known::new(file, cluster).take(8).find(|child| !BEFORE_TIMESTAMP.contains(&child.id))?;
    (cluster.id == top::CLUSTER && first.id == TIMESTAMP).then(|| known_unsigned(file, first))?
}

fn known_unsigned(file: &Pieces<'_>, element: Element) -> Option<u64> {
    let length = usize::try_from(element.end - element.start).ok().filter(|&length| length <= 8)?;
    let bytes = file.up_to(element.start, length);
    (bytes.len() == length).then(|| bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
}
