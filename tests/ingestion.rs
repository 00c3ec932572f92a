//! Files that are taken from URLs whose sources are well, and how that goes on where we are not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::ingestion::{
    assert_failed, assert_nothing_left, assert_sound, ingest, ingested, sha256, start, start_with,
};
use crate::support::{Options, Reply, Source, System, eventually, files, media};

const MEBIBYTE: usize = 1 << 20;

#[tokio::test]
async fn a_picture_is_taken_from_its_url_and_becomes_ready() {
    // A proxy that the environment names is not asked, though storage and table (127.0.0.1) may be asked by one.
    let nobody = "http://127.0.0.1:9";
    let proxies = [("http_proxy", nobody), ("ALL_PROXY", nobody), ("no_proxy", "127.0.0.1")];
    let (system, source) = (start_with(&proxies).await, Source::start().await);
    let ada = system.user("ada").await;
    let picture = files::png(400, 300);
    let path = "/pictures/Ferry%20at%20dawn.png?X-Amz-Signature=s3cret";
    let url = source.serve(path, [Reply::file("image/png", &picture)]);
    let begun = ada.post("/v1/assets/from-url", &json!({"url": url, "tags": ["quay"]})).await.expect(202);
    assert_eq!(begun["name"], "Ferry at dawn.png");
    let asset = ada.inspected(begun["id"].as_str().unwrap()).await;
    assert_sound(&asset, &picture);
    assert_eq!((&asset["contentType"], &asset["type"]), (&"image/png".into(), &"image".into()));
    assert_eq!(asset["sourceUrl"], source.url("/pictures/Ferry%20at%20dawn.png"));
    assert_eq!(asset["tags"], json!(["quay"]));
    assert!(asset["urls"]["thumbnail"].is_string() && asset["urls"]["preview"].is_string());
    let original = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
    assert!(original.bytes().await.unwrap() == picture);

    let got = source.got(path);
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].header("accept-encoding"), Some("identity"));
    assert_eq!((got[0].header("range"), got[0].header("referer"), got[0].header("cookie")), (None, None, None));
    let state = system.assert_all_agrees().await;
    assert!(!format!("{:?}", state.items).contains("s3cret"));
    assert_eq!(state.usage_of("ada").into_iter().collect::<Vec<_>>(), {
        let size = i64::try_from(picture.len()).unwrap();
        [("image_bytes", size), ("image_count", 1), ("total_bytes", size)]
    });
}

#[tokio::test]
async fn a_large_file_goes_in_parts_whether_its_length_is_announced_or_not() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(20 * MEBIBYTE + 1);
    for (path, reply) in
        [("/with.mp4", Reply::file("video/mp4", &film)), ("/without.mp4", Reply::chunked("video/mp4", &film))]
    {
        let since = system.asked_since(0).await.last().map_or(0, |asked| asked.number);
        let url = source.serve(path, [reply]);
        let asset = ingested(&ada, json!({"url": url, "type": "video", "sha256": sha256(&film)})).await;
        assert_sound(&asset, &film);
        assert_eq!(asset["metadata"]["width"], 640);
        let original = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(original.headers()["content-type"], "video/mp4");
        assert!(original.bytes().await.unwrap() == film);
        let asked = system.asked_since(since).await;
        let by_us = |operation: &str| {
            asked.iter().filter(|asked| asked.by == "fetch-url" && asked.operation == operation).count()
        };
        assert_eq!((by_us("UploadPart"), by_us("PutObject"), by_us("CompleteMultipartUpload")), (3, 0, 1), "{path}");
        // It is hashed on its way, and not read again for that.
        let read: u64 = asked.iter().filter(|asked| asked.by == "process-metadata").map(|asked| asked.bytes_out).sum();
        assert!(read < MEBIBYTE as u64, "{read}");
    }
    // The largest that goes in one piece, though nobody knew that it would end there.
    let sound = media::wav(16 * MEBIBYTE);
    let url = source.serve("/sound.wav", [Reply::chunked("audio/x-wav", &sound)]);
    let since = system.asked_since(0).await.last().map_or(0, |asked| asked.number);
    assert_sound(&ingested(&ada, json!({"url": url})).await, &sound);
    let asked = system.asked_since(since).await;
    assert!(!asked.iter().any(|asked| asked.operation == "CreateMultipartUpload"));
    let state = system.assert_all_agrees().await;
    assert!(state.multipart_uploads.is_empty());
}

