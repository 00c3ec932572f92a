//! Movies in fragments (ISO/IEC 14496-12, section 8.8): the movie header tells how they are coded, and the fragments,
//! or an index of them, how long they are.

use std::ops::Range;
use std::time::Duration;

use super::boxes::{Boxes, FULL, IsoBox, resynchronise};
use super::time;
use super::track::{Samples, Track, long_duration, short_duration};
use crate::pieces::Pieces;
use crate::read;

/// How many fragments are read at each end of the file.
const MAX_FRAGMENTS: usize = 64;

/// How long an index of segments, or a list of a fragment's samples, may be to be read, in bytes.
const MAX_TABLE: usize = 192 * 1024;

/// How much before the end the last fragments are looked for, in bytes, and how much where that is not enough.
const TAIL: u64 = 64 * 1024;
const LONG_TAIL: u64 = 256 * 1024;

/// What is known of the fragments.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    /// By the movie extends header, in units of the movie.
    announced: Option<u64>,
    /// By an index that reaches to the file's end.
    indexed: Option<Duration>,
    /// Whether the last fragments are among those in sight.
    reaches_end: bool,
    tracks: Vec<Runs>,
}

/// What the fragments in sight say of one track.
#[derive(Debug)]
struct Runs {
    id: u32,
    /// Of the media; 0 where the track is not known.
    timescale: u32,
    /// How long a sample is where nothing else says it, in units of the media.
    default: u32,
    /// What the track's edits leave away at its start, in units of the media.
    skipped: u64,
    /// When its first sample is shown, in units of the media, without what is left away.
    start: Option<u64>,
    /// When its last sample ends, in units of the media.
    end: Option<u64>,
    /// When its first fragment begins, and what that has.
    first: Option<(u64, Samples)>,
    /// In all fragments in sight.
    samples: Samples,
}

impl Fragments {
    pub(super) fn read(file: &Pieces<'_>, mvex: &IsoBox, moov: &IsoBox, tracks: &[Track]) -> Self {
        let mut found = Self::default();
        for child in mvex.children(file) {
            match &child.name {
                b"mehd" => found.announced = announced(file, &child),
                b"trex" => found.defaults(file, &child, tracks).unwrap_or_default(),
                _ => {}
            }
        }
        let index = random_access(file);
        let end = index.as_ref().map_or(file.size(), |mfra| mfra.start);
        let mut moofs = found.head(file, moov.end..end);
        let first = moofs.len();
        if found.announced.is_none() && found.indexed.is_none() {
            let last = last(file, moov.end..end, index.as_ref());
            found.reaches_end = !last.is_empty();
            let behind = moofs.last().map_or(0, |moof| moof.end);
            moofs.extend(last.into_iter().filter(|moof| moof.start >= behind));
        }
        for (index, moof) in moofs.iter().enumerate() {
            for traf in moof.children(file).filter(|child| &child.name == b"traf") {
                found.add(file, &traf, index < first).unwrap_or_default();
            }
        }
        found
    }

    /// Section 8.8.3.
    fn defaults(&mut self, file: &Pieces<'_>, trex: &IsoBox, tracks: &[Track]) -> Option<()> {
        let bytes = trex.bytes(file, 24)?;
        let (id, default) = (read::u32_be(bytes, 4)?, read::u32_be(bytes, 12)?);
        let &Track { timescale, skipped, .. } = tracks.iter().find(|track| track.id == id)?;
        if self.tracks.len() < tracks.len() && self.tracks.iter().all(|runs| runs.id != id) {
            let samples = Samples::default();
            self.tracks.push(Runs { id, timescale, default, skipped, start: None, end: None, first: None, samples });
        }
        Some(())
    }

    /// The first fragment, more of them where they were fetched with it, and indices before them.
    fn head(&mut self, file: &Pieces<'_>, range: Range<u64>) -> Vec<IsoBox> {
        let mut moofs = Vec::new();
        let mut boxes = Boxes::new(file, range.start, range.end);
        while let Some(found) = boxes.next() {
            match &found.name {
                b"moof" => moofs.push(found),
                b"sidx" => self.indexed = self.indexed.max(indexed(file, &found, range.end)),
                _ => {}
            }
            if moofs.len() >= MAX_FRAGMENTS || !moofs.is_empty() && boxes.is_stuck() {
                break;
            }
        }
        moofs
    }

