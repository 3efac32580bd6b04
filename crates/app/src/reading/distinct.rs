//! Tells a further delivery of an event from a new event.
//!
//! Two records are the same event when event id, recipient account and the fields that every shape
//! keeps are the same, whatever their bytes. Per event 16 bytes are held (up to 37 with the table's
//! slack). The hash is keyed at random in each process: whoever writes log fields cannot aim at a
//! collision and so have an event taken for a copy.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crashcart_model::{Head, Record, Str, Value};
use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashTable};

/// Shards for neighbouring stretches of time, and for each of these so many by name.
const STRETCHES: usize = 256;
const NAMED: usize = 8;
const SHARDS: usize = STRETCHES * NAMED;
/// Seconds of one stretch. A file of CloudTrail holds some five minutes, and its copies the same:
/// what a worker looks up lies in memory that it has just used, however much was read before.
const STRETCH: i64 = 1024;
/// In an entry's second half: it was read from a lossy export.
const LOSSY: u64 = 1;
/// In an entry's second half: it is filed under both halves.
const FAR: u64 = 2;
/// So many different events of one id and name are filed under these alone. Only forged material
/// has more, and must not make each look-up walk past all of them.
const NAMESAKES: usize = 64;

/// Keys of the hashes: the same for all readings of a process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(pub RandomState, RandomState);

/// All events seen in one reading.
pub(crate) struct Distinct {
    first: RandomState,
    second: RandomState,
    shards: Vec<Mutex<Shard>>,
    /// Whether entries are filed by name alone: rows that lack columns may lack the time.
    by_name: AtomicBool,
}

/// A part of the events seen.
#[derive(Debug, Default)]
struct Shard {
    /// Hash of the event's id and name, and of all its kept fields; filed under the first.
    entries: HashTable<(u64, u64)>,
    /// Whether any entry is filed under both halves: mostly there is none to look for.
    has_far: bool,
}

/// What an event is to those seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Novelty {
    /// Not seen before.
    New,
    /// A further delivery of an event that was read from a full record, and the hash of its id
    /// and name.
    Copy(u64),
    /// A further delivery of an event that was read from a lossy export.
    CopyOfLossy(u64),
}

/// Under what an entry is filed. The shard took the low bits; the table wants others.
const fn place(key: &(u64, u64)) -> u64 {
    if key.1 & FAR == 0 { key.0.rotate_left(32) } else { key.0.rotate_left(32) ^ (key.1 & !LOSSY) }
}

impl Distinct {
    pub fn new(keys: Keys) -> Self {
        Self {
            first: keys.0,
            second: keys.1,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            by_name: AtomicBool::new(false),
        }
    }

    /// What this event is to those seen before. An event without an id cannot be told from
    /// another like it: it counts as new. A row of a table that may lack columns is a copy of any
    /// event with its id and name, since what it lacks cannot be compared; all full records must
    /// have been seen before, see [`Distinct::expect_rows`].
    pub fn novelty(&self, head: &Head<'_>, lossy: bool) -> Novelty {
        if head.event_id.is_none_or(Str::is_empty) {
            return Novelty::New;
        }
        let (name, content) = self.identity(head);
        let Some(shard) = self.shards.get(self.shard(name, head)) else { return Novelty::New };
        let mut shard = held(shard);
        let mut namesakes = 0;
        let mut is_known = |known: &(u64, u64)| {
            namesakes += usize::from(known.0 == name);
            known.0 == name && (known.1 & !(LOSSY | FAR) == content || head.partial)
        };
        let mut find = |key| shard.entries.find(place(&key), &mut is_known).copied();
        let mut known = find((name, content));
        if known.is_none() && shard.has_far {
            known = find((name, content | FAR));
        }
        match known {
            Some(known) if known.1 & LOSSY == 0 => return Novelty::Copy(name),
            Some(_) => return Novelty::CopyOfLossy(name),
            None => {}
        }
        let lossy = if lossy { LOSSY } else { 0 };
        let far = if namesakes < NAMESAKES { 0 } else { FAR };
        shard.has_far |= far != 0;
        let key = (name, content | lossy | far);
        shard.entries.insert_unique(place(&key), key, place);
        Novelty::New
    }

