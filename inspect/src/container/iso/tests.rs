#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod hostile;

use std::time::Duration;

use super::{read, read_still};
use crate::pieces::Pieces;
use crate::{Format, Media, Picture, Transfer, Unreadable};

fn iso_box(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), name.as_slice(), body].concat()
}

fn full(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    iso_box(name, &[&[0; 4], body].concat())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// A movie header of 1000 units per second.
fn mvhd(duration: u32, tracks: u32) -> Vec<u8> {
    let matrix = words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]);
    let times = words(&[0, 0, 1000, duration]);
    full(b"mvhd", &[times, vec![0; 16], matrix, vec![0; 24], words(&[tracks + 1])].concat())
}

struct Track {
    id: u32,
    matrix: [i32; 4],
    timescale: u32,
    duration: u32,
    handler: [u8; 4],
    entry: Vec<u8>,
    tables: Vec<u8>,
    /// Boxes beside the media.
    beside: Vec<u8>,
}

impl Track {
    fn video() -> Self {
        let fields = [&[0; 24][..], &[1, 64, 0, 240], &[0; 46], &[0, 24, 0xFF, 0xFF]].concat();
        let codec = iso_box(b"avcC", &[1, 0x64, 0, 0x1F, 0xFF]);
        let colour = iso_box(b"colr", b"nclx\0\x09\0\x12\0\x09\0");
        Self {
            id: 1,
            matrix: [1, 0, 0, 1],
            timescale: 25,
            duration: 250,
            handler: *b"vide",
            entry: iso_box(b"avc1", &[fields, codec, colour].concat()),
            tables: full(b"stts", &words(&[1, 250, 1])),
            beside: Vec::new(),
        }
    }

    fn audio() -> Self {
        let fields = [&[0; 16][..], &[0, 2, 0, 16, 0, 0, 0, 0, 0xBB, 0x80, 0, 0]].concat();
        let esds = full(b"esds", &[&[3, 25, 0, 1, 0, 4, 17, 0x40][..], &[0; 12], &[5, 2, 0x11, 0x90]].concat());
        Self {
            id: 2,
            timescale: 48000,
            duration: 480_000,
            handler: *b"soun",
            entry: iso_box(b"mp4a", &[fields, esds].concat()),
            tables: Vec::new(),
            ..Self::video()
        }
    }

    fn write(&self) -> Vec<u8> {
        let [a, b, c, d] = self.matrix.map(|number| (number * 0x1_0000) as u32);
        let matrix = words(&[a, b, 0, c, d, 0, 0, 0, 0x4000_0000]);
        let sides = words(&[320 << 16, 240 << 16]);
        let tkhd = [words(&[1, 0, 0, self.id, 0, 0]), vec![0; 16], matrix, sides].concat();
        let mdhd = [words(&[0, 0, self.timescale, self.duration]), vec![0x10, 0xB5, 0, 0]].concat();
        let hdlr = [&[0; 4], self.handler.as_slice(), &[0; 13]].concat();
        let stsd = full(b"stsd", &[words(&[1]), self.entry.clone()].concat());
        let minf = iso_box(b"minf", &iso_box(b"stbl", &[stsd, self.tables.clone()].concat()));
        let mdia = iso_box(b"mdia", &[full(b"mdhd", &mdhd), full(b"hdlr", &hdlr), minf].concat());
        iso_box(b"trak", &[iso_box(b"tkhd", &tkhd), self.beside.clone(), mdia].concat())
    }
}

fn movie(children: &[Vec<u8>]) -> Vec<u8> {
    [iso_box(b"ftyp", b"isom\0\0\0\0isom"), iso_box(b"moov", &children.concat()), iso_box(b"mdat", &[7; 64])].concat()
}

fn told(file: &[u8]) -> Result<Media, Unreadable> {
    read(&Pieces::whole(file), Format::Mp4)
}

fn seconds(media: &Media) -> Option<f64> {
    media.duration.map(|duration| duration.as_secs_f64())
}

