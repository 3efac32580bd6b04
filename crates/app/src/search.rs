//! Events that hold a text: a key id, an ARN, an address, a name, anything that was logged.
//!
//! Every term is looked for anywhere in the record. Secrets of a record are masked before it is
//! kept, so that neither an output nor a temporary file has them.

use std::io;

use crashcart_collect::Listing;
use crashcart_model::{Coverage, Event, EventRef, Head, Record, Value};
use crashcart_report::Row;
use memchr::memmem::Finder;

use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};
use crate::sorted::{self, Rows, SortError};
use crate::timeline::unplaced;

/// How to search.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SearchOptions {
    /// `nina` finds `Nina`.
    pub ignore_case: bool,
    /// Whether to give the record beside the event.
    pub records: bool,
}

/// Reads the material and gives out, in the order of [`crate::timeline`], the events that pass the
/// filter and hold each of its terms; with the record as one line of JSON where that is asked for:
/// secrets masked, members sorted by name, for deliveries of one event differ in their order.
///
/// # Errors
/// When a temporary file fails or `emit` does. Data trouble is in the coverage's gaps.
pub fn search(
    listing: &Listing,
    options: &ReadOptions,
    search: SearchOptions,
    progress: &Progress,
    emit: &mut dyn FnMut(&Row<'_>, Option<&str>) -> io::Result<()>,
) -> Result<Coverage, SortError> {
    let mut options = options.clone();
    let terms = if search.ignore_case { std::mem::take(&mut options.filter.terms) } else { vec![] };
    let make = || Searcher {
        rows: Rows::new(options.threads),
        terms: terms.iter().map(|term| Finder::new(&term.to_lowercase()).into_owned()).collect(),
        lower: String::new(),
        records: search.records,
    };
    let mut material = reading::read(listing, &options, progress, &make);
    let rows = std::mem::take(&mut material.observers).into_iter().map(|searcher| searcher.rows);
    let paths = material.paths();
    sorted::merge(rows.collect(), &material, &mut |row| {
        let local_path = paths.get(&row.event.origin.evidence).copied();
        emit(&Row { event: &row.event, finding: None, local_path }, row.record.as_deref())
    })?;
    Ok(material.coverage)
}

struct Searcher {
    rows: Rows,
    /// In lower case.
    terms: Vec<Finder<'static>>,
    lower: String,
    records: bool,
}

impl Observer for Searcher {
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) {
        if !self.holds(record) {
            return;
        }
        let masked = self.records.then(|| masked(record));
        self.rows.push(&Event::of(head, unplaced(head)), at, None, masked.as_deref());
    }
}

impl Searcher {
    /// As the filter looks for terms, but in lower case.
    fn holds(&mut self, record: &Record<'_>) -> bool {
        if self.terms.is_empty() {
            return true;
        }
        let json = record.json();
        lower(json, &mut self.lower);
        let escapes = memchr::memchr(b'\\', json.as_bytes()).is_some();
        self.terms.iter().all(|term| {
            term.find(self.lower.as_bytes()).is_some()
                || escapes && within(record.as_value(), term, &mut String::new())
        })
    }
}

/// Text behind escapes: in names and strings, not in the record's own text.
fn within(value: Value<'_>, term: &Finder<'_>, held: &mut String) -> bool {
    let found = |text: &str, held: &mut String| {
        lower(text, held);
        term.find(held.as_bytes()).is_some()
    };
    match value {
        Value::String(text) => text.is_escaped() && found(&text.text(), held),
        Value::Array(items) | Value::Object(items) => items.members().any(|(name, value)| {
            name.is_escaped() && found(&name.text(), held) || within(value, term, held)
        }),
        _ => false,
    }
}

fn lower(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        out.push_str(&text.to_lowercase());
    }
}

