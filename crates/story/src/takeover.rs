//! The chains of suspects: a session that a thief's key asked for is the thief's, and so is the
//! next one. It must never take in what a suspect's usual work asked for, nor other sessions of
//! the same role.

use std::collections::BTreeSet;

use crate::scene::Scene;
use crate::sessions::{Asked, Chains, Told};
use crate::suspects::Profile;

/// The chains of suspects and of the keys that the responder asked about.
pub(crate) fn sessions(scene: &Scene<'_>, profiles: &[Profile<'_>]) -> Told {
    let chains = Chains::new(&scene.facts.keys, scene.material.evidence);
    let mut starts: BTreeSet<&str> = profiles
        .iter()
        .filter(|profile| profile.listed())
        .flat_map(|profile| profile.actor.keys.iter())
        .collect();
    starts.extend(scene.material.pivot.keys.iter().map(String::as_str));
    let follows = |by: &str, address: &str| {
        let split = scene.split(by).filter(|split| !split.left.is_empty());
        split.is_none_or(|split| address.is_empty() || !split.is_usual_address(address))
    };
    chains.tell(&Asked { starts, follows: &follows, suspect: true })
}
