//! A session on a machine that a suspect opened and nobody ended is ended first.

mod mallory;
mod material;

use crashcart_model::{Containment, Incident, Level};
use mallory::asked_about_mallory;
use material::{Tale, event};
use serde_json::{Value, json};

const SESSION: &str = "mallory-0a1b2c3d4e5f60718";
const END: &str = "end the open session";

fn opened(second: u32) -> Value {
    let answer = json!({"sessionId": SESSION, "streamUrl": "wss://example.com", "tokenValue": "x"});
    let request = json!({"target": "i-0dbc91f429e48eeed"});
    event(
        second,
        "ssm:StartSession",
        json!({"requestParameters": request, "responseElements": answer}),
    )
}

fn ended(second: u32, session: &str) -> Value {
    event(second, "ssm:TerminateSession", json!({"requestParameters": {"sessionId": session}}))
}

/// What is to be done about mallory, who is suspect enough.
fn plan(mut records: Vec<Value>) -> Vec<Containment> {
    records.push(mallory::created_key(1));
    let tale = Tale { pivot: asked_about_mallory(), ..Tale::of(records) };
    tale.rule("CreateAccessKey", Level::Critical).tell().containment
}

#[test]
fn a_session_that_is_open_is_ended_after_memory_and_before_the_deny() {
    let plan = plan(vec![opened(60)]);
    let place = |action: &str| plan.iter().position(|cut| cut.action == action);
    let end = place(END).unwrap();
    let command = plan[end].command.as_ref().unwrap().raw();
    assert_eq!(
        command,
        "aws ssm terminate-session --session-id='mallory-0a1b2c3d4e5f60718' --region='us-east-1'"
    );
    assert!(plan[end].why.contains("a deny or a disabled key does not end it"), "{:?}", plan[end]);
    let memory = place("take memory and disks of the instance").unwrap();
    assert_eq!(plan[memory].target.raw(), "i-0dbc91f429e48eeed");
    assert!(memory < end && end < place("deny everything to the user").unwrap(), "{plan:?}");
}

#[test]
fn a_session_that_was_ended_by_anybody_or_never_opened_needs_nothing() {
    let asks = |records| plan(records).iter().any(|cut| cut.action == END);
    assert!(asks(vec![opened(60), ended(90, "another")]));
    assert!(!asks(vec![opened(60), ended(90, SESSION)]));
    let mut refused = opened(60);
    refused["errorCode"] = json!("TargetNotConnected");
    refused["responseElements"] = Value::Null;
    assert!(!asks(vec![refused]));
}

#[test]
fn to_open_a_session_is_to_act_with_it_and_to_be_refused_one_is_not() {
    let verdict = |mut record: Value| {
        record["userAgent"] = json!("Boto3/1.34.1 Pacu/1.6");
        let tale = Tale::of(vec![record]).rule("StartSession", Level::Critical);
        tale.tell().verdict.incident
    };
    let mut refused = opened(60);
    refused["errorCode"] = json!("AccessDenied");
    refused["responseElements"] = Value::Null;
    assert_eq!(verdict(opened(60)), Incident::Yes);
    assert_ne!(verdict(refused), Incident::Yes);
}
