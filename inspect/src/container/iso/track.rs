//! One track of a movie (ISO/IEC 14496-12, section 8.3 and what is in it).

use super::audio::{self, AudioEntry};
use super::boxes::{FULL, IsoBox};
use super::video::{self, VideoEntry};
use crate::pieces::Pieces;
use crate::{Audio, Video, read};

/// A table of how long samples are is read whole up to this length in bytes; of a longer one, the number of samples is
/// told by another.
const MAX_STTS: usize = 96 * 1024;

/// A table this long is read at once, in bytes.
const SHORT_STTS: usize = 8 * 1024;

/// How many edits are read.
const MAX_EDITS: u64 = 4096;

/// How many tracks of chapters one track may name.
const MAX_REFERENCES: usize = 64;

/// What a track says. What was not fetched, or is not there, is left as it is by default.
#[derive(Debug, Default)]
pub(super) struct Track {
    pub(super) id: u32,
    pub(super) is_enabled: bool,
    /// Units per second of the media's time; 0 where it is not known.
    pub(super) timescale: u32,
    /// In units of the media.
    pub(super) duration: Option<u64>,
    /// How long its edits are together, in units of the movie.
    pub(super) edited: Option<u64>,
    /// When its first edit begins, in units of the media.
    pub(super) skipped: u64,
    pub(super) language: Option<String>,
    /// The tracks that are its chapters: titles, or pictures.
    pub(super) chapters: Vec<u32>,
    pub(super) kind: Kind,
    matrix: Matrix,
    /// In pixels, as the track header says.
    width: u32,
    height: u32,
    sample_table: Option<IsoBox>,
}

#[derive(Debug, Default)]
pub(super) enum Kind {
    Video(VideoEntry),
    Audio(AudioEntry),
    /// Text, time codes, hints, and what was not fetched.
    #[default]
    Other,
}

/// How many samples there are, and how long they are together in units of the media.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Samples {
    pub(super) count: u64,
    pub(super) duration: u64,
}

/// The part of a transformation that turns: a, b, c, d of ISO/IEC 14496-12, section 8.3.2.
pub(super) type Matrix = [i32; 4];

impl Track {
    pub(super) fn read(file: &Pieces<'_>, trak: &IsoBox, is_quicktime: bool) -> Self {
        let mut track = Self { is_enabled: true, matrix: [1, 0, 0, 1], ..Self::default() };
        for child in trak.children(file) {
            match &child.name {
                b"tkhd" => track.header(file, &child).unwrap_or_default(),
                b"edts" => {
                    let list = child.child(file, b"elst").and_then(|list| edits(file, &list));
                    (track.edited, track.skipped) = list.unwrap_or_default();
                }
                b"tref" => track.chapters = chapters(file, &child),
                b"mdia" => track.media(file, &child, is_quicktime),
                _ => {}
            }
        }
        track
    }

    fn header(&mut self, file: &Pieces<'_>, tkhd: &IsoBox) -> Option<()> {
        let bytes = tkhd.bytes(file, 104)?;
        let is_long = *bytes.first()? == 1;
        let (id_at, matrix_at) = if is_long { (20, 52) } else { (12, 40) };
        self.is_enabled = bytes.get(3)? & 1 != 0;
        self.id = read::u32_be(bytes, id_at)?;
        self.matrix = matrix(bytes, matrix_at)?;
        self.width = read::u32_be(bytes, matrix_at + 36)? >> 16;
        self.height = read::u32_be(bytes, matrix_at + 40)? >> 16;
        Some(())
    }

    fn media(&mut self, file: &Pieces<'_>, mdia: &IsoBox, is_quicktime: bool) {
        let mut handler = None;
        let mut extended_language = None;
        for child in mdia.children(file) {
            match &child.name {
                b"mdhd" => self.media_header(file, &child, is_quicktime).unwrap_or_default(),
                b"hdlr" => handler = file.array::<4>(child.body.saturating_add(FULL + 4)),
                b"elng" => extended_language = child.bytes(file, 64).and_then(bcp47),
                b"minf" => {
                    self.sample_table = child.child(file, b"stbl");
                    self.kind = self.sample_entry(file, handler, is_quicktime).unwrap_or_default();
                }
                _ => {}
            }
        }
        self.language = extended_language.or(self.language.take());
    }

    fn media_header(&mut self, file: &Pieces<'_>, mdhd: &IsoBox, is_quicktime: bool) -> Option<()> {
        let bytes = mdhd.bytes(file, 36)?;
        let (timescale, duration, language_at) = if *bytes.first()? == 1 {
            (read::u32_be(bytes, 20)?, long_duration(read::u64_be(bytes, 24)?), 32)
        } else {
            (read::u32_be(bytes, 12)?, short_duration(read::u32_be(bytes, 16)?), 20)
        };
        self.timescale = timescale;
        self.duration = duration;
        self.language = read::u16_be(bytes, language_at).and_then(|code| language(code, is_quicktime));
        Some(())
    }

