//! HTTP requests as the events that an HTTP API sends to Lambda (payload format 2.0), and functions' answers as HTTP
//! responses.
//!
//! Source: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", and for what that page leaves open
//! (paths arrive decoded, claims as text) what HTTP APIs are seen to do.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::body::Body;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Response, StatusCode, request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quayside_template::Route;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::ACCOUNT;
use crate::tokens::Claims;

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// Headers about one connection, which the gateway ends (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A request that a route was found for.
pub(super) struct Call<'a> {
    pub(super) route: &'a Route,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    /// Decoded.
    pub(super) path: &'a str,
    pub(super) parts: &'a request::Parts,
    pub(super) body: &'a [u8],
    /// `None` where the route needs no token.
    pub(super) claims: Option<&'a Claims>,
    pub(super) peer: IpAddr,
    pub(super) port: u16,
    pub(super) request_id: &'a str,
    pub(super) time: OffsetDateTime,
}

impl Call<'_> {
    /// The event, in payload format 2.0.
    pub(super) fn event(&self) -> Value {
        let headers = &self.parts.headers;
        let query = self.parts.uri.query().unwrap_or_default();
        let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
        let domain = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let mut context = json!({
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": self.parts.method.as_str(),
                "path": self.path,
                "protocol": format!("{:?}", self.parts.version),
                "sourceIp": self.peer.to_string(),
                "userAgent": text(headers.get(header::USER_AGENT)).unwrap_or_default(),
            },
            "requestId": self.request_id,
            "routeKey": self.route.key(),
            "stage": "$default",
            "time": self.time.format(TIME).unwrap_or_default(),
            "timeEpoch": self.time.unix_timestamp() * 1000 + i64::from(self.time.millisecond()),
        });
        if let Some(claims) = self.claims {
            let claims: Map<_, _> =
                claims.iter().map(|(name, value)| (name.clone(), stringified(value).into())).collect();
            context["authorizer"] = json!({"jwt": {"claims": claims, "scopes": null}});
        }

        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route.key(),
            "rawPath": self.path,
            "rawQueryString": query,
            "headers": self.headers(),
            "requestContext": context,
            "isBase64Encoded": false,
        });
        let cookies: Vec<_> = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| text(Some(value)))
            .flat_map(|line| line.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>())
            .filter(|cookie| !cookie.is_empty())
            .collect();
        if !cookies.is_empty() {
            event["cookies"] = cookies.into();
        }
        let mut parameters = BTreeMap::<String, String>::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            join(&mut parameters, &name, &value);
        }
        if !parameters.is_empty() {
            event["queryStringParameters"] = json!(parameters);
        }
        if !self.path_parameters.is_empty() {
            event["pathParameters"] = json!(self.path_parameters);
        }
        if !self.body.is_empty() {
            match std::str::from_utf8(self.body) {
                Ok(body) if is_text(headers) => event["body"] = body.into(),
                _ => {
                    event["body"] = STANDARD.encode(self.body).into();
                    event["isBase64Encoded"] = true.into();
                }
            }
        }
        event
    }

    /// All headers but cookies and those of the connection, several of one name joined by commas.
    fn headers(&self) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::new();
        for (name, value) in &self.parts.headers {
            if name != header::COOKIE && !HOP_BY_HOP.contains(name) {
                join(&mut headers, name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
            }
        }
        join(&mut headers, "x-forwarded-for", &self.peer.to_string());
        headers.insert("x-forwarded-port".to_owned(), self.port.to_string());
        headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
        headers
    }
}

fn join(values: &mut BTreeMap<String, String>, name: &str, value: &str) {
    values
        .entry(name.to_owned())
        .and_modify(|before| {
            before.push(',');
            before.push_str(value);
        })
        .or_insert_with(|| value.to_owned());
}

