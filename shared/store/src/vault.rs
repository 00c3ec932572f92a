//! What the table keeps encrypted: secrets that have to be used again, and so cannot be kept as hashes.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::config::VaultKey;
use quayside_domain::{Endpoint, Error, Result, SigningSecret};

/// Encrypts and decrypts (AES-256-GCM, NIST SP 800-38D, with a random nonce for each text).
pub struct Vault {
    key: RandomizedNonceKey,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Encrypts under `key`.
    pub fn new(key: &VaultKey) -> Self {
        #[expect(clippy::expect_used, reason = "AES-256 takes any key of 32 bytes")]
        let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose()).expect("32 bytes are a key");
        Self { key }
    }

    /// The secret of `whose`, encrypted, as a text. It opens for nobody else.
    ///
    /// # Errors
    /// `Internal` if the machine gives no random bytes.
    pub fn seal(&self, secret: &[u8], whose: &str) -> Result<String> {
        let mut sealed = secret.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(whose.as_bytes()), &mut sealed)
            .map_err(|error| Error::Internal(error.into()))?;
        Ok(BASE64_STANDARD.encode([nonce.as_ref().as_slice(), &sealed].concat()))
    }

    /// The secret of `whose` that was sealed.
    ///
    /// # Errors
    /// `Internal` if it was sealed under another key or for somebody else, or was altered.
    pub fn open(&self, sealed: &str, whose: &str) -> Result<Vec<u8>> {
        let broken = || Error::Internal("a secret in the table does not open under this WEBHOOK_KEY".into());
        let bytes = BASE64_STANDARD.decode(sealed).map_err(|_| broken())?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut text = text.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(whose.as_bytes()), &mut text);
        opened.map(|secret| secret.to_vec()).map_err(|_| broken())
    }

    /// The signing secret of an endpoint, sealed for its id.
    ///
    /// # Errors
    /// As [`Vault::open`]; also if it was revoked.
    pub fn open_secret_of(&self, endpoint: &Endpoint) -> Result<SigningSecret> {
        let sealed = endpoint.sealed_secret.as_deref().unwrap_or_default();
        let bytes = self.open(sealed, &endpoint.id.to_string())?;
        SigningSecret::of_bytes(bytes)
            .ok_or_else(|| Error::Internal("an endpoint's secret of no length for one".into()))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use crate::config::{Variables, vault_key};

    fn vault(digit: &str) -> Vault {
        let variables: Variables = [("WEBHOOK_KEY", digit.repeat(64))].into_iter().collect();
        Vault::new(&vault_key(&variables).unwrap())
    }

    #[test]
    fn a_secret_opens_under_its_key_for_whom_it_was_sealed_and_never_looks_the_same() {
        let vault_a = vault("a");
        let sealed = vault_a.seal(b"a secret", "ada").unwrap();
        assert_ne!(sealed, vault_a.seal(b"a secret", "ada").unwrap());
        assert_eq!(vault_a.open(&sealed, "ada").unwrap(), b"a secret");
        assert!(vault_a.open(&sealed, "bob").is_err());
        assert!(vault("b").open(&sealed, "ada").is_err());
    }

    #[test]
    fn a_sealed_secret_that_was_altered_does_not_open() {
        let vault = vault("a");
        let sealed = BASE64_STANDARD.decode(vault.seal(b"a secret", "ada").unwrap()).unwrap();
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert!(vault.open(&BASE64_STANDARD.encode(altered), "ada").is_err(), "{position}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open(&BASE64_STANDARD.encode(&sealed[..length]), "ada").is_err(), "{length}");
        }
        assert!(vault.open("not base64", "ada").is_err());
    }
}
