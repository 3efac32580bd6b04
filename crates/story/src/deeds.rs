//! What a principal did, in points: rules by level, ways back in, logging, sharing, data,
//! destruction. An administrator does such things too, so the sum is capped by the caller; only
//! what was done, and by hand, counts.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::Level;

use crate::actor::Actor;
use crate::knowledge::{self, Effect};
use crate::scene::{Entry, Scene};
use crate::suspects::proves;

/// Points for rules, and whether a critical one fired on something done.
pub(crate) fn rules(
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
pub(crate) fn points(scene: &Scene<'_>, name: &str, because: &mut Vec<String>) -> u32 {
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

/// Words in a row.
pub(crate) fn list(words: &BTreeSet<&str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(", ")
}
