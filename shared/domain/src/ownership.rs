//! Who may do what with an asset. Nothing else decides it.
//!
//! The owner may do everything. In a project a `viewer` reads, a `contributor` also uploads, a `manager` also changes
//! and deletes. The role claim `media:admin` may do everything, and its changes are written to the asset's history. Who
//! may not see an asset is told that there is none. An endpoint for webhooks is its owner's, or an administrator's to
//! revoke.

use std::ops::Deref;

use super::asset::Asset;
use super::error::{Error, Result};
use super::identity::{ProjectId, Subject};
use super::trace::TraceParent;
use super::webhook::Endpoint;

/// The role claim that opens everything.
const ADMINISTRATOR: &str = "media:admin";

/// Who sent a request, as a verified token says.
#[derive(Clone, Debug)]
pub struct Caller {
    subject: Subject,
    administrator: bool,
    trace: Option<TraceParent>,
}

impl Caller {
    /// The caller of a token whose signature, issuer, audience and times were checked.
    pub fn from_verified_claims(subject: Subject, roles: &[String]) -> Self {
        Self { subject, administrator: roles.iter().any(|role| role == ADMINISTRATOR), trace: None }
    }

    /// The owner of the endpoint to which a webhook was sent whose signature was checked with the endpoint's own
    /// secret. What comes in is the owner's, whatever roles the owner's tokens have.
    pub fn from_verified_endpoint(endpoint: &Endpoint) -> Self {
        Self { subject: endpoint.owner.clone(), administrator: false, trace: None }
    }

    /// The caller, in the trace of its request: what it begins or changes takes that trace along.
    #[must_use]
    pub fn in_trace(self, trace: Option<TraceParent>) -> Self {
        Self { trace, ..self }
    }

    /// The trace of its request.
    pub fn trace(&self) -> Option<TraceParent> {
        self.trace
    }

    /// The token's `sub`.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether a role in `project` would tell more about the caller's rights: not for the owner or an administrator.
    pub fn needs_role(&self, asset: &Asset) -> Option<ProjectId> {
        if self.administrator || self.subject == asset.owner { None } else { asset.project }
    }

    /// Whether the caller is an administrator, who needs no role to upload into a project.
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// Proves that the caller may change `asset`, given its role in the asset's project. The asset is then of the
    /// caller's trace, which its next change records.
    ///
    /// # Errors
    /// `NotFound` if it may not even see it, `Forbidden` if it may only read.
    pub fn own(&self, asset: Asset, role: Option<Role>) -> Result<Owned<Asset>> {
        let as_administrator = self.administrator && self.subject != asset.owner;
        let asset = Asset { trace: self.trace.or(asset.trace), ..asset };
        if self.subject == asset.owner || self.administrator {
            return Ok(Owned { value: Readable(asset), by: self.subject.clone(), as_administrator });
        }
        match role {
            Some(Role::Manager) => Ok(Owned { value: Readable(asset), by: self.subject.clone(), as_administrator }),
            Some(Role::Viewer | Role::Contributor) => Err(Error::Forbidden("change it")),
            None => Err(Error::NotFound),
        }
    }

    /// Proves that the caller may revoke `endpoint`.
    ///
    /// # Errors
    /// `NotFound` if it may not.
    pub fn own_endpoint(&self, endpoint: Endpoint) -> Result<Owned<Endpoint>> {
        let as_administrator = self.administrator && self.subject != endpoint.owner;
        if self.subject == endpoint.owner || self.administrator {
            return Ok(Owned { value: Readable(endpoint), by: self.subject.clone(), as_administrator });
        }
        Err(Error::NotFound)
    }

    /// Proves that the caller may read `asset`, given its role in the asset's project.
    ///
    /// # Errors
    /// `NotFound` if it may not.
    pub fn read(&self, asset: Asset, role: Option<Role>) -> Result<Readable<Asset>> {
        if self.subject == asset.owner || self.administrator || role.is_some() {
            return Ok(Readable(asset));
        }
        Err(Error::NotFound)
    }

    /// Proves that the caller may upload into `project`, given its role there.
    ///
    /// # Errors
    /// `ProjectNotFound` if it is no member, `Forbidden` if it may only read.
    pub fn place(&self, project: ProjectId, role: Option<Role>) -> Result<Placement> {
        match role {
            Some(Role::Contributor | Role::Manager) => Ok(Placement(project)),
            _ if self.administrator => Ok(Placement(project)),
            Some(Role::Viewer) => Err(Error::Forbidden("upload into it")),
            None => Err(Error::ProjectNotFound(project.to_string())),
        }
    }

    /// Proves that the caller may read what is in `project`, given its role there.
    ///
    /// # Errors
    /// `ProjectNotFound` if it is no member.
    pub fn look_into(&self, project: ProjectId, role: Option<Role>) -> Result<Readable<ProjectId>> {
        if role.is_some() || self.administrator {
            return Ok(Readable(project));
        }
        Err(Error::ProjectNotFound(project.to_string()))
    }
}

/// What a member of a project may do in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and uploads.
    Contributor,
    /// Reads, uploads, changes and deletes.
    Manager,
}

