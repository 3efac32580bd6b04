//! `respond key`: nothing but the id of a leaked key at hand, and at the end an account without the
//! intruder, which can be given back.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::{crashcart, in_member, member_account, planned, settings, without_moments};
use crate::binary::{Ran, command_with, run};

/// A user with every way in, whose key leaked; a role and a user that the intruder reaches.
const ACCOUNT: &str = "iam = client('iam')
trust = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
    'Principal': {'AWS': '123456789012'}, 'Action': 'sts:AssumeRole'}]})
iam.create_user(UserName='build-agent')
leaked = iam.create_access_key(UserName='build-agent')['AccessKey']['AccessKeyId']
iam.create_access_key(UserName='build-agent')
iam.attach_user_policy(UserName='build-agent', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
iam.create_login_profile(UserName='build-agent', Password='Not-a-secret-1')
iam.upload_ssh_public_key(UserName='build-agent', SSHPublicKeyBody='ssh-rsa AAAA x')
iam.create_role(RoleName='deploy', AssumeRolePolicyDocument=trust)
iam.create_user(UserName='backdoor')
made = iam.create_access_key(UserName='backdoor')['AccessKey']['AccessKeyId']
iam.create_user(UserName='bystander')
iam.create_access_key(UserName='bystander')
print(leaked, made, iam.get_role(RoleName='deploy')['Role']['RoleId'])
";

const OWNER: &str = "arn:aws:iam::123456789012:user/build-agent";

/// Everything that containment may change.
const STATE: &str = "iam = client('iam')
users = {}
for user in sorted(one['UserName'] for one in iam.list_users()['Users']):
    who = dict(UserName=user)
    try:
        console = bool(iam.get_login_profile(**who))
    except iam.exceptions.NoSuchEntityException:
        console = False
    users[user] = [
        {name: iam.get_user_policy(PolicyName=name, **who)['PolicyDocument']
         for name in iam.list_user_policies(**who)['PolicyNames']},
        sorted(key['Status'] for key in iam.list_access_keys(**who)['AccessKeyMetadata']),
        [key['Status'] for key in iam.list_ssh_public_keys(**who)['SSHPublicKeys']],
        console]
print(json.dumps([users, {name: iam.get_role_policy(RoleName='deploy', PolicyName=name)['PolicyDocument']
    for name in iam.list_role_policies(RoleName='deploy')['PolicyNames']}]))
";

fn state(moto: &Moto) -> Value {
    serde_json::from_str(&moto.run(STATE)).expect("JSON")
}

/// A call of the leaked key, so many seconds ago.
fn call(ago: u32, what: &str, key: &str, request: Value, answer: Value) -> Value {
    let (source, name) = what.split_once(':').expect("service:Operation");
    json!({
        "eventVersion": "1.11", "eventID": format!("call-{ago}"), "eventTime": ago,
        "eventName": name, "eventSource": format!("{source}.amazonaws.com"),
        "awsRegion": "us-east-1", "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.31",
        "userIdentity": {
            "type": "IAMUser", "accountId": "123456789012", "userName": "build-agent",
            "principalId": "AIDAEXAMPLE", "accessKeyId": key,
            "arn": "arn:aws:iam::123456789012:user/build-agent",
        },
        "requestParameters": request, "responseElements": answer,
        "eventType": "AwsApiCall", "eventCategory": "Management", "managementEvent": true,
        "recipientAccountId": "123456789012",
    })
}

/// The account, and what the intruder did in it; the leaked key's id.
fn incident(moto: &Moto) -> String {
    moto.regions(&[("us-east-1", "opt-in-not-required"), ("eu-west-1", "opt-in-not-required")]);
    let printed = moto.run(ACCOUNT);
    let words: Vec<&str> = printed.split(' ').collect();
    let [key, made, role] = words.as_slice() else { panic!("three words: {printed}") };
    let session = "arn:aws:sts::123456789012:assumed-role/deploy/x";
    moto.record(&[
        call(7300, "sts:GetCallerIdentity", key, Value::Null, Value::Null),
        call(
            7200,
            "iam:CreateUser",
            key,
            json!({"userName": "backdoor"}),
            json!({"user": {
                "userName": "backdoor", "userId": "AIDAEXAMPLE2",
                "arn": "arn:aws:iam::123456789012:user/backdoor",
            }}),
        ),
        call(
            7100,
            "iam:CreateAccessKey",
            key,
            json!({"userName": "backdoor"}),
            json!({"accessKey": {"accessKeyId": made, "userName": "backdoor", "status": "Active"}}),
        ),
        call(
            7000,
            "sts:AssumeRole",
            key,
            json!({"roleArn": "arn:aws:iam::123456789012:role/deploy", "roleSessionName": "x"}),
            json!({
                "credentials": {"accessKeyId": "ASIAEXAMPLESESSION77"},
                "assumedRoleUser": {"assumedRoleId": format!("{role}:x"), "arn": session},
            }),
        ),
        call(
            6900,
            "sts:GetFederationToken",
            key,
            json!({"name": "f"}),
            json!({
                "credentials": {"accessKeyId": "ASIAEXAMPLEFEDERAT77"},
                "federatedUser": {"arn": "arn:aws:sts::123456789012:federated-user/f"},
            }),
        ),
    ]);
    (*key).to_owned()
}

/// The receipts of a case, the last first.
fn receipts(case: &Path) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(case.join("receipts")).expect("receipts");
    let mut all: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
    all.sort();
    all.reverse();
    all
}

