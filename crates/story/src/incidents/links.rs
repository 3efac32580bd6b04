//! What ties two suspects together: a session one asked for, a key or user one made, one
//! address and one tool in the same hours, or an address that is new for both. It must never tie people together for an address
//! alone: an office, a provider and anonymised logs make one address of many people.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::Timestamp;

use super::new_address;
use crate::actor::Kind;
use crate::earliest::sortable;
use crate::key::Parts;
use crate::knowledge::Effect;
use crate::principal::{self, plain, short};
use crate::scene::{Entry, Scene};
use crate::suspects::{PLAUSIBLE, Profile};
use crate::{agent, network, workload};

const HOUR: i64 = 3_600_000;
/// Calls so far apart, in milliseconds, are not of the same hours.
const SAME_HOURS: i64 = HOUR;
/// Who worked from an address so long before its first suspicious call, in milliseconds, is at
/// home there.
const AT_HOME: i64 = 6 * HOUR;
/// Days of work from one address that make it a home where no call is suspicious by itself.
const HOME_DAYS: usize = 3;
/// An address of so many people is a network.
pub(super) const CROWD: usize = 5;
/// Sessions that asked for sessions are followed so far.
const CHAIN: usize = 8;

/// Stands for any tool: of a workload's credentials the tool is the thief's.
const ANY: &str = "";

/// Two suspects, by number, that belong together.
pub(crate) struct Link {
    pub(crate) one: usize,
    pub(crate) two: usize,
    pub(crate) because: String,
}

/// All that ties these suspects together, each pair once for each reason.
pub(crate) fn links<'f>(scene: &Scene<'f>, suspects: &[&Profile<'f>]) -> Vec<Link> {
    let numbers: BTreeMap<&str, usize> =
        suspects.iter().enumerate().map(|(number, profile)| (profile.name, number)).collect();
    let mut links = asked_for(scene, suspects, &numbers);
    links.extend(made(scene, suspects, &numbers));
    links.extend(same_address(scene, suspects));
    links.extend(new_address::links(scene, suspects, &numbers));
    links
}

/// Sessions that suspects asked for, also by way of other sessions.
fn asked_for(
    scene: &Scene<'_>,
    suspects: &[&Profile<'_>],
    numbers: &BTreeMap<&str, usize>,
) -> Vec<Link> {
    let mut links = Vec::new();
    for (two, profile) in suspects.iter().enumerate() {
        let mut known: BTreeSet<&str> = BTreeSet::from([profile.name]);
        let mut near: BTreeSet<&str> = known.clone();
        for depth in 0..CHAIN {
            let mut next: BTreeSet<&str> = BTreeSet::new();
            for name in &near {
                let Some(issued) = scene.facts.sessions.get(*name) else { continue };
                let by = issued.by.iter().filter(|by| scene.is_strange(by, issued));
                next.extend(by.filter(|by| !known.contains(by)));
            }
            for by in &next {
                if let Some(one) = numbers.get(by) {
                    let (session, by) = (short(profile.name), short(by));
                    let way = if depth == 0 { "" } else { ", by way of other sessions" };
                    let because = format!("{session}: its session was asked for by {by}{way}");
                    links.push(Link { one: *one, two, because });
                }
            }
            known.extend(&next);
            near = next;
        }
    }
    links
}

/// Principals that suspects made, or gave a key or a way to sign in.
fn made<'f>(
    scene: &Scene<'f>,
    suspects: &[&Profile<'f>],
    numbers: &BTreeMap<&str, usize>,
) -> Vec<Link> {
    let mut links = Vec::new();
    let known = Known::new(suspects);
    for entry in scene.entries.iter().filter(|entry| entry.done()) {
        let (Some(one), Some(Effect::Make(kind))) =
            (numbers.get(entry.parts.actor), entry.effect())
        else {
            continue;
        };
        // An administrator makes what others misuse later: the maker is suspect itself.
        let Some(maker) = suspects.get(*one).filter(|maker| maker.score >= PLAUSIBLE) else {
            continue;
        };
        for two in known.by(kind, &entry.parts).iter().filter(|two| *two != one) {
            // What a tool made under one's name is one's own only where one is at hand.
            if let Some(profile) = suspects.get(*two)
                && let Some(how) = lives_on(scene, entry, kind, profile)
                && (!entry.parts.automation || share_address(maker, profile))
            {
                let (who, by) = (short(profile.name), short(entry.parts.actor));
                let because = format!("{who}: {how} {by}");
                links.push(Link { one: *one, two: *two, because });
            }
        }
    }
    links
}

/// Suspects, by number, by what they may live on.
struct Known<'f> {
    by_key: BTreeMap<&'f str, Vec<usize>>,
    /// By account and the user's or the role's name.
    by_user: BTreeMap<(&'f str, &'f str), Vec<usize>>,
    by_role: BTreeMap<(&'f str, &'f str), Vec<usize>>,
}

