//! What becomes of a file once it is uploaded.

use std::path::Path;
use std::time::{Duration, Instant};

use image::{DynamicImage, GenericImageView, Rgba};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Digest;

use crate::support::{Options, State, System, User, files, media};

const MEBIBYTE: usize = 1 << 20;

fn sha256(bytes: &[u8]) -> String {
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Fetches one of an asset's URLs. Gives its type and bytes.
async fn fetch(system: &System, url: &Value) -> (String, Vec<u8>) {
    let answer = system.http.get(url.as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let content_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (content_type, answer.bytes().await.unwrap().to_vec())
}

/// Fetches a variant and decodes it, having checked that it is what the record says.
async fn fetch_variant(system: &System, asset: &Value, name: &str) -> (Vec<u8>, DynamicImage) {
    let (content_type, bytes) = fetch(system, &asset["urls"][name]).await;
    assert_eq!(content_type, "image/webp");
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::WebP).unwrap();
    let described = asset["variants"].as_array().unwrap().iter().find(|variant| variant["name"] == name).unwrap();
    let (width, height) = picture.dimensions();
    let found = json!({"name": name, "contentType": "image/webp", "width": width, "height": height,
        "size": bytes.len()});
    assert_eq!(*described, found);
    (bytes, picture)
}

fn encoded(picture: &DynamicImage, format: image::ImageFormat) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Three pictures, one after the other, of which the first leaves its left half transparent.
fn animation() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut file);
    for frame in 0..3 {
        let alpha = |x| if frame == 0 && x < 300 { 0 } else { 255 };
        let picture = image::RgbaImage::from_fn(600, 200, |x, _| Rgba([200, frame * 80, 10, alpha(x)]));
        encoder.encode_frame(image::Frame::new(picture)).unwrap();
    }
    drop(encoder);
    file
}

#[tokio::test]
async fn images_of_each_format_are_described_and_get_variants_that_decode() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let half_clear = image::RgbaImage::from_fn(2000, 500, |x, _| Rgba([10, 200, 30, if x < 1000 { 0 } else { 255 }]));
    let half_clear = DynamicImage::from(half_clear);
    let opaque = DynamicImage::from(image::RgbImage::from_fn(1500, 3000, |x, y| image::Rgb([x as u8, y as u8, 90])));
    // Type, bytes, width and height, alpha, frames, sizes of preview and thumbnail.
    for (content_type, bytes, size, alpha, frames, preview, thumbnail) in [
        ("image/jpeg", files::jpeg(1600, 900), (1600, 900), false, 1, (1280, 720), (320, 180)),
        ("image/png", encoded(&half_clear, image::ImageFormat::Png), (2000, 500), true, 1, (1280, 320), (320, 80)),
        ("image/webp", encoded(&opaque, image::ImageFormat::WebP), (1500, 3000), false, 1, (640, 1280), (160, 320)),
        ("image/gif", animation(), (600, 200), true, 3, (600, 200), (320, 107)),
        // None is larger than the image.
        ("image/png", files::png(100, 50), (100, 50), false, 1, (100, 50), (100, 50)),
        ("image/png", files::png(1, 3000), (1, 3000), false, 1, (1, 1280), (1, 320)),
    ] {
        let asset = ada.upload_ready("file", content_type, &bytes).await;
        let metadata = &asset["metadata"];
        assert_eq!((&metadata["width"], &metadata["height"]), (&size.0.into(), &size.1.into()), "{content_type}");
        assert_eq!((&metadata["hasAlpha"], &metadata["frames"]), (&alpha.into(), &frames.into()), "{content_type}");
        assert_eq!(metadata["orientation"], 1);
        // One character for the number of components, one for the strongest, four for the average, two for each other.
        assert_eq!(metadata["blurhash"].as_str().unwrap().len(), 1 + 1 + 4 + 11 * 2);
        assert_eq!(asset["sha256"], sha256(&bytes));
        assert_eq!(asset["type"], "image");
        for (name, size) in [("preview", preview), ("thumbnail", thumbnail)] {
            let (_, picture) = fetch_variant(&system, &asset, name).await;
            assert_eq!(picture.dimensions(), size, "{content_type}: {name}");
            if alpha {
                let (left, right) = (picture.get_pixel(size.0 / 4, size.1 / 2), picture.get_pixel(size.0 - 1, 0));
                assert_eq!((left[3], right[3]), (0, 255), "{content_type}: {name}");
            }
        }
        // The original, both thumbnails, and what moves of it.
        assert_eq!(asset["urls"].as_object().unwrap().len(), if frames > 1 { 4 } else { 3 });
        if frames > 1 {
            assert_eq!(fetch_variant(&system, &asset, "animation").await.1.dimensions(), thumbnail);
        }
        let (served_type, served) = fetch(&system, &asset["urls"]["original"]).await;
        assert_eq!(served_type, content_type);
        assert!(served == bytes);
    }
    system.assert_all_agrees().await;
}