#[tokio::test]
async fn what_breaks_off_goes_on_from_there() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(20 * MEBIBYTE);
    let length = film.len().to_string();
    let rest = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{}", film.len() - 1, film.len());
        let left = (film.len() - from).to_string();
        Reply::new(206, &[("Content-Type", "video/mp4"), ("Content-Length", &left), ("Content-Range", &range)])
            .then(&film[from..to])
    };
    let (first, second) = (9 * MEBIBYTE + 17, 13 * MEBIBYTE + 1);
    let head = [("Content-Type", "video/mp4"), ("Content-Length", &*length), ("ETag", "\"v1\"")];
    let url = source.serve(
        "/film.mp4",
        [
            Reply::new(200, &head).then(&film[..first]),
            // A moment of trouble in between.
            Reply::status(502),
            rest(first, second),
            rest(second, film.len()),
        ],
    );
    let asset = ingested(&ada, json!({"url": url, "sha256": sha256(&film)})).await;
    assert_sound(&asset, &film);
    let got = source.got("/film.mp4");
    let ranges: Vec<_> = got.iter().map(|got| got.header("range").map(ToOwned::to_owned)).collect();
    let from = |start: usize| Some(format!("bytes={start}-"));
    assert_eq!(ranges, [None, from(first), from(first), from(second)]);
    assert!(got[1..].iter().all(|got| got.header("if-range") == Some("\"v1\"")));
    let state = system.assert_all_agrees().await;
    assert!(state.multipart_uploads.is_empty());
}

#[tokio::test]
async fn what_breaks_off_and_cannot_go_on_begins_anew() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(18 * MEBIBYTE);
    let length = film.len().to_string();
    let plain = [("Content-Type", "video/mp4"), ("Content-Length", &*length)];
    let versioned = |etag| [plain[0], plain[1], ("ETag", etag)];
    let half = 17 * MEBIBYTE;
    let range = |from: usize| format!("bytes {from}-{}/{length}", film.len() - 1);
    let (wrong_range, right_range) = (range(0), range(half));
    let of_another = [plain[0], ("ETag", "\"v2\""), ("Content-Range", &*right_range)];
    for (path, broken, again) in [
        ("/no-version.mp4", Reply::new(200, &plain).then(&film[..half]), None),
        ("/weak.mp4", Reply::new(200, &versioned("W/\"v1\"")).then(&film[..half]), None),
        // It changed, or there are no ranges here.
        ("/whole.mp4", Reply::new(200, &versioned("\"v1\"")).then(&film[..half]), Some(Reply::new(200, &plain))),
        (
            "/other-range.mp4",
            Reply::new(200, &versioned("\"v1\"")).then(&film[..half]),
            Some(Reply::new(206, &[plain[0], plain[1], ("Content-Range", &*wrong_range)]).then(&film)),
        ),
        // It looks at the range, and not at which version it is of.
        (
            "/other-version.mp4",
            Reply::new(200, &versioned("\"v1\"")).then(&film[..half]),
            Some(Reply::new(206, &of_another).then(&vec![7; film.len() - half])),
        ),
    ] {
        let replies = [Some(broken), again.clone(), Some(Reply::file("video/mp4", &film))];
        let url = source.serve(path, replies.into_iter().flatten());
        assert_sound(&ingested(&ada, json!({"url": url})).await, &film);
        let ranges = source.got(path).iter().filter(|got| got.header("range").is_some()).count();
        assert_eq!(ranges, usize::from(again.is_some()), "{path}");
    }
    let state = system.assert_all_agrees().await;
    assert!(state.multipart_uploads.is_empty());
}