/// Gives everything back, the last first.
fn revert(moto: &Moto, folder: &Path, given_back: &[PathBuf], rearm: bool) {
    for receipt in given_back {
        let told: Value =
            serde_json::from_slice(&std::fs::read(receipt).expect("a receipt")).expect("JSON");
        let hash = told["plan"].as_str().expect("a hash");
        let path = receipt.display().to_string();
        let mut words = vec!["revert", &path, "--approve", hash, "--window", "0"];
        words.extend(rearm.then_some("--rearm"));
        let ran = crashcart(moto, folder, &words);
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    }
}

const ANSWER: [&str; 6] =
    ["--case", "case", "--yes-contain", "123456789012", "--yes-contain-found", "123456789012"];

#[test]
fn nothing_but_a_key_s_id_leads_to_an_account_without_the_intruder_and_back() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let before = state(&moto);
    let words = [&["respond", "key", &key, "--window", "0"][..], &ANSWER].concat();
    let ran = crashcart(&moto, folder.path(), &words);
    assert!(matches!(ran.code, Some(0 | 4)), "{:?} {}{}", ran.code, ran.stdout, ran.stderr);
    let contained = state(&moto);
    let [users, role] = [&contained[0], &contained[1]];
    for user in ["build-agent", "backdoor"] {
        let of = &users[user];
        assert!(of[0].get("crashcart-deny-all").is_some(), "{user}: {of}\n{}", ran.stdout);
        let keys = of[1].as_array().expect("keys");
        assert!(keys.iter().all(|key| key == "Inactive"), "{user}: {of}");
    }
    assert_eq!(users["build-agent"][2], json!(["Inactive"]));
    assert_eq!(users["build-agent"][3], true, "a console password cannot be given back");
    assert!(role.to_string().contains(":x"), "the session that came of the key: {role}");
    assert_eq!(users["bystander"], before[0]["bystander"]);
    let report = folder.path().join("case/report/report.html");
    assert!(report.exists());

    let given_back = receipts(&folder.path().join("case"));
    assert_eq!(given_back.len(), 2, "{given_back:?}");
    revert(&moto, folder.path(), &given_back, false);
    let back = state(&moto);
    let keys = |state: &Value, user: &str| state[0][user][1].clone();
    assert_eq!(keys(&back, "build-agent"), json!(["Inactive", "Inactive"]));
    assert_eq!(keys(&back, "backdoor"), json!(["Inactive"]));
    let of_made = &back[0]["backdoor"][0];
    assert!(of_made.get("crashcart-deny-all").is_some(), "the intruder's own stays denied: {back}");
    assert!(!ran.stdout.contains("contain it too"), "the plan does: {}", ran.stdout);
    revert(&moto, folder.path(), &given_back, true);
    assert_eq!(state(&moto), before);
    run(folder.path(), &["case", "verify", "case"]).out(0);
}

