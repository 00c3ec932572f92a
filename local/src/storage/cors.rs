//! Cross-origin requests: which rule allows one, and the headers that say so (Fetch standard, section "CORS protocol";
//! the rules are S3's).

use http::{HeaderMap, HeaderName, HeaderValue, header};
use s3s::S3ErrorCode;
use s3s::dto::CORSRule;

use super::error::{Result, refuse};

/// The most rules of a bucket.
const MOST_RULES: usize = 100;

/// Refuses rules that S3 would not take.
pub(super) fn check(rules: &[CORSRule]) -> Result<()> {
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(refuse(S3ErrorCode::MalformedXML, format!("A bucket has 1 to {MOST_RULES} CORS rules.")));
    }
    for rule in rules {
        if let Some(method) = rule
            .allowed_methods
            .iter()
            .find(|method| !["GET", "PUT", "POST", "DELETE", "HEAD"].contains(&method.as_str()))
        {
            return Err(refuse(S3ErrorCode::InvalidRequest, format!("CORS rules cannot allow the method {method}.")));
        }
        let patterns = rule.allowed_origins.iter().chain(rule.allowed_headers.iter().flatten());
        if let Some(pattern) = patterns.into_iter().find(|pattern| pattern.matches('*').count() > 1) {
            return Err(refuse(S3ErrorCode::InvalidRequest, format!("{pattern} has more than one wildcard.")));
        }
    }
    Ok(())
}

/// The headers that allow a preflight, or none if no rule does.
pub(super) fn preflight(rules: &[CORSRule], request: &HeaderMap) -> Option<HeaderMap> {
    let origin = text(request, header::ORIGIN)?;
    let method = text(request, header::ACCESS_CONTROL_REQUEST_METHOD)?;
    let asked = text(request, header::ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
    let names = || asked.split(',').map(str::trim).filter(|name| !name.is_empty());
    let rule = rules.iter().find(|rule| {
        allows(rule, origin, method)
            && names().all(|name| {
                let allowed = rule.allowed_headers.iter().flatten();
                allowed.into_iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), &name.to_ascii_lowercase()))
            })
    })?;
    let mut headers = allowing(rule, origin);
    add(&mut headers, header::ACCESS_CONTROL_ALLOW_METHODS, &rule.allowed_methods.join(", "));
    add(&mut headers, header::ACCESS_CONTROL_ALLOW_HEADERS, &names().collect::<Vec<_>>().join(", "));
    if let Some(seconds) = rule.max_age_seconds {
        add(&mut headers, header::ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
    }
    Some(headers)
}

/// The headers that let a page read the answer to a request with this method, or none if no rule does.
pub(super) fn actual(rules: &[CORSRule], method: &str, request: &HeaderMap) -> Option<HeaderMap> {
    let origin = text(request, header::ORIGIN)?;
    let rule = rules.iter().find(|rule| allows(rule, origin, method))?;
    Some(allowing(rule, origin))
}

fn allows(rule: &CORSRule, origin: &str, method: &str) -> bool {
    rule.allowed_methods.iter().any(|allowed| allowed == method)
        && rule.allowed_origins.iter().any(|pattern| matches(pattern, origin))
}

fn allowing(rule: &CORSRule, origin: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let any = rule.allowed_origins.iter().any(|pattern| pattern == "*");
    add(&mut headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, if any { "*" } else { origin });
    if let Some(exposed) = rule.expose_headers.as_ref().filter(|exposed| !exposed.is_empty()) {
        add(&mut headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, &exposed.join(", "));
    }
    add(&mut headers, header::VARY, "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    headers
}

fn matches(pattern: &str, value: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == value,
        Some((start, end)) => {
            value.len() >= start.len() + end.len() && value.starts_with(start) && value.ends_with(end)
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn add(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_origins_only() {
        assert!(matches("https://a.test", "https://a.test"));
        assert!(!matches("https://a.test", "https://a.test.evil.test"));
        assert!(matches("https://*.a.test", "https://b.a.test"));
        assert!(!matches("https://*.a.test", "https://a.test"));
        assert!(!matches("xy*yx", "xyx"));
        assert!(matches("*", "null"));
    }
}
