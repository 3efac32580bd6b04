//! A selftest on a server whose credentials die and live again as late as at AWS: what it shows, and
//! that nothing of it stays.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::{crashcart, settings};
use crate::binary::{Ran, command_with};

const ACCOUNT: &str = "123456789012";

/// Somebody who was there before; prints nothing.
const OTHERS: &str = "iam = client('iam')
iam.create_user(UserName='ada')
iam.create_access_key(UserName='ada')
iam.create_role(RoleName='web', AssumeRolePolicyDocument='{\"Version\": \"2012-10-17\", \"Statement\": []}')
";

/// Everybody in the account, with everything.
const STATE: &str = "iam = client('iam')
found = iam.get_account_authorization_details(Filter=['User', 'Role', 'Group', 'LocalManagedPolicy'])
del found['ResponseMetadata']
keys = [iam.list_access_keys(UserName=user['UserName'])['AccessKeyMetadata'] for user in found['UserDetailList']]
print(json.dumps([found, keys], default=str, sort_keys=True))
";

fn selftest(moto: &Moto, folder: &Path, words: &[&str]) -> Ran {
    let always = ["selftest", "--case", "case", "--window", "0", "--within", "20"];
    crashcart(moto, folder, &[&always[..], words].concat())
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

/// All files of a folder, as text.
fn texts(folder: &Path) -> String {
    let mut out = String::new();
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            out.push_str(&texts(&path));
        } else {
            out.push_str(&String::from_utf8_lossy(&std::fs::read(&path).expect("a file")));
        }
    }
    out
}

#[test]
fn each_action_is_measured_until_calls_are_denied_and_the_account_is_as_it_was() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(OTHERS);
    let before = moto.run(STATE);
    moto.spread(1.0);
    let ran = selftest(&moto, folder.path(), &["--account", ACCOUNT, "--json"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    let told = json(&ran)["selftest"].clone();
    let receipt = &told["receipt"];
    assert_eq!(receipt["against"], format!("{}, not AWS", moto.url));
    assert_eq!((&receipt["account"], &receipt["region"]), (&json!(ACCOUNT), &json!("us-east-1")));
    let actions = receipt["actions"].as_array().expect("actions");
    let names: Vec<&str> = actions.iter().filter_map(|action| action["action"].as_str()).collect();
    assert_eq!(names, ["key", "user", "role", "session"]);
    let mut observed = 0;
    for action in actions {
        assert_eq!(action["proven"], true, "{action:#}");
        for step in action["steps"].as_array().expect("steps") {
            if step["verified"] != "effect_observed" {
                assert_eq!(step["verified"], "configured", "{step:#}");
                continue;
            }
            observed += 1;
            let seconds = step["denied"]["first_after_seconds"].as_f64().expect("seconds");
            assert!((1.0..10.0).contains(&seconds), "the change took a second: {step:#}");
            let ids = step["denied"]["request_ids"].as_array().expect("ids");
            assert!(ids.iter().all(|id| id.as_str().is_some_and(|id| id.len() == 36)), "{step:#}");
            assert!(!ids.is_empty());
        }
        let back = action["works_again_after_seconds"].as_f64().expect("seconds");
        assert!(back >= 1.0, "{action:#}");
        for credential in action["credentials"].as_array().expect("credentials") {
            let ended = credential["denied"]["for_good_after_seconds"].is_number();
            assert_eq!(credential["should_end"], ended, "{action:#}");
        }
    }
    assert!(observed >= 6, "every step that alone explains a denial: {actions:#?}");

    assert_eq!(moto.run(STATE), before, "the account is as it was");
    let secrets = moto.secrets();
    assert!(secrets.len() > 5, "{secrets:?}");
    let kept = texts(&folder.path().join("case")) + &ran.stdout + &ran.stderr;
    assert!(secrets.iter().all(|secret| !kept.contains(secret)), "no secret stays");
    let verified = crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);

    assert!(!folder.path().join("no-state").exists(), "what was not AWS is not counted");
    let planned = crashcart(&moto, folder.path(), &["contain", "user", "ada", "--case", "case"]);
    assert!(planned.stdout.contains("never run against AWS"), "{}", planned.stdout);
}

