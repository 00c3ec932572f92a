//! What the corpus has: every file by its name, how it is made, and what is true of it where ffprobe says otherwise.

mod avi;
mod fragments;
mod iso;
mod matroska;
mod sound;

/// One file of the corpus.
pub(crate) struct Recipe {
    /// Heading of its part of the table.
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    /// What is special about it.
    pub(crate) what: &'static str,
    pub(crate) make: Make,
    /// What ffprobe does not say, or says wrongly.
    pub(crate) corrections: Vec<Correction>,
    /// Why there are corrections.
    pub(crate) why: &'static str,
    /// It is read whole, by intention: no header tells how long it plays.
    pub(crate) is_counted: bool,
}

/// How a file is made. Arguments of ffmpeg are separated by blanks and may be short forms, which `make.rs` lists;
/// `@NAME.EXT` is another file of this kind as input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    /// By ffmpeg.
    Ffmpeg(&'static str),
    /// By ffmpeg into a pipe, in which it cannot go back to write what it knows only at the end.
    Piped(&'static str),
    /// By ffmpeg; then zeros become holes, which take no room on the disk.
    Sparse(&'static str),
    /// From another file.
    Changed(&'static str, Change),
    /// Other files, one behind the other.
    Joined(&'static [&'static str]),
    /// A text to be read by ffmpeg.
    Text(&'static str),
}

/// What is done with the bytes of a file; see `change.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// The matrix of the track of an MP4 turns it clockwise by so many degrees.
    TurnTrack(u16),
    /// The same, of the movie.
    TurnMovie(u16),
    /// The matrix of the track mirrors it.
    MirrorTrack,
    /// So many zeros at the end of the media data of an MP4, whose box gets a length of 64 bits.
    GrowData(u64),
    /// So many zeros in front of the media data of an MP4, in a box of 64 bits, and offsets of 64 bits.
    PushData(u64),
    /// The file type box of an MP4 becomes a box to be passed over.
    ForgetBrands,
    /// The duration in the information of a Matroska file becomes an element to be passed over.
    ForgetDuration,
    /// In a Matroska file, other elements in the place of `Colour`.
    InsteadOfColour(&'static [u8]),
    /// So many bytes are left off at the end.
    Cut(usize),
    /// An ID3v2 tag with so many bytes of padding in front.
    Tag(u32),
    /// An ID3v1 tag behind it.
    TagBehind,
    /// So many zeros at the end of the samples of an RF64.
    GrowWave(u64),
}

/// Something that is held against us instead of what ffprobe says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Correction {
    /// In seconds.
    Duration(f64),
    /// In seconds, and how far off it may be in parts of it.
    About(f64, f64),
    /// The number of packets of sound that ffprobe finds, with so many samples in each.
    Packets(u32),
    /// From the first packet that ffprobe finds to the end of the last.
    Played,
    NoDuration,
    /// Width, height and rotation.
    Shown(u32, u32, u16),
    /// The strings for the `codecs` parameter, of the video and of all audio tracks, separated by commas; `-` for none.
    Codecs(&'static str),
}

fn file(name: &'static str, what: &'static str, make: Make) -> Recipe {
    Recipe { group: "", name, what, make, corrections: Vec::new(), why: "", is_counted: false }
}

impl Recipe {
    /// What is not as ffprobe says, and why.
    fn but(mut self, corrections: &[Correction], why: &'static str) -> Self {
        self.corrections.extend(corrections);
        self.why = why;
        self
    }

    /// With these strings for the `codecs` parameter.
    fn codecs(mut self, codecs: &'static str) -> Self {
        self.corrections.push(Correction::Codecs(codecs));
        self
    }

    /// Its frames are counted, from the first to the last.
    fn counted(mut self) -> Self {
        self.is_counted = true;
        self
    }
}

/// All of them, in the order of the table.
pub(crate) fn files() -> Vec<Recipe> {
    let groups = [
        ("MP4, M4A and QuickTime", iso::files()),
        ("MP4 in fragments", fragments::files()),
        ("Matroska and WebM", matroska::files()),
        ("AVI", avi::files()),
        ("MP3", sound::mp3()),
        ("AAC in ADTS", sound::adts()),
        ("FLAC", sound::flac()),
        ("WAVE", sound::wave()),
        ("Ogg", sound::ogg()),
    ];
    let named = |(group, files): (_, Vec<_>)| files.into_iter().map(move |file| Recipe { group, ..file });
    groups.into_iter().flat_map(named).collect()
}

/// What others are made from, and no part of the corpus.
pub(crate) fn materials() -> Vec<(&'static str, Make)> {
    vec![
        (
            "subtitles.srt",
            Make::Text("1\n00:00:00,000 --> 00:00:01,000\nA quay\n\n2\n00:00:01,000 --> 00:00:02,000\nA ship\n"),
        ),
        (
            "chapters.txt",
            Make::Text(
                ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n\
                 [CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n",
            ),
        ),
        ("cover.jpg", Make::Ffmpeg("@v:64x64:1:1 -frames:v 1")),
        // Noise, to be large.
        ("large-cover.png", Make::Ffmpeg("-f lavfi -i nullsrc=s=900x900,geq=random(1)*255:128:128 -frames:v 1")),
        ("hours.mp4.5", Make::Ffmpeg("@v:32x32:5:10800 @a:8000:10800 @h264 -g 50 -c:a aac -b:a 16k -f mp4")),
        ("minute.mp4", Make::Ffmpeg("@v:32x32:25:60 @a:8000:60 @h264 -g 250 -c:a aac -b:a 16k")),
        ("bt709.mkv", Make::Ffmpeg("@v @h264 -color_primaries bt709 -color_trc bt709 -colorspace bt709")),
        ("minute.mkv", Make::Ffmpeg("@v:32x32:25:60 @a:8000:60 @h264 -g 250 -c:a aac -b:a 16k")),
        ("minute.webm", Make::Ffmpeg("@v:32x32:5:60 @a:48000:60 @vp9 -c:a libopus -b:a 8k")),
        ("minute.avi", Make::Ffmpeg("@v:32x32:10:60 @a:16000:60 -c:v mpeg4 -c:a libmp3lame -b:a 16k")),
        ("minute.mp3", Make::Ffmpeg("@a:16000:60 -c:a libmp3lame -b:a 16k -write_xing 0 -id3v2_version 0")),
        ("minute.aac", Make::Ffmpeg("@a:8000:60 -c:a aac -b:a 16k -f adts")),
        ("minute.m4a", Make::Ffmpeg("@a:8000:60 -c:a aac -b:a 16k")),
        ("minute.opus.ogg", Make::Ffmpeg("@a:48000:60 -c:a libopus -b:a 8k")),
        // Silence and noise by turns, so that the bitrate changes.
        ("varied.mp3", Make::Ffmpeg(VARIED)),
    ]
}

const VARIED: &str = "-f lavfi -i aevalsrc=random(0)*0.5*gt(mod(t\\,4)\\,2):s=44100:d=60 -c:a libmp3lame -q:a 2 -write_xing 0 \
     -id3v2_version 0";
