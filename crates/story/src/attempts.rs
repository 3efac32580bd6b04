//! What was tried in vain before it was done: the same call by the same principal on the same
//! target, denied or failed at first. It must never take another target for the same, nor a dry
//! run for a failure.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{LogText, Outcome, TriedBefore};

use crate::facts::earlier;
use crate::key::Parts;
use crate::scene::Entry;

/// Account, actor, service, name, variant, thing and owner.
type Key<'f> = [&'f str; 7];

/// The calls that had no effect, by who called what on what.
pub(crate) struct Attempts<'s, 'f> {
    vain: BTreeMap<Key<'f>, Vec<&'s Entry<'f>>>,
}

fn key<'f>(parts: &Parts<'f>) -> Key<'f> {
    let Parts { account, actor, service, name, variant, thing, owner, .. } = *parts;
    [account, actor, service, name, variant, thing, owner]
}

impl<'s, 'f> Attempts<'s, 'f> {
    pub(crate) fn new(entries: &'s [Entry<'f>]) -> Self {
        let mut vain: BTreeMap<Key<'f>, Vec<&'s Entry<'f>>> = BTreeMap::new();
        // A call that names no target failed for what it asked about; refused it was as it stands.
        let no_effect = |entry: &&Entry<'_>| match entry.parts.outcome {
            Outcome::Denied => true,
            Outcome::Failed => {
                entry.target().is_some() && !entry.parts.error.contains("DryRunOperation")
            }
            Outcome::Done | Outcome::Unknown => false,
        };
        for entry in entries.iter().filter(no_effect) {
            vain.entry(key(&entry.parts)).or_default().push(entry);
        }
        Self { vain }
    }

    /// What was tried in vain before any of these calls, which are one step, was done.
    pub(crate) fn before(&self, done: &[&Entry<'f>]) -> Option<TriedBefore> {
        let mut keys: BTreeMap<Key<'f>, Vec<&Entry<'f>>> = BTreeMap::new();
        for entry in done.iter().filter(|entry| entry.done()) {
            keys.entry(key(&entry.parts)).or_default().push(entry);
        }
        let (mut count, mut first, mut errors) = (0, None, BTreeSet::new());
        for (key, done) in keys {
            // Seconds that are equal prove no order.
            let done = done.iter().map(|entry| entry.item.first).min().flatten();
            for vain in self.vain.get(&key).into_iter().flatten() {
                if done.is_some() && vain.item.first.is_some() && vain.item.first < done {
                    count += vain.item.count;
                    first = earlier(first, vain.item.first);
                    errors.insert(LogText::from(vain.parts.error));
                }
            }
        }
        errors.retain(|error| !error.is_empty());
        (count > 0).then(|| TriedBefore { count, first, errors: errors.into_iter().collect() })
    }
}
