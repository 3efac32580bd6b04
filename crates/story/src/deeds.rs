//! What a principal did, in points: rules by level, ways back in, logging, sharing, data,
//! destruction. An administrator does such things too, so the sum is capped by the caller; only
//! what was done, and by hand, counts.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::Level;

use crate::actor::Actor;
use crate::denial;
use crate::distinct::Distinct;
use crate::knowledge::{self, Effect};
use crate::principal;
use crate::reasons::Reasons;
use crate::scene::{Entry, Scene};
use crate::suspects::proves;
use crate::words::{self, counted, counted_len, listed, size};

/// Points for the first rule of a level, for each further one, and at most.
const WORTH: [(Level, u32, u32, u32); 4] = [
    (Level::Critical, 45, 12, 70),
    (Level::High, 30, 8, 50),
    (Level::Medium, 12, 4, 24),
    (Level::Low, 2, 2, 6),
];

/// Points for rules, and whether a critical one fired on something done.
pub(crate) fn rules(
    scene: &Scene<'_>,
    name: &str,
    actor: &Actor,
    because: &mut Reasons,
) -> (u32, bool) {
    let mut by_hand: BTreeSet<(Level, String)> = BTreeSet::new();
    let mut automated: BTreeSet<(Level, String)> = BTreeSet::new();
    let looked = only_looked(scene, name);
    let denied = denial::refused_rules(scene, name);
    let mut refused: BTreeSet<(Level, String)> = BTreeSet::new();
    let mut looking: BTreeSet<(Level, String)> = BTreeSet::new();
    for (hit, hand) in &actor.rules {
        let title = (scene.material.rules)(hit.rule).title;
        let set = match hand {
            false => &mut automated,
            true if denied.contains(&hit.rule) => &mut refused,
            true if hit.level >= Level::High && looked.contains(&hit.rule) => &mut looking,
            true => &mut by_hand,
        };
        set.insert((hit.level, title));
    }
    // A correlation fires on no single event: its finding names the principals.
    for finding in scene.findings_of(name) {
        let known = (finding.level, finding.title.clone());
        if [&by_hand, &automated, &looking, &refused].iter().any(|set| set.contains(&known)) {
            continue;
        }
        let set =
            if denial::is_refused(scene, name, finding) { &mut refused } else { &mut by_hand };
        set.insert(known);
    }
    let mut points = 0;
    for (level, first, more, cap) in WORTH {
        let titles: Vec<&str> = by_hand
            .iter()
            .filter(|(known, _)| *known == level)
            .map(|(_, title)| title.as_str())
            .collect();
        let Some(rest) = titles.len().checked_sub(1) else { continue };
        let worth = (first + more * u32::try_from(rest).unwrap_or(u32::MAX).min(20)).min(cap);
        points += worth;
        if level >= Level::Medium {
            because.add(worth, rules_in_words(level, &titles));
        }
    }
    // They tell how it looked around, and of what it did no more than a medium rule.
    if let Some(rest) = looking.len().checked_sub(1) {
        let worth = (12 + 4 * u32::try_from(rest).unwrap_or(u32::MAX).min(3)).min(24);
        points += worth;
        let (level, titles) = (looking.iter().map(|(level, _)| *level).max(), &looking);
        let titles: Vec<&str> = titles.iter().map(|(_, title)| title.as_str()).collect();
        let words = rules_in_words(level.unwrap_or(Level::High), &titles);
        because.add(worth, format!("{words}, on calls that only look"));
    }
    points += attempts(&refused, because);
    points += scaffolding(&automated, because);
    let critical = scene.entries_of(name).any(|entry| proves(entry, Level::Critical));
    (points, critical)
}

/// Points for rules on what infrastructure-as-code tools did.
fn scaffolding(automated: &BTreeSet<(Level, String)>, because: &mut Reasons) -> u32 {
    if automated.iter().map(|(level, _)| *level).max() < Some(Level::Medium) {
        return 0;
    }
    let rules = counted_len(automated.len(), "rule");
    let text = "fired on its infrastructure-as-code runs, which by themselves say little";
    because.add(4, format!("{rules} {text}"));
    4
}

/// Points for rules on calls that were all refused: it tried, and got nothing.
fn attempts(refused: &BTreeSet<(Level, String)>, because: &mut Reasons) -> u32 {
    let Some(level) = refused.iter().map(|(level, _)| *level).max() else { return 0 };
    if level < Level::Medium {
        return 0;
    }
    let worth = (4 * u32::try_from(refused.len()).unwrap_or(u32::MAX).min(2)).min(8);
    let titles: Vec<&str> = refused.iter().map(|(_, title)| title.as_str()).collect();
    because.add(worth, format!("{}: all refused", rules_in_words(level, &titles)));
    worth
}

