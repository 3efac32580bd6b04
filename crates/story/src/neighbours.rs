//! Who else came from a suspect's addresses. It must never accuse anybody for that: an address is
//! shared by a person's names, by a network, or by all whom anonymised logs made alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::Kind;
use crate::agent;
use crate::principal::{plain, short};
use crate::scene::Scene;
use crate::suspects::Profile;
use crate::words::{counted, listed};

/// Neighbours told one by one.
const TOLD: usize = 3;

/// One sentence for each other principal on the addresses of suspects.
pub(crate) fn sentences(scene: &Scene<'_>, profiles: &[Profile<'_>]) -> Vec<String> {
    let listed_names: BTreeSet<&str> =
        profiles.iter().filter(|p| p.listed()).map(|p| p.name).collect();
    let addresses: BTreeSet<&str> = profiles
        .iter()
        .filter(|p| p.listed() && p.actor.kind != Kind::Anonymous)
        .flat_map(|p| p.actor.addresses.iter())
        .filter(|address| !agent::is_service_address(address))
        .collect();
    let mut shared: BTreeMap<&str, (Vec<&str>, u64)> = BTreeMap::new();
    for (name, actor) in scene.actors() {
        if listed_names.contains(name) || scene.is_service(name) {
            continue;
        }
        let mut same: Vec<&str> =
            actor.addresses.iter().filter(|address| addresses.contains(address)).collect();
        same.sort_unstable();
        if !same.is_empty() {
            shared.insert(name, (same, actor.events));
        }
    }
    let more = shared.len().saturating_sub(TOLD);
    let mut out: Vec<String> = shared
        .into_iter()
        .take(TOLD)
        .map(|(name, (same, events))| {
            let same = listed(same, 2);
            if scene.kind_of(name) == Kind::Anonymous {
                let calls = counted(events, "anonymous call");
                return format!("{calls} in all, some from a suspect's address {same}");
            }
            format!(
                "{} used the same address {same}: same person, same network, or anonymised logs: unknown",
                plain(&short(name))
            )
        })
        .collect();
    if more > 0 {
        out.push(format!("{more} more principals used the same addresses"));
    }
    out
}
