//! Models of AI that a role runs for the first time, and many of them, count; the same as daily
//! work, or without a history, accuses nobody.

mod material;

use crashcart_story::Told;
use material::{Tale, event, session};
use serde_json::{Value, json};

/// A call of the role app on a day of May 2024.
fn call(day: u32, number: u32, call: &str, model: &str) -> Value {
    let (hour, minute) = (10 + number / 60, number % 60);
    let more = json!({
        "eventTime": format!("2024-05-{day:02}T{hour:02}:{minute:02}:00Z"),
        "eventID": format!("{call}-{day}-{number}"),
        "userIdentity": session("app", "worker"),
        "requestParameters": {"modelId": model}
    });
    event(0, call, more)
}

fn history(what: &str) -> Vec<Value> {
    (0..60).map(|number| call(1 + number % 6, number / 6, what, "m")).collect()
}

fn ran(calls: u32, models: u32) -> Vec<Value> {
    let model = |number: u32| format!("model-{}", number % models);
    (0..calls).map(|number| call(20, number, "bedrock:InvokeModel", &model(number))).collect()
}

fn told_of(records: Vec<Value>) -> Option<String> {
    let tale = Tale {
        pivot: crashcart_story::Pivot { principals: vec!["app".to_owned()], ..Default::default() },
        ..Tale::of(records)
    };
    let told: Told = tale.tell();
    let mut reasons = told.story.suspects.into_iter().flat_map(|suspect| suspect.because);
    reasons.find(|reason| reason.contains("of Bedrock"))
}

#[test]
fn a_role_that_never_used_models_and_runs_many_is_told_with_counts() {
    let many = [history("ecs:DescribeServices"), ran(60, 2)].concat();
    let expected =
        "ran 2 models of Bedrock 60 times, which it had never used: on the account's bill";
    assert!(told_of(many).is_some_and(|reason| reason.contains(expected)));
    let various = [history("ecs:DescribeServices"), ran(5, 5)].concat();
    assert!(told_of(various).is_some());
}

#[test]
fn a_trial_daily_work_and_a_missing_history_accuse_nobody() {
    assert_eq!(told_of([history("ecs:DescribeServices"), ran(5, 1)].concat()), None);
    assert_eq!(told_of([history("bedrock:InvokeModel"), ran(60, 5)].concat()), None);
    assert_eq!(told_of(ran(60, 5)), None);
}
