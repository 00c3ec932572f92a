//! An asset and the life that it leads: `awaiting_upload` or `ingesting`, then `uploaded → ready` or `failed`, and
//! `deleted` from anywhere.
//!
//! A transition takes the record as it was found and returns the record as it will be; the table writes it on condition
//! that the record is still as it was found.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::{Failure, FailureCode};
use super::identity::{AssetId, ProjectId, Subject};
use super::media_type::{Kind, MediaType};
use super::metadata::Metadata;
use super::names::{ByteSize, FileName, Sha256, Tags};
use super::ownership::{Caller, Placement};
use super::timestamp::Timestamp;
use super::trace::TraceParent;
use super::upload::{INCOMING_KEPT_SECONDS, MAX_UPLOAD_SECONDS, Strategy, Upload};
use super::usage::Footprint;

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
    /// Deleted by somebody; its bytes go when its time is over.
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
/// Made by [`Asset::begin`] and by the table, nowhere else; see `ownership` for what may be done with one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Asset {
    /// Its id, which is also its upload's.
    pub id: AssetId,
    /// Whose it is.
    pub owner: Subject,
    /// The project that it is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub project: Option<ProjectId>,
    /// File name, for display and download.
    pub name: FileName,
    /// Kind, by the media type.
    pub kind: Kind,
    /// Declared media type; from `ready` on, also that of the bytes. Unknown while its source was not asked.
    pub content_type: MediaType,
    /// Where it is in its life.
    pub status: Status,
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
    /// The queue message for which it is being fetched or inspected, or was last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub claimed_by: Option<String>,
    /// Where the request that last changed it stands in a trace, so that the work that follows is of the same.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub trace: Option<TraceParent>,
    /// Whether it was ready once.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub was_ready: bool,
    /// When `sweep` has something to do for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due_at: Option<Timestamp>,
    /// When its bytes were deleted for good; what is left is a tombstone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purged_at: Option<Timestamp>,
    /// When its upload began.
    pub created_at: Timestamp,
    /// When its record last changed.
    pub updated_at: Timestamp,
    /// Counts the changes of the record, from 1.
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
    /// File name.
    pub name: FileName,
    /// Media type, as far as it is known; the source's own is checked against it.
    pub content_type: MediaType,
    /// SHA-256, if known.
    pub sha256: Option<Sha256>,
    /// Labels.
    pub tags: Tags,
    /// Where the bytes are taken from.
    pub source: Source,
}

