//! From a leaked key to an account that is as it was, against a server that speaks AWS's protocols.

use std::process::Stdio;

use crashcart_testkit::Moto;
use serde_json::Value;

use crate::account::{crashcart, planned, settings, settings_as};
use crate::binary::{Ran, command_with, run_with};
use crate::material::{call, delivered};

/// A user with everything that one can come in with; prints the leaked key.
const USER: &str = "iam = client('iam')
iam.create_user(UserName='build-agent', Tags=[{'Key': 'owner', 'Value': 'platform team'}])
leaked = iam.create_access_key(UserName='build-agent')['AccessKey']['AccessKeyId']
iam.create_access_key(UserName='build-agent')
iam.create_login_profile(UserName='build-agent', Password='Not-a-secret-1')
iam.create_group(GroupName='ci')
iam.add_user_to_group(GroupName='ci', UserName='build-agent')
iam.attach_group_policy(GroupName='ci', PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')
iam.create_service_specific_credential(UserName='build-agent', ServiceName='codecommit.amazonaws.com')
iam.upload_ssh_public_key(UserName='build-agent', SSHPublicKeyBody='ssh-rsa AAAA x')
print(leaked)
";

/// The user's ways in, as one line.
const STATE: &str = "iam = client('iam')
who = dict(UserName='build-agent')
print(json.dumps([
    sorted(iam.list_user_policies(**who)['PolicyNames']),
    sorted(key['Status'] for key in iam.list_access_keys(**who)['AccessKeyMetadata']),
    [one['Status'] for one in iam.list_service_specific_credentials(**who)['ServiceSpecificCredentials']],
    [key['Status'] for key in iam.list_ssh_public_keys(**who)['SSHPublicKeys']],
]))
";

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

#[test]
fn the_owner_of_a_leaked_key_is_told_with_every_other_way_in() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = moto.run(USER);
    let ran = crashcart(&moto, folder.path(), &["whois", &key, "--live", "--json"]);
    let told = json(&ran);
    assert_eq!(told["kind"], "user");
    assert_eq!(told["account"], "123456789012");
    assert_eq!(told["principal"], "arn:aws:iam::123456789012:user/build-agent");
    assert_eq!(told["access_keys"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["console"], true);
    assert_eq!(told["ssh_keys"][0]["status"], "Active");
    assert_eq!(told["groups"][0], "ci");
    let policy = &told["policies"][0];
    assert_eq!(
        (&policy["name"], &policy["through"]),
        (&"ReadOnlyAccess".into(), &"group ci".into())
    );
    assert_eq!((&told["mfa"], &told["quarantined"]), (&serde_json::json!([]), &false.into()));
    let temporary =
        crashcart(&moto, folder.path(), &["whois", &key.replace("AKIA", "ASIA"), "--live"]);
    assert!(temporary.stdout.contains("only logs tell"), "{}", temporary.stdout);
    let text = crashcart(&moto, folder.path(), &["whois", &key, "--live"]);
    assert!(text.stdout.contains("owner = platform team"), "{}", text.stdout);
}

#[test]
fn a_user_is_cut_off_and_nothing_suspect_lives_after_giving_back_until_it_is_re_armed() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(USER);
    let before = moto.run(STATE);
    assert_eq!(before, r#"[[], ["Active", "Active"], ["Active"], ["Active"]]"#);
    let words = ["contain", "user", "build-agent", "--case", "case", "--json"];
    let planned = json(&crashcart(&moto, folder.path(), &words));
    assert_eq!(moto.run(STATE), before, "planning changes nothing");
    let path = planned["plan"]["path"].as_str().expect("a path").to_owned();
    let hash = planned["plan"]["hash"].as_str().expect("a hash").to_owned();

    let unapproved = crashcart(&moto, folder.path(), &["apply", &path]);
    assert_eq!(unapproved.code, Some(2), "{}", unapproved.stderr);
    let wrong = crashcart(&moto, folder.path(), &["apply", &path, "--approve", "00000000"]);
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    assert_eq!(moto.run(STATE), before, "nothing is sent without the hash");

    let words = ["apply", &path, "--approve", &hash[..8], "--window", "0", "--json"];
    let applied = crashcart(&moto, folder.path(), &words);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    let receipt = json(&applied);
    assert_eq!(receipt["receipt"]["ending"], "contained");
    let steps = receipt["receipt"]["steps"].as_array().expect("steps");
    assert!(steps.iter().all(|step| step["verified"] == "configured"), "{steps:?}");
    let denied = r#"[["crashcart-deny-all", "crashcart-deny-older-sessions"], ["Inactive", "Inactive"], ["Inactive"], ["Inactive"]]"#;
    assert_eq!(moto.run(STATE), denied);

    let receipt = receipt["receipt"]["path"].as_str().expect("a path").to_owned();
    let back = ["revert", &receipt, "--approve", &hash, "--window", "0"];
    let reverted = crashcart(&moto, folder.path(), &back);
    assert_eq!(reverted.code, Some(0), "{}", reverted.stderr);
    assert_eq!(moto.run(STATE), denied, "nothing suspect is given back");
    let rearmed = crashcart(&moto, folder.path(), &[&back[..], &["--rearm"]].concat());
    assert_eq!(rearmed.code, Some(0), "{}", rearmed.stderr);
    assert!(rearmed.stderr.contains("comes back to life: access key"), "{}", rearmed.stderr);
    assert_eq!(moto.run(STATE), before);
    let verified = crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
}

#[test]
fn a_state_that_somebody_changed_meanwhile_stops_the_plan() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = moto.run(USER);
    let words = ["contain", "key", &key, "--case", "case", "--json"];
    let planned = json(&crashcart(&moto, folder.path(), &words));
    let dry = ["apply", planned["plan"]["path"].as_str().expect("a path"), "--dry-run"];
    let would = crashcart(&moto, folder.path(), &dry);
    assert_eq!(would.code, Some(0), "{}", would.shown());
    assert!(would.stdout.contains("would send iam:UpdateAccessKey"), "{}", would.stdout);
    moto.run(&format!(
        "client('iam').delete_access_key(UserName='build-agent', AccessKeyId='{key}')"
    ));
    let path = planned["plan"]["path"].as_str().expect("a path");
    let hash = planned["plan"]["hash"].as_str().expect("a hash");
    let would = crashcart(&moto, folder.path(), &dry);
    assert_eq!(would.code, Some(5), "as the run itself: {}", would.shown());
    assert!(would.stdout.contains("WOULD FAIL: somebody changed"), "{}", would.stdout);
    let ran = crashcart(&moto, folder.path(), &["apply", path, "--approve", hash, "--window", "0"]);
    assert_eq!(ran.code, Some(5), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("somebody changed"), "{}", ran.stdout);
}

