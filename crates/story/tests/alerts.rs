//! Whether there was an alert, and which rules would have given one: by name and level, with what
//! calls about findings prove and what they do not.

#![allow(clippy::unwrap_used, reason = "a missing answer must fail loudly")]

mod mallory;
mod material;

use crashcart_model::{Answer, EvidenceId, Finding, Level, LogText, Origin, Outcomes};
use mallory::{MALLORY, asked_about_mallory};
use material::{Tale, event};
use serde_json::{Value, json};

fn answer(tale: &Tale, question: &str) -> Answer {
    let told = tale.tell();
    told.story.answers.into_iter().find(|answer| answer.question == question).unwrap()
}

fn alert(records: Vec<Value>) -> Answer {
    let tale = Tale { pivot: asked_about_mallory(), ..Tale::of(records) };
    answer(&tale, "Was there an alert?")
}

fn finding(level: Level, title: &str, name: &str) -> Finding {
    Finding {
        rule: name.to_owned(),
        name: name.to_owned(),
        title: title.to_owned(),
        level,
        tactics: Vec::new(),
        techniques: Vec::new(),
        count: 1,
        first: None,
        last: None,
        principals: vec![LogText::from(MALLORY)],
        events: vec![Origin {
            evidence: EvidenceId::new(&"0".repeat(64), None),
            record: 0,
            event_id: None,
        }],
        outcomes: Outcomes::default(),
        access_keys: Vec::new(),
        addresses: Vec::new(),
        regions: Vec::new(),
    }
}

#[test]
fn calls_that_name_findings_prove_them_and_calls_that_ask_do_not() {
    let named = json!({"requestParameters": {"detectorId": "d", "findingIds": ["f1"]}});
    let told = alert(vec![event(1, "guardduty:GetFindings", named.clone())]);
    let held =
        "GuardDuty held findings: user mallory called GetFindings, first at 2024-05-04T02:00:01Z";
    assert!(told.answer.raw().contains(held), "{told:?}");
    assert_eq!(told.origins.len(), 1);
    let none = json!({"requestParameters": {"detectorId": "d", "findingIds": []}});
    let asked = alert(vec![
        event(1, "guardduty:ListFindings", json!({"requestParameters": {"detectorId": "d"}})),
        event(2, "guardduty:GetFindings", none),
    ]);
    let text = "GuardDuty was asked for findings by user mallory (GetFindings, ListFindings, first at 2024-05-04T02:00:01Z), and whether it held any these calls do not tell";
    assert_eq!(asked.answer.raw(), "unknown");
    assert!(asked.because.raw().ends_with(text), "{asked:?}");
    assert_eq!(asked.origins.len(), 1, "the first call of those that asked");
    let hidden = alert(vec![event(1, "guardduty:ArchiveFindings", named)]);
    assert!(
        hidden.answer.raw().contains("findings were hidden or changed by user mallory"),
        "{hidden:?}"
    );
}

#[test]
fn without_such_calls_the_answer_stays_unknown_and_a_refused_one_proves_nothing() {
    let refused = json!({"errorCode": "AccessDenied", "requestParameters": {"findingIds": ["f1"]}});
    assert_eq!(alert(vec![event(1, "guardduty:GetFindings", refused)]).answer.raw(), "unknown");
}

#[test]
fn the_rules_that_would_have_told_are_named_with_their_levels_the_gravest_first() {
    let mut tale = Tale { pivot: asked_about_mallory(), ..Tale::of(vec![mallory::created_key(1)]) };
    tale.findings = vec![
        finding(Level::Low, "Ordinary work", "ordinary"),
        finding(Level::Medium, "A key for another", "key_for_other"),
        finding(Level::High, "A user made itself administrator", "self_made"),
    ];
    let told = answer(&tale, "For which of these actions should there have been an alert?");
    let expected = "high: A user made itself administrator (self_made), medium: A key for another (key_for_other)";
    assert_eq!(told.answer.raw(), expected);
}
