//! Errors as problem documents (RFC 9457). The one place that gives an error a status.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use serde::Serialize;
use utoipa::ToSchema;

use crate::telemetry::Metric;
use quayside_domain::Error;

/// Why a request was refused or failed (RFC 9457).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `urn:quayside:problem:` and the code.
    #[schema(format = "uri")]
    r#type: String,
    /// The status in words.
    title: &'static str,
    /// The status of the answer; in a batch, the one that the item alone would have had.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// Stable name of the problem.
    code: &'static str,
    /// A sentence for people: what is wrong, and what would be right.
    detail: String,
    /// The field of the body, the parameter or the header that is wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    field: String,
    /// Names the request in the log.
    request_id: String,
}

/// The answer to a request that failed. What the client can do nothing about is written to the log, with its causes,
/// and the client gets the request's id to ask for it.
pub(super) fn problem(request: &Request, error: Error) -> Response<Body> {
    let document = problem_json(request, &error);
    let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_string(&document).unwrap_or_default();
    let mut answer = Response::new(Body::Text(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match status {
        StatusCode::UNAUTHORIZED => {
            let challenge = if matches!(error, Error::InvalidSignature) { "Signature" } else { "Bearer" };
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        StatusCode::TOO_MANY_REQUESTS => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    answer
}

/// The same document, for one of several things that a request asked for.
pub fn problem_json(request: &Request, error: &Error) -> Problem {
    let (status, _, field) = kind(error);
    let code = count_refusal(error);
    let request_id = request_id(request);
    if status.is_server_error() {
        tracing::error!(code, error = error.causes(), "request failed");
    } else {
        tracing::info!(code, status = status.as_u16(), "request refused");
    }
    Problem {
        r#type: format!("urn:quayside:problem:{code}"),
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        code,
        detail: error.to_string(),
        field,
        request_id,
    }
}

/// Counts a refusal that is answered with no problem document, or is about to be. Gives the problem's stable name.
pub fn count_refusal(error: &Error) -> &'static str {
    let (_, code, _) = kind(error);
    Metric::Refusals.add_of(1, code);
    code
}

/// The status, the stable name and the field of an error.
fn kind(error: &Error) -> (StatusCode, &'static str, String) {
    let (status, code, field) = match error {
        Error::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "unauthenticated", ""),
        Error::InvalidSignature => (StatusCode::UNAUTHORIZED, "invalid_signature", ""),
        Error::NotFound => (StatusCode::NOT_FOUND, "not_found", ""),
        Error::ProjectNotFound(_) => (StatusCode::NOT_FOUND, "project_not_found", "projectId"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden", ""),
        Error::NoRoute(_) => (StatusCode::NOT_FOUND, "no_route", ""),
        Error::Invalid { code, field, .. } => return (StatusCode::BAD_REQUEST, code, field.clone()),
        Error::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", ""),
        Error::FileTooLargeForRequest { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", ""),
        Error::TooLarge { .. } => (StatusCode::BAD_REQUEST, "too_large", "size"),
        Error::QuotaExceeded { .. } => (StatusCode::CONFLICT, "quota_exceeded", "size"),
        Error::QuotaUsedUp { .. } => (StatusCode::CONFLICT, "quota_exceeded", ""),
        Error::TooManyUploads { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", ""),
        Error::TooManyIngestions { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_ingestions", ""),
        Error::TooManyEndpoints { .. } => (StatusCode::CONFLICT, "too_many_endpoints", ""),
        Error::IdempotencyKeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "Idempotency-Key"),
        Error::UploadIncomplete(_) => (StatusCode::CONFLICT, "upload_incomplete", ""),
        Error::InvalidParts(_) => (StatusCode::BAD_REQUEST, "invalid_parts", "parts"),
        Error::UploadNotActive { .. } => (StatusCode::CONFLICT, "upload_not_active", ""),
        Error::NotReady(_) => (StatusCode::CONFLICT, "not_ready", ""),
        Error::NotProcessable { .. } => (StatusCode::CONFLICT, "not_processable", ""),
        Error::NoSuchVariant(_) => (StatusCode::NOT_FOUND, "no_such_variant", "variant"),
        Error::Conflict => (StatusCode::CONFLICT, "conflict", ""),
        Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", ""),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", ""),
    };
    (status, code, field.to_owned())
}

/// The gateway's id of the request; where there is no gateway that gives one, Lambda's id of the invocation.
pub(super) fn request_id(request: &Request) -> String {
    let of_gateway = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.as_ref(),
        _ => None,
    };
    let of_lambda = || request.lambda_context_ref().map(|context| &context.request_id);
    of_gateway.filter(|id| !id.is_empty()).or_else(of_lambda).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use lambda_http::Context;
    use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
    use serde_json::Value;

    use super::*;

    fn request_id_in_problem(request: &Request) -> String {
        let Body::Text(body) = problem(request, Error::NotFound).into_body() else { panic!("a text") };
        serde_json::from_str::<Value>(&body).unwrap()["requestId"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_problem_names_the_request_by_the_gateways_id_or_else_by_lambdas() {
        let mut context = Context::default();
        context.request_id = "of-lambda".to_owned();
        let request = Request::default().with_lambda_context(context);
        assert_eq!(request_id_in_problem(&request), "of-lambda");
        for (id, expected) in [(Some("of-gateway"), "of-gateway"), (Some(""), "of-lambda"), (None, "of-lambda")] {
            let mut gateway = ApiGatewayV2httpRequestContext::default();
            gateway.request_id = id.map(ToOwned::to_owned);
            let request = Request::default().with_lambda_context(request.lambda_context());
            let request = request.with_request_context(RequestContext::ApiGatewayV2(gateway));
            assert_eq!(request_id_in_problem(&request), expected);
        }
    }
}
