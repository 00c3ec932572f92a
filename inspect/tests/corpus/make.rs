//! Making the files, each once, in a folder outside of the checkout.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::{env, process, thread};

use crate::change;
use crate::files::{Make, Recipe, materials};

/// The folder of the corpus, and how its files are made.
pub(crate) struct Corpus {
    folder: PathBuf,
    files: BTreeMap<&'static str, (Make, OnceLock<()>)>,
}

/// The packets of sound and picture.
pub(crate) struct Packets {
    pub(crate) count: u64,
    /// From the beginning of the first to the end of the last.
    pub(crate) seconds: f64,
}

impl Corpus {
    pub(crate) fn of(recipes: &[Recipe]) -> Self {
        let makes = recipes.iter().map(|recipe| (recipe.name, recipe.make)).chain(materials());
        let files: BTreeMap<_, _> = makes.map(|(name, make)| (name, (make, OnceLock::new()))).collect();
        assert_eq!(files.len(), recipes.len() + materials().len(), "two files have one name");
        // Whoever changes a recipe, or how it is followed, gets other files.
        let mut hasher = DefaultHasher::new();
        files.iter().for_each(|(name, (make, _))| format!("{name} {make:?}").hash(&mut hasher));
        [include_str!("make.rs"), include_str!("change.rs")].hash(&mut hasher);
        let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cache")));
        let folder = cache.unwrap().join(format!("quayside/fixtures/corpus-{:016x}", hasher.finish()));
        fs::create_dir_all(&folder).unwrap();
        Self { folder, files }
    }

