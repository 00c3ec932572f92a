//! A file that goes up in one piece.

use crate::support::{System, files};

#[tokio::test]
async fn a_picture_goes_up_is_inspected_and_comes_back_from_the_edge() {
    let system = System::start().await;
    let ada = system.user("ada").await;
    let picture = files::jpeg(1600, 900);
    let asset = ada.upload_ready("Ferry.jpg", "image/jpeg", &picture).await;
    assert_eq!((&asset["metadata"]["width"], &asset["metadata"]["height"]), (&1600.into(), &900.into()));
    let fetched = system.http.get(asset["urls"]["original"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "image/jpeg");
    assert!(fetched.bytes().await.unwrap() == picture);
}
