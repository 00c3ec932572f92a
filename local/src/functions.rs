//! The functions, as the local system calls them: in process, with the events that Lambda would send.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use lambda_http::{Adapter, service_fn};
use lambda_runtime::{Context, LambdaEvent};
use quayside_store::config::{ConfigError, Variables};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tower::ServiceExt;

/// A function: takes Lambda's JSON event, gives its JSON response, or the text of its error.
pub type Invoke = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// Makes a function that answers HTTP, through the adapter that it has in Lambda.
macro_rules! http_function {
    ($function:ident, $variables:expr) => {{
        let app = Arc::new($function::App::start($variables).await?);
        invoke(move |event| {
            let app = Arc::clone(&app);
            Adapter::from(service_fn(move |request| {
                let app = Arc::clone(&app);
                async move { $function::handle(&app, request).await }
            }))
            .oneshot(event)
        })
    }};
}

/// Makes a function that works on events.
macro_rules! event_function {
    ($function:ident, $variables:expr) => {{
        let app = Arc::new($function::App::start($variables).await?);
        invoke(move |event| {
            let app = Arc::clone(&app);
            async move { $function::handle(&app, event).await }
        })
    }};
}

/// The function in `functions/{name}`, made with these variables. `None` if there is none of that name.
///
/// # Errors
/// What the function says of its variables.
pub async fn function(name: &str, variables: &Variables) -> Result<Option<Invoke>, ConfigError> {
    Ok(Some(match name {
        // Begin generated: functions (QUAYSIDE_WRITE_DOCS=1 cargo test -p quayside-template)
        "complete-upload" => http_function!(complete_upload, variables),
        "create-assets" => http_function!(create_assets, variables),
        "describe-api" => http_function!(describe_api, variables),
        "fetch-url" => event_function!(fetch_url, variables),
        "initiate-upload" => http_function!(initiate_upload, variables),
        "manage-assets" => http_function!(manage_assets, variables),
        "manage-webhooks" => http_function!(manage_webhooks, variables),
        "process-metadata" => event_function!(process_metadata, variables),
        "receive-webhook" => http_function!(receive_webhook, variables),
        "serve-data" => http_function!(serve_data, variables),
        "sweep" => event_function!(sweep, variables),
        "track-upload" => http_function!(track_upload, variables),
        // End generated: functions
        _ => return Ok(None),
    }))
}

/// All functions by their names.
pub type Functions = HashMap<String, Invoke>;

fn invoke<E, R, X, F>(handler: impl Fn(LambdaEvent<E>) -> F + Send + Sync + 'static) -> Invoke
where
    E: DeserializeOwned + Send + 'static,
    R: Serialize,
    X: std::fmt::Display,
    F: Future<Output = Result<R, X>> + Send + 'static,
{
    Arc::new(move |event| {
        let event = match serde_json::from_value(event) {
            Ok(event) => LambdaEvent::new(event, Context::default()),
            Err(error) => return futures::future::ready(Err(format!("no event of this function: {error}"))).boxed(),
        };
        let answer = handler(event);
        // A task of its own: a panic ends the invocation, not the system, as it ends a sandbox of Lambda's.
        let invocation = tokio::spawn(async move {
            let response = answer.await.map_err(|error| error.to_string())?;
            serde_json::to_value(response).map_err(|error| error.to_string())
        });
        async move { invocation.await.unwrap_or_else(|error| Err(error.to_string())) }.boxed()
    })
}
