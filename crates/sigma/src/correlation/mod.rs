//! Correlations: what they ask of the events that other rules matched.
//!
//! An event is counted in a group only if it has every `group-by` field; one that lacks a field
//! forms no group. A difference of exactly the timespan is still within it: event times are whole
//! seconds. Windows slide; a window that fires and those that overlap it are one match.

mod compile;
mod finish;
mod interned;
mod observe;
mod order;
mod window;

pub use finish::{CorrelationMatch, MatchedEvent};
pub use observe::Correlator;

pub(crate) use compile::{Reference, compile};

use crashcart_model::FieldPath;
use rsigma_parser::ConditionOperator;

/// A compiled correlation.
#[derive(Debug)]
pub(crate) struct Correlation {
    /// Its number in the rule set.
    pub rule: u32,
    /// The timespan in milliseconds.
    pub span: i64,
    /// The rules it takes in, in the order written.
    pub steps: Vec<Step>,
    /// Names of the group's fields, as the correlation calls them.
    pub group_by: Vec<String>,
    pub question: Question,
}

/// A rule that a correlation takes in, and which of its events' fields are read.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its number in the rule set.
    pub rule: u32,
    /// One field for each name of the group.
    pub group: Vec<Read>,
    /// The fields whose value is counted or measured.
    pub value: Vec<Read>,
}

/// A field that correlations read, by its number among all of them: what several read of one
/// event is read once.
#[derive(Debug)]
pub(crate) struct Read {
    pub path: FieldPath,
    pub number: usize,
}

/// Numbers the fields that correlations read; returns how many there are.
pub(crate) fn number_reads(correlations: &mut [Correlation]) -> usize {
    let mut known: Vec<FieldPath> = Vec::new();
    for step in correlations.iter_mut().flat_map(|correlation| &mut correlation.steps) {
        for read in step.group.iter_mut().chain(&mut step.value) {
            let number = known.iter().position(|path| *path == read.path);
            read.number = number.unwrap_or(known.len());
            if number.is_none() {
                known.push(read.path.clone());
            }
        }
    }
    known.len()
}

/// What must hold for the events in one window.
#[derive(Debug)]
pub(crate) enum Question {
    /// The number of events.
    Events(Thresholds),
    /// The number of different values.
    Values(Thresholds),
    Sum(Thresholds),
    Average(Thresholds),
    /// The percentile, from 0 to 100, by linear interpolation between the neighbours.
    Percentile(f64, Thresholds),
    /// Which rules matched, in any order.
    Together(Presence),
    /// All steps, one after the other; equal times are in order.
    Ordered,
}

/// Comparisons that must all hold.
#[derive(Debug, Clone)]
pub(crate) struct Thresholds(pub Vec<(ConditionOperator, f64)>);

impl Thresholds {
    pub fn hold(&self, value: f64) -> bool {
        self.0.iter().all(|(operator, threshold)| match operator {
            ConditionOperator::Lt => value < *threshold,
            ConditionOperator::Lte => value <= *threshold,
            ConditionOperator::Gt => value > *threshold,
            ConditionOperator::Gte => value >= *threshold,
            ConditionOperator::Eq => value == *threshold,
            ConditionOperator::Neq => value != *threshold,
        })
    }
}

/// Which steps must have matched within a window.
#[derive(Debug, Clone)]
pub(crate) enum Presence {
    Step(usize),
    All(Vec<Presence>),
    Any(Vec<Presence>),
    Not(Box<Presence>),
    /// The number of different steps.
    Count(Vec<usize>, Thresholds),
}

impl Presence {
    /// Whether it holds, given how often each step matched.
    pub fn holds(&self, counts: &[u64]) -> bool {
        let there = |step: &usize| counts.get(*step).is_some_and(|count| *count > 0);
        match self {
            Presence::Step(step) => there(step),
            Presence::All(parts) => parts.iter().all(|part| part.holds(counts)),
            Presence::Any(parts) => parts.iter().any(|part| part.holds(counts)),
            Presence::Not(inner) => !inner.holds(counts),
            Presence::Count(steps, thresholds) => {
                let count = steps.iter().filter(|step| there(step)).count();
                thresholds.hold(f64::from(u32::try_from(count).unwrap_or(u32::MAX)))
            }
        }
    }
}
