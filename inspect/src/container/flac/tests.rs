#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::slice;
use std::time::Duration;

use futures::executor::block_on;

use super::*;
use crate::{Budget, File, damage};

/// A metadata block; `kind` with `LAST` is the last.
fn block(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}

const LAST: u8 = 0x80;
const VORBIS_COMMENT: u8 = 4;
const PICTURE: u8 = 6;

/// STREAMINFO of two channels and 16 bits.
fn info(sample_rate: u32, samples: u64) -> Vec<u8> {
    let bits = u64::from(sample_rate) << 44 | 1 << 41 | 15 << 36 | samples;
    [&[0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0], bits.to_be_bytes().as_slice(), &[0; 16]].concat()
}

fn coded(number: u64) -> Vec<u8> {
    if number < 0x80 {
        return vec![number as u8];
    }
    let length = (2..=7).find(|&length| number >> (5 * length + 1) == 0).unwrap();
    let first = if length == 7 { 0xFE } else { !(0xFF >> length) | (number >> (6 * (length - 1))) as u8 };
    let rest = (0..length - 1).rev().map(|at| 0x80 | (number >> (6 * at)) as u8 & 0x3F);
    std::iter::once(first).chain(rest).collect()
}

/// A frame that begins with these two bytes, with its number and what follows it in the header, and 100 bytes.
fn frame_of(second: u8, third: u8, number: u64, more: &[u8]) -> Vec<u8> {
    let header = [[0xFF, second, third, 0x18].as_slice(), &coded(number), more].concat();
    let crc = crc8(&header);
    [header, vec![crc], vec![0x55; 100]].concat()
}

/// A frame of 4096 samples at 44.1 kHz, by its number.
fn numbered(number: u64) -> Vec<u8> {
    frame_of(0xF8, 0xC9, number, &[])
}

/// A last frame of fewer samples.
fn short(number: u64, samples: u16) -> Vec<u8> {
    frame_of(0xF8, 0x79, number, &(samples - 1).to_be_bytes())
}

fn flac(blocks: &[Vec<u8>], frames: &[Vec<u8>]) -> Vec<u8> {
    [b"fLaC".to_vec(), blocks.concat(), frames.concat()].concat()
}

/// Four frames, and as many samples as STREAMINFO says.
fn plain(samples: u64) -> Vec<u8> {
    let frames = [numbered(0), numbered(1), numbered(2), short(3, 1000)];
    flac(&[block(0, &info(44_100, samples)), block(VORBIS_COMMENT | LAST, b"quay")], &frames)
}

fn read_whole(bytes: &[u8]) -> Result<Media, Unreadable> {
    crate::container::read(&Pieces::whole(bytes), Format::Flac)
}

/// How many samples it plays at 44.1 kHz.
fn samples(file: &[u8]) -> Option<u64> {
    read_whole(file).unwrap().duration.map(|duration| (duration.as_secs_f64() * 44_100.0).round() as u64)
}

const ALL: u64 = 3 * 4096 + 1000;

#[test]
fn the_first_block_tells_the_facts() {
    let file = plain(ALL);
    let media = read_whole(&file).unwrap();
    let audio = &media.audio[0];
    assert_eq!((audio.codec.as_str(), audio.rfc6381.as_deref()), ("flac", Some("flac")));
    assert_eq!((audio.channels, audio.sample_rate), (Some(2), Some(44_100)));
    assert_eq!(media.duration, media::duration(ALL, 44_100));
    assert!(media.bit_rate.is_some());
    assert_eq!(crate::sniff(&file, file.len() as u64), Some(Format::Flac));
}

#[test]
fn a_length_that_the_encoder_did_not_know_is_that_of_the_last_frame() {
    assert_eq!(samples(&plain(0)), Some(ALL));
    let one = flac(&[block(LAST, &info(44_100, 0))], &[short(0, 500)]);
    assert_eq!(samples(&one), Some(500));
    // Numbered by samples, and of different lengths: 192, 576, 256 and 200.
    let frames = [(0x19, 0, vec![]), (0x29, 192, vec![]), (0x89, 768, vec![]), (0x69, 1024, vec![199])];
    let frames = frames.map(|(third, number, more)| frame_of(0xF9, third, number, &more));
    assert_eq!(samples(&flac(&[block(LAST, &info(44_100, 0))], &frames)), Some(1224));
}

#[test]
fn what_was_cut_off_does_not_count() {
    let cut = &plain(ALL)[..];
    assert_eq!(samples(&cut[..cut.len() - 120]), Some(3 * 4096), "without the last frame");
    assert_eq!(samples(&cut[..cut.len() - 320]), Some(4096));
    assert_eq!(samples(&plain(2 * 4096)), Some(2 * 4096), "not more than STREAMINFO says");
}

#[test]
fn what_only_looks_like_a_frame_tells_no_length() {
    let with = |fake: Vec<u8>| flac(&[block(LAST, &info(44_100, 0))], &[numbered(0), numbered(1), fake]);
    let mut wrong_checksum = numbered(2);
    wrong_checksum[5] ^= 1;
    for fake in [
        numbered(1_000_000),
        frame_of(0xF9, 0xC9, 2, &[]),
        frame_of(0xF8, 0xCA, 2, &[]),
        frame_of(0xF8, 0x09, 2, &[]),
        frame_of(0xF8, 0xCF, 2, &[]),
        wrong_checksum,
        numbered(2)[..5].to_vec(),
    ] {
        assert_eq!(samples(&with(fake.clone())), Some(2 * 4096), "{}", fake.escape_ascii());
    }
    assert_eq!(samples(&with(numbered(2))), Some(3 * 4096));
}