#[test]
fn a_film_is_told_with_its_tracks() {
    let media = told(&movie(&[mvhd(10_000, 2), Track::video().write(), Track::audio().write()])).unwrap();
    assert_eq!(media.duration, Some(Duration::from_secs(10)));
    let video = media.video.unwrap();
    assert_eq!((video.codec.as_str(), video.rfc6381.as_deref()), ("h264", Some("avc1.64001f")));
    assert_eq!((video.width, video.height, video.rotation), (320, 240, 0));
    assert_eq!((video.frame_rate, video.transfer, video.has_alpha), (Some(25.0), Transfer::Hlg, false));
    let [audio] = media.audio.as_slice() else { panic!("one audio track") };
    assert_eq!((audio.codec.as_str(), audio.rfc6381.as_deref()), ("aac", Some("mp4a.40.2")));
    assert_eq!((audio.channels, audio.sample_rate, audio.language.as_deref()), (Some(2), Some(48000), Some("deu")));
}

#[test]
fn a_film_that_is_turned_is_told_as_shown() {
    for (matrix, rotation, sides) in
        [([0, 1, -1, 0], 90, (240, 320)), ([-1, 0, 0, -1], 180, (320, 240)), ([0, -1, 1, 0], 270, (240, 320))]
    {
        let track = Track { matrix, ..Track::video() };
        let video = told(&movie(&[mvhd(0, 1), track.write()])).unwrap().video.unwrap();
        assert_eq!((video.rotation, (video.width, video.height)), (rotation, sides));
    }
}

#[test]
fn without_a_duration_of_the_movie_the_longest_track_counts_as_it_is_edited() {
    let edits = iso_box(b"edts", &full(b"elst", &words(&[2, 500, u32::MAX, 0x1_0000, 4000, 2, 0x1_0000])));
    let edited = Track { beside: edits, ..Track::video() };
    for unknown in [0, u32::MAX] {
        let media = told(&movie(&[mvhd(unknown, 1), edited.write()])).unwrap();
        assert_eq!(seconds(&media), Some(4.5));
        let media = told(&movie(&[mvhd(unknown, 1), edited.write(), Track::audio().write()])).unwrap();
        assert_eq!(seconds(&media), Some(10.0));
        let endless = Track { duration: u32::MAX, ..Track::video() };
        assert_eq!(told(&movie(&[mvhd(unknown, 1), endless.write()])).unwrap().duration, None);
        let timeless = Track { timescale: 0, ..Track::video() };
        let media = told(&movie(&[mvhd(unknown, 1), timeless.write()])).unwrap();
        assert_eq!((media.duration, media.video.unwrap().frame_rate), (None, None));
    }
}

#[test]
fn pictures_of_covers_and_chapters_are_no_video() {
    let fields = [&[0; 24][..], &[0, 64, 0, 64], &[0; 50]].concat();
    let still = Track { id: 7, entry: iso_box(b"jpeg", &fields), ..Track::video() };
    let chapters = iso_box(b"tref", &iso_box(b"chap", &words(&[7])));
    let film = Track { beside: chapters, ..Track::video() };
    let media = told(&movie(&[mvhd(0, 2), still.write(), film.write()])).unwrap();
    assert_eq!(media.video.unwrap().codec, "h264");
    let sound = Track { beside: film.beside, ..Track::audio() };
    assert_eq!(told(&movie(&[mvhd(0, 2), still.write(), sound.write()])).unwrap().video, None);
    let song = movie(&[mvhd(0, 2), still.write(), Track::audio().write()]);
    assert_eq!(read(&Pieces::whole(&song), Format::M4a).unwrap().video, None);
    assert_eq!(told(&song).unwrap().video.unwrap().codec, "mjpeg", "a film in Motion JPEG");
}

