//! One subject's days, and when it first came to what. It must never hold anything that grows with
//! the number of its events.

use std::cmp::Ordering;

use crashcart_model::{EventRef, Head, Outcome, Record, Timestamp};

use super::{Dimension, Moment, day_of};
use crate::witness::Witness;

/// One day in milliseconds.
pub(crate) const DAY: i64 = 86_400_000;
/// Days remembered of one subject, the earliest.
pub(crate) const DAYS: usize = 64;
/// Values remembered of one subject in one dimension, the earliest.
const VALUES: usize = 64;

/// From so many earlier days on, what a principal did before is a history: within a working week
/// whoever does something every day or every few days has done it.
pub(crate) const DAYS_OF_HISTORY: usize = 5;
/// And from so many events on those days: four a day. One call a day tells nothing of a habit.
pub(crate) const EVENTS_OF_HISTORY: u64 = 20;

/// Where an event comes from: the material itself where it stands somewhere, else the baseline.
#[derive(Clone, Copy)]
pub(super) struct Source<'e, 'r> {
    pub(super) record: &'e Record<'r>,
    pub(super) head: &'e Head<'r>,
    pub(super) at: Option<EventRef>,
}

/// What one event adds.
#[derive(Clone, Copy)]
pub(super) struct Seen<'e, 'r> {
    pub(super) time: Timestamp,
    pub(super) source: Source<'e, 'r>,
    pub(super) moment: &'e Moment<'e>,
    pub(super) values: [(Dimension, &'e str); 6],
    /// The role that was taken up.
    pub(super) role: &'e str,
}

/// The first event of the material that shows a value.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) witness: Witness,
    pub(crate) actor: Box<str>,
    pub(crate) key: Box<str>,
    pub(crate) address: Box<str>,
    /// The role through which an account was reached; empty where it was called itself.
    pub(crate) role: Box<str>,
    pub(crate) outcome: Outcome,
}

/// Something that a subject came to.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    /// When first, in milliseconds.
    pub(crate) time: i64,
    pub(crate) text: Box<str>,
    /// None where the baseline saw it first.
    pub(crate) mark: Option<Box<Mark>>,
}

impl Value {
    /// Earlier, and of equal times by text: what the cap keeps.
    fn order(&self) -> (i64, &str) {
        (self.time, &self.text)
    }

    /// The earlier of two; of equal times the one that can be shown.
    fn earlier(self, other: Self) -> Self {
        match self.time.cmp(&other.time) {
            Ordering::Less => self,
            Ordering::Greater => other,
            Ordering::Equal => match (&self.mark, &other.mark) {
                (Some(one), Some(two)) if two.witness.order() < one.witness.order() => other,
                (None, Some(_)) => other,
                _ => self,
            },
        }
    }
}

/// How much there was before a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Before {
    /// Earlier days; where it is [`DAYS`] it may be more.
    pub(crate) days: usize,
    /// Events on these days.
    pub(crate) events: u64,
    /// The first of these days.
    pub(crate) since: Option<i64>,
}

impl Before {
    /// Whether that is enough to call something new.
    pub(crate) const fn is_history(&self) -> bool {
        self.days >= DAYS_OF_HISTORY && self.events >= EVENTS_OF_HISTORY
    }
}

/// Events of one day: in the material, and in the baseline.
#[derive(Debug, Clone, Copy, Default)]
struct Count([u64; 2]);

impl Count {
    /// Logs that are given both as material and as baseline count once.
    fn events(self) -> u64 {
        let Self([material, baseline]) = self;
        material.max(baseline)
    }
}

/// One subject.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits {
    /// Sorted by day.
    days: Vec<(i64, Count)>,
    values: [Vec<Value>; 5],
}

