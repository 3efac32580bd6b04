//! Deciding correlations once everything has been gathered.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crashcart_model::{EventRef, LogText, Outcome, Timestamp};
use rsigma_parser::ConditionOperator;

use super::interned::Interned;
use super::observe::{Correlator, Details, Row};
use super::order::Chains;
use super::window::{Count, Distinct, Percentile, Steps, Sum, bursts};
use super::{Correlation, Question, Read, Step};
use crate::predicate::number;

/// So many events of a match are given; all are counted.
const EVENTS: usize = 100;

/// An event of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedEvent {
    /// Where it stands.
    pub event: EventRef,
    /// `eventID`
    pub event_id: Option<LogText>,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub principal: LogText,
    /// With which key; empty when without.
    pub access_key: LogText,
    /// From where.
    pub address: LogText,
    /// In which region.
    pub region: LogText,
    /// What became of it.
    pub outcome: Outcome,
}

/// A burst of events that satisfied a correlation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrelationMatch {
    /// Number of the correlation in the rule set.
    pub rule: u32,
    /// Time of the first event.
    pub first: Timestamp,
    /// Time of the last event.
    pub last: Timestamp,
    /// The earliest events, in order; at most 100.
    pub events: Vec<MatchedEvent>,
    /// All events.
    pub event_count: u64,
}

/// Something that a correlation takes in: an event, or a match of another correlation.
#[derive(Debug, Clone)]
pub(super) struct Occurrence {
    pub time: Timestamp,
    /// Rank of the evidence and number of the record: breaks ties of time.
    place: (u32, u32),
    pub step: usize,
    value: Option<Arc<str>>,
    /// Numbers of events, in order.
    pub events: Vec<usize>,
}

impl Occurrence {
    pub fn same_event(&self, other: &Self) -> bool {
        self.events == other.events
    }

    /// One event, for tests.
    #[cfg(test)]
    pub fn test(second: i64, step: usize, event: usize) -> Self {
        let time = Timestamp::from_millis(second * 1000);
        Self { time, place: (0, 0), step, value: None, events: vec![event] }
    }
}

/// A match before it is put into words.
struct Burst {
    key: Vec<Arc<str>>,
    /// Numbers of events, in order, each once.
    events: Vec<usize>,
    first: Timestamp,
    last: Timestamp,
    place: (u32, u32),
}

/// Matches of other correlations, by group.
type Groups = BTreeMap<Vec<Arc<str>>, Vec<Occurrence>>;

impl Correlator<'_> {
    /// Decides all correlations, on so many threads. `rank` gives the place of an evidence number
    /// among all evidence, so that equal times are ordered in the same way in every run.
    pub fn finish(
        mut self,
        threads: usize,
        rank: &(dyn Fn(u32) -> u32 + Sync),
    ) -> Vec<CorrelationMatch> {
        let rows = std::mem::take(&mut self.rows);
        let gathered = Gathered { events: &self.events, interned: &self.interned };
        let mut decided = HashMap::new();
        // A correlation stands behind those that it takes in; most take none in, and are decided
        // side by side.
        let (mut apart, mut behind) = (Vec::new(), Vec::new());
        for (correlation, rows) in self.set.correlations.iter().zip(rows) {
            let takes = |step: &Step| self.set.correlation(step.rule).is_some();
            let those = if correlation.steps.iter().any(takes) { &mut behind } else { &mut apart };
            those.push((correlation, rows));
        }
        apart.sort_by_key(|(_, rows)| rows.len());
        let queue = Mutex::new(apart);
        let decide = || {
            let mut out = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some((correlation, rows)) = next else { return out };
                let bursts = gathered.decide(correlation, rows, Groups::new(), rank);
                out.push((correlation.rule, bursts));
            }
        };
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(decide)).collect();
            decided.extend(decide());
            for other in others {
                match other.join() {
                    Ok(bursts) => decided.extend(bursts),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        for (correlation, rows) in behind {
            let mut groups = Groups::new();
            for (step, reading) in correlation.steps.iter().enumerate() {
                let source = self.set.correlation(reading.rule);
                for burst in decided.get(&reading.rule).into_iter().flatten() {
                    take_in(&mut groups, correlation, step, burst, source);
                }
            }
            let bursts = gathered.decide(correlation, rows, groups, rank);
            decided.insert(correlation.rule, bursts);
        }
        self.told(decided)
    }

    /// The bursts of those correlations that are reported, in order, in words.
    fn told(&self, decided: HashMap<u32, Vec<Burst>>) -> Vec<CorrelationMatch> {
        let reported =
            |rule: &u32| self.set.rules().get(*rule as usize).is_some_and(|meta| !meta.hidden);
        let mut bursts: Vec<(u32, Burst)> = decided
            .into_iter()
            .filter(|(rule, _)| reported(rule))
            .flat_map(|(rule, bursts)| bursts.into_iter().map(move |burst| (rule, burst)))
            .collect();
        bursts.sort_by(|(rule, burst), (other_rule, other)| {
            (rule, burst.first, burst.last, burst.place, &burst.key).cmp(&(
                other_rule,
                other.first,
                other.last,
                other.place,
                &other.key,
            ))
        });
        bursts.iter().map(|(rule, burst)| self.worded(*rule, burst)).collect()
    }

    fn worded(&self, rule: u32, burst: &Burst) -> CorrelationMatch {
        let text = |number: u32| {
            self.interned.text_at(number).map(|text| LogText::from(&**text)).unwrap_or_default()
        };
        let events = burst.events.iter().take(EVENTS);
        CorrelationMatch {
            rule,
            first: burst.first,
            last: burst.last,
            events: events
                .filter_map(|number| self.events.get(*number))
                .map(|event| MatchedEvent {
                    event: event.event,
                    event_id: event.event_id.words(&self.interned),
                    time: event.time,
                    principal: text(event.principal),
                    access_key: text(event.access_key),
                    address: text(event.address),
                    region: text(event.region),
                    outcome: event.outcome,
                })
                .collect(),
            event_count: burst.events.len() as u64,
        }
    }
}

