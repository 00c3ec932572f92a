//! Webhooks that come in, and the endpoints that they come to.

use manage_webhooks::{EndpointList, EndpointWithSecret, NewEndpoint};
use quayside_domain::{EndpointId, Provider};
use serde_json::{Value, json};

use crate::examples::{CREATED_AT, ENDPOINT, SECRET};
use crate::operation::Operation;

const CREATE: &str = "Give the endpoint's URL to the provider, and the provider's signing secret to the endpoint, or the \
                      endpoint's to the provider. No other answer shows the secret.";

const MADE: &str = "Signed as by [Standard Webhooks](https://www.standardwebhooks.com), with the endpoint's secret and \
                    within five minutes. Of a prediction that has succeeded, every URL in its output becomes an asset \
                    of the endpoint's owner. The same prediction again begins nothing anew.";

const STORAGE: &str = "Backblaze B2's event notifications. An upload in one piece whose bytes have come, and whose client \
                       was not heard of again, is completed by them. The same notification again changes nothing.";

pub(crate) fn operations() -> Vec<Operation> {
    vec![create(), list(), revoke(), made(), storage()]
}

fn endpoint() -> Value {
    let url = format!("/v1/webhooks/replicate/{ENDPOINT}");
    json!({"id": ENDPOINT, "provider": "replicate", "url": url, "createdAt": CREATED_AT})
}

fn create() -> Operation {
    let mut answer = endpoint();
    answer["secret"] = SECRET.into();
    Operation::new("POST /v1/webhook-endpoints", "createWebhookEndpoint", "Make an endpoint for webhooks")
        .says(CREATE)
        .idempotent()
        .takes::<NewEndpoint>(&[("with the provider's secret", json!({"provider": "replicate", "secret": SECRET}))])
        .answers::<EndpointWithSecret>(201, "The endpoint is made.", answer)
        .leads_to(201, "revokeWebhookEndpoint", "id", "$response.body#/id")
        .refuses(&["invalid_provider", "invalid_secret", "too_many_endpoints"])
}

fn list() -> Operation {
    Operation::new("GET /v1/webhook-endpoints", "listWebhookEndpoints", "List the caller's endpoints")
        .answers::<EndpointList>(200, "All of them, oldest first.", json!({"items": [endpoint()]}))
        .leads_to(200, "revokeWebhookEndpoint", "id", "$response.body#/items/0/id")
}

fn revoke() -> Operation {
    let mut operation =
        Operation::new("DELETE /v1/webhook-endpoints/{id}", "revokeWebhookEndpoint", "Revoke an endpoint");
    let id = operation.schema::<EndpointId>();
    operation
        .says("Nothing is taken from it any more. Revoking again changes nothing.")
        .parameter("path", "id", true, id, "The endpoint's.")
        .answers_empty(204, "It is revoked.", &[])
        .refuses(&["invalid_id", "not_found", "conflict"])
}

fn made() -> Operation {
    let text = || json!({"type": "string"});
    let mut operation =
        Operation::new("POST /v1/webhooks/{provider}/{endpoint}", "receiveWebhook", "Tell of what was made");
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
        .says(MADE)
        .open()
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
        "objectName": format!("incoming/ada/{}", crate::examples::ASSET),
        "objectSize": 482_113,
    });
    let example = json!({"events": [event]});
    let content = json!({"application/json": {"schema": notification, "examples": {"upload": {"value": example}}}});
    Operation::new("POST /v1/webhooks/b2", "receiveStorageEvents", "Tell of what storage has got")
        .says(STORAGE)
        .open()
        .parameter("header", "X-Bz-Event-Notification-Signature", true, signature, "`v1=` and the HMAC-SHA256 in hex.")
        .takes_any(content, true)
        .answers_json(202, "It is accepted.", json!({"type": "object"}), &[("accepted", json!({}))])
        .refuses(&["invalid_json", "invalid_signature", "conflict"])
}
