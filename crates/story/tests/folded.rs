//! What is one step: calls that served one end, with the times of what they were about.

#![allow(clippy::unwrap_used, reason = "a missing step must fail loudly")]

mod mallory;
mod material;

use crashcart_model::{Level, LogText};
use mallory::asked_about_mallory;
use material::{Tale, event};
use serde_json::{Value, json};

fn about_mallory(records: Vec<Value>) -> Tale {
    Tale { pivot: asked_about_mallory(), ..Tale::of(records) }
}

#[test]
fn letting_a_stranger_into_a_bucket_is_exfiltration_and_letting_the_trail_in_is_not() {
    let policy = |second, bucket: &str, principal: Value, action: &str| {
        let statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"});
        let request = json!({"bucketName": bucket, "bucketPolicy": {"Statement": [statement]}});
        event(second, "s3:PutBucketPolicy", json!({"requestParameters": request}))
    };
    let deliverer = json!({"Service": "cloudtrail.amazonaws.com"});
    let stranger = json!({"AWS": "arn:aws:iam::999999999999:root"});
    let records = vec![
        policy(1, "logs", deliverer, "s3:PutObject"),
        policy(9, "exports", stranger, "s3:GetObject"),
    ];
    let told = about_mallory(records).rule("PutBucketPolicy", Level::Medium).tell().story.steps;
    let told: Vec<_> = told
        .iter()
        .map(|step| {
            let target = step.target.as_ref().map(LogText::raw).unwrap_or_default();
            (step.at.unwrap().to_string(), step.tactic.as_deref(), target)
        })
        .collect();
    let (first, ninth) = ("2024-05-04T02:00:01Z".to_owned(), "2024-05-04T02:00:09Z".to_owned());
    let stranger = "exports (arn:aws:iam::999999999999:root)";
    assert_eq!(told, [(first, None, "logs"), (ninth, Some("exfiltration"), stranger)]);
}

#[test]
fn of_several_things_of_ones_own_the_first_making_is_told_never_one_after_the_step() {
    let trail = |second, name: &str, trail: &str| {
        event(second, &format!("cloudtrail:{name}"), json!({"requestParameters": {"name": trail}}))
    };
    let records = vec![
        trail(1, "CreateTrail", "one"),
        trail(2, "StopLogging", "one"),
        trail(3, "CreateTrail", "two"),
        trail(4, "StopLogging", "two"),
    ];
    let steps = about_mallory(records).tell().story.steps;
    let stopped = steps.iter().find(|step| step.what.raw() == "cloudtrail:StopLogging").unwrap();
    assert_eq!(stopped.count, 2);
    assert_eq!(stopped.made_at.unwrap().to_string(), "2024-05-04T02:00:01Z");
}