/// Rules that fired on nothing but calls that look.
fn only_looked(scene: &Scene<'_>, name: &str) -> BTreeSet<u32> {
    let (mut looked, mut more) = (BTreeSet::new(), BTreeSet::new());
    for entry in scene.entries_of(name) {
        let set = if entry.looks() { &mut looked } else { &mut more };
        set.extend(entry.item.rules.iter().map(|hit| hit.rule));
    }
    looked.difference(&more).copied().collect()
}

fn rules_in_words(level: Level, titles: &[&str]) -> String {
    let count = counted_len(titles.len(), &format!("{} rule", level.word()));
    let shown: Vec<&str> = titles.iter().take(2).copied().collect();
    let more = titles.len() - shown.len();
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{count} fired: {}{tail}", shown.join("; "))
}

/// Points for what was done by hand.
pub(crate) fn points(scene: &Scene<'_>, name: &str, because: &mut Reasons) -> u32 {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut read: BTreeMap<&str, Taken<'_>> = BTreeMap::new();
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
            // To register one's own MFA device is what everybody is asked to do.
            Effect::Make("MFA device") if principal::user(name) == Some(entry.parts.owner) => {}
            Effect::Make(kind) => drop(made.insert(kind)),
            Effect::Read(kind) => read.entry(kind).or_default().add(entry),
            _ if entry.ends_own() => {}
            _ if matches!(call.technique(), "T1485" | "T1490" | "T1486") => {
                destroyed.insert((entry.parts.service, entry.parts.thing));
            }
            _ => {}
        }
    }
    let mut points = 0;
    let mut add = |worth: u32, text: String| {
        points += worth;
        because.add(worth, text);
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
        add(worth, format!("deleted {}", counted_len(destroyed.len(), "resource")));
    }
    let jewels = &scene.material.environment.crown_jewel_buckets;
    let buckets = read.get("object").into_iter().flat_map(|taken| &taken.things);
    let jewels: BTreeSet<&str> =
        buckets.copied().filter(|bucket| jewels.iter().any(|jewel| jewel == bucket)).collect();
    if !jewels.is_empty() {
        add(8, format!("read from crown-jewel buckets: {}", list(&jewels)));
    }
    for (kind, taken) in &read {
        add(if taken.is_much() { 8 } else { 4 }, taken.words(kind));
    }
    points
}

/// Data of one kind that was read.
#[derive(Default)]
struct Taken<'f> {
    things: BTreeSet<&'f str>,
    objects: Distinct,
    reads: u64,
    bytes: Option<u64>,
}

impl<'f> Taken<'f> {
    fn add(&mut self, entry: &Entry<'f>) {
        self.things.extend(entry.parts.thing.split(", ").filter(|thing| !thing.is_empty()));
        self.objects.merge(&entry.item.objects);
        self.reads += entry.item.count;
        if let Some(bytes) = entry.item.bytes {
            self.bytes = Some(self.bytes.unwrap_or(0).saturating_add(bytes));
        }
    }

    fn is_much(&self) -> bool {
        self.things.len() >= 5 || self.objects.count().0 >= 5
    }

    /// `read 37 objects of acme-export (37 reads, 16 MB)`, `read 2 secrets: one, two`
    fn words(&self, kind: &str) -> String {
        let names = listed(self.things.iter().copied(), 2);
        let (objects, exact) = self.objects.count();
        if objects == 0 {
            return format!("read {}: {names}", words::read(kind, self.things.len()));
        }
        let about = if exact { "" } else { "about " };
        let bytes = self.bytes.map(|bytes| format!(", {}", size(bytes))).unwrap_or_default();
        let reads = counted(self.reads, "read");
        format!("read {about}{} of {names} ({reads}{bytes})", counted(objects, kind))
    }
}

/// Whether a call is about what watches the account, as ATT&CK T1562 has it.
pub(crate) fn is_watch_change(entry: &Entry<'_>) -> bool {
    entry.call.is_some_and(|call| {
        matches!(call.technique(), "T1562.008" | "T1562.001") && call.effect().change().is_some()
    }) || entry.parts.service == "s3"
        && entry.call.is_some_and(|call| call.technique() == "T1485.001")
}

/// Words in a row.
pub(crate) fn list(words: &BTreeSet<&str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(", ")
}
