//! The queues, as SQS behind Lambda keeps them: messages that are hidden while somebody works on them, come back if
//! nobody deletes them, and go to the dead letters after too many attempts.
//!
//! They live in one SQLite file together with the pipe's checkpoint, so that the messages that a stream record leads to
//! and the note that the record is done are written in one transaction. What was written outlives the process. A
//! message is delivered at least once. The retention period is not kept: messages stay until they are deleted.

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quayside_template::Queue;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::Notify;
use uuid::Uuid;

/// `visible_at` is in milliseconds since 1970, as all times here. `receipt` is that of the last receive.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        sent_at INTEGER NOT NULL,
        visible_at INTEGER NOT NULL,
        receive_count INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER,
        receipt TEXT UNIQUE
    );
    CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at);
    CREATE TABLE IF NOT EXISTS checkpoints (stream TEXT PRIMARY KEY, sequence_number TEXT NOT NULL);
";

/// All queues. Clones share them, and every method may be called from any task.
#[derive(Clone)]
pub struct Queues {
    shared: Arc<Shared>,
}

struct Shared {
    connection: Mutex<Connection>,
    /// Each with what wakes its waiter.
    queues: BTreeMap<String, (Queue, Notify)>,
}

/// A message that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Stays the same over all attempts.
    pub message_id: String,
    /// Of this receive; [`Queues::delete`] takes it.
    pub receipt: String,
    /// What was sent.
    pub body: String,
    /// Milliseconds since 1970.
    pub sent_at: i64,
    /// Milliseconds since 1970.
    pub first_received_at: i64,
    /// 1 at the first attempt.
    pub receive_count: u32,
}

/// How far the pipe has come in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The stream's ARN. A table that was made anew has another one, and starts from its beginning.
    pub stream: String,
    /// Of the last record whose messages are in the queues.
    pub sequence_number: String,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Waiting to be received.
    pub visible: u64,
    /// Received and not yet deleted or visible again.
    pub in_flight: u64,
    /// In its dead-letter queue.
    pub dead_letters: u64,
}

/// Why a queue could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The template has no queue of this name.
    #[error("there is no queue `{0}`")]
    Unknown(String),
    /// SQLite failed: the disk is full, the file is locked or damaged.
    #[error("the queues' file: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The thread that waited for SQLite broke off.
    #[error("the queues' file: {0}")]
    Interrupted(#[from] tokio::task::JoinError),
}

impl Queues {
    /// Opens the queues in `file`, or makes them. What was in flight when they were last used is visible at once: only
    /// one process may have the file open. Blocks.
    ///
    /// # Errors
    ///
    /// If SQLite cannot open or write the file.
    pub fn open(file: &Path, queues: &[Queue]) -> Result<Self, QueueError> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // Outlives a killed process, if not a power failure; waiting for the disk would cost most of the time.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(SCHEMA)?;
        connection.execute("UPDATE messages SET visible_at = ?1, receipt = NULL WHERE visible_at > ?1", [now()])?;