#[test]
fn quicktime_is_read_with_its_own_versions_languages_and_data() {
    let fields = |version: u8| [&[0; 8][..], &[0, version], &[0; 6], &[0, 3, 0, 16], &[0; 8]].concat();
    let first = iso_box(b"in24", &[fields(1), vec![0; 16], iso_box(b"wave", &iso_box(b"enda", &[0, 1]))].concat());
    let second =
        [&fields(2)[..], &[0; 4], &96000_f64.to_bits().to_be_bytes(), &words(&[8, 0x7F00_0000, 24, 4, 0, 1])].concat();
    let tracks = [first, iso_box(b"lpcm", &second)].map(|entry| Track { entry, ..Track::audio() }.write());
    let text = |text: &[u8]| [&(text.len() as u16).to_be_bytes(), &[0, 0], text].concat();
    let user_data = [
        iso_box(b"\xA9mak", &text(b"Acme")),
        iso_box(b"\xA9day", &text(b"2024-07-01T12:30:00+0200")),
        iso_box(b"\xA9xyz", &text(b"+48.8577+002.2950/")),
        vec![0; 4],
    ];
    let key = |key: &[u8]| [&(key.len() as u32 + 8).to_be_bytes(), b"mdta".as_slice(), key].concat();
    let value = |value: &[u8]| iso_box(&[0, 0, 0, 1], &iso_box(b"data", &[&[0, 0, 0, 1, 0, 0, 0, 0], value].concat()));
    let keys = full(b"keys", &[words(&[1]), key(b"com.apple.quicktime.make")].concat());
    let meta = [full(b"hdlr", &[0; 20]), keys, iso_box(b"ilst", &value(b"Apple"))].concat();
    let user_data = iso_box(b"udta", &user_data.concat());
    let file = movie(&[mvhd(0, 2), tracks.concat(), iso_box(b"meta", &meta), user_data]);
    let media = read(&Pieces::whole(&file), Format::QuickTime).unwrap();
    let told: Vec<_> = media.audio.iter().map(|audio| (audio.codec.as_str(), audio.channels)).collect();
    assert_eq!(told, [("pcm_s24le", Some(3)), ("pcm_s24le", Some(8))]);
    assert_eq!(media.audio[1].sample_rate, Some(96000));
    assert_eq!(media.capture.make.as_deref(), Some("Apple"), "keys count more than the older kind");
    assert_eq!(media.capture.time.as_deref(), Some("2024-07-01T12:30:00+02:00"));
    assert_eq!(media.capture.location.unwrap().latitude, 48.8577);
}

#[test]
fn an_encrypted_track_is_told_by_what_it_was() {
    let mut entry = Track::video().entry;
    entry[4..8].copy_from_slice(b"encv");
    entry.extend(iso_box(b"sinf", &iso_box(b"frma", b"avc1")));
    let length = entry.len() as u32;
    entry[..4].copy_from_slice(&length.to_be_bytes());
    let video = told(&movie(&[mvhd(0, 1), Track { entry, ..Track::video() }.write()])).unwrap().video.unwrap();
    assert_eq!(video.rfc6381.as_deref(), Some("avc1.64001f"));
}

/// A fragment of one track: its first sample is decoded at `start`, and there are `count` of one unit each.
fn fragment(start: u32, count: u32) -> Vec<u8> {
    fragment_of(start, count, 1)
}

/// The same, each sample of so many units.
fn fragment_of(start: u32, count: u32, each: u32) -> Vec<u8> {
    let header = iso_box(b"tfhd", &words(&[0x2_0008, 1, each]));
    let time = full(b"tfdt", &words(&[start]));
    let run = iso_box(b"trun", &words(&[1, count, 0]));
    let traf = iso_box(b"traf", &[header, time, run].concat());
    let moof = iso_box(b"moof", &[full(b"mfhd", &words(&[1])), traf].concat());
    [moof, iso_box(b"mdat", &[7; 300])].concat()
}

/// A movie of no samples, with what its extends box holds besides defaults.
fn fragmented(extends: &[u8]) -> Vec<u8> {
    let trex = full(b"trex", &words(&[1, 1, 1, 0, 0]));
    let empty = Track { duration: 0, tables: full(b"stts", &words(&[0])), ..Track::video() };
    let mvex = iso_box(b"mvex", &[extends, &trex].concat());
    iso_box(b"moov", &[mvhd(0, 1), empty.write(), mvex].concat())
}

#[test]
fn fragments_are_as_long_as_they_say_or_as_the_last_one_tells() {
    let announced = [fragmented(&full(b"mehd", &words(&[7000]))), fragment(0, 50)].concat();
    assert_eq!(seconds(&told(&announced).unwrap()), Some(7.0));

    let fragments = [fragment(0, 50), fragment(50, 50), fragment(100, 25)].concat();
    let plain = [fragmented(&[]), fragments].concat();
    let media = told(&plain).unwrap();
    assert_eq!(seconds(&media), Some(5.0));
    assert_eq!(media.video.unwrap().frame_rate, Some(25.0));
    assert_eq!(seconds(&told(&plain[..plain.len() - 9]).unwrap()), Some(5.0), "its data is cut off");
    assert_eq!(told(&[plain, vec![1; 5]].concat()).unwrap().duration, None, "nobody knows what is at the end");

    let index = |covered: u32| {
        let sidx = full(b"sidx", &words(&[1, 25, 0, 0, 1, covered, 150, 0]));
        [fragmented(&[]), sidx, fragment(0, 50)].concat()
    };
    let length = fragment(0, 50).len() as u32;
    assert_eq!(seconds(&told(&index(length)).unwrap()), Some(6.0));
    assert_eq!(seconds(&told(&index(length - 1)).unwrap()), Some(2.0), "an index of something else");
}

