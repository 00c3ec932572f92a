//! What goes wrong with a source, and how long it is waited for.

use std::future::Future;
use std::time::{Duration, SystemTime};

use quayside_domain::{Failure, FailureCode};
use rand::Rng;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::info;

/// Why a source has not brought its file.
#[derive(Debug)]
pub(crate) enum SourceError {
    /// It will not.
    Final(Failure),
    /// It may, if it is asked again.
    Passing {
        /// What is said if it is not, or to no avail.
        failure: Failure,
        /// How long it asks us to wait.
        after: Option<Duration>,
    },
}

impl SourceError {
    pub(crate) fn last(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Final(Failure { code, detail: detail.into() })
    }

    pub(crate) fn passing(code: FailureCode, detail: impl Into<String>) -> Self {
        Self::Passing { failure: Failure { code, detail: detail.into() }, after: None }
    }

    pub(crate) fn into_failure(self) -> Failure {
        match self {
            Self::Final(failure) | Self::Passing { failure, .. } => failure,
        }
    }
}

/// Waits before the second, third, fourth and fifth try, if the source does not say how long; each is a quarter more or
/// less by chance.
const WAITS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

/// How much time and how many tries a source still has.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    until: Instant,
    seconds: u64,
    failures: usize,
}

impl RetryBudget {
    /// So many seconds from now on, and as many tries as there are waits, and one.
    pub(crate) fn new(seconds: u64) -> Self {
        Self { until: Instant::now() + Duration::from_secs(seconds), seconds, failures: 0 }
    }

    /// What the source does, if its time is not over before.
    pub(crate) async fn bear<T>(&self, work: impl Future<Output = Result<T, SourceError>>) -> Result<T, SourceError> {
        // What is there already would be given out for ever.
        if Instant::now() >= self.until {
            return Err(self.too_slow());
        }
        timeout_at(self.until, work).await.unwrap_or_else(|_| Err(self.too_slow()))
    }

    fn too_slow(&self) -> SourceError {
        let detail = format!("The file did not come within {}.", in_words(self.seconds));
        SourceError::last(FailureCode::SourceTooSlow, detail)
    }

    /// The source has got on after a failure, so that it has all its tries again.
    pub(crate) fn renew(&mut self) {
        self.failures = 0;
    }

    /// Waits until the source may be asked again.
    ///
    /// # Errors
    /// If the trouble is final, the tries are used up, or the wait would be longer than what is left of the time.
    pub(crate) async fn wait(&mut self, trouble: SourceError) -> Result<(), SourceError> {
        let wait = self.try_again(trouble)?;
        sleep(wait).await;
        Ok(())
    }

    /// How long to wait before the next try.
    fn try_again(&mut self, trouble: SourceError) -> Result<Duration, SourceError> {
        let SourceError::Passing { failure, after } = trouble else { return Err(trouble) };
        let Some(wait) = WAITS.get(self.failures) else { return Err(SourceError::Final(failure)) };
        self.failures += 1;
        let left = self.until.saturating_duration_since(Instant::now());
        let wait = after.unwrap_or_else(|| wait.mul_f64(rand::rng().random_range(0.75..1.25)));
        if wait < left {
            let seconds = wait.as_secs_f32();
            info!(code = ?failure.code, detail = failure.detail, seconds, "asking again after a wait");
            return Ok(wait);
        }
        Err(match after {
            Some(after) => {
                let after = in_words(after.as_secs());
                let detail = format!("The source is busy and asks to wait for {after}, which is longer than we do.");
                SourceError::last(FailureCode::SourceBusy, detail)
            }
            None => SourceError::Final(failure),
        })
    }
}

/// How long `Retry-After` asks to wait: so many seconds, or until a moment (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Who asks for more than a number holds asks for long enough.
        let longest = u64::from(u32::MAX);
        return Some(Duration::from_secs(value.parse().map_or(longest, |seconds: u64| seconds.min(longest))));
    }
    let moment = httpdate::parse_http_date(value).ok()?;
    Some(moment.duration_since(now).unwrap_or(Duration::ZERO))
}

/// A time in the largest unit that has two of it.
pub(crate) fn in_words(seconds: u64) -> String {
    let (number, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    if number == 1 { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::from(u32::MAX)));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:00 GMT"), Some(23));
        assert_eq!(seconds("Sunday, 06-Nov-94 08:50:00 GMT"), Some(23));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        for text in ["", "-1", "1.5", "soon", "Sun, 99 Nov 1994"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_told_in_units_that_people_use() {
        let told = [0, 1, 15, 119, 120, 600, 7_200, 86_400, 200_000].map(in_words);
        let words = ["0 seconds", "1 second", "15 seconds", "119 seconds", "2 minutes", "10 minutes", "2 hours"];
        assert_eq!(told[..7], words);
        assert_eq!(told[7..], ["24 hours", "2 days"]);
    }

    fn busy(after: Option<u64>) -> SourceError {
        let failure = Failure { code: FailureCode::SourceUnreachable, detail: "busy".to_owned() };
        SourceError::Passing { failure, after: after.map(Duration::from_secs) }
    }

    #[test]
    fn a_source_gets_five_tries_with_growing_waits_between_them() {
        let mut patience = RetryBudget::new(600);
        let waits: Vec<_> = (0..4).map(|_| patience.try_again(busy(None)).unwrap().as_secs_f64()).collect();
        for (wait, least) in waits.iter().zip([0.375, 0.75, 1.5, 3.0]) {
            assert!((least..least / 0.6).contains(wait), "{waits:?}");
        }
        assert_eq!(patience.try_again(busy(None)).unwrap_err().into_failure().detail, "busy");
        patience.renew();
        assert!(patience.try_again(busy(None)).is_ok());
    }

    #[test]
    fn a_source_is_waited_for_as_long_as_it_asks_if_that_fits() {
        let mut patience = RetryBudget::new(600);
        assert_eq!(patience.try_again(busy(Some(400))).unwrap().as_secs(), 400);
        let failure = patience.try_again(busy(Some(700))).unwrap_err().into_failure();
        assert_eq!(failure.code, FailureCode::SourceBusy);
        assert!(failure.detail.contains("wait for 11 minutes"), "{}", failure.detail);
    }

    #[tokio::test]
    async fn a_source_whose_time_is_over_is_waited_for_no_longer() {
        let mut patience = RetryBudget::new(1);
        assert_eq!(patience.try_again(busy(Some(1))).unwrap_err().into_failure().code, FailureCode::SourceBusy);
        let never = patience.bear(std::future::pending::<Result<(), SourceError>>()).await;
        let failure = never.unwrap_err().into_failure();
        assert_eq!(failure.code, FailureCode::SourceTooSlow);
        assert_eq!(failure.detail, "The file did not come within 1 second.");
        let at_once = patience.bear(std::future::ready(Ok::<_, SourceError>(()))).await;
        assert_eq!(at_once.unwrap_err().into_failure().code, FailureCode::SourceTooSlow);
        assert_eq!(patience.try_again(busy(None)).unwrap_err().into_failure().detail, "busy");
    }
}