    fn sample_entry(&self, file: &Pieces<'_>, handler: Option<[u8; 4]>, is_quicktime: bool) -> Option<Kind> {
        let handler = handler?;
        if !matches!(&handler, b"vide" | b"soun") {
            return None;
        }
        let table = self.sample_table?;
        let stsd = table.child(file, b"stsd")?;
        let version = file.get(stsd.body, 1)?.first()?;
        let entry = stsd.children_behind(file, FULL + 4).next()?;
        match &handler {
            b"vide" => video::read(file, &entry).map(Kind::Video),
            // Version 0 of the table is QuickTime's, whose entries have versions of their own.
            _ => {
                let mut entry = audio::read(file, &entry, is_quicktime || *version == 0)?;
                audio::by_first_frame(&mut entry, file, &table).unwrap_or_default();
                Some(Kind::Audio(entry))
            }
        }
    }

    /// How often and how long, by the tables: the durations where they are short, and else the number of samples over
    /// the whole duration.
    pub(super) fn samples(&self, file: &Pieces<'_>) -> Option<Samples> {
        let mut durations = None;
        let mut count = None;
        for table in self.sample_table?.children(file) {
            match &table.name {
                b"stts" => {
                    let is_short = table.length() <= SHORT_STTS as u64;
                    if let Some(samples) = is_short.then(|| samples(file, &table)).flatten() {
                        return Some(samples);
                    }
                    durations = Some(table);
                }
                b"stsz" | b"stz2" => {
                    count = file.u32_be(table.body.saturating_add(FULL + 4));
                    break;
                }
                _ => {}
            }
        }
        if let Some((count, duration)) = count.zip(self.duration) {
            return Some(Samples { count: count.into(), duration });
        }
        // The other table is not in sight yet, and may stay so.
        durations.filter(|table| table.length() <= MAX_STTS as u64).and_then(|table| samples(file, &table))
    }

    /// Whether there are samples of it that are in no fragment.
    pub(super) fn has_samples(&self, file: &Pieces<'_>) -> bool {
        self.samples(file).is_some_and(|samples| samples.count > 0)
    }

    /// As a video track, of a movie that is turned by `movie`.
    pub(super) fn video(&self, entry: &VideoEntry, samples: Option<Samples>, movie: Matrix) -> Video {
        let rotation = rotation(product(self.matrix, movie));
        let or_track = |own: u16, track| if own == 0 { track } else { u32::from(own) };
        let (width, height) = (or_track(entry.width, self.width), or_track(entry.height, self.height));
        let (width, height) = if rotation.is_multiple_of(180) { (width, height) } else { (height, width) };
        let frame_rate = samples
            .filter(|samples| samples.count > 0 && samples.duration > 0 && self.timescale > 0)
            .map(|samples| samples.count as f64 * f64::from(self.timescale) / samples.duration as f64);
        Video {
            codec: entry.codec.name.clone(),
            rfc6381: entry.codec.rfc6381.clone(),
            width,
            height,
            rotation,
            frame_rate,
            transfer: entry.transfer,
            has_alpha: entry.has_alpha,
        }
    }

    pub(super) fn audio(&self, entry: &AudioEntry) -> Audio {
        Audio {
            codec: entry.codec.name.clone(),
            rfc6381: entry.codec.rfc6381.clone(),
            channels: entry.channels,
            sample_rate: entry.sample_rate,
            language: self.language.clone(),
        }
    }
}

/// All ones stand for a duration that is not known.
pub(super) fn short_duration(duration: u32) -> Option<u64> {
    Some(duration).filter(|&duration| duration > 0 && duration < u32::MAX).map(u64::from)
}

pub(super) fn long_duration(duration: u64) -> Option<u64> {
    Some(duration).filter(|&duration| duration > 0 && duration < u64::MAX)
}

/// How long the edits are together, in units of the movie, and when in the media the first of them begins that is not
/// empty (ISO/IEC 14496-12, section 8.6.6).
fn edits(file: &Pieces<'_>, elst: &IsoBox) -> Option<(Option<u64>, u64)> {
    let head = file.get(elst.body, 8)?;
    let is_long = *head.first()? == 1;
    let stride = if is_long { 20 } else { 12 };
    let count = u64::from(read::u32_be(head, 4)?).min(elst.length().saturating_sub(8) / stride).min(MAX_EDITS);
    let list = file.get(elst.body.checked_add(8)?, (count * stride) as usize)?;
    let (mut total, mut first) = (0_u64, None);
    for edit in list.chunks_exact(stride as usize) {
        let (duration, start) = if is_long {
            (read::u64_be(edit, 0)?, read::u64_be(edit, 8)?.cast_signed())
        } else {
            (read::u32_be(edit, 0)?.into(), read::u32_be(edit, 4)?.cast_signed().into())
        };
        total = total.saturating_add(duration);
        first = first.or(u64::try_from(start).ok());
    }
    Some((Some(total).filter(|&total| total > 0), first.unwrap_or_default()))
}

