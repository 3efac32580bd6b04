//! What each action may need, and that it needs no more: run by a responder who may do just that, on
//! a server that denies everything else.

use std::path::Path;

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::settings_as;
use crate::binary::{Ran, run, run_with};

/// Whom it is about.
const SUSPECT: &str = "iam = client('iam')
iam.create_user(UserName='build-agent')
leaked = iam.create_access_key(UserName='build-agent')['AccessKey']['AccessKeyId']
iam.create_login_profile(UserName='build-agent', Password='Not-a-secret-1')
iam.upload_ssh_public_key(UserName='build-agent', SSHPublicKeyBody='ssh-rsa AAAA x')
iam.create_group(GroupName='ci')
iam.add_user_to_group(GroupName='ci', UserName='build-agent')
iam.attach_group_policy(GroupName='ci', PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')
allowed = {'Version': '2012-10-17', 'Statement': [
    {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}]}
iam.put_user_policy(UserName='build-agent', PolicyName='own', PolicyDocument=json.dumps(allowed))
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
    'Principal': {'AWS': 'arn:aws:iam::123456789012:user/build-agent'}, 'Action': 'sts:AssumeRole'}]}
iam.create_role(RoleName='web', AssumeRolePolicyDocument=json.dumps(trust))
iam.put_role_policy(RoleName='web', PolicyName='own', PolicyDocument=json.dumps(allowed))
client('organizations').create_organization(FeatureSet='ALL')
print(leaked)
";

/// A trail that delivered one file.
const TRAIL: &str = "s3 = client('s3')
s3.create_bucket(Bucket='logs')
key = 'AWSLogs/123456789012/CloudTrail/us-east-1/2026/05/04/a.json'
s3.put_object(Bucket='logs', Key=key, Body=b'{\"Records\": []}')
client('cloudtrail').create_trail(Name='management', S3BucketName='logs')
";

/// Somebody who may do what a policy allows, and nothing else.
struct Responder<'m> {
    moto: &'m Moto,
    key: [String; 2],
}

impl<'m> Responder<'m> {
    fn with(moto: &'m Moto, name: &str, policy: &Value) -> Self {
        let made = moto.run(&format!(
            "iam = client('iam')
iam.create_user(UserName='{name}')
iam.put_user_policy(UserName='{name}', PolicyName='p', PolicyDocument=json.dumps({policy}))
key = iam.create_access_key(UserName='{name}')['AccessKey']
print(json.dumps([key['AccessKeyId'], key['SecretAccessKey']]))"
        ));
        Self { moto, key: serde_json::from_str(&made).expect("a key") }
    }

    fn run(&self, folder: &Path, words: &[&str]) -> Ran {
        let [key, secret] = &self.key;
        run_with(folder, words, &settings_as(self.moto, [key, secret]))
    }
}

/// The policy that `crashcart permissions` prints.
fn policy(actions: &[&str]) -> Value {
    let printed = run(&std::env::temp_dir(), &[&["permissions"], actions].concat());
    serde_json::from_str(&printed.stdout).expect("a policy")
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

#[test]
fn each_action_gets_by_with_the_policy_that_is_printed_for_it() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let leaked = moto.run(SUSPECT);
    let asks = Responder::with(&moto, "asks", &policy(&["whois"]));
    let collects = Responder::with(&moto, "collects", &policy(&["collect-identity"]));
    let plans = Responder::with(&moto, "plans", &policy(&["contain"]));
    let applies = Responder::with(&moto, "applies", &policy(&["apply"]));
    let fetches = Responder::with(&moto, "fetches", &policy(&["collect-trail"]));
    let reads = Responder::with(&moto, "reads", &policy(&["s3"]));
    moto.run(TRAIL);
    moto.enforce();

    for (who, words) in [
        (&fetches, &["collect", "trail", "--case", "trail"][..]),
        (&reads, &["stats", "s3://logs"]),
    ] {
        let ran = who.run(folder.path(), words);
        assert_eq!(ran.code, Some(0), "{words:?}: {}{}", ran.stdout, ran.stderr);
    }
    let denied = plans.run(folder.path(), &["stats", "s3://logs"]);
    assert_eq!(denied.code, Some(4), "{}{}", denied.stdout, denied.stderr);
    assert!(denied.stderr.contains("s3:ListBucket"), "{}", denied.stderr);
    let denied = plans.run(folder.path(), &["whois", &leaked, "--live"]);
    assert_eq!(denied.code, Some(4), "the server denies: {}", denied.stdout);
    let asked = asks.run(folder.path(), &["whois", &leaked, "--live"]);
    assert_eq!(asked.code, Some(0), "{}{}", asked.stdout, asked.stderr);
    for target in [leaked.as_str(), "role/web", "root"] {
        let words = ["collect", "identity", target, "--case", "case"];
        let collected = collects.run(folder.path(), &words);
        assert_eq!(collected.code, Some(0), "{target}: {}{}", collected.stdout, collected.stderr);
    }
    for target in [
        &["key", leaked.as_str()][..],
        &["user", "build-agent", "--delete-console-password"],
        &["role", "web", "--close-trust"],
    ] {
        let words = [&["contain"], target, &["--case", "case", "--json"]].concat();
        let planned = plans.run(folder.path(), &words);
        assert_eq!(planned.code, Some(0), "{target:?}: {}", planned.stderr);
        let plan = json(&planned)["plan"].clone();
        let (path, hash) = (plan["path"].as_str().expect("a path"), plan["hash"].as_str());
        let options = ["--approve", hash.expect("a hash"), "--window", "0", "--json"];
        let applied = applies.run(folder.path(), &[&["apply", path], &options[..]].concat());
        assert_eq!(applied.code, Some(0), "{target:?}: {}{}", applied.stdout, applied.stderr);
        let receipt = json(&applied)["receipt"]["path"].clone();
        let receipt = receipt.as_str().expect("a path");
        let back = [&["revert", receipt], &options[..], &["--rearm"]].concat();
        let reverted = applies.run(folder.path(), &back);
        assert_eq!(reverted.code, Some(0), "{target:?}: {}", reverted.stdout);
        let lost = reverted.stdout.contains("cannot be given back, as the plan said");
        assert_eq!(lost, target.contains(&"--delete-console-password"), "{}", reverted.stdout);
        assert!(!reverted.stdout.contains("denied:"), "{target:?}: {}", reverted.stdout);
    }
}

