//! `contain session`: the sessions that descend from one key, each denied by a policy of the role
//! that it is a session of. Other sessions of these roles go on.

use crate::Plan;
use crate::actions::refusal::{self, Refusal};
use crate::actions::{plan, role, sentences};
use crate::documents::Whose;
use crate::facts::{RoleFacts, Situation};

/// A session of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionFacts {
    /// The role.
    pub role: RoleFacts,
    /// The role's unique id (`AROA...`).
    pub role_id: String,
    /// The session's name.
    pub name: String,
}

/// Plans to end these sessions, the descendants of `key` in one account. Those of users
/// (GetSessionToken, GetFederationToken) end only with their user.
///
/// # Errors
/// Who must not be contained, or a role that cannot be changed.
pub fn plan_sessions(
    (key, account): (&str, &str),
    sessions: &[SessionFacts],
    situation: &Situation<'_>,
) -> Result<Plan, Refusal> {
    let mut sorted: Vec<&SessionFacts> = sessions.iter().collect();
    sorted.sort_by_key(|session| (&session.role.name, &session.name));
    sorted.dedup_by_key(|session| (&session.role.name, &session.name));
    let mut steps = Vec::new();
    for session in sorted {
        refusal::check(&session.role.arn, situation)?;
        role::check(&session.role)?;
        let whose = Whose::UserId(format!("{}:{}", session.role_id, session.name));
        let mut step = role::deny_older_sessions(&session.role, &whose);
        step.name = format!("deny-session-{}-{}", session.role.name, session.name);
        step.why = format!("the session descends from {key}");
        steps.push(step);
    }
    let notes = sentences(&[
        "whoever may still assume these roles gets new sessions, also by the same name: contain \
         the key or user that they descend from first",
        "sessions of users (GetSessionToken, GetFederationToken) end only with `contain user`",
    ]);
    Ok(plan(("session", key, account), situation, steps, notes))
}
