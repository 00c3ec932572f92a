#![expect(clippy::unwrap_used, reason = "a test may fail")]

use super::*;
use crate::damage;

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len() % 2];
    [id.as_slice(), &(body.len() as u32).to_le_bytes(), body, &padding].concat()
}

fn wave(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"RIFF\xFF\xFF\xFF\xFFWAVE".to_vec(), chunks.concat()].concat()
}

/// `fmt ` of 48 kHz.
fn form(tag: u16, channels: u16, byte_rate: u32, block: u16, bits: u16) -> Vec<u8> {
    let numbers = [tag, channels].map(u16::to_le_bytes).concat();
    let rates = [48_000, byte_rate].map(u32::to_le_bytes).concat();
    chunk(b"fmt ", &[numbers, rates, [block, bits].map(u16::to_le_bytes).concat()].concat())
}

fn stereo() -> Vec<u8> {
    form(PCM, 2, 192_000, 4, 16)
}

fn data(length: usize) -> Vec<u8> {
    chunk(b"data", &vec![0; length])
}

fn read_whole(bytes: &[u8]) -> Result<Media, Unreadable> {
    crate::container::read(&Pieces::whole(bytes), Format::Wav)
}

/// How many samples it plays.
fn samples(file: &[u8]) -> Option<u64> {
    read_whole(file).unwrap().duration.map(|duration| (duration.as_secs_f64() * 48_000.0).round() as u64)
}

#[test]
fn chunks_around_the_audio_are_passed_over() {
    let before = [chunk(b"LIST", b"INFOodd"), chunk(b"bext", &[1; 602]), stereo(), chunk(b"id3 ", &[0; 33])];
    let file = wave(&[before.concat(), data(19_200), chunk(b"LIST", &[7; 5000])]);
    let media = read_whole(&file).unwrap();
    assert_eq!(media.duration, Some(Duration::from_millis(100)));
    let audio = &media.audio[0];
    assert_eq!((audio.codec.as_str(), audio.channels, audio.sample_rate), ("pcm_s16le", Some(2), Some(48_000)));
    assert_eq!(media.bit_rate, Some(file.len() as u64 * 80));
}

#[test]
fn audio_whose_length_was_not_known_goes_to_the_end() {
    for length in [0, u32::MAX, u32::MAX - 1, 19_201] {
        let file = wave(&[stereo(), b"data".to_vec(), length.to_le_bytes().to_vec(), vec![0; 19_200]]);
        assert_eq!(samples(&file), Some(4800), "{length}");
    }
}

#[test]
fn of_a_long_file_the_first_chunk_tells_the_length() {
    let long = |id: &[u8], length: u64| {
        let lengths = [1 << 40, length, 4800].map(u64::to_le_bytes).concat();
        let rest = [chunk(b"ds64", &[lengths, vec![0; 4]].concat()), stereo(), b"data\xFF\xFF\xFF\xFF".to_vec()];
        [id, b"\xFF\xFF\xFF\xFFWAVE", &rest.concat(), &[0; 24_000]].concat()
    };
    for id in [b"RF64", b"BW64"] {
        assert_eq!(samples(&long(id, 19_200)), Some(4800));
        assert_eq!(samples(&long(id, 0)), Some(6000));
        assert_eq!(samples(&long(id, u64::MAX)), Some(6000));
        assert_eq!(crate::sniff(&long(id, 19_200), 24_092), Some(Format::Wav));
    }
}

