//! `contain session`: what descends from a leaked key is cut off, and nobody else of those roles.

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::crashcart;
use crate::material::{call, delivered, write};

const ACCOUNT: &str = "123456789012";
const ROLES: &str = "iam = client('iam')
iam.create_user(UserName='ada')
for name in ('web', 'data'):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument='{\"Version\": \"2012-10-17\", \"Statement\": []}')
print(iam.get_role(RoleName='web')['Role']['RoleId'])
";
const POLICIES: &str = "iam = client('iam')
print(json.dumps([
    [json.dumps(iam.get_role_policy(RoleName=role, PolicyName=name)['PolicyDocument'])
     for name in iam.list_role_policies(RoleName=role)['PolicyNames']] for role in ('web', 'data')
] + [iam.list_user_policies(UserName='ada')['PolicyNames']]))
";

fn user(key: &str) -> Value {
    json!({
        "type": "IAMUser", "userName": "ada", "accountId": ACCOUNT, "accessKeyId": key,
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/ada"), "principalId": "AIDAEXAMPLEADA",
    })
}

fn session(account: &str, role: &str, name: &str, key: &str) -> Value {
    json!({
        "type": "AssumedRole", "accountId": account, "accessKeyId": key,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        "principalId": format!("AROAEXAMPLE{}:{name}", role.to_uppercase()),
    })
}

/// A call for credentials, answered.
fn issued(id: &str, name: &str, who: Value, arn: &str, key: &str) -> Value {
    let mut answer = json!({"credentials": {"accessKeyId": key}});
    if !arn.is_empty() {
        answer["assumedRoleUser"] = json!({"arn": arn});
    }
    let more = json!({
        "eventSource": "sts.amazonaws.com", "userIdentity": who, "recipientAccountId": ACCOUNT,
        "requestParameters": null, "responseElements": answer,
    });
    call(name, id, &format!("2026-05-04T02:0{id}:00Z"), more)
}

#[test]
fn sessions_that_descend_from_a_leaked_key_are_denied_by_name_and_nobody_else() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let role_id = moto.run(ROLES);
    let arn = |account, role, name| format!("arn:aws:sts::{account}:assumed-role/{role}/{name}");
    let assume = "AssumeRole";
    let lost = session(ACCOUNT, "data", "lost", "ASIAEXAMPLELOST7");
    let events = [
        issued("1", assume, user("AKIALEAKED"), &arn(ACCOUNT, "web", "one"), "ASIAONE"),
        issued(
            "2",
            assume,
            session(ACCOUNT, "web", "one", "ASIAONE"),
            &arn(ACCOUNT, "data", "two"),
            "ASIATWO",
        ),
        issued(
            "3",
            assume,
            session(ACCOUNT, "data", "two", "ASIATWO"),
            &arn("444455556666", "far", "three"),
            "ASIAFAR",
        ),
        issued("4", "GetSessionToken", user("AKIALEAKED"), "", "ASIATOKEN"),
        issued("5", assume, user("AKIAINNOCENT"), &arn(ACCOUNT, "web", "mine"), "ASIAMINE"),
        call("ListUsers", "6", "2026-05-04T02:06:00Z", json!({"userIdentity": lost})),
    ];
    write(folder.path(), "logs/a.json", &delivered(&events));
    let words = ["contain", "session", "AKIALEAKED", "logs", "--case", "case", "--json"];
    let planned = crashcart(&moto, folder.path(), &words).json(0);
    let plan = &planned["plan"];
    let steps = plan["steps"].as_array().expect("steps");
    let names: Vec<&str> = steps.iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(
        names,
        ["deny-session-data-two", "deny-session-web-one", "deny-older-sessions-of-ada"]
    );
    let notes = plan["notes"].to_string();
    for told in
        ["in account 444455556666", "far/three", "UNKNOWN: of 1 temporary keys", "ASIAEXAMPLELOST7"]
    {
        assert!(notes.contains(told), "{told}: {notes}");
    }
    let (path, hash) = (plan["path"].as_str(), plan["hash"].as_str());
    let (path, hash) = (path.expect("a path"), hash.expect("a hash"));
    let words = ["apply", path, "--approve", hash, "--window", "0", "--json"];
    let receipt = crashcart(&moto, folder.path(), &words).json(0)["receipt"].clone();
    let put: Value = serde_json::from_str(&moto.run(POLICIES)).expect("JSON");
    let web = put[0].to_string();
    assert!(web.contains(&format!("{role_id}:one")) && !web.contains(":mine"), "{web}");
    assert_eq!(put[1].as_array().map(Vec::len), Some(1), "{put}");
    assert_eq!(put[2], json!(["crashcart-deny-older-sessions"]));

    let receipt = receipt["path"].as_str().expect("a path");
    let back = ["revert", receipt, "--approve", hash, "--window", "0", "--rearm"];
    crashcart(&moto, folder.path(), &back).out(0);
    assert_eq!(moto.run(POLICIES), "[[], [], []]");
}

