//! How a principal works: from which address, with which long-lived key, with what kind of tool.
//! Two ways of one principal may be two people. It must never decide which of them is which.

use std::borrow::Cow;

use crashcart_model::{Head, Timestamp};

use crate::actor::Caller;
use crate::agent::{self, Class};
use crate::earliest::{Earliest, sortable};
use crate::facts::earlier;
use crate::served::is_refused;

/// Ways of one principal that are told apart; whoever has more is not told apart at all.
const WAYS: usize = 32;
/// Days kept of one way, the earliest.
const DAYS: usize = 16;
const DAY: i64 = 86_400_000;

/// One way. Keys that AWS makes for an hour are no part of it, and an AWS service has no address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way<'w> {
    pub(crate) address: &'w str,
    /// `AKIA...`; empty for anything that expires by itself.
    pub(crate) key: &'w str,
    /// See [`Class::family`].
    pub(crate) tool: &'w str,
}

impl<'w> Way<'w> {
    pub(crate) fn new(address: &'w str, key: &'w str, class: Class) -> Self {
        Self {
            address: if agent::is_service_address(address) { "" } else { address },
            key: if key.starts_with("AKIA") { key } else { "" },
            tool: class.family,
        }
    }
}

/// What went on in one way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Worked {
    pub(crate) address: Box<str>,
    pub(crate) key: Box<str>,
    pub(crate) tool: &'static str,
    pub(crate) events: u64,
    /// Events through infrastructure-as-code tools.
    pub(crate) automated: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    /// Days since 1970 with events, the earliest.
    pub(crate) days: Vec<i64>,
    pub(crate) agents: Earliest<16>,
    pub(crate) regions: Earliest<64>,
    /// Those in which a call was neither refused nor failed.
    pub(crate) reached: Earliest<64>,
    /// All keys, those that expire too.
    pub(crate) keys: Earliest<32>,
    pub(crate) desktop: bool,
    pub(crate) attack: bool,
    /// Events that only the baseline shows.
    pub(crate) before: u64,
}

impl Worked {
    pub(crate) fn way(&self) -> Way<'_> {
        Way { address: &self.address, key: &self.key, tool: self.tool }
    }

    /// Adds the history that the baseline has of this way. What is counted stays the material's.
    fn recall(&mut self, past: &Self) {
        // Logs that are material and baseline at once count once.
        self.before = match past.last < self.first {
            true => past.events,
            false => past.events.saturating_sub(self.events),
        };
        self.first = earlier(self.first, past.first);
        past.days.iter().for_each(|day| self.add_day(*day));
        self.desktop |= past.desktop;
        self.attack |= past.attack;
    }

    /// A way that only the baseline shows.
    fn only_recalled(&self) -> Self {
        Self { events: 0, automated: 0, before: self.events, ..self.clone() }
    }

    fn add_day(&mut self, day: i64) {
        if self.days.last() == Some(&day) {
            return;
        }
        if let Err(at) = self.days.binary_search(&day)
            && at < DAYS
        {
            self.days.insert(at, day);
            self.days.truncate(DAYS);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.events += other.events;
        self.automated += other.automated;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        other.days.iter().for_each(|day| self.add_day(*day));
        self.agents.merge(&other.agents);
        self.regions.merge(&other.regions);
        self.reached.merge(&other.reached);
        self.keys.merge(&other.keys);
        self.desktop |= other.desktop;
        self.attack |= other.attack;
    }
}

/// The ways of one principal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ways {
    known: Vec<Worked>,
    recent: usize,
    /// There were more than are told apart: none is known.
    crowded: bool,
}

impl Ways {
    /// The ways, none where there are too many.
    pub(crate) fn known(&self) -> &[Worked] {
        &self.known
    }

    /// The ways with their history in the baseline, and those that only the baseline shows.
    pub(crate) fn with_past(&self, past: Option<&Self>) -> Cow<'_, [Worked]> {
        let Some(past) = past.filter(|past| !past.crowded && !self.crowded) else {
            return Cow::Borrowed(&self.known);
        };
        let mut ways = self.known.clone();
        for worked in &past.known {
            match ways.iter_mut().find(|known| known.way() == worked.way()) {
                Some(known) => known.recall(worked),
                None => ways.push(worked.only_recalled()),
            }
        }
        Cow::Owned(ways)
    }

    /// Whether there are too many to tell apart.
    pub(crate) const fn crowded(&self) -> bool {
        self.crowded
    }

    /// Takes in one event.
    pub(crate) fn observe(&mut self, head: &Head<'_>, way: Way<'_>, caller: &Caller<'_>) {
        let (time, class) = (head.time, caller.class);
        let Some(worked) = self.find(way, class.family) else { return };
        worked.events += 1;
        worked.automated += u64::from(class.automation);
        worked.first = earlier(worked.first, time);
        worked.last = worked.last.max(time);
        if time.is_some() {
            worked.add_day(sortable(time).div_euclid(DAY));
        }
        worked.agents.add(caller.agent, time);
        if let Some(region) = head.region {
            worked.regions.add(&region.text(), time);
            if !is_refused(head) {
                worked.reached.add(&region.text(), time);
            }
        }
        if let Some(key) = head.identity().access_key {
            worked.keys.add(&key.text(), time);
        }
        let from_service = way.address.is_empty();
        worked.desktop |= class.desktop && !from_service;
        worked.attack |= class.attack && !from_service;
    }

    fn find(&mut self, way: Way<'_>, tool: &'static str) -> Option<&mut Worked> {
        if self.crowded {
            return None;
        }
        let recent = self.known.get(self.recent).is_some_and(|worked| worked.way() == way);
        if !recent {
            match self.known.iter().position(|worked| worked.way() == way) {
                Some(at) => self.recent = at,
                None if self.known.len() < WAYS => {
                    self.recent = self.known.len();
                    let (address, key) = (way.address.into(), way.key.into());
                    self.known.push(Worked { address, key, tool, ..Worked::default() });
                }
                None => {
                    self.give_up();
                    return None;
                }
            }
        }
        self.known.get_mut(self.recent)
    }

    fn give_up(&mut self) {
        self.crowded = true;
        self.known = Vec::new();
    }

    /// Joins two parts; the order does not matter.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.crowded {
            self.give_up();
        }
        for worked in &other.known {
            if let Some(known) = self.find(worked.way(), worked.tool) {
                known.merge(worked);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worked(ways: &mut Ways, number: usize) {
        let address = format!("198.51.100.{number}");
        let way = Way { address: &address, key: "", tool: "boto3" };
        if let Some(worked) = ways.find(way, "boto3") {
            worked.events += 1;
        }
    }

    #[test]
    fn more_ways_than_can_be_told_apart_are_told_apart_by_no_part_of_the_material() {
        let mut all = Ways::default();
        (0..=WAYS).for_each(|number| worked(&mut all, number));
        let (mut one, mut two) = (Ways::default(), Ways::default());
        (0..20).for_each(|number| worked(&mut one, number));
        (20..=WAYS).for_each(|number| worked(&mut two, number));
        assert!(all.crowded() && !one.crowded() && !two.crowded());
        one.merge(&two);
        assert!(one.crowded() && one.known().is_empty());
    }
}
