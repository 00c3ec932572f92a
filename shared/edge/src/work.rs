//! What the functions that work on assets have in common.

use quayside_domain::{Asset, Failure, FailureCode, Message, Result, Status, Timestamp, Work};
use quayside_store::table::Table;

use crate::telemetry::Metric;

/// Writes into the current span, whose fields they are, which asset (`asset.id`) a message is about, and in which trace
/// (`trace.id`).
pub fn record_span(message: &Message) {
    let span = tracing::Span::current();
    span.record("asset.id", tracing::field::display(message.asset()));
    if let Some(trace) = message.trace() {
        span.record("trace.id", trace.trace_id());
    }
}

/// Records that the asset failed, as its worker found, and counts it.
///
/// # Errors
/// `Conflict` if the asset is not the worker's any more; `Unavailable` or `Internal`.
pub async fn fail(table: &Table, work: &Work<Asset>, now: Timestamp, failure: Failure) -> Result<Work<Asset>> {
    let code = failure.code;
    let failed = table.mark_failed(work, now, failure).await?;
    count(work, code);
    Ok(failed)
}

/// Records that an asset failed whose time is over, and counts it.
///
/// # Errors
/// `Conflict` if the record has changed; `Unavailable` or `Internal`.
pub async fn give_up(table: &Table, work: &Work<Asset>, now: Timestamp, failure: Failure) -> Result<Work<Asset>> {
    let code = failure.code;
    let failed = table.give_up(work, now, failure).await?;
    count(work, code);
    Ok(failed)
}

fn count(before: &Asset, code: FailureCode) {
    // What failed once, and is now given up for good, has not failed twice.
    if before.status() != Status::Failed {
        Metric::Failures.add_of(1, &code.name());
    }
}
