//! Around every request: its place in the log and in a trace, and the answer to its error.

use std::convert::Infallible;
use std::future::Future;
use std::time::{Duration, SystemTime};

use http::Response;
use lambda_http::{Body, Request, RequestExt};
use sha2::{Digest, Sha256};
use tokio::time::timeout;
use tracing::{Instrument, info_span};

use super::problem::{problem, request_id};
use super::request::header;
use quayside_domain::{Error, Result, TraceParent};

/// How long before Lambda ends an invocation its answer is given up, so that the client is still told. Lambda counts from
/// the end of a start, and the gateway's patience, which is a second longer, from its beginning.
const LAST_WORD: Duration = Duration::from_millis(1500);

/// Answers a request with what `answer` comes to, or with the problem document of its error. What is logged meanwhile
/// carries the request's id and its trace. An answer that takes all of the invocation's time is dropped, wherever it is:
/// it is `Unavailable`, and whoever asks again finds what a crash would have left.
///
/// # Errors
/// Never.
pub async fn respond(
    request: &Request,
    answer: impl Future<Output = Result<Response<Body>>>,
) -> Result<Response<Body>, Infallible> {
    let (trace, span) = trace_of(request).map(|own| (own.trace_id(), own.span_id())).unzip();
    let span = info_span!("request", request.id = request_id(request), trace.id = trace, span.id = span);
    // In a box, because the compiler does not follow futures within futures any deeper.
    let answer = timeout(time_left(request), Box::pin(answer));
    let used_up = |_| Err(Error::Unavailable("the invocation's time is used up".into()));
    let answer = answer.instrument(span.clone()).await.unwrap_or_else(used_up);
    Ok(span.in_scope(|| answer.unwrap_or_else(|error| problem(request, error))))
}

/// Until the last word. Without end where there is no deadline.
fn time_left(request: &Request) -> Duration {
    let context = request.lambda_context_ref();
    let left = context.and_then(|context| context.deadline().duration_since(SystemTime::now()).ok());
    left.map_or(Duration::MAX, |left| left.saturating_sub(LAST_WORD))
}

/// Where the request stands in a trace: in the one that its header `traceparent` names (W3C Trace Context), or in that
/// of `X-Amzn-Trace-Id`, which API Gateway gives each request, or in one of its own. The span is the request's own, the
/// same each time that it is asked for. `None` for a request without an id.
pub fn trace_of(request: &Request) -> Option<TraceParent> {
    let id = Some(request_id(request)).filter(|id| !id.is_empty())?;
    let digest: [u8; 32] = Sha256::digest(id).into();
    let (trace, span) = (digest.first_chunk()?, digest.last_chunk()?);
    let own = TraceParent::new(*trace, *span, false);
    let sent = header(request, "traceparent").and_then(TraceParent::parse);
    let sent = sent.or_else(|| x_ray(header(request, "x-amzn-trace-id")?));
    sent.map(|sent| sent.with_span(*span)).or(own)
}

/// `Root=1-{8 digits}-{24 digits};Parent={16 digits};Sampled={0 or 1}`, of which all but the root may be missing (AWS
/// X-Ray, "Tracing header").
fn x_ray(text: &str) -> Option<TraceParent> {
    let field = |name: &str| text.split(';').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
    let root = field("Root")?.strip_prefix("1-")?.replacen('-', "", 1);
    let parent = field("Parent").unwrap_or("ffffffffffffffff");
    let flags = if field("Sampled") == Some("1") { "01" } else { "00" };
    TraceParent::parse(&format!("00-{root}-{parent}-{flags}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn request(headers: &[(&'static str, &str)]) -> Request {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "", "headers": {},
            "requestContext": {"requestId": "Nc1mUhKUvHcEMzQ=", "routeKey": "$default", "stage": "$default",
                               "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                                        "userAgent": "test"},
                               "timeEpoch": 0},
            "isBase64Encoded": false,
        });
        let mut request = lambda_http::request::from_str(&event.to_string()).unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        request
    }

    #[tokio::test]
    async fn an_answer_that_takes_all_of_the_invocations_time_is_a_problem_to_try_again() {
        let in_a_moment = SystemTime::now() + LAST_WORD + Duration::from_millis(50);
        let mut context = lambda_http::Context::default();
        context.deadline = in_a_moment.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis().try_into().unwrap();
        let request = request(&[]).with_lambda_context(context);
        let answer = respond(&request, std::future::pending()).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
        assert!(SystemTime::now() < in_a_moment);
    }

    #[test]
    fn a_request_stands_in_the_trace_that_it_names_as_a_span_of_its_own() {
        let sent = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let asked = request(&[("traceparent", &sent), ("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793")]);
        let trace = trace_of(&asked).unwrap();
        assert_eq!(trace.trace_id(), TRACE);
        assert_ne!(trace.to_string(), sent);
        assert_eq!(trace_of(&asked), Some(trace));
    }

    #[test]
    fn the_gateways_own_trace_is_taken_where_the_client_names_none_or_nonsense() {
        for headers in [vec![], vec![("traceparent", "00-nonsense")]] {
            let root =
                ("x-amzn-trace-id", "Self=1-67891234-12456789abcdef012345678;Root=1-5759e988-bd862e3fe1be46a994272793");
            let trace = trace_of(&request(&[headers, vec![root]].concat())).unwrap();
            assert_eq!(trace.trace_id(), "5759e988bd862e3fe1be46a994272793");
        }
    }

    #[test]
    fn a_request_without_a_trace_begins_one() {
        let trace = trace_of(&request(&[])).unwrap();
        assert_eq!(trace_of(&request(&[("x-amzn-trace-id", "Root=1-nonsense")])), Some(trace));
    }
}
