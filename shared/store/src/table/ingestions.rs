//! Files that are taken from URLs: begun by the batch, followed from their source's answer to their end.
//!
//! The whole URL, which may be signed, is in an item of its own beside the asset: the pipe does not pass it on, no answer
//! shows it, and it goes in the write with which the asset stops to be `ingesting`.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::record::pk;
use super::transaction::Outcome;
use super::usage::{self, Usage};
use super::write::{ATTEMPTS, role_of};
use super::{IdempotencyKey, Item, Table, key, malformed, number};
use quayside_domain::asset::Ingestion;
use quayside_domain::index::tag_entries;
use quayside_domain::rights::{Membership, Upload as MayUpload, UploadInto};
use quayside_domain::usage::Allowance;
use quayside_domain::{
    Asset, AssetId, Authorized, ByteSize, Caller, Error, Kind, MediaType, Message, ProjectId, Result, Sha256,
    SourceUrl, Status, Strategy, Timestamp, Upload, Work,
};

/// An asset that was begun, with the right to go on with it.
type Begun = Authorized<Asset, MayUpload>;

/// A file that is to be taken from a URL.
#[derive(Clone, Debug)]
pub struct NewIngestion<'a> {
    /// The project that it goes into.
    pub project: Option<&'a Authorized<ProjectId, UploadInto>>,
    /// What the caller says of it.
    pub ingestion: Ingestion,
    /// Where it is.
    pub url: SourceUrl,
    /// What it has to be.
    pub expected: Option<Expected>,
}

/// What a caller says that a URL brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// A file of this kind.
    Kind(Kind),
    /// A file of this type.
    Type(MediaType),
}

/// What a fetch needs beside the asset.
pub struct Fetch {
    /// The whole URL, as it was given. It was checked then, and is to be checked again. It may be signed: no log has it.
    pub url: String,
    /// What it has to bring.
    pub expected: Option<Expected>,
}

impl std::fmt::Debug for Fetch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetch").field("expected", &self.expected).finish_non_exhaustive()
    }
}

/// How a write of new files ended.
enum Ingested {
    /// Each file's result, in the order given.
    New(Vec<Result<Begun>>),
    /// The same request came before, with these ids for its files. Nothing has changed.
    Before(Vec<AssetId>),
}

/// How many writes a transaction has at most.
const WRITES: usize = 100;
/// How long a URL outlives its ingestion where that ended in none of the ways that remove it, in seconds.
const KEPT_SECONDS: u64 = 24 * 60 * 60;

