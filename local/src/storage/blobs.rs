//! The bytes of objects and parts: one file each, named by a unique id, written once and never changed.
//!
//! A blob exists for a client only once the index names it. One that the index does not name is left over from a
//! process that was killed, and is removed when storage opens.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt as _};
use s3s::S3ErrorCode;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::error::{Result, refuse};

/// How much of a body is gathered before it is hashed and written, in bytes: little enough to be still in the core's
/// cache when it is. Two such batches are in memory per upload: one being written, one being received.
const BATCH: usize = 256 * 1024;

/// How much is read from a file at a time, in bytes.
const CHUNK: u64 = 512 * 1024;

/// Names a blob, and its file.
pub(super) type BlobId = String;

/// A blob in the order of an object, and its size in bytes.
pub(super) type Extent = (BlobId, u64);

/// The folder of blobs.
#[derive(Debug)]
pub(super) struct Blobs {
    directory: PathBuf,
    leases: Mutex<Leases>,
}

#[derive(Debug, Default)]
struct Leases {
    held: HashMap<BlobId, usize>,
    /// Removed while held.
    doomed: HashSet<BlobId>,
}

impl Blobs {
    /// Opens the folder, makes it if it is missing, and removes every file in it that `known` does not name.
    pub(super) fn open(directory: PathBuf, known: &HashSet<BlobId>) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        for file in fs::read_dir(&directory)? {
            let file = file?;
            if !file.file_name().to_str().is_some_and(|name| known.contains(name)) {
                fs::remove_file(file.path())?;
            }
        }
        Ok(Self { directory, leases: Mutex::default() })
    }

    /// Removes blobs that the index no longer names; those that are being read go when the last reader is done.
    pub(super) fn remove(&self, ids: Vec<BlobId>) {
        for id in ids {
            let mut leases = self.leases();
            if leases.held.contains_key(&id) {
                leases.doomed.insert(id);
            } else {
                drop(leases);
                self.unlink(&id);
            }
        }
    }

    /// Keeps blobs readable until the lease is dropped. To be called while the index still names them and cannot
    /// change.
    pub(super) fn lease(self: &Arc<Self>, extents: &[Extent]) -> Lease {
        let mut leases = self.leases();
        for (id, _) in extents {
            *leases.held.entry(id.clone()).or_default() += 1;
        }
        Lease { blobs: Arc::clone(self), ids: extents.iter().map(|(id, _)| id.clone()).collect() }
    }

    /// Where the files are.
    #[cfg(test)]
    pub(super) fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    fn unlink(&self, id: &str) {
        if let Err(error) = fs::remove_file(self.directory.join(id)) {
            // It takes room until storage opens again, and hurts nobody.
            tracing::warn!(%error, blob = id, "cannot remove a blob");
        }
    }

    fn leases(&self) -> std::sync::MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Blobs::lease`].
#[derive(Debug)]
pub(super) struct Lease {
    blobs: Arc<Blobs>,
    ids: Vec<BlobId>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut done = Vec::new();
        let mut leases = self.blobs.leases();
        for id in self.ids.drain(..) {
            let Some(count) = leases.held.get_mut(&id) else { continue };
            *count -= 1;
            if *count == 0 {
                leases.held.remove(&id);
                if leases.doomed.remove(&id) {
                    done.push(id);
                }
            }
        }
        drop(leases);
        for id in done {
            self.blobs.unlink(&id);
        }
    }
}

/// A blob that is being written. Its file is removed when this is dropped, unless [`NewBlob::keep`] was called.
pub(super) struct NewBlob {
    pub(super) id: BlobId,
    /// In bytes.
    pub(super) size: u64,
    blobs: Arc<Blobs>,
    kept: bool,
}

impl NewBlob {
    /// The index names it now.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for NewBlob {
    fn drop(&mut self) {
        if !self.kept {
            self.blobs.unlink(&self.id);
        }
    }
}

/// A blob that was received whole, and what was computed on the way.
pub(super) struct Received {
    pub(super) blob: NewBlob,
    pub(super) md5: [u8; 16],
    pub(super) checksum: dto::Checksum,
}

struct Writer {
    file: File,
    blob: NewBlob,
    md5: Md5,
    hasher: ChecksumHasher,
}

impl Writer {
    fn create(blobs: Arc<Blobs>, hasher: ChecksumHasher) -> io::Result<Self> {
        let id = Uuid::now_v7().simple().to_string();
        let file = File::create_new(blobs.directory.join(&id))?;
        Ok(Self { file, blob: NewBlob { id, size: 0, blobs, kept: false }, md5: Md5::new(), hasher })
    }

    fn write(mut self, batch: &[Bytes]) -> io::Result<Self> {
        for bytes in batch {
            self.md5.update(bytes);
            self.hasher.update(bytes);
            self.file.write_all(bytes)?;
            self.blob.size += bytes.len() as u64;
        }
        Ok(self)
    }

    fn finish(self) -> Received {
        Received { blob: self.blob, md5: self.md5.finalize(), checksum: self.hasher.finalize() }
    }
}

/// Writes a body to a new blob, with the checksums that `hasher` is set to compute. A body that breaks off leaves
/// nothing behind. Holds at most two batches of it in memory.
pub(super) async fn receive(
    blobs: &Arc<Blobs>,
    mut body: dto::StreamingBlob,
    hasher: ChecksumHasher,
) -> Result<Received> {
    let blobs = Arc::clone(blobs);
    let mut writing = spawn_blocking(move || Writer::create(blobs, hasher));
    loop {
        let mut batch = Vec::new();
        let mut size = 0;
        let mut more = true;
        while more && size < BATCH {
            match body.next().await {
                Some(Ok(bytes)) => {
                    size += bytes.len();
                    batch.push(bytes);
                }
                Some(Err(error)) => {
                    let message = format!("The body is not what the request's head announced: {error}");
                    return Err(refuse(S3ErrorCode::IncompleteBody, message));
                }
                None => more = false,
            }
        }
        let writer = writing.await??;
        if !more {
            return Ok(spawn_blocking(move || writer.write(&batch).map(Writer::finish)).await??);
        }
        writing = spawn_blocking(move || writer.write(&batch));
    }
}

/// Reads a range of an object, given in bytes, from its blobs, a chunk at a time. The lease covers them.
pub(super) fn read(
    lease: Lease,
    extents: Vec<Extent>,
    range: Range<u64>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync {
    let reader = Reader { lease, segments: segments(extents, &range), file: None };
    stream::try_unfold(reader, |mut reader| async move {
        spawn_blocking(move || Ok(reader.next_chunk()?.map(|chunk| (chunk, reader)))).await?
    })
}

struct Segment {
    id: BlobId,
    offset: u64,
    length: u64,
}

fn segments(extents: Vec<Extent>, range: &Range<u64>) -> VecDeque<Segment> {
    let mut start = 0;
    let mut segments = VecDeque::new();
    for (id, size) in extents {
        let end = start + size;
        let (from, to) = (range.start.max(start), range.end.min(end));
        if from < to {
            segments.push_back(Segment { id, offset: from - start, length: to - from });
        }
        start = end;
    }
    segments
}

struct Reader {
    lease: Lease,
    segments: VecDeque<Segment>,
    /// Of the first segment, at its offset.
    file: Option<File>,
}

impl Reader {
    fn next_chunk(&mut self) -> io::Result<Option<Bytes>> {
        let Some(segment) = self.segments.front_mut() else { return Ok(None) };
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut file = File::open(self.lease.blobs.directory.join(&segment.id))?;
                file.seek(SeekFrom::Start(segment.offset))?;
                self.file.insert(file)
            }
        };
        let length = segment.length.min(CHUNK);
        let mut chunk = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        if file.take(length).read_to_end(&mut chunk)? as u64 != length {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a blob is shorter than the index says"));
        }
        segment.length -= length;
        if segment.length == 0 {
            self.segments.pop_front();
            self.file = None;
        }
        Ok(Some(chunk.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_touches_only_the_blobs_that_it_overlaps() {
        let extents = vec![("a".to_owned(), 10), ("b".to_owned(), 0), ("c".to_owned(), 5), ("d".to_owned(), 1)];
        let cut = |range| -> Vec<_> {
            segments(extents.clone(), &range).into_iter().map(|s| (s.id, s.offset, s.length)).collect()
        };
        assert_eq!(cut(0..10), [("a".to_owned(), 0, 10)]);
        assert_eq!(cut(9..12), [("a".to_owned(), 9, 1), ("c".to_owned(), 0, 2)]);
        assert_eq!(cut(14..16), [("c".to_owned(), 4, 1), ("d".to_owned(), 0, 1)]);
        assert_eq!(cut(3..3), []);
    }
}
