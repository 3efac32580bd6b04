//! What the story names, and by which record it proves it: scaffolds, principals with two names,
//! keys and the calls that issued them, objects, and accounts that were let in.

mod mallory;
mod material;

use crashcart_model::{LogText, Origin, PersistenceState};
use crashcart_story::Told;
use mallory::{MALLORY, asked_about_mallory, created_key};
use material::{Tale, event, session};
use serde_json::{Value, json};

fn about_mallory(records: Vec<Value>) -> Told {
    Tale { pivot: asked_about_mallory(), ..Tale::of(records) }.tell()
}

fn terraform(mut record: Value) -> Value {
    record["userAgent"] = json!("APN/1.0 HashiCorp/1.0 Terraform/1.8.0");
    record
}

fn id(second: u32) -> String {
    format!("00000000-0000-4000-8000-{second:012}")
}

fn cites(origins: &[Origin], second: u32) -> bool {
    origins.iter().any(|origin| origin.event_id.as_ref().map(LogText::raw) == Some(&id(second)))
}

fn made_user(second: u32) -> Value {
    let user = json!({"requestParameters": {"userName": "reports"}});
    terraform(event(second, "iam:CreateUser", user))
}

fn kinds(told: &Told) -> Vec<&str> {
    told.story.persistence.iter().map(|way| way.kind.as_str()).collect()
}

#[test]
fn a_user_made_by_a_scaffold_is_a_way_in_once_a_key_is_made_for_it_by_hand_and_not_before() {
    let told = about_mallory(vec![made_user(1), created_key(2)]);
    assert_eq!(kinds(&told), ["IAM user", "access key"]);
    assert_eq!(told.story.persistence[0].state, PersistenceState::InPlace);
    assert!(cites(&told.story.persistence[0].origins, 1));
    let alone = about_mallory(vec![made_user(1), event(2, "s3:ListBuckets", json!({}))]);
    assert!(kinds(&alone).is_empty(), "a scaffold by itself says nothing");
}

#[test]
fn a_user_that_a_scaffold_made_long_before_is_not_told_as_made_for_the_key() {
    let mut key = created_key(2);
    key["eventTime"] = json!("2024-05-04T03:30:00Z");
    let told = about_mallory(vec![made_user(1), key]);
    assert_eq!(kinds(&told), ["access key"]);
}

#[test]
fn what_a_scaffold_ends_is_a_step_where_the_same_principal_handled_it_and_only_there() {
    let command = json!({"requestParameters": {"instanceIds": ["i-0dbc91f429e48eeed"], "documentName": "AWS-RunShellScript"}});
    let ended = |instance: &str| {
        let items = json!({"instancesSet": {"items": [{"instanceId": instance}]}});
        let end =
            terraform(event(9, "ec2:TerminateInstances", json!({"requestParameters": items})));
        // By hand as well, so that the call alone does not make it a step.
        let other = json!({"instancesSet": {"items": [{"instanceId": "i-00000000000000001"}]}});
        let hand = event(5, "ec2:TerminateInstances", json!({"requestParameters": other}));
        let told = about_mallory(vec![event(1, "ssm:SendCommand", command.clone()), hand, end]);
        let steps = &told.story.steps;
        steps
            .iter()
            .filter(|s| s.what.raw() == "ec2:TerminateInstances")
            .map(|s| s.count)
            .sum::<u64>()
    };
    assert_eq!(ended("i-0dbc91f429e48eeed"), 2);
    assert_eq!(ended("i-00000000000000002"), 1);
}

/// What a sign-in's check of MFA tells of a user.
fn by_id(id: &str) -> Value {
    json!({"userIdentity": {"type": "IAMUser", "principalId": id, "accountId": "111122223333", "userName": "mallory"}})
}

#[test]
fn a_user_named_by_its_principal_id_alone_is_the_user_of_that_id() {
    let records = vec![
        event(1, "s3:ListBuckets", json!({})),
        event(2, "signin:CheckMfa", by_id("AIDAEXAMPLEMALLORY000")),
        event(3, "signin:CheckMfa", by_id("AIDAEXAMPLESOMEONEEL")),
    ];
    let told = about_mallory(records);
    let used = told.story.answers.iter().find(|a| a.question == "How was it used?").unwrap();
    assert!(used.answer.raw().contains("user mallory: 2 calls"), "{used:?}");
    let step = told.story.steps.iter().find(|s| s.what.raw() == "signin:CheckMfa").unwrap();
    assert_eq!((step.actor.raw(), step.count), (MALLORY, 1));
    let affected = told.story.answers.iter().find(|a| a.question.starts_with("Who else")).unwrap();
    assert!(!affected.answer.raw().contains("AIDAEXAMPLEMALLORY000"), "{affected:?}");
    assert!(affected.answer.raw().contains("AIDAEXAMPLESOMEONEEL"), "still somebody else");
}

