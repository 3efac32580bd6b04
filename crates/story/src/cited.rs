//! Which ways of working a finding cites. It must never miss a record that a finding names.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Level, Origin, Timestamp};

use crate::Material;
use crate::earliest::sortable;
use crate::facts::{Facts, Item};
use crate::key::Parts;
use crate::way::Way;

/// Principals and their ways that findings cite, with the time of the first such call.
pub(crate) struct Cited<'f> {
    ways: BTreeMap<(&'f str, Way<'f>), Option<Timestamp>>,
}

impl<'f> Cited<'f> {
    /// Everything that findings at `level` or above cite.
    pub(crate) fn new(facts: &'f Facts, material: &Material<'_>, level: Level) -> Self {
        let named = Named::new(material, level);
        let mut ways: BTreeMap<(&str, Way<'_>), Option<Timestamp>> = BTreeMap::new();
        for (key, item) in &facts.items {
            let Some(parts) = Parts::read(key) else { continue };
            if item.level() >= Some(level) || named.names(&parts, item, material) {
                let since = ways.entry((parts.actor, parts.way)).or_insert(item.first);
                if sortable(item.first) < sortable(*since) {
                    *since = item.first;
                }
            }
        }
        Self { ways }
    }

    /// When the first cited call was made in this way, which no record may tell; none where none
    /// was made.
    pub(crate) fn since(&self, actor: &str, way: Way<'_>) -> Option<Option<Timestamp>> {
        self.ways.get(&(actor, way)).copied()
    }
}

/// What correlations name: they fire on no single event, so that no item carries them.
struct Named<'m> {
    events: BTreeSet<&'m str>,
    records: BTreeSet<&'m Origin>,
    /// Principal and address of correlations that fired on one of each.
    pairs: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Named<'m> {
    fn new(material: &Material<'m>, level: Level) -> Self {
        let mut named =
            Self { events: BTreeSet::new(), records: BTreeSet::new(), pairs: BTreeSet::new() };
        for finding in material.findings.iter().filter(|finding| finding.level >= level) {
            for origin in &finding.events {
                match &origin.event_id {
                    Some(id) => drop(named.events.insert(id.raw())),
                    None => drop(named.records.insert(origin)),
                }
            }
            if let ([principal], [address]) = (&*finding.principals, &*finding.addresses) {
                named.pairs.insert((principal.raw(), address.raw()));
            }
        }
        named
    }

    fn names(&self, parts: &Parts<'_>, item: &Item, material: &Material<'_>) -> bool {
        if self.pairs.contains(&(parts.actor, parts.way.address)) {
            return true;
        }
        if self.events.is_empty() && self.records.is_empty() {
            return false;
        }
        item.witnesses.origins(material.evidence).iter().any(|origin| match &origin.event_id {
            Some(id) => self.events.contains(id.raw()),
            None => self.records.contains(origin),
        })
    }
}
