//! `POST /v1/webhooks/b2`: Backblaze B2's event notifications. An upload whose bytes have come, but whose client was
//! never heard of again, is completed by them.

use futures_util::{StreamExt, stream};
use http::HeaderMap;
use lambda_http::{Body, Request, Response};
use quayside_domain::keys;
use quayside_domain::{AssetId, Error, Result, Timestamp, TraceParent};
use quayside_edge::b2_signature;
use quayside_edge::http::{accepted, body, trace_of};
use quayside_edge::telemetry::upload_completed;
use serde::Deserialize;
use serde_json::json;
use tracing::{debug, info, instrument};

use crate::{App, MAX_WEBHOOK_BYTES};

/// How many events are dealt with at once; B2 sends up to 50 together.
const AT_ONCE: usize = 16;

#[derive(Deserialize)]
struct Notification {
    events: Vec<Event>,
}

/// What is read of an event; there is more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    #[serde(default)]
    bucket_name: String,
    #[serde(default)]
    object_name: String,
    #[serde(default)]
    object_size: Option<u64>,
}

/// An event that says nothing new is accepted as any other, so that a repeated one changes nothing. What could not be
/// done is answered with an error, and B2 sends all of it again.
#[instrument(skip_all)]
pub(crate) async fn receive(app: &App, request: &Request) -> Result<Response<Body>> {
    let body = body(request, MAX_WEBHOOK_BYTES)?;
    verify(request.headers(), body, app.b2_secret.expose())?;
    let notification: Notification = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::invalid("invalid_json", "", format!("The body is no notification in JSON: {place}."))
    })?;
    let trace = trace_of(request);
    let done = notification.events.into_iter().map(|event| complete(app, event, trace));
    let done: Vec<_> = stream::iter(done).buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().collect::<Result<()>>()?;
    accepted(&json!({}))
}

