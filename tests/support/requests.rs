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

/// The waves of one invocation: requests that were under way together. A wave ends when all that began in it have
/// ended.
pub fn waves(asked: &[Asked]) -> Vec<Vec<Asked>> {
    let mut sorted = asked.to_vec();
    sorted.sort_by_key(|request| request.started_at_micros);
    let mut waves: Vec<Vec<Asked>> = Vec::new();
    let mut ends = 0;
    for request in sorted {
        if request.started_at_micros >= ends || waves.is_empty() {
            waves.push(Vec::new());
        }
        ends = ends.max(request.ended_at_micros);
        waves.last_mut().unwrap().push(request);
    }
    waves
}
