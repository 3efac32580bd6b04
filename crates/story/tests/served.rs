//! In which regions calls were served: where global services log them tells nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod material;

use material::{Tale, event};
use serde_json::{Value, json};

const MALLORY: &str = "AKIAEXAMPLEMALLORY00";

#[test]
fn a_call_to_a_global_service_does_not_make_us_east_1_look_used() {
    let sts = |second, more: Value| event(second, "sts:GetCallerIdentity", more);
    let told = |records: Vec<Value>| {
        let mut tale = Tale::of(records);
        tale.pivot.keys.push(MALLORY.to_owned());
        let story = tale.tell().story;
        let answer =
            story.answers.iter().find(|answer| answer.question.contains("regions")).unwrap();
        let regions = story.blast_radius.regions.iter().map(|region| region.raw().to_owned());
        (answer.answer.raw().to_owned(), regions.collect::<Vec<_>>())
    };
    let (answer, regions) = told(vec![
        sts(1, json!({})),
        event(2, "iam:ListUsers", json!({})),
        event(3, "ec2:DescribeInstances", json!({"awsRegion": "eu-west-1"})),
    ]);
    assert_eq!(regions, ["eu-west-1"]);
    assert!(
        answer.starts_with("used in eu-west-1; calls of global services (iam, sts)"),
        "{answer}"
    );
    assert!(answer.contains("unknown where the record does not tell"), "{answer}");

    let served = json!({"additionalEventData": {"RequestDetails": {
        "endpointType": "global", "awsServingRegion": "ap-south-1"}}});
    let (answer, regions) = told(vec![sts(1, served)]);
    assert_eq!(regions, ["ap-south-1"]);
    assert!(answer.contains("some were served in ap-south-1"), "{answer}");
    assert!(!answer.contains("unknown where"), "{answer}");

    let regional =
        json!({"tlsDetails": {"clientProvidedHostHeader": "sts.us-east-1.amazonaws.com"}});
    let (answer, regions) = told(vec![sts(1, regional)]);
    assert_eq!(regions, ["us-east-1"]);
    assert!(answer.starts_with("used in us-east-1; whether"), "{answer}");
}
