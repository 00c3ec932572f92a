//! The list of headers, `hdrl`.

use super::Chunk;
use crate::pieces::Pieces;
use crate::read;

/// How many streams are read.
const STREAMS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Header<'f> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// In the first `RIFF` chunk.
    pub(super) frames: u32,
    /// In all `RIFF` chunks, where OpenDML says it.
    pub(super) total_frames: u32,
    microseconds_per_frame: u32,
    pub(super) streams: Vec<Stream<'f>>,
    /// When it was taken.
    pub(super) time: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Stream<'f> {
    /// `vids`, `auds`, …
    pub(super) kind: [u8; 4],
    scale: u32,
    rate: u32,
    /// In units of `scale / rate` seconds.
    pub(super) length: u32,
    /// In bytes; 0 where they differ.
    pub(super) sample_size: u32,
    /// Units that OpenDML's index of indexes counts.
    pub(super) indexed: u64,
    /// A `BITMAPINFOHEADER` or `WAVEFORMATEX`.
    pub(super) format: &'f [u8],
}

impl<'f> Header<'f> {
    pub(super) fn read(file: &'f Pieces<'_>, children: impl Iterator<Item = Chunk>) -> Self {
        let mut header = Self::default();
        for chunk in children {
            match &chunk.id {
                b"avih" => header.main(chunk.content(file).unwrap_or_default()),
                b"IDIT" => header.time = chunk.content(file).and_then(time),
                b"LIST" => {
                    if let Some(children) = chunk.list(file, b"strl").filter(|_| header.streams.len() < STREAMS) {
                        header.streams.push(Stream::read(file, children));
                    } else if let Some(mut children) = chunk.list(file, b"odml") {
                        let extended = children.find(|chunk| &chunk.id == b"dmlh");
                        let extended = extended.and_then(|chunk| chunk.content(file)).unwrap_or_default();
                        header.total_frames = read::u32_le(extended, 0).unwrap_or(0);
                    }
                }
                _ => {}
            }
        }
        header
    }

    fn main(&mut self, content: &[u8]) {
        let number = |at| read::u32_le(content, at).unwrap_or(0);
        self.microseconds_per_frame = number(0);
        self.frames = number(16);
        self.width = number(32);
        self.height = number(36);
    }

    /// Takes lengths for unknown that a file of `size` bytes cannot hold: a writer that cannot go back begins with
    /// some large number.
    pub(super) fn forget_placeholders(&mut self, size: u64) {
        // Also an empty frame has a chunk of its own.
        let most = size / 8;
        let forget = |count: &mut u32, most: u64| *count = if u64::from(*count) > most { 0 } else { *count };
        forget(&mut self.frames, most);
        forget(&mut self.total_frames, most);
        for stream in &mut self.streams {
            forget(
                &mut stream.length,
                if stream.sample_size == 0 { most } else { size / u64::from(stream.sample_size) },
            );
            stream.indexed = if stream.indexed > most { 0 } else { stream.indexed };
        }
    }

    pub(super) fn seconds_per_frame(&self, stream: &Stream<'_>) -> Option<f64> {
        let by_main = f64::from(self.microseconds_per_frame) / 1e6;
        stream.seconds_per_unit().or(Some(by_main)).filter(|&seconds| seconds > 0.0)
    }
}

impl<'f> Stream<'f> {
    fn read(file: &'f Pieces<'_>, children: impl Iterator<Item = Chunk>) -> Self {
        let mut stream = Self::default();
        for chunk in children {
            let content = || chunk.content(file).unwrap_or_default();
            match &chunk.id {
                b"strh" => stream.main(content()),
                b"strf" => stream.format = content(),
                b"indx" => stream.indexed = indexed(file, chunk).unwrap_or(0),
                _ => {}
            }
        }
        stream
    }

    fn main(&mut self, content: &[u8]) {
        let number = |at| read::u32_le(content, at).unwrap_or(0);
        self.kind = read::array(content, 0).unwrap_or_default();
        self.scale = number(20);
        self.rate = number(24);
        self.length = number(32);
        self.sample_size = number(44);
    }

    pub(super) fn seconds_per_unit(&self) -> Option<f64> {
        (self.scale > 0 && self.rate > 0).then(|| f64::from(self.scale) / f64::from(self.rate))
    }
}

/// The sum of what an index of indexes says of each of them (OpenDML, section 3.0).
fn indexed(file: &Pieces<'_>, chunk: Chunk) -> Option<u64> {
    let head: [u8; 8] = file.array(chunk.start)?;
    let [4, 0, 0, 0, used @ ..] = head else { return None };
    let used = u64::from(u32::from_le_bytes(used)).min(chunk.end.saturating_sub(chunk.start) / 16);
    // One is for about a gigabyte.
    let entries = (0..used.min(4096)).map_while(|entry| file.u32_le(chunk.start.saturating_add(24 + entry * 16 + 12)));
    Some(entries.map(u64::from).sum())
}

/// `Mon Mar 10 15:04:43 2003`, as C writes it, or `2003:03:10 15:04:43`: what cameras write.
fn time(content: &[u8]) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let text = str::from_utf8(content).ok()?.trim_matches(|char: char| char.is_whitespace() || char == '\0');
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (year, month, day, time) = match *words.as_slice() {
        [_, month, day, time, year] => {
            let month = MONTHS.iter().position(|name| name.eq_ignore_ascii_case(month))? as u32 + 1;
            (number(year)?, month, number(day)?, time)
        }
        [date, time] => {
            let mut parts = date.splitn(3, [':', '-', '/']);
            let mut next = || number(parts.next()?);
            (next()?, next()?, next()?, time)
        }
        _ => return None,
    };
    let mut parts = time.splitn(3, ':');
    let mut next = || number(parts.next()?);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let is_time = hour < 24 && minute < 60 && second < 60;
    let is_date = (1900..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (is_time && is_date).then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// A number of digits only.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