impl Habits {
    pub(super) fn see(&mut self, seen: &Seen<'_, '_>) {
        let mut count = Count::default();
        if let Some(one) = count.0.get_mut(usize::from(seen.source.at.is_none())) {
            *one = 1;
        }
        self.add_day(day_of(seen.time), count);
        for (dimension, text) in seen.values {
            if !text.is_empty() {
                self.see_value(dimension, text, seen);
            }
        }
    }

    fn add_day(&mut self, day: i64, count: Count) {
        let at = match self.days.last_mut() {
            Some((last, known)) if *last == day => {
                known.0.iter_mut().zip(count.0).for_each(|(all, more)| *all += more);
                return;
            }
            _ => self.days.partition_point(|(known, _)| *known < day),
        };
        match self.days.get_mut(at) {
            Some((known, all)) if *known == day => {
                all.0.iter_mut().zip(count.0).for_each(|(all, more)| *all += more);
            }
            _ if at < DAYS => {
                self.days.insert(at, (day, count));
                self.days.truncate(DAYS);
            }
            _ => {}
        }
    }

    fn see_value(&mut self, dimension: Dimension, text: &str, seen: &Seen<'_, '_>) {
        let time = seen.time.millis();
        let Some(values) = self.values.get_mut(dimension as usize) else { return };
        let known = values.iter_mut().find(|value| *value.text == *text);
        if known.as_ref().is_some_and(|value| value.time < time) {
            return;
        }
        let is_late = |last: &Value| last.order() < (time, text);
        if known.is_none() && values.len() >= VALUES && values.last().is_some_and(is_late) {
            return;
        }
        let mark = seen.source.at.map(|at| {
            let Source { record, head, .. } = seen.source;
            let role = seen.role;
            let through = dimension == Dimension::Account
                && crate::principal::account(role).is_some_and(|account| account == text);
            Box::new(Mark {
                witness: Witness::of(record, head, at),
                actor: seen.moment.actor.into(),
                key: seen.moment.key.into(),
                address: seen.moment.address.into(),
                role: if through { role.into() } else { Box::default() },
                outcome: head.outcome(),
            })
        });
        add(values, Value { time, text: text.into(), mark });
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (day, count) in other.days {
            self.add_day(day, count);
        }
        for (values, more) in self.values.iter_mut().zip(other.values) {
            more.into_iter().for_each(|value| add(values, value));
        }
    }

    /// The same with another name for who it was.
    pub(super) fn renamed(mut self, from: &str, to: &str) -> Self {
        for value in self.values.iter_mut().flatten() {
            if let Some(mark) = value.mark.as_mut().filter(|mark| *mark.actor == *from) {
                mark.actor = to.into();
            }
        }
        self
    }

    /// What it came to, earliest first.
    pub(crate) fn values(&self, dimension: Dimension) -> &[Value] {
        self.values.get(dimension as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// One of them.
    pub(crate) fn value(&self, dimension: Dimension, text: &str) -> Option<&Value> {
        self.values(dimension).iter().find(|value| *value.text == *text)
    }

    /// Whether all that it came to is remembered.
    pub(crate) fn is_whole(&self, dimension: Dimension) -> bool {
        self.values(dimension).len() < VALUES
    }

    /// How much there was on the days before that of `time`.
    pub(crate) fn before(&self, time: i64) -> Before {
        let day = time.div_euclid(DAY);
        let earlier = || self.days.iter().take_while(|(known, _)| *known < day);
        Before {
            days: earlier().count(),
            events: earlier().map(|(_, count)| count.events()).sum(),
            since: earlier().next().map(|(day, _)| day * DAY),
        }
    }
}

/// Adds to values in order; the earliest stay.
fn add(values: &mut Vec<Value>, value: Value) {
    let value = match values.iter().position(|known| known.text == value.text) {
        Some(at) => values.remove(at).earlier(value),
        None => value,
    };
    let at = values.partition_point(|known| known.order() < value.order());
    if at < VALUES {
        values.insert(at, value);
        values.truncate(VALUES);
    }
}
