//! Storage as its clients see it: through HTTP, signed by the AWS SDK.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::fmt::Debug;
use std::time::{Duration, Instant};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    AppName, BehaviorVersion, Credentials as SdkCredentials, Region, RequestChecksumCalculation, retry::RetryConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use quayside_store::connections::http_client;
use reqwest::{Method, StatusCode};
use time::OffsetDateTime;
use tokio::task::JoinHandle;

use super::*;
use crate::journal::{Entry, Fault, Journal};

const BUCKET: &str = "media";
const MIB: usize = 1024 * 1024;

struct Server {
    storage: Storage,
    journal: Journal,
    client: Client,
    http: reqwest::Client,
    serving: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    async fn start() -> Self {
        Self::over(Storage::open(None).unwrap()).await
    }

    async fn over(storage: Storage) -> Self {
        storage.create_bucket_with(BUCKET, &["https://page.test".to_owned()]).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let journal = Journal::new();
        let keys =
            ["functions", "edge"].map(|name| Credentials { key_id: name.into(), secret: format!("{name}-secret") });
        let serving = tokio::spawn(serve(listener, storage.clone(), keys.into(), journal.clone()));
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client().unwrap())
            .endpoint_url(endpoint)
            .force_path_style(true)
            .region(Region::new("us-west-004"))
            .credentials_provider(SdkCredentials::new("functions", "functions-secret", None, None, "test"))
            .app_name(AppName::new("complete-upload").unwrap())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .retry_config(RetryConfig::disabled())
            .build();
        let http = reqwest::Client::new();
        Self { storage, journal, client: Client::from_conf(config), http, serving }
    }

    async fn put(&self, key: &str, body: &[u8]) {
        let body = ByteStream::from(body.to_vec());
        self.client.put_object().bucket(BUCKET).key(key).body(body).send().await.unwrap();
    }

    async fn get(&self, key: &str) -> Vec<u8> {
        let answer = self.client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
        answer.body.collect().await.unwrap().to_vec()
    }

    async fn create_upload(&self, key: &str) -> String {
        let created = self.client.create_multipart_upload().bucket(BUCKET).key(key).send().await.unwrap();
        created.upload_id.unwrap()
    }

    async fn put_part(&self, key: &str, upload: &str, number: i32, body: Vec<u8>) -> CompletedPart {
        let request = self.client.upload_part().bucket(BUCKET).key(key).upload_id(upload).part_number(number);
        let part = request.body(body.into()).send().await.unwrap();
        CompletedPart::builder().part_number(number).e_tag(part.e_tag.unwrap()).build()
    }

    async fn complete(&self, key: &str, upload: &str, parts: &[CompletedPart]) -> std::result::Result<String, String> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build();
        let request = self.client.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(upload);
        request.multipart_upload(parts).send().await.map(|done| done.e_tag.unwrap()).map_err(|error| code(&error))
    }

    async fn presign_put(&self, key: &str, expires_in: Duration) -> PresignedRequest {
        let expiry = PresigningConfig::expires_in(expires_in).unwrap();
        self.client.put_object().bucket(BUCKET).key(key).presigned(expiry).await.unwrap()
    }

    fn blob_count(&self) -> usize {
        fs::read_dir(self.storage.shared.blobs.directory()).unwrap().count()
    }

    fn fault(&self, text: &str) {
        self.journal.add_fault(serde_json::from_str::<Fault>(text).unwrap());
    }

    fn last_entry(&self) -> Entry {
        self.journal.since(0).pop().unwrap()
    }
}

fn code<E: ProvideErrorMetadata + Debug>(error: &SdkError<E>) -> String {
    match error.as_service_error() {
        Some(error) => error.code().unwrap_or_default().to_owned(),
        None => "no answer".to_owned(),
    }
}

fn part(number: u8, size: usize) -> Vec<u8> {
    vec![number; size]
}