/// Red, green, blue and white.
const COLOURS: [[u8; 3]; 4] = [[220, 30, 30], [30, 200, 40], [40, 50, 210], [250, 250, 250]];

/// A picture with a colour in each quarter: top left, top right, bottom left, bottom right.
fn quarters(width: u32, height: u32) -> DynamicImage {
    let quarter = |x, y| usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb(COLOURS[quarter(x, y)])).into()
}

/// The numbers of the colours in the quarters of a picture.
fn colours_of(picture: &DynamicImage) -> [usize; 4] {
    let (width, height) = picture.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| {
        let pixel = picture.get_pixel(width * x / 4, height * y / 4);
        let distance = |colour: &[u8; 3]| (0..3).map(|i| u32::from(pixel[i].abs_diff(colour[i]))).sum::<u32>();
        let nearest = (0..4).min_by_key(|&index| distance(&COLOURS[index])).unwrap();
        assert!(distance(&COLOURS[nearest]) < 40, "{pixel:?} is none of the colours");
        nearest
    })
}

#[tokio::test]
async fn variants_are_upright_and_free_of_what_the_camera_wrote() {
    const PLACE: &str = "59.9139N 10.7522E, the quay";
    let system = System::start().await;
    let ada = system.user("ada").await;
    let jpeg = encoded(&quarters(400, 200), image::ImageFormat::Jpeg);
    let png = encoded(&quarters(400, 200), image::ImageFormat::Png);
    // By EXIF's value: the stored quarters from which the upright ones come (CIPA DC-008, 4.6.4.A).
    for (orientation, upright) in [
        (1, [0, 1, 2, 3]),
        (2, [1, 0, 3, 2]),
        (3, [3, 2, 1, 0]),
        (4, [2, 3, 0, 1]),
        (5, [0, 2, 1, 3]),
        (6, [2, 0, 3, 1]),
        (7, [3, 1, 2, 0]),
        (8, [1, 3, 0, 2]),
    ] {
        for (content_type, bytes) in [
            ("image/jpeg", media::with_exif(&jpeg, orientation, PLACE)),
            ("image/png", media::png_with_exif(&png, orientation, PLACE)),
        ] {
            let said = |bytes: &[u8]| bytes.windows(PLACE.len()).any(|window| window == PLACE.as_bytes());
            assert!(said(&bytes));
            let asset = ada.upload_ready("file", content_type, &bytes).await;
            assert_eq!(asset["metadata"]["orientation"], orientation);
            let size = if orientation >= 5 { (200, 400) } else { (400, 200) };
            let metadata = &asset["metadata"];
            assert_eq!((&metadata["width"], &metadata["height"]), (&size.0.into(), &size.1.into()));
            for (name, size) in [("preview", size), ("thumbnail", (size.0 * 4 / 5, size.1 * 4 / 5))] {
                let (variant, picture) = fetch_variant(&system, &asset, name).await;
                assert_eq!(picture.dimensions(), size);
                assert_eq!(colours_of(&picture), upright, "{content_type}, orientation {orientation}, {name}");
                assert!(!said(&variant));
                for chunk in [b"EXIF", b"XMP ", b"Exif"] {
                    assert!(!variant.windows(4).any(|window| window == chunk), "{name} has {chunk:?}");
                }
            }
            // The original is the owner's, to the byte.
            assert!(fetch(&system, &asset["urls"]["original"]).await.1 == bytes);
        }
    }
}