fn text(value: Option<&HeaderValue>) -> Option<String> {
    value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Whether a body of this request is handed over as text. Without a type it is, as far as it is UTF-8.
fn is_text(headers: &HeaderMap) -> bool {
    let Some(value) = text(headers.get(header::CONTENT_TYPE)) else { return true };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.starts_with("text/")
        || ["+json", "+xml"].iter().any(|suffix| essence.ends_with(suffix))
        || ["application/json", "application/xml", "application/javascript"].contains(&essence.as_str())
}

/// A claim as an HTTP API's JWT authorizer hands it on: always text, a list as `[a b]`, an object as `map[key:value]`.
fn stringified(claim: &Value) -> String {
    match claim {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(stringified).collect::<Vec<_>>().join(" "))
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}:{}", stringified(value))).collect();
            format!("map[{}]", fields.join(" "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => claim.to_string(),
    }
}

/// A function's answer as a response. An answer without `statusCode` is itself the body of a 200, as HTTP APIs infer.
///
/// # Errors
/// What is wrong with the answer, for the log.
pub(super) fn response(answer: &Value) -> Result<Response<Body>, String> {
    let Some(status) = answer.get("statusCode") else {
        let body = answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
        return Response::builder()
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .map_err(|error| error.to_string());
    };
    let status = status
        .as_u64()
        .or_else(|| status.as_str()?.parse().ok())
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| (200..600).contains(code))
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| format!("statusCode is {status}"))?;

    let mut headers = HeaderMap::new();
    for (name, value) in fields(answer, "headers")? {
        let (name, value) = header(name, value)?;
        headers.insert(name, value);
    }
    for (name, values) in fields(answer, "multiValueHeaders")? {
        headers.remove(name.as_str());
        for value in values.as_array().ok_or_else(|| format!("multiValueHeaders.{name} is no list"))? {
            let (name, value) = header(name, value)?;
            headers.append(name, value);
        }
    }
    for cookie in answer.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        let (name, value) = header("set-cookie", cookie)?;
        headers.append(name, value);
    }
    // How the body is framed is the connection's affair.
    headers.remove(header::CONTENT_LENGTH);
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }

    let body = match answer.get("body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(body)) if answer.get("isBase64Encoded") == Some(&Value::Bool(true)) => {
            STANDARD.decode(body).map_err(|error| format!("body is no base64: {error}"))?
        }
        Some(Value::String(body)) => body.clone().into_bytes(),
        Some(other) => return Err(format!("body is no text but {other}")),
    };
    let bodiless = status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED;
    let body = if bodiless { Vec::new() } else { body };
    if !body.is_empty() && !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn fields<'a>(answer: &'a Value, name: &str) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, String> {
    match answer.get(name) {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(fields)) => Ok(Some(fields).into_iter().flatten()),
        Some(other) => Err(format!("{name} is no object but {other}")),
    }
}

fn header(name: &str, value: &Value) -> Result<(HeaderName, HeaderValue), String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return Err(format!("header {name} is {value}")),
    };
    let name = name.parse().map_err(|_| format!("{name:?} is no header's name"))?;
    // Refuses CR, LF and other control characters.
    let value =
        HeaderValue::from_str(&text).map_err(|_| format!("header {name} has a value that HTTP cannot carry"))?;
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn claims_become_text_as_an_http_api_writes_them() {
        let cases = [
            (json!("anna"), "anna"),
            (json!(1_795_000_000), "1795000000"),
            (json!(true), "true"),
            (json!(["media:admin", "b"]), "[media:admin b]"),
            (json!([]), "[]"),
            (json!({"a": [1, 2]}), "map[a:[1 2]]"),
        ];
        for (claim, expected) in cases {
            assert_eq!(stringified(&claim), expected);
        }
    }

    #[test]
    fn an_answer_that_http_cannot_carry_is_an_error() {
        for answer in [
            json!({"statusCode": 99}),
            json!({"statusCode": "x"}),
            json!({"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}}),
            json!({"statusCode": 200, "headers": {"a b": "c"}}),
            json!({"statusCode": 200, "headers": ["x"]}),
            json!({"statusCode": 200, "body": {}}),
            json!({"statusCode": 200, "body": "%", "isBase64Encoded": true}),
        ] {
            assert!(response(&answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn headers_cookies_and_base64_bodies_arrive() {
        let answer = json!({
            "statusCode": 201,
            "headers": {"Content-Type": "image/png", "Content-Length": "999", "x-count": 2},
            "multiValueHeaders": {"vary": ["a", "b"]},
            "cookies": ["c=1", "d=2"],
            "body": "iVBO",
            "isBase64Encoded": true,
        });
        let response = response(&answer).unwrap();
        let all = |name: &str| {
            response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(response.status(), 201);
        assert_eq!((all("content-type"), all("x-count")), (vec!["image/png"], vec!["2"]));
        assert_eq!((all("vary"), all("set-cookie")), (vec!["a", "b"], vec!["c=1", "d=2"]));
        assert!(all("content-length").is_empty());
    }

    #[test]
    fn an_answer_without_a_status_is_the_body_of_a_200() {
        let response = response(&json!({"ok": true})).unwrap();
        assert_eq!(
            (response.status(), &response.headers()["content-type"]),
            (StatusCode::OK, &"application/json".parse().unwrap())
        );
    }
}
