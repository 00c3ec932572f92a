//! MP4, M4A and QuickTime, in one piece.

use super::Change::{Cut, ForgetBrands, GrowData, MirrorTrack, PushData, TurnMovie, TurnTrack};
use super::Correction::Shown;
use super::Make::{Changed, Ffmpeg};
use super::{Recipe, file};

const GIB: u64 = 1 << 30;

pub(super) fn files() -> Vec<Recipe> {
    [boxes(), times(), pictures(), tracks(), sounds()].into_iter().flatten().collect()
}

/// Where things are in the file, and how large.
fn boxes() -> Vec<Recipe> {
    vec![
        file("moov-last.mp4", "the movie header at the end", Ffmpeg("@v @a @h264 @aac"))
            .codecs("avc1.42c00a,mp4a.40.2"),
        file("moov-first.mp4", "the movie header at the start", Ffmpeg("@v @a @h264 @aac -movflags +faststart")),
        file("three-gib.mp4", "3 GiB, the movie header at the end", Changed("moov-last.mp4", GrowData(3 * GIB))),
        file("three-gib-moov-first.mp4", "3 GiB, the movie header first", Changed("moov-first.mp4", GrowData(3 * GIB))),
        file("five-gib.mp4", "5 GiB, offsets of 64 bits (co64)", Changed("moov-last.mp4", PushData(5 * GIB))),
        file(
            "wide-times.mp4",
            "boxes of version 1, with times of 64 bits",
            Ffmpeg("@v:64x48:25:10 @h264 -video_track_timescale 1000000000 -movie_timescale 1000000000"),
        ),
        file("large-cover.mp4", "more than a megabyte of cover", Ffmpeg(LARGE_COVER)),
        file("large-cover-first.mp4", "the same, the header first", Ffmpeg(LARGE_COVER_FIRST)),
        file("no-brands.mov", "QuickTime without a file type box", Changed("moov-last.mov", ForgetBrands)),
        file("moov-last.mov", "QuickTime of today", Ffmpeg("@v @a @h264 @aac")),
        file("cut.mp4", "cut off in the middle, the header first", Changed("moov-first.mp4", Cut(5000))),
        file("one-frame.mp4", "a single frame", Ffmpeg("@v -frames:v 1 @h264")),
        file("one-second.mp4", "a second", Ffmpeg("@v:64x48:25:1 @a:44100:1 @h264 @aac")),
        file("hours.mp4", "three hours, a frame a second", Ffmpeg("@v:32x32:1:10800 @h264 -g 600")),
        file("hours-25.mp4", "three hours with sound", Ffmpeg("-stream_loop 179 @minute.mp4 -c copy")),
        file("hours-25-first.mp4", "three hours with sound, the header first", Ffmpeg(HOURS_FIRST)),
        file("hours-three-sounds.mp4", "three hours with three audio tracks", Ffmpeg(HOURS_THREE_SOUNDS)),
        file("camera.mov", "camera, time and place in the header", Ffmpeg(CAMERA)),
        file("m4v.m4v", "with the brand M4V", Ffmpeg("@v @a @h264 @aac")),
        file("msnv.mp4", "with the brand MSNV", Ffmpeg("@v @a @h264 @aac -f psp")),
    ]
}

const LARGE_COVER: &str = "@v @large-cover.png -map 0 -map 1 @h264 -c:v:1 copy -disposition:v:1 attached_pic";
const LARGE_COVER_FIRST: &str =
    "@v @large-cover.png -map 0 -map 1 @h264 -c:v:1 copy -disposition:v:1 attached_pic -movflags +faststart";
const HOURS_FIRST: &str = "-stream_loop 179 @minute.mp4 -c copy -movflags +faststart";
const HOURS_THREE_SOUNDS: &str = "-stream_loop 179 @minute.mp4 -map 0:v -map 0:a -map 0:a -map 0:a -c copy -metadata:s:a:0 language=eng \
     -metadata:s:a:1 language=fra -metadata:s:a:2 language=deu";
const CAMERA: &str = "@v @h264 -metadata creation_time=2024-07-01T12:30:00Z -metadata make=Quay -metadata model=One \
     -metadata location=+47.3769+008.5417/";

