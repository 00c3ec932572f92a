//! A file that is read where it says something about itself, and nowhere else.

use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};

use futures_util::future::try_join_all;

use crate::audio_frame::{ID3V2_HEADER, id3v2_length};
use crate::pieces::Pieces;
use crate::{Format, Media, SNIFF_BYTES, Source, container, scan, sniff};

/// How much is fetched of each end of a file before anything is known of it, in bytes.
const ENDS: u64 = 64 * 1024;

/// How much is fetched at least from where a reader wants to go on, in bytes: what comes next is mostly wanted too.
const AHEAD: u64 = 16 * 1024;

/// Ranges with less than this between them are fetched as one, in bytes.
const GAP: u64 = 8 * 1024;

/// A source has fewer or more bytes than it was said to have.
pub(crate) const SHORTER: &str = "it is shorter than it was said to be";

/// A reader has panicked.
pub(crate) const BREAKS: &str = "it breaks its reader";

/// What reading one file may cost at most.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How many times there is a wait for bytes; what is fetched together counts once.
    pub waves: u32,
    /// Ranges that are read.
    pub requests: u32,
    /// Bytes that are read, and held in memory.
    pub bytes: u64,
}

impl Default for Budget {
    /// Three waves, twelve requests, and 512 KiB.
    fn default() -> Self {
        Self { waves: 3, requests: 12, bytes: 512 * 1024 }
    }
}

/// Why a file tells nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error<E> {
    /// The file is damaged, cut off, or made to break its readers. The text is fit for whoever sent the file.
    #[error("The file cannot be read: {0}.")]
    Unreadable(&'static str),
    /// The source failed.
    #[error("a range of the file could not be read")]
    Source(#[source] E),
}

/// The reader of one file, with what it has fetched.
#[derive(Debug)]
pub struct File<'a, S: ?Sized> {
    source: &'a S,
    pieces: Pieces<'a>,
    left: Budget,
}

impl<'a, S: Source + ?Sized> File<'a, S> {
    /// Fetches the first and the last 64 KiB of a file of `size` bytes, both at once; then, where it begins with ID3v2
    /// tags that are longer, what stands behind these.
    ///
    /// # Errors
    /// [`Error::Source`].
    pub async fn open(source: &'a S, size: u64, budget: Budget) -> Result<Self, Error<S::Error>> {
        let mut file = Self { source, pieces: Pieces::new(size), left: budget };
        file.pieces.want(0..ENDS);
        file.pieces.want(size.saturating_sub(ENDS)..size);
        file.fetch().await?;
        let start = file.end_of_tags();
        file.pieces.want(start..start.saturating_add(AHEAD));
        file.fetch().await?;
        Ok(file)
    }