    /// Where an event is filed: copies have the same second.
    #[allow(clippy::cast_possible_truncation, reason = "any bits of the hash do for a shard")]
    fn shard(&self, name: u64, head: &Head<'_>) -> usize {
        if self.by_name.load(Ordering::Relaxed) {
            return name as usize % SHARDS;
        }
        let stretch = seconds(head).div_euclid(STRETCH).rem_euclid(STRETCHES as i64);
        stretch as usize * NAMED + name as usize % NAMED
    }

    /// From now on rows come that may lack the time: all entries are filed by name alone. No
    /// other thread may be reading.
    pub fn expect_rows(&self) {
        if self.by_name.swap(true, Ordering::Relaxed) {
            return;
        }
        let all: Vec<Shard> =
            self.shards.iter().map(|shard| std::mem::take(&mut *held(shard))).collect();
        for Shard { entries, has_far } in all {
            for key in entries {
                #[allow(clippy::cast_possible_truncation, reason = "any bits of the hash do")]
                let Some(shard) = self.shards.get(key.0 as usize % SHARDS) else { continue };
                let mut shard = held(shard);
                shard.has_far |= has_far;
                shard.entries.insert_unique(place(&key), key, place);
            }
        }
    }

    /// Which of these hashes of an id and a name more than one event has.
    pub fn namesakes(&self, names: &BTreeSet<u64>) -> BTreeSet<u64> {
        let names: HashMap<u64, Cell<u32>, foldhash::fast::FixedState> =
            names.iter().map(|name| (*name, Cell::new(0))).collect();
        if names.is_empty() {
            return BTreeSet::new();
        }
        for shard in &self.shards {
            for (name, _) in &held(shard).entries {
                if let Some(count) = names.get(name) {
                    count.set(count.get().saturating_add(1));
                }
            }
        }
        names.into_iter().filter(|(_, count)| count.get() > 1).map(|(name, _)| name).collect()
    }

    /// Hashes of the event's id and name, and of all its kept fields.
    pub fn identity(&self, head: &Head<'_>) -> (u64, u64) {
        let mut name = self.first.build_hasher();
        write(&mut name, head.event_id);
        write(&mut name, head.name);
        let content = content(head, self.second.build_hasher(), &self.first);
        (name.finish(), content & !(LOSSY | FAR))
    }
}

