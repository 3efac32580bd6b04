//! The account that a test talks to: a moto server of its own, and the binary with credentials for it;
//! and what is said where credentials or the region cannot be meant.

use std::path::Path;

use crashcart_testkit::Moto;
use serde_json::Value;

use crate::binary::{Ran, run_with};

/// Variables that lead to the server; a server that does not enforce policies takes any credentials.
pub fn settings(moto: &Moto) -> [(&str, &str); 4] {
    settings_as(moto, ["test", "test"])
}

/// The same, with an access key and its secret.
pub fn settings_as<'a>(moto: &'a Moto, [key, secret]: [&'a str; 2]) -> [(&'a str, &'a str); 4] {
    [
        ("AWS_ENDPOINT_URL", moto.url.as_str()),
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", "us-east-1"),
    ]
}

/// Runs the binary on the account.
pub fn crashcart(moto: &Moto, folder: &Path, words: &[&str]) -> Ran {
    run_with(folder, words, &settings(moto))
}

/// Makes a member account of the organization with the responders' role in it, and in it what a script
/// makes with `iam`; returns what that printed. `account` is its number, `trust` lets the account at hand
/// in.
pub fn member_account(moto: &Moto, script: &str) -> String {
    const MEMBER: &str = "organizations = client('organizations')
organizations.create_organization(FeatureSet='ALL')
made = organizations.create_account(AccountName='shop', Email='shop@example.com')
account = made['CreateAccountStatus']['AccountId']
";
    const ROLE: &str =
        "trust = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
    'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}, 'Action': 'sts:AssumeRole'}]})
iam.create_role(RoleName='CrashcartResponder', AssumeRolePolicyDocument=trust)
";
    moto.run(&format!("{MEMBER}{INSIDE}{ROLE}{script}"))
}

/// Runs a script with `iam` in a member account.
pub fn in_member(moto: &Moto, account: &str, script: &str) -> String {
    moto.run(&format!("account = '{account}'\n{INSIDE}{script}"))
}

/// `iam` in `account`.
const INSIDE: &str = "role = f'arn:aws:iam::{account}:role/OrganizationAccountAccessRole'
inside = client('sts').assume_role(RoleArn=role, RoleSessionName='test')['Credentials']
iam = boto3.client('iam', region_name='us-east-1', endpoint_url=client('sts').meta.endpoint_url,
    aws_access_key_id=inside['AccessKeyId'], aws_secret_access_key=inside['SecretAccessKey'],
    aws_session_token=inside['SessionToken'])
";

/// Plans with these words after `contain`, in the folder `case`: the plan's path and hash.
pub fn planned(moto: &Moto, folder: &Path, words: &[&str]) -> [String; 2] {
    let words = [&["contain"][..], words, &["--case", "case", "--json"]].concat();
    let plan = crashcart(moto, folder, &words).json(0)["plan"].clone();
    ["path", "hash"].map(|name| plan[name].as_str().expect("a text").to_owned())
}

/// A state with the moments in policies left out: each run has its own.
pub fn without_moments(mut state: Value) -> Value {
    fn forget(value: &mut Value) {
        if let Some(moment) = value.get_mut("aws:TokenIssueTime") {
            *moment = Value::Null;
        }
        match value {
            Value::Object(members) => members.values_mut().for_each(forget),
            Value::Array(items) => items.iter_mut().for_each(forget),
            _ => {}
        }
    }
    forget(&mut state);
    state
}

#[test]
fn what_was_copied_with_a_line_break_is_told_with_words_and_is_no_bug() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "not-a-secret"),
        ("AWS_REGION", "us-east-1"),
    ];
    let told = |variables: &[(&str, &str)], words: &[&str], why: &str| {
        let variables = [&good[..], variables].concat();
        let ran = run_with(folder.path(), words, &variables);
        assert_eq!((ran.code, &*ran.stdout), (Some(3), ""), "{}", ran.shown());
        assert!(ran.stderr.contains(why) && ran.stderr.contains("hint:"), "{}", ran.shown());
        assert!(!ran.stderr.contains("not-a-secret"), "{}", ran.shown());
        assert!(ran.stderr.lines().count() <= 3, "{}", ran.shown());
    };
    let contain = ["contain", "user", "ada", "--case", "case"];
    told(&[("AWS_REGION", "us-east-1\n")], &contain, r#"the region "us-east-1\n" cannot be used"#);
    told(&[], &[&contain[..], &["--aws-region", "us\neast"]].concat(), "cannot be used");
    told(&[("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE\r")], &contain, "the access key id has");
    told(&[("AWS_SECRET_ACCESS_KEY", "not-a-secret\n")], &contain, "the secret access key has");
    told(
        &[("AWS_ENDPOINT_URL", "nonsense")],
        &contain,
        r#"the endpoint "nonsense" cannot be used"#,
    );
}