#[test]
fn an_id_that_two_names_claim_is_joined_with_neither() {
    let mut renamed = event(2, "s3:ListBuckets", json!({}));
    renamed["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/mallory-2");
    let records = vec![
        event(1, "s3:ListBuckets", json!({})),
        renamed,
        event(3, "signin:CheckMfa", by_id("AIDAEXAMPLEMALLORY000")),
    ];
    let told = about_mallory(records);
    assert!(told.story.steps.iter().all(|step| step.what.raw() != "signin:CheckMfa"));
}

#[test]
fn a_session_known_elsewhere_by_its_role_id_asked_for_what_that_name_asked_for() {
    let me = session("deploy", "run-7");
    let first = event(
        1,
        "secretsmanager:GetSecretValue",
        json!({"userIdentity": me, "requestParameters": {"secretId": "payroll"}}),
    );
    let abroad = json!({"type": "AWSAccount", "principalId": "AROAEXAMPLE:run-7", "accountId": "111122223333"});
    let arn = "arn:aws:sts::444455556666:assumed-role/backup/run-7";
    let asked = event(
        2,
        "sts:AssumeRole",
        json!({
            "userIdentity": abroad, "recipientAccountId": "444455556666",
            "requestParameters": {"roleArn": "arn:aws:iam::444455556666:role/backup", "roleSessionName": "run-7"},
            "responseElements": {"assumedRoleUser": {"arn": arn}, "credentials": {"accessKeyId": "ASIAEXAMPLEABROAD000"}}
        }),
    );
    let mut tale = Tale::of(vec![first, asked]);
    tale.pivot.principals = vec!["run-7".to_owned()];
    let radius = tale.tell().story.blast_radius;
    assert!(radius.accounts.iter().any(|account| account.raw() == "444455556666"), "{radius:?}");
    let names: Vec<&str> = radius.principals.iter().map(LogText::raw).collect();
    assert_eq!(names, ["arn:aws:sts::111122223333:assumed-role/deploy/run-7", arn]);
}

#[test]
fn a_temporary_key_is_told_with_the_call_that_issued_it_and_with_no_other() {
    let issue = |second: u32, key: &str| {
        event(
            second,
            "sts:AssumeRole",
            json!({
                "userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
                "sourceIPAddress": "ec2.amazonaws.com",
                "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/web", "roleSessionName": "i-0dbc91f429e48eeed"},
                "responseElements": {"credentials": {"accessKeyId": key}}
            }),
        )
    };
    let me = session("web", "i-0dbc91f429e48eeed");
    let used = event(9, "s3:ListBuckets", json!({"userIdentity": me}));
    let records = vec![issue(1, "ASIAEXAMPLEEARLIER00"), issue(2, "ASIAEXAMPLESESSION00"), used];
    for by_key in [false, true] {
        let mut tale = Tale::of(records.clone());
        match by_key {
            true => tale.pivot.keys = vec!["ASIAEXAMPLESESSION00".to_owned()],
            false => tale.pivot.principals = vec!["i-0dbc91f429e48eeed".to_owned()],
        }
        let told = tale.tell();
        let whose = &told.story.answers[0];
        assert!(whose.answer.raw().contains("(issued at 2024-05-04T02:00:02Z)"), "{whose:?}");
        assert!(cites(&whose.origins, 2) && !cites(&whose.origins, 1), "{whose:?}");
    }
}

#[test]
fn every_object_that_is_named_is_proved_by_a_record() {
    let read = |second: u32, key: &str| {
        let request = json!({"bucketName": "acme-export", "key": key});
        event(second, "s3:GetObject", json!({"requestParameters": request}))
    };
    // The sixth record names the second object.
    let mut records: Vec<Value> = (1..=5).map(|second| read(second, "index.htm")).collect();
    records.push(read(6, "payroll.csv"));
    let told = about_mallory(records);
    let row = &told.story.accessed[0];
    assert_eq!(
        row.names.iter().map(LogText::raw).collect::<Vec<_>>(),
        ["index.htm", "payroll.csv"]
    );
    assert!(cites(&row.origins, 6), "{row:?}");
    assert_eq!(row.origins.len(), 6, "each record once");
}