fn held(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// When the event was, in whole seconds: exports may drop fractions.
fn seconds(head: &Head<'_>) -> i64 {
    head.time.map_or(i64::MIN, |time| time.millis().div_euclid(1000))
}

/// A hash of the fields that every shape keeps, told apart by their place.
fn content(head: &Head<'_>, mut hasher: impl Hasher, state: &RandomState) -> u64 {
    let identity = head.identity();
    hasher.write_i64(seconds(head));
    for field in [
        head.event_id,
        head.name,
        head.recipient,
        head.source,
        head.region,
        head.address,
        head.user_agent,
        head.error_code,
        head.error_message,
        head.request_id,
        identity.arn,
        identity.principal_id,
        identity.access_key,
    ] {
        write(&mut hasher, field);
    }
    for part in [head.request, head.response, head.additional] {
        hasher.write_u64(part.map_or(0, |part| leaves(&part, 0, state)));
    }
    hasher.finish()
}

/// An absent text counts as an empty one. Each is hashed with its length.
fn write(hasher: &mut impl Hasher, field: Option<Str<'_>>) {
    match field {
        Some(text) if text.is_escaped() => hasher.write(text.text().as_bytes()),
        Some(text) => hasher.write(text.raw().as_bytes()),
        None => hasher.write(&[]),
    }
}

/// A sum over the scalars inside, so that the order of members does not matter; what is null or
/// empty does not count, since exports drop it.
fn leaves(record: &Record<'_>, place: u64, state: &RandomState) -> u64 {
    let mut sum = 0_u64;
    let mut members = record.members();
    loop {
        let position = members.position();
        let Some(key) = members.next_name() else { return sum };
        let mut hasher = state.build_hasher();
        hasher.write_u64(place);
        hasher.write(key.raw().as_bytes());
        let leaf = match record.value_at(position) {
            Value::Array(inner) | Value::Object(inner) => leaves(&inner, hasher.finish(), state),
            value => match value.scalar() {
                Some(text) if !text.is_empty() => {
                    hasher.write(text.as_bytes());
                    hasher.finish()
                }
                _ => 0,
            },
        };
        sum = sum.wrapping_add(leaf);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crashcart_testkit::with_record;

    fn new(distinct: &Distinct, json: &str) -> bool {
        with_record(json, |record| distinct.novelty(&Head::of(record), false) == Novelty::New)
    }

    #[test]
    fn the_same_event_in_another_order_of_fields_is_a_copy() {
        let distinct = Distinct::new(Keys::default());
        assert!(new(
            &distinct,
            r#"{"eventID":"1","eventTime":"2026-01-01T00:00:00Z","requestParameters":{"a":1,"b":["x",{"c":null}]}}"#
        ));
        assert!(!new(
            &distinct,
            r#"{"requestParameters":{"b":["x"],"a":"1"},"eventTime":"2026-01-01T00:00:00.000Z","eventID":"1"}"#
        ));
    }

    #[test]
    fn different_events_with_the_same_id_are_both_kept() {
        let distinct = Distinct::new(Keys::default());
        assert!(new(&distinct, r#"{"eventID":"1","requestParameters":{"a":"1"}}"#));
        assert!(new(&distinct, r#"{"eventID":"1","requestParameters":{"a":"2"}}"#));
        assert!(new(
            &distinct,
            r#"{"eventID":"1","recipientAccountId":"2","requestParameters":{"a":"1"}}"#
        ));
    }

    #[test]
    fn what_a_call_answered_tells_two_events_with_one_id_apart() {
        let distinct = Distinct::new(Keys::default());
        let answer = |key: usize| {
            format!(
                r#"{{"eventID":"1","eventName":"CreateAccessKey","responseElements":{{"id":"{key}"}}}}"#
            )
        };
        for key in 0..NAMESAKES * 3 {
            assert!(new(&distinct, &answer(key)), "{key}");
        }
        for key in 0..NAMESAKES * 3 {
            assert!(!new(&distinct, &answer(key)), "{key}");
        }
    }

    #[test]
    fn a_row_that_lacks_columns_is_a_copy_of_the_full_record() {
        let distinct = Distinct::new(Keys::default());
        let row = r#"{"eventID":"1","eventName":"a","eventSource":"s"}"#;
        let partial = |json: &str| {
            with_record(json, |record| {
                let head = Head::of(&record.into_partial());
                distinct.novelty(&head, true) == Novelty::New
            })
        };
        assert!(new(
            &distinct,
            r#"{"eventID":"1","eventTime":"2026-01-01T00:00:00Z","eventName":"a","eventSource":"s"}"#
        ));
        distinct.expect_rows();
        assert!(!partial(row));
        assert!(partial(r#"{"eventID":"2","eventName":"a","eventSource":"s"}"#));
        assert!(partial(r#"{"eventID":"1","eventName":"b","eventSource":"s"}"#));
    }

    #[test]
    fn events_of_one_id_are_namesakes_however_far_apart_in_time() {
        let distinct = Distinct::new(Keys::default());
        let at = |year: u32, id: &str| {
            format!(r#"{{"eventID":"{id}","eventName":"a","eventTime":"{year}-01-01T00:00:00Z"}}"#)
        };
        assert!(new(&distinct, &at(2020, "1")) && new(&distinct, &at(2026, "1")));
        assert!(new(&distinct, &at(2020, "2")));
        let copied = |json: &str| {
            with_record(json, |record| match distinct.novelty(&Head::of(record), false) {
                Novelty::Copy(name) => name,
                other => panic!("no copy: {other:?}"),
            })
        };
        let (first, second) = (copied(&at(2026, "1")), copied(&at(2020, "2")));
        let namesakes = distinct.namesakes(&BTreeSet::from([first, second]));
        assert_eq!(namesakes, BTreeSet::from([first]));
    }

    #[test]
    fn events_without_an_id_are_all_kept() {
        let distinct = Distinct::new(Keys::default());
        assert!(new(&distinct, r#"{"eventName":"a"}"#));
        assert!(new(&distinct, r#"{"eventName":"a"}"#));
    }
}