#[test]
fn whoever_assumed_a_role_does_not_cut_off_what_it_came_through() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = moto.run(
        "iam = client('iam')\niam.create_user(UserName='ada')\niam.create_user(UserName='bob')\n\
         iam.create_role(RoleName='responder', AssumeRolePolicyDocument='{}')\n\
         print(iam.create_access_key(UserName='ada')['AccessKey']['AccessKeyId'])",
    );
    let settings = settings_as(&moto, [&key, "test"]);
    let role = "arn:aws:iam::123456789012:role/responder";
    let contain = |user: &str| {
        let words = ["contain", "user", user, "--case", "case", "--assume-role", role];
        run_with(folder.path(), &words, &settings)
    };
    let itself = contain("ada");
    assert_eq!(itself.code, Some(2), "{}{}", itself.stdout, itself.stderr);
    assert!(itself.stderr.contains("what you came through"), "{}", itself.stderr);
    let other = contain("bob");
    assert_eq!(other.code, Some(0), "{}", other.stderr);
}

#[test]
fn a_plan_is_refused_when_it_is_run_by_whom_it_locks_out_or_against_who_breaks_glass_by_then() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let own = moto.run(USER);
    let before = moto.run(STATE);
    let [path, hash] = planned(&moto, folder.path(), &["user", "build-agent"]);
    let (path, hash) = (&*path, &*hash);
    let apply = ["apply", path, "--approve", hash, "--window", "0"];

    let itself = run_with(folder.path(), &apply, &settings_as(&moto, [&own, "test"]));
    assert_eq!(itself.code, Some(2), "{}{}", itself.stdout, itself.stderr);
    assert!(itself.stderr.contains("user/build-agent: it is you"), "{}", itself.stderr);

    let glass = folder.path().join("case/environment.toml");
    let name = |entry: &str| format!("break_glass = [\"arn:aws:iam::123456789012:{entry}\"]\n");
    std::fs::write(&glass, name("user/ops/Build-Agent")).expect("a file");
    let spared = crashcart(&moto, folder.path(), &apply);
    assert_eq!(spared.code, Some(2), "{}{}", spared.stdout, spared.stderr);
    assert!(spared.stderr.contains("breaking glass"), "{}", spared.stderr);
    std::fs::write(&glass, name("user/*")).expect("a file");
    let unclear = crashcart(&moto, folder.path(), &apply);
    assert_eq!(unclear.code, Some(2), "{}{}", unclear.stdout, unclear.stderr);
    assert!(unclear.stderr.contains("has a wildcard"), "{}", unclear.stderr);
    assert_eq!(moto.run(STATE), before, "nothing was sent");

    std::fs::write(folder.path().join("other.toml"), name("user/somebody")).expect("a file");
    let other =
        crashcart(&moto, folder.path(), &[&apply[..], &["--environment", "other.toml"]].concat());
    assert_eq!(other.code, Some(0), "{}{}", other.stdout, other.stderr);
}

