#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::sync::Mutex;
use std::time::Instant;

use quayside_template::{Queue, Redrive};
use tempfile::TempDir;

use super::*;
use crate::queue::Counts;
use crate::queue::tests::send;

const LONG: Duration = Duration::from_secs(600);

/// What a function does with its event.
type Work = fn(Value) -> futures::future::BoxFuture<'static, Result<Value, String>>;

struct Function {
    queues: Queues,
    events: Arc<Mutex<Vec<Value>>>,
    _poller: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

/// Runs a function that does `work` on messages with these bodies.
async fn start(
    bodies: &[&str],
    report: bool,
    visibility: Duration,
    retry_after: Option<Duration>,
    work: Work,
) -> Function {
    let folder = tempfile::tempdir().unwrap();
    let redrive = Redrive { dead_letters: "dead".to_owned(), max_receive_count: 2 };
    let queue = |name: &str, redrive| Queue { name: name.to_owned(), visibility_timeout: visibility, redrive };
    let known = [queue("jobs", Some(redrive)), queue("dead", None)];
    let queues = Queues::open(&folder.path().join("queues.db"), &known).unwrap();
    send(&queues, bodies).await;
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    let poller = Poller {
        queues: queues.clone(),
        source: QueueSource {
            function: "work".to_owned(),
            queue: "jobs".to_owned(),
            batch_size: 3,
            report_batch_item_failures: report,
            maximum_concurrency: Some(2),
        },
        invoke: Arc::new(move |event: Value| {
            log.lock().unwrap().push(event.clone());
            work(event)
        }),
        timeout: Duration::from_millis(300),
        memory_mb: 128,
        retry_after,
    };
    Function { queues, events, _poller: tokio::spawn(poller.run()), _folder: folder }
}

impl Function {
    async fn until(&self, wanted: Counts) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let counts = self.queues.counts("jobs").await.unwrap();
            if counts == wanted {
                return;
            }
            assert!(Instant::now() < deadline, "{counts:?} never became {wanted:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// The bodies of each invocation.
    fn batches(&self) -> Vec<Vec<String>> {
        let events = self.events.lock().unwrap();
        let text = |record: &Value| record["body"].as_str().unwrap().to_owned();
        events.iter().map(|event| event["Records"].as_array().unwrap().iter().map(text).collect()).collect()
    }
}

const EMPTY: Counts = Counts { visible: 0, in_flight: 0, dead_letters: 0 };

fn dead(dead_letters: u64) -> Counts {
    Counts { dead_letters, ..EMPTY }
}

#[tokio::test]
async fn messages_come_in_batches_as_lambdas_event_and_are_deleted_after_success() {
    let function = start(&["a", "b", "c", "d"], true, LONG, None, |_| Box::pin(async { Ok(Value::Null) })).await;
    function.until(EMPTY).await;
    let mut batches = function.batches();
    batches.sort();
    assert_eq!(batches, [vec!["a", "b", "c"], vec!["d"]]);

    let events = function.events.lock().unwrap().clone();
    let event = events.into_iter().find(|event| event["Records"][0]["body"] == "a").unwrap();
    let record = &event["Records"][0];
    assert_eq!(record["md5OfBody"], "0cc175b9c0f1b6a831c399e269772661");
    assert_eq!(record["eventSourceARN"], "arn:aws:sqs:us-east-1:000000000000:jobs");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    let sent = record["attributes"]["SentTimestamp"].as_str().unwrap();
    assert!(sent.len() == 13 && sent.bytes().all(|byte| byte.is_ascii_digit()), "{sent}");
}

#[tokio::test]
async fn only_the_messages_that_the_function_names_come_back_and_die_after_their_last_attempt() {
    let work: Work = |event| {
        Box::pin(async move {
            let records = event["Records"].as_array().unwrap().iter();
            let bad = records.filter(|record| record["body"] == "bad");
            let failures: Vec<_> = bad.map(|record| json!({"itemIdentifier": record["messageId"]})).collect();
            Ok(json!({"batchItemFailures": failures}))
        })
    };
    let function = start(&["a", "bad", "c"], true, LONG, Some(Duration::ZERO), work).await;
    function.until(dead(1)).await;
    assert_eq!(function.batches(), [vec!["a", "bad", "c"], vec!["bad"]]);
    assert_eq!(function.events.lock().unwrap()[1]["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
}

#[tokio::test]
async fn without_a_shorter_wait_a_failed_message_comes_back_when_its_visibility_timeout_has_passed() {
    let function =
        start(&["a"], true, Duration::from_millis(200), None, |_| Box::pin(async { Err("no".to_owned()) })).await;
    let start = Instant::now();
    function.until(dead(1)).await;
    assert!(start.elapsed() >= Duration::from_millis(350), "{:?}", start.elapsed());
    assert_eq!(function.batches().len(), 2);
}

#[tokio::test]
async fn an_answer_that_names_no_message_of_the_batch_fails_all_of_it() {
    let answers: [Work; 7] = [
        |_| Box::pin(async { Ok(json!({"batchItemFailures": [{"itemIdentifier": "unknown"}]})) }),
        |_| Box::pin(async { Ok(json!({"batchItemFailures": [{"itemIdentifier": null}]})) }),
        |_| Box::pin(async { Ok(json!({"batchItemFailures": [{"itemIdentifier": ""}]})) }),
        |_| Box::pin(async { Ok(json!({"batchItemFailures": [{"id": "x"}]})) }),
        |_| Box::pin(async { Ok(json!({"batchItemFailures": 1})) }),
        |_| Box::pin(async { Err("failed".to_owned()) }),
        |_| Box::pin(async { panic!("a panic ends one invocation, not the poller") }),
    ];
    for work in answers {
        let function = start(&["a", "b"], true, LONG, Some(Duration::ZERO), work).await;
        function.until(dead(2)).await;
    }
}

#[tokio::test]
async fn an_empty_answer_and_one_that_nobody_asked_for_are_success() {
    let answers: [(bool, Work); 4] = [
        (true, |_| Box::pin(async { Ok(json!({})) })),
        (true, |_| Box::pin(async { Ok(json!({"batchItemFailures": []})) })),
        (true, |_| Box::pin(async { Ok(json!({"batchItemFailures": null})) })),
        (false, |_| Box::pin(async { Ok(json!({"batchItemFailures": [{"itemIdentifier": "unknown"}]})) })),
    ];
    for (report, work) in answers {
        let function = start(&["a", "b"], report, LONG, Some(Duration::ZERO), work).await;
        function.until(EMPTY).await;
    }
}

#[tokio::test]
async fn an_invocation_ends_at_the_functions_timeout() {
    let function = start(&["a"], true, LONG, Some(Duration::ZERO), |_| Box::pin(std::future::pending())).await;
    let start = Instant::now();
    function.until(dead(1)).await;
    assert!(start.elapsed() >= Duration::from_millis(550), "{:?}", start.elapsed());
}

#[tokio::test]
async fn invocations_at_once_take_no_more_memory_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let poller = |memory_mb, maximum_concurrency| Poller {
        queues: Queues::open(&folder.path().join("queues.db"), &[]).unwrap(),
        source: QueueSource {
            function: "work".to_owned(),
            queue: "jobs".to_owned(),
            batch_size: 1,
            report_batch_item_failures: true,
            maximum_concurrency,
        },
        invoke: Arc::new(|_| Box::pin(async { Ok(Value::Null) })),
        timeout: LONG,
        memory_mb,
        retry_after: None,
    };
    for (memory_mb, maximum_concurrency, at_once) in
        [(1769, Some(20), 4), (512, Some(50), 16), (512, Some(2), 2), (10_240, None, 1), (128, None, 64)]
    {
        assert_eq!(poller(memory_mb, maximum_concurrency).at_once(), at_once, "{memory_mb}");
    }
}

#[tokio::test]
async fn no_more_invocations_run_at_once_than_the_template_says() {
    static RUNNING: Mutex<(u32, u32)> = Mutex::new((0, 0));
    let work: Work = |_| {
        Box::pin(async {
            {
                let mut running = RUNNING.lock().unwrap();
                running.0 += 1;
                running.1 = running.1.max(running.0);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            RUNNING.lock().unwrap().0 -= 1;
            Ok(Value::Null)
        })
    };
    let function = start(&["x"; 18], true, LONG, None, work).await;
    function.until(EMPTY).await;
    assert_eq!(RUNNING.lock().unwrap().1, 2);
}
