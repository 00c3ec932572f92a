//! The routes, and what the API's description says of them.

use quayside_edge::describe::Operation;
use quayside_edge::http::Route;
use serde_json::json;

use crate::Health;

pub(crate) const DOCUMENT: Route<0> = Route::new("GET", "/v1/openapi.json");
pub(crate) const HEALTH: Route<0> = Route::new("GET", "/v1/health");

/// Describes the routes.
pub fn operations() -> Vec<Operation> {
    let document = json!({"type": "object", "required": ["openapi", "info", "paths"]});
    let excerpt = json!({"openapi": "3.1.0", "info": {"title": "Quayside"}, "paths": {}});
    vec![
        Operation::new(DOCUMENT, "getDocument", "Show this description").needs_no_token().asks_nothing().answers_json(
            200,
            "The description, OpenAPI 3.1.",
            document,
            &[("excerpt", excerpt)],
        ),
        Operation::new(HEALTH, "getHealth", "See that the service answers")
            .description("The function alone: neither storage nor the table is asked.")
            .needs_no_token()
            .asks_nothing()
            .answers::<Health>(200, "It does.", json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})),
    ]
}
