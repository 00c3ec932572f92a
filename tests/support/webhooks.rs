//! Webhooks as their senders sign them.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use super::system::System;
use super::user::{Answer, User};

/// An endpoint, and its provider, who knows its secret.
pub struct Hook {
    pub id: String,
    pub secret: String,
    /// The path that webhooks go to.
    pub url: String,
    provider: User,
}

impl Hook {
    /// A new endpoint of the user's.
    pub async fn make(system: &System, user: &User) -> Self {
        let made = user.post("/v1/webhook-endpoints", &json!({"provider": "replicate"})).await.expect(201);
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Self { id: text("id"), secret: text("secret"), url: text("url"), provider: system.bearer(None) }
    }

    /// Sends a webhook of this moment, under an id of its own.
    pub async fn send(&self, body: &Value) -> Answer {
        let (id, time, body) = (Uuid::new_v4().to_string(), unix_seconds().to_string(), body.to_string());
        let signature = standard_signature(&self.secret, &id, &time, &body);
        self.send_signed(&self.url, &body, &[&id, &time, &signature]).await
    }

    /// Sends a body with id, time and signature as they are given; those that are empty are left out.
    pub async fn send_signed(&self, path: &str, body: &str, values: &[&str; 3]) -> Answer {
        let mut request = self.provider.request(Method::POST, path);
        request = request.header("content-type", "application/json").body(body.to_owned());
        for (name, value) in ["webhook-id", "webhook-timestamp", "webhook-signature"].into_iter().zip(values) {
            if !value.is_empty() {
                request = request.header(name, *value);
            }
        }
        self.provider.send(request).await
    }
}

impl System {
    /// Sends a notification of storage's with a signature as it is given.
    pub async fn notify_signed(&self, body: &str, signature: &str) -> Answer {
        let storage = self.bearer(None);
        let request = storage.request(Method::POST, "/v1/webhooks/b2").header("content-type", "application/json");
        let request = request.header("x-bz-event-notification-signature", signature).body(body.to_owned());
        storage.send(request).await
    }

    /// Sends a notification as storage would.
    pub async fn notify(&self, events: &Value) -> Answer {
        let body = json!({"events": events}).to_string();
        self.notify_signed(&body, &b2_signature(&self.secrets.b2_webhook_secret, &body)).await
    }
}

/// Now, in seconds since 1970.
pub fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A signature by Standard Webhooks.
pub fn standard_signature(secret: &str, id: &str, time: &str, body: &str) -> String {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    format!("v1,{}", BASE64_STANDARD.encode(hmac(&key, &format!("{id}.{time}.{body}"))))
}

/// A signature as B2 makes it.
pub fn b2_signature(secret: &str, body: &str) -> String {
    format!("v1={}", hex::encode(hmac(secret.as_bytes(), body)))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
