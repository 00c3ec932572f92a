//! The service itself.

use describe_api::Health;
use serde_json::json;

use crate::operation::Operation;

pub(crate) fn operations() -> Vec<Operation> {
    let document = json!({"type": "object", "required": ["openapi", "info", "paths"]});
    let excerpt = json!({"openapi": "3.1.0", "info": {"title": "Quayside"}, "paths": {}});
    vec![
        Operation::new("GET /v1/openapi.json", "getDocument", "Show this description")
            .open()
            .asks_nobody()
            .answers_json(200, "The description, OpenAPI 3.1.", document, &[("excerpt", excerpt)]),
        Operation::new("GET /v1/health", "getHealth", "See that the service answers")
            .says("The function alone: neither storage nor the table is asked.")
            .open()
            .asks_nobody()
            .answers::<Health>(200, "It does.", json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")})),
    ]
}