/// Edit lists and frame rates.
fn times() -> Vec<Recipe> {
    vec![
        file("b-frames.mp4", "an edit list for reordered frames", Ffmpeg("@v @a @h264 -bf 2 @aac")),
        file("no-edits.mp4", "reordered frames without edit list", Ffmpeg("@v @h264 -bf 2 -use_editlist 0")),
        file("trimmed.mp4", "an edit list that leaves out the start", Ffmpeg("-ss 1.3 @minute.mp4 -t 5 -c copy")),
        file("late-sound.mp4", "sound that begins later", Ffmpeg("@v -itsoffset 0.5 @a @h264 @aac")),
        file("late-picture.mp4", "a picture that begins later", Ffmpeg("-itsoffset 0.5 @v @a @h264 @aac")),
        file("long-sound.mp4", "sound that is longer than the picture", Ffmpeg("@v @a:44100:4 @h264 @aac")),
        file(
            "vfr.mp4",
            "variable frame rate",
            Ffmpeg("@v:64x48:25:8 -vf select=not(mod(n\\,3))+lt(n\\,50) -fps_mode vfr @h264"),
        ),
        file("vfr-long.mp4", "variable frame rate, its table large", Ffmpeg(VFR_LONG)),
        file("23.976.mp4", "24000/1001 frames a second", Ffmpeg("@v:64x48:24000/1001:4 @h264")),
        file("29.97.mp4", "30000/1001 frames a second", Ffmpeg("@v:64x48:30000/1001:4 @h264")),
        file("120.mp4", "120 frames a second", Ffmpeg("@v:64x48:120:2 @h264")),
        file("slow.mp4", "a frame in ten seconds", Ffmpeg("@v:64x48:1/10:60 @h264")),
    ]
}

const VFR_LONG: &str =
    "@v:32x32:25:1200 -vf select=not(mod(n\\,3))+not(mod(n\\,7)) -fps_mode vfr @h264 -video_track_timescale 90000";

/// Rotation, sides, codecs and colour.
fn pictures() -> Vec<Recipe> {
    vec![
        file("turned-90.mp4", "held upright: 90°", Changed("moov-last.mp4", TurnTrack(90))),
        file("turned-180.mp4", "held upside down: 180°", Changed("moov-last.mp4", TurnTrack(180))),
        file("turned-270.mp4", "held upright the other way: 270°", Changed("moov-last.mp4", TurnTrack(270))),
        file(
            "turned-movie.mp4",
            "90° in the movie's matrix, not in the track's",
            Changed("moov-last.mp4", TurnMovie(90)),
        ),
        file("mirrored.mp4", "mirrored, as some front cameras do", Changed("moov-last.mp4", MirrorTrack))
            .but(&[Shown(64, 48, 0)], "ffprobe takes a mirrored picture for one that is turned by 180°"),
        file("turned-hevc.mov", "HEVC, 90°, as telephones record", Changed("hevc.mov", TurnTrack(90))),
        file("odd.mp4", "odd sides", Ffmpeg("@v -vf scale=127:91 -c:v mpeg4")),
        file(
            "odd-h264.mp4",
            "odd sides in H.264 4:4:4",
            Ffmpeg("@v -vf scale=63:47 -c:v libx264 -preset ultrafast -pix_fmt yuv444p"),
        ),
        file("tall.mp4", "16 by 2000", Ffmpeg("@v:16x2000:5:1 @h264")),
        file("anamorphic.mp4", "pixels that are no squares", Ffmpeg("@v:72x58:25:2 -vf setsar=16/11 @h264")),
        file("high-10.mp4", "H.264 with 10 bits", Ffmpeg("@v -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le")),
        file("hevc.mov", "HEVC as hvc1", Ffmpeg("@v @a @hevc -tag:v hvc1 @aac")),
        file("hev1.mp4", "HEVC as hev1", Ffmpeg("@v @hevc -tag:v hev1")),
        file(
            "hdr10.mp4",
            "HEVC, HDR10",
            Ffmpeg("@v @hevc10 -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc"),
        ),
        file(
            "hlg.mov",
            "HEVC, HLG",
            Ffmpeg("@v @hevc10 -tag:v hvc1 -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc"),
        ),
        file("av1.mp4", "AV1", Ffmpeg("@v:64x64:25:2 @av1")).codecs("av01.0.00M.08"),
        file("av1-10.mp4", "AV1 with 10 bits, HDR10", Ffmpeg(AV1_HDR)),
        file("vp9.mp4", "VP9", Ffmpeg("@v @vp9")),
        file("mpeg4.mp4", "MPEG-4 part 2", Ffmpeg("@v @a -c:v mpeg4 @aac")).codecs("mp4v.20.1,mp4a.40.2"),
        file("mpeg2.mp4", "MPEG-2", Ffmpeg("@v -c:v mpeg2video")),
        file("prores.mov", "ProRes 422 HQ", Ffmpeg("@v @a -c:v prores_ks -profile:v 3 -c:a pcm_s16le")),
        file("prores-proxy.mov", "ProRes Proxy", Ffmpeg("@v -c:v prores_ks -profile:v 0")),
        file(
            "prores-4444.mov",
            "ProRes 4444 with transparency",
            Ffmpeg("@v -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le"),
        ),
        file("dnxhr.mov", "DNxHR", Ffmpeg("@v:256x128:25:1 -c:v dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p")),
        file("mjpeg.mov", "Motion JPEG", Ffmpeg("@v -c:v mjpeg -pix_fmt yuvj420p")),
        file("png.mov", "PNG", Ffmpeg("@v -c:v png")),
        file("qtrle.mov", "QuickTime Animation", Ffmpeg("@v -c:v qtrle")),
        file("h263.mov", "H.263", Ffmpeg("@v:176x144:15:2 -c:v h263")),
        file("uncompressed.mov", "no compression", Ffmpeg("@v -c:v rawvideo -pix_fmt uyvy422")),
        file("encrypted.mp4", "encrypted (CENC)", Ffmpeg(ENCRYPTED)),
    ]
}