#[tokio::test]
async fn films_sounds_and_documents_become_ready() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let made = |name: &'static str| tokio::task::spawn_blocking(move || media::made_by_ffmpeg(name));
    for (kind, content_type, bytes) in [
        ("video", "video/mp4", made("a.mp4").await.unwrap()),
        ("video", "video/webm", made("a.webm").await.unwrap()),
        ("video", "video/quicktime", made("a.mov").await.unwrap()),
        ("video", "video/x-msvideo", made("a.avi").await.unwrap()),
        ("video", "video/matroska", made("a.mkv").await.unwrap()),
        ("audio", "audio/mpeg", made("a.mp3").await.unwrap()),
        ("audio", "audio/wav", made("a.wav").await.unwrap()),
        ("audio", "audio/ogg", made("a.ogg").await.unwrap()),
        ("audio", "audio/aac", made("a.aac").await.unwrap()),
        ("audio", "audio/flac", made("a.flac").await.unwrap()),
        ("document", "application/pdf", media::pdf(700)),
        ("document", "application/msword", media::doc()),
        ("document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", media::docx()),
        ("image", "image/svg+xml", media::svg(300)),
    ] {
        let asset = ada.upload_ready("file", content_type, &bytes).await;
        assert_eq!((&asset["type"], &asset["contentType"]), (&kind.into(), &content_type.into()));
        assert_eq!(asset["sha256"], sha256(&bytes), "{content_type}");
        assert_eq!(asset["variants"], json!([]), "{content_type}");
        assert_eq!(asset["urls"].as_object().unwrap().keys().collect::<Vec<_>>(), ["original"]);
        let (served_type, served) = fetch(&system, &asset["urls"]["original"]).await;
        assert_eq!(served_type, content_type);
        assert!(served == bytes, "{content_type}");
    }
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn without_thumbnails_an_image_is_described_all_the_same() {
    let system = System::with("THUMBNAILS", "off").await;
    let ada = system.user("ada").await;
    let asset = ada.upload_ready("a.png", "image/png", &files::png(900, 400)).await;
    let described = json!({"width": 900, "height": 400, "orientation": 1, "hasAlpha": false, "frames": 1});
    assert_eq!((&asset["metadata"], &asset["variants"]), (&described, &json!([])));
    assert_eq!(asset["urls"].as_object().unwrap().len(), 1);
    let id = asset["id"].as_str().unwrap();
    ada.get(&format!("/v1/assets/{id}/data?variant=thumbnail")).await.expect_problem(404, "no_such_variant");
    assert_eq!(system.state().await.objects_of(id).len(), 2);
}

/// Checks that an asset failed for that reason, and that no route and no object has its bytes.
async fn assert_refused(system: &System, user: &User, id: &str, code: &str, what: &str) {
    let asset = user.inspected(id).await;
    assert_eq!((&asset["status"], &asset["failure"]["code"]), (&"failed".into(), &code.into()), "{what}: {asset}");
    assert!(asset["failure"]["detail"].as_str().unwrap().ends_with('.'), "{what}: {asset}");
    assert_eq!((&asset["urls"], &asset["variants"]), (&json!({}), &json!([])), "{what}");
    for method in [Method::GET, Method::HEAD] {
        for query in ["", "?variant=thumbnail", "?download=1"] {
            let request = user.request(method.clone(), &format!("/v1/assets/{id}/data{query}"));
            let answer = user.send(request).await;
            assert_eq!(answer.status, 409, "{what}: {method} {query}");
            assert!(method == Method::HEAD || answer.code() == "not_ready", "{what}");
            assert!(!answer.headers.contains_key("location"), "{what}");
        }
    }
    system.sweep().await;
    let state = system.state().await;
    assert_eq!(state.objects_of(id), Vec::<&str>::new(), "{what}");
    assert!(state.usage_of(&user.sub).is_empty(), "{what}: {:?}", state.usage_of(&user.sub));
}

