//! Reads material: every file once, in parallel, each record shown to an observer at most once.
//!
//! The result depends on the content alone: not on paths, the order of the walk, or the number of
//! threads. Full records are read before lossy exports; copies in other accounts' trails wait
//! until all is read; and where a record corrects an earlier one, all is read a second time with
//! the corrections known.

mod desk;
mod digests;
mod distinct;
mod shared_calls;
mod table;
mod twins;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crashcart_collect::{Found, Listing};
use crashcart_decode::{Caps, ColumnMap};
use crashcart_model::{
    Coverage, EventRef, Evidence, EvidenceId, Gap, GapReason, Head, LogText, LogTypeCount, Origin,
    Record,
};
use crashcart_store::GivenInput;
use foldhash::fast::FixedState;
use foldhash::quality::RandomState;

use crate::filter::Filter;
use crate::progress::Progress;
use desk::{Counts, Desk, Shared};
use distinct::{Distinct, Keys};
use shared_calls::{SharedCalls, call_hash};
use table::{Numbering, Table};
use twins::Waiting;

/// A file is large when it is more than this part of a thread's share.
const LARGE: u64 = 16;
/// How many objects are fetched ahead of the one that is read, of each its first 4 MiB at most.
pub(crate) const AHEAD: usize = 24;
/// How many gaps a document lists; their number is always exact.
const GAPS_LISTED: usize = 1000;

/// Looks at each distinct event that passes the filter. One per worker.
pub(crate) trait Observer: Send {
    /// An event; borrowed, gone after the call.
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef);
}

/// How to read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Bounds on hostile input.
    pub caps: Caps,
    /// Worker threads, at least one.
    pub threads: usize,
    /// Which events count.
    pub filter: Filter,
    /// What the user says that the columns of tables hold.
    pub columns: ColumnMap,
    /// The files and texts that this was taken from, for the manifest of a case.
    pub given: Vec<GivenInput>,
}

impl ReadOptions {
    /// The same, for a use case that takes keys, principals and addresses as what it is asked
    /// about: what others did is part of the answer.
    #[must_use]
    pub fn asking(mut self) -> Self {
        self.filter.keys.clear();
        self.filter.principals.clear();
        self.filter.addresses.clear();
        self
    }
}

/// What one reading found that the next must know.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Corrections {
    /// Event ids that an addendum replaces.
    pub superseded: BTreeSet<String>,
    /// Shared event ids, by their hash, that two accounts have, neither of them the caller's.
    pub undecided: BTreeSet<u64>,
    /// Event ids, by their hash, that different events have, one of which was delivered more than
    /// once: whose copy a further delivery is cannot be told from the id.
    pub namesakes: BTreeSet<u64>,
}

/// Material that was read.
pub(crate) struct Material<O> {
    pub observers: Vec<O>,
    pub coverage: Coverage,
    pub table: Table,
    /// Further deliveries, the first of each in the order of evidence; sorted by hash.
    copies: Vec<(u64, EventRef)>,
}

impl<O> Material<O> {
    /// The origin of an event. Of several deliveries the first in the order of evidence is named.
    pub fn origin(&self, at: EventRef, event_id: Option<LogText>) -> Origin {
        let mut origin =
            Origin { evidence: self.table.id(at.evidence), record: u64::from(at.record), event_id };
        self.name_first_copy(&mut origin);
        origin
    }

    /// Where each piece of evidence was found.
    pub fn paths(&self) -> BTreeMap<&EvidenceId, &str> {
        let evidence = self.coverage.evidence.iter();
        evidence.map(|one| (&one.id, one.path.as_str())).collect()
    }

    /// Names the first delivery of an event in place of a later one.
    pub fn name_first_copy(&self, origin: &mut Origin) {
        let Some(hash) = origin.event_id.as_ref().map(|id| event_hash(id.raw())) else { return };
        let found = self.copies.binary_search_by_key(&hash, |copy| copy.0).ok();
        let Some((_, at)) = found.and_then(|found| self.copies.get(found)) else { return };
        let copy = (self.table.id(at.evidence), u64::from(at.record));
        if (&copy.0, copy.1) < (&origin.evidence, origin.record) {
            (origin.evidence, origin.record) = copy;
        }
    }
}

/// A hash that is the same in every process, to find copies by event id.
pub(crate) fn event_hash(id: &str) -> u64 {
    use std::hash::BuildHasher;
    FixedState::with_seed(0).hash_one(id)
}

