//! Rows in order of time, in bounded memory, whoever read them.
//!
//! Each worker keeps its rows sorted by time alone, since the order of evidence is known only when
//! all is read; the merge then orders rows of one moment by evidence, record and rule. Rows without
//! a time come last. Must never lose a row: a temporary file that fails is an error.

mod frame;
pub(crate) mod key;
pub(crate) mod spill;

use std::hash::BuildHasher;
use std::io;

use crashcart_model::{Event, EventRef, Evidence, EvidenceId, Origin, Timestamp};
use foldhash::fast::FixedState;

use crate::reading::Material;
use key::{Header, Key};
use spill::Spill;

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
    let evidence = &material.coverage.evidence;
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crashcart_model::{Head, Record};
    use serde_json::json;

    use super::*;
    use crate::filter::Filter;
    use crate::reading::{self, Observer};
    use crate::testing::{call, folder, listing, options};
    use crate::timeline::unplaced;
    use crate::{Progress, ReadOptions};

    struct Keeper(Rows);

    impl Observer for Keeper {
        fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) {
            let rule = head.read_only.map(u32::from);
            self.0.push(&Event::of(head, unplaced(head)), at, rule, Some(record.json()));
        }
    }

    fn sorted(folder: &std::path::Path, options: &ReadOptions, budget: usize) -> Vec<SortedRow> {
        let make = || Keeper(Rows::with_budget(budget));
        let mut material = reading::read(&listing(folder), options, &Progress::default(), &make);
        let keepers = std::mem::take(&mut material.observers);
        let mut rows = Vec::new();
        let count =
            merge(keepers.into_iter().map(|keeper| keeper.0).collect(), &material, &mut |row| {
                rows.push(row);
                Ok(())
            });
        assert_eq!(count.unwrap(), rows.len() as u64);
        rows
    }

    /// Twelve hundred events in six files; the times repeat and go back and forth.
    fn scattered() -> tempfile::TempDir {
        let files: Vec<(String, Vec<_>)> = (0..6)
            .map(|file| {
                let records = (0..200).map(|number| {
                    let minute = (number * 7 + file * 13) % 50;
                    let time = format!("2026-05-04T02:{minute:02}:00Z");
                    call("GetUser", &format!("{file}-{number}"), &time, json!({"readOnly": true}))
                });
                (format!("{file}.json"), records.collect())
            })
            .collect();
        let files: Vec<_> = files.iter().map(|(name, all)| (name.as_str(), all.clone())).collect();
        folder(&files)
    }

    #[test]
    fn rows_come_by_time_then_evidence_then_record_whatever_memory_and_threads_there_are() {
        let folder = scattered();
        let plenty = sorted(folder.path(), &options(1, Filter::default()), 1 << 20);
        assert_eq!(plenty.len(), 1200);
        let place = |row: &SortedRow| {
            let origin = &row.event.origin;
            (row.event.time, origin.evidence.clone(), origin.record)
        };
        assert!(plenty.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])));
        // The place is the event's own: id FILE-NUMBER is record NUMBER of one evidence for each FILE.
        let mut names = BTreeMap::new();
        for row in &plenty {
            let id = row.event.origin.event_id.as_ref().unwrap().raw();
            let (file, number) = id.split_once('-').unwrap();
            assert_eq!(number.parse(), Ok(row.event.origin.record));
            let evidence = names.entry(file.to_owned()).or_insert(&row.event.origin.evidence);
            assert_eq!(*evidence, &row.event.origin.evidence);
            assert_eq!(row.rule, Some(1));
            assert!(row.record.as_ref().unwrap().contains(&format!("{id:?}")));
        }
        assert_eq!(names.len(), 6);
        // 2 kB hold two rows, so there are more runs than are merged at a time.
        for (threads, budget) in [(4, 1 << 20), (1, 2000), (4, 2000), (1, 0)] {
            let scarce = sorted(folder.path(), &options(threads, Filter::default()), budget);
            assert_eq!(scarce, plenty, "{threads} threads, {budget} bytes");
        }
    }

    #[test]
    fn more_rows_of_one_moment_than_memory_holds_are_in_order_too() {
        let folder = scattered();
        let options = options(2, Filter::default());
        let make = || Keeper(Rows::with_budget(4000));
        let mut material =
            reading::read(&listing(folder.path()), &options, &Progress::default(), &make);
        let keepers = std::mem::take(&mut material.observers);
        let mut moment =
            Moment { evidence: &material.coverage.evidence, spill: Spill::new(3000), emitted: 0 };
        let spills = keepers.into_iter().map(|keeper| keeper.0.spill).collect();
        spill::merge::<SortError>(spills, &mut |mut header, bytes| {
            header.key.time = i64::MAX;
            header.key.rank = 5 - header.at.record % 6;
            header.key.record = 200 - header.at.record;
            Ok(moment.spill.push(header, bytes)?)
        })
        .unwrap();
        let mut places = Vec::new();
        moment
            .emit(&mut |row| {
                assert_eq!(row.event.time, None);
                places.push((row.event.origin.evidence, row.event.origin.record));
                Ok(())
            })
            .unwrap();
        assert_eq!(places.len(), 1200);
        assert!(places.is_sorted());
    }

    #[test]
    fn an_event_without_a_time_comes_last_and_has_none() {
        let folder = folder(&[(
            "a.json",
            vec![
                call("A", "1", "yesterday", json!({})),
                call("B", "2", "2026-05-04T02:00:00Z", json!({})),
            ],
        )]);
        let rows = sorted(folder.path(), &options(1, Filter::default()), 1000);
        let names: Vec<_> = rows.iter().map(|row| row.event.name.raw()).collect();
        assert_eq!(names, ["B", "A"]);
        assert_eq!(rows[1].event.time, None);
    }

    #[test]
    fn an_event_delivered_twice_is_one_row_at_its_first_place_in_the_order_of_evidence() {
        let twice = call("A", "1", "2026-05-04T02:00:00Z", json!({}));
        let other = call("B", "2", "2026-05-04T02:00:00Z", json!({}));
        let folder = folder(&[
            ("a.json", vec![other.clone(), twice.clone()]),
            ("b.json", vec![twice.clone()]),
            ("c.json", vec![other, twice]),
        ]);
        let rows = sorted(folder.path(), &options(1, Filter::default()), 1000);
        assert_eq!(rows.len(), 2);
        for _ in 0..20 {
            assert_eq!(sorted(folder.path(), &options(4, Filter::default()), 1000), rows);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_with_a_hint_and_no_row_is_given_out() {
        let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let folder = scattered();
        let make =
            || Keeper(Rows { spill: Spill::onto(1000, full()), frame: Vec::new(), failed: None });
        let options = options(1, Filter::default());
        let mut material =
            reading::read(&listing(folder.path()), &options, &Progress::default(), &make);
        let keepers = std::mem::take(&mut material.observers);
        let error =
            merge(keepers.into_iter().map(|keeper| keeper.0).collect(), &material, &mut |_| {
                panic!("a row was given out")
            })
            .unwrap_err();
        assert!(matches!(error, SortError::Spill(_)), "{error:?}");
        assert!(error.hint().unwrap().contains("make room"));
    }

    #[test]
    fn an_output_that_takes_no_more_is_told_from_a_temporary_file_that_failed() {
        let folder = scattered();
        let options = options(1, Filter::default());
        let mut material =
            reading::read(&listing(folder.path()), &options, &Progress::default(), &|| {
                Keeper(Rows::new(1))
            });
        let keepers = std::mem::take(&mut material.observers);
        let error =
            merge(keepers.into_iter().map(|keeper| keeper.0).collect(), &material, &mut |_| {
                Err(io::ErrorKind::BrokenPipe.into())
            })
            .unwrap_err();
        assert!(
            matches!(&error, SortError::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe)
        );
    }
}
