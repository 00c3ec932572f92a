//! How long a stream of audio frames plays of which no header tells it: its frames are counted.
//!
//! Every frame tells its own length, so counting goes from header to header; between them nothing is looked at. What
//! stands between frames is passed over byte by byte, and no byte is looked at twice.

use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};

use crate::audio_frame::{FRAME_HEADER, Frame, ID3V2_HEADER, frame, id3v2_length};
use crate::file::{BREAKS, SHORTER};
use crate::{Error, Format, Source, media};

/// How much is read at a time, in bytes. Two such parts are held at most.
const PART: u64 = 2 * 1024 * 1024;

/// Audio that is longer is not counted, in bytes.
pub(crate) const MAX_SCAN: u64 = 64 * 1024 * 1024;

/// After so many bytes without a frame, what follows is no audio any more.
const MAX_JUNK: u32 = 1024 * 1024;

/// A common multiple of all sample rates.
const TICKS_PER_SECOND: u64 = 28_224_000;

/// A tag at the end of one of several files that were put together.
const ID3V1: &[u8] = b"TAG";
const ID3V1_LENGTH: u64 = 128;

/// Audio whose frames have to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uncounted {
    pub(crate) format: Format,
    /// From the first frame to the end of the last, in bytes; not more than [`MAX_SCAN`].
    pub(crate) range: Range<u64>,
}

/// Reads the audio from its first byte to its last, two parts at once, and counts its frames.
pub(crate) async fn count<S: Source + ?Sized>(source: &S, audio: Uncounted) -> Result<Duration, Error<S::Error>> {
    let Range { start, end } = audio.range;
    let mut counter = Counter::new(audio.format, end.saturating_sub(start));
    let ranges = (start..end).step_by(PART as usize).map(|at| at..end.min(at.saturating_add(PART)));
    let reads: Vec<_> = ranges.map(|range| read(source, range)).collect();
    let mut parts = stream::iter(reads).buffered(2);
    while let Some(part) = parts.next().await {
        let part = part?;
        panic::catch_unwind(AssertUnwindSafe(|| counter.feed(&part))).map_err(|_| Error::Unreadable(BREAKS))?;
        if counter.lost() {
            break;
        }
    }
    Ok(counter.duration())
}

async fn read<S: Source + ?Sized>(source: &S, range: Range<u64>) -> Result<Vec<u8>, Error<S::Error>> {
    let length = range.end - range.start;
    let bytes = source.read(range).await.map_err(Error::Source)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(Error::Unreadable(SHORTER)) }
}

/// Counts frames in bytes that come in parts, one after the other.
#[derive(Debug)]
pub(crate) struct Counter {
    format: Format,
    /// How many bytes there are in all; a frame that reaches beyond them is cut off, and does not count.
    length: u64,
    /// Where the next part begins.
    fed: u64,
    /// Where the next frame is expected, or looked for.
    next: u64,
    /// The end of what was fed, from `next` on, where that is less than a header.
    rest: Vec<u8>,
    state: State,
    /// Bytes without a frame since the last one.
    junk: u32,
    ticks: u64,
    bytes: u64,
    /// Of all frames; `None` once they differ.
    bit_rate: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A frame has led here.
    Found,
    /// Looking for a frame.
    Lost,
    /// What looked like a frame has led here. It is one if there is another of its kind.
    Tried(Frame),
}

impl Counter {
    /// For `length` bytes that begin with a frame.
    pub(crate) fn new(format: Format, length: u64) -> Self {
        Self {
            format,
            length,
            fed: 0,
            next: 0,
            rest: Vec::new(),
            state: State::Found,
            junk: 0,
            ticks: 0,
            bytes: 0,
            bit_rate: None,
        }
    }

    /// For `length` bytes out of the middle.
    pub(crate) fn within(format: Format, length: u64) -> Self {
        Self { state: State::Lost, ..Self::new(format, length) }
    }

    /// Counts the frames whose headers begin in these bytes, which follow those of the last call.
    pub(crate) fn feed(&mut self, part: &[u8]) {
        let start = self.fed;
        self.fed = start.saturating_add(part.len() as u64);
        if !self.rest.is_empty() {
            // A header that the end of the last part has cut in two.
            let mut joint = std::mem::take(&mut self.rest);
            let joint_start = start.saturating_sub(joint.len() as u64);
            joint.extend(part.iter().take(ID3V2_HEADER));
            self.walk(joint_start, &joint);
            if self.next < start {
                return;
            }
        }
        self.walk(start, part);
    }

    /// Goes from frame to frame in these bytes at `start`, as far as there are whole headers.
    fn walk(&mut self, start: u64, bytes: &[u8]) {
        while let Some(ahead) = self.next.checked_sub(start).and_then(|at| bytes.get(usize::try_from(at).ok()?..)) {
            let needed = if ahead.starts_with(b"ID3") { ID3V2_HEADER } else { FRAME_HEADER };
            if self.lost() {
                break;
            }
            if ahead.len() < needed {
                self.rest = ahead.to_vec();
                return;
            }
            self.step(ahead);
        }
        self.rest.clear();
    }

