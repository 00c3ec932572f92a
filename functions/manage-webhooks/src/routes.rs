//! The routes, and what the API's description says of them.

use quayside_domain::EndpointId;
use quayside_edge::describe::Operation;
use quayside_edge::describe::examples::{CREATED_AT, ENDPOINT, SECRET};
use quayside_edge::http::Route;
use serde_json::{Value, json};

use crate::{EndpointList, EndpointWithSecret, NewEndpoint};

pub(crate) const CREATE: Route<0> = Route::new("POST", "/v1/webhook-endpoints");
pub(crate) const LIST: Route<0> = Route::new("GET", "/v1/webhook-endpoints");
pub(crate) const REVOKE: Route<1> = Route::new("DELETE", "/v1/webhook-endpoints/{id}");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    vec![create(), list(), revoke()]
}

fn endpoint() -> Value {
    let url = format!("/v1/webhooks/replicate/{ENDPOINT}");
    json!({"id": ENDPOINT, "provider": "replicate", "url": url, "createdAt": CREATED_AT})
}

fn create() -> Operation {
    let mut answer = endpoint();
    answer["secret"] = SECRET.into();
    Operation::new(CREATE, "createWebhookEndpoint", "Make an endpoint for webhooks")
        .description(
            "Give the endpoint's URL to the provider, and the provider's signing secret to the endpoint, or the \
             endpoint's to the provider. No other answer shows the secret.",
        )
        .idempotent()
        .takes::<NewEndpoint>(&[("with the provider's secret", json!({"provider": "replicate", "secret": SECRET}))])
        .answers::<EndpointWithSecret>(201, "The endpoint is made.", answer)
        .links_to(201, "revokeWebhookEndpoint", "id", "$response.body#/id")
        .refuses(&["invalid_provider", "invalid_secret", "too_many_endpoints"])
}

fn list() -> Operation {
    Operation::new(LIST, "listWebhookEndpoints", "List the caller's endpoints")
        .answers::<EndpointList>(200, "All of them, oldest first.", json!({"items": [endpoint()]}))
        .links_to(200, "revokeWebhookEndpoint", "id", "$response.body#/items/0/id")
}

fn revoke() -> Operation {
    let mut operation = Operation::new(REVOKE, "revokeWebhookEndpoint", "Revoke an endpoint");
    let id = operation.schema::<EndpointId>();
    operation
        .description("Nothing is taken from it any more. Revoking again changes nothing.")
        .parameter("path", "id", true, id, "The endpoint's.")
        .answers_empty(204, "It is revoked.", &[])
        .refuses(&["invalid_id", "not_found", "conflict"])
}
