//! An API Gateway HTTP API in miniature: routes, JWT authorizer, events in payload format 2.0, CORS; and beside it,
//! on the same port, the page and `/_local/*`.
//!
//! A client sees what it would see of the real gateway, with one exception: a function that fails and one that takes too
//! long both give a 500.

mod event;
mod local;
mod page;
mod routes;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{self, Body};
use axum::http::header::{self, HeaderValue};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, request};
use futures::future::BoxFuture;
use http_body_util::LengthLimitError;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tracing::error;
use url::Url;
use uuid::Uuid;

use crate::connections;
use crate::functions::Invoke;
use crate::journal::Journal;
use crate::tokens::{Claims, TokenError, Tokens};
use event::Call;
use page::Page;
use quayside_template::{Cors, Route, Schedule};

/// The largest body that the gateway takes, in bytes: HTTP APIs' own limit.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// How long the gateway waits for a function: HTTP APIs' own limit. The function goes on, as it does there.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

/// Counts of the messages in each queue, as JSON.
pub type QueueCounts = Arc<dyn Fn() -> BoxFuture<'static, Value> + Send + Sync>;

/// What the gateway serves and with whose help.
pub struct Gateway {
    /// The API's routes, from the template.
    pub routes: Vec<Route>,
    /// The functions by name; one may be without a route.
    pub functions: HashMap<String, Invoke>,
    /// The API's `CorsConfiguration`. In the place of the origins that it names, which are those of the deployment,
    /// pages on this machine's own (`http://localhost` and `http://127.0.0.1`, any port) are allowed.
    pub cors: Cors,
    /// The schedule that `/_local/sweep` runs at once.
    pub sweep: Schedule,
    /// Verifies the tokens that callers bring, and issues those that the page asks for.
    pub tokens: Tokens,
    /// The log and the faults behind `/_local/requests` and `/_local/faults`.
    pub journal: Journal,
    /// What `/_local/queues` answers.
    pub queues: QueueCounts,
    /// What `/_local/outputs` answers: the outputs that a deployed stack would have.
    pub outputs: Value,
    /// The folder of the page.
    pub web: PathBuf,
    /// Origin of the edge, which the page may show media from: `http://localhost:9003`.
    pub edge_origin: String,
    /// Origin of storage, which the page may upload to: `http://localhost:9001`.
    pub storage_origin: String,
}

struct Server {
    gateway: Gateway,
    page: Page,
    port: u16,
}

/// Serves until the future is dropped; its connections end then too.
///
/// # Errors
/// If the listener is not on a loopback address, or the folder of the page cannot be read.
pub async fn serve(listener: TcpListener, gateway: Gateway) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        let text = format!("the gateway hands out tokens to anybody, so it must not listen on {address}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let page = Page::open(&gateway.web, &gateway.edge_origin, &gateway.storage_origin)?;
    let server = Arc::new(Server { gateway, page, port: address.port() });
    connections::serve(listener, move |peer, request| answer(Arc::clone(&server), peer, request.map(Body::new))).await;
    Ok(())
}

async fn answer(server: Arc<Server>, peer: SocketAddr, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Some(path) = routes::decode(parts.uri.path()) else {
        return refusal(StatusCode::BAD_REQUEST);
    };
    if path == "/_local" || path.starts_with("/_local/") {
        return local::answer(&server, &path, &parts, body).await;
    }
    if parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return server.preflight(&parts.headers);
    }
    let Some((route, path_parameters)) = routes::find(&server.gateway.routes, parts.method.as_str(), &path) else {
        return server.page.answer(&parts, &path).await;
    };
    let id = Uuid::now_v7().to_string();
    let mut response = server.api(route, &path_parameters, &path, &parts, body, peer, &id).await;
    server.allow_origin(&parts.headers, response.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("apigw-requestid", id);
    }
    response
}

