//! What storage and table were asked, and the faults that tests put in the way of it.
//!
//! Storage and table each write one [`Entry`] per request and take the [`Fault`] that fits it, if any. Tests read the
//! entries to count requests and waves, and set faults to see what a function does when its backends misbehave.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Deserializer, Serialize, de};

/// Entries kept; older ones are dropped.
const CAPACITY: usize = 10_000;

/// The longest application name that an entry keeps, in bytes.
const LONGEST_NAME: usize = 64;

/// Which of the backends was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// The S3 server.
    Storage,
    /// The DynamoDB server.
    Table,
    /// Secrets Manager, on the table's port.
    Secrets,
    /// SQS, on the table's port.
    Queues,
}

/// One request that storage or table has dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts up by one from 1 in the order in which requests ended.
    pub number: u64,
    /// Who was asked.
    pub service: Service,
    /// The API's name for the request: `PutObject`, `TransactWriteItems`. `Unknown` where it has none.
    pub operation: String,
    /// The object's key as it is in storage. `null` for the table and for requests about a bucket.
    pub key: Option<String>,
    /// Who asked, see [`application`].
    pub by: String,
    /// The rights to the table that it took, as the functions' roles name them: `GetItem ASSET#`. Empty for storage.
    pub rights: BTreeSet<String>,
    /// The write units that the table says it took, those of its indexes included.
    pub write_units: u64,
    /// When the request's head had arrived, in microseconds since the journal was made, on a monotonic clock.
    pub started_at_micros: u64,
    /// When the last byte of the answer was handed to the connection, on the same clock.
    pub ended_at_micros: u64,
    /// The HTTP status answered. `null` if the connection ended without an answer.
    pub status: Option<u16>,
    /// Bytes read of the request's body.
    pub bytes_in: u64,
    /// Bytes sent of the answer's body.
    pub bytes_out: u64,
}

/// Makes the next `times` requests that fit go wrong. A field that is left out fits every request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Whose requests.
    pub service: Service,
    /// Only this operation, as [`Entry::operation`] names it.
    pub operation: Option<String>,
    /// Only objects whose key contains this.
    pub key_contains: Option<String>,
    /// Only requests of this application, as [`Entry::by`] names it.
    pub by: Option<String>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many requests it hits. 1 if left out.
    #[serde(default = "once")]
    pub times: u32,
}

/// What goes wrong: `{"fail": {"status": 503, "code": "SlowDown"}}`, `{"stall": {"milliseconds": 500}}`, `"breakOff"`
/// or `"loseAnswer"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum FaultKind {
    /// The request is not carried out and is answered with this error.
    Fail {
        /// HTTP status, 400 to 599.
        #[serde(deserialize_with = "error_status")]
        status: u16,
        /// The service's error code: `SlowDown`, `TransactionConflictException`.
        code: String,
    },
    /// The request is carried out after a wait.
    Stall {
        /// How long.
        milliseconds: u64,
    },
    /// The connection is closed: after half of the answer's body where there is one to read (`GetObject`), else
    /// without an answer and without the request being carried out.
    BreakOff,
    /// The request is carried out, then the connection is closed without an answer.
    LoseAnswer,
}

fn once() -> u32 {
    1
}

fn error_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    if (400..=599).contains(&status) {
        Ok(status)
    } else {
        Err(de::Error::custom(format!("status must be between 400 and 599, not {status}")))
    }
}

/// Who asked, from the request's `User-Agent`: the name that an AWS SDK writes as `app/<name>` (a function, or `edge`),
/// else `client`, which is a browser or another user of a presigned URL.
pub fn application(user_agent: Option<&str>) -> &str {
    user_agent
        .and_then(|agent| agent.split_ascii_whitespace().find_map(|word| word.strip_prefix("app/")))
        .filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME)
        .unwrap_or("client")
}

/// The log and the faults. Clones share both, and every method may be called from any thread.
#[derive(Debug, Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    start: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last_number: u64,
    entries: VecDeque<Entry>,
    faults: Vec<Fault>,
}

