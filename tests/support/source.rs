//! A source of files that behaves as badly as it is told to: HTTP/1.1 by hand, over TCP or TLS.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// One answer: what is sent, step by step, before the connection is closed.
#[derive(Clone)]
pub struct Reply(Vec<Step>);

#[derive(Clone)]
enum Step {
    Send(Vec<u8>),
    /// Again and again, with a pause, until the other side leaves.
    Forever(Vec<u8>, Duration),
    Wait(Duration),
}

impl Reply {
    /// An answer's head, with these headers and no others.
    pub fn new(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut head = format!("HTTP/1.1 {status} Whatever\r\nConnection: close\r\n");
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        Self(vec![Step::Send(format!("{head}\r\n").into_bytes())])
    }

    /// A file as it should be sent.
    pub fn file(content_type: &str, bytes: &[u8]) -> Self {
        let length = bytes.len().to_string();
        Self::new(200, &[("Content-Type", content_type), ("Content-Length", &length)]).then(bytes)
    }

    /// A file whose length is not announced.
    pub fn chunked(content_type: &str, bytes: &[u8]) -> Self {
        let reply = Self::new(200, &[("Content-Type", content_type), ("Transfer-Encoding", "chunked")]);
        let reply = bytes.chunks(1 << 20).fold(reply, |reply, chunk| reply.then_chunk(chunk));
        reply.then(b"0\r\n\r\n")
    }

    /// A redirect.
    pub fn redirect(location: &str) -> Self {
        Self::new(302, &[("Location", location), ("Content-Length", "0")])
    }

    /// A status, without a body.
    pub fn status(status: u16) -> Self {
        Self::new(status, &[("Content-Length", "0")])
    }

    /// Something that is no answer at all.
    pub fn garbage(bytes: &[u8]) -> Self {
        Self(Vec::new()).then(bytes)
    }

    pub fn then(mut self, bytes: &[u8]) -> Self {
        self.0.push(Step::Send(bytes.to_vec()));
        self
    }

    pub fn then_chunk(self, bytes: &[u8]) -> Self {
        self.then(&[format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat())
    }

    pub fn then_waits(mut self, wait: Duration) -> Self {
        self.0.push(Step::Wait(wait));
        self
    }

    pub fn then_forever(mut self, bytes: &[u8], pause: Duration) -> Self {
        self.0.push(Step::Forever(bytes.to_vec(), pause));
        self
    }
}

/// A request that the source got.
#[derive(Debug, Clone)]
pub struct Got {
    /// With its query.
    pub path: String,
    headers: HashMap<String, String>,
}

impl Got {
    /// A header by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What the source says to a path, one reply after the other, the last one again and again.
type Replies = HashMap<String, Vec<Reply>>;

/// A running source.
pub struct Source {
    address: SocketAddr,
    scheme: &'static str,
    replies: Arc<Mutex<Replies>>,
    got: Arc<Mutex<Vec<Got>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Source {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Source {
    pub async fn start() -> Self {
        Self::listen("http", None).await
    }

    /// One that proves itself with a certificate that it has made itself.
    pub async fn start_untrusted() -> Self {
        use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
        use tokio_rustls::rustls::{ServerConfig, crypto};
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        Self::listen("https", Some(tokio_rustls::TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn listen(scheme: &'static str, tls: Option<tokio_rustls::TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (replies, got) = (Arc::<Mutex<Replies>>::default(), Arc::<Mutex<Vec<Got>>>::default());
        let (script, log) = (Arc::clone(&replies), Arc::clone(&got));
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (script, log, tls) = (Arc::clone(&script), Arc::clone(&log), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(connection, &script, &log).await,
                        Some(tls) => match tls.accept(connection).await {
                            Ok(connection) => serve(connection, &script, &log).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self { address, scheme, replies, got, task }
    }

    /// Says what a path, which may have a query, is answered with: one reply after the other, the last again and again.
    /// Gives the URL.
    pub fn serve(&self, path: &str, replies: impl IntoIterator<Item = Reply>) -> String {
        let replies = replies.into_iter().collect::<Vec<_>>();
        self.replies.lock().unwrap().insert(path.to_owned(), replies);
        self.url(path)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", self.scheme, self.address.port())
    }

    /// The requests for a path so far.
    pub fn got(&self, path: &str) -> Vec<Got> {
        self.got.lock().unwrap().iter().filter(|got| got.path == path).cloned().collect()
    }
}

async fn serve<C>(mut connection: C, script: &Mutex<Replies>, log: &Mutex<Vec<Got>>) -> Option<()>
where
    C: AsyncRead + AsyncWrite + Unpin,
{
    let got = read(&mut connection).await?;
    let Reply(steps) = {
        let number = {
            let mut log = log.lock().unwrap();
            log.push(got.clone());
            log.iter().filter(|other| other.path == got.path).count() - 1
        };
        let script = script.lock().unwrap();
        let replies = script.get(&got.path).cloned().unwrap_or_else(|| vec![Reply::status(404)]);
        replies[number.min(replies.len() - 1)].clone()
    };
    for step in steps {
        match step {
            Step::Send(bytes) => connection.write_all(&bytes).await.ok()?,
            Step::Wait(wait) => tokio::time::sleep(wait).await,
            Step::Forever(bytes, pause) => loop {
                connection.write_all(&bytes).await.ok()?;
                connection.flush().await.ok()?;
                tokio::time::sleep(pause).await;
            },
        }
    }
    connection.shutdown().await.ok()
}

async fn read(connection: &mut (impl AsyncRead + Unpin)) -> Option<Got> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Some(Got { path, headers })
}
