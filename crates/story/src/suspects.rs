//! Who may have done it: each principal scored from 0 to 100, with the reasons in words.
//!
//! Two sums make the score. *What it did* (rules by level, ways back in, logging, sharing, data,
//! destruction) is capped at 55, or 70 where a critical rule fired on something done: an
//! administrator does such things too. *How it did it* comes on top: weak signs (no MFA, many
//! addresses, wide looking around) count 12 together at most; strong ones (an attack tool, a
//! workload's credentials in other hands, a burst of denials, a chain of tactics that ordinary work
//! does not have) count in full. So no amount of administration alone reaches 70, the bar of
//! `act_now`, which also needs a successful change or access that a rule at high or above cites,
//! or a key that the responder asked about. Principals of the environment's lists are never
//! accused here, and AWS services are no suspects.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Environment, Level, LogText, Suspect};

use crate::actor::{Actor, Kind};
use crate::knowledge::{self, Effect};
use crate::scene::{Entry, Scene};
use crate::{agent, principal, workload};

/// From here on a principal is listed.
pub(crate) const LISTED: u32 = 20;
/// From here on it is worth considering to cut it off.
pub(crate) const PLAUSIBLE: u32 = 40;
/// From here on, with proof of something done, it is cut off now.
pub(crate) const ACT_NOW: u32 = 70;

/// A principal and what the score says about it.
pub(crate) struct Profile<'f> {
    pub(crate) name: &'f str,
    pub(crate) actor: &'f Actor,
    pub(crate) score: u32,
    pub(crate) act_now: bool,
    pub(crate) pivot: bool,
    /// A successful change or data access is among what it did.
    pub(crate) did_something: bool,
    pub(crate) because: Vec<String>,
}

impl Profile<'_> {
    pub(crate) fn listed(&self) -> bool {
        self.score >= LISTED || self.pivot
    }

    /// As the document shows it.
    pub(crate) fn suspect(&self) -> Suspect {
        let real = |text: &&str| !agent::is_service_address(text);
        let mut addresses: Vec<LogText> =
            self.actor.addresses.iter().filter(real).map(LogText::from).collect();
        addresses.sort();
        Suspect {
            principal: LogText::from(self.name),
            access_keys: self.actor.keys.sorted(),
            addresses,
            user_agents: self.actor.agents.sorted(),
            score: self.score,
            act_now: self.act_now,
            because: self.because.clone(),
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
    let people = workload::people_addresses(scene);
    let mut profiles: Vec<Profile<'f>> = scene
        .actors()
        .into_iter()
        .filter(|(name, _)| !scene.is_service(name))
        .filter(|(name, _)| known_as(scene.material.environment, name).is_none())
        .map(|(name, actor)| profile(scene, name, actor, &people))
        .collect();
    inherit(scene, &mut profiles);
    profiles.sort_by(|one, two| two.score.cmp(&one.score).then_with(|| one.name.cmp(two.name)));
    profiles
}

fn profile<'f>(
    scene: &Scene<'f>,
    name: &'f str,
    actor: &'f Actor,
    people: &BTreeMap<&'f str, BTreeSet<&'f str>>,
) -> Profile<'f> {
    let mut because = Vec::new();
    let (rules, critical) = rule_points(scene, name, actor, &mut because);
    let did = (rules + deed_points(scene, name, &mut because)).min(if critical { 70 } else { 55 });
    let weak = weak_points(scene, name, actor, &mut because).min(12);
    let strong = strong_points(scene, name, actor, &mut because)
        + workload::points(scene, name, actor, people, &mut because);
    let pivot = scene.pivots.contains(name);
    let mut score = (did + weak + strong).min(100);
    let asked = scene.material.pivot.keys.iter().any(|key| actor.keys.contains(key));
    if pivot {
        because.insert(0, "the responder asked about it".to_owned());
    }
    if asked {
        score = score.max(ACT_NOW);
    }
    let proof = scene.entries_of(name).any(|entry| proves(entry, Level::High));
    let did_something = scene.entries_of(name).any(|entry| changes_or_reads(entry));
    let act_now = score >= ACT_NOW && (proof || asked) && actor.kind != Kind::Anonymous;
    Profile { name, actor, score, act_now, pivot, did_something, because }
}

/// A successful change or data access, by hand.
pub(crate) fn changes_or_reads(entry: &Entry<'_>) -> bool {
    entry.done()
        && !entry.parts.automation
        && (matches!(
            entry.effect(),
            Some(Effect::Make(_) | Effect::Change(_) | Effect::Read(_) | Effect::Remove(_))
        ) || entry.effect() == Some(Effect::Act) && !entry.parts.read_only)
}

fn proves(entry: &Entry<'_>, level: Level) -> bool {
    changes_or_reads(entry) && entry.cited(level)
}

