//! Bunny's token authentication, version 2, as the CDN checks it.
//!
//! `token = "HS256-" + ("1-" if an address is bound) + base64url(HMAC-SHA256(key, path + expires + address + data))`,
//! where `path` is the signed `token_path` or else the request's own path as it was sent, and `data` the other
//! parameters, decoded, sorted and joined by `&`. Token and parameters are in the query, or in a first segment of the
//! path that starts with `bcdn_token=`. Restrictions by country and speed are part of the signed data, but this edge
//! knows no countries and limits no speed.

use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sha2::Sha256;

/// A request whose token holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Granted<'a> {
    /// The path without the token's own segment, as it was sent.
    pub(super) path: &'a str,
    /// When the token expires, in seconds since 1970. Later than now.
    pub(super) expires: u64,
    /// Whether `download=1` is asked for.
    pub(super) download: bool,
}

/// Checks the token of a request for `path` and `query`, both as they were sent, from `peer` at `now` (seconds since
/// 1970). `None` without a token, or with one that has expired, was altered, or is for something or somebody else.
pub(super) fn check<'a>(key: &[u8], path: &'a str, query: &str, peer: IpAddr, now: u64) -> Option<Granted<'a>> {
    let mut parameters = BTreeMap::new();
    let path = match path.strip_prefix("/bcdn_token=") {
        None => path,
        Some(rest) => {
            let end = rest.find('/')?;
            parameters.insert("token".to_owned(), String::new());
            let (first, others) = rest[..end].split_once('&').unwrap_or((&rest[..end], ""));
            parameters.insert("token".to_owned(), decode(first)?);
            read(others, &mut parameters)?;
            &rest[end..]
        }
    };
    read(query, &mut parameters)?;

    let token = parameters.remove("token")?;
    let expires = parameters.remove("expires")?;
    let download = parameters.get("download").is_some_and(|value| value == "1");
    if parameters.get("token_ignore_params").is_some_and(|value| value == "true") {
        parameters.retain(|name, _| name == "token_ignore_params" || name == "token_path");
    }
    let signed_path = match parameters.get("token_path") {
        None => path,
        Some(directory) if is_within(path, directory) => directory,
        Some(_) => return None,
    };
    // An unbound signature may start with `1-` too, but has 43 characters.
    let token = token.strip_prefix("HS256-")?;
    let (bound, signature) = match token.strip_prefix("1-") {
        Some(signature) if token.len() == 45 => (true, signature),
        _ => (false, token),
    };

    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(signed_path.as_bytes());
    mac.update(expires.as_bytes());
    if bound {
        match peer.to_canonical() {
            IpAddr::V4(address) => mac.update(&address.octets()),
            // A household's /64.
            IpAddr::V6(address) => mac.update(&(address.to_bits() & !u128::from(u64::MAX)).to_be_bytes()),
        }
    }
    let data: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    mac.update(data.join("&").as_bytes());
    // In constant time.
    mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;

    let expires = expires.parse().ok().filter(|expires| *expires > now)?;
    Some(Granted { path, expires, download })
}

/// Adds parameters; `None` if one is there twice, so that what was signed and what is obeyed are the same.
fn read(text: &str, parameters: &mut BTreeMap<String, String>) -> Option<()> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if parameters.insert(decode(name)?, decode(value)?).is_some() {
            return None;
        }
    }
    Some(())
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(String::from)
}

