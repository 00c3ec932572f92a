//! What the record says of films, sounds, drawings and documents, and what becomes of those that are inspected again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Options, Reply, Source, System, User, eventually, files, ingestion, media, round_trips};

const MEBIBYTE: usize = 1 << 20;

/// Uploads a file with fields of its own in the declaration, and waits for its inspection.
async fn inspected_with(user: &User, more: Value, content_type: &str, bytes: &[u8]) -> Value {
    let mut declaration = json!({"filename": "file", "contentType": content_type, "size": bytes.len()});
    declaration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let begun = user.post("/v1/uploads", &declaration).await.expect(201);
    user.bring(&begun, bytes).await;
    let id = begun["assetId"].as_str().unwrap();
    user.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
    user.inspected(id).await
}

async fn made(name: &'static str) -> Vec<u8> {
    tokio::task::spawn_blocking(move || media::made_by_ffmpeg(name)).await.unwrap()
}

#[tokio::test]
async fn every_kind_of_file_is_described_in_the_words_of_its_kind() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let film = json!({"width": 320, "height": 240, "rotation": 0, "frameRate": 10.0, "quality": "240p",
        "colorTransfer": "sdr", "channels": 1, "sampleRate": 44100});
    let sound = json!({"channels": 1, "sampleRate": 44100});
    let with = |base: &Value, more: Value| {
        let mut all = base.as_object().unwrap().clone();
        all.extend(more.as_object().unwrap().clone());
        Value::Object(all)
    };
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (content_type, bytes, expected) in [
        ("video/mp4", made("a.mp4").await, with(&film, json!({"videoCodec": "h264", "audioCodec": "aac"}))),
        ("video/quicktime", made("a.mov").await, with(&film, json!({"videoCodec": "h264", "audioCodec": "aac"}))),
        ("video/matroska", made("a.mkv").await, with(&film, json!({"videoCodec": "h264"}))),
        ("video/webm", made("a.webm").await, with(&film, json!({"videoCodec": "vp9", "sampleRate": 48000}))),
        ("video/x-msvideo", made("a.avi").await, with(&film, json!({"videoCodec": "mpeg4", "audioCodec": "mp3"}))),
        ("audio/mpeg", made("a.mp3").await, with(&sound, json!({"audioCodec": "mp3"}))),
        ("audio/wav", made("a.wav").await, with(&sound, json!({"audioCodec": "pcm_s16le"}))),
        ("audio/ogg", made("a.ogg").await, with(&sound, json!({"audioCodec": "vorbis"}))),
        ("audio/aac", made("a.aac").await, with(&sound, json!({"audioCodec": "aac", "codecs": "mp4a.40.2"}))),
        ("audio/flac", made("a.flac").await, with(&sound, json!({"audioCodec": "flac", "codecs": "flac"}))),
        ("application/pdf", media::pdf(700), json!({"pages": 1, "encrypted": false})),
        ("application/msword", media::doc(), json!({"encrypted": false})),
        (DOCX, media::docx(), json!({"encrypted": false})),
        ("image/svg+xml", media::svg(300), json!({"width": 9, "height": 9, "hasAlpha": true})),
    ] {
        let asset = ada.upload_ready("file", content_type, &bytes).await;
        let found = &asset["metadata"];
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&found[name], value, "{content_type}: {name} of {found}");
        }
        if content_type.starts_with("video") || content_type.starts_with("audio") {
            let seconds = found["durationSeconds"].as_f64().unwrap();
            assert!((seconds - 1.0).abs() <= 0.15, "{content_type}: {seconds}");
            let bitrate = bytes.len() as f64 * 8.0 / seconds;
            let told = found["bitrate"].as_f64().unwrap();
            assert!((told / bitrate - 1.0).abs() < 0.01, "{content_type}: {told} and {bitrate}");
        }
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_film_tells_what_a_player_asks_whether_it_can_play() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let asset = ada.upload_ready("a.mp4", "video/mp4", &made("a.mp4").await).await;
    let codecs = asset["metadata"]["codecs"].as_str().unwrap();
    let (video, audio) = codecs.split_once(", ").unwrap();
    assert!(video.len() == 11 && video.starts_with("avc1."), "{codecs}");
    assert_eq!(audio, "mp4a.40.2");
    assert_eq!(asset["metadata"]["audioTracks"], Value::Null, "there is one track only");
}

