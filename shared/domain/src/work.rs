//! What workers act on. They have no caller, so no `Authorized`: they take a record because a message says that it entered
//! a status, because it is due, or because storage itself says that its bytes have come.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::asset::{Asset, Status};
use super::change::Change;
use super::error::{Error, Result};
use super::identity::AssetId;
use super::timestamp::Timestamp;
use super::trace::TraceParent;
use super::upload::Strategy;

/// Which attempt at which message works on an asset. Every write of its worker has to find it in the record, so that of
/// two attempts only the later one goes on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// The message's id.
    pub message: String,
    /// The attempt, from 1.
    pub attempt: u64,
}

/// A queue's message about an asset that entered a status: the event that the pipe put on the bus.
#[derive(Clone, Debug)]
pub struct Message {
    claim: Claim,
    asset: AssetId,
    stage: u64,
    trace: Option<TraceParent>,
}

#[derive(Deserialize)]
struct Envelope {
    detail: Detail,
}

/// What is read of the event; there is more, and later versions may add to it.
#[derive(Deserialize)]
struct Detail {
    asset: AssetFacts,
    #[serde(default)]
    trace: String,
}

#[derive(Deserialize)]
struct AssetFacts {
    id: String,
    // The pipe passes numbers as the table writes them.
    stage: String,
}

impl Message {
    /// Reads the body of the queue's message `id`, which is received for the `attempt`-th time.
    ///
    /// # Errors
    /// `Internal` if it is no event of the bus.
    pub fn parse(id: &str, attempt: u64, body: &str) -> Result<Self> {
        let unreadable = |error: Box<dyn std::error::Error + Send + Sync>| Error::Internal(error);
        let Envelope { detail } = serde_json::from_str(body).map_err(|error| unreadable(error.into()))?;
        Ok(Self {
            claim: Claim { message: id.to_owned(), attempt },
            asset: AssetId::parse(&detail.asset.id).map_err(|error| unreadable(error.into()))?,
            stage: detail.asset.stage.parse().map_err(|error: std::num::ParseIntError| unreadable(error.into()))?,
            trace: TraceParent::parse(&detail.trace),
        })
    }

    /// The asset that it is about.
    pub fn asset(&self) -> AssetId {
        self.asset
    }

    /// The attempt at it that this is, from 1.
    pub fn attempt(&self) -> u64 {
        self.claim.attempt
    }

    /// The trace of what led to it.
    pub fn trace(&self) -> Option<TraceParent> {
        self.trace
    }
}

/// A record that a worker may act on. Only the checks below make one.
#[derive(Debug)]
pub struct Work<T> {
    value: T,
    trace: Option<TraceParent>,
}

impl<T> Deref for Work<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Work<T> {
    /// The trace of the message that started it.
    pub fn trace(&self) -> Option<TraceParent> {
        self.trace
    }
}

impl Work<Asset> {
    /// Takes an asset in `status` for a message. `None` where there is nothing to do: the asset has moved on since, is
    /// deleted, or another message's worker, or a later attempt, has it. The work can begin after the change is written.
    pub fn claim(message: &Message, asset: Asset, status: Status, now: Timestamp) -> Option<(Self, Change)> {
        let is_meant = asset.status() == status && asset.stage == message.stage;
        let is_free = asset
            .claim
            .as_ref()
            .is_none_or(|claim| claim.message == message.claim.message && claim.attempt <= message.claim.attempt);
        if !is_meant || !is_free {
            return None;
        }
        let change = asset.claimed(now, message.claim.clone());
        Some((Self { value: change.after().clone(), trace: message.trace }, change))
    }

    /// Takes an asset that is due.
    pub fn due(asset: Asset, now: Timestamp) -> Option<Self> {
        asset.due_at.is_some_and(|due_at| due_at <= now).then_some(Self { value: asset, trace: None })
    }

    /// Takes an upload in one piece whose bytes are awaited, for storage's own word that they have come.
    pub fn pending_upload(asset: Asset, trace: Option<TraceParent>) -> Option<Self> {
        let strategy = asset.upload.as_ref().map(|upload| &upload.strategy);
        let is_pending = asset.status() == Status::AwaitingUpload && matches!(strategy, Some(Strategy::Single));
        is_pending.then_some(Self { value: asset, trace })
    }

