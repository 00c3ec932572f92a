//! What a browser asks before it lets a page send something (Fetch, "CORS-preflight request"), and what it makes of the
//! answer.

use reqwest::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, ORIGIN,
};
use reqwest::{Client, Method};

use crate::web::told;

/// Asks as a page of `origin` that wants to send `method` with `headers`. The text of an error says what a browser would
/// miss.
pub(super) async fn preflight(
    http: &Client,
    url: &str,
    origin: &str,
    method: &str,
    headers: &[&str],
) -> Result<HeaderMap, String> {
    let request = http.request(Method::OPTIONS, url).header(ORIGIN, origin);
    let request = request.header(ACCESS_CONTROL_REQUEST_METHOD, method);
    let request = request.header(ACCESS_CONTROL_REQUEST_HEADERS, headers.join(","));
    let answer = request.send().await.map_err(told)?;
    let (status, answer) = (answer.status(), answer.headers().clone());
    if !status.is_success() {
        return Err(format!("the preflight is answered with {}", status.as_u16()));
    }
    if !allows_origin(&answer, origin) {
        return Err("the answer does not allow the origin".to_owned());
    }
    // Without credentials, which none of these has, `*` is any. But it is never `authorization`.
    let lists = |name: HeaderName, wanted: &str| {
        words(&answer, &name).any(|word| {
            word.eq_ignore_ascii_case(wanted) || word == "*" && !wanted.eq_ignore_ascii_case("authorization")
        })
    };
    if !lists(ACCESS_CONTROL_ALLOW_METHODS, method) {
        return Err(format!("the answer does not allow {method}"));
    }
    if let Some(header) = headers.iter().find(|header| !lists(ACCESS_CONTROL_ALLOW_HEADERS, header)) {
        return Err(format!("the answer does not allow the header {header}"));
    }
    Ok(answer)
}

/// Whether a page of `origin` may read an answer with these headers.
pub(super) fn allows_origin(headers: &HeaderMap, origin: &str) -> bool {
    headers.get(ACCESS_CONTROL_ALLOW_ORIGIN).is_some_and(|allowed| allowed == origin || allowed == "*")
}

/// The words of a header that is a list, on however many lines.
pub(super) fn words<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}