/// Uploads a file, and checks that it is refused and never copied to where files are served from.
async fn assert_refuses(system: &System, user: &User, content_type: &str, bytes: &[u8], code: &str, what: &str) {
    let id = user.upload("file", content_type, bytes).await;
    user.inspected(&id).await;
    let state: State = system.state().await;
    assert!(!state.objects_of(&id).iter().any(|key| key.starts_with("media/")), "{what} lies where files are served");
    assert_refused(system, user, &id, code, what).await;
}

#[tokio::test]
async fn what_is_not_what_it_was_called_is_refused() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let html = b"<!DOCTYPE html><html><script>alert(document.domain)</script></html>";
    let png = files::png(30, 20);
    let jpeg = files::jpeg(300, 200);
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let spreadsheet = media::zip(&[("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>")]);
    for (what, content_type, bytes, code) in [
        ("HTML called PNG", "image/png", html.to_vec(), "type_mismatch"),
        ("PNG called JPEG", "image/jpeg", png.clone(), "type_mismatch"),
        ("HTML called SVG", "image/svg+xml", html.to_vec(), "type_mismatch"),
        ("HTML with a drawing in it", "image/svg+xml", b"<!-- <svg> --><html><svg/></html>".to_vec(), "type_mismatch"),
        ("HTML called PDF", "application/pdf", html.to_vec(), "type_mismatch"),
        ("HTML before a PDF", "application/pdf", [html.as_slice(), &media::pdf(400)].concat(), "type_mismatch"),
        ("HTML before a PNG", "image/png", [html.as_slice(), &png].concat(), "type_mismatch"),
        ("HTML behind GIF's letters", "image/gif", [b"GIF89a/*".as_slice(), html].concat(), "unreadable"),
        ("HTML behind JPEG's marker", "image/jpeg", [b"\xFF\xD8\xFF\xE0".as_slice(), html].concat(), "unreadable"),
        ("HTML called MP4", "video/mp4", html.to_vec(), "type_mismatch"),
        ("a WAV called MP3", "audio/mpeg", media::wav(900), "type_mismatch"),
        ("an MP4 called WebM", "video/webm", files::mp4(900), "type_mismatch"),
        ("a spreadsheet called DOCX", word, spreadsheet, "type_mismatch"),
        ("noise called PDF", "application/pdf", vec![7; 500], "type_mismatch"),
        ("a JPEG cut in half", "image/jpeg", jpeg[..jpeg.len() / 2].to_vec(), "unreadable"),
        ("a JPEG without its end", "image/jpeg", jpeg[..jpeg.len() - 2].to_vec(), "unreadable"),
        ("a PNG cut in half", "image/png", png[..png.len() / 2].to_vec(), "unreadable"),
        ("one byte", "image/png", vec![0x89], "type_mismatch"),
    ] {
        assert_refuses(&system, &ada, content_type, &bytes, code, what).await;
    }
    system.assert_all_agrees().await;
}

