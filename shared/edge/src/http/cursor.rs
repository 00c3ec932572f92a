//! Cursors of lists: where the next page begins, sealed for the caller and the listing that they were made for.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use quayside_domain::{AssetId, Caller, Error, Result};
use quayside_store::delivery::Cdn;

const SEAL_BYTES: usize = 16;

/// Makes and opens cursors.
#[derive(Debug)]
pub struct Cursors {
    key: Vec<u8>,
}

impl Cursors {
    /// Seals with a key of its own, derived from the CDN's.
    pub fn new(cdn: &Cdn) -> Self {
        Self { key: cdn.derive_key("cursors of lists") }
    }

    /// The cursor that goes on after `last`. `listing` is all that the listing depends on, in any one form.
    pub fn seal(&self, caller: &Caller, listing: &str, last: AssetId) -> String {
        let last = last.to_string();
        let seal = self.mac(caller, listing, &last).finalize().into_bytes();
        let mut bytes = seal[..SEAL_BYTES].to_vec();
        bytes.extend_from_slice(last.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Where the cursor goes on.
    ///
    /// # Errors
    /// `invalid_cursor` if it was altered, or made for another caller or listing.
    pub fn open(&self, caller: &Caller, listing: &str, cursor: &str) -> Result<AssetId> {
        self.opened(caller, listing, cursor).ok_or_else(|| {
            let detail = "This cursor is not one that this listing gave you. Begin without a cursor, and keep the \
                          other parameters the same from page to page.";
            Error::invalid("invalid_cursor", "cursor", detail)
        })
    }

    fn opened(&self, caller: &Caller, listing: &str, cursor: &str) -> Option<AssetId> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (seal, last) = bytes.split_at_checked(SEAL_BYTES)?;
        let last = std::str::from_utf8(last).ok()?;
        self.mac(caller, listing, last).verify_truncated_left(seal).ok()?;
        AssetId::parse(last).ok()
    }

    fn mac(&self, caller: &Caller, listing: &str, last: &str) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 3)")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length is a key");
        // The lengths keep the pieces apart.
        for piece in [caller.subject().as_str(), listing, last] {
            mac.update(&piece.len().to_be_bytes());
            mac.update(piece.as_bytes());
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use quayside_domain::Subject;

    fn caller(sub: &str) -> Caller {
        Caller::from_verified_claims(Subject::parse(sub).unwrap(), &[])
    }

    #[test]
    fn a_cursor_opens_only_for_its_caller_and_its_listing() {
        let cursors = Cursors { key: b"key".to_vec() };
        let (ada, last) = (caller("ada"), AssetId::generate());
        let cursor = cursors.seal(&ada, "type=image", last);
        assert_eq!(cursors.open(&ada, "type=image", &cursor).unwrap(), last);
        assert!(cursors.open(&caller("bob"), "type=image", &cursor).is_err());
        assert!(cursors.open(&ada, "type=video", &cursor).is_err());
    }

    #[test]
    fn an_altered_cursor_does_not_open() {
        let cursors = Cursors { key: b"key".to_vec() };
        let ada = caller("ada");
        let cursor = cursors.seal(&ada, "", AssetId::generate());
        for position in 0..cursor.len() {
            let mut altered = cursor.clone().into_bytes();
            altered[position] = if altered[position] == b'A' { b'B' } else { b'A' };
            assert!(cursors.open(&ada, "", std::str::from_utf8(&altered).unwrap()).is_err(), "{position}");
        }
        for wrong in ["", "A", "AAAA", "not base64!", &"A".repeat(10_000)] {
            assert!(cursors.open(&ada, "", wrong).is_err());
        }
    }
}