/// Points for rules, and whether a critical one fired on something done.
fn rule_points(
    scene: &Scene<'_>,
    name: &str,
    actor: &Actor,
    because: &mut Vec<String>,
) -> (u32, bool) {
    let mut by_hand: BTreeSet<(Level, String)> = BTreeSet::new();
    let mut automated: BTreeSet<(Level, String)> = BTreeSet::new();
    for (hit, hand) in &actor.rules {
        let title = (scene.material.rules)(hit.rule).title;
        let set = if *hand { &mut by_hand } else { &mut automated };
        set.insert((hit.level, title));
    }
    // A correlation fires on no single event: its finding names the principals.
    for finding in scene.material.findings {
        let here = finding.principals.iter().any(|principal| principal.raw() == name);
        let known = (finding.level, finding.title.clone());
        if here && !by_hand.contains(&known) && !automated.contains(&known) {
            by_hand.insert(known);
        }
    }
    let mut points = 0;
    for (level, first, more, cap) in [
        (Level::Critical, 45, 12, 70),
        (Level::High, 30, 8, 50),
        (Level::Medium, 12, 4, 24),
        (Level::Low, 2, 2, 6),
    ] {
        let titles: Vec<&str> = by_hand
            .iter()
            .filter(|(known, _)| *known == level)
            .map(|(_, title)| title.as_str())
            .collect();
        let Some(rest) = titles.len().checked_sub(1) else { continue };
        points += (first + more * u32::try_from(rest).unwrap_or(u32::MAX).min(20)).min(cap);
        if level >= Level::Medium {
            because.push(rules_in_words(level, &titles));
        }
    }
    let worst = automated.iter().map(|(level, _)| *level).max();
    if worst >= Some(Level::Medium) {
        points += 4;
        because.push(format!(
            "{} rules fired on its infrastructure-as-code runs, which by themselves say little",
            automated.len()
        ));
    }
    let critical = scene.entries_of(name).any(|entry| proves(entry, Level::Critical));
    (points, critical)
}

fn rules_in_words(level: Level, titles: &[&str]) -> String {
    let shown: Vec<&str> = titles.iter().take(4).copied().collect();
    let more = titles.len() - shown.len();
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    let noun = if titles.len() == 1 { "rule" } else { "rules" };
    format!("{} {} {noun} fired: {}{tail}", titles.len(), level.word(), shown.join("; "))
}

/// Points for what was done by hand.
fn deed_points(scene: &Scene<'_>, name: &str, because: &mut Vec<String>) -> u32 {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut read: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut destroyed: BTreeSet<(&str, &str)> = BTreeSet::new();
    let (mut blinded, mut tried, mut shared) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for entry in scene.entries_of(name).filter(|entry| !entry.parts.automation) {
        let Some(call) = entry.call else { continue };
        let blinds = is_watch_change(entry);
        match call.effect() {
            _ if blinds && entry.done() => drop(blinded.insert(call.words())),
            _ if blinds => drop(tried.insert(call.words())),
            _ if !entry.done() => {}
            Effect::Make(kind) if call.tactic() == knowledge::EXFILTRATION => {
                shared.insert(kind);
            }
            Effect::Make(kind) => drop(made.insert(kind)),
            Effect::Read(kind) => {
                read.entry(kind).or_default().extend(entry.parts.thing.split(", "))
            }
            _ if matches!(call.technique(), "T1485" | "T1490" | "T1486") => {
                destroyed.insert((entry.parts.service, entry.parts.thing));
            }
            _ => {}
        }
    }
    let mut points = 0;
    let mut add = |worth: u32, text: String| {
        points += worth;
        because.push(text);
    };
    let count = |set: usize| u32::try_from(set).unwrap_or(u32::MAX);
    if !made.is_empty() {
        add((count(made.len()) * 6).min(18), format!("made ways back in: {}", list(&made)));
    }
    if !blinded.is_empty() {
        add(12, format!("touched what watches the account: {}", list(&blinded)));
    } else if !tried.is_empty() {
        add(6, format!("tried to touch what watches the account: {} (not done)", list(&tried)));
    }
    if !shared.is_empty() {
        add(12, format!("opened data to others: {}", list(&shared)));
    }
    if !destroyed.is_empty() {
        let worth = if destroyed.len() >= 5 { 12 } else { 4 };
        add(worth, format!("deleted {} resources", destroyed.len()));
    }
    let jewels = &scene.material.environment.crown_jewel_buckets;
    let objects = read.get("object").into_iter().flatten();
    let jewels: BTreeSet<&str> =
        objects.copied().filter(|bucket| jewels.iter().any(|jewel| jewel == bucket)).collect();
    if !jewels.is_empty() {
        add(8, format!("read from crown-jewel buckets: {}", list(&jewels)));
    }
    for (kind, things) in &read {
        let worth = if things.len() >= 5 { 8 } else { 4 };
        add(worth, format!("read data: {kind} ({} distinct)", things.len()));
    }
    points
}

/// Whether a call is about what watches the account, as ATT&CK T1562 has it.
pub(crate) fn is_watch_change(entry: &Entry<'_>) -> bool {
    entry.call.is_some_and(|call| {
        matches!(call.technique(), "T1562.008" | "T1562.001")
            && matches!(call.effect(), Effect::Change(_))
    }) || entry.parts.service == "s3"
        && entry.call.is_some_and(|call| call.technique() == "T1485.001")
}

fn list(words: &BTreeSet<&str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(", ")
}

