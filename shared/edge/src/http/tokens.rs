//! Checks of JSON Web Tokens (RFC 7519): signature, issuer, audience, expiry and not-before. The algorithm is what is
//! configured, whatever the token's header says.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use quayside_store::config::Secret;

use crate::config::ExpectedClaims;
use quayside_domain::{Error, Result};

const INVALID: Error = Error::Unauthenticated(
    "The token does not hold: its signature, issuer, audience or algorithm is not what is expected.",
);

/// What a checked token says of its bearer.
#[derive(Debug, Deserialize)]
pub struct Claims {
    /// Subject.
    pub sub: String,
    /// Roles: a list, or one text.
    #[serde(default, deserialize_with = "one_or_many")]
    pub roles: Vec<String>,
}

/// Checks tokens against one key.
#[derive(Debug)]
pub struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    /// Checks HS256 tokens with a shared secret.
    pub fn of_secret(secret: &Secret, expected: &ExpectedClaims) -> Self {
        let key = DecodingKey::from_secret(secret.expose().as_bytes());
        Self { key, validation: validation(Algorithm::HS256, expected) }
    }

    /// The claims of a token that holds.
    ///
    /// # Errors
    /// `Unauthenticated`.
    pub fn verify(&self, token: &str) -> Result<Claims> {
        verify(token, &self.key, &self.validation)
    }
}

/// Checks tokens against the keys that an issuer publishes (RFC 7517). The keys are kept, and fetched again when a token
/// names another or when they are an hour old, but never more often than every half minute.
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
    /// Checks tokens of one algorithm with the keys at `url`. Fetches nothing yet.
    pub fn new(url: Url, algorithm: Algorithm, expected: ExpectedClaims) -> Self {
        let validation = validation(algorithm, &expected);
        Self { url, validation, keys: Mutex::default() }
    }

    /// The claims of a token that holds.
    ///
    /// # Errors
    /// `Unauthenticated`; `Unavailable` if no keys are known and they cannot be fetched.
    pub async fn verify(&self, token: &str) -> Result<Claims> {
        let header = decode_header(token).map_err(|_| Error::Unauthenticated("The token is not a JSON Web Token."))?;
        let id = header.kid.ok_or(Error::Unauthenticated("The token does not name its key (kid)."))?;
        let key = self.key(&id).await?.ok_or(INVALID)?;
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
                // The keys that were known go on to hold while the issuer is out of reach.
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
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_nbf = true;
    // Clocks differ a little.
    validation.leeway = 5;
    validation
}

fn verify(token: &str, key: &DecodingKey, validation: &Validation) -> Result<Claims> {
    use jsonwebtoken::errors::ErrorKind;
    match decode::<Claims>(token, key, validation) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::ExpiredSignature => Error::Unauthenticated("The token has expired."),
            ErrorKind::ImmatureSignature => Error::Unauthenticated("The token does not hold yet."),
            ErrorKind::MissingRequiredClaim(_) => Error::Unauthenticated("The token lacks exp, iss, aud or sub."),
            _ => INVALID,
        }),
    }
}

/// What a token says without its signature being checked: only for a token that somebody else has verified.
pub(super) fn unverified_claims(token: &str) -> Option<Claims> {
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(role) => vec![role],
        OneOrMany::Many(roles) => roles,
    })
}

#[cfg(test)]
mod tests;
