//! Runs the events that rule files bring along: each must match, or must not, as it says.

use crashcart_decode::json::Tape;
use crashcart_model::{EventRef, Head, Value};
use crashcart_sigma::{Problem, RuleFile, RuleSet, RuleTest, Selection, Severity, rule_tests};
use serde_json::Value as Json;

/// Deepest nesting of a test's event.
const DEPTH: usize = 128;

/// What the tests of these files say against their rules. All files are compiled together, as
/// they would be used.
pub(crate) fn prove(files: &[RuleFile]) -> Vec<Problem> {
    let (set, _) = RuleSet::compile(files, &Selection::default());
    let mut problems = Vec::new();
    for file in files {
        // A file that cannot be parsed was told by the linter already.
        for test in rule_tests(file).unwrap_or_default() {
            let rules = set.rules().iter();
            let rule =
                rules.zip(0_u32..).find(|(meta, _)| meta.id == test.rule && meta.path == file.path);
            let Some((_, number)) = rule else { continue };
            if fired(&set, &events(&test)).contains(&number) != test.must_match {
                problems.push(problem(file, &test));
            }
        }
    }
    problems
}

/// One event, or for a correlation the events of `events:`.
fn events(test: &RuleTest) -> Vec<&Json> {
    match test.event.get("events") {
        Some(Json::Array(events)) => events.iter().collect(),
        _ => vec![&test.event],
    }
}

/// Numbers of the rules that match.
fn fired(set: &RuleSet, events: &[&Json]) -> Vec<u32> {
    let (mut matcher, mut correlator) = (set.matcher(), set.correlator());
    let (mut hits, mut fired) = (Vec::new(), Vec::new());
    let mut tape = Tape::new();
    for (event, record) in events.iter().zip(0..) {
        let text = event.to_string();
        if tape.parse(&text, DEPTH).is_err() {
            continue;
        }
        let Value::Object(event) = tape.record(&text).as_value() else { continue };
        let head = Head::of(&event);
        matcher.matches(&event, &head, &mut hits);
        correlator.observe(&event, &head, EventRef { evidence: 0, record }, &hits);
        fired.extend(hits.iter().map(|hit| hit.rule));
    }
    fired.extend(correlator.finish(1, &|evidence| evidence).iter().map(|found| found.rule));
    fired
}

fn problem(file: &RuleFile, test: &RuleTest) -> Problem {
    let (list, what) = if test.must_match {
        ("match", "is not matched by the rule")
    } else {
        ("no_match", "is matched by the rule")
    };
    let line = file.text.lines().position(|line| line.starts_with("tests:"));
    Problem {
        path: file.path.clone(),
        line: line.map_or(1, |line| line + 1),
        column: 1,
        severity: Severity::Error,
        message: format!("event {} of tests.{list} {what}", test.number + 1),
        hint: Some("correct the rule, or the event if it is the one that is wrong".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(event: &str) -> RuleFile {
        let text = format!(
            "title: A user was made\nid: 6f1c8f0e-7d0c-4f0e-9a53-0a8c6f1d2b3c\nlevel: low\n\
             logsource: {{product: aws, service: cloudtrail}}\n\
             detection: {{selection: {{eventName: CreateUser}}, condition: selection}}\n\
             tests:\n    match: [{{eventName: {event}}}]\n    no_match: [{{eventName: ListUsers}}]\n"
        );
        RuleFile { path: "rule.yml".to_owned(), text }
    }

    #[test]
    fn a_rule_that_fails_its_own_event_is_named_with_the_place_of_its_tests() {
        assert_eq!(prove(&[file("CreateUser")]), []);
        let problems = prove(&[file("DeleteUser")]);
        let [problem] = problems.as_slice() else { panic!("one problem: {problems:?}") };
        assert_eq!((problem.line, problem.severity), (6, Severity::Error));
        assert!(problem.message.contains("event 1 of tests.match"), "{}", problem.message);
    }
}