#[test]
fn a_first_fragment_unlike_the_others_spoils_no_frame_rate() {
    let frame_rate = |fragments: &[Vec<u8>]| {
        let media = told(&[fragmented(&[]), fragments.concat()].concat()).unwrap();
        media.video.unwrap().frame_rate.unwrap()
    };
    // What is between them is taken to be as the last.
    let rate = frame_rate(&[fragment_of(0, 5, 2), fragment(1000, 50)]);
    assert!((rate - 25.0 * (5.0 + 1040.0) / 1050.0).abs() < 0.001, "{rate}");
    assert_eq!(frame_rate(&[fragment_of(0, 5, 2)]), 12.5, "it is all there is");
    assert_eq!(frame_rate(&[fragment_of(1000, 5, 2), fragment(0, 50)]), 25.0 * 55.0 / 60.0, "times that go back");
}

#[test]
fn the_last_fragment_is_found_by_the_random_access_box() {
    let long = {
        let mut fragment = fragment(50, 50);
        let data = fragment.len() - 308;
        fragment.truncate(data);
        [fragment, iso_box(b"mdat", &vec![0; 100_000])].concat()
    };
    let before = [fragmented(&[]), fragment(0, 50)].concat();
    let table = full(b"tfra", &words(&[1, 0, 1, 50, before.len() as u32, 0x0101_0100]));
    let random_access = |table: &[u8]| {
        let length = table.len() as u32 + 24;
        let mfra = iso_box(b"mfra", &[table, &full(b"mfro", &words(&[length]))].concat());
        [before.clone(), long.clone(), mfra].concat()
    };
    assert_eq!(seconds(&told(&random_access(&table)).unwrap()), Some(4.0));
    assert_eq!(told(&random_access(&[])).unwrap().duration, None);
    let mut lying = table;
    lying[20..24].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(seconds(&told(&random_access(&lying)).unwrap()), Some(4.0), "as many entries as there is room for");
}

/// A file of which only these ranges were fetched.
fn partly<'a>(file: &'a [u8], ranges: &[std::ops::Range<usize>]) -> Pieces<'a> {
    let mut pieces = Pieces::new(file.len() as u64);
    for range in ranges {
        pieces.add(range.start as u64, file[range.clone()].to_vec());
    }
    pieces
}

#[test]
fn the_last_tracks_of_a_long_film_are_found_from_its_end() {
    let table = |length: usize| full(b"stsz", &vec![0; length]);
    let video = Track { tables: [Track::video().tables, table(3_000_000)].concat(), ..Track::video() };
    let sound = Track { tables: table(2_000_000), ..Track::audio() };
    let short = Track { entry: iso_box(b"alac", &[0; 28]), ..Track::audio() };
    let file = movie(&[mvhd(0, 3), video.write(), sound.write(), short.write(), iso_box(b"udta", &[0; 4])]);
    let end = file.len();
    let mut pieces = partly(&file, &[0..0x10000, end - 0x10000..end]);
    let media = read(&pieces, Format::Mp4).unwrap();
    assert_eq!(media.video.unwrap().frame_rate, Some(25.0));
    assert_eq!(media.audio.len(), 1, "the last one");
    assert_eq!(media.audio[0].codec, "alac");
    let missing = pieces.take_missing(0);
    assert!(missing.iter().any(|range| range.start > 3_000_000 && range.start < 3_010_000), "the second track");
    for range in missing {
        pieces.add(range.start, file[range.start as usize..(range.end as usize + 16_384).min(end)].to_vec());
    }
    assert_eq!(read(&pieces, Format::Mp4).unwrap().audio.len(), 2);
}

