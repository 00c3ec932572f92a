#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use futures::executor::block_on;

use super::*;
use crate::{Budget, Error, File, damage};

/// Frames of 44.1 kHz stereo: 32, 64 and 128 kbit/s.
const LOW: u8 = 0x10;
const MIDDLE: u8 = 0x50;
const HIGH: u8 = 0x90;

fn frame(bit_rate: u8) -> Vec<u8> {
    let header = [0xFF, 0xFB, bit_rate, 0];
    let length = crate::audio_frame::frame(&header).unwrap().length;
    let mut frame = vec![0x55; length.into()];
    frame[..4].copy_from_slice(&header);
    frame
}

fn frames(bit_rate: u8, count: usize) -> Vec<u8> {
    frame(bit_rate).repeat(count)
}

/// Frames of 128 kbit/s on average too, for which some are longer by a byte.
fn constant_frames(count: usize) -> Vec<u8> {
    let mut stream = Vec::new();
    for index in 0..count {
        let ends = (index + 1) * 144 * 128_000 / 44_100;
        let mut frame = frame(HIGH);
        if ends > stream.len() + frame.len() {
            frame[2] |= 2;
            frame.push(0);
        }
        stream.extend(frame);
    }
    stream
}

/// An ID3v2 tag that says it has so many bytes.
fn tag(length: usize) -> Vec<u8> {
    let size = [21, 14, 7, 0].map(|shift| (length >> shift & 0x7F) as u8);
    [b"ID3\x04\0\0".as_slice(), &size].concat()
}

fn padded_tag(length: usize) -> Vec<u8> {
    [tag(length), vec![0xFF; length]].concat()
}

/// A first frame with a header that says these.
fn xing(frames: Option<u32>, bytes: Option<u32>) -> Vec<u8> {
    let flags = u32::from(frames.is_some()) | u32::from(bytes.is_some()) << 1;
    let numbers = [Some(flags), frames, bytes].into_iter().flatten().flat_map(u32::to_be_bytes);
    let header: Vec<u8> = b"Xing".iter().copied().chain(numbers).collect();
    let mut frame = frame(HIGH);
    frame[4..].fill(0);
    frame[36..36 + header.len()].copy_from_slice(&header);
    frame
}

fn read_whole(bytes: &[u8]) -> Result<Media, Unreadable> {
    crate::container::read(&Pieces::whole(bytes), Format::Mp3)
}

/// As a source is read: by ranges, and counted if it has to be.
fn inspect(bytes: &[u8]) -> Media {
    let size = bytes.len() as u64;
    block_on(async { File::open(bytes, size, Budget::default()).await?.inspect(Format::Mp3).await }).unwrap()
}

/// How long so many frames play.
fn play(frames: usize) -> Option<Duration> {
    media::duration(frames as u64 * 1152, 44_100)
}

fn assert_near(duration: Option<Duration>, expected: Option<Duration>) {
    let (duration, expected) = (duration.unwrap(), expected.unwrap());
    assert!(duration.abs_diff(expected) < Duration::from_millis(26), "{duration:?} {expected:?}");
}

#[test]
fn the_frames_of_a_small_file_are_counted() {
    let media = read_whole(&[frames(LOW, 10), frames(HIGH, 20), frames(MIDDLE, 3)].concat()).unwrap();
    assert_eq!(media.duration, play(33));
    let audio = &media.audio[0];
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("mp3", Some(2), Some(44_100)));
    assert_eq!(media.bit_rate, Some(92_840));
}

#[test]
fn what_stands_before_and_behind_the_frames_does_not_count() {
    let audio = frames(HIGH, 20);
    let id3v1 = [b"TAG".to_vec(), vec![0x20; 125]].concat();
    let ape = |flags: u32| {
        let footer = [b"APETAGEX".as_slice(), &2000_u32.to_le_bytes(), &92_u32.to_le_bytes(), &1_u32.to_le_bytes()];
        [footer.concat(), flags.to_le_bytes().to_vec(), vec![0; 8]].concat()
    };
    let ape_without_header = [vec![0xFF; 60], ape(0)].concat();
    let ape_with_header = [ape(1 << 31 | 1 << 29), vec![0xFF; 60], ape(1 << 31)].concat();
    let lyrics = [b"LYRICSBEGIN".as_slice(), &[0xFF; 40], b"000051LYRICS200"].concat();
    let mut footed = padded_tag(30);
    footed[5] = 0x10;
    let appended = [footed.clone(), [b"3DI".as_slice(), &footed[3..10]].concat()].concat();
    for before in [vec![], padded_tag(50), [padded_tag(9), padded_tag(50), vec![0; 40]].concat(), appended.clone()] {
        for behind in [
            vec![],
            id3v1.clone(),
            ape_without_header.clone(),
            [ape_with_header.clone(), id3v1.clone()].concat(),
            [ape_with_header.clone(), lyrics.clone(), id3v1.clone()].concat(),
            appended.clone(),
        ] {
            let file = [before.clone(), audio.clone(), behind].concat();
            assert_eq!(read_whole(&file).unwrap().duration, play(20));
            let stream = Stream::find(&Pieces::whole(&file), Format::Mp3).unwrap();
            assert_eq!((stream.audio.start, stream.length()), (before.len() as u64, audio.len() as u64));
        }
    }
}