    /// The file of this name, which is made now if it is not there.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        let (make, is_there) = self.files.get(name).unwrap_or_else(|| panic!("no recipe makes {name}"));
        is_there.get_or_init(|| self.once(name, |path| self.make(*make, path)));
        self.folder.join(name)
    }

    /// What ffprobe says of a file, as JSON; asked once too.
    pub(crate) fn probe(&self, name: &str) -> String {
        let path = self.path(name);
        let answer = format!("{name}.json");
        self.once(&answer, |to| {
            let mut ffprobe = Command::new("ffprobe");
            ffprobe.args(["-v", "fatal", "-show_format", "-show_streams", "-of", "json"]).arg(&path);
            output_into(&mut ffprobe, to);
        });
        fs::read_to_string(self.folder.join(answer)).unwrap()
    }

    /// What ffprobe finds when it goes through the whole file.
    pub(crate) fn packets(&self, name: &str) -> Packets {
        let path = self.path(name);
        let answer = format!("{name}.packets");
        self.once(&answer, |to| {
            let mut ffprobe = Command::new("ffprobe");
            ffprobe.args([
                "-v",
                "fatal",
                "-show_entries",
                "packet=codec_type,pts_time,duration_time",
                "-of",
                "csv=p=0",
            ]);
            let output = ffprobe.arg(&path).output().unwrap();
            assert!(output.status.success(), "{ffprobe:?}: {}", output.status);
            let list = String::from_utf8(output.stdout).unwrap();
            let (mut count, mut start, mut end) = (0, f64::MAX, 0_f64);
            for packet in list.lines().filter(|packet| packet.starts_with("audio") || packet.starts_with("video")) {
                let mut fields = packet.split(',').skip(1).map(|field| field.parse().unwrap_or(0.0));
                let (begins, lasts): (f64, f64) = (fields.next().unwrap(), fields.next().unwrap());
                (count, start, end) = (count + 1, start.min(begins), end.max(begins + lasts));
            }
            fs::write(to, format!("{count} {}", end - start)).unwrap();
        });
        let answer = fs::read_to_string(self.folder.join(answer)).unwrap();
        let (count, seconds) = answer.split_once(' ').unwrap();
        Packets { count: count.parse().unwrap(), seconds: seconds.parse().unwrap() }
    }

    /// Makes a file if it is not there. Tests run at once: it is whole before it has its name.
    fn once(&self, name: &str, make: impl FnOnce(&Path)) {
        let path = self.folder.join(name);
        if !path.exists() {
            let making = self.folder.join(format!("making-{}-{:?}-{name}", process::id(), thread::current().id()));
            make(&making);
            fs::rename(making, path).unwrap();
        }
    }

    fn make(&self, make: Make, path: &Path) {
        match make {
            Make::Ffmpeg(arguments) => run(self.ffmpeg(arguments).arg(path)),
            Make::Piped(arguments) => output_into(self.ffmpeg(arguments).arg("pipe:1"), path),
            Make::Sparse(arguments) => {
                let whole = path.with_file_name(format!("whole-{}", path.file_name().unwrap().to_str().unwrap()));
                run(self.ffmpeg(arguments).arg(&whole));
                copy_with_holes(&whole, path);
                fs::remove_file(whole).unwrap();
            }
            Make::Changed(name, how) => change::change(&self.path(name), path, how),
            Make::Joined(names) => {
                let parts: Vec<Vec<u8>> = names.iter().map(|name| fs::read(self.path(name)).unwrap()).collect();
                fs::write(path, parts.concat()).unwrap();
            }
            Make::Text(text) => fs::write(path, text).unwrap(),
        }
    }

    /// ffmpeg with these arguments; the output is for the caller to add.
    fn ffmpeg(&self, arguments: &str) -> Command {
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.args(["-v", "error", "-nostdin", "-y"]).env("SVT_LOG", "1");
        for argument in arguments.split_ascii_whitespace() {
            match argument.strip_prefix('@') {
                Some(short) => self.expand(&mut ffmpeg, short),
                None => _ = ffmpeg.arg(argument),
            }
        }
        // The same file every time.
        ffmpeg.arg("-bitexact");
        ffmpeg
    }

    fn expand(&self, ffmpeg: &mut Command, short: &str) {
        let parts: Vec<&str> = short.split(':').collect();
        let long = match parts.as_slice() {
            // Test pictures (size, rate, seconds), the same with noise, and a tone (rate, seconds).
            ["v"] => "-f lavfi -i testsrc2=size=64x48:rate=25:duration=2".to_owned(),
            ["v", size, rate, seconds] => format!("-f lavfi -i testsrc2=size={size}:rate={rate}:duration={seconds}"),
            ["noise", size, rate, seconds] => {
                format!("-f lavfi -i testsrc2=size={size}:rate={rate}:duration={seconds},noise=alls=100:allf=t")
            }
            ["a"] => "-f lavfi -i sine=sample_rate=44100:duration=2".to_owned(),
            ["a", rate, seconds] => format!("-f lavfi -i sine=sample_rate={rate}:duration={seconds}"),
            ["h264"] => "-c:v libx264 -preset ultrafast -pix_fmt yuv420p".to_owned(),
            ["hevc"] => "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=none".to_owned(),
            ["hevc10"] => "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none".to_owned(),
            ["av1"] => "-c:v libsvtav1 -preset 12".to_owned(),
            ["vp8"] => "-c:v libvpx -deadline realtime -cpu-used 8".to_owned(),
            ["vp9"] => "-c:v libvpx-vp9 -deadline realtime -cpu-used 8".to_owned(),
            ["aac"] => "-c:a aac".to_owned(),
            // Another file: as an input, or its path alone.
            [name] => {
                match name.strip_prefix('@') {
                    Some(name) => ffmpeg.arg(self.path(name)),
                    None => ffmpeg.arg("-i").arg(self.path(name)),
                };
                return;
            }
            _ => panic!("@{short} is no short form"),
        };
        ffmpeg.args(long.split(' '));
    }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn output_into(command: &mut Command, path: &Path) {
    run(command.stdout(Stdio::from(File::create(path).unwrap())));
}

fn copy_with_holes(from: &Path, to: &Path) {
    let mut from = BufReader::with_capacity(1 << 20, File::open(from).unwrap());
    let mut to = File::create(to).unwrap();
    // A block of most file systems.
    let mut block = vec![0; 4096];
    loop {
        let length = from.read(&mut block).unwrap();
        if length == 0 {
            break;
        }
        let bytes = &block[..length];
        if bytes.iter().all(|&byte| byte == 0) {
            to.seek(SeekFrom::Current(length as i64)).unwrap();
        } else {
            to.write_all(bytes).unwrap();
        }
    }
    let length = to.stream_position().unwrap();
    to.set_len(length).unwrap();
}
