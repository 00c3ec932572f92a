//! The server: connections, the journal, faults, CORS, and in their midst s3s, which checks signatures and speaks S3.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::{S3Auth, SecretKey};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Error, S3ErrorCode, S3Result, StdError};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::bodies::{Answer, Upload, broken_off};
use super::request::{self, Access, Target};
use super::{Storage, cors};
use crate::journal::{self, FaultKind, Journal, Service};

/// A key that signs requests. Every key may do everything.
pub struct Credentials {
    /// The public half.
    pub key_id: String,
    /// The secret half.
    pub secret: String,
}

/// Serves the storage on a listener, as the S3 API in path style, until the future is dropped; its connections end
/// then too. Writes each request to the journal and takes the journal's faults.
pub async fn serve(listener: TcpListener, storage: Storage, credentials: Vec<Credentials>, journal: Journal) {
    let mut builder = S3ServiceBuilder::new(storage.clone());
    builder.set_auth(Keys(credentials));
    builder.set_access(Access);
    let front = Arc::new(Front { storage, s3: builder.build(), journal });

    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(Arc::clone(&front).serve_connection(stream));
                }
                Err(error) => {
                    // Mostly too many open files, which passes when a connection ends.
                    tracing::warn!(%error, "storage cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

struct Keys(Vec<Credentials>);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, key_id: &str) -> S3Result<SecretKey> {
        match self.0.iter().find(|key| key.key_id == key_id) {
            Some(key) => Ok(SecretKey::from(key.secret.as_str())),
            None => Err(S3Error::with_message(S3ErrorCode::InvalidAccessKeyId, "There is no key with this id.")),
        }
    }
}

struct Front {
    storage: Storage,
    s3: S3Service,
    journal: Journal,
}

impl Front {
    async fn serve_connection(self: Arc<Self>, stream: TcpStream) {
        // Without it a small answer waits up to 40 ms for the client's acknowledgement of its head.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "storage cannot set TCP_NODELAY");
        }
        let service = service_fn(move |request| Arc::clone(&self).answer(request));
        // A client may keep its connection as long as it likes: closing one that idles races with its next request.
        let connection =
            http1::Builder::new().header_read_timeout(None).serve_connection(TokioIo::new(stream), service);
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection to storage ended early");
        }
    }

    /// Answers a request. An error closes the connection without an answer.
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Answer>, StdError> {
        let (parts, body) = request.into_parts();
        let (method, headers) = (parts.method.clone(), parts.headers.clone());
        let target = Target::of(&parts.method, &parts.uri, &headers);
        let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let (key, by) = (target.key.as_deref(), journal::application(user_agent));
        let pending = self.journal.begin(Service::Storage, target.operation, key, by);
        let fault = self.journal.take_fault(Service::Storage, target.operation, key, by);

        let upload = Upload::new(body);
        let request = Request::from_parts(parts, Body::http_body(upload.clone()));
        let mut cut_short = false;
        let mut response = match fault {
            None => self.carry_out(&target, request).await?,
            Some(FaultKind::Fail { status, code }) => {
                let mut error = S3Error::with_message(S3ErrorCode::Custom(code.into()), "A test set this fault.");
                error.set_status_code(StatusCode::from_u16(status)?);
                error.to_http_response()?
            }
            Some(FaultKind::Stall { milliseconds }) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                self.carry_out(&target, request).await?
            }
            Some(FaultKind::BreakOff) if target.operation == "GetObject" => {
                cut_short = true;
                self.carry_out(&target, request).await?
            }
            Some(FaultKind::BreakOff) => return Err(broken_off()),
            Some(FaultKind::LoseAnswer) => {
                self.carry_out(&target, request).await?;
                pending.break_off(upload.received(), 0);
                return Err(broken_off());
            }
        };
        let refused = response.status().is_client_error() || response.status().is_server_error();
        // A client that waits for `100 Continue` has sent nothing, and reading its body would ask it to.
        if refused && !headers.contains_key(header::EXPECT) {
            upload.clone().drain().await;
        }
        if !upload.is_end_stream() {
            // What is left of the body would be read as the next request, so the client must not send one here.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if headers.contains_key(header::ORIGIN) && method != Method::OPTIONS {
            let rules = self.storage.cors_rules(target.bucket.unwrap_or_default()).await?;
            response.headers_mut().extend(cors::actual(&rules, method.as_str(), &headers).unwrap_or_default());
        }
        Ok(Answer::wrap(response, &method, pending, upload, cut_short))
    }

    async fn carry_out(&self, target: &Target, request: Request<Body>) -> Result<Response<Body>, StdError> {
        if request.method() == Method::OPTIONS {
            return self.preflight(target, request.headers()).await;
        }
        match request::check(target, request.uri(), request.headers()) {
            Ok(()) => Ok(self.s3.call(request).await?),
            Err(error) => Ok(error.to_http_response()?),
        }
    }

    async fn preflight(&self, target: &Target, headers: &HeaderMap) -> Result<Response<Body>, StdError> {
        let rules = self.storage.cors_rules(target.bucket.clone().unwrap_or_default()).await?;
        let mut response = Response::new(Body::empty());
        match cors::preflight(&rules, headers) {
            Some(headers) => *response.headers_mut() = headers,
            None => {
                let code = S3ErrorCode::Custom("AccessForbidden".into());
                let message = "The bucket's CORS rules do not allow this request.";
                let mut error = S3Error::with_message(code, message);
                error.set_status_code(StatusCode::FORBIDDEN);
                response = error.to_http_response()?;
            }
        }
        Ok(response)
    }
}
