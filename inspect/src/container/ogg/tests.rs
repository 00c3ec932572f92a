#![expect(clippy::unwrap_used, reason = "a test may fail")]

use futures::executor::block_on;

use super::*;
use crate::{Budget, File, damage};

const NONE: i64 = -1;

/// A page with packets of these lengths.
fn page_of(flags: u8, granule: i64, serial: u32, packets: &[&[u8]]) -> Vec<u8> {
    let lacing = packets.iter().flat_map(|packet| {
        let full = std::iter::repeat_n(255, packet.len() / 255);
        full.chain([(packet.len() % 255) as u8])
    });
    let lacing: Vec<u8> = lacing.collect();
    let header = [b"OggS\0".as_slice(), &[flags], &granule.to_le_bytes(), &serial.to_le_bytes(), &[0; 8]].concat();
    [header, vec![lacing.len() as u8], lacing, packets.concat()].concat()
}

fn vorbis(rate: u32) -> Vec<u8> {
    [b"\x01vorbis\0\0\0\0\x02".as_slice(), &rate.to_le_bytes(), &[0; 14]].concat()
}

fn opus(skip: u16) -> Vec<u8> {
    [b"OpusHead\x01\x02".as_slice(), &skip.to_le_bytes(), &16_000_u32.to_le_bytes(), &[0; 3]].concat()
}

fn begin(serial: u32, packet: &[u8]) -> Vec<u8> {
    page_of(2, 0, serial, &[packet])
}

/// A page of audio that ends at this time.
fn audio_page(granule: i64, serial: u32) -> Vec<u8> {
    page_of(0, granule, serial, &[[7; 600].as_slice(); 10])
}

/// Pages of a second each, of 10 packets.
fn vorbis_pages(serial: u32, from: i64, to: i64) -> Vec<u8> {
    (from + 1..=to).flat_map(|second| audio_page(second * 44_100, serial)).collect()
}

fn read_whole(bytes: &[u8]) -> Result<Media, Unreadable> {
    crate::container::read(&Pieces::whole(bytes), Format::Ogg)
}

fn inspect(bytes: &[u8]) -> Media {
    let size = bytes.len() as u64;
    block_on(async { File::open(bytes, size, Budget::default()).await?.inspect(Format::Ogg).await }).unwrap()
}

fn seconds(file: &[u8]) -> Option<f64> {
    let duration = read_whole(file).unwrap().duration;
    assert_eq!(inspect(file).duration, duration);
    duration.map(|duration| duration.as_secs_f64())
}

#[test]
fn the_last_page_tells_the_duration() {
    for length in [2, 5, 500] {
        let file = [begin(1, &vorbis(44_100)), vorbis_pages(1, 0, length)].concat();
        assert_eq!(seconds(&file), Some(length as f64));
    }
    let media = read_whole(&[begin(1, &vorbis(44_100)), vorbis_pages(1, 0, 9)].concat()).unwrap();
    let audio = &media.audio[0];
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("vorbis", Some(2), Some(44_100)));
}

#[test]
fn opus_counts_at_48_khz_and_does_not_play_its_start() {
    let file = [begin(1, &opus(312)), audio_page(24_312, 1), audio_page(NONE, 1), audio_page(48_312, 1)].concat();
    let media = read_whole(&file).unwrap();
    assert_eq!(media.duration, Some(Duration::from_secs(1)));
    let audio = &media.audio[0];
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("opus", Some(2), Some(48_000)));
}

#[test]
fn flac_and_speex_tell_their_rate_and_channels() {
    // 96 kHz, 6 channels, 24 bits.
    let bits = 96_000_u64 << 44 | 5 << 41 | 23 << 36 | 96_000;
    let info = [[0; 10].as_slice(), &bits.to_be_bytes(), &[0; 16]].concat();
    let flac = [b"\x7FFLAC\x01\0\0\x01fLaC\0\0\0\x22".as_slice(), &info].concat();
    let media = read_whole(&[begin(1, &flac), audio_page(96_000, 1), audio_page(144_000, 1)].concat()).unwrap();
    assert_eq!(media.duration, Some(Duration::from_millis(1500)));
    assert_eq!((media.audio[0].channels, media.audio[0].sample_rate), (Some(6), Some(96_000)));
    let numbers = [1, 80, 16_000, 1, 4, 1, u32::MAX, 320, 0, 1, 0, 0, 0].map(u32::to_le_bytes).concat();
    let speex = [b"Speex   1.2".as_slice(), &[0; 17], &numbers].concat();
    let media = read_whole(&[begin(1, &speex), audio_page(32_000, 1)].concat()).unwrap();
    assert_eq!(media.duration, Some(Duration::from_secs(2)));
    let audio = &media.audio[0];
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("speex", Some(1), Some(16_000)));
}

