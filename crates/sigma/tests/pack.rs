//! The built-in rules in `rules/aws`: each is complete, and does what the events inside it say.
//!
//! A rule is tried with every other rule compiled beside it, so that one that is lost by the
//! index, or hidden by a neighbour, is found too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test may fail as loudly as the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use crashcart_model::{EventRef, Head, Level, RuleHit};
use crashcart_sigma::{RuleFile, RuleMeta, RuleSet, RuleTest, Selection, rule_tests};
use serde_json::Value as Json;

const TACTICS: [&str; 14] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
];

fn pack() -> Vec<RuleFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/aws");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let file = |path: &PathBuf| RuleFile {
        path: format!("rules/aws/{}", path.file_name().unwrap().to_str().unwrap()),
        text: std::fs::read_to_string(path).unwrap(),
    };
    paths.iter().map(file).collect()
}

fn compiled(files: &[RuleFile]) -> RuleSet {
    let (set, problems) = RuleSet::compile(files, &Selection::default());
    let told: Vec<String> = problems.iter().map(|problem| format!("{problem:?}")).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    set
}

/// Numbers of the rules that fire on the events, in order of time.
fn fired(set: &RuleSet, events: &[&Json]) -> Vec<u32> {
    let (mut matcher, mut correlator) = (set.matcher(), set.correlator());
    let (mut hits, mut fired) = (Vec::new(), Vec::new());
    for (record, event) in (0..).zip(events) {
        crashcart_testkit::with_record(&event.to_string(), |parsed| {
            let head = Head::of(parsed);
            matcher.matches(parsed, &head, &mut hits);
            correlator.observe(parsed, &head, EventRef { evidence: 0, record }, &hits);
        });
        fired.extend(hits.iter().map(|hit: &RuleHit| hit.rule));
    }
    if events.len() > 1 {
        assert_eq!(correlator.untimed(), 0, "events of a correlation need an eventTime");
    }
    fired.extend(correlator.finish(2, &|rank| rank).iter().map(|found| found.rule));
    fired
}

/// The events of one test: a correlation takes a row of them under `events`.
fn events(test: &RuleTest) -> Vec<&Json> {
    match test.event.get("events").and_then(Json::as_array) {
        Some(row) => row.iter().collect(),
        None => vec![&test.event],
    }
}

fn shown(rules: &[RuleMeta]) -> impl Iterator<Item = &RuleMeta> {
    rules.iter().filter(|rule| !rule.hidden)
}

