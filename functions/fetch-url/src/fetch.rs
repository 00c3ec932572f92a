//! One file's way from its source into storage, and what the record is told of it.

use std::sync::Arc;
use std::time::Duration;

use quayside_domain::upload::MAX_SINGLE_BYTES;
use quayside_domain::{
    Asset, ByteSize, Error, FailureCode, MediaType, Sha256, SourceUrl, Strategy, Timestamp, Upload, Work,
};
use quayside_edge::telemetry::Metric;
use quayside_store::table::Fetch;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::source::Download;
use crate::source_error::{RetryBudget, SourceError};
use crate::store::{MOST_BYTES, Store};
use crate::{App, media};

/// How often the record is told how many bytes have come.
const PROGRESS: Duration = Duration::from_secs(5);

/// Why a file was not fetched.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// The source is at fault, or its file.
    Source(SourceError),
    /// Somebody has changed the record: nobody wants the file any more, or another attempt is at it.
    Overtaken,
    /// We are.
    Ours(Error),
}

impl From<SourceError> for FetchError {
    fn from(trouble: SourceError) -> Self {
        Self::Source(trouble)
    }
}

impl From<Error> for FetchError {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict => Self::Overtaken,
            Error::QuotaExceeded { .. } => {
                Self::Source(SourceError::last(FailureCode::QuotaExceeded, error.to_string()))
            }
            error => Self::Ours(error),
        }
    }
}

/// An asset that is being fetched, as its record was left by the last write.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    pub(crate) app: &'a App,
    work: Arc<Work<Asset>>,
    told_at: Instant,
}

impl<'a> Job<'a> {
    pub(crate) fn new(app: &'a App, work: Work<Asset>) -> Self {
        Self { app, work: Arc::new(work), told_at: Instant::now() }
    }

    pub(crate) fn work(&self) -> &Arc<Work<Asset>> {
        &self.work
    }

    async fn answered(
        &mut self,
        content_type: MediaType,
        size: Option<ByteSize>,
        upload: Option<Upload>,
    ) -> Result<(), Error> {
        let answer = (content_type, size, upload);
        let app = self.app;
        self.told(app.table.mark_answered(&self.work, Timestamp::now(), answer, self.quota()).await?);
        Ok(())
    }

    pub(crate) async fn goes_in_parts(&mut self, bytes: u64, upload: Upload) -> Result<(), Error> {
        let app = self.app;
        self.told(app.table.mark_in_parts(&self.work, Timestamp::now(), (bytes, upload), self.quota()).await?);
        Ok(())
    }

    async fn received(&mut self, bytes: u64) -> Result<(), Error> {
        let app = self.app;
        self.told(app.table.mark_received(&self.work, Timestamp::now(), bytes, self.quota()).await?);
        Ok(())
    }

    async fn fetched(&mut self, size: ByteSize, sha256: Sha256, strategy: Strategy) -> Result<(), Error> {
        let (app, file) = (self.app, (size, sha256, strategy));
        app.table.mark_fetched(&self.work, Timestamp::now(), file, self.quota(), app.inspected_within_seconds).await
    }

    fn told(&mut self, work: Work<Asset>) {
        self.work = Arc::new(work);
        self.told_at = Instant::now();
    }

    fn quota(&self) -> u64 {
        self.app.uploads.allowance.quota_bytes
    }
}

/// Fetches a file. Where that does not end well, no parts are left of it.
pub(crate) async fn fetch(job: &mut Job<'_>, wanted: &Fetch) -> Result<(), FetchError> {
    let app = job.app;
    let url = SourceUrl::parse(&wanted.url, &app.config.rules)
        .map_err(|forbidden| SourceError::last(FailureCode::SourceForbidden, forbidden.to_string()))?;
    // An earlier attempt died over it.
    if let Some(multipart_id) = job.work.multipart_id() {
        app.storage.abort_multipart_of(&job.work, multipart_id).await?;
    }
    let mut patience = RetryBudget::new(app.config.total_seconds);
    loop {
        let mut download = Download::begin(&app.client, &url, &mut patience).await?;
        let mut store = Store::new();
        let Err(stop) = bring(job, wanted, &mut download, &mut store, &mut patience).await else { return Ok(()) };
        drop(download);
        store.give_up(job).await;
        match stop {
            FetchError::Source(trouble) => patience.wait(trouble).await?,
            FetchError::Ours(error) => return Err(look_again(job, error).await),
            FetchError::Overtaken => return Err(stop),
        }
    }
}

