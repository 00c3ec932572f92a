//! Cursors of lists: where the next page begins, sealed for the caller and the listing that they were made for.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use quayside_domain::{Caller, Error, Result};

use crate::config::CursorKeys;

const SEAL_BYTES: usize = 16;

/// Makes and opens cursors.
#[derive(Debug)]
pub struct Cursors {
    keys: CursorKeys,
}

impl Cursors {
    /// Seals with the first of the keys, and opens what any of them has sealed.
    pub fn new(keys: CursorKeys) -> Self {
        Self { keys }
    }

    /// The cursor that goes on after the position `last`. `listing` is all that the listing depends on, in any one form.
    pub fn seal(&self, caller: &Caller, listing: &str, last: &str) -> String {
        let seal = mac(self.keys.current(), caller, listing, last).finalize().into_bytes();
        let bytes: Vec<_> = seal.into_iter().take(SEAL_BYTES).chain(last.bytes()).collect();
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position where the cursor goes on.
    ///
    /// # Errors
    /// `invalid_cursor` if it was altered, or made for another caller or listing.
    pub fn open(&self, caller: &Caller, listing: &str, cursor: &str) -> Result<String> {
        self.opened(caller, listing, cursor).ok_or_else(|| {
            let detail = "cursor must be the nextCursor of the previous page of this list. Start without a cursor, and \
                          keep the other parameters the same from page to page.";
            Error::invalid("invalid_cursor", "cursor", detail)
        })
    }

    fn opened(&self, caller: &Caller, listing: &str, cursor: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (seal, last) = bytes.split_at_checked(SEAL_BYTES)?;
        let last = std::str::from_utf8(last).ok()?;
        let is_sealed = |key: &[u8]| mac(key, caller, listing, last).verify_truncated_left(seal).is_ok();
        self.keys.iter().any(is_sealed).then(|| last.to_owned())
    }
}

fn mac(key: &[u8], caller: &Caller, listing: &str, last: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 3)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length is a key");
    // The lengths keep the pieces apart.
    for piece in [caller.owner().as_str(), listing, last] {
        mac.update(&piece.len().to_be_bytes());
        mac.update(piece.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use quayside_domain::Subject;

    const LAST: &str = "019aa7a0-0000-7000-8000-000000000001";

    fn caller(sub: &str) -> Caller {
        Caller::from_verified_claims(Subject::parse(sub).unwrap(), &[])
    }

    fn cursors(keys: &str) -> Cursors {
        Cursors::new(CursorKeys::parse(keys).unwrap())
    }

    fn key(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    #[test]
    fn a_cursor_opens_only_for_its_caller_and_its_listing() {
        let (cursors, ada) = (cursors(&key('a')), caller("ada"));
        let cursor = cursors.seal(&ada, "type=image", LAST);
        assert_eq!(cursors.open(&ada, "type=image", &cursor).unwrap(), LAST);
        assert!(cursors.open(&caller("bob"), "type=image", &cursor).is_err());
        assert!(cursors.open(&ada, "type=video", &cursor).is_err());
    }

    #[test]
    fn a_cursor_outlives_the_rotation_of_its_key_and_not_its_removal() {
        let ada = caller("ada");
        let cursor = cursors(&key('a')).seal(&ada, "", LAST);
        assert!(cursors(&format!("{} {}", key('b'), key('a'))).open(&ada, "", &cursor).is_ok());
        assert!(cursors(&key('b')).open(&ada, "", &cursor).is_err());
    }

    #[test]
    fn an_altered_cursor_does_not_open() {
        let (cursors, ada) = (cursors(&key('a')), caller("ada"));
        let cursor = cursors.seal(&ada, "", LAST);
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
