//! The top level: where in a segment its parts are.

use super::ebml::{self, Element};
use crate::pieces::Pieces;
use crate::{Unreadable, cut_off};

pub(super) const EBML: u64 = 0x1A45_DFA3;
pub(super) const SEGMENT: u64 = 0x1853_8067;
pub(super) const SEEK_HEAD: u64 = 0x114D_9B74;
pub(super) const INFO: u64 = 0x1549_A966;
pub(super) const TRACKS: u64 = 0x1654_AE6B;
pub(super) const CLUSTER: u64 = 0x1F43_B675;
pub(super) const CUES: u64 = 0x1C53_BB6B;
pub(super) const CHAPTERS: u64 = 0x1043_A770;
pub(super) const TAGS: u64 = 0x1254_C367;
pub(super) const ATTACHMENTS: u64 = 0x1941_A469;

/// How many elements of the top level are looked at.
const ELEMENTS: usize = 1000;

/// How many seek heads are read. A segment may have two (RFC 9559, section 6.3).
const SEEK_HEADS: usize = 2;

/// The first segment of the file.
pub(super) fn segment(file: &Pieces<'_>) -> Result<Element, Unreadable> {
    let mut at = 0;
    // Before it are the header, and perhaps padding.
    for _ in 0..8 {
        let element = ebml::element(file, at, file.size()).ok_or_else(cut_off)?;
        if element.id == SEGMENT {
            return Ok(element);
        }
        at = element.end;
    }
    Err(Unreadable("it has no segment"))
}

/// Where the parts of a segment are that tell something.
#[derive(Debug)]
pub(super) struct Top {
    pub(super) segment: Element,
    pub(super) info: Option<Element>,
    pub(super) tracks: Option<Element>,
    /// The first one.
    pub(super) cluster: Option<Element>,
    /// Where to go on looking for the first cluster, if it was not found.
    pub(super) walked_to: u64,
}

impl Top {
    /// Goes from element to element as far as they are at hand, which mostly is up to the first cluster. What comes
    /// later is found by the seek head (RFC 9559, section 5.1.1), if it is there.
    pub(super) fn find(file: &Pieces<'_>, segment: Element) -> Self {
        let mut top = Self { segment, info: None, tracks: None, cluster: None, walked_to: segment.start };
        let mut seeks = Vec::new();
        let mut seek_heads = Vec::new();
        for _ in 0..ELEMENTS {
            let Some(element) = ebml::known_element(file, top.walked_to, segment.end) else { break };
            top.take(element);
            match element.id {
                // What is after it, is after gigabytes.
                CLUSTER => break,
                SEEK_HEAD => seek_heads.push(element),
                _ => {}
            }
            top.walked_to = end(file, element);
        }
        for index in 0..SEEK_HEADS {
            let Some(seek_head) = seek_heads.get(index) else { break };
            for (id, at) in seek_entries(file, *seek_head, segment.start) {
                let is_missing = match id {
                    INFO => top.info.is_none(),
                    TRACKS => top.tracks.is_none(),
                    SEEK_HEAD => true,
                    _ => false,
                };
                if is_missing {
                    seeks.push((id, at));
                }
            }
            for (id, at) in std::mem::take(&mut seeks) {
                // It may point anywhere: only what is really there counts.
                let found = ebml::element(file, at, segment.end).filter(|found| found.id == id);
                if let Some(found) = found {
                    top.take(found);
                    if id == SEEK_HEAD && !seek_heads.iter().any(|known| known.start == found.start) {
                        seek_heads.push(found);
                    }
                }
            }
        }
        if top.cluster.is_none() && top.tracks.is_none() {
            // It is further on, after something large.
            file.want(top.walked_to..top.walked_to.saturating_add(64));
        }
        top
    }

    fn take(&mut self, element: Element) {
        let part = match element.id {
            INFO => &mut self.info,
            TRACKS => &mut self.tracks,
            CLUSTER => &mut self.cluster,
            _ => return,
        };
        part.get_or_insert(element);
    }
}

/// Where an element of the top level ends: by its length, or before the next one.
fn end(file: &Pieces<'_>, element: Element) -> u64 {
    if !element.is_open {
        return element.end;
    }
    let mut children = element.children(file);
    while children.next().is_some() {}
    children.position()
}

/// The ids and positions that a seek head names.
fn seek_entries(file: &Pieces<'_>, seek_head: Element, base: u64) -> Vec<(u64, u64)> {
    let mut entries = Vec::new();
    for seek in seek_head.children(file).filter(|child| child.id == 0x4DBB).take(64) {
        let (mut id, mut at) = (None, None);
        for child in seek.children(file) {
            match child.id {
                0x53AB => id = child.unsigned(file),
                0x53AC => at = child.unsigned(file).and_then(|at| at.checked_add(base)),
                _ => {}
            }
        }
        entries.extend(id.zip(at));
    }
    entries
}
