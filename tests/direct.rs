//! Small files that come with the request: as they are, or in a form.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Still, System, User, files, media};

/// A request that brings a file in a form, with other fields beside it, as browsers write it.
fn form(user: &User, (name, content_type, bytes): File<'_>, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let boundary = Uuid::now_v7().to_string();
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(head.into_bytes());
    }
    let head = format!("form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {content_type}");
    body.extend(format!("--{boundary}\r\nContent-Disposition: {head}\r\n\r\n").into_bytes());
    body.extend([bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat());
    let request = user.request(Method::POST, "/v1/assets");
    request.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body)
}

/// Name, type and bytes.
type File<'a> = (&'a str, &'a str, &'a [u8]);

fn id(asset: &Value) -> &str {
    asset["id"].as_str().unwrap()
}

#[tokio::test]
async fn a_file_comes_with_one_request_and_is_inspected_as_any_other() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let bytes = files::png(400, 300);

    let raw = ada.request(Method::POST, "/v1/assets?name=Ferry%20%C3%9C.png&tags=a,b&tags=c");
    let raw = ada.send(raw.header("content-type", "image/png").body(bytes.clone())).await.expect(201);
    assert_eq!(
        (&raw["name"], &raw["status"], &raw["tags"]),
        (&json!("Ferry Ü.png"), &json!("uploaded"), &json!(["a,b", "c"]))
    );

    let project = Uuid::now_v7().to_string();
    system.add_member(&project, "ada", "contributor").await;
    let fields = [("name", "Quay.png"), ("tags", "a"), ("tags", "b"), ("projectId", project.as_str())];
    let formed = ada.send(form(&ada, ("dot.png", "image/png", &bytes), &fields)).await.expect(201);
    assert_eq!(
        (&formed["name"], &formed["projectId"], &formed["tags"]),
        (&json!("Quay.png"), &json!(project), &json!(["a", "b"]))
    );

    for asset in [&raw, &formed] {
        let asset = ada.inspected(id(asset)).await;
        assert_eq!((&asset["status"], &asset["metadata"]["width"]), (&json!("ready"), &json!(400)), "{asset}");
        let original = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(original.bytes().await.unwrap(), bytes);
    }
    let state = system.at_rest().await;
    state.assert_usage_adds_up();
    assert_eq!(state.usage("ada", "image_count"), 2);
}

#[tokio::test]
async fn a_client_that_knows_no_type_is_told_by_the_name() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    for content_type in ["application/octet-stream", "binary/octet-stream", ""] {
        let request = ada.request(Method::POST, "/v1/assets?name=dot.PNG").header("content-type", content_type);
        let asset = ada.send(request.body(files::png(8, 8))).await.expect(201);
        assert_eq!(asset["contentType"], "image/png", "{content_type:?}");
    }
}

#[tokio::test]
async fn bytes_of_another_type_than_was_said_fail_as_those_of_an_upload() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let request = ada.request(Method::POST, "/v1/assets?name=a.png").header("content-type", "image/png");
    let asset = ada.send(request.body("<html>")).await.expect(201);
    assert_eq!(ada.inspected(id(&asset)).await["failure"]["code"], "type_mismatch");
    system.at_rest().await.assert_usage_adds_up();
}

#[tokio::test]
async fn a_request_that_is_repeated_by_its_key_brings_one_asset() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(400, 300);
    // Each form has a boundary of its own.
    let send = async |key: &str, name: &str| {
        ada.send(form(&ada, (name, "image/png", &picture), &[]).header("idempotency-key", key)).await
    };
    let first = send("k", "a.png").await.expect(201);
    assert_eq!(send("k", "a.png").await.expect(201)["id"], first["id"]);
    send("k", "b.png").await.expect_problem(422, "idempotency_key_reused");
    assert_ne!(send("l", "a.png").await.expect(201)["id"], first["id"]);
    let state = system.at_rest().await;
    assert_eq!(state.assets().count(), 2);
    assert_eq!(state.objects.keys().filter(|key| key.starts_with("incoming/")).count(), 2, "{:?}", state.objects);
}

