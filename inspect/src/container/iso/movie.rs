//! A movie: where its header is, and what is told of it.

use std::time::Duration;

use super::boxes::{Boxes, IsoBox, resynchronise};
use super::fragments::Fragments;
use super::track::{Kind, Matrix, Track, long_duration, matrix, short_duration};
use super::video::VideoEntry;
use super::{capture, time};
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable, read};

/// How much of a movie header's end is looked at, in bytes, where its start is not enough.
const TAIL: u64 = 64 * 1024;

/// How many tracks are read.
const MAX_TRACKS: usize = 64;

/// How many boxes of a movie header are kept.
const MAX_CHILDREN: usize = 512;

/// Reads MP4, M4A or QuickTime.
pub(in crate::container) fn read(file: &Pieces<'_>, format: Format) -> Result<Media, Unreadable> {
    let mut media = Media::new(format);
    let Some(moov) = find_movie(file)? else { return Ok(media) };
    let children = Children::read(file, &moov);
    let named = |name: &'static [u8; 4]| children.found.iter().filter(move |child| &child.name == name);
    let header = named(b"mvhd").next().and_then(|mvhd| Header::read(file, mvhd)).unwrap_or_default();
    let is_quicktime = format == Format::QuickTime;
    let tracks: Vec<Track> =
        named(b"trak").take(MAX_TRACKS).map(|trak| Track::read(file, trak, is_quicktime)).collect();
    if tracks.is_empty() && !children.is_stuck {
        let cause = if named(b"cmov").next().is_some() { "its header is compressed" } else { "it has no tracks" };
        return Err(Unreadable(cause));
    }
    children.guess(file, header.tracks);

    let fragments = named(b"mvex").next().map(|mvex| Fragments::read(file, mvex, &moov, &tracks));
    media.duration = duration(file, &header, &tracks, fragments.as_ref());
    if let Some((track, entry)) = picture_track(&tracks, format) {
        let samples = match &fragments {
            Some(fragments) => fragments.samples(file, track),
            None => track.samples(file),
        };
        media.video = Some(track.video(entry, samples, header.matrix));
    }
    for track in &tracks {
        if let Kind::Audio(entry) = &track.kind {
            media.audio.push(track.audio(entry));
        }
    }
    media.capture = capture::read(file, &children.found, header.created);
    Ok(media)
}

/// The movie box. `None` where it is not in sight yet; without one the file is no movie.
fn find_movie(file: &Pieces<'_>) -> Result<Option<IsoBox>, Unreadable> {
    let mut boxes = Boxes::new(file, 0, file.size());
    if let Some(found) = boxes.find(|found| &found.name == b"moov") {
        return Ok(Some(found));
    }
    // The way there was not to be followed, because it has too many steps or is damaged. At the end it may be seen.
    let from = boxes.at().max(file.size().saturating_sub(TAIL));
    let length = usize::try_from(file.size().saturating_sub(from)).unwrap_or(0);
    let window = file.up_to(from, length);
    let is_movie = |_: &[u8; 4], body: &[u8]| read::array::<4>(body, 4).is_some_and(|name| &name == b"mvhd");
    let at = resynchronise(window, &[b"moov"], is_movie, &[b"moov", b"free", b"skip", b"wide", b"udta", b"uuid"]);
    if let Some(at) = at.filter(|_| window.len() == length) {
        return Ok(Boxes::new(file, from.saturating_add(at as u64), file.size()).next());
    }
    if boxes.is_stuck() {
        Ok(None)
    } else {
        Err(Unreadable("it has no movie header; perhaps it was not written to its end"))
    }
}

/// What the movie header box says (ISO/IEC 14496-12, section 8.2.2).
#[derive(Debug)]
struct Header {
    /// Units per second of the movie's time.
    timescale: u32,
    duration: Option<u64>,
    /// In seconds since 1904.
    created: u64,
    matrix: Matrix,
    /// How many tracks there are, going by the number that the next one would have.
    tracks: usize,
}

impl Default for Header {
    fn default() -> Self {
        Self { timescale: 0, duration: None, created: 0, matrix: [1, 0, 0, 1], tracks: 0 }
    }
}

impl Header {
    fn read(file: &Pieces<'_>, mvhd: &IsoBox) -> Option<Self> {
        let bytes = mvhd.bytes(file, 112)?;
        let is_long = *bytes.first()? == 1;
        let (created, timescale, duration, matrix_at) = if is_long {
            let duration = long_duration(read::u64_be(bytes, 24)?);
            (read::u64_be(bytes, 4)?, read::u32_be(bytes, 20)?, duration, 48)
        } else {
            let duration = short_duration(read::u32_be(bytes, 16)?);
            (read::u32_be(bytes, 4)?.into(), read::u32_be(bytes, 12)?, duration, 36)
        };
        let matrix = matrix(bytes, matrix_at).filter(|matrix| matrix.iter().any(|&number| number != 0));
        let next = read::u32_be(bytes, matrix_at + 60).unwrap_or_default();
        Some(Self {
            timescale,
            duration,
            created,
            matrix: matrix.unwrap_or([1, 0, 0, 1]),
            tracks: usize::try_from(next.saturating_sub(1)).unwrap_or_default().min(MAX_TRACKS),
        })
    }
}

