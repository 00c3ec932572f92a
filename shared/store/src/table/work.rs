//! What workers do with records: claim them, move them on, and find what is due.

use futures_util::future::try_join_all;

use super::record::DUE_SHARDS;
use super::write::ATTEMPTS;
use super::{Table, text, unexpected};
use quayside_domain::{
    Actor, Asset, AssetId, Error, Failure, Message, Metadata, Principal, Result, Sha256, Status, Timestamp,
    TraceParent, Variant, Work,
};

impl Table {
    /// Takes an uploaded asset for inspection, and writes so into its record. Gives `None` where there is nothing to do:
    /// the asset has moved on, is gone, or another message's worker has it. The same message may take it again, so that
    /// a worker that died is followed by another; what the first may still write is then refused. Two round trips.
    ///
    /// # Errors
    /// `Conflict` if the record changes again and again; `Unavailable` or `Internal`.
    pub async fn claim(&self, message: &Message, now: Timestamp) -> Result<Option<Work<Asset>>> {
        for _ in 0..ATTEMPTS {
            let asset = self.asset(message.asset()).await?;
            match self.claim_in(Status::Uploaded, asset, message, now).await {
                Err(Error::Conflict) => {}
                claimed => return claimed,
            }
        }
        Err(Error::Conflict)
    }

    /// As [`Table::claim`], of an asset in a status.
    pub(super) async fn claim_in(
        &self,
        status: Status,
        asset: Option<Asset>,
        message: &Message,
        now: Timestamp,
    ) -> Result<Option<Work<Asset>>> {
        let Some((work, change)) = asset.and_then(|asset| Work::claim(message, asset, status, now)) else {
            return Ok(None);
        };
        self.write_housekeeping(&change).await?;
        Ok(Some(work))
    }

    /// An upload in one piece whose bytes are awaited, for storage's own word that they have come. `None` if there is
    /// none, or it is over.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn find_pending_upload(&self, id: AssetId, trace: Option<TraceParent>) -> Result<Option<Work<Asset>>> {
        Ok(self.asset(id).await?.and_then(|asset| Work::pending_upload(asset, trace)))
    }

    /// Records that storage has all bytes of an upload, as it tells itself; else as [`Table::mark_uploaded`].
    ///
    /// # Errors
    /// `Conflict` if the upload is over; `Unavailable` or `Internal`.
    pub async fn mark_uploaded_of(&self, work: &Work<Asset>, now: Timestamp, within_seconds: u64) -> Result<()> {
        self.advance(work, |asset| asset.uploaded(now, within_seconds)).await.map(drop)
    }

    /// Records the end of an inspection that went well.
    ///
    /// # Errors
    /// `Conflict` if the asset is not the worker's any more; `Unavailable` or `Internal`.
    pub async fn mark_ready(
        &self,
        work: &Work<Asset>,
        now: Timestamp,
        sha256: Option<Sha256>,
        metadata: Metadata,
        variants: Vec<Variant>,
    ) -> Result<()> {
        let ready = |asset: &Asset| asset.ready(now, sha256, metadata.clone(), variants.clone());
        self.advance(work, ready).await.map(drop)
    }

    /// Records that the asset failed, as its worker found.
    ///
    /// # Errors
    /// `Conflict` if the asset is not the worker's any more; `Unavailable` or `Internal`.
    pub async fn mark_failed(&self, work: &Work<Asset>, now: Timestamp, failure: Failure) -> Result<Work<Asset>> {
        self.advance(work, |asset| asset.failed(now, failure.clone())).await
    }

    /// Records that an asset failed whose time is over. The record must be as it was found: what somebody does with it at
    /// this moment goes before.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn give_up(&self, work: &Work<Asset>, now: Timestamp, failure: Failure) -> Result<Work<Asset>> {
        let change = work.given_up(now, failure);
        self.write_once(&change, &self.worker(work.trace())).await?;
        Ok(work.after(change))
    }

    /// Records that storage has nothing more of a failed asset.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_cleaned(&self, work: &Work<Asset>, now: Timestamp) -> Result<()> {
        self.write_housekeeping(&work.cleaned(now)).await
    }

    /// Puts an asset that is due off by `seconds`.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn postpone(&self, work: &Work<Asset>, now: Timestamp, seconds: u64) -> Result<()> {
        self.write_housekeeping(&work.postponed(now, seconds)).await
    }

    /// Records that a deleted asset's bytes are gone; a tombstone is left.
    ///
    /// # Errors
    /// `Conflict` if the record has changed; `Unavailable` or `Internal`.
    pub async fn mark_purged(&self, work: &Work<Asset>, now: Timestamp) -> Result<()> {
        self.write_once(&work.purged(now), &self.worker(work.trace())).await
    }

    /// Makes an asset due once more whose bytes were deleted already, for the worker of a message that may have written
    /// some since.
    ///
    /// # Errors
    /// `Conflict` if the record changes again and again; `Unavailable` or `Internal`.
    pub async fn purge_again(&self, message: &Message, now: Timestamp) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let Some(asset) = self.asset(message.asset()).await? else { return Ok(()) };
            if !asset.footprint().is_nothing() || asset.due_at.is_some() {
                return Ok(());
            }
            match self.write_housekeeping(&asset.due_again(now)).await {
                Err(Error::Conflict) => {}
                written => return written,
            }
        }
        Err(Error::Conflict)
    }

    /// Assets that are due, up to `most` of each shard, those that are due longest first. Two round trips.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn due(&self, now: Timestamp, most: i32) -> Result<Vec<Work<Asset>>> {
        let shards = (0..DUE_SHARDS).map(async |shard| {
            let page = self
                .client
                .query()
                .table_name(&self.name)
                .index_name("due")
                .key_condition_expression("due_shard = :shard AND due_at <= :now")
                .expression_attribute_values(":shard", text(shard))
                .expression_attribute_values(":now", text(now))
                .limit(most)
                .send();
            let page = page.await.map_err(unexpected)?;
            let pks = page.items().iter().filter_map(|item| item.get("pk")?.as_s().ok()?.strip_prefix("ASSET#"));
            Ok::<_, Error>(pks.filter_map(|id| AssetId::parse(id).ok()).collect::<Vec<_>>())
        });
        let ids = try_join_all(shards).await?.concat();
        // The index may lag behind the records.
        let assets = try_join_all(ids.into_iter().map(|id| self.asset(id))).await?;
        Ok(assets.into_iter().flatten().filter_map(|asset| Work::due(asset, now)).collect())
    }

    pub(super) fn worker(&self, trace: Option<TraceParent>) -> Actor {
        Actor { by: Principal::Worker(self.function), trace }
    }
}
