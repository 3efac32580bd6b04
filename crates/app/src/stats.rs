//! How often each name, principal, key, address and so on occurs: exact, in bounded memory.
//!
//! Each worker counts in tables of a bounded size and writes them out when they are full, so that
//! values made up by an attacker cost disk and no memory; the merge adds up what belongs together.
//! Must never estimate: what is not listed is counted.

mod column;

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::io;

use crashcart_collect::Listing;
use crashcart_model::{Coverage, EventRef, Head, LogText, Record, Str, Timestamp, principal_name};
use foldhash::quality::RandomState;
use hashbrown::HashMap;
use serde::Serialize;

use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};
use crate::sorted::SortError;
use crate::sorted::key::{Header, Key};
use crate::sorted::spill::{self, Spill};
use column::{Count, Top};

/// Bytes of tables that all workers together hold in memory, and of what was written out of them.
const BUDGET: usize = 48 << 20;

/// What a table needs for one value, beside the value.
const ENTRY: usize = 96;

/// What is counted, in the order of the columns.
const COLUMNS: [&str; 9] = [
    "event",
    "principal",
    "access_key",
    "address",
    "region",
    "account",
    "error",
    "user_agent",
    "hour",
];

/// Counts of the events that pass the filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// How many events pass.
    pub events: u64,
    /// `event`, `principal`, `access_key`, `address`, `region`, `account`, `error`, `user_agent`,
    /// `hour`.
    pub columns: Vec<StatColumn>,
}

/// One thing that events were counted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatColumn {
    /// As in [`Stats::columns`].
    pub name: String,
    /// Events that have a value here.
    pub total: u64,
    /// Different values, exact.
    pub distinct: u64,
    /// The most frequent values, by count and then by value; hours in order of time.
    pub rows: Vec<StatRow>,
    /// Events whose value is not among the rows: their values are counted together.
    pub others: u64,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatRow {
    /// The value: for `event` as `iam:CreateUser`, for `hour` its beginning in UTC; cut after
    /// two thousand bytes.
    pub value: LogText,
    /// How many events have it, exact.
    pub count: u64,
    /// First of them; none when none has a time.
    pub first: Option<Timestamp>,
    /// Last of them.
    pub last: Option<Timestamp>,
}

/// Reads the material and counts; each column lists at most `rows` values.
///
/// # Errors
/// When a temporary file fails. Data trouble is in the coverage's gaps.
pub fn stats(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    rows: usize,
) -> Result<(Stats, Coverage), SortError> {
    let make = counters(options.threads);
    let material = reading::read(listing, options, progress, &make);
    Ok((add_up(material.observers, rows)?, material.coverage))
}

/// Makes a counter for each of so many workers.
pub(crate) fn counters(threads: usize) -> impl Fn() -> Counter + Sync {
    counters_within(BUDGET / (threads + 1))
}

fn counters_within(budget: usize) -> impl Fn() -> Counter + Sync {
    let hash = RandomState::default();
    move || Counter::new(&hash, budget)
}

/// Adds up what all workers counted; each column lists at most `rows` values.
pub(crate) fn add_up(counters: Vec<Counter>, rows: usize) -> Result<Stats, SortError> {
    let mut spills = Vec::new();
    let mut events = 0;
    for mut counter in counters {
        events += counter.events;
        counter.write_out();
        if let Some(error) = counter.failed {
            return Err(SortError::Spill(error));
        }
        spills.push(counter.spill);
    }
    Ok(Stats { events, columns: columns(spills, rows)? })
}

/// One worker's tables.
pub(crate) struct Counter {
    hash: RandomState,
    tables: [HashMap<String, Count, RandomState>; COLUMNS.len()],
    held: usize,
    budget: usize,
    events: u64,
    spill: Spill,
    failed: Option<io::Error>,
}

impl Counter {
    fn new(hash: &RandomState, budget: usize) -> Self {
        Self {
            hash: hash.clone(),
            tables: std::array::from_fn(|_| HashMap::with_hasher(hash.clone())),
            held: 0,
            budget: budget / 2,
            events: 0,
            spill: Spill::new(budget / 2),
            failed: None,
        }
    }

    fn write_out(&mut self) {
        let mut frame = Vec::new();
        for (column, table) in (0..).zip(&mut self.tables) {
            for (value, count) in table.drain() {
                if self.failed.is_some() {
                    continue;
                }
                count.write(&value, &mut frame);
                let content = self.hash.hash_one(&value);
                let key = Key { time: 0, rank: column, record: 0, rule: 0, content };
                let at = EventRef { evidence: 0, record: 0 };
                let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
                self.failed = self.spill.push(Header { key, at, length }, &frame).err();
            }
        }
        self.held = 0;
    }
}

impl Observer for Counter {
    fn event(&mut self, _: &Record<'_>, head: &Head<'_>, _: EventRef) {
        self.count(head);
    }
}