#[test]
fn what_was_killed_is_taken_away_by_the_same_again_or_by_resume() {
    let Some(moto) = Moto::start() else { return };
    moto.run(OTHERS);
    let before = moto.run(STATE);
    moto.spread(0.2);
    // While it makes its user, and while it holds a key contained.
    for (operation, again) in [
        ("PutUserPolicy", &["selftest", "--case", "case", "--window", "0"][..]),
        ("UpdateAccessKey", &["resume", "case", "--window", "0"]),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let words = ["selftest", "--case", "case", "--window", "0", "--account", ACCOUNT];
        let mut command = command_with(folder.path(), &words, &settings(&moto));
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        while moto.asked(operation).is_empty() {
            assert!(child.try_wait().expect("a state").is_none(), "it ended before {operation}");
            std::thread::sleep(Duration::from_millis(10));
        }
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let begun = selftest(&moto, folder.path(), &["--preflight"]);
        assert_ne!(begun.code, Some(0), "a preflight takes nothing away: {}", begun.stderr);
        assert_ne!(moto.run(STATE), before, "{operation}: something was left");
        let cleared = crashcart(&moto, folder.path(), again);
        assert_eq!(cleared.code, Some(0), "{operation}: {}", cleared.stderr);
        assert!(cleared.stderr.contains("all of it is gone"), "{}", cleared.stderr);
        assert_eq!(moto.run(STATE), before, "{operation}");
        let anew = crashcart(&moto, folder.path(), &["resume", "case"]);
        assert!(anew.stderr.contains("no run was cut off"), "{}", anew.stderr);
    }
}

#[test]
fn a_missing_permission_is_told_and_nothing_stays() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(OTHERS);
    let before = moto.run(STATE);
    moto.spread(0.0);
    let denied = |operation: &str, after: u32| {
        json!({
            "operation": operation, "status": 403, "code": "AccessDenied", "times": 1,
            "after": after, "message": "not allowed",
        })
    };
    moto.fail(denied("CreateRole", 0));
    let ran = selftest(&moto, folder.path(), &["--account", ACCOUNT]);
    assert_eq!(ran.code, Some(3), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("needs iam:CreateRole"), "{}", ran.stderr);
    assert!(ran.stdout.contains("STOPPED"), "{}", ran.stdout);
    assert_eq!(moto.run(STATE), before);

    // The second policy of a user is the one that denies everything.
    moto.fail(denied("PutUserPolicy", 1));
    let ran = selftest(&moto, folder.path(), &["--account", ACCOUNT, "--json"]);
    assert_eq!(ran.code, Some(4), "{}{}", ran.stdout, ran.stderr);
    let actions = json(&ran)["selftest"]["receipt"]["actions"].clone();
    let proven = |index: usize| actions[index]["proven"].clone();
    assert_eq!([proven(0), proven(1), proven(2)], [json!(true), json!(false), json!(true)]);
    let said = actions[1]["steps"][0]["said"].to_string();
    assert!(said.contains("iam:PutUserPolicy was denied"), "{said}");
    assert_eq!(moto.run(STATE), before);

    moto.fail(denied("DeleteRole", 0));
    let ran = selftest(&moto, folder.path(), &["--account", ACCOUNT]);
    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("LEFT      role/crashcart-selftest-"), "{}", ran.stdout);
    assert!(ran.stderr.contains("needs iam:DeleteRole"), "{}", ran.stderr);
    let cleared = selftest(&moto, folder.path(), &[]);
    assert_eq!(cleared.code, Some(0), "{}", cleared.stderr);
    assert_eq!(moto.run(STATE), before);
}

#[test]
fn what_does_not_become_denied_is_not_proven() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let before = moto.run(STATE);
    moto.spread_until("UpdateAccessKey");
    let words = ["--account", ACCOUNT, "--within", "2", "--json"];
    let always = ["selftest", "--case", "case", "--window", "0"];
    let ran = crashcart(&moto, folder.path(), &[&always[..], &words].concat());
    assert_eq!(ran.code, Some(4), "{}{}", ran.stdout, ran.stderr);
    let action = json(&ran)["selftest"]["receipt"]["actions"][0].clone();
    assert_eq!((&action["action"], &action["proven"]), (&json!("key"), &json!(false)));
    assert_eq!(action["steps"][0]["verified"], "not_proven");
    let said = action["steps"][0]["said"].to_string();
    assert!(said.contains("read back, but within 2 seconds no 5 calls in a row"), "{said}");
    assert_eq!(moto.run(STATE), before);
}

#[test]
fn nothing_is_made_in_an_account_that_was_not_named_or_is_production() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let other = selftest(&moto, folder.path(), &["--account", "111122223333"]);
    assert_eq!(other.code, Some(2), "{}", other.stderr);
    assert!(other.stderr.contains("credentials at hand are of 123456789012"), "{}", other.stderr);
    let unnamed = selftest(&moto, folder.path(), &[]);
    assert_eq!(unnamed.code, Some(2), "{}", unnamed.stderr);
    assert!(unnamed.stderr.contains("--account NUMBER"), "{}", unnamed.stderr);
    let known = format!("[accounts.\"{ACCOUNT}\"]\nname = \"Shop (production)\"\n");
    std::fs::write(folder.path().join("environment.toml"), known).expect("a file");
    let production = selftest(&moto, folder.path(), &["--account", ACCOUNT]);
    assert_eq!(production.code, Some(2), "{}", production.stderr);
    assert!(production.stderr.contains("production"), "{}", production.stderr);
    assert_eq!(moto.asked("CreateUser").len(), 0);
    assert!(!folder.path().join("case").exists());
}
