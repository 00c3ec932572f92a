//! MP3, ADTS, FLAC, WAVE and Ogg.

use super::Change::{Cut, GrowWave, Tag, TagBehind};
use super::Correction::{About, Duration, NoDuration, Packets, Played};
use super::Make::{Changed, Ffmpeg, Joined, Piped, Sparse};
use super::{Recipe, file};

const BARE: &str = "ffprobe guesses by the first bitrate; here its packets are counted";

pub(super) fn mp3() -> Vec<Recipe> {
    vec![
        file("cbr.mp3", "constant bitrate", Ffmpeg("@a:44100:10 -ac 2 -c:a libmp3lame -b:a 128k")),
        file("vbr.mp3", "variable bitrate, with a Xing header", Ffmpeg("@a:44100:10 -c:a libmp3lame -q:a 4")),
        file(
            "cbr-bare.mp3",
            "constant bitrate, no header",
            Ffmpeg("@a:44100:10 -c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0"),
        )
        .but(&[Packets(1152)], BARE),
        file("vbr-bare.mp3", "variable bitrate, no header", Ffmpeg(super::VARIED))
            .but(&[Packets(1152)], BARE)
            .counted(),
        file("vbr-bare-tags.mp3", "the same with tags at both ends", Changed("vbr-bare-tag.mp3", TagBehind))
            .but(&[Packets(1152)], BARE)
            .counted(),
        file("vbr-bare-tag.mp3", "the same with a tag of a megabyte in front", Changed("vbr-bare.mp3", Tag(1 << 20)))
            .but(&[Packets(1152)], BARE)
            .counted(),
        file("cut.mp3", "cut off, so that the Xing header tells too much", Changed("vbr.mp3", Cut(20_000)))
            .but(&[Packets(1152)], "ffprobe believes the header"),
        file("mpeg-2.mp3", "22.05 kHz", Ffmpeg("@a:22050:10 -c:a libmp3lame -b:a 32k")),
        file("mpeg-2.5.mp3", "8 kHz", Ffmpeg("@a:8000:10 -c:a libmp3lame -b:a 8k")),
        file(
            "large-cover.mp3",
            "more than a megabyte of cover in front",
            Ffmpeg("@a @large-cover.png -map 0 -map 1 -c:a libmp3lame -c:v copy"),
        ),
        file("tagged.mp3", "tags at both ends", Ffmpeg("@a -c:a libmp3lame -metadata title=Quay -write_id3v1 1")),
        file("one-second.mp3", "a second", Ffmpeg("@a:44100:1 -c:a libmp3lame")),
        file(
            "hours.mp3",
            "three hours, constant bitrate, no header",
            Ffmpeg("-stream_loop 179 @minute.mp3 -c copy -write_xing 0 -id3v2_version 0"),
        )
        .but(&[Packets(576)], BARE),
        file(
            "hour-vbr.mp3",
            "an hour, variable bitrate, no header",
            Ffmpeg("-stream_loop 59 @varied.mp3 -c copy -write_xing 0 -id3v2_version 0"),
        )
        .but(&[Packets(1152)], BARE)
        .counted(),
        file("hours-vbr.mp3", "three hours, more than 64 MiB, variable bitrate, no header", Ffmpeg(HOURS_VBR))
            .but(&[About(10800.0, 0.1)], "an estimate: more than 64 MiB are not counted"),
    ]
}

const HOURS_VBR: &str = "-stream_loop 179 @varied.mp3 -c copy -write_xing 0 -id3v2_version 0";

const ADTS: &str = "ffprobe guesses by the bitrate of the first frames; here its packets are counted";

pub(super) fn adts() -> Vec<Recipe> {
    vec![
        file("mono.aac", "ADTS", Ffmpeg("@a @aac -f adts")).but(&[Packets(1024)], ADTS),
        file("surround.aac", "ADTS, 5.1", Ffmpeg("@a:48000:60 -ac 6 @aac -b:a 256k -f adts"))
            .but(&[Packets(1024)], ADTS)
            .counted(),
        file("tagged.aac", "ADTS behind an ID3v2 tag", Changed("mono.aac", Tag(1000))).but(&[Packets(1024)], ADTS),
        file("hours.aac", "ADTS, three hours", Ffmpeg("-stream_loop 179 @minute.aac -c copy -f adts"))
            .but(&[Packets(1024)], ADTS)
            .counted(),
        file("one-second.aac", "a second", Ffmpeg("@a:44100:1 @aac -f adts")).but(&[Packets(1024)], ADTS),
    ]
}

const PIPED: &str = "nothing but the last frame tells how long it plays, which ffprobe does not look at";

