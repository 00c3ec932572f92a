//! Authentication: API Gateway has verified the caller's token, or the function verifies it itself. The configuration
//! says which.

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};

use super::request::header;
use super::respond::trace_of;
use super::tokens::{Claims, INVALID, Jwks, NO_SUBJECT, Verifier, unverified_claims};
use crate::config::AuthConfig;
use crate::telemetry::caller_hash;
use quayside_domain::{Caller, Error, Result, Subject};

/// The header in which a service names the owner for whom it acts.
const OWNER: &str = "Quayside-Owner";

/// Authenticates requests.
#[derive(Debug)]
pub enum Authenticator {
    /// API Gateway's JWT authorizer has verified the token, and its claims come with the event.
    Gateway,
    /// The function verifies the token with the issuer's published keys.
    Jwks(Jwks),
    /// The function verifies the token with a secret that it shares with the issuer.
    Secret(Verifier),
}

impl Authenticator {
    /// The authenticator of the configured mode.
    pub fn new(config: AuthConfig) -> Self {
        match config {
            AuthConfig::Gateway => Self::Gateway,
            AuthConfig::Jwks { url, algorithm, expected } => Self::Jwks(Jwks::new(url, algorithm, expected)),
            AuthConfig::Secret { secret, expected } => Self::Secret(Verifier::of_secret(&secret, &expected)),
        }
    }

    /// The caller of a request. A hash of its subject goes into the log as the span's `caller`. Takes no round trip,
    /// except for the first token with an unknown key in `jwks` mode.
    ///
    /// # Errors
    /// `Unauthenticated` if there is no token or it is invalid; `Unavailable` if the issuer's keys cannot be fetched.
    pub async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let claims = match self {
            Self::Gateway => gateway_claims(request)?,
            Self::Jwks(jwks) => jwks.verify(bearer(request)?).await?,
            Self::Secret(verifier) => verifier.verify(bearer(request)?)?,
        };
        let caller = Caller::from_verified_claims(Subject::parse(&claims.sub)?, &claims.roles);
        let caller = match owner(request)? {
            Some(owner) => caller.acting_for(owner)?,
            None => caller,
        };
        tracing::Span::current().record("caller", caller_hash(caller.owner()));
        Ok(caller.in_trace(trace_of(request)))
    }
}

const NO_TOKEN: Error = Error::Unauthenticated("Send a bearer token in the Authorization header.");

/// The owner for whom a service acts: `Quayside-Owner`, percent-encoded where the subject has other characters than
/// visible ASCII ones, or `%`.
fn owner(request: &Request) -> Result<Option<Subject>> {
    let Some(value) = request.headers().get(OWNER) else { return Ok(None) };
    let wrong = |_| Error::invalid("invalid_owner", OWNER, "Quayside-Owner must be a percent-encoded subject.");
    let text = percent_encoding::percent_decode(value.as_bytes()).decode_utf8().map_err(|_| wrong(()))?;
    Subject::parse(&text).map(Some).map_err(|_| wrong(()))
}

fn bearer(request: &Request) -> Result<&str> {
    let value = header(request, "authorization").unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => Ok(token),
        _ => Err(NO_TOKEN),
    }
}

/// The claims of the token that API Gateway's authorizer has verified.
///
/// API Gateway passes every claim as text: a `sub` of `null` or `7` looks like a string, and a list of roles comes as
/// `[a b]`, in which the one role `x media:admin` looks like two. So `sub` and roles are read from the token itself,
/// and its `sub` must be the one that was verified.
fn gateway_claims(request: &Request) -> Result<Claims> {
    let verified = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => {
            context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref()).map(|jwt| &jwt.claims)
        }
        _ => None,
    };
    let verified = verified.ok_or(NO_TOKEN)?.get("sub").ok_or(NO_SUBJECT)?;
    let claims = unverified_claims(gateway_token(request)?)?;
    if claims.sub == *verified { Ok(claims) } else { Err(INVALID) }
}