#[test]
fn an_account_that_was_let_in_is_in_reach() {
    let share = json!({"requestParameters": {
        "snapshotId": "snap-0a", "attributeType": "CREATE_VOLUME_PERMISSION",
        "createVolumePermission": {"add": {"items": [{"userId": "999999999999"}]}}
    }});
    let told = about_mallory(vec![event(1, "ec2:ModifySnapshotAttribute", share.clone())]);
    let accounts: Vec<&str> = told.story.blast_radius.accounts.iter().map(LogText::raw).collect();
    assert_eq!(accounts, ["111122223333", "999999999999"]);
    let mut refused = event(1, "ec2:ModifySnapshotAttribute", share);
    refused["errorCode"] = json!("Client.UnauthorizedOperation");
    let told = about_mallory(vec![refused]);
    assert_eq!(told.story.blast_radius.accounts.len(), 1, "nobody was let in");
}

#[test]
fn the_named_objects_and_their_records_do_not_depend_on_the_order_or_the_split_of_the_reading() {
    let records: Vec<Value> = (0..40)
        .map(|number| {
            let request =
                json!({"bucketName": "acme-export", "key": format!("{}.csv", number * 7 % 11)});
            let mut read = event(number / 5, "s3:GetObject", json!({"requestParameters": request}));
            read["eventID"] = json!(id(number * 37 % 40));
            read
        })
        .collect();
    let tale = Tale { pivot: asked_about_mallory(), ..Tale::of(records) };
    let whole = tale.tell();
    assert_eq!(whole.story.accessed[0].names.len(), 5, "the earliest five of eleven");
    assert_eq!(whole, tale.tell_from(tale.facts((0..40).rev())));
    let mut odd = tale.facts((0..40).filter(|at| at % 2 == 1));
    odd.merge(tale.facts((0..40).filter(|at| at % 2 == 0)));
    assert_eq!(whole, tale.tell_from(odd));
}

#[test]
fn a_function_whose_credentials_were_taken_is_told_with_who_called_it() {
    let issued = event(
        1,
        "sts:AssumeRole",
        json!({
            "userIdentity": {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"},
            "sourceIPAddress": "lambda.amazonaws.com",
            "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/service-role/web", "roleSessionName": "shop"},
            "responseElements": {"credentials": {"accessKeyId": "ASIAEXAMPLESESSION00"}}
        }),
    );
    let call = |second: u32, function: &str| {
        let function = format!("arn:aws:lambda:us-east-1:111122223333:function:{function}");
        let service = json!({"type": "AWSService", "invokedBy": "apigateway.amazonaws.com"});
        let request = json!({"functionName": function});
        event(
            second,
            "lambda:Invoke",
            json!({"userIdentity": service, "requestParameters": request}),
        )
    };
    let used = event(9, "s3:ListBuckets", json!({"userIdentity": session("web", "shop")}));
    let mut tale = Tale::of(vec![issued, call(2, "shop"), call(4, "shop"), call(5, "other"), used]);
    tale.pivot.principals = vec!["shop".to_owned()];
    let told = tale.tell();
    let out = told.story.answers.iter().find(|a| a.question == "How did it get out?").unwrap();
    assert_eq!(out.answer.raw(), "unknown", "a call is a sign and no proof");
    let expected = "function shop was called 2 times from 2024-05-04T02:00:02Z to 2024-05-04T02:00:04Z by apigateway.amazonaws.com";
    assert!(out.because.raw().contains(expected), "{out:?}");
    assert!(cites(&out.origins, 2) && cites(&out.origins, 4) && !cites(&out.origins, 5));
}

#[test]
fn a_deleted_database_is_told_with_the_snapshot_that_is_left_of_it() {
    let deleted = |request: Value| {
        let told = about_mallory(vec![event(
            1,
            "rds:DeleteDBInstance",
            json!({"requestParameters": request}),
        )]);
        told.story.changes[0].resource.raw().to_owned()
    };
    let kept = json!({"dBInstanceIdentifier": "orders", "skipFinalSnapshot": false, "finalDBSnapshotIdentifier": "orders-last"});
    assert_eq!(deleted(kept), "orders (last snapshot orders-last)");
    assert_eq!(
        deleted(json!({"dBInstanceIdentifier": "orders", "skipFinalSnapshot": true})),
        "orders"
    );
}

#[test]
fn where_only_objects_are_logged_the_lack_of_management_events_is_a_blind_spot() {
    let request = json!({"requestParameters": {"bucketName": "acme-export", "key": "a.csv"}});
    let lacks = |records| {
        let spots = about_mallory(records).blind_spots;
        spots.iter().any(|spot| spot.starts_with("no management events"))
    };
    let read = event(1, "s3:GetObject", request.clone());
    assert!(lacks(vec![read.clone(), event(2, "s3:HeadBucket", request.clone())]));
    assert!(!lacks(vec![read, event(2, "s3:PutBucketPolicy", request)]));
}
