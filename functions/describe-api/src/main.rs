//! The function's process: configuration, then requests.

use lambda_http::{Error, run, service_fn, tracing};
use quayside_shared::config::Variables;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = describe_api::App::new(&Variables::of_process())?;
    run(service_fn(|request| describe_api::handle(&app, request))).await
}
