//! Files as real encoders write them are told right. ffmpeg makes them, once, outside of the checkout.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use quayside_inspect::{Format, SNIFF_BYTES, sniff};

/// A file made by ffmpeg with these arguments, its bytes from the cache where it was made before.
fn fixture(name: &str, arguments: &str) -> Vec<u8> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cache")));
    let folder = cache.unwrap().join("quayside/fixtures/sniff");
    let path = folder.join(name);
    if !path.exists() {
        fs::create_dir_all(&folder).unwrap();
        // Tests run at once: a file is whole before it has its name.
        let making = folder.join(format!("{}-{name}", std::process::id()));
        let video = "-f lavfi -i testsrc=size=64x48:rate=10:duration=1";
        let audio = "-f lavfi -i sine=frequency=440:duration=1";
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y"])
            .args(video.split(' ').chain(audio.split(' ')).chain(arguments.split(' ')))
            .arg(&making)
            .status()
            .unwrap();
        assert!(made.success(), "ffmpeg could not make {name}");
        fs::rename(&making, &path).unwrap();
    }
    fs::read(path).unwrap()
}

#[test]
fn files_of_real_encoders_are_what_they_are() {
    let cases = [
        ("a.jpg", "-map 0:v -frames:v 1", Some(Format::Jpeg)),
        ("a.png", "-map 0:v -frames:v 1", Some(Format::Png)),
        ("a.gif", "-map 0:v", Some(Format::Gif)),
        ("a.webp", "-map 0:v", Some(Format::WebP)),
        ("a.mp4", "-map 0:v -map 1:a -c:v libx264 -c:a aac", Some(Format::Mp4)),
        ("fragmented.mp4", "-map 0:v -c:v libx264 -movflags frag_keyframe+empty_moov", Some(Format::Mp4)),
        ("a.mov", "-map 0:v -map 1:a -c:v libx264 -c:a aac", Some(Format::QuickTime)),
        ("a.webm", "-map 0:v -map 1:a -c:v libvpx -c:a libvorbis", Some(Format::WebM)),
        ("a.mkv", "-map 0:v -map 1:a -c:v libx264 -c:a aac", Some(Format::Matroska)),
        ("a.avi", "-map 0:v -map 1:a -c:v mpeg4 -c:a mp3", Some(Format::Avi)),
        ("a.mp3", "-map 1:a", Some(Format::Mp3)),
        ("untagged.mp3", "-map 1:a -id3v2_version 0 -write_xing 0", Some(Format::Mp3)),
        ("low.mp3", "-map 1:a -ar 22050 -b:a 32k", Some(Format::Mp3)),
        ("a.wav", "-map 1:a", Some(Format::Wav)),
        ("vorbis.ogg", "-map 1:a -c:a libvorbis", Some(Format::Ogg)),
        ("opus.ogg", "-map 1:a -c:a libopus", Some(Format::Ogg)),
        ("a.aac", "-map 1:a", Some(Format::Aac)),
        ("a.m4a", "-map 1:a -c:a aac", Some(Format::M4a)),
        ("a.flac", "-map 1:a", Some(Format::Flac)),
        ("a.mp2", "-map 1:a", None),
        ("a.flv", "-map 0:v -c:v flv1", None),
        ("a.bmp", "-map 0:v -frames:v 1", None),
        ("a.tiff", "-map 0:v -frames:v 1", None),
    ];
    for (name, arguments, expected) in cases {
        let file = fixture(name, arguments);
        let head = &file[..file.len().min(SNIFF_BYTES)];
        assert_eq!(sniff(head, file.len() as u64), expected, "{name}");
    }
}
