//! What the story adds to the first cut: sessions that descend from the key, keys and users that
//! its holder made, and other users who are suspected. Everything else stays with people.

use std::collections::BTreeSet;

use crashcart_aws::{AwsError, Door};
use crashcart_model::{Environment, Investigation, PersistenceState};
use crashcart_respond::{Plan, plan_found};
use crashcart_story::Lineage;

use super::{Target, descent, plan_containment};
use crate::AppError;

/// Plans what descends from `key` and what is suspected beside it, as one plan. `owner` is the user
/// who was contained already. None where there is nothing to add.
///
/// # Errors
/// When the account cannot be asked; whoever must not be contained is said in the plan.
pub fn plan_what_was_found(
    door: &Door,
    environment: &Environment,
    (key, owner): (&str, Option<&str>),
    (investigation, lineage): (&Investigation, &Lineage),
) -> Result<(Option<Plan>, Vec<String>), AppError> {
    // Also where nothing descends from it, as far as is known.
    let (mut plans, mut notes) = (Vec::new(), descent::unknown(lineage));
    for target in targets((key, owner), investigation, lineage) {
        match plan_containment(door, environment, &target) {
            Ok(plan) => plans.push(plan),
            Err(AppError::Request { what, hint }) => {
                notes.push(format!("NOT PLANNED: {what}; {hint}"));
            }
            Err(AppError::Aws(error @ AwsError::NotFound { .. })) => {
                notes.push(format!("NOT PLANNED: {error}: it is gone, or of another account"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((plan_found(key, plans, notes.clone()), notes))
}

fn targets(
    (key, owner): (&str, Option<&str>),
    investigation: &Investigation,
    lineage: &Lineage,
) -> Vec<Target> {
    let (mut targets, mut users, mut keys) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    if lineage.descends.iter().any(|one| !is_lasting(one.key.as_ref().map(|key| key.raw()))) {
        targets.push(Target::Sessions {
            of: key.to_owned(),
            lineage: lineage.clone(),
            whole_roles: false,
        });
    }
    let story = &investigation.story;
    let acted: BTreeSet<&str> =
        lineage.descends.iter().filter_map(|one| Some(one.principal.as_ref()?.raw())).collect();
    let suspects = story.suspects.iter().filter(|one| one.act_now && !one.only_asked);
    users.extend(suspects.filter_map(|one| user_of(one.principal.raw())));
    let in_place = |state| state == PersistenceState::InPlace;
    for one in story.persistence.iter().filter(|one| in_place(one.state)) {
        let made = one.what.raw().split(' ').next().unwrap_or_default();
        if acted.contains(one.by.raw()) && one.kind == "IAM user" {
            users.insert(made.rsplit('/').next().unwrap_or(made));
        }
    }
    users.retain(|user| owner != Some(*user));
    for one in lineage.descends.iter().filter(|one| !one.is_start) {
        let made = one.key.as_ref().map(|key| key.raw()).filter(|key| is_lasting(Some(key)));
        let whose = one.principal.as_ref().and_then(|principal| user_of(principal.raw()));
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

fn is_lasting(key: Option<&str>) -> bool {
    key.is_some_and(|key| key.starts_with("AKIA"))
}

fn user_of(arn: &str) -> Option<&str> {
    arn.split_once(":user/").and_then(|(_, user)| user.rsplit('/').next())
}
