//! What is advised about stretches that were not read.

#![allow(clippy::unwrap_used, reason = "a count that is none must fail loudly")]

mod material;

use crashcart_model::{Coverage, Gap, GapReason};
use material::{Tale, event};
use serde_json::json;

#[test]
fn what_was_not_read_is_fetched_again_only_where_it_came_damaged() {
    let gap = |path: &str, reason| {
        let (path, detail) = (path.to_owned(), String::new());
        Gap { path, offset: 0, size: None, reason, detail }
    };
    let advice = |gaps: Vec<Gap>| {
        let gap_count = u64::try_from(gaps.len()).unwrap();
        let coverage = Coverage { gaps, gap_count, ..Coverage::default() };
        let told =
            Tale { coverage, ..Tale::of(vec![event(1, "sts:GetCallerIdentity", json!({}))]) }
                .tell();
        told.verdict.would_decide[0].clone()
    };
    let licence = gap("logs/LICENSE", GapReason::NotJson);
    let other = "look into logs/LICENSE by other means, if it may matter: not read here (not JSON)";
    assert_eq!(advice(vec![licence.clone()]), other);
    let torn = gap("logs/a.json.gz", GapReason::Truncated);
    let again = "get logs/a.json.gz again, whole, and read it: part of it could not be read";
    assert_eq!(advice(vec![licence, torn]), again);
}