const AV1_HDR: &str =
    "@v:64x64:25:2 @av1 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc";
const ENCRYPTED: &str = "@v @a @h264 @aac -encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb \
     -encryption_kid a7e61c373e219033c21091fa607bf3b8";

/// Several tracks, and tracks that are neither picture nor sound.
fn tracks() -> Vec<Recipe> {
    vec![
        file("two-sounds.mp4", "two audio tracks in two languages", Ffmpeg(TWO_SOUNDS)),
        file("three-sounds.mov", "three audio tracks of different codecs", Ffmpeg(THREE_SOUNDS)),
        file(
            "subtitles.mp4",
            "subtitles",
            Ffmpeg("@v @a @subtitles.srt -map 0 -map 1 -map 2 @h264 @aac -c:s mov_text"),
        ),
        file("chapters.mp4", "chapters", Ffmpeg("@v @a @chapters.txt -map 0 -map 1 -map_chapters 2 @h264 @aac")),
        file("timecode.mov", "a track of time codes", Ffmpeg("@v @h264 -timecode 01:00:00:00")),
        file("two-pictures.mp4", "two video tracks", Ffmpeg("@v @v:32x32:10:2 -map 0 -map 1 @h264")),
        file(
            "cover.m4a",
            "sound with a cover",
            Ffmpeg("@a @cover.jpg -map 0 -map 1 @aac -c:v copy -disposition:v attached_pic"),
        ),
    ]
}

const TWO_SOUNDS: &str =
    "@v @a @a:48000:2 -map 0 -map 1 -map 2 @h264 @aac -metadata:s:a:0 language=deu -metadata:s:a:1 language=fra";
const THREE_SOUNDS: &str = "@v @a @a:48000:2 @a:32000:2 -map 0 -map 1 -map 2 -map 3 @h264 -c:a:0 aac -c:a:1 ac3 -c:a:2 pcm_s16be \
     -metadata:s:a:0 language=eng -metadata:s:a:2 language=spa";

fn sounds() -> Vec<Recipe> {
    vec![
        file("aac.m4a", "AAC", Ffmpeg("@a @aac")).codecs("mp4a.40.2"),
        file("surround.m4a", "AAC, 5.1", Ffmpeg("@a:48000:2 -ac 6 @aac")),
        file("hours.m4a", "three hours", Ffmpeg("-stream_loop 179 @minute.m4a -c copy")),
        file("alac.m4a", "Apple Lossless", Ffmpeg("@a:96000:2 -c:a alac -sample_fmt s32p")).codecs("alac"),
        file("mp3.mp4", "MP3 in MP4", Ffmpeg("@v @a:22050:2 @h264 -c:a libmp3lame -b:a 32k")),
        file("mp3-44100.mp4", "MP3 in MP4, 44.1 kHz", Ffmpeg("@v @a @h264 -c:a libmp3lame")),
        file("opus.mp4", "Opus", Ffmpeg("@v @a:48000:2 @h264 -c:a libopus")),
        file("flac.mp4", "FLAC", Ffmpeg("@a:96000:2 -c:a flac -strict experimental")),
        file("ac3.mp4", "AC-3, 5.1", Ffmpeg("@v @a:48000:2 @h264 -ac 6 -c:a ac3")).codecs("avc1.42c00a,ac-3"),
        file("eac3.mp4", "E-AC-3", Ffmpeg("@v @a:48000:2 @h264 -ac 2 -c:a eac3")),
        file("pcm-s16.mov", "PCM, 16 bits", Ffmpeg("@v @a:48000:2 @h264 -ac 2 -c:a pcm_s16le")),
        file("pcm-s16be.mov", "PCM, 16 bits, big-endian", Ffmpeg("@v @a @h264 -c:a pcm_s16be")),
        file("pcm-s24.mov", "PCM, 24 bits", Ffmpeg("@v @a:96000:2 @h264 -c:a pcm_s24le")),
        file("pcm-f32.mov", "PCM, floating", Ffmpeg("@v @a @h264 -c:a pcm_f32le")),
        file("pcm-u8.mov", "PCM, 8 bits", Ffmpeg("@v @a:8000:2 @h264 -c:a pcm_u8")),
        file("mu-law.mov", "µ-law", Ffmpeg("@v @a:8000:2 @h264 -c:a pcm_mulaw")),
        file("ima4.mov", "ADPCM of QuickTime", Ffmpeg("@v @a @h264 -c:a adpcm_ima_qt")),
    ]
}
