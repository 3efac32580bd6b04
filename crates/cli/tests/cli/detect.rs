//! `detect`: which rules are used, what is reported in which form.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use serde_json::{Value, json};

use crate::binary::{Ran, run};
use crate::material::{call, delivered, folder};

/// A rule on one event name.
fn rule(title: &str, event: &str, level: &str, more: &str) -> String {
    format!(
        "title: {title}\nid: {:08}-0000-4000-8000-000000000000\nname: {title}\nlevel: {level}\n\
         logsource: {{product: aws, service: cloudtrail}}\n\
         detection:\n  made:\n    eventName: {event}\n  condition: made\n{more}",
        event.len()
    )
}

/// Three listings by one key within two minutes, two made users, each with its own time.
fn material() -> tempfile::TempDir {
    let event = |name: &str, id: &str, time: &str| call(name, id, time, json!({}));
    let first = [
        event("CreateUser", "5", "2026-05-04T02:14:00Z"),
        event("ListUsers", "3", "2026-05-04T02:12:00Z"),
    ];
    let second = [
        event("ListUsers", "2", "2026-05-04T02:11:00Z"),
        event("CreateUser", "4", "2026-05-04T02:13:00Z"),
        event("ListUsers", "1", "2026-05-04T02:10:00Z"),
    ];
    let burst = "title: burst\nid: 99999999-0000-4000-8000-000000000000\nlevel: high\n\
        correlation:\n  type: event_count\n  rules: [listed]\n  group-by: [userIdentity.arn]\n  \
        timespan: 5m\n  condition:\n    gte: 3\n";
    folder(&[
        ("logs/a.json", &delivered(&first)),
        ("logs/b.json", &delivered(&second)),
        ("rules/made.yml", &rule("made", "CreateUser", "medium", "tags: [attack.persistence]\n")),
        ("rules/listed.yml", &rule("listed", "ListUsers", "low", "tags: [attack.discovery]\n")),
        ("burst/burst.yml", burst),
    ])
}

fn detect(folder: &tempfile::TempDir, arguments: &[&str]) -> Ran {
    run(folder.path(), &[&["detect", "logs", "-q", "--no-pack"], arguments].concat())
}

