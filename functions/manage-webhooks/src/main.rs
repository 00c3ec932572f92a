//! The function's process: configuration, then requests.

use lambda_http::{Error, run, service_fn, tracing};
use quayside_shared::config::Variables;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = manage_webhooks::App::new(&Variables::of_process())?;
    run(service_fn(|request| manage_webhooks::handle(&app, request))).await
}
