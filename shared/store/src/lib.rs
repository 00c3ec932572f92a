//! Where things are kept: the table, the object store, delivery, secrets; and the connections to them.

pub mod config;
pub mod connections;
pub mod delivery;
pub mod secrets;
pub mod storage;
pub mod table;
pub mod vault;
