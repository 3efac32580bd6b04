//! A target in another account of the organization, and one in a stranger's.

use crashcart_testkit::Moto;
use serde_json::Value;

use crate::account::{crashcart, member_account, planned};

/// A user of the member account; prints its number and a key of the user.
const MEMBER: &str = "iam.create_user(UserName='cashier')
key = iam.create_access_key(UserName='cashier')['AccessKey']['AccessKeyId']
print(json.dumps([account, key]))
";

#[test]
fn a_user_of_a_member_account_is_asked_about_contained_and_given_back_as_the_responder_there() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let [account, key]: [String; 2] =
        serde_json::from_str(&member_account(&moto, MEMBER)).expect("a member");
    let role = format!("asked as arn:aws:iam::{account}:role/CrashcartResponder");
    let user = format!("arn:aws:iam::{account}:user/cashier");

    let told = crashcart(&moto, folder.path(), &["whois", &key, "--live", "--json"]);
    assert_eq!(told.code, Some(0), "{}{}", told.stdout, told.stderr);
    assert!(told.stderr.contains(&role), "{}", told.stderr);
    let told: Value = serde_json::from_str(&told.stdout).expect("a document");
    assert_eq!(told["principal"], user.as_str());

    let words = ["collect", "identity", &user, "--case", "case"];
    let collected = crashcart(&moto, folder.path(), &words);
    assert!(collected.stdout.starts_with(&format!("user cashier  account {account}")));

    let [path, hash] = planned(&moto, folder.path(), &["key", &key]);
    let words = ["apply", &path, "--approve", &hash, "--window", "0"];
    let applied = crashcart(&moto, folder.path(), &words);
    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    let told = crashcart(&moto, folder.path(), &["whois", &key, "--live"]);
    assert!(told.stdout.contains(&format!("{key}, Inactive")), "{}", told.stdout);

    let own = format!("arn:aws:iam::{account}:role/CrashcartResponder");
    let refused = crashcart(&moto, folder.path(), &["contain", "role", &own, "--case", "case"]);
    assert_eq!(refused.code, Some(2), "what one came through is not cut off: {}", refused.stdout);
}

#[test]
fn nobody_is_followed_into_an_account_that_the_organization_does_not_know() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run("client('organizations').create_organization(FeatureSet='ALL')");
    let stranger = "arn:aws:iam::999999999999:user/mallory";
    let told = crashcart(&moto, folder.path(), &["whois", stranger, "--live"]);
    assert!(told.stderr.contains("not known to be of your organization"), "{}", told.stderr);
    assert_eq!(moto.asked("AssumeRole").len(), 0, "no role was assumed");
    let words = ["whois", stranger, "--live", "--responder-role", "Audit"];
    let named = crashcart(&moto, folder.path(), &words);
    assert!(named.stderr.contains("999999999999:role/Audit"), "{}", named.stderr);
    assert_eq!(moto.asked("AssumeRole").len(), 1, "{}{}", named.stdout, named.stderr);
}
