//! Where bytes may be taken from: which URLs are asked at all, and which addresses behind their names.
//!
//! A URL comes from a user and is asked from inside the network that the functions run in, so that everything is refused
//! which is not plainly the public internet. Addresses are judged where a connection is made, one by one, since a name
//! means something else from one moment to the next; what can be judged of a URL by itself is judged when it comes in, so
//! that its sender hears of it at once.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::names::FileName;

/// Which sources are asked.
#[derive(Clone, Debug)]
pub struct SourceRules {
    /// Ports that are asked.
    pub ports: Vec<u16>,
    /// If there are any: host names, or ends of them, that alone are asked.
    pub allowed: Vec<String>,
    /// Host names, or ends of them, that are not asked.
    pub denied: Vec<String>,
    /// Whether this machine itself is asked, on any port. For tests.
    pub loopback: bool,
}

/// Why a source is not asked. The text is for whoever gave the URL, and repeats nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Forbidden {
    /// It is no URL, or one that is too long.
    #[error(
        "This is not a URL; a URL looks like https://example.com/photo.jpg and has at most {MAX_URL_BYTES} characters."
    )]
    NotAUrl,
    /// Its scheme is another.
    #[error("Only http and https URLs can be fetched.")]
    Scheme,
    /// It has a user or a password.
    #[error("A URL with a user name or password is not fetched; use a signed URL.")]
    Credentials,
    /// Its port is another.
    #[error("Port {0} is not fetched from.")]
    Port(u16),
    /// Its host is not among those that are allowed, or among those that are not.
    #[error("Nothing is fetched from this host.")]
    Host,
    /// It is, or its name means, an address that is not on the public internet.
    #[error("The host's address is not on the public internet.")]
    Address,
}

impl Forbidden {
    /// Stable name of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAUrl => "invalid_url",
            Self::Scheme | Self::Credentials | Self::Port(_) | Self::Host | Self::Address => "source_forbidden",
        }
    }
}

/// The longest URL that is taken, in bytes.
pub const MAX_URL_BYTES: usize = 8192;

/// A URL that may be asked, as far as can be told from itself. It may have a secret in its query, so that no log shows
/// more than [`SourceUrl::shown`].
#[derive(Clone, PartialEq, Eq)]
pub struct SourceUrl(Url);

impl std::fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SourceUrl").field(&self.shown()).finish()
    }
}

impl SourceUrl {
    /// Reads a URL, in whatever way its host is written: `http://0x7f.1/` is 127.0.0.1.
    ///
    /// # Errors
    /// If it may not be asked.
    pub fn parse(text: &str, rules: &SourceRules) -> Result<Self, Forbidden> {
        // `Url` would skip line breaks and tabs inside of a URL.
        if text.len() > MAX_URL_BYTES || text.contains(char::is_control) {
            return Err(Forbidden::NotAUrl);
        }
        rules.accept(Url::parse(text.trim()).map_err(|_| Forbidden::NotAUrl)?)
    }

    /// Where an answer's `Location` leads to.
    ///
    /// # Errors
    /// If that may not be asked.
    pub fn join(&self, location: &str, rules: &SourceRules) -> Result<Self, Forbidden> {
        if location.len() > MAX_URL_BYTES || location.contains(char::is_control) {
            return Err(Forbidden::NotAUrl);
        }
        rules.accept(self.0.join(location.trim()).map_err(|_| Forbidden::NotAUrl)?)
    }

    /// The whole URL, for the request, and for the item that only the fetching function reads.
    pub fn expose(&self) -> &Url {
        &self.0
    }

    /// The URL without query and fragment, which may have secrets in them.
    pub fn shown(&self) -> String {
        let mut shown = self.0.clone();
        shown.set_query(None);
        shown.set_fragment(None);
        shown.into()
    }

    /// The name of the file, by the last segment of the path; the host's name where that is none.
    pub fn file_name(&self) -> Option<FileName> {
        let last = self.0.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default();
        let decoded = percent_decode_str(last).decode_utf8_lossy();
        let short: String = decoded.chars().filter(|c| !matches!(c, '/' | '\\')).take(255).collect();
        FileName::parse(&short).or_else(|_| FileName::parse(self.0.host_str().unwrap_or_default())).ok()
    }
}

