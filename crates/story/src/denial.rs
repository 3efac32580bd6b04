//! Calls that were denied, as far as they say something: what a principal was let do a moment
//! later was no probing, and a rule that fired on nothing but refusals found an attempt. It must
//! never call something refused of which any part was done.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Finding, Origin, Outcome, Timestamp};

use crate::actor::Actor;
use crate::scene::{Entry, Scene};

/// A permission takes up to so long to be in force everywhere.
const SETTLING: i64 = 60_000;

/// The denials of a principal that stayed denials.
pub(crate) struct Denials {
    /// Different calls, by hand.
    pub(crate) calls: usize,
    /// Whether an entry's denial is one that the same call soon had behind it.
    settled: BTreeSet<(String, String)>,
}

impl Denials {
    pub(crate) fn new(scene: &Scene<'_>, name: &str, actor: &Actor) -> Self {
        let mut done: BTreeMap<(&str, &str, &str), Vec<&Entry<'_>>> = BTreeMap::new();
        for entry in scene.entries_of(name).filter(|entry| entry.done()) {
            done.entry(target(entry)).or_default().push(entry);
        }
        let (mut settled, mut called) = (BTreeSet::new(), BTreeMap::new());
        for entry in scene.entries_of(name).filter(|entry| is_denied(entry)) {
            let soon = done.get(&target(entry)).into_iter().flatten().any(|done| {
                !entry.parts.thing.is_empty() && follows(entry.item.last, done.item.first)
            });
            let call = format!("{}:{}", entry.parts.service, entry.parts.name);
            *called.entry(call.clone()).or_insert(true) &= soon;
            if soon {
                settled.insert((call, entry.parts.thing.to_owned()));
            }
        }
        let calls = actor.denied.iter().filter(|call| called.get(*call) != Some(&true)).count();
        Self { calls, settled }
    }

    /// Whether the entry was denied, and not only until a permission was in force.
    pub(crate) fn has(&self, entry: &Entry<'_>) -> bool {
        let call = || format!("{}:{}", entry.parts.service, entry.parts.name);
        is_denied(entry) && !self.settled.contains(&(call(), entry.parts.thing.to_owned()))
    }
}

fn is_denied(entry: &Entry<'_>) -> bool {
    entry.parts.outcome == Outcome::Denied
}

fn target<'f>(entry: &Entry<'f>) -> (&'f str, &'f str, &'f str) {
    (entry.parts.service, entry.parts.name, entry.parts.thing)
}

fn follows(denied: Option<Timestamp>, done: Option<Timestamp>) -> bool {
    let (Some(denied), Some(done)) = (denied, done) else { return false };
    (0..=SETTLING).contains(&done.millis().saturating_sub(denied.millis()))
}

/// Rules that fired on nothing but denied calls of a principal.
pub(crate) fn refused_rules(scene: &Scene<'_>, name: &str) -> BTreeSet<u32> {
    let (mut denied, mut more) = (BTreeSet::new(), BTreeSet::new());
    for entry in scene.entries_of(name) {
        let set = if is_denied(entry) { &mut denied } else { &mut more };
        set.extend(entry.item.rules.iter().map(|hit| hit.rule));
    }
    denied.difference(&more).copied().collect()
}

/// Whether a correlation rests on nothing but denied calls of a principal: all of its records
/// that are known here are, and no such call of its was let through.
pub(crate) fn is_refused(scene: &Scene<'_>, name: &str, finding: &Finding) -> bool {
    let named: BTreeSet<&Origin> = finding.events.iter().collect();
    let mut calls: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut let_through: BTreeSet<(&str, &str)> = BTreeSet::new();
    for entry in scene.entries_of(name) {
        let call = (entry.parts.service, entry.parts.name);
        if !is_denied(entry) {
            let_through.insert(call);
        } else if scene.origins(entry.item).iter().any(|origin| named.contains(origin)) {
            calls.insert(call);
        }
    }
    let known = scene.entries_of(name).filter(|entry| !is_denied(entry));
    let done = known.flat_map(|entry| scene.origins(entry.item)).any(|o| named.contains(&o));
    !calls.is_empty() && !done && calls.is_disjoint(&let_through)
}
