//! Measures the thumbnails of one image: `thumbnail FILE [COUNT]`.
//!
//! Prints one line of JSON: the CPU time of a round in milliseconds, user and system, as the median over COUNT rounds;
//! the mean wall time in milliseconds; the process's peak resident memory in KiB, which includes the file; and the size
//! of each variant in bytes. Runs on Linux only.

#![expect(clippy::print_stdout, reason = "it prints its result")]

use std::error::Error;
use std::time::Instant;
use std::{env, fs};

use quayside_inspect::image::{self, Limits};
use quayside_inspect::sniff;
use quayside_render::thumbnails;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("usage: thumbnail FILE [COUNT]")?;
    let count: usize = arguments.next().map_or(Ok(11), |count| count.parse())?;
    let bytes = fs::read(&path)?;
    let format = sniff(&bytes, bytes.len() as u64).and_then(|format| format.raster()).ok_or("not an image")?;
    let limits = Limits { max_pixels: 100_000_000, max_frames: 10_000 };
    let mut rounds = Vec::with_capacity(count);
    let mut sizes = String::new();
    let start = Instant::now();
    for _ in 0..count.max(1) {
        let before = cpu_milliseconds()?;
        let image = image::inspect(&bytes, format, &limits)?;
        let made = thumbnails(&bytes, &image)?;
        rounds.push(cpu_milliseconds()? - before);
        sizes = made.variants.iter().map(|one| format!(", \"{}_bytes\": {}", one.name, one.bytes.len())).collect();
    }
    let wall = start.elapsed().as_secs_f64() * 1000.0 / rounds.len() as f64;
    rounds.sort_by(f64::total_cmp);
    let cpu = rounds[rounds.len() / 2];
    let peak = peak_resident_kib()?;
    println!(r#"{{"cpu_ms": {cpu:.1}, "wall_ms": {wall:.1}, "peak_rss_kib": {peak}{sizes}}}"#);
    Ok(())
}

/// The CPU time of all threads of this process, from the scheduler's count in nanoseconds.
fn cpu_milliseconds() -> Result<f64, Box<dyn Error>> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += text.split(' ').next().ok_or("no time in schedstat")?.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e6)
}

fn peak_resident_kib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
