//! The whole system on one machine: storage, table, pipe, bus, queues, gateway, edge, and the functions in process.
//!
//! What it runs it reads from `template.yaml`. [`system`] puts it together; every other module is one part of it, and
//! speaks the protocol of what it stands for.

mod connections;
pub mod data;
pub mod edge;
pub mod functions;
pub mod gateway;
pub mod journal;
pub mod notifications;
pub mod pipe;
pub mod poller;
pub mod queue;
pub mod schedule;
pub mod services;
pub mod storage;
pub mod system;
pub mod table;
pub mod tokens;
pub mod watch;

/// The region that events and ARNs name.
const REGION: &str = "us-east-1";

/// The account that events and ARNs name.
const ACCOUNT: &str = "000000000000";
