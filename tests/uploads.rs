//! Uploads in parts, from the first byte to the last, and their end before that.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{State, Still, System, User, eventually, files};

const PART: usize = 5 << 20;
/// Four parts: three of five mebibytes, and one of two.
const FILM: usize = 17 << 20;

/// A system with parts of five mebibytes, and an upload of [`FILM`] bytes in it.
async fn begun() -> (System, User, Value, Vec<u8>) {
    let system = System::with("PART_SIZE_MB", 5).await;
    let ada = system.user("ada").await;
    let begun = ada.begin("film.mp4", "video/mp4", FILM).await;
    assert_eq!((&begun["partSize"], &begun["partCount"]), (&PART.into(), &4.into()));
    (system, ada, begun, files::mp4(FILM))
}

fn id_of(begun: &Value) -> &str {
    begun["uploadId"].as_str().unwrap()
}

/// Puts one part of the film to where a signed part says.
async fn put_part(user: &User, part: &Value, film: &[u8]) -> Value {
    let number = part["partNumber"].as_u64().unwrap();
    let piece = film.chunks(PART).nth(usize::try_from(number - 1).unwrap()).unwrap();
    let (status, etag) = user.put(&part["url"], &Value::Null, piece.to_vec()).await;
    assert_eq!(status, 200);
    json!({"partNumber": number, "etag": etag})
}

async fn sign(user: &User, id: &str, numbers: &[u64]) -> Vec<Value> {
    let signed = user.post(&format!("/v1/uploads/{id}/parts"), &json!({"partNumbers": numbers})).await.expect(200);
    let signed = signed["parts"].as_array().unwrap().clone();
    let found: Vec<_> = signed.iter().map(|part| part["partNumber"].as_u64().unwrap()).collect();
    assert_eq!(found, numbers);
    signed
}

async fn complete(user: &User, id: &str, body: Value) -> crate::support::Answer {
    user.post(&format!("/v1/uploads/{id}/complete"), &body).await
}

/// Waits until the film is ready and checks that the edge has its very bytes.
async fn comes_back(system: &System, user: &User, id: &str, film: &[u8]) -> Value {
    let asset = user.inspected(id).await;
    assert_eq!(asset["status"], "ready", "{asset}");
    let fetched = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "video/mp4");
    assert!(fetched.bytes().await.unwrap() == film);
    asset
}

#[tokio::test]
async fn a_film_goes_up_in_parts_in_any_order_and_comes_back_whole() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let film = files::mp4((40 << 20) + 1);
    let sha256 = hex::encode(Sha256::digest(&film));
    let body = json!({"filename": "film.mp4", "contentType": "video/mp4", "size": film.len(), "sha256": sha256});
    let begun = ada.post("/v1/uploads", &body).await.expect(201);
    assert_eq!((&begun["strategy"], &begun["method"]), (&"multipart".into(), &"PUT".into()));
    assert_eq!((&begun["partSize"], &begun["partCount"]), (&(16 << 20).into(), &3.into()));
    assert_eq!((&begun["assetId"], &begun["headers"]), (&begun["uploadId"], &json!({})));
    let id = id_of(&begun);
    system.state().await.assert_usage_adds_up();

    let mut etags = Vec::new();
    for (part, piece) in begun["parts"].as_array().unwrap().iter().zip(film.chunks(16 << 20)).rev() {
        let (status, etag) = ada.put(&part["url"], &Value::Null, piece.to_vec()).await;
        assert_eq!(status, 200);
        etags.push(json!({"partNumber": part["partNumber"], "etag": etag}));
    }
    let asset = complete(&ada, id, json!({"parts": etags})).await.expect(200);
    assert_eq!((&asset["id"], &asset["size"]), (&begun["assetId"], &film.len().into()));
    let asset = comes_back(&system, &ada, id, &film).await;
    assert_eq!((&asset["sha256"], &asset["storageKey"]), (&sha256.into(), &begun["storageKey"]));

    let state = system.state().await;
    assert_eq!(state.objects.keys().collect::<Vec<_>>(), [begun["storageKey"].as_str().unwrap()]);
    assert!(state.multipart_uploads.is_empty());
    state.assert_usage_adds_up();
    // The parts' URLs are dead, and a repeated complete changes nothing.
    let still = Still { before: state, system };
    let (status, _) = ada.put(&begun["parts"][0]["url"], &Value::Null, film[..16 << 20].to_vec()).await;
    assert_eq!(status, 404);
    for body in [json!({}), json!({"parts": etags})] {
        let again = complete(&ada, id, body).await.expect(200);
        assert_eq!((&again["updatedAt"], &again["status"]), (&asset["updatedAt"], &"ready".into()));
    }
    still.assert_unchanged("what came after the end").await;
}

