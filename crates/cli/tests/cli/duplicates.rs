//! One event that came twice counts once, and two that only look alike count twice.

use serde_json::{Value, json};

use crate::binary::{assert_same_document, run, without};
use crate::material::{ACCOUNT, call, delivered, folder, shapes};

const TIME: &str = "2026-05-04T02:13:00Z";

/// What was read.
fn coverage(folder: &tempfile::TempDir) -> Value {
    run(folder.path(), &["stats", ".", "-q", "--json"]).json(0)["coverage"].clone()
}

/// The events, without where each was found.
fn events(folder: &tempfile::TempDir) -> Vec<Value> {
    let events = run(folder.path(), &["timeline", ".", "-q", "--jsonl"]).lines(0);
    events.iter().map(|event| without(event, &["origin", "path"])).collect()
}

#[test]
fn an_event_in_every_shape_counts_once_whichever_is_read_first() {
    let shapes = shapes(&call("CreateUser", "1", TIME, json!({})));
    let alone = events(&folder(&[("alone.json", &shapes[0].1)]));
    assert_eq!(alone.len(), 1);
    for first in 0..shapes.len() {
        // The largest file is read first; blank lines make one larger and say nothing.
        let padded: Vec<(&str, String)> = shapes
            .iter()
            .enumerate()
            .map(|(n, (name, text))| (*name, "\n".repeat(if n == first { 4096 } else { 0 }) + text))
            .collect();
        let files: Vec<(&str, &str)> =
            padded.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let all = folder(&files);
        let coverage = coverage(&all);
        let (seen, again) = (&coverage["events"], &coverage["duplicates"]);
        assert_eq!((seen, again), (&json!(1), &json!(6)), "{} first", files[first].0);
        assert_eq!(coverage["files"], 7);
        assert_eq!(events(&all), alone, "{} first", files[first].0);
    }
}

#[test]
fn two_different_events_with_one_id_both_count() {
    let one = call("CreateUser", "1", TIME, json!({}));
    let other = call("CreateUser", "1", TIME, json!({"requestParameters": {"userName": "root2"}}));
    for records in [[&one, &other], [&other, &one]] {
        let folder = folder(&[
            ("a.json", &delivered(&[records[0].clone()])),
            ("b.json", &delivered(&[records[1].clone(), records[0].clone()])),
        ]);
        let coverage = coverage(&folder);
        assert_eq!((&coverage["events"], &coverage["duplicates"]), (&json!(2), &json!(1)));
        let found = run(folder.path(), &["search", "root2", "--in", ".", "-q", "--jsonl"]);
        assert_eq!(found.lines(0).len(), 1);
    }
}

#[test]
fn which_delivery_is_named_does_not_depend_on_the_order_of_reading_even_beside_a_namesake() {
    let one = call("CreateUser", "1", TIME, json!({}));
    let other = call("CreateUser", "1", TIME, json!({"sourceIPAddress": "203.0.113.99"}));
    let mut shapes: Vec<String> = shapes(&one).into_iter().map(|(_, text)| text).take(2).collect();
    // Files of one size are read in the order of their names.
    let longest = shapes.iter().map(String::len).max().unwrap_or_default();
    shapes.iter_mut().for_each(|text| text.push_str(&"\n".repeat(longest - text.len())));
    let named = |first: &str, second: &str| {
        let folder = folder(&[
            ("a.json", first),
            ("b.json", second),
            ("c.json", &delivered(std::slice::from_ref(&other))),
        ]);
        let coverage = coverage(&folder);
        assert_eq!((&coverage["events"], &coverage["duplicates"]), (&json!(2), &json!(1)));
        let mut origins: Vec<String> = run(folder.path(), &["timeline", ".", "-q", "--jsonl"])
            .lines(0)
            .iter()
            .map(|event| format!("{} {}", event["address"], event["origin"]))
            .collect();
        origins.sort();
        origins
    };
    let there = named(&shapes[0], &shapes[1]);
    assert!(there.iter().all(|origin| origin.contains("evidence")), "{there:?}");
    assert_eq!(there, named(&shapes[1], &shapes[0]));
}

/// A call from one account into another, as each account's trail has it.
fn across() -> [Value; 2] {
    let shared = |id: &str, recipient: &str, more: Value| {
        let mut event = call("AssumeRole", id, TIME, more);
        event["eventSource"] = json!("sts.amazonaws.com");
        event["sharedEventID"] = json!("5a5a5a5a-0000-4000-8000-000000000001");
        event["recipientAccountId"] = json!(recipient);
        event
    };
    // The account that is called sees less of who calls.
    let caller = json!({
        "type": "AWSAccount", "principalId": "AIDAEXAMPLENINA", "accountId": ACCOUNT,
    });
    [
        shared("1", ACCOUNT, json!({})),
        shared("2", "444455556666", json!({"userIdentity": caller, "awsRegion": "eu-west-1"})),
    ]
}

#[test]
fn the_copies_of_two_accounts_are_one_call_told_as_the_caller_s_account_has_it() {
    let [own, foreign] = across();
    let copies = [delivered(&[own]), delivered(&[foreign])];
    for order in [[0, 1], [1, 0]] {
        let folder = folder(&[
            ("a.json", &copies[order[0]]),
            ("b.json", &("\n".repeat(4096) + &copies[order[1]])),
        ]);
        let coverage = coverage(&folder);
        assert_eq!((&coverage["events"], &coverage["shared"]), (&json!(1), &json!(1)));
        assert_eq!(coverage["duplicates"], 0);
        assert_eq!(coverage["accounts"], json!([ACCOUNT, "444455556666"]));
        assert_eq!(coverage["regions"], json!(["eu-west-1", "us-east-1"]));
        let events = events(&folder);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["principal"], "arn:aws:iam::111122223333:user/nina");
        assert_eq!(events[0]["account"], ACCOUNT);
    }
}

