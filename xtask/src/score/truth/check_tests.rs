//! Tests of the judgement: what is told, what is missed, and what is told wrongly.

use serde_json::{Value, json};

use super::*;

fn judged(document: &Value, expect: Value, events: &[&str]) -> Option<String> {
    let raw = Raw {
        events: ["done-1", "failed-1"].map(str::to_owned).into(),
        failed: ["failed-1"].map(str::to_owned).into(),
    };
    let guilty = [serde_json::from_value(json!("~user/thief")).unwrap()];
    let fact = json!({"says": "A fact.", "events": events, "expect": expect});
    let told = Told { document, raw: &raw, guilty: &guilty };
    told.misses(&serde_json::from_value(fact).unwrap())
}

fn steps(outcome: &str, event: &str) -> Value {
    json!({"story": {"steps": [
        {"what": "iam:CreateUser", "count": 2, "outcome": outcome, "origins": [{"event_id": event}]},
        {"what": "iam:CreateUser", "count": 3, "outcome": outcome, "origins": []},
    ]}})
}

#[test]
fn a_fact_is_told_where_an_item_looks_like_it_and_cites_its_event() {
    let expect = json!({"in": "story.steps", "where": {"what": "iam:CreateUser"}});
    assert_eq!(judged(&steps("done", "done-1"), expect.clone(), &["done-1"]), None);
    assert!(judged(&steps("done", "failed-1"), expect.clone(), &["done-1"]).is_some());
    assert!(judged(&json!({}), expect, &["done-1"]).is_some());
}

#[test]
fn items_can_be_counted_and_added_up() {
    let document = steps("done", "done-1");
    let expect = |total: u64, count: usize| json!({"in": "story.steps", "where": {"what": "~User"}, "count": count, "total": {"count": total}});
    assert_eq!(judged(&document, expect(5, 2), &[]), None);
    assert!(judged(&document, expect(6, 2), &[]).is_some());
    assert!(judged(&document, expect(5, 1), &[]).is_some());
}

#[test]
fn what_must_be_absent_is_a_miss_where_it_stands() {
    let expect = json!({"in": "story.steps", "where": {"outcome": "denied"}, "absent": true});
    assert_eq!(judged(&steps("done", "done-1"), expect.clone(), &[]), None);
    assert!(judged(&steps("denied", "done-1"), expect, &[]).is_some());
}

#[test]
fn a_list_of_texts_and_an_object_are_places_too() {
    let document = json!({"coverage": {"events": 7, "blind_spots": ["no flow logs here"]}});
    let spot = json!({"in": "coverage.blind_spots", "where": "~flow logs"});
    let events = json!({"in": "coverage", "where": {"events": 7}});
    assert_eq!(judged(&document, json!([spot, events]), &[]), None);
}

#[test]
fn an_event_that_failed_may_not_be_cited_by_a_step_that_is_done() {
    let honest = json!({"honest": true});
    assert_eq!(judged(&steps("failed", "failed-1"), honest.clone(), &[]), None);
    assert!(judged(&steps("done", "failed-1"), honest, &[]).is_some());
}

#[test]
fn somebody_innocent_stands_below_the_guilty_and_is_not_cut_off() {
    let ranked = |score: u64, act_now: bool| {
        json!({"story": {"suspects": [
            {"principal": "user/thief", "score": 60, "act_now": true},
            {"principal": "user/nina", "score": score, "act_now": act_now},
        ]}, "containment": []})
    };
    let innocent = json!({"innocent": "~user/nina"});
    assert_eq!(judged(&ranked(20, false), innocent.clone(), &[]), None);
    assert!(judged(&ranked(60, false), innocent.clone(), &[]).is_some());
    assert!(judged(&ranked(20, true), innocent, &[]).is_some());
}

#[test]
fn an_event_that_the_logs_do_not_hold_is_an_error_of_the_truth_file() {
    let honest = json!({"honest": true});
    assert!(judged(&json!({}), honest, &["made-up"]).is_some());
}
