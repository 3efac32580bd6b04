//! stratus-red-team: the small log that each of its attacks leaves behind. A finding and a step of
//! the story must cite what the attack did, and the step must put it under a tactic that holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Figure;
use super::ground::{Ground, each, list, text};
use super::written::Written;
use crate::problem::Failure;

/// `CASE: why our tactic is defensible` where it is none that Stratus names.
const TACTICS: &str = include_str!("stratus_tactics.txt");
/// Cases that are told.
const TOLD: usize = 18;

/// Runs `investigate` on each case and counts.
pub fn measure(ground: &Ground) -> Result<Vec<Figure>, Failure> {
    let cases = ground.cases("stratus-red-team/cases.dev.jsonl.gz")?;
    let stories = each(&cases, |case| {
        let input = json!({ "Records": case["input"] }).to_string();
        ground.crashcart(&["investigate", "--json", "-"], &input)
    })?;
    let written = Written::read(TACTICS);
    let missed: Vec<String> = cases
        .iter()
        .zip(&stories)
        .filter_map(|(case, story)| {
            missed(case, story, &written).map(|why| format!("{}: {why}", text(case, "/case_id")))
        })
        .collect();
    Ok(vec![Figure {
        name: "stratus: a finding and a step cite the attack".to_owned(),
        reached: cases.len() - missed.len(),
        of: cases.len(),
        floor: TOLD,
        notes: missed,
    }])
}

/// What is wanting in the story of a case; none when it is told.
fn missed(case: &Value, story: &Value, written: &Written) -> Option<String> {
    let names = names(case);
    // A finding that is only informational says nothing that a responder would be shown.
    let found: BTreeSet<&str> = list(story, "/findings")
        .iter()
        .filter(|finding| text(finding, "/level") != "informational")
        .flat_map(|finding| cited(finding, "/events", &names))
        .collect();
    if found.is_empty() {
        return Some("no finding at low or above cites it".to_owned());
    }
    let tactics: BTreeSet<&str> = list(story, "/story/steps")
        .iter()
        .filter(|step| cited(step, "/origins", &names).iter().any(|name| found.contains(name)))
        .map(|step| text(step, "/tactic"))
        .filter(|tactic| !tactic.is_empty())
        .collect();
    if tactics.is_empty() {
        return Some("no step with a tactic cites what the findings cite".to_owned());
    }
    let theirs = list(case, "/expected/tactics").iter().filter_map(Value::as_str);
    let theirs: Vec<String> = theirs.map(|name| name.to_lowercase().replace(' ', "-")).collect();
    let named = theirs.iter().any(|tactic| tactics.contains(tactic.as_str()));
    let defended = written.about(text(case, "/case_id").trim_start_matches("stratus:")).is_some();
    (!named && !defended).then(|| format!("{tactics:?} and not {theirs:?}, without a reason"))
}

/// Event ids of the case's records, each with its call, where the attack consists of that call.
fn names(case: &Value) -> BTreeMap<&str, String> {
    let wanted: Vec<&str> =
        list(case, "/expected/event_names").iter().filter_map(Value::as_str).collect();
    list(case, "/input")
        .iter()
        .map(|record| {
            let service = text(record, "/eventSource").split('.').next().unwrap_or_default();
            (text(record, "/eventID"), format!("{service}:{}", text(record, "/eventName")))
        })
        .filter(|(_, name)| wanted.contains(&name.as_str()))
        .collect()
}

/// Calls of the attack that a finding or a step cites.
fn cited<'a>(part: &Value, pointer: &str, names: &'a BTreeMap<&str, String>) -> Vec<&'a str> {
    let ids = list(part, pointer).iter().map(|origin| text(origin, "/event_id"));
    ids.filter_map(|id| names.get(id)).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Value {
        json!({
            "case_id": "stratus:aws.a.b",
            "input": [{ "eventID": "1", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser" }],
            "expected": { "event_names": ["iam:CreateUser"], "tactics": ["Privilege Escalation"] },
        })
    }

    fn story(level: &str, tactic: &str) -> Value {
        json!({
            "findings": [{ "level": level, "events": [{ "event_id": "1" }] }],
            "story": { "steps": [{ "tactic": tactic, "origins": [{ "event_id": "1" }] }] },
        })
    }

    #[test]
    fn a_case_is_told_when_finding_and_step_cite_it_under_a_tactic_that_stratus_names() {
        let written = Written::read("");
        assert_eq!(missed(&case(), &story("low", "privilege-escalation"), &written), None);
        assert!(
            missed(&case(), &story("informational", "privilege-escalation"), &written).is_some()
        );
        assert!(missed(&case(), &json!({ "findings": [], "story": {} }), &written).is_some());
    }

    #[test]
    fn another_tactic_needs_a_written_reason() {
        let told = story("low", "persistence");
        assert!(missed(&case(), &told, &Written::read("")).is_some());
        assert_eq!(missed(&case(), &told, &Written::read("aws.a.b: because\n")), None);
    }
}
