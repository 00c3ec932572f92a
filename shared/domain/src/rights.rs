//! Who may do what: one table of actions and roles, [`Action::verdict`]. Nothing else decides it.
//!
//! Only the checks below make an [`Authorized`], and everything that acts on an asset takes one. Who may not see a thing
//! is told that there is none.

use std::marker::PhantomData;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use super::asset::Asset;
use super::change::Change;
use super::error::{Error, Result};
use super::identity::{ProjectId, Subject};
use super::principal::{Actor, Caller};
use super::webhook::Endpoint;

/// What a member of a project is in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and uploads.
    Contributor,
    /// Reads, uploads, changes and deletes.
    Manager,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Contributor, Self::Manager];

    /// The role's name in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Contributor => "contributor",
            Self::Manager => "manager",
        }
    }
}

/// Who a caller is to an asset, a project or an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Nobody.
    Stranger,
    /// A member of its project.
    Member(Role),
    /// Its owner, or a service or an endpoint that acts for its owner.
    Owner,
    /// An administrator, who is none of these.
    Administrator,
}

/// What can be done with an asset, a project or an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// See an asset and its bytes.
    View,
    /// See an asset's history.
    ViewHistory,
    /// Go on with the upload of an asset, and end it.
    Upload,
    /// Change an asset's name and tags.
    Edit,
    /// Have an asset inspected again.
    Process,
    /// Delete an asset.
    Delete,
    /// List what is in a project.
    List,
    /// Upload into a project.
    UploadInto,
    /// Revoke a webhook endpoint.
    Revoke,
}

/// The answer to whether somebody may do something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// No, though it may be seen: 403.
    Forbidden,
    /// No, and it may not be seen: 404.
    Hidden,
}

/// The table, one row for each action. Columns: viewer, contributor, manager, owner, administrator. A stranger sees nothing.
/// `y` allowed, `n` forbidden, `-` hidden or without meaning.
const RIGHTS: [(Action, &[u8; 5]); 9] = [
    (Action::View, b"yyyyy"),
    (Action::ViewHistory, b"nnyyy"),
    (Action::Upload, b"nnyyy"),
    (Action::Edit, b"nnyyy"),
    (Action::Process, b"nnyyy"),
    (Action::Delete, b"nnyyy"),
    (Action::List, b"yyy-y"),
    (Action::UploadInto, b"nyy-y"),
    (Action::Revoke, b"---yy"),
];

impl Action {
    /// All actions.
    pub const ALL: [Self; 9] = [
        Self::View,
        Self::ViewHistory,
        Self::Upload,
        Self::Edit,
        Self::Process,
        Self::Delete,
        Self::List,
        Self::UploadInto,
        Self::Revoke,
    ];

    /// What is done with an asset that exists, as an asset's `can` names it.
    pub const ON_ASSETS: [Self; 6] =
        [Self::View, Self::ViewHistory, Self::Upload, Self::Edit, Self::Process, Self::Delete];

    /// Whether somebody may do this.
    pub fn verdict(self, standing: Standing) -> Verdict {
        let column = match standing {
            Standing::Stranger => return Verdict::Hidden,
            Standing::Member(Role::Viewer) => 0,
            Standing::Member(Role::Contributor) => 1,
            Standing::Member(Role::Manager) => 2,
            Standing::Owner => 3,
            Standing::Administrator => 4,
        };
        let row = RIGHTS.iter().find(|(action, _)| *action == self);
        match row.and_then(|(_, row)| row.get(column)) {
            Some(b'y') => Verdict::Allowed,
            Some(b'n') => Verdict::Forbidden,
            _ => Verdict::Hidden,
        }
    }

    /// The roles in a project that allow this.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.verdict(Standing::Member(*role)) == Verdict::Allowed)
    }

    /// The refusal of a caller who may see the thing.
    pub fn forbidden(self) -> Error {
        Error::Forbidden(match self {
            Self::View => "see it",
            Self::ViewHistory => "see its history",
            Self::Upload => "upload its bytes",
            Self::Edit => "change it",
            Self::Process => "have it inspected again",
            Self::Delete => "delete it",
            Self::List => "list what is in it",
            Self::UploadInto => "upload into it",
            Self::Revoke => "revoke it",
        })
    }
}

