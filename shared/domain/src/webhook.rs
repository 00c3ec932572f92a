//! Endpoints for webhooks that come in: who sends them, for whom, and the secret that they are signed with.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::identity::{EndpointId, Subject};
use super::principal::{Actor, Caller};
use super::timestamp::Timestamp;

/// The most endpoints that an owner has; a few more where they were made at the same moment.
pub const MAX_ENDPOINTS: usize = 20;

/// Who makes media on an owner's behalf, and tells by webhook when it is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Replicate's predictions.
    Replicate,
}

impl Provider {
    /// All providers.
    pub const ALL: [Self; 1] = [Self::Replicate];

    /// The provider's name in paths, in the API and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replicate => "replicate",
        }
    }

    /// Reads a provider by its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == text)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a provider signs its webhooks with (Standard Webhooks, "Signature scheme"): 24 to 64 bytes, written as `whsec_`
/// and base64. No log shows it.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(
    value_type = String,
    format = Password,
    // The last character before `=` has no bit that says nothing.
    pattern = "^whsec_(?:(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?|(?:[A-Za-z0-9+/]{4}){21}(?:[A-Za-z0-9+/][AQgw]==)?)$"
))]
pub struct SigningSecret(Vec<u8>);

impl SigningSecret {
    const PREFIX: &str = "whsec_";
    const GENERATED_BYTES: usize = 32;

    /// A new one.
    ///
    /// # Errors
    /// `Internal` if the machine gives no random bytes.
    pub fn generate() -> Result<Self> {
        let mut bytes = vec![0; Self::GENERATED_BYTES];
        OsRng.try_fill_bytes(&mut bytes).map_err(|error| Error::Internal(error.into()))?;
        Ok(Self(bytes))
    }

    /// Reads one as the provider shows it.
    ///
    /// # Errors
    /// `invalid_secret` for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let encoded = text.strip_prefix(Self::PREFIX);
        encoded.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok()).and_then(Self::of_bytes).ok_or_else(|| {
            let detail = "`secret` must be `whsec_` and 24 to 64 bytes in base64, as the provider shows it.";
            Error::invalid("invalid_secret", "secret", detail)
        })
    }

    /// Takes the bytes of one that was kept; `None` if they are too few or too many.
    pub fn of_bytes(bytes: Vec<u8>) -> Option<Self> {
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Its bytes, the key of the signatures.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// It as it is written, for whoever makes the endpoint.
    pub fn expose(&self) -> String {
        format!("{}{}", Self::PREFIX, BASE64_STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// Where a provider sends its webhooks: what they bring belongs to the endpoint's owner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Endpoint {
    /// Its id, which is part of its address.
    pub id: EndpointId,
    /// Whose it is.
    pub owner: Subject,
    /// Who sends to it.
    pub provider: Provider,
    /// The signing secret, encrypted; none of one that was revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sealed_secret: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it; see [`Principal`](super::principal::Principal).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revoked_by: Option<String>,
}

impl Endpoint {
    /// A new endpoint of the caller's.
    pub fn new(caller: &Caller, id: EndpointId, provider: Provider, sealed_secret: String, now: Timestamp) -> Self {
        Self {
            id,
            owner: caller.owner().clone(),
            provider,
            sealed_secret: Some(sealed_secret),
            created_at: now,
            revoked_at: None,
            revoked_by: None,
        }
    }

    /// Whether nothing is taken from it any more.
    pub fn is_revoked(&self) -> bool {
        self.revoked_at.is_some()
    }

    /// Nothing is taken from it any more, and its secret is forgotten.
    pub fn revoked(&self, now: Timestamp, actor: &Actor) -> Self {
        Self { sealed_secret: None, revoked_at: Some(now), revoked_by: Some(actor.by.to_string()), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn a_secret_has_24_to_64_bytes_and_one_spelling() {
        let written = |bytes: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes]));
        for bytes in [24, 32, 64] {
            assert_eq!(SigningSecret::parse(&written(bytes)).unwrap().expose(), written(bytes));
        }
        let good = written(25);
        for bad in [
            written(23),
            written(65),
            String::new(),
            "whsec_".to_owned(),
            good.replace("whsec_", ""),
            good.to_uppercase(),
            format!("{good} "),
            good.trim_end_matches('=').to_owned(),
        ] {
            assert!(SigningSecret::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_new_secret_is_another_one_and_is_not_shown() {
        let secret = SigningSecret::generate().unwrap();
        assert_ne!(secret, SigningSecret::generate().unwrap());
        assert_eq!(SigningSecret::parse(&secret.expose()).unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
    }
}
