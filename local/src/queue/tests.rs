#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::time::Instant;

use quayside_template::Redrive;
use tempfile::TempDir;

use super::*;

fn queue(name: &str, visibility: Duration, redrive: Option<Redrive>) -> Queue {
    Queue { name: name.to_owned(), visibility_timeout: visibility, redrive }
}

/// `jobs`, whose messages go to `dead` after two attempts.
fn open(folder: &TempDir, visibility: Duration) -> Queues {
    let redrive = Redrive { dead_letters: "dead".to_owned(), max_receive_count: 2 };
    let queues = [queue("jobs", visibility, Some(redrive)), queue("dead", visibility, None)];
    Queues::open(&folder.path().join("queues.db"), &queues).unwrap()
}

fn checkpoint(number: &str) -> Checkpoint {
    Checkpoint { stream: "stream".to_owned(), sequence_number: number.to_owned() }
}

/// Puts messages with these bodies in `jobs`.
pub(crate) async fn send(queues: &Queues, bodies: &[&str]) {
    let messages = bodies.iter().map(|body| ("jobs".to_owned(), (*body).to_owned()));
    queues.deliver(messages.collect(), checkpoint("1")).await.unwrap();
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn a_message_is_hidden_once_received_and_gone_once_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder, LONG);
    send(&queues, &["a", "b", "c"]).await;
    let first = queues.receive("jobs", 2).await.unwrap();
    assert_eq!(bodies(&first), ["a", "b"]);
    assert_eq!(first[0].receive_count, 1);
    assert!(first[0].first_received_at >= first[0].sent_at);
    assert_eq!(bodies(&queues.receive("jobs", 10).await.unwrap()), ["c"]);
    assert_eq!(queues.counts("jobs").await.unwrap(), Counts { visible: 0, in_flight: 3, dead_letters: 0 });

    queues.delete(vec![first[0].receipt.clone()]).await.unwrap();
    assert_eq!(queues.counts("jobs").await.unwrap(), Counts { visible: 0, in_flight: 2, dead_letters: 0 });
}

#[tokio::test]
async fn receivers_at_once_never_get_the_same_message() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder, LONG);
    send(&queues, &["x"; 100]).await;
    let receivers: Vec<_> = (0..4)
        .map(|_| {
            let queues = queues.clone();
            tokio::spawn(async move {
                let mut all = Vec::new();
                loop {
                    let batch = queues.receive("jobs", 7).await.unwrap();
                    if batch.is_empty() {
                        return all;
                    }
                    all.extend(batch.into_iter().map(|message| message.message_id));
                }
            })
        })
        .collect();
    let mut ids = Vec::new();
    for receiver in receivers {
        ids.extend(receiver.await.unwrap());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
    assert_eq!(queues.counts("jobs").await.unwrap(), Counts { visible: 0, in_flight: 100, dead_letters: 0 });
}

#[tokio::test]
async fn a_message_that_nobody_deletes_comes_back_and_goes_to_the_dead_letters_after_its_last_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder, SHORT);
    send(&queues, &["a"]).await;
    queues.wait("jobs").await.unwrap();
    let first = queues.receive("jobs", 10).await.unwrap().remove(0);

    let start = Instant::now();
    queues.wait("jobs").await.unwrap();
    let second = queues.receive("jobs", 10).await.unwrap().remove(0);
    assert!(start.elapsed() < SHORT * 10);
    assert_eq!((second.receive_count, &second.message_id), (2, &first.message_id));
    assert_eq!((second.sent_at, second.first_received_at), (first.sent_at, first.first_received_at));

    // The receipt of the first attempt has no power over the second.
    queues.delete(vec![first.receipt]).await.unwrap();
    queues.wait("jobs").await.unwrap();
    assert!(queues.receive("jobs", 10).await.unwrap().is_empty());
    assert_eq!(queues.counts("jobs").await.unwrap(), Counts { visible: 0, in_flight: 0, dead_letters: 1 });
    assert_eq!(queues.receive("dead", 10).await.unwrap()[0].message_id, first.message_id);
}

#[tokio::test]
async fn after_a_restart_all_messages_are_there_and_those_in_flight_visible_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder, LONG);
    send(&queues, &["in flight", "waiting"]).await;
    let old = queues.receive("jobs", 1).await.unwrap().remove(0);
    drop(queues);

    let queues = open(&folder, LONG);
    queues.delete(vec![old.receipt]).await.unwrap();
    let messages = queues.receive("jobs", 10).await.unwrap();
    let mut received: Vec<_> = messages.iter().map(|message| (message.body.as_str(), message.receive_count)).collect();
    received.sort_unstable();
    assert_eq!(received, [("in flight", 2), ("waiting", 1)]);
}

#[tokio::test]
async fn messages_and_checkpoint_are_written_both_or_neither() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder, LONG);
    let message = |queue: &str| (queue.to_owned(), "body".to_owned());
    send(&queues, &["body"]).await;

    let unknown = queues.deliver(vec![message("jobs"), message("nowhere")], checkpoint("2")).await;
    assert_eq!(unknown.unwrap_err().to_string(), "there is no queue `nowhere`");

    // A file that takes no more messages: the error is told, and neither is there.
    let other = Connection::open(folder.path().join("queues.db")).unwrap();
    other
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON checkpoints BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        .unwrap();
    let full = queues.deliver(vec![message("jobs")], checkpoint("2")).await;
    assert_eq!(full.unwrap_err().to_string(), "the queues' file: disk full");
    assert_eq!(queues.checkpoint("stream").await.unwrap().as_deref(), Some("1"));
    assert_eq!(queues.counts("jobs").await.unwrap().visible, 1);
    assert_eq!(queues.checkpoint("another").await.unwrap(), None);
}

#[tokio::test]
async fn a_waiter_is_woken_by_what_is_sent_or_released() {
    let folder = tempfile::tempdir().unwrap();
    let queues = open(&folder, LONG);
    let waiter = |queues: &Queues| {
        let queues = queues.clone();
        tokio::spawn(async move {
            loop {
                queues.wait("jobs").await.unwrap();
                if let Some(message) = queues.receive("jobs", 1).await.unwrap().pop() {
                    return message;
                }
            }
        })
    };
    let waiting = waiter(&queues);
    tokio::time::sleep(Duration::from_millis(20)).await;
    send(&queues, &["a"]).await;
    let message = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();

    let waiting = waiter(&queues);
    tokio::time::sleep(Duration::from_millis(20)).await;
    queues.release("jobs", vec![message.receipt], SHORT).await.unwrap();
    let again = tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    assert_eq!((again.message_id, again.receive_count), (message.message_id, 2));
}
