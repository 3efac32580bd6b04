//! What the story adds to the first cut: sessions that descend from the key, keys and users that
//! its holder made, and other users who are suspected. Everything else stays with people.

use std::collections::BTreeSet;

use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{AwsError, Door};
use crashcart_model::{Environment, Investigation, PersistenceState, UniqueId};
use crashcart_respond::{Plan, Planned, Thing, plan_found};
use crashcart_story::Lineage;

use super::{Target, descent, plan_containment};
use crate::permissions::Action;
use crate::{AppError, TriedOnAws};

/// What the story adds.
#[derive(Debug)]
pub struct Found {
    /// One plan for all of it; none where there is nothing to add.
    pub plan: Option<Plan>,
    /// What one should know, also of what is not in the plan.
    pub notes: Vec<String>,
    /// Whether everything that was found is in the plan.
    pub is_complete: bool,
}

/// What the story is about.
#[derive(Debug, Clone, Copy)]
pub struct Searched<'s> {
    /// The key that leaked.
    pub key: &'s str,
    /// The user who was contained already.
    pub owner: Option<&'s str>,
    /// What happened.
    pub investigation: &'s Investigation,
    /// What descends from the key.
    pub lineage: &'s Lineage,
}

/// Plans, in the account behind the door, what descends from a key and what is suspected beside it,
/// as one plan. `planned` are other accounts that have a plan of their own.
///
/// # Errors
/// When the account cannot be asked; whoever must not be contained is said in the plan.
pub fn plan_what_was_found(
    (door, tried): (&Door, &TriedOnAws),
    environment: &Environment,
    story: Searched<'_>,
    planned: &BTreeSet<String>,
) -> Result<Found, AppError> {
    let asking = door.only(Action::Contain.calls());
    let account = asking.reader().ask(&GetCallerIdentity {})?.answer.account;
    let Searched { key, lineage, .. } = story;
    // Also where nothing descends from it, as far as is known.
    let (mut plans, mut notes) = (Vec::new(), descent::unknown(lineage));
    let mut left = targets(&account, story, planned);
    let made: BTreeSet<&str> = made_users(&account, story).collect();
    let mut is_complete = true;
    while !left.is_empty() {
        let target = left.remove(0);
        let why = match plan_containment(door, environment, &target, tried) {
            Ok(plan) => {
                plans.push(plan_of_made(plan, &target, &made));
                continue;
            }
            Err(AppError::Request { what, hint }) => format!("{what}; {hint}"),
            Err(AppError::Aws(error @ AwsError::NotFound { .. })) => {
                format!("{error}: it is gone, or of another account")
            }
            Err(AppError::Aws(error @ AwsError::Denied { .. })) => {
                // The rest is planned, and of a user who cannot be read the keys.
                left.extend(keys_instead(&target, lineage));
                error.to_string()
            }
            Err(error) => return Err(error),
        };
        is_complete = false;
        notes.push(format!("NOT PLANNED: {}: {why}", words(&target)));
    }
    let mut plan = plan_found(key, plans, notes.clone());
    for id in lasting_keys(story) {
        if let Some(plan) = plan.as_mut().filter(|plan| takes(plan, id)) {
            plan.notes.retain(|note| !note.starts_with(&descent::made_key(id)));
        }
    }
    Ok(Found { plan, notes, is_complete })
}

/// The keys that were made by what descends.
fn lasting_keys(story: Searched<'_>) -> impl Iterator<Item = &str> {
    let made = story.lineage.descends.iter().filter(|one| !one.is_start);
    let keys = made.filter_map(|one| one.key.as_ref()).map(|key| key.raw());
    keys.filter(|key| is_lasting(Some(key)))
}

/// Whether a plan makes a key inactive.
fn takes(plan: &Plan, key: &str) -> bool {
    let is_it = |thing: &Thing| matches!(thing, Thing::AccessKey { id, .. } if id == key);
    plan.steps.iter().any(|step| match &step.change {
        Planned::One { change, .. } => is_it(&change.thing),
        Planned::Every { seen, .. } => seen.iter().any(|(thing, _)| is_it(thing)),
        Planned::CutOff { .. } => false,
    })
}

/// A user whom the intruder made has no owner to whom anything could be given back: nothing of the
/// plan is lifted by a careful revert.
fn plan_of_made(mut plan: Plan, target: &Target, made: &BTreeSet<&str>) -> Plan {
    let Target::User { user, .. } = target else { return plan };
    if made.contains(user.as_str()) {
        plan.steps.iter_mut().for_each(|step| step.suspect = true);
        plan.notes.push(format!(
            "user/{user} was made by whoever is contained: `crashcart revert` leaves it denied; \
             delete it by hand once the evidence is kept"
        ));
    }
    plan
}