/// Checks that `body` is signed with `secret`. There is no time in what is signed.
///
/// # Errors
/// `InvalidSignature`.
fn verify(headers: &HeaderMap, body: &[u8], secret: &str) -> Result<()> {
    let header = headers.get(b2_signature::SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if b2_signature::is_signed(secret, body, header) { Ok(()) } else { Err(Error::InvalidSignature) }
}

/// Completes the upload that an event is about, if that is one in one piece whose bytes are awaited and have come
/// whole. (One in parts is completed by a function, which then knows of it.)
async fn complete(app: &App, event: Event, trace: Option<TraceParent>) -> Result<()> {
    const ATTEMPTS: usize = 5;
    let Some(id) = uploaded(&event, &app.bucket) else {
        debug!(event_type = %event.event_type, "an event about no upload");
        return Ok(());
    };
    for _ in 0..ATTEMPTS {
        let Some(asset) = app.table.find_pending_upload(id, trace).await? else {
            debug!(asset.id = %id, "the upload is over, or there is none");
            return Ok(());
        };
        let is_its_own = event.object_name == keys::incoming(&asset.location);
        let is_whole = event.object_size.is_none_or(|size| size == asset.size.bytes());
        if !is_its_own || !is_whole {
            info!(asset.id = %id, is_its_own, is_whole, "an object that is not what the upload declared");
            return Ok(());
        }
        match app.table.mark_uploaded_of(&asset, Timestamp::now(), app.inspected_within_seconds).await {
            Ok(()) => {
                info!(asset.id = %id, size = asset.size.bytes(), "upload completed by storage's notification");
                upload_completed(asset.size.bytes());
                return Ok(());
            }
            // Its client kept it alive at this moment, or completed or aborted it.
            Err(Error::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Conflict)
}

/// The upload that an object was created for, by its key, if it was.
fn uploaded(event: &Event, bucket: &str) -> Option<AssetId> {
    if !event.event_type.starts_with("b2:ObjectCreated:") || event.bucket_name != bucket {
        return None;
    }
    let mut segments = event.object_name.strip_prefix("incoming/")?.split('/');
    match (segments.next(), segments.next(), segments.next()) {
        (Some(_), Some(id), None) => AssetId::parse(id).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const BODY: &str = r#"{"events":[{"accountId":"e85c6a500333","bucketId":"aea8c5bc362ae55070130333",
        "bucketName":"quayside-media","eventId":"5e0fe5d4a8ea6c3f9c1c0f0ed0a4ed0c","eventTimestamp":1684793309123,
        "eventType":"b2:ObjectCreated:Upload","eventVersion":1,"matchedRuleName":"incoming-uploads",
        "objectName":"incoming/ada/019aa7a0-0000-7000-8000-000000000001","objectSize":10495842,
        "objectVersionId":"4_zaea8c5bc362ae55070130333_f117c7bd5d6c6597c_d20230521_m235957_c001"}]}"#;

    fn holds(signature: &str, body: &str) -> bool {
        let headers = [(b2_signature::SIGNATURE.parse().unwrap(), signature.parse().unwrap())].into_iter().collect();
        verify(&headers, body.as_bytes(), SECRET).is_ok()
    }

    fn sign(body: &str) -> String {
        b2_signature::sign(SECRET, body.as_bytes())
    }

    fn upload_of(event_type: &str, bucket: &str, object: &str) -> Option<String> {
        let json = json!({"eventType": event_type, "bucketName": bucket, "objectName": object}).to_string();
        let event: Event = serde_json::from_str(&json).unwrap();
        uploaded(&event, "quayside-media").map(|id| id.to_string())
    }

    #[test]
    fn the_signature_is_of_the_body_to_the_byte() {
        let good = sign(BODY);
        assert!(holds(&good, BODY));
        assert!(holds(&good.to_uppercase().replace("V1", "v1"), BODY));
        for bad in ["", "v1=", "v1", "v2=00", &good[3..], &good[..good.len() - 2], &format!("{good}00"), &sign("")] {
            assert!(!holds(bad, BODY), "{bad}");
        }
        assert!(!holds(&good, &BODY.replace("ada", "bob")));
        assert!(!holds(&good, &BODY.replace('\n', "")));
        assert!(verify(&HeaderMap::new(), BODY.as_bytes(), SECRET).is_err());
    }

    /// By RFC 4231, test case 2.
    #[test]
    fn the_signature_is_the_algorithms_own() {
        let digest = "v1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let headers = [(b2_signature::SIGNATURE.parse().unwrap(), digest.parse().unwrap())].into_iter().collect();
        assert!(verify(&headers, b"what do ya want for nothing?", "Jefe").is_ok());
    }

    #[test]
    fn an_event_is_read_as_b2_writes_it() {
        let notification: Notification = serde_json::from_str(BODY).unwrap();
        let [event] = &notification.events[..] else { panic!("one event") };
        assert_eq!(event.object_size, Some(10_495_842));
        assert_eq!(uploaded(event, "quayside-media").unwrap().to_string(), "019aa7a0-0000-7000-8000-000000000001");
        let test = r#"{"events":[{"eventType":"b2:TestEvent","objectName":"","bucketName":"quayside-media"}]}"#;
        assert_eq!(serde_json::from_str::<Notification>(test).unwrap().events.len(), 1);
    }

    #[test]
    fn only_an_object_that_was_created_below_incoming_is_an_upload() {
        let (created, bucket) = ("b2:ObjectCreated:Upload", "quayside-media");
        let id = "019aa7a0-0000-7000-8000-000000000001";
        let key = format!("incoming/ada/{id}");
        for event_type in [created, "b2:ObjectCreated:Copy", "b2:ObjectCreated:Replica"] {
            assert_eq!(upload_of(event_type, bucket, &key).as_deref(), Some(id), "{event_type}");
        }
        for (event_type, bucket, key) in [
            ("b2:ObjectDeleted:Delete", bucket, key.clone()),
            ("b2:HideMarkerCreated:Hide", bucket, key.clone()),
            ("b2:TestEvent", bucket, key.clone()),
            ("", bucket, key.clone()),
            (created, "another", key.clone()),
            (created, "", key.clone()),
            (created, bucket, format!("media/ada/{id}/original")),
            (created, bucket, format!("{key}/original")),
            (created, bucket, format!("incoming/{id}")),
            (created, bucket, format!("/incoming/ada/{id}")),
            (created, bucket, key.to_uppercase()),
            (created, bucket, "incoming/ada/nope".to_owned()),
            (created, bucket, String::new()),
        ] {
            assert_eq!(upload_of(event_type, bucket, &key), None, "{event_type} {bucket} {key}");
        }
    }
}