/// As `kill -9` leaves it: all files as they are at this moment.
fn copy_of(directory: &Path) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            let to = to.join(file.file_name());
            if file.file_type().unwrap().is_dir() {
                copy(&file.path(), &to);
            } else {
                fs::copy(file.path(), to).unwrap();
            }
        }
    }
    let to = TempDir::new().unwrap();
    copy(directory, to.path());
    to
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_and_what_was_not_leaves_nothing() {
    let directory = TempDir::new().unwrap();
    let server = Server::over(Storage::open(Some(directory.path())).unwrap()).await;
    server.put("media/a", b"whole").await;
    let upload = server.create_upload("media/b").await;
    let first = server.put_part("media/b", &upload, 1, part(1, 5 * MIB)).await;

    // A body of which more comes never: three of eight MiB.
    let request = server.presign_put("media/half", Duration::from_secs(60)).await;
    let (more, body) = tokio::sync::mpsc::channel::<std::result::Result<Vec<u8>, std::io::Error>>(8);
    let body = futures::stream::unfold(body, |mut body| async { Some((body.recv().await?, body)) });
    let half = server.http.put(request.uri()).header("content-length", 8 * MIB).body(reqwest::Body::wrap_stream(body));
    let half = tokio::spawn(half.send());
    for _ in 0..3 {
        more.send(Ok(vec![7; MIB])).await.unwrap();
    }
    while server.blob_count() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let killed = copy_of(directory.path());
    half.abort();

    let server = Server::over(Storage::open(Some(killed.path())).unwrap()).await;
    assert_eq!(server.blob_count(), 2, "the half body is gone");
    assert_eq!(server.get("media/a").await, b"whole");
    let missing = server.client.head_object().bucket(BUCKET).key("media/half").send().await.unwrap_err();
    assert_eq!(code(&missing), "NotFound");
    let second = server.put_part("media/b", &upload, 2, part(2, 10)).await;
    server.complete("media/b", &upload, &[first, second]).await.unwrap();
    assert_eq!(server.get("media/b").await, [part(1, 5 * MIB), part(2, 10)].concat());
}

#[tokio::test]
async fn a_directory_belongs_to_one_storage_at_a_time() {
    let directory = TempDir::new().unwrap();
    let first = Storage::open(Some(directory.path())).unwrap();
    assert!(matches!(Storage::open(Some(directory.path())), Err(Error::InUse(path)) if path == directory.path()));
    drop(first);
    Storage::open(Some(directory.path())).unwrap();
}

#[tokio::test]
async fn an_ephemeral_storage_leaves_no_files() {
    let storage = Storage::open(None).unwrap();
    let directory = storage.shared._temporary.as_ref().unwrap().path().to_owned();
    assert!(directory.exists());
    drop(storage);
    assert!(!directory.exists());
}

#[tokio::test]
async fn a_complete_that_failed_can_be_repeated_and_one_that_worked_cannot() {
    let server = Server::start().await;
    let upload = server.create_upload("media/a").await;
    let small = server.put_part("media/a", &upload, 1, part(1, 10)).await;
    let last = server.put_part("media/a", &upload, 2, part(2, 20)).await;
    let named_wrong = CompletedPart::builder().part_number(2).e_tag(small.e_tag().unwrap()).build();
    let missing = CompletedPart::builder().part_number(3).e_tag(small.e_tag().unwrap()).build();

    let complete = async |parts: &[CompletedPart]| server.complete("media/a", &upload, parts).await;
    assert_eq!(complete(&[small.clone(), named_wrong]).await, Err("InvalidPart".to_owned()));
    assert_eq!(complete(&[small.clone(), missing]).await, Err("InvalidPart".to_owned()));
    assert_eq!(complete(&[last.clone(), small.clone()]).await, Err("InvalidPartOrder".to_owned()));
    assert_eq!(complete(&[last.clone(), last.clone()]).await, Err("InvalidPartOrder".to_owned()));
    assert_eq!(complete(&[small.clone(), last.clone()]).await, Err("EntityTooSmall".to_owned()));
    assert_eq!(server.complete("media/b", &upload, std::slice::from_ref(&last)).await, Err("NoSuchUpload".to_owned()));

    let first = server.put_part("media/a", &upload, 1, part(3, 5 * MIB)).await;
    assert_eq!(complete(&[small, last.clone()]).await, Err("InvalidPart".to_owned()), "the part was overwritten");
    complete(&[first.clone(), last.clone()]).await.unwrap();
    assert_eq!(server.get("media/a").await, [part(3, 5 * MIB), part(2, 20)].concat());
    assert_eq!(server.blob_count(), 2, "the overwritten part is gone");

    assert_eq!(complete(&[first, last]).await, Err("NoSuchUpload".to_owned()));
    let late = server.client.upload_part().bucket(BUCKET).key("media/a").upload_id(&upload).part_number(3);
    assert_eq!(code(&late.body(part(4, 5).into()).send().await.unwrap_err()), "NoSuchUpload");
    assert_eq!(server.blob_count(), 2);
}

