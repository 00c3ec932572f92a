//! What storage refuses from whoever has a presigned URL: everything but what was signed.

use std::time::Duration;

use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::support::{Options, Still, System, eventually, files};

/// Checks that storage refuses a request, and keeps nothing of it.
async fn refuses(still: &Still, what: &str, request: RequestBuilder) {
    match request.send().await {
        Ok(answer) => assert!((400..500).contains(&answer.status().as_u16()), "{what}: {}", answer.status()),
        // Storage need not read all of a body that it refuses, and may close the connection before.
        Err(error) => assert!(error.is_request() || error.is_body(), "{what}: {error:?}"),
    }
    still.assert_unchanged(what).await;
}

/// The URL with one thing in it replaced.
fn altered(url: &str, from: &str, to: &str) -> String {
    assert_eq!(url.matches(from).count(), 1, "{from} in {url}");
    url.replace(from, to)
}

#[tokio::test]
async fn a_put_of_other_bytes_to_another_place_or_in_another_way_is_refused() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    let begun = ada.begin("dot.png", "image/png", picture.len()).await;
    let id = begun["assetId"].as_str().unwrap();
    let url = begun["url"].as_str().unwrap();
    let still = Still::of(system).await;
    let http = &still.system.http;
    let put = |url: &str| http.put(url).header("content-type", "image/png").body(picture.clone());

    for (what, bytes) in
        [("longer", [&picture[..], b"x"].concat()), ("shorter", picture[1..].to_vec()), ("empty", vec![])]
    {
        refuses(&still, what, http.put(url).header("content-type", "image/png").body(bytes)).await;
    }
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>(picture.clone())]);
    let request = http.put(url).header("content-type", "image/png").body(Body::wrap_stream(chunks));
    refuses(&still, "of a length that is not told", request).await;
    for content_type in ["image/jpeg", "text/html", "image/png; charset=utf-8", ""] {
        refuses(&still, content_type, http.put(url).header("content-type", content_type).body(picture.clone())).await;
    }
    refuses(&still, "without a type", http.put(url).body(picture.clone())).await;
    for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
        let request = http.request(method.clone(), url).header("content-type", "image/png").body(picture.clone());
        refuses(&still, method.as_str(), request).await;
    }
    for (name, value) in [
        ("x-amz-meta-owner", "bob"),
        ("x-amz-acl", "public-read"),
        ("x-amz-storage-class", "STANDARD"),
        ("x-amz-tagging", "a=b"),
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-copy-source", "quayside-media/media/bob/x/original"),
        ("x-amz-website-redirect-location", "https://elsewhere.example"),
    ] {
        refuses(&still, name, put(url).header(name, value)).await;
    }
    let signature = url.split("X-Amz-Signature=").nth(1).unwrap();
    let date = url.split("X-Amz-Date=").nth(1).unwrap().split('&').next().unwrap();
    let other_id = Uuid::now_v7().to_string();
    for (from, to) in [
        ("/incoming/ada/", "/incoming/bob/"),
        ("/incoming/ada/", "/media/ada/"),
        ("/incoming/ada/", "/incoming/ada/x/"),
        (id, &other_id),
        (&format!("{id}?"), &format!("{id}/original?")),
        ("quayside-media", "quayside-other"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=604800"),
        ("X-Amz-Expires=3600", "X-Amz-Expires=360000000"),
        (date, "20361120T000000Z"),
        ("SignedHeaders=content-length%3B", "SignedHeaders="),
        ("Credential=functions", "Credential=edge"),
        (signature, &"0".repeat(64)),
        (signature, ""),
        ("x-id=PutObject", "x-id=PutObject&x-amz-acl=public-read"),
        ("x-id=PutObject", "partNumber=1&uploadId=x"),
        ("x-id=PutObject", "uploads="),
        ("?x-id=PutObject", "?x-id=PutObject&versionId=x"),
        (&format!("&X-Amz-Signature={signature}"), ""),
    ] {
        refuses(&still, to, put(&altered(url, from, to))).await;
    }
    refuses(&still, "unsigned", put(url.split('?').next().unwrap())).await;

    // A client that goes away in the middle leaves nothing either.
    let host = still.system.storage.strip_prefix("http://").unwrap();
    let path = url.strip_prefix(&still.system.storage).unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: image/png\r\ncontent-length: {}\r\n\r\n",
        picture.len()
    );
    let mut connection = tokio::net::TcpStream::connect(host).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&picture[..picture.len() / 2]).await.unwrap();
    connection.shutdown().await.unwrap();
    drop(connection);
    still.assert_unchanged("half a file").await;

    let (status, _) = ada.put(&begun["url"], &begun["headers"], picture.clone()).await;
    assert_eq!(status, 200, "what was signed is accepted");
    assert_eq!(still.system.state().await.objects.len(), 1);
}