#[tokio::test]
async fn the_rest_of_a_file_that_ends_too_early_is_not_taken_for_all_of_it() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(18 * MEBIBYTE);
    let (first, second, length) = (9 * MEBIBYTE, 17 * MEBIBYTE, film.len().to_string());
    let whole = [("Content-Type", "video/mp4"), ("Content-Length", &*length), ("ETag", "\"v1\"")];
    // Without a length of its own, the end of the connection is the end of the answer.
    let rest = |from: usize, to: usize| {
        let range = format!("bytes {from}-{}/{length}", film.len() - 1);
        Reply::new(206, &[("Content-Type", "video/mp4"), ("Content-Range", &range)]).then(&film[from..to])
    };
    let replies = [Reply::new(200, &whole).then(&film[..first]), rest(first, second), rest(second, film.len())];
    let url = source.serve("/a.mp4", replies);
    assert_sound(&ingested(&ada, json!({"url": url})).await, &film);
    assert_eq!(source.got("/a.mp4").len(), 3);
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_source_is_not_blamed_for_storage_that_takes_its_time() {
    let (system, source) = (start_with(&[("SOURCE_IDLE_SECONDS", "1")]).await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(33 * MEBIBYTE);
    let stall = json!({"stall": {"milliseconds": 2500}});
    let fault = json!({"service": "storage", "by": "fetch-url", "operation": "UploadPart", "kind": stall, "times": 2});
    system.fault(fault).await;
    let url = source.serve("/a.mp4", [Reply::file("video/mp4", &film)]);
    assert_sound(&ingested(&ada, json!({"url": url})).await, &film);
    assert_eq!(source.got("/a.mp4").len(), 1);
}

#[tokio::test]
async fn a_file_with_another_digest_than_was_declared_leaves_nothing() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let (picture, film) = (files::png(40, 30), files::mp4(17 * MEBIBYTE));
    for (path, reply) in [
        ("/a.png", Reply::file("image/png", &picture)),
        ("/a.mp4", Reply::file("video/mp4", &film)),
        ("/b.mp4", Reply::chunked("video/mp4", &film)),
    ] {
        let url = source.serve(path, [reply]);
        let asset = ingested(&ada, json!({"url": url, "sha256": "ab".repeat(32)})).await;
        assert_failed(&asset, "checksum_mismatch", &"ab".repeat(32));
        assert_nothing_left(&system).await;
    }
}

#[tokio::test]
async fn a_fetch_that_nobody_wants_any_more_ends_and_leaves_nothing() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(18 * MEBIBYTE);
    let slow = |reply: Reply| reply.then_forever(&[7; 1024], Duration::from_millis(50));
    let length = (19 * MEBIBYTE).to_string();
    let announced = Reply::new(200, &[("Content-Type", "video/mp4"), ("Content-Length", &length)]).then(&film);
    let chunked = [("Content-Type", "video/mp4"), ("Transfer-Encoding", "chunked")];
    let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
    let chunked = Reply::new(200, &chunked).then_chunk(&film);
    let chunked = chunked.then_forever(chunk.as_bytes(), Duration::from_millis(50));
    let announced = source.serve("/announced.mp4", [slow(announced)]);
    let chunked = source.serve("/chunked.mp4", [chunked]);
    let mut ids = Vec::new();
    for url in [&announced, &announced, &chunked, &chunked] {
        ids.push(ingest(&ada, json!({"url": url})).await);
    }
    eventually("all are at it", async || {
        let state = system.state().await;
        (state.multipart_uploads.len() == 4 && state.parts.len() >= 8).then_some(())
    })
    .await;
    assert_eq!(system.state().await.usage("ada", "active_ingestions"), 4);
    for (number, id) in ids.iter().enumerate() {
        let what = if number % 2 == 0 { "uploads" } else { "assets" };
        ada.delete(&format!("/v1/{what}/{id}")).await.expect(204);
    }
    assert!(system.state().await.usage_of("ada").is_empty());
    assert_nothing_left(&system).await;
    assert_eq!(system.dead_letters().await, 0);
}