#[test]
fn once_more_does_nothing_twice_and_a_password_goes_only_with_the_flag() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let words =
        [&["respond", "key", &key, "--window", "0", "--delete-console-password"][..], &ANSWER]
            .concat();
    crashcart(&moto, folder.path(), &words);
    let contained = state(&moto);
    assert_eq!(contained[0]["build-agent"][3], false);
    let again = crashcart(&moto, folder.path(), &words);
    assert!(matches!(again.code, Some(0 | 4)), "{}{}", again.stdout, again.stderr);
    assert!(again.stdout.contains("contained already"), "{}", again.stdout);
    moto.run(
        "iam = client('iam')\nwho = dict(UserName='build-agent')\n\
              key = iam.list_access_keys(**who)['AccessKeyMetadata'][0]['AccessKeyId']\n\
              iam.update_access_key(AccessKeyId=key, Status='Active', **who)",
    );
    let once_more = crashcart(&moto, folder.path(), &words);
    let (cut_off, _) = once_more.stdout.split_once("\nLOGS ").expect("it went on");
    assert!(!cut_off.contains("contained already"), "a key is back: {}", once_more.stdout);
    // Later sessions are denied too: the moment of the cut-off moves, nothing else.
    assert_eq!(without_moments(state(&moto)), without_moments(contained));
}

#[test]
fn nothing_is_changed_without_approval_and_an_approval_of_another_account_is_none() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let before = state(&moto);
    for approval in [&[][..], &["--yes-contain", "999999999999"]] {
        let words = [&["respond", "key", &key, "--case", "case"][..], approval].concat();
        let ran = crashcart(&moto, folder.path(), &words);
        assert_eq!(ran.code, Some(2), "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("NOT DONE"), "{}", ran.stdout);
        assert_eq!(state(&moto), before);
    }
}

#[test]
fn a_region_that_was_not_heard_is_told_and_old_events_are_no_use_after_the_cut_off() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    moto.fail(json!({
        "operation": "LookupEvents", "region": "eu-west-1", "status": 400,
        "code": "AccessDeniedException",
    }));
    let words = [&["respond", "key", &key, "--window", "0", "--watch", "0"][..], &ANSWER].concat();
    let ran = crashcart(&moto, folder.path(), &words);
    assert_eq!(ran.code, Some(4), "{}{}", ran.stdout, ran.stderr);
    let (logs, _) = ran.stdout.split_once("FOUND").expect("it went on");
    assert!(logs.contains("GAP       LookupEvents, account 123456789012, eu-west-1"), "{logs}");
    let (_, watch) = ran.stdout.split_once("WATCH").expect("it looked once");
    assert!(watch.contains("no event after the cut-off"), "{watch}");
    assert!(watch.contains("GAP") && watch.contains("eu-west-1"), "{watch}");
}

/// The rest of what is told after a label.
fn told<'r>(ran: &'r Ran, label: &str) -> &'r str {
    ran.stdout.split_once(&format!("\n{label} ")).unwrap_or_else(|| panic!("{}", ran.shown())).1
}

#[test]
fn use_after_the_cut_off_is_told_by_every_later_run_with_what_became_of_it() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let words = [&["respond", "key", &key, "--window", "0", "--watch", "0"][..], &ANSWER].concat();
    let first = crashcart(&moto, folder.path(), &words);
    assert!(told(&first, "NOW").contains("is inactive, cut off at"), "{}", first.shown());
    assert!(told(&first, "WATCH").contains("no event after the cut-off"), "{}", first.shown());
    // Events tell whole seconds: these are in a later one than the cut-off.
    std::thread::sleep(Duration::from_secs(1));
    let mut denied = call(0, "iam:ListUsers", &key, Value::Null, Value::Null);
    denied["errorCode"] = "AccessDenied".into();
    denied["eventID"] = "denied-later".into();
    moto.record(&[denied]);
    let second = crashcart(&moto, folder.path(), &words);
    let watch = told(&second, "WATCH");
    assert!(watch.contains("effect observed: 1 call after the cut-off"), "{watch}");
    assert!(watch.contains("ListUsers") && !watch.contains("STILL USED"), "{watch}");
    let mut done = call(0, "s3:ListBuckets", &key, Value::Null, Value::Null);
    done["eventID"] = "done-later".into();
    moto.record(&[done]);
    let third = crashcart(&moto, folder.path(), &words);
    assert_eq!(third.code, Some(4), "{}", third.shown());
    let watch = told(&third, "WATCH").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(watch.contains("STILL USED: 1 call took effect after the cut-off"), "{watch}");
    assert!(watch.contains("ListBuckets with AKIA"), "{watch}");
    let told = crashcart(&moto, folder.path(), &["investigate", "--case", "case", "--json"]);
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let owner = told["story"]["suspects"].as_array().expect("a list").iter();
    let owner = owner.clone().find(|one| one["principal"] == OWNER).expect("the owner");
    assert_eq!(owner.get("cut_off_at"), None, "whoever goes on is not cut off: {owner}");
}

