//! Who calls: by API Gateway's word, or by a token that the function checks itself. One way is configured.

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use super::request::header;
use super::respond::trace_of;
use super::tokens::{Claims, Jwks, Verifier, unverified_claims};
use crate::config::AuthConfig;
use crate::telemetry::caller_hash;
use quayside_domain::{Caller, Error, Result, Subject};

/// Tells who sent a request.
#[derive(Debug)]
pub enum Authenticator {
    /// API Gateway's JWT authorizer has checked the token, and its claims come with the event.
    Gateway,
    /// The token is checked against the issuer's published keys.
    Jwks(Jwks),
    /// The token is checked against a shared secret.
    Secret(Verifier),
}

impl Authenticator {
    /// The configured way.
    pub fn new(config: AuthConfig) -> Self {
        match config {
            AuthConfig::Gateway => Self::Gateway,
            AuthConfig::Jwks { url, algorithm, expected } => Self::Jwks(Jwks::new(url, algorithm, expected)),
            AuthConfig::Secret { secret, expected } => Self::Secret(Verifier::of_secret(&secret, &expected)),
        }
    }

    /// The caller of a request, whose hash goes into the log as the span's `caller`. Takes no wave, but for the first
    /// token of an unknown key in `jwks` mode.
    ///
    /// # Errors
    /// `Unauthenticated` if there is no token or it does not hold; `Unavailable` if the issuer's keys cannot be fetched.
    pub async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let claims = match self {
            Self::Gateway => gateway_claims(request)?,
            Self::Jwks(jwks) => jwks.verify(bearer(request)?).await?,
            Self::Secret(verifier) => verifier.verify(bearer(request)?)?,
        };
        let caller = Caller::from_verified_claims(Subject::parse(&claims.sub)?, &claims.roles);
        tracing::Span::current().record("caller", caller_hash(caller.subject()));
        Ok(caller.in_trace(trace_of(request)))
    }
}

fn bearer(request: &Request) -> Result<&str> {
    let value = header(request, "authorization").unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => Ok(token),
        _ => Err(Error::Unauthenticated("Send a token: Authorization: Bearer …")),
    }
}

fn gateway_claims(request: &Request) -> Result<Claims> {
    let context = request.request_context_ref();
    let claims = match context {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref()).map(|jwt| &jwt.claims)
        }
        _ => None,
    };
    let claims = claims.ok_or(Error::Unauthenticated("Send a token: Authorization: Bearer …"))?;
    let subject = claims.get("sub").ok_or(Error::Unauthenticated("The token has no sub."))?;
    let roles = if claims.contains_key("roles") { roles_of_verified(request, subject) } else { Vec::new() };
    Ok(Claims { sub: subject.clone(), roles })
}

/// The roles in the token that the authorizer has verified. API Gateway passes a list of claims as one text, `[a b]`, in
/// which a role `x media:admin` looks like two, so they are read from the token itself; it must be the one that the
/// claims are of.
fn roles_of_verified(request: &Request, subject: &str) -> Vec<String> {
    let claims = bearer(request).ok().and_then(unverified_claims).filter(|claims| claims.sub == subject);
    claims.map(|claims| claims.roles).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn token(payload: &str) -> String {
        use base64::Engine;
        let part = |text: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part("{}"), part(payload), part("signature"))
    }

    fn roles(authorization: &str) -> Vec<String> {
        let mut request = Request::default();
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        roles_of_verified(&request, "ada")
    }

    #[test]
    fn a_role_with_a_space_is_one_role() {
        let bearer = format!("Bearer {}", token(r#"{"sub": "ada", "roles": ["x media:admin", "editor"]}"#));
        assert_eq!(roles(&bearer), ["x media:admin", "editor"]);
    }

    #[test]
    fn roles_of_another_token_than_the_verified_one_do_not_count() {
        let (ada, eve) = (token(r#"{"sub": "ada"}"#), token(r#"{"sub": "eve", "roles": ["media:admin"]}"#));
        assert_eq!(roles(&format!("Bearer {eve}")), Vec::<String>::new());
        assert_eq!(roles(&format!("Bearer {ada}, Bearer {eve}")), Vec::<String>::new());
        assert_eq!(roles("Bearer nonsense"), Vec::<String>::new());
    }

    #[tokio::test]
    async fn in_gateway_mode_a_token_alone_opens_nothing() {
        let mut request = Request::default();
        request.headers_mut().insert("authorization", "Bearer anything".parse().unwrap());
        assert!(matches!(Authenticator::Gateway.authenticate(&request).await, Err(Error::Unauthenticated(_))));
    }
}
