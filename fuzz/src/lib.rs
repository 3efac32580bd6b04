//! What the fuzz targets share: edits on a valid sample, and a sink that holds the accounts.
//!
//! A target that starts from a valid sample spends its time behind the first bracket, where random
//! bytes seldom come.

use std::collections::BTreeSet;

use crashcart_decode::json::Tape;
use crashcart_decode::{Apart, Caps, ColumnMap, Sink, Stretch, Tally};
use crashcart_model::{EventRef, Head, Record};
use crashcart_sigma::RuleSet;

/// Small enough that every cap is reached.
fn caps() -> Caps {
    Caps {
        record_bytes: 1 << 14,
        depth: 32,
        held_bytes: 1 << 16,
        ratio_floor: 1 << 18,
        archive_depth: 2,
        members: 16,
        ..Caps::default()
    }
}

/// Keeps what a reader told and checks it as it comes.
#[derive(Default)]
struct Accounts {
    open: bool,
    records: Vec<serde_json::Value>,
    in_member: u64,
    told: u64,
    tallies: Vec<Tally>,
    apart: BTreeSet<Apart>,
    columns: ColumnMap,
}

impl Sink for Accounts {
    fn begin(&mut self, _: Option<&str>) {
        assert!(!self.open, "a member begins before the last has ended");
        self.open = true;
        self.in_member = 0;
    }

    fn record(&mut self, record: &Record<'_>, number: u32) {
        assert!(self.open, "a record outside a member");
        assert_eq!(u64::from(number), self.in_member, "records are numbered from 0 without holes");
        self.in_member += 1;
        let _ = (Head::of(record).identity(), Head::of(record).outcome());
        self.records.push(record.as_value().to_json());
    }

    fn column_map(&self) -> Option<&ColumnMap> {
        Some(&self.columns)
    }

    fn apart(&mut self, kind: Apart) {
        self.apart.insert(kind);
    }

    fn gap(&mut self, stretch: Stretch) {
        self.told += stretch.size.unwrap_or_default();
    }

    fn end(&mut self, tally: Tally) {
        assert!(self.open, "a member ends that has not begun");
        self.open = false;
        let accounted = tally.decoded + tally.framing + tally.lost;
        assert_eq!(tally.inflated, accounted, "bytes in = decoded + framing + lost: {tally:?}");
        assert_eq!(tally.records, self.in_member, "records are counted as handed over");
        self.tallies.push(tally);
    }
}

impl Accounts {
    fn settled(self) -> Self {
        assert!(!self.open, "a member that never ends");
        let lost: u64 = self.tallies.iter().map(|tally| tally.lost).sum();
        assert!(lost <= self.told, "{lost} bytes lost, {} told", self.told);
        self
    }

    fn held(bytes: &[u8], columns: &ColumnMap) -> Self {
        let mut accounts = Self { columns: columns.clone(), ..Self::default() };
        crashcart_decode::read_bytes(bytes, &caps(), &mut accounts);
        accounts.settled()
    }

    fn streamed(mut bytes: &[u8], columns: &ColumnMap) -> Self {
        let mut accounts = Self { columns: columns.clone(), ..Self::default() };
        crashcart_decode::read_stream(&mut bytes, &caps(), &mut accounts);
        accounts.settled()
    }
}

/// Reads arbitrary bytes both ways and checks the accounts of each.
pub fn decode(bytes: &[u8]) {
    Accounts::held(bytes, &ColumnMap::default());
    Accounts::streamed(bytes, &ColumnMap::default());
}

/// Reads text, which no decompressor touches: all of it must be in the accounts, and it must read
/// the same held whole and streamed.
pub fn decode_text(text: &[u8]) {
    decode_table(text, &ColumnMap::default());
}

/// The same, where the user says what the columns of tables hold.
pub fn decode_table(text: &[u8], columns: &ColumnMap) {
    let held = Accounts::held(text, columns);
    let inflated: u64 = held.tallies.iter().map(|tally| tally.inflated).sum();
    assert_eq!(inflated, text.len() as u64, "every byte is in the accounts");
    let streamed = Accounts::streamed(text, columns);
    assert_eq!(held.records, streamed.records, "held whole and streamed read the same");
    assert_eq!(held.tallies, streamed.tallies, "held whole and streamed count the same");
}

/// Edits a sample of the named shape as `bytes` say, and reads it.
///
/// # Panics
/// When there is no such shape: the target is wrong.
pub fn decode_shape(name: &str, bytes: &[u8]) {
    let samples: Vec<&str> = crashcart_decode::samples()
        .filter(|(shape, _)| *shape == name)
        .map(|(_, text)| text)
        .collect();
    assert!(!samples.is_empty(), "no shape {name}");
    let Some((choice, edits)) = bytes.split_first() else { return };
    decode_text(&edited(samples[usize::from(*choice) % samples.len()].as_bytes(), edits));
}

/// Applies edits: two bytes for the place, one for what to do (overwrite, insert, remove, repeat)
/// and for how many bytes, then those bytes.
pub fn edited(sample: &[u8], mut edits: &[u8]) -> Vec<u8> {
    let mut text = sample.to_vec();
    while let [high, low, what, rest @ ..] = edits {
        let place = usize::from(u16::from_be_bytes([*high, *low])) % (text.len() + 1);
        let length = usize::from(what >> 2);
        let (new, after) = rest.split_at(length.min(rest.len()));
        let end = (place + length).min(text.len());
        match what & 3 {
            0 => drop(text.splice(place..(place + new.len()).min(text.len()), new.iter().copied())),
            1 => drop(text.splice(place..place, new.iter().copied())),
            2 => drop(text.drain(place..end)),
            _ => {
                let again = text[place..end].to_vec();
                drop(text.splice(place..place, again));
            }
        }
        // Removing and repeating need no bytes of their own.
        edits = if what & 2 == 0 { after } else { rest };
    }
    text
}

/// Matches records (as JSON text; what is none is passed over) against rules, correlations among
/// them, with a fresh matcher and with one that has seen them before: the hits must be the same.
pub fn match_twice<'a>(rules: &RuleSet, texts: impl Iterator<Item = &'a str> + Clone) {
    let mut used = rules.matcher();
    let mut correlator = rules.correlator();
    let mut tape = Tape::new();
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for round in 0..2 {
        for (number, text) in (0..).zip(texts.clone()) {
            if tape.parse(text, 128).is_err() {
                continue;
            }
            let record = tape.record(text);
            let head = Head::of(&record);
            used.matches(&record, &head, &mut first);
            rules.matcher().matches(&record, &head, &mut second);
            assert_eq!(first, second, "a matcher remembers: {text}");
            if round == 0 {
                let event = EventRef { evidence: 0, record: number };
                correlator.observe(&record, &head, event, &first);
            }
        }
    }
    correlator.finish(2, &|evidence| evidence);
}
