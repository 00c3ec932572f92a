//! Signatures by Standard Webhooks (<https://www.standardwebhooks.com>, specification 1.0.0, symmetric scheme `v1`).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use quayside_domain::{Error, Result, SigningSecret, Timestamp};
use sha2::Sha256;

/// How far the signed time may be from now, in seconds.
const TOLERANCE_SECONDS: u64 = 5 * 60;

/// Checks that the headers of a signature are there, of a time within five minutes of `now`.
///
/// # Errors
/// `InvalidSignature`.
pub(crate) fn check_time(headers: &HeaderMap, now: Timestamp) -> Result<()> {
    read(headers, now).map(drop).ok_or(Error::InvalidSignature)
}

/// The id, the time and the signatures of a webhook of about now; `None` where one is missing or cannot be read.
fn read(headers: &HeaderMap, now: Timestamp) -> Option<[&str; 3]> {
    let header = |name: &str| headers.get(name)?.to_str().ok().filter(|value| !value.is_empty());
    let (id, time, signatures) = (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let is_of_now = time.parse::<u64>().ok()?.abs_diff(now.unix_seconds()) <= TOLERANCE_SECONDS;
    is_of_now.then_some([id, time, signatures])
}

/// Checks that `body` came with these headers from who has `secret`, within five minutes of `now`. One signature of
/// several is enough, since a sender that changes its secret signs with both for a while.
///
/// # Errors
/// `InvalidSignature`.
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], secret: &SigningSecret, now: Timestamp) -> Result<()> {
    if is_signed(headers, body, secret, now).unwrap_or(false) { Ok(()) } else { Err(Error::InvalidSignature) }
}

/// `None` where a header is missing or cannot be read.
fn is_signed(headers: &HeaderMap, body: &[u8], secret: &SigningSecret, now: Timestamp) -> Option<bool> {
    let [id, time, signatures] = read(headers, now)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
    for piece in [id.as_bytes(), b".", time.as_bytes(), b".", body] {
        mac.update(piece);
    }
    let signatures = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
    let mut signatures = signatures.filter_map(|signature| BASE64_STANDARD.decode(signature).ok());
    // The comparison takes the same time wherever the first difference is.
    Some(signatures.any(|signature| mac.clone().verify_slice(&signature).is_ok()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    // The vector that the specification and its libraries publish.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: u64 = 1_614_265_330;
    const BODY: &str = r#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn signed(id: &str, time: &str, signature: &str) -> HeaderMap {
        headers(&[("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)])
    }

    fn holds_at(now: u64, headers: &HeaderMap, body: &str, secret: &str) -> bool {
        let secret = SigningSecret::parse(secret).unwrap();
        verify(headers, body.as_bytes(), &secret, Timestamp::from_unix_seconds(now)).is_ok()
    }

    fn holds(headers: &HeaderMap) -> bool {
        holds_at(TIME, headers, BODY, SECRET)
    }

    fn published() -> HeaderMap {
        signed(ID, &TIME.to_string(), SIGNATURE)
    }

    #[test]
    fn the_published_signatures_hold() {
        assert!(holds(&published()));
        let (secret, body) =
            ("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", r#"{"email":"test@example.com","username":"test_user"}"#);
        let headers =
            signed("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", "1649367553", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
        assert!(holds_at(1_649_367_553, &headers, body, secret));
    }

    #[test]
    fn a_signature_holds_for_five_minutes_before_and_after_its_time() {
        for (now, expected) in [
            (TIME - 300, true),
            (TIME + 300, true),
            (TIME - 301, false),
            (TIME + 301, false),
            (0, false),
            (TIME * 2, false),
        ] {
            assert_eq!(holds_at(now, &published(), BODY, SECRET), expected, "{now}");
        }
    }

    #[test]
    fn another_body_id_time_or_secret_has_another_signature() {
        assert!(!holds_at(TIME, &published(), r#"{"test": 2432232315}"#, SECRET));
        assert!(!holds_at(TIME, &published(), "", SECRET));
        assert!(!holds_at(TIME, &published(), BODY, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx"));
        assert!(!holds(&signed("msg_p5jXN8AQM9LWM0D4loKWxJel", &TIME.to_string(), SIGNATURE)));
        assert!(!holds(&signed(ID, &(TIME + 1).to_string(), SIGNATURE)));
        // The same number, but not what was signed.
        assert!(!holds(&signed(ID, &format!("0{TIME}"), SIGNATURE)));
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
        let asymmetric = "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        for signatures in [
            format!("{other} {SIGNATURE}"),
            format!("{SIGNATURE} {other}"),
            format!("{asymmetric} nonsense {SIGNATURE} v2,xyz"),
        ] {
            assert!(holds(&signed(ID, &TIME.to_string(), &signatures)), "{signatures}");
        }
        let unversioned = SIGNATURE.strip_prefix("v1,").unwrap();
        let half = &SIGNATURE[..SIGNATURE.len() / 2];
        for signatures in
            [other, asymmetric, unversioned, half, "", " ", "v1,", "v1", "v1,!", "v1,AAAA", "v1, v1,", &SIGNATURE[1..]]
        {
            assert!(!holds(&signed(ID, &TIME.to_string(), signatures)), "{signatures}");
        }
    }

    #[test]
    fn without_one_of_the_headers_nothing_holds() {
        for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            let mut headers = published();
            headers.remove(missing);
            assert!(!holds(&headers), "{missing}");
        }
        for time in ["", "now", "-1614265330", "1614265330.0", "1e9", "99999999999999999999999"] {
            assert!(!holds(&signed(ID, time, SIGNATURE)), "{time}");
        }
    }
}
