//! What was done, in order of time: repeats folded, looking around folded further, a scaffold
//! folded to one line a call. What is left out is counted.

use std::collections::BTreeMap;

use crashcart_model::{Level, LogText, Outcome, Step, Timestamp};

use crate::facts::earlier;
use crate::knowledge::Effect;
use crate::scene::{Entry, Scene};
use crate::scope::Scope;
use crate::witness::Witnesses;

/// Steps shown.
const SHOWN: usize = 400;
/// Targets of one call told one by one, for a change and for anything else.
const CHANGES_APART: usize = 25;
const OTHERS_APART: usize = 8;
/// Targets named in a folded step.
const NAMED: usize = 5;

/// Steps that differ only in their target.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group<'f> {
    actor: &'f str,
    service: &'f str,
    name: &'f str,
    variant: &'f str,
    outcome: Outcome,
    automation: bool,
}

/// The steps, and how many were left out.
pub(crate) fn steps(scene: &Scene<'_>, scope: &Scope<'_>) -> (Vec<Step>, usize) {
    let mut groups: BTreeMap<Group<'_>, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in scene.entries.iter().filter(|entry| belongs(entry, scope)) {
        let parts = &entry.parts;
        let group = Group {
            actor: parts.actor,
            service: parts.service,
            name: parts.name,
            variant: parts.variant,
            outcome: parts.outcome,
            automation: parts.automation,
        };
        groups.entry(group).or_default().push(entry);
    }
    let mut steps: Vec<(u8, Step)> = Vec::new();
    for (group, entries) in &groups {
        let changes = entries.iter().any(|entry| {
            matches!(entry.effect(), Some(Effect::Make(_) | Effect::Change(_) | Effect::Remove(_)))
        });
        let apart = match (group.automation, changes) {
            (true, _) => 1,
            (false, true) => CHANGES_APART,
            (false, false) => OTHERS_APART,
        };
        if entries.len() > apart {
            steps.push((weight(entries), folded(scene, entries)));
        } else {
            let apart = by_target(entries);
            steps.extend(apart.iter().map(|same| (weight(same), folded(scene, same))));
        }
    }
    // The weightiest stay; then all in order of time.
    steps.sort_by(|one, two| one.0.cmp(&two.0).then_with(|| order(&one.1).cmp(&order(&two.1))));
    let left_out = steps.len().saturating_sub(SHOWN);
    steps.truncate(SHOWN);
    let mut steps: Vec<Step> = steps.into_iter().map(|(_, step)| step).collect();
    steps.sort_by(|one, two| order(one).cmp(&order(two)));
    (steps, left_out)
}

/// Items of one target: they differ in error, account or region only.
fn by_target<'e, 'f>(entries: &[&'e Entry<'f>]) -> Vec<Vec<&'e Entry<'f>>> {
    let mut targets: BTreeMap<(Option<LogText>, &str), Vec<&'e Entry<'f>>> = BTreeMap::new();
    for entry in entries {
        targets.entry((entry.target(), entry.parts.account)).or_default().push(entry);
    }
    targets.into_values().collect()
}

type Order<'s> =
    (bool, Option<Timestamp>, &'s LogText, &'s LogText, Option<&'s LogText>, Outcome, u64);

fn order(step: &Step) -> Order<'_> {
    let target = step.target.as_ref();
    (step.at.is_none(), step.at, &step.what, &step.actor, target, step.outcome, step.count)
}

fn belongs(entry: &Entry<'_>, scope: &Scope<'_>) -> bool {
    if !scope.tells(entry) {
        return false;
    }
    if entry.cited(Level::Medium) {
        return true;
    }
    if entry.looks() {
        return !entry.parts.automation;
    }
    entry.matters() && !is_housekeeping(entry)
}

/// What the agent on an instance reports about itself.
fn is_housekeeping(entry: &Entry<'_>) -> bool {
    entry.parts.service == "ssm"
        && matches!(
            entry.parts.name,
            "UpdateInstanceInformation"
                | "UpdateInstanceAssociationStatus"
                | "PutInventory"
                | "PutComplianceItems"
        )
}

/// The smaller, the more it says.
fn weight(entries: &[&Entry<'_>]) -> u8 {
    let any = |test: &dyn Fn(&Entry<'_>) -> bool| entries.iter().any(|entry| test(entry));
    if any(&|entry| entry.cited(Level::High)) {
        0
    } else if any(&|entry| entry.cited(Level::Medium)) {
        1
    } else if any(&|entry| entry.parts.automation) {
        4
    } else if any(&|entry| entry.call.is_some() && !entry.looks()) {
        2
    } else if any(&|entry| entry.matters()) {
        3
    } else {
        5
    }
}

fn folded(scene: &Scene<'_>, entries: &[&Entry<'_>]) -> Step {
    let mut witnesses = Witnesses::default();
    let (mut at, mut last, mut count) = (None, None, 0);
    let mut targets: Vec<LogText> = Vec::new();
    for entry in entries {
        at = earlier(at, entry.item.first);
        last = last.max(entry.item.last);
        count += entry.item.count;
        witnesses.merge(entry.item.witnesses.clone());
        targets.extend(entry.target());
    }
    targets.sort();
    targets.dedup();
    let first = entries.first();
    let rule = entries.iter().flat_map(|entry| &entry.item.rules).max_by_key(|hit| hit.level);
    let words = rule.map(|hit| (scene.material.rules)(hit.rule));
    let told = |known: Option<&'static str>| known.map(str::to_owned);
    let tactic = told(first.and_then(|entry| entry.tactic()));
    let technique = told(first.and_then(|entry| entry.technique()));
    Step {
        at,
        last,
        count,
        what: first.map(|entry| entry.what()).unwrap_or_default(),
        tactic: tactic.or_else(|| words.as_ref().and_then(|words| words.tactic.clone())),
        technique: technique.or_else(|| words.and_then(|words| words.technique)),
        actor: LogText::from(first.map(|entry| entry.parts.actor).unwrap_or_default()),
        target: name_targets(&targets),
        outcome: first.map_or(Outcome::Unknown, |entry| entry.parts.outcome),
        origins: witnesses.origins(scene.material.evidence),
    }
}

fn name_targets(targets: &[LogText]) -> Option<LogText> {
    match targets {
        [] => None,
        [one] => Some(one.clone()),
        many => {
            let named: Vec<&str> = many.iter().take(NAMED).map(LogText::raw).collect();
            let more = many.len() - named.len();
            let tail = if more > 0 { format!(", and {more} more") } else { String::new() };
            Some(LogText::new(format!("{} targets: {}{tail}", many.len(), named.join(", "))))
        }
    }
}