#[test]
fn numbers_of_up_to_36_bits_are_read() {
    for number in [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x1_0000, 0x1F_FFFF, 0x20_0000, 0x7FFF_FFFF, 0xF_FFFF_FFFF] {
        let bytes = coded(number);
        assert_eq!(coded_number(&bytes), Some((number, bytes.len())), "{number:#x}");
        assert_eq!(coded_number(&bytes[..bytes.len() - 1]), None);
    }
    assert_eq!(coded_number(b"\xC2\x40"), None);
    assert_eq!(coded_number(b"\x80\x80"), None);
    assert_eq!(coded_number(&[0xFF; 8]), None);
}

#[test]
fn a_stream_may_stand_behind_tags_and_padding() {
    let tag = b"ID3\x04\0\0\0\0\0\x0Aaaaaaaaaaa";
    for before in [tag.as_slice(), &[tag.as_slice(), tag, &[0; 30]].concat()] {
        let file = [before, &plain(ALL)].concat();
        assert_eq!(crate::sniff(&file, file.len() as u64), Some(Format::Flac));
        assert_eq!(samples(&file), Some(ALL));
    }
    let behind = [plain(0), b"TAG".to_vec(), vec![0; 125]].concat();
    assert_eq!(samples(&behind), Some(ALL));
}

#[test]
fn pictures_are_passed_over_within_the_budget() {
    let (picture, tag) = (block(PICTURE, &vec![0xFF; 3 << 20]), b"ID3\x04\0\0\0\x0A\0\0".as_slice());
    let tag = [tag, &[1; 10 << 14]].concat();
    let frames: Vec<_> = (0..2000).map(numbered).collect();
    let read = |before: &[u8], pictures: usize, samples: u64| {
        let blocks = [block(0, &info(44_100, samples)), picture.repeat(pictures), block(VORBIS_COMMENT | LAST, b"")];
        let file = [before, &flac(&blocks, &frames)].concat();
        let mut opened = block_on(File::open(file.as_slice(), file.len() as u64, Budget::default())).unwrap();
        assert_eq!(opened.format(), Some(Format::Flac));
        block_on(opened.inspect(Format::Flac)).unwrap().duration
    };
    let all = media::duration(2000 * 4096, 44_100);
    assert_eq!(read(&[], 2, 2000 * 4096), all);
    assert_eq!(read(&tag, 1, 0), all);
    // What lies behind more than the budget is not looked at.
    assert_eq!(read(&[], 5, 2000 * 4096), all);
    assert_eq!(read(&[], 5, 0), None);
}

#[test]
fn numbers_that_make_no_sense_are_not_told() {
    let with = |info: Vec<u8>| read_whole(&flac(&[block(LAST, &info)], &[numbered(0)])).unwrap();
    let silent = with(info(0, 4096));
    assert_eq!((silent.audio[0].sample_rate, silent.duration, silent.bit_rate), (None, None, None));
    assert_eq!(with(info(44_100, 0xF_FFFF_FFFF)).duration, media::duration(4096, 44_100));
    let unverified = flac(&[block(LAST, &info(1, 0xF_FFFF_FFFF))], &[frame_of(0xF8, 0xCA, 1 << 35, &[])]);
    assert_eq!(read_whole(&unverified).unwrap().duration, None, "it would play for two thousand years");
    assert_eq!(with(info(0xF_FFFF, 0)).duration, Some(Duration::from_nanos(3_906_253)));
}

#[test]
fn a_file_without_metadata_or_frames_says_so() {
    let why = |file: &[u8]| read_whole(file).unwrap_err().0;
    let first = block(0, &info(44_100, ALL));
    let last = block(LAST, &info(44_100, ALL));
    let ends = "the file ends too early";
    assert_eq!(why(b""), ends);
    assert_eq!(why(b"OggS\0\x02\0\0\0\0"), "it does not start as a FLAC file");
    assert_eq!(why(b"fLaC\0\0\0\x22\0\0"), ends);
    assert_eq!(
        why(&flac(&[block(VORBIS_COMMENT, &[0; 34]), last.clone()], &[numbered(0)])),
        "it does not begin with STREAMINFO"
    );
    assert_eq!(why(&flac(&[block(LAST, &[0; 33])], &[numbered(0)])), "it does not begin with STREAMINFO");
    assert_eq!(why(&flac(slice::from_ref(&last), &[])), ends);
    assert_eq!(why(&flac(slice::from_ref(&last), &[vec![0x55; 9000]])), "it has no audio frames");
    assert!(read_whole(&flac(&[last], &[vec![0; 100], numbered(0)])).is_ok(), "something between, as players allow");
    for kind in [PICTURE, PICTURE | LAST] {
        let beyond = [kind, 0xFF, 0xFF, 0xFF].to_vec();
        assert_eq!(why(&flac(&[first.clone(), beyond], &[numbered(0)])), ends);
    }
    assert_eq!(
        why(&flac(&[first.clone(), block(1, b"").repeat(100_000)], &[numbered(0)])),
        "it has too many metadata blocks"
    );
    assert_eq!(why(&flac(&[first, block(1, b"").repeat(10)], &[])), ends, "no block is the last");
}

#[test]
fn no_length_and_no_flipped_byte_makes_it_panic() {
    for samples in [0, ALL] {
        let file = [b"ID3\x04\0\0\0\0\0\0".to_vec(), plain(samples)].concat();
        damage::cut_off_and_flipped(&file, |damaged| _ = read_whole(damaged));
    }
}
