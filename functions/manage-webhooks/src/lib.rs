//! Endpoints for webhooks that come in.

mod routes;

pub use routes::operations;

use std::convert::Infallible;

use lambda_http::{Body, Request, Response};
use quayside_domain::{Endpoint, EndpointId, Error, Provider, Result, SigningSecret, Timestamp};
use quayside_edge::config::AuthConfig;
use quayside_edge::http::json::{self, required};
use quayside_edge::http::{Authenticator, MAX_BODY_BYTES, body, created, no_content, no_query, no_route, ok, respond};
use quayside_edge::start::Start;
use quayside_store::config::{ConfigError, Variables, vault_key};
use quayside_store::table::{IdempotencyKey, Table};
use quayside_store::vault::Vault;
use serde::{Deserialize, Serialize};
use tracing::{info, instrument};
use utoipa::ToSchema;

/// What the function is made of; made once, before the first request.
#[derive(Debug)]
pub struct App {
    authenticator: Authenticator,
    table: Table,
    vault: Vault,
}

impl App {
    /// Reads the configuration and its secrets, and opens the connections that requests will need.
    ///
    /// # Errors
    /// If a variable is missing or wrong, or a secret cannot be had.
    pub async fn start(variables: &Variables) -> Result<Self, ConfigError> {
        let start = Start::of(env!("CARGO_PKG_NAME"), variables).await?;
        let variables = &start.variables;
        Ok(Self {
            authenticator: Authenticator::new(AuthConfig::read(variables)?),
            vault: Vault::new(&vault_key(variables)?),
            table: start.table,
        })
    }
}

/// An endpoint to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEndpoint {
    #[schema(value_type = Provider)]
    provider: Option<String>,
    /// The provider's signing secret, as the provider shows it. Left out, a new one is made, to be given to the provider.
    #[schema(value_type = Option<SigningSecret>)]
    secret: Option<String>,
}

/// Where a provider sends its webhooks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Endpoint)]
pub(crate) struct EndpointJson {
    id: EndpointId,
    provider: Provider,
    /// Its path, below the API's own URL.
    url: String,
    created_at: Timestamp,
}

/// A new endpoint, with the secret that no other answer shows.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndpointWithSecret {
    #[serde(flatten)]
    endpoint: EndpointJson,
    #[schema(value_type = SigningSecret)]
    secret: String,
}

/// The caller's endpoints, oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndpointList {
    items: Vec<EndpointJson>,
}

impl EndpointJson {
    fn new(id: EndpointId, provider: Provider, created_at: Timestamp) -> Self {
        Self { id, provider, url: format!("/v1/webhooks/{provider}/{id}"), created_at }
    }
}

/// Answers one request.
///
/// # Errors
/// Never: an error is answered with a problem document.
pub async fn handle(app: &App, request: Request) -> Result<Response<Body>, Infallible> {
    respond(&request, async {
        if let Some([]) = routes::CREATE.matches(&request) {
            create_endpoint(app, &request).await
        } else if let Some([]) = routes::LIST.matches(&request) {
            list_endpoints(app, &request).await
        } else if let Some([id]) = routes::REVOKE.matches(&request) {
            revoke_endpoint(app, &request, id).await
        } else {
            Err(no_route(&request))
        }
    })
    .await
}

/// The answer is the only one that shows the secret; where it was lost, the same request again, by its key, shows it.
#[instrument(skip_all, fields(webhook.endpoint, caller))]
async fn create_endpoint(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    no_query(request)?;
    let body = body(request, MAX_BODY_BYTES)?;
    let NewEndpoint { provider, secret } = json::parse(body)?;
    let provider = parse_provider(&required("provider", provider)?)?;
    let secret = match secret {
        Some(given) => SigningSecret::parse(&given)?,
        None => SigningSecret::generate()?,
    };
    let idempotency = match request.headers().get("idempotency-key") {
        Some(key) => Some(IdempotencyKey::parse(key.as_bytes(), body)?),
        None => None,
    };
    let (id, now) = (EndpointId::generate(), Timestamp::now());
    let sealed = app.vault.seal(secret.bytes(), &id.to_string())?;
    let endpoint = Endpoint::new(&caller, id, provider, sealed, now);
    let endpoint = app.table.create_endpoint(&caller, endpoint, idempotency.as_ref(), now).await?;
    tracing::Span::current().record("webhook.endpoint", tracing::field::display(endpoint.id));
    info!(%provider, "endpoint made");
    let secret = app.vault.open_secret_of(&endpoint)?.expose();
    let endpoint = EndpointJson::new(endpoint.id, endpoint.provider, endpoint.created_at);
    created(&EndpointWithSecret { endpoint, secret })
}

#[instrument(skip_all, fields(caller))]
async fn list_endpoints(app: &App, request: &Request) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    no_query(request)?;
    let listed = app.table.endpoints(&caller).await?.into_iter();
    let items = listed.map(|listed| EndpointJson::new(listed.id, listed.provider, listed.created_at)).collect();
    ok(&EndpointList { items })
}

/// Revoking again changes nothing.
#[instrument(skip_all, fields(webhook.endpoint = id, caller))]
async fn revoke_endpoint(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = EndpointId::parse(id)?;
    no_query(request)?;
    let endpoint = app.table.authorize_endpoint(&caller, id).await?;
    app.table.revoke_endpoint(endpoint, Timestamp::now()).await?;
    info!("endpoint revoked");
    no_content()
}

fn parse_provider(text: &str) -> Result<Provider> {
    Provider::parse(text).ok_or_else(|| {
        let names = Provider::ALL.map(Provider::as_str).join(", ");
        Error::invalid("invalid_provider", "provider", format!("`provider` must be one of {names}."))
    })
}
