//! Does what is due, every minute: gives up uploads that were never completed, and deletes the bytes of assets that
//! failed or were deleted.
//!
//! Each step can be repeated. The record changes first where that closes a door (an expired upload cannot be completed
//! any more), then storage, then the record is no longer due; a sweep that dies in between is followed by another.

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use lambda_runtime::LambdaEvent;
use quayside_shared::config::{ConfigError, StorageConfig, TableConfig, Variables};
use quayside_shared::domain::{Asset, Error, Failure, FailureCode, Result, Status, Timestamp};
use quayside_shared::storage::Storage;
use quayside_shared::table::{Table, Work};
use serde::Serialize;
use serde_json::Value;
use tracing::{error, info, instrument};

/// What the function is made of; made once, before the first event.
#[derive(Debug)]
pub struct App {
    table: Table,
    storage: Storage,
}

impl App {
    /// Reads the configuration.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub fn new(variables: &Variables) -> Result<Self, ConfigError> {
        const NAME: &str = env!("CARGO_PKG_NAME");
        Ok(Self {
            table: Table::new(&TableConfig::read(variables)?, NAME),
            storage: Storage::new(&StorageConfig::read(variables)?, NAME),
        })
    }
}

/// What one sweep did, in assets.
#[derive(Debug, Default, Serialize, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that were given up.
    pub expired: usize,
    /// Failed assets whose bytes were deleted.
    pub cleaned: usize,
    /// Deleted assets whose bytes were deleted.
    pub purged: usize,
    /// Assets that could not be dealt with this time.
    pub postponed: usize,
}

/// How many assets of each shard one sweep takes: well within the function's timeout. The next takes more.
const AT_ONCE: i32 = 100;

/// Sweeps once.
///
/// # Errors
/// If the table cannot be asked what is due.
pub async fn handle(app: &App, _event: LambdaEvent<EventBridgeEvent<Value>>) -> Result<Swept, lambda_runtime::Error> {
    let mut swept = Swept::default();
    for work in app.table.due(Timestamp::now(), AT_ONCE).await? {
        let (id, status) = (work.id, work.status);
        match sweep(app, work).await {
            Ok(()) => match status {
                Status::AwaitingUpload => swept.expired += 1,
                Status::Deleted => swept.purged += 1,
                _ => swept.cleaned += 1,
            },
            // Somebody was at it at this moment: it was completed, kept alive or deleted. If it is still due, the next
            // sweep finds it.
            Err(Error::Conflict) => swept.postponed += 1,
            Err(error) => {
                error!(asset.id = %id, %error, "postponed");
                swept.postponed += 1;
            }
        }
    }
    info!(swept.expired, swept.cleaned, swept.purged, swept.postponed, "swept");
    Ok(swept)
}

#[instrument(skip_all, fields(asset.id = %work.id))]
async fn sweep(app: &App, work: Work<Asset>) -> Result<()> {
    let now = Timestamp::now();
    match work.status {
        Status::AwaitingUpload => {
            let detail = "The upload was not completed in time.".to_owned();
            let failure = Failure { code: FailureCode::UploadExpired, detail };
            let work = app.table.mark_failed(work, now, failure).await?;
            delete_bytes(app, &work).await?;
            app.table.mark_cleaned(&work, now).await
        }
        Status::Deleted => {
            delete_bytes(app, &work).await?;
            app.table.mark_purged(&work, now).await
        }
        Status::Failed => {
            delete_bytes(app, &work).await?;
            app.table.mark_cleaned(&work, now).await
        }
        // Nothing makes these due.
        Status::Uploaded | Status::Ready => Err(Error::Internal("an asset in use is due".into())),
    }
}

async fn delete_bytes(app: &App, work: &Work<Asset>) -> Result<()> {
    // First the parts, so that nothing can be put together any more from then on.
    if let Some(upload_id) = work.multipart_upload_id() {
        app.storage.abort_multipart_of(work, upload_id).await?;
    }
    app.storage.delete_everything(work).await
}
