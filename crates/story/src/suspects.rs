//! Who may have done it: each principal scored from 0 to 100, with the reasons in words.
//!
//! Two sums make the score. *What it did* (rules by level, ways back in, logging, sharing, data,
//! destruction) is capped at 55, or 70 where a critical rule fired on something done: an
//! administrator does such things too. *How it did it* comes on top: weak signs (no MFA, many
//! addresses, wide looking around) count 12 together at most; strong ones (an attack tool, a
//! workload's credentials in other hands, a burst of denials, a chain of tactics that ordinary work
//! does not have) count in full. So no amount of administration alone reaches 70, the bar of
//! `act_now`, which also needs a successful change or access that a rule at high or above cites.
//! What the responder asked about is listed whatever its score, and scores nothing for the
//! question. Principals of the environment's lists are never
//! accused here, and AWS services are no suspects.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Environment, Level, LogText, Suspect};

use crate::actor::{Actor, Kind};
use crate::knowledge::Effect;
use crate::reasons::Reasons;
use crate::removal::Removals;
use crate::scene::{Entry, Scene};
use crate::words::{counted, listed};
use crate::{agent, deeds, firsts, principal, signs, workload};

/// From here on a principal is listed.
pub(crate) const LISTED: u32 = 20;
/// From here on it is worth considering to cut it off.
pub(crate) const PLAUSIBLE: u32 = 40;
/// From here on, with proof of something done, it is cut off now.
pub(crate) const ACT_NOW: u32 = 70;

/// The least score of whoever lives on what a suspect beyond doubt made.
const HEIR: u32 = 50;

/// A principal and what the score says about it.
pub(crate) struct Profile<'f> {
    pub(crate) name: &'f str,
    pub(crate) actor: &'f Actor,
    pub(crate) score: u32,
    /// The score that it would have had nobody asked about anything.
    pub(crate) merit: u32,
    pub(crate) act_now: bool,
    pub(crate) pivot: bool,
    /// A successful change or data access is among what it did.
    pub(crate) did_something: bool,
    pub(crate) because: Reasons,
    /// It is suspect only for a key that a suspect made for it: the key is to be cut, not it.
    pub(crate) only_key: Option<MadeKey<'f>>,
    /// What the environment names it as: it is confirmed before anything is done to it.
    pub(crate) known: Option<&'static str>,
    /// It was deleted after its last use: there is nothing left to cut off.
    pub(crate) gone: bool,
}

/// A key that a suspect made for somebody else.
#[derive(Clone, Copy)]
pub(crate) struct MadeKey<'f> {
    pub(crate) key: &'f str,
    pub(crate) by: &'f str,
    /// Whoever made it is to be cut off now.
    pub(crate) certain: bool,
}

impl Profile<'_> {
    pub(crate) fn listed(&self) -> bool {
        self.score >= LISTED || self.pivot
    }

    /// The tools that it used, with their versions, earliest first.
    pub(crate) fn tools(&self) -> Vec<String> {
        let mut tools: Vec<String> = Vec::new();
        for agent in self.actor.agents.by_time() {
            let tool = agent::tool(agent);
            if !tool.is_empty() && !tools.contains(&tool) {
                tools.push(tool);
            }
        }
        tools
    }

    /// The lists of a suspect of which only the earliest are known.
    pub(crate) fn incomplete(&self) -> Vec<&'static str> {
        let lists = [
            ("access_keys", self.actor.keys.is_full()),
            ("addresses", self.actor.addresses.is_full()),
            ("user_agents", self.actor.agents.is_full()),
        ];
        lists.into_iter().filter(|(_, full)| *full).map(|(list, _)| list).collect()
    }

    /// As the document shows it.
    pub(crate) fn suspect(&self) -> Suspect {
        let real = |text: &&str| !agent::is_service_address(text);
        let mut addresses: Vec<LogText> =
            self.actor.addresses.iter().filter(real).map(LogText::from).collect();
        addresses.sort();
        let mut access_keys = self.actor.keys.sorted();
        // Those that last first.
        access_keys.sort_by_key(|key| !key.raw().starts_with("AKIA"));
        Suspect {
            principal: LogText::from(self.name),
            access_keys,
            addresses,
            user_agents: self.tools().into_iter().map(LogText::new).collect(),
            score: self.score,
            only_asked: self.score < LISTED,
            act_now: self.act_now,
            cut_off_at: None,
            incomplete: self.incomplete().into_iter().map(str::to_owned).collect(),
            because: self.because.iter().map(str::to_owned).collect(),
        }
    }
}

