//! What was left behind is told as in place until a record takes it away, and no longer.

mod material;

use crashcart_model::{LogText, PersistenceState};
use material::{Tale, event};
use serde_json::{Value, json};

const TRUSTED: &str = "arn:aws:iam::111122223333:user/owner";

fn call(second: u32, what: &str, request: Value) -> Value {
    event(second, what, json!({"requestParameters": request}))
}

fn by_owner(mut record: Value) -> Value {
    record["userIdentity"]["arn"] = json!(TRUSTED);
    record
}

/// Kind, whether it is in place, and who removed it, of everything told about mallory.
fn left(records: Vec<Value>) -> Vec<(String, bool, Option<String>)> {
    let pivot =
        crashcart_story::Pivot { principals: vec!["mallory".to_owned()], ..Default::default() };
    let told = Tale { pivot, ..Tale::of(records) }.tell().story.persistence;
    told.into_iter()
        .map(|one| {
            let by = one.removed_by.map(|by| by.raw().to_owned());
            (one.kind, one.state == PersistenceState::InPlace, by)
        })
        .collect()
}

/// A call that writes a policy, the kind of way in, and its parameters.
type Policies = (&'static str, &'static str, fn(&str) -> Value);

fn policy(who: &str) -> String {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": who}, "Action": "*"});
    json!({"Statement": [statement]}).to_string()
}

#[test]
fn a_policy_that_let_outsiders_in_is_gone_when_another_one_lets_nobody_outside_in() {
    let outside = "arn:aws:iam::999999999999:root";
    let calls: [Policies; 5] = [
        (
            "s3:PutBucketPolicy",
            "bucket policy",
            |text| json!({"bucketName": "b", "bucketPolicy": serde_json::from_str::<Value>(text).unwrap()}),
        ),
        ("kms:PutKeyPolicy", "KMS key policy", |text| json!({"keyId": "k", "policy": text})),
        (
            "secretsmanager:PutResourcePolicy",
            "secret policy",
            |text| json!({"secretId": "s", "resourcePolicy": text}),
        ),
        (
            "sns:SetTopicAttributes",
            "topic policy",
            |text| json!({"topicArn": "t", "attributeName": "Policy", "attributeValue": text}),
        ),
        (
            "sqs:SetQueueAttributes",
            "queue policy",
            |text| json!({"queueUrl": "q", "attributes": {"Policy": text}}),
        ),
    ];
    for (what, kind, request) in calls {
        let opened = call(1, what, request(&policy(outside)));
        assert_eq!(left(vec![opened.clone()]), [(kind.to_owned(), true, None)], "{what}");
        let closed = by_owner(call(9, what, request(&policy(TRUSTED))));
        let told = left(vec![opened.clone(), closed]);
        assert_eq!(told, [(kind.to_owned(), false, Some(TRUSTED.to_owned()))], "{what}");
        let other = by_owner(call(9, what, request(&policy("arn:aws:iam::888888888888:root"))));
        assert!(left(vec![opened.clone(), other])[0].1, "{what}: it lets outsiders in still");
        let unreadable = by_owner(call(9, what, request("\"cut off\"")));
        assert!(left(vec![opened, unreadable])[0].1, "{what}: nobody knows what it says");
    }
}

fn code(second: u32, what: &str, hash: &str) -> Value {
    let more = json!({"requestParameters": {"functionName": "f"},
        "responseElements": {"codeSha256": hash}});
    event(second, &format!("lambda:{what}"), more)
}

#[test]
fn code_of_a_function_is_gone_when_it_got_other_code_and_to_put_it_back_is_no_way_in() {
    let made = by_owner(code(1, "CreateFunction20150331", "good"));
    let overwritten = code(2, "UpdateFunctionCode20150331v2", "evil");
    let kind = "Lambda code".to_owned();
    assert_eq!(left(vec![made.clone(), overwritten.clone()]), [(kind.clone(), true, None)]);
    let back = code(3, "UpdateFunctionCode20150331v2", "good");
    let told = left(vec![made, overwritten.clone(), back]);
    let mallory = "arn:aws:iam::111122223333:user/mallory";
    assert_eq!(told, [(kind.clone(), false, Some(mallory.to_owned()))]);
    let deployed = by_owner(code(3, "UpdateFunctionCode20150331v2", "new"));
    let told = left(vec![overwritten.clone(), deployed]);
    assert_eq!(told, [(kind.clone(), false, Some(TRUSTED.to_owned()))]);
    let again = code(3, "UpdateFunctionCode20150331v2", "evil");
    assert!(left(vec![overwritten, again]).iter().all(|one| one.1), "the same code is still there");
}

