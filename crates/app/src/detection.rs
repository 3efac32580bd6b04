//! Rules at work: each event is matched once, matches are counted exactly and shown up to a cap.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::BuildHasher as _;

use crashcart_model::{
    EventRef, Finding, Head, LogText, Outcome, Outcomes, Record, RuleHit, Str, Timestamp,
    principal_name,
};
use crashcart_sigma::{CorrelationMatch, Correlator, Matcher, RuleMeta, RuleSet};

use foldhash::quality::RandomState;

use crate::reading::{Material, Observer, event_hash};

/// Events listed for one finding; the earliest. The count is exact.
const EVENTS_LISTED: usize = 100;
/// Principals, keys, addresses and regions listed for one finding.
const NAMES_LISTED: usize = 50;
/// Hashes of names kept for each such list.
const NAMES_RECENT: usize = 256;

/// An event in the order in which findings list them: time, id, and where those are equal a hash
/// of the record, so that what the cap cuts off depends on content alone.
type Listed = (Option<Timestamp>, Option<String>, u64, EventRef);

/// What one rule matched so far.
#[derive(Debug, Default)]
struct Tally {
    count: u64,
    outcomes: Outcomes,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    principals: Names,
    access_keys: Names,
    addresses: Names,
    regions: Names,
    /// Hashes of who and where together, lately added.
    recent: Vec<u64>,
    events: BTreeSet<Listed>,
}

/// The first so many names in the order of the alphabet.
#[derive(Debug, Default)]
struct Names {
    names: BTreeSet<String>,
    /// Hashes of names lately added: most events name whom others named before them.
    recent: Vec<u64>,
}

impl Names {
    /// Adds a name of an event.
    fn see(&mut self, name: &Named<'_>) {
        if is_news(&mut self.recent, name.hash) {
            self.add(&name.text);
        }
    }

    fn add(&mut self, name: &str) {
        if name.is_empty() {
            return;
        }
        if self.names.len() >= NAMES_LISTED {
            if self.names.last().is_none_or(|last| last.as_str() < name)
                || self.names.contains(name)
            {
                return;
            }
            self.names.pop_last();
        } else if self.names.contains(name) {
            return;
        }
        self.names.insert(name.to_owned());
    }

    fn merge(&mut self, other: Self) {
        other.names.iter().for_each(|name| self.add(name));
    }

    fn texts(self) -> Vec<LogText> {
        self.names.into_iter().map(LogText::new).collect()
    }
}

/// Whether a hash is not among those lately seen.
fn is_news(recent: &mut Vec<u64>, hash: u64) -> bool {
    if recent.is_empty() {
        recent.resize(NAMES_RECENT, 0);
    }
    #[allow(clippy::cast_possible_truncation, reason = "any bits of the hash do")]
    let place = recent.get_mut(hash as usize % NAMES_RECENT);
    place.is_none_or(|known| std::mem::replace(known, hash) != hash)
}

/// A name in an event, and its hash.
struct Named<'a> {
    text: Cow<'a, str>,
    hash: u64,
}

/// What an event tells every rule that it matches: its principal, access key, address and region,
/// and what became of the call.
struct Telling<'a> {
    names: [Named<'a>; 4],
    /// Of all names together.
    hash: u64,
    outcome: Outcome,
}

impl<'a> Telling<'a> {
    fn of(head: &Head<'a>, state: &RandomState) -> Self {
        let named = |text: Cow<'a, str>| Named { hash: state.hash_one(&*text), text };
        let field = |field: Option<Str<'a>>| named(field.map_or(Cow::Borrowed(""), Str::text));
        let identity = head.identity();
        let names = [
            named(principal_name(identity)),
            field(identity.access_key),
            field(head.address),
            field(head.region),
        ];
        let hash = names.iter().fold(0_u64, |all, name| all.rotate_left(16) ^ name.hash);
        Self { names, hash, outcome: head.outcome() }
    }
}

impl Tally {
    fn add(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef, told: &Telling<'_>) {
        let [principal, access_key, address, region] = &told.names;
        self.count += 1;
        self.outcomes.add(told.outcome);
        self.span(head.time);
        if is_news(&mut self.recent, told.hash) {
            self.principals.see(principal);
            self.access_keys.see(access_key);
            self.addresses.see(address);
            self.regions.see(region);
        }
        if self.events.len() >= EVENTS_LISTED
            && self.events.last().is_some_and(|last| unlisted(head.time) > unlisted(last.0))
        {
            return;
        }
        let id = head.event_id.map(|id| id.text().into_owned());
        self.list((head.time, id, event_hash(record.json()), at));
    }

    fn span(&mut self, time: Option<Timestamp>) {
        self.first = self.first.into_iter().chain(time).min();
        self.last = self.last.into_iter().chain(time).max();
    }

    fn list(&mut self, event: Listed) {
        self.events.insert(event);
        if self.events.len() > EVENTS_LISTED {
            self.events.pop_last();
        }
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.outcomes.merge(other.outcomes);
        self.span(other.first);
        self.span(other.last);
        self.principals.merge(other.principals);
        self.access_keys.merge(other.access_keys);
        self.addresses.merge(other.addresses);
        self.regions.merge(other.regions);
        other.events.into_iter().for_each(|event| self.list(event));
    }

