//! Requests that are wrong: each is refused by the name of what is wrong with it, and changes nothing.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Options, Refusal, Still, System, files};

/// The text of a body in which one field has another value, in JSON; nothing leaves it out.
fn body_with(field: &str, value: &str) -> String {
    let mut fields = vec![("filename", r#""a.png""#), ("contentType", r#""image/png""#), ("size", "100")];
    fields.retain(|(name, _)| *name != field);
    if !value.is_empty() {
        fields.push((field, value));
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name:?}: {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

#[tokio::test]
async fn an_upload_that_is_declared_wrongly_is_refused_by_the_field() {
    let still = Still::of(System::start().await).await;
    let ada = still.system.user("ada").await;
    let refuses = async |field: &str, value: &str, refusal: Refusal<'_>| {
        let what: String = format!("{field} = {value}").chars().take(80).collect();
        let request = ada.request(Method::POST, "/v1/uploads").body(body_with(field, value));
        still.refuses(&what, &ada, request, refusal).await;
    };

    for size in [
        "0",
        "-0",
        "-1",
        "1.5",
        "100.5",
        "9223372036854775808",
        "18446744073709551616",
        "1e30",
        r#""100""#,
        "true",
        "[1]",
        "{}",
    ] {
        refuses("size", size, (400, "invalid_size", "size")).await;
    }
    for (content_type, megabytes) in
        [("image/png", 50), ("video/mp4", 5000), ("audio/mpeg", 500), ("application/pdf", 100_u64)]
    {
        let size = (megabytes << 20) + 1;
        let body = json!({"filename": "a", "contentType": content_type, "size": size});
        let request = ada.request(Method::POST, "/v1/uploads").json(&body);
        still.refuses(content_type, &ada, request, (400, "too_large", "size")).await;
    }
    for content_type in [
        "",
        "image",
        "image/",
        "/png",
        "image/*",
        "*/*",
        "image/bmp",
        "image/pngx",
        "text/html",
        "application/zip",
        "image/png\r\nx-evil: 1",
        "image/png,text/html",
    ] {
        refuses("contentType", &quoted(content_type), (400, "type_not_allowed", "contentType")).await;
    }
    for content_type in ["5", "[]", "{}", "true"] {
        refuses("contentType", content_type, (400, "type_not_allowed", "contentType")).await;
    }
    let (of_256, of_300) = ("a".repeat(256), format!("{}.png", "é".repeat(296)));
    for name in [
        "",
        " ",
        ".",
        "..",
        "...",
        " . ",
        "/",
        "a/b.png",
        "../a.png",
        "..\\a.png",
        "a\\b.png",
        "C:\\a.png",
        "a\0b.png",
        "a\rb.png",
        "a\nb.png",
        "a\r\nSet-Cookie: x.png",
        "a\u{7f}.png",
        "a\u{85}.png",
        "a\u{202e}gnp.exe",
        &of_256,
        &of_300,
    ] {
        refuses("filename", &quoted(name), (400, "invalid_filename", "filename")).await;
    }
    for name in ["5", "[]", "{}"] {
        refuses("filename", name, (400, "invalid_filename", "filename")).await;
    }
    let (too_many, too_long) = (json!(vec!["a"; 21]).to_string(), json!(["a".repeat(65)]).to_string());
    for tags in
        [r#""a""#, "{}", "[1]", "[null]", r#"[""]"#, r#"["  "]"#, r#"["a\nb"]"#, r#"["\u0000"]"#, &too_many, &too_long]
    {
        refuses("tags", tags, (400, "invalid_tags", "tags")).await;
    }
    for sha256 in ["", "abc", &"a".repeat(63), &"a".repeat(65), &"g".repeat(64), &format!("{} ", "a".repeat(63))] {
        refuses("sha256", &quoted(sha256), (400, "invalid_sha256", "sha256")).await;
    }
    refuses("sha256", "5", (400, "invalid_sha256", "sha256")).await;
    let project = Uuid::now_v7().to_string();
    for id in ["", "nope", "..", &project.to_uppercase(), &format!("{{{project}}}"), &project.replace('-', "")] {
        refuses("projectId", &quoted(id), (400, "invalid_project_id", "projectId")).await;
    }
    refuses("projectId", "5", (400, "invalid_project_id", "projectId")).await;
    refuses("projectId", &quoted(&project), (404, "project_not_found", "projectId")).await;
    for field in ["filename", "contentType", "size"] {
        refuses(field, "", (400, "missing_field", field)).await;
        refuses(field, "null", (400, "missing_field", field)).await;
    }
    refuses("fileName", r#""a.png""#, (400, "unknown_field", "fileName")).await;
    refuses("owner", r#""bob""#, (400, "unknown_field", "owner")).await;
    refuses("__proto__", "{}", (400, "unknown_field", "__proto__")).await;

    // The limits themselves are allowed.
    for (content_type, size) in [("image/png", 50), ("audio/mpeg", 500), ("application/pdf", 100_usize)] {
        ada.begin("a", content_type, size << 20).await;
    }
    ada.begin(&format!("{}.png", "é".repeat(251)), "image/png", 1).await;
}

#[tokio::test]
async fn a_body_that_is_no_json_object_of_64_kib_is_refused_on_every_route_that_reads_one() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let id = ada.begin("film.mp4", "video/mp4", 20 << 20).await["uploadId"].as_str().unwrap().to_owned();
    let still = Still::of(system).await;
    let good = body_with("", "");
    let nested = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let nested_in_a_field = format!("{{\"parts\": {}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let nested_in_items = format!("{{\"items\": {}", "[".repeat(10_000));
    let paths = [
        "/v1/uploads".to_owned(),
        format!("/v1/uploads/{id}/parts"),
        format!("/v1/uploads/{id}/complete"),
        format!("/v1/assets/{id}/process"),
        "/v1/assets/from-url".to_owned(),
        "/v1/webhook-endpoints".to_owned(),
    ];
    for path in paths {
        let post = |body: Vec<u8>| ada.request(Method::POST, &path).body(body);
        for bad in [
            b"nope".as_slice(),
            b"{",
            b"[]",
            b"7",
            b"null",
            b"\"text\"",
            b"{} {}",
            b"{\"size\": 1,}",
            b"{'size': 1}",
            b"\xff\xfe",
            b"{\"filename\": \"\xff\"}",
            b"\0",
            b"{\"size\": 1e999}",
            b"<xml/>",
            b"filename=a&size=1",
            nested.as_bytes(),
            nested_in_a_field.as_bytes(),
            nested_in_items.as_bytes(),
        ] {
            for content_type in ["application/json", "application/octet-stream", "multipart/form-data; boundary=x"] {
                let what = format!("{path} {content_type} {:?}", String::from_utf8_lossy(&bad[..bad.len().min(20)]));
                let request = post(bad.to_vec()).header("content-type", content_type);
                still.refuses(&what, &ada, request, (400, "invalid_json", "")).await;
            }
        }
        let padded = |length: usize| format!("{good}{}", " ".repeat(length - good.len())).into_bytes();
        let longest = if path.ends_with("from-url") { 1 << 20 } else { 64 << 10 };
        still.refuses(&path, &ada, post(padded(longest + 1)), (413, "body_too_large", "")).await;
        still.refuses(&path, &ada, post(padded(2 << 20)), (413, "body_too_large", "")).await;
        let all = json!({"partNumbers": [1], "parts": [], "filename": "a", "size": 1, "contentType": "image/png"});
        let answer = ada.post(&path, &all).await;
        assert_eq!((answer.status, answer.code()), (400, "unknown_field"), "{path}: {}", answer.json);
        still.assert_unchanged(&path).await;
        for (repeated, field) in [
            (r#"{"size": 1, "size": 1}"#, "size"),
            (r#"{"parts": [{"etag": "a", "etag": "a"}]}"#, "parts"),
            (r#"{"unknown": 1, "unknown": 2}"#, "unknown"),
        ] {
            still.refuses(&path, &ada, post(repeated.into()), (400, "repeated_field", field)).await;
        }
    }
    let padded = format!("{good}{}", " ".repeat((64 << 10) - good.len()));
    let answer = ada.send(ada.request(Method::POST, "/v1/uploads").body(padded)).await;
    assert_eq!(answer.status, 201, "64 KiB are not too large: {}", answer.json);
}

#[tokio::test]
async fn a_mistake_inside_an_array_is_told_by_its_path() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let id = ada.begin("film.mp4", "video/mp4", 20 << 20).await["uploadId"].as_str().unwrap().to_owned();
    let still = Still::of(system).await;
    let complete = format!("/v1/uploads/{id}/complete");
    let part = json!({"partNumber": 1, "etag": "x"});
    let with_size = json!({"partNumber": 2, "etag": "x", "size": 5});
    let upload = |tags: Value| json!({"filename": "a.png", "contentType": "image/png", "size": 1, "tags": tags});
    for (path, body, code, field, at) in [
        (complete.as_str(), json!({"parts": [part, with_size]}), "unknown_field", "parts", "`parts[1].size`"),
        (
            &complete,
            json!({"parts": [part, {"partNumber": 2, "etag": 5}]}),
            "invalid_parts",
            "parts",
            "`parts[1].etag`",
        ),
        (
            &complete,
            json!({"parts": [part, {"partNumber": 0, "etag": "x"}]}),
            "invalid_parts",
            "parts",
            "`parts[1].partNumber`",
        ),
        (&complete, json!({"parts": [part, [2, "x"]]}), "invalid_parts", "parts", "`parts[1]`"),
        ("/v1/uploads", upload(json!(["a", "b", 7])), "invalid_tags", "tags", "`tags[2]`"),
        ("/v1/uploads", upload(json!([["a"]])), "invalid_tags", "tags", "`tags[0]`"),
    ] {
        let what = format!("{path} {body}");
        let problem = ada.post(path, &body).await.expect_problem(400, code);
        assert_eq!(problem["field"], field, "{what}");
        assert!(problem["detail"].as_str().unwrap().contains(at), "{what}: {}", problem["detail"]);
        still.assert_unchanged(&what).await;
    }

    // Each file of a batch is refused alone.
    let url = "ftp://nowhere.invalid/a.png";
    let items = json!([
        {"url": url, "tags": ["a", null]},
        {"url": url, "keepLocation": "yes"},
        {"url": url, "fileName": "a"},
        {"name": "a"},
        {"url": null},
        [url],
    ]);
    let answer = ada.post("/v1/assets/from-url", &json!({"items": items})).await.expect(202);
    let problems = answer["items"].as_array().unwrap().iter().map(|item| {
        let text = |name: &str| item["problem"][name].as_str().unwrap_or_default();
        (text("code"), text("field"), text("detail"))
    });
    let expected = [
        ("invalid_tags", "tags", "`tags` must be an array of strings. The mistake is at `tags[1]`."),
        ("invalid_keep_location", "keepLocation", "`keepLocation` must be true or false."),
        ("unknown_field", "fileName", "`fileName` is not a known field."),
        ("missing_field", "url", "`url` is required."),
        ("missing_field", "url", "`url` is required."),
        ("invalid_json", "", "Expected a JSON object."),
    ];
    assert!(problems.eq(expected), "{answer}");
    still.assert_unchanged("a batch of mistakes").await;
}

#[tokio::test]
async fn null_is_the_same_as_an_absent_field() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let nothing = json!({"projectId": null, "tags": null, "sha256": null, "keepLocation": null});
    for (path, own) in [
        ("/v1/uploads", json!({"filename": "a.png", "contentType": "image/png", "size": 1.0})),
        (
            "/v1/assets/from-url",
            json!({"url": "https://nowhere.invalid/a.png", "name": null, "type": null, "items": null}),
        ),
    ] {
        let mut body = own;
        body.as_object_mut().unwrap().extend(nothing.as_object().unwrap().clone());
        let answer = ada.post(path, &body).await;
        assert!(answer.status < 300, "{path}: {}", answer.json);
    }
    ada.post("/v1/webhook-endpoints", &json!({"provider": "replicate", "secret": null})).await.expect(201);
    ada.post("/v1/webhook-endpoints", &json!({"provider": null})).await.expect_problem(400, "missing_field");
    for (secret, code) in [(json!(7), "invalid_secret"), (json!("whsec_"), "invalid_secret")] {
        let body = json!({"provider": "replicate", "secret": secret});
        assert_eq!(ada.post("/v1/webhook-endpoints", &body).await.expect_problem(400, code)["field"], "secret");
    }
    for provider in [json!(7), json!("nobody")] {
        let problem = ada.post("/v1/webhook-endpoints", &json!({"provider": provider})).await;
        assert_eq!(problem.expect_problem(400, "invalid_provider")["field"], "provider");
    }
}

#[tokio::test]
async fn what_may_be_uploaded_is_as_configured() {
    let variables = vec![("ALLOWED_TYPES", "image/png,audio/x-wav".to_owned()), ("MAX_IMAGE_MB", "1".to_owned())];
    let still = Still::of(System::start_with(Options { variables, ..Options::default() }).await).await;
    let ada = still.system.user("ada").await;
    let post = |content_type: &str, size: usize| {
        let body = json!({"filename": "a", "contentType": content_type, "size": size});
        ada.request(Method::POST, "/v1/uploads").json(&body)
    };
    for content_type in ["image/jpeg", "video/mp4", "image/svg+xml", "application/pdf"] {
        let request = post(content_type, 1);
        still.refuses(content_type, &ada, request, (400, "type_not_allowed", "contentType")).await;
    }
    still.refuses("size", &ada, post("image/png", (1 << 20) + 1), (400, "too_large", "size")).await;
    ada.begin("a", "image/png", 1 << 20).await;
    ada.begin("a", "audio/wave", 1 << 20).await;
}

#[tokio::test]
async fn a_types_aliases_are_understood_and_stored_in_one_form() {
    let system = System::with("MAX_ACTIVE_UPLOADS", 1000).await;
    let ada = system.user("ada").await;
    for (sent, stored) in [
        ("image/jpg", "image/jpeg"),
        ("image/pjpeg", "image/jpeg"),
        ("IMAGE/PNG", "image/png"),
        ("image/x-png", "image/png"),
        (" image/gif ", "image/gif"),
        ("image/svg+xml; charset=utf-8", "image/svg+xml"),
        ("video/mov", "video/quicktime"),
        ("video/avi", "video/x-msvideo"),
        ("video/x-matroska", "video/matroska"),
        ("audio/mp3", "audio/mpeg"),
        ("audio/x-wav", "audio/wav"),
        ("audio/wave", "audio/wav"),
        ("application/ogg", "audio/ogg"),
        ("audio/x-aac", "audio/aac"),
        ("audio/x-flac", "audio/flac"),
        ("application/x-pdf", "application/pdf"),
    ] {
        let begun = ada.begin("a", sent, 1).await;
        assert_eq!(begun["headers"]["content-type"], stored, "{sent}");
        let asset = ada.get(&format!("/v1/assets/{}", begun["assetId"].as_str().unwrap())).await.expect(200);
        assert_eq!(asset["contentType"], stored, "{sent}");
    }
    let wav = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
    assert_eq!(ada.upload_ready("a.wav", "audio/x-wav", wav).await["contentType"], "audio/wav");
}

#[tokio::test]
async fn an_idempotency_key_that_is_none_is_refused() {
    let still = Still::of(System::start().await).await;
    let ada = still.system.user("ada").await;
    for key in ["".as_bytes(), b"a b", b"a\tb", "schlüssel".as_bytes(), b"\xff", &[b'a'; 256]] {
        let request = ada.request(Method::POST, "/v1/uploads").body(body_with("", "")).header("idempotency-key", key);
        let refusal = (400, "invalid_idempotency_key", "Idempotency-Key");
        still.refuses(&String::from_utf8_lossy(key), &ada, request, refusal).await;
    }
    let request = ada.request(Method::POST, "/v1/uploads").body(body_with("", ""));
    ada.send(request.header("idempotency-key", [b'a'; 255].as_slice())).await.expect(201);
}

#[tokio::test]
async fn a_parameter_of_a_query_that_is_none_of_its_values_is_refused_by_its_name() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let asset = ada.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
    let still = Still::of(system).await;
    let [data, history] =
        ["data", "history"].map(|what| format!("/v1/assets/{}/{what}", asset["id"].as_str().unwrap()));
    let long = "a".repeat(65);
    for (path, name, values, code) in [
        (
            "/v1/assets",
            "limit",
            ["0", "-1", "101", "1.5", "abc", "%205", "99999999999999999999"].as_slice(),
            "invalid_limit",
        ),
        ("/v1/assets", "type", &["pictures", "IMAGE", "image/png", "%00"], "invalid_type"),
        ("/v1/assets", "status", &["trash", "READY", "gone", "%0a"], "invalid_status"),
        ("/v1/assets", "tag", &["%20", "%00", "a%0ab", &long], "invalid_tag"),
        ("/v1/assets", "projectId", &["nope", "..", "%00"], "invalid_project_id"),
        ("/v1/assets", "name", &["%00", "a%0ab", &"a".repeat(256)], "invalid_name"),
        ("/v1/assets", "sort", &["size", "NAME", "-name", "%00"], "invalid_sort"),
        ("/v1/assets?status=deleted", "sort", &["name"], "invalid_sort"),
        (&history, "limit", &["0", "101", "abc"], "invalid_limit"),
        (&data, "download", &["2", "yes", "%00"], "invalid_download"),
    ] {
        for value in values {
            let separator = if path.contains('?') { '&' } else { '?' };
            let request = ada.request(Method::GET, &format!("{path}{separator}{name}={value}"));
            still.refuses(&format!("{name}={value}"), &ada, request, (400, code, name)).await;
        }
    }
}

#[tokio::test]
async fn part_numbers_outside_the_plan_and_lists_of_parts_that_are_none_are_refused() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let begun = ada.begin("film.mp4", "video/mp4", 20 << 20).await;
    assert_eq!(begun["partCount"], 2);
    let multipart = begun["uploadId"].as_str().unwrap();
    let begun_single = ada.begin("dot.png", "image/png", 100).await;
    let single = begun_single["uploadId"].as_str().unwrap();
    let still = Still::of(system).await;

    let refuses_numbers = async |upload: &str, numbers: Value| {
        let request = ada.request(Method::POST, &format!("/v1/uploads/{upload}/parts"));
        let request = request.json(&json!({"partNumbers": numbers}));
        still.refuses(&numbers.to_string(), &ada, request, (400, "invalid_part_number", "partNumbers")).await;
    };
    for number in [
        json!(0),
        json!(3),
        json!(10_001),
        json!(-1),
        json!(1.5),
        json!("1"),
        json!(null),
        json!([1]),
        json!(1_u64 << 32 | 1),
    ] {
        refuses_numbers(multipart, json!([number])).await;
        refuses_numbers(multipart, json!([1, number])).await;
    }
    for numbers in [json!([]), json!({}), json!(1), json!("1"), json!(vec![1; 101])] {
        refuses_numbers(multipart, numbers).await;
    }
    refuses_numbers(single, json!([1])).await;
    let request = ada.request(Method::POST, &format!("/v1/uploads/{multipart}/parts"));
    still.refuses("no numbers", &ada, request, (400, "missing_field", "partNumbers")).await;

    let part = |number: Value, etag: &str| json!({"partNumber": number, "etag": etag});
    let complete = |parts: &Value| {
        ada.request(Method::POST, &format!("/v1/uploads/{multipart}/complete")).json(&json!({"parts": parts}))
    };
    for parts in [
        json!(7),
        json!({}),
        json!("x"),
        json!([7]),
        json!([null]),
        json!([{}]),
        json!([{"partNumber": 1}]),
        json!([{"etag": "x"}]),
        json!([part(json!("1"), "x")]),
        json!([part(json!(-1), "x")]),
        json!([part(json!(1), "")]),
        json!([part(json!(1), &"x".repeat(81))]),
        json!([part(json!(0), "x"), part(json!(1), "x"), part(json!(2), "x")]),
        json!([part(json!(1), "x"), part(json!(2), "x"), part(json!(3), "x")]),
        json!([part(json!(1), "x"), part(json!(1), "x"), part(json!(2), "x")]),
        json!([part(json!(1), "x"), part(json!(2), "x")]),
        json!([part(json!(1), "\"</ETag></Part><Part>"), part(json!(2), "&amp;\u{2028}'")]),
        json!([part(json!(1), "\0"), part(json!(2), "\r\n\u{1b}\u{fffe}")]),
    ] {
        still.refuses(&parts.to_string(), &ada, complete(&parts), (400, "invalid_parts", "parts")).await;
    }
    for parts in [json!([]), json!([part(json!(2), "x")]), json!(null)] {
        still.refuses(&parts.to_string(), &ada, complete(&parts), (409, "upload_incomplete", "")).await;
    }
    ada.bring(&begun_single, &[0; 100]).await;
    ada.post(&format!("/v1/uploads/{single}/complete"), &json!({})).await.expect(200);
}
