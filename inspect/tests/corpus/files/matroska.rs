//! Matroska and WebM.

use super::Change::{Cut, ForgetDuration, InsteadOfColour};
use super::Correction::{Codecs, Played, Shown};
use super::Make::{Changed, Ffmpeg, Piped};
use super::{Recipe, file};

const LIVE: &str = "ffprobe tells no duration; here it is asked for every packet";

/// Neither ffmpeg nor browsers write what the string is made of.
const NO_STRING: &str = "the file has no `CodecPrivate` of VP9, so that the level is not known";

pub(super) fn files() -> Vec<Recipe> {
    [whole(), live(), codecs()].into_iter().flatten().collect()
}

fn whole() -> Vec<Recipe> {
    vec![
        file("h264.mkv", "H.264 and AAC", Ffmpeg("@v @a @h264 @aac")).codecs("avc1.42c00a,mp4a.40.2"),
        file("one-second.webm", "a second", Ffmpeg("@v:64x48:25:1 @a:48000:1 @vp9 -c:a libopus"))
            .but(&[Codecs("-,opus")], NO_STRING),
        file("hours.mkv", "three hours", Ffmpeg("-stream_loop 179 @minute.mkv -c copy")),
        file("hours.webm", "three hours", Ffmpeg("-stream_loop 179 @minute.webm -c copy"))
            .but(&[Codecs("-,opus")], NO_STRING),
        file("cues-first.mkv", "the cues at the start", Ffmpeg("-stream_loop 9 @minute.mkv -c copy -cues_to_front 1")),
        file("reserved.mkv", "room for cues at the start", Ffmpeg("@v @h264 -reserve_index_space 100000")),
        file(
            "attachment.mkv",
            "a large file attached",
            Ffmpeg("@v @h264 -attach @@large-cover.png -metadata:s:t mimetype=image/png"),
        ),
        file("tracks.mkv", "three audio tracks, two of subtitles", Ffmpeg(TRACKS)),
        file("subtitles.webm", "subtitles", Ffmpeg("@v @subtitles.srt -map 0 -map 1 @vp9 -c:s webvtt"))
            .but(&[Codecs("-")], NO_STRING),
        file("chapters.mkv", "chapters", Ffmpeg("@v @chapters.txt -map_chapters 1 -map 0 @h264")),
        file(
            "vfr.mkv",
            "variable frame rate",
            Ffmpeg("@v:64x48:25:8 -vf select=not(mod(n\\,3))+lt(n\\,50) -fps_mode vfr @h264"),
        ),
        file("29.97.mkv", "30000/1001 frames a second", Ffmpeg("@v:64x48:30000/1001:4 @h264")),
        file("odd.webm", "odd sides", Ffmpeg("@v -vf scale=127:91 @vp9")).but(&[Codecs("-")], NO_STRING),
        file("b-frames.mkv", "reordered frames", Ffmpeg("@v @a @h264 -bf 2 @aac")),
        file("late-sound.mkv", "sound that begins later", Ffmpeg("@v -itsoffset 0.5 @a @h264 @aac")),
        file("no-duration.mkv", "no duration, with cues", Changed("h264.mkv", ForgetDuration)).but(&[Played], LIVE),
        file("hours-no-duration.mkv", "three hours, no duration, with cues", Changed("hours.mkv", ForgetDuration))
            .but(&[Played], LIVE),
        file(
            "large-cluster.mkv",
            "a single cluster of six megabytes, no duration",
            Changed("large-cluster-whole.mkv", ForgetDuration),
        )
        .but(&[Played], LIVE),
        file("large-cluster-whole.mkv", "a single cluster of six megabytes", Ffmpeg(LARGE_CLUSTER)),
    ]
}

const TRACKS: &str = "@v @a @a:48000:2 @a:32000:2 @subtitles.srt -map 0 -map 1 -map 2 -map 3 -map 4 -map 4 @h264 -c:a:0 aac \
     -c:a:1 ac3 -c:a:2 libmp3lame -c:s:0 srt -c:s:1 ass -metadata:s:a:0 language=eng -metadata:s:a:1 language=ger";
const LARGE_CLUSTER: &str = "@noise:160x120:25:20 @a:48000:20 -c:v libx264 -preset ultrafast -qp 34 -c:a libopus \
     -cluster_size_limit 100000000 -cluster_time_limit 30000";