        let queues: BTreeMap<_, _> =
            queues.iter().map(|queue| (queue.name.clone(), (queue.clone(), Notify::new()))).collect();
        let mut statement = connection.prepare("SELECT queue, count(*) FROM messages GROUP BY queue")?;
        let counts = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        for (queue, messages) in counts.collect::<Result<Vec<_>, _>>()? {
            if !queues.contains_key(&queue) {
                tracing::warn!(queue, messages, "messages wait in a queue that template.yaml no longer has");
            }
        }
        drop(statement);
        Ok(Self { shared: Arc::new(Shared { connection: Mutex::new(connection), queues }) })
    }

    /// Puts messages (queue and body) in their queues and moves the checkpoint: both happen, or neither.
    ///
    /// # Errors
    ///
    /// If a queue is unknown, or SQLite fails. Nothing has changed then.
    pub async fn deliver(&self, messages: Vec<(String, String)>, checkpoint: Checkpoint) -> Result<(), QueueError> {
        let queues: Vec<String> = messages.iter().map(|(queue, _)| queue.clone()).collect();
        for queue in &queues {
            self.queue(queue)?;
        }
        self.transaction(move |transaction| {
            let now = now();
            for (queue, body) in messages {
                transaction
                    .prepare_cached(
                        "INSERT INTO messages (queue, message_id, body, sent_at, visible_at)
                         VALUES (?1, ?2, ?3, ?4, ?4)",
                    )?
                    .execute(params![queue, Uuid::new_v4().to_string(), body, now])?;
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO checkpoints (stream, sequence_number) VALUES (?1, ?2)")?
                .execute(params![checkpoint.stream, checkpoint.sequence_number])?;
            Ok(())
        })
        .await?;
        queues.iter().try_for_each(|queue| self.wake(queue))
    }

    /// The sequence number of the stream's checkpoint, `None` for a stream that is new.
    ///
    /// # Errors
    ///
    /// If SQLite fails.
    pub async fn checkpoint(&self, stream: &str) -> Result<Option<String>, QueueError> {
        let stream = stream.to_owned();
        self.transaction(move |transaction| {
            transaction
                .query_row("SELECT sequence_number FROM checkpoints WHERE stream = ?1", [stream], |row| row.get(0))
                .optional()
        })
        .await
    }

    /// Takes up to `most` visible messages, the longest visible first, and hides them for the queue's visibility
    /// timeout. Messages that were received as often as the queue allows go to its dead letters instead.
    ///
    /// # Errors
    ///
    /// If the queue is unknown, or SQLite fails. Nothing has changed then.
    pub async fn receive(&self, queue: &str, most: u32) -> Result<Vec<Message>, QueueError> {
        let queue = self.queue(queue)?.clone();
        let redrive = queue.redrive.clone();
        let (messages, dead) = self
            .transaction(move |transaction| {
                let now = now();
                let dead = match &queue.redrive {
                    Some(redrive) => transaction
                        .prepare_cached(
                            "UPDATE messages SET queue = ?1, visible_at = ?2, receipt = NULL
                             WHERE queue = ?3 AND visible_at <= ?2 AND receive_count >= ?4",
                        )?
                        .execute(params![redrive.dead_letters, now, queue.name, redrive.max_receive_count])?,
                    None => 0,
                };
                let mut statement = transaction.prepare_cached(
                    "UPDATE messages
                     SET visible_at = ?1, receive_count = receive_count + 1, receipt = lower(hex(randomblob(16))),
                         first_received_at = coalesce(first_received_at, ?2)
                     WHERE id IN (SELECT id FROM messages WHERE queue = ?3 AND visible_at <= ?2
                                  ORDER BY visible_at, id LIMIT ?4)
                     RETURNING id, message_id, receipt, body, sent_at, first_received_at, receive_count",
                )?;
                let visible_at = now.saturating_add(millis(queue.visibility_timeout));
                let rows = statement.query_map(params![visible_at, now, queue.name, most], |row| {
                    let message = Message {
                        message_id: row.get(1)?,
                        receipt: row.get(2)?,
                        body: row.get(3)?,
                        sent_at: row.get(4)?,
                        first_received_at: row.get(5)?,
                        receive_count: row.get(6)?,
                    };
                    Ok((row.get::<_, i64>(0)?, message))
                })?;
                // RETURNING keeps no order.
                let messages: BTreeMap<i64, Message> = rows.collect::<Result<_, _>>()?;
                Ok((messages.into_values().collect(), dead))
            })
            .await?;
        if let Some(redrive) = redrive.filter(|_| dead > 0) {
            tracing::warn!(queue = redrive.dead_letters, messages = dead, "messages went to the dead letters");
            self.wake(&redrive.dead_letters)?;
        }
        Ok(messages)
    }

    /// Deletes messages by the receipts of their last receive. One that was received again since stays: it is in other
    /// hands.
    ///
    /// # Errors
    ///
    /// If SQLite fails. The messages come back then.
    pub async fn delete(&self, receipts: Vec<String>) -> Result<(), QueueError> {
        self.transaction(move |transaction| {
            for receipt in receipts {
                transaction.prepare_cached("DELETE FROM messages WHERE receipt = ?1")?.execute([receipt])?;
            }
            Ok(())
        })
        .await
    }

    /// Makes messages of `queue` visible again after `wait`, in place of the rest of their visibility timeout.
    ///
    /// # Errors
    ///
    /// If the queue is unknown, or SQLite fails. The visibility timeout goes on then.
    pub async fn release(&self, queue: &str, receipts: Vec<String>, wait: Duration) -> Result<(), QueueError> {
        self.transaction(move |transaction| {
            let visible_at = now().saturating_add(millis(wait));
            for receipt in receipts {
                transaction
                    .prepare_cached("UPDATE messages SET visible_at = ?1 WHERE receipt = ?2")?
                    .execute(params![visible_at, receipt])?;
            }
            Ok(())
        })
        .await?;
        self.wake(queue)
    }

    /// Waits until there may be something to receive: until a message was delivered or released since the last call, or
    /// becomes visible. One waiter per queue.
    ///
    /// # Errors
    ///
    /// If the queue is unknown, or SQLite fails.
    pub async fn wait(&self, queue: &str) -> Result<(), QueueError> {
        let Some((_, arrival)) = self.shared.queues.get(queue) else {
            return Err(QueueError::Unknown(queue.to_owned()));
        };
        let name = queue.to_owned();
        let next: Option<i64> = self
            .transaction(move |transaction| {
                transaction
                    .prepare_cached("SELECT min(visible_at) FROM messages WHERE queue = ?1")?
                    .query_row([name], |row| row.get(0))
            })
            .await?;
        match next {
            Some(visible_at) => {
                let wait = Duration::from_millis(u64::try_from(visible_at.saturating_sub(now())).unwrap_or(0));
                // The deadline has passed without a message: that is the answer too.
                let _ = tokio::time::timeout(wait, arrival.notified()).await;
            }
            None => arrival.notified().await,
        }
        Ok(())
    }

    /// How many messages the queue holds.
    ///
    /// # Errors
    ///
    /// If the queue is unknown, or SQLite fails.
    pub async fn counts(&self, queue: &str) -> Result<Counts, QueueError> {
        let queue = self.queue(queue)?.clone();
        self.transaction(move |transaction| {
            let dead_letters = queue.redrive.map(|redrive| redrive.dead_letters);
            transaction.query_row(
                "SELECT count(*) FILTER (WHERE queue = ?1 AND visible_at <= ?2),
                        count(*) FILTER (WHERE queue = ?1 AND visible_at > ?2),
                        count(*) FILTER (WHERE queue = ?3)
                 FROM messages",
                params![queue.name, now(), dead_letters],
                |row| Ok(Counts { visible: row.get(0)?, in_flight: row.get(1)?, dead_letters: row.get(2)? }),
            )
        })
        .await
    }

    fn queue(&self, name: &str) -> Result<&Queue, QueueError> {
        let (queue, _) = self.shared.queues.get(name).ok_or_else(|| QueueError::Unknown(name.to_owned()))?;
        Ok(queue)
    }

    fn wake(&self, queue: &str) -> Result<(), QueueError> {
        let (_, arrival) = self.shared.queues.get(queue).ok_or_else(|| QueueError::Unknown(queue.to_owned()))?;
        arrival.notify_one();
        Ok(())
    }

    /// Runs `work` on a thread that may block; what it wrote is undone if it fails.
    async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, QueueError> {
        let shared = Arc::clone(&self.shared);
        let result = tokio::task::spawn_blocking(move || {
            // A transaction that panicked was rolled back when it was dropped.
            let mut connection = shared.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok::<T, rusqlite::Error>(value)
        })
        .await?;
        Ok(result?)
    }
}

fn now() -> i64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
