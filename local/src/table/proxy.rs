//! The table's public server: passes requests on to dynoxide's own, or to the small services beside the table, notes
//! them in the journal and applies faults.
//!
//! dynoxide does its work on the thread that took the request, one request at a time. It has a thread of its own, so
//! that the rest of the system never waits for its file.
//!
//! A function that asks for what its role does not allow is refused, as it would be where it is deployed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use dynoxide::Database;
use dynoxide::server::serve_with_shutdown;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN, TRANSFER_ENCODING, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri};
use http_body::Body;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::Table;
use super::rights::{lacking, needed};
use crate::journal::{FaultKind, Journal, Service, application};
use crate::services::{Refusal, Services};

/// The largest body that DynamoDB takes, and that it answers with.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The longest name of an operation; real ones have up to 40 letters.
const LONGEST_OPERATION: usize = 64;

const ASKED_FOR: &str = "This error was asked for by a fault of the local system";

/// Operations after which there is nothing new in the stream. After any other the pipe has a look.
const READS: [&str; 7] =
    ["BatchGetItem", "DescribeTable", "DescribeTimeToLive", "GetItem", "ListTables", "Query", "TransactGetItems"];

/// The operations whose write units are in the log.
const METERED: [&str; 4] = ["DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"];

/// Closes the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection was broken off")]
struct BreakOff;

#[derive(Clone)]
struct Proxy {
    table: Table,
    journal: Journal,
    services: Services,
    backend: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
}

pub(super) async fn serve(table: Table, listener: TcpListener, journal: Journal, services: Services) -> io::Result<()> {
    let (mut backend, address) = start_backend(table.database.clone())?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let proxy = Proxy { table, journal, services, backend: address.await.map_err(io::Error::other)??, client };

    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let socket = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => socket,
                Err(error) => {
                    // Most often there are too many open files: a moment later there may be fewer.
                    tracing::warn!(%error, "the table cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            result = &mut backend.stopped => {
                let stopped = || Err("dynoxide's server stopped".to_owned());
                return result.unwrap_or_else(|_| stopped()).map_err(io::Error::other);
            }
        };
        // Without it small answers wait for the other side's acknowledgement, up to 40 ms.
        if socket.set_nodelay(true).is_err() {
            continue;
        }
        let proxy = proxy.clone();
        connections.spawn(async move {
            let service = service_fn(|request| proxy.answer(request));
            // An error is a connection that the other side or a fault broke off: the journal has it.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

/// Dropped, it stops dynoxide's server.
struct Backend {
    stopped: oneshot::Receiver<Result<(), String>>,
    _stop: oneshot::Sender<()>,
}

/// Starts dynoxide's server on its thread; the address comes as soon as it listens.
fn start_backend(database: Database) -> io::Result<(Backend, oneshot::Receiver<io::Result<SocketAddr>>)> {
    let (address_sender, address) = oneshot::channel();
    let (stopped_sender, stopped) = oneshot::channel();
    let (stop_sender, stop) = oneshot::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("table".to_owned()).spawn(move || {
        let result = runtime.block_on(async {
            let bound = bind();
            let (listener, address) = match bound.and_then(|listener| Ok((listener.local_addr()?, listener))) {
                Ok((address, listener)) => (listener, Ok(address)),
                Err(error) => {
                    // Nobody is left to tell if the other side has gone.
                    let _ = address_sender.send(Err(error));
                    return Ok(());
                }
            };
            let _ = address_sender.send(address);
            serve_with_shutdown(listener, database, async {
                let _ = stop.await;
            })
            .await
        });
        let _ = stopped_sender.send(result);
    })?;
    Ok((Backend { stopped, _stop: stop_sender }, address))
}

fn bind() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // The connections that it accepts inherit it.
    socket.set_nodelay(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
    socket.listen(1024)
}

impl Proxy {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, BreakOff> {
        let (head, body) = request.into_parts();
        if head.headers.contains_key(ORIGIN) {
            // A page in the developer's browser. Signatures are not checked and dynoxide allows every origin: without
            // this, any site could read and write the table.
            let problem =
                json!({"__type": type_of("AccessDeniedException"), "message": "The table answers no web pages"});
            return Ok(json_response(403, problem.to_string()));
        }
        let (service, operation) = target(&head.headers);
        let by = application(head.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()));
        let pending = self.journal.begin(service, operation, None, by);
        let fault = self.journal.take_fault(service, operation, None, by);

        let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
            // Too large, or broken off by the other side.
            return Err(BreakOff);
        };
        let body = body.to_bytes();
        let bytes_in = body.len() as u64;

        let needed = needed(&head.headers, &body);
        if let Some(right) = lacking(&self.table.rights, by, &needed) {
            let message = format!("The role of {by} in template.yaml does not allow {right}");
            let body = json!({"__type": type_of("AccessDeniedException"), "message": message}).to_string();
            pending.finish(400, bytes_in, body.len() as u64);
            return Ok(json_response(400, body));
        }
        let pending = pending.needing(needed);

        match &fault {
            Some(FaultKind::Fail { status, code }) => {
                let answer = match service {
                    Service::Table => json_response(*status, error_body(operation, code, &body).to_string()),
                    _ => refusal(service, *status, code, ASKED_FOR),
                };
                pending.finish(*status, bytes_in, answer.body().size_hint().lower());
                return Ok(answer);
            }
            Some(FaultKind::BreakOff) => {
                pending.break_off(bytes_in, 0);
                return Err(BreakOff);
            }
            Some(FaultKind::Stall { milliseconds }) => tokio::time::sleep(Duration::from_millis(*milliseconds)).await,
            Some(FaultKind::LoseAnswer) | None => {}
        }
        if service != Service::Table {
            let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let (status, answer) = match self.services.answer(service, operation, host, &body).await {
                Ok(answer) => (200, json_response(200, answer.to_string())),
                Err(Refusal { status, code, message }) => (status, refusal(service, status, code, &message)),
            };
            if fault == Some(FaultKind::LoseAnswer) {
                pending.break_off(bytes_in, 0);
                return Err(BreakOff);
            }
            pending.finish(status, bytes_in, answer.body().size_hint().lower());
            return Ok(answer);
        }

        let target = Uri::builder()
            .scheme("http")
            .authority(self.backend.to_string())
            .path_and_query(head.uri.path_and_query().map_or("/", |path| path.as_str()))
            .build()
            .map_err(|_| BreakOff)?;
        let writes = !READS.contains(&operation);
        let is_metered = METERED.contains(&operation);
        let body = if is_metered { metered(body) } else { body };
        let mut forwarded = Request::new(Full::new(body));
        *forwarded.method_mut() = head.method;
        *forwarded.uri_mut() = target;
        *forwarded.headers_mut() = head.headers;
        end_to_end(forwarded.headers_mut());
        forwarded.headers_mut().remove(CONTENT_LENGTH);
        let answer = self.client.request(forwarded).await;
        if writes {
            self.table.shared.written.notify_one();
        }

        let Ok(answer) = answer else { return Err(BreakOff) };
        let (mut head, body) = answer.into_parts();
        let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else { return Err(BreakOff) };
        let body = body.to_bytes();
        let pending = if is_metered { pending.taking(units(&body)) } else { pending };
        if fault == Some(FaultKind::LoseAnswer) {
            pending.break_off(bytes_in, 0);
            return Err(BreakOff);
        }
        pending.finish(head.status.as_u16(), bytes_in, body.len() as u64);
        end_to_end(&mut head.headers);
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

/// The same request, which asks what it takes as well.
fn metered(body: Bytes) -> Bytes {
    match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Object(mut request)) => {
            request.insert("ReturnConsumedCapacity".to_owned(), "TOTAL".into());
            Value::Object(request).to_string().into()
        }
        _ => body,
    }
}

/// The write units that an answer says its request took.
fn units(answer: &[u8]) -> u64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let taken = match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().collect(),
        table => vec![table],
    };
    // Writes take whole units.
    taken.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum::<f64>() as u64
}