#[test]
fn a_copy_whose_call_is_not_in_the_caller_s_trail_is_told() {
    let [_, foreign] = across();
    let folder = folder(&[("b.json", &delivered(&[foreign]))]);
    let coverage = coverage(&folder);
    assert_eq!((&coverage["events"], &coverage["shared"]), (&json!(1), &json!(0)));
    assert_eq!(events(&folder)[0]["account"], "444455556666");
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let original = call("CreateUser", "1", TIME, json!({}));
    let corrected = call(
        "CreateUser",
        "2",
        TIME,
        json!({
            "errorCode": "AccessDenied",
            "addendum": {
                "reason": "UPDATED_DATA",
                "updatedFields": "errorCode",
                "originalRequestID": "request-1",
                "originalEventID": "1",
            },
        }),
    );
    let deliveries = [delivered(&[original]), delivered(&[corrected])];
    for (first, second) in [(0, 1), (1, 0)] {
        let folder = folder(&[
            ("a.json", &("\n".repeat(4096) + &deliveries[first])),
            ("b.json", &deliveries[second]),
        ]);
        let coverage = coverage(&folder);
        assert_eq!((&coverage["events"], &coverage["addenda"]), (&json!(1), &json!(1)));
        let events = events(&folder);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["outcome"], "denied", "what holds is the correction");
    }
}

/// A made user and a given policy, so that there is a story.
fn deeds() -> [Value; 2] {
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let given = json!({"userName": "reports", "policyName": "p", "policyDocument": policy});
    [
        call("CreateUser", "1", TIME, json!({})),
        call("PutUserPolicy", "2", "2026-05-04T02:14:00Z", json!({"requestParameters": given})),
    ]
}

/// As a table with these columns, nested fields named with dots.
fn table(events: &[Value], columns: &[&str]) -> String {
    let cell = |event: &Value, column: &str| {
        let value = event.pointer(&format!("/{}", column.replace('.', "/")));
        let text = match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        format!("\"{}\"", text.replace('"', "\"\""))
    };
    let rows = events.iter().map(|event| {
        columns.iter().map(|column| cell(event, column)).collect::<Vec<_>>().join(",")
    });
    let lines: Vec<String> = std::iter::once(columns.join(",")).chain(rows).collect();
    lines.join("\n") + "\n"
}

#[test]
fn an_export_that_lacks_columns_changes_nothing_beside_the_full_record() {
    let few = ["eventTime", "eventSource", "eventName", "eventID"];
    let more = [
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userIdentity.arn",
        "eventID",
    ];
    // Which of the copies a line names is another matter.
    let story = |folder: &tempfile::TempDir| {
        let document = run(folder.path(), &["investigate", ".", "-q", "--json"]).json(0);
        let coverage = &document["coverage"];
        let counts = (coverage["events"].clone(), coverage["duplicates"].clone());
        (counts, without(&document, &["coverage", "origins", "events"]))
    };
    let full = delivered(&deeds());
    let (counts, told) = story(&folder(&[("full.json", &full)]));
    assert_eq!(counts, (json!(2), json!(0)));
    assert!(told["findings"].as_array().is_some_and(|findings| !findings.is_empty()));
    for columns in [&few[..], &more[..]] {
        // Larger than the full record, and first in the walk.
        let csv = table(&deeds(), columns) + &"\n".repeat(4096);
        let beside = folder(&[("0.csv", &csv), ("full.json", &full)]);
        let (counts, with_export) = story(&beside);
        assert_eq!(counts, (json!(2), json!(2)), "{columns:?}");
        assert_same_document(&with_export, &told, &format!("{columns:?}"));
    }
}

#[test]
fn an_export_alone_is_read_and_what_it_does_not_tell_stays_unknown() {
    let csv = table(&deeds(), &["eventTime", "eventSource", "eventName", "eventID"]);
    let events = events(&folder(&[("only.csv", &csv)]));
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["outcome"], "unknown", "there is no column that would tell an error");
    assert_eq!(events[0]["principal"], "unknown");
}

#[test]
fn events_without_a_time_or_an_id_are_kept_counted_and_come_last() {
    let nameless = call("DeleteUser", "x", TIME, json!({"eventID": null}));
    let timeless = call("CreateUser", "1", TIME, json!({"eventTime": null}));
    let later = call("ListUsers", "2", "2026-05-05T00:00:00Z", json!({}));
    let records = [timeless, nameless.clone(), nameless, later];
    let folder = folder(&[("a.json", &delivered(&records))]);
    let coverage = coverage(&folder);
    assert_eq!(coverage["events"], 4, "two without an id cannot be told apart: both count");
    assert_eq!((&coverage["without_id"], &coverage["without_time"]), (&json!(2), &json!(1)));
    let names: Vec<Value> = events(&folder).iter().map(|event| event["name"].clone()).collect();
    assert_eq!(names, ["DeleteUser", "DeleteUser", "ListUsers", "CreateUser"]);
    let since = ["timeline", ".", "-q", "--jsonl", "--since", "2026-05-04T12:00:00Z"];
    let kept = run(folder.path(), &since).lines(0);
    assert_eq!(kept.len(), 2, "an event without a time may be within");
}
