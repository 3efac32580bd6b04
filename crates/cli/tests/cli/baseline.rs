//! `--baseline` and `--geoip`: earlier logs are history only, and what cannot be used is told.

use serde_json::json;

use crate::binary::run;
use crate::material::{call, delivered, folder};

const NEW: &str = "999988887777";

/// Six days of four calls each.
fn history() -> String {
    let calls: Vec<_> = (0..24)
        .map(|number| {
            let (day, hour) = (1 + number % 6, 8 + number / 6);
            let time = format!("2026-05-{day:02}T{hour:02}:00:00Z");
            call("ListRoles", &format!("before-{number}"), &time, json!({"readOnly": true}))
        })
        .collect();
    delivered(&calls)
}

/// The same user in another account.
fn reached() -> String {
    let more = json!({"recipientAccountId": NEW, "sourceIPAddress": "203.0.113.9"});
    delivered(&[call("GetUser", "reached", "2026-05-09T02:13:00Z", more)])
}

#[test]
fn earlier_logs_make_a_first_known_and_are_counted_apart() {
    let folder = folder(&[("day.json", &reached()), ("before/a.json", &history())]);
    let news = |arguments: &[&str]| {
        let document = run(folder.path(), arguments).json(0);
        let firsts = document["story"]["firsts"].as_array().expect("firsts").clone();
        let first = firsts.into_iter().find(|first| first["what"] == NEW).expect("told");
        assert_eq!(document["coverage"]["events"], 1);
        (first["novelty"].clone(), document["coverage"]["baseline"]["events"].clone())
    };
    assert_eq!(news(&["investigate", "day.json", "--json", "-q"]), (json!("unknown"), json!(null)));
    let with = ["investigate", "day.json", "--baseline", "before", "--json", "-q"];
    assert_eq!(news(&with), (json!("new"), json!(24)));
    let filtered = [&with[..], &["--since", "2026-05-09"]].concat();
    assert_eq!(news(&filtered), (json!("new"), json!(24)), "filters are for what is told");
    let text = run(folder.path(), &["investigate", "day.json", "--baseline", "before", "-q"]);
    let text = text.out(0);
    assert!(text.contains("as history only: 24 events"), "{text}");
    assert!(text.contains("FOR THE FIRST TIME"), "{text}");
}

#[test]
fn what_cannot_be_read_of_earlier_logs_is_told_and_ends_with_four() {
    let folder = folder(&[("day.json", &reached()), ("before.json", "{\"Records\":[{\"eventV")]);
    let ran =
        run(folder.path(), &["investigate", "day.json", "--baseline", "before.json", "--json"]);
    let document = ran.json(4);
    assert_eq!(document["coverage"]["gap_count"], 0);
    assert!(document["coverage"]["baseline"]["gap_count"].as_u64() > Some(0), "{document}");
}

#[test]
fn a_baseline_from_standard_input_and_a_database_that_is_none_are_bad_requests() {
    let folder = folder(&[("day.json", &reached()), ("not.mmdb", "no database")]);
    for (option, value, words) in [
        ("--baseline", "-", "--baseline does not take standard input"),
        ("--baseline", "nowhere", "nothing is there: nowhere"),
        ("--geoip", "not.mmdb", "not.mmdb is no MaxMind database"),
    ] {
        let ran = run(folder.path(), &["investigate", "day.json", option, value]);
        assert_eq!(ran.code, Some(2), "{}", ran.shown());
        assert!(ran.stderr.contains(words), "{}", ran.shown());
    }
}
