//! Rules and records in a line each.

#![allow(dead_code, reason = "each test uses its part")]

use crashcart_model::Head;
use crashcart_sigma::{RuleFile, RuleSet, Selection};
use crashcart_testkit::with_record;

pub fn file(path: &str, text: &str) -> RuleFile {
    RuleFile { path: path.to_owned(), text: text.to_owned() }
}

pub fn rule(detection: &str) -> String {
    let indented: String = detection.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "title: t\nid: 11111111-1111-4111-8111-111111111111\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n{indented}level: low\n"
    )
}

/// Whether a rule with this detection part matches the record.
pub fn detects(detection: &str, record: &str) -> bool {
    let (set, problems) =
        RuleSet::compile(&[file("r.yml", &rule(detection))], &Selection::default());
    assert_eq!(problems, [], "{detection}");
    hits(&set, record) == 1
}

pub fn hits(set: &RuleSet, record: &str) -> usize {
    let mut out = Vec::new();
    with_record(record, |record| set.matcher().matches(record, &Head::of(record), &mut out));
    out.len()
}