    /// Adds what a fragment says of one track; a fragment from the file's start tells when that begins.
    fn add(&mut self, file: &Pieces<'_>, traf: &IsoBox, is_from_start: bool) -> Option<()> {
        let header = traf.child(file, b"tfhd")?;
        let header = header.bytes(file, 32)?;
        let id = read::u32_be(header, 4)?;
        let runs = self.tracks.iter_mut().find(|runs| runs.id == id)?;
        let default = default_duration(header).unwrap_or(runs.default);
        let mut start: Option<u64> = None;
        let mut offset = None;
        let mut total = Samples::default();
        for child in traf.children(file) {
            match &child.name {
                b"tfdt" => {
                    let is_long = file.get(child.body, 1)?.first() == Some(&1);
                    let at = child.body.checked_add(FULL)?;
                    start = if is_long { file.u64_be(at) } else { file.u32_be(at).map(u64::from) };
                }
                b"trun" => {
                    let run = run(file, &child, default)?;
                    offset = offset.or_else(|| first_offset(file, &child));
                    total.count = total.count.saturating_add(run.count);
                    total.duration = total.duration.saturating_add(run.duration);
                }
                _ => {}
            }
        }
        runs.samples.count = runs.samples.count.saturating_add(total.count);
        runs.samples.duration = runs.samples.duration.saturating_add(total.duration);
        if is_from_start && runs.start.is_none() {
            let shown = start.and_then(|start| start.checked_add_signed(offset.unwrap_or_default()));
            runs.start = shown.map(|shown| shown.saturating_sub(runs.skipped));
        }
        if is_from_start && runs.first.is_none() {
            runs.first = start.map(|start| (start, total));
        }
        runs.end = runs.end.max(start.map(|start| start.saturating_add(total.duration)));
        Some(())
    }

    /// How long it all plays; `movie` is the movie's time scale.
    pub(super) fn duration(&self, movie: u32) -> Option<Duration> {
        let announced = self.announced.and_then(|units| time(units, movie));
        let last = || self.played().filter(|_| self.reaches_end);
        announced.or(self.indexed).or_else(last).filter(|duration| !duration.is_zero())
    }

    /// From when the first track is shown to when the last one is no more. Times of decoding are what fragments tell;
    /// what is shown begins later by as much as it ends later.
    fn played(&self) -> Option<Duration> {
        let ends = || self.tracks.iter().filter_map(|runs| Some((runs, time(runs.end?, runs.timescale)?)));
        let start = |runs: &Runs| time(runs.start.unwrap_or_default(), runs.timescale).unwrap_or_default();
        let first = ends().map(|(runs, _)| start(runs)).min()?;
        let decoded = ends().map(|(_, end)| end).max()?;
        let shown = ends().filter_map(|(runs, end)| end.checked_add(start(runs))).max()?;
        Some(decoded.max(shown.saturating_sub(first)))
    }

    /// The samples of one track, those in the movie box with them, as far as those in sight tell.
    pub(super) fn samples(&self, file: &Pieces<'_>, track: &Track) -> Option<Samples> {
        let own = track.samples(file).unwrap_or_default();
        let runs = self.tracks.iter().find(|runs| runs.id == track.id)?;
        let fragments = runs.all().unwrap_or(runs.samples);
        let total = Samples {
            count: own.count.saturating_add(fragments.count),
            duration: own.duration.saturating_add(fragments.duration),
        };
        if total.count > 0 {
            return Some(total);
        }
        (runs.default > 0).then_some(Samples { count: 1, duration: runs.default.into() })
    }
}