#[test]
fn the_report_says_what_is_cut_off_and_the_end_names_what_is_not() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let rule = json!({"groupId": "sg-0a1b2c3d", "ipPermissions": {"items": [{
        "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
        "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]},
    }]}});
    let secret = json!({"secretId": "prod/db"});
    moto.record(&[
        call(6800, "ec2:AuthorizeSecurityGroupIngress", &key, rule, json!({"_return": true})),
        call(6700, "secretsmanager:GetSecretValue", &key, secret, Value::Null),
    ]);
    let words = [&["respond", "key", &key, "--window", "0"][..], &ANSWER].concat();
    let ran = crashcart(&moto, folder.path(), &words);
    let left = told(&ran, "IN PLACE");
    assert!(left.contains("sg-0a1b2c3d"), "{}", ran.shown());
    let (left, read) = left.split_once("READ").expect("what was read");
    assert!(!left.contains("backdoor"), "its key and its user are cut off: {left}");
    assert!(read.contains("prod/db"), "{read}");

    let told = crashcart(&moto, folder.path(), &["investigate", "--case", "case", "--json"]);
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let cut_off = told["cut_off"].as_array().expect("a list");
    assert!(cut_off.iter().any(|one| one["what"].as_str().is_some_and(|what| what.contains(&key))));
    for way in told["story"]["persistence"].as_array().expect("a list") {
        let is_cut =
            matches!(way["kind"].as_str(), Some("access key" | "IAM user" | "federation token"));
        assert_eq!(way["cut_off_at"].is_string(), is_cut, "{way}");
    }
    let mut answers = told["story"]["answers"].as_array().expect("a list").iter();
    let may = answers.find(|one| one["question"] == "What may it do?").expect("the question");
    let may = may["answer"].as_str().expect("a text");
    assert!(may.contains("user/build-agent by its policies as read at"), "{may}");
    assert!(may.contains("every action on every resource is allowed"), "{may}");
    let owner = &told["story"]["suspects"][0];
    assert!(owner["cut_off_at"].is_string(), "{owner}");
    for action in told["containment"].as_array().expect("a list") {
        assert_ne!(action["action"], "disable access key", "{action}");
        assert_ne!(action["action"], "deny everything to the user", "{action}");
    }
    let kept = std::fs::read(folder.path().join("case/investigation.json")).expect("the case's");
    let kept: Value = serde_json::from_slice(&kept).expect("JSON");
    assert_eq!(kept, told, "the case says the same");
}

/// In the member account a role that the intruder reaches, and a bystander who is called like a user of
/// the intruder's; prints its number and the role's id.
const MEMBER: &str =
    "made = iam.create_role(RoleName='shop-deploy', AssumeRolePolicyDocument=trust)
iam.create_user(UserName='backdoor')
iam.create_access_key(UserName='backdoor')
print(account, made['Role']['RoleId'])
";

/// Inline policies of the member's role and user, and the states of the user's keys.
const MEMBER_STATE: &str = "print(json.dumps([
    iam.list_role_policies(RoleName='shop-deploy')['PolicyNames'],
    iam.list_user_policies(UserName='backdoor')['PolicyNames'],
    [key['Status'] for key in iam.list_access_keys(UserName='backdoor')['AccessKeyMetadata']]]))
";

fn member(moto: &Moto, account: &str) -> Value {
    serde_json::from_str(&in_member(moto, account, MEMBER_STATE)).expect("JSON")
}

