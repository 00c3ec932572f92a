//! What the functions share: the domain, the table, the store, delivery, and the edge to HTTP.
//!
//! `functions → shared → domain`: every module may use [`domain`], which uses none of them.

pub mod config;
pub mod connections;
pub mod delivery;
pub mod domain;
pub mod http;
pub mod notification;
pub mod queue;
pub mod secrets;
pub mod start;
pub mod storage;
pub mod table;
pub mod telemetry;
pub mod vault;
