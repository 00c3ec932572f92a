//! The way of bytes into storage: one PUT of what is small, and of the rest a multipart upload with few parts in memory.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use quayside_domain::upload::{MAX_PARTS, MAX_SINGLE_BYTES, Parts};
use quayside_domain::{ByteSize, Error, MediaType, PartNumber, Result, Sha256, Strategy, Upload};
use quayside_store::storage::Completion;
use sha2::Digest;
use tokio::task::JoinSet;
use tracing::warn;

use crate::fetch::Job;

/// Bytes in every part but the last. Two of them are on their way and one is being filled, whatever the file's size.
const PART_BYTES: u64 = 8 << 20;
/// How many parts are on their way at once.
const IN_FLIGHT: usize = 2;
/// The most bytes that parts of this size make.
pub(crate) const MOST_BYTES: u64 = PART_BYTES * MAX_PARTS;

/// A file on its way into storage.
pub(crate) struct Store {
    hasher: sha2::Sha256,
    size: u64,
    /// What has come and is not sent: up to a part, or up to what one PUT takes while there are no parts.
    buffer: BytesMut,
    content_type: MediaType,
    /// As many bytes as the file may have.
    largest: u64,
    parts: Option<InParts>,
}

struct InParts {
    multipart_id: String,
    plan: Parts,
    next: PartNumber,
    in_flight: JoinSet<Result<Sent>>,
    etags: Vec<(PartNumber, String)>,
    /// Memory of parts that were sent.
    spare: Vec<BytesMut>,
}

