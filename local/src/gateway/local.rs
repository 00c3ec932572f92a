//! `/_local/*`: what only a system on one machine has. It hands out tokens for anybody, so it answers nobody but this
//! machine's own page and programs.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, HeaderName, Response, StatusCode, request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing::error;

use super::{Server, json_response, message, read};
use crate::journal::Fault;
use crate::schedule;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The longest `sub` that functions take, in bytes.
const LONGEST_SUBJECT: usize = 255;

/// How long a token may be valid, in seconds.
const LONGEST_VALIDITY: u64 = 365 * 24 * 3600;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TokenRequest {
    sub: String,
    #[serde(default)]
    roles: Vec<String>,
    /// Seconds.
    #[serde(default = "hour")]
    expires_in: u64,
}

fn hour() -> u64 {
    3600
}

pub(super) async fn answer(server: &Server, path: &str, parts: &request::Parts, body: Body) -> Response<Body> {
    if !is_from_here(&parts.headers, server.port) {
        return message(StatusCode::FORBIDDEN, "This is for the page and the programs of this machine only.");
    }
    let mut response = match carry_out(server, path, parts, body).await {
        Ok(value) => json_response(StatusCode::OK, "application/json", &value),
        Err((status, text)) => message(status, &text),
    };
    let headers = response.headers_mut();
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

/// The answer's value, or the status and the text of a refusal.
type Outcome<T> = Result<T, (StatusCode, String)>;

async fn carry_out(server: &Server, path: &str, parts: &request::Parts, body: Body) -> Outcome<Value> {
    let gateway = &server.gateway;
    match (parts.method.as_str(), path) {
        ("GET", "/_local/health") => Ok(json!({"status": "ok"})),
        ("POST", "/_local/token") => token(server, &parse(&parts.headers, body).await?),
        ("GET", "/_local/requests") => requests(server, parts.uri.query().unwrap_or_default()),
        ("DELETE", "/_local/requests") => {
            gateway.journal.clear();
            Ok(Value::Null)
        }
        ("POST", "/_local/faults") => {
            gateway.journal.add_fault(parse::<Fault>(&parts.headers, body).await?);
            Ok(Value::Null)
        }
        ("DELETE", "/_local/faults") => {
            gateway.journal.clear_faults();
            Ok(Value::Null)
        }
        ("GET", "/_local/outputs") => Ok(gateway.outputs.clone()),
        ("GET", "/_local/queues") => Ok((gateway.queues)().await),
        ("POST", "/_local/sweep") => {
            let answer = server.invoke(&gateway.sweep.function, schedule::event(&gateway.sweep)).await;
            answer.map_err(|error| {
                error!(error, "sweep failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "sweep failed; the log says why.".to_owned())
            })
        }
        _ => Err((StatusCode::NOT_FOUND, "Not Found".to_owned())),
    }
}

/// Whether a request is from this machine and, where a browser says so, from the gateway's own page. The name in
/// `Host` tells a page whose own name was made to point here (DNS rebinding), `Origin` and `Sec-Fetch-Site` any other.
fn is_from_here(headers: &HeaderMap, port: u16) -> bool {
    let own = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}"));
    let is_own = |host: &str| own.iter().any(|own| own == host);
    let all = |name: HeaderName, fits: &dyn Fn(&str) -> bool| {
        headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(fits))
    };
    headers.contains_key(header::HOST)
        && all(header::HOST, &is_own)
        && all(header::ORIGIN, &|origin| origin.strip_prefix("http://").is_some_and(is_own))
        && all(FETCH_SITE, &|site| site == "same-origin" || site == "none")
}

async fn parse<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Outcome<T> {
    let body = read(headers, body).await.map_err(|status| (status, "The body cannot be read.".to_owned()))?;
    serde_json::from_slice(&body)
        .map_err(|error| (StatusCode::BAD_REQUEST, format!("The body is not what this takes: {error}")))
}

fn token(server: &Server, request: &TokenRequest) -> Outcome<Value> {
    let bad = |text: &str| Err((StatusCode::BAD_REQUEST, text.to_owned()));
    if request.sub.is_empty() || request.sub.len() > LONGEST_SUBJECT || request.sub.chars().any(char::is_control) {
        return bad("sub must have 1 to 255 bytes and no control characters.");
    }
    if request.expires_in > LONGEST_VALIDITY {
        return bad("expiresIn is in seconds and at most a year.");
    }
    let issued = server.gateway.tokens.issue(&request.sub, &request.roles, Duration::from_secs(request.expires_in));
    issued.map(|token| json!({"token": token})).map_err(|error| {
        error!(%error, "no token could be signed");
        (StatusCode::INTERNAL_SERVER_ERROR, "No token could be signed; the log says why.".to_owned())
    })
}

/// The journal's entries after number `since`, and the number to ask for next.
fn requests(server: &Server, query: &str) -> Outcome<Value> {
    let mut since = 0;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match value.parse() {
            Ok(number) if name == "since" => since = number,
            _ => {
                let text = "The only parameter is since, the number of an entry.";
                return Err((StatusCode::BAD_REQUEST, text.to_owned()));
            }
        }
    }
    let entries = server.gateway.journal.since(since);
    let next = entries.last().map_or(since, |entry| entry.number);
    Ok(json!({"requests": entries, "next": next}))
}