/// How long it plays: by the movie header, and at least as its longest track.
fn duration(file: &Pieces<'_>, header: &Header, tracks: &[Track], fragments: Option<&Fragments>) -> Option<Duration> {
    let whole = header.duration.and_then(|units| time(units, header.timescale));
    if let Some(fragments) = fragments {
        // Where the movie box has samples of its own, its header tells of those alone.
        let is_whole = || !tracks.iter().any(|track| track.has_samples(file));
        return match fragments.duration(header.timescale) {
            Some(duration) => Some(duration).max(whole),
            None => whole.filter(|_| is_whole()),
        };
    }
    let track = |track: &Track| {
        let edited = track.edited.and_then(|units| time(units, header.timescale));
        edited.or_else(|| time(track.duration?, track.timescale))
    };
    // A header that promises less than a track plays is not believed.
    whole.max(tracks.iter().filter(|track| !matches!(track.kind, Kind::Other)).filter_map(track).max())
}

/// The first video track that is shown, and no picture for chapters or of a cover.
fn picture_track(tracks: &[Track], format: Format) -> Option<(&Track, &VideoEntry)> {
    let chapters: Vec<u32> = tracks.iter().flat_map(|track| &track.chapters).copied().collect();
    let candidates = || {
        tracks.iter().filter(|track| !chapters.contains(&track.id)).filter_map(|track| match &track.kind {
            Kind::Video(entry) => Some((track, entry)),
            _ => None,
        })
    };
    let is_still = |entry: &VideoEntry| matches!(entry.codec.name.as_str(), "mjpeg" | "png" | "gif" | "tiff");
    let moving = || candidates().filter(|(_, entry)| !is_still(entry));
    let enabled = moving().find(|(track, _)| track.is_enabled).or_else(|| moving().next());
    if format == Format::M4a {
        return enabled;
    }
    // Motion JPEG is a film where it is all there is.
    enabled.or_else(|| candidates().find(|(track, _)| track.is_enabled)).or_else(|| candidates().next())
}

/// The boxes in a movie box, as far as they are in sight from its start and from its end.
struct Children {
    found: Vec<IsoBox>,
    /// How many tracks were found from the start, and from the end.
    before: usize,
    /// Between what was found from the start and from the end.
    gap: std::ops::Range<u64>,
    /// How many tracks were found from the end.
    behind: usize,
    is_stuck: bool,
}

impl Children {
    fn read(file: &Pieces<'_>, moov: &IsoBox) -> Self {
        let mut walk = moov.children(file);
        let mut found: Vec<IsoBox> = walk.by_ref().take(MAX_CHILDREN).collect();
        let is_stuck = walk.is_stuck();
        let tracks = |found: &[IsoBox]| found.iter().filter(|child| &child.name == b"trak").count();
        let before = tracks(&found);
        let mut gap = walk.at()..walk.at();
        let mut behind = 0;
        if is_stuck {
            // A long film's tables are megabytes; its last tracks and what is said of the whole stand at the end.
            gap.end = moov.end;
            let tail = tail(file, walk.at(), moov.end);
            gap.end = tail.first().map_or(moov.end, |first| first.start);
            behind = tracks(&tail);
            found.extend(tail);
        }
        Self { found, before, gap, behind, is_stuck }
    }

    /// Wants the places where more tracks may begin that are not in sight, `total` of all: tracks of one kind have
    /// tables of one length, as far as sound is concerned. Without this each is found only when the one before is.
    fn guess(&self, file: &Pieces<'_>, total: usize) {
        const AROUND: u64 = 16 * 1024;
        let missing = total.saturating_sub(self.before).saturating_sub(self.behind) as u64;
        // Before a track is in sight nothing is known of where they begin.
        if self.before == 0 || !(2..=4).contains(&missing) {
            return;
        }
        let length = self.gap.end.saturating_sub(self.gap.start) / missing;
        for index in 1..missing {
            let at = self.gap.start.saturating_add(length.saturating_mul(index));
            file.want(at.saturating_sub(AROUND)..at.saturating_add(AROUND));
        }
    }
}

/// The last boxes of a movie box, where one of them begins within its last bytes.
fn tail(file: &Pieces<'_>, from: u64, end: u64) -> Vec<IsoBox> {
    let mut start = from.max(end.saturating_sub(TAIL));
    // Where little follows the movie box, the file's end is there already, and enough.
    if file.size().saturating_sub(end) < TAIL / 2 {
        start = start.max(file.size().saturating_sub(TAIL)).min(end);
    }
    file.want(start..end);
    let length = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
    let window = file.up_to(start, length);
    if window.len() < length {
        return Vec::new();
    }
    let wanted: &[&[u8; 4]] = &[b"trak", b"udta", b"meta", b"mvex"];
    let may_follow: &[&[u8; 4]] =
        &[b"trak", b"udta", b"meta", b"mvex", b"free", b"skip", b"wide", b"uuid", b"iods", b"pssh", b"ctab"];
    let is_one = |name: &[u8; 4], body: &[u8]| {
        name != b"trak" || read::array::<4>(body, 4).is_some_and(|first| &first == b"tkhd")
    };
    let Some(at) = resynchronise(window, wanted, is_one, may_follow) else { return Vec::new() };
    Boxes::new(file, start.saturating_add(at as u64), end).take(MAX_CHILDREN).collect()
}
