//! A running system, and people who use it.

mod b2;
mod cli;
mod description;
pub mod files;
pub mod ingestion;
pub mod media;
mod requests;
mod rest;
mod source;
pub mod stage;
mod state;
mod still;
mod system;
mod user;
mod webhooks;

pub use b2::{B2, KEY as B2_KEY};
pub use cli::{Developer, Said};
pub use requests::{Asked, round_trips};
pub use source::{Reply, Source};
pub use state::{Item, State};
pub use still::{Refusal, Still};
pub use system::{BUCKET, Options, System, eventually, program};
pub use user::{Answer, User};
pub use webhooks::{Hook, b2_signature, standard_signature, unix_seconds};
