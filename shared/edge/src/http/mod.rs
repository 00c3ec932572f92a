//! Between Lambda's HTTP events and the domain: who calls, what is asked, how it is answered.

mod answer;
mod asset;
mod authenticator;
mod cursor;
mod declaration;
pub mod json;
mod problem;
mod query;
mod request;
mod respond;
mod route;
mod tokens;

pub use answer::{accepted, created, no_content, ok, redirect};
pub use asset::{AssetJson, asset_json};
pub use authenticator::Authenticator;
pub use cursor::Cursors;
pub use declaration::{FileFields, likely_type};
pub use problem::{Problem, count_refusal, problem_json};
pub use query::{Query, no_query};
pub use request::{accepts_json, body, shown};
pub use respond::{respond, trace_of};
pub use route::{Route, no_route};

/// The body of most requests is never longer, in bytes.
pub const MAX_BODY_BYTES: usize = 64 << 10;