#[test]
fn a_header_in_the_first_frame_tells_the_number_of_frames() {
    let audio = [frames(LOW, 300), frames(HIGH, 700)].concat();
    let bytes = audio.len() as u32 + 417;
    for header in [xing(Some(1000), Some(bytes)), xing(Some(1000), None)] {
        let file = [padded_tag(100_000), header, audio.clone()].concat();
        assert_eq!(inspect(&file).duration, play(1000));
    }
    let mut vbri = frame(HIGH);
    vbri[36..40].copy_from_slice(b"VBRI");
    vbri[46..50].copy_from_slice(&bytes.to_be_bytes());
    vbri[50..54].copy_from_slice(&1000_u32.to_be_bytes());
    assert_eq!(inspect(&[vbri, audio].concat()).duration, play(1000));
}

#[test]
fn a_header_that_does_not_fit_the_file_is_not_believed() {
    let audio = [frames(LOW, 300), frames(HIGH, 700)].concat();
    let bytes = audio.len() as u32 + 417;
    for header in [
        // More frames than there is room for, or none.
        xing(Some(u32::MAX), None),
        xing(Some(u32::MAX), Some(bytes)),
        xing(Some(bytes / 104 + 2), None),
        xing(Some(0), Some(bytes)),
        xing(None, Some(bytes)),
        xing(None, None),
        // Of a file that was cut off, and of the first of several that were put together.
        xing(Some(2000), Some(bytes * 2)),
        xing(Some(500), Some(bytes / 2)),
    ] {
        assert_eq!(inspect(&[header, audio.clone()].concat()).duration, play(1000), "but counted, without the header");
    }
}

#[test]
fn a_constant_bitrate_tells_the_duration() {
    let stream = constant_frames(5000);
    let file = Pieces::whole(&stream);
    let found = Stream::find(&file, Format::Mp3).unwrap();
    assert_near(found.by_constant_bit_rate(&file), play(5000));
    assert_near(inspect(&stream).duration, play(5000));
    // The same bitrate at both ends, and another between.
    let stream = [frames(LOW, 2000), frames(HIGH, 6000), frames(LOW, 2000)].concat();
    let file = Pieces::whole(&stream);
    assert_eq!(Stream::find(&file, Format::Mp3).unwrap().by_constant_bit_rate(&file), None);
    assert_eq!(inspect(&stream).duration, play(10_000));
}

#[test]
fn what_is_too_long_to_be_counted_is_estimated() {
    let second = [frames(LOW, 10), frames(HIGH, 20), frames(MIDDLE, 8)].concat();
    let stream = second.repeat(80 * 1024 * 1024 / second.len());
    let expected = play(38 * (stream.len() / second.len())).unwrap();
    let media = inspect(&stream);
    let off = media.duration.unwrap().as_secs_f64() / expected.as_secs_f64() - 1.0;
    assert!(off.abs() < 0.02, "{off}");
    assert_eq!(crate::container::uncounted(&Pieces::whole(&stream), &media), None);
}

#[test]
fn tags_that_hide_the_audio_make_it_unreadable() {
    let small = frames(HIGH, 20);
    let nested = (0..10_000).rev().flat_map(|index| tag(index * 10)).collect::<Vec<_>>();
    for file in [
        [tag((1 << 28) - 1), small.clone()].concat(),
        [tag(small.len() + 1), small.clone()].concat(),
        [tag(0).repeat(10_000), small.clone()].concat(),
        [tag(small.len() - 10), small.clone()].concat(),
        padded_tag(500),
        padded_tag(0),
        nested.clone(),
        vec![],
        vec![0; 100_000],
        vec![0xFF; 100_000],
    ] {
        assert!(read_whole(&file).is_err());
        let read = block_on(async {
            File::open(file.as_slice(), file.len() as u64, Budget::default()).await?.inspect(Format::Mp3).await
        });
        assert!(matches!(read, Err(Error::Unreadable(_))));
    }
    assert_eq!(read_whole(&[nested, small].concat()).unwrap().duration, play(20), "the outermost tag has all others");
}

#[test]
fn a_free_bitrate_is_unreadable() {
    let free = [[0xFF, 0xFB, 0x00, 0].as_slice(), &[0; 413]].concat();
    assert!(read_whole(&free.repeat(10)).is_err());
}

#[test]
fn headers_everywhere_and_tags_in_chains_come_to_an_end() {
    let headers = [0xFF, 0xFB, 0x90, 0].repeat(100_000);
    assert!(read_whole(&headers).is_err());
    inspect(&[frames(HIGH, 300), headers].concat());
    let tags = [b"TAG".to_vec(), vec![0; 125]].concat().repeat(1000);
    assert_eq!(inspect(&[frames(HIGH, 300), tags].concat()).duration, play(300));
}

#[test]
fn no_length_and_no_flipped_byte_makes_it_panic() {
    let file = [padded_tag(20), xing(Some(4), None), frames(LOW, 4), b"3DI\x04\0\0\0\0\0\x14".to_vec()].concat();
    damage::cut_off_and_flipped(&file, |damaged| _ = read_whole(damaged));
}