#[tokio::test]
async fn of_two_completes_at_once_one_wins_and_parts_may_come_in_any_order_at_once() {
    let server = Server::start().await;
    for round in 0..5 {
        let key = format!("media/{round}");
        let upload = server.create_upload(&key).await;
        let sizes = [5 * MIB, 5 * MIB, 5 * MIB, 100];
        // The third is sent twice at once: whichever is kept, it is kept whole.
        let [fourth, third, first, again, second] = [3, 2, 0, 2, 1].map(|index: usize| {
            server.put_part(&key, &upload, i32::try_from(index).unwrap() + 1, part(9, sizes[index]))
        });
        let (fourth, third, first, again, second) = tokio::join!(fourth, third, first, again, second);
        assert_eq!(third, again);

        let parts = [first, second, third, fourth];
        let (one, other) = tokio::join!(server.complete(&key, &upload, &parts), server.complete(&key, &upload, &parts));
        let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
        assert!(won.unwrap().ends_with("-4\""));
        assert_eq!(lost, Err("NoSuchUpload".to_owned()));
        assert_eq!(server.get(&key).await, part(9, 15 * MIB + 100));
        assert_eq!(server.blob_count(), 4 * (round + 1));
    }
}

#[tokio::test]
async fn whoever_reads_an_object_while_it_is_replaced_gets_it_whole_and_then_its_bytes_go() {
    let server = Server::start().await;
    let before = part(1, 30 * MIB);
    server.put("media/a", &before).await;
    let reading = server.client.get_object().bucket(BUCKET).key("media/a").send().await.unwrap();
    server.put("media/a", b"after").await;
    assert_eq!(server.blob_count(), 2);
    assert_eq!(reading.body.collect().await.unwrap().to_vec(), before);
    assert_eq!(server.get("media/a").await, b"after");
    while server.blob_count() > 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_range_is_read_across_parts() {
    let server = Server::start().await;
    let upload = server.create_upload("media/a").await;
    let first = server.put_part("media/a", &upload, 1, part(1, 5 * MIB)).await;
    let second = server.put_part("media/a", &upload, 2, part(2, 10)).await;
    server.complete("media/a", &upload, &[first, second]).await.unwrap();
    let get = |range: &str| server.client.get_object().bucket(BUCKET).key("media/a").range(range).send();
    let across = get("bytes=5242878-5242881").await.unwrap();
    assert_eq!(across.content_range(), Some("bytes 5242878-5242881/5242890"));
    assert_eq!(across.body.collect().await.unwrap().to_vec(), [1, 1, 2, 2]);
    assert_eq!(get("bytes=-3").await.unwrap().body.collect().await.unwrap().to_vec(), [2, 2, 2]);
    assert_eq!(code(&get("bytes=5242890-").await.unwrap_err()), "InvalidRange");
}

#[tokio::test]
async fn the_bearer_of_a_presigned_url_can_do_what_was_signed_and_nothing_else() {
    let server = Server::start().await;
    let signed = server.presign_put("incoming/a", Duration::from_secs(60)).await;
    let send = async |method: Method, url: &str, header: (&str, &str)| {
        server.http.request(method, url).header(header.0, header.1).body("bytes").send().await.unwrap().status()
    };
    let plain = ("accept", "*/*");
    assert_eq!(send(Method::PUT, signed.uri(), ("x-amz-meta-owner", "eve")).await, StatusCode::FORBIDDEN);
    assert_eq!(send(Method::PUT, signed.uri(), ("x-amz-copy-source", "media/secret")).await, StatusCode::FORBIDDEN);
    assert_eq!(send(Method::DELETE, signed.uri(), plain).await, StatusCode::FORBIDDEN);
    assert_eq!(send(Method::PUT, &signed.uri().replace("incoming/a", "media/a"), plain).await, StatusCode::FORBIDDEN);
    assert_eq!(send(Method::PUT, &signed.uri().replace("s=60&", "s=604801&"), plain).await, StatusCode::BAD_REQUEST);
    let unsigned = signed.uri().split('?').next().unwrap();
    assert_eq!(send(Method::PUT, unsigned, plain).await, StatusCode::FORBIDDEN);
    assert_eq!(server.blob_count(), 0);

    assert_eq!(send(Method::PUT, signed.uri(), plain).await, StatusCode::OK);
    assert_eq!(server.get("incoming/a").await, b"bytes");
}

#[tokio::test]
async fn a_form_is_answered_as_b2_answers_it() {
    let server = Server::start().await;
    let url = server.presign_put("a", Duration::from_secs(60)).await.uri().split("/a?").next().unwrap().to_owned();
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n";
    let request = server.http.post(url).header("content-type", "multipart/form-data; boundary=b").body(form);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_IMPLEMENTED);
    assert_eq!(server.last_entry().operation, "PostObject");
}

