//! Does what is due, every minute: gives up uploads that were never completed, and fetches and inspections that never
//! ended; and deletes the bytes of assets that failed or were deleted.
//!
//! Each step can be repeated. The record changes first where that closes a door (an expired upload cannot be completed
//! any more), then storage, then the record is no longer due; a sweep that dies in between is followed by another.

use std::time::{Duration, Instant};

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use futures::stream::{self, StreamExt};
use lambda_runtime::LambdaEvent;
use quayside_domain::{Asset, Error, Failure, FailureCode, Result, Status, Timestamp, Work};
use quayside_edge::start::Start;
use quayside_edge::telemetry::Metric;
use quayside_edge::work::give_up;
use quayside_store::config::{ConfigError, Variables};
use quayside_store::storage::Storage;
use quayside_store::table::Table;
use serde::Serialize;
use serde_json::Value;
use tracing::{error, info, instrument, warn};

/// What the function is made of; made once, before the first event.
#[derive(Debug)]
pub struct App {
    table: Table,
    storage: Storage,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that events will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let patience = Duration::from_secs(15);
        let (start, storage) = Start::with_storage(env!("CARGO_PKG_NAME"), variables, patience).await?;
        Ok(Self { storage, table: start.table })
    }
}

/// What one sweep did, in assets.
#[derive(Debug, Default, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Uploads that were given up.
    pub expired: usize,
    /// Failed assets whose bytes were deleted.
    pub cleaned: usize,
    /// Deleted assets whose bytes were deleted.
    pub purged: usize,
    /// Assets that were not fetched or inspected in time.
    pub given_up: usize,
    /// Assets that could not be dealt with this time.
    pub postponed: usize,
}

/// How many assets of each shard one sweep looks at. The next one looks at more.
const AT_ONCE: i32 = 100;
/// How many of them are dealt with side by side.
const CONCURRENCY: usize = 8;
/// When a sweep begins nothing more, in seconds: well before the function's timeout.
const ENOUGH_SECONDS: u64 = 40;
/// When an asset that could not be dealt with gets its next turn, in seconds.
const NEXT_TURN_SECONDS: u64 = 600;

/// Sweeps once.
///
/// # Errors
/// If the table cannot be asked what is due.
pub async fn handle(app: &App, _event: LambdaEvent<EventBridgeEvent<Value>>) -> Result<Swept, lambda_runtime::Error> {
    let begun = Instant::now();
    let due = app.table.due(Timestamp::now(), AT_ONCE).await.map_err(|error| error.causes())?;
    // What gives quota back goes first: it is one write, and somebody may be waiting for it.
    let (expired, others): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|work| matches!(work.status(), Status::AwaitingUpload | Status::Ingesting));
    let done: Vec<_> = stream::iter(expired.into_iter().chain(others))
        .map(|work| process_due(app, work, begun))
        .buffer_unordered(CONCURRENCY)
        .collect()
        .await;
    let mut swept = Swept::default();
    for done in done {
        match done {
            Outcome::Expired => swept.expired += 1,
            Outcome::Cleaned => swept.cleaned += 1,
            Outcome::Purged => swept.purged += 1,
            Outcome::GivenUp => swept.given_up += 1,
            Outcome::Postponed => swept.postponed += 1,
        }
    }
    Metric::UploadsExpired.add(swept.expired as u64);
    // Also where there are none, so that an alarm tells quiet from silence.
    Metric::AssetsOverdue.add(swept.given_up as u64);
    info!(swept.expired, swept.cleaned, swept.purged, swept.given_up, swept.postponed, "swept");
    Ok(swept)
}

/// How an asset's turn ended.
enum Outcome {
    Expired,
    Cleaned,
    Purged,
    GivenUp,
    Postponed,
}

/// Deals with one asset. One whose bytes cannot be deleted is put off, so that it does not stand before others.
#[instrument(skip_all, fields(asset.id = %work.id))]
async fn process_due(app: &App, work: Work<Asset>, begun: Instant) -> Outcome {
    if begun.elapsed() > Duration::from_secs(ENOUGH_SECONDS) {
        return Outcome::Postponed;
    }
    match sweep(app, &work).await {
        Ok(outcome) => return outcome,
        // Somebody was at it at this moment: it was completed, kept alive or deleted. If it is still due, the next sweep
        // finds it.
        Err(Error::Conflict) => {}
        Err(error) => {
            error!(error = error.causes(), "postponed");
            let bytes_are_left = matches!(work.status(), Status::Failed | Status::Deleted);
            if bytes_are_left && let Err(error) = app.table.postpone(&work, Timestamp::now(), NEXT_TURN_SECONDS).await {
                warn!(error = error.causes(), "not put off");
            }
        }
    }
    Outcome::Postponed
}

async fn sweep(app: &App, work: &Work<Asset>) -> Result<Outcome> {
    let now = Timestamp::now();
    match (work.status(), work.failure.as_ref().map(|failure| failure.code)) {
        (Status::AwaitingUpload, _) => {
            let detail = "The upload was not completed in time.";
            let failed = give_up(&app.table, work, now, failure(FailureCode::UploadExpired, detail)).await?;
            // The upload is over. If its bytes cannot be deleted now, the record is due for that.
            if let Err(error) = clean(app, &failed).await {
                error!(error = error.causes(), "the bytes of an expired upload are left to the next sweep");
            }
            Ok(Outcome::Expired)
        }
        (Status::Ingesting, _) => {
            let detail = "The file was not fetched in time, through no fault of its source. Send its URL again.";
            let failed = give_up(&app.table, work, now, failure(FailureCode::IngestionGaveUp, detail)).await?;
            if let Err(error) = clean(app, &failed).await {
                error!(error = error.causes(), "the bytes of a given up fetch are left to the next sweep");
            }
            Ok(Outcome::GivenUp)
        }
        (Status::Uploaded, _) => {
            let detail = "The file was not inspected in time, through no fault of its own. Try again later.";
            give_up(&app.table, work, now, failure(FailureCode::ProcessingGaveUp, detail)).await?;
            Ok(Outcome::GivenUp)
        }
        // The bucket has emptied what is below `incoming/`.
        (Status::Failed, Some(FailureCode::ProcessingGaveUp)) => {
            let detail = "The file could not be inspected and is no longer kept. Upload it again.";
            let failed = give_up(&app.table, work, now, failure(FailureCode::BytesMissing, detail)).await?;
            clean(app, &failed).await?;
            Ok(Outcome::Cleaned)
        }
        (Status::Failed, _) => {
            clean(app, work).await?;
            Ok(Outcome::Cleaned)
        }
        (Status::Deleted, _) => {
            delete_bytes(app, work).await?;
            app.table.mark_purged(work, now).await?;
            Ok(Outcome::Purged)
        }
        // Nothing makes these due.
        (Status::Ready, _) => Err(Error::Internal("an asset in use is due".into())),
    }
}

fn failure(code: FailureCode, detail: &str) -> Failure {
    Failure { code, detail: detail.to_owned() }
}

async fn clean(app: &App, work: &Work<Asset>) -> Result<()> {
    delete_bytes(app, work).await?;
    app.table.mark_cleaned(work, Timestamp::now()).await
}

async fn delete_bytes(app: &App, work: &Work<Asset>) -> Result<()> {
    // First the parts, so that nothing can be put together any more from then on.
    if let Some(multipart_id) = work.multipart_id() {
        app.storage.abort_multipart_of(work, multipart_id).await?;
    }
    app.storage.delete_everything(work).await
}
