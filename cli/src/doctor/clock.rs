//! Whether the others' clocks agree with this machine's, by the header `Date` of their answers.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap};

use super::Report;

/// A signature that is older or younger than this is refused (Signature Version 4, "RequestTimeTooSkewed").
const TOLERATED: Duration = Duration::from_secs(15 * 60);

/// More than a network takes: a clock that nobody sets.
const SUSPICIOUS: Duration = Duration::from_secs(60);

/// Compares with an answer that has just come from `who`.
pub(super) fn compare(who: &str, headers: &HeaderMap, report: &mut Report) {
    let date = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    match date {
        Some(date) => judge(who, date, SystemTime::now(), report),
        None => report.note("clock", &format!("{who} does not say what time it has")),
    }
}

fn judge(who: &str, theirs: SystemTime, ours: SystemTime, report: &mut Report) {
    let (apart, behind) = match ours.duration_since(theirs) {
        Ok(apart) => (apart, "behind"),
        Err(error) => (error.duration(), "ahead of"),
    };
    let seconds = apart.as_secs();
    if apart < SUSPICIOUS {
        report.ok("clock", &format!("that of {who} agrees with this machine's"));
    } else if apart < TOLERATED {
        let text =
            format!("that of {who} is {seconds} s {behind} this machine's: from 900 s on, signatures are refused");
        report.note("clock", &text);
    } else {
        let text = format!("that of {who} is {seconds} s {behind} this machine's, and signatures are refused: set it");
        report.wrong("clock", &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_told_and_a_quarter_of_an_hour_is_wrong_either_way() {
        let now = SystemTime::now();
        for (seconds, right, wrong) in [(0, 1, 0), (59, 1, 0), (61, 0, 0), (899, 0, 0), (900, 0, 1), (86_400, 0, 1)] {
            for theirs in [now - Duration::from_secs(seconds), now + Duration::from_secs(seconds)] {
                let mut report = Report::default();
                judge("storage", theirs, now, &mut report);
                assert_eq!((report.right, report.wrong), (right, wrong), "{seconds}");
            }
        }
    }
}