impl Counter {
    /// Counts one event.
    pub fn count(&mut self, head: &Head<'_>) {
        self.events += 1;
        for (table, value) in self.tables.iter_mut().zip(values(head)) {
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            if let Some(count) = table.get_mut(value.as_ref()) {
                count.add(&Count::one(head.time));
            } else {
                self.held += value.len() + ENTRY;
                table.insert(value.into_owned(), Count::one(head.time));
            }
        }
        if self.held > self.budget {
            self.write_out();
        }
    }
}

/// An event's value in each column.
fn values<'a>(head: &Head<'a>) -> [Option<Cow<'a, str>>; COLUMNS.len()] {
    let identity = head.identity();
    let text = |field: Option<Str<'a>>| field.map(Str::text);
    let name = head.name.map(|name| match head.source {
        Some(source) => {
            let source = source.text();
            let service = source.strip_suffix(".amazonaws.com").unwrap_or(&source);
            Cow::Owned(format!("{service}:{}", name.text()))
        }
        None => name.text(),
    });
    const HOUR: i64 = 3_600_000;
    let hour = head.time.map(|time| {
        Timestamp::from_millis(time.millis().div_euclid(HOUR) * HOUR).to_string().into()
    });
    [
        name,
        Some(principal_name(identity)),
        text(identity.access_key),
        text(head.address),
        text(head.region),
        text(head.account()),
        text(head.error_code),
        text(head.user_agent),
        hour,
    ]
}

