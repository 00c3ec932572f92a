//! `POST /v1/uploads/{id}/parts`: signs parts, the first time or again, and keeps the upload alive.

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::Upload;
use quayside_domain::upload::{AnyPartNumber, MAX_PARTS, MAX_SIGNED_PARTS, PartNumber, part_number};
use quayside_domain::{Asset, AssetId, Authorized, Error, Result, Status, Strategy, Timestamp};
use quayside_edge::http::json::{self, Integer, required};
use quayside_edge::http::{no_query, ok};
use serde::{Deserialize, Serialize};
use tracing::instrument;
use utoipa::ToSchema;

use crate::App;

/// The parts to sign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct WantedParts {
    /// From 1, as many as the upload has.
    #[schema(min_items = 1, max_items = 100, value_type = Vec<AnyPartNumber>)]
    part_numbers: Option<Vec<Integer>>,
}

/// Where the bytes of parts go.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedParts {
    parts: Vec<SignedPart>,
}

/// Where the bytes of one part go.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedPart {
    #[schema(value_type = AnyPartNumber)]
    part_number: PartNumber,
    /// Takes exactly the part's length.
    url: String,
    /// When it stops working; the part can then be signed again.
    expires_at: Timestamp,
}

#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn sign_parts(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    let wanted = parse(request)?;
    let asset = app.table.authorize(&caller, id).await?;
    if asset.status() != Status::AwaitingUpload {
        return Err(Error::UploadNotActive { status: asset.status(), hint: "There is nothing more to upload." });
    }
    let now = Timestamp::now();
    let parts = sign(app, &asset, &wanted, now).await?;
    extend(app, asset, now).await?;
    ok(&SignedParts { parts })
}

/// The numbers of the parts to sign. Whether the upload has them is its plan's to say.
fn parse(request: &Request) -> Result<Vec<PartNumber>> {
    no_query(request)?;
    let WantedParts { part_numbers } = json::from_body(request)?;
    let wanted = required("partNumbers", part_numbers)?;
    let is_allowed = (1..=MAX_SIGNED_PARTS).contains(&wanted.len());
    let numbers: Option<Vec<_>> = wanted.into_iter().map(|Integer(number)| part_number(number)).collect();
    numbers.filter(|_| is_allowed).ok_or_else(|| {
        let detail =
            format!("`partNumbers` must be an array of 1 to {MAX_SIGNED_PARTS} part numbers, from 1 to {MAX_PARTS}.");
        Error::invalid("invalid_part_number", "partNumbers", detail)
    })
}

/// The signed parts, as the API shows them.
pub(crate) async fn sign(
    app: &App,
    asset: &Authorized<Asset, Upload>,
    numbers: &[PartNumber],
    now: Timestamp,
) -> Result<Vec<SignedPart>> {
    let Some(Strategy::Multipart { multipart_id, parts }) = asset.upload.as_ref().map(|upload| &upload.strategy) else {
        let detail = "This file goes up with a single PUT and has no parts.";
        return Err(Error::invalid("invalid_part_number", "partNumbers", detail));
    };
    let mut signed = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let part = app.storage.presign_part(asset, (multipart_id, *parts), number, now, app.config.ttl_seconds).await?;
        signed.push(SignedPart { part_number: number, url: part.url, expires_at: part.expires_at });
    }
    Ok(signed)
}

/// A client that asks for URLs is at work, so its upload lives as long as they do. It moves on by steps of an eighth of
/// its time, so that a client that signs part by part does not write the record each time. If somebody else changes the
/// record at this moment, that was this client in another request, or its upload is over, which its PUTs will find.
async fn extend(app: &App, asset: Authorized<Asset, Upload>, now: Timestamp) -> Result<()> {
    let ttl = app.config.ttl_seconds;
    let left = asset.upload.as_ref().map_or(0.0, |upload| upload.expires_at.seconds_since(now));
    if left > ttl as f64 * 7.0 / 8.0 {
        return Ok(());
    }
    match app.table.extend(asset, now, ttl).await {
        Ok(_) | Err(Error::Conflict) => Ok(()),
        Err(error) => Err(error),
    }
}