    /// One frame, one tag, or one byte of something else.
    fn step(&mut self, ahead: &[u8]) {
        let left = self.length.saturating_sub(self.next);
        let step = if let Some(frame) = frame(ahead).filter(|frame| self.accepts(frame)) {
            let length = u64::from(frame.length);
            if length <= left {
                self.add(frame, length == left);
            }
            length
        } else if let Some(length) = tag_length(ahead).filter(|&length| length <= left) {
            length
        } else {
            self.junk += 1;
            self.state = State::Lost;
            1
        };
        self.next = self.next.saturating_add(step);
    }

    fn accepts(&self, frame: &Frame) -> bool {
        frame.format == self.format
            && match self.state {
                State::Found | State::Lost => true,
                State::Tried(tried) => frame.same == tried.same,
            }
    }

    fn add(&mut self, frame: Frame, is_last: bool) {
        match self.state {
            State::Lost if !is_last => {
                self.state = State::Tried(frame);
                return;
            }
            State::Tried(tried) => self.count(tried),
            State::Found | State::Lost => {}
        }
        self.count(frame);
        self.state = State::Found;
        self.junk = 0;
    }

    fn count(&mut self, frame: Frame) {
        let first = self.bytes == 0;
        self.bit_rate = if first { Some(frame.bit_rate) } else { self.bit_rate.filter(|&rate| rate == frame.bit_rate) };
        self.bytes += u64::from(frame.length);
        self.ticks += u64::from(frame.samples) * (TICKS_PER_SECOND / u64::from(frame.sample_rate));
    }

    /// Whether what was fed last is no audio any more.
    pub(crate) fn lost(&self) -> bool {
        self.junk >= MAX_JUNK
    }

    /// How long the frames play.
    pub(crate) fn duration(&self) -> Duration {
        media::duration(self.ticks, TICKS_PER_SECOND).unwrap_or_default()
    }

    /// How many bytes the frames have.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The bits per second of every frame, where they are the same in all.
    pub(crate) fn constant_bit_rate(&self) -> Option<u32> {
        self.bit_rate
    }
}

