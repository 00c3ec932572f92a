//! A file that is one stream of frames: where it begins and ends, and how long it plays.

use std::ops::Range;
use std::time::Duration;

use super::header::{Header, header};
use crate::audio_frame::{FRAME_HEADER, Frame, frame};
use crate::container::tags;
use crate::pieces::Pieces;
use crate::scan::{Counter, MAX_SCAN};
use crate::{Format, Unreadable, cut_off, media};

/// What two frames of MP3 and the tag's padding mostly have at most, in bytes.
const ENOUGH: usize = 4 * 1024;

/// How far from where it should be the first frame is looked for, in bytes.
const SEARCHED: usize = 64 * 1024;

/// How much is looked at in one place, where some places stand for the whole, in bytes.
const SAMPLE: usize = 16 * 1024;

/// How many places stand for the whole.
const SAMPLES: u64 = 8;

/// The frames of a file.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    /// From the first frame that is to be played to the tags at the end.
    pub(crate) audio: Range<u64>,
    /// The first frame.
    pub(crate) first: Frame,
    /// How many frames there are, where a header tells it that fits the file.
    pub(crate) frames: Option<u64>,
}

impl Stream {
    /// Finds the first frame behind the tags, and behind zeros and other things that some writers leave there.
    pub(crate) fn find(file: &Pieces<'_>, format: Format) -> Result<Self, Unreadable> {
        let start = tags::start_of_audio(file)?;
        let end = tags::end_of_audio(file, start);
        let length = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        file.get(start, length.min(ENOUGH)).ok_or_else(cut_off)?;
        let searched = file.up_to(start, length.min(SEARCHED));
        let Some((at, first)) = first_frame(searched, length, format) else {
            file.want(start..start.saturating_add(length.min(SEARCHED) as u64));
            return Err(Unreadable("it has no audio frames"));
        };
        let mut stream = Self { audio: start + at as u64..end, first, frames: None };
        if format == Format::Mp3
            && let Some(header) = searched.get(at..).and_then(|bytes| header(bytes, &first))
        {
            stream.frames = stream.plausible(&header);
            stream.audio.start += u64::from(first.length);
        }
        Ok(stream)
    }

    /// How many bytes its frames have.
    pub(crate) fn length(&self) -> u64 {
        self.audio.end.saturating_sub(self.audio.start)
    }

    /// The number of frames that a header tells, if it is about this audio: not if the file was cut off, or put
    /// together from several, and not more frames than there is room for.
    fn plausible(&self, header: &Header) -> Option<u64> {
        let length = self.length();
        if let Some(bytes) = header.bytes.map(u64::from).filter(|&bytes| bytes > 0) {
            let tolerance = length.min(bytes) / 16;
            if bytes.abs_diff(length) > tolerance {
                return None;
            }
        }
        let lowest_bit_rate = if self.first.samples == 1152 { 32_000 } else { 8000 };
        let shortest = u64::from(self.first.samples) / 8 * lowest_bit_rate / u64::from(self.first.sample_rate);
        let room = length.checked_div(shortest)?.saturating_add(1);
        header.frames.map(u64::from).filter(|frames| (1..=room).contains(frames))
    }

    /// How long it plays, where all of it was fetched.
    pub(crate) fn counted_at_hand(&self, file: &Pieces<'_>) -> Option<Duration> {
        let length = usize::try_from(self.length()).ok()?;
        let bytes = Some(file.up_to(self.audio.start, length)).filter(|bytes| bytes.len() == length)?;
        let mut counter = Counter::new(self.first.format, self.length());
        counter.feed(bytes);
        Some(counter.duration())
    }

    /// How long it plays, where all frames at its start, at its end and at some places between are of one bitrate.
    pub(crate) fn by_constant_bit_rate(&self, file: &Pieces<'_>) -> Option<Duration> {
        let bit_rate = self.sampled(file, 0)?.constant_bit_rate()?;
        // Elsewhere only where the start says so: most files whose bitrate changes show it there. And everywhere before
        // any of it counts, so that what is missing is fetched at once.
        let others: Vec<_> = (1..SAMPLES).map(|index| self.sampled(file, index)?.constant_bit_rate()).collect();
        let constant = others.iter().all(|&other| other == Some(bit_rate));
        constant.then(|| media::duration(self.length().saturating_mul(8), bit_rate.into())).flatten()
    }

    /// About how long it plays, if it is too long to be counted: as if all of it were as what stands at its start, at
    /// its end and at some places between.
    pub(crate) fn estimate(&self, file: &Pieces<'_>) -> Option<Duration> {
        if self.length() <= MAX_SCAN {
            return None;
        }
        let (mut nanoseconds, mut bytes) = (0_u128, 0_u64);
        for index in 0..SAMPLES {
            // What was not fetched stands for nothing.
            if let Some(counter) = self.sampled(file, index) {
                nanoseconds += counter.duration().as_nanos();
                bytes += counter.bytes();
            }
        }
        let nanoseconds = nanoseconds.checked_mul(self.length().into())?.checked_div(bytes.into())?;
        Some(Duration::from_nanos(u64::try_from(nanoseconds).ok()?))
    }

    /// The frames at one of [`SAMPLES`] places, the first of which is the start, and the last the end.
    fn sampled(&self, file: &Pieces<'_>, index: u64) -> Option<Counter> {
        let step = self.length().saturating_sub(SAMPLE as u64) / (SAMPLES - 1);
        let at = if index == 0 {
            self.audio.start
        } else {
            self.audio.end.saturating_sub((SAMPLES - 1 - index).saturating_mul(step)).saturating_sub(SAMPLE as u64)
        };
        let bytes = file.get(at, SAMPLE)?;
        let mut counter = Counter::within(self.first.format, self.audio.end.saturating_sub(at));
        counter.feed(bytes);
        Some(counter)
    }
}

/// The first frame in these bytes that is followed by another of its kind, or by the end: of `length` bytes in all.
fn first_frame(bytes: &[u8], length: usize, format: Format) -> Option<(usize, Frame)> {
    (0..bytes.len()).find_map(|at| {
        let first = frame(bytes.get(at..)?).filter(|frame| frame.format == format)?;
        let next = at + usize::from(first.length);
        let follows = match bytes.get(next..) {
            Some(bytes) if bytes.len() >= FRAME_HEADER => frame(bytes).is_some_and(|next| next.same == first.same),
            _ => (next..next + FRAME_HEADER).contains(&length),
        };
        follows.then_some((at, first))
    })
}