#[test]
fn what_was_done_to_the_account_is_the_exit_code_whoever_stopped_listening() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(USER);
    let [path, hash] = planned(&moto, folder.path(), &["user", "build-agent"]);
    let words = ["apply", &path, "--approve", &hash];
    let words = [&words[..], &["--window", "0"]].concat();
    let deny = |operation: &str| {
        moto.fail(
            serde_json::json!({"operation": operation, "status": 403, "code": "AccessDenied"}),
        );
    };
    deny("UpdateAccessKey");
    let mut command = command_with(folder.path(), &words, &settings(&moto));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    #[cfg(target_os = "linux")]
    {
        deny("DeleteUserPolicy");
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device");
        let mut command = command_with(folder.path(), &words, &settings(&moto));
        let ran = Ran::of(command.stdout(full).output().expect("it runs"));
        assert_eq!(ran.code, Some(6), "{}", ran.stderr);
        assert!(ran.stderr.contains("write the result"), "{}", ran.stderr);
    }
}

#[test]
fn what_can_be_no_target_is_told_before_anybody_is_asked_or_with_what_to_do_instead() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(
        "client('iam').create_role(RoleName='web', Path='/ci/', AssumeRolePolicyDocument='{}')",
    );
    let contain = |what: &str, target: &str| {
        crashcart(&moto, folder.path(), &["contain", what, target, "--case", "case"])
    };
    for (key, hint) in [
        ("ASIAIOSFODNN7EXAMPLE", "contain session"),
        ("", "AKIA and 16 more"),
        ("akiaiosfodnn7example", "AKIA and 16 more"),
    ] {
        let ran = contain("key", key);
        assert_eq!(ran.code, Some(2), "{key}: {}", ran.shown());
        assert!(ran.stderr.contains(hint), "{key}: {}", ran.shown());
    }
    assert!(moto.asked("GetCallerIdentity").is_empty(), "nobody was asked");
    for root in ["root", "arn:aws:iam::123456789012:root"] {
        let ran = contain("user", root);
        assert_eq!(ran.code, Some(2), "{root}: {}", ran.shown());
        assert!(ran.stderr.contains("service control policy"), "{root}: {}", ran.shown());
    }
    for role in ["role/web", "role/ci/web"] {
        assert!(contain("role", role).out(0).contains("role/ci/web"), "{role}");
    }
}

