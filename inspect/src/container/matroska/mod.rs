//! Matroska and WebM (RFC 9559): the segment's information and its tracks; and where the information has no duration, as
//! in a recording that was written straight through, the time of the last block.

mod blocks;
mod ebml;
mod frame_rate;
mod last_block;
mod stretch;
#[cfg(test)]
mod tests;
mod top;
mod tracks;

use std::time::Duration;

use ebml::Element;
use top::Top;
use tracks::Track;

use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable, date};

/// Seconds from 1970 to 2001, where Matroska's dates begin.
const EPOCH: i64 = 978_307_200;

/// What no file plays: longer durations are damage.
const LONGEST: Duration = Duration::from_secs(3600 * 24 * 365 * 10);

/// Whether an element of this id is one of those right within a segment, or begins another segment or file. One whose
/// length is unknown ends before it.
fn is_top_level(id: u64) -> bool {
    let others = [top::CUES, top::CHAPTERS, top::TAGS, top::ATTACHMENTS, top::SEGMENT, top::EBML];
    [top::SEEK_HEAD, top::INFO, top::TRACKS, top::CLUSTER].contains(&id) || others.contains(&id)
}

pub(crate) fn read(file: &Pieces<'_>, format: Format) -> Result<Media, Unreadable> {
    let segment = top::segment(file)?;
    let top = Top::find(file, segment);
    let mut media = Media::new(format);
    let info = top.info.map(|info| Info::read(file, info)).unwrap_or_default();
    media.duration = info.duration();
    media.capture.time = info.date;
    let Some(tracks) = top.tracks else {
        return if media.duration.is_some() { Ok(media) } else { Err(Unreadable("it has no tracks")) };
    };
    let tracks = tracks::read(file, tracks);
    media.audio = tracks.iter().filter_map(Track::audio).collect();
    let video = tracks.iter().find_map(|track| Some((track, track.video()?)));
    if let Some((track, mut video)) = video {
        video.frame_rate = track.frame_rate().or_else(|| frame_rate::measure(file, &top, track.number, info.scale));
        media.video = Some(video);
    }
    if media.duration.is_none() {
        media.duration = last_block::duration(file, &top, &tracks, info.scale).filter(|&duration| duration < LONGEST);
    }
    Ok(media)
}

/// RFC 9559, section 5.1.2.
struct Info {
    /// Nanoseconds per tick.
    scale: u64,
    /// In ticks.
    duration: Option<f64>,
    date: Option<String>,
}

impl Default for Info {
    fn default() -> Self {
        Self { scale: 1_000_000, duration: None, date: None }
    }
}

impl Info {
    fn read(file: &Pieces<'_>, info: Element) -> Self {
        let mut read = Self::default();
        for element in info.children(file) {
            match element.id {
                // It must not be 0; players take the default then.
                0x2A_D7B1 => read.scale = element.unsigned(file).filter(|&scale| scale > 0).unwrap_or(read.scale),
                0x4489 => read.duration = element.float(file).filter(|&ticks| ticks > 0.0),
                0x4461 => read.date = element.unsigned(file).and_then(date),
                _ => {}
            }
        }
        read
    }

    fn duration(&self) -> Option<Duration> {
        let seconds = self.duration? * self.scale as f64 / 1e9;
        Duration::try_from_secs_f64(seconds).ok().filter(|&duration| duration > Duration::ZERO && duration < LONGEST)
    }
}

/// A date, which is a signed number of nanoseconds (RFC 8794, section 7.6).
fn date(nanoseconds: u64) -> Option<String> {
    let seconds = nanoseconds.cast_signed().div_euclid(1_000_000_000);
    date::utc(seconds.checked_add(EPOCH)?)
}
