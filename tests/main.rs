//! Black-box tests of the running system: `cargo local` in a process of its own, asked over HTTP.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at once")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod support;

mod authentication;
mod bad_ids;
mod bad_input;
mod bad_queries;
mod bad_sources;
mod concurrency;
mod concurrent_edits;
mod crashes;
mod deployment;
mod description;
mod direct;
mod doctor;
mod edits;
mod events;
mod expiry;
mod faults;
mod file_names;
mod from_url;
mod histories;
mod ingestion;
mod inspection;
mod limits;
mod lists;
mod notifications;
mod processing;
mod rights;
mod roles;
mod round_trips;
mod serving;
mod setup_bucket;
mod single_upload;
mod storage_refusals;
mod traces;
mod uploads;
mod webhooks;
