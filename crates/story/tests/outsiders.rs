//! Nobody says no where a principal came in whose account's trail is missing, or of a part only.

mod material;

use crashcart_model::{Account, FindingRead, Incident, LogText};
use crashcart_story::Alert;
use material::{Tale, event, session};
use serde_json::{Value, json};

const BLIND: &str =
    "the trail of account 999999999999, whose principal came in, is not in this material";

/// A hundred calls of ordinary work.
fn work() -> Vec<Value> {
    (0..100).map(|second| event(second, "ec2:DescribeInstances", json!({}))).collect()
}

/// Somebody of another account takes up the role audit, then makes a call with its session.
fn came_in(caller: &Value, call: &str) -> Vec<Value> {
    let asked = json!({
        "userIdentity": caller,
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/audit", "roleSessionName": "x"},
        "responseElements": {"assumedRoleUser": {"arn": "arn:aws:sts::111122223333:assumed-role/audit/x"}, "credentials": {"accessKeyId": "ASIAEXAMPLESESSION00"}}
    });
    let used = json!({
        "userIdentity": session("audit", "x"),
        "sourceIPAddress": "198.51.100.77",
        "readOnly": true,
        "requestParameters": {"secretId": "payments"}
    });
    let mut later = used.clone();
    later["sourceIPAddress"] = json!("198.51.100.99");
    let mut records = work();
    records.push(event(110, "sts:AssumeRole", asked));
    records.push(event(120, call, used));
    records.push(event(130, "sts:GetCallerIdentity", later));
    records
}

fn stranger() -> Value {
    json!({"type": "AWSAccount", "principalId": "AIDAEXAMPLESTRANGER0", "accountId": "999999999999"})
}

#[test]
fn a_secret_read_from_an_account_whose_trail_is_missing_is_undecided_and_says_whom_to_ask() {
    let told = Tale::of(came_in(&stranger(), "secretsmanager:GetSecretValue")).tell();
    assert_eq!(told.verdict.incident, Incident::Undecided, "{:?}", told.verdict);
    let ask = &told.verdict.would_decide;
    let owner = "ask the owner of AIDAEXAMPLESTRANGER0 in account 999999999999: whether it was they who called secretsmanager:GetSecretValue payments at 2024-05-04T02:02:00Z";
    assert_eq!(ask.first().map(String::as_str), Some(owner));
    assert!(ask.iter().any(|ask| ask.starts_with("read the CloudTrail of account 999999999999")));
    assert!(told.blind_spots.iter().any(|spot| spot == BLIND), "{:?}", told.blind_spots);
}

#[test]
fn whoever_only_looked_or_belongs_to_an_own_account_or_is_aws_leaves_a_no() {
    let verdict = |tale: Tale| tale.tell().verdict.incident;
    let looked = Tale::of(came_in(&stranger(), "ec2:DescribeInstances"));
    assert_eq!(verdict(looked), Incident::No);
    let mut own = Tale::of(came_in(&stranger(), "secretsmanager:GetSecretValue"));
    own.environment.accounts.insert("999999999999".to_owned(), Account::default());
    assert_eq!(verdict(own), Incident::No);
    let service = json!({"type": "AWSService", "invokedBy": "lambda.amazonaws.com"});
    let service = Tale::of(came_in(&service, "secretsmanager:GetSecretValue"));
    assert_eq!(verdict(service), Incident::No);
}

#[test]
fn no_in_a_part_is_undecided_and_names_the_part() {
    let mut tale = Tale::of(work());
    assert_eq!(tale.tell().verdict.incident, Incident::No);
    tale.coverage.filtered_by = vec![LogText::from("account 111122223333")];
    let verdict = tale.tell().verdict;
    assert_eq!(verdict.incident, Incident::Undecided);
    let part = "no, in the part that was asked for: account 111122223333 only";
    assert_eq!(verdict.because.first().map(String::as_str), Some(part));
    assert!(!verdict.would_decide.is_empty());
}

#[test]
fn a_finding_that_was_given_is_the_alert_and_others_stay_unknown() {
    let mut tale = Tale::of(work());
    let none = "no GuardDuty or Security Hub findings were read";
    assert!(tale.tell().blind_spots.iter().any(|spot| spot.starts_with(none)));
    let read = FindingRead {
        form: "GuardDuty".to_owned(),
        finding_type: LogText::from("Recon:IAMUser/MaliciousIPCaller"),
        severity: LogText::from("5"),
        id: LogText::from("f1"),
        ..FindingRead::default()
    };
    tale.alerts.push(Alert { read, ..Alert::default() });
    let told = tale.tell();
    assert!(!told.blind_spots.iter().any(|spot| spot.starts_with(none)));
    let alert = told.story.answers.iter().find(|a| a.question == "Was there an alert?").unwrap();
    let expected = "the finding given: GuardDuty Recon:IAMUser/MaliciousIPCaller, severity 5, id f1; others: unknown";
    assert_eq!(alert.answer.raw(), expected);
}
