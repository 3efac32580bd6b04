//! The count of one value, and the most frequent values of a column.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crashcart_model::{LogText, Timestamp};

use super::{StatColumn, StatRow};

/// Longest value that is listed, bytes; AWS's own (user agents, ARNs) are shorter.
const LONGEST: usize = 2048;

/// How often a value was seen, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    count: u64,
    /// Milliseconds; [`i64::MAX`] where none has a time.
    first: i64,
    /// Milliseconds; [`i64::MIN`] where none has a time.
    last: i64,
}

impl Count {
    /// Of one event.
    pub fn one(time: Option<Timestamp>) -> Self {
        let millis = time.map(Timestamp::millis);
        Self { count: 1, first: millis.unwrap_or(i64::MAX), last: millis.unwrap_or(i64::MIN) }
    }

    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    /// As bytes, with the value.
    pub fn write(&self, value: &str, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.count.to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&self.last.to_le_bytes());
        out.extend_from_slice(value.as_bytes());
    }

    /// What [`Count::write`] wrote.
    pub fn read(frame: &[u8]) -> Option<(&str, Self)> {
        let (count, rest) = frame.split_first_chunk()?;
        let (first, rest) = rest.split_first_chunk()?;
        let (last, value) = rest.split_first_chunk()?;
        let count = Self {
            count: u64::from_le_bytes(*count),
            first: i64::from_le_bytes(*first),
            last: i64::from_le_bytes(*last),
        };
        Some((std::str::from_utf8(value).ok()?, count))
    }
}

/// Count (most frequent first), value, and what else tells two values apart that were cut.
type Place = (Reverse<u64>, LogText, i64, i64);

/// The most frequent values of a column, whatever order they come in.
pub(super) struct Top {
    rows: usize,
    total: u64,
    distinct: u64,
    places: BTreeSet<(Place, u64)>,
}

impl Top {
    /// Keeps that many.
    pub fn new(rows: usize) -> Self {
        Self { rows, total: 0, distinct: 0, places: BTreeSet::new() }
    }

    /// One more value with all its events.
    pub fn take(&mut self, value: &str, count: Count) {
        self.total += count.count;
        self.distinct += 1;
        let cut = LogText::new(value.get(..value.floor_char_boundary(LONGEST)).unwrap_or(value));
        let place = (Reverse(count.count), cut, count.first, count.last);
        // Two long values may be the same once cut: each keeps its row.
        self.places.insert((place, self.distinct));
        if self.places.len() > self.rows {
            self.places.pop_last();
        }
    }

    /// The column.
    pub fn finish(self, name: &str) -> StatColumn {
        let row = |((Reverse(count), value, first, last), _): (Place, u64)| StatRow {
            value,
            count,
            first: (first != i64::MAX).then(|| Timestamp::from_millis(first)),
            last: (last != i64::MIN).then(|| Timestamp::from_millis(last)),
        };
        let mut rows: Vec<StatRow> = self.places.into_iter().map(row).collect();
        let listed: u64 = rows.iter().map(|row| row.count).sum();
        if name == "hour" {
            rows.sort_by(|a, b| a.value.cmp(&b.value));
        }
        StatColumn {
            name: name.to_owned(),
            total: self.total,
            distinct: self.distinct,
            rows,
            others: self.total - listed,
        }
    }
}
