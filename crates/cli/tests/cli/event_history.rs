//! An account's event history, from a server that answers LookupEvents as CloudTrail does.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::{crashcart, settings};
use crate::binary::{command_with, run, run_with};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const REGIONS: [(&str, &str); 4] = [
    ("eu-north-1", "opt-in-not-required"),
    ("eu-west-1", "opt-in-not-required"),
    ("me-south-1", "not-opted-in"),
    ("us-east-1", "opt-in-not-required"),
];

/// A call so many seconds ago, signed with a key.
fn call(region: &str, ago: u32, key: &str, more: &Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser", "accountId": "123456789012", "userName": "build-agent",
            "arn": "arn:aws:iam::123456789012:user/build-agent", "accessKeyId": key,
        },
        "eventID": format!("{region}-{key}-{ago}"),
        "eventTime": ago,
        "eventName": "ListUsers",
        "eventSource": "iam.amazonaws.com",
        "awsRegion": region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "readOnly": true,
        "eventType": "AwsApiCall",
        "eventCategory": "Management",
        "managementEvent": true,
        "recipientAccountId": "123456789012",
    });
    let members = more.as_object().into_iter().flatten();
    record.as_object_mut().expect("an object").extend(members.map(|(k, v)| (k.clone(), v.clone())));
    record
}

fn calls(region: &str, key: &str, count: u32) -> Vec<Value> {
    (0..count).map(|number| call(region, 7200 + number, key, &Value::Null)).collect()
}

fn server() -> Option<Moto> {
    let moto = Moto::start()?;
    moto.regions(&REGIONS);
    Some(moto)
}

fn fault(operation: &str, region: &str, status: u16, code: &str, times: u32) -> Value {
    json!({"operation": operation, "region": region, "status": status, "code": code, "times": times})
}

/// Events of an investigation of the case, each once.
fn investigated(folder: &Path, code: i32) -> Value {
    run(folder, &["investigate", "--case", "case", "--json", "-q"]).json(code)
}

#[test]
fn every_region_is_asked_at_once_and_what_is_denied_is_a_gap_until_it_is_run_again() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.record(&calls("eu-west-1", KEY, 120));
    moto.record(&calls("us-east-1", KEY, 3));
    moto.record(&calls("me-south-1", KEY, 3));
    moto.fail(fault("LookupEvents", "eu-north-1", 400, "AccessDeniedException", 1));
    moto.fail(fault("LookupEvents", "eu-west-1", 400, "ThrottlingException", 2));
    moto.fail(fault("LookupEvents", "us-east-1", 503, "ServiceUnavailable", 1));
    let words = ["collect", "logs", "--case", "case", "--json", "-q"];
    let told = crashcart(&moto, folder.path(), &words).json(4);
    let regions = told["regions"].as_array().expect("regions");
    let of = |name: &str| regions.iter().find(|one| one["region"] == name).expect("a region");
    assert_eq!((&of("eu-west-1")["events"], &of("eu-west-1")["pages"]), (&120.into(), &3.into()));
    assert_eq!(of("us-east-1")["events"], 3);
    assert_eq!(
        (&of("eu-north-1")["pages"], &of("eu-north-1")["complete"]),
        (&0.into(), &false.into())
    );
    assert_eq!(told["not_enabled"], json!(["me-south-1"]));
    assert_eq!(told["gaps"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["gaps"][0]["region"], "eu-north-1");
    assert_eq!(told["gaps"][0]["permission"], "cloudtrail:LookupEvents");
    run(folder.path(), &["case", "verify", "case"]).out(0);

    let document = investigated(folder.path(), 4);
    assert_eq!(document["coverage"]["events"], 123);
    assert_eq!(document["coverage"]["gap_count"], 1, "{}", document["coverage"]["gaps"]);
    let spots = document["coverage"]["blind_spots"].to_string();
    assert!(spots.contains("LookupEvents"), "{spots}");

    let before = moto.asked("LookupEvents").len();
    let told = crashcart(&moto, folder.path(), &words).json(0);
    assert_eq!(told["gaps"], json!([]));
    let asked = moto.asked("LookupEvents");
    // What is young is asked for again in each region, since events come late; nothing else is.
    assert_eq!(asked.len() - before, 3, "{:?}", &asked[before..]);
    let document = investigated(folder.path(), 0);
    assert_eq!(
        (&document["coverage"]["events"], &document["coverage"]["gap_count"]),
        (&123.into(), &0.into())
    );
    let again = investigated(folder.path(), 0);
    assert_eq!(document, again, "the same material gives the same document");
    run(folder.path(), &["case", "verify", "case"]).out(0);
    let pages = run(folder.path(), &["stats", "case/evidence/collected", "--json", "-q"]).json(0);
    assert!(pages.to_string().contains("123"), "the pages alone can be read: {pages}");
}

