//! Odd names that do no harm: kept for display and for downloads, never part of a key or raw in a header.

use futures::future::join_all;
use percent_encoding::percent_decode_str;

use crate::support::{BUCKET, Options, System, User, files};

async fn keeps(system: &System, user: &User, name: &str) {
    let picture = files::png(8, 8);
    let begun = user.begin(name, "image/png", picture.len()).await;
    let id = begun["assetId"].as_str().unwrap();
    let key = format!("media/ada/{id}/original");
    assert_eq!(begun["storageKey"], key.as_str());
    assert!(begun["url"].as_str().unwrap().contains(&format!("/incoming/ada/{id}?")), "{begun}");
    user.bring(&begun, &picture).await;
    user.post(&format!("/v1/uploads/{id}/complete"), &serde_json::json!({})).await.expect(200);

    let asset = user.inspected(id).await;
    assert_eq!((&asset["status"], &asset["name"]), (&"ready".into(), &name.into()), "{asset}");
    assert_eq!(asset["storageKey"], key.as_str());
    for (query, way) in [("", "inline"), ("?download=1", "attachment")] {
        let moved = user.get(&format!("/v1/assets/{id}/data{query}")).await;
        let location = moved.headers["location"].to_str().unwrap();
        assert!(location.starts_with(&format!("{}/{key}?", system.edge)), "{location}");
        let answer = system.http.get(location).send().await.unwrap();
        let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        let encoded = disposition.strip_prefix(&format!("{way}; filename*=UTF-8''")).unwrap();
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
        assert!(encoded.bytes().all(safe), "{disposition}");
        assert_saved_as(name, &percent_decode_str(encoded).decode_utf8().unwrap());
        assert!(answer.bytes().await.unwrap() == picture);
    }
    let object = system.s3().head_object().bucket(BUCKET).key(&key).send().await.unwrap();
    let metadata = object.metadata().unwrap();
    assert_eq!((metadata["owner"].as_str(), metadata["asset"].as_str()), ("ada", id));
    assert_saved_as(name, &percent_decode_str(&metadata["filename"]).decode_utf8().unwrap());
}

/// A name that no file system takes is shortened, but keeps its extension; any other is itself.
fn assert_saved_as(name: &str, saved: &str) {
    if name.len() <= 255 {
        return assert_eq!(saved, name);
    }
    let stem = saved.strip_suffix(".png").unwrap_or(saved);
    assert!(name.starts_with(stem) && name.ends_with(".png") == saved.ends_with(".png"), "{saved}");
    assert!((250..=255).contains(&saved.len()), "{saved}");
}

#[tokio::test]
async fn odd_names_are_kept_for_display_and_for_downloads_and_are_in_no_key() {
    let variables = vec![("MAX_ACTIVE_UPLOADS", "1000".to_owned())];
    let system = System::start_with(Options { variables, ..Options::default() }).await;
    let ada = system.user("ada").await;
    let (long, long_and_wide, long_and_wider) = ("a".repeat(255), "é".repeat(255), format!("{}.png", "🦀".repeat(251)));
    let names = [
        "Grüße aus Köln.png",
        "写真 2026.png",
        "صورة.png",
        "🦀🏳️‍🌈.png",
        "e\u{301}.png",
        "a b  c.png",
        " leading.png",
        "trailing.png ",
        "say \"cheese\".png",
        "it's.png",
        "a;b.png",
        "a,b=c&d?e#f.png",
        "100%.png",
        "%2e%2e%2fetc%2fpasswd",
        "%00.png",
        "${HOME}`id`$(id).png",
        "<script>alert(1).png",
        "a:b|c*d.png",
        "{\"a\": 1}",
        "[a].png",
        "~",
        "-rf",
        "+.png",
        ".hidden",
        "..two",
        "a..b",
        "CON",
        "original",
        "no-extension",
        "utf-8''x.png",
        "x\u{200b}\u{feff}.png",
        "\u{fffd}.png",
        &long,
        &long_and_wide,
        &long_and_wider,
    ];
    join_all(names.iter().map(|name| keeps(&system, &ada, name))).await;
}

#[tokio::test]
async fn an_owner_of_an_odd_name_has_a_prefix_of_its_own_and_its_own_assets_only() {
    let system = System::start().await;
    let subs = ["a/b", "a%2Fb", "a~2fb", "..", ".", "A", "a", "auth0|7", "ü@example.com", "a b", "*", &"s".repeat(255)];
    let mut prefixes = std::collections::BTreeSet::new();
    for sub in subs {
        let user = system.user(sub).await;
        let asset = user.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
        assert_eq!(asset["ownerId"], sub);
        let key = asset["storageKey"].as_str().unwrap();
        let pieces: Vec<_> = key.split('/').collect();
        let ["media", owner, id, "original"] = pieces[..] else { panic!("{key}") };
        assert_eq!(id, asset["id"]);
        assert!(owner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte)), "{key}");
        assert!(prefixes.insert(owner.to_owned()), "{key} is in another owner's prefix");
        let list = user.get("/v1/assets").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
        let bytes = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(bytes.status(), 200, "{key}");
    }
}
