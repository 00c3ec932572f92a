//! The way of the bytes to whoever may see them: a redirect to the edge, and what the edge gives and refuses.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, Response};
use serde_json::Value;
use sha2::Sha256;

use crate::support::{BUCKET, System, User, files};

/// The picture that the tests serve, large enough to have both thumbnails.
const SIZE: (u32, u32) = (1600, 900);

async fn served() -> (System, User, Value, Vec<u8>) {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::jpeg(SIZE.0, SIZE.1);
    let asset = ada.upload_ready("Ferry.jpg", "image/jpeg", &picture).await;
    (system, ada, asset, picture)
}

fn data_of(asset: &Value, query: &str) -> String {
    format!("/v1/assets/{}/data{query}", asset["id"].as_str().unwrap())
}

/// A URL of the edge that is signed with that key, whatever it is for.
fn signed(edge: &str, key: &str, path: &str, expires_in: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let expires = now.checked_add_signed(expires_in).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{path}{expires}").as_bytes());
    let token = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{edge}{path}?token=HS256-{token}&expires={expires}")
}

async fn fetch(system: &System, url: &str) -> Response {
    system.http.get(url).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[tokio::test]
async fn data_redirects_to_the_edge_for_the_original_and_for_each_variant() {
    let (system, ada, asset, picture) = served().await;
    for query in ["", "?variant=original", "?variant=&download=0"] {
        let moved = ada.get(&data_of(&asset, query)).await;
        assert_eq!((moved.status, moved.body.len()), (302, 0));
        assert_eq!(moved.headers["cache-control"], "no-store");
        let location = moved.headers["location"].to_str().unwrap();
        let path = format!("{}/{}?", system.edge, asset["storageKey"].as_str().unwrap());
        assert!(location.starts_with(&path), "{location}");
        assert!(fetch(&system, location).await.bytes().await.unwrap() == picture);
        let head = ada.send(ada.request(Method::HEAD, &data_of(&asset, query))).await;
        assert_eq!((head.status, head.headers["location"].to_str().unwrap()), (302, location));
    }

    let variants = asset["variants"].as_array().unwrap();
    let names: Vec<_> = variants.iter().map(|variant| variant["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["thumbnail", "preview"]);
    for (variant, width) in variants.iter().zip([320, 1280]) {
        let name = variant["name"].as_str().unwrap();
        assert_eq!((&variant["width"], &variant["contentType"]), (&width.into(), &"image/webp".into()));
        let moved = ada.get(&data_of(&asset, &format!("?variant={name}"))).await;
        for url in [moved.headers["location"].to_str().unwrap(), asset["urls"][name].as_str().unwrap()] {
            let answer = fetch(&system, url).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "image/webp"));
            let bytes = answer.bytes().await.unwrap();
            assert_eq!(variant["size"], bytes.len());
            assert_eq!(image::load_from_memory(&bytes).unwrap().width(), width);
        }
    }
    for name in ["poster", "Thumbnail", "..", "../original", "thumbnail/x", "%2e%2e%2foriginal", "%00"] {
        let problem =
            ada.get(&data_of(&asset, &format!("?variant={name}"))).await.expect_problem(404, "no_such_variant");
        assert_eq!(problem["field"], "variant", "{name}");
    }
}

#[tokio::test]
async fn who_asks_for_json_gets_the_url_and_its_expiry_and_no_redirect() {
    let (system, ada, asset, picture) = served().await;
    for accept in ["application/json", "text/html, application/json;q=0.9"] {
        let request = ada.request(Method::GET, &data_of(&asset, "?variant=preview")).header("accept", accept);
        let answer = ada.send(request).await.expect(200);
        assert_eq!(fetch(&system, answer["url"].as_str().unwrap()).await.status(), 200);
        let expires = answer["url"].as_str().unwrap().rsplit_once("expires=").unwrap().1.parse::<u64>().unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        assert!((now + 3600 / 4 * 3 - 5..=now + 3600).contains(&expires), "{answer}");
        assert!(answer["expiresAt"].as_str().unwrap().ends_with('Z'));
    }
    for accept in ["*/*", "image/*", "application/jsonx"] {
        let request = ada.request(Method::GET, &data_of(&asset, "")).header("accept", accept);
        assert_eq!(ada.send(request).await.status, 302, "{accept}");
    }
    let moved = ada.get(&data_of(&asset, "?download=1")).await;
    let download = fetch(&system, moved.headers["location"].to_str().unwrap()).await;
    assert_eq!(header(&download, "content-disposition"), "attachment; filename*=UTF-8''Ferry.jpg");
    assert!(download.bytes().await.unwrap() == picture);
}

#[tokio::test]
async fn what_is_not_ready_has_no_data() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    let begun = ada.begin("dot.png", "image/png", picture.len()).await;
    let id = begun["assetId"].as_str().unwrap();
    let assert_not_ready = async |id: &str, status: &str| {
        let problem = ada.get(&format!("/v1/assets/{id}/data")).await.expect_problem(409, "not_ready");
        assert!(problem["detail"].as_str().unwrap().contains(&format!("is {status}.")), "{problem}");
        let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
        assert_eq!((&asset["status"], &asset["urls"]), (&status.into(), &serde_json::json!({})));
    };
    assert_not_ready(id, "awaiting_upload").await;
    ada.bring(&begun, &picture).await;
    let stall = serde_json::json!({"stall": {"milliseconds": 1500}});
    system.fault(serde_json::json!({"service": "storage", "by": "process-metadata", "kind": stall})).await;
    ada.post(&format!("/v1/uploads/{id}/complete"), &serde_json::json!({})).await.expect(200);
    assert_not_ready(id, "uploaded").await;
    let failed = ada.upload("page.png", "image/png", b"<html></html>").await;
    ada.inspected(&failed).await;
    assert_not_ready(&failed, "failed").await;
    assert_eq!(ada.inspected(id).await["status"], "ready");
    assert_eq!(ada.get(&format!("/v1/assets/{id}/data")).await.status, 302);
}

