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

#[test]
fn a_region_where_every_call_was_refused_was_only_tried() {
    let there = |second, region: &str, error: Option<&str>| {
        let mut record = event(second, "ec2:DescribeInstances", json!({"awsRegion": region}));
        if let Some(error) = error {
            record["errorCode"] = json!(error);
        }
        record
    };
    let denied = Some("Client.UnauthorizedOperation");
    let mut tale = Tale::of(vec![
        there(1, "eu-west-1", None),
        there(2, "ap-south-1", denied),
        there(3, "sa-east-1", denied),
        there(4, "sa-east-1", None),
        // What a global service was let do says nothing of us-east-1.
        event(5, "iam:ListUsers", json!({})),
        there(6, "us-east-1", Some("Client.InvalidParameterValue")),
    ]);
    tale.pivot.keys.push(MALLORY.to_owned());
    let story = tale.tell().story;
    let names = |list: &[crashcart_model::LogText]| {
        list.iter().map(|region| region.raw().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&story.blast_radius.regions), ["eu-west-1", "sa-east-1"]);
    assert_eq!(names(&story.blast_radius.regions_tried), ["ap-south-1", "us-east-1"]);
    let answer = story.answers.iter().find(|answer| answer.question.contains("regions")).unwrap();
    let expected = "used in eu-west-1, sa-east-1; only tried in ap-south-1, us-east-1, where every \
                    call was refused or failed";
    assert!(answer.answer.raw().starts_with(expected), "{}", answer.answer.raw());
}