impl Server {
    /// Has the route's function answer, if the caller has a token or the route needs none.
    #[expect(clippy::too_many_arguments, reason = "the parts of one request")]
    async fn api(
        &self,
        route: &Route,
        path_parameters: &BTreeMap<String, String>,
        path: &str,
        parts: &request::Parts,
        body: Body,
        peer: SocketAddr,
        request_id: &str,
    ) -> Response<Body> {
        let claims = match self.authorize(&parts.headers) {
            _ if !route.needs_token => None,
            Ok(claims) => Some(claims),
            Err(refusal) => return unauthorized(refusal),
        };
        let body = match read(&parts.headers, body).await {
            Ok(body) => body,
            Err(status) => return refusal(status),
        };
        let call = Call {
            route,
            path_parameters,
            path,
            parts,
            body: &body,
            claims: claims.as_ref(),
            peer: peer.ip(),
            port: self.port,
            request_id,
            time: OffsetDateTime::now_utc(),
        };
        let answer = self.invoke(&route.function, call.event()).await;
        answer.and_then(|answer| event::response(&answer)).unwrap_or_else(|error| {
            error!(function = route.function, request_id, error, "a function failed");
            refusal(StatusCode::INTERNAL_SERVER_ERROR)
        })
    }

    /// The claims of the caller's token; `Err(None)` if there is no token. As the JWT authorizer of HTTP APIs takes it,
    /// the header is the token with or without `Bearer` before it.
    fn authorize(&self, headers: &HeaderMap) -> Result<Claims, Option<TokenError>> {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Err(None) };
        let value = value.to_str().map_err(|_| None)?.trim();
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => value,
        };
        self.gateway.tokens.verify(token).map_err(Some)
    }

    async fn invoke(&self, function: &str, event: Value) -> Result<Value, String> {
        let invoke = self.gateway.functions.get(function).ok_or("there is no such function")?;
        run(invoke, event, INTEGRATION_TIMEOUT).await
    }

    /// HTTP APIs with a CORS configuration answer preflights themselves, for any path and without a token.
    fn preflight(&self, request: &HeaderMap) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        self.allow_origin(request, headers);
        if headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            let cors = &self.gateway.cors;
            insert(headers, header::ACCESS_CONTROL_ALLOW_METHODS, &cors.methods.join(","));
            insert(headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &cors.headers.join(","));
            if let Some(max_age) = cors.max_age {
                headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(max_age.as_secs()));
            }
        }
        response
    }

    /// Puts the configured CORS header in the place of any that a function sent, as HTTP APIs do.
    fn allow_origin(&self, request: &HeaderMap, response: &mut HeaderMap) {
        for name in [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ] {
            response.remove(name);
        }
        response.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = request.get(header::ORIGIN).filter(|origin| is_on_this_machine(origin)) {
            response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            insert(response, header::ACCESS_CONTROL_EXPOSE_HEADERS, &self.gateway.cors.exposed_headers.join(","));
        }
    }
}

/// Adds a header unless its value is empty.
fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value)
        && !value.is_empty()
    {
        headers.insert(name, value);
    }
}

/// Has a function answer an event. It goes on though the client leaves or `patience` is over.
async fn run(function: &Invoke, event: Value, patience: Duration) -> Result<Value, String> {
    let function = Arc::clone(function);
    let work = tokio::spawn(async move { function(event).await });
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => Err(panic.to_string()),
        Err(_) => Err(format!("no answer within {patience:?}")),
    }
}

fn is_on_this_machine(origin: &HeaderValue) -> bool {
    let url = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
    url.is_some_and(|url| {
        url.scheme() == "http"
            && matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
            && origin.as_bytes() == url.origin().ascii_serialization().as_bytes()
    })
}

/// The whole body, or the status to refuse it with.
async fn read(headers: &HeaderMap, body: Body) -> Result<body::Bytes, StatusCode> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    body::to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let over = std::error::Error::source(&error).is_some_and(|source| source.is::<LengthLimitError>());
        if over { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST }
    })
}

/// An HTTP API's own refusal: the status, and its name as `message`.
fn refusal(status: StatusCode) -> Response<Body> {
    let name = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        _ => status.canonical_reason().unwrap_or_default(),
    };
    message(status, name)
}

fn message(status: StatusCode, text: &str) -> Response<Body> {
    json_response(status, "application/json", &json!({"message": text}))
}

fn json_response(status: StatusCode, content_type: &'static str, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// What the JWT authorizer answers a caller without a valid token, with the challenge of RFC 6750.
fn unauthorized(refusal: Option<TokenError>) -> Response<Body> {
    let challenge = match refusal {
        None => "Bearer".to_owned(),
        Some(error) => format!(r#"Bearer scope="" error="invalid_token" error_description="{error}""#),
    };
    let mut response = self::refusal(StatusCode::UNAUTHORIZED);
    insert(response.headers_mut(), header::WWW_AUTHENTICATE, &challenge);
    response
}
