//! Inspects uploaded assets: are the bytes what was declared, what are their dimensions, and what do they look like when
//! small. Ends in `ready` or `failed`.
//!
//! A message is worked on at least once. A failure that may pass is the queue's to repeat; on the last attempt the asset
//! goes to `failed` with `processing_gave_up`, and the message to the dead letters.

mod inspection;
mod metadata;
mod ranges;

use std::time::{Duration, Instant};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::LambdaEvent;
use quayside_domain::{Asset, Error, Failure, FailureCode, Message, Result, Timestamp, Work};
use quayside_edge::config::ProcessingConfig;
use quayside_edge::queue;
use quayside_edge::start::Start;
use quayside_edge::telemetry::Metric;
use quayside_edge::work::{fail, record_span};
use quayside_inspect::image::Limits;
use quayside_store::config::{ConfigError, Variables};
use quayside_store::storage::Storage;
use quayside_store::table::Table;
use tracing::{info, instrument, warn};

use inspection::Verdict;

/// What the function is made of; made once, before the first event.
#[derive(Debug)]
pub struct App {
    table: Table,
    storage: Storage,
    config: ProcessingConfig,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that events will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let patience = Duration::from_secs(120);
        let (start, storage) = Start::with_storage(env!("CARGO_PKG_NAME"), variables, patience).await?;
        let variables = &start.variables;
        Ok(Self { storage, config: ProcessingConfig::read(variables)?, table: start.table })
    }

    fn limits(&self) -> Limits {
        Limits { max_pixels: self.config.max_pixels, max_frames: self.config.max_frames }
    }
}

/// Works on a batch, one message after the other so that one image at a time is in memory. Messages that failed are
/// reported, each by itself.
///
/// # Errors
/// Never for the whole batch.
pub async fn handle(app: &App, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, lambda_runtime::Error> {
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        // Boxed, since the SDK's futures are deep.
        let done = Box::pin(work_on(app, &message)).await;
        queue::report(&mut response, message, done);
    }
    Ok(response)
}

#[instrument(skip_all, fields(asset.id, trace.id))]
async fn work_on(app: &App, message: &SqsMessage) -> Result<()> {
    let body = message.body.as_deref().unwrap_or_default();
    let attempt = queue::attempt(message);
    let parsed = Message::parse(message.message_id.as_deref().unwrap_or_default(), attempt, body)?;
    record_span(&parsed);
    let Some(work) = app.table.claim(&parsed, Timestamp::now()).await? else {
        info!("nothing to do");
        // An attempt that failed or died may have written to storage after the asset's bytes were deleted.
        return if attempt > 1 { app.table.purge_again(&parsed, Timestamp::now()).await } else { Ok(()) };
    };
    let begun = Instant::now();
    let inspected = inspection::inspect(app, &work).await;
    let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Metric::ProcessingTime.add_of(took, work.kind.as_str());
    let done = match inspected {
        Ok(verdict) => record(app, &parsed, &work, verdict).await,
        Err(error) => Err(error),
    };
    match done {
        Err(error) if attempt >= app.config.attempts => {
            let detail = "The file could not be inspected, through no fault of its own. Try again later.".to_owned();
            let failure = Failure { code: FailureCode::ProcessingGaveUp, detail };
            match fail(&app.table, &work, Timestamp::now(), failure).await {
                Err(Error::Conflict) => app.table.purge_again(&parsed, Timestamp::now()).await?,
                failed => drop(failed?),
            }
            Err(error)
        }
        done => done,
    }
}

async fn record(app: &App, message: &Message, work: &Work<Asset>, verdict: Verdict) -> Result<()> {
    let now = Timestamp::now();
    let recorded = match verdict {
        Verdict::Accepted { sha256, metadata, variants } => {
            app.table.mark_ready(work, now, sha256, *metadata, variants).await
        }
        Verdict::Refused(failure) => {
            info!(code = ?failure.code, detail = failure.detail, "asset refused");
            let failed = fail(&app.table, work, now, failure).await;
            return failed.map(drop).or_else(overtaken);
        }
    };
    match recorded {
        // It was deleted while it was inspected. If its bytes were deleted too, what was just written is left over.
        Err(Error::Conflict) => {
            app.table.purge_again(message, now).await?;
            overtaken(Error::Conflict)
        }
        other => other,
    }
}

/// Somebody else has moved the asset on, so that there is nothing left to record.
fn overtaken(error: Error) -> Result<()> {
    match error {
        Error::Conflict => {
            warn!("the asset was changed while it was inspected");
            Ok(())
        }
        other => Err(other),
    }
}
