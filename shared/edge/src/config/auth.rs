//! How callers are authenticated.

use url::Url;

use quayside_store::config::{Result, Secret, Variables, wrong};

/// How callers are authenticated. Exactly one mode is configured.
#[derive(Clone, Debug)]
pub enum AuthConfig {
    /// API Gateway's JWT authorizer has verified the token and passes its claims (`AUTH_MODE=gateway`).
    Gateway,
    /// The function verifies tokens with the keys at a URL (`AUTH_MODE=jwks`).
    Jwks {
        /// `AUTH_JWKS_URL`, where the issuer publishes its keys.
        url: Url,
        /// `AUTH_ALGORITHM`, the one algorithm that is accepted.
        algorithm: jsonwebtoken::Algorithm,
        /// What tokens must claim.
        expected: ExpectedClaims,
    },
    /// The function verifies tokens (HS256) with a secret that it shares with the issuer (`AUTH_MODE=secret`).
    Secret {
        /// `AUTH_SECRET`, at least 32 bytes (RFC 7518, section 3.2).
        secret: Secret,
        /// What tokens must claim.
        expected: ExpectedClaims,
    },
}

/// What a token must claim.
#[derive(Clone, Debug)]
pub struct ExpectedClaims {
    /// `AUTH_ISSUER`, its `iss`.
    pub issuer: String,
    /// `AUTH_AUDIENCE`, one of its `aud`.
    pub audience: String,
}

impl AuthConfig {
    /// Reads `AUTH_MODE` and what that mode needs.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub fn read(variables: &Variables) -> Result<Self> {
        let expected = || -> Result<ExpectedClaims> {
            Ok(ExpectedClaims {
                issuer: variables.text("AUTH_ISSUER")?.to_owned(),
                audience: variables.text("AUTH_AUDIENCE")?.to_owned(),
            })
        };
        match variables.text("AUTH_MODE")? {
            "gateway" => Ok(Self::Gateway),
            "jwks" => Ok(Self::Jwks {
                url: jwks_url(variables.url("AUTH_JWKS_URL")?)?,
                algorithm: asymmetric_algorithm(variables.text("AUTH_ALGORITHM")?)?,
                expected: expected()?,
            }),
            "secret" => {
                let secret = variables.secret("AUTH_SECRET")?;
                if secret.expose().len() < 32 {
                    return Err(wrong("AUTH_SECRET", "must have at least 32 bytes"));
                }
                Ok(Self::Secret { secret, expected: expected()? })
            }
            _ => Err(wrong("AUTH_MODE", "must be gateway, jwks or secret")),
        }
    }
}

/// Keys are fetched over https, so that nobody on the way can replace them.
fn jwks_url(url: Url) -> Result<Url> {
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "https" || local { Ok(url) } else { Err(wrong("AUTH_JWKS_URL", "must be an https URL")) }
}

fn asymmetric_algorithm(text: &str) -> Result<jsonwebtoken::Algorithm> {
    use jsonwebtoken::Algorithm;
    match text {
        "RS256" => Ok(Algorithm::RS256),
        "RS384" => Ok(Algorithm::RS384),
        "RS512" => Ok(Algorithm::RS512),
        "PS256" => Ok(Algorithm::PS256),
        "PS384" => Ok(Algorithm::PS384),
        "PS512" => Ok(Algorithm::PS512),
        "ES256" => Ok(Algorithm::ES256),
        "ES384" => Ok(Algorithm::ES384),
        "EdDSA" => Ok(Algorithm::EdDSA),
        _ => {
            Err(wrong("AUTH_ALGORITHM", "must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, EdDSA"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_mode_of_authentication_must_be_chosen() {
        let read = |pairs: &[(&str, &str)]| AuthConfig::read(&pairs.iter().copied().collect());
        assert!(read(&[]).is_err());
        assert!(read(&[("AUTH_MODE", "none")]).is_err());
        let short = [("AUTH_MODE", "secret"), ("AUTH_SECRET", "short"), ("AUTH_ISSUER", "i"), ("AUTH_AUDIENCE", "a")];
        assert_eq!(read(&short).unwrap_err().to_string(), "AUTH_SECRET must have at least 32 bytes");
        let symmetric =
            [("AUTH_MODE", "jwks"), ("AUTH_JWKS_URL", "https://i.example/jwks"), ("AUTH_ALGORITHM", "HS256")];
        assert!(read(&symmetric).unwrap_err().to_string().starts_with("AUTH_ALGORITHM must be one of"));
    }
}
