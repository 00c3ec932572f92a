//! Checks what storage has of an upload, puts it together and records it.

use lambda_http::{Body, Request, Response};
use quayside_domain::rights::Upload;
use quayside_domain::upload::{AnyPartNumber, MAX_PARTS, PartNumber, Parts, incomplete, part_number};
use quayside_domain::{Asset, AssetId, Authorized, Caller, Error, FailureCode, Result, Status, Strategy, Timestamp};
use quayside_edge::http::json::{self, Integer};
use quayside_edge::http::{asset_json, no_query, ok};
use quayside_edge::telemetry::upload_completed;
use quayside_store::storage::{Completion, Object};
use serde::Deserialize;
use tracing::{info, instrument};
use utoipa::ToSchema;

use crate::App;

/// That all bytes are there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Completed {
    /// The parts, in any order. Left out, storage's own list is used.
    #[schema(value_type = Option<Vec<UploadedPart>>)]
    parts: Option<Vec<json::Object<UploadedPart>>>,
}

/// A part as storage has confirmed it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UploadedPart {
    #[schema(value_type = AnyPartNumber)]
    part_number: Integer,
    /// The `ETag` of storage's answer, with or without its quotes.
    #[schema(min_length = 1, max_length = 80, pattern = "^[!-~]*$")]
    etag: String,
}

/// The asset, with the right to end its upload.
type Uploading = Authorized<Asset, Upload>;

/// Storage's word for each part.
type Etags = Vec<(PartNumber, String)>;

#[instrument(skip_all, fields(asset.id = id, caller))]
pub(crate) async fn complete_upload(app: &App, request: &Request, id: &str) -> Result<Response<Body>> {
    let caller = app.authenticator.authenticate(request).await?;
    let id = AssetId::parse(id)?;
    let etags = parse(request)?;
    let (asset, incoming) = find(app, &caller, id, etags.is_none()).await?;
    let asset = if asset.status() == Status::AwaitingUpload {
        complete(app, &caller, asset, incoming, etags).await?
    } else {
        completed_before(asset)?
    };
    ok(&asset_json(&asset, &app.cdn, Timestamp::now()))
}

/// The client's list of parts, if it sends one. Whether they are the upload's is its plan's to say.
fn parse(request: &Request) -> Result<Option<Etags>> {
    no_query(request)?;
    let Completed { parts } = json::from_body(request)?;
    let Some(parts) = parts else { return Ok(None) };
    let parts = parts.into_iter().enumerate().map(|(index, json::Object(part))| {
        let wrong = |what: &str| Err(Error::invalid("invalid_parts", "parts", format!("`parts[{index}].{what}")));
        let Some(number) = part_number(part.part_number.0) else {
            return wrong(&format!("partNumber` must be an integer from 1 to {MAX_PARTS}."));
        };
        // An etag is a hexadecimal digest, with or without its quotes. What XML cannot hold would make storage refuse
        // the whole request.
        let is_etag = (1..=80).contains(&part.etag.len()) && part.etag.bytes().all(|byte| byte.is_ascii_graphic());
        if is_etag { Ok((number, part.etag)) } else { wrong("etag` must be 1 to 80 visible ASCII characters.") }
    });
    parts.collect::<Result<_>>().map(Some)
}

/// The asset, and what is below `incoming/` for it where a request without parts is likely to be about a single PUT. For
/// the owner both come in one round trip: the key needs no record, being the caller's own. The key of somebody else's upload
/// is known from the record, so a member waits for it beside the look-up of its role;
/// without one it learns nothing, not even that storage could not be asked.
async fn find(app: &App, caller: &Caller, id: AssetId, single: bool) -> Result<(Uploading, Option<Object>)> {
    if !single {
        return Ok((app.table.authorize(caller, id).await?, None));
    }
    let (found, own) = tokio::join!(app.table.find(id), app.storage.head_own_incoming(caller, id));
    let found = found?;
    if found.is_foreign_to(caller) {
        let look = async { Ok(app.storage.head_unproven_incoming(&found).await) };
        let (asset, incoming) = tokio::try_join!(app.table.prove(caller, &found), look)?;
        return Ok((asset, incoming?));
    }
    Ok((app.table.prove(caller, &found).await?, own?))
}

async fn complete(
    app: &App,
    caller: &Caller,
    asset: Uploading,
    incoming: Option<Object>,
    etags: Option<Etags>,
) -> Result<Uploading> {
    match asset.upload.as_ref().map(|upload| &upload.strategy) {
        Some(Strategy::Single) => {
            let incoming = if etags.is_none() { incoming } else { app.storage.head_incoming(&asset).await? };
            check_single(&asset, incoming)?;
        }
        Some(Strategy::Multipart { multipart_id, parts }) => {
            let etags = match etags {
                Some(etags) => Some(check_parts(*parts, etags)?),
                None => stored_parts(app, &asset, multipart_id, *parts).await?,
            };
            if !assemble(app, &asset, multipart_id, etags).await? {
                return given_up(app, caller, asset.id).await;
            }
        }
        None => return Err(Error::Internal("an upload without its plan".into())),
    }
    mark_uploaded(app, caller, asset).await
}

