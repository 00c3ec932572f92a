#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use super::read;
use crate::pieces::Pieces;
use crate::{Format, Media, Transfer, Unreadable, damage};

const UNKNOWN: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

fn id_bytes(id: u64) -> Vec<u8> {
    let skip = id.leading_zeros() as usize / 8;
    id.to_be_bytes()[skip..].to_vec()
}

fn sized(length: usize) -> [u8; 8] {
    (length as u64 | 1 << 56).to_be_bytes()
}

fn element(id: u64, content: &[u8]) -> Vec<u8> {
    [&id_bytes(id), &sized(content.len())[..], content].concat()
}

fn open(id: u64, content: &[u8]) -> Vec<u8> {
    [&id_bytes(id), &UNKNOWN[..], content].concat()
}

fn number(id: u64, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn float(id: u64, value: f64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn header() -> Vec<u8> {
    element(0x1A45_DFA3, &element(0x4282, b"matroska"))
}

fn file(segment: &[Vec<u8>]) -> Vec<u8> {
    [header(), element(0x1853_8067, &segment.concat())].concat()
}

fn live_file(segment: &[Vec<u8>]) -> Vec<u8> {
    [header(), open(0x1853_8067, &segment.concat())].concat()
}

fn info(ticks: f64) -> Vec<u8> {
    element(0x1549_A966, &[number(0x2A_D7B1, 1_000_000), float(0x4489, ticks)].concat())
}

fn entry(number_: u64, kind: u64, codec: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let first = [number(0xD7, number_), number(0x83, kind), element(0x86, codec.as_bytes())].concat();
    element(0xAE, &[first, more.concat()].concat())
}

fn video_settings(more: &[Vec<u8>]) -> Vec<u8> {
    element(0xE0, &[number(0xB0, 640), number(0xBA, 360), more.concat()].concat())
}

fn video(more: &[Vec<u8>]) -> Vec<u8> {
    entry(1, 1, "V_VP8", &[video_settings(&[]), more.concat()])
}

fn audio(codec: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let settings = element(0xE1, &[number(0x9F, 2), float(0xB5, 44_100.0), number(0x6264, 24)].concat());
    entry(2, 2, codec, &[settings, more.concat()])
}

fn tracks(entries: &[Vec<u8>]) -> Vec<u8> {
    element(0x1654_AE6B, &entries.concat())
}

/// With a body of some bytes.
fn block(track: u8, time: i16, body: usize) -> Vec<u8> {
    let head = [&[0x80 | track][..], &time.to_be_bytes(), &[0x80]].concat();
    element(0xA3, &[head, vec![0x55; body]].concat())
}

fn cluster_body(time: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
    [number(0xE7, time), blocks.concat()].concat()
}

fn cluster(time: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
    element(0x1F43_B675, &cluster_body(time, blocks))
}

fn inspect(bytes: &[u8]) -> Result<Media, Unreadable> {
    let pieces = Pieces::whole(bytes);
    let read = read(&pieces, Format::Matroska);
    assert!(!pieces.is_exhausted());
    read
}

fn seconds(media: &Media) -> Option<f64> {
    media.duration.map(|duration| duration.as_secs_f64())
}

#[test]
fn a_film_is_told_by_its_headers() {
    let colour = element(0x55B0, &number(0x55BA, 16));
    let private = element(0x63A2, &[1, 0x64, 0, 0x28, 0xFF]);
    let picture = video_settings(&[number(0x53C0, 1), number(0x54AA, 10), number(0x54DD, 4), colour]);
    let film = file(&[
        element(0xEC, &[0; 100]),
        info(5000.0),
        tracks(&[
            entry(1, 1, "V_MPEG4/ISO/AVC", &[picture, private, number(0x23_E383, 40_000_000)]),
            audio("A_AAC", &[element(0x63A2, &[0x11, 0x90]), element(0x22_B59C, b"ger\0\0")]),
            entry(3, 17, "S_TEXT/UTF8", &[]),
        ]),
    ]);
    let media = inspect(&film).unwrap();
    assert_eq!(media.duration, Some(Duration::from_secs(5)));
    let video = media.video.unwrap();
    assert_eq!((video.codec.as_str(), video.rfc6381.as_deref()), ("h264", Some("avc1.640028")));
    assert_eq!((video.width, video.height, video.rotation), (636, 350, 0));
    assert_eq!((video.frame_rate, video.transfer, video.has_alpha), (Some(25.0), Transfer::Hdr10, true));
    let [audio] = media.audio.as_slice() else { panic!("subtitles are no audio") };
    assert_eq!((audio.codec.as_str(), audio.rfc6381.as_deref()), ("aac", Some("mp4a.40.2")));
    assert_eq!((audio.channels, audio.sample_rate), (Some(2), Some(44_100)));
    assert_eq!(audio.language.as_deref(), Some("ger"));
}

#[test]
fn an_absent_language_is_english_and_a_newer_element_overrides_it() {
    let language =
        |more: &[Vec<u8>]| inspect(&file(&[tracks(&[audio("A_OPUS", more)])])).unwrap().audio.remove(0).language;
    assert_eq!(language(&[]).as_deref(), Some("eng"));
    assert_eq!(language(&[element(0x22_B59C, b"und")]), None);
    let both = [element(0x22_B59D, b"de-AT"), element(0x22_B59C, b"ger")];
    assert_eq!(language(&both).as_deref(), Some("de-AT"));
    for nonsense in [b"".as_slice(), b"<b>", b"\xFF\xFF\xFF", &[b'a'; 100]] {
        assert!(language(&[element(0x22_B59C, nonsense)]).is_none_or(|language| language == "eng"));
    }
}

#[test]
fn codecs_go_by_their_common_names() {
    for (id, codec) in [
        ("A_MPEG/L3", "mp3"),
        ("A_OPUS", "opus"),
        ("A_AAC/MPEG4/LC/SBR", "aac"),
        ("A_AC3/BSID9", "ac3"),
        ("A_DTS/LOSSLESS", "dts"),
        ("A_PCM/INT/LIT", "pcm_s24le"),
        ("A_PCM/INT/BIG", "pcm_s24be"),
        ("A_PCM/FLOAT/IEEE", "pcm_f32le"),
        ("A_MS/ACM", "A_MS/ACM"),
        ("A_NEW", "A_NEW"),
        ("A_\nNEW\u{7}", "A_NEW"),
    ] {
        assert_eq!(inspect(&file(&[tracks(&[audio(id, &[])])])).unwrap().audio.remove(0).codec, codec);
    }
    let bitmap = element(0x63A2, &[&[0; 16][..], b"XVID", &[0; 20]].concat());
    let bitmap = entry(1, 1, "V_MS/VFW/FOURCC", &[video_settings(&[]), bitmap]);
    assert_eq!(inspect(&file(&[tracks(&[bitmap])])).unwrap().video.unwrap().codec, "mpeg4");
    let vp9 = element(0x63A2, &[1, 1, 2, 2, 1, 31, 3, 1, 10, 4, 1, 1]);
    let vp9 = entry(1, 1, "V_VP9", &[video_settings(&[]), vp9]);
    let string = inspect(&file(&[tracks(&[vp9])])).unwrap().video.unwrap().rfc6381;
    assert_eq!(string.as_deref(), Some("vp09.02.31.10"));
}

#[test]
fn a_flat_picture_that_is_rolled_counterclockwise_is_turned_back() {
    let rotation = |projection: &[Vec<u8>]| {
        let settings = video_settings(&[element(0x7670, &projection.concat())]);
        let video = inspect(&file(&[tracks(&[entry(1, 1, "V_VP8", &[settings])])])).unwrap().video.unwrap();
        (video.rotation, video.width)
    };
    assert_eq!(rotation(&[float(0x7675, -90.0)]), (90, 360));
    assert_eq!(rotation(&[float(0x7675, 90.0)]), (270, 360));
    assert_eq!(rotation(&[float(0x7675, 180.0)]), (180, 640));
    assert_eq!(rotation(&[float(0x7675, 45.0)]), (0, 640));
    assert_eq!(rotation(&[float(0x7675, 90.0), number(0x7671, 1)]), (0, 640), "a sphere");
    assert_eq!(rotation(&[float(0x7675, 90.0), float(0x7673, 10.0)]), (0, 640), "looked at from aside");
    assert_eq!(rotation(&[float(0x7675, f64::NAN)]), (0, 640));
}

#[test]
fn a_recording_without_duration_is_told_by_its_last_block() {
    let first: Vec<_> = (0..20).map(|frame| block(1, frame * 100 / 3, 10)).collect();
    let last: Vec<_> = (0..3).map(|frame| block(1, frame * 100 / 3, 10)).collect();
    let group = element(0xA0, &[element(0xA1, &[0x82, 0, 50, 0]), number(0x9B, 120)].concat());
    let headers = [element(0x1549_A966, &[]), tracks(&[video(&[]), audio("A_OPUS", &[])])];
    let clusters = [cluster(1000, &first), cluster(4000, &[last.concat(), group])];
    let known = live_file(&[headers.concat(), clusters.concat()]);
    let clusters = [
        open(0x1F43_B675, &cluster_body(1000, &first)),
        open(0x1F43_B675, &cluster_body(4000, &last)),
        element(0x1254_C367, &[1; 50]),
    ];
    let unknown = live_file(&[headers.concat(), clusters.concat()]);
    let media = inspect(&known).unwrap();
    assert_eq!(seconds(&media), Some(3.17), "to the end of the group with its duration");
    assert_eq!(media.video.unwrap().frame_rate, Some(30.0));
    let media = inspect(&unknown).unwrap();
    assert_eq!(seconds(&media), Some(3.099), "the last frame is as long as the one before");
    assert_eq!(media.video.unwrap().frame_rate, Some(30.0));
}

#[test]
fn a_last_cluster_that_is_larger_than_the_tail_is_found_by_the_times_in_it() {
    for make in [element, open] {
        let blocks = |count: i16| (0..count).map(|frame| block(1, frame * 40, 8000)).collect::<Vec<_>>();
        let clusters = (0..4).map(|index| make(0x1F43_B675, &cluster_body(index * 4000, &blocks(100))));
        let last = make(0x1F43_B675, &cluster_body(16_000, &blocks(90)));
        let headers = tracks(&[video(&[number(0x23_E383, 40_000_000)])]);
        let bytes = live_file(&[headers, clusters.collect::<Vec<_>>().concat(), last]);
        let size = bytes.len();
        let mut pieces = Pieces::new(size as u64);
        let part = |range: std::ops::Range<usize>| bytes[range].to_vec();
        pieces.add(0, part(0..65_536));
        pieces.add(size as u64 - 65_536, part(size - 65_536..size));
        let mut fetched = 0;
        for _ in 0..2 {
            assert_eq!(read(&pieces, Format::WebM).unwrap().duration, None);
            for range in pieces.take_missing(8192) {
                fetched += range.end - range.start;
                pieces.add(range.start, part(range.start as usize..range.end as usize));
            }
            if read(&pieces, Format::WebM).unwrap().duration.is_some() {
                break;
            }
        }
        assert_eq!(seconds(&read(&pieces, Format::WebM).unwrap()), Some(19.6));
        assert!(fetched < 350_000);
    }
}

#[test]
fn nothing_is_missing_of_a_film_whose_headers_come_first() {
    let mut pieces = Pieces::new(4_000_000_000);
    let film = [
        header(),
        open(0x1853_8067, &[]),
        info(10_800_000.0),
        tracks(&[video(&[number(0x23_E383, 40_000_000)])]),
        [&id_bytes(0x1C53_BB6B), &sized(5_000_000)[..]].concat(),
    ]
    .concat();
    pieces.add(0, [film, vec![0; 60_000]].concat());
    pieces.add(4_000_000_000 - 65_536, vec![0; 65_536]);
    let media = read(&pieces, Format::Matroska).unwrap();
    assert_eq!(seconds(&media), Some(10_800.0));
    assert!(media.video.is_some());
    assert!(pieces.take_missing(0).is_empty());
}

fn seek(id: u64, at: u64) -> Vec<u8> {
    element(0x4DBB, &[element(0x53AB, &id_bytes(id)), number(0x53AC, at)].concat())
}

#[test]
fn tracks_behind_the_data_are_found_by_the_seek_head_in_one_wave() {
    let seek_head =
        |info: u64, tracks: u64| element(0x114D_9B74, &[seek(0x1549_A966, info), seek(0x1654_AE6B, tracks)].concat());
    let clusters = cluster(0, &[block(1, 0, 500_000)]);
    let info = info(2000.0);
    let at = (seek_head(0, 0).len() + clusters.len()) as u64;
    let bytes = file(&[seek_head(at, at + info.len() as u64), clusters, info, tracks(&[video(&[])]), vec![0; 300_000]]);
    let mut pieces = Pieces::new(bytes.len() as u64);
    pieces.add(0, bytes[..65_536].to_vec());
    assert_eq!(read(&pieces, Format::Matroska), Err(Unreadable("it has no tracks")));
    let missing = pieces.take_missing(8192);
    assert_eq!(missing.len(), 1);
    let start = missing[0].start as usize;
    pieces.add(start as u64, bytes[start..start + 16_384].to_vec());
    let media = read(&pieces, Format::Matroska).unwrap();
    assert_eq!((seconds(&media), media.video.map(|video| video.width)), (Some(2.0), Some(640)));
}

#[test]
fn a_seek_head_that_points_to_itself_or_nowhere_is_harmless() {
    let start = (header().len() + 12) as u64;
    for at in [0, 1, 5, 1 << 40, u64::MAX, u64::MAX - start] {
        let entries = [0x114D_9B74, 0x1549_A966, 0x1654_AE6B].map(|id| seek(id, at)).concat();
        let looped = file(&[element(0x114D_9B74, &entries)]);
        assert_eq!(inspect(&looped), Err(Unreadable("it has no tracks")));
        let other = file(&[element(0x114D_9B74, &entries), tracks(&[video(&[])])]);
        assert!(inspect(&other).unwrap().video.is_some());
    }
    // Two that point to each other.
    let length = element(0x114D_9B74, &seek(0x114D_9B74, 0)).len() as u64;
    let pair = [length, 0].map(|at| element(0x114D_9B74, &seek(0x114D_9B74, at))).concat();
    assert_eq!(inspect(&file(&[pair])), Err(Unreadable("it has no tracks")));
}

#[test]
fn durations_that_no_file_has_are_not_told() {
    let told = |scale: u64, duration: &[u8]| {
        let info = element(0x1549_A966, &[number(0x2A_D7B1, scale), element(0x4489, duration)].concat());
        seconds(&inspect(&file(&[info, tracks(&[video(&[])])])).unwrap())
    };
    let double = |value: f64| value.to_be_bytes();
    assert_eq!(told(1_000_000, &1500.0_f32.to_be_bytes()), Some(1.5));
    assert_eq!(told(0, &double(1500.0)), Some(1.5), "the default scale");
    assert_eq!(told(1000, &double(1500.0)), Some(0.0015));
    assert_eq!(told(u64::MAX, &double(1500.0)), None);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, -1.0, 0.0, -0.0] {
        assert_eq!(told(1_000_000, &double(value)), None, "{value}");
        assert_eq!(told(1_000_000, &(value as f32).to_be_bytes()), None, "{value}");
    }
    for length in [0, 1, 2, 3, 5, 6, 7, 9, 10, 16] {
        assert_eq!(told(1_000_000, &vec![0x41; length]), None, "{length} bytes");
    }
}

#[test]
fn times_of_blocks_that_no_file_has_are_not_told() {
    for (scale, time) in [(u64::MAX, u64::MAX), (1, u64::MAX), (u64::MAX, 1), (1_000_000, 1 << 62), (1_000_000, 0)] {
        let info = element(0x1549_A966, &number(0x2A_D7B1, scale));
        let group = element(0xA0, &[element(0xA1, &[0x81, 0x80, 0, 0]), number(0x9B, u64::MAX)].concat());
        let bytes = file(&[info, tracks(&[video(&[])]), cluster(time, &[block(1, i16::MIN, 5), group])]);
        assert_eq!(inspect(&bytes).unwrap().duration, None);
    }
}

#[test]
fn unknown_lengths_everywhere_are_read_as_far_as_they_can_be() {
    let info = open(0x1549_A966, &float(0x4489, 2000.0));
    let picture = open(0xE0, &[number(0xB0, 64), number(0xBA, 48)].concat());
    let entry = open(0xAE, &[number(0xD7, 1), number(0x83, 1), element(0x86, b"V_VP8"), picture].concat());
    let bytes = live_file(&[info, open(0x1654_AE6B, &entry), open(0x1F43_B675, &number(0xE7, 0))]);
    let media = inspect(&bytes).unwrap();
    assert_eq!((seconds(&media), media.video.map(|video| video.width)), (Some(2.0), Some(64)));
    let nothing = [0x1A45_DFA3, 0x1853_8067, 0x1654_AE6B, 0xAE, 0xE0, 0x1F43_B675, 0xA0].map(|id| open(id, &[]));
    assert!(inspect(&nothing.concat()).is_err());
}

#[test]
fn lengths_beyond_the_file_end_with_it() {
    let endless = |id: u64, content: Vec<u8>| {
        [id_bytes(id).as_slice(), &[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE], &content].concat()
    };
    let private = endless(0x63A2, vec![1, 0x42, 0, 30, 7, 7]);
    let picture = video_settings(&[]);
    let entry = [number(0xD7, 1), number(0x83, 1), element(0x86, b"V_MPEG4/ISO/AVC"), picture, private].concat();
    let bytes = [header(), endless(0x1853_8067, endless(0x1654_AE6B, endless(0xAE, entry)))].concat();
    let video = inspect(&bytes).unwrap().video.unwrap();
    assert_eq!((video.rfc6381.as_deref(), video.width), (Some("avc1.42001e"), 640));
}

#[test]
fn what_is_deep_or_long_or_strange_is_harmless() {
    let mut deep = number(0xE7, 0);
    for _ in 0..10_000 {
        deep = [&[0xAE, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], deep.as_slice()].concat();
    }
    let known_ids = [0x1654_AE6B_u64, 0x1549_A966, 0x1F43_B675, 0x114D_9B74];
    for id in known_ids {
        assert!(inspect(&file(&[open(id, &deep)])).is_ok() == (id == 0x1654_AE6B));
    }
    let voids = [0xEC, 0x80].repeat(100_000);
    assert_eq!(inspect(&file(std::slice::from_ref(&voids))), Err(Unreadable("it has no tracks")));
    for id in known_ids {
        _ = inspect(&live_file(&[tracks(&[video(&[])]), element(id, &voids), open(id, &voids)]));
    }
    assert!(inspect(&file(&[element(0xEC, &tracks(&[video(&[])]))])).is_err(), "padding that covers everything");
    let long_id = [&[0x01, 1, 2, 3, 4, 5, 6, 7, 0x84][..], b"what"].concat();
    assert!(inspect(&file(&[long_id, tracks(&[video(&[])])])).unwrap().video.is_some());
    assert!(inspect(&file(&[vec![0; 1000], tracks(&[video(&[])])])).is_err());
    let entries = vec![audio("A_OPUS", &[]); 500];
    assert_eq!(inspect(&file(&[tracks(&entries)])).unwrap().audio.len(), 64);
}

#[test]
fn blocks_with_nonsense_in_them_are_harmless() {
    let tracks_ = tracks(&[video(&[])]);
    for flags in [0x02, 0x04, 0x06, 0xFF] {
        for body in [&[][..], &[0xFF], &[0xFF; 300], &[0; 20]] {
            let nonsense = element(0xA3, &[&[0x81, 0, 40, flags], body].concat());
            let bytes = live_file(&[tracks_.clone(), cluster(0, &[block(1, 0, 4), nonsense])]);
            assert_eq!(seconds(&inspect(&bytes).unwrap()), Some(0.08));
        }
    }
    for nonsense in [&[][..], &[0x81], &[0, 0, 0, 0], &[0x01; 7]] {
        let group = element(0xA0, &element(0xA1, nonsense));
        let bytes = live_file(&[tracks_.clone(), cluster(0, &[element(0xA3, nonsense), group])]);
        assert_eq!(inspect(&bytes).unwrap().duration, None);
    }
    // What only looks like clusters, one after the other and one within the other.
    let looks = [0x1F, 0x43, 0xB6, 0x75, 0xFF, 0xE7, 0x81, 0, 0xEC, 0x40, 0x10].repeat(20_000);
    assert_eq!(inspect(&live_file(&[tracks_.clone(), looks])).unwrap().duration, None);
    let rows = [0xA3, 0x84, 0x82, 0, 0, 0].repeat(20_000);
    assert_eq!(inspect(&live_file(&[tracks_.clone(), rows])).unwrap().duration, None);
    let rows = [0xA3, 0x84, 0x81, 0x7F, 0xFF, 0].repeat(20_000);
    assert_eq!(inspect(&live_file(&[tracks_, rows])).unwrap().duration, None);
}

#[test]
fn a_date_is_told_in_utc() {
    let time = |nanoseconds: i64| {
        let info = element(0x1549_A966, &element(0x4461, &nanoseconds.to_be_bytes()));
        inspect(&file(&[info, tracks(&[video(&[])])])).unwrap().capture.time
    };
    assert_eq!(time(0).as_deref(), Some("2001-01-01T00:00:00Z"));
    assert_eq!(time(741_529_800_500_000_000).as_deref(), Some("2024-07-01T12:30:00Z"));
    assert_eq!(time(i64::MIN).as_deref(), Some("1708-09-22T00:12:43Z"));
    assert_eq!(time(i64::MAX).as_deref(), Some("2293-04-11T23:47:16Z"));
}

/// A bit of everything.
fn sample() -> Vec<u8> {
    let seek_head = element(0x114D_9B74, &[seek(0x1549_A966, 90), seek(0x1C53_BB6B, 500)].concat());
    let entries = [video(&[element(0x63A2, &[1; 30])]), audio("A_FLAC", &[element(0x22_B59C, b"fre")])];
    let group = element(0xA0, &[element(0xA1, &[0x82, 0, 50, 0]), number(0x9B, 120)].concat());
    let first = cluster(0, &[block(1, 0, 5), block(1, 40, 5), block(2, 41, 5), block(1, 80, 5)]);
    let last = open(0x1F43_B675, &cluster_body(100, &[block(1, 0, 5), group]));
    live_file(&[seek_head, element(0x1549_A966, &number(0x2A_D7B1, 1_000_000)), tracks(&entries), first, last])
}

#[test]
fn a_file_that_is_cut_off_anywhere_breaks_nothing() {
    let sample = sample();
    assert_eq!(seconds(&inspect(&sample).unwrap()), Some(0.27));
    for length in 0..sample.len() {
        _ = inspect(&sample[..length]);
        // The same, of a file that goes on but was not fetched.
        let mut pieces = Pieces::new(sample.len() as u64);
        pieces.add(0, sample[..length].to_vec());
        _ = read(&pieces, Format::Matroska);
        assert!(!pieces.take_missing(0).is_empty());
    }
}

#[test]
fn a_file_with_wrong_bytes_breaks_nothing() {
    let sample = sample();
    damage::cut_off_and_flipped(&sample, |damaged| _ = inspect(damaged));
    damage::scattered(&sample, |damaged| _ = inspect(damaged));
}
