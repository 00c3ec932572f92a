//! Assets: begun, found with a proof, moved through their lives.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};

use super::transaction::Outcome;
use super::work::{DUE_SHARDS, LOOKS};
use super::{IdempotencyKey, Item, Message, Table, Work, key, malformed, number, text, unexpected, usage};
use quayside_domain::usage::Allowance;
use quayside_domain::{
    Asset, AssetId, Caller, Error, Failure, Metadata, Owned, Readable, Result, Role, Sha256, Status, Timestamp,
    Unproven, Variant,
};

/// How an asset began.
#[derive(Debug)]
pub enum Begun {
    /// It is new.
    New(Owned<Asset>),
    /// The same request began it before; nothing has changed.
    Before(Owned<Asset>),
}

impl Table {
    /// Writes a new asset of the caller's: its record, its place in the owner's usage and its idempotency key at once.
    ///
    /// # Errors
    /// `QuotaExceeded` or `TooManyUploads`, which say what is in use; `IdempotencyKeyReused`; `NotFound` if the asset is
    /// not the caller's; `Unavailable`, `Internal`.
    pub async fn begin(
        &self,
        caller: &Caller,
        asset: Asset,
        idempotency: Option<&IdempotencyKey>,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<Begun> {
        let asset = caller.own(asset, None)?;
        let Some(room) = allowance.quota_bytes.checked_sub(asset.size.bytes()) else {
            return Err(usage::exceeded(&self.usage(caller).await?, &asset, allowance));
        };
        let mut writes = vec![
            self.creation(&asset)?,
            self.reserve(&asset.owner, asset.footprint(), room, allowance.active_uploads)?,
        ];
        if let Some(idempotency) = idempotency {
            writes.push(self.remember(&asset.owner, idempotency, &[asset.id], now)?);
        }
        let Outcome::Refused(refusals) = self.transact(writes).await? else {
            return Ok(Begun::New(asset));
        };
        if let (Some(idempotency), Some(refusal)) = (idempotency, refusals.get(2))
            && refusal.failed
        {
            let [id] = idempotency.assets_of(refusal.item.as_ref())?[..] else {
                return Err(Error::IdempotencyKeyReused);
            };
            return Ok(Begun::Before(self.find_owned_even_deleted(caller, id).await?));
        }
        match refusals.get(1) {
            Some(refusal) if refusal.failed => Err(usage::refusal(refusal.item.as_ref(), &asset, allowance)),
            _ => Err(malformed("an id that was generated is in use")),
        }
    }

    /// The write of a new record.
    pub(super) fn creation(&self, asset: &Asset) -> Result<TransactWriteItem> {
        let create = Put::builder().table_name(&self.name).set_item(Some(item_of(asset)?));
        put(create.condition_expression("attribute_not_exists(pk)"))
    }

    /// The asset, with the proof that the caller may change it. One wave; one more for a member of its project.
    ///
    /// # Errors
    /// `NotFound` if there is none, it was deleted, or the caller may not see it; `Forbidden` if the caller may only
    /// read it; `Unavailable` or `Internal`.
    pub async fn find_owned(&self, caller: &Caller, id: AssetId) -> Result<Owned<Asset>> {
        let owned = self.find_owned_even_deleted(caller, id).await?;
        if owned.status == Status::Deleted { Err(Error::NotFound) } else { Ok(owned) }
    }

    /// As [`Table::find_owned`], and deleted assets too.
    ///
    /// # Errors
    /// As [`Table::find_owned`].
    pub async fn find_owned_even_deleted(&self, caller: &Caller, id: AssetId) -> Result<Owned<Asset>> {
        let (asset, role) = self.asset_and_role(caller, id).await?;
        caller.own(asset, role)
    }

    /// The asset as [`Table::find_owned`] finds it before it looks at rights, which [`Table::prove_owned`] does. One
    /// wave.
    ///
    /// # Errors
    /// `NotFound` if there is none or it was deleted; `Unavailable` or `Internal`.
    pub async fn find(&self, id: AssetId) -> Result<Unproven<Asset>> {
        match self.asset(id).await? {
            Some(asset) if asset.status != Status::Deleted => Ok(Unproven::new(asset)),
            _ => Err(Error::NotFound),
        }
    }

    /// The proof that the caller may change what was found. One wave for a member of its project, none for others.
    ///
    /// # Errors
    /// `NotFound` if the caller may not see it; `Forbidden` if the caller may only read it; `Unavailable` or `Internal`.
    pub async fn prove_owned(&self, caller: &Caller, found: &Unproven<Asset>) -> Result<Owned<Asset>> {
        let role = self.role_in(caller, found.unproven()).await?;
        caller.own(found.unproven().clone(), role)
    }

    /// The asset, with the proof that the caller may read it. One wave; one more for a member of its project.
    ///
    /// # Errors
    /// `NotFound` if there is none, it was deleted, or the caller may not see it; `Unavailable` or `Internal`.
    pub async fn find_readable(&self, caller: &Caller, id: AssetId) -> Result<Readable<Asset>> {
        let (asset, role) = self.asset_and_role(caller, id).await?;
        if asset.status == Status::Deleted {
            return Err(Error::NotFound);
        }
        caller.read(asset, role)
    }

    async fn asset_and_role(&self, caller: &Caller, id: AssetId) -> Result<(Asset, Option<Role>)> {
        let asset = self.asset(id).await?.ok_or(Error::NotFound)?;
        let role = self.role_in(caller, &asset).await?;
        Ok((asset, role))
    }

    async fn role_in(&self, caller: &Caller, asset: &Asset) -> Result<Option<Role>> {
        match caller.needs_role(asset) {
            Some(project) => self.role(caller, project).await,
            None => Ok(None),
        }
    }

    pub(super) async fn asset(&self, id: AssetId) -> Result<Option<Asset>> {
        self.get(pk(id), SK.to_owned()).await?.map(asset_of).transpose()
    }

    /// Keeps an upload alive for `seconds` from now.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn extend(&self, asset: Owned<Asset>, now: Timestamp, seconds: u64) -> Result<Owned<Asset>> {
        let extended = asset.extended(now, seconds);
        self.change(asset, extended).await
    }

