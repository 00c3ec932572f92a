//! Ids and cursors that are none, or not the caller's: each is refused, and changes nothing.

use std::fmt::Write;

use reqwest::Method;
use uuid::Uuid;

use crate::support::stage::template;
use crate::support::{Still, System, User, files};

#[tokio::test]
async fn an_id_that_is_no_uuid_in_its_one_form_is_refused_on_every_route() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let asset = ada.upload_ready("dot.png", "image/png", &files::png(8, 8)).await;
    let id = asset["id"].as_str().unwrap();
    let begun = ada.begin("dot.png", "image/png", 100).await;
    let upload = begun["uploadId"].as_str().unwrap().to_owned();
    let still = Still::of(system).await;

    for route in template().routes.iter().filter(|route| route.path.contains("{id}")) {
        let good = if route.path.contains("uploads") { &upload } else { id };
        let body = if route.path.ends_with("/parts") { r#"{"partNumbers": [1]}"# } else { "" };
        let escaped = good.bytes().fold(String::new(), |mut text, byte| {
            _ = write!(text, "%{byte:02x}");
            text
        });
        let ask = async |id: &str| {
            let path = route.path.replace("{id}", id);
            let answer = ada.send_raw(&route.method, &path, body).await;
            still.assert_unchanged(&format!("{} {path}", route.method)).await;
            answer
        };
        for bad in [
            "nope",
            "1",
            "-1",
            "null",
            "*",
            "%25",
            ".",
            "..",
            "%2e",
            "%2e%2e",
            "%2E%2E",
            "...",
            "%00",
            "%20",
            "%C3%A9",
            "ASSET%23x",
            "%7B%7D",
            "%22",
            "%27%20or%201=1",
            "$%7B7*7%7D",
            "%0d%0ax:%20y",
            &good.to_uppercase(),
            &format!("%7B{good}%7D"),
            &format!("urn:uuid:{good}"),
            &good.replace('-', ""),
            &good[..35],
            &format!("{good}0"),
            &format!("{good}%20"),
            &format!("%20{good}"),
            &format!("{good}%0a"),
            &format!("{good}%00"),
            &format!("{good};a=b"),
            &format!("{good}%3Fa"),
            &"0".repeat(4000),
        ] {
            let answer = ask(bad).await;
            let found = (answer.status, answer.code(), answer.json["field"].as_str().unwrap_or_default());
            let expected = if route.method == "HEAD" { (400, "", "") } else { (400, "invalid_id", "id") };
            assert_eq!(found, expected, "{} {} with {bad}: {}", route.method, route.path, answer.json);
        }
        // Slashes make another path, which is no route of the API or one with a bad id.
        for bad in
            ["..%2f..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..", &format!("x%2f..%2f{good}"), "a/../b", "", "%ff"]
        {
            let status = ask(bad).await.status;
            assert!(matches!(status, 400 | 404 | 405), "{} {} with {bad}: {status}", route.method, route.path);
        }
        // What is decoded once is the id itself, and no harm; what is decoded twice is not.
        if route.method == "GET" {
            assert!(ask(&escaped).await.status < 400, "{}", route.path);
            assert_eq!(ask(&escaped.replace('%', "%25")).await.code(), "invalid_id");
        }
    }
}

#[tokio::test]
async fn a_cursor_that_was_altered_or_belongs_to_another_caller_or_listing_is_refused() {
    let system = System::start().await;
    let (ada, bob) = (system.user("ada").await, system.user("bob").await);
    let projects = [Uuid::now_v7().to_string(), Uuid::now_v7().to_string()];
    for project in &projects {
        system.add_member(project, "ada", "contributor").await;
        for _ in 0..2 {
            ada.begin_in(project, "a.png", "image/png", 1).await;
        }
    }
    bob.begin("a.png", "image/png", 1).await;
    bob.begin("a.png", "image/png", 1).await;
    let cursor = async |user: &User, query: &str| {
        let page = user.get(&format!("/v1/assets?limit=1{query}")).await.expect(200);
        page["nextCursor"].as_str().unwrap().to_owned()
    };
    let own = cursor(&ada, "").await;
    let of_images = cursor(&ada, "&type=image").await;
    let of_project = cursor(&ada, &format!("&projectId={}", projects[0])).await;
    let of_bob = cursor(&bob, "").await;
    let still = Still::of(system).await;
    let refuses = async |user: &User, query: &str, cursor: &str| {
        let request = user.request(Method::GET, &format!("/v1/assets?cursor={cursor}{query}"));
        still.refuses(&format!("{cursor} {query}"), user, request, (400, "invalid_cursor", "cursor")).await;
    };

    for position in 0..own.len() {
        let mut altered = own.clone().into_bytes();
        altered[position] = if altered[position] == b'A' { b'B' } else { b'A' };
        refuses(&ada, "", std::str::from_utf8(&altered).unwrap()).await;
    }
    for bad in
        ["x", "AAAA", "!", "%00", "null", &own[1..], &own[..own.len() - 1], &format!("{own}="), &"A".repeat(4000)]
    {
        refuses(&ada, "", bad).await;
    }
    refuses(&ada, "", &format!("{own}{own}")).await;
    refuses(&ada, "", &of_bob).await;
    refuses(&bob, "", &own).await;
    refuses(&ada, "", &of_images).await;
    refuses(&ada, "", &of_project).await;
    refuses(&ada, &format!("&projectId={}", projects[1]), &of_project).await;
    for query in ["&type=image", "&type=video", "&status=ready", "&tag=a"] {
        refuses(&ada, query, &own).await;
    }
    ada.get(&format!("/v1/assets?cursor={own}&limit=100")).await.expect(200);
}
