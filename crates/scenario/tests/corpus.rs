//! The benchmark's corpus, read back with serde_json.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail as loudly as the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use crashcart_scenario::{corpus, corpus_file};
use serde_json::Value;

fn inflate(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_same_seed_gives_the_same_files_in_whatever_order_they_are_made() {
    let all: Vec<_> = corpus(1, 6, 20).collect();
    for number in (0..6).rev() {
        assert_eq!(corpus_file(1, number, 20), all[number]);
    }
    let other: Vec<_> = corpus(2, 6, 20).collect();
    assert!(all.iter().zip(&other).all(|(one, two)| one.bytes != two.bytes));
}

#[test]
fn a_file_holds_as_many_records_as_asked_for_each_with_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    let mut paths = BTreeSet::new();
    for file in corpus(3, 60, 25) {
        let document: Value = serde_json::from_str(&inflate(&file.bytes)).unwrap();
        let records = document["Records"].as_array().unwrap();
        assert_eq!(records.len(), 25);
        for record in records {
            assert_eq!(record["eventVersion"], "1.11");
            assert!(record["userIdentity"]["type"].is_string());
            ids.insert(record["eventID"].as_str().unwrap().to_owned());
            let account = record["recipientAccountId"].as_str().unwrap();
            assert!(file.path.contains(&format!("/{account}/CloudTrail/")), "{}", file.path);
            assert!(!record.to_string().contains('%'), "a template was not filled: {record}");
        }
        paths.insert(file.path);
    }
    assert_eq!((ids.len(), paths.len()), (60 * 25, 60));
}

#[test]
fn the_mix_is_that_of_busy_accounts() {
    let mut services = BTreeMap::<String, usize>::new();
    let (mut events, mut errors, mut bytes, mut packed) = (0, 0, 0, 0);
    for file in corpus(4, 40, 500) {
        let text = inflate(&file.bytes);
        bytes += text.len();
        packed += file.bytes.len();
        let document: Value = serde_json::from_str(&text).unwrap();
        for record in document["Records"].as_array().unwrap() {
            events += 1;
            errors += usize::from(record.get("errorCode").is_some());
            *services.entry(record["eventSource"].to_string()).or_default() += 1;
        }
    }
    assert!((1_200..1_350).contains(&(bytes / events)), "{} bytes an event", bytes / events);
    assert!((5..=7).contains(&(bytes / packed)), "{bytes} in {packed}");
    assert!((events / 50..events / 20).contains(&errors), "{errors} errors in {events}");
    assert!(services.len() >= 20, "{services:?}");
    assert!(services.values().all(|count| *count < events / 2), "{services:?}");
}
