//! Gathering the events that correlations take in, while records stream by.
//!
//! Nothing is decided here: order of arrival means nothing, so threads gather apart and are
//! merged.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use crashcart_model::{EventRef, FieldPath, Head, Record, RuleHit, Str, Timestamp, principal_name};

use super::{Question, Step};
use crate::RuleSet;
use crate::embedded::Embedded;
use crate::field::first_text;
use crate::predicate::number;

/// Gathers for all correlations of a rule set; one per thread.
#[derive(Debug)]
pub struct Correlator<'r> {
    pub(super) set: &'r RuleSet,
    /// By correlation: what it takes in.
    pub(super) rows: Vec<Vec<Row>>,
    pub(super) events: Vec<Details>,
    texts: HashSet<Arc<str>>,
    embedded: Embedded,
    untimed: u64,
}

/// An event that matched a step.
#[derive(Debug)]
pub(super) struct Row {
    pub step: usize,
    /// Number in [`Correlator::events`].
    pub event: usize,
    /// Values of the `group-by` fields.
    pub key: Arc<[Arc<str>]>,
    /// The value that is counted or measured.
    pub value: Option<Arc<str>>,
}

/// What a match tells about an event.
#[derive(Debug)]
pub(super) struct Details {
    pub event: EventRef,
    pub time: Timestamp,
    pub event_id: Option<Box<str>>,
    pub principal: Arc<str>,
    pub access_key: Arc<str>,
    pub address: Arc<str>,
    pub region: Arc<str>,
}

impl<'r> Correlator<'r> {
    pub(crate) fn new(set: &'r RuleSet) -> Self {
        Self {
            set,
            rows: set.correlations.iter().map(|_| Vec::new()).collect(),
            events: Vec::new(),
            texts: HashSet::new(),
            embedded: Embedded::default(),
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
        for hit in hits {
            for (correlation, step) in set.feeds(hit.rule) {
                let Some(time) = head.time else {
                    self.untimed += 1;
                    return;
                };
                let Some(compiled) = set.correlations.get(*correlation) else { continue };
                let Some(reading) = compiled.steps.get(*step) else { continue };
                self.embedded.clear();
                let Some(key) = self.key(record, reading) else { continue };
                let Some(value) = self.value(record, reading, &compiled.question) else { continue };
                let event = *number.get_or_insert_with(|| {
                    let details = self.details(head, event, time);
                    self.events.push(details);
                    self.events.len() - 1
                });
                if let Some(rows) = self.rows.get_mut(*correlation) {
                    rows.push(Row { step: *step, event, key, value });
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
        let offset = self.events.len();
        self.events.extend(other.events);
        for (rows, more) in self.rows.iter_mut().zip(other.rows) {
            rows.extend(more.into_iter().map(|row| Row { event: row.event + offset, ..row }));
        }
        self.untimed += other.untimed;
    }

    /// One copy of each text.
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&new));
        new
    }

    /// None where a field is absent or null: the event belongs to no group.
    fn key(&mut self, record: &Record<'_>, reading: &Step) -> Option<Arc<[Arc<str>]>> {
        reading.group.iter().map(|path| self.read(record, path)).collect()
    }

    /// None where the event has no value to count or measure.
    #[allow(clippy::option_option, reason = "no value is needed, or it is needed and absent")]
    fn value(
        &mut self,
        record: &Record<'_>,
        reading: &Step,
        question: &Question,
    ) -> Option<Option<Arc<str>>> {
        let values = reading
            .value
            .iter()
            .map(|path| self.read(record, path))
            .collect::<Option<Vec<Arc<str>>>>();
        match question {
            Question::Events(_) | Question::Together(_) | Question::Ordered => Some(None),
            Question::Values(_) => match values?.as_slice() {
                [value] => Some(Some(Arc::clone(value))),
                several => Some(Some(format!("{several:?}").into())),
            },
            Question::Sum(_) | Question::Average(_) | Question::Percentile(..) => {
                let value = values?.into_iter().next()?;
                number(&value).map(|_| Some(value))
            }
        }
    }

    fn read(&mut self, record: &Record<'_>, path: &FieldPath) -> Option<Arc<str>> {
        let text = first_text(path, record, &self.embedded)?;
        Some(self.text(&text))
    }

    fn details(&mut self, head: &Head<'_>, event: EventRef, time: Timestamp) -> Details {
        let identity = head.identity();
        Details {
            event,
            time,
            event_id: head.event_id.map(|id| id.text().into()),
            principal: self.text(&principal_name(identity)),
            access_key: self.text(&raw(identity.access_key)),
            address: self.text(&raw(head.address)),
            region: self.text(&raw(head.region)),
        }
    }
}

fn raw(text: Option<Str<'_>>) -> Cow<'_, str> {
    text.map(Str::text).unwrap_or_default()
}
