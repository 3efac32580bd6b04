//! Quiet is told from missing by digest files alone.

mod material;

use crashcart_model::{Coverage, Delivery, LogText, Timestamp};
use material::{Tale, event};
use serde_json::{Value, json};

fn at(hour: u32) -> Timestamp {
    Timestamp::from_millis(1_714_780_800_000 + i64::from(hour) * 3_600_000)
}

fn delivery(region: &str, until: u32) -> Delivery {
    Delivery {
        account: LogText::from("111122223333"),
        region: LogText::from(region),
        from: at(0),
        until: at(until),
        listed: 12,
        here: 12,
        missing: 0,
        files: Vec::new(),
        missing_from: None,
        missing_until: None,
    }
}

/// The sentences about material with events at 02:00 and 14:00 only.
fn told(regions: &[&str], deliveries: Vec<Delivery>) -> Vec<String> {
    let early = event(1, "iam:ListUsers", json!({}));
    let late: Value = event(2, "iam:ListUsers", json!({"eventTime": "2024-05-04T14:00:00Z"}));
    let regions = regions.iter().copied().map(LogText::from).collect();
    let coverage = Coverage { regions, deliveries, ..Coverage::default() };
    Tale { coverage, ..Tale::of(vec![early, late]) }.tell().blind_spots
}

fn stretch(sentences: &[String]) -> &str {
    sentences.iter().find(|text| text.starts_with("no events from")).map_or("", |text| text)
}

#[test]
fn without_digests_a_stretch_without_events_is_quiet_or_missing() {
    assert!(stretch(&told(&["us-east-1"], Vec::new())).contains("quiet or missing, unknown"));
}

#[test]
fn digests_of_every_region_prove_that_it_was_quiet() {
    let quiet = told(&["us-east-1"], vec![delivery("us-east-1", 20)]);
    assert!(stretch(&quiet).contains("quiet in the regions of this material"), "{quiet:?}");
    let other = told(&["eu-west-1", "us-east-1"], vec![delivery("us-east-1", 20)]);
    assert!(stretch(&other).contains("unknown"), "{other:?}");
    assert!(other.iter().any(|text| text.starts_with("no digest files of eu-west-1")));
    let short = told(&["us-east-1"], vec![delivery("us-east-1", 10)]);
    assert!(stretch(&short).contains("unknown"), "they end before it: {short:?}");
}

#[test]
fn a_listed_file_that_is_not_here_is_told_as_missing_with_its_time() {
    let mut one = delivery("us-east-1", 20);
    (one.here, one.missing) = (10, 2);
    (one.missing_from, one.missing_until) = (Some(at(5)), Some(at(6)));
    let told = told(&["us-east-1"], vec![one]);
    assert!(stretch(&told).contains("may be missing, as digests tell"), "{told:?}");
    let missing = "2 are missing from this material by name (events from 2024-05-04T05:00:00Z to";
    assert!(told.iter().any(|text| text.contains(missing)), "{told:?}");
    assert!(!told.iter().any(|text| text.contains("all are here")), "{told:?}");
}
