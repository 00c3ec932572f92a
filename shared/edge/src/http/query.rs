//! The parameters of a request's query.

use std::collections::BTreeMap;

use lambda_http::{Request, RequestExt};

use super::request::shown;
use quayside_domain::{Error, Result};

/// The parameters that were not taken yet, decoded, each with all its values. A route takes those that it has by their
/// names; [`Query::finish`] refuses the rest.
///
/// The webhooks' routes read no query and refuse none: their senders may add parameters of their own to the URL that
/// they were given, and only the body is signed.
#[derive(Debug)]
pub struct Query(BTreeMap<String, Vec<String>>);

impl Query {
    /// All parameters of a request.
    pub fn of(request: &Request) -> Self {
        let mut parameters = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in request.query_string_parameters_ref().into_iter().flat_map(|query| query.iter()) {
            parameters.entry(name.to_owned()).or_default().push(value.to_owned());
        }
        Self(parameters)
    }

    /// Parses a parameter that may be there once. An empty one is the same as none.
    ///
    /// # Errors
    /// `repeated_parameter`, or what `parse` answers.
    pub fn take<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
        match self.0.remove(name).unwrap_or_default().as_slice() {
            [] => Ok(None),
            [value] if value.is_empty() => Ok(None),
            [value] => parse(value).map(Some),
            _ => {
                let detail = format!("The query parameter `{name}` is given more than once.");
                Err(Error::invalid("repeated_parameter", name, detail))
            }
        }
    }

    /// Takes a parameter that may be there once, as it is.
    ///
    /// # Errors
    /// `repeated_parameter`.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>> {
        self.take(name, |value| Ok(value.to_owned()))
    }

    /// Takes all values of a parameter that may be repeated; `None` if there is none. Empty ones are left out.
    pub fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let values = self.0.remove(name)?.into_iter();
        Some(values.filter(|value| !value.is_empty()).collect())
    }

    /// Refuses what was not taken, so that a misspelt parameter is noticed.
    ///
    /// # Errors
    /// `unknown_parameter`.
    pub fn finish(self) -> Result<()> {
        match self.0.into_keys().next() {
            None => Ok(()),
            Some(name) => {
                let name = shown(&name);
                let detail = format!("`{name}` is not a query parameter of this route.");
                Err(Error::invalid("unknown_parameter", name, detail))
            }
        }
    }
}

/// Refuses every query parameter, for a route that has none.
///
/// # Errors
/// `unknown_parameter`.
pub fn no_query(request: &Request) -> Result<()> {
    Query::of(request).finish()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn query(text: &str) -> Query {
        let parameters: std::collections::HashMap<String, Vec<String>> = url::form_urlencoded::parse(text.as_bytes())
            .fold(Default::default(), |mut map, (name, value)| {
                map.entry(name.into_owned()).or_insert_with(Vec::new).push(value.into_owned());
                map
            });
        Query::of(&Request::default().with_query_string_parameters(parameters))
    }

    /// Code, field and sentence of the refusal of a list by `tag` and `limit`.
    fn refusal(text: &str) -> (&'static str, String, String) {
        let mut query = query(text);
        let read = query.text("tag").and_then(|_| query.text("limit")).and_then(|_| query.finish());
        match read.unwrap_err() {
            Error::Invalid { code, field, detail } => (code, field, detail),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn parameters_are_taken_by_name_and_decoded() {
        let mut query = query("tag=a%20b%26c&limit=&tags=x&tags=&tags=y,z");
        assert_eq!(query.text("tag").unwrap().as_deref(), Some("a b&c"));
        assert_eq!(query.text("limit").unwrap(), None, "empty");
        assert_eq!(query.text("cursor").unwrap(), None, "absent");
        assert_eq!(query.texts("tags").unwrap(), ["x", "y,z"]);
        assert_eq!(query.texts("tags"), None);
        query.finish().unwrap();
    }

    #[test]
    fn a_parameter_of_another_name_is_refused() {
        for (text, name) in [
            ("Tag=a", "Tag"),
            ("tag=a&projectid=b&projectid=c", "projectid"),
            ("=a", ""),
            ("a%00b=1", "ab"),
            ("x", "x"),
        ] {
            let detail = format!("`{name}` is not a query parameter of this route.");
            assert_eq!(refusal(text), ("unknown_parameter", name.to_owned(), detail), "{text}");
        }
        assert!(no_query(&Request::default()).is_ok());
    }

    #[test]
    fn a_parameter_that_is_given_twice_is_refused_even_where_the_values_are_equal_or_empty() {
        for text in ["tag=a&tag=b", "tag=a&limit=1&tag=a", "tag=&tag=", "tag&tag=a"] {
            let detail = "The query parameter `tag` is given more than once.".to_owned();
            assert_eq!(refusal(text), ("repeated_parameter", "tag".to_owned(), detail), "{text}");
        }
    }
}