/// Why the environment keeps a principal from being accused.
pub(crate) fn known_as(environment: &Environment, name: &str) -> Option<&'static str> {
    let named = |list: &[String]| Environment::names(list, name);
    if named(&environment.responders) {
        Some("a known responder")
    } else if named(&environment.break_glass) {
        Some("a break-glass principal")
    } else if named(&environment.infrastructure_as_code) {
        Some("known infrastructure as code")
    } else {
        None
    }
}

/// All principals that may be accused, worst first.
pub(crate) fn profiles<'f>(scene: &Scene<'f>) -> Vec<Profile<'f>> {
    let people = workload::people_addresses(scene.facts);
    let mut profiles: Vec<Profile<'f>> = scene
        .actors()
        .into_iter()
        .filter(|(name, _)| !scene.is_service(name))
        .filter(|(name, actor)| {
            // A key that was asked about is told about whoever it belongs to.
            known_as(scene.material.environment, name).is_none() || is_asked(scene, actor)
        })
        .map(|(name, actor)| profile(scene, name, actor, &people))
        .collect();
    inherit(scene, &mut profiles);
    profiles.sort_by(|one, two| two.score.cmp(&one.score).then_with(|| one.name.cmp(two.name)));
    profiles
}

/// Whether the responder asked about a key of the principal's.
fn is_asked(scene: &Scene<'_>, actor: &Actor) -> bool {
    scene.material.pivot.keys.iter().any(|key| actor.keys.contains(key))
}

fn profile<'f>(
    scene: &Scene<'f>,
    name: &'f str,
    actor: &'f Actor,
    people: &BTreeMap<&'f str, BTreeSet<&'f str>>,
) -> Profile<'f> {
    let mut because = Reasons::default();
    let (rules, critical) = deeds::rules(scene, name, actor, &mut because);
    let did =
        (rules + deeds::points(scene, name, &mut because)).min(if critical { 70 } else { 55 });
    let weak = signs::weak(scene, name, actor, &mut because).min(12);
    let strong = signs::strong(scene, name, actor, &mut because)
        + workload::points(scene, name, actor, people, &mut because)
        + firsts::points(scene, name, &mut because);
    let pivot = scene.pivots.contains(name);
    let score = (did + weak + strong).min(100);
    let known = known_as(scene.material.environment, name);
    if let Some(known) = known {
        because
            .add(0, format!("the environment names it as {known}: confirm with its owner first"));
    }
    if pivot {
        because.lead(0, "the responder asked about it");
    }
    if let Some(text) = usual_work(scene, name) {
        because.add(0, text);
    }
    let merit = score;
    let proof = scene.entries_of(name).any(|entry| proves(entry, Level::High));
    let did_something = scene.entries_of(name).any(|entry| changes_or_reads(entry));
    let act_now = score >= ACT_NOW && known.is_none() && proof && actor.kind != Kind::Anonymous;
    let only_key = None;
    let gone = false;
    Profile {
        name,
        actor,
        score,
        merit,
        act_now,
        pivot,
        did_something,
        because,
        only_key,
        known,
        gone,
    }
}