    fn correlated(&mut self, found: &CorrelationMatch) {
        self.count += 1;
        self.outcomes.add(of_window(found));
        self.span(Some(found.first));
        self.span(Some(found.last));
        for event in &found.events {
            self.principals.add(event.principal.raw());
            self.access_keys.add(event.access_key.raw());
            self.addresses.add(event.address.raw());
            self.regions.add(event.region.raw());
            let id = event.event_id.as_ref().map(|id| id.raw().to_owned());
            let order = u64::from(event.event.record);
            self.list((Some(event.time), id, order, event.event));
        }
    }
}

/// What became of a window: its calls that had an effect say more than those that had none.
fn of_window(found: &CorrelationMatch) -> Outcome {
    let any = |outcome| found.events.iter().any(|event| event.outcome == outcome);
    if any(Outcome::Done) {
        Outcome::Done
    } else if any(Outcome::Unknown) || found.event_count > found.events.len() as u64 {
        Outcome::Unknown
    } else if any(Outcome::Denied) {
        Outcome::Denied
    } else {
        Outcome::Failed
    }
}

/// An event without a time sorts first in an `Option`; the order of a listing is the same.
const fn unlisted(time: Option<Timestamp>) -> i64 {
    match time {
        Some(time) => time.millis(),
        None => i64::MIN,
    }
}

/// Matches rules on the events of one worker, and hands each match on.
pub(crate) struct Detector<'r, T> {
    rules: &'r RuleSet,
    matcher: Matcher<'r>,
    correlator: Correlator<'r>,
    hits: Vec<RuleHit>,
    tallies: Vec<Tally>,
    state: RandomState,
    /// What else looks at the event, with the rules that it matched.
    pub next: T,
}

/// Looks at each event together with its matches.
pub(crate) trait MatchObserver: Send {
    /// An event and the visible rules that it matched.
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef, hits: &[RuleHit]);
}

impl<'r, T> Detector<'r, T> {
    pub fn new(rules: &'r RuleSet, next: T) -> Self {
        Self {
            rules,
            matcher: rules.matcher(),
            correlator: rules.correlator(),
            hits: Vec::new(),
            tallies: rules.rules().iter().map(|_| Tally::default()).collect(),
            state: RandomState::default(),
            next,
        }
    }
}

impl<T: MatchObserver> Observer for Detector<'_, T> {
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) {
        self.matcher.matches(record, head, &mut self.hits);
        if !self.hits.is_empty() {
            self.correlator.observe(record, head, at, &self.hits);
            let metas = self.rules.rules();
            self.hits.retain(|hit| metas.get(hit.rule as usize).is_some_and(|meta| !meta.hidden));
            if !self.hits.is_empty() {
                let telling = Telling::of(head, &self.state);
                for hit in &self.hits {
                    if let Some(tally) = self.tallies.get_mut(hit.rule as usize) {
                        tally.add(record, head, at, &telling);
                    }
                }
            }
        }
        self.next.event(record, head, at, &self.hits);
    }
}

/// All findings of a reading, worst first, and what else looked at the events.
pub(crate) struct Detected<T> {
    pub findings: Vec<Finding>,
    pub correlations: Vec<CorrelationMatch>,
    pub others: Vec<T>,
}

/// Puts the workers' matches together.
pub(crate) fn findings<T>(
    rules: &RuleSet,
    material: &mut Material<Detector<'_, T>>,
) -> Detected<T> {
    let detectors = std::mem::take(&mut material.observers);
    let mut tallies: Vec<Tally> = rules.rules().iter().map(|_| Tally::default()).collect();
    let mut correlator = rules.correlator();
    let mut others = Vec::new();
    let threads = detectors.len().saturating_sub(1);
    for detector in detectors {
        for (all, one) in tallies.iter_mut().zip(detector.tallies) {
            all.merge(one);
        }
        correlator.merge(detector.correlator);
        others.push(detector.next);
    }
    let rank = |evidence: u32| material.table.rank(evidence);
    let correlations = correlator.finish(threads, &rank);
    for found in &correlations {
        if let Some(tally) = tallies.get_mut(found.rule as usize) {
            tally.correlated(found);
        }
    }
    let mut findings: Vec<Finding> = rules
        .rules()
        .iter()
        .zip(tallies)
        .filter(|(meta, tally)| tally.count > 0 && !meta.hidden)
        .map(|(meta, tally)| finding(meta, tally, material))
        .collect();
    findings.sort_by(|a, b| {
        (b.level, a.first, &a.rule, &a.name).cmp(&(a.level, b.first, &b.rule, &b.name))
    });
    Detected { findings, correlations, others }
}

fn finding<O>(meta: &RuleMeta, tally: Tally, material: &Material<O>) -> Finding {
    let mut events: Vec<_> = tally
        .events
        .into_iter()
        .map(|(time, id, _, at)| (time, material.origin(at, id.map(LogText::new))))
        .collect();
    events.sort();
    Finding {
        rule: meta.id.clone(),
        name: meta.name.clone(),
        title: meta.title.clone(),
        level: meta.level,
        tactics: meta.tactics.clone(),
        techniques: meta.techniques.clone(),
        count: tally.count,
        outcomes: tally.outcomes,
        first: tally.first,
        last: tally.last,
        principals: tally.principals.texts(),
        access_keys: tally.access_keys.texts(),
        addresses: tally.addresses.texts(),
        regions: tally.regions.texts(),
        events: events.into_iter().map(|(_, origin)| origin).collect(),
    }
}
