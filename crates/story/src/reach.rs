//! How far it reaches: accounts, regions, principals and resources of the suspects' calls.

use std::collections::BTreeSet;

use crashcart_model::{BlastRadius, LogText, Outcome};

use crate::knowledge::Effect;
use crate::scene::Scene;
use crate::suspects::Profile;

/// Names of each list.
const SHOWN: usize = 500;

/// Everything that suspects touched with success.
pub(crate) fn blast_radius(scene: &Scene<'_>, profiles: &[Profile<'_>]) -> BlastRadius {
    let mut accounts: BTreeSet<&str> = BTreeSet::new();
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    let mut principals: BTreeSet<String> = BTreeSet::new();
    let mut resources: BTreeSet<&str> = BTreeSet::new();
    for profile in profiles.iter().filter(|profile| profile.listed()) {
        accounts.extend(profile.actor.accounts.iter());
        accounts.extend(profile.actor.recipients.iter());
        regions.extend(profile.actor.regions.iter());
        principals.insert(profile.name.to_owned());
        for entry in scene.entries_of(profile.name) {
            let parts = &entry.parts;
            if parts.outcome != Outcome::Done || !entry.matters() || parts.automation {
                continue;
            }
            if matches!(parts.service, "iam" | "sts") {
                changed(parts.account, parts.thing, parts.owner, entry.effect(), &mut principals);
            } else {
                resources.extend([parts.thing, parts.owner].into_iter().filter(|t| !t.is_empty()));
            }
        }
    }
    let texts = |set: BTreeSet<&str>| set.into_iter().take(SHOWN).map(LogText::from).collect();
    BlastRadius {
        accounts: texts(accounts),
        regions: texts(regions),
        principals: principals.into_iter().take(SHOWN).map(LogText::new).collect(),
        resources: texts(resources),
    }
}

/// Users and roles that a call of IAM or STS changed, by ARN.
fn changed(
    account: &str,
    thing: &str,
    owner: &str,
    effect: Option<Effect>,
    out: &mut BTreeSet<String>,
) {
    let (word, name) = match effect {
        Some(Effect::Make(kind)) => match kind {
            "IAM user" | "login profile" => ("user", thing),
            "access key" | "user policy" | "group membership" | "SSH key" => ("user", owner),
            "IAM role" | "trust policy" => ("role", thing),
            "role policy" => ("role", owner),
            _ => return,
        },
        Some(Effect::Act) if thing.contains(":assumed-role/") => {
            out.insert(thing.to_owned());
            return;
        }
        _ => return,
    };
    if !name.is_empty() && !name.starts_with("arn:") {
        out.insert(format!("arn:aws:iam::{account}:{word}/{name}"));
    }
}
