//! What the functions that work on assets have in common.

use quayside_domain::{Asset, Failure, Result, Status, Timestamp};
use quayside_store::table::{Table, Work};

use crate::telemetry::Metric;

/// Records that the asset failed, and counts it.
///
/// # Errors
/// `Conflict` if the record has changed; `Unavailable` or `Internal`.
pub async fn fail(table: &Table, work: &Work<Asset>, now: Timestamp, failure: Failure) -> Result<Work<Asset>> {
    let code = failure.code;
    let failed = table.mark_failed(work, now, failure).await?;
    // What failed once, and is now given up for good, has not failed twice.
    if work.status != Status::Failed {
        Metric::Failures.add_of(1, &code.name());
    }
    Ok(failed)
}
