//! What is told of a key, an address, a principal or an instance that was asked about: what it did
//! itself, where it comes from and what came from it.

mod material;

use crashcart_model::{Level, PivotTold};
use crashcart_story::Pivot;
use material::{Tale, event, session};
use serde_json::{Value, json};

const OFFICE: &str = "192.0.2.40";
const MALLORY: &str = "AKIAEXAMPLEMALLORY00";

fn asked(records: Vec<Value>, pivot: Pivot) -> PivotTold {
    let tale = Tale { pivot, ..Tale::of(records) }.rule("StopLogging", Level::Critical);
    tale.tell().story.pivots.remove(0)
}

fn texts(list: &[crashcart_model::LogText]) -> Vec<&str> {
    list.iter().map(crashcart_model::LogText::raw).collect()
}

fn key(key: &str) -> Pivot {
    Pivot { keys: vec![key.to_owned()], ..Pivot::default() }
}

fn principal(name: &str) -> Pivot {
    Pivot { principals: vec![name.to_owned()], ..Pivot::default() }
}

/// Mallory's work from the office, and more from elsewhere with another key.
fn two_places() -> Vec<Value> {
    let mut second =
        event(9, "cloudtrail:StopLogging", json!({"requestParameters": {"name": "t"}}));
    second["userIdentity"]["accessKeyId"] = json!("ASIAEXAMPLESECOND000");
    let at_office =
        json!({"sourceIPAddress": OFFICE, "requestParameters": {"bucketName": "notes"}});
    let mut console =
        event(12, "signin:ConsoleLogin", json!({"responseElements": {"ConsoleLogin": "Success"}}));
    console["userIdentity"]["accessKeyId"] = Value::Null;
    vec![event(1, "s3:CreateBucket", at_office), second, console]
}

#[test]
fn an_address_did_only_what_came_from_it() {
    let pivot = Pivot { addresses: vec![OFFICE.to_owned()], ..Pivot::default() };
    assert_eq!(texts(&asked(two_places(), pivot).touched), ["s3:CreateBucket notes"]);
}

#[test]
fn a_key_did_only_what_was_done_with_it_and_no_sign_in() {
    let told = asked(two_places(), key("ASIAEXAMPLESECOND000"));
    assert_eq!(texts(&told.touched), ["cloudtrail:StopLogging t"]);
    let told = asked(two_places(), key(MALLORY));
    assert_eq!(texts(&told.touched), ["s3:CreateBucket notes"]);
}

fn made_user() -> Vec<Value> {
    let made = json!({
        "requestParameters": {"userName": "spare"},
        "responseElements": {"user": {"userName": "spare"}}
    });
    let keyed = json!({
        "requestParameters": {"userName": "spare"},
        "responseElements": {"accessKey": {"accessKeyId": "AKIAEXAMPLESPARE0000", "userName": "spare"}}
    });
    vec![event(1, "iam:CreateUser", made), event(2, "iam:CreateAccessKey", keyed)]
}

#[test]
fn a_user_that_was_made_and_made_no_call_is_found_with_the_calls_that_name_it() {
    let told = asked(made_user(), principal("spare"));
    assert!(told.found && told.next.is_empty());
    let what = told.what.raw();
    assert!(
        what.starts_with("made no call here; named by 2 calls: iam:CreateUser by user mallory at "),
        "{what}"
    );
    assert_eq!(texts(&told.comes_from), ["arn:aws:iam::111122223333:user/mallory"]);
    assert!(told.leads_to.is_empty());
    assert!(told.touched.is_empty(), "it did nothing itself");
    assert_eq!(texts(&told.done_to).first(), Some(&"iam:CreateUser spare by user mallory"));
    assert!(!asked(made_user(), principal("arn:aws:iam::999999999999:user/spare")).found);
}

#[test]
fn a_key_that_was_made_and_never_used_comes_from_its_maker() {
    let told = asked(made_user(), key("AKIAEXAMPLESPARE0000"));
    assert!(told.what.raw().contains("made no call here; named by 1 call: iam:CreateAccessKey"));
    assert_eq!(texts(&told.comes_from), ["arn:aws:iam::111122223333:user/mallory"]);
    let told = asked(made_user(), key(MALLORY));
    let made = ["IAM user spare", "access key AKIAEXAMPLESPARE0000 of spare"];
    assert_eq!(texts(&told.leads_to), made);
}

