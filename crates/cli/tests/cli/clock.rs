//! A machine whose clock is wrong: a laptop out of a drawer, a virtual machine that slept.

use crashcart_model::Timestamp;
use crashcart_testkit::Moto;

use crate::account::crashcart;

const HOUR: i64 = 3600;

const ROLE: &str = "client('iam').create_role(RoleName='waf', AssumeRolePolicyDocument=json.dumps({
    'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole',
    'Principal': {'Service': 'ec2.amazonaws.com'}}]}))
";

/// The moment before which sessions of the role are denied.
const CUT_OFF: &str = "iam = client('iam')
name, = iam.list_role_policies(RoleName='waf')['PolicyNames']
document = iam.get_role_policy(RoleName='waf', PolicyName=name)['PolicyDocument']
statement, = document['Statement']
print(statement['Condition']['DateLessThan']['aws:TokenIssueTime'])
";

#[allow(clippy::disallowed_methods, reason = "a test of the clock compares it")]
pub fn millis_now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[test]
fn sessions_are_denied_up_to_aws_s_time_whatever_this_machine_s_clock_says() {
    for (ahead, words) in [(HOUR, "behind"), (-HOUR, "ahead of")] {
        let Some(moto) = Moto::start() else { return };
        let folder = tempfile::tempdir().expect("a folder");
        moto.run(ROLE);
        moto.clock(ahead);
        let planned = crashcart(
            &moto,
            folder.path(),
            &["contain", "role", "waf", "--case", "case", "--json"],
        );
        // AWS names its time by the second: an hour may be told as a second less or more.
        let told = format!(" {words} AWS's: times from here on are AWS's");
        let is_told = ["1h", "59m 59s", "1h 1s"]
            .map(|hour| format!("this machine's clock is {hour}{told}"))
            .iter()
            .any(|told| planned.stderr.matches(told.as_str()).count() == 1);
        assert!(is_told, "{}", planned.shown());
        let plan = &planned.json(0)["plan"];
        let (path, hash) = (plan["path"].as_str(), plan["hash"].as_str());
        let words = ["apply", path.expect("a path"), "--approve", hash.expect("a hash")];
        let started = millis_now() + ahead * 1000;
        let applied = crashcart(&moto, folder.path(), &[&words[..], &["--window", "0"]].concat());
        applied.out(0);
        let ended = millis_now() + ahead * 1000;
        moto.clock(0);
        let cut_off = Timestamp::parse(moto.run(CUT_OFF).trim()).expect("a time").millis();
        // A cut-off lies slightly ahead, on a whole second; AWS names its time by the second.
        assert!(
            (started..ended + 65_000).contains(&cut_off),
            "{ahead}: {started} {cut_off} {ended}"
        );
    }
}

#[test]
fn every_service_is_asked_by_aws_s_time() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.regions(&[("eu-west-1", "opt-in-not-required"), ("us-east-1", "opt-in-not-required")]);
    moto.clock(-HOUR);
    let ran = crashcart(&moto, folder.path(), &["collect", "logs", "--case", "case"]);
    ran.out(0);
    assert!(!ran.shown().contains("expired"), "{}", ran.shown());
}

#[test]
fn a_key_that_is_not_valid_is_so_at_any_time() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    moto.fail(serde_json::json!({
        "operation": "GetCallerIdentity", "status": 403, "code": "SignatureDoesNotMatch",
        "message": "The request signature we calculated does not match",
    }));
    let ran = crashcart(&moto, folder.path(), &["whois", "AKIAIOSFODNN7EXAMPLE", "--live"]);
    assert!(ran.shown().contains("are not valid"), "{}", ran.shown());
    assert_eq!(moto.asked("GetCallerIdentity").len(), 1, "asked once, since nothing would change");
}
