//! The book that the scenario writes its calls into, and how it is cut into delivered files. It
//! must never change what was written, only where it is delivered.

use std::collections::BTreeMap;

use crate::layout::{self, DELIVERY_SECONDS, LogFile};
use crate::random::{Random, Uuid};
use crate::record::{self, Call, Caller, Place};

/// One record and where it belongs.
struct Entry {
    at: i64,
    account: String,
    region: String,
    text: String,
}

/// All records so far.
pub(crate) struct Ledger {
    /// The chance that everything hangs on.
    pub(crate) random: Random,
    entries: Vec<Entry>,
}

impl Ledger {
    /// An empty book.
    pub(crate) fn new(random: Random) -> Self {
        Self { random, entries: Vec::new() }
    }

    /// Writes one call; returns its event id.
    pub(crate) fn log(&mut self, at: i64, region: &str, caller: &Caller, call: &Call<'_>) -> Uuid {
        self.log_copies(at, region, &[caller], call).first().copied().unwrap_or(Uuid::NIL)
    }

    /// Writes one call into the trail of each caller's account: as many records with event ids of
    /// their own, and, where there are several or a service calls, one shared event id.
    pub(crate) fn log_copies(
        &mut self,
        at: i64,
        region: &str,
        callers: &[&Caller],
        call: &Call<'_>,
    ) -> Vec<Uuid> {
        let request = self.random.uuid();
        let shared = self.random.uuid();
        let has_copies = callers.len() > 1
            || call.name == "AssumeRole" && callers.iter().any(|c| c.is_service());
        let shared = has_copies.then_some(shared);
        callers
            .iter()
            .map(|caller| {
                let event = self.random.uuid();
                let mut text = String::with_capacity(1600);
                let place = Place { at, region, event, request, shared };
                record::push(&mut text, place, caller, call);
                self.entries.push(Entry {
                    at,
                    account: caller.account.clone(),
                    region: region.to_owned(),
                    text,
                });
                event
            })
            .collect()
    }

    /// Cuts the book into files of one account, region and five minutes each. The file that
    /// holds `twice` is delivered a second time, under another name and in another order.
    pub(crate) fn deliver(mut self, twice: Uuid) -> Delivered {
        self.entries.sort_by_key(|entry| entry.at);
        let records = self.entries.len();
        let mut slots: BTreeMap<(i64, String, String), Vec<String>> = BTreeMap::new();
        for entry in self.entries {
            // What happens now is delivered with the next round.
            let slot = entry.at - entry.at.rem_euclid(DELIVERY_SECONDS) + DELIVERY_SECONDS;
            slots.entry((slot, entry.account, entry.region)).or_default().push(entry.text);
        }
        let mut out =
            Delivered { files: Vec::new(), records, redelivered: Vec::new(), duplicates: 0 };
        let twice = twice.text();
        for ((slot, account, region), mut texts) in slots {
            let mut put = |texts: &[String]| {
                let path = layout::path(&account, &region, slot, &mut self.random);
                let text = format!("{{\"Records\":[{}]}}", texts.join(","));
                out.files.push(LogFile { path: path.clone(), bytes: layout::gzip(&text) });
                path
            };
            let path = put(&texts);
            if texts.iter().any(|text| text.contains(&twice)) {
                texts.reverse();
                out.redelivered = vec![path, put(&texts)];
                out.duplicates = texts.len();
                out.records += texts.len();
            }
        }
        out.files.sort_by(|a, b| a.path.cmp(&b.path));
        out
    }
}

/// The files and what is to be known about them.
pub(crate) struct Delivered {
    /// Sorted by path.
    pub(crate) files: Vec<LogFile>,
    /// Records in all files, repeats included.
    pub(crate) records: usize,
    /// The two paths that hold the same records.
    pub(crate) redelivered: Vec<String>,
    /// How many records those are.
    pub(crate) duplicates: usize,
}