#[tokio::test]
async fn a_film_beyond_the_limits_is_refused_with_what_was_found_and_what_is_allowed() {
    let variables = vec![("MAX_VIDEO_DURATION_SECONDS", "9".to_owned()), ("MIN_VIDEO_WIDTH", "400".to_owned())];
    let system = System::start_with(Options { variables, ..Options::default() }).await;
    let ada = system.user("ada").await;
    let long = "The video plays for 10 seconds; at most 9 are allowed.";
    let small = "The video has 320 × 240 pixels; at least 400 × 240, either way up, are needed.";
    for (bytes, detail) in [(files::mp4(900), long), (files::mp4(17 * MEBIBYTE), long), (made("a.mp4").await, small)] {
        let id = ada.upload("a.mp4", "video/mp4", &bytes).await;
        let asset = ada.inspected(&id).await;
        assert_eq!(asset["failure"], json!({"code": "limits_exceeded", "detail": detail}));
        assert_eq!((&asset["status"], &asset["urls"]), (&"failed".into(), &json!({})));
    }
    system.sweep().await;
    assert!(system.assert_all_agrees().await.objects.is_empty(), "what was refused is gone");
    // Sound may be as long as it likes.
    ada.upload_ready("a.wav", "audio/wav", &media::wav(8000 * 11)).await;
}

#[tokio::test]
async fn a_large_film_is_described_without_being_read() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let asset = ada.upload_ready("a.mp4", "video/mp4", &files::mp4(40 * MEBIBYTE)).await;
    let metadata = &asset["metadata"];
    assert_eq!((&metadata["width"], &metadata["quality"]), (&640.into(), &"360p".into()));
    assert_eq!((&metadata["durationSeconds"], &metadata["frameRate"]), (&10.0.into(), &25.0.into()));
    assert_eq!(metadata["codecs"], "avc1.42C01E".to_lowercase());
    let mut read = system.asked_since(0).await;
    read.retain(|asked| asked.by == "process-metadata" && asked.operation == "GetObject");
    let bytes: u64 = read.iter().map(|asked| asked.bytes_out).sum();
    assert!(bytes <= 512 * 1024 && round_trips(&read).len() <= 3, "{bytes} bytes: {read:?}");
    assert!(!read.is_empty());
}

#[tokio::test]
async fn a_large_file_that_breaks_its_rules_is_unreadable_and_the_next_one_is_inspected() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let film = files::mp4(17 * MEBIBYTE);
    let moov = film.windows(4).position(|name| name == b"moov").unwrap();
    let mut without_movie = film.clone();
    without_movie[moov..moov + 4].copy_from_slice(b"free");
    let mut endless = film.clone();
    endless[moov - 4..moov].copy_from_slice(&1_u32.to_be_bytes());
    endless[moov + 4..moov + 12].copy_from_slice(&(1_u64 << 63).to_be_bytes());
    for (what, bytes) in [("no movie", without_movie), ("a box of 2^63 bytes", endless)] {
        let id = ada.upload("a.mp4", "video/mp4", &bytes).await;
        let asset = ada.inspected(&id).await;
        assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &"unreadable".into()), "{what}");
    }
    ada.upload_ready("a.mp4", "video/mp4", &film).await;
}

/// A JPEG with the EXIF of a camera, and the place: 59° 54' 30" north, 10° 45' east.
fn photograph() -> Vec<u8> {
    let picture = files::jpeg(64, 48);
    let (mut tiff, mut data) = (b"MM\0\x2A\0\0\0\x08".to_vec(), Vec::new());
    let short = |value: u16| value.to_be_bytes();
    let long = |value: u32| value.to_be_bytes();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [short(tag).as_slice(), &short(kind), &long(count), &value].concat()
    };
    // Two entries and the link to the next directory, then a directory of four entries, then what is longer than four
    // bytes.
    let (gps, values) = (8 + 2 + 2 * 12 + 4, 8 + 2 + 2 * 12 + 4 + 2 + 4 * 12 + 4);
    let mut put = |bytes: &[u8]| {
        let at = values + data.len();
        data.extend_from_slice(bytes);
        long(u32::try_from(at).unwrap())
    };
    let make = put(b"Quayworks\0");
    let degrees = |parts: [u32; 3]| parts.iter().flat_map(|part| [long(*part), long(1)].concat()).collect::<Vec<_>>();
    let (north, east) = (put(&degrees([59, 54, 30])), put(&degrees([10, 45, 0])));
    tiff.extend(short(2));
    tiff.extend(entry(0x010F, 2, 10, make));
    tiff.extend(entry(0x8825, 4, 1, long(gps)));
    tiff.extend(long(0));
    tiff.extend(short(4));
    tiff.extend(entry(1, 2, 2, *b"N\0\0\0"));
    tiff.extend(entry(2, 5, 3, north));
    tiff.extend(entry(3, 2, 2, *b"E\0\0\0"));
    tiff.extend(entry(4, 5, 3, east));
    tiff.extend(long(0));
    tiff.extend(data);
    let exif = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(exif.len() + 2).unwrap();
    [&picture[..2], &[0xFF, 0xE1], &short(length), &exif, &picture[2..]].concat()
}