/// Proof that the caller may change and delete the value. Only the ownership check makes one.
///
/// ```compile_fail
/// use quayside_domain::{Asset, Owned, Readable, Subject};
/// fn forge(value: Readable<Asset>, by: Subject) -> Owned<Asset> {
///     Owned { value, by, as_administrator: false }
/// }
/// ```
///
/// What may be done is to look at the value:
///
/// ```
/// use quayside_domain::{Asset, Owned, Subject};
/// fn look(proof: &Owned<Asset>) -> &Subject {
///     &proof.owner
/// }
/// ```
///
/// It cannot be copied either, so that a proof is used where it was made:
///
/// ```compile_fail
/// use quayside_domain::{Asset, Owned};
/// fn keep(proof: &Owned<Asset>) -> Owned<Asset> {
///     proof.clone()
/// }
/// ```
///
/// Nor can it come in from outside:
///
/// ```compile_fail
/// use quayside_domain::{Asset, Owned};
/// fn receive(text: &str) -> Owned<Asset> {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
#[derive(Debug)]
pub struct Owned<T> {
    value: Readable<T>,
    by: Subject,
    as_administrator: bool,
}

impl<T> Owned<T> {
    /// The right to read, which is part of the right to change.
    pub fn readable(&self) -> &Readable<T> {
        &self.value
    }

    /// Who proved the right.
    pub fn by(&self) -> &Subject {
        &self.by
    }

    /// Whether the right was an administrator's alone, so that its use is written to the history.
    pub fn is_as_administrator(&self) -> bool {
        self.as_administrator
    }

    /// The same right over the value as it is after a change that the table has made.
    pub fn changed_to(self, value: T) -> Self {
        Self { value: Readable(value), ..self }
    }
}

impl<T> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Proof that the caller may read the value. Only the ownership check makes one.
///
/// ```compile_fail
/// use quayside_domain::{Asset, Readable};
/// fn forge(asset: Asset) -> Readable<Asset> {
///     Readable(asset)
/// }
/// ```
#[derive(Debug)]
pub struct Readable<T>(T);

impl<T> Deref for Readable<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl Readable<ProjectId> {
    /// Proves that the caller may read `asset`, which was found among what is in the project.
    ///
    /// # Errors
    /// `NotFound` if it is not in the project.
    pub fn contains(&self, asset: Asset) -> Result<Readable<Asset>> {
        if asset.project == Some(self.0) { Ok(Readable(asset)) } else { Err(Error::NotFound) }
    }
}

/// An asset that was found, but to which nobody has proved a right: it tells nothing of itself. What storage has of it
/// may be looked up beside the caller's right, so that a member of a project waits for both at once.
#[derive(Debug)]
pub struct Unproven<T>(T);

impl Unproven<Asset> {
    pub fn new(asset: Asset) -> Self {
        Self(asset)
    }

    /// Whether somebody else than the caller owns it.
    pub fn is_foreign_to(&self, caller: &Caller) -> bool {
        self.0.owner != caller.subject
    }

    /// For the checks that make a proof of it, and for keys.
    pub fn unproven(&self) -> &Asset {
        &self.0
    }
}

/// Proof that the caller may upload into a project. Only the ownership check makes one.
#[derive(Debug)]
pub struct Placement(ProjectId);

impl Placement {
    /// The project.
    pub fn project(&self) -> ProjectId {
        self.0
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;
    use crate::asset::Declaration;
    use crate::{AssetId, ByteSize, FileName, MediaType, Strategy, Tags, Timestamp, Upload};

    fn caller(sub: &str, roles: &[&str]) -> Caller {
        let roles: Vec<_> = roles.iter().map(|&role| role.to_owned()).collect();
        Caller::from_verified_claims(Subject::parse(sub).unwrap(), &roles)
    }

    fn asset_of(owner: &Caller) -> Asset {
        let now = Timestamp::now();
        let declared = Declaration {
            name: FileName::parse("a.png").unwrap(),
            content_type: MediaType::parse("image/png").unwrap(),
            size: ByteSize::new(1).unwrap(),
            sha256: None,
            tags: Tags::default(),
            keep_location: false,
        };
        let upload = Upload { strategy: Strategy::Single, expires_at: now };
        Asset::begin(owner, AssetId::generate(), None, declared, upload, now)
    }

    #[test]
    fn a_stranger_sees_a_foreign_asset_as_missing() {
        let asset = asset_of(&caller("ada", &[]));
        let stranger = caller("bob", &["other:role", "media:administrator"]);
        assert!(matches!(stranger.own(asset.clone(), None), Err(Error::NotFound)));
        assert!(matches!(stranger.read(asset, None), Err(Error::NotFound)));
    }

    #[test]
    fn a_members_role_says_what_it_may_do() {
        let asset = asset_of(&caller("ada", &[]));
        let member = caller("bob", &[]);
        for (role, changes) in [(Role::Viewer, false), (Role::Contributor, false), (Role::Manager, true)] {
            assert!(member.read(asset.clone(), Some(role)).is_ok());
            match member.own(asset.clone(), Some(role)) {
                Ok(_) => assert!(changes),
                Err(error) => assert!(!changes && matches!(error, Error::Forbidden(_))),
            }
        }
    }

    #[test]
    fn an_administrators_right_over_a_foreign_asset_is_told_apart() {
        let ada = caller("ada", &["media:admin"]);
        assert!(!ada.own(asset_of(&ada), None).unwrap().is_as_administrator());
        assert!(ada.own(asset_of(&caller("bob", &[])), None).unwrap().is_as_administrator());
    }
}
