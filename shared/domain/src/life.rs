//! The life of an asset: `awaiting_upload` or `ingesting`, then `uploaded → ready` or `failed`; deleted from anywhere.
//!
//! A transition takes the record as it was found and gives the [`Change`] that the table is to write.

use super::asset::{Asset, Declaration, Ingestion, Received, Status, Variant};
use super::change::{Change, Guard};
use super::event::EventKind;
use super::failure::Failure;
use super::identity::{AssetId, ProjectId};
use super::keys::Location;
use super::media_type::MediaType;
use super::metadata::Metadata;
use super::names::{ByteSize, FileName, Sha256, Tags};
use super::principal::Caller;
use super::timestamp::Timestamp;
use super::upload::{INCOMING_KEPT_SECONDS, MAX_UPLOAD_SECONDS, Strategy, Upload};
use super::work::Claim;

/// What a person changes of an asset. What is `None` stays as it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Edit {
    /// Another name.
    pub name: Option<FileName>,
    /// Other tags.
    pub tags: Option<Tags>,
}

impl Asset {
    /// A new asset of the caller's that waits for its bytes until the upload expires. Whether the caller may upload into
    /// the project is checked by the write.
    pub fn begin(
        caller: &Caller,
        id: AssetId,
        project: Option<ProjectId>,
        declared: Declaration,
        upload: Upload,
        now: Timestamp,
    ) -> Self {
        let due_at = upload.expires_at;
        Self { upload: Some(upload), ..Self::new(caller, id, project, declared, Status::AwaitingUpload, due_at, now) }
    }

    /// A new asset of the caller's whose bytes came with the request and are below `incoming/`. It is given up as
    /// [`Asset::uploaded`].
    pub fn direct_upload(
        caller: &Caller,
        id: AssetId,
        project: Option<ProjectId>,
        declared: Declaration,
        now: Timestamp,
        seconds: u64,
    ) -> Self {
        let upload = Upload { strategy: Strategy::Single, expires_at: now };
        let due_at = now.plus_seconds(seconds);
        Self { upload: Some(upload), ..Self::new(caller, id, project, declared, Status::Uploaded, due_at, now) }
    }

    /// A new asset of the caller's whose bytes are to be fetched from a URL. If that has not happened within `seconds`, it
    /// is given up.
    pub fn ingest(
        caller: &Caller,
        id: AssetId,
        project: Option<ProjectId>,
        ingestion: Ingestion,
        now: Timestamp,
        seconds: u64,
    ) -> Self {
        let due_at = now.plus_seconds(seconds);
        let source = Some(ingestion.source);
        Self { source, ..Self::new(caller, id, project, ingestion.declared, Status::Ingesting, due_at, now) }
    }

