//! Which ways of working a finding cites. It must never miss a record that a finding names.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Finding, Level, Origin, Timestamp};

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
        let mut named = Named::new(facts, material, level);
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
        named.unmatched(facts, &mut ways);
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
    correlations: Vec<(&'m Finding, bool)>,
    /// Numbers of the correlations that name an event or a record.
    events: BTreeMap<&'m str, Vec<usize>>,
    records: BTreeMap<&'m Origin, Vec<usize>>,
    /// Principal and address of correlations that fired on one of each.
    pairs: BTreeSet<(&'m str, &'m str)>,
}

impl<'m> Named<'m> {
    fn new(facts: &Facts, material: &Material<'m>, level: Level) -> Self {
        let fired: BTreeSet<u32> =
            facts.actors.values().flat_map(|actor| &actor.rules).map(|(hit, _)| hit.rule).collect();
        let fired: BTreeSet<String> =
            fired.into_iter().map(|rule| (material.rules)(rule).title).collect();
        let mut named = Self {
            correlations: Vec::new(),
            events: BTreeMap::new(),
            records: BTreeMap::new(),
            pairs: BTreeSet::new(),
        };
        let findings = material.findings.iter().filter(|finding| finding.level >= level);
        for finding in findings.filter(|finding| !fired.contains(&finding.title)) {
            let number = named.correlations.len();
            named.correlations.push((finding, false));
            for origin in &finding.events {
                match &origin.event_id {
                    Some(id) => named.events.entry(id.raw()).or_default().push(number),
                    None => named.records.entry(origin).or_default().push(number),
                }
            }
            if let ([principal], [address]) = (&*finding.principals, &*finding.addresses) {
                named.pairs.insert((principal.raw(), address.raw()));
            }
        }
        named
    }

    /// Whether a correlation names the item. Notes which correlations were found again.
    fn names(&mut self, parts: &Parts<'_>, item: &Item, material: &Material<'_>) -> bool {
        if self.correlations.is_empty() {
            return false;
        }
        let mut found = self.pairs.contains(&(parts.actor, parts.way.address));
        for origin in item.witnesses.origins(material.evidence) {
            let numbers = match &origin.event_id {
                Some(id) => self.events.get(id.raw()),
                None => self.records.get(&origin),
            };
            for number in numbers.into_iter().flatten() {
                found = true;
                if let Some((_, seen)) = self.correlations.get_mut(*number) {
                    *seen = true;
                }
            }
        }
        found
    }

    /// Of a correlation whose records are among nobody's earliest, all ways of its principals count
    /// as cited: which of them it means cannot be told.
    fn unmatched<'f>(
        &self,
        facts: &'f Facts,
        ways: &mut BTreeMap<(&'f str, Way<'f>), Option<Timestamp>>,
    ) {
        for (finding, _) in self.correlations.iter().filter(|(_, seen)| !seen) {
            for principal in &finding.principals {
                let Some((name, actor)) = facts.actors.get_key_value(principal.raw()) else {
                    continue;
                };
                for worked in actor.ways.known() {
                    ways.entry((name, worked.way())).or_insert(finding.first);
                }
            }
        }
    }
}
