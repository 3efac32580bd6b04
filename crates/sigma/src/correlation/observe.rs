//! Gathering the events that correlations take in, while records stream by.
//!
//! Nothing is decided here: order of arrival means nothing, so threads gather apart and are
//! merged.

use std::borrow::Cow;

use crashcart_model::{
    EventRef, FieldPath, Head, Outcome, Record, RuleHit, Str, Timestamp, principal_name,
};

use super::interned::{EventId, Interned, NONE};
use super::{Question, Read, Step};
use crate::RuleSet;
use crate::embedded::Embedded;
use crate::field::{Place, descend, first_text};
use crate::predicate::number;

/// Gathers for all correlations of a rule set; one per thread. Held per event taken in: 72 bytes,
/// and each different text once.
#[derive(Debug)]
pub struct Correlator<'r> {
    pub(super) set: &'r RuleSet,
    /// By correlation: what it takes in.
    pub(super) rows: Vec<Vec<Row>>,
    pub(super) events: Vec<Details>,
    pub(super) interned: Interned,
    embedded: Embedded,
    /// By number of the field: what this event has there, once it was read.
    read: Vec<Option<Option<u32>>>,
    group: Vec<u32>,
    untimed: u64,
}

/// An event that matched a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub step: u32,
    /// Number in [`Correlator::events`].
    pub event: u32,
    /// Number of the values of the `group-by` fields.
    pub group: u32,
    /// Number of the value that is counted or measured; [`NONE`] where none is.
    pub value: u32,
}

/// What a match tells about an event: numbers of texts.
#[derive(Debug)]
pub(super) struct Details {
    pub event: EventRef,
    pub time: Timestamp,
    pub event_id: EventId,
    pub principal: u32,
    pub access_key: u32,
    pub address: u32,
    pub region: u32,
    pub outcome: Outcome,
}

impl<'r> Correlator<'r> {
    pub(crate) fn new(set: &'r RuleSet) -> Self {
        Self {
            set,
            rows: set.correlations.iter().map(|_| Vec::new()).collect(),
            events: Vec::new(),
            interned: Interned::default(),
            embedded: Embedded::default(),
            read: vec![None; set.reads],
            group: Vec::new(),
            untimed: 0,
        }
    }

    /// Takes the hits of one record in. An event without a time cannot stand in a window: it is
    /// only counted, see [`Correlator::untimed`].
    pub fn observe(
        &mut self,
        record: &Record<'_>,
        head: &Head<'_>,
        event: EventRef,
        hits: &[RuleHit],
    ) {
        let set = self.set;
        let mut number = None;
        self.embedded.clear();
        self.read.fill(None);
        for hit in hits {
            for (correlation, step) in set.feeds(hit.rule) {
                let Some(time) = head.time else {
                    self.untimed += 1;
                    return;
                };
                let Some(compiled) = set.correlations.get(*correlation) else { continue };
                let Some(reading) = compiled.steps.get(*step) else { continue };
                let Some(group) = self.group(record, reading) else { continue };
                let Some(value) = self.value(record, reading, &compiled.question) else { continue };
                let event = *number.get_or_insert_with(|| {
                    let details = self.details(head, event, time);
                    self.events.push(details);
                    count(self.events.len() - 1)
                });
                if let Some(rows) = self.rows.get_mut(*correlation) {
                    rows.push(Row { step: count(*step), event, group, value });
                }
            }
        }
    }

    /// Events that a correlation would have taken in, had they a time.
    pub const fn untimed(&self) -> u64 {
        self.untimed
    }

    /// Adds what another thread gathered with the same rule set.
    pub fn merge(&mut self, other: Self) {
        if self.events.is_empty() && self.untimed == 0 {
            *self = other;
            return;
        }
        let offset = count(self.events.len());
        let (texts, groups) = self.interned.merge(&other.interned);
        let text = |number: u32| texts.get(number as usize).copied().unwrap_or(NONE);
        self.events.extend(other.events.into_iter().map(|event| Details {
            event_id: event.event_id.renumbered(&text),
            principal: text(event.principal),
            access_key: text(event.access_key),
            address: text(event.address),
            region: text(event.region),
            ..event
        }));
        let set = self.set;
        for (correlation, (rows, more)) in
            set.correlations.iter().zip(self.rows.iter_mut().zip(other.rows))
        {
            // A group of one text is the text.
            let groups = if correlation.group_by.len() == 1 { &texts } else { &groups };
            rows.extend(more.into_iter().map(|row| Row {
                event: row.event + offset,
                group: groups.get(row.group as usize).copied().unwrap_or(NONE),
                value: text(row.value),
                ..row
            }));
        }
        self.untimed += other.untimed;
    }

    /// None where a field is absent or null: the event belongs to no group.
    fn group(&mut self, record: &Record<'_>, reading: &Step) -> Option<u32> {
        let mut group = std::mem::take(&mut self.group);
        group.clear();
        let whole = reading.group.iter().all(|field| match self.read(record, field) {
            Some(text) => {
                group.push(text);
                true
            }
            None => false,
        });
        let number = whole.then(|| self.interned.group(&group));
        self.group = group;
        number
    }

    /// None where the event has no value to count or measure.
    fn value(&mut self, record: &Record<'_>, reading: &Step, question: &Question) -> Option<u32> {
        match question {
            Question::Events(_) | Question::Together(_) | Question::Ordered => Some(NONE),
            Question::Values(_) => match reading.value.as_slice() {
                [only] => self.read(record, only),
                several => {
                    let values =
                        several.iter().map(|field| first_text(&field.path, record, &self.embedded));
                    let values = values.collect::<Option<Vec<_>>>()?;
                    Some(self.interned.text(&format!("{values:?}")))
                }
            },
            Question::Sum(_) | Question::Average(_) | Question::Percentile(..) => {
                let text = first_text(&reading.value.first()?.path, record, &self.embedded)?;
                number(&text).map(|_| self.interned.text(&text))
            }
        }
    }

    fn read(&mut self, record: &Record<'_>, field: &Read) -> Option<u32> {
        if let Some(Some(known)) = self.read.get(field.number) {
            return *known;
        }
        let number = match plain_text(&field.path, record) {
            Some(text) => Some(self.interned.text(text)),
            None => first_text(&field.path, record, &self.embedded)
                .map(|text| self.interned.text(&text)),
        };
        if let Some(slot) = self.read.get_mut(field.number) {
            *slot = Some(number);
        }
        number
    }

    fn details(&mut self, head: &Head<'_>, event: EventRef, time: Timestamp) -> Details {
        let identity = head.identity();
        let mut text = |text: &str| self.interned.text(text);
        Details {
            event,
            time,
            event_id: EventId::of(head.event_id, &mut text),
            principal: text(&principal_name(identity)),
            access_key: text(&raw(identity.access_key)),
            address: text(&raw(head.address)),
            region: text(&raw(head.region)),
            outcome: head.outcome(),
        }
    }
}

/// The text at a path that leads to one string without escapes: the common case of
/// [`first_text`], without a copy.
fn plain_text<'a>(path: &FieldPath, record: &Record<'a>) -> Option<&'a str> {
    let Place::At(position) = descend(record.as_value(), path.as_str()) else { return None };
    record.value_at(position).as_str().filter(|text| !text.is_escaped()).map(Str::raw)
}

/// Numbers fit 32 bits: no run takes in four thousand million events.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

fn raw(text: Option<Str<'_>>) -> Cow<'_, str> {
    text.map(Str::text).unwrap_or_default()
}