/// The users of an account that what descends has made and that are still there.
fn made_users<'s>(account: &'s str, story: Searched<'s>) -> impl Iterator<Item = &'s str> {
    let Searched { investigation, lineage, .. } = story;
    let is_here = move |arn: &str| arn.split(':').nth(4) == Some(account);
    let acted: BTreeSet<&str> =
        lineage.descends.iter().filter_map(|one| Some(one.principal.as_ref()?.raw())).collect();
    let in_place = |state| state == PersistenceState::InPlace;
    let kept = investigation.story.persistence.iter().filter(move |one| in_place(one.state));
    kept.filter_map(move |one| {
        let made = one.what.raw().split(' ').next().unwrap_or_default();
        // A name without an account is of the account of who made it.
        let whose = if made.starts_with("arn:") { made } else { one.by.raw() };
        let is_user = acted.contains(one.by.raw()) && one.kind == "IAM user" && is_here(whose);
        is_user.then(|| made.rsplit('/').next().unwrap_or(made))
    })
}

fn words(target: &Target) -> String {
    match target {
        Target::Key(id) => format!("the key {id}"),
        Target::User { user, .. } => format!("the user {user}"),
        Target::Role { role, .. } => format!("the role {role}"),
        Target::Sessions { of, .. } => format!("the sessions of {of}"),
    }
}

/// The keys of the lineage that are a user's.
fn keys_instead(target: &Target, lineage: &Lineage) -> Vec<Target> {
    let Target::User { user, .. } = target else { return Vec::new() };
    let is_theirs = |principal: &str| user_of(principal) == Some(user);
    let theirs = lineage
        .descends
        .iter()
        .filter(|one| one.principal.as_ref().is_some_and(|principal| is_theirs(principal.raw())));
    let keys = theirs.filter_map(|one| one.key.as_ref()).map(|key| key.raw());
    keys.filter(|key| is_lasting(Some(key))).map(|key| Target::Key(key.to_owned())).collect()
}

/// Whom to contain in an account: names are of one account, so what is known to be of another must
/// never be looked for in this one.
fn targets(account: &str, story: Searched<'_>, planned: &BTreeSet<String>) -> Vec<Target> {
    let (all, Searched { key, owner, investigation, lineage }) = (story, story);
    let is_here = |arn: &str| arn.split(':').nth(4) == Some(account);
    let (mut targets, mut users, mut keys) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    if lineage.descends.iter().any(|one| !is_lasting(one.key.as_ref().map(|key| key.raw()))) {
        targets.push(Target::Sessions {
            of: key.to_owned(),
            lineage: lineage.clone(),
            planned: planned.clone(),
            whole_roles: false,
        });
    }
    let story = &investigation.story;
    let suspects = story.suspects.iter().filter(|one| one.act_now && !one.only_asked);
    let suspects = suspects.map(|one| one.principal.raw()).filter(|principal| is_here(principal));
    users.extend(suspects.filter_map(user_of));
    users.extend(made_users(account, all));
    users.retain(|user| owner != Some(*user));
    for one in lineage.descends.iter().filter(|one| !one.is_start) {
        let made = one.key.as_ref().map(|key| key.raw()).filter(|key| is_lasting(Some(key)));
        let principal = one.principal.as_ref().map(|principal| principal.raw());
        if !principal.map_or_else(|| is_of(made, account), is_here) {
            continue;
        }
        let whose = principal.and_then(user_of);
        // A user who is contained as a whole needs no step for one of its keys.
        if whose.is_none_or(|user| !users.contains(user) && owner != Some(user)) {
            keys.extend(made);
        }
    }
    targets.extend(
        users
            .into_iter()
            .map(|user| Target::User { user: user.to_owned(), delete_console_password: false }),
    );
    targets.extend(keys.into_iter().map(|key| Target::Key(key.to_owned())));
    targets
}

/// Whether a key can be of an account, by the number that its id holds.
fn is_of(key: Option<&str>, account: &str) -> bool {
    let decoded = key.and_then(UniqueId::parse).and_then(|id| id.account);
    decoded.is_none_or(|decoded| decoded.as_str() == account)
}

fn is_lasting(key: Option<&str>) -> bool {
    key.is_some_and(|key| key.starts_with("AKIA"))
}

fn user_of(arn: &str) -> Option<&str> {
    arn.split_once(":user/").and_then(|(_, user)| user.rsplit('/').next())
}
