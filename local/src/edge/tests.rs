#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use quayside_store::connections::http_client;
use reqwest::Response;
use sha2::Sha256;

use super::*;
use crate::journal::{Entry, Fault, FaultKind, Journal, Service};
use crate::storage::{self, Storage};

const MIB: usize = 1024 * 1024;
const PATH: &str = "/media/anna/1/original";

/// An edge on a free port, in front of a storage of its own.
struct Running {
    url: String,
    journal: Journal,
    functions: Client,
    http: reqwest::Client,
}

fn pair(key_id: &str) -> storage::Credentials {
    storage::Credentials { key_id: key_id.to_owned(), secret: format!("{key_id}'s secret") }
}

async fn start() -> Running {
    start_with(&pair("edge").secret).await
}

async fn start_with(edge_secret: &str) -> Running {
    let (journal, storage) = (Journal::new(), Storage::open(None).unwrap());
    storage.create_bucket_with("media", &[]).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let keys = vec![pair("functions"), pair("edge")];
    tokio::spawn(storage::serve(listener, storage, keys, journal.clone()));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let origin = Origin {
        endpoint: endpoint.clone(),
        region: "local".to_owned(),
        bucket: "media".to_owned(),
        key_id: "edge".to_owned(),
        application_key: edge_secret.to_owned(),
    };
    tokio::spawn(async move { serve(listener, "SecurityKey", &origin).await });
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client().unwrap())
        .endpoint_url(endpoint)
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("functions", pair("functions").secret, None, None, "test"))
        .force_path_style(true);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Running { url, journal, functions: Client::from_conf(config.build()), http }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Path and query with a token for the next minute; `data` is signed as well.
fn signed(path: &str, data: &str) -> String {
    let expires = now() + 60;
    let mut mac = Hmac::<Sha256>::new_from_slice(b"SecurityKey").unwrap();
    mac.update(format!("{path}{expires}{data}").as_bytes());
    let token = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{path}?token=HS256-{token}&expires={expires}&{data}")
}

/// Bytes of which any part differs from any other.
fn content(length: usize, seed: u64) -> Vec<u8> {
    (seed..).flat_map(|n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes()).take(length).collect()
}

impl Running {
    async fn put(&self, path: &str, body: Vec<u8>, content_type: &str, disposition: &str) {
        let put = self.functions.put_object().bucket("media").key(&path[1..]).body(ByteStream::from(body));
        put.content_type(content_type).content_disposition(disposition).send().await.unwrap();
    }

    async fn put_video(&self, length: usize, seed: u64) -> Vec<u8> {
        let body = content(length, seed);
        self.put(PATH, body.clone(), "video/mp4", "inline").await;
        body
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.http.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// What the edge has asked storage for.
    fn fetches(&self, operation: &str) -> Vec<Entry> {
        let entries = self.journal.since(0).into_iter();
        entries.filter(|entry| entry.by == "edge" && entry.operation == operation).collect()
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_signed_address_shows_the_object_and_what_is_known_of_it() {
    let running = start().await;
    let body = running.put_video(1000, 0).await;
    let address = signed(PATH, "");
    let response = running.get(&address, &[]).await;
    assert_eq!((response.status().as_u16(), header(&response, "x-cache")), (200, Some("MISS")));
    assert_eq!(
        (header(&response, "content-type"), header(&response, "content-length")),
        (Some("video/mp4"), Some("1000"))
    );
    assert_eq!(
        (header(&response, "accept-ranges"), header(&response, "content-disposition")),
        (Some("bytes"), Some("inline"))
    );
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&response, "cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"));
    assert_eq!(header(&response, "content-security-policy"), None);
    let age = header(&response, "cache-control").unwrap().strip_prefix("private, max-age=").unwrap().to_owned();
    assert!((55..=60).contains(&age.parse::<u32>().unwrap()), "{age}");
    let etag = header(&response, "etag").unwrap().to_owned();
    assert_eq!(response.bytes().await.unwrap(), body);

    let response = running.get(&address, &[]).await;
    assert_eq!(header(&response, "x-cache"), Some("HIT"));
    assert_eq!(response.bytes().await.unwrap(), body);
    let response = running.get(&address, &[("if-none-match", &format!("W/{etag}")), ("range", "bytes=0-1")]).await;
    assert_eq!((response.status().as_u16(), header(&response, "etag")), (304, Some(etag.as_str())));
    let response =
        running.http.head(format!("{}{address}", running.url)).header("range", "bytes=0-1").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "content-length")), (200, Some("1000")));
    assert_eq!((running.fetches("HeadObject").len(), running.fetches("GetObject").len()), (1, 1));
}