#[tokio::test]
async fn where_a_picture_was_taken_is_kept_only_if_its_owner_asked_for_it() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = photograph();
    for (more, kept) in
        [(json!({}), false), (json!({"keepLocation": false}), false), (json!({"keepLocation": true}), true)]
    {
        let asset = inspected_with(&ada, more, "image/jpeg", &picture).await;
        assert_eq!(asset["metadata"]["cameraMake"], "Quayworks", "{asset}");
        let place = &asset["metadata"]["location"];
        if kept {
            let near = |name: &str, degrees: f64| (place[name].as_f64().unwrap() - degrees).abs() < 1e-6;
            assert!(near("latitude", 59.908_333_333) && near("longitude", 10.75), "{place}");
        } else {
            assert_eq!(*place, Value::Null);
            let record = format!("{:?}", system.state().await.asset(asset["id"].as_str().unwrap()));
            assert!(!record.contains("latitude"), "not in the record either");
        }
    }
    for wrong in [json!("yes"), json!(1), json!([])] {
        let body = json!({"filename": "a.jpg", "contentType": "image/jpeg", "size": 9, "keepLocation": wrong});
        let problem = ada.post("/v1/uploads", &body).await.expect_problem(400, "invalid_keep_location");
        assert_eq!(problem["field"], "keepLocation");
    }
}

#[tokio::test]
async fn the_location_is_kept_whichever_way_a_picture_comes_in() {
    let (system, source) = (ingestion::start().await, Source::start().await);
    let ada = system.user("ada").await;
    let picture = photograph();
    let url = source.serve("/a.jpg", [Reply::file("image/jpeg", &picture)]);
    let raw = async |query: &str| {
        let request = ada.request(Method::POST, &format!("/v1/assets?name=a.jpg{query}"));
        ada.send(request.header("content-type", "image/jpeg").body(picture.clone())).await.expect(201)
    };
    let form = async |field: &str| {
        let file =
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n";
        let body = [format!("{field}--x\r\n{file}").as_bytes(), &picture, b"\r\n--x--\r\n"].concat();
        let request = ada.request(Method::POST, "/v1/assets");
        ada.send(request.header("content-type", "multipart/form-data; boundary=x").body(body)).await
    };
    let field =
        |value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"keepLocation\"\r\n\r\n{value}\r\n");
    let batch = json!({"items": [{"url": url, "keepLocation": true}, {"url": url}]});
    let batch = ada.post("/v1/assets/from-url", &batch).await.expect(202);
    let in_batch = |index: usize| batch["items"][index]["asset"].clone();
    for (way, asset, kept) in [
        ("raw", raw("&keepLocation=true").await, true),
        ("raw", raw("&keepLocation=false").await, false),
        ("raw", raw("").await, false),
        ("form", form(&field("true")).await.expect(201), true),
        ("form", form("").await.expect(201), false),
        (
            "from a URL",
            ada.post("/v1/assets/from-url", &json!({"url": url, "keepLocation": true})).await.expect(202),
            true,
        ),
        (
            "from a URL",
            ada.post("/v1/assets/from-url", &json!({"url": url, "keepLocation": null})).await.expect(202),
            false,
        ),
        ("in a batch", in_batch(0), true),
        ("in a batch", in_batch(1), false),
    ] {
        let asset = ada.inspected(asset["id"].as_str().unwrap()).await;
        assert_eq!(asset["metadata"]["cameraMake"], "Quayworks", "{way}: {asset}");
        assert_eq!(asset["metadata"]["location"].is_object(), kept, "{way}: {asset}");
    }
    for wrong in ["yes", "1", "TRUE"] {
        let refused = form(&field(wrong)).await.expect_problem(400, "invalid_keep_location");
        assert_eq!(refused["field"], "keepLocation");
        let request = ada.request(Method::POST, &format!("/v1/assets?keepLocation={wrong}"));
        let answer = ada.send(request.header("content-type", "image/jpeg").body(picture.clone())).await;
        answer.expect_problem(400, "invalid_keep_location");
    }
    let twice = form(&format!("{}{}", field("true"), field("true"))).await;
    twice.expect_problem(400, "repeated_field");
}

async fn process(user: &User, asset: &Value) -> crate::support::Answer {
    user.post(&format!("/v1/assets/{}/process", asset["id"].as_str().unwrap()), &json!({})).await
}

