//! Members of projects and their roles.

use super::{Item, Table, key, malformed};
use quayside_domain::rights::Right;
use quayside_domain::{Authorized, Caller, ProjectId, Result, Role, Subject};

impl Table {
    /// The project, with the proof that the caller may do `A` with it. An administrator may without a look at the table; it
    /// takes others a round trip.
    ///
    /// # Errors
    /// `ProjectNotFound`, `Forbidden`, `Unavailable` or `Internal`.
    pub async fn authorize_project<A: Right>(
        &self,
        caller: &Caller,
        project: ProjectId,
    ) -> Result<Authorized<ProjectId, A>> {
        let role = if caller.is_administrator() { None } else { self.role(caller, project).await? };
        caller.authorize_project(project, role)
    }

    pub(super) async fn role(&self, caller: &Caller, project: ProjectId) -> Result<Option<Role>> {
        self.get_by_key(member_key(project, caller.owner())).await?.map(role_of).transpose()
    }
}

pub(super) fn member_key(project: ProjectId, member: &Subject) -> Item {
    key(format!("PROJECT#{project}"), format!("MEMBER#{member}"))
}

pub(super) fn role_of(mut item: Item) -> Result<Role> {
    let role = item.remove("role").ok_or_else(|| malformed("a member without a role"))?;
    serde_dynamo::from_attribute_value(role).map_err(malformed)
}
