//! What a case's plans cut off, told with its story: whoever reads it next must see what is done.

use std::collections::BTreeMap;

use crashcart_model::{
    Containment, CutOff, Gap, GapReason, Investigation, LogText, Outcome, Story, Timestamp,
};
use crashcart_respond::{Held, State, Thing};
use crashcart_store::{Case, StoreError};

use super::held;

/// Marks suspects and ways back in that the case's plans hold, and takes out what is done. A journal
/// that somebody changed is a gap: nothing is told as cut off by it, and the story is told all the same.
///
/// # Errors
/// When the journal cannot be read.
pub(crate) fn tell_what_is_held(
    case: &Case,
    investigation: &mut Investigation,
) -> Result<(), StoreError> {
    let mut held = match held(case) {
        Err(error @ StoreError::ManifestBroken { .. }) => {
            let coverage = &mut investigation.coverage;
            let gap = changed(case, &error);
            if !coverage.gaps.contains(&gap) {
                coverage.gaps.push(gap);
                coverage.gaps.sort();
                coverage.gap_count += 1;
            }
            Vec::new()
        }
        held => held?,
    };
    held.sort_by_key(|held| held.since);
    let later = last_done(&investigation.story);
    let cut = |way: Way<'_>| {
        let since = held.iter().find(|held| way.is_cut_by(held)).map(|held| held.since)?;
        // Whoever goes on is not cut off, whatever the journal says.
        let goes_on = way.principal().and_then(|arn| later.get(arn)).is_some_and(|at| *at > since);
        (!goes_on).then_some(since)
    };
    investigation.containment.retain(|action| at(action, &cut).is_none());
    let story = &mut investigation.story;
    for suspect in &mut story.suspects {
        suspect.cut_off_at = cut(Way::Principal(suspect.principal.raw()));
    }
    for kept in &mut story.persistence {
        let what = kept.what.raw().split(' ').next().unwrap_or_default();
        kept.cut_off_at = match &*kept.kind {
            "access key" => cut(Way::Credential(what)),
            "IAM user" => cut(Way::Principal(what)),
            // The policies of the user who asked for it limit it (IAM User Guide, "Disable
            // permissions for temporary security credentials").
            "federation token" | "session token" => cut(Way::Principal(kept.by.raw())),
            "console password" => cut(Way::Password(what)),
            _ => None,
        };
    }
    investigation.cut_off = held.iter().map(words).collect();
    if let Some(last) = held.last() {
        answer(investigation, last.since);
    }
    Ok(())
}

/// The journal tells nothing that could be believed.
fn changed(case: &Case, error: &StoreError) -> Gap {
    Gap {
        path: case.dir().join("journal.jsonl").display().to_string(),
        offset: 0,
        size: None,
        reason: GapReason::Missing,
        detail: format!("{error}: what the case's plans cut off is unknown; ask the account"),
    }
}

/// What to cut first, now that something is cut off.
fn answer(investigation: &mut Investigation, last: Timestamp) {
    let mut answers = investigation.story.answers.iter_mut();
    let Some(answer) = answers.find(|answer| answer.question == "What must be cut first?") else {
        return;
    };
    let next = investigation.containment.iter().find(|action| action.why.starts_with("act now"));
    let done = format!("what this case's plans cut off, the last at {last}, is no longer among it");
    (answer.answer, answer.because) = match next {
        Some(action) => {
            let target = action.target.raw();
            (
                LogText::new(format!("{}: {target}", action.action)),
                LogText::new(format!("{done}; {}", action.why)),
            )
        }
        None => (LogText::from("nothing that is beyond doubt"), LogText::new(done)),
    };
}

/// How somebody comes in.
#[derive(Clone, Copy)]
enum Way<'w> {
    /// By the id of a credential.
    Credential(&'w str),
    /// By ARN or name.
    Principal(&'w str),
    /// By the name or ARN of its user.
    Password(&'w str),
}

/// When each principal last did something that took effect.
fn last_done(story: &Story) -> BTreeMap<String, Timestamp> {
    let mut last: BTreeMap<String, Timestamp> = BTreeMap::new();
    for step in story.steps.iter().filter(|step| step.outcome == Outcome::Done) {
        if let Some(at) = step.last.or(step.at) {
            let known = last.entry(step.actor.raw().to_owned()).or_insert(at);
            *known = at.max(*known);
        }
    }
    last
}

impl<'w> Way<'w> {
    const fn principal(self) -> Option<&'w str> {
        match self {
            Self::Principal(arn) => Some(arn),
            Self::Credential(_) | Self::Password(_) => None,
        }
    }

    fn is_cut_by(self, held: &Held) -> bool {
        let name = |of: &str| of.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        match self {
            Self::Credential(id) => held.credential() == Some(id),
            Self::Password(user) => {
                held.left.to == State::Absent
                    && matches!(&held.left.thing, Thing::LoginProfile { user: own } if *own == name(user))
            }
            Self::Principal(arn) if arn.contains(":assumed-role/") => is_session_denied(arn, held),
            Self::Principal(arn) => is_of(arn, held) && held.denied_user() == Some(&name(arn)),
        }
    }
}

/// Whether a principal is of the account of what is held, as far as its ARN tells.
fn is_of(arn: &str, held: &Held) -> bool {
    !arn.starts_with("arn:") || arn.contains(&format!(":{}:", held.account))
}

/// By name, or with every session of the role.
fn is_session_denied(arn: &str, held: &Held) -> bool {
    let Some((_, role_and_session)) = arn.split_once(":assumed-role/") else { return false };
    let Some((role, session)) = role_and_session.split_once('/') else { return false };
    let (Thing::RolePolicy { role: own, name }, State::Document(document)) =
        (&held.left.thing, &held.left.to)
    else {
        return false;
    };
    let is_named = || document.to_string().contains(&format!(":{session}\""));
    is_of(arn, held)
        && own == role
        && (name == crashcart_respond::documents::DENY_OLDER_SESSIONS || is_named())
}

fn at(action: &Containment, cut: &dyn Fn(Way<'_>) -> Option<Timestamp>) -> Option<Timestamp> {
    let target = action.target.raw();
    match &*action.action {
        "disable access key" => cut(Way::Credential(target)),
        "deny everything to the user" | "revoke the role's sessions" => cut(Way::Principal(target)),
        "take away console sign-in" => cut(Way::Password(target)),
        _ => None,
    }
}

fn words(held: &Held) -> CutOff {
    CutOff {
        what: LogText::new(held.left.thing.to_string()),
        state: match &held.left.to {
            State::Document(_) => "denies".to_owned(),
            state => state.words().to_owned(),
        },
        account: LogText::new(held.account.clone()),
        at: held.since,
        plan: held.plan.clone(),
    }
}
