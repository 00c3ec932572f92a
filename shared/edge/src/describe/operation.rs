//! One route of the API, described.

use std::collections::BTreeMap;

use http::StatusCode;
use quayside_domain::AssetId;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::problems::{ALWAYS, problem};
use crate::http::{Problem, Route};

/// A refusal by the gateway itself, before or instead of the function: no route, no good token, too many requests, a body
/// of more than 10 MB, a function that fails or takes too long.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway answers it, not we")]
struct GatewayRefusal {
    message: String,
}

const OWNER: &str = "For whom a service acts that has the role `media:service`: the owner's `sub`, in which `%` and all but \
                     visible ASCII characters are percent-encoded. The service then has the owner's rights, and no others.";

/// A percent-encoded text (RFC 3986, section 2.1) of the characters of UTF-8 (RFC 3629, section 4) but control characters.
const ENCODED: &str = "^(?:[!-$&-~]|%[2-6][0-9A-F]|%7[0-9A-E]|%C[3-9A-F]%[89AB][0-9A-F]|%D[0-9A-F]%[89AB][0-9A-F]\
                       |%E[1-9A-C](?:%[89AB][0-9A-F]){2})+$";

/// An operation: what the description says of one route.
#[derive(Debug)]
pub struct Operation {
    /// `get`.
    pub method: String,
    /// `/v1/uploads/{id}`.
    pub path: &'static str,
    schemas: BTreeMap<String, Value>,
    value: Value,
    parameters: Vec<Value>,
    refusals: BTreeMap<u16, Vec<&'static str>>,
    needs_token: bool,
}

impl Operation {
    /// An operation on a route that needs a token, with its name for programs (`getUpload`) and one for people.
    pub fn new<const N: usize>(route: Route<N>, id: &str, summary: &str) -> Self {
        let mut operation = Self {
            method: route.method.to_lowercase(),
            path: route.path,
            schemas: BTreeMap::new(),
            value: json!({"operationId": id, "summary": summary, "tags": [tag(route.path)], "responses": {}}),
            parameters: Vec::new(),
            refusals: BTreeMap::new(),
            needs_token: true,
        };
        operation.schema::<Problem>();
        operation.schema::<GatewayRefusal>();
        operation.refuses(&ALWAYS).refuses(&["unknown_parameter"])
    }

    /// Describes it at more length, in Markdown.
    pub fn description(mut self, text: &str) -> Self {
        self.value["description"] = text.into();
        self
    }

    /// It needs no token.
    pub fn needs_no_token(mut self) -> Self {
        self.value["security"] = json!([]);
        self.needs_token = false;
        self
    }

    /// It takes whatever parameters come in the query, and reads none of them.
    pub fn takes_any_query(mut self) -> Self {
        self.refusals.entry(400).or_default().retain(|code| *code != "unknown_parameter");
        self
    }

    /// The function asks neither storage nor the table, so that nothing can be busy or fail.
    pub fn asks_nothing(mut self) -> Self {
        self.refusals.insert(500, Vec::new());
        self.refusals.insert(503, Vec::new());
        self
    }

    /// The path has the id of an asset or an upload.
    pub fn of_asset(mut self) -> Self {
        let schema = self.schema::<AssetId>();
        self.parameter("path", "id", true, schema, "The asset's, which is also its upload's.")
            .refuses(&["invalid_id", "not_found"])
    }

    /// Takes a parameter in `place`: `path`, `query` or `header`.
    pub fn parameter(mut self, place: &str, name: &str, required: bool, schema: Value, description: &str) -> Self {
        let mut parameter =
            json!({"in": place, "name": name, "required": required, "description": description, "schema": schema});
        if place == "query" {
            // As if it were not there.
            parameter["allowEmptyValue"] = true.into();
            self = self.refuses(&["repeated_parameter"]);
        }
        self.parameters.push(parameter);
        self
    }