    /// Records that storage has all bytes of the upload, which starts its inspection. One that does not end in
    /// `inspected_within_seconds` is given up by `sweep`.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_uploaded(
        &self,
        asset: Owned<Asset>,
        now: Timestamp,
        inspected_within_seconds: u64,
    ) -> Result<Owned<Asset>> {
        let uploaded = asset.uploaded(now, inspected_within_seconds);
        self.change(asset, uploaded).await
    }

    /// Has an asset inspected again that [may be](Asset::may_be_reprocessed); else as [`Table::mark_uploaded`].
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn reprocess(
        &self,
        asset: Owned<Asset>,
        now: Timestamp,
        inspected_within_seconds: u64,
    ) -> Result<Owned<Asset>> {
        let again = asset.reprocessed(now, inspected_within_seconds);
        self.change(asset, again).await
    }

    /// Deletes the asset: it is gone for everybody, and its bytes follow `ttl_seconds` later. What it took of the quota
    /// is free at once.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn delete(&self, asset: Owned<Asset>, now: Timestamp, ttl_seconds: u64) -> Result<Owned<Asset>> {
        let deleted = asset.deleted(now, now.plus_seconds(ttl_seconds));
        self.change(asset, deleted).await
    }

    /// Records that storage has all bytes of an upload, as it tells itself; else as [`Table::mark_uploaded`].
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_arrived(&self, work: &Work<Asset>, now: Timestamp, inspected_within_seconds: u64) -> Result<()> {
        self.replace(work, &work.uploaded(now, inspected_within_seconds), None).await
    }

    async fn change(&self, before: Owned<Asset>, after: Asset) -> Result<Owned<Asset>> {
        let by = before.is_as_administrator().then(|| before.by());
        self.replace(&before, &after, by).await?;
        Ok(before.changed_to(after))
    }

    /// Records the end of an inspection that went well.
    ///
    /// # Errors
    /// `Conflict` if the record has changed: what was found is of no use any more; `Unavailable` or `Internal`.
    pub async fn mark_ready(
        &self,
        work: &Work<Asset>,
        now: Timestamp,
        sha256: Option<Sha256>,
        metadata: Metadata,
        variants: Vec<Variant>,
    ) -> Result<()> {
        self.replace(work, &work.ready(now, sha256, metadata, variants), None).await
    }

    /// Records that the asset failed.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_failed(&self, work: &Work<Asset>, now: Timestamp, failure: Failure) -> Result<Work<Asset>> {
        let failed = work.failed(now, failure);
        self.replace(work, &failed, None).await?;
        Ok(Work::over(failed))
    }

    /// Records that storage has nothing more of a failed asset.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_cleaned(&self, work: &Work<Asset>, now: Timestamp) -> Result<()> {
        self.replace(work, &work.cleaned(now), None).await
    }

    /// Puts an asset that is due off by `seconds`.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn postpone(&self, work: &Work<Asset>, now: Timestamp, seconds: u64) -> Result<()> {
        self.replace(work, &work.postponed(now, seconds), None).await
    }

    /// Records that storage has nothing more of a deleted asset, and keeps its tombstone.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_purged(&self, work: &Work<Asset>, now: Timestamp) -> Result<()> {
        self.replace(work, &work.purged(now), None).await
    }

    /// Makes an asset due once more whose bytes were deleted already, for the worker of a message that may have written
    /// some since.
    ///
    /// # Errors
    /// `Conflict` if the record changes again and again; `Unavailable` or `Internal`.
    pub async fn purge_again(&self, message: &Message, now: Timestamp) -> Result<()> {
        let mut attempt = 1;
        loop {
            let Some(asset) = self.asset(message.asset()).await? else { return Ok(()) };
            if !asset.footprint().is_nothing() || asset.due_at.is_some() {
                return Ok(());
            }
            match self.replace(&asset, &asset.due_again(now), None).await {
                Err(Error::Conflict) if attempt < LOOKS => attempt += 1,
                written => return written,
            }
        }
    }

    /// Writes `after` over `before`, if the record is still `before`, together with what that means for the owner's
    /// usage and, where `administrator` is given, for the asset's history.
    pub(super) async fn replace(
        &self,
        before: &Asset,
        after: &Asset,
        administrator: Option<&quayside_domain::Subject>,
    ) -> Result<()> {
        let change = after.footprint().minus(before.footprint());
        if change.is_nothing() && administrator.is_none() {
            return self.replace_alone(before, after).await;
        }
        let mut writes = vec![self.replacement(before, after)?];
        if !change.is_nothing() {
            writes.push(self.add_to_usage(&before.owner, change)?);
        }
        if let Some(by) = administrator {
            writes.push(self.add_to_history(after, by)?);
        }
        if before.status == Status::Ingesting && after.status != Status::Ingesting {
            writes.push(self.forget_source(before.id)?);
        }
        match self.transact(writes).await? {
            Outcome::Written => Ok(()),
            Outcome::Refused(_) => Err(Error::Conflict),
        }
    }

    /// The write of `after` over `before`, if the record is still `before`.
    pub(super) fn replacement(&self, before: &Asset, after: &Asset) -> Result<TransactWriteItem> {
        put(Put::builder()
            .table_name(&self.name)
            .set_item(Some(item_of(after)?))
            .condition_expression(UNCHANGED)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":owner", text(&before.owner))
            .expression_attribute_values(":version", number(before.version)))
    }

    async fn replace_alone(&self, before: &Asset, after: &Asset) -> Result<()> {
        let item = item_of(after)?;
        let answer = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item.clone()))
            .condition_expression(UNCHANGED)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":owner", text(&before.owner))
            .expression_attribute_values(":version", number(before.version))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => {
                // An answer that was lost on its way makes the SDK write again; then what is there is what we wrote.
                // (A transaction is known by its token and needs no such look.)
                let found = error.into_service_error();
                let found = match &found {
                    aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(failed) => {
                        failed.item()
                    }
                    _ => None,
                };
                if found == Some(&item) { Ok(()) } else { Err(Error::Conflict) }
            }
            Err(error) => Err(unexpected(error)),
        }
    }
}

