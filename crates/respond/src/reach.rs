//! How far a plan may reach, checked when it is loaded: each action touches what it is about, in the
//! way that it contains, and nothing else. A plan is never edited, also where its new hash is
//! approved: whoever approves reads whom it is about.

use crate::documents::{self, DENY_ALL};
use crate::{Plan, Planned, State, Step, Thing, Undo};

/// Why a step is none of its plan's action.
pub(crate) fn trouble(plan: &Plan, step: &Step) -> Option<&'static str> {
    if !is_about_target(plan, &step.change) {
        return Some("touches what the plan is not about");
    }
    if !contains(&step.change) {
        return Some("does something else than to contain");
    }
    let is_of_credential = match &step.change {
        Planned::One { change, .. } => change.thing.is_credential(),
        Planned::Every { .. } => true,
        Planned::CutOff { .. } => false,
    };
    if is_of_credential && !step.suspect {
        return Some("would let a suspect credential live when it is given back");
    }
    (step.undo != undo(&plan.account, &step.change)).then_some("is undone by something else")
}

fn is_about_target(plan: &Plan, planned: &Planned) -> bool {
    match plan.action.as_str() {
        kind @ ("user" | "role") => {
            let name = target_name(plan, kind);
            name.is_some_and(|name| planned.owner() == format!("{kind}/{name}"))
        }
        "key" => matches!(
            planned,
            Planned::One { change, .. }
                if matches!(&change.thing, Thing::AccessKey { id, .. } if *id == plan.target)
        ),
        "session" => matches!(planned, Planned::CutOff { .. }),
        // What a story adds is about several principals.
        "found" => true,
        _ => false,
    }
}

/// The name in the target's ARN, which must be of the plan's account; a path may hold colons.
fn target_name<'p>(plan: &'p Plan, kind: &str) -> Option<&'p str> {
    let mut parts = plan.target.splitn(6, ':').skip(4);
    parts.next().filter(|account| *account == plan.account)?;
    parts.next()?.strip_prefix(kind)?.strip_prefix('/')?.rsplit('/').next()
}

/// Whether a step takes something away from somebody, by one of our documents or a state.
fn contains(planned: &Planned) -> bool {
    match planned {
        Planned::One { change, .. } => match (&change.thing, &change.to) {
            (Thing::UserPolicy { name, .. }, State::Document(document)) => {
                name == DENY_ALL && *document == documents::deny_all()
            }
            (Thing::TrustPolicy { .. }, State::Document(document)) => {
                *document == documents::closed_trust()
            }
            (Thing::LoginProfile { .. }, State::Absent) => true,
            (thing, State::Inactive) => thing.is_credential(),
            _ => false,
        },
        Planned::Every { scope, seen } => seen.iter().all(|(thing, _)| scope.covers(thing)),
        Planned::CutOff { rule, .. } => match &rule.policy {
            Thing::UserPolicy { name, .. } | Thing::RolePolicy { name, .. } => {
                *name == rule.whose.policy_name()
            }
            _ => false,
        },
    }
}

/// How a step is undone, by what was there when it was planned.
fn undo(account: &str, planned: &Planned) -> Undo {
    match planned {
        Planned::One { expects, change } => Undo::to(account, &change.thing, expects),
        Planned::CutOff { expects, rule } => Undo::to(account, &rule.policy, expects),
        Planned::Every { seen, .. } => Undo::all(account, seen),
    }
}
