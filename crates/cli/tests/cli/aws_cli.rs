//! The commands that a plan prints, run by hand with the real AWS CLI: the same end as `apply`,
//! and their undo the same beginning.

use std::path::Path;

use crashcart_testkit::Moto;
use serde_json::Value;

use crate::account::{crashcart, without_moments};

/// Two users with the same ways in, and two roles with the same trust.
const TWINS: &str = "iam = client('iam')
trust = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
    'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}, 'Action': 'sts:AssumeRole',
    'Condition': {'StringEquals': {'sts:ExternalId': \"it's $(id) \\\\ `x`\"}}}]})
for name in ['one', 'two']:
    iam.create_user(UserName=name)
    iam.create_access_key(UserName=name)
    iam.create_access_key(UserName=name)
    iam.create_login_profile(UserName=name, Password='Not-a-secret-1')
    iam.upload_ssh_public_key(UserName=name, SSHPublicKeyBody='ssh-rsa AAAA x')
    iam.create_service_specific_credential(UserName=name, ServiceName='codecommit.amazonaws.com')
    iam.create_role(RoleName=name, Path='/ci/', AssumeRolePolicyDocument=trust)
";

/// What the commands may change, of the user and the role of a name.
const STATE: &str = "iam = client('iam')
def policies(names, get):
    return {name: get(name)['PolicyDocument'] for name in sorted(names)}
user, role = dict(UserName=WHO), dict(RoleName=WHO)
print(json.dumps([
    policies(iam.list_user_policies(**user)['PolicyNames'],
             lambda name: iam.get_user_policy(PolicyName=name, **user)),
    sorted(key['Status'] for key in iam.list_access_keys(**user)['AccessKeyMetadata']),
    [one['Status'] for one in iam.list_service_specific_credentials(**user)['ServiceSpecificCredentials']],
    [key['Status'] for key in iam.list_ssh_public_keys(**user)['SSHPublicKeys']],
    policies(iam.list_role_policies(**role)['PolicyNames'],
             lambda name: iam.get_role_policy(PolicyName=name, **role)),
    iam.get_role(**role)['Role']['AssumeRolePolicyDocument'],
]))
";

fn state(moto: &Moto, who: &str) -> Value {
    let told = moto.run(&format!("WHO = '{who}'\n{STATE}"));
    without_moments(serde_json::from_str(&told).expect("JSON"))
}

/// The document that a run on the account prints.
fn document(moto: &Moto, folder: &Path, words: &[&str]) -> Value {
    crashcart(moto, folder, words).json(0)
}

fn contain(moto: &Moto, folder: &Path, words: &[&str]) -> (String, String) {
    let planned = document(moto, folder, words);
    let text = |name: &str| planned["plan"][name].as_str().expect("a text").to_owned();
    (text("path"), text("hash"))
}

/// All commands of one kind, the steps in the order in which they are to be run.
fn script(steps: &Value, kind: &str) -> String {
    let steps = steps["steps"].as_array().expect("steps").iter();
    let of = |step: &Value| -> Vec<String> {
        let commands = step[kind].as_array().expect("commands").iter();
        commands.map(|command| command.as_str().expect("a command").to_owned()).collect()
    };
    let steps: Vec<Vec<String>> = match kind {
        "undo" => steps.rev().map(of).collect(),
        _ => steps.map(of).collect(),
    };
    steps.concat().join("\n")
}

#[test]
fn the_printed_commands_end_where_apply_ends_and_their_undo_where_it_began() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(TWINS);
    let before = state(&moto, "one");
    assert_eq!(before, state(&moto, "two"));

    let mut undo = String::new();
    for words in [&["contain", "user"][..], &["contain", "role", "--close-trust"]] {
        let applied = [words, &["one", "--case", "case", "--json"]].concat();
        let (path, hash) = contain(&moto, folder.path(), &applied);
        let apply = ["apply", &*path, "--approve", &hash, "--window", "0", "--json"];
        document(&moto, folder.path(), &apply);

        let by_hand = [words, &["two", "--case", "case", "--json"]].concat();
        let (path, _) = contain(&moto, folder.path(), &by_hand);
        let show = ["plan", "show", &*path, "--aws-cli", "--json"];
        let commands = document(&moto, folder.path(), &show);
        let script_text = script(&commands, "change");
        assert!(script_text.contains("TZ=UTC-00:01:00"), "{script_text}");
        moto.shell(&script_text);
        undo = format!("{}\n{undo}", script(&commands, "undo"));
    }
    let put = moto.run(
        "policy = client('iam').get_role_policy(RoleName='two', PolicyName='crashcart-deny-older-sessions')\n\
         moment = policy['PolicyDocument']['Statement'][0]['Condition']['DateLessThan']['aws:TokenIssueTime']\n\
         print(moment)",
    );
    let moment = crashcart_model::Timestamp::parse(put.trim()).expect("a time").millis();
    let ahead = moment - crate::clock::millis_now();
    assert!((0..=61_000).contains(&ahead), "of when it was pasted: {ahead}");
    let contained = state(&moto, "two");
    assert_ne!(contained, before);
    assert_eq!(contained[1], serde_json::json!(["Inactive", "Inactive"]));
    assert_eq!(contained, state(&moto, "one"));
    moto.shell(&undo);
    assert_eq!(state(&moto, "two"), before);
}
