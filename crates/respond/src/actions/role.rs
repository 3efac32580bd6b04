//! `contain role`: close the way in where that was asked for, deny the sessions that exist, and
//! once the closure is verified, those that came in between.

use serde_json::Value;

use crate::actions::refusal::{self, Refusal};
use crate::actions::{AHEAD_SECONDS, ahead_is_denied_too, last_used, plan, sentences, until_ahead};
use crate::documents::{self, Whose};
use crate::facts::{RoleFacts, Situation, policy};
use crate::{CutOff, Plan, Planned, State, Step, Thing, Undo};

/// How far to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleOptions {
    /// Whose sessions are denied.
    pub whose: Whose,
    /// Let nobody assume the role.
    pub close_trust: bool,
}

/// Plans to end the sessions of a role.
///
/// # Errors
/// Who must not be contained, or a trust policy that could not be given back.
pub fn plan_role(
    role: &RoleFacts,
    options: &RoleOptions,
    situation: &Situation<'_>,
) -> Result<Plan, Refusal> {
    refusal::check(&role.arn, situation)?;
    check(role)?;
    if options.close_trust && names_gone_principal(&role.trust) {
        return Err(Refusal::TrustNotRestorable(role.arn.clone()));
    }
    let mut steps = Vec::new();
    if options.close_trust {
        steps.push(close_trust(role));
    }
    steps.push(deny_older_sessions(role, &options.whose));
    if options.close_trust {
        steps.push(Step {
            name: "deny-older-sessions-again".into(),
            why: "sessions may have been issued until the closure had spread: the moment moves on"
                .into(),
            after_verified: true,
            ..deny_older_sessions(role, &options.whose)
        });
    }
    let mut notes = Vec::new();
    if !options.close_trust {
        notes.push(
            "new sessions can still be had by whoever may assume the role (an instance asks for \
             fresh ones by itself): close the way in, or contain those who use it"
                .into(),
        );
    }
    Ok(plan(("role", &role.arn, &role.account), situation, steps, notes))
}

/// Refuses roles that IAM or Identity Center keeps for itself.
pub(super) fn check(role: &RoleFacts) -> Result<(), Refusal> {
    if role.path.starts_with("/aws-service-role/") {
        return Err(Refusal::ServiceLinked(role.arn.clone()));
    }
    if role.path.starts_with("/aws-reserved/") || role.name.starts_with("AWSReservedSSO_") {
        return Err(Refusal::IdentityCenter(role.arn.clone()));
    }
    Ok(())
}

fn close_trust(role: &RoleFacts) -> Step {
    let thing = Thing::TrustPolicy { role: role.name.clone() };
    let expects = State::Document(role.trust.clone());
    let to = State::Document(documents::closed_trust());
    let (change, undo) = Planned::one(&role.account, thing, expects, to);
    Step {
        name: "close-trust".into(),
        why: "as long as somebody may assume the role, ended sessions are replaced".into(),
        stops: sentences(&["new sessions of the role, for everybody"]),
        does_not_stop: sentences(&["sessions that exist: the next step does"]),
        risk: risk(role),
        undo,
        change,
        suspect: false,
        after_verified: false,
        flag: None,
    }
}

/// One step: the policy, with the moment at which it is put.
pub(super) fn deny_older_sessions(role: &RoleFacts, whose: &Whose) -> Step {
    let name = whose.policy_name();
    let expects = policy(&role.inline_policies, &name);
    let thing = Thing::RolePolicy { role: role.name.clone(), name };
    let until = until_ahead();
    let stops = match whose {
        Whose::All => format!("every session of the role {until}"),
        Whose::SourceIdentity(name) => {
            format!("sessions of the role with source identity {name} {until}")
        }
        Whose::UserId(id) => format!("sessions of the role with user id {id} {until}"),
    };
    let mut risk = risk(role);
    risk.push(ahead_is_denied_too());
    Step {
        name: "deny-older-sessions".into(),
        why: "a session cannot be revoked, only denied everything".into(),
        stops: vec![stops],
        does_not_stop: sentences(&[
            "sessions of other roles that were assumed from these: contain those too",
            "sessions issued later than that",
        ]),
        risk,
        undo: Undo::to(&role.account, &thing, &expects),
        change: Planned::CutOff {
            expects,
            rule: CutOff {
                policy: thing,
                ahead_seconds: AHEAD_SECONDS,
                whose: whose.clone(),
                sessions_last_seconds: role.max_session_seconds,
            },
        },
        suspect: false,
        after_verified: false,
        flag: None,
    }
}

fn risk(role: &RoleFacts) -> Vec<String> {
    let used_by = role.used_by.iter().map(|user| format!("used by {user}"));
    std::iter::once(last_used("the role", role.last_used.as_ref())).chain(used_by).collect()
}

/// Whether a principal was deleted: AWS then shows its unique id, and refuses to take it back (IAM
/// User Guide, "AWS JSON policy elements: Principal").
fn names_gone_principal(trust: &Value) -> bool {
    match trust {
        Value::String(text) => text.starts_with("AIDA") || text.starts_with("AROA"),
        Value::Array(values) => values.iter().any(names_gone_principal),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name != "Condition" && names_gone_principal(value))
        }
        _ => false,
    }
}