    /// Which format it is of, from its first bytes and those behind its ID3v2 tags.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        let (start, size) = (self.end_of_tags(), self.pieces.size());
        match size.checked_sub(start) {
            Some(rest) if start > 0 => sniff::sniff_tagged(self.pieces.up_to(start, SNIFF_BYTES), rest),
            _ => sniff(self.pieces.up_to(0, SNIFF_BYTES), size),
        }
    }

    /// Where the ID3v2 tags end that it begins with, as far as their headers were fetched.
    fn end_of_tags(&self) -> u64 {
        let mut at = 0_u64;
        while let Some(length) = id3v2_length(self.pieces.up_to(at, ID3V2_HEADER)) {
            at = at.saturating_add(length);
        }
        at
    }

    /// Reads it as what [`File::format`] has told. Fetches what is wanted as long as the budget lasts, and then tells
    /// what it has understood. A JPEG, PNG, GIF or WebP is for [`image::inspect`](crate::image::inspect), and tells
    /// nothing here.
    ///
    /// AAC, and MP3 of variable bitrate without a header that tells how many frames it has, tell their duration only to
    /// those who count their frames. Where the audio has no more than 64 MiB it is read for that from the first byte to
    /// the last, whatever the budget: in ranges of 2 MiB, two of them at once and in memory. The duration of more than
    /// that is an estimate, by some parts of it.
    ///
    /// # Errors
    /// [`Error::Unreadable`], also where a reader panics or does not come to an end; [`Error::Source`].
    pub async fn inspect(&mut self, format: Format) -> Result<Media, Error<S::Error>> {
        loop {
            let read = panic::catch_unwind(AssertUnwindSafe(|| container::read(&self.pieces, format)));
            if self.pieces.is_exhausted() {
                return Err(Error::Unreadable("it leads its reader in circles"));
            }
            let read = read.map_err(|_| Error::Unreadable(BREAKS))?;
            if !self.fetch().await? {
                let mut media = read.map_err(|crate::Unreadable(why)| Error::Unreadable(why))?;
                if let Some(audio) = container::uncounted(&self.pieces, &media) {
                    media.set_duration(scan::count(self.source, audio).await?, self.pieces.size());
                }
                return Ok(media);
            }
        }
    }

    /// Fetches what the last reader has missed, as far as the budget allows; false where that is nothing.
    async fn fetch(&mut self) -> Result<bool, Error<S::Error>> {
        let wanted = self.pieces.take_missing(GAP);
        let ranges = self.affordable(wanted);
        if ranges.is_empty() {
            return Ok(false);
        }
        let reads = ranges.iter().map(|range| self.source.read(range.clone()));
        let read = try_join_all(reads).await.map_err(Error::Source)?;
        self.left.waves -= 1;
        for (range, bytes) in ranges.into_iter().zip(read) {
            if bytes.len() as u64 != range.end - range.start {
                return Err(Error::Unreadable(SHORTER));
            }
            self.left.requests -= 1;
            self.left.bytes -= bytes.len() as u64;
            self.pieces.add(range.start, bytes);
        }
        Ok(true)
    }

    /// The ranges for which the budget is enough, with some bytes ahead. A range that is too long is left out: half of
    /// what a reader needs is of no use to it.
    fn affordable(&self, wanted: Vec<Range<u64>>) -> Vec<Range<u64>> {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        let Budget { waves, mut requests, mut bytes } = self.left;
        if waves == 0 {
            return ranges;
        }
        for wanted in wanted {
            let start = ranges.last().map_or(wanted.start, |last| wanted.start.max(last.end));
            let needed = wanted.end.saturating_sub(start);
            if needed == 0 || needed > bytes || requests == 0 {
                continue;
            }
            let end = self.pieces.unknown_from(start, needed.max(AHEAD).min(bytes)).max(wanted.end);
            requests -= 1;
            bytes = bytes.saturating_sub(end - start);
            ranges.push(start..end);
        }
        ranges
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]

    use std::convert::Infallible;
    use std::future::ready;
    use std::sync::Mutex;

    use futures::executor::block_on;

    use super::*;

    const KIB: u64 = 1024;

    /// A file of zeros that remembers what was read of it.
    #[derive(Default)]
    struct Zeros(Mutex<Vec<Range<u64>>>);

    impl Zeros {
        fn asked(&self) -> Vec<Range<u64>> {
            std::mem::take(&mut *self.0.lock().unwrap())
        }
    }

    impl Source for Zeros {
        type Error = Infallible;

        fn read(&self, range: Range<u64>) -> impl Future<Output = Result<Vec<u8>, Infallible>> + Send {
            self.0.lock().unwrap().push(range.clone());
            ready(Ok(vec![0; (range.end - range.start) as usize]))
        }
    }

    fn open(source: &Zeros, size: u64) -> File<'_, Zeros> {
        let budget = Budget { waves: 3, requests: 5, bytes: 190 * KIB };
        block_on(File::open(source, size, budget)).unwrap()
    }

    fn fetch(file: &mut File<'_, Zeros>) -> bool {
        block_on(file.fetch()).unwrap()
    }

    #[test]
    fn inspection_may_move_between_threads() {
        fn moves(_: impl Send) {}
        let source = Zeros::default();
        moves(open(&source, KIB).inspect(Format::Mp3));
    }

    #[test]
    fn both_ends_are_fetched_first_and_a_small_file_in_one_piece() {
        let source = Zeros::default();
        open(&source, 1000 * KIB);
        assert_eq!(source.asked(), [0..64 * KIB, 936 * KIB..1000 * KIB]);
        open(&source, 100 * KIB);
        assert_eq!(source.asked().as_slice(), std::slice::from_ref(&(0..100 * KIB)));
        open(&source, 0);
        assert!(source.asked().is_empty());
    }

    #[test]
    fn a_format_shows_behind_a_long_tag_too() {
        let tag = [b"ID3\x04\0\0\0\x0A\0\0".as_slice(), &[1; 10 << 14]].concat();
        let adts = [&[0xFF, 0xF1, 0x50, 0x80, 100 >> 3, (100 & 7) << 5, 0xFC], [0; 93].as_slice()].concat();
        let format = |behind: &[u8]| {
            let file = [tag.as_slice(), behind, &[0; 100_000]].concat();
            block_on(File::open(file.as_slice(), file.len() as u64, Budget::default())).unwrap().format()
        };
        assert_eq!(format(&adts.repeat(2)), Some(Format::Aac));
        assert_eq!(format(&tag), Some(Format::Mp3), "a second long tag hides what follows");
        assert_eq!(format(b"<html><body>"), None);
        let one_wait = Budget { waves: 1, ..Budget::default() };
        let file = [tag.as_slice(), &adts.repeat(2), &[0; 100_000]].concat();
        let opened = block_on(File::open(file.as_slice(), file.len() as u64, one_wait)).unwrap();
        assert_eq!(opened.format(), Some(Format::Mp3), "what is not fetched is believed to be one");
    }

    #[test]
    fn what_is_missing_is_fetched_in_one_wave_with_some_bytes_ahead() {
        let source = Zeros::default();
        let mut file = open(&source, 1000 * KIB);
        source.asked();
        for at in [70 * KIB, 60 * KIB, 930 * KIB, 500 * KIB, 501 * KIB] {
            file.pieces.get(at, 5 * KIB as usize);
        }
        assert!(fetch(&mut file));
        assert_eq!(source.asked(), [64 * KIB..80 * KIB, 500 * KIB..516 * KIB, 930 * KIB..936 * KIB]);
        assert!(!fetch(&mut file), "nothing is missing any more");
    }

    #[test]
    fn the_budget_bounds_waves_requests_and_bytes() {
        let source = Zeros::default();
        let mut file = open(&source, 1000 * KIB);
        source.asked();
        file.pieces.want(100 * KIB..200 * KIB);
        assert!(!fetch(&mut file), "more bytes than are left");
        for at in 0..10 {
            file.pieces.want(at * 90 * KIB..at * 90 * KIB + 1);
        }
        assert!(fetch(&mut file));
        assert_eq!(source.asked().len(), 3, "two of the five requests went for the ends");
        file.left.requests = 1;
        file.pieces.want(600 * KIB..601 * KIB);
        assert!(fetch(&mut file));
        file.pieces.want(700 * KIB..701 * KIB);
        file.left.requests = 1;
        assert!(!fetch(&mut file), "that was the third wave");
        let asked: u64 = source.asked().iter().map(|range| range.end - range.start).sum();
        assert_eq!(asked, 14 * KIB, "what was left of the bytes");
    }
}