/// The most memory that the system with its data in this folder ever had, in MiB (proc(5), `VmHWM`).
fn peak_mebibytes(folder: &Path) -> u64 {
    let folder = folder.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let is_it = |process: &Path| {
        let command = std::fs::read(process.join("cmdline")).unwrap_or_default();
        command.split(|byte| *byte == 0).any(|argument| argument == folder.as_bytes())
    };
    let process = processes.into_iter().find(|process| is_it(process)).expect("the system's process");
    let status = std::fs::read_to_string(process.join("status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn files_that_unpack_to_far_more_than_they_are_cost_neither_time_nor_memory() {
    let folder = tempfile::tempdir().unwrap();
    let system = System::start_with(Options { data: Some(folder.path().to_owned()), ..Options::default() }).await;
    let ada = system.user("ada").await;
    ada.upload_ready("a.png", "image/png", &files::png(2000, 1500)).await;
    let before = peak_mebibytes(folder.path());
    let begun = Instant::now();
    let eve = system.user("eve").await;
    for (what, content_type, bytes, code) in [
        ("50,000 × 50,000 pixels", "image/png", media::png_bomb(50_000, 100_000), "limits_exceeded"),
        ("as many pixels as can be said", "image/png", media::png_bomb(i32::MAX as u32, 100_000), "limits_exceeded"),
        ("100,000 frames", "image/gif", media::gif(100_000), "limits_exceeded"),
        // 36 megapixels with alpha, within the limit, of which most are missing: 144 MB if they were laid out first.
        ("an unfinished picture", "image/png", media::png_bomb(6_000, 100_000), "unreadable"),
    ] {
        assert_refuses(&system, &eve, content_type, &bytes, code, what).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let more = peak_mebibytes(folder.path()) - before;
    assert!(more < 64, "{more} MiB more than an ordinary photograph takes");
    // Just within the limit is fine.
    let asset = eve.upload_ready("a.gif", "image/gif", &media::gif(10_000)).await;
    assert_eq!(asset["metadata"]["frames"], 10_000);
}

#[tokio::test]
async fn an_image_of_more_megapixels_than_allowed_is_refused() {
    let system = System::with("MAX_MEGAPIXELS", 1).await;
    let ada = system.user("ada").await;
    assert_refuses(&system, &ada, "image/png", &files::png(1001, 1000), "limits_exceeded", "a larger PNG").await;
    assert_refuses(&system, &ada, "image/jpeg", &files::jpeg(1001, 1000), "limits_exceeded", "a larger JPEG").await;
    ada.upload_ready("a.png", "image/png", &files::png(1000, 1000)).await;
}

/// Uploads a file that is declared with that SHA-256.
async fn upload_declared(user: &User, content_type: &str, bytes: &[u8], sha256: &str) -> String {
    let body = json!({"filename": "file", "contentType": content_type, "size": bytes.len(), "sha256": sha256});
    let instructions = user.post("/v1/uploads", &body).await.expect(201);
    user.bring(&instructions, bytes).await;
    let id = instructions["assetId"].as_str().unwrap().to_owned();
    user.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
    id
}

#[tokio::test]
async fn a_declared_digest_is_checked() {
    let system = System::start().await;
    let (ada, eve) = (system.user("ada").await, system.user("eve").await);
    let picture = files::png(64, 64);
    let film = files::mp4(17 * MEBIBYTE);
    for (content_type, bytes) in [("image/png", &picture), ("video/mp4", &film)] {
        let id = upload_declared(&ada, content_type, bytes, &sha256(bytes)).await;
        let asset = ada.inspected(&id).await;
        assert_eq!((&asset["status"], &asset["sha256"]), (&"ready".into(), &sha256(bytes).into()));
        let id = upload_declared(&eve, content_type, bytes, &sha256(b"something else")).await;
        assert_refused(&system, &eve, &id, "checksum_mismatch", content_type).await;
    }
    // A film of which nobody said a digest is not read whole.
    let asset = ada.upload_ready("a.mp4", "video/mp4", &film).await;
    assert_eq!(asset["sha256"], Value::Null);
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn a_large_file_of_another_type_is_refused_and_removed() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let mut noise = files::mp4(17 * MEBIBYTE);
    noise[..64].fill(0x5A);
    let id = ada.upload("film.mp4", "video/mp4", &noise).await;
    assert_refused(&system, &ada, &id, "type_mismatch", "noise called MP4").await;
    // Images are read whole, whatever their size.
    let picture = media::padded(&files::jpeg(400, 300), 17 * MEBIBYTE);
    let asset = ada.upload_ready("a.jpg", "image/jpeg", &picture).await;
    assert_eq!((&asset["metadata"]["width"], &asset["sha256"]), (&400.into(), &sha256(&picture).into()));
    let mut cut = picture;
    cut[1000..].fill(0);
    let eve = system.user("eve").await;
    let id = eve.upload("a.jpg", "image/jpeg", &cut).await;
    assert_refused(&system, &eve, &id, "unreadable", "a large JPEG that ends in zeros").await;
    system.assert_all_agrees().await;
}

#[tokio::test]
async fn what_is_served_is_what_was_inspected_though_the_client_overwrites_its_object_meanwhile() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let (wide, high) = (files::png(300, 200), files::png(200, 300));
    let size = wide.len().max(high.len()).max(1000);
    let [wide, high] = [wide, high].map(|file| media::padded(&file, size));
    let page = media::padded(b"<!DOCTYPE html><script>alert(1)</script>", size);
    for round in 0..12 {
        // In every other round what comes in between is no image at all.
        let others = if round % 2 == 0 { [&high, &wide] } else { [&page, &wide] };
        let instructions = ada.begin("a.png", "image/png", size).await;
        let id = instructions["assetId"].as_str().unwrap().to_owned();
        ada.bring(&instructions, &wide).await;
        let overwrite = async |bytes: &[u8]| {
            let (status, _) = ada.put(&instructions["url"], &instructions["headers"], bytes.to_vec()).await;
            assert_eq!(status, 200);
        };
        let racing = async {
            for turn in 0.. {
                overwrite(others[turn % 2]).await;
                let asset = ada.get(&format!("/v1/assets/{id}")).await.expect(200);
                if asset["status"] != "awaiting_upload" && asset["status"] != "uploaded" {
                    return asset;
                }
            }
            unreachable!()
        };
        let path = format!("/v1/uploads/{id}/complete");
        let body = json!({});
        let (asset, completed) = tokio::join!(racing, ada.post(&path, &body));
        completed.expect(200);
        if asset["status"] == "failed" {
            assert_eq!(asset["failure"]["code"], "type_mismatch");
            assert!(round % 2 == 1);
            assert_eq!(asset["urls"], json!({}));
            continue;
        }
        let (_, served) = fetch(&system, &asset["urls"]["original"]).await;
        assert_eq!(sha256(&served), asset["sha256"], "round {round}");
        let size = if served == wide { (300, 200) } else { (200, 300) };
        assert!(served == wide || served == high && round % 2 == 0);
        assert_eq!((&asset["metadata"]["width"], &asset["metadata"]["height"]), (&size.0.into(), &size.1.into()));
        assert_eq!(fetch_variant(&system, &asset, "preview").await.1.dimensions(), size);
        // The URL still works, but leads nowhere that is served.
        overwrite(&page).await;
        system.sweep().await;
        assert_eq!(ada.get(&format!("/v1/assets/{id}")).await.expect(200), asset);
        let key = asset["storageKey"].as_str().unwrap();
        let stored = system.s3().get_object().bucket(crate::support::BUCKET).key(key).send().await.unwrap();
        assert!(stored.body.collect().await.unwrap().to_vec() == served, "round {round}");
    }
    system.at_rest().await.assert_usage_adds_up();
}

#[tokio::test]
async fn the_urls_of_parts_are_dead_once_the_upload_is_complete() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let film = files::mp4(17 * MEBIBYTE);
    let instructions = ada.begin("a.mp4", "video/mp4", film.len()).await;
    let id = instructions["assetId"].as_str().unwrap();
    ada.bring(&instructions, &film).await;
    ada.post(&format!("/v1/uploads/{id}/complete"), &json!({})).await.expect(200);
    let last = &instructions["parts"][1]["url"];
    let part = vec![0; MEBIBYTE];
    assert_eq!(ada.put(last, &Value::Null, part.clone()).await.0, 404);
    let asset = ada.inspected(id).await;
    assert_eq!(ada.put(last, &Value::Null, part).await.0, 404);
    assert!(fetch(&system, &asset["urls"]["original"]).await.1 == film);
}
