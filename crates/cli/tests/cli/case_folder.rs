//! A case: what is sealed, what running again adds, who may write, and how it is proved.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use crate::binary::{Ran, assert_same, command, run, run_with_input};
use crate::material::{call, delivered, demo, folder, write};

const ONE: &str = "crashcart-demo/AWSLogs/o-a1b2c3d4e5/111122223333";
const OTHER: &str = "crashcart-demo/AWSLogs/o-a1b2c3d4e5/444455556666";
const RESULTS: [&str; 4] =
    ["findings.jsonl", "story.json", "investigation.json", "report/report.html"];

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn into_case(folder: &Path, case: &str, paths: &[&str]) -> Ran {
    run(folder, &[&["investigate", "--case", case, "--json", "-q"], paths].concat())
}

fn made(name: &str, id: &str) -> String {
    delivered(&[call(name, id, "2026-05-04T02:13:00Z", json!({}))])
}

/// So many sealed files, and every result, are as they were.
#[track_caller]
fn assert_intact(folder: &Path, evidence: u64) {
    let verify = run(folder, &["case", "verify", "case", "--json"]).json(0);
    assert_eq!(verify["evidence_intact"], evidence);
    assert_eq!(verify["results_intact"], 4);
    assert_eq!((&verify["problems"], &verify["unprovable"]), (&json!([]), &json!([])));
}

#[test]
fn first_one_and_then_the_other_gives_what_both_give() {
    let folder = demo();
    into_case(folder.path(), "turns", &[ONE]).out(0);
    let turns = into_case(folder.path(), "turns", &[OTHER]);
    let together = into_case(folder.path(), "together", &[OTHER, ONE]);
    assert_same(turns.out(0), together.out(0), "the output");
    for name in RESULTS {
        let result = |case: &str| read(&folder.path().join(case), name);
        assert!(result("together").len() > 1000, "{name}");
        assert_same(&result("turns"), &result("together"), name);
    }
    let kept = read(folder.path(), "together/investigation.json");
    assert_same(&kept, together.out(0), "what is kept is what was printed");
}

#[test]
fn running_again_adds_nothing_from_wherever_it_is_called() {
    let folder = folder(&[("logs/a.json", &made("CreateUser", "1")), ("b/x.txt", "")]);
    into_case(folder.path(), "case", &["logs"]).out(0);
    let state = || {
        let case = folder.path().join("case");
        [&RESULTS[..], &["evidence/manifest.jsonl", "case.toml"]]
            .concat()
            .iter()
            .map(|name| read(&case, name))
            .collect::<Vec<_>>()
    };
    let before = state();
    into_case(folder.path(), "case", &["logs"]).out(0);
    assert!(state() == before, "the same path again");
    into_case(&folder.path().join("b"), "../case", &["../logs/a.json"]).out(0);
    assert!(state() == before, "the same file, called from another folder");
    into_case(folder.path(), "case", &[]).out(0);
    assert!(state() == before, "what the case has, without a path");
    run(folder.path(), &["investigate", "--case", "case", "--threads", "5", "-q", "logs"]).out(0);
    assert!(state() == before, "with more threads");
}

#[test]
fn a_case_may_lie_within_the_folder_that_it_is_about() {
    let folder = folder(&[("a.json", &made("CreateUser", "1"))]);
    let first = into_case(folder.path(), "case", &[".", "--copy-evidence"]);
    let second = into_case(folder.path(), "case", &[".", "--copy-evidence"]);
    assert_same(second.out(0), first.out(0), "the case is no evidence of itself");
    assert_eq!(second.json(0)["coverage"]["files"], 1);
}

#[test]
fn verify_names_what_changed_and_what_is_gone() {
    let folder = folder(&[
        ("logs/a.json", &made("CreateUser", "1")),
        ("logs/b.json", &made("DeleteUser", "2")),
    ]);
    let ran = into_case(folder.path(), "case", &["logs"]);
    ran.out(0);
    let verify = || run(folder.path(), &["case", "verify", "case"]);
    assert_intact(folder.path(), 2);
    assert!(verify().out(0).contains(" 0 problems\nmanifest "), "{}", verify().shown());
    let named = |what: &str, words: &str| {
        let ran = verify();
        let line = ran.out(4).lines().find(|line| line.contains(what)).unwrap_or_default();
        assert!(line.contains(words), "{what}: {words:?} is not in {}", ran.shown());
    };
    write(folder.path(), "logs/a.json", &made("CreateUsex", "1"));
    named("logs/a.json", "sealed file has changed");
    fs::remove_file(folder.path().join("logs/b.json")).expect("it was there");
    named("logs/b.json", "sealed file is missing");
    let result = read(folder.path(), "case/investigation.json");
    write(folder.path(), "case/investigation.json", &result.replace("undecided", "no"));
    named("investigation.json", "result has changed");
    fs::remove_file(folder.path().join("case/story.json")).expect("it was there");
    named("story.json", "result is missing");
    let manifest = read(folder.path(), "case/evidence/manifest.jsonl");
    write(
        folder.path(),
        "case/evidence/manifest.jsonl",
        &manifest.replacen("\"size\":", "\"size\":1", 1),
    );
    named("manifest.jsonl", "the chain of lines was changed: line 1");
    let document = run(folder.path(), &["case", "verify", "case", "--json"]).json(4);
    let kinds: Vec<_> = document["problems"].as_array().expect("problems").iter().collect();
    assert!(kinds.iter().any(|problem| problem["kind"] == "chain_broken"), "{document}");
    let refused = into_case(folder.path(), "case", &["logs"]);
    assert_eq!(refused.code, Some(2), "nothing is built on a broken chain: {}", refused.shown());
    assert!(refused.stderr.contains("  hint: `crashcart case verify`"), "{}", refused.shown());
}

