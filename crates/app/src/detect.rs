//! `detect`: what the rules found, grouped or match by match.

use std::io;

use crashcart_collect::Listing;
use crashcart_model::{
    Coverage, Event, EventRef, Finding, Head, LogText, Origin, Outcome, Record, RuleHit,
};
use crashcart_report::Row;
use crashcart_sigma::{CorrelationMatch, MatchedEvent};
use serde::Serialize;

use crate::AppError;
use crate::detection::{self, Detector, MatchObserver};
use crate::progress::Progress;
use crate::reading::{self, ReadOptions};
use crate::rules::Rules;
use crate::sorted::{self, Rows};
use crate::timeline::unplaced;

/// What the rules found.
#[derive(Debug, Serialize)]
pub struct Detection {
    /// What was read.
    pub coverage: Coverage,
    /// Worst first.
    pub findings: Vec<Finding>,
}

/// Takes rows one by one.
pub type EmitRow<'a> = dyn FnMut(&Row<'_>) -> io::Result<()> + 'a;

/// Nothing else looks at the events.
struct Nothing;

impl MatchObserver for Nothing {
    fn event(&mut self, _: &Record<'_>, _: &Head<'_>, _: EventRef, _: &[RuleHit]) {}
}

/// Keeps a row for each match.
struct MatchRows(Rows);

impl MatchObserver for MatchRows {
    fn event(&mut self, _: &Record<'_>, head: &Head<'_>, at: EventRef, hits: &[RuleHit]) {
        if hits.is_empty() {
            return;
        }
        let event = Event::of(head, unplaced(head));
        for hit in hits {
            self.0.push(&event, at, Some(hit.rule), None);
        }
    }
}

/// Findings grouped by rule, worst first.
pub fn detect(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    rules: &Rules,
) -> Detection {
    let make = || Detector::new(&rules.set, Nothing);
    let mut material = reading::read(listing, options, progress, &make);
    let detected = detection::findings(&rules.set, &mut material);
    Detection { coverage: material.coverage, findings: detected.findings }
}

/// Findings, and each match as a row in order of time. A correlation gives one row, at the first
/// of its events.
///
/// # Errors
/// When rows cannot be sorted or written.
pub fn detect_rows(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    (rules, emit): (&Rules, &mut EmitRow<'_>),
) -> Result<Detection, AppError> {
    let make = || Detector::new(&rules.set, MatchRows(Rows::new(options.threads)));
    let mut material = reading::read(listing, options, progress, &make);
    let detected = detection::findings(&rules.set, &mut material);
    let mut rows: Vec<Rows> = detected.others.into_iter().map(|keeper| keeper.0).collect();
    let mut correlated = Rows::new(options.threads);
    for found in &detected.correlations {
        if let Some(first) = found.events.first() {
            correlated.push(&row(found, first), first.event, Some(found.rule), None);
        }
    }
    rows.push(correlated);
    let paths = material.paths();
    sorted::merge(rows, &material, &mut |sorted| {
        let meta = sorted.rule.and_then(|rule| rules.metas().get(rule as usize));
        emit(&Row {
            event: &sorted.event,
            finding: meta.map(|meta| {
                (meta.id.as_str(), meta.name.as_str(), meta.title.as_str(), meta.level)
            }),
            local_path: paths.get(&sorted.event.origin.evidence).copied(),
        })
    })?;
    Ok(Detection { coverage: material.coverage, findings: detected.findings })
}

/// A correlation as a row: the first event stands for all, and says how many there are.
fn row(found: &CorrelationMatch, first: &MatchedEvent) -> Event {
    Event {
        time: Some(found.first),
        source: LogText::default(),
        name: LogText::new(format!("{} events together", found.event_count)),
        region: first.region.clone(),
        account: LogText::default(),
        principal: first.principal.clone(),
        access_key: first.access_key.clone(),
        address: first.address.clone(),
        user_agent: LogText::default(),
        outcome: Outcome::Unknown,
        error: LogText::default(),
        origin: Origin {
            evidence: crashcart_model::EvidenceId::new("unread", None),
            record: 0,
            event_id: first.event_id.clone(),
        },
    }
}