#[test]
fn a_table_that_is_too_long_is_not_read_for_the_frame_rate() {
    let entries: Vec<u8> = (0..5000).flat_map(|index| words(&[1, 1 + index % 2])).collect();
    let durations = full(b"stts", &[words(&[5000]), entries].concat());
    let sizes = full(b"stsz", &words(&[0, 500]));
    let track = Track { tables: [durations.clone(), sizes].concat(), ..Track::video() };
    let video = told(&movie(&[mvhd(0, 1), track.write()])).unwrap().video.unwrap();
    assert_eq!(video.frame_rate, Some(50.0), "by number and duration");
    let track = Track { tables: durations, ..Track::video() };
    let video = told(&movie(&[mvhd(0, 1), track.write()])).unwrap().video.unwrap();
    assert_eq!(video.frame_rate, Some(5000.0 * 25.0 / 7500.0), "there is no other way");
}

#[test]
fn more_tracks_than_anyone_has_are_left_out() {
    let track = Track::audio().write();
    let children: Vec<Vec<u8>> = std::iter::once(mvhd(0, 0)).chain((0..5000).map(|_| track.clone())).collect();
    assert_eq!(told(&movie(&children)).unwrap().audio.len(), 64);
}

#[test]
fn a_file_without_a_movie_says_what_is_wrong() {
    let error = |file: &[u8]| told(file).unwrap_err().0;
    assert!(error(&iso_box(b"ftyp", b"isom\0\0\0\0")).starts_with("it has no movie header"));
    assert!(error(&[]).starts_with("it has no movie header"));
    assert_eq!(error(&movie(&[mvhd(0, 0)])), "it has no tracks");
    assert_eq!(error(&movie(&[iso_box(b"cmov", &[0; 20])])), "its header is compressed");
    let moov = iso_box(b"moov", &[mvhd(9000, 1), Track::audio().write()].concat());
    let damaged = [b"\0\0\0\x07mdat".repeat(9), moov].concat();
    assert_eq!(seconds(&told(&damaged).unwrap()), Some(10.0), "seen from the end");
}

/// A still image of these properties, and an auxiliary one that it is transparent by.
fn still(properties: &[Vec<u8>], alpha: &[u8]) -> Vec<u8> {
    let count = properties.len() as u8;
    let auxiliary = full(b"auxC", alpha);
    let ipco = iso_box(b"ipco", &[properties.concat(), auxiliary].concat());
    let numbers: Vec<u8> = (1..=count).collect();
    let own = [&[0, 1, count], numbers.as_slice(), &[0, 2, 1, 0x80 | (count + 1)]].concat();
    let ipma = full(b"ipma", &[words(&[2]), own].concat());
    let iprp = iso_box(b"iprp", &[ipco, ipma].concat());
    let iref = full(b"iref", &iso_box(b"auxl", &[0, 2, 0, 1, 0, 1]));
    let meta = full(b"meta", &[full(b"pitm", &[0, 1]), iprp, iref].concat());
    [iso_box(b"ftyp", b"heic\0\0\0\0mif1heic"), meta].concat()
}

const ALPHA: &[u8] = b"urn:mpeg:hevc:2015:auxid:1\0";

#[test]
fn a_still_image_is_told_as_shown() {
    let sides = full(b"ispe", &words(&[64, 48]));
    let cut = iso_box(b"clap", &words(&[60, 1, 40, 1, 0, 1, 0, 1]));
    let turned = iso_box(b"irot", &[3]);
    let told = |properties: &[Vec<u8>], alpha| {
        let file = still(properties, alpha);
        read_still(&Pieces::whole(&file), Format::Heic).unwrap().picture
    };
    let picture = |width, height, has_alpha| Some(Picture { width, height, has_alpha: Some(has_alpha) });
    assert_eq!(told(std::slice::from_ref(&sides), ALPHA), picture(64, 48, true));
    assert_eq!(told(&[sides.clone(), turned.clone()], b"urn:other\0"), picture(48, 64, false));
    assert_eq!(told(&[sides, cut, turned], ALPHA), picture(40, 60, true));
    assert_eq!(told(&[full(b"ispe", &words(&[0, 48]))], ALPHA), None);
    assert_eq!(told(&[], ALPHA), None);
    let nothing = iso_box(b"ftyp", b"heic\0\0\0\0");
    assert_eq!(read_still(&Pieces::whole(&nothing), Format::Heic), Err(Unreadable("it has no picture")));
}
