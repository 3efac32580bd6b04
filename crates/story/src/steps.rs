//! What was done, in order of time: one call by one principal with one outcome is one step. What
//! infrastructure-as-code tools did is a step only where a finding cites it, where it is about what
//! the same principal handled itself, or where it serves a tactic and was not done by hand as well. What is left out is counted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Level, LogText, Outcome, Step, Timestamp, TriedBefore};

use crate::attempts::Attempts;
use crate::blind_spots::LeftOut;
use crate::facts::earlier;
use crate::key::Parts;
use crate::scene::{Entry, Scene};
use crate::scope::Scope;
use crate::target::MORE;
use crate::witness::Witnesses;
use crate::{own, principal};

/// Steps shown.
const SHOWN: usize = 400;
/// Targets named in a folded step.
const NAMED: usize = 5;

/// Items that are one step: they served one end, and differ in target, kind of the call, error,
/// account or region only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group<'f> {
    actor: &'f str,
    service: &'f str,
    name: &'f str,
    outcome: Outcome,
    /// To let a stranger in is another act than to let AWS in.
    tactic: Option<&'static str>,
    /// To take something back is another act than to do it.
    undo: bool,
}

/// The steps; what is left out is noted.
pub(crate) fn steps(scene: &Scene<'_>, scope: &Scope<'_>, left_out: &mut LeftOut) -> Vec<Step> {
    let mut groups: BTreeMap<Group<'_>, Vec<&Entry<'_>>> = BTreeMap::new();
    let handled = handled(scene, scope);
    let told = |entry: &&Entry<'_>| belongs(entry, scope) || confirms(entry, &handled);
    for entry in scene.entries.iter().filter(told) {
        let Parts { actor, service, name, outcome, .. } = entry.parts;
        let tactic = entry.tactic();
        let group = Group { actor, service, name, outcome, tactic, undo: entry.undo };
        groups.entry(group).or_default().push(entry);
    }
    let attempts = Attempts::new(&scene.entries);
    let mut steps: Vec<(u8, Step)> = Vec::new();
    for mut entries in groups.into_values() {
        let by_hand = entries.iter().any(|entry| !entry.parts.automation);
        entries.retain(|entry| {
            let told = is_told(scene, entry, by_hand);
            left_out.scaffolding += if told { 0 } else { entry.item.count };
            told
        });
        if !entries.is_empty() {
            steps.push((weight(&entries), folded(scene, &entries, attempts.before(&entries))));
        }
    }
    // The weightiest stay; then all in order of time.
    steps.sort_by(|one, two| one.0.cmp(&two.0).then_with(|| order(&one.1).cmp(&order(&two.1))));
    left_out.steps = steps.len().saturating_sub(SHOWN);
    steps.truncate(SHOWN);
    let mut steps: Vec<Step> = steps.into_iter().map(|(_, step)| step).collect();
    steps.sort_by(|one, two| order(one).cmp(&order(two)));
    steps
}

/// Whether an item is told in its step, where others of the step were done by hand or not.
fn is_told<'f>(scene: &Scene<'f>, entry: &Entry<'f>, by_hand: bool) -> bool {
    let scaffold = entry.parts.automation;
    !scaffold
        || entry.cited(Level::Low)
        || scene.touched.is_handled(entry)
        || !by_hand && entry.tactic().is_some()
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

/// Events in which a service itself tells what came of a call about something.
const CONFIRMING: [(&str, &str); 4] = [
    ("ec2", "SharedSnapshotCopyInitiated"),
    ("ec2", "SharedSnapshotVolumeCreated"),
    ("kms", "DeleteKey"),
    ("secretsmanager", "EndSecretVersionDelete"),
];

/// Account, service and name of what those whose steps are told laid hands on.
type Handled<'f> = BTreeSet<(&'f str, &'f str, &'f str)>;

fn handled<'f>(scene: &Scene<'f>, scope: &Scope<'_>) -> Handled<'f> {
    let told =
        scene.entries.iter().filter(|entry| entry.done() && entry.matters() && scope.tells(entry));
    told.flat_map(|entry| {
        entry.parts.thing.split(", ").flat_map(|thing| names(&entry.parts, thing))
    })
    .collect()
}

/// A secret's ARN ends in six characters that its name has not: both name it.
fn names<'f>(
    parts: &Parts<'f>,
    thing: &'f str,
) -> impl Iterator<Item = (&'f str, &'f str, &'f str)> {
    let (account, service) = (parts.account, parts.service);
    let own = principal::bare(thing);
    let short = own::plain_secret(parts, own);
    [own, short]
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(move |name| (account, service, name))
}

/// Whether a service's own event confirms what came of a step that is told.
fn confirms<'f>(entry: &Entry<'f>, handled: &Handled<'f>) -> bool {
    let parts = &entry.parts;
    entry.done()
        && CONFIRMING.contains(&(parts.service, parts.name))
        && names(parts, parts.thing).any(|name| handled.contains(&name))
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
    if !any(&|entry| !entry.undo) {
        6
    } else if !any(&|entry| entry.made.is_none()) {
        4
    } else if any(&|entry| entry.cited(Level::High)) {
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

fn folded(scene: &Scene<'_>, entries: &[&Entry<'_>], tried_before: Option<TriedBefore>) -> Step {
    let mut witnesses = Witnesses::default();
    let (mut at, mut last, mut count) = (None, None, 0);
    // What findings cite is named first.
    let mut targets: BTreeMap<LogText, Reverse<Option<Level>>> = BTreeMap::new();
    for entry in entries {
        at = earlier(at, entry.item.first);
        last = last.max(entry.item.last);
        count += entry.item.count;
        witnesses.merge(entry.item.witnesses.clone());
        for target in targets_of(entry) {
            let level = targets.entry(target).or_insert(Reverse(None));
            *level = Reverse(entry.item.level()).min(*level);
        }
    }
    let mut targets: Vec<(Reverse<Option<Level>>, LogText)> =
        targets.into_iter().map(|(target, level)| (level, target)).collect();
    targets.sort();
    let targets: Vec<LogText> = targets.into_iter().map(|(_, target)| target).collect();
    // The gravest kind of the call says what it served.
    let first = entries.iter().min_by_key(|entry| (weight(&[entry]), entry.item.first.is_none()));
    let nothing = entries.iter().all(|entry| entry.serves_nothing());
    let rule = entries
        .iter()
        .filter(|_| !nothing)
        .flat_map(|entry| &entry.item.rules)
        .max_by_key(|hit| hit.level);
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
        tried_before,
        made_at: made_at(entries),
        outcome: first.map_or(Outcome::Unknown, |entry| entry.parts.outcome),
        origins: witnesses.origins(scene.material.evidence),
    }
}

/// When the same principal made what the step is about, if it made all of it: of several, the first.
fn made_at(entries: &[&Entry<'_>]) -> Option<Timestamp> {
    let all = entries.iter().all(|entry| entry.made.is_some());
    entries.iter().filter_map(|entry| entry.made).min().filter(|_| all)
}

/// The targets of one item: a call that names several things has each as a target.
fn targets_of(entry: &Entry<'_>) -> Vec<LogText> {
    let Parts { thing, owner, detail, .. } = entry.parts;
    if thing.contains(", ") && owner.is_empty() && detail.is_empty() {
        return thing.split(", ").filter(|name| *name != MORE).map(LogText::from).collect();
    }
    entry.target().into_iter().collect()
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