impl<'f> Known<'f> {
    fn new(suspects: &[&Profile<'f>]) -> Self {
        let (by_key, by_user, by_role) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut known = Self { by_key, by_user, by_role };
        for (number, profile) in suspects.iter().enumerate() {
            for key in profile.actor.keys.iter() {
                known.by_key.entry(key).or_default().push(number);
            }
            let Some(account) = principal::account(profile.name) else { continue };
            if let Some(user) = principal::user(profile.name) {
                known.by_user.entry((account, user)).or_default().push(number);
            }
            if let Some((role, _)) = principal::session(profile.name) {
                known.by_role.entry((account, role)).or_default().push(number);
            }
        }
        known
    }

    /// Those who may live on what a call made.
    fn by(&self, kind: &str, parts: &Parts<'f>) -> &[usize] {
        let name = (parts.account, principal::bare(parts.thing));
        let numbers = match kind {
            "access key" => self.by_key.get(parts.thing),
            "IAM user" | "login profile" => self.by_user.get(&name),
            "IAM role" | "trust policy" => self.by_role.get(&name),
            _ => None,
        };
        numbers.map(Vec::as_slice).unwrap_or_default()
    }
}

fn share_address(one: &Profile<'_>, two: &Profile<'_>) -> bool {
    let real = |address: &&str| !agent::is_service_address(address);
    one.actor.addresses.iter().filter(real).any(|address| two.actor.addresses.contains(address))
}

/// How one of [`Known::by`] lives on what an entry made; none where it does not.
fn lives_on(
    scene: &Scene<'_>,
    entry: &Entry<'_>,
    kind: &str,
    profile: &Profile<'_>,
) -> Option<&'static str> {
    let used = profile.actor.last >= entry.item.first;
    match kind {
        "access key" => Some("used a key that was made by"),
        "IAM user" => Some("was made by"),
        "login profile" if signed_in(scene, profile.name, entry.item.first) => {
            Some("signed in after a password was set by")
        }
        "IAM role" if used => Some("its role was made by"),
        "trust policy" if used && workload::what(scene.facts, profile.name).is_none() => {
            Some("who may take on its role was changed by")
        }
        _ => None,
    }
}

fn signed_in(scene: &Scene<'_>, name: &str, since: Option<Timestamp>) -> bool {
    scene
        .entries_of(name)
        .any(|entry| entry.parts.name == "ConsoleLogin" && entry.done() && entry.item.last >= since)
}

/// A stretch of one suspect's work from one address with one tool.
struct Stretch {
    number: usize,
    first: i64,
    last: i64,
}

/// Stretches by address and tool.
type Stretches<'f> = BTreeMap<(&'f str, &'f str), Vec<Stretch>>;