#[test]
fn evidence_that_changed_is_told_in_the_story_too_and_stays_told() {
    let folder = folder(&[("a.json", &made("CreateUser", "1"))]);
    into_case(folder.path(), "case", &["a.json"]).out(0);
    write(folder.path(), "a.json", &made("DeleteUser", "2"));
    for _ in 0..2 {
        let document = into_case(folder.path(), "case", &["a.json"]).json(4);
        assert_eq!(document["coverage"]["gap_count"], 1);
        assert_eq!(document["coverage"]["gaps"][0]["reason"], "missing");
        assert_eq!(document["coverage"]["events"], 1, "what is there now is read");
    }
    fs::remove_file(folder.path().join("a.json")).expect("it was there");
    let document = into_case(folder.path(), "case", &[]).json(4);
    assert_eq!(document["coverage"]["gap_count"], 2, "both contents are gone");
}

#[test]
fn copied_evidence_can_be_read_and_proved_without_the_originals() {
    let folder = folder(&[
        ("logs/a.json", &made("CreateUser", "1")),
        ("logs/b.json", &made("DeleteUser", "2")),
        ("logs/same.json", &made("DeleteUser", "2")),
    ]);
    let first = into_case(folder.path(), "case", &["logs", "--copy-evidence"]);
    fs::remove_dir_all(folder.path().join("logs")).expect("it was there");
    let again = into_case(folder.path(), "case", &[]);
    assert_same(again.out(0), first.out(0), "without the originals");
    assert_intact(folder.path(), 3);
    write(folder.path(), "logs/a.json", &made("Forged", "1"));
    let names = |ran: &Ran| {
        let document = ran.json(0);
        let steps = document["story"]["steps"].as_array().expect("steps").clone();
        steps.iter().map(|step| step["what"].clone()).collect::<Vec<_>>()
    };
    let ran = into_case(folder.path(), "case", &["logs/a.json"]);
    assert!(names(&ran).contains(&json!("iam:CreateUser")), "what was sealed is still read");
    assert_eq!(ran.json(0)["coverage"]["events"], 3, "beside what lies there now");
    let verify = run(folder.path(), &["case", "verify", "case"]);
    assert!(verify.out(4).contains("a.json: sealed file has changed"), "{}", verify.shown());
}

#[test]
fn standard_input_is_kept_and_read_again_but_never_twice() {
    let folder = folder(&[]);
    let arguments = ["investigate", "-", "--case", "case", "--json", "-q"];
    let pipe = |input: &str| run_with_input(folder.path(), &arguments, input.as_bytes());
    let first = pipe(&made("CreateUser", "1"));
    let second = pipe(&made("CreateUser", "1"));
    assert_same(second.out(0), first.out(0), "the same input again");
    let third = pipe(&made("DeleteUser", "2")).json(0);
    assert_eq!(third["coverage"]["events"], 2, "the first input is read again");
    assert_eq!(third["coverage"]["duplicates"], 0);
    let again = into_case(folder.path(), "case", &[]).json(0);
    assert_eq!(again["coverage"], third["coverage"]);
    assert_intact(folder.path(), 2);
}

#[test]
fn a_second_writer_is_refused_while_the_first_is_at_work_and_a_reader_is_not() {
    let folder = folder(&[("a.json", &made("CreateUser", "1"))]);
    into_case(folder.path(), "case", &["a.json"]).out(0);
    let lock = File::options().write(true).open(folder.path().join("case/.lock")).expect("a lock");
    lock.lock().expect("nobody else holds it");
    // 3, no access: the request is right and will succeed when the other writer is done.
    let refused = run(folder.path(), &["investigate", "a.json", "--case", "case", "-q"]);
    assert_eq!(
        refused.shown(),
        "exit 3\n--- stdout\n--- stderr\nerror: open the case\n  \
         because: lock case case: another crashcart is writing to it\n  \
         hint: wait until the other one is done, read the case meanwhile, or use another folder\n"
    );
    run(folder.path(), &["case", "verify", "case"]).out(0);
    drop(lock);
    into_case(folder.path(), "case", &["a.json"]).out(0);
}

