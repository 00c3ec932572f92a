//! The API's description, OpenAPI 3.1, one operation for each route. Each function describes its own routes; a test of
//! `describe-api` puts them together. No function calls this, so none carries it.

pub mod examples;
mod operation;
mod problems;

pub use operation::Operation;
pub use problems::PROBLEMS;
