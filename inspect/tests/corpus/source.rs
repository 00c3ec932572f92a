//! A file on disk that counts what is read of it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Mutex;

use quayside_inspect::Source;

pub(crate) struct OnDisk {
    file: File,
    pub(crate) size: u64,
    cost: Mutex<Cost>,
}

/// How much was read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// How many times reads were asked for together.
    pub(crate) waves: u32,
    pub(crate) requests: u32,
    pub(crate) bytes: u64,
    /// Whether something was read since the last wave began.
    has_read: bool,
}

impl OnDisk {
    pub(crate) fn open(path: &Path) -> Self {
        let file = File::open(path).unwrap();
        let size = file.metadata().unwrap().len();
        Self { file, size, cost: Mutex::default() }
    }

    pub(crate) fn cost(&self) -> Cost {
        *self.cost.lock().unwrap()
    }
}

impl Source for OnDisk {
    type Error = io::Error;

    fn read(&self, range: Range<u64>) -> impl Future<Output = io::Result<Vec<u8>>> + Send {
        let mut cost = self.cost.lock().unwrap();
        cost.waves += u32::from(cost.requests == 0 || cost.has_read);
        cost.has_read = false;
        cost.requests += 1;
        cost.bytes += range.end - range.start;
        drop(cost);
        async move {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            self.file.read_exact_at(&mut bytes, range.start)?;
            self.cost.lock().unwrap().has_read = true;
            Ok(bytes)
        }
    }
}
