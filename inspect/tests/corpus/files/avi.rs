//! AVI.

use super::Correction::NoDuration;
use super::Make::{Ffmpeg, Piped, Sparse};
use super::{Recipe, file};

pub(super) fn files() -> Vec<Recipe> {
    vec![
        file("mpeg4.avi", "MPEG-4 part 2 and MP3", Ffmpeg("@v @a -c:v mpeg4 -c:a libmp3lame")),
        file("xvid.avi", "the same, as Xvid, odd sides", Ffmpeg("@v -vf scale=127:91 -c:v mpeg4 -tag:v XVID")),
        file("h264.avi", "H.264 and AC-3", Ffmpeg("@v @a:48000:2 @h264 -ac 6 -c:a ac3")).codecs("-,ac-3"),
        file("mjpeg.avi", "Motion JPEG and PCM", Ffmpeg("@v @a:11025:2 -c:v mjpeg -pix_fmt yuvj420p -c:a pcm_u8")),
        file(
            "vbr-sound.avi",
            "MP3 of variable bitrate",
            Ffmpeg("@v:64x48:25:10 @a:44100:10 -c:v mpeg4 -c:a libmp3lame -q:a 5"),
        ),
        file(
            "two-sounds.avi",
            "two audio tracks",
            Ffmpeg("@v @a @a:48000:2 -map 0 -map 1 -map 2 -c:v mpeg4 -c:a:0 libmp3lame -c:a:1 pcm_s16le"),
        ),
        file("msmpeg4.avi", "what was called DivX 3", Ffmpeg("@v @a -c:v msmpeg4 -c:a adpcm_ima_wav")),
        file("ffv1.avi", "FFV1, floating PCM", Ffmpeg("@v @a -c:v ffv1 -c:a pcm_f32le")),
        file("uncompressed.avi", "no compression", Ffmpeg("@v -c:v rawvideo -pix_fmt bgr24")),
        file("29.97.avi", "30000/1001 frames a second", Ffmpeg("@v:64x48:30000/1001:4 -c:v mpeg4")),
        file(
            "opendml.avi",
            "OpenDML: 1.1 GB in two RIFF chunks",
            Sparse("-f lavfi -i color=black:s=1280x720:r=25:d=16,format=bgr24 -c:v rawvideo"),
        ),
        file("hours.avi", "three hours", Ffmpeg("-stream_loop 179 @minute.avi -c copy")),
        file("piped.avi", "into a pipe", Piped("@v @a -c:v mpeg4 -c:a libmp3lame -f avi"))
            .but(&[NoDuration], "nothing in it tells how long it plays, and ffprobe guesses"),
        file("one-second.avi", "a second", Ffmpeg("@v:64x48:25:1 @a:44100:1 -c:v mpeg4 -c:a libmp3lame")),
    ]
}
