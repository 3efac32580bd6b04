//! Rows in order of time, in bounded memory, whoever read them.
//!
//! Each worker keeps its rows sorted by time alone, since the order of evidence is known only when
//! all is read; the merge then orders rows of one moment by evidence, record and rule. Rows without
//! a time come last. Must never lose a row: a temporary file that fails is an error.

mod frame;
mod spill;

use std::hash::BuildHasher;
use std::io;

use crashcart_model::{Event, EventRef, Evidence, EvidenceId, Origin, Timestamp};
use foldhash::fast::FixedState;

use crate::reading::Material;
use spill::{Header, Key, Spill};

/// Bytes of rows that all workers together hold in memory.
const BUDGET: usize = 48 << 20;

/// Bytes of rows of one moment held in memory while they are put in order.
const MOMENT_BUDGET: usize = 16 << 20;

/// Rows could not be sorted or given out.
#[derive(Debug, thiserror::Error)]
pub enum SortError {
    /// The temporary file failed: the disk is full, most often.
    #[error("keep rows in a temporary file while they are sorted")]
    Spill(#[source] io::Error),
    /// Whoever takes the rows takes no more.
    #[error("write the rows out")]
    Output(#[source] io::Error),
}

impl SortError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            SortError::Spill(_) => Some(
                "make room in the temporary folder or name another in TMPDIR; or ask for less \
                 (--since, --until, --key, --event)",
            ),
            SortError::Output(_) => None,
        }
    }
}

impl From<io::Error> for SortError {
    /// Whatever fails between the rows and their place is the temporary file.
    fn from(error: io::Error) -> Self {
        SortError::Spill(error)
    }
}

/// A row in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SortedRow {
    pub event: Event,
    /// Index of the rule that matched.
    pub rule: Option<u32>,
    /// What was kept beside the row.
    pub record: Option<String>,
}

/// The rows of one worker.
#[derive(Debug)]
pub(crate) struct Rows {
    spill: Spill,
    frame: Vec<u8>,
    failed: Option<io::Error>,
}

impl Rows {
    /// For one of `threads` workers, which share the budget (with the one that sees what waited).
    pub fn new(threads: usize) -> Self {
        Self::with_budget(BUDGET / (threads + 1))
    }

    fn with_budget(budget: usize) -> Self {
        Self { spill: Spill::new(budget), frame: Vec::new(), failed: None }
    }

    /// Keeps a row. Of the event's origin only the event id counts: its evidence is named when all
    /// is read. `record` travels beside the row.
    pub fn push(&mut self, event: &Event, at: EventRef, rule: Option<u32>, record: Option<&str>) {
        if self.failed.is_some() {
            return;
        }
        frame::write(event, record, &mut self.frame);
        let key = Key {
            time: event.time.map_or(i64::MAX, Timestamp::millis),
            rank: 0,
            record: 0,
            rule: rule.map_or(0, |rule| rule + 1),
            content: FixedState::with_seed(0).hash_one(&self.frame),
        };
        let length = u32::try_from(self.frame.len()).unwrap_or(u32::MAX);
        self.failed = self.spill.push(Header { key, at, length }, &self.frame).err();
    }
}

/// Gives out all rows in order; returns how many.
///
/// # Errors
/// When a temporary file failed, now or while rows were kept, or `emit` did.
pub(crate) fn merge<O>(
    rows: Vec<Rows>,
    material: &Material<O>,
    emit: &mut dyn FnMut(SortedRow) -> io::Result<()>,
) -> Result<u64, SortError> {
    let mut spills = Vec::new();
    for rows in rows {
        if let Some(error) = rows.failed {
            return Err(SortError::Spill(error));
        }
        spills.push(rows.spill);
    }
    let evidence = &material.table.evidence;
    let mut moment = Moment { evidence, spill: Spill::new(MOMENT_BUDGET), emitted: 0 };
    let mut now = None;
    spill::merge::<SortError>(spills, &mut |mut header, bytes| {
        if now.replace(header.key.time) != Some(header.key.time) {
            moment.emit(emit)?;
        }
        // Of several deliveries the first counts, whichever was shown: its place is the row's.
        let origin = material.origin(header.at, frame::event_id(bytes));
        let rank = evidence.partition_point(|known| known.id < origin.evidence);
        header.key.rank = u32::try_from(rank).unwrap_or(u32::MAX);
        header.key.record = u32::try_from(origin.record).unwrap_or(u32::MAX);
        Ok(moment.spill.push(header, bytes)?)
    })?;
    moment.emit(emit)?;
    Ok(moment.emitted)
}

/// Rows of one moment, in order of place.
struct Moment<'a> {
    evidence: &'a [Evidence],
    spill: Spill,
    emitted: u64,
}

impl Moment<'_> {
    fn emit(&mut self, emit: &mut dyn FnMut(SortedRow) -> io::Result<()>) -> Result<(), SortError> {
        let Self { evidence, spill, emitted } = self;
        spill.drain(&mut |Header { key, .. }, bytes| {
            let known = evidence.get(key.rank as usize).map(|known| known.id.clone());
            let origin = Origin {
                evidence: known.unwrap_or_else(|| EvidenceId::new("unread", None)),
                record: u64::from(key.record),
                event_id: None,
            };
            let time = (key.time != i64::MAX).then(|| Timestamp::from_millis(key.time));
            let row = frame::read(bytes, (time, key.rule.checked_sub(1)), origin)
                .ok_or(io::ErrorKind::InvalidData)
                .map_err(|kind| SortError::Spill(kind.into()))?;
            *emitted += 1;
            emit(row).map_err(SortError::Output)
        })
    }
}
