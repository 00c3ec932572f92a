//! The routes of a function.

use lambda_http::{Request, RequestExt};
use quayside_domain::Error;

/// A route that a function answers: a method and a path with `N` parameters in braces.
#[derive(Debug, Clone, Copy)]
pub struct Route<const N: usize> {
    /// `GET`.
    pub method: &'static str,
    /// `/v1/uploads/{id}`.
    pub path: &'static str,
}

impl<const N: usize> Route<N> {
    /// A route such as `Route::<1>::new("GET", "/v1/uploads/{id}")`.
    ///
    /// # Panics
    /// If the path does not have `N` parameters. For a constant that is an error of the compiler.
    pub const fn new(method: &'static str, path: &'static str) -> Self {
        let (mut parameters, mut index) = (0, 0);
        while index < path.len() {
            if path.as_bytes()[index] == b'{' {
                parameters += 1;
            }
            index += 1;
        }
        assert!(parameters == N, "the path has another number of parameters");
        Self { method, path }
    }

    /// The path's parameters, in their order and as they were sent, if the request is for this route.
    pub fn matches<'r>(&self, request: &'r Request) -> Option<[&'r str; N]> {
        if request.method().as_str() != self.method {
            return None;
        }
        let (mut parameters, mut found) = ([""; N], 0);
        let mut sent = segments(request.raw_http_path());
        for expected in segments(self.path) {
            let segment = sent.next()?;
            if expected.starts_with('{') {
                *parameters.get_mut(found)? = segment;
                found += 1;
            } else if segment != expected {
                return None;
            }
        }
        sent.next().is_none().then_some(parameters)
    }
}

/// The error for a request that is for none of a function's routes.
pub fn no_route(request: &Request) -> Error {
    const SHOWN: usize = 200;
    // As it was sent: a path is percent-encoded, so that nothing in it needs escaping.
    let path: String = request.raw_http_path().chars().filter(char::is_ascii_graphic).take(SHOWN).collect();
    Error::NoRoute(format!("{} {path}", request.method()))
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]

    use lambda_http::http;

    use super::*;

    const PART: Route<2> = Route::new("GET", "/v1/uploads/{id}/parts/{number}");

    fn request(method: &str, path: &str) -> Request {
        http::Request::builder().method(method).uri("/").body(().into()).unwrap().with_raw_http_path(path)
    }

    #[test]
    fn a_route_gives_the_parameters_of_its_path_as_they_were_sent() {
        assert_eq!(PART.matches(&request("GET", "/v1/uploads/%2e/parts/7")), Some(["%2e", "7"]));
    }

    #[test]
    fn a_request_for_another_route_does_not_match() {
        for (method, path) in [
            ("POST", "/v1/uploads/a/parts/7"),
            ("GET", "/v1/uploads/a/parts"),
            ("GET", "/v1/uploads/a/parts/7/8"),
            ("GET", "/v1/assets/a/parts/7"),
            ("GET", "/"),
        ] {
            assert_eq!(PART.matches(&request(method, path)), None, "{method} {path}");
        }
    }
}