/// Whatever else happens to the upload at this moment, such as its completion by storage's notification, is looked at.
async fn mark_uploaded(app: &App, caller: &Caller, mut asset: Uploading) -> Result<Uploading> {
    const ATTEMPTS: usize = 5;
    let id = asset.id;
    for _ in 0..ATTEMPTS {
        match app.table.mark_uploaded(asset, Timestamp::now(), app.inspected_within_seconds).await {
            Ok(asset) => {
                info!(size = asset.size.bytes(), "upload completed");
                upload_completed(asset.size.bytes());
                return Ok(asset);
            }
            // Somebody was faster, and completed the upload too, or ended it, or kept it alive.
            Err(Error::Conflict) => asset = app.table.authorize(caller, id).await?,
            Err(error) => return Err(error),
        }
        if asset.status() != Status::AwaitingUpload {
            return completed_before(asset);
        }
    }
    Err(Error::Conflict)
}

/// A repeated complete answers as the first did; one that comes too late is refused.
fn completed_before(asset: Uploading) -> Result<Uploading> {
    match &asset.failure {
        Some(failure) if failure.code == FailureCode::UploadExpired => Err(Error::UploadNotActive {
            status: asset.status(),
            hint: "It was not completed in time. Begin a new upload.",
        }),
        _ => Ok(asset),
    }
}

fn check_single(asset: &Asset, incoming: Option<Object>) -> Result<()> {
    match incoming {
        // Storage accepts no other size than the one that was signed, so this is for the day when it does.
        Some(object) if object.size == asset.size.bytes() => Ok(()),
        Some(object) => Err(Error::UploadIncomplete(format!(
            "Storage has {} bytes of the {} declared. Upload the file again.",
            object.size,
            asset.size.bytes()
        ))),
        None => Err(Error::UploadIncomplete("Storage does not have the file yet. PUT it first.".to_owned())),
    }
}

/// The client's list, in order, if it names each part of the plan once.
fn check_parts(parts: Parts, mut etags: Etags) -> Result<Etags> {
    etags.sort_unstable();
    let numbers: Vec<_> = etags.iter().map(|(number, _)| *number).collect();
    if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::InvalidParts(format!("Part {} is named twice.", twice[0])));
    }
    if let Some(outside) = numbers.iter().find(|&&number| parts.length(number).is_err()) {
        return Err(Error::InvalidParts(format!("This upload has parts 1 to {}, no part {outside}.", parts.count())));
    }
    match parts.missing(&numbers) {
        missing if missing.is_empty() => Ok(etags),
        missing => Err(incomplete(&missing)),
    }
}

/// Storage's own list; `None` if storage has no such upload any more.
async fn stored_parts(app: &App, asset: &Uploading, multipart_id: &str, parts: Parts) -> Result<Option<Etags>> {
    let Some(stored) = app.storage.list_parts(asset, multipart_id).await? else { return Ok(None) };
    let numbers: Vec<_> = stored.iter().map(|part| part.number).collect();
    match parts.missing(&numbers) {
        missing if missing.is_empty() => Ok(Some(stored.into_iter().map(|part| (part.number, part.etag)).collect())),
        missing => Err(incomplete(&missing)),
    }
}

/// Puts the parts together; false if storage has given them up. If it says that it has no such upload, an earlier
/// complete may have done it and died before it could write so: then the object is there.
async fn assemble(app: &App, asset: &Uploading, multipart_id: &str, etags: Option<Etags>) -> Result<bool> {
    let completion = match etags {
        Some(etags) => app.storage.complete_multipart(asset, multipart_id, &etags).await?,
        None => Completion::NoSuchUpload,
    };
    match completion {
        Completion::Done => Ok(true),
        Completion::InvalidPart => Err(Error::InvalidParts(
            "A part is missing or has another etag than storage's. Leave parts out to use storage's own list."
                .to_owned(),
        )),
        Completion::NoSuchUpload => {
            let object = app.storage.head_original(asset).await?;
            Ok(object.is_some_and(|object| object.size == asset.size.bytes()))
        }
    }
}

/// Storage has no parts any more: another request has ended the upload at this moment, or it took too many days.
async fn given_up(app: &App, caller: &Caller, id: AssetId) -> Result<Uploading> {
    let asset = app.table.authorize(caller, id).await?;
    if asset.status() == Status::AwaitingUpload {
        let detail = "Storage has given up the parts of this upload. Abort it and begin a new one.";
        return Err(Error::UploadIncomplete(detail.to_owned()));
    }
    completed_before(asset)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use quayside_domain::ByteSize;

    fn check(numbers: &[PartNumber]) -> Result<Etags> {
        let parts = Parts::plan(ByteSize::new(40 << 20).unwrap(), 16 << 20).unwrap();
        check_parts(parts, numbers.iter().map(|&number| (number, format!("etag{number}"))).collect())
    }

    #[test]
    fn parts_may_come_in_any_order() {
        let numbers: Vec<_> = check(&[3, 1, 2]).unwrap().into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [1, 2, 3]);
    }

    #[test]
    fn a_list_that_is_not_the_plan_is_refused_by_the_part_that_is_wrong() {
        assert_eq!(check(&[1, 2, 2]).unwrap_err().to_string(), "Part 2 is named twice.");
        assert_eq!(check(&[1, 2, 3, 4]).unwrap_err().to_string(), "This upload has parts 1 to 3, no part 4.");
        assert!(check(&[0, 1, 2, 3]).is_err());
        assert_eq!(check(&[2]).unwrap_err().to_string(), "2 parts are missing: 1, 3.");
    }
}
