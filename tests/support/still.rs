//! A system in which nothing may change, for requests that must be refused.

use reqwest::RequestBuilder;

use super::{State, System, User};

/// Status, code and field of a refusal.
pub type Refusal<'a> = (u16, &'a str, &'a str);

/// A system in which nothing may change any more.
pub struct Still {
    pub system: System,
    pub before: State,
}

impl Still {
    /// A system as it is now.
    pub async fn of(system: System) -> Self {
        let before = system.state().await;
        Self { system, before }
    }

    /// Checks that the request is refused in that way and that nothing changes.
    pub async fn refuses(&self, what: &str, user: &User, request: RequestBuilder, refusal: Refusal<'_>) {
        let answer = user.send(request).await;
        let field = answer.json["field"].as_str().unwrap_or_default();
        assert_eq!((answer.status, answer.code(), field), refusal, "{what}: {}", answer.json);
        answer.expect_problem(refusal.0, refusal.1);
        self.assert_unchanged(what).await;
    }

    /// Checks that nothing has changed.
    pub async fn assert_unchanged(&self, what: &str) {
        assert!(self.system.state().await == self.before, "{what} changed what storage or table hold");
    }
}