fn masked(record: &Record<'_>) -> String {
    let mut json = record.as_value().to_json();
    crashcart_model::mask(&mut json);
    json.sort_all_objects();
    let mut line = Vec::new();
    // Into memory; and what a terminal would act on is escaped.
    let _ = crashcart_report::json_document(&json, false, &mut line);
    String::from_utf8_lossy(line.trim_ascii_end()).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::filter::Filter;
    use crate::testing::{call, folder, listing, options};

    fn found(folder: &Path, terms: &[&str], how: SearchOptions, threads: usize) -> Vec<String> {
        let terms = terms.iter().map(|term| (*term).to_owned()).collect();
        let options = options(threads, Filter { terms, ..Filter::default() });
        let mut out = Vec::new();
        search(&listing(folder), &options, how, &Progress::default(), &mut |row, record| {
            let id = row.event.origin.event_id.as_ref().unwrap().raw();
            out.push(record.map_or(id.to_owned(), |record| format!("{id} {record}")));
            Ok(())
        })
        .unwrap();
        out
    }

    fn ids(folder: &Path, terms: &[&str]) -> Vec<String> {
        found(folder, terms, SearchOptions::default(), 2)
    }

    fn three() -> tempfile::TempDir {
        let create = json!({
            "requestParameters": {"userName": "Über-Nutzer", "policy": "{\"Effect\":\"Allow\"}"},
        });
        let login = json!({
            "sourceIPAddress": "203.0.113.9",
            "responseElements": {"credentials": {
                "accessKeyId": "ASIAEXAMPLEISSUED", "sessionToken": "S3CRET",
            }},
        });
        folder(&[
            ("a.json", vec![call("GetUser", "3", "2026-05-04T03:00:00Z", json!({}))]),
            (
                "b.json",
                vec![
                    call("CreateUser", "2", "2026-05-04T02:00:00Z", create),
                    call("AssumeRole", "1", "2026-05-04T01:00:00Z", login),
                ],
            ),
        ])
    }

    #[test]
    fn a_key_an_arn_an_address_a_name_and_free_text_are_found_wherever_they_stand() {
        let folder = three();
        let find = |term: &str| ids(folder.path(), &[term]);
        assert_eq!(find("ASIAEXAMPLEISSUED"), ["1"]);
        assert_eq!(find("AKIAEXAMPLENINA"), ["1", "2", "3"]);
        assert_eq!(find("arn:aws:iam::111122223333:user/nina"), ["1", "2", "3"]);
        assert_eq!(find("203.0.113.9"), ["1"]);
        assert_eq!(find("CreateUser"), ["2"]);
        assert_eq!(find("\"Effect\":\"Allow\""), ["2"], "inside a policy kept as text");
        assert_eq!(find("nowhere"), [""; 0]);
    }

    #[test]
    fn every_term_must_be_there() {
        let folder = three();
        assert_eq!(ids(folder.path(), &["AKIAEXAMPLENINA", "Create"]), ["2"]);
        assert_eq!(ids(folder.path(), &["203.0.113.9", "Create"]), [""; 0]);
    }

    #[test]
    fn case_counts_unless_it_is_to_be_ignored() {
        let folder = three();
        let any_case = SearchOptions { ignore_case: true, records: false };
        let find = |term: &str| found(folder.path(), &[term], any_case, 2);
        assert_eq!(ids(folder.path(), &["createuser"]), [""; 0]);
        assert_eq!(find("createuser"), ["2"]);
        assert_eq!(find("CREATEUSER"), ["2"]);
        assert_eq!(find("ÜBER-NUTZER"), ["2"]);
        assert_eq!(find("\"effect\":\"ALLOW\""), ["2"], "inside a policy kept as text");
        assert_eq!(find("nowhere"), [""; 0]);
    }

    #[test]
    fn the_record_comes_when_asked_for_and_without_its_secrets() {
        let folder = three();
        let with = SearchOptions { ignore_case: false, records: true };
        let found = found(folder.path(), &["S3CRET"], with, 1);
        let (id, record) = found.first().unwrap().split_once(' ').unwrap();
        assert_eq!((found.len(), id), (1, "1"), "a secret can be looked for");
        let record: serde_json::Value = serde_json::from_str(record).unwrap();
        let credentials = &record["responseElements"]["credentials"];
        assert_eq!(credentials["sessionToken"], crashcart_model::MASK);
        assert_eq!(credentials["accessKeyId"], "ASIAEXAMPLEISSUED");
    }

    #[test]
    fn two_deliveries_that_differ_in_the_order_of_members_show_the_same_record() {
        let event = call("A", "1", "2026-05-04T01:00:00Z", json!({}));
        let mut members: Vec<_> = event.as_object().unwrap().clone().into_iter().collect();
        members.reverse();
        let reversed = serde_json::Value::Object(members.into_iter().collect());
        let with = SearchOptions { ignore_case: false, records: true };
        let shown = |record: &serde_json::Value| {
            let folder = folder(&[("a.json", vec![record.clone()])]);
            found(folder.path(), &["eventName"], with, 1)
        };
        assert_ne!(event.to_string(), reversed.to_string());
        assert_eq!(shown(&event).len(), 1);
        assert_eq!(shown(&event), shown(&reversed));
    }

    #[test]
    fn a_search_of_a_real_incident_finds_what_was_counted_by_hand() {
        let Some(path) = crashcart_testkit::shared_data("story-invictus/CloudTrail") else {
            return;
        };
        // Counted with jq and grep, one record a line: 16 with `grep -i`, none without; 7 name the
        // user that the attacker made.
        let any_case = SearchOptions { ignore_case: true, records: true };
        let one = found(&path, &["accessdenied"], any_case, 1);
        assert_eq!(one.len(), 16);
        assert!(one == found(&path, &["accessdenied"], any_case, 4));
        assert_eq!(ids(&path, &["accessdenied"]).len(), 0);
        assert_eq!(ids(&path, &["malicious-iam-user"]).len(), 7);
    }
}