/// What storage refuses may be what somebody has given up meanwhile, of which the record tells.
async fn look_again(job: &mut Job<'_>, error: Error) -> FetchError {
    let bytes = job.work.received.map_or(0, |received| received.bytes);
    match job.received(bytes).await {
        Err(Error::Conflict) => FetchError::Overtaken,
        Err(other) => {
            warn!(error = other.causes(), "the record cannot be looked at either");
            FetchError::Ours(error)
        }
        Ok(()) => FetchError::Ours(error),
    }
}

async fn bring(
    job: &mut Job<'_>,
    wanted: &Fetch,
    download: &mut Download<'_>,
    store: &mut Store,
    patience: &mut RetryBudget,
) -> Result<(), FetchError> {
    let uploads = &job.app.uploads;
    let answered = download.content_type.as_deref();
    let content_type = media::decide(answered, job.work.content_type, wanted.expected, &uploads.allowed_types)?;
    let limit = Limit { bytes: uploads.max_bytes(content_type.kind()).min(MOST_BYTES), content_type };
    limit.check(download.announced)?;
    let announced = download.announced.map(ByteSize::new).transpose().map_err(|_| empty())?;
    let upload = match announced {
        Some(size) if size.bytes() > MAX_SINGLE_BYTES => Some(store.begin_parts(job, content_type, size).await?),
        _ => None,
    };
    job.answered(content_type, announced, upload).await?;

    store.expect(content_type, announced, limit.bytes);
    while let Some(bytes) = download.next(patience).await? {
        if store.size() + bytes.len() as u64 > limit.bytes {
            return Err(limit.exceeded(download.announced).into());
        }
        store.write(job, bytes).await?;
        if job.told_at.elapsed() >= PROGRESS {
            job.received(store.size()).await?;
        }
    }
    let size = ByteSize::new(store.size()).map_err(|_| empty())?;
    let sha256 = store.sha256();
    if let Some(declared) = job.work.declared_sha256.filter(|declared| *declared != sha256) {
        let detail = format!("The file's SHA-256 is {sha256}, not {declared} as declared.");
        return Err(SourceError::last(FailureCode::ChecksumMismatch, detail).into());
    }
    // What was not announced has to have room before it is put where it would stay.
    if announced.is_none() {
        job.received(size.bytes()).await?;
    }
    let strategy = store.finish(job).await?;
    job.fetched(size, sha256, strategy).await?;
    info!(bytes = size.bytes(), content_type = content_type.as_str(), "fetched");
    Metric::IngestedBytes.add(size.bytes());
    Ok(())
}

fn empty() -> SourceError {
    SourceError::last(FailureCode::Unreadable, "The source's file is empty.")
}

/// The largest size of a file.
struct Limit {
    bytes: u64,
    content_type: MediaType,
}

impl Limit {
    fn check(&self, announced: Option<u64>) -> Result<(), SourceError> {
        if announced.is_some_and(|size| size > self.bytes) { Err(self.exceeded(announced)) } else { Ok(()) }
    }

    fn exceeded(&self, announced: Option<u64>) -> SourceError {
        let has = announced.map_or_else(|| "more".to_owned(), |size| size.to_string());
        let (kind, limit) = (self.content_type.kind(), self.bytes);
        let detail = format!("A file of this kind ({kind}) may have up to {limit} bytes; this one has {has}.");
        SourceError::last(FailureCode::TooLarge, detail)
    }
}
