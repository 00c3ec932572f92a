//! How an input of the fuzzer is read, and what must be true of what is told. The test that keeps the found cases reads
//! them by this, too.
//!
//! An input is a file behind one byte that says how it is read: its two lowest bits whether there are holes in it, the
//! next three the budget, the highest three which of its reader's formats it is read as. A file with holes has two: its
//! start, zeros, its middle, zeros, its end, and before it stand the lengths of the start and of the middle, 16 bits each.
//! Where a reader looks at every byte that is no frame, the middle is repeated in place of the zeros, or it takes too long.
//! So an input of some hundred bytes is a file of which a part is fetched only if the reader asks for it.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::ops::Range;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use quayside_inspect::image::{self, Limits};
use quayside_inspect::{Budget, Error, File, Format, Media, SNIFF_BYTES, Source, sniff};

/// Between what File fetches of both ends of a file, and more than it reads at once.
const HOLE: u64 = 80 * 1024;

/// More than 32 bits can say.
const LARGE_HOLE: u64 = 5 << 30;

/// Longer texts tell nobody anything.
const MAX_TEXT: usize = 1024;

const MAX_TRACKS: usize = 64;

/// Milliseconds that a number of JSON holds.
const MAX_DURATION: u128 = (1 << 53) - 1;

/// Gives an input to the reader of this name.
pub(crate) fn run(target: &str, input: &[u8]) {
    let Some(mut input) = Input::parse(input) else { return };
    input.file.repeats = matches!(target, "mpeg_audio" | "adts");
    if target == "sniff" {
        return read_as_it_is(&input);
    }
    let formats: Vec<Format> = Format::ALL.into_iter().filter(|format| format.reader() == target).collect();
    assert!(!formats.is_empty(), "{target} is the name of no reader");
    let Some(&format) = formats.get(input.choice % formats.len()) else { return };
    if format.raster().is_some() { read_raster(&input, format) } else { read(&input, Some(format)) }
}

struct Input<'a> {
    file: Sparse<'a>,
    budget: Budget,
    choice: usize,
}

impl<'a> Input<'a> {
    fn parse(input: &'a [u8]) -> Option<Self> {
        let (&how, file) = input.split_first()?;
        let all = Budget::default();
        let budget = match how >> 2 & 0b111 {
            0b100 => Budget { waves: 1, ..all },
            0b101 => Budget { waves: 2, ..all },
            0b110 => Budget { requests: 3, ..all },
            0b111 => Budget { bytes: 200 * 1024, ..all },
            _ => all,
        };
        let whole = Sparse { start: file, first: 0, middle: &[], second: 0, end: &[], repeats: false };
        let file = match how & 0b11 {
            0b10 => Sparse::parse(file, HOLE)?,
            0b11 => Sparse::parse(file, LARGE_HOLE)?,
            _ => whole,
        };
        Some(Self { file, budget, choice: (how >> 5).into() })
    }
}

/// A file with two holes.
struct Sparse<'a> {
    start: &'a [u8],
    first: u64,
    middle: &'a [u8],
    second: u64,
    end: &'a [u8],
    /// Whether the holes are full of what is between them, and not of zeros.
    repeats: bool,
}

impl<'a> Sparse<'a> {
    fn parse(input: &'a [u8], first: u64) -> Option<Self> {
        let (lengths, file) = input.split_at_checked(4)?;
        let length = |at: usize| Some(usize::from(u16::from_le_bytes(lengths.get(at..at + 2)?.try_into().ok()?)));
        let (start, rest) = file.split_at(length(0)?.min(file.len()));
        let (middle, end) = rest.split_at(length(2)?.min(rest.len()));
        Some(Self { start, first, middle, second: HOLE, end, repeats: false })
    }

    /// The parts that are not zeros, and where.
    fn parts(&self) -> [(u64, &'a [u8]); 3] {
        let middle = self.start.len() as u64 + self.first;
        let end = middle + self.middle.len() as u64 + self.second;
        [(0, self.start), (middle, self.middle), (end, self.end)]
    }

    fn size(&self) -> u64 {
        let [.., (at, end)] = self.parts();
        at + end.len() as u64
    }
}

impl Source for Sparse<'_> {
    type Error = Infallible;