#[tokio::test]
async fn a_part_of_another_length_or_number_or_upload_is_refused() {
    let system = System::with("PART_SIZE_MB", 5).await;
    let ada = system.user("ada").await;
    let film = files::mp4(17 << 20);
    let begun = ada.begin("film.mp4", "video/mp4", film.len()).await;
    let other = ada.begin("film.mp4", "video/mp4", film.len()).await;
    let still = Still::of(system).await;
    let http = &still.system.http;
    let last = film[15 << 20..].to_vec();
    let url = begun["parts"][3]["url"].as_str().unwrap();
    let upload_id = |url: &str| url.split("uploadId=").nth(1).unwrap().split('&').next().unwrap().to_owned();

    for (what, bytes) in [
        ("longer", [&last[..], b"x"].concat()),
        ("shorter", last[1..].to_vec()),
        ("empty", vec![]),
        ("first", film[..5 << 20].to_vec()),
    ] {
        refuses(&still, what, http.put(url).body(bytes)).await;
    }
    let other_upload_id = upload_id(other["parts"][3]["url"].as_str().unwrap());
    for (from, to) in [
        ("partNumber=4", "partNumber=1"),
        ("partNumber=4", "partNumber=5"),
        ("partNumber=4", "partNumber=10001"),
        (&upload_id(url), &other_upload_id),
        ("/media/ada/", "/media/bob/"),
        (begun["assetId"].as_str().unwrap(), other["assetId"].as_str().unwrap()),
    ] {
        refuses(&still, to, http.put(altered(url, from, to)).body(last.clone())).await;
    }
    refuses(&still, "copied", http.put(url).header("x-amz-copy-source", "quayside-media/media/bob/x/original")).await;
    for method in [Method::GET, Method::POST, Method::DELETE] {
        refuses(&still, method.as_str(), http.request(method.clone(), url).body(last.clone())).await;
    }

    let (status, _) = ada.put(&begun["parts"][3]["url"], &Value::Null, last).await;
    assert_eq!(status, 200, "what was signed is accepted");
    assert_eq!(still.system.state().await.parts.len(), 1);
}

#[tokio::test]
async fn an_expired_url_is_refused_and_parts_can_be_signed_again() {
    let variables = vec![("UPLOAD_TTL_SECONDS", "2".to_owned()), ("PART_SIZE_MB", "5".to_owned())];
    let system = System::start_with(Options { variables, ..Options::default() }).await;
    let ada = system.user("ada").await;
    let (picture, film) = (files::png(8, 8), files::mp4(17 << 20));
    let single = ada.begin("dot.png", "image/png", picture.len()).await;
    let multipart = ada.begin("film.mp4", "video/mp4", film.len()).await;
    tokio::time::sleep(Duration::from_millis(3100)).await;
    let still = Still::of(system).await;
    let http = &still.system.http;
    let request = http.put(single["url"].as_str().unwrap()).header("content-type", "image/png").body(picture);
    refuses(&still, "a single PUT", request).await;
    let last = film[15 << 20..].to_vec();
    refuses(&still, "a part", http.put(multipart["parts"][3]["url"].as_str().unwrap()).body(last.clone())).await;

    // On a busy machine even a new URL may expire before it is used.
    let path = format!("/v1/uploads/{}/parts", multipart["uploadId"].as_str().unwrap());
    eventually("a part that was signed again is accepted", async || {
        let signed = ada.post(&path, &json!({"partNumbers": [4]})).await.expect(200);
        (ada.put(&signed["parts"][0]["url"], &Value::Null, last.clone()).await.0 == 200).then_some(())
    })
    .await;
}