#[test]
fn a_shared_snapshot_that_was_deleted_is_shared_no_longer() {
    let add = json!({"add": {"items": [{"userId": "999999999999"}]}});
    let request = json!({"snapshotId": "snap-1", "createVolumePermission": add});
    let shared = call(1, "ec2:ModifySnapshotAttribute", request);
    let kind = "shared snapshot".to_owned();
    assert_eq!(left(vec![shared.clone()]), [(kind.clone(), true, None)]);
    let deleted = by_owner(call(2, "ec2:DeleteSnapshot", json!({"snapshotId": "snap-1"})));
    let told = left(vec![shared.clone(), deleted]);
    assert_eq!(told, [(kind, false, Some(TRUSTED.to_owned()))]);
    let other = by_owner(call(2, "ec2:DeleteSnapshot", json!({"snapshotId": "snap-2"})));
    assert!(left(vec![shared, other])[0].1);
}

#[test]
fn an_mfa_device_is_a_way_in_until_it_is_deactivated() {
    let device = "arn:aws:iam::111122223333:mfa/theirs";
    let request = json!({"userName": "admin", "serialNumber": device});
    let enabled = call(1, "iam:EnableMFADevice", request.clone());
    assert_eq!(left(vec![enabled.clone()]), [("MFA device".to_owned(), true, None)]);
    let mut refused = by_owner(call(2, "iam:DeactivateMFADevice", request.clone()));
    refused["errorCode"] = json!("AccessDenied");
    assert!(left(vec![enabled.clone(), refused])[0].1, "refused is not removed");
    let gone = by_owner(call(2, "iam:DeactivateMFADevice", request));
    assert!(!left(vec![enabled, gone])[0].1);
}

#[test]
fn mfa_switched_off_is_put_back_by_another_alone() {
    let device = "arn:aws:iam::111122223333:mfa/admin";
    let request = json!({"userName": "admin", "serialNumber": device});
    let off = call(1, "iam:DeactivateMFADevice", request.clone());
    let on = call(2, "iam:EnableMFADevice", request);
    let reverted = |records| {
        let told = Tale::of(records).tell().story.changes;
        let change = told.into_iter().find(|c| c.change.raw() == "iam:DeactivateMFADevice");
        change.unwrap().reverted_by.map(|by| by.raw().to_owned())
    };
    assert_eq!(reverted(vec![off.clone(), by_owner(on.clone())]).as_deref(), Some(TRUSTED));
    assert_eq!(reverted(vec![off, on]), None, "the attacker registered a device of its own");
}

#[test]
fn a_service_that_ends_a_deletion_confirms_it_and_accuses_nobody() {
    let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf";
    let deleted = call(1, "secretsmanager:DeleteSecret", json!({"secretId": arn}));
    let ended = |name: &str| {
        event(
            9,
            "secretsmanager:EndSecretVersionDelete",
            json!({
                "eventType": "AwsServiceEvent",
                "userIdentity": {"accountId": "111122223333", "invokedBy": "secretsmanager.amazonaws.com"},
                "additionalEventData": {"ARN": name},
            }),
        )
    };
    let pivot =
        crashcart_story::Pivot { principals: vec!["mallory".to_owned()], ..Default::default() };
    let tell = |name: &str| {
        let records = vec![deleted.clone(), ended(name)];
        Tale { pivot: pivot.clone(), ..Tale::of(records) }.tell().story
    };
    let story = tell(arn);
    let step = story.steps.iter().find(|step| step.what.raw().ends_with("EndSecretVersionDelete"));
    assert_eq!(step.and_then(|step| step.target.as_ref()).map(LogText::raw), Some(arn));
    assert_eq!(story.suspects.len(), 1);
    let other = "arn:aws:secretsmanager:us-east-1:111122223333:secret:other-AbCdEf";
    assert_eq!(tell(other).steps.len(), 1, "another secret's end belongs to another story");
}