/// Lets the next `times` requests of the fetching function go wrong.
async fn fault(system: &System, operation: &str, kind: &Value, times: u32) {
    let tables = ["GetItem", "PutItem", "TransactWriteItems"];
    let service = if tables.contains(&operation) { "table" } else { "storage" };
    let fault = json!({"service": service, "operation": operation, "by": "fetch-url", "kind": kind, "times": times});
    system.fault(fault).await;
}

#[tokio::test]
async fn a_fetch_that_storage_or_table_fails_is_tried_again_until_it_succeeds() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let (picture, film) = (files::png(40, 30), files::mp4(17 * MEBIBYTE));
    let picture_url = source.serve("/a.png", [Reply::file("image/png", &picture)]);
    let film_url = source.serve("/a.mp4", [Reply::chunked("video/mp4", &film)]);
    let busy = json!({"fail": {"status": 503, "code": "SlowDown"}});
    let refused = json!({"fail": {"status": 403, "code": "AccessDenied"}});
    let (lost, broken) = (json!("loseAnswer"), json!("breakOff"));
    for (operation, kind, times) in [
        ("PutObject", &busy, 3),
        ("PutObject", &refused, 1),
        ("PutObject", &lost, 1),
        ("GetItem", &broken, 2),
        ("PutItem", &lost, 1),
        ("PutItem", &broken, 1),
        ("TransactWriteItems", &lost, 1),
        ("TransactWriteItems", &broken, 1),
        // Written, and not known to be, however often it is asked.
        ("TransactWriteItems", &lost, 3),
        ("TransactWriteItems", &lost, 4),
    ] {
        fault(&system, operation, kind, times).await;
        assert_sound(&ingested(&ada, json!({"url": picture_url})).await, &picture);
        system.clear_faults().await;
    }
    for (operation, kind, times) in [
        ("CreateMultipartUpload", &refused, 1),
        ("UploadPart", &busy, 1),
        ("UploadPart", &lost, 1),
        ("UploadPart", &broken, 2),
        ("UploadPart", &refused, 2),
        ("CompleteMultipartUpload", &busy, 3),
        ("CompleteMultipartUpload", &lost, 1),
        ("CompleteMultipartUpload", &refused, 1),
        ("TransactWriteItems", &lost, 2),
    ] {
        fault(&system, operation, kind, times).await;
        assert_sound(&ingested(&ada, json!({"url": film_url})).await, &film);
        system.clear_faults().await;
        let state = system.at_rest().await;
        assert!(state.multipart_uploads.is_empty(), "{operation} {kind}");
    }
    assert_eq!(system.dead_letters().await, 0);
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_fetch_that_always_fails_through_our_fault_is_given_up_and_its_message_kept() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(17 * MEBIBYTE);
    let url = source.serve("/a.mp4", [Reply::file("video/mp4", &film)]);
    let refused = json!({"fail": {"status": 403, "code": "AccessDenied"}});
    for (number, operation) in ["CompleteMultipartUpload", "UploadPart", "CreateMultipartUpload"].iter().enumerate() {
        fault(&system, operation, &refused, 1000).await;
        let asset = ingested(&ada, json!({"url": url})).await;
        assert_failed(&asset, "ingestion_gave_up", "through no fault of its source");
        eventually("the message is given up", async || {
            (system.dead_letters().await == number as u64 + 1).then_some(())
        })
        .await;
        assert_eq!(source.got("/a.mp4").len(), 3 * (number + 1));
        system.clear_faults().await;
        assert_nothing_left(&system).await;
    }
}

