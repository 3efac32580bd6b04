//! Credentials that AWS gave to a machine or a function, in other hands.
//!
//! A workload's session is told by its name (an instance's id) or by the service that asked for
//! it. It must never be called stolen for being unknown: a sign is needed, and the sign is named.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::{Actor, Kind};
use crate::facts::Facts;
use crate::reasons::Reasons;
use crate::scene::{Entry, Scene};
use crate::suspects::changes_or_reads;
use crate::{agent, principal};

/// What [`what`] calls the sessions of functions.
pub(crate) const FUNCTION: &str = "a Lambda function";

/// Addresses from which people worked by hand, with the people. A person is an IAM user, root or
/// a federated user; sessions of roles may be machines. The baseline's people are among them.
pub(crate) fn people_addresses(facts: &Facts) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut addresses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, actor) in &facts.actors {
        if !matches!(actor.kind, Kind::User | Kind::Root | Kind::Federated) {
            continue;
        }
        for address in actor.addresses.iter().filter(|text| !agent::is_service_address(text)) {
            addresses.entry(address).or_default().insert(name);
        }
    }
    for (address, name) in facts.history.ways().people() {
        addresses.entry(address).or_default().insert(name);
    }
    addresses
}

/// What the session belongs to, in words; none for a session that a person asked for.
pub(crate) fn what(facts: &Facts, name: &str) -> Option<String> {
    let (_, session) = principal::session(name)?;
    if principal::is_instance(session) {
        return Some(format!("instance {session}"));
    }
    let issued = facts.sessions.get(name)?;
    let mut services: Vec<&str> =
        issued.by.iter().filter(|by| by.ends_with(".amazonaws.com")).collect();
    services.sort_unstable();
    let service = services.first()?;
    Some(match *service {
        "ec2.amazonaws.com" => "an EC2 instance".to_owned(),
        "lambda.amazonaws.com" => FUNCTION.to_owned(),
        "ecs-tasks.amazonaws.com" => "a container task".to_owned(),
        other => format!("a workload of {other}"),
    })
}

/// Points for a workload's credentials used by somebody else.
pub(crate) fn points<'f>(
    scene: &Scene<'f>,
    name: &str,
    actor: &Actor,
    people: &BTreeMap<&'f str, BTreeSet<&'f str>>,
    because: &mut Reasons,
) -> u32 {
    let Some(what) = what(scene.facts, name) else { return 0 };
    let desktop: Vec<&str> =
        actor.agents.by_time().into_iter().filter(|agent| agent::is_desktop(agent)).collect();
    if !desktop.is_empty() && actor.hands.len() > 0 {
        because.add(
            50,
            format!("credentials of {what} were used from a person's machine, by its user agent"),
        );
        return 50 + with_effect(scene, name, (&what, because));
    }
    let real: Vec<&str> =
        actor.addresses.iter().filter(|text| !agent::is_service_address(text)).collect();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for address in &real {
        others.extend(people.get(address).into_iter().flatten().copied());
    }
    // Its own address may have been set apart with its own calls.
    let apart = scene.split(name).is_some_and(|split| !split.left.is_empty());
    if (real.len() >= 2 || apart) && !others.is_empty() {
        let others: Vec<String> = others.iter().take(3).map(|who| principal::short(who)).collect();
        because.add(
            45,
            format!(
                "credentials of {what} were used from an address that is {}'s, besides its own",
                others.join("'s, ")
            ),
        );
        return 45 + with_effect(scene, name, (&what, because));
    }
    0
}

/// More where something was read or changed with them.
fn with_effect(scene: &Scene<'_>, name: &str, (what, because): (&str, &mut Reasons)) -> u32 {
    let used = |entry: &&Entry<'_>| changes_or_reads(entry) && entry.call.is_some();
    let Some(entry) = scene.entries_of(name).find(used) else { return 0 };
    let call = principal::plain(entry.what().raw());
    because.add(10, format!("credentials of {what} served to call {call}"));
    10
}
