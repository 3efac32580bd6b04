//! What `rules check` says about rule files: the place, the fault and what to do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod corpus;

use crashcart_sigma::{Problem, RuleFile, Severity, check, rule_tests};
use serde_json::json;

const GOOD: &str = "title: A good rule
id: 11111111-1111-4111-8111-111111111111
status: test
description: Says what it finds.
author: somebody
date: 2026-01-01
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventName: GetUser
    condition: selection
level: low
tags:
    - attack.discovery
";

fn file(path: &str, text: &str) -> RuleFile {
    RuleFile { path: path.to_owned(), text: text.to_owned() }
}

fn about(text: &str) -> Vec<Problem> {
    check(&[file("rules/one.yml", text)])
}

/// Line, column, severity and a piece of the message of the only problem.
fn only(text: &str) -> (usize, usize, Severity, String) {
    let problems = about(text);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let problem = problems.into_iter().next().unwrap();
    assert!(problem.hint.is_some(), "no hint: {problem:?}");
    assert_eq!(problem.path, "rules/one.yml");
    (problem.line, problem.column, problem.severity, problem.message)
}

fn expect(text: &str, line: usize, column: usize, severity: Severity, words: &str) {
    let told = only(text);
    assert_eq!((told.0, told.1, told.2), (line, column, severity), "{}", told.3);
    assert!(told.3.contains(words), "{}", told.3);
}

#[test]
fn a_good_rule_has_no_problem() {
    assert_eq!(about(GOOD), []);
}

#[test]
fn yaml_errors_tell_their_place() {
    expect(&GOOD.replace("level: low", "level: [low"), 15, 5, Severity::Error, "not valid YAML");
}

#[test]
fn an_unknown_modifier_is_found_on_its_field() {
    let text = GOOD.replace("eventName:", "eventName|sounds_like:");
    expect(&text, 12, 18, Severity::Error, "unknown modifier \"sounds_like\"");
}

#[test]
fn a_condition_that_cannot_be_read_tells_the_column() {
    let text = GOOD.replace("condition: selection", "condition: selection and and");
    expect(&text, 13, 30, Severity::Error, "condition cannot be read");
    let text = GOOD.replace("condition: selection", "condition: 'selection or )'");
    expect(&text, 13, 30, Severity::Error, "condition cannot be read");
}