pub(super) fn flac() -> Vec<Recipe> {
    vec![
        file("mono.flac", "16 bits", Ffmpeg("@a -c:a flac")),
        file("stereo.flac", "16 bits, noise", Ffmpeg(NOISE)),
        file("s24.flac", "24 bits, 96 kHz", Ffmpeg("@a:96000:10 -c:a flac -sample_fmt s32 -bits_per_raw_sample 24")),
        file("surround.flac", "5.1", Ffmpeg("@a:48000:10 -ac 6 -c:a flac")),
        file("8-khz.flac", "8 kHz", Ffmpeg("@a:8000:10 -c:a flac")),
        file("odd-rate.flac", "a rate that frames say in hertz", Ffmpeg("@a:12345:10 -c:a flac")),
        file("small-blocks.flac", "blocks of 300 samples", Ffmpeg("@a:44100:10 -c:a flac -frame_size 300")),
        file("tagged.flac", "behind an ID3v2 tag", Changed("mono.flac", Tag(1000))),
        file("long-tag.flac", "behind an ID3v2 tag of a megabyte", Changed("stereo.flac", Tag(1 << 20))),
        file("tag-behind.flac", "an ID3v1 tag behind it", Changed("piped.flac", TagBehind))
            .but(&[Duration(10.0)], PIPED),
        file(
            "large-cover.flac",
            "more than a megabyte of cover",
            Ffmpeg("@a @large-cover.png -map 0 -map 1 -c:a flac -c:v copy -disposition:v attached_pic"),
        ),
        file("piped.flac", "into a pipe", Piped("@a:44100:10 -c:a flac -f flac")).but(&[Duration(10.0)], PIPED),
        file("cut.flac", "cut off in the middle", Changed("stereo.flac", Cut(200_000)))
            .but(&[Played], "ffprobe believes the first block"),
        file("hours.flac", "three hours", Ffmpeg("-f lavfi -i anullsrc=r=44100:cl=stereo -t 10800 -c:a flac")),
        file("one-second.flac", "a second", Ffmpeg("@a:44100:1 -c:a flac")),
    ]
}

const NOISE: &str = "-f lavfi -i aevalsrc=random(0)*0.5|random(1)*0.5:s=44100:d=10 -c:a flac";

pub(super) fn wave() -> Vec<Recipe> {
    vec![
        file("s16.wav", "16 bits", Ffmpeg("@a -ac 2 -c:a pcm_s16le")),
        file("s24.wav", "24 bits", Ffmpeg("@a:96000:2 -c:a pcm_s24le")),
        file("s32.wav", "32 bits", Ffmpeg("@a -c:a pcm_s32le")),
        file("f32.wav", "floating", Ffmpeg("@a -c:a pcm_f32le")),
        file("f64.wav", "floating, 64 bits", Ffmpeg("@a -c:a pcm_f64le")),
        file("u8.wav", "8 bits", Ffmpeg("@a:8000:2 -c:a pcm_u8")),
        file("mu-law.wav", "µ-law", Ffmpeg("@a:8000:2 -c:a pcm_mulaw")),
        file("a-law.wav", "A-law", Ffmpeg("@a:8000:2 -c:a pcm_alaw")),
        file("adpcm-ms.wav", "ADPCM of Microsoft", Ffmpeg("@a -ac 2 -c:a adpcm_ms")),
        file("adpcm-ima.wav", "ADPCM of IMA", Ffmpeg("@a -c:a adpcm_ima_wav")),
        file("mp3.wav", "MP3 in WAVE", Ffmpeg("@a:44100:10 -c:a libmp3lame -b:a 128k -write_xing 0")).codecs("-"),
        file("surround.wav", "extensible, 5.1", Ffmpeg("@a:48000:2 -ac 6 -c:a pcm_s24le")),
        file("rf64.wav", "RF64", Ffmpeg("@a -c:a pcm_s16le -rf64 always")),
        file(
            "tagged.wav",
            "with a broadcast extension and tags",
            Ffmpeg("@a -c:a pcm_s16le -write_bext 1 -metadata title=Quay"),
        ),
        file("piped.wav", "into a pipe", Piped("@a -c:a pcm_s16le -f wav")),
        file("cut.wav", "cut off in the middle", Changed("s16.wav", Cut(100_001))),
        file("hours.wav", "three hours", Sparse("-f lavfi -i anullsrc=r=8000:cl=mono -t 10800 -c:a pcm_s16le")),
        file("four-gib.wav", "RF64 of 4.3 GiB", Changed("rf64.wav", GrowWave(4600 << 20))),
    ]
}

const CHAINED: &str = "ffprobe tells how long the last one plays";

pub(super) fn ogg() -> Vec<Recipe> {
    vec![
        file("vorbis.ogg", "Vorbis", Ffmpeg("@a:44100:10 -ac 2 -c:a libvorbis")),
        file("opus.ogg", "Opus", Ffmpeg("@a:48000:10 -c:a libopus -serial_offset 1")),
        file("opus-surround.ogg", "Opus, 5.1", Ffmpeg("@a:48000:10 -ac 6 -c:a libopus")),
        file("flac.ogg", "FLAC", Ffmpeg("@a:96000:10 -c:a flac")),
        file("speex.ogg", "Speex", Ffmpeg("@a:16000:10 -c:a libspeex")),
        file("large-pages.ogg", "pages of up to 64 KiB", Ffmpeg("@a:96000:20 -c:a flac -page_duration 60000000")),
        file("large-pages-opus.ogg", "Opus, pages as large as may be", Ffmpeg(LARGE_PAGES)),
        file("chained.ogg", "two files, one behind the other", Joined(&["opus.ogg", "vorbis.ogg"]))
            .but(&[Duration(20.0)], CHAINED),
        file(
            "chained-long.ogg",
            "two long files, one behind the other",
            Joined(&["large-pages.ogg", "large-pages-opus.ogg"]),
        )
        .but(&[NoDuration], "the files may be of any number, and only reading all of it would show them"),
        file("cut.ogg", "cut off in the middle", Changed("vorbis.ogg", Cut(20_000))),
        file("hours.ogg", "three hours of Opus", Ffmpeg("-stream_loop 179 @minute.opus.ogg -c copy")),
        file("one-second.ogg", "a second", Ffmpeg("@a:44100:1 -c:a libvorbis")),
    ]
}

const LARGE_PAGES: &str = "@a:48000:60 -ac 2 -c:a libopus -b:a 128k -page_duration 60000000 -serial_offset 1";