/// Whether `path` is `directory` or below it: `/a` opens `/a/b`, never `/ab`.
fn is_within(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.is_empty() || directory.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use std::net::Ipv4Addr;

    use serde_json::Value;

    use super::*;

    const KEY: &[u8] = b"SecurityKey";
    const EXPIRES: u64 = 1_598_024_587;
    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn sign(path: &str, data: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        mac.update(format!("{path}{EXPIRES}{data}").as_bytes());
        format!("HS256-{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn opens(path: &str, query: &str) -> bool {
        check(KEY, path, query, HERE, EXPIRES - 1).is_some()
    }

    #[test]
    fn the_vendors_own_urls_are_accepted_and_no_others() {
        let fixture: Value = serde_json::from_str(include_str!("../../tests-data/bunny-tokens.json")).unwrap();
        let vectors = fixture["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 15);
        for vector in vectors {
            let name = vector["name"].as_str().unwrap();
            let url = vector["url"].as_str().unwrap();
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let peer = vector["ip"].as_str().map_or(HERE, |ip| ip.parse().unwrap());
            let granted = check(KEY, path, query, peer, EXPIRES - 1).unwrap_or_else(|| panic!("{name} is refused"));
            assert_eq!((granted.path, granted.expires), (vector["path"].as_str().unwrap(), EXPIRES), "{name}");

            assert_eq!(check(KEY, path, query, peer, EXPIRES), None, "{name} after its expiry");
            assert_eq!(check(b"other", path, query, peer, EXPIRES - 1), None, "{name} with another key");
            let later = url.replace("1598024587", "1998024587");
            let (path, query) = later.split_once('?').unwrap_or((&later, ""));
            assert_eq!(check(KEY, path, query, peer, EXPIRES - 1), None, "{name} with another expiry");
            if vector["ip"].is_string() {
                let (path, query) = url.split_once('?').unwrap_or((url, ""));
                assert_eq!(check(KEY, path, query, HERE, EXPIRES - 1), None, "{name} from another address");
            }
        }
    }

    #[test]
    fn an_ipv6_token_opens_for_its_64_network() {
        let token = "HS256-1-Z1BaGdhTZdU4iANcyKpurFR2VgCNdqC6hlBv5x_TyaI&expires=1598024587";
        let from = |ip: &str| check(KEY, "/300kb.jpg", &format!("token={token}"), ip.parse().unwrap(), 0).is_some();
        assert!(from("2001:db8:85a3::1"));
        assert!(!from("2001:db8:85a3:1::1"));
    }

    #[test]
    fn a_directory_token_opens_its_directory_only() {
        for directory in ["/media/o/a/", "/media/o/a"] {
            let token = sign(directory, &format!("token_path={directory}"));
            let encoded = directory.replace('/', "%2F");
            let prefix = format!("/bcdn_token={token}&expires={EXPIRES}&token_path={encoded}");
            assert!(opens(&format!("{prefix}/media/o/a/original"), ""));
            for path in ["/media/o/ab/original", "/media/o/b/original", "/incoming/o/a", "/media/o", ""] {
                assert!(!opens(&format!("{prefix}{path}"), ""), "{directory} {path}");
            }
            assert!(!opens(&format!("{prefix}/media/o/a/original"), "download=1"), "an unsigned parameter");
            assert!(!opens(&format!("{prefix}/media/o/a/original"), "token_path=%2F"), "a second token_path");
        }
    }

    #[test]
    fn what_is_missing_altered_or_twice_is_refused() {
        let (path, token) = ("/media/o/a/original", sign("/media/o/a/original", "download=1"));
        let good = format!("token={token}&expires={EXPIRES}&download=1");
        assert!(check(KEY, path, &good, HERE, 0).unwrap().download);
        assert!(opens(path, &format!("download=1&expires={EXPIRES}&token={token}")), "the order is free");
        for bad in [
            String::new(),
            format!("token={token}&download=1"),
            format!("expires={EXPIRES}&download=1"),
            format!("token={token}&expires={EXPIRES}"),
            format!("{good}&variant=x"),
            format!("{good}&download=1"),
            format!("{good}&download=0"),
            good.replace("download=1", "download=2"),
            good.replace("HS256-", ""),
            good.replace("HS256-", "HS256-1-"),
            good.replace("HS256-", "HS512-"),
            format!("token={}&expires={EXPIRES}&download=1", &token[..20]),
            format!("token={token}=&expires={EXPIRES}&download=1"),
            format!("token=HS256-&expires={EXPIRES}&download=1"),
            format!("{good}&%ff=1"),
        ] {
            assert!(!opens(path, &bad), "{bad}");
        }
        assert!(!opens("/media/o/b/original", &good));
        assert!(!opens("/bcdn_token=x", &good));
    }

    #[test]
    fn a_signature_that_starts_like_a_bound_one_is_still_unbound() {
        let path = (0..).map(|n| format!("/{n}")).find(|path| sign(path, "").starts_with("HS256-1-")).unwrap();
        assert!(opens(&path, &format!("token={}&expires={EXPIRES}", sign(&path, ""))));
    }
}