/// Reads all files of a listing.
pub(crate) fn read<O: Observer>(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    make: &(dyn Fn() -> O + Sync),
) -> Material<O> {
    let keys = Keys::default();
    let mut corrections = Corrections::default();
    let once = |corrections: &_| read_once(listing, options, progress, (make, corrections, &keys));
    let (mut material, mut found) = once(&corrections);
    // Almost always nothing was corrected; where something was, the second reading knows all of it.
    if found != corrections {
        corrections = found;
        (material, found) = once(&corrections);
        debug_assert_eq!(found, corrections, "a second reading finds what the first did");
    }
    material
}

fn read_once<O: Observer>(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    (make, corrections, keys): (&(dyn Fn() -> O + Sync), &Corrections, &Keys),
) -> (Material<O>, Corrections) {
    progress.expect(listing.files.iter().map(|file| file.size).sum());
    let shared = Shared {
        distinct: Distinct::new(keys.clone()),
        key: keys.0.clone(),
        numbering: Numbering::default(),
        filter: &options.filter,
        columns: &options.columns,
        progress,
        corrections,
    };
    let mut desks: Vec<Desk<'_, O>> =
        (0..options.threads.max(1)).map(|_| Desk::new(&shared, make())).collect();
    let lossy = work(&mut desks, &listing.files, &options.caps, false);
    if !lossy.is_empty() {
        shared.distinct.expect_rows();
    }
    work(&mut desks, &lossy, &options.caps, true);
    let mut observers = Vec::new();
    let mut counts = Counts::default();
    let (mut waiting, mut namesakes): (Vec<Waiting>, Vec<Waiting>) = (Vec::new(), Vec::new());
    for desk in desks {
        observers.push(desk.observer);
        counts.add(desk.counts);
        waiting.push(desk.waiting);
        namesakes.push(desk.namesakes);
    }
    counts.gaps.extend(listing.gaps.iter().cloned());
    let mut found = std::mem::take(&mut counts.corrections);
    found.undecided = counts.shared_calls.settle();
    found.undecided.extend(&corrections.undecided);
    let Shared { distinct, key, numbering, .. } = shared;
    found.namesakes = counts.namesakes(&distinct);
    found.namesakes.extend(&corrections.namesakes);
    let (table, evidence) = numbering.finish();
    settle(
        (&mut waiting, &mut namesakes, (&distinct, &key)),
        &table,
        (&options.filter, make),
        (&mut counts, &mut observers),
    );
    let copies = first_copies(std::mem::take(&mut counts.copies), &table);
    let coverage = coverage(counts, evidence);
    (Material { observers, coverage, table, copies }, found)
}

/// Reads files side by side; returns those that must wait for the lossy round.
fn work<O: Observer>(
    desks: &mut [Desk<'_, O>],
    files: &[Found],
    caps: &Caps,
    lossy: bool,
) -> Vec<Found> {
    let mut queue: Vec<&Found> = files.iter().collect();
    let total: u64 = files.iter().map(|file| file.size).sum();
    let large = total / (LARGE * desks.len() as u64);
    // Taken from the end: the large ones first, so that no thread is left alone with one at the
    // end; then file by file as they lie, since neighbours tell of the same people.
    queue.sort_by(|a, b| {
        let class = |file: &Found| if file.size > large { file.size } else { 0 };
        (class(a), &b.path, &b.shown).cmp(&(class(b), &a.path, &a.shown))
    });
    let queue = Mutex::new(queue);
    let later = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for desk in desks {
            let (queue, later) = (&queue, &later);
            scope.spawn(move || {
                loop {
                    let Some(file) = next(queue) else { return };
                    desk.read(file, caps, lossy);
                    if desk.deferred {
                        later.lock().unwrap_or_else(PoisonError::into_inner).push(file.clone());
                    }
                }
            });
        }
    });
    later.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The next file. What follows it is fetched meanwhile, where it must be fetched.
fn next<'f>(queue: &Mutex<Vec<&'f Found>>) -> Option<&'f Found> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let next = queue.pop()?;
    for object in queue.iter().rev().take(AHEAD).filter_map(|file| file.object.as_ref()) {
        object.begin();
    }
    Some(next)
}

impl<O: Observer> Desk<'_, O> {
    fn read(&mut self, file: &Found, caps: &Caps, lossy: bool) {
        self.open(&file.shown, lossy);
        if let Some(sealed) = crashcart_collect::read(file, caps, self) {
            self.seal(&sealed);
        }
        self.finished(file.size);
    }
}

/// Spools of what waits and of namesakes, and what tells deliveries apart.
type Deliveries<'a> = (&'a mut [Waiting], &'a mut [Waiting], (&'a Distinct, &'a RandomState));

