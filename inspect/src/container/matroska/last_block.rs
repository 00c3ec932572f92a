//! The duration of a recording that was written straight through, by the time of its last block.

use std::time::Duration;

use super::blocks::{self, Block, Known};
use super::ebml::{self, Element};
use super::stretch::Stretch;
use super::top::{self, Top};
use super::tracks::Track;
use crate::pieces::Pieces;

/// How much of the file's end is there anyway, in bytes.
const TAIL: u64 = 64 * 1024;

/// How much is fetched where the last cluster should begin: before and after that place, in bytes. The first frame of a
/// cluster is mostly larger than the others, so that it begins rather earlier than they let expect.
const BEFORE: u64 = 96 * 1024;
const AFTER: u64 = 64 * 1024;

/// How often such a place is looked at: once for each wave that is left.
const TRIES: usize = 2;

/// How many places that look like the start of a cluster are looked at.
const CLUSTERS: usize = 16;

/// How many elements of a cluster are looked at.
const ELEMENTS: usize = 20_000;

/// From the first block to the end of the last. A tick has `scale` nanoseconds.
pub(super) fn duration(file: &Pieces<'_>, top: &Top, tracks: &[Track<'_>], scale: u64) -> Option<Duration> {
    let scale = i128::from(scale);
    let end = End { file, tracks, scale, segment: top.segment }.find()?;
    let begin = top.cluster.and_then(|cluster| begin(file, cluster)).unwrap_or(0);
    let nanoseconds = end.checked_sub(begin.checked_mul(scale)?)?;
    Some(Duration::from_nanos(u64::try_from(nanoseconds).ok().filter(|&nanoseconds| nanoseconds > 0)?))
}

/// When the first block of a cluster begins, in ticks.
fn begin(file: &Pieces<'_>, cluster: Element) -> Option<i128> {
    let start = blocks::timestamp(file, cluster)?;
    let block = Known::new(file, cluster).take(16).find_map(|element| Block::read(file, element))?;
    Some(i128::from(start) + i128::from(block.time))
}

/// The search for the end of the last block.
struct End<'a, 'p> {
    file: &'a Pieces<'p>,
    tracks: &'a [Track<'a>],
    scale: i128,
    segment: Element,
}

impl End<'_, '_> {
    /// In nanoseconds.
    fn find(&self) -> Option<i128> {
        let tail = self.segment.end.saturating_sub(TAIL).max(self.segment.start);
        let bytes = self.at_hand(tail, self.segment.end)?;
        if let Some(end) = self.clusters(tail, bytes).find_map(|cluster| self.contiguous(cluster)) {
            return Some(end);
        }
        // The last cluster begins before the tail: how long before, its blocks there tell.
        let last = Stretch::find(self.file, tail..self.segment.end, self.segment.end, self.tracks);
        let mut guess = last.as_ref().and_then(Stretch::cluster_start).unwrap_or(tail);
        for _ in 0..TRIES {
            let end = guess.saturating_add(AFTER).min(tail);
            let start = end.saturating_sub(BEFORE + AFTER).max(self.segment.start);
            let bytes = self.at_hand(start, end)?;
            let clusters: Vec<Element> = self.clusters(start, bytes).collect();
            if let Some(end) = clusters.iter().find_map(|&cluster| self.contiguous(cluster)) {
                return Some(end);
            }
            let last = last.as_ref()?;
            let cluster = clusters.into_iter().find(|&cluster| blocks::timestamp(self.file, cluster).is_some());
            let here = cluster.map_or(start, |cluster| cluster.start);
            let here = Stretch::find(self.file, here..end, self.segment.end, self.tracks);
            guess = match cluster {
                Some(cluster) if !cluster.is_open && cluster.end <= tail => cluster.end,
                Some(cluster) if !cluster.is_open || here.as_ref()?.is_of_one_cluster_with(last) => {
                    return self.end_of(cluster, last.elements(self.file, self.segment.end));
                }
                _ => here?.cluster_start_before(last)?,
            };
        }
        None
    }

    /// A range of the file; where it is not at hand, it is noted.
    fn at_hand(&self, start: u64, end: u64) -> Option<&[u8]> {
        self.file.get(start, usize::try_from(end.checked_sub(start)?).ok()?)
    }

    /// What looks like clusters in these bytes, which are at `at`; the last one first.
    fn clusters<'b>(&'b self, at: u64, bytes: &'b [u8]) -> impl Iterator<Item = Element> + use<'b> {
        const ID: [u8; 4] = (top::CLUSTER as u32).to_be_bytes();
        let places = bytes.windows(ID.len()).enumerate().rev().filter(|&(_, window)| window == ID);
        let clusters =
            places.filter_map(move |(offset, _)| ebml::known_element(self.file, at + offset as u64, self.segment.end));
        clusters.take(CLUSTERS)
    }

    /// The end of a cluster of which everything is at hand.
    fn contiguous(&self, cluster: Element) -> Option<i128> {
        let mut elements = Known::new(self.file, cluster);
        let end = self.end_of(cluster, elements.by_ref());
        let is_cut_off = elements.at < self.segment.end && self.file.up_to(elements.at, 1).is_empty();
        end.filter(|_| !is_cut_off)
    }

    /// When the last of these elements of a cluster ends, in nanoseconds.
    fn end_of(&self, cluster: Element, elements: impl Iterator<Item = Element>) -> Option<i128> {
        let start = i128::from(blocks::timestamp(self.file, cluster)?);
        let mut latest: Option<i128> = None;
        // The last block of each track, to know how long its frames are where nothing says it.
        let mut before: Vec<Option<i128>> = vec![None; self.tracks.len()];
        for element in elements.take(ELEMENTS) {
            let Some(block) = Block::read(self.file, element) else { continue };
            let index = self.tracks.iter().position(|track| track.number == block.track);
            let Some((track, before)) = index.and_then(|index| self.tracks.get(index).zip(before.get_mut(index)))
            else {
                continue;
            };
            let begin = (start + i128::from(block.time)).checked_mul(self.scale)?;
            let length = match (block.duration, track.default_duration) {
                (Some(ticks), _) => i128::from(ticks).checked_mul(self.scale)?,
                (None, Some(nanoseconds)) => i128::from(nanoseconds) * i128::from(block.frames),
                (None, None) => before.map_or(0, |before| (begin - before).max(0)),
            };
            *before = Some(begin);
            let end = begin.checked_add(length)?;
            latest = Some(latest.map_or(end, |latest| latest.max(end)));
        }
        latest
    }
}
