//! Members of projects and their roles.

use super::{Table, malformed};
use quayside_domain::{Caller, Placement, ProjectId, Readable, Result, Role};

impl Table {
    /// Proves that the caller may upload into the project. An administrator may without a look at the table.
    ///
    /// # Errors
    /// `ProjectNotFound`, `Forbidden`, `Unavailable` or `Internal`.
    pub async fn find_placement(&self, caller: &Caller, project: ProjectId) -> Result<Placement> {
        let role = if caller.is_administrator() { None } else { self.role(caller, project).await? };
        caller.place(project, role)
    }

    /// Proves that the caller may read what is in the project. An administrator may without a look at the table.
    ///
    /// # Errors
    /// `ProjectNotFound`, `Unavailable` or `Internal`.
    pub async fn find_readable_project(&self, caller: &Caller, project: ProjectId) -> Result<Readable<ProjectId>> {
        let role = if caller.is_administrator() { None } else { self.role(caller, project).await? };
        caller.look_into(project, role)
    }

    pub(super) async fn role(&self, caller: &Caller, project: ProjectId) -> Result<Option<Role>> {
        let found = self.get(format!("PROJECT#{project}"), format!("MEMBER#{}", caller.subject())).await?;
        let Some(mut item) = found else { return Ok(None) };
        let role = item.remove("role").ok_or_else(|| malformed("a member without a role"))?;
        serde_dynamo::from_attribute_value(role).map(Some).map_err(malformed)
    }
}