impl Runs {
    /// The first fragment, and as many samples for the time after it as the others in sight let expect: a recording
    /// mostly begins unevenly, and does so once.
    fn all(&self) -> Option<Samples> {
        let (begin, first) = self.first?;
        let seen = self.samples.duration.checked_sub(first.duration).filter(|&seen| seen > 0)?;
        let left = self.end?.checked_sub(begin)?.checked_sub(first.duration).filter(|&left| left >= seen)?;
        let count = u128::from(self.samples.count.checked_sub(first.count)?) * u128::from(left) / u128::from(seen);
        Some(Samples {
            count: first.count.checked_add(u64::try_from(count).ok()?)?,
            duration: first.duration.checked_add(left)?,
        })
    }
}

/// Section 8.8.2.
fn announced(file: &Pieces<'_>, mehd: &IsoBox) -> Option<u64> {
    let bytes = mehd.bytes(file, 12)?;
    if *bytes.first()? == 1 { long_duration(read::u64_be(bytes, 4)?) } else { short_duration(read::u32_be(bytes, 4)?) }
}

/// `default-sample-duration`, where a track fragment header has one (section 8.8.7).
fn default_duration(tfhd: &[u8]) -> Option<u32> {
    let flags = read::u32_be(tfhd, 0)?;
    let mut at = 8;
    if flags & 1 != 0 {
        at += 8;
    }
    if flags & 2 != 0 {
        at += 4;
    }
    (flags & 8 != 0).then(|| read::u32_be(tfhd, at)).flatten()
}

/// Section 8.8.8.
fn run(file: &Pieces<'_>, trun: &IsoBox, default: u32) -> Option<Samples> {
    let head = file.get(trun.body, 8)?;
    let (flags, count) = (read::u32_be(head, 0)?, read::u32_be(head, 4)?);
    if flags & 0x100 == 0 {
        let count = u64::from(count);
        return Some(Samples { count, duration: count.saturating_mul(default.into()) });
    }
    let optional = |bit: u32| if flags & bit == 0 { 0 } else { 4 };
    let before = 8 + optional(1) + optional(4);
    let stride = 4 + optional(0x200) + optional(0x400) + optional(0x800);
    let bytes = trun.bytes(file, MAX_TABLE)?.get(before..)?;
    let durations = bytes.chunks_exact(stride).take(count as usize).filter_map(|sample| read::u32_be(sample, 0));
    Some(durations.fold(Samples::default(), |total, duration| Samples {
        count: total.count + 1,
        duration: total.duration.saturating_add(duration.into()),
    }))
}

/// By how much later than it is decoded the first sample is shown, in units of the media.
fn first_offset(file: &Pieces<'_>, trun: &IsoBox) -> Option<i64> {
    let flags = file.u32_be(trun.body)?;
    let skipped = [1, 4, 0x100, 0x200, 0x400].iter().filter(|&&bit| flags & bit != 0).count() as u64;
    let at = trun.body.checked_add(8 + skipped * 4)?;
    let offset = (flags & 0x800 != 0 && at < trun.end).then(|| file.u32_be(at)).flatten()?;
    // The version is the highest byte. Offsets below zero came with version 1.
    Some(if flags >> 24 == 0 { offset.into() } else { offset.cast_signed().into() })
}

/// When what a segment index (section 8.16.3) lists ends, if that is where the fragments end.
fn indexed(file: &Pieces<'_>, sidx: &IsoBox, end: u64) -> Option<Duration> {
    let head = file.get(sidx.body, 12)?;
    let is_long = *head.first()? == 1;
    let timescale = read::u32_be(head, 8)?;
    let bytes = sidx.bytes(file, MAX_TABLE)?;
    let (earliest, offset, at) = if is_long {
        (read::u64_be(bytes, 12)?, read::u64_be(bytes, 20)?, 28)
    } else {
        (read::u32_be(bytes, 12)?.into(), read::u32_be(bytes, 16)?.into(), 20)
    };
    let count = usize::from(read::u16_be(bytes, at + 2)?);
    let (entries, _) = bytes.get(at + 4..)?.as_chunks::<12>();
    let mut covered = sidx.end.checked_add(offset)?;
    let mut units = earliest;
    for entry in entries.iter().take(count) {
        // The highest bit tells what is referred to.
        covered = covered.checked_add(u64::from(read::u32_be(entry, 0)? & 0x7FFF_FFFF))?;
        units = units.checked_add(read::u32_be(entry, 4)?.into())?;
    }
    time(units, timescale).filter(|_| count > 0 && covered >= end)
}

