//! What an account says of a principal, sealed in a case, against a server that speaks AWS's
//! protocols.

use crashcart_testkit::Moto;
use serde_json::{Value, json};

use crate::account::crashcart;
use crate::binary::Ran;

/// A user that its group lets read, its own policy write policies; and its key, with the secret.
const USER: &str = "iam = client('iam')
def document(action, resource='*'):
    return json.dumps({'Version': '2012-10-17', 'Statement': [
        {'Effect': 'Allow', 'Action': action, 'Resource': resource}]})
iam.create_user(UserName='build-agent', Tags=[{'Key': 'owner', 'Value': 'platform team'}])
key = iam.create_access_key(UserName='build-agent')['AccessKey']
iam.put_user_policy(UserName='build-agent', PolicyName='tmp', PolicyDocument=document('iam:Put*'))
own = iam.create_policy(PolicyName='deploy', PolicyDocument=document('s3:*'))['Policy']['Arn']
iam.create_policy_version(PolicyArn=own, PolicyDocument=document('*'), SetAsDefault=False)
iam.attach_user_policy(UserName='build-agent', PolicyArn=own)
iam.create_group(GroupName='ci')
iam.add_user_to_group(GroupName='ci', UserName='build-agent')
iam.attach_group_policy(GroupName='ci', PolicyArn='arn:aws:iam::aws:policy/ReadOnlyAccess')
print(json.dumps([key['AccessKeyId'], key['SecretAccessKey']]))
";

/// What AWS answers an account that is in no organization; moto says something else.
fn in_no_organization(moto: &Moto) {
    moto.fail(json!({
        "operation": "ListPoliciesForTarget", "status": 400,
        "code": "AWSOrganizationsNotInUseException",
    }));
}

fn told(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

fn user(moto: &Moto) -> [String; 2] {
    serde_json::from_str(&moto.run(USER)).expect("a key")
}

#[test]
fn everything_about_the_owner_of_a_key_is_sealed_as_it_came_and_told_in_short() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let [key, _] = user(&moto);
    in_no_organization(&moto);
    let words = ["collect", "identity", &key, "--case", "case", "--json"];
    let ran = crashcart(&moto, folder.path(), &words);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    let document = told(&ran);
    let identity = &document["identity"];
    assert_eq!(identity["principal"], "arn:aws:iam::123456789012:user/build-agent");
    assert_eq!(identity["everything"], "no");
    let policies = identity["policies"].as_array().expect("policies");
    let said = |name: &str| {
        let found = policies.iter().find(|policy| policy["name"] == name).expect(name);
        (found["through"].clone(), found["says"].clone(), found["saved_versions"].clone())
    };
    assert_eq!(said("tmp"), (json!("user"), json!("allows 1 action of iam"), json!([])));
    assert_eq!(said("deploy"), (json!("user"), json!("allows all of s3"), json!(["v1", "v2"])));
    assert_eq!(said("ReadOnlyAccess").0, "group ci");
    assert_eq!(identity["organization_policies"], json!([]), "it is in no organization");
    assert_eq!(
        identity["services_used"][0],
        json!({"service": "sts", "last": "2026-05-04T02:14:00Z"})
    );
    assert_eq!(identity["credential_report"]["user"], "build-agent");
    assert_eq!(identity["owner"]["tags"], json!([["owner", "platform team"]]));

    let place = folder.path().join("case/evidence/collected");
    let collected = document["collected"].as_array().expect("answers");
    assert!(collected.len() > 20, "{}", collected.len());
    for entry in collected {
        let bytes = std::fs::read(place.join(entry["name"].as_str().expect("a name")));
        let bytes = bytes.expect("it is there");
        assert_eq!(entry["size"], bytes.len() as u64);
        let operation = entry["call"]["operation"].as_str().expect("an operation");
        let name = operation.split(':').nth(1).expect("a name");
        let text = String::from_utf8(bytes).expect("text");
        assert!(text.contains(name) || text.starts_with('{'), "{operation}: {text}");
    }
    let verified = crashcart(&moto, folder.path(), &["case", "verify", "case"]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
    let counted = format!("{} answers of AWS", collected.len());
    assert!(verified.stdout.contains(&counted), "{}", verified.stdout);
}

#[test]
fn what_is_denied_is_named_with_its_permission_and_the_rest_is_sealed() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    user(&moto);
    for operation in
        ["GetPolicyVersion", "GenerateCredentialReport", "GetCredentialReport", "ListUserPolicies"]
    {
        moto.fail(json!({
            "operation": operation, "status": 403, "code": "AccessDenied", "message": "no",
        }));
    }
    let words = ["collect", "identity", "user/build-agent", "--case", "case"];
    let ran = crashcart(&moto, folder.path(), &words);
    assert_eq!(ran.code, Some(4), "{}{}", ran.stdout, ran.stderr);
    for text in [
        "unknown whether everything is allowed",
        "could not be read: unknown what it",
        "MISSING   iam:GenerateCredentialReport, iam:GetCredentialReport,",
    ] {
        assert!(ran.stdout.contains(text), "{text}: {}", ran.stdout);
    }
    assert!(
        ran.stdout.lines().all(|line| line.chars().count() <= 80 || line.contains("evidence")),
        "{}",
        ran.stdout
    );
    let denied = ran.stdout.matches("NOT READ  iam:ListUserPolicies").count();
    assert_eq!(denied, 1, "what two questions need is told once: {}", ran.stdout);
    let policies = folder.path().join("case/evidence/collected/123456789012/identity/build-agent");
    assert!(policies.is_dir(), "what could be asked is sealed");
    let again = crashcart(&moto, folder.path(), &words);
    assert_eq!(again.code, Some(4), "a second time stands beside the first: {}", again.stderr);
    assert_eq!(std::fs::read_dir(policies).expect("a folder").count(), 2);
}

#[test]
fn a_role_is_found_by_its_profile_and_without_a_case_nothing_is_asked() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.run(
        "iam = client('iam')
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',
    'Principal': {'Service': 'ec2.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
iam.create_role(RoleName='web', AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(RoleName='web', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
iam.create_instance_profile(InstanceProfileName='web-profile')
iam.add_role_to_instance_profile(InstanceProfileName='web-profile', RoleName='web')",
    );
    in_no_organization(&moto);
    let profile = "arn:aws:iam::123456789012:instance-profile/web-profile";
    let ran = crashcart(&moto, folder.path(), &["collect", "identity", profile, "--case", "case"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("role web  account 123456789012\n"), "{}", ran.stdout);
    for text in [
        "every action on every resource is allowed by AdministratorAccess",
        "trusts    ec2.amazonaws.com",
        "profile   web-profile",
    ] {
        assert!(ran.stdout.contains(text), "{text}: {}", ran.stdout);
    }
    let ran = crashcart(&moto, folder.path(), &["collect", "identity", "web"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("add --case DIR"), "{}", ran.stderr);
    let ran = crashcart(&moto, folder.path(), &["collect", "identity", "nobody", "--case", "case"]);
    assert_ne!(ran.code, Some(0), "{}", ran.stdout);
}