#[test]
fn the_evidence_of_the_case_is_read_where_no_path_is_given() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(ROLES);
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/one");
    let events = [issued("1", "AssumeRole", user("AKIALEAKED"), &arn, "ASIAONE")];
    write(folder.path(), "logs/a.json", &delivered(&events));
    let contain = |words: &[&str]| {
        let words = [&["contain", "session"], words, &["--case", "case"]].concat();
        crashcart(&moto, folder.path(), &words)
    };
    let nothing = contain(&["ada"]);
    assert_eq!(nothing.code, Some(2), "{}", nothing.shown());
    crashcart(&moto, folder.path(), &["investigate", "logs", "--case", "case", "-q"]).out(0);
    let planned = contain(&["ada", "--whole-roles"]);
    let told = "inline policy crashcart-deny-older-sessions of role/web";
    assert!(planned.out(0).contains(told), "{}", planned.shown());
    let nobody = contain(&["bob"]);
    assert_eq!(nobody.code, Some(2), "{}", nobody.shown());
    assert!(nobody.stderr.contains("none that could be contained"), "{}", nobody.shown());
}

#[test]
fn a_session_name_that_a_log_wrote_runs_nothing_and_moves_no_cursor_in_the_printed_script() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(ROLES);
    let owned = folder.path().join("owned");
    let touch = format!("touch '{}'", owned.display());
    let mine = [format!("a\n{touch}\n#"), format!("$({touch})"), format!("q'; {touch}; '")];
    let hostile = [0, 7, 8, 9, 10].map(|at| crashcart_testkit::HOSTILE[at].to_owned());
    let events: Vec<Value> = (1..)
        .zip(mine.iter().chain(&hostile))
        .map(|(id, name)| {
            let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/{name}");
            let key = format!("ASIAHOSTILE{id}");
            issued(&id.to_string(), "AssumeRole", user("AKIALEAKED"), &arn, &key)
        })
        .collect();
    write(folder.path(), "logs/a.json", &delivered(&events));
    let words = ["contain", "session", "AKIALEAKED", "logs", "--case", "case", "--json"];
    let planned = crashcart(&moto, folder.path(), &words).json(0);
    let path = planned["plan"]["path"].as_str().expect("a path");
    let is_raw = |character: char| {
        character != '\n'
            && (character.is_control() || "\u{202e}\u{200b}\u{2028}".contains(character))
    };
    for words in [
        &["plan", "show", path, "--aws-cli"][..],
        &["plan", "show", path],
        &["plan", "list", "case"],
    ] {
        let shown = crashcart(&moto, folder.path(), words);
        assert!(!shown.out(0).contains(is_raw), "{words:?}: {:?}", shown.stdout);
    }
    let script = crashcart(&moto, folder.path(), &["plan", "show", path, "--aws-cli"]);
    for line in script.out(0).lines().filter(|line| !line.is_empty()) {
        assert!(line.starts_with("# ") || line.starts_with("aws iam put-role-policy"), "{line}");
    }
    moto.shell(&script.stdout);
    assert!(!owned.exists(), "{}", script.stdout);
    let put: Value = serde_json::from_str(&moto.run(POLICIES)).expect("JSON");
    assert_eq!(put[0].as_array().map(Vec::len), Some(mine.len() + hostile.len()), "{put}");
}