/// The token as API Gateway's authorizer takes it from the header: `Bearer` may be left out.
fn gateway_token(request: &Request) -> Result<&str> {
    let value = header(request, "authorization").ok_or(NO_TOKEN)?.trim();
    Ok(bearer(request).unwrap_or(value).trim())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use lambda_http::aws_lambda_events::apigw::{
        ApiGatewayRequestAuthorizer, ApiGatewayRequestAuthorizerJwtDescription, ApiGatewayV2httpRequestContext,
    };

    use super::*;

    fn token(payload: &str) -> String {
        use base64::Engine;
        let part = |text: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{}", part("{}"), part(payload), part("signature"))
    }

    /// The claims of a request with that header, whose authorizer has verified a token with that `sub`, as text.
    fn claims(authorization: &str, verified: Option<&str>) -> Result<Claims> {
        let mut request = Request::default();
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        let mut jwt = ApiGatewayRequestAuthorizerJwtDescription::default();
        jwt.claims.extend(verified.map(|sub| ("sub".to_owned(), sub.to_owned())));
        let mut authorizer = ApiGatewayRequestAuthorizer::default();
        authorizer.jwt = Some(jwt);
        let mut context = ApiGatewayV2httpRequestContext::default();
        context.authorizer = Some(authorizer);
        gateway_claims(&request.with_request_context(RequestContext::ApiGatewayV2(context)))
    }

    fn refusal(claims: Result<Claims>) -> String {
        claims.unwrap_err().to_string()
    }

    #[test]
    fn a_role_with_a_space_is_one_role() {
        let token = token(r#"{"sub": "ada", "roles": ["x media:admin", "editor"]}"#);
        for authorization in [format!("Bearer {token}"), format!("bearer  {token} "), token] {
            let claims = claims(&authorization, Some("ada")).unwrap();
            assert_eq!(
                (claims.sub.as_str(), claims.roles),
                ("ada", vec!["x media:admin".to_owned(), "editor".to_owned()])
            );
        }
    }

    #[test]
    fn another_token_than_the_verified_one_is_refused() {
        let (ada, eve) = (token(r#"{"sub": "ada"}"#), token(r#"{"sub": "eve", "roles": ["media:admin"]}"#));
        for authorization in [
            format!("Bearer {eve}"),
            format!("Bearer {ada}, Bearer {eve}"),
            format!("Bearer {eve},{ada}"),
            "Bearer nonsense".to_owned(),
            "Bearer".to_owned(),
        ] {
            assert_eq!(refusal(claims(&authorization, Some("ada"))), "The token is invalid.", "{authorization}");
        }
    }

    #[test]
    fn a_sub_that_is_no_string_is_refused_though_it_looks_like_one_to_the_gateway() {
        for (sub, verified) in [
            ("null", "null"),
            ("7", "7"),
            ("7.0", "7.0"),
            ("7.0", "7"),
            ("true", "true"),
            ("[]", "[]"),
            (r#"["ada"]"#, "[ada]"),
            ("{}", "map[]"),
        ] {
            let bearer = format!("Bearer {}", token(&format!(r#"{{"sub": {sub}}}"#)));
            assert_eq!(refusal(claims(&bearer, Some(verified))), "The token needs a sub that is a string.", "{sub}");
            let string = format!("Bearer {}", token(&serde_json::json!({"sub": verified}).to_string()));
            assert_eq!(claims(&string, Some(verified)).unwrap().sub, verified, "the string is a subject");
        }
        let none = format!("Bearer {}", token("{}"));
        for verified in [None, Some(""), Some("ada")] {
            assert_eq!(refusal(claims(&none, verified)), "The token needs a sub that is a string.");
        }
    }

    #[tokio::test]
    async fn in_gateway_mode_a_token_alone_opens_nothing() {
        let mut request = Request::default();
        request.headers_mut().insert("authorization", "Bearer anything".parse().unwrap());
        assert!(matches!(Authenticator::Gateway.authenticate(&request).await, Err(Error::Unauthenticated(_))));
    }
}