#[tokio::test]
async fn a_part_that_is_signed_and_sent_again_replaces_the_first() {
    let (system, ada, begun, film) = begun().await;
    let id = id_of(&begun);
    for part in begun["parts"].as_array().unwrap() {
        let noise = vec![b'x'; if part["partNumber"] == 4 { FILM - 3 * PART } else { PART }];
        assert_eq!(ada.put(&part["url"], &Value::Null, noise).await.0, 200);
    }
    for part in sign(&ada, id, &[4, 2]).await.iter().chain([&begun["parts"][0], &begun["parts"][2]]) {
        put_part(&ada, part, &film).await;
    }
    complete(&ada, id, json!({})).await.expect(200);
    comes_back(&system, &ada, id, &film).await;
}

#[tokio::test]
async fn progress_is_what_storage_has_and_another_session_uploads_the_rest() {
    let (system, ada, begun, film) = begun().await;
    let id = id_of(&begun).to_owned();
    let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
    let known = ["status", "strategy", "bytesUploaded", "size", "percent", "partSize", "partCount", "parts"];
    let found: Vec<_> = known.iter().map(|name| progress[name].clone()).collect();
    assert_eq!(json!(found), json!(["awaiting_upload", "multipart", 0, FILM, 0.0, PART, 4, []]));
    assert_eq!((&progress["speedBytesPerSecond"], &progress["etaSeconds"]), (&Value::Null, &Value::Null));
    let etags = [put_part(&ada, &begun["parts"][0], &film).await, put_part(&ada, &begun["parts"][2], &film).await];
    drop(ada);

    // All that the new session has is the id.
    let ada = system.user("ada").await;
    let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
    assert_eq!((&progress["bytesUploaded"], &progress["percent"]), (&(2 * PART).into(), &58.8.into()));
    assert!(progress["speedBytesPerSecond"].as_f64().unwrap() > 0.0, "{progress}");
    assert!(progress["etaSeconds"].as_f64().unwrap() > 0.0, "{progress}");
    for (part, put) in progress["parts"].as_array().unwrap().iter().zip(&etags) {
        assert_eq!(
            (&part["partNumber"], &part["etag"], &part["size"]),
            (&put["partNumber"], &put["etag"], &PART.into())
        );
    }
    let problem = complete(&ada, &id, json!({})).await.expect_problem(409, "upload_incomplete");
    assert!(problem["detail"].as_str().unwrap().contains("2 parts are missing: 2, 4."), "{problem}");
    let problem = complete(&ada, &id, json!({"parts": etags})).await.expect_problem(409, "upload_incomplete");
    assert!(problem["detail"].as_str().unwrap().contains("2 parts are missing: 2, 4."), "{problem}");
    for part in sign(&ada, &id, &[2, 4]).await {
        put_part(&ada, &part, &film).await;
    }
    let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
    let found = ["bytesUploaded", "percent", "etaSeconds"].map(|name| progress[name].as_f64().unwrap());
    assert_eq!(found, [FILM as f64, 100.0, 0.0]);
    complete(&ada, &id, json!({})).await.expect(200);
    comes_back(&system, &ada, &id, &film).await;
    let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
    assert_eq!((&progress["bytesUploaded"], &progress["status"]), (&FILM.into(), &"ready".into()));
}

#[tokio::test]
async fn progress_of_an_upload_in_one_piece_is_nothing_or_all() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    let begun = ada.begin("dot.png", "image/png", picture.len()).await;
    let id = id_of(&begun);
    complete(&ada, id, json!({})).await.expect_problem(409, "upload_incomplete");
    for uploaded in [0, picture.len()] {
        let progress = ada.get(&format!("/v1/uploads/{id}")).await.expect(200);
        let found = ["status", "strategy", "bytesUploaded", "size", "parts"].map(|name| progress[name].clone());
        assert_eq!(json!(found), json!(["awaiting_upload", "single", uploaded, picture.len(), []]));
        assert_eq!(progress["speedBytesPerSecond"].is_null(), uploaded == 0, "{progress}");
        ada.bring(&begun, &picture).await;
    }
    complete(&ada, id, json!({})).await.expect(200);
}