/// Written straight through: no duration, no cues, and what is written last is not known in front.
fn live() -> Vec<Recipe> {
    vec![
        file("live.webm", "as a browser records it", Piped("@v @a:48000:2 @vp9 -c:a libopus -f webm"))
            .but(&[Played, Codecs("-,opus")], LIVE),
        file("live-vp8.webm", "VP8 as a browser records it", Piped("@v @a:48000:2 @vp8 -c:a libopus -f webm"))
            .but(&[Played], LIVE),
        file("live.mkv", "without cues or duration", Piped("@v @a @h264 @aac -f matroska")).but(&[Played], LIVE),
        file("live-sound.webm", "sound as a browser records it", Piped("@a:48000:20 -c:a libopus -f webm"))
            .but(&[Played], LIVE),
        file("live-large.webm", "with clusters of half a megabyte", Piped(LARGE)).but(&[Played], LIVE),
        file(
            "live-hours.webm",
            "three hours as a browser records them",
            Piped("-stream_loop 179 @minute.webm -c copy -map_metadata -1 -f webm"),
        )
        .but(&[Played, Codecs("-,opus")], LIVE),
        file(
            "live-hours.mkv",
            "three hours",
            Piped("-stream_loop 179 @minute.mkv -c copy -map_metadata -1 -f matroska"),
        )
        .but(&[Played], LIVE),
        file("live-mode.webm", "clusters without a length", Ffmpeg("@v @a:48000:2 @vp9 -c:a libopus -live 1"))
            .but(&[Played, Codecs("-,opus")], LIVE),
        file("live-cut.webm", "a recording that broke off", Changed("live-large.webm", Cut(100_000)))
            .but(&[Played], LIVE),
    ]
}

const LARGE: &str = "@noise:160x120:25:20 @a:48000:20 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 2500k -g 50 -c:a libopus \
     -cluster_size_limit 100000000 -cluster_time_limit 30000 -f webm";

fn codecs() -> Vec<Recipe> {
    vec![
        file("turned.mkv", "turned by 90°", Changed("bt709.mkv", InsteadOfColour(ROLL))),
        file("cropped.mkv", "cropped by 8 rows and 4 columns", Changed("bt709.mkv", InsteadOfColour(CROP)))
            .but(&[Shown(60, 40, 0)], "ffprobe of this version does not know of `PixelCrop…`"),
        file("hevc.mkv", "HEVC, HDR10", Ffmpeg(HDR10)),
        file("hlg.mkv", "HEVC, HLG", Ffmpeg(HLG)),
        file("av1.mkv", "AV1 and FLAC", Ffmpeg("@v:64x64:25:2 @a @av1 -c:a flac")).codecs("av01.0.00M.08,flac"),
        file("av1.webm", "AV1 and Opus", Ffmpeg("@v:64x64:25:2 @a:48000:2 @av1 -c:a libopus")),
        file("vp8.webm", "VP8 and Vorbis", Ffmpeg("@v @a @vp8 -c:a libvorbis")).codecs("vp8,vorbis"),
        file("vp9.webm", "VP9 and Opus", Ffmpeg("@v @a:48000:2 @vp9 -c:a libopus")).but(&[Codecs("-,opus")], NO_STRING),
        file("vp9-alpha.webm", "VP9 with transparency", Ffmpeg("@v @vp9 -pix_fmt yuva420p -auto-alt-ref 0"))
            .but(&[Codecs("-")], NO_STRING),
        file("vp9-hdr.webm", "VP9 profile 2, HDR10", Ffmpeg(VP9_HDR)).but(&[Codecs("-")], NO_STRING),
        file("prores.mkv", "ProRes", Ffmpeg("@v -c:v prores_ks -profile:v 2")),
        file("ffv1.mkv", "FFV1 and PCM", Ffmpeg("@v @a -c:v ffv1 -c:a pcm_s24le")),
        file("mpeg4.mkv", "MPEG-4 part 2 and MP3", Ffmpeg("@v @a -c:v mpeg4 -c:a libmp3lame")),
        file("vfw.mkv", "a codec by its name in AVI", Ffmpeg("@v @a -c:v msmpeg4 -c:a adpcm_ms")),
        file("mjpeg.mkv", "Motion JPEG, floating PCM", Ffmpeg("@v @a -c:v mjpeg -pix_fmt yuvj420p -c:a pcm_f32le")),
        file("eac3.mkv", "E-AC-3, 5.1", Ffmpeg("@v @a:48000:2 @h264 -ac 6 -c:a eac3")),
        file("alac.mkv", "Apple Lossless alone", Ffmpeg("@a -c:a alac")),
        file("opus.webm", "Opus alone", Ffmpeg("@a:48000:2 -ac 2 -c:a libopus")),
    ]
}

/// `Projection` with `ProjectionPoseRoll`: 90° clockwise.
const ROLL: &[u8] = b"\x76\x70\x87\x76\x75\x84\xC2\xB4\0\0";
/// `PixelCropBottom` and `PixelCropLeft`.
const CROP: &[u8] = b"\x54\xAA\x81\x08\x54\xCC\x81\x04";
const HDR10: &str =
    "@v @a:48000:2 @hevc10 -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -c:a libopus";
const HLG: &str = "@v @hevc10 -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc";
const VP9_HDR: &str =
    "@v @vp9 -profile:v 2 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc";
