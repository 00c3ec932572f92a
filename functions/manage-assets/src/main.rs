//! The function's process: log and configuration, then requests.

use lambda_http::{Error, run, service_fn};
use quayside_edge::telemetry;
use quayside_store::config::Variables;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variables = Variables::of_process();
    telemetry::start(env!("CARGO_PKG_NAME"), &variables)?;
    let app = manage_assets::App::start(&variables).await?;
    run(service_fn(|request| manage_assets::handle(&app, request))).await
}