    fn read(&self, range: Range<u64>) -> impl Future<Output = Result<Vec<u8>, Infallible>> + Send {
        assert!(range.start < range.end && range.end <= self.size(), "{range:?} of {}", self.size());
        let length = (range.end - range.start) as usize;
        let mut bytes = if self.repeats && !self.middle.is_empty() {
            let skip = range.start % self.middle.len() as u64;
            self.middle.iter().cycle().skip(skip as usize).take(length).copied().collect()
        } else {
            vec![0; length]
        };
        for (at, part) in self.parts() {
            let (from, to) = (range.start.max(at), range.end.min(at + part.len() as u64));
            if from < to {
                let there = (from - range.start) as usize..(to - range.start) as usize;
                bytes[there].copy_from_slice(&part[(from - at) as usize..(to - at) as usize]);
            }
        }
        ready(Ok(bytes))
    }
}

/// As what it says it is, which may be nothing.
fn read_as_it_is(input: &Input<'_>) {
    let bytes = input.file.start;
    let head = &bytes[..bytes.len().min(SNIFF_BYTES)];
    let _ = sniff(head, bytes.len() as u64);
    read(input, None);
}

fn read(input: &Input<'_>, format: Option<Format>) {
    let told = wait(async {
        let mut file = File::open(&input.file, input.file.size(), input.budget).await?;
        let Some(format) = format.or_else(|| file.format()) else { return Ok(None) };
        file.inspect(format).await.map(|media| Some((media, format)))
    });
    match told {
        Ok(Some((media, format))) => check(&media, format),
        Ok(None) => {}
        Err(Error::Unreadable(why @ ("it breaks its reader" | "it leads its reader in circles"))) => panic!("{why}"),
        Err(Error::Unreadable(why)) => check_text(why),
        Err(Error::Source(never)) => match never {},
    }
}

fn read_raster(input: &Input<'_>, format: Format) {
    let Some(raster) = format.raster() else { return };
    let limits = Limits { max_pixels: 100_000_000, max_frames: 10_000 };
    let Ok(image) = image::inspect(input.file.start, raster, &limits) else { return };
    let pixels = u64::from(image.width) * u64::from(image.height);
    assert!((1..=limits.max_pixels).contains(&pixels), "{image:?}");
    assert!((1..=limits.max_frames).contains(&image.frames), "{image:?}");
    assert_eq!(u64::from(image.stored_size().0) * u64::from(image.stored_size().1), pixels);
    check_capture(&image.capture);
}

/// A file in memory is never waited for; what asks to be asked again is.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
    }
}

fn check(media: &Media, format: Format) {
    assert_eq!(media.format, format);
    assert!(media.duration.is_none_or(|duration| duration.as_millis() <= MAX_DURATION), "{media:?}");
    assert!(media.audio.len() <= MAX_TRACKS, "{} tracks", media.audio.len());
    for audio in &media.audio {
        assert!(audio.codec.len() <= MAX_TEXT, "a codec of {} bytes", audio.codec.len());
        audio.rfc6381.iter().chain(&audio.language).for_each(|text| check_text(text));
        assert!(audio.channels != Some(0) && audio.sample_rate != Some(0), "{audio:?}");
    }
    if let Some(video) = &media.video {
        assert!(video.codec.len() <= MAX_TEXT, "a codec of {} bytes", video.codec.len());
        video.rfc6381.iter().for_each(|text| check_text(text));
        assert!(video.frame_rate.is_none_or(|rate| rate.is_finite() && rate > 0.0), "{video:?}");
        assert!(matches!(video.rotation, 0 | 90 | 180 | 270), "{video:?}");
    }
    if let Some(picture) = media.picture {
        assert!(picture.width > 0 && picture.height > 0, "{picture:?}");
    }
    check_capture(&media.capture);
}

fn check_capture(capture: &quayside_inspect::Capture) {
    [&capture.time, &capture.make, &capture.model].into_iter().flatten().for_each(|text| check_text(text));
    if let Some(time) = &capture.time {
        let is_of_time = |byte: u8| byte.is_ascii_digit() || b"-T:.+Z".contains(&byte);
        assert!((19..=35).contains(&time.len()) && time.bytes().all(is_of_time), "{time}");
    }
    if let Some(place) = capture.location {
        assert!(place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0, "{place:?}");
        assert!(place.altitude.is_none_or(f64::is_finite), "{place:?}");
    }
}

fn check_text(text: &str) {
    assert!(!text.is_empty() && text.len() <= MAX_TEXT, "a text of {} bytes", text.len());
}
