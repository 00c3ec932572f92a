//! Event notifications, as B2 sends them by a rule for objects that are created below `incoming/`: some seconds later,
//! one event in each, signed, and again a few times where they are not accepted.

use std::time::Duration;

use quayside_edge::b2_signature;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::storage::{self, Created, Storage};

/// The rule's `objectNamePrefix`.
const PREFIX: &str = "incoming/";

/// How long the answer to one attempt is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long after an attempt that failed the next one follows. (B2 goes on for longer.)
const WAITS: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

/// Where notifications go, and how.
#[derive(Debug, Clone)]
pub struct Target {
    /// The bucket whose objects are told of.
    pub bucket: String,
    /// Address of the webhook.
    pub url: String,
    /// What the rule signs with.
    pub secret: String,
    /// How long after an object was created.
    pub after: Duration,
}

/// Sends notifications of a bucket's objects.
#[derive(Debug)]
pub struct Notifier {
    target: Target,
    created: UnboundedReceiver<Created>,
    before: Vec<Created>,
}

impl Notifier {
    /// For all objects that are put from now on; and for those that are there, since whoever ran before may have ended
    /// before it told of them.
    ///
    /// # Errors
    /// If storage cannot tell what is there.
    pub async fn new(storage: &Storage, target: Target) -> storage::Result<Self> {
        let created = storage.watch();
        let before = storage.objects_below(&target.bucket, PREFIX).await?;
        Ok(Self { target, created, before })
    }

    /// Sends until it is dropped; what is under way is dropped with it.
    pub async fn run(mut self) {
        let mut under_way = JoinSet::new();
        for created in self.before.drain(..) {
            under_way.spawn(send(self.target.clone(), created));
        }
        loop {
            tokio::select! {
                created = self.created.recv() => match created {
                    Some(created) if created.bucket == self.target.bucket && created.key.starts_with(PREFIX) => {
                        under_way.spawn(send(self.target.clone(), created));
                    }
                    Some(_) => {}
                    None => return,
                },
                Some(_) = under_way.join_next() => {}
            }
        }
    }
}

async fn send(target: Target, created: Created) {
    let body = json!({"events": [event(&created)]}).to_string();
    let signature = b2_signature::sign(&target.secret, body.as_bytes());
    let client = match reqwest::Client::builder().no_proxy().timeout(PATIENCE).build() {
        Ok(client) => client,
        Err(error) => {
            tracing::warn!(%error, "no notification can be sent");
            return;
        }
    };
    tokio::time::sleep(target.after).await;
    let mut waits = WAITS.into_iter();
    loop {
        let request = client
            .post(&target.url)
            .header("content-type", "application/json")
            .header("x-bz-event-notification-signature", &signature)
            .body(body.clone());
        let outcome = match request.send().await {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => answer.status().to_string(),
            Err(error) => error.to_string(),
        };
        let Some(wait) = waits.next() else {
            tracing::warn!(key = created.key, outcome, "a notification was given up");
            return;
        };
        tokio::time::sleep(wait).await;
    }
}

fn event(created: &Created) -> Value {
    json!({
        "accountId": "e85c6a500333",
        "bucketId": "aea8c5bc362ae55070130333",
        "bucketName": created.bucket,
        "eventId": Uuid::new_v4().simple().to_string(),
        "eventTimestamp": OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000,
        "eventType": "b2:ObjectCreated:Upload",
        "eventVersion": 1,
        "matchedRuleName": "incoming-uploads",
        "objectName": created.key,
        "objectSize": created.size,
        "objectVersionId": "null",
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::body::Bytes;
    use axum::extract::State;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

    use super::*;

    type Heard = (String, Value);

    #[derive(Clone)]
    struct Hook {
        attempts: Arc<AtomicUsize>,
        heard: UnboundedSender<Heard>,
    }

    /// Refuses the first attempt.
    async fn hear(State(hook): State<Hook>, headers: HeaderMap, body: Bytes) -> StatusCode {
        if hook.attempts.fetch_add(1, Ordering::Relaxed) == 0 {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let signed = headers[b2_signature::SIGNATURE].to_str().unwrap().to_owned();
        assert!(b2_signature::is_signed("a secret", &body, &signed));
        hook.heard.send((signed, serde_json::from_slice(&body).unwrap())).unwrap();
        StatusCode::OK
    }

    #[tokio::test]
    async fn what_is_created_below_incoming_is_told_signed_and_again_until_it_is_accepted() {
        let (sender, mut heard) = unbounded_channel();
        let hook = Hook { attempts: Arc::default(), heard: sender };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().route("/hook", post(hear)).with_state(hook);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });

        let (created, receiver) = unbounded_channel();
        let object = |bucket: &str, key: &str| Created { bucket: bucket.to_owned(), key: key.to_owned(), size: 7 };
        let target =
            Target { bucket: "media".to_owned(), url, secret: "a secret".to_owned(), after: Duration::from_millis(50) };
        let before = vec![object("media", "incoming/ada/1")];
        let notifier = tokio::spawn(Notifier { target, created: receiver, before }.run());
        let (_, first) = heard.recv().await.unwrap();
        let event = &first["events"][0];
        assert_eq!((&event["objectName"], &event["objectSize"]), (&json!("incoming/ada/1"), &json!(7)));
        assert_eq!((&event["bucketName"], &event["eventType"]), (&json!("media"), &json!("b2:ObjectCreated:Upload")));

        created.send(object("other", "incoming/ada/2")).unwrap();
        created.send(object("media", "media/ada/3/original")).unwrap();
        created.send(object("media", "incoming/ada/4")).unwrap();
        let (_, second) = heard.recv().await.unwrap();
        assert_eq!(second["events"][0]["objectName"], "incoming/ada/4");
        assert_ne!(second["events"][0]["eventId"], event["eventId"]);
        notifier.abort();
        server.abort();
    }
}
