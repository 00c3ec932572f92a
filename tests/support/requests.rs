//! What storage and table were asked.

use std::collections::BTreeSet;

/// One request in the log of `cargo local`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub number: u64,
    pub service: String,
    pub operation: String,
    pub key: Option<String>,
    pub by: String,
    /// The rights to the table that it took: `GetItem ASSET#`.
    pub rights: BTreeSet<String>,
    pub write_units: u64,
    pub started_at_micros: u64,
    pub ended_at_micros: u64,
    pub status: Option<u16>,
    pub bytes_out: u64,
}

/// The round trips of one invocation: each is the requests that were under way together. It ends when all that began in it
/// have ended.
pub fn round_trips(asked: &[Asked]) -> Vec<Vec<Asked>> {
    let mut sorted = asked.to_vec();
    sorted.sort_by_key(|request| request.started_at_micros);
    let mut round_trips: Vec<Vec<Asked>> = Vec::new();
    let mut ends = 0;
    for request in sorted {
        if request.started_at_micros >= ends || round_trips.is_empty() {
            round_trips.push(Vec::new());
        }
        ends = ends.max(request.ended_at_micros);
        round_trips.last_mut().unwrap().push(request);
    }
    round_trips
}
