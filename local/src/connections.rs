//! HTTP connections, as the gateway and the edge take them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracing::{debug, warn};

/// Has `answer` answer all requests on a listener, each with the address that it came from, until the future is
/// dropped; its connections end then too.
pub(crate) async fn serve<F: Future<Output = Response<Body>> + Send + 'static>(
    listener: TcpListener,
    answer: impl Fn(SocketAddr, Request<Incoming>) -> F + Send + Sync + 'static,
) {
    let answer = Arc::new(answer);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let answer = Arc::clone(&answer);
                    connections.spawn(serve_connection(stream, move |request| answer(peer, request)));
                }
                Err(error) => {
                    // Mostly too many open files, which passes when a connection ends.
                    warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection<F: Future<Output = Response<Body>> + Send>(
    stream: TcpStream,
    answer: impl Fn(Request<Incoming>) -> F + Send,
) {
    // Without it a small answer waits up to 40 ms for the client's acknowledgement of its head.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "no TCP_NODELAY");
    }
    let service = service_fn(|request| {
        let answer = answer(request);
        async { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        debug!(%error, "a connection broke off");
    }
}
