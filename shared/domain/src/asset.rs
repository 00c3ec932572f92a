//! An asset: what its record holds. How it changes is in [`life`](super::life).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::{Failure, FailureCode};
use super::identity::{AssetId, ProjectId, Subject};
use super::keys::Location;
use super::media_type::{Kind, MediaType};
use super::metadata::Metadata;
use super::names::{ByteSize, FileName, Sha256, Tags};
use super::timestamp::Timestamp;
use super::upload::{Strategy, Upload};
use super::usage::Footprint;
use super::work::Claim;

/// Where an asset is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Begun; its bytes are on their way.
    AwaitingUpload,
    /// Its bytes are to be taken from a URL.
    Ingesting,
    /// Storage has its bytes; they are to be inspected.
    Uploaded,
    /// Inspected, and served.
    Ready,
    /// Refused; [`Failure`] says why.
    Failed,
    /// Deleted by somebody, whatever it was before; its bytes are purged later.
    Deleted,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 6] =
        [Self::AwaitingUpload, Self::Ingesting, Self::Uploaded, Self::Ready, Self::Failed, Self::Deleted];

    /// The status's name in the API and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingUpload => "awaiting_upload",
            Self::Ingesting => "ingesting",
            Self::Uploaded => "uploaded",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
        }
    }

    /// Reads a status by its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something derived from an asset's bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Variant {
    /// Its name, such as `thumbnail`; the last segment of its key.
    pub name: String,
    /// Its media type.
    pub content_type: MediaType,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Size in bytes.
    pub size: u64,
}

/// One user-owned file with its record.
///
/// Made by [`Asset::begin`] and its like and by the table, nowhere else; see [`rights`](super::rights) for what may be
/// done with one. Code that does not know an attribute leaves it alone, since a write sets only what it changes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Asset {
    /// Its id, which is also its upload's.
    pub id: AssetId,
    /// Whose it is, and whose quota it uses.
    pub owner: Subject,
    /// Where its bytes are; stays as it is when the owner changes.
    pub location: Location,
    /// The project that it is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub project: Option<ProjectId>,
    /// File name, for display and download.
    pub name: FileName,
    /// Kind, by the media type.
    pub kind: Kind,
    /// Declared media type; from `ready` on, also that of the bytes. Unknown while its source was not asked.
    pub content_type: MediaType,
    /// Where it is in its life, or was when it was deleted; never `deleted` itself.
    pub(super) status: Status,
    /// Counts its entries into a status, from 1. What a message is about.
    pub stage: u64,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub failure: Option<Failure>,
    /// Size in bytes; while it is taken from a URL, as much of it as is known.
    pub size: ByteSize,
    /// SHA-256 of the bytes that are served, once it was computed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<Sha256>,
    /// SHA-256 that the caller declared.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared_sha256: Option<Sha256>,
    /// Labels.
    #[serde(default)]
    pub tags: Tags,
    /// Whether the place where it was taken is kept among what inspection finds out.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub keep_location: bool,
    /// What inspection found out.
    #[serde(default)]
    pub metadata: Metadata,
    /// What was derived from it.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// Where its bytes are taken from, or were.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Source>,
    /// What has come from its source so far, while it is taken from there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub received: Option<Received>,
    /// Its upload, until the bytes are where they stay.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub upload: Option<Upload>,
    /// The message whose worker fetches or inspects it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub claim: Option<Claim>,
    /// Whether it was ready once.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub was_ready: bool,
    /// When `sweep` has something to do for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<Timestamp>,
    /// When somebody deleted it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted_at: Option<Timestamp>,
    /// When its bytes were purged; what is left is a tombstone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purged_at: Option<Timestamp>,
    /// When its upload began.
    pub created_at: Timestamp,
    /// When its record last changed.
    pub updated_at: Timestamp,
    /// Counts the changes that people made to it, from 1: what a person's edit depends on.
    pub revision: u64,
    /// Counts the writes of the record, from 1.
    pub version: u64,
}

/// Where an asset's bytes were taken from, as it may be shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Source {
    /// The URL without what may be secret: user, query and fragment.
    pub url: String,
    /// What at whose made it, such as a prediction: `replicate:{id}`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
}

/// What has come from a source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Received {
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes that the source has announced, if it has.
    pub of: Option<u64>,
    /// When the source answered.
    pub since: Timestamp,
    /// When the bytes were counted.
    pub at: Timestamp,
}

/// A file that is to be taken from a URL, as its caller describes it.
#[derive(Clone, PartialEq, Debug)]
pub struct Ingestion {
    /// What the caller says of it. The type is what is known before its source answers, and the size is not known.
    pub declared: Declaration,
    /// Where the bytes are taken from.
    pub source: Source,
}

/// What a caller says of a file that it brings.
#[derive(Clone, PartialEq, Debug)]
pub struct Declaration {
    /// File name.
    pub name: FileName,
    /// Media type.
    pub content_type: MediaType,
    /// Size in bytes.
    pub size: ByteSize,
    /// SHA-256, if known.
    pub sha256: Option<Sha256>,
    /// Labels.
    pub tags: Tags,
    /// Whether the place where it was taken is to be kept.
    pub keep_location: bool,
}

impl Asset {
    /// Where it is in its life: `deleted` once it was deleted.
    pub fn status(&self) -> Status {
        if self.deleted_at.is_some() { Status::Deleted } else { self.status }
    }

    /// What it takes of its owner's quota.
    pub fn footprint(&self) -> Footprint {
        let nothing = Footprint::nothing(self.kind);
        let bytes = i64::try_from(self.size.bytes()).unwrap_or(i64::MAX);
        let stored = Footprint { stored_bytes: bytes, stored_count: 1, ..nothing };
        match self.status() {
            Status::AwaitingUpload => Footprint { reserved_bytes: bytes, active_uploads: 1, ..nothing },
            Status::Ingesting => Footprint { reserved_bytes: bytes, active_ingestions: 1, ..nothing },
            Status::Uploaded | Status::Ready => stored,
            Status::Failed if self.failure.as_ref().is_some_and(|failure| self.keeps_bytes(failure.code)) => stored,
            Status::Failed | Status::Deleted => nothing,
        }
    }

    /// Whether storage keeps the bytes of an asset that fails so.
    pub(super) fn keeps_bytes(&self, code: FailureCode) -> bool {
        code.keeps_bytes(self.was_ready)
    }

    /// Whether it can be inspected (again): it was before, and storage has its bytes.
    pub fn may_be_reprocessed(&self) -> bool {
        match (self.status(), &self.failure) {
            (Status::Ready, _) => true,
            (Status::Failed, Some(failure)) => self.keeps_bytes(failure.code),
            _ => false,
        }
    }

    /// Whether the bytes are kept for a while when it is deleted: storage may have them all.
    pub fn has_bytes(&self) -> bool {
        self.was_ready || matches!(self.status(), Status::Uploaded | Status::Ready)
    }

    /// Storage's id of its multipart upload, if it has one under way.
    pub fn multipart_id(&self) -> Option<&str> {
        match self.upload.as_ref().map(|upload| &upload.strategy) {
            Some(Strategy::Multipart { multipart_id, .. }) => Some(multipart_id),
            Some(Strategy::Single) | None => None,
        }
    }
}
