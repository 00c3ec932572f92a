//! Messages of a queue, as the functions that work on them report on them.

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsMessage};

use quayside_domain::Result;

/// Which attempt at the message this is, from 1.
pub fn attempt(message: &SqsMessage) -> u64 {
    message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// Reports a message by itself if the work on it failed, so that the queue brings it again.
pub fn report(response: &mut SqsBatchResponse, message: SqsMessage, done: Result<()>) {
    if let Err(error) = done {
        let id = message.message_id.unwrap_or_default();
        tracing::error!(message.id = id, error = error.causes(), "message failed");
        response.add_failure(id);
    }
}