#[tokio::test]
async fn the_edge_refuses_what_was_not_signed_or_has_expired() {
    let (system, _, asset, picture) = served().await;
    let bob = system.user("bob").await;
    let bobs = bob.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
    let (edge, key) = (&system.edge, &system.secrets.cdn_token_key);
    let url = asset["urls"]["original"].as_str().unwrap();
    let path = format!("/{}", asset["storageKey"].as_str().unwrap());
    let bobs_path = format!("/{}", bobs["storageKey"].as_str().unwrap());
    assert_eq!(fetch(&system, &signed(edge, key, &path, 60)).await.status(), 200, "the test signs as the CDN does");

    let token_of = |url: &str| url.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let (token, preview_token) = (token_of(url), token_of(asset["urls"]["preview"].as_str().unwrap()));
    let expires = url.rsplit_once("expires=").unwrap().1;
    let later = (expires.parse::<u64>().unwrap() + 1).to_string();
    for (what, refused) in [
        ("nothing signed", format!("{edge}{path}")),
        ("a later expiry", url.replace(expires, &later)),
        ("another variant's token", url.replace(&token, &preview_token)),
        ("half a token", url.replace(&token, &token[..30])),
        ("no token", url.replace(&token, "")),
        ("another's path", url.replace(&path, &bobs_path)),
        ("another parameter", format!("{url}&download=1")),
        ("a wider path", format!("{url}&token_path=/media/")),
        ("an expired token", signed(edge, key, &path, -1)),
        ("a token of another key", signed(edge, &system.secrets.token_secret, &path, 60)),
    ] {
        assert_ne!(refused, url, "{what}");
        assert_eq!(fetch(&system, &refused).await.status(), 403, "{what}: {refused}");
    }
    for method in [Method::PUT, Method::POST, Method::DELETE, Method::PATCH] {
        let answer = system.http.request(method.clone(), url).body("x").send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
    }
    assert!(fetch(&system, url).await.bytes().await.unwrap() == picture);
}

