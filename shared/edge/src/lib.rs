//! What a function is made of: its start, its configuration, requests and answers, callers, messages, telemetry.

pub mod b2_signature;
pub mod config;
pub mod describe;
pub mod http;
pub mod queue;
pub mod start;
pub mod telemetry;
pub mod work;