#[test]
fn what_was_killed_goes_on_where_it_was_and_loses_nothing() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.record(&calls("eu-west-1", KEY, 300));
    let words = ["collect", "logs", "--region", "eu-west-1", "--case", "case", "--json", "-q"];
    let mut child = command_with(folder.path(), &words, &settings(&moto))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let started = Instant::now();
    while moto.asked("LookupEvents").len() < 4 {
        assert!(started.elapsed() < Duration::from_secs(60), "it asks for pages");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it is gone");
    let told = crashcart(&moto, folder.path(), &words).json(0);
    let region = &told["regions"][0];
    assert_eq!((&region["events"], &region["complete"]), (&300.into(), &true.into()));
    let new = region["new_pages"].as_u64().expect("a number");
    let kept = region["pages"].as_u64().expect("a number") - new;
    // At least three pages were there; one is asked for what is young, the others for what is missing.
    assert!(kept >= 2 && new <= 5, "{region}");
    assert_eq!(investigated(folder.path(), 0)["coverage"]["events"], 300);
    run(folder.path(), &["case", "verify", "case"]).out(0);
}

#[test]
fn keys_that_the_key_issued_are_looked_up_too_as_many_as_was_said() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let issues = |ago: u32, by: &str, key: &str| {
        let more = json!({"eventName": "AssumeRole", "eventSource": "sts.amazonaws.com",
            "responseElements": {"credentials": {"accessKeyId": key}}});
        call("us-east-1", ago, by, &more)
    };
    let (one, two, other) =
        ("ASIAIOSFODNN7ONEONE0", "ASIAIOSFODNN7TWOTWO0", "ASIAIOSFODNN7OTHER00");
    moto.record(&[issues(9000, KEY, one), issues(8000, one, two), issues(9500, KEY, other)]);
    moto.record(&calls("eu-west-1", two, 2));
    moto.record(&calls("eu-west-1", "AKIASOMEBODYELSE0000", 7));
    let words = ["collect", "logs", "--key", KEY, "--case", "case", "--json", "-q"];
    let told = crashcart(&moto, folder.path(), &words).json(0);
    let values: Vec<_> = told["lookups"]
        .as_array()
        .expect("lookups")
        .iter()
        .map(|one| (one["value"].as_str().unwrap_or_default(), one["events"].as_u64()))
        .collect();
    assert_eq!(values, [(KEY, Some(2)), (one, Some(1)), (other, Some(0)), (two, Some(2))]);
    assert_eq!(investigated(folder.path(), 0)["coverage"]["events"], 5, "and nobody else's");
    let words = ["collect", "logs", "--key", KEY, "--case", "bounded", "--follow", "1", "-q"];
    let text = crashcart(&moto, folder.path(), &words);
    assert!(text.out(4).contains("--follow N"), "{}", text.shown());
    assert!(text.stdout.lines().all(|line| line.chars().count() <= 80), "{}", text.stdout);
    assert!(text.stdout.contains("silence proves nothing"), "{}", text.stdout);
}

#[test]
fn a_token_that_does_not_last_is_no_gap_the_rest_is_asked_for_by_time() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.record(&calls("eu-west-1", KEY, 160));
    let mut expired = fault("LookupEvents", "eu-west-1", 400, "InvalidNextTokenException", 1);
    expired["after"] = 2.into();
    moto.fail(expired);
    moto.fail(fault("LookupEvents", "eu-north-1", 400, "AccessDeniedException", 2));
    let words = ["collect", "logs", "--key", KEY, "--case", "case", "--json", "-q"];
    let told = crashcart(&moto, folder.path(), &words).json(4);
    assert_eq!(told["lookups"][0]["events"], 160);
    let gaps = told["gaps"].as_array().expect("gaps");
    assert!(gaps.iter().all(|gap| gap["region"] == "eu-north-1"), "{gaps:?}");
    assert_eq!(investigated(folder.path(), 4)["coverage"]["events"], 160);
    let asked = moto.asked("LookupEvents").len();
    assert_eq!(asked, 3 + 2 + 2, "two pages, the refusal, two by time, and the other regions");
}