/// Adds up what belongs together.
fn columns(spills: Vec<Spill>, rows: usize) -> Result<Vec<StatColumn>, SortError> {
    let mut tops: Vec<Top> = COLUMNS.iter().map(|_| Top::new(rows)).collect();
    let mut now = None;
    // Almost always one value: what has the same hash.
    let mut group: Vec<(String, Count)> = Vec::new();
    let mut close = |column: Option<(u32, u64)>, group: &mut Vec<(String, Count)>| {
        let top = column.and_then(|(column, _)| tops.get_mut(column as usize));
        if let Some(top) = top {
            group.drain(..).for_each(|(value, count)| top.take(&value, count));
        }
    };
    spill::merge::<SortError>(spills, &mut |header, frame| {
        let (value, count) =
            Count::read(frame).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
        let key = (header.key.rank, header.key.content);
        if now != Some(key) {
            close(now.replace(key), &mut group);
        }
        match group.iter_mut().find(|(known, _)| known == value) {
            Some((_, sum)) => sum.add(&count),
            None => group.push((value.to_owned(), count)),
        }
        Ok(())
    })?;
    close(now, &mut group);
    Ok(tops.into_iter().zip(COLUMNS).map(|(top, name)| top.finish(name)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::filter::Filter;
    use crate::testing::{call, folder, listing, options};

    fn count(folder: &std::path::Path, threads: usize, bounds: (usize, usize)) -> Stats {
        let options = options(threads, Filter::default());
        let make = counters_within(bounds.1);
        let material = reading::read(&listing(folder), &options, &Progress::default(), &make);
        add_up(material.observers, bounds.0).unwrap()
    }

    fn rows(stats: &Stats, column: &str) -> Vec<(String, u64)> {
        let column = stats.columns.iter().find(|known| known.name == column).unwrap();
        column.rows.iter().map(|row| (row.value.raw().to_owned(), row.count)).collect()
    }

    #[test]
    fn each_column_counts_its_values_the_most_frequent_first_and_hours_in_order_of_time() {
        let denied = json!({"errorCode": "AccessDenied", "awsRegion": "eu-north-1"});
        let folder = folder(&[
            ("a.json", vec![call("GetUser", "1", "2026-05-04T03:59:59Z", json!({}))]),
            (
                "b.json",
                vec![
                    call("CreateUser", "2", "2026-05-04T02:00:00Z", denied.clone()),
                    call("GetUser", "3", "2026-05-04T03:00:00Z", json!({})),
                    call("Nothing", "4", "never", json!({"userIdentity": {}, "eventSource": "x"})),
                ],
            ),
        ]);
        let stats = count(folder.path(), 2, (100, 1 << 20));
        let of = |column| rows(&stats, column);
        let row = |value: &str, count: u64| (value.to_owned(), count);
        assert_eq!(stats.events, 4);
        assert_eq!(
            of("event"),
            [row("iam:GetUser", 2), row("iam:CreateUser", 1), row("x:Nothing", 1)]
        );
        let nina = "arn:aws:iam::111122223333:user/nina";
        assert_eq!(of("principal"), [row(nina, 3), row("unknown", 1)]);
        assert_eq!(of("access_key"), [row("AKIAEXAMPLENINA", 3)]);
        assert_eq!(of("address"), [row("198.51.100.7", 4)]);
        assert_eq!(of("region"), [row("us-east-1", 3), row("eu-north-1", 1)]);
        assert_eq!(of("account"), [row("111122223333", 4)]);
        assert_eq!(of("error"), [row("AccessDenied", 1)]);
        assert_eq!(of("user_agent"), [row("aws-cli/2.31", 4)]);
        assert_eq!(of("hour"), [row("2026-05-04T02:00:00Z", 1), row("2026-05-04T03:00:00Z", 2)]);
        let users = &stats.columns[0].rows[0];
        assert_eq!(users.first, Timestamp::parse("2026-05-04T03:00:00Z"));
        assert_eq!(users.last, Timestamp::parse("2026-05-04T03:59:59Z"));
        assert_eq!(stats.columns[0].rows[2].first, None);
        assert_eq!(stats.columns[2].total, 3, "the event without a key is in no row");
    }

    #[test]
    fn with_little_memory_every_value_is_still_counted_exactly() {
        // Five hundred made-up user agents, and one that comes between them again and again.
        let agent = |file: u32, number: u32| match number % 4 {
            0 => "aws-cli/2.31".to_owned(),
            _ => format!("made-up/{file}.{}", number / 8),
        };
        let files: Vec<(String, Vec<Value>)> = (0..4)
            .map(|file| {
                let records = (0..1000).map(|number| {
                    let id = format!("{file}-{number}");
                    let more = json!({"userAgent": agent(file, number)});
                    call("GetUser", &id, "2026-05-04T03:00:00Z", more)
                });
                (format!("{file}.json"), records.collect())
            })
            .collect();
        let files: Vec<_> = files.iter().map(|(name, all)| (name.as_str(), all.clone())).collect();
        let folder = folder(&files);
        let plenty = count(folder.path(), 1, (3, 1 << 24));
        let agents = plenty.columns.iter().find(|column| column.name == "user_agent").unwrap();
        // In each file 250 events are the tool's; the other 750 are six for each of 125 names.
        assert_eq!((agents.total, agents.distinct), (4000, 1 + 4 * 125));
        assert_eq!(
            rows(&plenty, "user_agent"),
            [
                ("aws-cli/2.31".to_owned(), 1000),
                ("made-up/0.0".to_owned(), 6),
                ("made-up/0.1".to_owned(), 6)
            ]
        );
        assert_eq!(agents.others, 4000 - 1000 - 12);
        for (threads, budget) in [(4, 1 << 24), (1, 4000), (4, 4000)] {
            let scarce = count(folder.path(), threads, (3, budget));
            assert_eq!(scarce, plenty, "{threads} threads, {budget} bytes");
        }
    }

    #[test]
    fn a_value_of_a_million_bytes_is_cut_between_characters() {
        let long = format!("x{}", "\u{e9}".repeat(1 << 19));
        let more = json!({"userAgent": long});
        let folder = folder(&[("a.json", vec![call("A", "1", "2026-05-04T03:00:00Z", more)])]);
        let stats = count(folder.path(), 1, (3, 1 << 20));
        let agent = &rows(&stats, "user_agent")[0];
        assert_eq!((agent.0.len(), agent.1), (2047, 1));
    }

    #[test]
    fn counts_of_a_real_incident_agree_with_a_count_by_hand() {
        let Some(path) = crashcart_testkit::shared_data("story-invictus/CloudTrail") else {
            return;
        };
        let one = count(&path, 1, (10_000, 1 << 20));
        // Counted with python over the 55 files.
        let column = |at: usize| (one.columns[at].total, one.columns[at].distinct);
        assert_eq!([column(0), column(2), column(3)], [(2900, 262), (2815, 133), (2900, 16)]);
        assert_eq!([column(4), column(6), column(7)], [(2900, 1), (300, 32), (2900, 155)]);
        let first = |column: &str| rows(&one, column).first().cloned().unwrap();
        let row = |value: &str, count: u64| (value.to_owned(), count);
        assert_eq!(first("event"), row("kms:Decrypt", 178));
        assert_eq!(first("principal"), row("arn:aws:iam::123837392027:user/bert-jan", 2641));
        assert_eq!(first("access_key"), row("AKIATFQR7NSC8Q4X20BJ", 2104));
        assert_eq!(first("error"), row("ThrottlingException", 102));
        let hours = [row("2023-07-10T11:00:00Z", 798), row("2023-07-10T12:00:00Z", 2102)];
        assert_eq!(rows(&one, "hour"), hours);
        let key = &one.columns[2].rows[0];
        assert_eq!(key.first, Timestamp::parse("2023-07-10T11:54:33Z"));
        assert_eq!(key.last, Timestamp::parse("2023-07-10T12:29:09Z"));
        let bytes = |stats: &Stats| serde_json::to_string(stats).unwrap();
        assert!(bytes(&one) == bytes(&count(&path, 4, (10_000, 2000))));
    }
}
