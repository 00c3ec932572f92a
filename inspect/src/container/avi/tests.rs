#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use super::read;
use crate::pieces::Pieces;
use crate::{Media, Unreadable, damage};

fn chunk(id: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let padding = vec![0; content.len() % 2];
    [id.as_slice(), &(content.len() as u32).to_le_bytes(), content, &padding].concat()
}

fn list(kind: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"LIST", &[kind.as_slice(), &chunks.concat()].concat())
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(b"RIFF", &[b"AVI ".as_slice(), &chunks.concat()].concat())
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// 25 frames per second, 320 by 240.
fn main_header(frames: u32) -> Vec<u8> {
    chunk(b"avih", &numbers(&[40_000, 0, 0, 0, frames, 0, 2, 0, 320, 240, 0, 0, 0, 0]))
}

fn stream_header(kind: &[u8; 4], scale: u32, rate: u32, length: u32, sample_size: u32) -> Vec<u8> {
    let rest = numbers(&[0, 0, 0, 0, scale, rate, 0, length, 0, 0, sample_size, 0, 0]);
    chunk(b"strh", &[kind.as_slice(), &rest].concat())
}

fn video(length: u32, height: i32, more: &[Vec<u8>]) -> Vec<u8> {
    let bitmap = [&numbers(&[40, 640])[..], &height.to_le_bytes(), &[1, 0, 24, 0], b"xvid", &[0; 20]].concat();
    let header = stream_header(b"vids", 1001, 30_000, length, 0);
    list(b"strl", &[header, chunk(b"strf", &bitmap), more.concat()])
}

fn audio(length: u32, sample_size: u32) -> Vec<u8> {
    let wave = [0x55, 0, 2, 0, 0x44, 0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    list(b"strl", &[stream_header(b"auds", 1152, 44_100, length, sample_size), chunk(b"strf", &wave)])
}

fn headers(chunks: &[Vec<u8>]) -> Vec<u8> {
    list(b"hdrl", chunks)
}

fn data() -> Vec<u8> {
    list(b"movi", &[chunk(b"00dc", &[7; 100_001])])
}

fn inspect(bytes: &[u8]) -> Result<Media, Unreadable> {
    let pieces = Pieces::whole(bytes);
    let read = read(&pieces);
    assert!(!pieces.is_exhausted());
    read
}

fn milliseconds(bytes: &[u8]) -> Option<u128> {
    inspect(bytes).unwrap().duration.map(|duration| duration.as_millis())
}

#[test]
fn a_film_is_told_by_its_headers() {
    let time = chunk(b"IDIT", b"Mon Mar 10 15:04:43 2003\n\0");
    let bytes = file(&[headers(&[main_header(300), video(300, -480, &[]), audio(100, 0), time]), data()]);
    let media = inspect(&bytes).unwrap();
    assert_eq!(media.duration, Some(Duration::from_millis(10_010)));
    let video = media.video.unwrap();
    assert_eq!((video.codec.as_str(), video.width, video.height), ("mpeg4", 640, 480));
    assert!((video.frame_rate.unwrap() - 30_000.0 / 1001.0).abs() < 1e-9);
    let [audio] = media.audio.as_slice() else { panic!("one audio track") };
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("mp3", Some(2), Some(44_100)));
    assert_eq!(media.capture.time.as_deref(), Some("2003-03-10T15:04:43"));
}

#[test]
fn it_plays_until_its_sound_ends_where_that_is_said() {
    let film = |length, sample_size| {
        file(&[headers(&[main_header(300), video(300, 480, &[]), audio(length, sample_size)]), data()])
    };
    assert_eq!(milliseconds(&film(400, 0)), Some(10_448));
    assert_eq!(milliseconds(&film(400, 4)), Some(10_010), "a count of samples is often wrong");
    assert_eq!(milliseconds(&file(&[headers(&[main_header(0), audio(400, 4)]), data()])), Some(10_448), "sound alone");
}

#[test]
fn totals_of_a_large_file_count_for_more_than_those_of_its_first_part() {
    let extended = list(b"odml", &[chunk(b"dmlh", &numbers(&[600]))]);
    let bytes = file(&[headers(&[main_header(300), video(300, 480, &[]), extended]), data()]);
    assert_eq!(milliseconds(&bytes), Some(20_020));
    let index = [&[4, 0, 0, 0][..], &numbers(&[2, 0, 0, 0, 0]), &numbers(&[0, 0, 0, 450, 0, 0, 0, 450, 9, 9, 9, 9])];
    let bytes = file(&[headers(&[main_header(300), video(300, 480, &[chunk(b"indx", &index.concat())])]), data()]);
    assert_eq!(milliseconds(&bytes), Some(30_030));
}

#[test]
fn frames_that_nobody_counted_are_counted_by_the_index() {
    let entry = |id: &[u8; 4]| [id.as_slice(), &[0; 12]].concat();
    let entries = [vec![entry(b"00dc"); 30], vec![entry(b"01wb"); 50], vec![entry(b"00pc"); 5]].concat();
    let film = |frames: u32, index: Vec<u8>| {
        file(&[headers(&[main_header(frames), video(frames, 480, &[])]), data(), chunk(b"JUNK", &[1]), index])
    };
    assert_eq!(milliseconds(&film(0, chunk(b"idx1", &entries.concat()))), Some(1001));
    assert_eq!(milliseconds(&film(1 << 30, vec![])), None, "a placeholder");
    assert_eq!(milliseconds(&film(0, vec![])), None);
    assert_eq!(milliseconds(&film(0, chunk(b"idx1", &[b'0'; 16_000_000]))), None, "too long to be read");
}