#[test]
fn limits_are_said_and_without_any_answer_there_is_no_result() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let logs = |more: &[&str]| {
        let words = [&["collect", "logs", "--case", "case", "-q"], more].concat();
        crashcart(&moto, folder.path(), &words)
    };
    let old = logs(&["--since", "2020-01-01", "--region", "us-east-1", "--json"]).json(4);
    assert!(old["gaps"][0]["detail"].to_string().contains("90 days back"), "{old}");
    let older = logs(&["--since", "2020-01-01", "--until", "2020-01-02"]);
    assert_eq!(older.code, Some(2), "{}", older.shown());
    moto.fail(fault("DescribeRegions", "us-east-1", 403, "UnauthorizedOperation", 1));
    let usual = logs(&["--json"]).json(4);
    assert_eq!(usual["regions"].as_array().map(Vec::len), Some(17), "those that every account has");
    assert_eq!(usual["gaps"][0]["permission"], "ec2:DescribeRegions");
    moto.fail(json!({"operation": "LookupEvents", "status": 400, "code": "AccessDeniedException"}));
    let words = ["collect", "logs", "--case", "none", "-q"];
    let denied = crashcart(&moto, folder.path(), &words);
    assert_eq!((denied.code, denied.stdout.as_str()), (Some(3), ""), "{}", denied.shown());
    assert!(denied.stderr.contains("needs cloudtrail:LookupEvents"), "{}", denied.stderr);
    let policy = run(folder.path(), &["permissions", "collect-logs"]);
    for permission in ["cloudtrail:LookupEvents", "ec2:DescribeRegions", "sts:GetCallerIdentity"] {
        assert!(policy.out(0).contains(permission), "{}", policy.stdout);
    }
}

#[test]
fn an_investigation_asks_the_account_itself_and_keeps_nothing_without_a_case() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.record(&calls("eu-west-1", KEY, 60));
    moto.record(&calls("us-east-1", "AKIASOMEBODYELSE0000", 7));
    let room = folder.path().join("temporary");
    std::fs::create_dir(&room).expect("a folder");
    let room_text = room.display().to_string();
    let variables = [&settings(&moto)[..], &[("TMPDIR", room_text.as_str())]].concat();
    let words = ["investigate", "--live", "--key", KEY, "--json", "-q"];
    let passing = run_with(folder.path(), &words, &variables).json(0);
    assert_eq!(passing["coverage"]["events"], 60);
    assert_eq!(std::fs::read_dir(&room).expect("a folder").count(), 0, "nothing is left");
    // In the order in which the regions answered.
    let path = passing["coverage"]["evidence"].to_string();
    assert!(path.contains("evidence/collected/123456789012/logs/eu-west-1/AccessKeyId"), "{path}");
    let words = ["investigate", "--live", "--case", "case", "--json", "-q"];
    let kept = crashcart(&moto, folder.path(), &words).json(0);
    assert_eq!(kept["coverage"]["events"], 67, "without a key everything");
    assert_eq!(investigated(folder.path(), 0), kept, "the case alone gives the same");
    run(folder.path(), &["case", "verify", "case"]).out(0);
}

#[test]
fn an_answer_without_events_is_a_gap_and_no_silence() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for body in ["", "[]", "{}", "null", r#"{"Events": null}"#] {
        moto.fail(json!({
            "operation": "LookupEvents", "region": "us-east-1", "status": 200, "body": body, "times": 1,
        }));
        let words = ["collect", "logs", "--key", KEY, "--case", "case", "--json"];
        let told = crashcart(&moto, folder.path(), &words).json(4);
        assert_eq!(told["regions"][2]["region"], "us-east-1");
        assert_eq!(told["regions"][2]["complete"], false, "{body}: {told}");
        assert!(told["gaps"][0]["detail"].to_string().contains("UnreadableAnswer"), "{told}");
    }
}

#[test]
fn pages_that_go_round_in_a_circle_end_in_a_gap() {
    let Some(moto) = server() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let body = r#"{"Events": [], "NextToken": "the same"}"#;
    moto.fail(json!({"operation": "LookupEvents", "status": 200, "body": body}));
    let words =
        ["collect", "logs", "--key", KEY, "--region", "us-east-1", "--case", "case", "--json"];
    let told = crashcart(&moto, folder.path(), &words).json(4);
    assert!(told["gaps"][0]["detail"].to_string().contains("leads back"), "{told}");
    assert_eq!(moto.asked("LookupEvents").len(), 2);
}