#[test]
fn a_journal_that_was_emptied_is_told_and_no_case_to_change_an_account_by() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(USER);
    let [path, hash] = planned(&moto, folder.path(), &["user", "build-agent"]);
    let (path, hash) = (&*path, &*hash);
    let apply = ["apply", path, "--approve", hash, "--window", "0", "--json"];
    let applied = crashcart(&moto, folder.path(), &apply).json(0);
    let receipt = applied["receipt"]["path"].as_str().expect("a path");
    let verify = || crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    verify().out(0);
    let journal = folder.path().join("case/journal.jsonl");
    let whole = std::fs::read(&journal).expect("a journal");
    std::fs::write(&journal, "").expect("a file");
    assert!(
        verify().out(4).contains("journal.jsonl: lines were taken away"),
        "{}",
        verify().shown()
    );
    let contained = moto.run(STATE);
    let back = ["revert", receipt, "--approve", hash, "--window", "0", "--rearm"];
    let refused = crashcart(&moto, folder.path(), &back);
    assert_eq!(refused.code, Some(2), "{}", refused.shown());
    assert!(refused.stderr.contains("lines were taken away"), "{}", refused.shown());
    assert_eq!(moto.run(STATE), contained);
    let logs = delivered(&[call("ListUsers", "1", "2026-05-04T02:13:00Z", serde_json::json!({}))]);
    std::fs::write(folder.path().join("logs.json"), logs).expect("a file");
    let words = ["investigate", "logs.json", "--case", "case", "--json", "-q"];
    let story = crashcart(&moto, folder.path(), &words).json(4);
    let gaps = story["coverage"]["gaps"].to_string();
    assert!(gaps.contains("lines were taken away"), "the story is told all the same: {gaps}");
    std::fs::write(&journal, whole).expect("a file");
    verify().out(0);
    std::fs::write(folder.path().join("case/receipts/other.json"), "{}").expect("a file");
    assert!(verify().out(4).contains("receipts/other.json"), "{}", verify().shown());
}

#[test]
fn a_damaged_plan_does_not_stand_in_the_way_of_the_others() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = moto.run(USER);
    let planned = crashcart(&moto, folder.path(), &["contain", "key", &key, "--case", "case"]);
    assert_eq!(planned.code, Some(0), "{}", planned.stderr);
    std::fs::write(folder.path().join("case/plans/bad.json"), "{}").expect("a file");
    let listed = crashcart(&moto, folder.path(), &["plan", "list", "case"]);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert!(listed.stdout.contains(&key), "{}", listed.stdout);
    assert!(listed.stderr.contains("bad.json"), "{}", listed.stderr);
}

#[test]
fn without_an_account_it_is_said_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "eu-central-1"),
    ];
    let words = ["contain", "user", "ada", "--case", "case"];
    let ran = run_with(folder.path(), &words, &settings);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert!(ran.stderr.contains("sts:GetCallerIdentity"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
    let whois = run_with(folder.path(), &["whois", "AKIAIOSFODNN7EXAMPLE", "--live"], &settings);
    assert_eq!((whois.code, whois.stdout.as_str()), (Some(3), ""), "{}", whois.stderr);
    let policy = run_with(folder.path(), &["permissions", "whois"], &settings);
    assert!(policy.stdout.contains("\"iam:GetAccessKeyLastUsed\""), "{}", policy.stdout);
    assert!(!policy.stdout.contains("iam:Update"), "{}", policy.stdout);
}

/// Contains the user and carries it out; the receipt's path and the plan's hash.
fn contained(moto: &Moto, folder: &std::path::Path) -> (std::path::PathBuf, String) {
    moto.run(USER);
    let words = ["contain", "user", "build-agent", "--case", "case", "--json"];
    let planned = json(&crashcart(moto, folder, &words));
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (path, hash) = (text(&planned["plan"]["path"]), text(&planned["plan"]["hash"]));
    let words = ["apply", &path, "--approve", &hash, "--window", "0", "--json"];
    let applied = crashcart(moto, folder, &words);
    assert_eq!(applied.code, Some(0), "{}", applied.stderr);
    (text(&json(&applied)["receipt"]["path"]).into(), hash)
}

#[test]
fn a_receipt_that_was_edited_is_not_obeyed() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (path, hash) = contained(&moto, folder.path());
    let before = moto.run(STATE);
    let receipt = std::fs::read_to_string(&path).expect("a receipt");
    let allow = r#""before": {"document": {"Statement": {"Effect": "Allow", "Action": "*"}}}"#;
    std::fs::write(&path, receipt.replacen(r#""before": "absent""#, allow, 1)).expect("written");
    let path = path.display().to_string();
    for rearm in [&[][..], &["--rearm"]] {
        let words = ["revert", &path, "--approve", &hash, "--window", "0"];
        let ran = crashcart(&moto, folder.path(), &[&words[..], rearm].concat());
        assert_eq!(ran.code, Some(2), "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("not as the journal"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("comes back to life"), "{}", ran.stderr);
    }
    assert_eq!(moto.run(STATE), before, "nothing was sent");
    let verified = crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    assert_eq!(verified.code, Some(4));
    assert!(verified.stdout.contains("receipts/"), "{}", verified.stdout);
    // Nor is one that somebody put beside it passed over.
    std::fs::copy(&path, folder.path().join("case/receipts/other.json")).expect("copied");
    let verified = crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    assert!(verified.stdout.contains("receipts/other.json"), "{}", verified.stdout);
}

#[test]
fn a_receipt_that_a_crash_kept_out_of_the_case_is_written_from_the_journal() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (path, hash) = contained(&moto, folder.path());
    let receipt = std::fs::read(&path).expect("a receipt");
    let asked = moto.run(STATE);
    std::fs::remove_file(&path).expect("removed");
    let resumed = crashcart(&moto, folder.path(), &["resume", "case"]);
    assert_eq!(resumed.code, Some(0), "{}{}", resumed.stdout, resumed.stderr);
    assert!(resumed.stdout.starts_with("CONTAINED"), "{}", resumed.stdout);
    assert_eq!(std::fs::read(&path).expect("a receipt"), receipt);
    assert_eq!(moto.run(STATE), asked);
    let verified = crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
    let path = path.display().to_string();
    let words = ["revert", &path, "--approve", &hash, "--window", "0", "--rearm"];
    let reverted = crashcart(&moto, folder.path(), &words);
    assert_eq!(reverted.code, Some(0), "{}{}", reverted.stdout, reverted.stderr);
}

/// A role that only one other account may assume.
const ROLE: &str =
    "client('iam').create_role(RoleName='deploy', AssumeRolePolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
    'Principal': {'AWS': 'arn:aws:iam::444455556666:root'}}]}))
