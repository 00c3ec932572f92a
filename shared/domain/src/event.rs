//! Events: what happened to an asset. They are its history, and what the bus carries to queues and to others' rules.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::asset::{Asset, Status};
use super::identity::{AssetId, ProjectId, Subject};
use super::media_type::Kind;
use super::principal::Actor;
use super::timestamp::Timestamp;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum EventKind {
    /// An upload or a fetch began, or a file came with a request.
    #[serde(rename = "asset.created")]
    Created,
    /// Storage has all bytes.
    #[serde(rename = "asset.uploaded")]
    Uploaded,
    /// Its inspection was asked for again.
    #[serde(rename = "asset.reprocessed")]
    Reprocessed,
    /// It was inspected, and is served.
    #[serde(rename = "asset.ready")]
    Ready,
    /// It failed.
    #[serde(rename = "asset.failed")]
    Failed,
    /// Somebody changed its name or tags.
    #[serde(rename = "asset.edited")]
    Edited,
    /// Somebody deleted it.
    #[serde(rename = "asset.deleted")]
    Deleted,
    /// Its bytes are gone.
    #[serde(rename = "asset.purged")]
    Purged,
}

impl EventKind {
    /// The name that starts the work on a new status: what the rules of `template.yaml` match.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "asset.created",
            Self::Uploaded => "asset.uploaded",
            Self::Reprocessed => "asset.reprocessed",
            Self::Ready => "asset.ready",
            Self::Failed => "asset.failed",
            Self::Edited => "asset.edited",
            Self::Deleted => "asset.deleted",
            Self::Purged => "asset.purged",
        }
    }
}

/// One entry of an asset's history, at most some 1,500 bytes: ids, names of this crate, and two subjects of up to 255
/// bytes each. So it fits on the bus, which takes 256 KB, whatever the asset is.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// A UUIDv7 of its own: the order of ids is the order of events, to the millisecond.
    pub id: Uuid,
    /// What happened.
    pub what: EventKind,
    /// When.
    pub at: Timestamp,
    /// Who did it; see [`Principal`](super::principal::Principal).
    pub by: String,
    /// To which asset.
    pub asset: AssetId,
    /// Whose it is then.
    pub owner: Subject,
    /// In which project it is then.
    pub project: Option<ProjectId>,
    /// What it is then.
    pub kind: Kind,
    /// Where it is in its life then.
    pub status: Status,
    /// Which entry into a status that is.
    pub stage: u64,
    /// From which revision the change was made, or which one the asset begins with.
    pub revision: u64,
    /// `traceparent` of the request or message that led to it; empty where there is none.
    pub trace: String,
}

impl Event {
    /// What has made `asset` of `revision` what it is now.
    pub fn new(what: EventKind, asset: &Asset, revision: u64, actor: &Actor) -> Self {
        Self {
            id: Uuid::now_v7(),
            what,
            at: asset.updated_at,
            by: actor.by.to_string(),
            asset: asset.id,
            owner: asset.owner.clone(),
            project: asset.project,
            kind: asset.kind,
            status: asset.status(),
            stage: asset.stage,
            revision,
            trace: actor.trace.map(|trace| trace.to_string()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    #[test]
    fn an_event_has_one_name() {
        let all = [
            EventKind::Created,
            EventKind::Uploaded,
            EventKind::Reprocessed,
            EventKind::Ready,
            EventKind::Failed,
            EventKind::Edited,
            EventKind::Deleted,
            EventKind::Purged,
        ];
        for kind in all {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