/// What was left out as its usual work, with where it came from.
pub(crate) fn usual_work(scene: &Scene<'_>, name: &str) -> Option<String> {
    let split = scene.split(name).filter(|split| !split.left.is_empty())?;
    let ways: BTreeSet<String> = split
        .left
        .iter()
        .map(|worked| match &*worked.address {
            "" => format!("AWS services ({})", worked.tool),
            address => format!("{} ({})", principal::plain(address), worked.tool),
        })
        .collect();
    let ways = listed(ways.iter().map(String::as_str), 3);
    let what = if split.workload { "the workload's own calls" } else { "usual work" };
    if split.calls() == 0 {
        return Some(format!("{what} is in the baseline only, from {ways}"));
    }
    Some(format!("{what} left out: {} from {ways}", counted(split.calls(), "call")))
}

/// A successful change or data access, by hand.
pub(crate) fn changes_or_reads(entry: &Entry<'_>) -> bool {
    entry.done()
        && !entry.parts.automation
        && (matches!(
            entry.effect(),
            Some(
                Effect::Make(_)
                    | Effect::Change(_)
                    | Effect::Replace(..)
                    | Effect::Read(_)
                    | Effect::Remove(_)
            )
        ) || matches!(entry.effect(), Some(Effect::Act | Effect::Open))
            && !entry.parts.read_only)
}

pub(crate) fn proves(entry: &Entry<'_>, level: Level) -> bool {
    changes_or_reads(entry) && entry.cited(level)
}

/// Whoever lives on what a suspect made is suspect too: a session it asked for, a key or a user it
/// made. One step only: who is suspect by this alone passes nothing on, but for the sessions that
/// a session of somebody beyond doubt asked for; see [`chain`].
fn inherit<'f>(scene: &Scene<'f>, profiles: &mut [Profile<'f>]) {
    let worst: BTreeMap<&str, u32> =
        profiles.iter().filter(|p| p.score >= PLAUSIBLE).map(|p| (p.name, p.score)).collect();
    let made = made_by(scene, &worst);
    let certain: BTreeSet<&str> =
        profiles.iter().filter(|p| p.act_now).map(|profile| profile.name).collect();
    let asked_alone: BTreeSet<&str> =
        profiles.iter().filter(|p| p.merit < PLAUSIBLE).map(|profile| profile.name).collect();
    let mut heirs: BTreeMap<&str, u32> = BTreeMap::new();
    for profile in profiles.iter_mut() {
        let Some((by, how)) = heritage(scene, &worst, &made, profile) else { continue };
        if certain.contains(by) && how == ASKED {
            heirs.insert(profile.name, profile.score);
        }
        if profile.score < PLAUSIBLE {
            profile.only_key = only_key(scene, &made, profile).map(|key| MadeKey {
                key,
                by,
                certain: certain.contains(by),
            });
        }
        let least = match (certain.contains(by), profile.did_something) {
            (true, true) => ACT_NOW,
            (true, false) => HEIR,
            (false, _) => 0,
        };
        profile.score = (profile.score + LISTED).min(100).max(least);
        if !asked_alone.contains(by) {
            profile.merit = (profile.merit + LISTED).min(100).max(least);
        }
        profile.because.add(LISTED, format!("{how} {}", principal::short(by)));
        let proof = scene.entries_of(profile.name).any(|entry| proves(entry, Level::High));
        profile.act_now |=
            profile.known.is_none() && profile.score >= ACT_NOW && (proof || least == ACT_NOW);
    }
    heirs.retain(|name, _| !worst.contains_key(name));
    chain(scene, profiles, (worst, heirs));
}