/// Who is asked for what: the table for `PutItem` by `DynamoDB_20120810.PutItem`.
fn target(headers: &HeaderMap) -> (Service, &str) {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()?.split_once('.'));
    let (service, operation) = target.unwrap_or_default();
    let service = match service {
        "secretsmanager" => Service::Secrets,
        "AmazonSQS" => Service::Queues,
        _ => Service::Table,
    };
    let is_one = (1..=LONGEST_OPERATION).contains(&operation.len())
        && operation.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (service, if is_one { operation } else { "Unknown" })
}

/// Takes out what concerns one connection only.
fn end_to_end(headers: &mut HeaderMap) {
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
}

/// A DynamoDB error. `TransactionConflict` on a transaction cancels it, with that reason for each of its items.
fn error_body(operation: &str, code: &str, request: &[u8]) -> Value {
    if operation == "TransactWriteItems" && code == "TransactionConflict" {
        let request: Value = serde_json::from_slice(request).unwrap_or_default();
        let items = request["TransactItems"].as_array().map_or(1, Vec::len);
        let reason = json!({"Code": code, "Message": "Transaction is ongoing for the item"});
        return json!({
            "__type": type_of("TransactionCanceledException"),
            "message": format!(
                "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
                vec![code; items].join(", ")
            ),
            "CancellationReasons": vec![reason; items],
        });
    }
    json!({"__type": type_of(code), "message": ASKED_FOR})
}

fn type_of(code: &str) -> String {
    format!("com.amazonaws.dynamodb.v20120810#{code}")
}

/// An error of one of the services beside the table.
fn refusal(service: Service, status: u16, code: &str, message: &str) -> Response<Full<Bytes>> {
    let mut response = json_response(status, json!({"__type": code, "message": message}).to_string());
    // SQS once spoke another protocol, and clients know its errors by the codes of that one.
    if service == Service::Queues
        && let Ok(code) = HeaderValue::from_str(&format!("{code};Sender"))
    {
        response.headers_mut().insert("x-amzn-query-error", code);
    }
    response
}

fn json_response(status: u16, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}
