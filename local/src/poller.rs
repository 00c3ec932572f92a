//! What stands between a queue and a function: Lambda's event source mapping for SQS.
//!
//! As the Lambda guide, "Using Lambda with Amazon SQS", has it: messages come in batches; what the function names in
//! `batchItemFailures` stays in the queue and the rest is deleted; an answer that cannot be understood, an error, a
//! panic or a timeout fails the batch as a whole.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use md5::{Digest, Md5};
use quayside_template::QueueSource;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::functions::Invoke;
use crate::queue::{Message, Queues};
use crate::{ACCOUNT, REGION};

/// What the invocations of one function may take together, in MiB, however many the template allows: this is one machine.
const MEMORY_MB: u32 = 8 << 10;

/// The wait after an error of the queues' file.
const PAUSE: Duration = Duration::from_secs(1);

/// Feeds one function from one queue.
#[derive(Clone)]
pub struct Poller {
    /// Where the source's queue is.
    pub queues: Queues,
    /// What the template says of it.
    pub source: QueueSource,
    /// The function.
    pub invoke: Invoke,
    /// The function's timeout.
    pub timeout: Duration,
    /// What an invocation may take, in MiB.
    pub memory_mb: u32,
    /// When a message that failed is tried again. `None` is as deployed: when its visibility timeout has passed.
    pub retry_after: Option<Duration>,
}

impl Poller {
    /// Works until it is dropped. Invocations under way are dropped with it, and their messages come back.
    pub async fn run(self) {
        let slots = Arc::new(Semaphore::new(self.at_once() as usize));
        let mut batches = JoinSet::new();
        loop {
            while batches.try_join_next().is_some() {}
            // A message's visibility timeout starts when it is received: only receive what can be worked on.
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let received = match self.queues.receive(&self.source.queue, self.source.batch_size).await {
                Ok(messages) if messages.is_empty() => self.queues.wait(&self.source.queue).await,
                Ok(messages) => {
                    let poller = self.clone();
                    batches.spawn(async move {
                        poller.work(messages).await;
                        drop(slot);
                    });
                    Ok(())
                }
                Err(error) => Err(error),
            };
            if let Err(error) = received {
                tracing::error!(queue = self.source.queue, %error, "the queue cannot be read, trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Invocations at once, at most.
    fn at_once(&self) -> u32 {
        let fitting = (MEMORY_MB / self.memory_mb).max(1);
        self.source.maximum_concurrency.map_or(fitting, |most| most.min(fitting))
    }

    async fn work(&self, messages: Vec<Message>) {
        let answer = call(&self.invoke, self.event(&messages), self.timeout).await;
        let failed = answer.and_then(|answer| {
            if self.source.report_batch_item_failures { failures(&answer, &messages) } else { Ok(BTreeSet::new()) }
        });
        let (failed, done): (Vec<Message>, Vec<Message>) = match failed {
            Ok(failed) => messages.into_iter().partition(|message| failed.contains(&message.message_id)),
            Err(error) => {
                tracing::warn!(function = self.source.function, error, "a batch failed");
                (messages, Vec::new())
            }
        };
        for message in &failed {
            let Message { message_id, receive_count, .. } = message;
            tracing::warn!(function = self.source.function, message_id, receive_count, "a message failed");
        }
        let receipts = |messages: Vec<Message>| messages.into_iter().map(|message| message.receipt).collect();
        let mut result = self.queues.delete(receipts(done)).await;
        if let Some(wait) = self.retry_after.filter(|_| !failed.is_empty()) {
            result = result.and(self.queues.release(&self.source.queue, receipts(failed), wait).await);
        }
        if let Err(error) = result {
            tracing::error!(queue = self.source.queue, %error, "messages that were dealt with will be delivered again");
        }
    }

    /// The event that Lambda makes of messages.
    fn event(&self, messages: &[Message]) -> Value {
        let records: Vec<Value> = messages
            .iter()
            .map(|message| {
                json!({
                    "messageId": message.message_id,
                    "receiptHandle": message.receipt,
                    "body": message.body,
                    "attributes": {
                        "ApproximateReceiveCount": message.receive_count.to_string(),
                        "SentTimestamp": message.sent_at.to_string(),
                        "SenderId": ACCOUNT,
                        "ApproximateFirstReceiveTimestamp": message.first_received_at.to_string(),
                    },
                    "messageAttributes": {},
                    "md5OfBody": hex::encode(Md5::digest(&message.body)),
                    "eventSource": "aws:sqs",
                    "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", self.source.queue),
                    "awsRegion": REGION,
                })
            })
            .collect();
        json!({"Records": records})
    }
}

/// Invokes a function as Lambda does: a panic or a timeout is an error of this one invocation.
pub(crate) async fn call(invoke: &Invoke, event: Value, timeout: Duration) -> Result<Value, String> {
    let invocation = AssertUnwindSafe(async { invoke(event).await }).catch_unwind();
    match tokio::time::timeout(timeout, invocation).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err("the function panicked".to_owned()),
        Err(_) => Err(format!("the function took longer than its {} seconds", timeout.as_secs_f32())),
    }
}

/// The ids of the messages that the function says have failed. An error if the answer names none that was in the batch:
/// Lambda then takes the whole batch as failed.
fn failures(answer: &Value, messages: &[Message]) -> Result<BTreeSet<String>, String> {
    let list = match answer {
        Value::Null => return Ok(BTreeSet::new()),
        Value::Object(object) => match object.get("batchItemFailures") {
            None | Some(Value::Null) => return Ok(BTreeSet::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err("batchItemFailures must be a list".to_owned()),
        },
        _ => return Err("the answer must be an object".to_owned()),
    };
    list.iter()
        .map(|failure| match failure.get("itemIdentifier") {
            Some(Value::String(id)) if messages.iter().any(|message| message.message_id == *id) => Ok(id.clone()),
            other => Err(format!("batchItemFailures names {other:?}, which is no message of the batch")),
        })
        .collect()
}