#[test]
fn a_condition_deeper_than_a_stack_is_refused() {
    for (start, end) in [("not ".repeat(15_000), ""), ("(".repeat(15_000), ")")] {
        let condition = format!("condition: {start}selection{}", end.repeat(15_000));
        let problems = about(&GOOD.replace("condition: selection", &condition));
        let errors: Vec<_> =
            problems.iter().filter(|one| one.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{errors:#?}");
        assert_eq!(errors[0].line, 13);
        assert!(errors[0].message.len() < 200, "{}", errors[0].message);
    }
    let long = format!("condition: selection{}", " or not selection".repeat(450));
    assert_eq!(about(&GOOD.replace("condition: selection", &long)), []);
}

#[test]
fn a_condition_that_names_no_selection_tells_the_name() {
    let text = GOOD.replace("condition: selection", "condition: selection and not filter");
    expect(&text, 13, 34, Severity::Error, "\"filter\"");
}

#[test]
fn a_selection_that_is_never_named_is_a_warning() {
    let text = GOOD.replace("    condition:", "    filter:\n        eventName: x\n    condition:");
    expect(&text, 13, 5, Severity::Warning, "\"filter\"");
}

#[test]
fn a_missing_level_and_a_missing_id_are_warnings() {
    expect(&GOOD.replace("level: low\n", ""), 1, 1, Severity::Warning, "no level");
    let text = GOOD.replace("id: 11111111-1111-4111-8111-111111111111\n", "");
    expect(&text, 1, 1, Severity::Warning, "no id");
}

#[test]
fn a_level_that_is_none_is_found() {
    let problems = about(&GOOD.replace("level: low", "level: grave"));
    let found = problems.iter().find(|one| one.message.contains("grave")).unwrap();
    assert_eq!((found.line, found.column, found.severity), (14, 8, Severity::Warning));
}

#[test]
fn a_missing_title_or_detection_is_an_error() {
    expect(&GOOD.replace("title: A good rule\n", ""), 1, 1, Severity::Error, "\"title\"");
    let start = GOOD.find("detection:").unwrap();
    let end = GOOD.find("level:").unwrap();
    let text = format!("{}{}", &GOOD[..start], &GOOD[end..]);
    expect(&text, 1, 1, Severity::Error, "\"detection\"");
}

#[test]
fn an_id_that_stands_twice_is_a_warning_at_the_second() {
    let problems = check(&[file("a.yaml", GOOD), file("b.yml", GOOD)]);
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert_eq!((problems[0].path.as_str(), problems[0].line, problems[0].column), ("b.yml", 2, 5));
    assert!(problems[0].message.contains("a.yaml"));
}

#[test]
fn a_reference_by_title_is_a_warning_and_one_to_nothing_an_error() {
    let correlation = |rule: &str| {
        format!(
            "{GOOD}---\ntitle: Many\nid: 22222222-2222-4222-8222-222222222222\nstatus: test\nlevel: high\ncorrelation:\n    type: event_count\n    rules:\n        - {rule}\n    group-by:\n        - sourceIPAddress\n    timespan: 5m\n    condition:\n        gte: 3\n"
        )
    };
    expect(&correlation("A good rule"), 25, 11, Severity::Warning, "by its title");
    expect(&correlation("A bad rule"), 25, 11, Severity::Error, "\"A bad rule\"");
    assert_eq!(about(&correlation("11111111-1111-4111-8111-111111111111")), []);
}

#[test]
fn a_fault_in_a_later_document_has_the_line_of_the_file() {
    let text = format!(
        "{GOOD}---\n{}",
        GOOD.replace("11111111-", "22222222-").replace("level: low", "level: [")
    );
    expect(&text, 33, 5, Severity::Error, "not valid YAML");
}

#[test]
fn an_empty_file_is_a_warning() {
    expect("# nothing here\n", 1, 1, Severity::Warning, "no rule");
}

#[test]
fn problems_are_ordered_by_place_and_the_same_in_any_order_of_files() {
    let bad = GOOD.replace("eventName:", "eventName|x:");
    let files = [file("b.yml", &bad), file("a.yml", &bad.replace("level: low\n", ""))];
    let mut turned = files.clone();
    turned.reverse();
    let problems = check(&files);
    assert_eq!(problems, check(&turned));
    assert!(problems.is_sorted());
}

#[test]
fn windows_line_ends_change_nothing() {
    assert_eq!(about(&GOOD.replace('\n', "\r\n")), []);
    let text = GOOD.replace("eventName:", "eventName|sounds_like:").replace('\n', "\r\n");
    expect(&text, 12, 18, Severity::Error, "unknown modifier");
}

#[test]
fn the_tests_of_a_rule_are_read_from_its_file() {
    let text = format!(
        "{GOOD}tests:\n    match:\n        - eventName: GetUser\n          requestParameters: {{a: [1, true]}}\n    no_match:\n        - {{}}\n        - eventName: null\n"
    );
    assert_eq!(about(&text), []);
    let tests = rule_tests(&file("one.yml", &text)).unwrap();
    let told: Vec<_> = tests.iter().map(|test| (test.must_match, test.event.clone())).collect();
    assert_eq!(
        told,
        [
            (true, json!({"eventName": "GetUser", "requestParameters": {"a": [1, true]}})),
            (false, json!({})),
            (false, json!({"eventName": null})),
        ]
    );
    assert!(tests.iter().all(|test| test.rule == "11111111-1111-4111-8111-111111111111"));
    let wrong = text.replace("no_match:", "not_match:");
    let problem = rule_tests(&file("one.yml", &wrong)).unwrap_err();
    assert_eq!((problem.line, problem.column), (17, 1), "{problem:?}");
    assert!(problem.message.contains("not_match"));
}

#[test]
fn the_shared_rules_have_no_error_and_one_id_twice() {
    let Some(rules) = corpus::rules() else { return };
    let problems = check(&rules);
    let of = |severity: Severity| problems.iter().filter(move |one| one.severity == severity);
    assert_eq!(of(Severity::Error).count(), 0, "{:#?}", of(Severity::Error).collect::<Vec<_>>());
    let twice: Vec<_> =
        problems.iter().filter(|one| one.message.contains("also stands in")).collect();
    assert_eq!(twice.len(), 1, "{twice:#?}");
}

#[test]
fn brackets_without_end_are_refused_and_cost_no_time() {
    let text = format!("s: {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
    let file = RuleFile { path: "deep.yml".to_owned(), text };
    let problems = check(&[file]);
    assert!(problems.iter().any(|problem| problem.message.contains("too deep")), "{problems:?}");
}
