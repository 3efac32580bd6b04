//! One worker's desk: records come in from the decoder, each is told from its copies, counted and
//! shown to the observer, while its bytes are hot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crashcart_collect::Sealed;
use crashcart_decode::{Apart, ColumnMap, Sink, Stretch, Tally};
use crashcart_model::{EventRef, Gap, Head, Record, Str, TableRead, Timestamp};
use foldhash::quality::RandomState;

use super::digests::Digest;
use super::distinct::{Distinct, Novelty};
use super::shared_calls::{SharedCalls, call_hash};
use super::table::Numbering;
use super::twins::{self, Waiting};
use super::{Corrections, Observer};
use crate::filter::Filter;
use crate::progress::Progress;

/// What all workers of a reading share.
pub(crate) struct Shared<'a> {
    pub distinct: Distinct,
    /// Of the hashes of shared event ids.
    pub key: RandomState,
    pub numbering: Numbering,
    pub filter: &'a Filter,
    pub columns: &'a ColumnMap,
    pub progress: &'a Progress,
    /// What an earlier reading of the same material found to be corrected.
    pub corrections: &'a Corrections,
}

/// Counts of one worker; sums and sets, so that their union does not depend on who read what.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub events: u64,
    pub duplicates: u64,
    pub shared: u64,
    pub addenda: u64,
    pub without_time: u64,
    pub without_id: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub accounts: Noted,
    pub regions: Noted,
    /// How many records of each kind.
    pub kinds: BTreeMap<&'static str, u64>,
    pub gaps: BTreeSet<Gap>,
    pub tables: BTreeSet<TableRead>,
    /// What digest files say.
    pub digests: BTreeSet<Digest>,
    /// Further deliveries: hash of the event id, and where the copy stands.
    pub copies: Vec<(u64, EventRef)>,
    /// For each of these the hash of the id and name, which `Distinct` knows, and that of the id.
    pub copied: Vec<(u64, u64)>,
    pub shared_calls: SharedCalls,
    pub corrections: Corrections,
}

pub(crate) struct Desk<'a, O> {
    shared: &'a Shared<'a>,
    pub observer: O,
    pub counts: Counts,
    pub waiting: Waiting,
    /// Deliveries of events that share their id with others.
    pub namesakes: Waiting,
    /// Whether lossy exports are read now, or full records.
    lossy: bool,
    path: Arc<str>,
    member: Option<String>,
    number: u32,
    records: u64,
    numbers: Vec<u32>,
    pub deferred: bool,
}

impl<'a, O: Observer> Desk<'a, O> {
    pub fn new(shared: &'a Shared<'a>, observer: O) -> Self {
        Self {
            shared,
            observer,
            counts: Counts::default(),
            waiting: Waiting::default(),
            namesakes: Waiting::default(),
            lossy: false,
            path: Arc::from(""),
            member: None,
            number: 0,
            records: 0,
            numbers: Vec::new(),
            deferred: false,
        }
    }

    /// The next file.
    pub fn open(&mut self, path: &str, lossy: bool) {
        self.path = Arc::from(path);
        self.lossy = lossy;
        self.numbers.clear();
        self.deferred = false;
    }

    /// The file was read to its end.
    pub fn seal(&self, sealed: &Sealed) {
        self.shared.numbering.seal(&self.numbers, sealed);
    }

    /// The file is done with.
    pub fn finished(&self, stored: u64) {
        self.shared.progress.finished(stored);
    }

    /// Shows an event that is known to be distinct.
    pub fn show(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) {
        self.counts.event(head);
        if self.shared.filter.is_empty() || self.shared.filter.passes(record, head) {
            self.observer.event(record, head, at);
        }
    }

    /// Whether the event is to be counted now.
    fn admit(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) -> bool {
        if let Some(addendum) = head.addendum {
            self.counts.addenda += 1;
            let corrected = addendum.text_of("originalEventID");
            if let Some(id) = corrected.filter(|id| !id.is_empty()) {
                self.counts.corrections.superseded.insert(id.text().into_owned());
            }
        } else if self.is_superseded(head) {
            return false;
        }
        if self.is_namesake(head) {
            self.namesakes.keep(record, at);
            return false;
        }
        if self.is_copy(head, at) {
            return false;
        }
        if let Some(id) = head.shared_event_id.filter(|id| !id.is_empty()) {
            self.counts.received(head);
            if twins::is_foreign(head) || self.waits(id) {
                self.waiting.keep(record, at);
                return false;
            }
            self.counts.shared_calls.add(id, head, &self.shared.key);
        }
        true
    }