impl SourceRules {
    fn accept(&self, mut url: Url) -> Result<SourceUrl, Forbidden> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Forbidden::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::Credentials);
        }
        let is_loopback = match url.host().ok_or(Forbidden::NotAUrl)? {
            Host::Ipv4(address) => self.vet_and_tell_loopback(address.into())?,
            Host::Ipv6(address) => self.vet_and_tell_loopback(address.into())?,
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                let is_local = name == "localhost" || name.ends_with(".localhost");
                if is_local && !self.loopback {
                    return Err(Forbidden::Address);
                }
                is_local
            }
        };
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        let is_below = |suffix: &String| {
            host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let is_allowed = self.allowed.is_empty() || self.allowed.iter().any(is_below);
        if host.is_empty() || !is_allowed || self.denied.iter().any(is_below) {
            return Err(Forbidden::Host);
        }
        let port = url.port_or_known_default().ok_or(Forbidden::Scheme)?;
        if !is_loopback && !self.ports.contains(&port) {
            return Err(Forbidden::Port(port));
        }
        // It is never sent, and is no part of what the file is.
        url.set_fragment(None);
        Ok(SourceUrl(url))
    }

    fn vet_and_tell_loopback(&self, address: IpAddr) -> Result<bool, Forbidden> {
        self.vet(address)?;
        Ok(address.to_canonical().is_loopback())
    }

    /// Whether a connection may be made to the address.
    ///
    /// # Errors
    /// `Address` unless it is on the public internet (or this machine, where that is allowed).
    pub fn vet(&self, address: IpAddr) -> Result<(), Forbidden> {
        let allowed = match address.to_canonical() {
            address if address.is_loopback() => self.loopback,
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        if allowed { Ok(()) } else { Err(Forbidden::Address) }
    }
}

