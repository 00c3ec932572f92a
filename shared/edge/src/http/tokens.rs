//! Verifies JSON Web Tokens (RFC 7519): signature, issuer, audience, expiry and not-before. The algorithm is the
//! configured one, whatever the token's header says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use quayside_store::config::Secret;

use crate::config::ExpectedClaims;
use quayside_domain::{Error, Result};

pub(super) const INVALID: Error = Error::Unauthenticated("The token is invalid.");
pub(super) const NO_SUBJECT: Error = Error::Unauthenticated("The token needs a sub that is a string.");

/// What a verified token says about its bearer.
#[derive(Debug)]
pub struct Claims {
    /// Subject.
    pub sub: String,
    /// Roles. Empty if the claim is neither a string nor a list of strings.
    pub roles: Vec<String>,
}

/// The claims as a token has them.
#[derive(Deserialize)]
struct Payload {
    #[serde(default)]
    sub: Value,
    #[serde(default)]
    roles: Value,
}

impl Payload {
    fn claims(self) -> Result<Claims> {
        let Value::String(sub) = self.sub else { return Err(NO_SUBJECT) };
        let roles = match self.roles {
            Value::String(role) => vec![role],
            roles => serde_json::from_value(roles).unwrap_or_default(),
        };
        Ok(Claims { sub, roles })
    }
}

/// Verifies tokens with one key.
#[derive(Debug)]
pub struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    /// Verifies HS256 tokens with a shared secret.
    pub fn of_secret(secret: &Secret, expected: &ExpectedClaims) -> Self {
        let key = DecodingKey::from_secret(secret.expose().as_bytes());
        Self { key, validation: validation(Algorithm::HS256, expected) }
    }

    /// The claims of a token.
    ///
    /// # Errors
    /// `Unauthenticated` if the token is invalid.
    pub fn verify(&self, token: &str) -> Result<Claims> {
        verify(token, &self.key, &self.validation)
    }
}

/// Verifies tokens with the keys that an issuer publishes (RFC 7517). The keys are cached. They are fetched again when a
/// token names an unknown key or when they are an hour old, but at most every half minute.
#[derive(Debug)]
pub struct Jwks {
    url: Url,
    validation: Validation,
    // Held while keys are fetched, so that many requests at once fetch them once.
    keys: Mutex<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    /// None before they were fetched for the first time.
    stale_at: Option<Instant>,
    try_again_at: Option<Instant>,
}

const KEYS_HOLD: Duration = Duration::from_secs(60 * 60);
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(30);
const MAX_JWKS_BYTES: usize = 256 << 10;

impl Jwks {
    /// Verifies tokens of one algorithm with the keys at `url`. Fetches nothing yet.
    pub fn new(url: Url, algorithm: Algorithm, expected: ExpectedClaims) -> Self {
        let validation = validation(algorithm, &expected);
        Self { url, validation, keys: Mutex::default() }
    }

    /// The claims of a token.
    ///
    /// # Errors
    /// `Unauthenticated` if the token is invalid; `Unavailable` if no keys are known and they cannot be fetched.
    pub async fn verify(&self, token: &str) -> Result<Claims> {
        let header = decode_header(token).map_err(|_| INVALID)?;
        // Before the key is looked for: a token that cannot be valid fetches no keys.
        if !self.validation.algorithms.contains(&header.alg) {
            return Err(WRONG_ALGORITHM);
        }
        let id = header.kid.ok_or(Error::Unauthenticated("The token does not name its key (kid)."))?;
        let unknown = Error::Unauthenticated("The token is signed with an unknown key (kid).");
        let key = self.key(&id).await?.ok_or(unknown)?;
        verify(token, &key, &self.validation)
    }

    async fn key(&self, id: &str) -> Result<Option<DecodingKey>> {
        let mut keys = self.keys.lock().await;
        let now = Instant::now();
        let stale = keys.stale_at.is_none_or(|moment| moment <= now);
        let may_try = keys.try_again_at.is_none_or(|moment| moment <= now);
        if (stale || !keys.by_id.contains_key(id)) && may_try {
            keys.try_again_at = Some(now + TRY_AGAIN_AFTER);
            match self.fetch().await {
                Ok(by_id) => {
                    keys.by_id = by_id;
                    keys.stale_at = Some(now + KEYS_HOLD);
                }
                // Known keys stay in use while the issuer cannot be reached.
                Err(error) => tracing::warn!(%error, "the issuer's keys cannot be fetched"),
            }
        }
        if keys.stale_at.is_none() {
            return Err(Error::Unavailable("the issuer's keys are not known".into()));
        }
        Ok(keys.by_id.get(id).cloned())
    }

    async fn fetch(&self) -> std::result::Result<HashMap<String, DecodingKey>, quayside_domain::error::Cause> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let request = client.get(self.url.clone()).timeout(Duration::from_secs(5));
        let mut answer = request.send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_JWKS_BYTES {
                return Err("the answer is too long".into());
            }
        }
        let set: JwkSet = serde_json::from_slice(&body)?;
        // A set may hold keys of other kinds, for other uses.
        let usable =
            set.keys.iter().filter_map(|jwk| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?)));
        Ok(usable.collect())
    }
}

fn validation(algorithm: Algorithm, expected: &ExpectedClaims) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[&expected.issuer]);
    validation.set_audience(&[&expected.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    // Clocks differ a little.
    validation.leeway = 5;
    validation
}

const WRONG_ALGORITHM: Error = Error::Unauthenticated("The token's algorithm is not accepted.");

fn verify(token: &str, key: &DecodingKey, validation: &Validation) -> Result<Claims> {
    use jsonwebtoken::errors::ErrorKind;
    match decode::<Payload>(token, key, validation) {
        Ok(data) => data.claims.claims(),
        Err(error) => Err(match error.kind() {
            ErrorKind::ExpiredSignature => Error::Unauthenticated("The token has expired."),
            ErrorKind::ImmatureSignature => Error::Unauthenticated("The token is not valid yet."),
            ErrorKind::InvalidIssuer => Error::Unauthenticated("The token has the wrong issuer (iss)."),
            ErrorKind::InvalidAudience => Error::Unauthenticated("The token has the wrong audience (aud)."),
            ErrorKind::InvalidSignature => Error::Unauthenticated("The token's signature is invalid."),
            ErrorKind::InvalidAlgorithm => WRONG_ALGORITHM,
            ErrorKind::MissingRequiredClaim(_) => Error::Unauthenticated("The token needs exp, iss and aud."),
            _ => INVALID,
        }),
    }
}

/// The claims of a token whose signature is not checked here: only for a token that somebody else has verified.
///
/// # Errors
/// `Unauthenticated` if it is no token, or its `sub` is not a string.
pub(super) fn unverified_claims(token: &str) -> Result<Claims> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(INVALID);
    };
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).map_err(|_| INVALID)?;
    serde_json::from_slice::<Payload>(&payload).map_err(|_| INVALID)?.claims()
}

#[cfg(test)]
mod tests;