#[test]
fn an_instance_whose_session_was_issued_and_not_used_is_found() {
    let issued = json!({
        "userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
        "sourceIPAddress": "ec2.amazonaws.com",
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/web", "roleSessionName": "i-0dbc91f429e48eeed"},
        "responseElements": {"credentials": {"accessKeyId": "ASIAEXAMPLEWEB000000"}}
    });
    let pivot = Pivot { instances: vec!["i-0dbc91f429e48eeed".to_owned()], ..Pivot::default() };
    let told = asked(vec![event(1, "sts:AssumeRole", issued)], pivot);
    assert!(told.found);
    let what = told.what.raw();
    assert!(what.contains("made no call here; 1 session of its name"), "{what}");
    assert!(what.contains("asked for by ec2.amazonaws.com"), "{what}");
}

#[test]
fn a_session_comes_from_who_asked_for_it_and_leads_to_nobody_it_merely_shares_a_thief_with() {
    let issue = |second, role: &str, key: &str| {
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{role}/x");
        event(
            second,
            "sts:AssumeRole",
            json!({
                "requestParameters": {"roleArn": format!("arn:aws:iam::111122223333:role/{role}"), "roleSessionName": "x"},
                "responseElements": {"assumedRoleUser": {"arn": arn}, "credentials": {"accessKeyId": key}}
            }),
        )
    };
    let work = |second, role: &str, key: &str| {
        let mut record =
            event(second, "cloudtrail:StopLogging", json!({"requestParameters": {"name": role}}));
        record["userIdentity"] = session(role, "x");
        record["userIdentity"]["accessKeyId"] = json!(key);
        record
    };
    let records = vec![
        issue(1, "one", "ASIAEXAMPLEONE000000"),
        issue(2, "two", "ASIAEXAMPLETWO000000"),
        work(3, "one", "ASIAEXAMPLEONE000000"),
        work(4, "two", "ASIAEXAMPLETWO000000"),
    ];
    let told = asked(records.clone(), key("ASIAEXAMPLEONE000000"));
    assert!(told.leads_to.is_empty(), "{:?}", told.leads_to);
    assert_eq!(texts(&told.comes_from), ["arn:aws:iam::111122223333:user/mallory"]);
    let sessions = [
        "arn:aws:sts::111122223333:assumed-role/one/x",
        "arn:aws:sts::111122223333:assumed-role/two/x",
    ];
    assert_eq!(texts(&asked(records.clone(), key(MALLORY)).leads_to), sessions);
    assert_eq!(texts(&asked(records, principal("mallory")).leads_to), sessions);
}

#[test]
fn who_is_merely_asked_about_is_of_no_incident_even_from_the_thiefs_address() {
    let mut pedro = event(2, "s3:ListBuckets", json!({}));
    pedro["userIdentity"] = json!({
        "type": "IAMUser", "principalId": "AIDAEXAMPLEPEDRO00000", "accountId": "111122223333",
        "arn": "arn:aws:iam::111122223333:user/pedro", "userName": "pedro",
        "accessKeyId": "AKIAEXAMPLEPEDRO0000"
    });
    let grave = event(9, "cloudtrail:StopLogging", json!({"requestParameters": {"name": "t"}}));
    for pivot in [principal("pedro"), key("AKIAEXAMPLEPEDRO0000")] {
        let tale = Tale { pivot, ..Tale::of(vec![pedro.clone(), grave.clone()]) };
        let story = tale.rule("StopLogging", Level::Critical).tell().story;
        assert!(story.suspects.iter().any(|suspect| suspect.principal.raw().ends_with("pedro")));
        let [incident] = &story.incidents[..] else { panic!("{:#?}", story.incidents) };
        assert_eq!(texts(&incident.suspects), ["arn:aws:iam::111122223333:user/mallory"]);
    }
}
