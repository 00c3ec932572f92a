//! The function's process: configuration, then events.

use lambda_runtime::{Error, run, service_fn, tracing};
use quayside_shared::config::Variables;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = fetch_url::App::new(&Variables::of_process())?;
    run(service_fn(|event| fetch_url::handle(&app, event))).await
}
