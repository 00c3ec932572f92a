//! The pipe from the table's stream to the bus, and the bus with its rules.
//!
//! Each record that passes the pipe's filters becomes an event, and each rule that the event matches puts it in the
//! rule's queues. Messages and checkpoint are written together, so a record whose messages were lost with the process
//! is read again, and none is left out. A record may lead to its messages twice, as it may on AWS.

#[cfg(test)]
mod tests;

use std::time::Duration;

use quayside_template::{Pipe as Definition, Rule};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::queue::{Checkpoint, QueueError, Queues};
use crate::table::{Change, Table, TableError};
use crate::{ACCOUNT, REGION};

/// The table says when it was written to; this is for a write whose client went away before the answer.
const LOOK_ANYWAY: Duration = Duration::from_secs(1);

/// The wait after an error of either file.
const PAUSE: Duration = Duration::from_secs(1);

/// The stream is trimmed after so many records.
const TRIM_EVERY: usize = 1_000;

/// Carries records to queues.
pub struct Pipe {
    /// Whose stream.
    pub table: Table,
    /// Where messages and checkpoint go.
    pub queues: Queues,
    /// What the template says of the pipe.
    pub definition: Definition,
    /// The rules of the bus.
    pub rules: Vec<Rule>,
}

#[derive(Debug, thiserror::Error)]
enum PipeError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Queues(#[from] QueueError),
}

impl Pipe {
    /// Works until it is dropped. After an error it goes on from the last checkpoint.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.carry().await {
                tracing::error!(%error, "the pipe cannot go on, trying again");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Works until there is an error.
    async fn carry(&self) -> Result<(), PipeError> {
        let mut checkpoint = self.queues.checkpoint(self.table.stream_arn()).await?;
        let mut untrimmed = TRIM_EVERY;
        loop {
            let changes = self.table.changes_after(checkpoint.as_deref(), self.definition.batch_size).await?;
            let Some(last) = changes.last() else {
                // A timeout is one more reason to look.
                let _ = tokio::time::timeout(LOOK_ANYWAY, self.table.written()).await;
                continue;
            };
            self.deliver(&changes).await?;
            checkpoint = Some(last.sequence_number.clone());
            untrimmed += changes.len();
            if untrimmed >= TRIM_EVERY {
                self.table.trim_stream(last).await?;
                untrimmed = 0;
            }
        }
    }

    /// Puts the messages that the changes lead to in their queues, and the checkpoint behind them.
    async fn deliver(&self, changes: &[Change]) -> Result<(), PipeError> {
        let Some(last) = changes.last() else { return Ok(()) };
        let mut messages = Vec::new();
        for change in changes {
            if let Some(event) = self.event(&change.record) {
                let matching = self.rules.iter().filter(|rule| rule.pattern.matches(&event));
                let body = event.to_string();
                messages.extend(matching.flat_map(|rule| &rule.queues).map(|queue| (queue.clone(), body.clone())));
            }
        }
        let stream = self.table.stream_arn().to_owned();
        let checkpoint = Checkpoint { stream, sequence_number: last.sequence_number.clone() };
        Ok(self.queues.deliver(messages, checkpoint).await?)
    }

    /// The event that the bus gets of a record, if the record passes the filters.
    fn event(&self, record: &Value) -> Option<Value> {
        let filters = &self.definition.filters;
        if !filters.is_empty() && !filters.iter().any(|filter| filter.matches(record)) {
            return None;
        }
        // A record that the pipe cannot pass on would be among the dead letters, where somebody looks for it.
        let detail = self.definition.input.apply(record).inspect_err(|error| {
            tracing::error!(%error, "the pipe passes on a record that is not what its template is for");
        });
        let detail = detail.ok()?;
        let second = OffsetDateTime::now_utc().truncate_to_second();
        Some(json!({
            "version": "0",
            "id": Uuid::new_v4().to_string(),
            "detail-type": self.definition.detail_type,
            "source": self.definition.source,
            "account": ACCOUNT,
            "time": second.format(&Rfc3339).unwrap_or_default(),
            "region": REGION,
            "resources": [],
            "detail": detail,
        }))
    }
}
