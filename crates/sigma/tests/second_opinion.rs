//! rsigma's evaluator as a second opinion, on all shared rules over the records of one incident.
//!
//! No differences are known. The two read Sigma apart in places that these rules and records do
//! not meet: keywords with wildcards (anchored there), `contains` on an object (only the text of
//! values there), an empty array, `windash` in the middle of a word.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod corpus;

use std::collections::BTreeSet;

use crashcart_sigma::{RuleSet, Selection};
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::parse_sigma_yaml;

#[test]
fn both_evaluators_match_the_same_rules_on_every_record() {
    let (Some(rules), Some(records)) = (corpus::rules(), corpus::records("invictus")) else {
        return;
    };
    let (set, _) = RuleSet::compile(&rules, &Selection::default());
    let mut engine = Engine::new();
    for file in &rules {
        for rule in parse_sigma_yaml(&file.text).unwrap().rules {
            engine.add_rule(&rule).unwrap();
        }
    }
    let (mut matcher, mut hits, mut compared) = (set.matcher(), Vec::new(), 0);
    corpus::stream(&records, |number, record, head| {
        matcher.matches(record, head, &mut hits);
        let ours: BTreeSet<String> =
            hits.iter().map(|hit| set.rules()[hit.rule as usize].id.clone()).collect();
        let theirs: BTreeSet<String> = engine
            .evaluate(&JsonEvent::borrow(&records[number as usize]))
            .into_iter()
            .map(|result| result.header.rule_id.unwrap())
            .collect();
        assert_eq!(ours, theirs, "record {number}");
        compared += theirs.len();
    });
    assert!(compared > 1_000, "only {compared} matches were compared");
}