const SK: &str = "ASSET";
const UNCHANGED: &str = "#version = :version AND #owner = :owner";

pub(super) fn pk(id: AssetId) -> String {
    format!("ASSET#{id}")
}

fn put(put: aws_sdk_dynamodb::types::builders::PutBuilder) -> Result<TransactWriteItem> {
    let put = put.build().map_err(|error| Error::Internal(error.into()))?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// The record with its keys, and with those of the indexes that it is to be found in: a deleted asset is in no list.
fn item_of(asset: &Asset) -> Result<Item> {
    let mut item: Item = serde_dynamo::to_item(asset).map_err(malformed)?;
    item.extend(key(pk(asset.id), SK.to_owned()));
    if asset.status != Status::Deleted {
        item.insert("list_owner".to_owned(), text(&asset.owner));
        item.insert("list_owner_kind".to_owned(), text(super::listing::owner_and_kind(&asset.owner, asset.kind)));
        if let Some(project) = asset.project {
            item.insert("list_project".to_owned(), text(project));
        }
    }
    if asset.due_at.is_some() {
        item.insert("due_shard".to_owned(), text(asset.id.shard(DUE_SHARDS)));
    }
    Ok(item)
}

pub(super) fn asset_of(item: Item) -> Result<Asset> {
    serde_dynamo::from_item(item).map_err(malformed)
}