";

#[test]
fn what_is_approved_is_on_the_page_in_full_and_fits_it() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(ROLE);
    let [url, key, secret, region] = settings_as(&moto, ["test", "test"]);
    let settings = [url, key, secret, region, ("COLUMNS", "72")];
    let words = ["contain", "role", "deploy", "--close-trust", "--case", "case"];
    let ran = run_with(folder.path(), &words, &settings);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (plan, _) = ran.stdout.split_once("\nplan ").expect("a plan");
    let long = plan.lines().find(|line| line.chars().count() > 72);
    assert_eq!(long, None, "{plan}");
    let whole: String = plan.split_whitespace().collect();
    assert!(whole.contains(r#""Principal":{"AWS":"arn:aws:iam::444455556666:root"}"#), "{plan}");
    assert!(whole.contains(r#""Sid":"CrashcartClosed""#), "{plan}");
    let words = plan.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in ["until 60 seconds after it is put", "issued before this revert stay denied"] {
        assert!(words.contains(said), "{plan}");
    }
}

#[test]
fn a_name_that_is_not_there_is_a_wrong_argument() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for kind in ["user", "role"] {
        let words = ["contain", kind, "nosuch", "--case", "case"];
        let ran = crashcart(&moto, folder.path(), &words);
        assert_eq!(ran.code, Some(2), "{}", ran.shown());
        assert!(ran.stderr.contains("check the name"), "{}", ran.stderr);
    }
}

#[test]
fn of_a_key_that_may_not_be_listed_its_last_use_is_told_and_what_is_unknown() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = moto.run(USER);
    moto.fail(serde_json::json!({
        "operation": "ListAccessKeys", "status": 403, "code": "AccessDenied", "message": "no",
    }));
    let ran = crashcart(&moto, folder.path(), &["whois", key.trim(), "--live"]);
    assert_eq!(ran.code, Some(4), "{}", ran.shown());
    let of_key = format!("key       {}, unknown whether active", key.trim());
    for said in [&of_key, "unknown which others there are", "NOT READ  iam:ListAccessKeys"] {
        assert!(ran.stdout.contains(said), "{said}: {}", ran.stdout);
    }
}
