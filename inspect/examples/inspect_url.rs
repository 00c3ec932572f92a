//! Measures the inspection of a file behind a URL: `inspect_url URL BYTES [COUNT]`, with the file's size in bytes.
//!
//! Prints one line of JSON: what one inspection asks for, CPU milliseconds of user and system time for one, the mean over
//! COUNT of them, and the process's peak resident memory in KiB. Each inspection opens its own connections. Linux only,
//! and `http` only.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::error::Error;
use std::future::poll_fn;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::{env, fs};

use futures::executor::block_on;
use quayside_inspect::{Budget, File, Media, Source};

/// The longest answer's head that is read, in bytes.
const HEAD: u64 = 64 * 1024;

/// A file on an HTTP/1.1 server.
///
/// All on one thread: a read sends its request when it is first polled, and reads the answer when it is polled again.
/// So all reads that are asked for together are sent before any is waited for, each over a connection of its own.
struct Remote {
    authority: String,
    target: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Connections on which no answer is awaited.
    idle: Vec<BufReader<TcpStream>>,
    requests: u32,
    bytes: u64,
    /// How many times reads were asked for together.
    waves: u32,
    /// Whether an answer has come since the last wave began.
    has_answer: bool,
}

impl Remote {
    fn new(url: &str) -> io::Result<Self> {
        let rest = url.strip_prefix("http://").ok_or_else(|| other("not an http URL"))?;
        let (authority, target) = rest.split_once('/').ok_or_else(|| other("the URL has no path"))?;
        Ok(Self { authority: authority.to_owned(), target: format!("/{target}"), state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, range: &Range<u64>) -> io::Result<BufReader<TcpStream>> {
        let idle = {
            let mut state = self.state();
            state.waves += u32::from(state.requests == 0 || state.has_answer);
            state.has_answer = false;
            state.requests += 1;
            state.bytes += range.end - range.start;
            state.idle.pop()
        };
        let mut connection = match idle {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(&self.authority)?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\nrange: bytes={}-{}\r\n\r\n",
            self.target,
            self.authority,
            range.start,
            range.end - 1
        );
        connection.get_mut().write_all(request.as_bytes())?;
        Ok(connection)
    }

    fn answer(&self, mut connection: BufReader<TcpStream>, length: u64) -> io::Result<Vec<u8>> {
        let mut lines = Read::by_ref(&mut connection).take(HEAD).lines();
        let status = lines.next().transpose()?.unwrap_or_default();
        if !status.starts_with("HTTP/1.1 206 ") {
            return Err(other(&format!("the server answered: {status}")));
        }
        for line in lines {
            if line?.is_empty() {
                break;
            }
        }
        let mut bytes = Vec::with_capacity(length as usize);
        Read::by_ref(&mut connection).take(length).read_to_end(&mut bytes)?;
        let mut state = self.state();
        state.has_answer = true;
        state.idle.push(connection);
        Ok(bytes)
    }
}

impl Source for Remote {
    type Error = io::Error;

    async fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let connection = self.ask(&range)?;
        let mut has_let_others_ask = false;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut has_let_others_ask, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        self.answer(connection, range.end - range.start)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let usage = "usage: inspect_url URL BYTES [COUNT]";
    let url = arguments.next().ok_or(usage)?;
    let size: u64 = arguments.next().ok_or(usage)?.parse()?;
    let count: u32 = arguments.next().map_or(Ok(1), |count| count.parse())?.max(1);
    let before = cpu_milliseconds()?;
    let (mut media, mut state) = inspect(&url, size)?;
    for _ in 1..count {
        (media, state) = inspect(&url, size)?;
    }
    let cpu = (cpu_milliseconds()? - before) / f64::from(count);
    let State { requests, bytes, waves, .. } = state;
    let seconds = or_null(media.duration.map(|duration| duration.as_secs_f64()));
    let pages = or_null(media.document.and_then(|document| document.pages));
    let peak = peak_resident_kib()?;
    println!(
        r#"{{"requests": {requests}, "waves": {waves}, "bytes": {bytes}, "cpu_ms": {cpu:.3}, "peak_rss_kib": {peak}, "seconds": {seconds}, "pages": {pages}}}"#
    );
    Ok(())
}

fn inspect(url: &str, size: u64) -> Result<(Media, State), Box<dyn Error>> {
    let source = Remote::new(url)?;
    let media = block_on(async {
        let mut file = File::open(&source, size, Budget::default()).await?;
        let format = file.format().ok_or("of no format that is known")?;
        Ok::<_, Box<dyn Error>>(file.inspect(format).await?)
    })?;
    Ok((media, source.state.into_inner()?))
}

/// CPU time that the process has used, which has one thread, by the scheduler's own count in nanoseconds.
fn cpu_milliseconds() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split(' ').next().ok_or("no time in schedstat")?.parse::<u64>()? as f64 / 1e6)
}

fn peak_resident_kib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in status")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn or_null(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "null".to_owned(), |value| value.to_string())
}

fn other(what: &str) -> io::Error {
    io::Error::other(what)
}
