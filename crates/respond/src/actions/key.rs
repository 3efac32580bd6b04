//! `contain key`: one access key becomes inactive, and nothing else of its owner changes.

use crate::actions::refusal::{self, Refusal};
use crate::actions::{last_used, plan, sentences};
use crate::facts::{Situation, UserFacts};
use crate::{Plan, Planned, State, Step, Thing};

/// Plans to make one key of a user inactive.
///
/// # Errors
/// Who must not be contained, or that the user has no such key.
pub fn plan_key(id: &str, owner: &UserFacts, situation: &Situation<'_>) -> Result<Plan, Refusal> {
    refusal::check(&owner.arn, situation)?;
    let key = owner.access_keys.iter().find(|key| key.id == id);
    let key = key.ok_or_else(|| Refusal::NoSuchKey(id.to_owned()))?;
    let thing = Thing::AccessKey { user: owner.name.clone(), id: id.to_owned() };
    let (change, undo) = Planned::one(&owner.account, thing, key.state.clone(), State::Inactive);
    let step = Step {
        name: "access-key".into(),
        why: "whoever has the key can sign calls with it".into(),
        stops: sentences(&["every call signed with the key"]),
        does_not_stop: sentences(&[
            "sessions that were had with it (GetSessionToken, GetFederationToken): up to 36 hours",
            "sessions of roles that it assumed: until they expire",
            "the owner's other keys and password: `crashcart contain user` takes all of them",
        ]),
        risk: vec![last_used(id, key.last_used.as_ref())],
        undo,
        change,
        suspect: true,
        after_verified: false,
        flag: None,
    };
    let others = owner.access_keys.iter().filter(|key| key.id != id && key.state == State::Active);
    let mut notes: Vec<String> =
        others.map(|key| format!("another key of the owner stays active: {}", key.id)).collect();
    if owner.has_login_profile {
        notes.push("the owner's console password stays".into());
    }
    Ok(plan(("key", id, &owner.account), situation, vec![step], notes))
}