fn weak_points(scene: &Scene<'_>, name: &str, actor: &Actor, because: &mut Vec<String>) -> u32 {
    let mut points = 0;
    let mut add = |worth: u32, text: String| {
        points += worth;
        because.push(text);
    };
    if scene.entries_of(name).any(|entry| entry.parts.variant == "no-mfa" && entry.done()) {
        add(8, "signed in to the console without MFA".to_owned());
    }
    let services: BTreeSet<&str> =
        actor.looked.iter().filter_map(|call| call.split_once(':')).map(|(s, _)| s).collect();
    if actor.looked.len() >= 20 && services.len() >= 6 {
        add(
            8,
            format!(
                "looked around with {} calls of {} services",
                actor.looked.len(),
                services.len()
            ),
        );
    }
    let far = actor.hands.len();
    if far >= 2 && matches!(actor.kind, Kind::User | Kind::Root | Kind::Federated) {
        add(4, format!("used from {far} addresses, console aside"));
    }
    let dry: BTreeSet<&str> = scene
        .entries_of(name)
        .filter(|entry| entry.parts.error.contains("DryRunOperation"))
        .map(|entry| entry.parts.name)
        .collect();
    if !dry.is_empty() {
        add(
            4,
            format!(
                "tried out what it may do with dry runs, permitted and not done: {}",
                list(&dry)
            ),
        );
    }
    if (3..5).contains(&actor.denied.len()) {
        add(4, format!("{} different calls were denied", actor.denied.len()));
    }
    points
}

fn strong_points(scene: &Scene<'_>, name: &str, actor: &Actor, because: &mut Vec<String>) -> u32 {
    let mut points = 0;
    let mut add = |worth: u32, text: String| {
        points += worth;
        because.push(text);
    };
    let tools: BTreeSet<&str> = actor.tools.iter().filter_map(agent::attack_tool).collect();
    if !tools.is_empty() {
        add(30, format!("its user agent names {}", list(&tools)));
    }
    let denied: u64 = scene
        .entries_of(name)
        .filter(|entry| {
            entry.parts.outcome == crashcart_model::Outcome::Denied && !entry.parts.automation
        })
        .filter(|entry| entry.matters() || actor.hands.len() > 0)
        .map(|entry| entry.item.count)
        .sum();
    let calls = actor.denied.len();
    if calls >= 10 || denied >= 30 && calls >= 5 {
        add(20, format!("{denied} calls denied, {calls} different ones: a burst of probing"));
    } else if calls >= 5 {
        add(15, format!("{calls} different calls were denied"));
    } else if denied >= 10
        && scene.entries_of(name).any(|entry| {
            entry.matters()
                && entry.item.count >= 10
                && entry.parts.outcome == crashcart_model::Outcome::Denied
        })
    {
        add(10, format!("{denied} calls denied: kept trying"));
    }
    if let Some(text) = chain(scene, name) {
        add(20, text);
    }
    if let Some(user) = principal::user(name)
        && scene.entries.iter().any(|entry| {
            entry.parts.variant == "quarantine" && entry.parts.owner == user && entry.done()
        })
    {
        add(40, "AWS put its quarantine policy on it: the key was found in public".to_owned());
    }
    points
}

/// A chain that ordinary work does not have: blinded the account, left a way in, and took, opened
/// or destroyed data.
fn chain(scene: &Scene<'_>, name: &str) -> Option<String> {
    let done = |test: &dyn Fn(&Entry<'_>) -> bool| {
        scene.entries_of(name).any(|entry| entry.done() && !entry.parts.automation && test(entry))
    };
    let blinded = done(&is_watch_change);
    let kept = done(&|entry| {
        matches!(entry.effect(), Some(Effect::Make(_)))
            && matches!(entry.tactic(), Some(knowledge::PERSISTENCE | knowledge::ESCALATION))
    });
    let took = done(&|entry| {
        matches!(entry.effect(), Some(Effect::Read(_)))
            || entry.tactic() == Some(knowledge::EXFILTRATION)
            || entry.technique() == Some("T1485")
    });
    (blinded && kept && took).then(|| {
        "touched logging, left a way back in and took, opened or deleted data: seldom one person's \
         ordinary work"
            .to_owned()
    })
}

/// A session that a suspect asked for is suspect too.
fn inherit(scene: &Scene<'_>, profiles: &mut [Profile<'_>]) {
    let worst: BTreeMap<&str, u32> =
        profiles.iter().filter(|p| p.score >= PLAUSIBLE).map(|p| (p.name, p.score)).collect();
    for profile in profiles.iter_mut() {
        let Some(issued) = scene.facts.sessions.get(profile.name) else { continue };
        let mut by: Vec<&str> = issued.by.iter().filter(|by| worst.contains_key(by)).collect();
        by.sort_unstable();
        if let Some(by) = by.first() {
            profile.score = (profile.score + 15).min(100);
            profile.because.push(format!("its session was asked for by {}", principal::short(by)));
            let proof = scene.entries_of(profile.name).any(|entry| proves(entry, Level::High));
            profile.act_now |= profile.score >= ACT_NOW && proof;
        }
    }
}