#[tokio::test]
async fn unfinished_uploads_are_no_reason_to_refuse_it() {
    let system = System::with("MAX_ACTIVE_UPLOADS", 1).await;
    let ada = system.user("ada").await;
    ada.begin("a.png", "image/png", 100).await;
    ada.send(form(&ada, ("a.png", "image/png", &files::png(8, 8)), &[])).await.expect(201);
}

#[tokio::test]
async fn what_is_too_large_for_a_request_is_told_of_uploads() {
    let still = Still::of(System::start().await).await;
    let ada = still.system.user("ada").await;
    let raw = |size: usize| {
        let request = ada.request(Method::POST, "/v1/assets?name=a.pdf").header("content-type", "application/pdf");
        request.body(media::pdf(size))
    };
    let limit = 5 << 20;
    still.refuses("raw", &ada, raw(limit + 1), (413, "body_too_large", "")).await;
    let formed = |size: usize| form(&ada, ("a.pdf", "application/pdf", &media::pdf(size)), &[]);
    still.refuses("form", &ada, formed(limit + 1), (413, "body_too_large", "")).await;
    let answer = ada.send(raw(limit + 1)).await;
    assert!(answer.json["detail"].as_str().unwrap().contains("POST /v1/uploads"), "{}", answer.json);

    ada.send(raw(limit)).await.expect(201);
    ada.send(formed(limit)).await.expect(201);
}

#[tokio::test]
async fn a_request_that_is_wrong_is_refused_by_what_is_wrong_and_leaves_nothing() {
    let still = Still::of(System::start().await).await;
    let ada = still.system.user("ada").await;
    let raw = |query: &str| {
        let request = ada.request(Method::POST, &format!("/v1/assets?{query}")).header("content-type", "image/png");
        request.body(files::png(8, 8))
    };
    for (query, code, field) in [
        ("name=a%2Fb.png", "invalid_filename", "name"),
        ("name=%0a.png", "invalid_filename", "name"),
        ("name=a.png&sha256=abc", "invalid_sha256", "sha256"),
        ("name=a.png&tags=%20", "invalid_tags", "tags"),
        ("name=a.png&projectId=nope", "invalid_project_id", "projectId"),
    ] {
        still.refuses(query, &ada, raw(query), (400, code, field)).await;
    }
    let empty = ada.request(Method::POST, "/v1/assets?name=a.png").header("content-type", "image/png");
    still.refuses("empty", &ada, empty, (400, "invalid_size", "size")).await;
    for (content_type, query) in [("text/html", "name=a.png"), ("application/octet-stream", "name=a.exe"), ("", "")] {
        let request = ada.request(Method::POST, &format!("/v1/assets?{query}")).header("content-type", content_type);
        still.refuses(content_type, &ada, request.body("x"), (400, "type_not_allowed", "contentType")).await;
    }
    for (what, body, code, field) in [
        (
            "no file",
            "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na\r\n--x--\r\n",
            "missing_field",
            "file",
        ),
        (
            "another field",
            "--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na\r\n--x--\r\n",
            "unknown_field",
            "key",
        ),
        ("half a form", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na", "invalid_form", ""),
        ("no form", "nothing of the kind", "invalid_form", ""),
    ] {
        let request = ada.request(Method::POST, "/v1/assets").header("content-type", "multipart/form-data; boundary=x");
        still.refuses(what, &ada, request.body(body), (400, code, field)).await;
    }
}

#[tokio::test]
async fn what_does_not_fit_into_the_quota_is_not_served_and_not_counted() {
    let system = System::with("QUOTA_MB", 0).await;
    let ada = system.user("ada").await;
    ada.send(form(&ada, ("a.png", "image/png", &files::png(8, 8)), &[])).await.expect_problem(409, "quota_exceeded");
    let state = system.state().await;
    state.assert_usage_adds_up();
    assert_eq!(state.assets().count(), 0);
    assert!(state.objects.is_empty(), "{:?}", state.objects);
}
