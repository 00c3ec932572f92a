//! Assets: begun, found with a proof, moved through their lives.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::record::{SK, asset_of, pk};
use super::transaction::Outcome;
use super::write::role_of;
use super::{IdempotencyKey, Item, Table, key, malformed, unexpected, usage};
use quayside_domain::rights::{Delete, Edit as MayEdit, Process, Right, Upload};
use quayside_domain::usage::Allowance;
use quayside_domain::{Asset, AssetId, Authorized, Caller, Edit, Error, Result, Role, Status, Timestamp, Unproven};

/// How an asset began.
#[derive(Debug)]
pub enum Begun {
    /// It is new.
    New(Authorized<Asset, Upload>),
    /// The same request began it before; nothing has changed.
    Existing(Authorized<Asset, Upload>),
}

impl Table {
    /// Writes a new asset of the caller's: its record, its place in the owner's usage, its event and its idempotency key at
    /// once, on condition that the caller may upload into its project. One round trip.
    ///
    /// # Errors
    /// `QuotaExceeded` or `TooManyUploads`, which say what is in use; `ProjectNotFound` or `Forbidden`;
    /// `IdempotencyKeyReused`; `NotFound` if the asset is not the caller's; `Unavailable`, `Internal`.
    pub async fn begin(
        &self,
        caller: &Caller,
        asset: Asset,
        idempotency: Option<&IdempotencyKey>,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<Begun> {
        let membership = asset.project.and_then(|project| caller.membership_to_upload_into(project));
        let Some(room) = allowance.quota_bytes.checked_sub(asset.size.bytes()) else {
            if let Some(project) = asset.project {
                self.authorize_project::<quayside_domain::rights::UploadInto>(caller, project).await?;
            }
            return Err(usage::exceeded(&self.usage(caller).await?, &asset, allowance));
        };
        let mut writes = vec![self.reserve(&asset.owner, asset.footprint(), room, allowance.active_uploads)?];
        if let Some(idempotency) = idempotency {
            writes.push(self.remember(&asset.owner, idempotency, &[asset.id], now)?);
        }
        let membership_at = writes.len();
        if let Some(membership) = &membership {
            writes.push(self.membership_check(membership)?);
        }
        writes.extend(self.creation(&asset, &caller.actor())?);
        let Outcome::Refused(refusals) = self.transact(writes).await? else {
            return Ok(Begun::New(caller.authorize(asset, None)?));
        };
        let failed = |index: usize| refusals.get(index).filter(|refusal| refusal.failed);
        if let (Some(idempotency), Some(refusal)) = (idempotency, failed(1)) {
            let [id] = idempotency.assets_of(refusal.item.as_ref())?[..] else {
                return Err(Error::IdempotencyKeyReused);
            };
            return Ok(Begun::Existing(self.authorize_even_deleted(caller, id).await?));
        }
        if let (Some(membership), Some(refusal)) = (&membership, failed(membership_at)) {
            return Err(membership.refusal(role_of(refusal)?));
        }
        match failed(0) {
            Some(refusal) => Err(usage::refusal(refusal.item.as_ref(), &asset, allowance)),
            None => Err(malformed("an id that was generated is in use")),
        }
    }

    /// The asset, with the proof that the caller may do `A` with it. One round trip; one more for a member of its project.
    ///
    /// # Errors
    /// `NotFound` if there is none, it was deleted, or the caller may not see it; `Forbidden` if the caller may see it, but
    /// not do that; `Unavailable` or `Internal`.
    pub async fn authorize<A: Right>(&self, caller: &Caller, id: AssetId) -> Result<Authorized<Asset, A>> {
        let asset = self.authorize_even_deleted(caller, id).await?;
        if asset.status() == Status::Deleted { Err(Error::NotFound) } else { Ok(asset) }
    }

    /// As [`Table::authorize`], and deleted assets too.
    ///
    /// # Errors
    /// As [`Table::authorize`].
    pub async fn authorize_even_deleted<A: Right>(&self, caller: &Caller, id: AssetId) -> Result<Authorized<Asset, A>> {
        let asset = self.asset(id).await?.ok_or(Error::NotFound)?;
        let role = self.role_in(caller, &asset).await?;
        caller.authorize(asset, role)
    }

    /// The asset as [`Table::authorize`] finds it before it looks at rights, which [`Table::prove`] does. One round trip.
    ///
    /// # Errors
    /// `NotFound` if there is none or it was deleted; `Unavailable` or `Internal`.
    pub async fn find(&self, id: AssetId) -> Result<Unproven<Asset>> {
        match self.asset(id).await? {
            Some(asset) if asset.status() != Status::Deleted => Ok(Unproven::new(asset)),
            _ => Err(Error::NotFound),
        }
    }

    /// The proof that the caller may do `A` with what was found. One round trip for a member of its project, none for
    /// others.
    ///
    /// # Errors
    /// `NotFound` if the caller may not see it; `Forbidden` if the caller may see it, but not do that; `Unavailable` or
    /// `Internal`.
    pub async fn prove<A: Right>(&self, caller: &Caller, found: &Unproven<Asset>) -> Result<Authorized<Asset, A>> {
        let role = self.role_in(caller, found.unproven()).await?;
        caller.authorize(found.unproven().clone(), role)
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

    /// Up to 100 assets by their ids, in no order. The records may lag a moment behind.
    pub(super) async fn assets(&self, ids: &[AssetId]) -> Result<Vec<Asset>> {
        let keys = ids.iter().map(|id| key(pk(*id), SK.to_owned())).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build();
        let keys = keys.map_err(|error| Error::Internal(error.into()))?;
        let mut wanted = Some(HashMap::from([(self.name.clone(), keys)]));
        let mut found: Vec<Item> = Vec::with_capacity(ids.len());
        // What is left out because an answer has at most 16 MB, or the table is busy, is asked for again.
        while let Some(request) = wanted.take().filter(|wanted| !wanted.is_empty()) {
            let answer =
                self.client.batch_get_item().set_request_items(Some(request)).send().await.map_err(unexpected)?;
            found.extend(answer.responses.unwrap_or_default().remove(&self.name).unwrap_or_default());
            wanted = answer.unprocessed_keys;
        }
        found.into_iter().map(asset_of).collect()
    }

    /// Keeps an upload alive for `seconds` from now.
    ///
    /// # Errors
    /// `Conflict` if the upload is over; `Unavailable` or `Internal`.
    pub async fn extend(
        &self,
        asset: Authorized<Asset, Upload>,
        now: Timestamp,
        seconds: u64,
    ) -> Result<Authorized<Asset, Upload>> {
        let change = asset.extended(now, seconds);
        self.write(asset, change).await
    }

    /// Records that storage has all bytes of the upload, which starts its inspection. One that does not end in
    /// `inspected_within_seconds` is given up by `sweep`.
    ///
    /// # Errors
    /// `Conflict` if the upload is over; `Unavailable` or `Internal`.
    pub async fn mark_uploaded(
        &self,
        asset: Authorized<Asset, Upload>,
        now: Timestamp,
        inspected_within_seconds: u64,
    ) -> Result<Authorized<Asset, Upload>> {
        let change = asset.uploaded(now, inspected_within_seconds);
        self.write(asset, change).await
    }

    /// Ends an unfinished upload or fetch. What it took of the quota is free at once, and its bytes are due for `sweep`.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn abort(&self, asset: Authorized<Asset, Upload>, now: Timestamp) -> Result<Authorized<Asset, Upload>> {
        let change = asset.deleted(now, now);
        self.write(asset, change).await
    }

    /// Changes an asset's name or tags. The same again changes nothing.
    ///
    /// # Errors
    /// `Conflict` if somebody else has edited it; `Unavailable` or `Internal`.
    pub async fn edit(
        &self,
        asset: Authorized<Asset, MayEdit>,
        now: Timestamp,
        edit: Edit,
    ) -> Result<Authorized<Asset, MayEdit>> {
        match asset.edited(now, edit) {
            Some(change) => self.write(asset, change).await,
            None => Ok(asset),
        }
    }

    /// Has an asset inspected again that [may be](Asset::may_be_reprocessed); else as [`Table::mark_uploaded`].
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn reprocess(
        &self,
        asset: Authorized<Asset, Process>,
        now: Timestamp,
        inspected_within_seconds: u64,
    ) -> Result<Authorized<Asset, Process>> {
        let change = asset.reprocessed(now, inspected_within_seconds);
        self.write(asset, change).await
    }

    /// Deletes the asset: it is gone for everybody, and its bytes follow `ttl_seconds` later. What it took of the quota
    /// is free at once.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn delete(
        &self,
        asset: Authorized<Asset, Delete>,
        now: Timestamp,
        ttl_seconds: u64,
    ) -> Result<Authorized<Asset, Delete>> {
        let change = asset.deleted(now, now.plus_seconds(ttl_seconds));
        self.write(asset, change).await
    }
}
