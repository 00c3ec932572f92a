//! What a request asks for.

use lambda_http::{Request, RequestExt};

/// A parameter of the query, decoded; the first if it is repeated, none if it is empty.
pub fn query(request: &Request, name: &str) -> Option<String> {
    let parameters = request.query_string_parameters_ref()?;
    parameters.first(name).filter(|value| !value.is_empty()).map(ToOwned::to_owned)
}

/// All values of a parameter of the query that may be repeated, decoded.
pub fn queries(request: &Request, name: &str) -> Vec<String> {
    let parameters = request.query_string_parameters_ref();
    let values = parameters.and_then(|parameters| parameters.all(name)).unwrap_or_default();
    values.into_iter().filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect()
}

/// A header's value, if it is text.
pub(super) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

/// Whether the client asks for JSON rather than for what it would be redirected to.
pub fn accepts_json(request: &Request) -> bool {
    let accept = header(request, "accept").unwrap_or_default();
    accept.split(',').any(|range| range.split(';').next().unwrap_or_default().trim() == "application/json")
}