#[test]
fn codecs_go_by_their_common_names() {
    let codec = |form: Vec<u8>| read_whole(&wave(&[form, data(100)])).unwrap().audio.remove(0).codec;
    let extensible = |sub_format: &[u8]| {
        let plain = form(EXTENSIBLE, 2, 192_000, 6, 24);
        chunk(b"fmt ", &[&plain[8..], &[22, 0, 24, 0, 3, 0, 0, 0], sub_format].concat())
    };
    for (form, expected) in [
        (form(PCM, 1, 48_000, 1, 8), "pcm_u8"),
        (form(PCM, 1, 144_000, 3, 24), "pcm_s24le"),
        (form(PCM, 1, 144_000, 3, 20), "pcm_s24le"),
        (form(PCM, 1, 192_000, 4, 32), "pcm_s32le"),
        (form(FLOAT, 1, 192_000, 4, 32), "pcm_f32le"),
        (form(FLOAT, 1, 384_000, 8, 64), "pcm_f64le"),
        (form(A_LAW, 1, 48_000, 1, 8), "pcm_alaw"),
        (form(MU_LAW, 1, 48_000, 1, 8), "pcm_mulaw"),
        (form(ADPCM_MS, 1, 24_000, 1024, 4), "adpcm_ms"),
        (form(ADPCM_IMA, 1, 24_000, 1024, 4), "adpcm_ima_wav"),
        (form(MP3, 2, 16_000, 1, 0), "mp3"),
        (form(0x0161, 2, 16_000, 1, 0), "wmav2"),
        (form(0x4242, 1, 48_000, 1, 8), "0x4242"),
        (extensible(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71"), "pcm_s24le"),
        (extensible(b"\x03\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x72"), "0xfffe"),
    ] {
        assert_eq!(codec(form), expected);
    }
}

#[test]
fn compressed_audio_lasts_as_long_as_its_samples() {
    let fact = |samples: u32| chunk(b"fact", &samples.to_le_bytes());
    let ima = form(ADPCM_IMA, 2, 48_000, 1024, 4);
    // 1017 samples in a block, and 1 in what is left of one.
    assert_eq!(samples(&wave(&[ima.clone(), data(10 * 1024 + 8)])), Some(10_171));
    assert_eq!(samples(&wave(&[ima.clone(), fact(9600), data(10 * 1024)])), Some(9600));
    assert_eq!(samples(&wave(&[ima, fact(u32::MAX), data(10 * 1024)])), Some(10_170));
    let ms = form(ADPCM_MS, 1, 24_000, 1024, 4);
    assert_eq!(samples(&wave(&[ms, data(1024)])), Some(2036));
    let mp3 = form(MP3, 2, 16_000, 1, 0);
    assert_eq!(samples(&wave(&[mp3.clone(), fact(48_000), data(16_100)])), Some(48_000));
    assert_eq!(samples(&wave(&[mp3, fact(u32::MAX), data(16_000)])), Some(48_000), "it cannot be that much");
}

#[test]
fn numbers_that_make_no_sense_are_not_told() {
    let none = form(PCM, 0, 192_000, 4, 16);
    let media = read_whole(&wave(&[none, data(19_200)])).unwrap();
    assert_eq!((media.audio[0].channels, media.duration), (None, Some(Duration::from_millis(100))), "by the byte rate");
    let mut silent = stereo();
    silent[12..20].fill(0);
    let media = read_whole(&wave(&[silent, data(19_200)])).unwrap();
    assert_eq!((media.audio[0].sample_rate, media.duration, media.bit_rate), (None, None, None));
    for form in [form(PCM, 0, 0, 0, 0), form(ADPCM_IMA, 0, 0, 0, 0), form(ADPCM_MS, 9, 0, 5, 0), form(9, 0, 0, 0, 9)] {
        assert_eq!(read_whole(&wave(&[form, data(100)])).unwrap().duration.unwrap_or_default(), Duration::ZERO);
    }
    assert_eq!(samples(&wave(&[form(PCM, u16::MAX, u32::MAX, u16::MAX, u16::MAX), data(100)])), Some(0));
}

#[test]
fn a_file_without_audio_or_form_says_so() {
    assert!(read_whole(b"").is_err());
    assert!(read_whole(b"RIFF\0\0\0\0AVI ").is_err());
    assert!(read_whole(&wave(&[data(100)])).is_err());
    assert_eq!(read_whole(&wave(&[stereo()])).unwrap().duration, None);
    let beyond = [b"LIST".as_slice(), &u32::MAX.to_le_bytes()].concat();
    assert_eq!(read_whole(&wave(&[stereo(), beyond.clone(), data(100)])).unwrap().duration, None);
    assert!(read_whole(&wave(&[beyond, stereo()])).is_err());
    assert!(read_whole(&wave(&[chunk(b"JUNK", b"").repeat(100_000), stereo()])).is_err());
}

#[test]
fn no_length_and_no_flipped_byte_makes_it_panic() {
    let ima = form(ADPCM_IMA, 2, 48_000, 36, 4);
    let file = wave(&[chunk(b"ds64", &[9; 28]), chunk(b"fact", &[1, 0, 0, 0]), ima, data(100)]);
    damage::cut_off_and_flipped(&file, |damaged| _ = read_whole(damaged));
}
