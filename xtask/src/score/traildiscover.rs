//! TrailDiscover's ATT&CK labels beside those of our knowledge table: a second opinion, peculiar in
//! places. Each call on which the two have nothing in common is listed with our reason.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Figure;
use super::ground::{Ground, list, text};
use super::written::Written;
use crate::problem::Failure;

/// `EVENTSOURCE EVENTNAME: our reason`, written for one version of ATT&CK.
const REASONS: &str = include_str!("traildiscover_reasons.txt");
/// The line that pins the version.
const VERSION: &str = "ATT&CK";
/// Calls with a tactic and a parent technique in common.
const AGREED: usize = 178;

/// Asks the knowledge table for each call and compares.
pub fn measure(ground: &Ground) -> Result<Vec<Figure>, Failure> {
    let cases = ground.cases("traildiscover/cases.dev.jsonl.gz")?;
    let input: String = cases.iter().map(|case| call(case) + "\n").collect();
    let known = ground.example("knowledge", &input)?;
    Ok(figures(&cases, &known, &Written::read(REASONS)).into())
}

/// The call of a case, as the example reads it.
fn call(case: &Value) -> String {
    format!("{} {}", text(case, "/input/eventSource"), text(case, "/input/eventName"))
}

fn figures(cases: &[Value], known: &Value, reasons: &Written) -> [Figure; 2] {
    let differ: Vec<(String, &Value)> = cases
        .iter()
        .zip(list(known, "/calls"))
        .filter(|(case, ours)| !agree(case, ours))
        .map(|(case, ours)| (call(case), ours))
        .collect();
    let agreed = Figure {
        name: "traildiscover: tactic and technique overlap".to_owned(),
        reached: cases.len() - differ.len(),
        of: cases.len(),
        floor: AGREED,
        notes: differ.iter().map(|(call, ours)| format!("{call}: ours is {ours}")).collect(),
    };
    let mut missing: Vec<String> = differ
        .iter()
        .filter(|(call, _)| reasons.about(call).is_none())
        .map(|(call, _)| format!("{call}: no reason in traildiscover_reasons.txt"))
        .collect();
    let needed = differ.iter().map(|(call, _)| call.as_str()).chain([VERSION]);
    let idle = reasons.idle(needed);
    missing.extend(idle.iter().map(|call| format!("{call}: a reason that nothing needs any more")));
    let version = text(known, "/attack_version");
    if reasons.about(VERSION) != Some(version) {
        missing.push(format!("the table follows ATT&CK {version}: read the reasons again for it"));
    }
    let given = differ.iter().filter(|(call, _)| reasons.about(call).is_some()).count();
    let of = given + missing.len();
    let given = Figure {
        name: "traildiscover: disagreements with our reason".to_owned(),
        reached: given,
        of,
        floor: of,
        notes: missing,
    };
    [agreed, given]
}

/// Whether tactic and parent technique are both among theirs.
fn agree(case: &Value, ours: &Value) -> bool {
    let labels = |pointer: &str| list(case, pointer).iter().filter_map(Value::as_str);
    let tactics: BTreeSet<String> = labels("/expected/tactics")
        .filter_map(|label| label.split(" - ").nth(1))
        .map(|tactic| tactic.to_lowercase().replace(' ', "-"))
        .collect();
    let parent = text(ours, "/technique").split('.').next().unwrap_or_default();
    let technique = |label: &str| label.split(" - ").next() == Some(parent);
    tactics.contains(text(ours, "/tactic")) && labels("/expected/techniques").any(technique)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(name: &str) -> Value {
        json!({
            "input": { "eventSource": "iam.amazonaws.com", "eventName": name },
            "expected": {
                "tactics": ["TA0004 - Privilege Escalation"],
                "techniques": ["T1098 - Account Manipulation"],
            },
        })
    }

    #[test]
    fn a_call_agrees_when_tactic_and_parent_technique_are_among_theirs() {
        let ours = |tactic: &str| json!({ "tactic": tactic, "technique": "T1098.003" });
        assert!(agree(&case("PutUserPolicy"), &ours("privilege-escalation")));
        assert!(!agree(&case("PutUserPolicy"), &ours("persistence")));
        assert!(!agree(&case("PutUserPolicy"), &Value::Null));
    }

    #[test]
    fn a_disagreement_needs_a_reason_and_a_reason_a_disagreement() {
        let known = json!({ "attack_version": "18", "calls": [null, null] });
        let cases = [case("A"), case("B")];
        let reasons = "ATT&CK: 18\niam.amazonaws.com A: because\niam.amazonaws.com C: old\n";
        let [agreed, given] = figures(&cases, &known, &Written::read(reasons));
        assert_eq!((agreed.reached, agreed.of), (0, 2));
        assert_eq!((given.reached, given.of, given.floor), (1, 3, 3));
        assert_eq!(given.notes.len(), 2, "{:?}", given.notes);
    }

    #[test]
    fn reasons_are_read_again_when_attack_moves_on() {
        let known = json!({ "attack_version": "19", "calls": [] });
        let [_, given] = figures(&[], &known, &Written::read("ATT&CK: 18\n"));
        assert!(given.reached < given.floor);
    }
}