#[tokio::test]
async fn the_edge_serves_originals_and_variants_and_nothing_else_however_well_it_is_signed() {
    let (system, _, asset, _) = served().await;
    let id = asset["id"].as_str().unwrap();
    let incoming = format!("incoming/ada/{id}");
    assert!(system.state().await.objects.contains_key(&incoming), "the client's object is still there");
    for path in [
        format!("/{incoming}"),
        format!("//{incoming}"),
        format!("/{BUCKET}/{incoming}"),
        format!("/incoming/ada/{id}/original"),
        format!("/media/ada/..%2f..%2f{incoming}"),
        format!("/media/ada/x/..%2f..%2f..%2f{}", incoming.replace('/', "%2f")),
        format!("/media/..%2fincoming/ada/{id}"),
        format!("/media/ada/{id}"),
        format!("/media/ada/{id}/"),
        format!("/media/ada/{id}/original/"),
        format!("/media/ada/{id}/variants/"),
        format!("/media/ada/{id}/variants/thumbnail/x"),
        format!("/media/ada/{id}/other"),
        "/".to_owned(),
    ] {
        let url = signed(&system.edge, &system.secrets.cdn_token_key, &path, 60);
        for query in ["", "&list-type=2", "&x-id=GetObject"] {
            let status = fetch(&system, &format!("{url}{query}")).await.status().as_u16();
            assert_eq!(status, if query.is_empty() { 404 } else { 403 }, "{url}{query}");
        }
    }
    // Nor does storage itself give anything to who has no key.
    for key in [&incoming, asset["storageKey"].as_str().unwrap(), ""] {
        let status = fetch(&system, &format!("{}/{BUCKET}/{key}", system.storage)).await.status();
        assert_eq!(status, 403, "{key}");
    }
}

#[tokio::test]
async fn the_edge_gives_the_ranges_that_players_ask_for() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let film = files::mp4((17 << 20) + 3);
    let asset = ada.upload_ready("film.mp4", "video/mp4", &film).await;
    let url = asset["urls"]["original"].as_str().unwrap();
    let size = film.len();
    let get = |range: &str| system.http.get(url).header("range", range.to_owned()).send();
    for (range, start, end) in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=1048570-1048590", 1_048_570, 1_048_591),
        ("bytes=3000000-9999999", 3_000_000, 10_000_000),
        ("bytes=17825000-", 17_825_000, size),
        ("bytes=17825000-99999999", 17_825_000, size),
        ("bytes=-1", size - 1, size),
        ("bytes=-1000000", size - 1_000_000, size),
        ("bytes=-99999999", 0, size),
        ("bytes=0-", 0, size),
    ] {
        let answer = get(range).await.unwrap();
        assert_eq!(answer.status(), 206, "{range}");
        assert_eq!(header(&answer, "content-range"), format!("bytes {start}-{}/{size}", end - 1));
        assert_eq!(header(&answer, "content-length"), (end - start).to_string());
        assert!(answer.bytes().await.unwrap() == film[start..end], "{range}");
    }
    for range in [format!("bytes={size}-"), "bytes=99999999-".to_owned(), "bytes=-0".to_owned()] {
        let answer = get(&range).await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "content-range")), (416, &*format!("bytes */{size}")));
    }
    for whole in ["bytes=5-2", "bytes=a-b", "pages=1-2", "bytes=0-1,5-6"] {
        let answer = get(whole).await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "accept-ranges")), (200, "bytes"), "{whole}");
        assert!(answer.bytes().await.unwrap() == film, "{whole}");
    }
    let head = system.http.head(url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, &*size.to_string()));
    let etag = header(&head, "etag").to_owned();
    let known = system.http.get(url).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(known.status(), 304);
    assert!(header(&known, "cache-control").starts_with("private, max-age="));
}

#[tokio::test]
async fn a_drawing_never_runs_it_comes_as_a_download_in_a_sandbox() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let drawing = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let asset = ada.upload_ready("dot.svg", "image/svg+xml", drawing).await;
    for query in ["", "?download=1", "?download=0"] {
        let moved = ada.get(&data_of(&asset, query)).await;
        let answer = fetch(&system, moved.headers["location"].to_str().unwrap()).await;
        assert_eq!(answer.status(), 200);
        for (name, value) in [
            ("content-type", "image/svg+xml"),
            ("content-disposition", "attachment; filename*=UTF-8''dot.svg"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(header(&answer, name), value, "{query}");
        }
        assert_eq!(&answer.bytes().await.unwrap()[..], drawing);
    }
    let picture = ada.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
    let answer = fetch(&system, picture["urls"]["original"].as_str().unwrap()).await;
    assert_eq!(header(&answer, "content-disposition"), "inline; filename*=UTF-8''dot.png");
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
}