#[tokio::test]
async fn a_file_that_the_quota_has_no_room_for_leaves_nothing() {
    let (system, source) = (start_with(&[("QUOTA_MB", "18")]).await, Source::start().await);
    let ada = system.user("ada").await;
    for (size, kind) in [(18 * MEBIBYTE + 1, "mp4"), (25 * MEBIBYTE, "mp4")] {
        let film = files::mp4(size);
        for reply in [Reply::file("video/mp4", &film), Reply::chunked("video/mp4", &film)] {
            let url = source.serve(&format!("/{size}.{kind}"), [reply]);
            let asset = ingested(&ada, json!({"url": url})).await;
            assert_failed(&asset, "quota_exceeded", "exceeds your quota");
            assert_nothing_left(&system).await;
        }
    }
    // What fits exactly is taken, and then there is room for nothing more.
    let film = files::mp4(18 * MEBIBYTE - 1000);
    let url = source.serve("/fits.mp4", [Reply::chunked("video/mp4", &film)]);
    assert_sound(&ingested(&ada, json!({"url": url})).await, &film);
    let url = source.serve("/picture.png", [Reply::chunked("image/png", &files::png(400, 300))]);
    assert_failed(&ingested(&ada, json!({"url": url})).await, "quota_exceeded", "exceeds your quota");
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_slow_fetch_shows_how_far_it_is() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let film = files::mp4(20 * MEBIBYTE);
    let length = film.len().to_string();
    let reply = Reply::new(200, &[("Content-Type", "video/mp4"), ("Content-Length", &length)])
        .then(&film[..9 * MEBIBYTE])
        .then_waits(Duration::from_millis(5200))
        .then(&film[9 * MEBIBYTE..10 * MEBIBYTE])
        .then_waits(Duration::from_millis(3000))
        .then(&film[10 * MEBIBYTE..]);
    let id = ingest(&ada, json!({"url": source.serve("/film.mp4", [reply])})).await;
    let progress = async |what: &str, is_so: fn(&Value) -> bool| {
        eventually(what, async || {
            let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
            is_so(&progress).then_some(progress)
        })
        .await
    };
    let begun = progress("the source has answered", |progress| progress["size"].is_u64()).await;
    assert_eq!((&begun["status"], &begun["size"]), (&"ingesting".into(), &json!(film.len())));
    assert_eq!((&begun["bytesUploaded"], &begun["percent"]), (&json!(0), &json!(0.0)));
    let state = system.state().await;
    state.assert_usage_adds_up();
    assert_eq!(state.usage("ada", "reserved_bytes"), i64::try_from(film.len()).unwrap());
    let under_way = progress("bytes have come", |progress| progress["bytesUploaded"] != 0).await;
    let bytes = under_way["bytesUploaded"].as_u64().unwrap();
    assert!((9 * MEBIBYTE as u64..=10 * MEBIBYTE as u64).contains(&bytes), "{under_way}");
    assert!((45.0..=50.0).contains(&under_way["percent"].as_f64().unwrap()), "{under_way}");
    assert!(under_way["speedBytesPerSecond"].as_f64().unwrap() > 0.0);
    assert!(under_way["etaSeconds"].as_f64().unwrap() > 0.0);
    assert_sound(&ada.inspected(&id).await, &film);
}

#[tokio::test]
async fn a_fetch_that_died_is_begun_anew_and_leaves_no_parts() {
    let folder = tempfile::tempdir().unwrap();
    let source = Source::start().await;
    let options = || Options {
        data: Some(folder.path().to_owned()),
        variables: vec![("ALLOW_LOOPBACK_SOURCES", "1".to_owned())],
        retry_after: Some(0),
        ..Options::default()
    };
    let system = System::start_with(options()).await;
    let ada = system.user("ada").await;
    let film = files::mp4(20 * MEBIBYTE);
    let length = film.len().to_string();
    let head = [("Content-Type", "video/mp4"), ("Content-Length", &*length)];
    let held = Reply::new(200, &head).then(&film[..17 * MEBIBYTE]).then_waits(Duration::from_secs(60));
    let url = source.serve("/film.mp4", [held, Reply::file("video/mp4", &film)]);
    let id = ingest(&ada, json!({"url": url, "sha256": sha256(&film)})).await;
    eventually("two parts are there", async || (system.state().await.parts.len() == 2).then_some(())).await;
    system.kill();
    let system = System::start_with(options()).await;
    let ada = system.user("ada").await;
    assert_sound(&ada.inspected(&id).await, &film);
    assert_eq!(source.got("/film.mp4").len(), 2);
    let state = system.assert_all_agrees().await;
    assert!(state.multipart_uploads.is_empty());
}