/// ISO/IEC 14496-12, section 8.6.1.2.
fn samples(file: &Pieces<'_>, stts: &IsoBox) -> Option<Samples> {
    let bytes = stts.bytes(file, MAX_STTS)?;
    let count = read::u32_be(bytes, 4)? as usize;
    let (entries, _) = bytes.get(8..)?.as_chunks::<8>();
    let mut total = Samples::default();
    for entry in entries.iter().take(count) {
        let (count, delta) = (u64::from(read::u32_be(entry, 0)?), u64::from(read::u32_be(entry, 4)?));
        total.count = total.count.saturating_add(count);
        total.duration = total.duration.saturating_add(count.saturating_mul(delta));
    }
    Some(total).filter(|total| total.count > 0)
}

fn chapters(file: &Pieces<'_>, tref: &IsoBox) -> Vec<u32> {
    let list = tref.child(file, b"chap").and_then(|list| list.bytes(file, MAX_REFERENCES * 4));
    list.unwrap_or_default().as_chunks::<4>().0.iter().map(|&id| u32::from_be_bytes(id)).collect()
}

/// a, b, c and d, which stand between the columns that move and scale.
pub(super) fn matrix(bytes: &[u8], at: usize) -> Option<Matrix> {
    let number = |index: usize| Some(read::u32_be(bytes, at + index * 4)?.cast_signed());
    Some([number(0)?, number(1)?, number(3)?, number(4)?])
}

/// One after the other, only by signs: that is enough for quarters of a turn.
fn product(first: Matrix, second: Matrix) -> Matrix {
    let [a, b, c, d] = first.map(i32::signum);
    let [e, f, g, h] = second.map(i32::signum);
    [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h]
}

/// By how many degrees a transformation turns clockwise. What turns by something else than quarters is left as it is.
fn rotation([a, b, c, d]: Matrix) -> u16 {
    match (a.signum(), b.signum(), c.signum(), d.signum()) {
        (0, 1, _, 0) => 90,
        (0, -1, _, 0) => 270,
        (-1, 0, 0, -1) => 180,
        _ => 0,
    }
}

/// Three letters of ISO 639-2/T in five bits each (ISO/IEC 14496-12, section 8.4.2), or a code of Macintosh.
fn language(code: u16, is_quicktime: bool) -> Option<String> {
    if code < 0x400 {
        return macintosh(code).filter(|_| is_quicktime).map(str::to_owned);
    }
    let letter = |shift: u32| (code >> shift & 0x1F) as u8 + 0x60;
    let letters = [letter(10), letter(5), letter(0)];
    let found = str::from_utf8(&letters).ok().filter(|found| found.bytes().all(|byte| byte.is_ascii_lowercase()))?;
    (found != "und").then(|| found.to_owned())
}

/// QuickTime File Format, "Language code values".
fn macintosh(code: u16) -> Option<&'static str> {
    const LANGUAGES: [&str; 41] = [
        "eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb", "jpn", "ara", "fin", "ell", "isl",
        "mlt", "tur", "hrv", "zho", "urd", "hin", "tha", "kor", "lit", "pol", "hun", "est", "lav", "sme", "fao", "fas",
        "rus", "zho", "nld", "gle", "sqi", "ron", "ces", "slk", "slv",
    ];
    LANGUAGES.get(usize::from(code)).copied()
}

/// A tag in an extended language box (ISO/IEC 14496-12, section 8.4.6).
fn bcp47(body: &[u8]) -> Option<String> {
    let text = body.get(FULL as usize..)?.split(|&byte| byte == 0).next()?;
    let text = str::from_utf8(text).ok()?;
    let is_tag =
        (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_tag && text != "und").then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i32 = 0x1_0000;

    #[test]
    fn a_matrix_turns_by_quarters() {
        let turned = |matrix| rotation(product(matrix, [ONE, 0, 0, ONE]));
        assert_eq!(turned([ONE, 0, 0, ONE]), 0);
        assert_eq!(turned([0, ONE, -ONE, 0]), 90);
        assert_eq!(turned([-ONE, 0, 0, -ONE]), 180);
        assert_eq!(turned([0, -ONE, ONE, 0]), 270);
        assert_eq!(turned([i32::MIN; 4]), 0);
        assert_eq!(turned([-ONE, 0, 0, ONE]), 0, "a mirror");
        assert_eq!(rotation(product([0, ONE, -ONE, 0], [0, ONE, -ONE, 0])), 180);
    }

    #[test]
    fn languages_are_three_letters_or_codes_of_old() {
        assert_eq!(language(0x10B5, false).as_deref(), Some("deu"));
        assert_eq!(language(0x55C4, false), None, "und");
        assert_eq!(language(0x7FFF, true), None);
        assert_eq!(language(1, true).as_deref(), Some("fra"));
        assert_eq!(language(1, false), None);
        assert_eq!(language(0x3FF, true), None);
        assert_eq!(bcp47(b"\0\0\0\0de-CH\0").as_deref(), Some("de-CH"));
        assert_eq!(bcp47(b"\0\0\0\0<b>\0"), None);
    }
}
