//! What files on disk are, and what it took to tell.

#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::error::Error;
use std::future::Future;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Mutex;
use std::time::Instant;
use std::{env, fs, io};

use futures::executor::block_on;
use quayside_inspect::{Budget, File, Source};

/// A file on disk.
struct OnDisk {
    file: fs::File,
    cost: Mutex<Cost>,
}

/// How much was read of it.
#[derive(Default)]
struct Cost {
    requests: u32,
    bytes: u64,
    /// How many times reads were asked for together.
    waves: u32,
    /// Whether something was read since the last wave began.
    has_read: bool,
}

impl Source for OnDisk {
    type Error = io::Error;

    fn read(&self, range: Range<u64>) -> impl Future<Output = io::Result<Vec<u8>>> + Send {
        if let Ok(mut cost) = self.cost.lock() {
            cost.waves += u32::from(cost.requests == 0 || cost.has_read);
            cost.has_read = false;
            cost.requests += 1;
            cost.bytes += range.end - range.start;
        }
        async move {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            self.file.read_exact_at(&mut bytes, range.start)?;
            if let Ok(mut cost) = self.cost.lock() {
                cost.has_read = true;
            }
            Ok(bytes)
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for path in env::args_os().skip(1) {
        let file = fs::File::open(&path)?;
        let size = file.metadata()?.len();
        let source = OnDisk { file, cost: Mutex::default() };
        let start = Instant::now();
        let media = block_on(async {
            let mut file = File::open(&source, size, Budget::default()).await?;
            match file.format() {
                Some(format) => file.inspect(format).await.map(Some),
                None => Ok(None),
            }
        });
        let took = start.elapsed();
        match media {
            Ok(Some(media)) => println!("{}: {media:#?}", path.display()),
            Ok(None) => println!("{}: of no format that is known", path.display()),
            Err(error) => println!("{}: {error}", path.display()),
        }
        let Cost { requests, bytes, waves, .. } = source.cost.into_inner()?;
        println!("{requests} requests in {waves} waves, {bytes} of {size} bytes, {took:?}");
    }
    Ok(())
}
