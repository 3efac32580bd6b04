//! Which firsts there are, and which of them are news.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{FirstKind, Novelty};

use super::{Firsts, Fresh, Place, TOGETHER};
use crate::Material;
use crate::facts::Facts;
use crate::history::{DAY, Dimension, Habits, History, Mark, Subject, Value, subject_of};
use crate::principal;

/// New things on so many earlier days, and on one day of so many, are a custom.
const CUSTOM_DAYS: usize = 3;
const CUSTOM_EVERY: usize = 5;

/// All firsts of the material, what is news first.
pub(crate) fn firsts(facts: &Facts, material: &Material<'_>) -> Firsts {
    let history = &facts.history;
    let mut all = Vec::new();
    for subject in [Subject::Principal, Subject::Key] {
        for (name, habits) in history.all(subject) {
            let of = Of { history, subject, name, habits };
            for dimension in Dimension::ALL {
                of.firsts(dimension, material, &mut all);
            }
        }
    }
    all.sort_by(|one: &Fresh, two: &Fresh| {
        let rank = |first: &Fresh| (first.novelty, first.kind, first.at);
        let names =
            (&one.actor, &one.what, &one.subject).cmp(&(&two.actor, &two.what, &two.subject));
        rank(one).cmp(&rank(two)).then(names)
    });
    let habits = habits(history, &all);
    let mut by_subject: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, first) in all.iter().enumerate() {
        by_subject.entry(subject_of(&first.actor).to_owned()).or_default().push(number);
    }
    Firsts { all, by_subject, habits, recalled: history.recalled() }
}

/// Addresses that were a principal's well before it reached a new account.
fn habits(history: &History, all: &[Fresh]) -> BTreeSet<(String, String)> {
    let mut habits = BTreeSet::new();
    let new = |first: &&Fresh| first.kind == FirstKind::Account && first.is_new();
    for first in all.iter().filter(new) {
        let of = history.of(Subject::Principal, subject_of(&first.actor));
        for value in of.into_iter().flat_map(|habits| habits.values(Dimension::Address)) {
            if value.time.saturating_add(TOGETHER) < first.at {
                habits.insert((first.actor.clone(), value.text.to_string()));
            }
        }
    }
    habits
}

/// One subject.
#[derive(Clone, Copy)]
struct Of<'h> {
    history: &'h History,
    subject: Subject,
    name: &'h str,
    habits: &'h Habits,
}

impl Of<'_> {
    fn firsts(&self, dimension: Dimension, material: &Material<'_>, all: &mut Vec<Fresh>) {
        let values = self.habits.values(dimension);
        for (at, value) in values.iter().enumerate() {
            let Some(mark) = &value.mark else { continue };
            let earlier = values.get(..at).unwrap_or_default();
            if self.is_told_elsewhere(dimension, value, mark) {
                continue;
            }
            let before = self.habits.before(value.time);
            let novelty = if before.is_history() { Novelty::New } else { Novelty::Unknown };
            let told = match novelty {
                Novelty::New => !earlier.is_empty() && !self.is_custom(earlier, value),
                Novelty::Unknown => dimension == Dimension::Account && self.is_abroad(value, mark),
            };
            if !told {
                continue;
            }
            let (kind, what) = self.kind_of(dimension, value, material);
            all.push(Fresh {
                kind,
                subject: (self.subject, self.name.to_owned()),
                actor: mark.actor.to_string(),
                key: mark.key.to_string(),
                what,
                at: value.time,
                address: mark.address.to_string(),
                role: mark.role.to_string(),
                outcome: mark.outcome,
                novelty,
                before,
                seen: earlier.iter().map(|value| value.text.to_string()).collect(),
                others: self.others(dimension, value, mark),
                witness: mark.witness.clone(),
            });
        }
    }

    /// What is new for a key is told of its principal where it is new for that as well.
    fn is_told_elsewhere(&self, dimension: Dimension, value: &Value, mark: &Mark) -> bool {
        if self.subject != Subject::Key {
            return false;
        }
        // Only an account that a key never used is news beside what its owner did.
        if dimension != Dimension::Account {
            return true;
        }
        let principal = self.history.of(Subject::Principal, subject_of(&mark.actor));
        let same = principal.and_then(|habits| habits.value(dimension, &value.text));
        same.is_some_and(|known| known.time == value.time)
    }

    /// Whether new things of this sort are the subject's custom.
    fn is_custom(&self, earlier: &[Value], value: &Value) -> bool {
        let today = value.time.div_euclid(DAY);
        let days: BTreeSet<i64> = earlier
            .iter()
            .filter(|known| self.habits.before(known.time).is_history())
            .map(|known| known.time.div_euclid(DAY))
            .filter(|day| *day < today)
            .collect();
        days.len() >= CUSTOM_DAYS
            && days.len() * CUSTOM_EVERY >= self.habits.before(value.time).days
    }

    /// Whether a lasting key or a user is at work in another account than its own.
    fn is_abroad(&self, value: &Value, mark: &Mark) -> bool {
        let lasting = mark.key.starts_with("AKIA") || principal::user(&mark.actor).is_some();
        let home = principal::account(&mark.actor);
        lasting && home.is_some_and(|home| *home != *value.text)
    }

    fn kind_of(
        &self,
        dimension: Dimension,
        value: &Value,
        material: &Material<'_>,
    ) -> (FirstKind, String) {
        let text = value.text.to_string();
        match dimension {
            Dimension::Account => (FirstKind::Account, text),
            Dimension::Region => (FirstKind::Region, text),
            Dimension::Service => (FirstKind::Service, text),
            Dimension::Tool => (FirstKind::UserAgent, text),
            Dimension::Address => self.place(value, material).unwrap_or((FirstKind::Address, text)),
        }
    }

    /// The country or the network of an address, where that is new as well; it is not known to be
    /// where an earlier address is not in the database.
    fn place(&self, value: &Value, material: &Material<'_>) -> Option<(FirstKind, String)> {
        let places = material.places?;
        let place = places(&value.text)?;
        if !self.habits.is_whole(Dimension::Address) {
            return None;
        }
        let values = self.habits.values(Dimension::Address).iter();
        let earlier: Vec<Place> = values
            .take_while(|known| known.time < value.time)
            .map(|known| places(&known.text).unwrap_or_default())
            .collect();
        let new = |kind: FirstKind, part: fn(&Place) -> Option<&str>| {
            let here = part(&place)?;
            let known = earlier.iter().map(part).collect::<Option<Vec<&str>>>()?;
            (!known.contains(&here)).then(|| (kind, here.to_owned()))
        };
        new(FirstKind::Country, |place| place.country.as_deref())
            .or_else(|| new(FirstKind::Network, |place| place.network.as_deref()))
    }

    /// Whether others were there long before: on the address, or in the region of the account.
    fn others(&self, dimension: Dimension, value: &Value, mark: &Mark) -> bool {
        let of = |subject, name: &str| self.history.of(subject, name);
        match dimension {
            Dimension::Address => of(Subject::Address, &value.text)
                .is_some_and(|habits| habits.before(value.time).is_history()),
            Dimension::Region => principal::account(&mark.actor)
                .and_then(|account| of(Subject::Account, account)?.value(dimension, &value.text))
                .is_some_and(|known| known.time.saturating_add(DAY) < value.time),
            _ => false,
        }
    }
}
