//! The function's process: log and configuration, then events.

use lambda_runtime::{Error, run, service_fn};
use quayside_edge::telemetry;
use quayside_store::config::Variables;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variables = Variables::of_process();
    telemetry::start(env!("CARGO_PKG_NAME"), &variables)?;
    let app = sweep::App::start(&variables).await?;
    run(service_fn(|event| sweep::handle(&app, event))).await
}
