//! Bodies on their way in and out, counted.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode, header};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use s3s::{Body, StdError};

use crate::journal::Pending;

/// How much of a refused body is read, in bytes, and for how long.
const DRAINED: u64 = 64 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The body of a request. Clones read the same one, and count together.
#[derive(Clone)]
pub(super) struct Upload {
    shared: Arc<(Mutex<Incoming>, AtomicU64)>,
}

impl Upload {
    pub(super) fn new(body: Incoming) -> Self {
        Self { shared: Arc::new((Mutex::new(body), AtomicU64::new(0))) }
    }

    /// The bytes read until now.
    pub(super) fn received(&self) -> u64 {
        self.shared.1.load(Ordering::Relaxed)
    }

    /// Reads what is left, up to a limit, so that a client that sends without listening gets to see why its request was
    /// refused, rather than a closed connection.
    pub(super) async fn drain(mut self) {
        let limit = self.received() + DRAINED;
        let rest = async { while self.received() < limit && matches!(self.frame().await, Some(Ok(_))) {} };
        // When time is up, the connection is closed.
        let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
    }

    fn body(&self) -> MutexGuard<'_, Incoming> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let frame = ready!(Pin::new(&mut *self.body()).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, |data| data.len() as u64);
            self.shared.1.fetch_add(length, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body().size_hint()
    }
}

/// The body of an answer, which logs the request when its last byte is handed out.
pub(super) struct Answer {
    body: Body,
    log: Option<(Pending, StatusCode, Upload)>,
    sent: u64,
    /// As `Content-Length` says.
    length: Option<u64>,
    /// After how many bytes the connection is to be closed.
    cut_at: Option<u64>,
    flushed: bool,
}

impl Answer {
    /// Wraps the body of a response to a request with this method; `cut_short` ends it after half of its length.
    pub(super) fn wrap(
        response: Response<Body>,
        method: &Method,
        pending: Pending,
        upload: Upload,
        cut_short: bool,
    ) -> Response<Self> {
        let status = response.status();
        let bodiless = method == Method::HEAD || status == StatusCode::NOT_MODIFIED || status == StatusCode::NO_CONTENT;
        let stated = response.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        response.map(|body| {
            let body = if bodiless { Body::empty() } else { body };
            let length = if bodiless { Some(0) } else { stated.or_else(|| body.size_hint().exact()) };
            let cut_at = length.filter(|_| cut_short).map(|length| length / 2);
            let mut answer =
                Self { body, log: Some((pending, status, upload)), sent: 0, length, cut_at, flushed: false };
            if length == Some(0) {
                answer.finish();
            }
            answer
        })
    }

    fn finish(&mut self) {
        if let Some((pending, status, upload)) = self.log.take() {
            pending.finish(status.as_u16(), upload.received(), self.sent);
        }
    }

    fn break_off(&mut self) {
        if let Some((pending, _, upload)) = self.log.take() {
            pending.break_off(upload.received(), self.sent);
        }
    }
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        let this = self.get_mut();
        if this.cut_at == Some(this.sent) {
            if !this.flushed {
                // What was handed out goes on its way before the connection is closed.
                this.flushed = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            this.break_off();
            return Poll::Ready(Some(Err(broken_off())));
        }
        match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
            Some(Ok(frame)) => {
                let Ok(mut data) = frame.into_data() else { return Poll::Ready(None) };
                if let Some(cut_at) = this.cut_at {
                    data.truncate(usize::try_from(cut_at - this.sent).unwrap_or(usize::MAX));
                }
                this.sent += data.len() as u64;
                if this.length == Some(this.sent) {
                    this.finish();
                }
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            Some(Err(error)) => {
                this.break_off();
                Poll::Ready(Some(Err(error)))
            }
            None => {
                this.finish();
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.log.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.break_off();
    }
}

/// What closes a connection without another word.
pub(super) fn broken_off() -> StdError {
    io::Error::new(io::ErrorKind::ConnectionAborted, "broken off by a fault that a test set").into()
}
