//! How far it reaches: accounts, regions, principals and resources of the suspects' calls.

use std::collections::BTreeSet;

use crashcart_model::{BlastRadius, LogText, Outcome};

use crate::blind_spots::LeftOut;
use crate::knowledge::{Effect, plain_name};
use crate::principal;
use crate::scene::Scene;
use crate::suspects::Profile;
use crate::target::{self, MORE};

/// Everything that suspects touched with success, one name each; among the accounts also those
/// that were let in.
pub(crate) fn blast_radius(
    scene: &Scene<'_>,
    profiles: &[Profile<'_>],
    left_out: &mut LeftOut,
) -> BlastRadius {
    let mut accounts: BTreeSet<&str> = BTreeSet::new();
    let mut regions: BTreeSet<&str> = BTreeSet::new();
    let mut tried: BTreeSet<&str> = BTreeSet::new();
    let mut global: BTreeSet<&str> = BTreeSet::new();
    let mut principals: BTreeSet<String> = BTreeSet::new();
    let mut resources: BTreeSet<&str> = BTreeSet::new();
    for profile in profiles.iter().filter(|profile| profile.listed()) {
        accounts.extend(profile.actor.accounts.iter());
        accounts.extend(profile.actor.recipients.iter());
        let served = &profile.actor.served;
        let told = served.told().map(|region| (region, served.is_reached(region)));
        for (region, reached) in profile.actor.used_regions().chain(told) {
            if reached { &mut regions } else { &mut tried }.insert(region);
        }
        global.extend(served.global());
        principals.insert(profile.name.to_owned());
        principals.extend(scene.sessions_of(profile.name).map(str::to_owned));
        for entry in scene.entries_of(profile.name) {
            let parts = &entry.parts;
            if entry.done() && matches!(entry.effect(), Some(Effect::Make(_))) {
                accounts.extend(principal::accounts_in(parts.detail));
            }
            // Who lists a bucket's objects has looked into that bucket.
            let listed = target::lists_bucket(parts.service, plain_name(parts.name));
            let told = entry.matters() || listed;
            if parts.outcome != Outcome::Done || !told || parts.automation {
                continue;
            }
            if matches!(parts.service, "iam" | "sts") {
                changed(parts.account, parts.thing, parts.owner, entry.effect(), &mut principals);
            } else {
                for name in [parts.thing, parts.owner].into_iter().flat_map(|t| t.split(", ")) {
                    match name {
                        "" => {}
                        MORE => left_out.unnamed = true,
                        name => drop(resources.insert(name)),
                    }
                }
            }
        }
    }
    tried.retain(|region| !regions.contains(region));
    let mut cut = |list, set: Vec<LogText>| left_out.cut(list, set);
    let texts = |set: BTreeSet<&str>| set.into_iter().map(LogText::from).collect();
    BlastRadius {
        accounts: cut("accounts in reach", texts(accounts)),
        regions: cut("regions in reach", texts(regions)),
        regions_tried: cut("regions only tried", texts(tried)),
        global_services: texts(global),
        principals: cut("principals in reach", principals.into_iter().map(LogText::new).collect()),
        resources: cut("resources in reach", texts(resources)),
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
        _ => return,
    };
    if !name.is_empty() && !name.starts_with("arn:") {
        out.insert(format!("arn:aws:iam::{account}:{word}/{name}"));
    }
}