#[tokio::test]
async fn wrong_etags_are_refused_and_the_right_ones_then_succeed() {
    let (system, ada, begun, film) = begun().await;
    let id = id_of(&begun);
    let etags = ada.bring(&begun, &film).await;
    let mut swapped = etags.clone();
    (swapped[0]["etag"], swapped[1]["etag"]) = (etags[1]["etag"].clone(), etags[0]["etag"].clone());
    let mut other = etags.clone();
    other[3]["etag"] = "\"00000000000000000000000000000000\"".into();
    let still = Still::of(system).await;
    for wrong in [swapped, other] {
        let problem = complete(&ada, id, json!({"parts": wrong})).await.expect_problem(400, "invalid_parts");
        assert_eq!(problem["field"], "parts");
        still.assert_unchanged("a complete with wrong etags").await;
    }
    // Quotes belong to an etag, but not every client keeps them.
    let bare = etags.iter().map(
        |part| json!({"partNumber": part["partNumber"], "etag": part["etag"].as_str().unwrap().trim_matches('"')}),
    );
    complete(&ada, id, json!({"parts": bare.collect::<Vec<_>>()})).await.expect(200);
    comes_back(&still.system, &ada, id, &film).await;
}

#[tokio::test]
async fn an_aborted_upload_is_gone_with_its_parts_and_its_place_in_the_quota() {
    let (system, ada, begun, film) = begun().await;
    let id = id_of(&begun);
    put_part(&ada, &begun["parts"][0], &film).await;
    let unfinished = system.state().await;
    assert_eq!((unfinished.usage("ada", "reserved_bytes"), unfinished.parts.len()), (FILM as i64, 1));
    unfinished.assert_usage_adds_up();

    ada.delete(&format!("/v1/uploads/{id}")).await.expect(204);
    let assert_gone = |state: &State| {
        assert!(state.multipart_uploads.is_empty() && state.objects.is_empty());
        assert_eq!(["total_bytes", "reserved_bytes", "active_uploads"].map(|name| state.usage("ada", name)), [0; 3]);
    };
    assert_gone(&system.state().await);
    let (status, _) = ada.put(&begun["parts"][1]["url"], &Value::Null, film[PART..2 * PART].to_vec()).await;
    assert_eq!(status, 404, "storage knows the upload no more");
    ada.delete(&format!("/v1/uploads/{id}")).await.expect(204);
    complete(&ada, id, json!({})).await.expect_problem(404, "not_found");
    ada.post(&format!("/v1/uploads/{id}/parts"), &json!({"partNumbers": [1]})).await.expect_problem(404, "not_found");
    ada.get(&format!("/v1/uploads/{id}")).await.expect_problem(404, "not_found");
    ada.get(&format!("/v1/assets/{id}")).await.expect_problem(404, "not_found");
    let state = system.state().await;
    assert_gone(&state);
    state.assert_usage_adds_up();
}

#[tokio::test]
async fn what_an_aborted_put_left_is_swept_up_and_what_is_completed_cannot_be_aborted() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::png(8, 8);
    let begun = ada.begin("dot.png", "image/png", picture.len()).await;
    ada.bring(&begun, &picture).await;
    ada.delete(&format!("/v1/uploads/{}", id_of(&begun))).await.expect(204);
    system.sweep().await;
    eventually("nothing is left of it", async || system.state().await.objects.is_empty().then_some(())).await;

    let asset = ada.upload_ready("dot.png", "image/png", &picture).await;
    let id = asset["id"].as_str().unwrap();
    let still = Still::of(system).await;
    let request = ada.request(reqwest::Method::DELETE, &format!("/v1/uploads/{id}"));
    still.refuses("an abort of what is ready", &ada, request, (409, "upload_not_active", "")).await;
    still.before.assert_usage_adds_up();
}