    /// The record as it is now, if the work on it is still this worker's.
    pub fn again(&self, now: Asset) -> Option<Self> {
        let is_same = now.id == self.value.id
            && now.stage == self.value.stage
            && now.claim == self.value.claim
            && now.deleted_at == self.value.deleted_at;
        is_same.then_some(Self { value: now, trace: self.trace })
    }

    /// The same work over the asset as a change has left it, which the table has written.
    #[must_use]
    pub fn after(&self, change: Change) -> Self {
        let after = change.into_after();
        let value = if after.id == self.value.id { after } else { self.value.clone() };
        Self { value, trace: self.trace }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use crate::asset::Declaration;
    use crate::{ByteSize, Caller, FileName, MediaType, Subject, Tags};

    fn uploaded() -> Asset {
        let declared = Declaration {
            name: FileName::parse("a.png").unwrap(),
            content_type: MediaType::parse("image/png").unwrap(),
            size: ByteSize::new(1).unwrap(),
            sha256: None,
            tags: Tags::default(),
            keep_location: false,
        };
        let ada = Caller::from_verified_claims(Subject::parse("ada").unwrap(), &[]);
        Asset::direct_upload(&ada, AssetId::generate(), None, declared, Timestamp::now(), 60)
    }

    fn message(id: &str, attempt: u64, asset: &Asset) -> Message {
        let facts = serde_json::json!({"id": asset.id, "stage": asset.stage.to_string()});
        let body = serde_json::json!({"detail": {"asset": facts, "trace": ""}});
        Message::parse(id, attempt, &body.to_string()).unwrap()
    }

    fn claim(asset: &Asset, id: &str, attempt: u64) -> Option<Asset> {
        let message = message(id, attempt, asset);
        Work::claim(&message, asset.clone(), Status::Uploaded, Timestamp::now()).map(|(_, change)| change.into_after())
    }

    #[test]
    fn a_later_attempt_takes_the_work_over_and_an_earlier_one_does_not() {
        let claimed = claim(&uploaded(), "m", 2).unwrap();
        assert_eq!(claim(&claimed, "m", 3).unwrap().claim.unwrap().attempt, 3);
        assert!(claim(&claimed, "m", 1).is_none());
    }

    #[test]
    fn another_message_takes_no_work_that_somebody_has() {
        let claimed = claim(&uploaded(), "m", 1).unwrap();
        assert!(claim(&claimed, "n", 5).is_none());
    }

    #[test]
    fn a_message_takes_an_asset_only_in_the_stage_that_it_is_about() {
        let (asset, now) = (uploaded(), Timestamp::now());
        let ready = asset.ready(now, None, crate::Metadata::default(), Vec::new()).into_after();
        let again = ready.reprocessed(now, 60).into_after();
        let take =
            |message: &Message, asset: &Asset| Work::claim(message, asset.clone(), Status::Uploaded, now).is_some();
        assert!(take(&message("m", 1, &asset), &asset) && !take(&message("m", 2, &asset), &ready));
        assert!(!take(&message("m", 3, &asset), &again) && take(&message("n", 1, &again), &again));
        let deleted = asset.deleted(now, now).into_after();
        assert!(!take(&message("m", 1, &deleted), &deleted));
    }

    #[test]
    fn an_edit_meanwhile_leaves_the_work_to_its_worker() {
        let (asset, now) = (uploaded(), Timestamp::now());
        let (work, change) = Work::claim(&message("m", 1, &asset), asset, Status::Uploaded, now).unwrap();
        let edit = crate::Edit { name: Some(FileName::parse("b.png").unwrap()), tags: None };
        let edited = change.into_after().edited(now, edit).unwrap().into_after();
        assert_eq!(work.again(edited.clone()).unwrap().name.as_str(), "b.png");
        let claimed_again = claim(&edited, "m", 2).unwrap();
        assert!(work.again(claimed_again).is_none());
    }
}