#[test]
fn a_stream_that_starts_late_plays_from_there() {
    let late = [begin(1, &vorbis(44_100)), vorbis_pages(1, 3600, 3700)].concat();
    assert_eq!(seconds(&late), Some(100.0));
    let late = [begin(1, &vorbis(44_100)), vorbis_pages(1, 3600, 3601)].concat();
    assert_eq!(seconds(&late), None, "of one page it is not known, and an hour is too much for it");
}

#[test]
fn streams_at_once_are_told_apart_by_their_serial() {
    let start = [begin(1, &vorbis(44_100)), begin(2, &opus(0))].concat();
    let both: Vec<u8> =
        (1..300).flat_map(|at| [audio_page(at * 44_100, 1), audio_page(at * 48_000, 2)].concat()).collect();
    let file = [start.clone(), both.clone(), vorbis_pages(1, 299, 310)].concat();
    assert_eq!(seconds(&file), Some(310.0));
    assert_eq!(inspect(&file).audio.len(), 2);
    // The end of the second is too far from the file's.
    let file = [start, both, vorbis_pages(1, 299, 400)].concat();
    assert_eq!(seconds(&file), Some(400.0));
}

#[test]
fn streams_one_after_the_other_add_up_where_all_is_seen() {
    let link = |serial, length| [begin(serial, &vorbis(44_100)), vorbis_pages(serial, 0, length)].concat();
    assert_eq!(seconds(&[link(1, 3), link(2, 5), link(3, 7)].concat()), Some(15.0));
    assert_eq!(seconds(&[link(1, 3), begin(2, &vorbis(44_100))].concat()), Some(3.0));
    for (first, second) in [(3, 500), (500, 3), (500, 500)] {
        let media = inspect(&[link(1, first), link(2, second)].concat());
        assert_eq!((media.duration, media.audio.len()), (None, 1));
    }
    let serials: Vec<u8> = (1..1000).flat_map(|serial| begin(serial, &vorbis(44_100))).collect();
    assert_eq!(read_whole(&serials).unwrap().audio.len(), MAX_STREAMS);
    let serials: Vec<u8> = (1..1000).flat_map(|serial| audio_page(44_100, serial)).collect();
    assert_eq!(inspect(&[begin(1, &vorbis(44_100)), serials].concat()).duration, None);
    let links: Vec<u8> = (1..1000).flat_map(|serial| link(serial, 1)).collect();
    assert_eq!(read_whole(&links).unwrap().duration, Some(Duration::from_secs(999)));
}

#[test]
fn times_that_make_no_sense_are_not_told() {
    for granule in [NONE, i64::MIN, -2, 0] {
        let file = [begin(1, &vorbis(44_100)), audio_page(granule, 1)].concat();
        assert_eq!(seconds(&file), None, "{granule}");
    }
    for (rate, granule) in [(44_100, i64::MAX), (1, i64::MAX), (0, 44_100), (1, 44_100), (u32::MAX, i64::MAX)] {
        assert_eq!(seconds(&[begin(1, &vorbis(rate)), audio_page(granule, 1)].concat()), None);
    }
    let backwards = [begin(1, &opus(u16::MAX)), audio_page(i64::MAX, 1), audio_page(1, 1), audio_page(2, 1)].concat();
    assert_eq!(seconds(&backwards), Some(0.0));
}

#[test]
fn a_head_alone_tells_what_would_follow() {
    let media = read_whole(&begin(1, &opus(312))).unwrap();
    assert_eq!((media.duration, media.audio.len()), (None, 1));
    assert!(read_whole(&begin(1, b"\x80theora")).is_err());
    assert!(read_whole(b"").is_err());
}

#[test]
fn a_page_that_is_cut_off_or_looks_like_one_does_not_count() {
    let file = [begin(1, &vorbis(44_100)), vorbis_pages(1, 0, 500)].concat();
    assert_eq!(seconds(&file[..file.len() - 100]), Some(499.0));
    let mut beyond = audio_page(1 << 20, 1);
    beyond.truncate(50);
    beyond[26] = 255;
    assert_eq!(seconds(&[file.clone(), beyond].concat()), Some(500.0));
    let within =
        page_of(0, 600 * 44_100, 1, &[b"OggS\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\0\0\0\0\0\0\0\0\x01\x03".as_slice()]);
    assert_eq!(seconds(&[file.clone(), within].concat()), Some(600.0));
    inspect(&[file.clone(), b"OggS\0".repeat(20_000)].concat());
    assert_eq!(seconds(&[file, vec![0; 1000]].concat()), Some(500.0));
}

#[test]
fn no_length_and_no_flipped_byte_makes_it_panic() {
    let file = [begin(1, &opus(9)), begin(2, &vorbis(8000)), page_of(0, 9, 1, &[b"a"]), page_of(4, 99, 2, &[b"b"])];
    let file = file.concat();
    damage::cut_off_and_flipped(&file, |damaged| _ = read_whole(damaged));
}