/// The rules that a run reports.
fn names(ran: &Ran) -> Vec<String> {
    let findings = ran.json(0)["findings"].clone();
    let names = findings.as_array().expect("findings").iter();
    names.map(|finding| finding["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn each_match_is_a_row_in_order_of_time() {
    let folder = material();
    let rows = detect(&folder, &["--rules", "rules", "--jsonl"]).lines(0);
    let told: Vec<(&Value, &Value)> =
        rows.iter().map(|row| (&row["time"], &row["finding"]["name"])).collect();
    let expected = json!([
        ["2026-05-04T02:10:00Z", "listed"],
        ["2026-05-04T02:11:00Z", "listed"],
        ["2026-05-04T02:12:00Z", "listed"],
        ["2026-05-04T02:13:00Z", "made"],
        ["2026-05-04T02:14:00Z", "made"],
    ]);
    assert_eq!(json!(told), expected);
    let ids: Vec<&Value> = rows.iter().map(|row| &row["origin"]["event_id"]).collect();
    assert_eq!(json!(ids), json!(["1", "2", "3", "4", "5"]));
    assert_eq!(
        (&rows[0]["path"], &rows[0]["origin"]["record"]),
        (&json!("logs/b.json"), &json!(2))
    );
}

#[test]
fn every_form_has_the_same_matches() {
    let folder = material();
    let csv = detect(&folder, &["--rules", "rules", "--csv"]);
    let lines: Vec<&str> = csv.out(0).lines().collect();
    assert!(lines[0].starts_with("time,level,rule,rule_name,rule_title,source,name,outcome,"));
    assert_eq!(lines.len(), 6);
    assert!(lines[4].starts_with("2026-05-04T02:13:00Z,medium,"), "{}", lines[4]);
    let timesketch = detect(&folder, &["--rules", "rules", "--timesketch"]).lines(0);
    assert_eq!(timesketch.len(), 5);
    for row in &timesketch {
        for name in ["message", "datetime", "timestamp_desc"] {
            assert!(row[name].as_str().is_some_and(|text| !text.is_empty()), "{row}");
        }
    }
    assert_eq!(timesketch[0]["datetime"], "2026-05-04T02:10:00+00:00");
    let document = detect(&folder, &["--rules", "rules", "--json"]).json(0);
    let counts: Vec<(&Value, &Value)> = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| (&finding["name"], &finding["count"]))
        .collect();
    assert_eq!(json!(counts), json!([["made", 2], ["listed", 3]]), "worst first");
    let text = detect(&folder, &["--rules", "rules"]);
    for part in ["made", "listed", "twice", "3 times", "logs/b.json"] {
        assert!(text.out(0).contains(part), "{part:?} is not in {}", text.shown());
    }
}

#[test]
fn only_the_rules_that_are_asked_for_are_used() {
    let folder = material();
    let with = |more: &[&str]| {
        let arguments = [&["--json", "--rules", "rules"], more].concat();
        names(&detect(&folder, &arguments))
    };
    assert_eq!(with(&[]), ["made", "listed"]);
    assert_eq!(with(&["--min-level", "medium"]), ["made"]);
    assert_eq!(with(&["--min-level", "low"]), ["made", "listed"]);
    assert_eq!(with(&["--tag", "attack.discovery"]), ["listed"]);
    assert_eq!(with(&["--tag", "discovery", "--tag", "persistence"]), ["made", "listed"]);
    assert_eq!(with(&["--exclude", "made"]), ["listed"]);
    assert_eq!(with(&["--exclude", "00000010-0000-4000-8000-000000000000"]), ["listed"], "by id");
    let pack = run(folder.path(), &["detect", "logs", "-q", "--json"]);
    assert!(names(&pack).contains(&"iam_user_created".to_owned()), "{:?}", names(&pack));
    let both = run(folder.path(), &["detect", "logs", "-q", "--json", "--rules", "rules"]);
    assert_eq!(names(&both).len(), names(&pack).len() + 2, "beside the pack");
}

#[test]
fn a_slip_of_the_pen_in_a_tag_or_a_name_is_warned_about() {
    let folder = material();
    let ran = detect(&folder, &["--rules", "rules", "--exclude", "maid", "--json"]);
    assert_eq!(names(&ran).len(), 2);
    assert!(
        ran.stderr.starts_with("warning: ") && ran.stderr.contains("\"maid\""),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("  hint: `crashcart rules list`"), "{}", ran.stderr);
    let none = detect(&folder, &["--rules", "rules", "--tag", "attack.persistance"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""), "no rules are no all-clear");
    assert!(none.stderr.contains("no rule"), "{}", none.stderr);
}

#[test]
fn a_broken_rule_is_named_with_its_place_and_the_others_work() {
    let folder = material();
    let broken =
        rule("broken", "ListUsers", "high", "").replace("condition: made", "condition: made and");
    crate::material::write(folder.path(), "rules/broken.yml", &broken);
    let ran = detect(&folder, &["--rules", "rules", "--json"]);
    assert_eq!(names(&ran), ["made", "listed"]);
    let place = ran.stderr.lines().next().unwrap_or_default();
    assert!(place.starts_with("rule skipped: rules/broken.yml:9:"), "{}", ran.stderr);
    assert!(ran.stderr.contains("  hint: "), "{}", ran.stderr);
}

#[test]
fn a_correlation_is_one_row_and_hides_what_it_takes_in() {
    let folder = material();
    let rows = detect(&folder, &["--rules", "rules", "--rules", "burst", "--jsonl"]).lines(0);
    let told: Vec<Value> = rows
        .iter()
        .map(|row| json!([row["finding"]["name"], row["name"], row["time"], row["principal"]]))
        .collect();
    let nina = "arn:aws:iam::111122223333:user/nina";
    let expected = json!([
        ["burst", "3 events together", "2026-05-04T02:10:00Z", nina],
        ["made", "CreateUser", "2026-05-04T02:13:00Z", nina],
        ["made", "CreateUser", "2026-05-04T02:14:00Z", nina],
    ]);
    assert_eq!(json!(told), expected);
    let document = detect(&folder, &["--rules", "rules", "--rules", "burst", "--json"]).json(0);
    let burst = &document["findings"][0];
    assert_eq!((&burst["name"], &burst["count"]), (&json!("burst"), &json!(1)));
    let ids: Vec<&Value> =
        burst["events"].as_array().expect("events").iter().map(|one| &one["event_id"]).collect();
    assert_eq!(json!(ids), json!(["1", "2", "3"]), "each event of the burst is named");
}

#[test]
fn on_a_real_incident_the_public_rules_find_what_another_engine_found() {
    let (Some(logs), Some(rules), Some(expected)) = (
        crashcart_testkit::shared_data("story-invictus/CloudTrail"),
        crashcart_testkit::shared_data("sigma-rules"),
        crashcart_testkit::shared_data("sigma-expected/invictus.json.gz"),
    ) else {
        return;
    };
    let mut text = String::new();
    let file = std::fs::File::open(expected).expect("it is there");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    let oracle: Value = serde_json::from_str(&text).expect("JSON");
    // One id stands twice among the rules: sums are compared.
    let mut theirs: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in oracle["rules"].as_array().expect("rules") {
        let count = rule["count"].as_u64().expect("a count");
        *theirs.entry(rule["rule_id"].as_str().expect("an id")).or_default() += count;
    }
    theirs.retain(|_, count| *count > 0);
    assert!(theirs.len() > 50, "the oracle found much");
    let folder = folder(&[]);
    let rules = ["--no-pack", "--rules", rules.to_str().expect("UTF-8")];
    let listed = run(folder.path(), &[&["rules", "list", "--json"], &rules[..]].concat()).json(0);
    let correlations: BTreeSet<&str> = listed
        .as_array()
        .expect("rules")
        .iter()
        .filter(|rule| rule["correlation"] == true)
        .filter_map(|rule| rule["id"].as_str())
        .collect();
    let logs = logs.to_str().expect("UTF-8");
    let arguments = [&["detect", logs, "-q", "--json"], &rules[..]].concat();
    let document = run(folder.path(), &arguments).json(0);
    let mut ours: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in document["findings"].as_array().expect("findings") {
        let id = finding["rule"].as_str().expect("an id");
        // The oracle left correlations out.
        if !correlations.contains(id) {
            *ours.entry(id).or_default() += finding["count"].as_u64().expect("a count");
        }
    }
    assert_eq!(ours, theirs);
}