#[test]
fn every_rule_does_what_its_own_events_say() {
    let files = pack();
    let set = compiled(&files);
    let mut wrong = Vec::new();
    let mut tried = 0;
    for file in &files {
        for test in rule_tests(file).unwrap_or_else(|problem| panic!("{problem:?}")) {
            let rule = set.rules().iter().position(|rule| rule.id == test.rule).unwrap();
            let hit = fired(&set, &events(&test)).contains(&u32::try_from(rule).unwrap());
            tried += 1;
            if hit != test.must_match {
                let must = if test.must_match { "must" } else { "must not" };
                wrong.push(format!("{} {must} match event {}", file.path, test.number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "of {tried}: {}", wrong.join("\n"));
}

#[test]
fn every_rule_brings_an_event_that_matches_and_one_that_does_not() {
    for file in pack() {
        let tests = rule_tests(&file).unwrap();
        let has = |must_match| tests.iter().any(|test| test.must_match == must_match);
        assert!(has(true), "{} has no event that must match", file.path);
        assert!(has(false), "{} has no event that must not match", file.path);
    }
}

#[test]
fn every_rule_says_what_it_means_when_it_is_wrong_and_where_to_read_more() {
    let set = compiled(&pack());
    for rule in shown(set.rules()) {
        let path = &rule.path;
        assert!(rule.description.len() > 80, "{path}: what does it mean, what to look at next?");
        assert!(!rule.falsepositives.is_empty(), "{path} has no falsepositives");
        assert!(!rule.references.is_empty(), "{path} has no references");
        assert!(!rule.techniques.is_empty(), "{path} has no ATT&CK technique");
        assert!(!rule.tactics.is_empty(), "{path} has no ATT&CK tactic");
        for tactic in &rule.tactics {
            assert!(TACTICS.contains(&tactic.as_str()), "{path}: {tactic:?} is no tactic");
        }
        for link in &rule.references {
            assert!(link.starts_with("http"), "{path}: {link:?} is no address");
        }
    }
}

#[test]
fn every_file_is_one_rule_named_in_lower_case_with_a_level() {
    let files = pack();
    let set = compiled(&files);
    for file in &files {
        let stem = file.path.strip_prefix("rules/aws/").and_then(|name| name.strip_suffix(".yml"));
        let stem = stem.unwrap_or_else(|| panic!("{} does not end in .yml", file.path));
        let plain = |letter: char| matches!(letter, 'a'..='z' | '0'..='9' | '_');
        assert!(stem.chars().all(plain), "{}: lower case and underscores only", file.path);
        let rules = shown(set.rules()).filter(|rule| rule.name == stem).count();
        assert_eq!(rules, 1, "{}: one behaviour a file", file.path);
        let level = file.text.lines().find_map(|line| line.strip_prefix("level: "));
        assert!(level.and_then(Level::parse).is_some(), "{} has no level", file.path);
    }
}

#[test]
fn no_two_rules_share_an_id_or_a_title() {
    let set = compiled(&pack());
    let mut seen = BTreeMap::new();
    for rule in set.rules() {
        for key in [rule.id.to_lowercase(), rule.title.to_lowercase()] {
            let other = seen.insert(key.clone(), &rule.path);
            assert!(other.is_none(), "{key:?} stands in {} and {other:?}", rule.path);
        }
    }
}

#[test]
fn the_rule_checker_has_nothing_to_say_about_the_pack() {
    let problems = crashcart_sigma::check(&pack());
    let told: Vec<String> = problems.iter().map(|problem| format!("{problem:?}")).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn the_pack_is_large_enough_and_keeps_its_alarms_few() {
    let set = compiled(&pack());
    let rules: Vec<&RuleMeta> = shown(set.rules()).collect();
    assert!(rules.len() >= 70, "only {} rules", rules.len());
    let loud = rules.iter().filter(|rule| rule.level >= Level::High).count();
    assert!(loud * 2 < rules.len(), "{loud} of {} rules get a responder out of bed", rules.len());
}

/// A file of the shared data, inflated; none, with a printed reason, where it is absent.
fn shared(path: &str) -> Option<String> {
    let file = std::fs::File::open(crashcart_testkit::shared_data(path)?).unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    Some(text)
}

#[test]
fn ordinary_traffic_raises_no_alarm_at_medium_or_above() {
    let Some(text) = shared("noise-opensearch-catalog/cloudtrail_347283850106.json.gz") else {
        return;
    };
    let set = compiled(&pack());
    let document: Json = serde_json::from_str(&text).unwrap();
    let records = document.get("Records").unwrap_or(&document).as_array().unwrap();
    assert!(records.len() > 700, "only {} events", records.len());
    let loud: BTreeSet<&str> = fired(&set, &records.iter().collect::<Vec<_>>())
        .into_iter()
        .map(|rule| &set.rules()[rule as usize])
        .filter(|rule| !rule.hidden && rule.level >= Level::Medium)
        .map(|rule| rule.name.as_str())
        .collect();
    assert!(loud.is_empty(), "{loud:?}");
}

#[test]
fn each_attack_of_the_simulator_is_found_under_its_own_tactic() {
    let Some(text) = shared("stratus-red-team/cases.dev.jsonl.gz") else { return };
    let set = compiled(&pack());
    let mut missed = Vec::new();
    for case in text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()) {
        let wanted: Vec<String> = case["expected"]["tactics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tactic| tactic.as_str().unwrap().to_lowercase().replace(' ', "-"))
            .collect();
        let events: Vec<&Json> = case["input"].as_array().unwrap().iter().collect();
        let found = fired(&set, &events).into_iter().any(|rule| {
            let rule = &set.rules()[rule as usize];
            rule.level >= Level::Low && rule.tactics.iter().any(|tactic| wanted.contains(tactic))
        });
        if !found {
            missed.push(format!("{} ({})", case["case_id"], wanted.join(", ")));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