/// Sessions that the sessions of somebody beyond doubt asked for, whatever their number: role
/// chaining changes the name, not the hand. Whoever was suspect before is judged already.
fn chain<'f>(
    scene: &Scene<'f>,
    profiles: &mut [Profile<'f>],
    (mut judged, mut heirs): (BTreeMap<&'f str, u32>, BTreeMap<&'f str, u32>),
) {
    let none = BTreeMap::new();
    let by_merit = profiles.iter().filter(|profile| profile.merit >= LISTED);
    let mut earned: BTreeSet<&str> = by_merit.map(|profile| profile.name).collect();
    let numbers: BTreeMap<&str, usize> =
        profiles.iter().enumerate().map(|(number, profile)| (profile.name, number)).collect();
    while !heirs.is_empty() {
        judged.extend(&heirs);
        let mut next = BTreeMap::new();
        let sessions: BTreeSet<&str> =
            heirs.keys().flat_map(|heir| scene.sessions_of(heir)).collect();
        for session in sessions.iter().filter(|session| !judged.contains_key(*session)) {
            let Some(profile) = numbers.get(session).and_then(|at| profiles.get_mut(*at)) else {
                continue;
            };
            let Some((by, how)) = heritage(scene, &heirs, &none, profile) else { continue };
            next.insert(profile.name, profile.score);
            let least = if profile.did_something { ACT_NOW } else { HEIR };
            profile.score = (profile.score + LISTED).min(100).max(least);
            if earned.contains(by) {
                profile.merit = (profile.merit + LISTED).min(100).max(least);
                earned.insert(profile.name);
            }
            profile.because.add(LISTED, format!("{how} {}", principal::short(by)));
            profile.act_now |= profile.known.is_none() && profile.did_something;
        }
        heirs = next;
    }
}

/// Keys and users that suspects made by hand, with who made them.
fn made_by<'f>(
    scene: &Scene<'f>,
    worst: &BTreeMap<&'f str, u32>,
) -> BTreeMap<(&'static str, &'f str), &'f str> {
    let mut made = BTreeMap::new();
    for entry in scene.entries.iter().filter(|entry| entry.done() && !entry.parts.automation) {
        if let Some(Effect::Make(kind @ ("access key" | "IAM user"))) = entry.effect()
            && worst.contains_key(entry.parts.actor)
        {
            made.entry((kind, entry.parts.thing)).or_insert(entry.parts.actor);
        }
    }
    made
}

/// The key that a suspect made, where nothing else was used and no session was asked for with it.
fn only_key<'f>(
    scene: &Scene<'f>,
    made: &BTreeMap<(&'static str, &'f str), &'f str>,
    profile: &Profile<'f>,
) -> Option<&'f str> {
    let [key] = profile.actor.keys.by_time()[..] else { return None };
    let asked = scene.sessions_of(profile.name).next().is_some();
    (made.contains_key(&("access key", key)) && !asked).then_some(key)
}

const ASKED: &str = "its session was asked for by";

/// By whom a principal lives, and how.
fn heritage<'f>(
    scene: &Scene<'f>,
    worst: &BTreeMap<&'f str, u32>,
    made: &BTreeMap<(&'static str, &'f str), &'f str>,
    profile: &Profile<'f>,
) -> Option<(&'f str, &'static str)> {
    let issued = scene.facts.sessions.get(profile.name);
    // What somebody asked for in its usual work is not the intruder's.
    let mut by: Vec<&str> = issued
        .into_iter()
        .flat_map(|issued| issued.by.iter().filter(|by| scene.is_strange(by, issued)))
        .collect();
    by.sort_unstable();
    if let Some((by, _)) = by.iter().find_map(|by| worst.get_key_value(by)) {
        return Some((by, ASKED));
    }
    let key =
        profile.actor.keys.by_time().into_iter().find_map(|key| made.get(&("access key", key)));
    let user = || made.get(&("IAM user", principal::user(profile.name)?));
    let found = match key {
        Some(by) => (*by, "it used a key that was made by"),
        None => (*user()?, "it was made by"),
    };
    (found.0 != profile.name).then_some(found)
}

/// Notes which principals were deleted, by whom and when.
pub(crate) fn mark_gone<'f>(removals: &Removals<'f>, profiles: &mut [Profile<'f>]) {
    for profile in profiles.iter_mut().filter(|profile| profile.listed()) {
        let Some(call) = removals.of_principal(profile.name, profile.actor.last) else {
            continue;
        };
        let at = call.item.last.map(|at| at.to_string()).unwrap_or_default();
        let by = principal::short(call.parts.actor);
        profile
            .because
            .add(0, format!("it was deleted by {by} at {at}: nothing is left to cut off"));
        profile.gone = true;
        profile.act_now = false;
    }
}
