//! Writes of several items that happen together or not at all.

use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::TransactWriteItem;
use rand::Rng;

use super::{Item, Table, unexpected};
use quayside_domain::{Error, Result};

/// How a transaction ended that met no error.
pub(super) enum Outcome {
    /// All was written.
    Written,
    /// Nothing was: some conditions did not hold. For each write, in order, whether its condition failed, and then the
    /// item as it is, if there is one.
    Refused(Vec<Refusal>),
}

/// What one write of a refused transaction met.
pub(super) struct Refusal {
    /// Whether this write's condition failed.
    pub(super) failed: bool,
    /// The item as it is, if its write asked for it.
    pub(super) item: Option<Item>,
}

impl Table {
    /// Writes the items together. Another transaction on one of them at the same moment is waited out: the owner's usage
    /// is in the transactions of all of an owner's uploads, so that contention is normal there.
    pub(super) async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<Outcome> {
        const ATTEMPTS: u32 = 10;
        let mut attempt = 0;
        loop {
            let request = self.client.transact_write_items().set_transact_items(Some(writes.clone()));
            let error = match request.send().await {
                Ok(_) => return Ok(Outcome::Written),
                Err(error) => error,
            };
            let Some(reasons) = reasons(&error) else { return Err(unexpected(error)) };
            if reasons.iter().any(|(code, _)| code == "ConditionalCheckFailed") {
                let refusal = |(code, item)| Refusal { failed: code == "ConditionalCheckFailed", item };
                return Ok(Outcome::Refused(reasons.into_iter().map(refusal).collect()));
            }
            attempt += 1;
            let contended = reasons.iter().any(|(code, _)| {
                matches!(code.as_str(), "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
            });
            if !contended {
                return Err(Error::Internal(error.into()));
            }
            if attempt == ATTEMPTS {
                return Err(Error::Unavailable(error.into()));
            }
            tokio::time::sleep(jitter(attempt)).await;
        }
    }
}

fn reasons(error: &SdkError<TransactWriteItemsError>) -> Option<Vec<(String, Option<Item>)>> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.as_service_error()? else {
        return None;
    };
    let reason = |reason: &aws_sdk_dynamodb::types::CancellationReason| {
        (reason.code().unwrap_or_default().to_owned(), reason.item().cloned())
    };
    Some(cancelled.cancellation_reasons().iter().map(reason).collect())
}

/// A random wait of up to 20, 40, 80 … 640 milliseconds ("full jitter").
fn jitter(attempt: u32) -> Duration {
    let most = 10_u64 << attempt.min(6);
    Duration::from_millis(rand::rng().random_range(0..=most))
}
