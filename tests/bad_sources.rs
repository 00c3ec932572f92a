//! Sources that redirect, refuse, lie, stall and never end.

use std::io::Write;
use std::time::Duration;

use serde_json::json;

use crate::support::ingestion::{
    assert_failed, assert_nothing_left, assert_sound, ingest, ingested, start, start_with,
};
use crate::support::{Reply, Source, System, User, files};

const MEBIBYTE: usize = 1 << 20;

/// Takes a file from each URL at once, and checks how it fails.
async fn assert_all_fail(system: &System, user: &User, cases: Vec<(String, &str, &str)>) {
    let ids = cases.iter().map(|(url, _, _)| ingest(user, json!({"url": url, "name": "a.png"})));
    let ids = futures::future::join_all(ids).await;
    for (id, (url, code, says)) in ids.iter().zip(&cases) {
        let asset = user.inspected(id).await;
        assert_eq!(asset["failure"]["code"], *code, "{url}: {asset}");
        assert_failed(&asset, code, says);
    }
    assert_nothing_left(system).await;
    assert_eq!(system.dead_letters().await, 0);
}

#[tokio::test]
async fn what_a_source_answers_is_told_to_the_files_owner() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let mut cases = Vec::new();
    for (status, code, says, tries) in [
        (401, "source_refused", "wants a login", 1),
        (403, "source_refused", "does not let us have the file", 1),
        (404, "source_not_found", "has no such file", 1),
        (410, "source_gone", "no longer has the file", 1),
        (418, "source_refused", "status 418", 1),
        (451, "source_refused", "legal", 1),
        (204, "unreadable", "no bytes", 1),
        (500, "source_unreachable", "fails (status 500)", 5),
        (429, "source_busy", "is busy", 5),
    ] {
        let path = format!("/{status}?token=s3cret");
        cases.push((path.clone(), source.serve(&path, [Reply::status(status)]), code, says, tries));
    }
    let later = Reply::new(503, &[("Retry-After", "100000"), ("Content-Length", "0")]);
    let url = source.serve("/later", [later]);
    cases.push(("/later".to_owned(), url, "source_busy", "asks to wait for 27 hours", 1));
    let urls = cases.iter().map(|(_, url, code, says, _)| (url.clone(), *code, *says)).collect();
    assert_all_fail(&system, &ada, urls).await;
    for (path, _, _, _, tries) in cases {
        assert_eq!(source.got(&path).len(), tries, "{path}");
    }
}