/// What a caller says of a file that it is about to upload.
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
    /// A new asset of the caller's that waits for its bytes until the upload expires.
    pub fn begin(
        caller: &Caller,
        id: AssetId,
        placement: Option<&Placement>,
        declared: Declaration,
        upload: Upload,
        now: Timestamp,
    ) -> Self {
        let due_at = upload.expires_at;
        Self { upload: Some(upload), ..Self::new(caller, id, placement, declared, Status::AwaitingUpload, due_at, now) }
    }

    /// A new asset of the caller's whose bytes, of the caller's request, storage has below `incoming/`. It is given up as
    /// [`Asset::uploaded`].
    pub fn bring(
        caller: &Caller,
        id: AssetId,
        placement: Option<&Placement>,
        declared: Declaration,
        now: Timestamp,
        seconds: u64,
    ) -> Self {
        let upload = Upload { strategy: Strategy::Single, expires_at: now };
        let due_at = now.plus_seconds(seconds);
        Self { upload: Some(upload), ..Self::new(caller, id, placement, declared, Status::Uploaded, due_at, now) }
    }

    /// A new asset of the caller's whose bytes are to be taken from a URL. If that has not happened within `seconds`, it
    /// is given up.
    pub fn ingest(
        caller: &Caller,
        id: AssetId,
        placement: Option<&Placement>,
        ingestion: Ingestion,
        now: Timestamp,
        seconds: u64,
    ) -> Self {
        let declared = Declaration {
            name: ingestion.name,
            content_type: ingestion.content_type,
            size: ByteSize::UNKNOWN,
            sha256: ingestion.sha256,
            tags: ingestion.tags,
            keep_location: false,
        };
        let due_at = now.plus_seconds(seconds);
        let source = Some(ingestion.source);
        Self { source, ..Self::new(caller, id, placement, declared, Status::Ingesting, due_at, now) }
    }

    fn new(
        caller: &Caller,
        id: AssetId,
        placement: Option<&Placement>,
        declared: Declaration,
        status: Status,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            owner: caller.subject().clone(),
            project: placement.map(Placement::project),
            name: declared.name,
            kind: declared.content_type.kind(),
            content_type: declared.content_type,
            status,
            failure: None,
            size: declared.size,
            sha256: None,
            declared_sha256: declared.sha256,
            tags: declared.tags,
            keep_location: declared.keep_location,
            metadata: Metadata::default(),
            variants: Vec::new(),
            source: None,
            received: None,
            due_at: Some(due_at),
            upload: None,
            claimed_by: None,
            trace: caller.trace(),
            was_ready: false,
            purged_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// What it takes of its owner's quota.
    pub fn footprint(&self) -> Footprint {
        let nothing = Footprint::nothing(self.kind);
        let bytes = i64::try_from(self.size.bytes()).unwrap_or(i64::MAX);
        let stored = Footprint { stored_bytes: bytes, stored_count: 1, ..nothing };
        match self.status {
            Status::AwaitingUpload => Footprint { reserved_bytes: bytes, active_uploads: 1, ..nothing },
            Status::Ingesting => Footprint { reserved_bytes: bytes, active_ingestions: 1, ..nothing },
            Status::Uploaded | Status::Ready => stored,
            Status::Failed if self.failure.as_ref().is_some_and(|failure| self.keeps_bytes(failure.code)) => stored,
            Status::Failed | Status::Deleted => nothing,
        }
    }

    /// Whether storage keeps the bytes of an asset that fails so.
    fn keeps_bytes(&self, code: FailureCode) -> bool {
        code.keeps_bytes(self.was_ready)
    }

    /// Whether it can be inspected (again): it was before, and storage has its bytes.
    pub fn may_be_reprocessed(&self) -> bool {
        match (self.status, &self.failure) {
            (Status::Ready, _) => true,
            (Status::Failed, Some(failure)) => self.keeps_bytes(failure.code),
            _ => false,
        }
    }

    /// Storage's id of its multipart upload, if it has one under way.
    pub fn multipart_upload_id(&self) -> Option<&str> {
        match self.upload.as_ref().map(|upload| &upload.strategy) {
            Some(Strategy::Multipart { upload_id, .. }) => Some(upload_id),
            Some(Strategy::Single) | None => None,
        }
    }

    /// Its upload goes on: it is given up only `seconds` from now, and at last when storage gives up its parts.
    pub fn extended(&self, now: Timestamp, seconds: u64) -> Self {
        let expires_at = now.plus_seconds(seconds).min(self.created_at.plus_seconds(MAX_UPLOAD_SECONDS));
        let upload = self.upload.clone().map(|upload| Upload { expires_at, ..upload });
        Self { upload, due_at: Some(expires_at), ..self.changed(now) }
    }

    /// Storage has all its bytes. If it is not inspected within `seconds`, it is given up: that is longer than its message
    /// can be tried, so that then nobody works on it any more.
    pub fn uploaded(&self, now: Timestamp, seconds: u64) -> Self {
        Self { status: Status::Uploaded, due_at: Some(now.plus_seconds(seconds)), ..self.changed(now) }
    }

    /// It is to be inspected again, as [`Asset::uploaded`]. Until then it is not served.
    pub fn reprocessed(&self, now: Timestamp, seconds: u64) -> Self {
        Self { failure: None, claimed_by: None, ..self.uploaded(now, seconds) }
    }

    /// Its source has answered: what it is going to send, and where that goes. `size` is what the source has announced.
    pub fn answered(
        &self,
        now: Timestamp,
        content_type: MediaType,
        size: Option<ByteSize>,
        upload: Option<Upload>,
    ) -> Self {
        let received = Some(Received { bytes: 0, of: size.map(ByteSize::bytes), since: now, at: now });
        let size = size.unwrap_or(ByteSize::UNKNOWN);
        Self { content_type, kind: content_type.kind(), size, upload, received, ..self.changed(now) }
    }

    /// So many bytes have come from its source, which had not announced how many that would be, and turn out to be more
    /// than go up in one piece.
    pub fn in_parts(&self, now: Timestamp, bytes: u64, upload: Upload) -> Self {
        Self { upload: Some(upload), ..self.received(now, bytes) }
    }

    /// So many bytes have come from its source.
    pub fn received(&self, now: Timestamp, bytes: u64) -> Self {
        let size = if bytes > self.size.bytes() { ByteSize::new(bytes).unwrap_or(self.size) } else { self.size };
        let received = self.received.map(|before| Received { bytes, at: now, ..before });
        Self { size, received, ..self.changed(now) }
    }

    /// Storage has all that its source had. Given up as [`Asset::uploaded`].
    pub fn fetched(&self, now: Timestamp, size: ByteSize, sha256: Sha256, strategy: Strategy, seconds: u64) -> Self {
        let upload = Some(Upload { strategy, expires_at: now });
        Self { size, sha256: Some(sha256), upload, received: None, claimed_by: None, ..self.uploaded(now, seconds) }
    }

    /// A message's worker fetches or inspects it now.
    pub fn claimed(&self, now: Timestamp, message: &str) -> Self {
        Self { claimed_by: Some(message.to_owned()), ..self.changed(now) }
    }

    /// Inspection is done and its bytes are where they are served from.
    pub fn ready(&self, now: Timestamp, sha256: Option<Sha256>, metadata: Metadata, variants: Vec<Variant>) -> Self {
        Self {
            status: Status::Ready,
            was_ready: true,
            sha256,
            metadata,
            variants,
            upload: None,
            due_at: None,
            ..self.changed(now)
        }
    }

    /// It failed. Unless its bytes are worth keeping, `sweep` deletes them next; those below `incoming/` are kept as long
    /// as the bucket keeps them.
    pub fn failed(&self, now: Timestamp, failure: Failure) -> Self {
        let due_at = match (self.keeps_bytes(failure.code), self.upload.as_ref().map(|upload| &upload.strategy)) {
            (false, _) => Some(now),
            (true, Some(Strategy::Single)) => Some(now.plus_seconds(INCOMING_KEPT_SECONDS)),
            (true, Some(Strategy::Multipart { .. }) | None) => None,
        };
        Self { status: Status::Failed, failure: Some(failure), due_at, received: None, ..self.changed(now) }
    }

    /// The bytes of a failed asset are gone from storage.
    pub fn cleaned(&self, now: Timestamp) -> Self {
        Self { upload: None, due_at: None, ..self.changed(now) }
    }

    /// Something was written to storage for it after its bytes were deleted.
    pub fn due_again(&self, now: Timestamp) -> Self {
        Self { due_at: Some(now), ..self.changed(now) }
    }

    /// `sweep` could not deal with it and tries again after `seconds`, so that others get their turn.
    pub fn postponed(&self, now: Timestamp, seconds: u64) -> Self {
        Self { due_at: Some(now.plus_seconds(seconds)), ..self.changed(now) }
    }

    /// Somebody deleted it; its bytes follow at `purge_at`.
    pub fn deleted(&self, now: Timestamp, purge_at: Timestamp) -> Self {
        Self { status: Status::Deleted, due_at: Some(purge_at), ..self.changed(now) }
    }

    /// Its bytes are gone from storage; what it was is forgotten but for its owner and its times.
    pub fn purged(&self, now: Timestamp) -> Self {
        Self {
            tags: Tags::default(),
            metadata: Metadata::default(),
            variants: Vec::new(),
            failure: None,
            source: None,
            received: None,
            upload: None,
            claimed_by: None,
            due_at: None,
            purged_at: Some(now),
            ..self.changed(now)
        }
    }

    fn changed(&self, now: Timestamp) -> Self {
        Self { updated_at: now, version: self.version + 1, ..self.clone() }
    }
}
