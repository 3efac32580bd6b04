//! What a principal laid hands on itself. What its infrastructure-as-code tools did to the same
//! thing belongs to the story as well: the scaffold of an attack is no more innocent than the
//! attack. It must never make a scaffold suspect that nobody laid hands on.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::Level;

use crate::earliest::sortable;
use crate::key::Parts;
use crate::knowledge::Effect;
use crate::principal::bare;
use crate::scene::Entry;

/// A scaffold is made for what is built on it where no more time lies between the two, in
/// milliseconds.
const SOON: i64 = 3_600_000;

/// Principal, account and thing.
type Key<'f> = (&'f str, &'f str, &'f str);

/// Things by who laid hands on them.
pub(crate) struct Touched<'f> {
    handled: BTreeSet<Key<'f>>,
    /// Things on which a way back in was made, by hand or so that a finding at medium or above
    /// cites it, with the times.
    built_on: BTreeMap<Key<'f>, Vec<i64>>,
}

impl<'f> Touched<'f> {
    pub(crate) fn new(entries: &[Entry<'f>]) -> Self {
        let mut touched = Self { handled: BTreeSet::new(), built_on: BTreeMap::new() };
        for entry in entries.iter().filter(|entry| entry.matters()) {
            let by_hand = !entry.parts.automation;
            let makes = entry.done()
                && matches!(entry.effect(), Some(Effect::Make(_)))
                && (by_hand || entry.cited(Level::Medium));
            for key in things(&entry.parts).chain([key(&entry.parts, entry.parts.owner)]) {
                if key.2.is_empty() {
                    continue;
                }
                if by_hand {
                    touched.handled.insert(key);
                }
                if makes {
                    touched.built_on.entry(key).or_default().push(sortable(entry.item.first));
                }
            }
        }
        touched
    }

    /// Whether a scaffold's call is about something that the same principal handled itself.
    pub(crate) fn is_handled(&self, entry: &Entry<'f>) -> bool {
        things(&entry.parts).any(|key| self.handled.contains(&key))
    }

    /// Whether a scaffold's call made something on which the same principal soon made a way back
    /// in that is told.
    pub(crate) fn is_built_on(&self, entry: &Entry<'f>) -> bool {
        let made = sortable(entry.item.first);
        things(&entry.parts)
            .filter_map(|key| self.built_on.get(&key))
            .flatten()
            .any(|built| *built != i64::MAX && made.abs_diff(*built) <= SOON.unsigned_abs())
    }
}

fn things<'f>(parts: &Parts<'f>) -> impl Iterator<Item = Key<'f>> {
    let parts = *parts;
    parts.thing.split(", ").map(move |thing| key(&parts, thing))
}

fn key<'f>(parts: &Parts<'f>, thing: &'f str) -> Key<'f> {
    (parts.actor, parts.account, bare(thing))
}
