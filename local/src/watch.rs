//! The functions as `cargo lambda watch` runs them: asked over Lambda's own protocol, with the events that they get in
//! process too. What they need to know of the system is in a file for its `--env-file`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::functions::Invoke;

/// How long after nobody was there to take an invocation it is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// The function of that name at `watch` (`http://127.0.0.1:9010`). One that has taken `timeout` is an error of the
/// invocation, as in Lambda. While nobody listens at `watch`, an invocation waits: the two may be started in any order.
pub fn function(client: &Client, watch: &str, name: &str, timeout: Duration) -> Invoke {
    let url = format!("{}/2015-03-31/functions/{name}/invocations", watch.trim_end_matches('/'));
    let client = client.clone();
    Arc::new(move |event| {
        let request = client.post(&url).json(&event);
        async move {
            let answer = tokio::time::timeout(timeout, answer(&request)).await;
            answer.unwrap_or_else(|_| Err(format!("the function took longer than its {} seconds", timeout.as_secs())))
        }
        .boxed()
    })
}

/// The function's answer; its error, which Lambda marks with a header and `cargo lambda watch` with a status.
async fn answer(request: &RequestBuilder) -> Result<Value, String> {
    let answer = loop {
        let attempt = request.try_clone().ok_or("an event is no stream")?;
        match attempt.send().await {
            Err(error) if error.is_connect() => tokio::time::sleep(PAUSE).await,
            answer => break answer.map_err(|error| error.to_string())?,
        }
    };
    let status = answer.status();
    let failed = !status.is_success() || answer.headers().contains_key("x-amz-function-error");
    let body = answer.bytes().await.map_err(|error| error.to_string())?;
    if !failed {
        return serde_json::from_slice(&body).map_err(|error| format!("the answer is no JSON: {error}"));
    }
    let error: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = error.get("errorMessage").and_then(Value::as_str).map(str::to_owned);
    Err(text.unwrap_or_else(|| format!("{status}: {}", String::from_utf8_lossy(&body))))
}

/// Writes the file for `--env-file`, which only its owner can read: there are secrets in it.
///
/// # Errors
/// If it cannot be written, or a value is not one that can stand between quotation marks.
pub fn write_variables(file: &Path, variables: &BTreeMap<String, String>) -> io::Result<()> {
    let is_plain = |value: &str| !value.contains(['"', '\\']) && !value.contains(char::is_control);
    if let Some((name, _)) = variables.iter().find(|(_, value)| !is_plain(value)) {
        let text = format!("{name} has a character that cannot stand in a file of variables");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let folder = file.parent().unwrap_or(Path::new("."));
    // Written aside first: `cargo lambda watch` reads it as soon as it is there.
    let mut aside = NamedTempFile::new_in(folder)?;
    for (name, value) in variables {
        writeln!(aside, "{name}=\"{value}\"")?;
    }
    aside.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use axum::Router;
    use axum::extract::Json;
    use axum::http::StatusCode;
    use axum::response::IntoResponse;
    use axum::routing::post;
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Listens at an address as Lambda does for the functions `echo`, `failing`, `marked` and `slow`.
    async fn lambda(listener: TcpListener) {
        let error = json!({"errorType": "Error", "errorMessage": "it did not work"});
        let marked = ([("x-amz-function-error", "Unhandled")], Json(error.clone()));
        let failing = (StatusCode::INTERNAL_SERVER_ERROR, Json(error));
        let path = |name: &str| format!("/2015-03-31/functions/{name}/invocations");
        let app = Router::new()
            .route(&path("echo"), post(async |Json(event): Json<Value>| Json(json!({"got": event}))))
            .route(&path("failing"), post(async || failing.into_response()))
            .route(&path("marked"), post(async || marked.into_response()))
            .route(&path("slow"), post(async || tokio::time::sleep(10 * SECOND).await));
        axum::serve(listener, app).await.unwrap();
    }

    fn invoke(address: &str, name: &str) -> Invoke {
        let client = Client::builder().no_proxy().build().unwrap();
        function(&client, address, name, SECOND)
    }

    #[tokio::test]
    async fn an_answer_is_the_functions_and_so_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let server = tokio::spawn(lambda(listener));
        assert_eq!(invoke(&address, "echo")(json!({"a": 1})).await.unwrap(), json!({"got": {"a": 1}}));
        for name in ["failing", "marked"] {
            assert_eq!(invoke(&address, name)(json!({})).await.unwrap_err(), "it did not work");
        }
        let slow = invoke(&address, "slow")(json!({})).await;
        assert_eq!(slow.unwrap_err(), "the function took longer than its 1 seconds");
        assert!(invoke(&address, "missing")(json!({})).await.unwrap_err().starts_with("404"));
        server.abort();
    }

    #[test]
    fn variables_that_cannot_be_written_as_they_are_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("functions.env");
        let write = |value: &str| write_variables(&file, &[("A".to_owned(), value.to_owned())].into());
        write("80 443 é=#$").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "A=\"80 443 é=#$\"\n");
        for value in ["a\"b", "a\\b", "a\nb"] {
            assert_eq!(write(value).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
    }

    #[tokio::test]
    async fn an_invocation_waits_for_who_is_not_there_yet() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let early = tokio::spawn(invoke(&format!("http://{address}"), "echo")(json!(7)));
        tokio::time::sleep(Duration::from_millis(100)).await;
        let server = tokio::spawn(lambda(TcpListener::bind(address).await.unwrap()));
        assert_eq!(early.await.unwrap().unwrap(), json!({"got": 7}));
        server.abort();
    }
}
