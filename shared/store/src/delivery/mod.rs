//! Signed URLs of the CDN: Bunny's token authentication, version 2 (HMAC-SHA256).
//!
//! `token = "HS256-" + base64url(HMAC-SHA256(key, path + expires + data))`, where `data` is the sorted `name=value`
//! pairs of the query, unencoded, joined by `&`.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;

use crate::config::DeliveryConfig;
use quayside_domain::keys;
use quayside_domain::{Asset, Timestamp};

/// Makes URLs that the CDN accepts until they expire.
#[derive(Debug)]
pub struct Cdn {
    config: DeliveryConfig,
}

/// A URL and when it stops working.
#[derive(Debug, PartialEq, Eq)]
pub struct SignedUrl {
    /// The URL.
    pub url: String,
    /// When the CDN begins to refuse it.
    pub expires_at: Timestamp,
}

impl Cdn {
    /// A signer with this key.
    pub fn new(config: DeliveryConfig) -> Self {
        Self { config }
    }

    /// A URL of the original; with `download`, one that a browser saves under the asset's name.
    pub fn original(&self, asset: &Asset, now: Timestamp, download: bool) -> SignedUrl {
        self.url(&keys::original(&asset.location), now, download)
    }

    /// A URL of a variant, whether or not the asset has one of that name.
    pub fn variant(&self, asset: &Asset, name: &str, now: Timestamp, download: bool) -> SignedUrl {
        self.url(&keys::variant(&asset.location, name), now, download)
    }

    /// A URL of what is served under a key, be it of an asset or the probe of a check.
    pub fn url(&self, key: &str, now: Timestamp, download: bool) -> SignedUrl {
        let expires_at = expiry(now, self.config.url_ttl_seconds);
        let parameters: &[(&str, &str)] = if download { &[("download", "1")] } else { &[] };
        let path = format!("/{key}");
        let query = signed_query(self.config.token_key.expose(), &path, expires_at.unix_seconds(), parameters);
        let base = self.config.url.as_str().trim_end_matches('/');
        SignedUrl { url: format!("{base}{path}?{query}"), expires_at }
    }

    /// A key for other signatures, which tells nothing about the CDN's own.
    pub fn derive_key(&self, purpose: &str) -> Vec<u8> {
        hmac(self.config.token_key.expose().as_bytes(), purpose)
    }
}

/// When a URL that is signed now expires: between three quarters of the time to live from now and all of it. The same
/// for a quarter of that time, so that a browser meets the same URL again and finds the bytes in its cache.
fn expiry(now: Timestamp, ttl_seconds: u64) -> Timestamp {
    let step = (ttl_seconds / 4).max(1);
    Timestamp::from_unix_seconds(now.unix_seconds() / step * step + ttl_seconds)
}

fn signed_query(key: &str, path: &str, expires: u64, parameters: &[(&str, &str)]) -> String {
    let mut sorted = parameters.to_vec();
    sorted.sort_unstable();
    let data: Vec<_> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let digest = hmac(key.as_bytes(), &format!("{path}{expires}{}", data.join("&")));
    let token = BASE64_URL_SAFE_NO_PAD.encode(digest);
    let query: String = sorted
        .iter()
        .map(|(name, value)| format!("&{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    format!("token=HS256-{token}{query}&expires={expires}")
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 3)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vendor's own test vectors, for the key "SecurityKey" and the expiry 1598024587.
    #[test]
    fn tokens_are_those_of_the_vendors_vectors() {
        for (path, parameters, query) in [
            ("/300kb.jpg", vec![], "token=HS256-o10JRWlsAItyAsdKS6jJKjabHN4FrFsplDHPV1idcX4&expires=1598024587"),
            (
                "/300kb.jpg",
                vec![("token_countries", "CA,US")],
                "token=HS256-i5s3Uv7mnrFfN5nznwU2BxhILpnipYeE18TapV0WNFM&token_countries=CA%2CUS&expires=1598024587",
            ),
            (
                "/300kb.jpg",
                vec![("limit", "1000")],
                "token=HS256-DAVapqNNED3Z7JkjRTYX0UOIHNtbHEuuhRNEc4A7mMQ&limit=1000&expires=1598024587",
            ),
        ] {
            assert_eq!(signed_query("SecurityKey", path, 1_598_024_587, &parameters), query);
        }
    }

    #[test]
    fn a_url_stays_the_same_for_a_while_and_never_outlives_its_time() {
        let now = Timestamp::from_unix_seconds(1_000_000_000);
        let (first, second) = (expiry(now, 3600), expiry(now.plus_seconds(60), 3600));
        assert_eq!(first, second);
        for offset in 0..3600 {
            let moment = now.plus_seconds(offset);
            let left = expiry(moment, 3600).seconds_since(moment);
            assert!((2700.0..=3600.0).contains(&left), "{left}");
        }
    }
}