    /// Takes a parameter in the query, of a type.
    pub fn query<T: ToSchema>(mut self, name: &str, description: &str) -> Self {
        let schema = self.schema::<T>();
        self.parameter("query", name, false, schema, description)
    }

    /// May be sent again under the same key.
    pub fn idempotent(self) -> Self {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]*$"});
        let description = "Names the request for a day: the same one again begins nothing anew and answers the same. A \
                           random UUID is a good one.";
        let refusals = ["invalid_idempotency_key", "idempotency_key_reused", "not_found"];
        self.parameter("header", "Idempotency-Key", false, schema, description).refuses(&refusals)
    }

    /// Takes a JSON object with the fields of `T`, as in these examples.
    pub fn takes<T: ToSchema>(mut self, examples: &[(&str, Value)]) -> Self {
        let schema = self.schema::<T>();
        self.takes_json(schema, true, examples).refuses(&["missing_field"])
    }

    /// As [`Operation::takes`]; no body is the same as no field.
    pub fn may_take<T: ToSchema>(mut self, examples: &[(&str, Value)]) -> Self {
        let schema = self.schema::<T>();
        self.takes_json(schema, false, examples)
    }

    /// Takes JSON of this schema.
    pub fn takes_json(self, schema: Value, required: bool, examples: &[(&str, Value)]) -> Self {
        let content = json!({"application/json": {"schema": schema, "examples": named(examples)}});
        self.takes_any(content, required).refuses(&["invalid_json", "repeated_field", "unknown_field"])
    }

    /// Takes a body of these media types.
    pub fn takes_any(mut self, content: Value, required: bool) -> Self {
        self.value["requestBody"] = json!({"required": required, "content": content});
        self.refuses(&["body_too_large"])
    }

    /// Answers with JSON of a type, as in this example.
    pub fn answers<T: ToSchema>(mut self, status: u16, description: &str, example: Value) -> Self {
        let schema = self.schema::<T>();
        self.answers_json(status, description, schema, &[("answer", example)])
    }

    /// Answers with JSON of this schema.
    pub fn answers_json(mut self, status: u16, description: &str, schema: Value, examples: &[(&str, Value)]) -> Self {
        let content = json!({"application/json": {"schema": schema, "examples": named(examples)}});
        self.value["responses"][status.to_string()] = json!({"description": description, "content": content});
        self
    }

    /// Answers without a body, with these headers and what they are.
    pub fn answers_empty(mut self, status: u16, description: &str, headers: &[(&str, &str)]) -> Self {
        let headers: Map<_, _> = headers.iter().map(|(name, description)| header(name, true, description)).collect();
        let mut answer = json!({"description": description});
        if !headers.is_empty() {
            answer["headers"] = headers.into();
        }
        self.value["responses"][status.to_string()] = answer;
        self
    }

    /// What can be done with the answer: operation `id` takes `parameter` from `value`, a runtime expression.
    pub fn links_to(mut self, status: u16, id: &str, parameter: &str, value: &str) -> Self {
        let link = json!({"operationId": id, "parameters": {parameter: value}});
        self.value["responses"][status.to_string()]["links"][id] = link;
        self
    }

    /// Refuses with these codes.
    pub fn refuses(mut self, codes: &[&'static str]) -> Self {
        for &code in codes {
            let codes = self.refusals.entry(problem(code).0).or_default();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        self
    }

    /// Answers page by page.
    pub fn paged(self) -> Self {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 50});
        self.parameter("query", "limit", false, limit, "How many to a page.")
            .parameter("query", "cursor", false, json!({"type": "string"}), "`nextCursor` of the page before.")
            .refuses(&["invalid_limit", "invalid_cursor"])
    }

    /// The operation as the document has it, and the schemas that it refers to, by name.
    pub fn finish(mut self) -> (Value, BTreeMap<String, Value>) {
        if self.needs_token {
            let schema = json!({"type": "string", "maxLength": 255, "pattern": ENCODED});
            self = self.parameter("header", "Quayside-Owner", false, schema, OWNER);
            self = self.refuses(&["unauthenticated", "invalid_owner", "forbidden"]);
        }
        let mut value = self.value;
        value["parameters"] = self.parameters.into();
        // The gateway throttles every route.
        self.refusals.entry(429).or_default();
        for (status, codes) in &mut self.refusals {
            codes.sort_unstable();
            value["responses"][status.to_string()] = refusal(*status, codes, self.method == "head");
        }
        (value, self.schemas)
    }

    /// A reference to the schema of a type, which the document will have.
    pub fn schema<T: ToSchema>(&mut self) -> Value {
        let mut found = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut found);
        for (name, schema) in found {
            self.schemas.entry(name).or_insert_with(|| json!(schema));
        }
        json!({"$ref": format!("#/components/schemas/{}", T::name())})
    }

    /// As [`Operation::schema`], of a form, which has no other fields. (JSON's types say so themselves.)
    pub fn form_schema<T: ToSchema>(&mut self) -> Value {
        let reference = self.schema::<T>();
        if let Some(schema) = self.schemas.get_mut(&*T::name()) {
            schema["additionalProperties"] = false.into();
        }
        reference
    }
}

