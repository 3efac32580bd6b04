//! `collect trail`: what a trail delivered, kept in a case, whatever happens on the way.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crashcart_testkit::Moto;
use serde_json::json;

use crate::account::{crashcart, settings};
use crate::binary::{command, run};
use crate::material::{call, delivered, folder};

/// A trail with this many log files on each of three days, a digest file, and an export beside.
fn trail(moto: &Moto, files: usize) {
    let event = call("ListUsers", "ID", "2026-05-04T11:55:00Z", json!({}));
    moto.run(&format!(
        "from concurrent.futures import ThreadPoolExecutor
s3 = client('s3')
s3.create_bucket(Bucket='logs')
text = {:?}
root = 'own/AWSLogs/123456789012/'
keys = [f'{{root}}CloudTrail/us-east-1/2026/05/0{{day}}/123456789012_CloudTrail_us-east-1_2026050{{day}}T1200Z_{{n:016}}.json'
        for day in (3, 4, 6) for n in range({files})]
keys += [f'{{root}}CloudTrail-Digest/us-east-1/2026/05/04/digest.json', f'{{root}}exports/all.json']
put = lambda key: s3.put_object(Bucket='logs', Key=key, Body=text.replace('ID', key).encode())
list(ThreadPoolExecutor(8).map(put, keys))
trails = client('cloudtrail')
trails.create_trail(Name='management', S3BucketName='logs', S3KeyPrefix='own', IsMultiRegionTrail=True)
trails.start_logging(Name='management')",
        delivered(&[event])
    ));
}

/// Objects that are fetched ahead.
const AHEAD: u64 = 24;
const DAY: [&str; 4] = ["--since", "2026-05-04", "--until", "2026-05-04"];

#[test]
fn a_trail_s_files_lie_in_the_case_with_what_the_account_says_of_it_and_are_fetched_once() {
    let Some(moto) = Moto::start() else { return };
    let folder = folder(&[]);
    trail(&moto, 3);
    let missing = "123456789012_CloudTrail_us-east-1_20260504T1200Z_0000000000000001.json";
    moto.fail(json!({"operation": "s3:GetObject", "path": missing, "status": 403,
        "code": "AccessDenied", "message": "Access Denied", "times": 1}));
    let words = [&["collect", "trail", "--case", "case", "--json"], &DAY[..]].concat();
    let first = crashcart(&moto, folder.path(), &words);
    let told = first.json(4);
    assert_eq!(
        (&told["objects"], &told["held_before"]),
        (&json!(3), &json!(0)),
        "{}",
        first.stderr
    );
    assert_eq!(told["trails"][0]["is_logging"], true);
    assert_eq!(told["addresses"], json!(["s3://logs/own/AWSLogs/"]));
    assert!(told["gaps"][0]["detail"].as_str().is_some_and(|text| text.contains("s3:GetObject")));
    assert!(
        first.stderr.contains("left out: s3://logs/own/AWSLogs/123456789012/exports/"),
        "{}",
        first.stderr
    );
    assert_eq!(told["left_out"], json!(["s3://logs/own/AWSLogs/123456789012/exports/"]));
    let sealed = std::fs::read_to_string(folder.path().join("case/evidence/manifest.jsonl"));
    let sealed = sealed.expect("a manifest");
    for call in
        ["cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"]
    {
        assert!(sealed.contains(call), "{call} is not sealed");
    }
    let before = moto.asked("s3:GetObject").len();
    let again = crashcart(&moto, folder.path(), &words).json(0);
    assert_eq!((&again["objects"], &again["held_before"]), (&json!(4), &json!(3)));
    assert_eq!(moto.asked("s3:GetObject").len(), before + 1, "only what was missing");
    run(folder.path(), &["case", "verify", "case"]).out(0);
    let story = run(folder.path(), &["investigate", "--case", "case", "--json", "-q"]);
    let story: serde_json::Value = serde_json::from_str(&story.stdout).expect("a story");
    assert_eq!(story["coverage"]["events"], 4, "without any network");
    let unknown = crashcart(&moto, folder.path(), &["collect", "trail", "other", "--case", "case"]);
    unknown.out(2);
    assert!(unknown.stderr.contains("there are: management"), "{}", unknown.stderr);
}

#[test]
fn whoever_is_killed_on_the_way_goes_on_where_it_was() {
    let Some(moto) = Moto::start() else { return };
    let folder = folder(&[]);
    trail(&moto, 130);
    let words = ["collect", "trail", "s3://logs/own/AWSLogs/", "--case", "case", "--json"];
    let mut child = command(folder.path(), &words)
        .envs(settings(&moto))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let manifest = folder.path().join("case/evidence/manifest.jsonl");
    let started = Instant::now();
    while !std::fs::read_to_string(&manifest).is_ok_and(|text| text.lines().count() >= 100) {
        assert!(started.elapsed() < Duration::from_secs(120), "nothing is sealed");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let before = moto.asked("s3:GetObject").len();
    let told = crashcart(&moto, folder.path(), &words).json(0);
    assert_eq!(told["objects"], 391);
    let held = told["held_before"].as_u64().expect("a number");
    assert!((100..391).contains(&held), "{held} were held");
    // What the killed run had sent may reach the server after it was counted.
    let asked = (moto.asked("s3:GetObject").len() - before) as u64;
    assert!((391 - held..=391 - held + AHEAD).contains(&asked), "{asked} asked, {held} held");
    run(folder.path(), &["case", "verify", "case"]).out(0);
}

#[test]
fn what_is_left_out_is_named_whole_and_a_gap_where_log_files_may_lie_there() {
    let Some(moto) = Moto::start() else { return };
    let folder = folder(&[]);
    trail(&moto, 1);
    let odd = ["copy", "old", "rest", "a b", "x"];
    moto.run(&format!(
        "for name in {odd:?}: client('s3').put_object(Bucket='logs', Key=f'own/AWSLogs/{{name}}/l.json.gz', Body=b'x')"
    ));
    let words = ["collect", "trail", "s3://logs/own/AWSLogs/", "--case", "case"];
    let told = crashcart(&moto, folder.path(), &[&words[..], &["--json"]].concat()).json(4);
    let left_out = told["left_out"].as_array().expect("a list");
    assert_eq!(left_out.len(), odd.len() + 1, "with exports/ of the account: {left_out:?}");
    let gaps: Vec<_> = told["gaps"].as_array().expect("a list").iter().collect();
    assert_eq!(gaps.len(), odd.len(), "{gaps:?}");
    for name in odd {
        let path = format!("s3://logs/own/AWSLogs/{name}/");
        assert!(gaps.iter().any(|gap| gap["path"] == path.as_str()), "{path}: {gaps:?}");
    }
    let text = crashcart(&moto, folder.path(), &words);
    assert!(text.out(4).contains("6 folders that"), "{}", text.shown());
    let story = run(folder.path(), &["investigate", "--case", "case", "--json", "-q"]).json(4);
    assert!(story["coverage"]["gaps"].to_string().contains("AWSLogs/a b/"), "the case knows");
    run(folder.path(), &["case", "verify", "case"]).out(0);
}
