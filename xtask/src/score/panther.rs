//! The unit tests of panther-analysis' CloudTrail rules: single events that must or must not raise
//! a finding. Their rules are theirs; what counts is the behaviour that each stands for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Figure;
use super::ground::{Ground, each, list, text};
use super::written::Written;
use crate::problem::Failure;

/// For each of their rules, the rules of ours that are about the same behaviour.
const BEHAVIOURS: &str = include_str!("panther_behaviours.txt");
/// Cases that must alert and do, at low or above, by a rule about that behaviour.
const ALERTED: usize = 69;
/// Cases that must not alert and stay quiet.
const QUIET: usize = 91;

/// One case, and the rules of ours that fired on it.
struct Judged {
    rule: String,
    test: String,
    alert: bool,
    fired: BTreeMap<String, Level>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Informational,
    Low,
    MediumOrAbove,
}

/// Runs `detect` on each case and counts both directions.
pub fn measure(ground: &Ground) -> Result<Vec<Figure>, Failure> {
    let cases = ground.cases("panther-analysis/cases.dev.jsonl.gz")?;
    let cases: Vec<Value> = cases.into_iter().filter(counts).collect();
    let judged = each(&cases, |case| judge(ground, case))?;
    Ok(figures(&judged, &Written::read(BEHAVIOURS)).into())
}

/// Whether a case is one that a single CloudTrail event decides.
fn counts(case: &Value) -> bool {
    let meta = &case["meta"];
    text(case, "/log_type") == "AWS.CloudTrail"
        && meta["has_mocks"] != true
        && meta["enabled_by_default"] != false
        && meta["severity"] != "Info"
        && meta["threshold"].as_u64().unwrap_or(1) <= 1
        && !text(case, "/input/eventName").is_empty()
}

fn judge(ground: &Ground, case: &Value) -> Result<Judged, Failure> {
    let input = json!({ "Records": [case["input"]] }).to_string();
    let detected = ground.crashcart(&["detect", "--json", "-"], &input)?;
    let fired = list(&detected, "/findings").iter().map(|finding| {
        let level = match text(finding, "/level") {
            "informational" => Level::Informational,
            "low" => Level::Low,
            _ => Level::MediumOrAbove,
        };
        (text(finding, "/name").to_owned(), level)
    });
    Ok(Judged {
        rule: text(case, "/meta/rule_id").to_owned(),
        test: text(case, "/origin/test").to_owned(),
        alert: case["expected"]["alert"] == true,
        fired: fired.collect(),
    })
}

fn figures(judged: &[Judged], behaviours: &Written) -> [Figure; 2] {
    let mut alerting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in judged.iter().filter(|case| case.alert) {
        let fired = case.fired.keys().map(String::as_str);
        alerting.entry(&case.rule).or_default().extend(fired);
    }
    let [mut alerted, mut quiet] =
        [("alert on what must alert", ALERTED), ("stay quiet on what must not", QUIET)].map(
            |(name, floor)| Figure {
                name: format!("panther: {name}"),
                reached: 0,
                of: 0,
                floor,
                notes: Vec::new(),
            },
        );
    for case in judged {
        let (figure, missed) = if case.alert {
            (&mut alerted, missed(case, behaviours))
        } else {
            (&mut quiet, loud(case, alerting.get(case.rule.as_str())))
        };
        figure.of += 1;
        match missed {
            None => figure.reached += 1,
            Some(what) => figure.notes.push(format!("{}: {}: {what}", case.rule, case.test)),
        }
    }
    [alerted, quiet]
}

/// Why no finding at low or above is about the case's behaviour.
fn missed(case: &Judged, behaviours: &Written) -> Option<String> {
    let about: Vec<&str> =
        behaviours.about(&case.rule).unwrap_or_default().split_whitespace().collect();
    if about.is_empty() {
        return Some("no rule of ours is named for it in panther_behaviours.txt".to_owned());
    }
    let found = |name: &&str| case.fired.get(*name).is_some_and(|level| *level >= Level::Low);
    if about.iter().any(found) {
        return None;
    }
    Some(format!("none of {}; fired: {:?}", about.join(", "), case.fired))
}

/// Which rules at medium or above fire here and on what must alert.
fn loud(case: &Judged, alerting: Option<&BTreeSet<&str>>) -> Option<String> {
    let alerting = alerting?;
    let loud: Vec<&str> = case
        .fired
        .iter()
        .filter(|(name, level)| **level >= Level::MediumOrAbove && alerting.contains(name.as_str()))
        .map(|(name, _)| name.as_str())
        .collect();
    (!loud.is_empty()).then(|| format!("raised {}", loud.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(alert: bool, fired: &[(&str, Level)]) -> Judged {
        let fired = fired.iter().map(|(name, level)| ((*name).to_owned(), *level)).collect();
        Judged { rule: "AWS.Stopped".to_owned(), test: "a test".to_owned(), alert, fired }
    }

    #[test]
    fn only_a_rule_about_the_behaviour_at_low_or_above_counts() {
        let behaviours = Written::read("AWS.Stopped: trail_stopped\n");
        let judged = [
            case(true, &[("trail_stopped", Level::Low)]),
            case(true, &[("trail_stopped", Level::Informational)]),
            case(true, &[("root_used", Level::MediumOrAbove)]),
        ];
        let [alerted, _] = figures(&judged, &behaviours);
        assert_eq!((alerted.reached, alerted.of), (1, 3));
    }

    #[test]
    fn a_loud_rule_counts_against_us_where_it_also_fires_on_what_must_alert() {
        let behaviours = Written::read("AWS.Stopped: trail_stopped\n");
        let judged = [
            case(true, &[("trail_stopped", Level::MediumOrAbove)]),
            case(false, &[("trail_stopped", Level::MediumOrAbove)]),
            case(false, &[("trail_stopped", Level::Low)]),
            case(false, &[("root_used", Level::MediumOrAbove)]),
        ];
        let [_, quiet] = figures(&judged, &behaviours);
        assert_eq!((quiet.reached, quiet.of), (2, 3));
    }
}