#[tokio::test]
async fn a_source_that_is_busy_for_a_moment_is_asked_again_when_it_says() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let picture = files::png(40, 30);
    let busy = |status, after: &str| Reply::new(status, &[("Retry-After", after), ("Content-Length", "0")]);
    let begun = std::time::Instant::now();
    let replies = [busy(429, "1"), busy(503, "0"), Reply::status(500), Reply::file("image/png", &picture)];
    let url = source.serve("/a.png", replies);
    assert_sound(&ingested(&ada, json!({"url": url})).await, &picture);
    assert_eq!(source.got("/a.png").len(), 4);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn redirects_are_followed_as_far_as_they_lead_somewhere_that_may_be_asked() {
    let (system, source) = (start().await, Source::start().await);
    let ada = system.user("ada").await;
    let picture = files::png(40, 30);
    // Six of them, the last five of which are followed.
    source.serve("/0", [Reply::redirect(&source.url("/1"))]);
    for number in 1..5 {
        source.serve(&format!("/{number}"), [Reply::redirect(&format!("{}", number + 1))]);
    }
    source.serve("/5", [Reply::redirect("./pictures/ü.png")]);
    source.serve("/pictures/%C3%BC.png", [Reply::file("image/png", &picture)]);
    assert_sound(&ingested(&ada, json!({"url": source.url("/1"), "name": "a.png"})).await, &picture);
    let asset = ingested(&ada, json!({"url": source.url("/0"), "name": "a.png"})).await;
    assert_failed(&asset, "source_redirects", "more than 5 times");

    let eve = system.user("eve").await;
    source.serve("/circle", [Reply::redirect("/circle/there")]);
    source.serve("/circle/there", [Reply::redirect("/circle")]);
    let mut cases = vec![
        (source.url("/circle"), "source_redirects", "in a circle"),
        (source.serve("/nowhere", [Reply::status(302)]), "source_redirects", "without saying where to"),
        (source.serve("/300", [Reply::status(300)]), "source_redirects", "without saying where to"),
        (source.serve("/no-url", [Reply::redirect("http://")]), "source_redirects", "without saying where to"),
    ];
    for (number, (location, says)) in [
        ("http://10.0.0.1/s3cret", "not on the public internet"),
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("//[fd00:ec2::254]/", "not on the public internet"),
        ("http://0xa9fea9fe/", "not on the public internet"),
        ("file:///etc/passwd", "Only http and https"),
        ("ftp://example.com/a.png", "Only http and https"),
        ("gopher://127.0.0.1:6379/_INFO", "Only http and https"),
        ("http://user:s3cret@localhost/a.png", "user name or password"),
        ("http://example.com:22/", "Port 22"),
    ]
    .into_iter()
    .enumerate()
    {
        cases.push((source.serve(&format!("/to/{number}"), [Reply::redirect(location)]), "source_forbidden", says));
    }
    let ids = cases.iter().map(|(url, _, _)| ingest(&eve, json!({"url": url, "name": "a.png"})));
    let ids = futures::future::join_all(ids).await;
    for (id, (_, code, says)) in ids.iter().zip(&cases) {
        assert_failed(&eve.inspected(id).await, code, says);
    }
    let state = system.assert_all_agrees().await;
    assert!(state.usage_of("eve").is_empty());
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be_end_each_in_its_own_way() {
    let quick = [("SOURCE_CONNECT_SECONDS", "1"), ("SOURCE_IDLE_SECONDS", "1"), ("SOURCE_TOTAL_SECONDS", "4")];
    let variables = [quick.as_slice(), &[("MAX_IMAGE_MB", "1")]].concat();
    let (system, source) = (start_with(&variables).await, Source::start().await);
    let ada = system.user("ada").await;
    let picture = files::png(400, 300);
    let png = ("Content-Type", "image/png");
    let chunked = [png, ("Transfer-Encoding", "chunked")];
    let of_length = |length: usize| Reply::new(200, &[png, ("Content-Length", &length.to_string())]);
    let packed = |encoding, bytes: &[u8]| {
        Reply::new(200, &[png, ("Content-Encoding", encoding), ("Content-Length", &bytes.len().to_string())])
            .then(bytes)
    };
    let page = Reply::file("text/html; charset=utf-8", b"<html><form>Password</form></html>");
    let megabyte = format!("{:x}\r\n{}\r\n", MEBIBYTE / 4, "x".repeat(MEBIBYTE / 4));
    let at_once = Duration::ZERO;
    let cases = [
        ("/page.jpg", page, "type_mismatch", "a web page (text/html), not with image/png; it may want a login"),
        ("/empty", Reply::file("image/png", b""), "unreadable", "empty"),
        ("/empty-chunked", Reply::chunked("image/png", b""), "unreadable", "empty"),
        ("/heic", Reply::file("image/heic", &picture), "type_mismatch", "The file is image/heic. Allowed types are"),
        ("/large", of_length(MEBIBYTE + 1), "too_large", "may have up to 1048576 bytes; this one has 1048577"),
        (
            "/endless",
            Reply::new(200, &chunked).then_forever(megabyte.as_bytes(), at_once),
            "too_large",
            "may have up to 1048576 bytes; this one has more",
        ),
        ("/until-close", Reply::new(200, &[png]).then_forever(&[7; 65536], at_once), "too_large", "this one has more"),
        ("/too-long", of_length(picture.len() + 1).then(&picture), "source_incomplete", "broke off"),
        ("/half-chunk", Reply::new(200, &chunked).then(b"ff\r\nabc"), "source_incomplete", "broke off"),
        (
            "/trickle",
            Reply::new(200, &chunked).then_forever(b"1\r\nx\r\n", Duration::from_millis(50)),
            "source_too_slow",
            "did not come within 4 seconds",
        ),
        (
            "/idle",
            of_length(picture.len()).then(&picture[..99]).then_waits(Duration::from_secs(60)),
            "source_too_slow",
            "sent nothing for 1 second",
        ),
        (
            "/silent",
            Reply::new(100, &[]).then_waits(Duration::from_secs(60)),
            "source_too_slow",
            "sent nothing for 1 second",
        ),
        ("/bomb", packed("gzip", &gzip(&vec![0; 64 * MEBIBYTE])), "too_large", "this one has more"),
        ("/half-gzip", packed("gzip", &gzip(&picture)[..99]), "unreadable", "as gzip, but wrongly"),
        ("/no-gzip", packed("gzip", &picture), "unreadable", "as gzip, but wrongly"),
        ("/brotli", packed("br", &picture), "unreadable", "do not unpack"),
        ("/twice", packed("gzip, gzip", &gzip(&gzip(&picture))), "unreadable", "do not unpack"),
        ("/garbage", Reply::garbage(b"SSH-2.0-OpenSSH_9.9\r\n"), "source_unreachable", "does not speak HTTP"),
    ];
    let cases = cases.into_iter().map(|(path, reply, code, says)| (source.serve(path, [reply]), code, says)).collect();
    assert_all_fail(&system, &ada, cases).await;

    // What only its bytes tell, they do.
    for (path, reply) in [
        ("/too-short", of_length(picture.len() - 60).then(&picture)),
        ("/no-picture", Reply::file("image/png", &picture[..99])),
    ] {
        let url = source.serve(path, [reply]);
        assert_failed(&ingested(&ada, json!({"url": url})).await, "unreadable", "");
    }
    let url = source.serve("/script.png", [Reply::file("text/x-script", b"#!/bin/sh")]);
    assert_failed(&ingested(&ada, json!({"url": url})).await, "type_mismatch", "its bytes are of no type that we know");
    // What is packed all the same is unpacked.
    let url = source.serve("/packed.png", [packed("gzip", &gzip(&picture))]);
    assert_sound(&ingested(&ada, json!({"url": url})).await, &picture);
    // What the source does not know, the name or the caller does.
    let unknown = Reply::file("application/octet-stream", &picture);
    let url = source.serve("/unknown", [unknown]);
    assert_sound(&ingested(&ada, json!({"url": url, "type": "image/png"})).await, &picture);
    let asset = ingested(&ada, json!({"url": url, "type": "image"})).await;
    assert_failed(&asset, "type_mismatch", "Name it with `type`");
    let asset = ingested(&ada, json!({"url": source.url("/packed.png"), "type": "video"})).await;
    assert_failed(&asset, "type_mismatch", "answered with image/png, not with a video");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[tokio::test]
async fn a_source_that_cannot_prove_who_it_is_is_not_believed() {
    let (system, source) = (start().await, Source::start_untrusted().await);
    let ada = system.user("ada").await;
    let url = source.serve("/a.png", [Reply::file("image/png", &files::png(4, 3))]);
    let cases = vec![
        (url, "source_untrusted", "its certificate is signed by nobody whom we trust"),
        (Source::start().await.url("/a.png").replace("http:", "https:"), "source_unreachable", "No connection"),
    ];
    assert_all_fail(&system, &ada, cases).await;
    assert_eq!(source.got("/a.png").len(), 0);
}