/// The length of a tag between two files that were put together.
fn tag_length(bytes: &[u8]) -> Option<u64> {
    if bytes.starts_with(ID3V1) { Some(ID3V1_LENGTH) } else { id3v2_length(bytes) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]

    use std::convert::Infallible;
    use std::future::poll_fn;
    use std::sync::Mutex;
    use std::task::Poll;

    use futures::executor::block_on;

    use super::*;

    /// A frame of 44.1 kHz, 128 or 64 kbit/s.
    fn mp3(bit_rate: u8) -> Vec<u8> {
        let length = if bit_rate == 0x90 { 417 } else { 208 };
        [[0xFF, 0xFB, bit_rate, 0].as_slice(), &vec![0; length - 4]].concat()
    }

    fn tag(length: u8) -> Vec<u8> {
        [b"ID3\x04\0\0\0\0\0".as_slice(), &[length], &vec![0xFF; length.into()]].concat()
    }

    fn id3v1() -> Vec<u8> {
        [b"TAG".as_slice(), &[0xFF; 125]].concat()
    }

    fn counted(bytes: &[u8], part: usize) -> Counter {
        let mut counter = Counter::new(Format::Mp3, bytes.len() as u64);
        for part in bytes.chunks(part) {
            counter.feed(part);
        }
        counter
    }

    fn play(frames: u64) -> Duration {
        media::duration(frames * 1152, 44_100).unwrap()
    }

    #[test]
    fn what_is_no_frame_is_passed_over() {
        let (one, other) = (mp3(0x90), mp3(0x50));
        let mono_at_48_khz = [[0xFF, 0xFB, 0x94, 0xC0].as_slice(), &[0; 380]].concat();
        for between in [
            vec![],
            vec![0; 1000],
            vec![0xFF; 1000],
            tag(100),
            [id3v1(), tag(100), tag(0)].concat(),
            b"ID3\x04\0\0\x7F\x7F\x7F\x7F".to_vec(),
            // What looks like a frame, and a frame that was cut off: it counts, and the one behind it does not.
            b"\xFF\xFB\x90\0".to_vec(),
            one[..100].to_vec(),
        ] {
            let stream =
                [one.clone(), other.clone(), between.clone(), one.clone(), other.clone(), one.clone()].concat();
            assert_eq!(counted(&stream, usize::MAX).duration(), play(5), "{}", between.escape_ascii());
        }
        let changed = [one.clone(), mono_at_48_khz].concat();
        assert_eq!(counted(&changed, usize::MAX).duration(), play(1) + Duration::from_millis(24));
        assert_eq!(counted(&[one.as_slice(), &other[..207]].concat(), usize::MAX).duration(), play(1), "cut off");
    }

    #[test]
    fn how_the_bytes_are_cut_into_parts_does_not_matter() {
        let mut random = 1_u32;
        let mut noise = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Many of the bytes that frames and tags begin with.
            *b"\xFF\xFB\xFB\x90\0ID3\x04\0TAG\xF1".get((random >> 24) as usize).unwrap_or(&((random >> 16) as u8))
        };
        for _ in 0..100 {
            let junk: Vec<u8> = (0..200).map(|_| noise()).collect();
            let stream = [mp3(0x90), junk, mp3(0x50), mp3(0x90), tag(30), mp3(0x50), id3v1(), mp3(0x50)].concat();
            let whole = counted(&stream, usize::MAX);
            for part in [1, 2, 3, 5, 7, 9, 10, 11, 64, 209, 1000] {
                let parts = counted(&stream, part);
                assert_eq!((parts.ticks, parts.bytes, parts.next), (whole.ticks, whole.bytes, whole.next), "{part}");
            }
        }
    }

    #[test]
    fn frames_of_one_bitrate_are_told_from_others() {
        let bit_rate = |stream: &[u8]| counted(stream, usize::MAX).constant_bit_rate();
        assert_eq!(bit_rate(&mp3(0x90).repeat(3)), Some(128_000));
        assert_eq!(bit_rate(&[mp3(0x90), mp3(0x50), mp3(0x90)].concat()), None);
        assert_eq!(bit_rate(&[]), None);
    }

    #[test]
    fn counting_within_a_stream_begins_with_a_frame_that_is_followed_by_another() {
        let stream = [&mp3(0x90)[4..], &mp3(0x90), &mp3(0x90), &mp3(0x50)].concat();
        let mut counter = Counter::within(Format::Mp3, u64::MAX);
        counter.feed(&stream);
        assert_eq!((counter.duration(), counter.bytes()), (play(3), 417 * 2 + 208));
    }

    /// A file in memory that remembers what was read of it, and how much of that was under way at once.
    struct Watched {
        bytes: Vec<u8>,
        asked: Mutex<Vec<Range<u64>>>,
        under_way: Mutex<(u32, u32)>,
    }

    impl Source for Watched {
        type Error = Infallible;

        async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Infallible> {
            {
                let mut under_way = self.under_way.lock().unwrap();
                under_way.0 += 1;
                under_way.1 = under_way.1.max(under_way.0);
            }
            self.asked.lock().unwrap().push(range.clone());
            yield_once().await;
            self.under_way.lock().unwrap().0 -= 1;
            self.bytes.as_slice().read(range).await
        }
    }

    /// Lets others go first.
    async fn yield_once() {
        let mut has_waited = false;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut has_waited, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn count_all(bytes: Vec<u8>) -> (Duration, Watched) {
        let source = Watched { bytes, asked: Mutex::default(), under_way: Mutex::default() };
        let audio = Uncounted { format: Format::Mp3, range: 100..source.bytes.len() as u64 };
        let duration = block_on(count(&source, audio)).unwrap();
        (duration, source)
    }

    #[test]
    fn a_source_is_read_once_in_parts_of_which_two_are_under_way() {
        let frames = 12_345;
        let (duration, source) = count_all([vec![0xFF; 100], mp3(0x90).repeat(frames)].concat());
        assert_eq!(duration, play(frames as u64));
        let asked = source.asked.into_inner().unwrap();
        assert_eq!(asked.first().unwrap().start, 100);
        assert_eq!(asked.last().unwrap().end, source.bytes.len() as u64);
        assert!(asked.iter().all(|range| range.end - range.start <= PART));
        assert!(asked.windows(2).all(|ranges| ranges[0].end == ranges[1].start));
        assert_eq!(source.under_way.into_inner().unwrap().1, 2);
    }

    #[test]
    fn what_is_no_audio_any_more_is_not_read_to_its_end() {
        let (duration, source) = count_all([vec![0; 100], mp3(0x90).repeat(10), vec![0xFF; 20 << 20]].concat());
        assert_eq!(duration, play(10));
        assert!(source.asked.into_inner().unwrap().len() <= 2);
    }

    #[test]
    fn counting_may_move_between_threads() {
        fn moves(_: impl Send) {}
        let audio = Uncounted { format: Format::Mp3, range: 0..1 };
        moves(count([0].as_slice(), audio));
    }

    #[test]
    fn a_source_that_is_shorter_than_it_was_said_to_be_is_unreadable() {
        let audio = Uncounted { format: Format::Mp3, range: 0..5000 };
        let counted = block_on(count([0xFF; 4000].as_slice(), audio));
        assert!(matches!(counted, Err(Error::Unreadable(SHORTER))));
    }
}