impl Table {
    /// Begins ingestions of the caller's: their records, URLs, and places in the owner's usage, as many as fit into one write, and
    /// gives each file's result, in the order given. Files that a request names and that are not taken are `None`, so that
    /// the same request again, by its key, gives the same assets to the same files; it begins those that it did not get
    /// to before. What is not fetched within `seconds` is given up by `sweep`.
    ///
    /// What does not fit any more is refused file by file, with `QuotaUsedUp` or `TooManyIngestions`; as is, once
    /// something was written, what could not be.
    ///
    /// # Errors
    /// `IdempotencyKeyReused`; `Unavailable` or `Internal` if nothing was written.
    pub async fn ingest(
        &self,
        caller: &Caller,
        batch: &[Option<NewIngestion<'_>>],
        idempotency: Option<&IdempotencyKey>,
        allowance: Allowance,
        seconds: u64,
        now: Timestamp,
    ) -> Result<Vec<Option<Result<Begun>>>> {
        let prepare = |ids: &[AssetId]| -> Result<Vec<(Asset, Item)>> {
            let named = batch.iter().zip(ids).filter_map(|(new, id)| Some((new.as_ref()?, *id)));
            let prepared = named.map(|(new, id)| {
                let source = source_item(new, id, now.plus_seconds(seconds + KEPT_SECONDS))?;
                Ok((
                    Asset::ingest(
                        caller,
                        id,
                        new.project.map(|project| **project),
                        new.ingestion.clone(),
                        now,
                        seconds,
                    ),
                    source,
                ))
            });
            prepared.collect()
        };
        let ids: Vec<_> = batch.iter().map(|_| AssetId::generate()).collect();
        let remembered = idempotency.map(|key| (key, ids.as_slice()));
        let results = match self.ingest_all(caller, &prepare(&ids)?, remembered, allowance, now).await? {
            Ingested::New(results) => results,
            Ingested::Before(before) if before.len() == batch.len() => {
                self.ingest_rest(caller, prepare(&before)?, allowance, now).await?
            }
            Ingested::Before(_) => return Err(Error::IdempotencyKeyReused),
        };
        let mut results = results.into_iter();
        Ok(batch.iter().map(|new| new.as_ref().and_then(|_| results.next())).collect())
    }

    /// Gives the files of a request that came before, and begins those that are not there.
    async fn ingest_rest(
        &self,
        caller: &Caller,
        files: Vec<(Asset, Item)>,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<Vec<Result<Begun>>> {
        let found = join_all(files.iter().map(|(asset, _)| self.authorize_even_deleted(caller, asset.id))).await;
        let lost = |result: &Result<Begun>| matches!(result, Err(Error::NotFound));
        let missing: Vec<_> =
            files.into_iter().zip(&found).filter(|(_, found)| lost(found)).map(|(file, _)| file).collect();
        let Ingested::New(begun) = self.ingest_all(caller, &missing, None, allowance, now).await? else {
            return Ok(found);
        };
        let mut begun = begun.into_iter();
        let again = |found: Result<Begun>| if lost(&found) { begun.next().unwrap_or(found) } else { found };
        Ok(found.into_iter().map(again).collect())
    }

    async fn ingest_all(
        &self,
        caller: &Caller,
        files: &[(Asset, Item)],
        mut remembered: Option<(&IdempotencyKey, &[AssetId])>,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<Ingested> {
        let mut results = Vec::with_capacity(files.len());
        for chunk in chunks(files) {
            match self.ingest_together(caller, chunk, remembered, allowance, now).await {
                Ok(Ingested::New(part)) => {
                    // The first write is the request.
                    remembered = remembered.filter(|_| !part.iter().any(Result::is_ok));
                    results.extend(part);
                }
                Ok(before) => return Ok(before),
                Err(error) if remembered.is_some() || results.is_empty() => return Err(error),
                Err(error) => results.extend(chunk.iter().map(|_| Err(repeated(&error)))),
            }
        }
        Ok(Ingested::New(results))
    }

    async fn ingest_together(
        &self,
        caller: &Caller,
        files: &[(Asset, Item)],
        remembered: Option<(&IdempotencyKey, &[AssetId])>,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<Ingested> {
        // Without a quota nothing fits, be there a usage to compare with it or not.
        let most = if allowance.quota_bytes == 0 { 0 } else { allowance.active_ingestions };
        let mut fitting = files.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        let mut usage = Usage::default();
        while fitting > 0 {
            let mut writes = vec![self.reserve_ingestions(caller.owner(), fitting as u64, allowance)?];
            if let Some((idempotency, ids)) = remembered {
                writes.push(self.remember(caller.owner(), idempotency, ids, now)?);
            }
            let memberships = memberships(caller, &files[..fitting]);
            let memberships_at = writes.len();
            for membership in &memberships {
                writes.push(self.membership_check(membership)?);
            }
            let of_request = writes.len();
            for (asset, source) in &files[..fitting] {
                let source = Put::builder().table_name(&self.name).set_item(Some(source.clone())).build();
                let source = source.map_err(|error| Error::Internal(error.into()))?;
                writes.extend(self.creation(asset, &caller.actor())?);
                writes.push(TransactWriteItem::builder().put(source).build());
            }
            let Outcome::Refused(refusals) = self.transact(writes).await? else { break };
            if let (Some((idempotency, _)), Some(refusal)) = (remembered, refusals.get(1))
                && refusal.failed
            {
                return Ok(Ingested::Before(idempotency.assets_of(refusal.item.as_ref())?));
            }
            // A role was taken away at this moment.
            for (membership, refusal) in memberships.iter().zip(refusals.iter().skip(memberships_at)) {
                if refusal.failed {
                    return Err(membership.refusal(role_of(refusal)?));
                }
            }
            if refusals.iter().skip(of_request).any(|refusal| refusal.failed) {
                return Ok(Ingested::New(self.found_meanwhile(caller, files).await));
            }
            let found = refusals.first().and_then(|refusal| refusal.item.as_ref());
            usage = found.map(Usage::of_item).unwrap_or_default();
            // As many as there is room for, and each time fewer.
            fitting = usage.room_for_ingestions(allowance).min(fitting - 1);
        }
        let (begun, beyond) = files.split_at(fitting);
        usage.active_ingestions += fitting as u64;
        let begun = begun.iter().map(|(asset, _)| caller.authorize(asset.clone(), None));
        let beyond = beyond.iter().map(|_| Err(usage::no_more_ingestions(&usage, allowance)));
        Ok(Ingested::New(begun.chain(beyond).collect()))
    }

    /// The files that the same request, which is at it at this moment, has begun elsewhere.
    async fn found_meanwhile(&self, caller: &Caller, files: &[(Asset, Item)]) -> Vec<Result<Begun>> {
        let found = join_all(files.iter().map(|(asset, _)| self.authorize_even_deleted(caller, asset.id))).await;
        let conflict = |error| if matches!(error, Error::NotFound) { Error::Conflict } else { error };
        found.into_iter().map(|result| result.map_err(conflict)).collect()
    }

    /// Takes a file for fetching, as [`Table::claim`] does for inspection.
    ///
    /// # Errors
    /// As [`Table::claim`].
    pub async fn claim_ingestion(&self, message: &Message, now: Timestamp) -> Result<Option<(Work<Asset>, Fetch)>> {
        let id = message.asset();
        for _ in 0..ATTEMPTS {
            let (asset, source) = tokio::try_join!(self.asset(id), self.get(pk(id), SK.to_owned()))?;
            let work = match self.claim_in(Status::Ingesting, asset, message, now).await {
                Err(Error::Conflict) => continue,
                claimed => claimed?,
            };
            let Some(work) = work else { return Ok(None) };
            let source = source.ok_or_else(|| malformed("an ingestion without its source"))?;
            let stored: StoredSource = serde_dynamo::from_item(source).map_err(malformed)?;
            return Ok(Some((work, Fetch { url: stored.url, expected: stored.expected })));
        }
        Err(Error::Conflict)
    }

    /// Records what a source has answered, and reserves the `size` that it has announced; `upload` is the multipart upload
    /// that its bytes go to, so that whoever follows can give it up.
    ///
    /// # Errors
    /// `QuotaExceeded`; `Conflict` if the record has changed: the fetch is over; `Unavailable` or `Internal`.
    pub async fn mark_answered(
        &self,
        work: &Work<Asset>,
        now: Timestamp,
        (content_type, size, upload): (MediaType, Option<ByteSize>, Option<Upload>),
        quota_bytes: u64,
    ) -> Result<Work<Asset>> {
        self.advance_within(work, Some(quota_bytes), |asset| asset.answered(now, content_type, size, upload.clone()))
            .await
    }

    /// Records that what comes from a source goes to a multipart upload after all, with the bytes that have come so far.
    ///
    /// # Errors
    /// As [`Table::mark_answered`].
    pub async fn mark_in_parts(
        &self,
        work: &Work<Asset>,
        now: Timestamp,
        (bytes, upload): (u64, Upload),
        quota_bytes: u64,
    ) -> Result<Work<Asset>> {
        self.advance_within(work, Some(quota_bytes), |asset| asset.in_parts(now, bytes, upload.clone())).await
    }

    /// Records how many bytes have come from a source, and reserves what was not announced.
    ///
    /// # Errors
    /// As [`Table::mark_answered`].
    pub async fn mark_received(
        &self,
        work: &Work<Asset>,
        now: Timestamp,
        bytes: u64,
        quota_bytes: u64,
    ) -> Result<Work<Asset>> {
        self.advance_within(work, Some(quota_bytes), |asset| asset.received(now, bytes)).await
    }

    /// Records that storage has all that the source had, which starts its inspection. `strategy` says where the bytes are.
    /// One that does not end in `inspected_within_seconds` is given up by `sweep`.
    ///
    /// # Errors
    /// As [`Table::mark_answered`].
    pub async fn mark_fetched(
        &self,
        work: &Work<Asset>,
        now: Timestamp,
        (size, sha256, strategy): (ByteSize, Sha256, Strategy),
        quota_bytes: u64,
        inspected_within_seconds: u64,
    ) -> Result<()> {
        let fetched = |asset: &Asset| asset.fetched(now, size, sha256, strategy.clone(), inspected_within_seconds);
        self.advance_within(work, Some(quota_bytes), fetched).await.map(drop)
    }

    /// The write that removes the URL of an ingestion that is over.
    pub(super) fn forget_source(&self, id: AssetId) -> Result<TransactWriteItem> {
        let delete = Delete::builder().table_name(&self.name).set_key(Some(key(pk(id), SK.to_owned()))).build();
        Ok(TransactWriteItem::builder().delete(delete.map_err(|error| Error::Internal(error.into()))?).build())
    }
}

/// The files, cut into as many as fit into one transaction: besides their own writes there are one for the usage, one for
/// the key and one for each project.
fn chunks(files: &[(Asset, Item)]) -> Vec<&[(Asset, Item)]> {
    let (mut chunks, mut begin, mut writes, mut projects) = (Vec::new(), 0, 2, HashSet::new());
    for (at, (asset, _)) in files.iter().enumerate() {
        // The record, its source and its event, and the entries.
        let own = 3 + tag_entries(asset).len();
        let project = asset.project.filter(|project| !projects.contains(project));
        if writes + own + usize::from(project.is_some()) > WRITES {
            chunks.push(&files[begin..at]);
            (begin, writes) = (at, 2);
            projects.clear();
        }
        writes += own + usize::from(asset.project.is_some_and(|project| projects.insert(project)));
    }
    if begin < files.len() {
        chunks.push(&files[begin..]);
    }
    chunks
}

/// What the write of these files has to find of the caller's roles.
fn memberships(caller: &Caller, files: &[(Asset, Item)]) -> Vec<Membership> {
    let projects: HashSet<_> = files.iter().filter_map(|(asset, _)| asset.project).collect();
    projects.into_iter().filter_map(|project| caller.membership_to_upload_into(project)).collect()
}

const SK: &str = "SOURCE";

#[derive(Serialize, Deserialize)]
struct StoredSource {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    expected: Option<Expected>,
}

fn source_item(new: &NewIngestion<'_>, id: AssetId, expires_at: Timestamp) -> Result<Item> {
    let stored = StoredSource { url: new.url.expose().to_string(), expected: new.expected };
    let mut item: Item = serde_dynamo::to_item(stored).map_err(malformed)?;
    item.extend(key(pk(id), SK.to_owned()));
    item.insert("expires_at".to_owned(), number(expires_at.unix_seconds()));
    Ok(item)
}

/// The same trouble, of another file of the same write.
fn repeated(error: &Error) -> Error {
    let cause = error.causes().into();
    if error.may_pass() { Error::Unavailable(cause) } else { Error::Internal(cause) }
}