/// By the IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its successors): what is not globally reachable there,
/// what serves a protocol rather than a host, multicast, and what is reserved.
fn is_public_v4(address: Ipv4Addr) -> bool {
    const REFUSED: [(Ipv4Addr, u32); 18] = [
        (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network
        (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
        (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by carriers (CGNAT)
        (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
        (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, metadata services
        (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
        (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
        (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
        (Ipv4Addr::new(192, 31, 196, 0), 24), // AS112
        (Ipv4Addr::new(192, 52, 193, 0), 24), // AMT
        (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays
        (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
        (Ipv4Addr::new(192, 175, 48, 0), 24), // AS112
        (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
        (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
        (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
        (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
        (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, broadcast
    ];
    !REFUSED.iter().any(|(network, bits)| {
        let mask = u32::MAX << (32 - bits);
        address.to_bits() & mask == network.to_bits()
    })
}

/// By the IANA IPv6 Special-Purpose Address Registry: of the global unicast block 2000::/3 alone, without what is not
/// globally reachable there; and the forms that carry an IPv4 address, as far as that is public. (Those that are mapped
/// were taken as IPv4 before.)
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, ..] = address.segments();
    let embedded = |offset: usize| {
        let octets = address.octets();
        Ipv4Addr::new(octets[offset], octets[offset + 1], octets[offset + 2], octets[offset + 3])
    };
    match (a, b, c) {
        // NAT64 (RFC 6052), which networks without IPv4 reach the rest of the internet by.
        (0x64, 0xff9b, 0) if address.segments()[3..6] == [0, 0, 0] => is_public_v4(embedded(12)),
        // 6to4 (RFC 3056).
        (0x2002, ..) => is_public_v4(embedded(2)),
        // Protocol assignments, Teredo and ORCHID among them (RFC 2928).
        (0x2001, 0..=0x01ff, _) => false,
        // Documentation (RFC 3849, RFC 9637).
        (0x2001, 0x0db8, _) | (0x3fff, 0..=0x0fff, _) => false,
        // AS112 (RFC 7534).
        (0x2620, 0x4f, 0x8000) => false,
        (0x2000..=0x3fff, ..) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn rules() -> SourceRules {
        SourceRules { ports: vec![80, 443], allowed: Vec::new(), denied: Vec::new(), loopback: false }
    }

    fn refusal(text: &str) -> Option<Forbidden> {
        SourceUrl::parse(text, &rules()).err()
    }

    #[test]
    fn forbidden_addresses_are_known_in_every_way_they_can_be_written() {
        let hosts = [
            // This machine.
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "127.255.255.254",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0x7F.0.0.1",
            "017700000001",
            "0177.0.0.1",
            "0177.1",
            "127.0.0.1.",
            "１２７.０.０.１",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "ⓛocalhost",
            // Nowhere.
            "0.0.0.0",
            "0",
            "0x0",
            "[::]",
            "0.1.2.3",
            // Metadata services, and all that is link-local.
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "0xa9.0xfe.0xa9.0xfe",
            "0251.0376.0251.0376",
            "169.254.43518",
            "169.16689662",
            "[::ffff:169.254.169.254]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[::a9fe:a9fe]",
            // Private networks.
            "10.0.0.1",
            "10.1",
            "167772161",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "192.168.257",
            "0300.0250.0.1",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::10.0.0.1]",
            "[2002:a00:1::]",
            "[fc00::1]",
            "[fdff::1]",
            "[fec0::1]",
            // Carriers, benchmarks, documentation, protocols.
            "100.64.0.1",
            "100.127.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "192.31.196.1",
            "[2001:db8::1]",
            "[3fff::1]",
            "[2001::1]",
            "[2001:10::1]",
            "[2001:2::1]",
            "[100::1]",
            "[5f00::1]",
            "[64:ff9b:1::1]",
            // Many at once, and what is kept for later.
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "[ff02::1]",
            "[ff0e::1]",
            "[4000::1]",
        ];
        assert!(hosts.len() >= 60);
        for host in hosts {
            assert_eq!(refusal(&format!("http://{host}/")), Some(Forbidden::Address), "{host}");
        }
    }

    #[test]
    fn the_public_internet_is_not_refused() {
        for host in [
            "example.com",
            "8.8.8.8",
            "134744072",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "[2606:4700::1111]",
            "[2a00:1450::1]",
            "[::ffff:8.8.8.8]",
            "[64:ff9b::8.8.8.8]",
            "[2002:808:808::]",
            "[2001:200::1]",
            "localhost.example.com",
            "127.0.0.1.example.com",
        ] {
            assert_eq!(refusal(&format!("https://{host}/a.jpg")), None, "{host}");
        }
    }

    #[test]
    fn only_plain_web_urls_are_asked() {
        for (url, wanted) in [
            ("ftp://example.com/", Forbidden::Scheme),
            ("file:///etc/passwd", Forbidden::Scheme),
            ("gopher://example.com/", Forbidden::Scheme),
            ("data:image/png;base64,AAAA", Forbidden::Scheme),
            ("javascript:alert(1)", Forbidden::Scheme),
            ("https://ada@example.com/", Forbidden::Credentials),
            ("https://ada:secret@example.com/", Forbidden::Credentials),
            ("https://:secret@example.com/", Forbidden::Credentials),
            ("http://example.com:22/", Forbidden::Port(22)),
            ("https://example.com:8443/", Forbidden::Port(8443)),
            ("http://example.com:65536/", Forbidden::NotAUrl),
            ("example.com/a.jpg", Forbidden::NotAUrl),
            ("//example.com/a.jpg", Forbidden::NotAUrl),
            ("http:///", Forbidden::NotAUrl),
            ("", Forbidden::NotAUrl),
            ("http://exa\nmple.com/", Forbidden::NotAUrl),
            ("http://exa\tmple.com/", Forbidden::NotAUrl),
        ] {
            assert_eq!(refusal(url), Some(wanted), "{url}");
        }
        assert_eq!(refusal(&format!("https://example.com/{}", "a".repeat(MAX_URL_BYTES))), Some(Forbidden::NotAUrl));
        // The port of the other scheme is a web port too.
        assert_eq!(refusal("http://example.com:443/"), None);
    }

    #[test]
    fn a_redirect_is_judged_as_what_it_leads_to() {
        let from = SourceUrl::parse("https://example.com/a/b.jpg?signature=1", &rules()).unwrap();
        let join = |location: &str| from.join(location, &rules()).map(|url| url.expose().to_string());
        assert_eq!(join("../c.jpg").unwrap(), "https://example.com/c.jpg");
        assert_eq!(join("//cdn.example.net/c.jpg").unwrap(), "https://cdn.example.net/c.jpg");
        for (location, wanted) in [
            ("http://127.0.0.1/", Forbidden::Address),
            ("//[::ffff:169.254.169.254]/latest", Forbidden::Address),
            ("file:///etc/passwd", Forbidden::Scheme),
            ("http://ada:secret@example.com/", Forbidden::Credentials),
            ("http://example.com:6379/", Forbidden::Port(6379)),
        ] {
            assert_eq!(join(location), Err(wanted), "{location}");
        }
    }

    #[test]
    fn hosts_are_allowed_and_denied_by_their_ends() {
        let listed = |allowed: &[&str], denied: &[&str], url: &str| {
            let owned = |list: &[&str]| list.iter().map(|&host| host.to_owned()).collect();
            let rules = SourceRules { allowed: owned(allowed), denied: owned(denied), ..rules() };
            SourceUrl::parse(url, &rules).is_ok()
        };
        for (url, is_allowed) in [
            ("https://replicate.delivery/a", true),
            ("https://pbxt.replicate.delivery/a", true),
            ("https://PBXT.Replicate.Delivery./a", true),
            ("https://notreplicate.delivery/a", false),
            ("https://replicate.delivery.example.com/a", false),
            ("https://8.8.8.8/a", false),
        ] {
            assert_eq!(listed(&["replicate.delivery"], &[], url), is_allowed, "{url}");
        }
        assert!(!listed(&[], &["example.com"], "https://a.example.com/"));
        assert!(listed(&[], &["example.com"], "https://an-example.com/"));
        assert!(!listed(&["example.com"], &["example.com"], "https://example.com/"));
    }

    #[test]
    fn loopback_is_asked_on_any_port_where_that_is_allowed_and_nothing_else_is() {
        let rules = SourceRules { loopback: true, ..rules() };
        for url in ["http://127.0.0.1:8080/", "http://localhost:1/", "http://[::1]:9/", "http://[::ffff:127.0.0.1]:9/"]
        {
            assert!(SourceUrl::parse(url, &rules).is_ok(), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://169.254.169.254/", "http://0.0.0.0:8080/", "http://example.com:8080/"] {
            assert!(SourceUrl::parse(url, &rules).is_err(), "{url}");
        }
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        let url = SourceUrl::parse("https://example.com/a.jpg?X-Amz-Signature=s3cret#token", &rules()).unwrap();
        assert_eq!(url.shown(), "https://example.com/a.jpg");
        assert_eq!(format!("{url:?}"), r#"SourceUrl("https://example.com/a.jpg")"#);
        assert_eq!(url.expose().as_str(), "https://example.com/a.jpg?X-Amz-Signature=s3cret");
    }

    #[test]
    fn the_path_names_the_file() {
        let name = |url: &str| SourceUrl::parse(url, &rules()).unwrap().file_name().unwrap().as_str().to_owned();
        assert_eq!(name("https://example.com/films/Ferry%20at%20dawn.mp4?x=/y.exe"), "Ferry at dawn.mp4");
        assert_eq!(name("https://example.com/"), "example.com");
        assert_eq!(name("https://example.com/a/%2e%2e%2fetc%2fpasswd"), "..etcpasswd");
        assert_eq!(name("https://example.com/%00"), "example.com");
        assert_eq!(name("https://example.com/%ff.jpg"), "\u{fffd}.jpg");
    }
}
