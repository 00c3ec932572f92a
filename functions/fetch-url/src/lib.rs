//! Takes a file from a URL into storage, while it comes: no more than a few parts of it are ever in memory. Ends in
//! `uploaded`, from where it is inspected as an upload is, or in `failed`.
//!
//! SourceError of the source is dealt with here, by waiting and asking again, and is final after that. SourceError of ours is the
//! queue's to repeat; on the last attempt the asset goes to `failed` with `ingestion_gave_up`, and the message to the dead
//! letters. Whatever ends a fetch gives up the multipart upload that it has begun.

mod body;
mod client;
mod fetch;
mod guard;
mod media;
mod source;
mod source_error;
mod store;

use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::LambdaEvent;
use quayside_domain::{Error, Failure, FailureCode, Message, Result, Timestamp};
use quayside_edge::config::{FetchConfig, UploadConfig, inspected_within_seconds};
use quayside_edge::queue;
use quayside_edge::start::Start;
use quayside_edge::work::{fail, record_span};
use quayside_store::config::{ConfigError, TableConfig, Variables};
use quayside_store::storage::Storage;
use quayside_store::table::Table;
use tracing::{info, instrument, warn};

use client::Client;
use fetch::{FetchError, Job};

/// What the function is made of; made once, before the first event.
#[derive(Debug)]
pub struct App {
    table: Table,
    storage: Storage,
    client: Client,
    config: FetchConfig,
    uploads: UploadConfig,
    inspected_within_seconds: u64,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that events will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        // A fetch that has used up its time still has to put its last parts away, twice that long.
        let patience = Duration::from_secs(40);
        let (start, storage) = Start::with_storage(env!("CARGO_PKG_NAME"), variables, patience).await?;
        let variables = &start.variables;
        let table = TableConfig::read(variables)?;
        let config = FetchConfig::read(variables, &table)?;
        Ok(Self {
            storage,
            client: Client::new(&config, guard::system_lookup())?,
            config,
            uploads: UploadConfig::read(variables)?,
            inspected_within_seconds: inspected_within_seconds(variables)?,
            table: start.table,
        })
    }
}

/// Works on a batch, one message after the other so that one file at a time is in memory. Messages that failed are
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
    let Some((work, wanted)) = app.table.claim_ingestion(&parsed, Timestamp::now()).await? else {
        info!("nothing to do");
        // An attempt that failed or died may have written to storage after the asset's bytes were deleted.
        return if attempt > 1 { app.table.purge_again(&parsed, Timestamp::now()).await } else { Ok(()) };
    };
    let mut job = Job::new(app, work);
    let done = match fetch::fetch(&mut job, &wanted).await {
        Ok(()) => Ok(()),
        Err(FetchError::Source(trouble)) => refuse(app, &parsed, &job, trouble.into_failure()).await,
        Err(FetchError::Overtaken) => overtaken(app, &parsed).await,
        Err(FetchError::Ours(error)) => Err(error),
    };
    match done {
        Err(error) if attempt >= app.config.attempts => {
            give_up(app, &parsed).await?;
            Err(error)
        }
        done => done,
    }
}

async fn refuse(app: &App, message: &Message, job: &Job<'_>, failure: Failure) -> Result<()> {
    info!(code = ?failure.code, detail = failure.detail, "not fetched");
    match fail(&app.table, job.work(), Timestamp::now(), failure).await {
        Err(Error::Conflict) => overtaken(app, message).await,
        failed => failed.map(drop),
    }
}

/// The record is another than the one that we have last written. Then somebody has moved the asset on, and if its bytes
/// were deleted too, what was put to storage since is left over; unless it was ourselves, and the table's answer was lost.
async fn overtaken(app: &App, message: &Message) -> Result<()> {
    if app.table.claim_ingestion(message, Timestamp::now()).await?.is_some() {
        return Err(Error::Unavailable("the record was written without our hearing of it".into()));
    }
    warn!("the asset was changed while it was fetched");
    app.table.purge_again(message, Timestamp::now()).await
}

/// Ends an ingestion for good whose trouble is ours. The record is read once more: the trouble may have been an answer of
/// the table's that was lost.
async fn give_up(app: &App, message: &Message) -> Result<()> {
    let detail = "The file could not be fetched, through no fault of its source. Try again later.".to_owned();
    let failure = Failure { code: FailureCode::IngestionGaveUp, detail };
    let Some((work, _)) = app.table.claim_ingestion(message, Timestamp::now()).await? else {
        return app.table.purge_again(message, Timestamp::now()).await;
    };
    match fail(&app.table, &work, Timestamp::now(), failure).await {
        Err(Error::Conflict) => app.table.purge_again(message, Timestamp::now()).await,
        failed => failed.map(drop),
    }
}