#[tokio::test]
async fn without_a_good_token_storage_is_not_asked() {
    let running = start().await;
    running.put_video(10, 0).await;
    let other = signed("/media/anna/2/original", "").replace("/2/", "/1/");
    let expired = signed(PATH, "").replace(&(now() + 60).to_string(), &(now() - 1).to_string());
    for address in [PATH, &other, &expired, &signed(PATH, "download=1").replace("&download=1", ""), "/", "//"] {
        let response = running.get(address, &[]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "cache-control")),
            (403, Some("no-store")),
            "{address}"
        );
    }
    // A good token for what is never served.
    for path in ["/incoming/anna/1", "/media/anna/1", "/media/anna/1/variants/a/b", "/media//1/original", "/other"] {
        assert_eq!(running.get(&signed(path, ""), &[]).await.status().as_u16(), 404, "{path}");
    }
    assert!(running.journal.since(0).iter().all(|entry| entry.by != "edge"));
}

#[tokio::test]
async fn ranges_are_cut_exactly() {
    let running = start().await;
    let body = running.put_video(2 * MIB + 1000, 0).await;
    let address = signed(PATH, "");
    let etag = header(&running.get(&address, &[]).await, "etag").unwrap().to_owned();
    let size = body.len();
    for (range, expected) in [
        ("bytes=0-0".to_owned(), 0..1),
        (format!("bytes={}-{}", MIB - 1, MIB), MIB - 1..MIB + 1),
        (format!("bytes={MIB}-{}", 2 * MIB - 1), MIB..2 * MIB),
        ("bytes=5-".to_owned(), 5..size),
        ("bytes=-1".to_owned(), size - 1..size),
        ("bytes=-99999999999".to_owned(), 0..size),
        (format!("bytes={}-99999999999", size - 2), size - 2..size),
    ] {
        let response = running.get(&address, &[("range", &range), ("if-range", &etag)]).await;
        let content_range = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
        assert_eq!((response.status().as_u16(), header(&response, "content-range")), (206, Some(&*content_range)));
        assert_eq!(header(&response, "content-length"), Some(expected.len().to_string().as_str()));
        assert!(response.bytes().await.unwrap() == body[expected], "{range}");
    }
    for headers in [
        &[("range", "bytes=0-0,5-6")][..],
        &[("range", "bytes=9-8")],
        &[("range", "bytes=0-1"), ("if-range", "\"other\"")],
        &[("range", "bytes=0-1"), ("if-range", &format!("W/{etag}"))],
    ] {
        let response = running.get(&address, headers).await;
        assert_eq!((response.status().as_u16(), header(&response, "content-range")), (200, None), "{headers:?}");
        assert!(response.bytes().await.unwrap() == body);
    }
    let response = running.get(&address, &[("range", &format!("bytes={size}-"))]).await;
    let content_range = format!("bytes */{size}");
    assert_eq!((response.status().as_u16(), header(&response, "content-range")), (416, Some(&*content_range)));
    assert_eq!((running.fetches("HeadObject").len(), running.fetches("GetObject").len()), (1, 3));
}

#[tokio::test]
async fn many_who_ask_at_once_cause_each_fetch_once() {
    let running = start().await;
    let body = running.put_video(3 * MIB, 0).await;
    let address = signed(PATH, "");
    let bodies = join_all((0..8).map(async |_| running.get(&address, &[]).await.bytes().await.unwrap())).await;
    assert!(bodies.iter().all(|got| *got == body));
    assert_eq!((running.fetches("HeadObject").len(), running.fetches("GetObject").len()), (1, 3));
}

#[tokio::test]
async fn a_replaced_or_deleted_object_is_not_served_from_memory() {
    let running = start().await;
    let old = running.put_video(2 * MIB, 0).await;
    let address = signed(PATH, "");
    let part = async |range: &str| {
        let response = running.get(&address, &[("range", range)]).await;
        (response.status().as_u16(), response.bytes().await.unwrap())
    };
    assert!(part("bytes=0-9").await == (206, Bytes::copy_from_slice(&old[..10])));

    // A slice that is fetched shows that the object is another one by now.
    let new = running.put_video(2 * MIB, 1 << 40).await;
    assert!(part("bytes=-10").await == (206, Bytes::copy_from_slice(&new[2 * MIB - 10..])));
    assert!(part("bytes=0-9").await == (206, Bytes::copy_from_slice(&new[..10])));

    // One that is cached shows it when the description has grown old.
    running.functions.delete_object().bucket("media").key(&PATH[1..]).send().await.unwrap();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(part("bytes=0-9").await.0, 404);
}

#[tokio::test]
async fn what_browsers_would_run_is_a_download_in_a_sandbox() {
    let running = start().await;
    let named = "inline; filename=\"a.bin\"; filename*=UTF-8''%C3%A4.bin";
    let attached = "attachment; filename=\"a.bin\"; filename*=UTF-8''%C3%A4.bin";
    let types = [
        ("image/png", true),
        ("video/mp4", true),
        ("audio/mpeg", true),
        ("application/pdf", true),
        ("image/svg+xml", false),
        ("IMAGE/SVG+XML; charset=utf-8", false),
        ("text/html", false),
        ("application/xhtml+xml", false),
        ("text/xml", false),
        ("text/javascript", false),
        ("application/octet-stream", false),
    ];
    for (number, (content_type, shown)) in types.into_iter().enumerate() {
        let path = format!("/media/anna/1/variants/{number}");
        running.put(&path, b"<svg onload=alert(1)>".to_vec(), content_type, named).await;
        let response = running.get(&signed(&path, ""), &[]).await;
        assert_eq!(
            header(&response, "content-disposition"),
            Some(if shown { named } else { attached }),
            "{content_type}"
        );
        let policy = (!shown).then_some("sandbox; default-src 'none'");
        assert_eq!(header(&response, "content-security-policy"), policy, "{content_type}");
        assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"));

        let response = running.get(&signed(&path, "download=1"), &[("range", "bytes=0-1")]).await;
        assert_eq!(header(&response, "content-disposition"), Some(attached), "{content_type}");
    }
}

