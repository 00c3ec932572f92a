//! The routes, and what the API's description says of them.

use quayside_domain::{EndpointId, Provider};
use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::ASSET;
use quayside_edge::http::Route;
use serde_json::json;

pub(crate) const MADE: Route<2> = Route::new("POST", "/v1/webhooks/{provider}/{endpoint}");
pub(crate) const STORAGE: Route<0> = Route::new("POST", "/v1/webhooks/b2");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![made(), storage()]
}

fn made() -> Operation {
    let text = || json!({"type": "string"});
    let mut operation = Operation::new(MADE, "receiveWebhook", "Tell of what was made");
    let (provider, endpoint) = (operation.schema::<Provider>(), operation.schema::<EndpointId>());
    let prediction = json!({
        "type": "object",
        "description": "A prediction, as Replicate sends it; the rest of it is not read.",
        "properties": {
            "id": {"type": "string", "description": "The prediction's."},
            "status": {"type": "string", "description": "Only what has `succeeded` is taken."},
            "output": {"description": "Anything; the URLs in it are taken, up to a hundred."},
        },
    });
    let example = json!({
        "id": "ufawqhfynnddngldkgtslldrkq",
        "status": "succeeded",
        "output": ["https://replicate.delivery/pbxt/a/out-0.png"],
    });
    let content = json!({"application/json": {"schema": prediction, "examples": {"prediction": {"value": example}}}});
    operation
        .description(
            "Signed as by [Standard Webhooks](https://www.standardwebhooks.com), with the endpoint's secret and within \
             five minutes. Of a prediction that has succeeded, every URL in its output becomes an asset of the \
             endpoint's owner. The same prediction again begins nothing anew.",
        )
        .needs_no_token()
        .takes_any_query()
        .parameter("path", "provider", true, provider, "Who sends it.")
        .parameter("path", "endpoint", true, endpoint, "The endpoint's id.")
        .parameter("header", "webhook-id", true, text(), "Names the webhook.")
        .parameter("header", "webhook-timestamp", true, text(), "When it was signed, in seconds since 1970.")
        .parameter("header", "webhook-signature", true, text(), "`v1,` and the HMAC-SHA256 in base64; or several.")
        .takes_any(content, true)
        .answers_json(202, "It is accepted.", json!({"type": "object"}), &[("accepted", json!({}))])
        .refuses(&["invalid_json", "invalid_id", "invalid_signature", "no_route", "too_many_ingestions"])
}

fn storage() -> Operation {
    let signature = json!({"type": "string"});
    let notification = json!({
        "type": "object",
        "description": "A notification, as B2 sends it; the rest of it is not read.",
        "required": ["events"],
        "properties": {"events": {"type": "array", "items": {
            "type": "object",
            "required": ["eventType"],
            "properties": {
                "eventType": {"type": "string"},
                "bucketName": {"type": "string"},
                "objectName": {"type": "string"},
                "objectSize": {"type": ["integer", "null"], "minimum": 0},
            },
        }}},
    });
    let event = json!({
        "eventType": "b2:ObjectCreated:Upload",
        "bucketName": "quayside-media",
        "objectName": format!("incoming/ada/{}", ASSET),
        "objectSize": 482_113,
    });
    let example = json!({"events": [event]});
    let content = json!({"application/json": {"schema": notification, "examples": {"upload": {"value": example}}}});
    Operation::new(STORAGE, "receiveStorageEvents", "Tell of what storage has got")
        .description(
            "Backblaze B2's event notifications. An upload in one piece whose bytes have come, and whose client was \
             not heard of again, is completed by them. The same notification again changes nothing.",
        )
        .needs_no_token()
        .takes_any_query()
        .parameter("header", "X-Bz-Event-Notification-Signature", true, signature, "`v1=` and the HMAC-SHA256 in hex.")
        .takes_any(content, true)
        .answers_json(202, "It is accepted.", json!({"type": "object"}), &[("accepted", json!({}))])
        .refuses(&["invalid_json", "invalid_signature", "conflict"])
}
