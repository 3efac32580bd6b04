//! `contain session`: the sessions that descend from one key, those of roles each denied by a
//! policy of its role, those of users by a policy of their user. Other sessions of these roles go
//! on, unless they carry the same name.

use std::collections::BTreeMap;

use crate::actions::refusal::{self, Refusal};
use crate::actions::{plan, role, sentences, user};
use crate::documents::Whose;
use crate::facts::{RoleFacts, Situation, UserFacts};
use crate::{Plan, Step};

/// Sessions of one role that are each denied by name; of more the whole role is denied, since the
/// inline policies of a role may come to 10,240 characters (IAM quotas).
const NAMES: usize = 12;

/// A session of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionFacts {
    /// The role.
    pub role: RoleFacts,
    /// The role's unique id (`AROA...`).
    pub role_id: String,
    /// The session's name.
    pub name: String,
    /// Other keys of the same role and name in the material, which do not descend from it: they
    /// are denied with it.
    pub others_of_its_name: u64,
}

/// What descends from a key in one account, and what else must be said of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Descent {
    /// Sessions of roles.
    pub sessions: Vec<SessionFacts>,
    /// Users who have sessions that descend from it (GetSessionToken, GetFederationToken).
    pub users: Vec<UserFacts>,
    /// Deny every session of these roles, whatever its name.
    pub whole_roles: bool,
    /// What goes on elsewhere, and what the material does not show.
    pub notes: Vec<String>,
}

/// Plans to end the sessions that descend from `of`, a key or a principal, in one account. What
/// must not or cannot be contained is said in the plan, and the rest is planned.
///
/// # Errors
/// When nothing is left to contain: who must not be, or that there is no session here.
pub fn plan_sessions(
    (of, account): (&str, &str),
    descent: &Descent,
    situation: &Situation<'_>,
) -> Result<Plan, Refusal> {
    let (mut steps, mut refused) = (Vec::new(), Vec::new());
    for sessions in by_role(&descent.sessions) {
        match steps_of(of, &sessions, descent.whole_roles, situation) {
            Ok(more) => steps.extend(more),
            Err(refusal) => refused.push(refusal),
        }
    }
    let mut users: Vec<&UserFacts> = descent.users.iter().collect();
    users.sort_by_key(|user| &user.arn);
    users.dedup_by_key(|user| &user.arn);
    for user in users {
        match refusal::check(&user.arn, situation) {
            Ok(()) => steps.push(step_of_user(of, user)),
            Err(refusal) => refused.push(refusal),
        }
    }
    if steps.is_empty() {
        let notes = descent.notes.join("; ");
        let nothing = || Refusal::NoSession { of: of.to_owned(), notes };
        return Err(refused.into_iter().next().unwrap_or_else(nothing));
    }
    let mut notes: Vec<String> = refused
        .iter()
        .map(|refusal| format!("NOT PLANNED: {refusal}; {}", refusal.next_step()))
        .collect();
    notes.extend(descent.notes.iter().cloned());
    notes.extend(sentences(&[
        "whoever may still assume these roles or holds a key of these users gets new sessions: \
         contain the key or user that they descend from first",
        "sessions that were had after the material ends are denied only where they carry a name \
         that is denied here; --whole-roles denies every session of the roles",
    ]));
    Ok(plan(("session", of, account), situation, steps, notes))
}

/// The sessions of each role, by the role's name; each session's name once.
fn by_role(sessions: &[SessionFacts]) -> Vec<Vec<&SessionFacts>> {
    let mut roles: BTreeMap<&str, BTreeMap<&str, &SessionFacts>> = BTreeMap::new();
    for session in sessions {
        roles.entry(&session.role.name).or_default().entry(&session.name).or_insert(session);
    }
    roles.into_values().map(|names| names.into_values().collect()).collect()
}

fn steps_of(
    of: &str,
    sessions: &[&SessionFacts],
    whole: bool,
    situation: &Situation<'_>,
) -> Result<Vec<Step>, Refusal> {
    let Some(first) = sessions.first() else { return Ok(Vec::new()) };
    refusal::check(&first.role.arn, situation)?;
    role::check(&first.role)?;
    if whole || sessions.len() > NAMES {
        let mut step = role::deny_older_sessions(&first.role, &Whose::All);
        step.name = format!("deny-sessions-of-{}", first.role.name);
        let count = sessions.len();
        step.why = format!("{count} of the role's sessions descend from {of}");
        return Ok(vec![step]);
    }
    Ok(sessions.iter().map(|session| step_of_session(of, session)).collect())
}

fn step_of_session(of: &str, session: &SessionFacts) -> Step {
    let whose = Whose::UserId(format!("{}:{}", session.role_id, session.name));
    let mut step = role::deny_older_sessions(&session.role, &whose);
    step.name = format!("deny-session-{}-{}", session.role.name, session.name);
    step.why = format!("the session descends from {of}");
    if session.others_of_its_name > 0 {
        step.risk.push(format!(
            "{} other keys of the same role and session name do not descend from it as far as \
             the material shows, and are denied too",
            session.others_of_its_name
        ));
    }
    step
}

fn step_of_user(of: &str, user: &UserFacts) -> Step {
    let mut step = user::deny_older_sessions(user);
    step.name = format!("deny-older-sessions-of-{}", user.name);
    step.why = format!("sessions of the user descend from {of}: its own policy limits them");
    step.risk.push("every session that the user has then ends, its owner's too".into());
    step
}
