//! AAC in ADTS (ISO/IEC 13818-7 section 6.2). No header tells how long it plays.

use super::mpeg_audio::Stream;
use crate::media::Audio;
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable};

/// Spectral band replication, which doubles the sample rate, is not told by the frames' headers; what is told is the
/// rate of the core.
pub(crate) fn read(file: &Pieces<'_>) -> Result<Media, Unreadable> {
    let stream = Stream::find(file, Format::Aac)?;
    let mut media = Media::new(Format::Aac);
    media.audio.push(Audio {
        codec: "aac".into(),
        rfc6381: Some(format!("mp4a.40.{}", stream.first.object_type)),
        channels: stream.first.channels,
        sample_rate: Some(stream.first.sample_rate),
        language: None,
    });
    media.duration = stream.counted_at_hand(file).or_else(|| stream.estimate(file));
    Ok(media)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may fail")]

    use futures::executor::block_on;

    use super::*;
    use crate::{Budget, File, damage, media};

    /// A frame of AAC LC at 44.1 kHz, of so many bytes and blocks.
    fn frame(length: usize, blocks: u8, channels: u8) -> Vec<u8> {
        let mut frame = vec![0x21; length];
        let fourth = channels << 6 | (length >> 11) as u8;
        let header = [0xFF, 0xF1, 0x50 | channels >> 2, fourth, (length >> 3) as u8, (length << 5) as u8, blocks - 1];
        frame[..7].copy_from_slice(&header);
        frame
    }

    fn read_whole(bytes: &[u8]) -> Result<Media, Unreadable> {
        crate::container::read(&Pieces::whole(bytes), Format::Aac)
    }

    #[test]
    fn frames_are_counted_by_their_blocks() {
        let media = read_whole(&[frame(100, 1, 2), frame(300, 2, 2), frame(5000, 4, 2), frame(8, 1, 2)].concat());
        let media = media.unwrap();
        assert_eq!(media.duration, media::duration(8 * 1024, 44_100));
        let audio = &media.audio[0];
        assert_eq!((audio.codec.as_str(), audio.rfc6381.as_deref()), ("aac", Some("mp4a.40.2")));
        assert_eq!((audio.channels, audio.sample_rate), (Some(2), Some(44_100)));
    }

    #[test]
    fn a_long_file_is_counted_from_its_source() {
        let lengths = (0..10_000).map(|index| 200 + index * 7 % 900);
        let file: Vec<u8> = lengths.flat_map(|length| frame(length, 1, 1)).collect();
        let size = file.len() as u64;
        let opened = block_on(File::open(file.as_slice(), size, Budget::default()));
        let media = block_on(opened.unwrap().inspect(Format::Aac)).unwrap();
        assert_eq!(media.duration, media::duration(10_000 * 1024, 44_100));
        assert_eq!(media.audio[0].channels, Some(1));
    }

    #[test]
    fn channels_that_the_header_does_not_tell_are_not_known() {
        let channels = |configuration| read_whole(&frame(20, 1, configuration).repeat(2)).unwrap().audio[0].channels;
        assert_eq!([0, 1, 6, 7].map(channels), [None, Some(1), Some(6), Some(8)]);
    }

    #[test]
    fn no_length_and_no_flipped_byte_makes_it_panic() {
        let file = [frame(20, 1, 2), frame(30, 4, 2), frame(8, 1, 2), b"TAG".to_vec()].concat();
        damage::cut_off_and_flipped(&file, |damaged| _ = read_whole(damaged));
    }
}
