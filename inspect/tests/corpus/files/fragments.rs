//! MP4 in fragments.

use super::Make::{Changed, Ffmpeg, Piped};
use super::{Change, Recipe, file};

pub(super) fn files() -> Vec<Recipe> {
    vec![
        file("fragments.mp4", "in fragments", Ffmpeg("@v @a @h264 -g 12 @aac -movflags +frag_keyframe+empty_moov")),
        file("fragments-base.mp4", "fragments for Media Source Extensions", Ffmpeg(BASE)),
        file("cmaf.mp4", "CMAF", Ffmpeg("@v @h264 -g 12 -movflags +cmaf+frag_keyframe")),
        file("fragments-index.mp4", "with an index of segments (sidx)", Ffmpeg(INDEX)),
        file("fragments-no-index.mp4", "no index of any kind", Ffmpeg(NO_INDEX)),
        file("fragments-half.mp4", "the first fragment in the movie header", Ffmpeg(HALF)),
        file(
            "fragments-piped.mp4",
            "into a pipe",
            Piped("@v @a @h264 -g 12 @aac -movflags +frag_keyframe+empty_moov -f mp4"),
        ),
        file("fragments-b-frames.mp4", "reordered frames", Ffmpeg(B_FRAMES)),
        file(
            "fragments-sound.mp4",
            "sound alone",
            Ffmpeg("@a:44100:20 @aac -frag_duration 1000000 -movflags +empty_moov"),
        ),
        file("fragments-hours.mp4", "three hours in fragments", Ffmpeg(HOURS)),
        file("fragments-hours-no-index.mp4", "three hours, no index of any kind", Ffmpeg(HOURS_NO_INDEX)),
        file("fragments-cut.mp4", "a recording that broke off", Changed("fragments-no-index.mp4", Change::Cut(1500))),
        file(
            "fragments.mov",
            "QuickTime in fragments",
            Ffmpeg("@v @a @h264 -g 12 @aac -movflags +frag_keyframe+empty_moov"),
        ),
    ]
}

const BASE: &str = "@v @a @h264 -g 12 @aac -movflags +frag_keyframe+empty_moov+default_base_moof+separate_moof";
const INDEX: &str = "@v @h264 -g 12 -movflags +frag_keyframe+empty_moov+default_base_moof+global_sidx";
const NO_INDEX: &str = "@v @a @h264 -g 12 @aac -movflags +frag_keyframe+empty_moov+skip_trailer";
const HALF: &str = "@v @a @h264 -g 12 @aac -movflags +frag_keyframe";
const B_FRAMES: &str = "@v @h264 -bf 2 -g 12 -movflags +frag_keyframe+empty_moov+delay_moov";
const HOURS: &str = "@hours.mp4.5 -c copy -movflags +frag_keyframe+empty_moov";
const HOURS_NO_INDEX: &str = "@hours.mp4.5 -c copy -movflags +frag_keyframe+empty_moov+skip_trailer";