#[tokio::test]
async fn a_fault_of_storage_shows_nothing_of_storage() {
    let running = start().await;
    let body = running.put_video(3 * MIB, 0).await;
    let address = signed(PATH, "");
    let fault = |operation: &str, kind: FaultKind| Fault {
        service: Service::Storage,
        operation: Some(operation.to_owned()),
        key_contains: None,
        by: Some("edge".to_owned()),
        kind,
        times: 1,
    };
    let denied = || FaultKind::Fail { status: 403, code: "AccessDenied".to_owned() };
    for operation in ["HeadObject", "GetObject"] {
        running.journal.add_fault(fault(operation, denied()));
        let response = running.get(&address, &[]).await;
        assert_eq!(response.status().as_u16(), 502, "{operation}");
        assert_eq!(response.text().await.unwrap(), "The file cannot be read at the moment. Try again.\n");
    }
    running.journal.add_fault(fault("GetObject", FaultKind::BreakOff));
    assert_eq!(running.get(&address, &[]).await.status().as_u16(), 502);

    // Once the answer has begun, a break is all that is left, and never a short file that looks whole.
    assert_eq!(running.get(&address, &[("range", "bytes=0-0")]).await.status().as_u16(), 206);
    running.journal.add_fault(fault("GetObject", FaultKind::BreakOff));
    assert!(running.get(&address, &[]).await.bytes().await.is_err());
    assert!(running.get(&address, &[]).await.bytes().await.unwrap() == body);
    assert_eq!(running.get(&signed("/media/anna/2/original", ""), &[]).await.status().as_u16(), 404);

    let stranger = start_with("another secret").await;
    stranger.put_video(10, 0).await;
    assert_eq!(stranger.get(&address, &[]).await.status().as_u16(), 502);
}

#[tokio::test]
async fn a_client_that_leaves_or_stops_reading_stops_the_fetching_and_holds_up_nobody() {
    let running = start().await;
    let body = running.put_video(48 * MIB, 0).await;
    let address = signed(PATH, "");
    let mut stalled = running.get(&address, &[]).await;
    assert!(stalled.chunk().await.unwrap().is_some());
    let mut leaving = running.get(&address, &[]).await;
    assert!(leaving.chunk().await.unwrap().is_some());
    drop(leaving);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let fetched = running.fetches("GetObject").len();
    assert!(fetched < 40, "{fetched} slices for a client that does not read");

    let whole = running.get(&address, &[]).await.bytes().await.unwrap();
    assert!(whole == body);
    assert_eq!(running.fetches("GetObject").len(), 48);
}

#[tokio::test]
async fn files_are_only_read() {
    let running = start().await;
    let url = format!("{}{}", running.url, signed(PATH, ""));
    let response = running.http.put(&url).body("x").send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, Some("GET, HEAD, OPTIONS")));
    let response = running.http.request(Method::OPTIONS, &url).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), header(&response, "access-control-allow-methods")),
        (204, Some("GET, HEAD"))
    );
}

#[test]
fn only_originals_and_variants_have_a_key() {
    assert_eq!(served_key("/media/a~7c/1/original").unwrap(), "media/a~7c/1/original");
    assert_eq!(served_key("/media/a/1/variants/thumb%20nail.webp").unwrap(), "media/a/1/variants/thumb nail.webp");
    assert_eq!(served_key("/media/a/1/variants/%2562").unwrap(), "media/a/1/variants/%62");
    for path in [
        "/incoming/a/1",
        "/incoming/a/1/original",
        "/media/a/original",
        "/media/a/1/original/",
        "/media/a/1/other",
        "/media/a/1/variants/",
        "/media/a/1/variants/x/y",
        "/media/a/1/variants/..",
        "/media/a/1/variants/%2e%2e",
        "/media/a/1/variants/..%2f..%2f..%2fincoming",
        "/media/a/1/variants/a%5cb",
        "/media/a/1/variants/a%00",
        "/media/a/1/variants/%ff",
        "/media/../incoming/original",
        "/media/%2e/1/original",
        "/media/..%2fincoming/1/original",
        "//media/a/1/original",
        "/MEDIA/a/1/original",
        "/",
        "",
    ] {
        assert_eq!(served_key(path), None, "{path}");
    }
}