#[test]
fn of_a_file_that_was_cut_off_the_rest_of_the_duration_is_told() {
    let bytes = file(&[headers(&[main_header(300), video(300, 480, &[])]), data()]);
    let half = milliseconds(&bytes[..bytes.len() / 2]).unwrap();
    assert!((5004..=5006).contains(&half));
}

#[test]
fn headers_that_say_nothing_of_use_are_harmless() {
    let still = |scale, rate| {
        let header = stream_header(b"vids", scale, rate, 300, 0);
        let bitmap = [&numbers(&[40, 0, 0])[..], &[1, 0, 24, 0], &[0; 24]].concat();
        file(&[headers(&[main_header(300), list(b"strl", &[header, chunk(b"strf", &bitmap)])]), data()])
    };
    let media = inspect(&still(0, 0)).unwrap();
    assert_eq!(media.duration, Some(Duration::from_secs(12)), "by the time of a frame in the main header");
    let picture = media.video.unwrap();
    assert_eq!((picture.codec.as_str(), picture.width, picture.height), ("rawvideo", 320, 240), "the main header's");
    assert_eq!(milliseconds(&still(u32::MAX, 1)), None);
    assert_eq!(milliseconds(&still(1, u32::MAX)), Some(0));

    assert!(inspect(b"").is_err());
    assert_eq!(inspect(&file(&[data()])), Err(Unreadable("it has no headers")));
    assert_eq!(inspect(&file(&[headers(&[main_header(1)]), data()])), Err(Unreadable("it has no tracks")));
    let extreme = video(300, i32::MIN, &[]);
    assert!(inspect(&file(&[headers(&[main_header(300), extreme]), data()])).unwrap().video.is_none());
    let empty = list(b"strl", &[chunk(b"strh", b""), chunk(b"strf", b"")]);
    let media = inspect(&file(&[headers(&[main_header(300), empty]), data()])).unwrap();
    assert_eq!((media.video, media.audio.len(), media.duration), (None, 0, None));
    let many = vec![audio(100, 0); 500];
    assert_eq!(inspect(&file(&[headers(&many), data()])).unwrap().audio.len(), 64);
}

#[test]
fn lists_within_lists_and_lengths_beyond_the_file_are_harmless() {
    let mut deep = video(300, 480, &[]);
    for _ in 0..10_000 {
        deep = [b"LIST\xFF\xFF\xFF\xFFhdrl".as_slice(), &deep].concat();
    }
    let bytes = [b"RIFF\xFF\xFF\xFF\xFFAVI ".as_slice(), &deep].concat();
    assert_eq!(inspect(&bytes), Err(Unreadable("it has no tracks")));
    let odd =
        [chunk(b"JUNK", b"odd"), b"LIST\xFF\xFF\xFF\xFFhdrl".to_vec(), main_header(9), video(300, 480, &[]), data()];
    assert_eq!(milliseconds(&file(&odd)), Some(10_010));
    let empty = [b"RIFF\xFF\xFF\xFF\xFFAVI ".as_slice(), &[0; 100_000]].concat();
    assert_eq!(inspect(&empty), Err(Unreadable("it has no headers")));
    let index = chunk(b"indx", &[&[4, 0, 0, 0][..], &[0xFF; 100]].concat());
    assert_eq!(milliseconds(&file(&[headers(&[main_header(9), video(300, 480, &[index])]), data()])), Some(10_010));
}

#[test]
fn dates_of_cameras_are_told_where_they_are_whole() {
    let time = |text: &str| {
        let list = headers(&[main_header(9), video(300, 480, &[]), chunk(b"IDIT", text.as_bytes())]);
        inspect(&file(&[list, data()])).unwrap().capture.time
    };
    assert_eq!(time("SUN JAN  1 01:02:03 2006").as_deref(), Some("2006-01-01T01:02:03"));
    assert_eq!(time("2003:03:10 15:04:43").as_deref(), Some("2003-03-10T15:04:43"));
    for nonsense in [
        "",
        "2003:03:10",
        "Mon Foo 10 15:04:43 2003",
        "2003:13:10 15:04:43",
        "2003:3:10 25:04:43",
        "-1:1:1 1:1:1",
        "é é é é é",
    ] {
        assert_eq!(time(nonsense), None, "{nonsense}");
    }
}

fn sample() -> Vec<u8> {
    let extended = list(b"odml", &[chunk(b"dmlh", &numbers(&[0]))]);
    let index = chunk(b"indx", &[&[4, 0, 0, 0][..], &numbers(&[1, 0, 0, 0, 0, 0, 0, 0, 30])].concat());
    let time = chunk(b"IDIT", b"Mon Mar 10 15:04:43 2003\n\0");
    let list_ = headers(&[main_header(30), video(0, 480, &[index]), audio(10, 0), extended, time]);
    file(&[list_, list(b"movi", &[chunk(b"00dc", &[7; 333])]), chunk(b"idx1", &[b'0'; 160])])
}

#[test]
fn a_file_that_is_cut_off_anywhere_breaks_nothing() {
    let sample = sample();
    assert_eq!(milliseconds(&sample), Some(1001));
    for length in 0..sample.len() {
        _ = inspect(&sample[..length]);
        let mut pieces = Pieces::new(sample.len() as u64);
        pieces.add(0, sample[..length].to_vec());
        _ = read(&pieces);
    }
}

#[test]
fn a_file_with_wrong_bytes_breaks_nothing() {
    let sample = sample();
    damage::cut_off_and_flipped(&sample, |damaged| _ = inspect(damaged));
    damage::scattered(&sample, |damaged| _ = inspect(damaged));
}