/// Shows what waited: of events that share their id the first delivery of each, and of copies
/// for a second account those whose call was not seen in the caller's own.
fn settle<O: Observer>(
    (waiting, namesakes, (distinct, key)): Deliveries<'_>,
    table: &Table,
    (filter, make): (&Filter, &(dyn Fn() -> O + Sync)),
    (counts, observers): (&mut Counts, &mut Vec<O>),
) {
    let mut observer = make();
    let mut told = Counts::default();
    let mut tell = |record: &Record<'_>, head: &Head<'_>, at: EventRef| {
        told.event(head);
        if filter.is_empty() || filter.passes(record, head) {
            observer.event(record, head, at);
        }
    };
    let mut also_shared = SharedCalls::default();
    let copies = twins::tell_apart(namesakes, table, distinct, &mut |record, at| {
        let head = Head::of(record);
        match (twins::is_foreign(&head), waiting.first_mut()) {
            (true, Some(waiting)) => waiting.keep(record, at),
            _ => {
                if let Some(id) = head.shared_event_id.filter(|id| !id.is_empty()) {
                    also_shared.add(id, &head, key);
                }
                tell(record, &head, at);
            }
        }
    });
    also_shared.settle();
    let known = |head: &Head<'_>| {
        head.shared_event_id
            .map(|id| call_hash(id, key))
            .is_some_and(|call| also_shared.contains(call) || counts.shared_calls.contains(call))
    };
    let joined = twins::settle(waiting, table, &known, &mut |record, at| {
        tell(record, &Head::of(record), at);
    });
    counts.add(told);
    let lost: u64 = waiting.iter().chain(&*namesakes).map(|spool| spool.lost).sum();
    if lost > 0 || joined.is_err() || copies.is_err() {
        counts.gaps.insert(Gap {
            path: "temporary file for copies of events".to_owned(),
            offset: 0,
            size: None,
            reason: GapReason::Unreadable,
            detail: format!("{lost} records could not be kept: make room in the temporary folder"),
        });
    }
    counts.shared += joined.unwrap_or_default();
    counts.duplicates += copies.unwrap_or_default();
    observers.push(observer);
}

fn first_copies(mut copies: Vec<(u64, EventRef)>, table: &Table) -> Vec<(u64, EventRef)> {
    copies.sort_unstable_by_key(|(hash, at)| (*hash, table.rank(at.evidence), at.record));
    copies.dedup_by_key(|(hash, _)| *hash);
    copies
}

impl Counts {
    /// Ids of different events one of which was delivered more than once, by their hash.
    fn namesakes(&self, distinct: &Distinct) -> BTreeSet<u64> {
        let names: BTreeSet<u64> = self.copied.iter().map(|(name, _)| *name).collect();
        let namesakes = distinct.namesakes(&names);
        let copied = self.copied.iter().filter(|(name, _)| namesakes.contains(name));
        copied.map(|(_, id)| *id).collect()
    }

    fn add(&mut self, other: Counts) {
        self.events += other.events;
        self.duplicates += other.duplicates;
        self.shared += other.shared;
        self.addenda += other.addenda;
        self.without_time += other.without_time;
        self.without_id += other.without_id;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.into_iter().chain(other.last).max();
        self.accounts.all.extend(other.accounts.all);
        self.regions.all.extend(other.regions.all);
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.gaps.extend(other.gaps);
        self.tables.extend(other.tables);
        self.digests.extend(other.digests);
        self.copies.extend(other.copies);
        self.copied.extend(other.copied);
        self.shared_calls.merge(other.shared_calls);
        self.corrections.superseded.extend(other.corrections.superseded);
    }
}

fn coverage(counts: Counts, evidence: Vec<Evidence>) -> Coverage {
    let texts = |set: BTreeSet<String>| set.into_iter().map(LogText::new).collect();
    Coverage {
        files: evidence.len() as u64,
        bytes: evidence.iter().map(|one| one.inflated).sum(),
        events: counts.events,
        duplicates: counts.duplicates,
        shared: counts.shared,
        addenda: counts.addenda,
        without_time: counts.without_time,
        without_id: counts.without_id,
        gap_count: counts.gaps.len() as u64,
        gaps: counts.gaps.into_iter().take(GAPS_LISTED).collect(),
        first: counts.first,
        last: counts.last,
        accounts: texts(counts.accounts.all),
        regions: texts(counts.regions.all),
        log_types: counts
            .kinds
            .into_iter()
            .map(|(name, count)| LogTypeCount { name: name.to_owned(), count })
            .collect(),
        blind_spots: Vec::new(),
        tables: counts.tables.into_iter().collect(),
        filtered_by: Vec::new(),
        baseline: None,
        deliveries: digests::deliveries(&counts.digests, &evidence),
        evidence,
    }
}