/// What was gathered, without what only gathering needs.
struct Gathered<'g> {
    events: &'g [Details],
    interned: &'g Interned,
}

impl Gathered<'_> {
    /// Group by group, so that only one group's occurrences are held.
    fn decide(
        &self,
        correlation: &Correlation,
        mut rows: Vec<Row>,
        mut groups: Groups,
        rank: &(dyn Fn(u32) -> u32 + Sync),
    ) -> Vec<Burst> {
        let mut out = Vec::new();
        rows.sort_unstable_by_key(|row| row.group);
        for rows in rows.chunk_by(|left, right| left.group == right.group) {
            let Some(group) = rows.first().map(|row| row.group) else { continue };
            if groups.is_empty() && too_few(correlation, rows) {
                continue;
            }
            let key = self.interned.group_at(group, correlation.group_by.len());
            let mut occurrences = groups.remove(&key).unwrap_or_default();
            occurrences.extend(rows.iter().filter_map(|row| self.occurrence(row, rank)));
            decide_group(correlation, &key, occurrences, self.events, &mut out);
        }
        for (key, occurrences) in groups {
            decide_group(correlation, &key, occurrences, self.events, &mut out);
        }
        out
    }

    fn occurrence(&self, row: &Row, rank: &dyn Fn(u32) -> u32) -> Option<Occurrence> {
        let details = self.events.get(row.event as usize)?;
        Some(Occurrence {
            time: details.time,
            place: (rank(details.event.evidence), details.event.record),
            step: row.step as usize,
            value: self.interned.text_at(row.value).cloned(),
            events: vec![row.event as usize],
        })
    }
}

/// Whether these events cannot satisfy a count, however close together they are.
fn too_few(correlation: &Correlation, rows: &[Row]) -> bool {
    let (thresholds, distinct) = match &correlation.question {
        Question::Events(thresholds) => (thresholds, false),
        Question::Values(thresholds) => (thresholds, true),
        _ => return false,
    };
    thresholds.0.iter().any(|(operator, threshold)| {
        let enough = |count: usize| {
            let count = u32::try_from(count).map_or(f64::MAX, f64::from);
            if *operator == ConditionOperator::Gt {
                count > *threshold
            } else {
                count >= *threshold
            }
        };
        matches!(operator, ConditionOperator::Gte | ConditionOperator::Eq | ConditionOperator::Gt)
            && !enough(rows.len().min(if distinct {
                values_up_to(rows, &enough)
            } else {
                usize::MAX
            }))
    })
}