#[tokio::test]
async fn a_page_may_read_answers_and_refusals_where_the_bucket_allows_its_origin() {
    let server = Server::start().await;
    let signed = server.presign_put("incoming/a", Duration::from_secs(60)).await;
    let send = async |method: Method, url: &str, origin: &str| {
        let request = server.http.request(method, url).header("origin", origin).body("x");
        request.header("access-control-request-method", "PUT").send().await.unwrap()
    };
    let preflight = send(Method::OPTIONS, signed.uri(), "https://page.test").await;
    assert_eq!(preflight.status(), StatusCode::OK);
    assert_eq!(preflight.headers()["access-control-allow-origin"], "https://page.test");
    assert_eq!(send(Method::OPTIONS, signed.uri(), "https://evil.test").await.status(), StatusCode::FORBIDDEN);

    let put = send(Method::PUT, signed.uri(), "https://page.test").await;
    assert_eq!(put.headers()["access-control-expose-headers"], "ETag");
    let refused = send(Method::PUT, &signed.uri().replace("incoming/a", "media/a"), "https://page.test").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.headers()["access-control-allow-origin"], "https://page.test");
    let stranger = send(Method::PUT, signed.uri(), "https://evil.test").await;
    assert!(!stranger.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_list_pages_through_keys_and_prefixes_without_losing_or_repeating_one() {
    let server = Server::start().await;
    for key in ["a", "b/1", "b/2", "b0", "c/w", "c/x", "d"] {
        server.put(key, b"").await;
    }
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let list = server.client.list_objects_v2().bucket(BUCKET).delimiter("/").max_keys(1);
        let page = list.set_continuation_token(token).send().await.unwrap();
        assert_eq!(page.key_count(), Some(1));
        seen.extend(page.contents().iter().filter_map(|object| object.key().map(str::to_owned)));
        seen.extend(page.common_prefixes().iter().filter_map(|prefix| prefix.prefix().map(str::to_owned)));
        token = page.next_continuation_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a", "b/", "b0", "c/", "d"]);

    let list = server.client.list_objects_v2().bucket(BUCKET).continuation_token("not one of ours!").send().await;
    assert_eq!(code(&list.unwrap_err()), "InvalidArgument");
    let versions = server.client.list_object_versions().bucket(BUCKET).prefix("b/").send().await.unwrap();
    for version in versions.versions() {
        let delete = server.client.delete_object().bucket(BUCKET).key(version.key().unwrap());
        delete.version_id(version.version_id().unwrap()).send().await.unwrap();
    }
    assert_eq!((versions.versions().len(), server.blob_count()), (2, 5));
}

#[tokio::test]
async fn the_lifecycle_empties_incoming_after_two_days_and_aborts_uploads_after_seven() {
    let server = Server::start().await;
    server.put("incoming/a", b"x").await;
    server.put("media/a", b"x").await;
    let upload = server.create_upload("media/b").await;
    server.put_part("media/b", &upload, 1, part(1, 10)).await;

    let now = OffsetDateTime::now_utc();
    assert_eq!(server.storage.sweep_lifecycle(now + time::Duration::hours(47)).await.unwrap(), (0, 0));
    assert_eq!(server.storage.sweep_lifecycle(now + time::Duration::hours(49)).await.unwrap(), (1, 0));
    assert_eq!(server.storage.sweep_lifecycle(now + time::Duration::hours(169)).await.unwrap(), (0, 1));
    assert_eq!(server.storage.sweep_lifecycle(now + time::Duration::hours(49)).await.unwrap(), (0, 0));
    assert_eq!(server.get("media/a").await, b"x");
    assert_eq!(server.blob_count(), 1);
}

#[tokio::test]
async fn the_journal_says_who_asked_for_what_and_what_came_of_it() {
    let server = Server::start().await;
    server.put("media/a b", b"12345").await;
    let put = server.last_entry();
    assert_eq!((put.operation.as_str(), put.key.as_deref()), ("PutObject", Some("media/a b")));
    assert_eq!((put.by.as_str(), put.status, put.bytes_in), ("complete-upload", Some(200), 5));

    server.get("media/a b").await;
    let get = server.last_entry();
    assert_eq!((get.operation.as_str(), get.status, get.bytes_out), ("GetObject", Some(200), 5));
    assert!(get.started_at_micros >= put.ended_at_micros && get.ended_at_micros > get.started_at_micros);

    let url = server.presign_put("media/b", Duration::from_secs(60)).await;
    let refused = server.http.put(url.uri().replace("media/b", "media/c")).body("xyz").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let entry = server.last_entry();
    assert_eq!((entry.by.as_str(), entry.status, entry.bytes_in), ("client", Some(403), 3));
    assert_eq!(entry.key.as_deref(), Some("media/c"));
}

#[tokio::test]
async fn faults_fail_stall_and_break_off_the_requests_that_they_name() {
    let server = Server::start().await;
    let put = |key: &str| server.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send();
    let get = |key: &str| server.client.get_object().bucket(BUCKET).key(key).send();

    server.fault(
        r#"{"service": "storage", "operation": "PutObject", "keyContains": "media/", "by": "complete-upload",
            "kind": {"fail": {"status": 503, "code": "SlowDown"}}, "times": 2}"#,
    );
    put("incoming/a").await.unwrap();
    assert_eq!(code(&put("media/a").await.unwrap_err()), "SlowDown");
    assert_eq!(server.last_entry().status, Some(503));
    assert_eq!(code(&put("media/a").await.unwrap_err()), "SlowDown");
    assert_eq!(code(&get("media/a").await.unwrap_err()), "NoSuchKey");
    put("media/a").await.unwrap();

    server.fault(r#"{"service": "storage", "kind": {"stall": {"milliseconds": 200}}}"#);
    let start = Instant::now();
    get("media/a").await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(200));

    server.fault(r#"{"service": "storage", "kind": "breakOff"}"#);
    assert_eq!(code(&put("media/b").await.unwrap_err()), "no answer");
    assert_eq!(server.last_entry().status, None);
    assert_eq!(code(&get("media/b").await.unwrap_err()), "NoSuchKey", "it was not carried out");

    server.fault(r#"{"service": "storage", "kind": "loseAnswer"}"#);
    assert_eq!(code(&put("media/b").await.unwrap_err()), "no answer");
    get("media/b").await.unwrap();

    server.put("media/large", &part(1, 4 * MIB)).await;
    server.fault(r#"{"service": "storage", "operation": "GetObject", "kind": "breakOff"}"#);
    let mut body = get("media/large").await.unwrap().body;
    let mut received = 0;
    while let Ok(Some(bytes)) = body.try_next().await {
        received += bytes.len();
    }
    assert_eq!(received, 2 * MIB);
    assert_eq!((server.last_entry().status, server.last_entry().bytes_out), (None, 2 * MIB as u64));
}

#[tokio::test]
async fn keys_that_b2_does_not_take_are_refused() {
    let server = Server::start().await;
    let put = async |key: &str| {
        let request = server.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x"));
        request.send().await.map(drop).map_err(|error| code(&error))
    };
    let (segment, too_long) = ("a".repeat(250), "a".repeat(251));
    let longest = format!("{segment}/{segment}/{segment}/{segment}/{}", "b".repeat(20));
    assert_eq!(longest.len(), 1024);
    let wide = "\u{e9}".repeat(125);
    for key in ["a", "a b/\u{e9}.txt", &segment, &wide, &longest] {
        assert_eq!(put(key).await, Ok(()), "{key}");
    }
    for key in [
        "a\tb",
        "a\nb",
        "a\u{1f}",
        "a\u{7f}b",
        "a\\b",
        "/a",
        "a/",
        "a//b",
        &too_long,
        &format!("media/{too_long}/original"),
        &format!("{wide}a"),
    ] {
        assert_eq!(put(key).await, Err("InvalidArgument".to_owned()), "{key:?}");
    }
    assert_eq!(put(&format!("{longest}b")).await, Err("KeyTooLongError".to_owned()));

    let upload = server.client.create_multipart_upload().bucket(BUCKET).key(&too_long).send().await;
    assert_eq!(code(&upload.unwrap_err()), "InvalidArgument");
    let copy = server.client.copy_object().bucket(BUCKET).copy_source(format!("{BUCKET}/a")).key("b//c").send().await;
    assert_eq!(code(&copy.unwrap_err()), "InvalidArgument");
    let listed = server.client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert_eq!(listed.key_count(), Some(5), "nothing that was refused is there");
}

#[tokio::test]
async fn headers_that_b2_does_not_take_are_refused() {
    let server = Server::start().await;
    let put = || server.client.put_object().bucket(BUCKET).key("a").body(ByteStream::from_static(b"x"));
    let result = async |request: aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder| {
        request.send().await.map(drop).map_err(|error| code(&error))
    };
    let too_large = Err("MetadataTooLarge".to_owned());
    assert_eq!(result(put().metadata("owner", "a".repeat(2_043))).await, Ok(()));
    assert_eq!(result(put().metadata("owner", "a".repeat(2_044))).await, too_large);
    assert_eq!(result(put().content_disposition("a".repeat(6_800))).await, Ok(()));
    assert_eq!(result(put().content_disposition("a".repeat(7_000))).await, too_large);
    assert_eq!(result(put().content_disposition("\"".repeat(2_400))).await, too_large, "it is sent percent-encoded");
}
