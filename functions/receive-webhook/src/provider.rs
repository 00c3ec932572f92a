//! `POST /v1/webhooks/{provider}/{endpoint}`: what a provider has made becomes ingestions of the endpoint's owner.

use lambda_http::{Body, Request, Response};
use quayside_domain::asset::{Ingestion, Source};
use quayside_domain::{
    ByteSize, Caller, Endpoint, EndpointId, Error, FileName, Provider, Result, SourceUrl, Timestamp,
};
use quayside_edge::http::{FileFields, accepted, body, count_refusal, likely_type, no_route, trace_of};
use quayside_edge::telemetry::caller_hash;
use quayside_store::table::{IdempotencyKey, NewIngestion};
use serde_json::json;
use tracing::{info, instrument, warn};

use crate::{App, MAX_WEBHOOK_BYTES, replicate};

/// What a provider has made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ProviderOutput {
    /// The provider's id of the work, up to 128 visible ASCII characters.
    pub(crate) id: String,
    /// Where the files are.
    pub(crate) urls: Vec<String>,
}

/// What cannot be taken is only logged: the provider can do nothing about it, and sends again what is not accepted.
#[instrument(skip_all, fields(webhook.endpoint = endpoint))]
pub(crate) async fn receive(app: &App, request: &Request, provider: &str, endpoint: &str) -> Result<Response<Body>> {
    let provider = Provider::parse(provider).ok_or_else(|| no_route(request))?;
    let body = body(request, MAX_WEBHOOK_BYTES)?;
    let now = Timestamp::now();
    let endpoint = find_verified(app, request, body, provider, endpoint, now).await?;
    let made = match provider {
        Provider::Replicate => replicate::read(body)?,
    };
    if let Some(made) = made {
        let caller = Caller::from_verified_endpoint(&endpoint).in_trace(trace_of(request));
        ingest(app, &caller, &endpoint, made, now).await?;
    }
    accepted(&json!({}))
}

/// The endpoint, once the webhook's signature was checked with its secret. Who has no such signature does not learn
/// which endpoints there are.
async fn find_verified(
    app: &App,
    request: &Request,
    body: &[u8],
    provider: Provider,
    endpoint: &str,
    now: Timestamp,
) -> Result<Endpoint> {
    // What nobody can have signed now costs no look at the table.
    match provider {
        Provider::Replicate => replicate::check_time(request.headers(), now)?,
    }
    let id = EndpointId::parse(endpoint).map_err(|_| Error::InvalidSignature)?;
    let endpoint = app.table.find_endpoint(id).await?;
    let endpoint = endpoint.filter(|endpoint| endpoint.provider == provider && !endpoint.is_revoked());
    let endpoint = endpoint.ok_or(Error::InvalidSignature)?;
    let secret = app.vault.open_secret_of(&endpoint)?;
    match provider {
        Provider::Replicate => replicate::verify(request.headers(), body, &secret, now)?,
    }
    Ok(endpoint)
}

/// The same work again, by its id, begins nothing anew.
async fn ingest(app: &App, caller: &Caller, endpoint: &Endpoint, made: ProviderOutput, now: Timestamp) -> Result<()> {
    let (provider, id) = (endpoint.provider, endpoint.id);
    let key = format!("webhook:{id}:{}", made.id);
    // How else the webhook differs from the one before, in its logs or times, makes no other request of it.
    let idempotency = IdempotencyKey::parse(key.as_bytes(), json!(made.urls).to_string().as_bytes())?;
    let reference = format!("{provider}:{}", made.id);
    let batch: Vec<_> = made.urls.iter().map(|url| describe(app, url, &reference)).collect();
    if batch.iter().all(Option::is_none) {
        info!(reference, "nothing to take");
        return Ok(());
    }
    let (allowance, seconds) = (app.config.allowance, app.ingested_within_seconds);
    let results = match app.table.ingest(caller, &batch, Some(&idempotency), allowance, seconds, now).await {
        Err(Error::IdempotencyKeyReused) => {
            warn!(reference, "the same work came with other files before, and is not taken again");
            return Ok(());
        }
        results => results?,
    };
    let (mut begun, mut refused) = (0, 0);
    for result in results.into_iter().flatten() {
        match result {
            Ok(_) => begun += 1,
            // Sent again, it finds begun what could be begun, and perhaps room for the rest.
            Err(error) if error.may_pass() || matches!(error, Error::TooManyIngestions { .. }) => return Err(error),
            Err(error) => {
                refused += 1;
                // Counted as it would be, had the owner asked.
                let (code, caller) = (count_refusal(&error), caller_hash(caller.owner()));
                warn!(reference, code, caller, error = error.causes(), "a file is not taken");
            }
        }
    }
    info!(reference, begun, refused, "ingestions begun");
    Ok(())
}

/// A file of the work's; `None` if nothing is taken from its URL.
fn describe(app: &App, url: &str, reference: &str) -> Option<NewIngestion<'static>> {
    let url = match SourceUrl::parse(url, &app.sources) {
        Ok(url) => url,
        Err(forbidden) => {
            warn!(reference, code = forbidden.code(), reason = %forbidden, "a file's URL is not asked");
            return None;
        }
    };
    let name = url.file_name().or_else(|| FileName::parse("untitled").ok())?;
    let content_type = likely_type(&name, &url, None, &app.config);
    let (declared, _) = FileFields::default().declare(name, content_type, ByteSize::UNKNOWN, &app.config).ok()?;
    let source = Source { url: url.shown(), reference: Some(reference.to_owned()) };
    let ingestion = Ingestion { declared, source };
    Some(NewIngestion { project: None, ingestion, url, expected: None })
}