/// The number of different values, counted until there are enough.
fn values_up_to(rows: &[Row], enough: &dyn Fn(usize) -> bool) -> usize {
    let mut values = HashSet::new();
    for row in rows {
        if values.insert(row.value) && enough(values.len()) {
            break;
        }
    }
    values.len()
}

/// A match of another correlation is one occurrence, at the time of its last event. Its fields
/// are those it was grouped by.
fn take_in(
    groups: &mut Groups,
    correlation: &Correlation,
    step: usize,
    burst: &Burst,
    source: Option<&Correlation>,
) {
    let (Some(source), Some(reading)) = (source, correlation.steps.get(step)) else { return };
    let field = |read: &Read| {
        let at = source.group_by.iter().position(|name| name == read.path.as_str())?;
        burst.key.get(at).cloned()
    };
    let Some(key) = reading.group.iter().map(field).collect::<Option<Vec<_>>>() else { return };
    let value = reading.value.first().and_then(field);
    if value.is_none() && !reading.value.is_empty() {
        return;
    }
    groups.entry(key).or_default().push(Occurrence {
        time: burst.last,
        place: burst.place,
        step,
        value,
        events: burst.events.clone(),
    });
}

fn decide_group(
    correlation: &Correlation,
    key: &[Arc<str>],
    mut occurrences: Vec<Occurrence>,
    events: &[Details],
    out: &mut Vec<Burst>,
) {
    occurrences.sort_by(|left, right| {
        (left.time, left.place, left.step).cmp(&(right.time, right.place, right.step))
    });
    if !matches!(correlation.question, Question::Together(_) | Question::Ordered) {
        // An event that several of the rules matched is one event.
        occurrences.dedup_by(|left, right| left.same_event(right));
    }
    for (first, last) in spans(correlation, &occurrences) {
        let within = occurrences.get(first..=last).unwrap_or_default();
        out.extend(Burst::of(key, within, events));
    }
}

/// First and last occurrence of each burst.
fn spans(correlation: &Correlation, occurrences: &[Occurrence]) -> Vec<(usize, usize)> {
    let times: Vec<i64> = occurrences.iter().map(|found| found.time.millis()).collect();
    let numbers = || -> Vec<f64> {
        let read = |found: &Occurrence| found.value.as_deref().and_then(number);
        occurrences.iter().map(|found| read(found).unwrap_or_default()).collect()
    };
    let span = correlation.span;
    match &correlation.question {
        Question::Events(thresholds) => bursts(&times, span, &mut Count { thresholds, count: 0 }),
        Question::Values(thresholds) => {
            let values: Vec<Arc<str>> =
                occurrences.iter().map(|found| found.value.clone().unwrap_or_default()).collect();
            let counts = HashMap::new();
            bursts(&times, span, &mut Distinct { thresholds, values: &values, counts })
        }
        Question::Sum(thresholds) | Question::Average(thresholds) => {
            let average = matches!(correlation.question, Question::Average(_));
            let values = &numbers();
            bursts(&times, span, &mut Sum { thresholds, values, average, sum: 0.0, count: 0 })
        }
        Question::Percentile(rank, thresholds) => {
            bursts(&times, span, &mut Percentile::new(&numbers(), *rank, thresholds))
        }
        Question::Together(presence) => {
            let steps: Vec<usize> = occurrences.iter().map(|found| found.step).collect();
            let counts = vec![0; correlation.steps.len()];
            bursts(&times, span, &mut Steps { presence, steps: &steps, counts })
        }
        Question::Ordered => {
            bursts(&times, span, &mut Chains::new(occurrences, correlation.steps.len()))
        }
    }
}

impl Burst {
    fn of(key: &[Arc<str>], within: &[Occurrence], events: &[Details]) -> Option<Self> {
        let mut seen = HashSet::new();
        let mut numbers: Vec<usize> = within
            .iter()
            .flat_map(|found| found.events.iter().copied())
            .filter(|number| events.get(*number).is_some_and(|event| seen.insert(event.event)))
            .collect();
        let time = |number: &usize| events.get(*number).map(|event| event.time);
        // Matches of other correlations may reach back behind one another.
        numbers.sort_by_key(time);
        let (first, last) = (numbers.first().and_then(time)?, numbers.last().and_then(time)?);
        let place = within.last().map(|found| found.place)?;
        Some(Self { key: key.to_vec(), events: numbers, first, last, place })
    }
}