    fn new(
        caller: &Caller,
        id: AssetId,
        project: Option<ProjectId>,
        declared: Declaration,
        status: Status,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            owner: caller.owner().clone(),
            location: Location::new(caller.owner(), id),
            project,
            name: declared.name,
            kind: declared.content_type.kind(),
            content_type: declared.content_type,
            status,
            stage: 1,
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
            claim: None,
            was_ready: false,
            deleted_at: None,
            purged_at: None,
            created_at: now,
            updated_at: now,
            revision: 1,
            version: 1,
        }
    }

    /// Its upload goes on: it is given up only `seconds` from now, and at last when storage gives up its parts.
    pub fn extended(&self, now: Timestamp, seconds: u64) -> Change {
        let expires_at = now.plus_seconds(seconds).min(self.created_at.plus_seconds(MAX_UPLOAD_SECONDS));
        let upload = self.upload.clone().map(|upload| Upload { expires_at, ..upload });
        self.change(Guard::Stage, None, now, |after| Self { upload, due_at: Some(expires_at), ..after })
    }

    /// Storage has all its bytes. If it is not inspected within `seconds`, it is given up: that is longer than its message
    /// can be tried, so that then nobody works on it any more.
    pub fn uploaded(&self, now: Timestamp, seconds: u64) -> Change {
        self.enter(Status::Uploaded, Guard::Stage, EventKind::Uploaded, now, |after| Self {
            due_at: Some(now.plus_seconds(seconds)),
            ..after
        })
    }

    /// It is to be inspected again, as [`Asset::uploaded`]. Until then it is not served.
    pub fn reprocessed(&self, now: Timestamp, seconds: u64) -> Change {
        self.enter(Status::Uploaded, Guard::Stage, EventKind::Reprocessed, now, |after| Self {
            failure: None,
            due_at: Some(now.plus_seconds(seconds)),
            ..after
        })
    }

    /// A person edits it. `None` if nothing changes.
    pub fn edited(&self, now: Timestamp, edit: Edit) -> Option<Change> {
        let Edit { name, tags } = edit;
        let (name, tags) = (name.unwrap_or_else(|| self.name.clone()), tags.unwrap_or_else(|| self.tags.clone()));
        if name == self.name && tags == self.tags {
            return None;
        }
        Some(self.change(Guard::Revision, Some(EventKind::Edited), now, |after| Self {
            name,
            tags,
            revision: after.revision + 1,
            ..after
        }))
    }

    /// Its source has answered: what it is going to send, and where that goes. `size` is what the source has announced.
    pub fn answered(
        &self,
        now: Timestamp,
        content_type: MediaType,
        size: Option<ByteSize>,
        upload: Option<Upload>,
    ) -> Change {
        let received = Some(Received { bytes: 0, of: size.map(ByteSize::bytes), since: now, at: now });
        let size = size.unwrap_or(ByteSize::UNKNOWN);
        self.change(Guard::Claim, None, now, |after| Self {
            content_type,
            kind: content_type.kind(),
            size,
            upload,
            received,
            ..after
        })
    }

    /// So many bytes have come from its source, which had not announced how many that would be, and turn out to be more
    /// than go up in one piece.
    pub fn in_parts(&self, now: Timestamp, bytes: u64, upload: Upload) -> Change {
        self.change(Guard::Claim, None, now, |after| Self { upload: Some(upload), ..after.with_received(now, bytes) })
    }

    /// So many bytes have come from its source.
    pub fn received(&self, now: Timestamp, bytes: u64) -> Change {
        self.change(Guard::Claim, None, now, |after| after.with_received(now, bytes))
    }

    fn with_received(self, now: Timestamp, bytes: u64) -> Self {
        let size = if bytes > self.size.bytes() { ByteSize::new(bytes).unwrap_or(self.size) } else { self.size };
        let received = self.received.map(|before| Received { bytes, at: now, ..before });
        Self { size, received, ..self }
    }

    /// Storage has all that its source had. Given up as [`Asset::uploaded`].
    pub fn fetched(&self, now: Timestamp, size: ByteSize, sha256: Sha256, strategy: Strategy, seconds: u64) -> Change {
        let upload = Some(Upload { strategy, expires_at: now });
        self.enter(Status::Uploaded, Guard::Claim, EventKind::Uploaded, now, |after| Self {
            size,
            sha256: Some(sha256),
            upload,
            received: None,
            due_at: Some(now.plus_seconds(seconds)),
            ..after
        })
    }

    /// A message's worker fetches or inspects it now.
    pub(super) fn claimed(&self, now: Timestamp, claim: Claim) -> Change {
        let updated_at = self.updated_at;
        self.change(Guard::Claim, None, now, |after| Self { claim: Some(claim), updated_at, ..after })
    }

    /// Inspection is done and its bytes are where they are served from.
    pub fn ready(&self, now: Timestamp, sha256: Option<Sha256>, metadata: Metadata, variants: Vec<Variant>) -> Change {
        self.enter(Status::Ready, Guard::Claim, EventKind::Ready, now, |after| Self {
            was_ready: true,
            sha256,
            metadata,
            variants,
            upload: None,
            due_at: None,
            ..after
        })
    }

    /// It failed, as its worker found.
    pub fn failed(&self, now: Timestamp, failure: Failure) -> Change {
        self.fail(Guard::Claim, now, failure)
    }

    /// It failed, because its time is over.
    pub fn given_up(&self, now: Timestamp, failure: Failure) -> Change {
        self.fail(Guard::Version, now, failure)
    }

    /// Unless its bytes are worth keeping, `sweep` deletes them next; those below `incoming/` are kept as long as the
    /// bucket keeps them.
    fn fail(&self, guard: Guard, now: Timestamp, failure: Failure) -> Change {
        let due_at = match (self.keeps_bytes(failure.code), self.upload.as_ref().map(|upload| &upload.strategy)) {
            (false, _) => Some(now),
            (true, Some(Strategy::Single)) => Some(now.plus_seconds(INCOMING_KEPT_SECONDS)),
            (true, Some(Strategy::Multipart { .. }) | None) => None,
        };
        self.enter(Status::Failed, guard, EventKind::Failed, now, |after| Self {
            failure: Some(failure),
            due_at,
            received: None,
            ..after
        })
    }

    /// The bytes of a failed asset are gone from storage.
    pub fn cleaned(&self, now: Timestamp) -> Change {
        self.change(Guard::Version, None, now, |after| Self { upload: None, due_at: None, ..after })
    }

    /// Something was written to storage for it after its bytes were deleted.
    pub fn due_again(&self, now: Timestamp) -> Change {
        self.change(Guard::Version, None, now, |after| Self { due_at: Some(now), ..after })
    }

    /// `sweep` could not deal with it and tries again after `seconds`, so that others get their turn.
    pub fn postponed(&self, now: Timestamp, seconds: u64) -> Change {
        self.change(Guard::Version, None, now, |after| Self { due_at: Some(now.plus_seconds(seconds)), ..after })
    }

    /// Somebody deletes it; its bytes are purged at `purge_at`. Its status stays, as a fact of the time before.
    pub fn deleted(&self, now: Timestamp, purge_at: Timestamp) -> Change {
        self.change(Guard::Revision, Some(EventKind::Deleted), now, |after| Self {
            deleted_at: Some(now),
            due_at: Some(purge_at),
            stage: after.stage + 1,
            revision: after.revision + 1,
            claim: None,
            ..after
        })
    }

    /// Its bytes are gone from storage. What is left is a tombstone, made of nothing but its id, owner, kind, place and
    /// times.
    pub fn purged(&self, now: Timestamp) -> Change {
        self.change(Guard::Version, Some(EventKind::Purged), now, |after| Self {
            id: after.id,
            owner: after.owner,
            location: after.location,
            project: after.project,
            name: FileName::purged(),
            kind: after.kind,
            content_type: MediaType::UNKNOWN,
            status: after.status,
            stage: after.stage,
            failure: None,
            size: ByteSize::UNKNOWN,
            sha256: None,
            declared_sha256: None,
            tags: Tags::default(),
            keep_location: false,
            metadata: Metadata::default(),
            variants: Vec::new(),
            source: None,
            received: None,
            upload: None,
            claim: None,
            was_ready: after.was_ready,
            due_at: None,
            deleted_at: after.deleted_at,
            purged_at: Some(now),
            created_at: after.created_at,
            updated_at: after.updated_at,
            revision: after.revision,
            version: after.version,
        })
    }

    /// A change that enters a status, with which whatever message was worked on is done.
    fn enter(
        &self,
        status: Status,
        guard: Guard,
        event: EventKind,
        now: Timestamp,
        make: impl FnOnce(Self) -> Self,
    ) -> Change {
        self.change(guard, Some(event), now, |after| {
            let stage = after.stage + 1;
            make(Self { status, stage, claim: None, ..after })
        })
    }

    fn change(
        &self,
        guard: Guard,
        event: Option<EventKind>,
        now: Timestamp,
        make: impl FnOnce(Self) -> Self,
    ) -> Change {
        let after = make(Self { updated_at: now, version: self.version + 1, ..self.clone() });
        Change { before: self.clone(), after, guard, event }
    }
}
