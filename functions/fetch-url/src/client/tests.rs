#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn config(loopback: bool) -> FetchConfig {
    FetchConfig {
        rules: SourceRules { ports: vec![80, 443], allowed: Vec::new(), denied: Vec::new(), loopback },
        connect_seconds: 1,
        idle_seconds: 1,
        total_seconds: 5,
        max_redirects: 5,
        attempts: 1,
    }
}

/// A server that gives every connection this answer, and counts them.
async fn server(answer: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
            assert!(connection.read(&mut [0; 4096]).await.unwrap() > 0);
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, count)
}

/// A look-up that gives these addresses, one after the other, and the last again and again.
fn lookup(addresses: &'static [&'static str]) -> Lookup {
    let asked = AtomicUsize::new(0);
    Arc::new(move |_| {
        let number = asked.fetch_add(1, Ordering::Relaxed).min(addresses.len() - 1);
        let address: IpAddr = addresses[number].parse().unwrap();
        Box::pin(async move { Ok(vec![address]) })
    })
}

async fn ask(client: &Client, url: &str) -> Result<u16, FailureCode> {
    let url = SourceUrl::parse(url, &client.rules).unwrap();
    let answer = client.ask(&url, None).await;
    answer.map(|answer| answer.status().as_u16()).map_err(|trouble| trouble.into_failure().code)
}

#[tokio::test]
async fn a_name_that_becomes_private_between_two_requests_is_not_connected_to() {
    let (port, connections) =
        server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()).await;
    // This machine stands for the public internet, as long as the name does not mean something else.
    let mut config = config(true);
    config.rules.ports = vec![port];
    let client = Client::new(&config, lookup(&["127.0.0.1", "10.0.0.1"])).unwrap();
    let url = format!("http://media.example:{port}/a.jpg");
    assert_eq!(ask(&client, &url).await, Ok(200));
    assert_eq!(ask(&client, &url).await, Err(FailureCode::SourceForbidden));
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_name_that_becomes_private_at_a_redirect_is_not_connected_to() {
    let redirect = "HTTP/1.1 302 Found\r\nLocation: /b.jpg\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (port, connections) = server(redirect.to_owned()).await;
    let mut config = config(true);
    config.rules.ports = vec![port];
    let client = Client::new(&config, lookup(&["127.0.0.1", "169.254.169.254"])).unwrap();
    let url = format!("http://media.example:{port}/a.jpg");
    assert_eq!(ask(&client, &url).await, Err(FailureCode::SourceForbidden));
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_name_without_an_address_and_a_port_without_a_server_may_be_asked_again() {
    let nothing: Lookup = Arc::new(|_| Box::pin(async { Err(io::ErrorKind::NotFound.into()) }));
    let client = Client::new(&config(true), nothing).unwrap();
    let port = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    for url in ["http://media.example/a.jpg".to_owned(), format!("http://127.0.0.1:{port}/")] {
        let url = SourceUrl::parse(&url, &client.rules).unwrap();
        let Err(SourceError::Passing { failure, after: None }) = client.ask(&url, None).await else {
            panic!("{url:?}")
        };
        assert_eq!(failure.code, FailureCode::SourceUnreachable);
    }
}

#[test]
fn every_status_means_something() {
    let judged = |status: u16, is_resumption| {
        let judged = judge(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), is_resumption);
        judged.map_err(|trouble| (matches!(trouble, SourceError::Passing { .. }), trouble.into_failure().code))
    };
    use FailureCode::{SourceBusy, SourceGone, SourceNotFound, SourceRefused, SourceUnreachable};
    for (status, passes, code) in [
        (206, false, SourceRefused),
        (400, false, SourceRefused),
        (401, false, SourceRefused),
        (403, false, SourceRefused),
        (404, false, SourceNotFound),
        (408, true, SourceUnreachable),
        (410, false, SourceGone),
        (416, false, SourceRefused),
        (418, false, SourceRefused),
        (429, true, SourceBusy),
        (451, false, SourceRefused),
        (500, true, SourceUnreachable),
        (503, true, SourceUnreachable),
        (599, true, SourceUnreachable),
    ] {
        assert_eq!(judged(status, false), Err((passes, code)), "{status}");
    }
    assert!(judged(200, false).is_ok() && judged(206, true).is_ok() && judged(200, true).is_ok());
    assert_eq!(judged(416, true), Err((true, FailureCode::SourceIncomplete)));
}
