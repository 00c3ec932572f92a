//! Runs functions at their rates, as EventBridge Scheduler does.

use std::time::Duration;

use quayside_template::Schedule;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

use crate::functions::Invoke;
use crate::poller::call;
use crate::{ACCOUNT, REGION};

/// The first run is this long after the start, so that whatever came due meanwhile is not left for a whole period.
const FIRST_RUN: Duration = Duration::from_secs(1);

/// Invokes the function at the schedule's rate until it is dropped; an invocation under way is dropped with it. A run
/// that takes longer than the period leaves out those that it covers: never are there two at once. A run that fails is
/// logged, and the next one comes in its time.
pub async fn run(schedule: Schedule, invoke: Invoke, timeout: Duration) {
    let mut ticks = tokio::time::interval_at(Instant::now() + FIRST_RUN, schedule.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        if let Err(error) = call(&invoke, event(&schedule), timeout).await {
            tracing::warn!(schedule = schedule.name, function = schedule.function, error, "a scheduled run failed");
        }
    }
}

/// The scheduler's own event, unless the template gives one. Its `detail` is a string.
pub(crate) fn event(schedule: &Schedule) -> Value {
    schedule.input.clone().unwrap_or_else(|| {
        let second = OffsetDateTime::now_utc().truncate_to_second();
        json!({
            "version": "0",
            "id": Uuid::new_v4().to_string(),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": ACCOUNT,
            "time": second.format(&Rfc3339).unwrap_or_default(),
            "region": REGION,
            "resources": [format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{}", schedule.name)],
            "detail": "{}",
        })
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use std::sync::{Arc, Mutex};

    use super::*;

    fn schedule(every: Duration) -> Schedule {
        Schedule { name: "Minute".to_owned(), function: "sweep".to_owned(), every, input: None }
    }

    #[tokio::test]
    async fn runs_start_soon_survive_failures_and_never_overlap() {
        let (ended, mut ends) = tokio::sync::mpsc::unbounded_channel();
        let running = Arc::new(Mutex::new(0));
        let runs = Arc::new(Mutex::new(0));
        let invoke: Invoke = Arc::new(move |event| {
            let (ended, running, runs) = (ended.clone(), Arc::clone(&running), Arc::clone(&runs));
            Box::pin(async move {
                assert_eq!(event["source"], "aws.scheduler");
                let run = {
                    let mut runs = runs.lock().unwrap();
                    *runs += 1;
                    *runs
                };
                assert_eq!(std::mem::replace(&mut *running.lock().unwrap(), run), 0, "two runs at once");
                if run == 1 {
                    // Five times the period.
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
                *running.lock().unwrap() = 0;
                ended.send(run).unwrap();
                assert_ne!(run, 2, "a panic is a failed run");
                if run == 3 { Err("a failure".to_owned()) } else { Ok(Value::Null) }
            })
        });
        let start = Instant::now();
        let period = Duration::from_millis(50);
        let runner = tokio::spawn(run(schedule(period), invoke, Duration::from_secs(5)));
        for run in 1..=5 {
            assert_eq!(ends.recv().await, Some(run));
        }
        runner.abort();
        // Had the long first run not left out the runs that it covered, the others would have followed at once.
        assert!(start.elapsed() >= FIRST_RUN + Duration::from_millis(250) + period * 3);
    }

    #[test]
    fn the_event_is_the_schedulers_own_unless_the_template_has_one() {
        let own = event(&schedule(Duration::from_secs(60)));
        assert_eq!(own["detail"], "{}");
        assert_eq!(own["resources"][0], "arn:aws:scheduler:us-east-1:000000000000:schedule/default/Minute");
        assert!(OffsetDateTime::parse(own["time"].as_str().unwrap(), &Rfc3339).is_ok());
        let given = Schedule { input: Some(json!({"deep": true})), ..schedule(Duration::from_secs(60)) };
        assert_eq!(event(&given), json!({"deep": true}));
    }
}