/// That somebody's role in a project allows an action: a condition of a write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: Subject,
    /// What the role has to allow.
    pub action: Action,
}

impl Membership {
    /// Why the write was refused that found `role`.
    pub fn refusal(&self, role: Option<Role>) -> Error {
        match (self.action, role) {
            (_, Some(_)) => self.action.forbidden(),
            (Action::UploadInto | Action::List, None) => Error::ProjectNotFound(self.project.to_string()),
            (_, None) => Error::NotFound,
        }
    }
}

/// An [`Action`] as a type, for [`Authorized`].
pub trait Right {
    /// The action.
    const ACTION: Action;
}

macro_rules! rights {
    ($($(#[$docs:meta])* $name:ident;)*) => { $(
        $(#[$docs])*
        #[derive(Debug)]
        pub struct $name;

        impl Right for $name {
            const ACTION: Action = Action::$name;
        }
    )* };
}

rights! {
    /// [`Action::View`].
    View;
    /// [`Action::ViewHistory`].
    ViewHistory;
    /// [`Action::Upload`].
    Upload;
    /// [`Action::Edit`].
    Edit;
    /// [`Action::Process`].
    Process;
    /// [`Action::Delete`].
    Delete;
    /// [`Action::List`].
    List;
    /// [`Action::UploadInto`].
    UploadInto;
    /// [`Action::Revoke`].
    Revoke;
}

/// Proof that the caller may do `A` with the value. Only the checks of this module make one.
///
/// ```compile_fail
/// use quayside_domain::rights::{Authorized, Delete, Standing};
/// use quayside_domain::{Actor, Asset};
/// fn forge(value: Asset, actor: Actor) -> Authorized<Asset, Delete> {
///     Authorized { value, standing: Standing::Owner, actor, right: std::marker::PhantomData }
/// }
/// ```
///
/// A right to look is no right to delete:
///
/// ```compile_fail
/// use quayside_domain::rights::{Authorized, Delete, View};
/// use quayside_domain::Asset;
/// fn widen(proof: Authorized<Asset, View>) -> Authorized<Asset, Delete> {
///     proof
/// }
/// ```
///
/// What may be done is to look at the value:
///
/// ```
/// use quayside_domain::rights::{Authorized, Delete};
/// use quayside_domain::{Asset, Subject};
/// fn look(proof: &Authorized<Asset, Delete>) -> &Subject {
///     &proof.owner
/// }
/// ```
///
/// It cannot be copied, so that a proof is used where it was made:
///
/// ```compile_fail
/// use quayside_domain::rights::{Authorized, Delete};
/// use quayside_domain::Asset;
/// fn keep(proof: &Authorized<Asset, Delete>) -> Authorized<Asset, Delete> {
///     proof.clone()
/// }
/// ```
///
/// Nor can it come in from outside:
///
/// ```compile_fail
/// use quayside_domain::rights::{Authorized, Delete};
/// use quayside_domain::Asset;
/// fn receive(text: &str) -> Authorized<Asset, Delete> {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
#[derive(Debug)]
pub struct Authorized<T, A> {
    value: T,
    standing: Standing,
    caller: Subject,
    actor: Actor,
    right: PhantomData<A>,
}

impl<T, A> Deref for Authorized<T, A> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T, A: Right> Authorized<T, A> {
    fn check(caller: &Caller, value: T, standing: Standing, hidden: impl FnOnce() -> Error) -> Result<Self> {
        match A::ACTION.verdict(standing) {
            Verdict::Allowed => {
                let actor = if standing == Standing::Administrator { caller.operator() } else { caller.actor() };
                Ok(Self { value, standing, caller: caller.owner().clone(), actor, right: PhantomData })
            }
            Verdict::Forbidden => Err(A::ACTION.forbidden()),
            Verdict::Hidden => Err(hidden()),
        }
    }

    /// By what right.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Who proved the right, and in which trace.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl<A: Right> Authorized<Asset, A> {
    /// The same right over the asset as a change has left it, which the table has written.
    #[must_use]
    pub fn after(self, change: Change) -> Self {
        let after = change.into_after();
        if after.id == self.value.id { Self { value: after, ..self } } else { self }
    }

    /// What the write of a change has to find besides, where the right comes from a role in the asset's project.
    pub fn membership(&self) -> Option<Membership> {
        let project = self.value.project.filter(|_| matches!(self.standing, Standing::Member(_)))?;
        Some(Membership { project, member: self.caller.clone(), action: A::ACTION })
    }

    /// What the caller may do with the asset.
    pub fn can(&self) -> Vec<Action> {
        let standing = self.standing;
        Action::ON_ASSETS.into_iter().filter(|action| action.verdict(standing) == Verdict::Allowed).collect()
    }
}

impl Authorized<ProjectId, List> {
    /// Proves that the caller may see `asset`, which was found among what is in the project.
    ///
    /// # Errors
    /// `NotFound` if it is not in the project.
    pub fn contains(&self, asset: Asset) -> Result<Authorized<Asset, View>> {
        if asset.project != Some(self.value) {
            return Err(Error::NotFound);
        }
        let standing = if asset.owner == self.caller { Standing::Owner } else { self.standing };
        let (caller, actor) = (self.caller.clone(), self.actor.clone());
        Ok(Authorized { value: asset, standing, caller, actor, right: PhantomData })
    }
}

impl Caller {
    /// Whether a role in the asset's project would tell more about the caller's rights: not for the owner or an
    /// administrator.
    pub fn needs_role(&self, asset: &Asset) -> Option<ProjectId> {
        if self.is_administrator() || *self.owner() == asset.owner { None } else { asset.project }
    }

    /// What the write of a new asset in `project` has to find besides: nothing for an administrator.
    pub fn membership_to_upload_into(&self, project: ProjectId) -> Option<Membership> {
        let member = self.owner().clone();
        (!self.is_administrator()).then_some(Membership { project, member, action: Action::UploadInto })
    }

    /// Proves that the caller may do `A` with `asset`, given its role in the asset's project.
    ///
    /// # Errors
    /// `NotFound` if it may not even see it, `Forbidden` if it may see it.
    pub fn authorize<A: Right>(&self, asset: Asset, role: Option<Role>) -> Result<Authorized<Asset, A>> {
        let standing = match role {
            _ if *self.owner() == asset.owner => Standing::Owner,
            _ if self.is_administrator() => Standing::Administrator,
            Some(role) => Standing::Member(role),
            None => Standing::Stranger,
        };
        Authorized::check(self, asset, standing, || Error::NotFound)
    }

    /// Proves that the caller may do `A` with `project`, given its role there.
    ///
    /// # Errors
    /// `ProjectNotFound` if it is no member, `Forbidden` if its role does not allow it.
    pub fn authorize_project<A: Right>(
        &self,
        project: ProjectId,
        role: Option<Role>,
    ) -> Result<Authorized<ProjectId, A>> {
        let standing = match role {
            _ if self.is_administrator() => Standing::Administrator,
            Some(role) => Standing::Member(role),
            None => Standing::Stranger,
        };
        Authorized::check(self, project, standing, || Error::ProjectNotFound(project.to_string()))
    }

    /// Proves that the caller may do `A` with `endpoint`.
    ///
    /// # Errors
    /// `NotFound` if it may not.
    pub fn authorize_endpoint<A: Right>(&self, endpoint: Endpoint) -> Result<Authorized<Endpoint, A>> {
        let standing = match endpoint.owner == *self.owner() {
            true => Standing::Owner,
            false if self.is_administrator() => Standing::Administrator,
            false => Standing::Stranger,
        };
        Authorized::check(self, endpoint, standing, || Error::NotFound)
    }
}

/// An asset that was found, but to which nobody has proved a right: it tells nothing of itself. What storage has of it
/// may be looked up beside the caller's right, so that a member of a project waits for both at once.
#[derive(Debug)]
pub struct Unproven<T>(T);

impl Unproven<Asset> {
    /// Wraps what was found.
    pub fn new(asset: Asset) -> Self {
        Self(asset)
    }

    /// Whether somebody else than the caller owns it.
    pub fn is_foreign_to(&self, caller: &Caller) -> bool {
        self.0.owner != *caller.owner()
    }

    /// For the checks that make a proof of it, and for keys.
    pub fn unproven(&self) -> &Asset {
        &self.0
    }
}

#[cfg(test)]
mod tests;
