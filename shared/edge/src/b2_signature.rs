//! The signature of storage's event notifications, as Backblaze B2 makes it: `v1=` and the HMAC-SHA256 of the body in
//! hexadecimal digits ("Event Notifications Reference Guide", signatures). There is no time in what is signed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that it comes in.
pub const SIGNATURE: &str = "x-bz-event-notification-signature";

/// The signature of `body` with `secret`.
pub fn sign(secret: &str, body: &[u8]) -> String {
    format!("v1={}", hex::encode(digest(secret, body).finalize().into_bytes()))
}

/// Whether `signature` is that of `body` with `secret`. Takes the same time wherever the first difference is.
pub fn is_signed(secret: &str, body: &[u8], signature: &str) -> bool {
    let given = signature.strip_prefix("v1=").and_then(|digest| hex::decode(digest).ok());
    given.is_some_and(|given| digest(secret, body).verify_slice(&given).is_ok())
}

fn digest(secret: &str, body: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 3)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By RFC 4231, test case 2.
    #[test]
    fn the_signature_is_the_algorithms_own() {
        let signature = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign("Jefe", b"what do ya want for nothing?"), signature);
        assert!(is_signed("Jefe", b"what do ya want for nothing?", signature));
        assert!(!is_signed("Jefe", b"what do you want for nothing?", signature));
    }
}