#[test]
fn what_descends_in_another_account_is_cut_off_there_too_and_nobody_of_the_same_name() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let printed = member_account(&moto, MEMBER);
    let (account, role) = printed.split_once(' ').expect("two words");
    moto.record(&[call(
        6800,
        "sts:AssumeRole",
        &key,
        json!({"roleArn": format!("arn:aws:iam::{account}:role/shop-deploy"), "roleSessionName": "y"}),
        json!({
            "credentials": {"accessKeyId": "ASIAEXAMPLESESSION88"},
            "assumedRoleUser": {
                "assumedRoleId": format!("{role}:y"),
                "arn": format!("arn:aws:sts::{account}:assumed-role/shop-deploy/y"),
            },
        }),
    )]);
    let before = member(&moto, account);
    assert_eq!(before, json!([[], [], ["Active"]]));
    let words = [&["respond", "key", &key, "--window", "0"][..], &ANSWER].concat();
    let partly = crashcart(&moto, folder.path(), &words);
    assert_eq!(partly.code, Some(2), "the other account is not approved: {}", partly.shown());
    assert_eq!(member(&moto, account), before);
    assert_eq!(state(&moto)[0]["backdoor"][1], json!(["Inactive"]), "{}", partly.shown());

    let words = [&words[..], &["--yes-contain-found", account]].concat();
    let whole = crashcart(&moto, folder.path(), &words);
    assert!(matches!(whole.code, Some(0 | 4)), "{}", whole.shown());
    let after = member(&moto, account);
    assert_eq!(after[0].as_array().map(Vec::len), Some(1), "{}", whole.shown());
    assert_eq!((&after[1], &after[2]), (&before[1], &before[2]), "a bystander: {}", whole.shown());
    let again = crashcart(&moto, folder.path(), &words);
    let all = format!("in account {account} all of it is contained already");
    assert!(again.stdout.contains(&all), "{}", again.shown());
}

#[test]
fn what_was_not_cut_off_is_still_active_and_nothing_is_watched() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let words = ["respond", "key", &key, "--case", "case", "--watch", "0"];
    let ran = crashcart(&moto, folder.path(), &words);
    assert_eq!(ran.code, Some(2), "{}", ran.shown());
    assert!(told(&ran, "FOUND").contains("NOT DONE"), "{}", ran.shown());
    assert!(told(&ran, "NOW").contains("STILL ACTIVE"), "{}", ran.shown());
    assert!(told(&ran, "WATCH").starts_with("    NOT DONE"), "{}", ran.shown());
}

#[test]
fn a_lesser_credential_that_cannot_be_cut_off_or_read_does_not_keep_the_key_alive() {
    let failing = ["UpdateSSHPublicKey", "ListSigningCertificates"];
    for operation in failing {
        let Some(moto) = Moto::start() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let key = incident(&moto);
        moto.fail(json!({"operation": operation, "status": 403, "code": "AccessDenied"}));
        let words = [&["respond", "key", &key, "--window", "0"][..], &ANSWER].concat();
        let ran = crashcart(&moto, folder.path(), &words);
        assert_eq!(ran.code, Some(4), "{operation}: {}", ran.shown());
        assert!(told(&ran, "NOW").contains("is inactive"), "{operation}: {}", ran.shown());
        assert!(ran.stdout.contains(&format!("iam:{operation}")), "{operation}: {}", ran.shown());
        let made = state(&moto)[0]["backdoor"][1].clone();
        assert_eq!(made, json!(["Inactive"]), "{operation}: {}", ran.shown());
    }
}

#[test]
fn an_approval_for_the_owner_does_not_finish_a_run_about_somebody_else() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let key = incident(&moto);
    let [path, hash] = planned(&moto, folder.path(), &["user", "bystander"]);
    let words = ["apply", &path, "--approve", &hash, "--window", "60"];
    let mut run = command_with(folder.path(), &words, &settings(&moto))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let (journal, started) = (folder.path().join("case/journal.jsonl"), Instant::now());
    while !std::fs::read_to_string(&journal).is_ok_and(|text| text.lines().count() >= 2) {
        assert!(started.elapsed() < Duration::from_secs(120), "nothing is journalled");
        std::thread::sleep(Duration::from_millis(5));
    }
    run.kill().expect("it is killed");
    run.wait().expect("it ends");
    let owner = state(&moto)[0]["build-agent"].clone();
    let words = [&["respond", "key", &key, "--window", "0"][..], &ANSWER].concat();
    let ran = crashcart(&moto, folder.path(), &words);
    assert_eq!(ran.code, Some(2), "{}{}", ran.stdout, ran.stderr);
    let (_, resume) = ran.stdout.split_once("RESUME").expect("it says so");
    assert!(resume.contains("user/bystander") && resume.contains("NOT DONE"), "{resume}");
    assert_eq!(state(&moto)[0]["build-agent"], owner, "first that run is ended");
}