/// A request under way. Dropped without [`Pending::finish`], it is logged with no status.
#[derive(Debug)]
pub struct Pending {
    journal: Journal,
    entry: Option<Entry>,
}

impl Journal {
    /// An empty journal; its clock starts now.
    #[expect(clippy::new_without_default, reason = "starting a clock is no default value")]
    pub fn new() -> Self {
        Self { shared: Arc::new(Shared { start: Instant::now(), state: Mutex::default() }) }
    }

    /// Starts the entry of a request that has just arrived. It is listed once it has ended.
    pub fn begin(&self, service: Service, operation: &str, key: Option<&str>, by: &str) -> Pending {
        let now = self.micros();
        Pending {
            journal: self.clone(),
            entry: Some(Entry {
                number: 0,
                service,
                operation: operation.to_owned(),
                key: key.map(str::to_owned),
                by: by.to_owned(),
                rights: BTreeSet::new(),
                write_units: 0,
                started_at_micros: now,
                ended_at_micros: now,
                status: None,
                bytes_in: 0,
                bytes_out: 0,
            }),
        }
    }

    /// The entries with a number greater than `number` (0 for all that are kept), in the order of their numbers.
    pub fn since(&self, number: u64) -> Vec<Entry> {
        let state = self.state();
        let first = state.entries.partition_point(|entry| entry.number <= number);
        state.entries.range(first..).cloned().collect()
    }

    /// Forgets all entries. Numbers go on counting.
    pub fn clear(&self) {
        self.state().entries.clear();
    }