/// The group that an operation is listed in.
fn tag(path: &str) -> &'static str {
    match path.split('/').nth(2) {
        Some("uploads") => "Uploads",
        Some("assets") => "Assets",
        Some("webhook-endpoints" | "webhooks") => "Webhooks",
        _ => "Service",
    }
}

/// All refusals of one status. The gateway has a form of its own.
fn refusal(status: u16, codes: &[&str], is_head: bool) -> Value {
    let gateways = match status {
        400 => Some("Bad Request"),
        401 => Some("Unauthorized"),
        404 => Some("Not Found"),
        413 => Some("Request Entity Too Large"),
        429 => Some("Too Many Requests"),
        500 => Some("Internal Server Error"),
        503 => Some("Service Unavailable"),
        _ => None,
    };
    let mut lines: Vec<_> = codes.iter().map(|code| format!("- `{code}`: {}", problem(code).1)).collect();
    if let Some(message) = gateways {
        lines.push(format!("- The gateway itself: {message}."));
    }
    let mut answer = json!({"description": lines.join("\n")});
    let headers = match status {
        401 => vec![header("WWW-Authenticate", true, "How to prove who one is.")],
        429 | 503 if !codes.is_empty() => vec![header("Retry-After", false, "Seconds to wait.")],
        _ => Vec::new(),
    };
    if !headers.is_empty() {
        answer["headers"] = headers.into_iter().collect::<Map<_, _>>().into();
    }
    // An answer to HEAD has no body.
    if is_head {
        return answer;
    }
    if let [first, ..] = codes {
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "properties": {"status": {"const": status}, "code": {"enum": codes}}},
        ]});
        let example = json!({
            "type": format!("urn:quayside:problem:{first}"),
            "title": StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()),
            "status": status,
            "code": first,
            "detail": problem(first).1,
            "requestId": "JKJaXmPLvHcESHA=",
        });
        answer["content"]["application/problem+json"] = json!({"schema": schema, "example": example});
    }
    if let Some(message) = gateways {
        let schema = json!({"$ref": "#/components/schemas/GatewayRefusal"});
        answer["content"]["application/json"] = json!({"schema": schema, "example": {"message": message}});
    }
    answer
}

fn header(name: &str, required: bool, description: &str) -> (String, Value) {
    let header = json!({"description": description, "required": required, "schema": {"type": "string"}});
    (name.to_owned(), header)
}

fn named(examples: &[(&str, Value)]) -> Value {
    examples.iter().map(|(name, value)| ((*name).to_owned(), json!({"value": value}))).collect::<Map<_, _>>().into()
}