/// The random access box at the file's end, by the offset behind it (section 8.8.11).
fn random_access(file: &Pieces<'_>) -> Option<IsoBox> {
    let trailer = file.size().checked_sub(16)?;
    let mfro = file.get(trailer, 16)?;
    if mfro.get(4..8)? != b"mfro" {
        return None;
    }
    let start = file.size().checked_sub(read::u32_be(mfro, 12)?.into())?;
    Boxes::new(file, start, file.size()).next().filter(|found| &found.name == b"mfra")
}

/// The last fragments: seen before the end, or where the random access box says the last one is.
fn last(file: &Pieces<'_>, range: Range<u64>, mfra: Option<&IsoBox>) -> Vec<IsoBox> {
    let seen = before_end(file, &range, TAIL);
    if !seen.is_empty() {
        return seen;
    }
    let Some(mfra) = mfra else {
        return before_end(file, &range, LONG_TAIL);
    };
    let tables = mfra.children(file).filter(|child| &child.name == b"tfra");
    let mut offsets: Vec<u64> = tables.take(MAX_FRAGMENTS).filter_map(|tfra| last_offset(file, &tfra)).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let moofs = offsets.iter().filter_map(|&offset| Boxes::new(file, offset, range.end).next());
    let mut moofs: Vec<IsoBox> = moofs.filter(|found| &found.name == b"moof").collect();
    // Others may follow that are no places to start from.
    if let Some(last) = moofs.last() {
        let behind = Boxes::new(file, last.end, range.end).take(MAX_FRAGMENTS);
        moofs.extend(behind.filter(|found| &found.name == b"moof"));
    }
    moofs
}

/// Where the last fragment that a table lists begins (section 8.8.10).
fn last_offset(file: &Pieces<'_>, tfra: &IsoBox) -> Option<u64> {
    let head = file.get(tfra.body, 16)?;
    let is_long = *head.first()? == 1;
    let lengths = read::u32_be(head, 8)?;
    let numbers: u32 = [4, 2, 0].iter().map(|shift| (lengths >> shift & 3) + 1).sum();
    let width = if is_long { 8 } else { 4 };
    let stride = u64::from(width * 2 + numbers);
    let last = u64::from(read::u32_be(head, 12)?).min(tfra.length().saturating_sub(16) / stride).checked_sub(1)?;
    let at = tfra.body.checked_add(16)?.checked_add(last.checked_mul(stride)?)?.checked_add(width.into())?;
    if is_long { file.u64_be(at) } else { file.u32_be(at).map(u64::from) }
}

/// The fragments of which one begins within the last `most` bytes of the range.
fn before_end(file: &Pieces<'_>, range: &Range<u64>, most: u64) -> Vec<IsoBox> {
    let start = range.start.max(range.end.saturating_sub(most));
    file.want(start..range.end);
    let length = usize::try_from(range.end.saturating_sub(start)).unwrap_or(0);
    let window = file.up_to(start, length);
    if window.len() < length {
        return Vec::new();
    }
    let is_fragment = |_: &[u8; 4], body: &[u8]| body.get(..8) == Some(b"\0\0\0\x10mfhd");
    let may_follow: &[&[u8; 4]] =
        &[b"moof", b"mdat", b"styp", b"sidx", b"ssix", b"emsg", b"prft", b"free", b"skip", b"uuid", b"imda"];
    let Some(at) = resynchronise(window, &[b"moof"], is_fragment, may_follow) else { return Vec::new() };
    let moofs = Boxes::new(file, start.saturating_add(at as u64), range.end).filter(|found| &found.name == b"moof");
    let mut moofs: Vec<IsoBox> = moofs.collect();
    moofs.drain(..moofs.len().saturating_sub(MAX_FRAGMENTS));
    moofs
}
