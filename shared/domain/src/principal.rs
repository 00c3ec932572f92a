//! Who acts: a user, a service on an owner's behalf, a webhook endpoint, an operator, or one of the workers.

use std::fmt;

use super::error::{Error, Result};
use super::identity::{EndpointId, Subject};
use super::trace::TraceParent;
use super::webhook::Endpoint;

/// The role claim that opens everything.
const ADMINISTRATOR: &str = "media:admin";
/// The role claim of a back end that acts for the owners that it names.
const SERVICE: &str = "media:service";

/// Who acts, as an asset's history names it: `user:{sub}`, `service:{sub}`, `webhook:{endpoint}`, `operator:{sub}`,
/// `worker:{function}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Principal {
    /// The owner of a token, by its own right or by its role in a project.
    User(Subject),
    /// A back end that acts for an owner.
    Service(Subject),
    /// A webhook endpoint, for its owner.
    Webhook(EndpointId),
    /// An administrator, by that right alone.
    Operator(Subject),
    /// A function that acts for nobody, by its name.
    Worker(&'static str),
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(subject) => write!(f, "user:{subject}"),
            Self::Service(subject) => write!(f, "service:{subject}"),
            Self::Webhook(id) => write!(f, "webhook:{id}"),
            Self::Operator(subject) => write!(f, "operator:{subject}"),
            Self::Worker(function) => write!(f, "worker:{function}"),
        }
    }
}

/// Who made a change, and in which trace: what an event says of its origin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// Who.
    pub by: Principal,
    /// In which trace.
    pub trace: Option<TraceParent>,
}

/// Who sent a request, as a verified token or signature says.
#[derive(Clone, Debug)]
pub struct Caller {
    owner: Subject,
    principal: Principal,
    administrator: bool,
    service: bool,
    trace: Option<TraceParent>,
}

impl Caller {
    /// The caller of a token whose signature, issuer, audience and times were checked.
    pub fn from_verified_claims(subject: Subject, roles: &[String]) -> Self {
        let has = |role: &str| roles.iter().any(|has| has == role);
        Self {
            principal: Principal::User(subject.clone()),
            administrator: has(ADMINISTRATOR),
            service: has(SERVICE),
            owner: subject,
            trace: None,
        }
    }

    /// The owner of the endpoint to which a webhook was sent, after its signature was checked with the endpoint's own
    /// secret. It has no roles, whatever roles the owner's tokens have.
    pub fn from_verified_endpoint(endpoint: &Endpoint) -> Self {
        let (owner, principal) = (endpoint.owner.clone(), Principal::Webhook(endpoint.id));
        Self { owner, principal, administrator: false, service: false, trace: None }
    }

    /// A service, acting for `owner` with that owner's own rights and no others.
    ///
    /// # Errors
    /// `Forbidden` if the caller is no service.
    pub fn acting_for(self, owner: Subject) -> Result<Self> {
        match self.principal {
            Principal::User(subject) if self.service => {
                Ok(Self { owner, principal: Principal::Service(subject), administrator: false, ..self })
            }
            _ => Err(Error::Forbidden("act for another owner")),
        }
    }

    /// The caller, in the trace of its request.
    #[must_use]
    pub fn in_trace(self, trace: Option<TraceParent>) -> Self {
        Self { trace, ..self }
    }

    /// Whose assets the caller makes and lists, and whose quota it uses.
    pub fn owner(&self) -> &Subject {
        &self.owner
    }

    /// Whether the caller may do everything.
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// What events say of the caller.
    pub fn actor(&self) -> Actor {
        Actor { by: self.principal.clone(), trace: self.trace }
    }

    /// What events say of the caller where it acts as an administrator alone.
    pub(super) fn operator(&self) -> Actor {
        Actor { by: Principal::Operator(self.owner.clone()), trace: self.trace }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at once")]
    use super::*;

    fn caller(roles: &[&str]) -> Caller {
        let roles: Vec<_> = roles.iter().map(|&role| role.to_owned()).collect();
        Caller::from_verified_claims(Subject::parse("backend").unwrap(), &roles)
    }

    #[test]
    fn only_a_service_acts_for_another_owner() {
        let ada = || Subject::parse("ada").unwrap();
        for roles in [&[][..], &["media:admin"], &["media:services"], &["service"]] {
            assert!(matches!(caller(roles).acting_for(ada()), Err(Error::Forbidden(_))), "{roles:?}");
        }
        let service = caller(&["media:service"]).acting_for(ada()).unwrap();
        assert_eq!((service.owner(), service.actor().by.to_string()), (&ada(), "service:backend".to_owned()));
        assert!(service.acting_for(Subject::parse("bob").unwrap()).is_err());
    }

    #[test]
    fn a_service_that_acts_for_an_owner_is_no_administrator() {
        let both = caller(&["media:service", "media:admin"]);
        assert!(both.is_administrator());
        assert!(!both.acting_for(Subject::parse("ada").unwrap()).unwrap().is_administrator());
    }
}