    /// Adds a fault. Where several fit a request, the one added first is taken.
    pub fn add_fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Takes one of the `times` of the first fault that fits the request.
    pub fn take_fault(&self, service: Service, operation: &str, key: Option<&str>, by: &str) -> Option<FaultKind> {
        let mut state = self.state();
        let index = state.faults.iter().position(|fault| fault.times > 0 && fault.fits(service, operation, key, by))?;
        let fault = &mut state.faults[index];
        fault.times -= 1;
        let kind = fault.kind.clone();
        if fault.times == 0 {
            state.faults.remove(index);
        }
        Some(kind)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    fn micros(&self) -> u64 {
        u64::try_from(self.shared.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No method leaves the state half changed, so it is sound after a panic elsewhere.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    /// Notes the rights to the table that the request takes.
    pub fn needing(mut self, rights: BTreeSet<String>) -> Self {
        if let Some(entry) = &mut self.entry {
            entry.rights = rights;
        }
        self
    }

    /// Notes the write units that the request took.
    pub fn taking(mut self, write_units: u64) -> Self {
        if let Some(entry) = &mut self.entry {
            entry.write_units = write_units;
        }
        self
    }

    /// Logs the request as answered. Call it before the answer's last byte goes out, so that whoever has the answer
    /// finds the entry. Bytes are those of the bodies.
    pub fn finish(mut self, status: u16, bytes_in: u64, bytes_out: u64) {
        self.log(Some(status), bytes_in, bytes_out);
    }

    /// Logs the request as one whose connection ended without an answer, or in the middle of one.
    pub fn break_off(mut self, bytes_in: u64, bytes_out: u64) {
        self.log(None, bytes_in, bytes_out);
    }

    fn log(&mut self, status: Option<u16>, bytes_in: u64, bytes_out: u64) {
        let Some(mut entry) = self.entry.take() else { return };
        let mut state = self.journal.state();
        state.last_number += 1;
        entry.number = state.last_number;
        entry.ended_at_micros = self.journal.micros();
        entry.status = status;
        entry.bytes_in = bytes_in;
        entry.bytes_out = bytes_out;
        if state.entries.len() == CAPACITY {
            state.entries.pop_front();
        }
        state.entries.push_back(entry);
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.log(None, 0, 0);
    }
}

impl Fault {
    fn fits(&self, service: Service, operation: &str, key: Option<&str>, by: &str) -> bool {
        self.service == service
            && self.operation.as_deref().is_none_or(|wanted| wanted == operation)
            && self.key_contains.as_deref().is_none_or(|part| key.is_some_and(|key| key.contains(part)))
            && self.by.as_deref().is_none_or(|wanted| wanted == by)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn a_request_is_listed_once_it_has_ended_and_one_that_was_dropped_has_no_status() {
        let journal = Journal::new();
        let slow = journal.begin(Service::Storage, "PutObject", Some("media/a"), "client");
        journal.begin(Service::Table, "GetItem", None, "serve-data").finish(200, 10, 20);
        assert_eq!(journal.since(0).len(), 1);
        drop(slow);

        let entries = journal.since(0);
        assert_eq!((entries[0].number, entries[0].status, entries[0].bytes_out), (1, Some(200), 20));
        assert_eq!((entries[1].number, entries[1].status), (2, None));
        assert!(entries[1].started_at_micros <= entries[0].started_at_micros);
        assert!(entries[1].ended_at_micros >= entries[0].ended_at_micros);
        assert_eq!(journal.since(1).len(), 1);
        journal.clear();
        assert!(journal.since(0).is_empty());
    }

    #[test]
    fn only_the_newest_entries_are_kept() {
        let journal = Journal::new();
        for _ in 0..CAPACITY + 3 {
            journal.begin(Service::Table, "GetItem", None, "sweep").finish(200, 0, 0);
        }
        let entries = journal.since(0);
        assert_eq!((entries.len(), entries[0].number), (CAPACITY, 4));
    }

    #[test]
    fn a_fault_hits_what_fits_and_as_often_as_it_says() {
        let journal = Journal::new();
        journal.add_fault(
            serde_json::from_str(
                r#"{"service": "storage", "operation": "PutObject", "keyContains": "media/", "by": "process-metadata",
                    "kind": {"fail": {"status": 503, "code": "SlowDown"}}, "times": 2}"#,
            )
            .unwrap(),
        );
        let take = |operation, key, by| journal.take_fault(Service::Storage, operation, key, by);
        assert_eq!(take("GetObject", Some("media/a"), "process-metadata"), None);
        assert_eq!(take("PutObject", Some("incoming/a"), "process-metadata"), None);
        assert_eq!(take("PutObject", None, "process-metadata"), None);
        assert_eq!(take("PutObject", Some("media/a"), "client"), None);
        let slow_down = Some(FaultKind::Fail { status: 503, code: "SlowDown".to_owned() });
        assert_eq!(take("PutObject", Some("media/a"), "process-metadata"), slow_down);
        assert_eq!(take("PutObject", Some("media/a"), "process-metadata"), slow_down);
        assert_eq!(take("PutObject", Some("media/a"), "process-metadata"), None);
    }

    #[test]
    fn a_fault_that_is_misspelt_or_impossible_is_refused() {
        let parse = |text: &str| serde_json::from_str::<Fault>(text);
        assert_eq!(parse(r#"{"service": "table", "kind": "breakOff"}"#).unwrap().times, 1);
        assert_eq!(
            parse(r#"{"service": "table", "kind": {"stall": {"milliseconds": 5}}}"#).unwrap().kind,
            FaultKind::Stall { milliseconds: 5 }
        );
        assert!(parse(r#"{"service": "table", "kind": "breakOff", "keyContain": "x"}"#).is_err());
        assert!(parse(r#"{"service": "table", "kind": {"fail": {"status": 200, "code": "x"}}}"#).is_err());
        assert!(parse(r#"{"service": "queue", "kind": "loseAnswer"}"#).is_err());
    }

    #[test]
    fn an_application_is_known_by_the_name_in_its_user_agent() {
        let sdk = "aws-sdk-rust/1.3.10 os/linux lang/rust/1.95.0 app/complete-upload";
        assert_eq!(application(Some(sdk)), "complete-upload");
        assert_eq!(application(Some("Mozilla/5.0")), "client");
        assert_eq!(application(None), "client");
    }
}
