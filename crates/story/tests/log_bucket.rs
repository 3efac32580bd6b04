//! The bucket of the account's logs is learned from the records, and what thins them out is told.

mod mallory;
mod material;

use crashcart_model::LogText;
use crashcart_story::Told;
use mallory::asked_about_mallory;
use material::{Tale, event};
use serde_json::{Value, json};

/// An administrator, whom nobody asks about.
fn administrator(mut record: Value) -> Value {
    record["userIdentity"] = json!({
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLEADMIN00000",
        "arn": "arn:aws:iam::111122223333:user/admin",
        "accountId": "111122223333",
        "userName": "admin"
    });
    record["sourceIPAddress"] = json!("203.0.113.9");
    record
}

fn of_bucket(second: u32, call: &str) -> Value {
    event(second, call, json!({"requestParameters": {"bucketName": "audit"}}))
}

/// The ways in which records tell that the bucket `audit` holds logs.
fn tellings() -> Vec<(&'static str, Value)> {
    let trail = json!({"name": "main", "s3BucketName": "audit"});
    let created = event(
        1,
        "cloudtrail:CreateTrail",
        json!({"requestParameters": trail, "responseElements": trail}),
    );
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::audit/AWSLogs/*"}]});
    let policy = json!({"requestParameters": {"bucketName": "audit", "bucketPolicy": policy}});
    let service = json!({"userIdentity": {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}, "requestParameters": {"bucketName": "audit"}});
    vec![
        ("a trail", administrator(created)),
        ("a policy", administrator(event(1, "s3:PutBucketPolicy", policy))),
        ("a delivery", event(1, "s3:PutObject", service.clone())),
        ("a look before delivery", event(1, "s3:GetBucketAcl", service)),
    ]
}

fn told(records: Vec<Value>) -> Told {
    Tale { pivot: asked_about_mallory(), ..Tale::of(records) }.tell()
}

fn tactic_of(told: &Told, what: &str) -> Option<String> {
    let of_mallory = |step: &&crashcart_model::Step| {
        step.what.raw() == what && step.actor.raw() == mallory::MALLORY
    };
    told.story.steps.iter().find(of_mallory).and_then(|step| step.tactic.clone())
}

const DESTROYS: &str = "s3:DeleteObjects";

#[test]
fn whoever_deletes_from_the_log_bucket_has_destroyed_logs_however_the_bucket_is_known() {
    for (how, telling) in tellings() {
        let told = told(vec![telling, of_bucket(60, DESTROYS)]);
        assert_eq!(tactic_of(&told, DESTROYS).as_deref(), Some("defense-evasion"), "{how}");
        let because = &told.story.suspects[0].because;
        let blinded = "touched what watches the account: deleted objects of a bucket that holds the account's logs";
        assert!(because.iter().any(|reason| reason.contains(blinded)), "{how}: {because:?}");
        let lost = |spot: &String| {
            spot.starts_with("logs of bucket audit: user mallory called DeleteObjects")
        };
        assert!(told.blind_spots.iter().any(lost), "{how}: {:?}", told.blind_spots);
        let change = told.story.changes.iter().find(|change| change.change.raw() == DESTROYS);
        assert!(change.is_some_and(|change| change.destroyed), "{how}");
    }
}

#[test]
fn the_same_on_a_bucket_of_other_things_is_no_blow_to_the_logs() {
    let failed = {
        let mut record = tellings().remove(0).1;
        record["errorCode"] = json!("InsufficientS3BucketPolicyException");
        record
    };
    for records in [vec![of_bucket(60, DESTROYS)], vec![failed, of_bucket(60, DESTROYS)]] {
        let told = told(records);
        assert_eq!(tactic_of(&told, DESTROYS).as_deref(), Some("impact"));
        assert!(!told.blind_spots.iter().any(|spot| spot.starts_with("logs of bucket")));
    }
}

#[test]
fn a_policy_that_shuts_the_deliverer_out_thins_out_and_one_that_lets_it_in_does_not() {
    let policy = |statement: Value| {
        let request = json!({"bucketName": "audit", "bucketPolicy": {"Statement": [statement]}});
        event(60, "s3:PutBucketPolicy", json!({"requestParameters": request}))
    };
    let told_by = |record: Value| {
        let told = told(vec![tellings().remove(3).1, record]);
        let because = &told.story.suspects[0].because;
        because.iter().any(|reason| reason.contains("shut the account's logs out of their bucket"))
    };
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject"});
    assert!(told_by(policy(deny)));
    assert!(told_by(of_bucket(60, "s3:DeleteBucketPolicy")));
    let deliver = json!({"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject"});
    assert!(!told_by(policy(deliver)));
}

#[test]
fn logs_that_are_made_to_expire_and_a_log_bucket_that_is_deleted_are_told_as_evasion() {
    for call in ["s3:PutBucketLifecycle", "s3:PutBucketLifecycleConfiguration", "s3:DeleteBucket"] {
        let told = told(vec![tellings().remove(0).1, of_bucket(60, call)]);
        assert_eq!(tactic_of(&told, call).as_deref(), Some("defense-evasion"), "{call}");
        let changed =
            told.story.changes.iter().any(|change| {
                change.change.raw() == call && change.resource == LogText::from("audit")
            });
        assert!(changed, "{call}");
    }
}

#[test]
fn a_log_bucket_of_ones_own_making_is_a_prop_and_its_end_is_no_evasion() {
    let own = |call: &str| {
        let made = of_bucket(1, "s3:CreateBucket");
        let trail = json!({"name": "test", "s3BucketName": "audit"});
        let trail = event(2, "cloudtrail:CreateTrail", json!({"requestParameters": trail}));
        told(vec![made, trail, of_bucket(60, call)])
    };
    assert_eq!(tactic_of(&own("s3:DeleteBucket"), "s3:DeleteBucket"), None);
    assert_eq!(tactic_of(&own(DESTROYS), DESTROYS), None);
    assert!(!own(DESTROYS).blind_spots.iter().any(|spot| spot.starts_with("logs of bucket")));
}
