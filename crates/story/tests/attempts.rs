//! What did not work at first and then did is told as done, with what had been tried.

mod mallory;
mod material;

use crashcart_model::{Outcome, Step, TriedBefore};
use mallory::asked_about_mallory;
use material::{Tale, event};
use serde_json::{Value, json};

fn make(second: u32, user: &str, error: Option<&str>) -> Value {
    let mut record =
        event(second, "iam:CreateUser", json!({"requestParameters": {"userName": user}}));
    if let Some(error) = error {
        record["errorCode"] = json!(error);
    }
    record
}

fn steps(records: Vec<Value>) -> Vec<Step> {
    Tale { pivot: asked_about_mallory(), ..Tale::of(records) }.tell().story.steps
}

fn tried(records: Vec<Value>) -> Option<TriedBefore> {
    let done = steps(records).into_iter().find(|step| step.outcome == Outcome::Done);
    done.and_then(|step| step.tried_before)
}

#[test]
fn a_call_that_was_denied_and_then_done_on_the_same_target_says_so() {
    let records = vec![
        make(1, "backdoor", Some("AccessDenied")),
        make(2, "backdoor", Some("LimitExceeded")),
        make(9, "backdoor", None),
    ];
    let tried = tried(records.clone()).unwrap();
    assert_eq!(
        (tried.count, tried.first.unwrap().to_string().as_str()),
        (2, "2024-05-04T02:00:01Z")
    );
    let errors: Vec<&str> = tried.errors.iter().map(|error| error.raw()).collect();
    assert_eq!(errors, ["AccessDenied", "LimitExceeded"]);
    // What was denied stays told as denied.
    assert!(steps(records).iter().any(|step| step.outcome == Outcome::Denied));
}

#[test]
fn another_target_another_principal_a_later_failure_and_a_dry_run_are_no_attempt_at_it() {
    let denied = Some("AccessDenied");
    assert_eq!(tried(vec![make(1, "other", denied), make(9, "backdoor", None)]), None);
    assert_eq!(tried(vec![make(9, "backdoor", None), make(12, "backdoor", denied)]), None);
    assert_eq!(
        tried(vec![make(9, "backdoor", denied), make(9, "backdoor", None)]),
        None,
        "one second proves no order"
    );
    let dry = Some("Client.DryRunOperation");
    assert_eq!(tried(vec![make(1, "backdoor", dry), make(9, "backdoor", None)]), None);
    let described = |second, error: Value| {
        event(
            second,
            "ec2:DescribeVpcs",
            json!({"errorCode": error, "requestParameters": {"vpcSet": {}}}),
        )
    };
    let of_another = described(1, json!("Client.InvalidVpcID.NotFound"));
    assert_eq!(
        tried(vec![of_another, described(9, Value::Null)]),
        None,
        "no target is no same target"
    );
    assert!(
        tried(vec![described(1, json!("Client.UnauthorizedOperation")), described(9, Value::Null)])
            .is_some()
    );
    let mut others = make(1, "backdoor", denied);
    others["userIdentity"] = material::session("deploy", "run-7");
    assert_eq!(tried(vec![others, make(9, "backdoor", None)]), None);
}