#[test]
fn before_anything_starts_it_is_said_which_permissions_are_missing() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let leaked = moto.run(SUSPECT);
    let mut enough = policy(&["whois", "contain", "apply", "preflight"]);
    let responder = Responder::with(&moto, "responder", &enough);
    let actions = enough["Statement"][0]["Action"].as_array_mut().expect("actions");
    actions.retain(|action| action != "iam:ListUsers" && action != "iam:GetUser");
    let lacks = Responder::with(&moto, "lacks", &enough);
    moto.enforce();

    let all = responder.run(folder.path(), &["whois", &leaked, "--live", "--preflight"]);
    assert_eq!(all.code, Some(0), "{}{}", all.stdout, all.stderr);
    assert!(all.stdout.contains("0 missing, 0 unknown\n"), "{}", all.stdout);
    assert!(all.stdout.contains("not seen by the simulator"), "{}", all.stdout);

    let before = moto.asked("ListUserPolicies").len();
    let words = ["contain", "user", "build-agent", "--case", "case", "--preflight"];
    let some = lacks.run(folder.path(), &words);
    assert_eq!(some.code, Some(3), "{}{}", some.stdout, some.stderr);
    assert!(some.stdout.contains("MISSING   iam:GetUser: no policy allows it"), "{}", some.stdout);
    assert!(some.stdout.contains("`crashcart permissions contain`"), "{}", some.stdout);
    assert_eq!(moto.asked("ListUserPolicies").len(), before, "nothing was started");
    let words = ["respond", "key", &leaked, "--case", "case", "--preflight"];
    let some = lacks.run(folder.path(), &words);
    assert_eq!(some.code, Some(3), "{}", some.shown());
    assert!(some.stdout.contains("MISSING   cloudtrail:LookupEvents"), "{}", some.stdout);
    let words = "`crashcart permissions whois collect-identity contain apply collect-logs`";
    let said = some.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(words), "{}", some.stdout);
    assert!(!folder.path().join("case").exists(), "nor was a case made");

    moto.fail(json!({
        "operation": "SimulatePrincipalPolicy", "status": 403, "code": "AccessDenied",
        "message": "not allowed",
    }));
    let told = responder.run(folder.path(), &["whois", &leaked, "--live", "--preflight", "--json"]);
    assert_eq!(told.code, Some(4), "{}{}", told.stdout, told.stderr);
    let told = json(&told)["preflight"].clone();
    assert_eq!((&told["allowed"], &told["missing"]), (&json!([]), &json!([])));
    let because = told["unknown"][0]["because"].as_str().expect("a reason");
    assert!(because.contains("needs iam:SimulatePrincipalPolicy"), "{because}");
}

#[test]
fn a_plan_s_preflight_asks_for_what_the_plan_can_need_and_sends_nothing() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let leaked = moto.run(SUSPECT);
    let responder = Responder::with(&moto, "responder", &policy(&["contain", "preflight"]));
    moto.enforce();
    let words = ["contain", "key", &leaked, "--case", "case", "--json"];
    let plan = json(&responder.run(folder.path(), &words))["plan"].clone();
    let path = plan["path"].as_str().expect("a path");
    let told = responder.run(folder.path(), &["apply", path, "--preflight", "--json"]);
    assert_eq!(told.code, Some(3), "{}{}", told.stdout, told.stderr);
    let told = json(&told)["preflight"].clone();
    let missing = json!([{"permission": "iam:UpdateAccessKey", "because": "no policy allows it"}]);
    assert_eq!((&told["missing"], &told["allowed"]), (&missing, &json!(["iam:ListAccessKeys"])));
    assert_eq!(moto.asked("UpdateAccessKey").len(), 0);
}

#[test]
fn a_selftest_gets_by_with_its_policy_which_is_held_to_what_it_makes_itself() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut own = policy(&["selftest"]);
    let statements = own["Statement"].as_array_mut().expect("statements");
    let resources = json!([
        "arn:aws:iam::*:user/crashcart-selftest/*",
        "arn:aws:iam::*:role/crashcart-selftest/*",
    ]);
    assert_eq!(statements[0]["Action"], json!(["sts:GetCallerIdentity"]));
    assert_eq!(statements[1]["Resource"], resources);
    // The server does not know what a call is about.
    statements[1]["Resource"] = json!("*");
    let tests = Responder::with(&moto, "tests", &own);
    moto.spread(0.0);
    moto.enforce();
    let words = ["selftest", "--case", "case", "--window", "0", "--account", "123456789012"];
    let ran = tests.run(folder.path(), &words);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
}