    /// Whether the event was counted already.
    fn is_copy(&mut self, head: &Head<'_>, at: EventRef) -> bool {
        let novelty = self.shared.distinct.novelty(head, self.lossy);
        match novelty {
            Novelty::New => return false,
            // A lossy copy never stands for the full record.
            Novelty::Copy(_) if self.lossy => {}
            Novelty::Copy(name) | Novelty::CopyOfLossy(name) => {
                let hash = head.event_id.map(|id| super::event_hash(&id.text()));
                self.counts.copies.extend(hash.map(|hash| (hash, at)));
                self.counts.copied.extend(hash.map(|hash| (name, hash)));
            }
        }
        self.counts.duplicates += 1;
        true
    }

    /// The file, and the member in it.
    fn place(&self) -> String {
        match &self.member {
            Some(member) => format!("{}#{member}", self.path),
            None => self.path.to_string(),
        }
    }

    fn is_namesake(&self, head: &Head<'_>) -> bool {
        let namesakes = &self.shared.corrections.namesakes;
        !namesakes.is_empty()
            && head.event_id.is_some_and(|id| namesakes.contains(&super::event_hash(&id.text())))
    }

    fn waits(&self, id: Str<'_>) -> bool {
        let undecided = &self.shared.corrections.undecided;
        !undecided.is_empty() && undecided.contains(&call_hash(id, &self.shared.key))
    }

    fn is_superseded(&self, head: &Head<'_>) -> bool {
        let superseded = &self.shared.corrections.superseded;
        !superseded.is_empty()
            && head.event_id.is_some_and(|id| superseded.contains(id.text().as_ref()))
    }
}

impl Counts {
    fn received(&mut self, head: &Head<'_>) {
        self.accounts.note(head.recipient);
        self.regions.note(head.region);
    }

    pub fn event(&mut self, head: &Head<'_>) {
        self.events += 1;
        if let Some(time) = head.time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        } else {
            self.without_time += 1;
        }
        self.without_id += u64::from(head.event_id.is_none_or(Str::is_empty));
        self.accounts.note(head.account());
        self.regions.note(head.region);
        *self.kinds.entry(kind(head)).or_default() += 1;
    }
}

/// Different texts. Neighbours mostly have the same, so the last is looked at first.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub all: BTreeSet<String>,
    last: String,
}

impl Noted {
    fn note(&mut self, text: Option<Str<'_>>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        let text = text.text();
        if self.last != *text {
            self.last.clear();
            self.last.push_str(&text);
            self.all.insert(text.into_owned());
        }
    }
}

/// The kind of a record, by its category (CloudTrail User Guide, `eventCategory`).
fn kind(head: &Head<'_>) -> &'static str {
    let is = |name: &str| head.category.is_some_and(|category| category.is(name));
    if is("Management") || head.category.is_none() && head.management == Some(true) {
        "CloudTrail management events"
    } else if is("Data") {
        "CloudTrail data events"
    } else if is("NetworkActivity") {
        "CloudTrail network activity events"
    } else {
        "CloudTrail events (category not told)"
    }
}

impl<O: Observer> Sink for Desk<'_, O> {
    fn begin(&mut self, member: Option<&str>) {
        self.member = member.map(str::to_owned);
        self.number = self.shared.numbering.begin(&self.path, member);
        self.numbers.push(self.number);
        self.records = 0;
    }

    fn admits(&mut self, lossy: bool) -> bool {
        self.deferred |= lossy && !self.lossy;
        lossy == self.lossy
    }

    fn column_map(&self) -> Option<&ColumnMap> {
        Some(self.shared.columns)
    }

    fn table(&mut self, table: TableRead) {
        let path = self.place();
        self.counts.tables.insert(TableRead { path, ..table });
    }

    fn record(&mut self, record: &Record<'_>, number: u32) {
        self.records += 1;
        let head = Head::of(record);
        let at = EventRef { evidence: self.number, record: number };
        if self.admit(record, &head, at) {
            self.show(record, &head, at);
        }
    }

    fn apart(&mut self, kind: Apart) {
        *self.counts.kinds.entry(kind.name()).or_default() += 1;
    }

    fn digest(&mut self, digest: &Record<'_>) {
        self.counts.digests.extend(Digest::of(digest));
    }

    fn gap(&mut self, stretch: Stretch) {
        self.counts.gaps.insert(Gap {
            path: self.place(),
            offset: stretch.offset,
            size: stretch.size,
            reason: stretch.reason,
            detail: stretch.detail,
        });
    }

    fn end(&mut self, tally: Tally) {
        self.shared.progress.count(tally.inflated, self.records);
        self.shared.numbering.end(self.number, tally);
    }
}
