//! Blocks in the middle of a cluster, whose start is not at hand: they tell about where it is.
//!
//! A recording of a browser has a cluster from each key frame to the next, which may be a megabyte and more. A block says
//! how long after its cluster's start it is, and the blocks around it how many bytes there are for a time.

use std::ops::Range;

use super::blocks::{Block, Known};
use super::ebml;
use super::tracks::Track;
use crate::pieces::Pieces;

/// How many blocks must follow each other to be taken for blocks.
const IN_A_ROW: usize = 4;

/// How many places are looked at for such a row.
const PLACES: usize = 2000;

/// How many blocks are looked at.
const BLOCKS: usize = 10_000;

/// Blocks of one cluster, one after the other: where the first and the last are, and when, in ticks from their
/// cluster's start.
#[derive(Debug)]
pub(super) struct Stretch {
    first_at: u64,
    first: f64,
    last_at: u64,
    last: f64,
}

impl Stretch {
    /// The first ones in a range that is at hand.
    pub(super) fn find(file: &Pieces<'_>, range: Range<u64>, segment_end: u64, tracks: &[Track<'_>]) -> Option<Self> {
        let length = usize::try_from(range.end.checked_sub(range.start)?).ok()?;
        let bytes = file.up_to(range.start, length);
        // A SimpleBlock or a BlockGroup.
        let places = bytes.iter().enumerate().filter(|&(_, &byte)| byte == 0xA3 || byte == 0xA0).take(PLACES);
        let mut places = places.map(|(offset, _)| range.start + offset as u64);
        let first_at = places.find(|&at| row(file, at, segment_end, tracks).take(IN_A_ROW).count() == IN_A_ROW)?;
        let mut row = row(file, first_at, segment_end, tracks).take(BLOCKS);
        let (_, first) = row.next()?;
        let (last_at, last) = row.take_while(|&(at, _)| at < range.end).last()?;
        Some(Self { first_at, first: f64::from(first.time), last_at, last: f64::from(last.time) })
    }

    /// Its blocks and what follows them.
    pub(super) fn elements<'f, 'p>(&self, file: &'f Pieces<'p>, segment_end: u64) -> Known<'f, 'p> {
        Known::at(file, self.first_at, segment_end)
    }

    /// Bytes per tick.
    fn rate(&self) -> Option<f64> {
        let ticks = self.last - self.first;
        (ticks > 0.0).then(|| (self.last_at - self.first_at) as f64 / ticks)
    }

    /// About where its cluster starts.
    pub(super) fn cluster_start(&self) -> Option<u64> {
        let bytes = self.rate()? * self.first.max(0.0);
        Some(self.first_at.saturating_sub(bytes as u64))
    }

    /// The bytes per tick between it and a later one, if both are of one cluster. If another cluster began between them,
    /// its time starts anew, and there would be far more bytes for it than there are elsewhere.
    fn rate_to(&self, later: &Self) -> Option<f64> {
        let ticks = later.first - self.last;
        let bytes = later.first_at.checked_sub(self.last_at)? as f64;
        let rate = Some(bytes / ticks).filter(|_| ticks > 0.0)?;
        let elsewhere = self.rate().into_iter().chain(later.rate()).fold(0.0, f64::max);
        (rate < 1.7 * elsewhere).then_some(rate)
    }

    pub(super) fn is_of_one_cluster_with(&self, later: &Self) -> bool {
        self.rate_to(later).is_some()
    }

    /// About where the cluster of a later one starts, now that there are two to go by.
    pub(super) fn cluster_start_before(&self, later: &Self) -> Option<u64> {
        if let Some(rate) = self.rate_to(later) {
            return Some(self.first_at.saturating_sub((rate * self.first.max(0.0)) as u64));
        }
        // It starts between them.
        let rate = self.rate()?.min(later.rate()?);
        Some(later.first_at.saturating_sub((rate * later.first.max(0.0)) as u64).max(self.last_at))
    }
}

/// The blocks that follow each other from `at`, of tracks that there are.
fn row<'f>(
    file: &'f Pieces<'_>,
    at: u64,
    segment_end: u64,
    tracks: &'f [Track<'_>],
) -> impl Iterator<Item = (u64, Block)> + use<'f> {
    let mut at = at;
    std::iter::from_fn(move || {
        let element = ebml::known_element(file, at, segment_end).filter(|element| !element.is_open)?;
        let block = Block::read(file, element)?;
        let is_known = tracks.iter().any(|track| track.number == block.track);
        let found = (at, block);
        at = element.end;
        is_known.then_some(found)
    })
}