/// Where suspects worked that are not at home there.
fn stretches<'f>(scene: &Scene<'f>, suspects: &[&Profile<'f>]) -> Stretches<'f> {
    let people = workload::people_addresses(scene.facts);
    let is_network = |address: &str| {
        network::is_own(scene.material.environment, address)
            || people.get(address).is_some_and(|people| people.len() >= CROWD)
    };
    let mut stretches = Stretches::new();
    for (number, profile) in suspects.iter().enumerate() {
        let Some(actor) = scene.facts.actors.get(profile.name) else { continue };
        if matches!(actor.kind, Kind::Anonymous | Kind::Account) {
            continue;
        }
        let split = scene.split(profile.name);
        let ways = actor.ways.known().iter();
        for worked in ways.filter(|w| split.is_none_or(|split| !split.is_usual(w.way()))) {
            let address = &*worked.address;
            let (Some(first), Some(last)) = (worked.first, worked.last) else { continue };
            if agent::is_service_address(address)
                || is_network(address)
                || is_at_home(scene, profile.name, address)
            {
                continue;
            }
            let tools = worked.agents.iter().filter(|tool| !agent::Class::of(tool).automation);
            for tool in tools.chain([ANY]) {
                let (first, last) = (first.millis(), last.millis());
                stretches.entry((address, tool)).or_default().push(Stretch { number, first, last });
            }
        }
    }
    stretches
}

/// Suspects that worked from one address with the very same tool in the same hours; where one of
/// them holds a workload's credentials, with any tool.
fn same_address(scene: &Scene<'_>, suspects: &[&Profile<'_>]) -> Vec<Link> {
    let workloads: BTreeSet<usize> = (0..)
        .zip(suspects)
        .filter(|(_, profile)| workload::what(scene.facts, profile.name).is_some())
        .map(|(number, _)| number)
        .collect();
    let is_workload = |stretch: &Stretch| workloads.contains(&stretch.number);
    let mut links = Vec::new();
    for ((address, tool), mut stretches) in stretches(scene, suspects) {
        stretches.sort_by_key(|stretch| (stretch.first, stretch.last, stretch.number));
        // Each is tied to the one before that lasted longest: who overlaps at all is tied.
        let mut before: Option<&Stretch> = None;
        for stretch in &stretches {
            if let Some(before) = before
                && before.number != stretch.number
                && stretch.first <= before.last.saturating_add(SAME_HOURS)
                && (tool != ANY || is_workload(before) != is_workload(stretch))
            {
                let who = |one: &Stretch| suspects.get(one.number).map_or("", |p| p.name);
                links.push(Link {
                    one: before.number,
                    two: stretch.number,
                    because: in_words((who(before), who(stretch)), address, tool),
                });
            }
            if before.is_none_or(|before| before.last <= stretch.last) {
                before = Some(stretch);
            }
        }
    }
    links
}

fn in_words((one, two): (&str, &str), address: &str, tool: &str) -> String {
    let with = match tool {
        ANY => ", a workload's credentials among them,".to_owned(),
        tool => format!(" with {}", plain(&agent::tool(tool))),
    };
    let (one, two, address) = (short(one), short(two), plain(address));
    format!("{one} and {two} worked from {address}{with} in the same hours")
}

/// Whether a principal worked from an address before anything suspicious was seen of it, or day
/// after day: then the address says where it works, and not with whom.
fn is_at_home(scene: &Scene<'_>, name: &str, address: &str) -> bool {
    let Some(actor) = scene.facts.actors.get(name) else { return false };
    let split = scene.split(name);
    if split.is_some_and(|split| split.is_usual_address(address)) {
        return true;
    }
    let here = || actor.ways.known().iter().filter(|worked| *worked.address == *address);
    match split.and_then(|split| split.since) {
        Some(since) => {
            here().any(|worked| sortable(worked.first) <= since.millis().saturating_sub(AT_HOME))
        }
        None => {
            let days: BTreeSet<i64> = here().flat_map(|w| w.days.iter().copied()).collect();
            days.len() >= HOME_DAYS
        }
    }
}