#[tokio::test]
async fn a_ready_asset_can_be_inspected_again_and_is_what_it_was() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    for (content_type, bytes) in
        [("image/png", files::png(640, 480)), ("video/mp4", files::mp4(17 * MEBIBYTE)), ("audio/wav", media::wav(9000))]
    {
        let before = ada.upload_ready("file", content_type, &bytes).await;
        let queued = process(&ada, &before).await.expect(202);
        assert_eq!((&queued["status"], &queued["urls"]), (&"uploaded".into(), &json!({})));
        // Asking again while it waits or is under way changes nothing.
        process(&ada, &before).await.expect(202);
        let after = ada.inspected(before["id"].as_str().unwrap()).await;
        for field in ["status", "metadata", "variants", "sha256", "size", "failure"] {
            assert_eq!(after[field], before[field], "{content_type}: {field}");
        }
        let served = system.http.get(after["urls"]["original"].as_str().unwrap()).send().await.unwrap();
        assert!(served.bytes().await.unwrap() == bytes, "{content_type}");
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn what_was_given_up_can_be_inspected_again() {
    let system = System::start_with(Options { retry_after: Some(0), ..Options::default() }).await;
    let ada = system.user("ada").await;
    for (content_type, bytes) in [("image/png", files::png(40, 30)), ("video/mp4", files::mp4(17 * MEBIBYTE))] {
        let kind = json!({"fail": {"status": 403, "code": "AccessDenied"}});
        let fault = json!({"service": "storage", "by": "process-metadata", "operation": "GetObject", "kind": kind});
        let mut fault = fault;
        fault["times"] = 1000.into();
        system.fault(fault).await;
        let id = ada.upload("file", content_type, &bytes).await;
        let asset = ada.inspected(&id).await;
        assert_eq!(asset["failure"]["code"], "processing_gave_up", "{content_type}: {asset}");
        system.clear_faults().await;
        process(&ada, &asset).await.expect(202);
        let asset = ada.inspected(&id).await;
        assert_eq!((&asset["status"], &asset["failure"]), (&"ready".into(), &Value::Null), "{content_type}");
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn what_has_no_bytes_cannot_be_inspected() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let begun = ada.begin("a.png", "image/png", 100).await;
    let waiting = json!({"id": begun["assetId"]});
    process(&ada, &waiting).await.expect_problem(409, "not_processable");
    let id = ada.upload("a.png", "image/png", b"no picture").await;
    let refused = ada.inspected(&id).await;
    assert_eq!(refused["status"], "failed");
    for _ in 0..2 {
        let problem = process(&ada, &refused).await.expect_problem(409, "not_processable");
        assert!(problem["detail"].as_str().unwrap().contains("no longer kept"), "{problem}");
        system.sweep().await;
    }
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    process(&ada, &refused).await.expect_problem(404, "not_found");
    let path = format!("/v1/assets/{}/process", begun["assetId"].as_str().unwrap());
    ada.post(&path, &json!({"thumbnails": true})).await.expect_problem(400, "unknown_field");
}

#[tokio::test]
async fn what_was_ready_and_no_longer_is_allowed_keeps_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let start = |longest: &str| {
        let variables = vec![("MAX_VIDEO_DURATION_SECONDS", longest.to_owned())];
        System::start_with(Options { data: Some(folder.path().to_owned()), variables, ..Options::default() })
    };
    let film = files::mp4(17 * MEBIBYTE);
    let system = start("60").await;
    let before = system.user("ada").await.upload_ready("a.mp4", "video/mp4", &film).await;
    let id = before["id"].as_str().unwrap();
    system.kill();

    let system = start("5").await;
    let ada = system.user("ada").await;
    process(&ada, &before).await.expect(202);
    let asset = ada.inspected(id).await;
    assert_eq!((&asset["failure"]["code"], &asset["urls"]), (&"limits_exceeded".into(), &json!({})));
    system.sweep().await;
    let state = system.assert_all_agrees().await;
    assert_eq!(state.objects_of(id).len(), 1);
    assert_eq!(state.usage("ada", "video_bytes"), i64::try_from(film.len()).unwrap(), "it still counts");
    system.kill();

    let system = start("60").await;
    let ada = system.user("ada").await;
    process(&ada, &before).await.expect(202);
    assert_eq!(ada.inspected(id).await["status"], "ready");
    process(&ada, &before).await.expect(202);
    ada.delete(&format!("/v1/assets/{id}")).await.expect(204);
    eventually("it is at rest", async || system.state().await.asset(id).map(drop)).await;
    system.assert_all_agrees().await;
}
