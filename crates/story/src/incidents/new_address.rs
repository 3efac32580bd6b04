//! Suspects that came from one address at nearly the same time, which was new for each of them and
//! where nobody had worked: one intruder with several keys changes tools, not places. It must never
//! tie people together who share a network, nor anybody without a history.

use std::collections::{BTreeMap, BTreeSet};

use super::links::{CROWD, Link};
use crate::principal::{plain, short};
use crate::scene::Scene;
use crate::suspects::Profile;
use crate::{agent, network, workload};

/// First uses so far apart, in milliseconds, are not of the same time.
const TOGETHER: i64 = 3_600_000;

/// Ties between those whose address was new for each, in order of time.
pub(super) fn links(
    scene: &Scene<'_>,
    suspects: &[&Profile<'_>],
    numbers: &BTreeMap<&str, usize>,
) -> Vec<Link> {
    let people = workload::people_addresses(scene.facts);
    let mut arrivals: BTreeMap<&str, BTreeSet<(i64, usize)>> = BTreeMap::new();
    for (address, actor, at) in scene.firsts.new_addresses() {
        let crowd = people.get(address).is_some_and(|people| people.len() >= CROWD);
        let shared = crowd || network::is_own(scene.material.environment, address);
        if let Some(number) = numbers.get(actor)
            && !shared
            && !agent::is_service_address(address)
        {
            arrivals.entry(address).or_default().insert((at, *number));
        }
    }
    let mut links = Vec::new();
    let who = |number: usize| suspects.get(number).map(|p| short(p.name)).unwrap_or_default();
    for (address, arrivals) in arrivals {
        for ((before, one), (at, two)) in arrivals.iter().zip(arrivals.iter().skip(1)) {
            if at - before <= TOGETHER && one != two {
                let because = format!(
                    "{} and {} came from {} within an hour of each other, an address that was new for both",
                    who(*one),
                    who(*two),
                    plain(address)
                );
                links.push(Link { one: *one, two: *two, because });
            }
        }
    }
    links
}
