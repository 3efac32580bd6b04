//! What a principal made itself in this material: taking that away again, or reading it, harms
//! nobody as taking away another's does. It must never call a thing its own that it made later,
//! or that another made as well.

use std::collections::BTreeMap;

use crashcart_model::Timestamp;

use crate::key::Parts;
use crate::knowledge::{Effect, plain_name};
use crate::principal::bare;
use crate::removal::agree;
use crate::scene::Entry;

/// Who made what, by account and region, and what was made: a kind of the knowledge table, or a
/// thing of a service.
type Key<'f> = (&'f str, &'f str, &'f str, &'f str);

/// The times of making, earliest first.
pub(crate) struct Own<'f> {
    kinds: BTreeMap<(Key<'f>, &'f str), Vec<Entry<'f>>>,
    things: BTreeMap<Key<'f>, Option<Timestamp>>,
}

impl<'f> Own<'f> {
    /// From entries in order of time.
    pub(crate) fn new(entries: &[Entry<'f>]) -> Self {
        let mut own = Self { kinds: BTreeMap::new(), things: BTreeMap::new() };
        for entry in entries.iter().filter(|entry| entry.done()) {
            let first = entry.item.first;
            for thing in things(&entry.parts) {
                let key = key(&entry.parts, thing);
                if let Some(Effect::Make(kind) | Effect::Change(kind) | Effect::Replace(kind, _)) =
                    entry.effect()
                {
                    own.kinds.entry((key, kind)).or_default().push(*entry);
                }
                if makes(&entry.parts) {
                    own.things.entry(key).or_insert(first);
                }
            }
        }
        own
    }

    /// Whether the entry takes back or takes away what the same principal did or made before.
    pub(crate) fn takes_back(&self, entry: &Entry<'f>) -> bool {
        let Some(Effect::Remove(kinds)) = entry.effect() else { return false };
        let no_later = |made: Option<Timestamp>| made.is_some() && made <= entry.item.first;
        let same = |made: &Entry<'f>| {
            no_later(made.item.first)
                && agree(bare(made.parts.owner), bare(entry.parts.owner))
                && agree(made.parts.detail, entry.parts.detail)
        };
        entry.parts.variant == "unshare"
            || things(&entry.parts).all(|thing| {
                let key = key(&entry.parts, thing);
                kinds.iter().any(|(kind, _)| {
                    self.kinds.get(&(key, *kind)).is_some_and(|made| made.iter().any(same))
                }) || entry.parts.service != "iam"
                    && no_later(self.things.get(&key).copied().flatten())
            })
    }

    /// When the same principal made all that the entry is about; none where it did not, or did
    /// so later.
    pub(crate) fn made(&self, entry: &Entry<'f>) -> Option<Timestamp> {
        if makes(&entry.parts) || entry.parts.service == "iam" || entry.parts.thing.is_empty() {
            return None;
        }
        let mut made = None;
        for thing in things(&entry.parts) {
            let at = (*self.things.get(&key(&entry.parts, thing))?)?;
            made = made.max(Some(at));
        }
        made.filter(|at| Some(*at) <= entry.item.first)
    }
}

fn things<'f>(parts: &Parts<'f>) -> impl Iterator<Item = &'f str> {
    parts.thing.split(", ")
}

/// Regions tell nothing here: reads are kept without one.
fn key<'f>(parts: &Parts<'f>, thing: &'f str) -> Key<'f> {
    (parts.actor, parts.account, parts.service, plain_secret(parts, bare(thing)))
}

/// A secret's ARN ends in six characters that its name has not.
pub(crate) fn plain_secret<'f>(parts: &Parts<'f>, thing: &'f str) -> &'f str {
    let named = parts.thing.starts_with("arn:") && parts.service == "secretsmanager";
    match thing.rsplit_once('-').filter(|(_, tail)| named && tail.len() == 6) {
        Some((name, _)) => name,
        None => thing,
    }
}

/// Whether the call makes the thing that it names, by its name.
fn makes(parts: &Parts<'_>) -> bool {
    let name = plain_name(parts.name);
    !parts.thing.is_empty()
        && (name.starts_with("Create")
            || matches!((parts.service, name), ("ssm", "PutParameter") | ("ec2", "RunInstances")))
}
