//! AVI (Microsoft, "AVI RIFF File Reference") with its extension for large files ("OpenDML AVI File Format Extensions",
//! version 1.02): the headers at the beginning.

mod header;
#[cfg(test)]
mod tests;

use std::time::Duration;

use header::{Header, Stream};

use crate::codec::{self, WaveFormat};
use crate::pieces::Pieces;
use crate::{Audio, Format, Media, Transfer, Unreadable, Video, cut_off, read};

/// What no file plays: longer durations are damage.
const LONGEST: f64 = 3600.0 * 24.0 * 365.0 * 10.0;

/// How large an index may be for its entries to be counted, in bytes.
const INDEX: u64 = 256 * 1024;

/// How many chunks are looked at within another.
const CHUNKS: usize = 1000;

/// A chunk, and where its content is. What claims to reach beyond its parent ends with it.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    id: [u8; 4],
    start: u64,
    end: u64,
}

impl Chunk {
    /// Its content, at most the first 128 bytes.
    fn content<'f>(&self, file: &'f Pieces<'_>) -> Option<&'f [u8]> {
        file.get(self.start, self.end.saturating_sub(self.start).min(128) as usize)
    }

    /// The chunks in a list of this type; none where it is no such list.
    fn list<'f, 'p>(&self, file: &'f Pieces<'p>, kind: &[u8; 4]) -> Option<impl Iterator<Item = Chunk> + use<'f, 'p>> {
        let is_list = &self.id == b"LIST" && &file.array(self.start)? == kind;
        is_list.then(|| chunks(file, self.start + 4, self.end))
    }
}

/// The chunks from `at` to `end`, as far as they were fetched; what is missing is noted.
fn chunks<'f, 'p>(file: &'f Pieces<'p>, at: u64, end: u64) -> impl Iterator<Item = Chunk> + use<'f, 'p> {
    let mut at = at;
    let next = move || {
        let header: [u8; 8] = if at < end { file.array(at)? } else { return None };
        let length = read::u32_le(&header, 4)?;
        let start = at + 8;
        let chunk_end = start.saturating_add(u64::from(length)).min(end);
        // Chunks are padded to an even length.
        at = chunk_end.saturating_add(u64::from(length & 1));
        Some(Chunk { id: read::array(&header, 0)?, start, end: chunk_end })
    };
    std::iter::from_fn(next).take(CHUNKS)
}

pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let riff_length = file.u32_le(4).ok_or_else(cut_off)?;
    let list = chunks(file, 12, file.size()).find_map(|chunk| Some((chunk, chunk.list(file, b"hdrl")?)));
    let (list, children) = list.ok_or(Unreadable("it has no headers"))?;
    // Room for indexes makes it long.
    file.want(list.start..list.end.min(list.start.saturating_add(INDEX)));
    let mut header = Header::read(file, children);
    header.forget_placeholders(u64::from(riff_length).max(file.size()));
    if header.streams.is_empty() {
        return Err(Unreadable("it has no tracks"));
    }
    let mut media = Media::new(Format::Avi);
    let video =
        header.streams.iter().enumerate().find_map(|(number, stream)| Some((number, stream, video(&header, stream)?)));
    if let Some((number, stream, video)) = video {
        media.duration = duration(file, &header, number, stream);
        media.video = Some(video);
    }
    // Sound of a variable bit rate often goes on for a little after the picture.
    let sound = header.streams.iter().filter(|stream| &stream.kind == b"auds");
    let sound = sound.filter(|stream| stream.sample_size == 0 || media.video.is_none());
    let sound = sound.filter_map(|stream| seconds(u64::from(stream.length), stream.seconds_per_unit()?)).max();
    media.duration = match media.duration {
        Some(duration) => sound.max(Some(duration)),
        None if media.video.is_none() => sound,
        None => None,
    };
    media.duration = media.duration.map(|duration| as_far_as_it_goes(duration, riff_length, file.size()));
    media.audio = header.streams.iter().filter_map(audio).collect();
    media.capture.time = header.time;
    Ok(media)
}

fn video(header: &Header<'_>, stream: &Stream<'_>) -> Option<Video> {
    // A BITMAPINFOHEADER. DV with sound in one stream has none.
    let (width, height, codec) = match &stream.kind {
        b"vids" => (
            read::u32_le(stream.format, 4)?,
            // Rows from top to bottom have a negative height.
            read::u32_le(stream.format, 8)?.cast_signed().unsigned_abs(),
            codec::by_compression(read::array(stream.format, 16)?),
        ),
        b"iavs" => (0, 0, "dvvideo".to_owned()),
        _ => return None,
    };
    let (width, height) = if width == 0 || height == 0 { (header.width, header.height) } else { (width, height) };
    let is_size = |side: u32| (1..=i32::MAX.cast_unsigned()).contains(&side);
    (is_size(width) && is_size(height)).then(|| Video {
        rfc6381: codec::by_name(&codec),
        codec,
        width,
        height,
        rotation: 0,
        frame_rate: header.seconds_per_frame(stream).map(|seconds| 1.0 / seconds).filter(|rate| rate.is_finite()),
        transfer: Transfer::Sdr,
        has_alpha: false,
    })
}

fn audio(stream: &Stream<'_>) -> Option<Audio> {
    if &stream.kind != b"auds" {
        return None;
    }
    let WaveFormat { codec, channels, sample_rate } = WaveFormat::read(stream.format)?;
    Some(Audio { rfc6381: codec::by_name(&codec), codec, channels, sample_rate, language: None })
}

/// By the largest number of frames that is said anywhere: some writers count those of the first gigabyte only.
fn duration(file: &Pieces<'_>, header: &Header<'_>, number: usize, stream: &Stream<'_>) -> Option<Duration> {
    let per_frame = header.seconds_per_frame(stream)?;
    let said = u64::from(stream.length.max(header.total_frames)).max(stream.indexed);
    let frames = match (said, header.frames) {
        (0, 0) => indexed_frames(file, number)?,
        (0, first) => u64::from(first),
        (said, _) => said,
    };
    seconds(frames, per_frame)
}

fn seconds(count: u64, each: f64) -> Option<Duration> {
    let seconds = Some(count as f64 * each).filter(|&seconds| seconds > 0.0 && seconds < LONGEST)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Of a file that was cut off, what is left of its duration, taking it for evenly spread.
fn as_far_as_it_goes(duration: Duration, riff_length: u32, size: u64) -> Duration {
    let whole = u64::from(riff_length) + 8;
    // The largest length stands for one that was not known.
    if riff_length == u32::MAX || whole <= size {
        return duration;
    }
    duration.mul_f64(size as f64 / whole as f64)
}

/// The frames of a stream in the index behind the data, for headers that say nothing because nobody came back to write
/// it.
fn indexed_frames(file: &Pieces<'_>, number: usize) -> Option<u64> {
    let index = chunks(file, 12, file.size()).find(|chunk| &chunk.id == b"idx1")?;
    let length = index.end.saturating_sub(index.start);
    let bytes = file.get(index.start, usize::try_from(length).ok().filter(|_| length <= INDEX)?)?;
    let stream = format!("{number:02}");
    let (entries, _) = bytes.as_chunks::<16>();
    // A change of the palette is no frame.
    let is_frame = |entry: &&[u8; 16]| entry.starts_with(stream.as_bytes()) && &entry[2..4] != b"pc";
    Some(entries.iter().filter(is_frame).count() as u64)
}
