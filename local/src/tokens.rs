//! The tokens that callers bring to a system on one machine: HS256 with a secret that only this machine has.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};

/// The claims of a verified token, as its payload has them.
pub type Claims = Map<String, Value>;

/// Issues and verifies tokens (RFC 7519) of one issuer for one audience.
pub struct Tokens {
    issuer: String,
    audience: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// Why a token was refused. The text is for the caller that brought it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No signed token, another algorithm, or altered.
    #[error("The token is not one that this system has signed.")]
    Invalid,
    /// Its `exp` has passed.
    #[error("The token has expired.")]
    Expired,
    /// Its `nbf` is still to come.
    #[error("The token is not valid yet.")]
    NotYetValid,
    /// `iss` or `aud` name somebody else, or a claim is missing.
    #[error("The token is of another issuer or for another audience, or lacks `iss`, `aud` or `exp`.")]
    Foreign,
}

impl Tokens {
    /// Tokens signed with `secret` (32 random bytes) that name `issuer` and `audience`.
    pub fn new(secret: &[u8], issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token for `sub` with these roles, valid from now for `expires_in`, which counts in whole seconds.
    ///
    /// # Errors
    /// If the token cannot be signed, which is a fault of the machine's cryptography and not of the input.
    pub fn issue(&self, sub: &str, roles: &[String], expires_in: Duration) -> Result<String, Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let claims = json!({
            "iss": self.issuer,
            "aud": self.audience,
            "sub": sub,
            "roles": roles,
            "iat": now,
            "nbf": now,
            "exp": now.saturating_add(expires_in.as_secs()),
        });
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// The claims of `token`, whose signature, algorithm, issuer, audience, expiry and not-before were checked.
    ///
    /// # Errors
    /// The first of these checks that failed.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).map(|data| data.claims).map_err(
            |error| match error.kind() {
                ErrorKind::ExpiredSignature => TokenError::Expired,
                ErrorKind::ImmatureSignature => TokenError::NotYetValid,
                ErrorKind::InvalidIssuer | ErrorKind::InvalidAudience | ErrorKind::MissingRequiredClaim(_) => {
                    TokenError::Foreign
                }
                _ => TokenError::Invalid,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn tokens() -> Tokens {
        Tokens::new(&[7; 32], "http://localhost:9000", "quayside")
    }

    fn signed(header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(&[7; 32])).unwrap()
    }

    #[test]
    fn an_issued_token_verifies_and_carries_subject_and_roles() {
        let token = tokens().issue("anna", &["media:admin".to_owned()], HOUR).unwrap();
        let claims = tokens().verify(&token).unwrap();
        assert_eq!((&claims["sub"], &claims["roles"]), (&json!("anna"), &json!(["media:admin"])));
    }

    #[test]
    fn a_token_that_is_altered_or_of_another_secret_issuer_audience_or_time_is_refused() {
        let token = tokens().issue("anna", &[], HOUR).unwrap();
        assert_eq!(Tokens::new(&[8; 32], "http://localhost:9000", "quayside").verify(&token), Err(TokenError::Invalid));
        assert_eq!(Tokens::new(&[7; 32], "http://localhost:1", "quayside").verify(&token), Err(TokenError::Foreign));
        assert_eq!(Tokens::new(&[7; 32], "http://localhost:9000", "other").verify(&token), Err(TokenError::Foreign));
        let (head, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = head.split_once('.').unwrap();
        let other = tokens().issue("bert", &[], HOUR).unwrap();
        let other_payload = other.split('.').nth(1).unwrap();
        assert_ne!(payload, other_payload);
        assert_eq!(tokens().verify(&format!("{header}.{other_payload}.{signature}")), Err(TokenError::Invalid));

        let mut claims = json!({"iss": "http://localhost:9000", "aud": "quayside", "sub": "anna", "exp": 1_000});
        assert_eq!(tokens().verify(&signed(&Header::default(), &claims)), Err(TokenError::Expired));
        claims["exp"] = json!(4_000_000_000_u64);
        claims["nbf"] = json!(3_999_999_999_u64);
        assert_eq!(tokens().verify(&signed(&Header::default(), &claims)), Err(TokenError::NotYetValid));
        claims["nbf"] = json!(0);
        assert!(tokens().verify(&signed(&Header::default(), &claims)).is_ok());
        assert_eq!(tokens().verify(&signed(&Header::new(Algorithm::HS512), &claims)), Err(TokenError::Invalid));
        claims.as_object_mut().unwrap().remove("exp");
        assert_eq!(tokens().verify(&signed(&Header::default(), &claims)), Err(TokenError::Foreign));
        assert_eq!(tokens().verify("eyJhbGciOiJub25lIn0.e30."), Err(TokenError::Invalid));
    }
}
