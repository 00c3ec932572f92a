//! Who calls: by API Gateway's word, or by a token that the function checks itself. One way is configured.

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use super::request::header;
use super::tokens::{Jwks, Verifier};
use crate::config::AuthConfig;
use crate::domain::{Caller, Error, Result, Subject};

/// Tells who sent a request.
#[derive(Debug)]
pub enum Callers {
    /// API Gateway's JWT authorizer has checked the token, and its claims come with the event.
    Gateway,
    /// The token is checked against the issuer's published keys.
    Jwks(Jwks),
    /// The token is checked against a shared secret.
    Secret(Verifier),
}

impl Callers {
    /// The configured way.
    pub fn new(config: AuthConfig) -> Self {
        match config {
            AuthConfig::Gateway => Self::Gateway,
            AuthConfig::Jwks { url, algorithm, expected } => Self::Jwks(Jwks::new(url, algorithm, expected)),
            AuthConfig::Secret { secret, expected } => Self::Secret(Verifier::of_secret(&secret, &expected)),
        }
    }

    /// The caller of a request. Takes no wave, but for the first token of an unknown key in `jwks` mode.
    ///
    /// # Errors
    /// `Unauthenticated` if there is no token or it does not hold; `Unavailable` if the issuer's keys cannot be fetched.
    pub async fn identify(&self, request: &Request) -> Result<Caller> {
        let claims = match self {
            Self::Gateway => return gateway_caller(request),
            Self::Jwks(jwks) => jwks.verify(bearer(request)?).await?,
            Self::Secret(verifier) => verifier.verify(bearer(request)?)?,
        };
        Ok(Caller::from_verified_claims(Subject::parse(&claims.sub)?, &claims.roles))
    }
}

fn bearer(request: &Request) -> Result<&str> {
    let value = header(request, "authorization").unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => Ok(token),
        _ => Err(Error::Unauthenticated("Send a token: Authorization: Bearer …")),
    }
}

fn gateway_caller(request: &Request) -> Result<Caller> {
    let context = request.request_context_ref();
    let claims = match context {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref()).map(|jwt| &jwt.claims)
        }
        _ => None,
    };
    let claims = claims.ok_or(Error::Unauthenticated("Send a token: Authorization: Bearer …"))?;
    let subject = claims.get("sub").ok_or(Error::Unauthenticated("The token has no sub."))?;
    let roles = claims.get("roles").map(|text| list(text)).unwrap_or_default();
    Ok(Caller::from_verified_claims(Subject::parse(subject)?, &roles))
}

/// A claim that was a list: API Gateway passes all claims as texts, and a list as `[a b]`.
fn list(text: &str) -> Vec<String> {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(items) => items.split_whitespace().map(ToOwned::to_owned).collect(),
        None => vec![text.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_list_of_roles_is_read_as_api_gateway_writes_it() {
        assert_eq!(list("[media:admin editor]"), ["media:admin", "editor"]);
        assert_eq!(list("media:admin"), ["media:admin"]);
        assert_eq!(list("[]"), Vec::<String>::new());
        assert_eq!(list("not media:admin"), ["not media:admin"]);
    }

    #[tokio::test]
    async fn in_gateway_mode_a_token_alone_opens_nothing() {
        let mut request = Request::default();
        request.headers_mut().insert("authorization", "Bearer anything".parse().unwrap());
        assert!(matches!(Callers::Gateway.identify(&request).await, Err(Error::Unauthenticated(_))));
    }
}