#[test]
fn a_kill_at_any_moment_leaves_a_case_that_opens_and_verifies() {
    let folder = demo();
    let whole = into_case(folder.path(), "whole", &[ONE, OTHER]);
    let arguments = ["investigate", ONE, OTHER, "--case", "killed", "--copy-evidence", "-q"];
    for milliseconds in [1, 40, 120, 200, 260, 320, 400, 500] {
        let mut child = command(folder.path(), &arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().expect("it can be killed");
        child.wait().expect("it is gone");
        if folder.path().join("killed/case.toml").is_file() {
            let verify = run(folder.path(), &["case", "verify", "killed", "--json"]);
            let document = verify.json(verify.code.expect("a code"));
            for problem in document["problems"].as_array().expect("problems") {
                // What a kill may leave: a line or a result that the next writer finishes.
                let kind = problem["kind"].as_str().unwrap_or_default();
                assert!(["torn_line", "result_unfinished"].contains(&kind), "{problem}");
            }
        }
    }
    let after = into_case(folder.path(), "killed", &[ONE, OTHER]);
    assert_same(after.out(0), whole.out(0), "after all those kills");
    run(folder.path(), &["case", "verify", "killed"]).out(0);
    let partial = |folder: PathBuf| {
        fs::read_dir(folder)
            .expect("a folder")
            .any(|entry| entry.expect("an entry").file_name().to_string_lossy().contains("partial"))
    };
    assert!(!partial(folder.path().join("killed")), "nothing half-written is left");
}

#[test]
fn what_is_known_of_the_place_may_stand_in_the_case() {
    let known = "responders = [\"arn:aws:iam::111122223333:user/nina\"]\n";
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let given = json!({"requestParameters": {"userName": "x", "policyDocument": policy}});
    let event = call("PutUserPolicy", "1", "2026-05-04T02:13:00Z", given);
    let folder = folder(&[("a.json", &delivered(&[event])), ("case/environment.toml", known)]);
    let suspects = |paths: &[&str], case: &str| {
        let document = into_case(folder.path(), case, paths).json(0);
        document["story"]["suspects"].as_array().expect("suspects").len()
    };
    assert_eq!(suspects(&["a.json"], "without"), 1);
    assert_eq!(suspects(&["a.json"], "case"), 0);
}

#[test]
fn what_columns_and_baseline_were_is_sealed_and_missed_when_it_is_left_out() {
    let table = "Action,eventTime,eventSource\nCreateUser,2026-05-04T02:13:00Z,iam.amazonaws.com\n";
    let folder = folder(&[
        ("t.csv", table),
        ("old/a.json", &made("ListUsers", "1")),
        ("old/b.json", &made("ListUsers", "2")),
        ("columns.toml", "eventName = \"Action\"\n"),
    ]);
    let options = ["--columns", "columns.toml", "--baseline", "old"];
    into_case(folder.path(), "case", &[&["t.csv"], &options[..]].concat()).out(0);
    let verify = run(folder.path(), &["case", "verify", "case"]);
    let told =
        "1 evidence file, 3 inputs of options and 4 results as they were sealed, 0 problems\n";
    assert!(verify.out(0).starts_with(told), "{}", verify.shown());
    let again = into_case(folder.path(), "case", &options);
    assert_eq!((again.code, again.stderr.contains("last investigated")), (Some(0), false));
    write(folder.path(), "columns.toml", "eventName = \"Action\" # as before\n");
    let verify = run(folder.path(), &["case", "verify", "case"]);
    let told = "columns.toml: file named by an option has changed: SHA-256 was ";
    assert!(verify.out(4).contains(told), "{}", verify.shown());
    let without = into_case(folder.path(), "case", &["--columns", "columns.toml"]);
    for told in
        ["columns.toml: other bytes than when", "old/a.json and 1 more file, and now without"]
    {
        assert!(without.stderr.contains(told), "{}", without.shown());
    }
    let verify = run(folder.path(), &["case", "verify", "case", "--json"]).json(0);
    assert_eq!(verify["given_intact"], 1, "what the last run was given");
    let line = ["--columns", "eventName=Action", "--copy-evidence", "--baseline", "old"];
    into_case(folder.path(), "case", &line).out(0);
    fs::remove_dir_all(folder.path().join("old")).expect("gone");
    let verify = run(folder.path(), &["case", "verify", "case", "--json"]).json(0);
    assert_eq!(verify["given_intact"], 3, "copies stand for what is gone");
}