struct Sent {
    number: PartNumber,
    etag: String,
    bytes: Bytes,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            hasher: sha2::Sha256::new(),
            size: 0,
            buffer: BytesMut::new(),
            content_type: MediaType::UNKNOWN,
            largest: MOST_BYTES,
            parts: None,
        }
    }

    /// Says of what type the file is, how many bytes are announced, and how many there may be.
    pub(crate) fn expect(&mut self, content_type: MediaType, announced: Option<ByteSize>, largest: u64) {
        (self.content_type, self.largest) = (content_type, largest);
        let announced = announced.map_or(0, ByteSize::bytes);
        self.buffer.reserve(usize::try_from(announced.min(self.room())).unwrap_or(0));
    }

    /// How many bytes have come.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The digest of what has come.
    pub(crate) fn sha256(&self) -> Sha256 {
        Sha256::from(<[u8; 32]>::from(self.hasher.clone().finalize()))
    }

    /// Begins a multipart upload of up to `size` bytes. Until the record names it, only this knows of it.
    pub(crate) async fn begin_parts(
        &mut self,
        job: &Job<'_>,
        content_type: MediaType,
        size: ByteSize,
    ) -> Result<Upload> {
        let multipart_id = job.app.storage.create_multipart_of(job.work(), content_type).await?;
        let plan = Parts::cut(size, PART_BYTES);
        let (in_flight, etags, spare) = (JoinSet::new(), Vec::new(), Vec::new());
        self.parts = Some(InParts { multipart_id: multipart_id.clone(), plan, next: 1, in_flight, etags, spare });
        let expires_at = job.work().due_at.unwrap_or(job.work().updated_at);
        Ok(Upload { strategy: Strategy::Multipart { multipart_id, parts: plan }, expires_at })
    }

    /// Takes the next bytes.
    pub(crate) async fn write(&mut self, job: &mut Job<'_>, mut bytes: Bytes) -> Result<()> {
        // On this thread: with less than a processor to run on, another one would only take turns with it.
        self.hasher.update(&bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = usize::try_from(self.room()).unwrap_or(0);
            if room == 0 {
                self.flush(job).await?;
                continue;
            }
            let piece = bytes.split_to(room.min(bytes.len()));
            self.buffer.extend_from_slice(&piece);
        }
        Ok(())
    }

    fn room(&self) -> u64 {
        let most = if self.parts.is_some() { PART_BYTES } else { MAX_SINGLE_BYTES };
        most.saturating_sub(self.buffer.len() as u64)
    }

    /// Sends what has come and begins the next part.
    async fn flush(&mut self, job: &mut Job<'_>) -> Result<()> {
        if self.parts.is_none() {
            let upload = self.begin_parts(job, self.content_type, ByteSize::new(self.largest)?).await?;
            job.goes_in_parts(self.size, upload).await?;
        }
        let Some(parts) = &mut self.parts else { return Ok(()) };
        let mut full = std::mem::take(&mut self.buffer).freeze();
        while !full.is_empty() {
            let part = full.split_to(full.len().min(PART_BYTES as usize));
            parts.send(job, part).await?;
        }
        self.buffer = parts.spare.pop().unwrap_or_else(|| BytesMut::with_capacity(PART_BYTES as usize));
        Ok(())
    }

    /// Sends what is left, and has storage put it together.
    pub(crate) async fn finish(&mut self, job: &mut Job<'_>) -> Result<Strategy> {
        if self.parts.is_none() {
            let bytes = std::mem::take(&mut self.buffer).freeze();
            job.app.storage.put_incoming_of(job.work(), bytes, self.content_type).await?;
            return Ok(Strategy::Single);
        }
        if !self.buffer.is_empty() {
            self.flush(job).await?;
        }
        let Some(parts) = &mut self.parts else { return Ok(Strategy::Single) };
        while !parts.in_flight.is_empty() {
            parts.settle().await?;
        }
        parts.etags.sort_unstable();
        let (storage, work) = (&job.app.storage, job.work());
        match storage.complete_multipart_of(work, &parts.multipart_id, &parts.etags).await? {
            Completion::Done => {}
            // It was put together, and the answer was lost; unless the object is not the one.
            Completion::NoSuchUpload => {
                let last = storage.read_upload_range(work, self.size - 1..self.size + 1).await?;
                if last.is_none_or(|last| last.len() != 1) {
                    return Err(Error::Unavailable("storage has given up a multipart upload".into()));
                }
            }
            Completion::InvalidPart => return Err(Error::Unavailable("storage has lost a part".into())),
        }
        let parts_of_all = Parts::cut(ByteSize::new(self.size)?, parts.plan.part_size());
        let multipart_id = parts.multipart_id.clone();
        Ok(Strategy::Multipart { multipart_id, parts: parts_of_all })
    }

    /// Gives up what was begun. Storage's own rule removes the parts that it does not give up now.
    pub(crate) async fn give_up(self, job: &Job<'_>) {
        let Some(mut parts) = self.parts else { return };
        // A part that arrives after the end would stay.
        while parts.in_flight.join_next().await.is_some() {}
        if let Err(error) = job.app.storage.abort_multipart_of(job.work(), &parts.multipart_id).await {
            warn!(error = error.causes(), "storage did not abort");
        }
    }
}

impl InParts {
    async fn send(&mut self, job: &Job<'_>, bytes: Bytes) -> Result<()> {
        while self.in_flight.len() >= IN_FLIGHT {
            self.settle().await?;
        }
        let (storage, work, multipart_id) =
            (job.app.storage.clone(), Arc::clone(job.work()), self.multipart_id.clone());
        let number = self.next;
        self.next += 1;
        self.in_flight.spawn(async move {
            let etag = storage.put_part_of(&work, &multipart_id, number, bytes.clone()).await?;
            Ok(Sent { number, etag, bytes })
        });
        Ok(())
    }

    /// Waits for one part to be in storage.
    async fn settle(&mut self) -> Result<()> {
        let Some(sent) = self.in_flight.join_next().await else { return Ok(()) };
        let Sent { number, etag, bytes } = sent.map_err(|error| Error::Internal(error.into()))??;
        self.etags.push((number, etag));
        if let Ok(mut memory) = bytes.try_into_mut() {
            memory.clear();
            self.spare.push(memory);
        }
        Ok(())
    }
}
