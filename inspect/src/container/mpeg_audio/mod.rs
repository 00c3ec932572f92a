//! MP3 (ISO/IEC 11172-3 and 13818-3): frames, with tags at both ends. How long it plays is told by a header within the
//! first frame, by the bitrate where that is constant, or else by counting the frames.

mod header;
mod stream;
#[cfg(test)]
mod tests;

pub(super) use stream::Stream;

use crate::media::Audio;
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable, media};

pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let stream = Stream::find(file, Format::Mp3)?;
    let mut media = Media::new(Format::Mp3);
    media.audio.push(Audio {
        codec: "mp3".into(),
        rfc6381: Some("mp3".into()),
        channels: stream.first.channels,
        sample_rate: Some(stream.first.sample_rate),
        language: None,
    });
    media.duration = stream
        .frames
        .and_then(|frames| {
            media::duration(frames.saturating_mul(stream.first.samples.into()), stream.first.sample_rate.into())
        })
        .or_else(|| stream.counted_at_hand(file))
        .or_else(|| stream.by_constant_bit_rate(file))
        .or_else(|| stream.estimate(file));
    Ok(media)
}
