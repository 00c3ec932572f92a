//! Which function answers a request: the routes of an HTTP API.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use quayside_template::Route;

/// The values of the path's parameters, if `path` (decoded) fits.
fn parameters(route: &Route, path: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut actual = path.split('/');
    for expected in route.path.split('/') {
        let segment = actual.next()?;
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => {
                parameters.insert(name.to_owned(), segment.to_owned());
            }
            None if expected != segment => return None,
            None => {}
        }
    }
    actual.next().is_none().then_some(parameters)
}

/// The route for a request and the values of its path's parameters. Of several that fit, the one with the fewest
/// parameters is taken: `/v1/assets/from-url` before `/v1/assets/{id}`. `path` is decoded.
pub(super) fn find<'a>(routes: &'a [Route], method: &str, path: &str) -> Option<(&'a Route, BTreeMap<String, String>)> {
    routes
        .iter()
        .filter(|route| route.method == method)
        .filter_map(|route| Some((route, parameters(route, path)?)))
        .min_by_key(|(_, parameters)| parameters.len())
}

/// The path of a request, percent-decoded once and as a whole, so that `%2F` separates segments: so do HTTP APIs
/// before they look for a route. `None` if it is no UTF-8.
pub(super) fn decode(path: &str) -> Option<String> {
    percent_decode_str(path).decode_utf8().ok().map(String::from)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    fn routes() -> Vec<Route> {
        [
            ("GET", "/v1/assets/{id}"),
            ("POST", "/v1/assets/{id}"),
            ("POST", "/v1/assets/from-url"),
            ("GET", "/v1/assets"),
        ]
        .map(|(method, path)| Route {
            method: method.to_owned(),
            path: path.to_owned(),
            function: format!("{method} {path}"),
            needs_token: true,
        })
        .to_vec()
    }

    #[test]
    fn a_literal_path_goes_before_a_parameter() {
        let routes = routes();
        let (route, parameters) = find(&routes, "POST", "/v1/assets/from-url").unwrap();
        assert_eq!((route.path.as_str(), parameters.len()), ("/v1/assets/from-url", 0));
        let (route, parameters) = find(&routes, "GET", "/v1/assets/from-url").unwrap();
        assert_eq!((route.path.as_str(), parameters["id"].as_str()), ("/v1/assets/{id}", "from-url"));
    }

    #[test]
    fn other_methods_lengths_and_empty_segments_fit_no_route() {
        let routes = routes();
        let paths = ["/v1/assets/", "/v1/assets/a/b", "/v1/assets/a/", "/v1", "/", "", "v1/assets"];
        assert!(paths.iter().all(|path| find(&routes, "GET", path).is_none()));
        assert!(find(&routes, "HEAD", "/v1/assets").is_none());
        assert!(find(&routes, "get", "/v1/assets").is_none());
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(decode("/a%20b/%252F").unwrap(), "/a b/%2F");
        assert_eq!(decode("/%ff"), None);
    }
}
