//! Ogg (RFC 3533) with audio. How long it plays is what the last page of a stream says.

mod codec;
mod page;
#[cfg(test)]
mod tests;

use std::time::Duration;

use codec::{Codec, codec};
use page::{Page, page};

use crate::media::{self, Audio};
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable};

/// More streams than that are not told.
const MAX_STREAMS: usize = 16;

/// More pages than that are not gone through one by one.
const MAX_PAGES: u32 = 20_000;

/// How much of a stream's first packet is read, in bytes.
const FIRST_PACKET: usize = 80;

/// The last bytes of a file in which its last page begins; a page has 65,307 at most. Then those in which the last page
/// of each stream is looked for, where several end one after the other.
const TAILS: [u64; 2] = [64 * 1024, 256 * 1024];

/// More samples than that are in no packet that is in use; in FLAC there could be.
const MAX_PACKET_SAMPLES: u64 = 16_384;

/// Tells the streams that begin at the start. The duration is that of the longest of them.
///
/// Where further streams begin later, which is called chaining, their durations add up. That needs all of the file, so
/// it is told of a file that was fetched whole, which a small one is, and no duration otherwise.
pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let mut walk = Walk::default();
    let at_end = walk.go(file);
    let mut media = Media::new(Format::Ogg);
    media.audio = walk.audio.take().unwrap_or_else(|| audio(&walk.streams));
    if media.audio.is_empty() {
        return Err(Unreadable("it has no audio stream"));
    }
    let is_whole = at_end || (walk.before.is_none() && find_last_pages(file, &mut walk.streams));
    media.duration = is_whole
        .then(|| longest(&walk.streams).map_or(walk.before, |last| walk.before.unwrap_or_default().checked_add(last)))
        .flatten()
        // No codec gets by with less than a byte for a second.
        .filter(|duration| duration.as_secs() <= file.size());
    Ok(media)
}

/// A stream and what is known of its pages.
#[derive(Debug)]
struct Stream {
    serial: u32,
    /// `None` if it is no audio.
    codec: Option<Codec>,
    /// The first two pages that say a time.
    first: Option<Page>,
    second: Option<Page>,
    /// The time at its end.
    last: Option<u64>,
}

impl Stream {
    fn add(&mut self, page: &Page) {
        let Some(granule) = page.granule.filter(|&granule| granule > 0) else { return };
        self.last = Some(granule);
        if self.first.is_none() {
            self.first = Some(*page);
        } else if self.second.is_none() {
            self.second = Some(*page);
        }
    }

    /// The time at its start, which is not zero if it was cut out of a longer one, or recorded while it was sent. The
    /// first page tells the time at its end only. Its length is taken from that of the second: decoding would tell it.
    fn start(&self) -> Option<u64> {
        let Some(first) = self.first else { return Some(0) };
        let end = first.granule?;
        if end <= first.packets.saturating_mul(MAX_PACKET_SAMPLES) {
            return Some(0);
        }
        let second = self.second?;
        let packet = second.granule?.saturating_sub(end).checked_div(second.packets)?;
        Some(end.saturating_sub(packet.saturating_mul(first.packets)))
    }

    fn duration(&self) -> Option<Duration> {
        let codec = self.codec.as_ref()?;
        let played = self.last?.saturating_sub(self.start()?).saturating_sub(codec.skip.into());
        media::duration(played, codec.rate.into())
    }
}

fn audio(streams: &[Stream]) -> Vec<Audio> {
    streams.iter().filter_map(|stream| Some(stream.codec.as_ref()?.audio.clone())).collect()
}

fn longest(streams: &[Stream]) -> Option<Duration> {
    streams.iter().filter_map(Stream::duration).max()
}

/// What going from page to page shows.
#[derive(Debug, Default)]
struct Walk {
    /// Those that were at the start, if these were followed by others.
    audio: Option<Vec<Audio>>,
    /// How long what they were followed by had played before it, if they were followed.
    before: Option<Duration>,
    /// Those that are playing.
    streams: Vec<Stream>,
}

impl Walk {
    /// Goes as far as the file was fetched; true if that is to its end.
    fn go(&mut self, file: &Pieces<'_>) -> bool {
        let mut at = 0;
        let mut beginning = true;
        for _ in 0..MAX_PAGES {
            let Some(page) = page(file, at) else { break };
            if page.begins {
                if !beginning {
                    self.next_link();
                }
                self.begin(file, &page);
            } else if let Some(stream) = self.streams.iter_mut().find(|stream| stream.serial == page.serial) {
                stream.add(&page);
            }
            beginning = page.begins;
            at = page.end;
        }
        at == file.size()
    }

    /// What has played so far is at its end, and another begins.
    fn next_link(&mut self) {
        let streams = std::mem::take(&mut self.streams);
        let played = longest(&streams).unwrap_or_default();
        self.before = Some(self.before.unwrap_or_default().saturating_add(played));
        self.audio.get_or_insert_with(|| audio(&streams));
    }

    fn begin(&mut self, file: &Pieces<'_>, page: &Page) {
        let length = usize::try_from(page.end - page.body).unwrap_or(usize::MAX);
        let codec = codec(file.up_to(page.body, length.min(FIRST_PACKET)));
        if self.streams.len() < MAX_STREAMS {
            self.streams.push(Stream { serial: page.serial, codec, first: None, second: None, last: None });
        }
    }
}

/// Looks for the last page of every stream, from the end on. False if a page is found there of a stream that did not
/// begin at the start.
fn find_last_pages(file: &Pieces<'_>, streams: &mut [Stream]) -> bool {
    for stream in &mut *streams {
        stream.last = None;
    }
    for tail in TAILS {
        let start = file.size().saturating_sub(tail);
        let Some(bytes) = file.get(start, tail.min(file.size()) as usize) else { break };
        let marks =
            (0..bytes.len()).rev().filter(|&at| bytes.get(at..).is_some_and(|bytes| bytes.starts_with(b"OggS")));
        for page in marks.filter_map(|at| page(file, start + at as u64)) {
            match streams.iter_mut().find(|stream| stream.serial == page.serial) {
                Some(stream) => stream.last = stream.last.or(page.granule),
                None if is_followed(file, &page) => return false,
                None => {}
            }
            if streams.iter().all(|stream| stream.last.is_some()) {
                return true;
            }
        }
    }
    true
}

/// Whether it is a page, and not something within one that looks like it.
fn is_followed(file: &Pieces<'_>, page: &Page) -> bool {
    page.end == file.size() || file.up_to(page.end, 4) == b"OggS"
}
