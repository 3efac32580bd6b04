//! What must be true of every story, each on a few records made by hand.

mod mallory;
mod material;

use crashcart_model::{Incident, Level, LogText, Outcome, PersistenceState};
use crashcart_story::{Pivot, Told};
use mallory::{MALLORY, asked_about_mallory, created_key};
use material::{Tale, event, session};
use serde_json::{Value, json};

fn deleted_key(second: u32) -> Value {
    let request = json!({"userName": "reports", "accessKeyId": "AKIAEXAMPLEREPORTS00"});
    event(second, "iam:DeleteAccessKey", json!({"requestParameters": request}))
}

/// Tells records of mallory's, whom the responder asked about.
fn about_mallory(records: Vec<Value>) -> Told {
    Tale { pivot: asked_about_mallory(), ..Tale::of(records) }.tell()
}

#[allow(clippy::expect_used, reason = "a step that is missing must fail loudly")]
fn step(told: &Told, what: &str) -> crashcart_model::Step {
    told.story.steps.iter().find(|step| step.what.raw() == what).expect(what).clone()
}

#[test]
fn a_denied_call_is_told_as_denied_and_makes_no_persistence() {
    let denied = json!({
        "errorCode": "AccessDenied",
        "requestParameters": {"userName": "backdoor"},
    });
    let told = about_mallory(vec![event(1, "iam:CreateUser", denied)]);
    assert_eq!(step(&told, "iam:CreateUser").outcome, Outcome::Denied);
    assert!(told.story.persistence.is_empty());
    assert_eq!(told.story.failed[0].error.raw(), "AccessDenied");
    assert_eq!(told.story.failed[0].count, 1);
}

#[test]
fn a_dry_run_is_permitted_and_not_done() {
    let dry = json!({"errorCode": "Client.DryRunOperation"});
    let told = about_mallory(vec![event(1, "ec2:RunInstances", dry)]);
    assert_eq!(step(&told, "ec2:RunInstances").outcome, Outcome::Failed);
    assert!(told.story.persistence.is_empty());
    let may = told.story.answers.iter().find(|a| a.question == "What may it do?").unwrap();
    assert!(may.answer.raw().contains("permitted and not done: ec2 (RunInstances)"), "{may:?}");
}

#[test]
fn a_sign_in_that_failed_is_told_as_failed_though_it_has_no_error_code() {
    let failed = json!({
        "eventType": "AwsConsoleSignIn",
        "responseElements": {"ConsoleLogin": "Failure"},
        "additionalEventData": {"MFAUsed": "No"},
    });
    let told = about_mallory(vec![event(1, "signin:ConsoleLogin", failed)]);
    assert_eq!(step(&told, "signin:ConsoleLogin").outcome, Outcome::Failed);
    let reasons = &told.story.suspects[0].because;
    assert!(!reasons.iter().any(|reason| reason.contains("MFA")), "{reasons:?}");
}

#[test]
fn a_key_made_and_deleted_is_removed_and_says_by_whom_and_proves_it() {
    let told = about_mallory(vec![created_key(1), deleted_key(9)]);
    let key = &told.story.persistence[0];
    assert_eq!(key.kind, "access key");
    assert_eq!(key.what.raw(), "AKIAEXAMPLEREPORTS00 of reports");
    assert_eq!(key.state, PersistenceState::Removed);
    assert_eq!(key.removed_by.as_ref().map(LogText::raw), Some(MALLORY));
    let ids: Vec<&str> =
        key.origins.iter().filter_map(|o| o.event_id.as_ref()).map(LogText::raw).collect();
    let expected = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000009"];
    assert_eq!(ids, expected);
}

#[test]
fn a_removal_in_the_same_second_counts_and_one_that_came_before_or_failed_does_not() {
    let state = |records| about_mallory(records).story.persistence[0].state;
    assert_eq!(state(vec![created_key(5), deleted_key(5)]), PersistenceState::Removed);
    assert_eq!(state(vec![created_key(5), deleted_key(4)]), PersistenceState::InPlace);
    let mut failed = deleted_key(9);
    failed["errorCode"] = json!("AccessDenied");
    assert_eq!(state(vec![created_key(5), failed]), PersistenceState::InPlace);
    let again = vec![created_key(5), deleted_key(6), created_key(7)];
    assert_eq!(state(again), PersistenceState::InPlace, "made again after the removal");
}

#[test]
fn deleting_a_user_takes_its_keys_and_password_with_it_but_not_another_users() {
    let login = |second, user: &str| {
        event(second, "iam:CreateLoginProfile", json!({"requestParameters": {"userName": user}}))
    };
    let gone = event(9, "iam:DeleteUser", json!({"requestParameters": {"userName": "reports"}}));
    let told = about_mallory(vec![created_key(1), login(2, "reports"), login(3, "other"), gone]);
    let states: Vec<_> = told.story.persistence.iter().map(|p| (p.what.raw(), p.state)).collect();
    assert_eq!(
        states,
        [
            ("AKIAEXAMPLEREPORTS00 of reports", PersistenceState::Removed),
            ("reports", PersistenceState::Removed),
            ("other", PersistenceState::InPlace),
        ]
    );
}

#[test]
fn the_same_name_in_another_account_or_region_removes_nothing() {
    let stopped =
        event(1, "cloudtrail:StopLogging", json!({"requestParameters": {"name": "main"}}));
    let mut started =
        event(2, "cloudtrail:StartLogging", json!({"requestParameters": {"name": "main"}}));
    let reverted = |started: &Value| {
        about_mallory(vec![stopped.clone(), started.clone()]).story.changes[0].reverted_by.clone()
    };
    assert!(reverted(&started).is_some());
    started["requestParameters"]["name"] =
        json!("arn:aws:cloudtrail:us-east-1:111122223333:trail/main");
    assert!(reverted(&started).is_some(), "a trail's name and its ARN are one");
    started["awsRegion"] = json!("eu-west-1");
    assert!(reverted(&started).is_none());
    started["awsRegion"] = json!("us-east-1");
    started["recipientAccountId"] = json!("999999999999");
    assert!(reverted(&started).is_none());
}

#[test]
fn logging_that_was_off_is_a_blind_spot_and_is_switched_on_before_anything_else() {
    let stopped =
        event(1, "cloudtrail:StopLogging", json!({"requestParameters": {"name": "main"}}));
    let told = about_mallory(vec![stopped, created_key(2)]);
    let spot = told.blind_spots.iter().find(|spot| spot.starts_with("logging stopped")).unwrap();
    assert!(spot.contains("2024-05-04T02:00:01Z until the end"), "{spot}");
    let first = &told.containment[0];
    assert_eq!(
        first.command.as_ref().map(LogText::raw),
        Some("aws cloudtrail start-logging --name='main' --region='us-east-1'")
    );
}

#[test]
fn an_attack_with_proof_is_cut_off_now_and_an_attempt_without_effect_is_not() {
    let agent = json!("stratus-red-team_0d2c1f");
    let mut records = vec![created_key(1)];
    for (second, user) in [(2, "one"), (3, "two")] {
        let made = json!({"requestParameters": {"userName": user}});
        records.push(event(second, "iam:CreateUser", made));
    }
    records.push(event(
        4,
        "cloudtrail:StopLogging",
        json!({"requestParameters": {"name": "main"}}),
    ));
    records.iter_mut().for_each(|record| record["userAgent"] = agent.clone());
    let tale = |records: Vec<Value>| {
        Tale::of(records).rule("CreateUser", Level::High).rule("StopLogging", Level::Medium)
    };
    let told = tale(records.clone()).tell();
    let suspect = &told.story.suspects[0];
    assert_eq!(suspect.principal.raw(), MALLORY);
    assert!(suspect.act_now, "{suspect:?}");
    assert_eq!(told.verdict.incident, Incident::Yes);
    let commands: Vec<&str> =
        told.containment.iter().filter_map(|c| c.command.as_ref()).map(LogText::raw).collect();
    let deny = commands
        .iter()
        .position(|c| c.starts_with("aws iam put-user-policy --user-name='mallory'"));
    let key = commands.iter().position(|c| c.contains("--access-key-id='AKIAEXAMPLEMALLORY00'"));
    assert!(deny.is_some() && deny < key, "deny first, then keys: {commands:#?}");

    records.iter_mut().for_each(|record| record["errorCode"] = json!("AccessDenied"));
    let told = tale(records).tell();
    assert!(!told.story.suspects[0].act_now);
    assert_ne!(told.verdict.incident, Incident::Yes);
}

#[test]
fn an_administrator_who_fires_many_rules_is_never_cut_off_now() {
    let mut records = Vec::new();
    for second in 0..20 {
        let made = json!({"requestParameters": {"userName": format!("new-{second}")}});
        records.push(event(second, "iam:CreateUser", made.clone()));
        records.push(event(second, "iam:CreateLoginProfile", made));
    }
    records.push(event(
        30,
        "ec2:DeleteSnapshot",
        json!({"requestParameters": {"snapshotId": "snap-1"}}),
    ));
    let told = Tale::of(records)
        .rule("CreateUser", Level::High)
        .rule("CreateLoginProfile", Level::High)
        .rule("DeleteSnapshot", Level::High)
        .tell();
    assert!(
        told.story.suspects.iter().all(|suspect| !suspect.act_now),
        "{:?}",
        told.story.suspects
    );
}

#[test]
fn a_key_the_responder_asked_about_is_listed_and_scores_nothing_for_the_question() {
    let tale = Tale {
        pivot: Pivot { keys: vec!["AKIAEXAMPLEMALLORY00".to_owned()], ..Pivot::default() },
        ..Tale::of(vec![event(1, "sts:GetCallerIdentity", json!({}))])
    };
    let told = tale.tell();
    let suspect = &told.story.suspects[0];
    assert!(suspect.only_asked && !suspect.act_now && suspect.score < 20, "{suspect:?}");
    assert!(told.containment.is_empty(), "{:?}", told.containment);
    assert_ne!(told.verdict.incident, Incident::Yes);
    let whose = &told.story.answers[0];
    assert_eq!(whose.question, "Whose key is it?");
    assert!(whose.answer.raw().ends_with(": user mallory"), "{whose:?}");
    assert_eq!(whose.origins.len(), 1);
}

#[test]
fn principals_of_the_environment_are_not_accused_and_the_verdict_says_who() {
    let mut tale = Tale::of(vec![created_key(1)]).rule("CreateAccessKey", Level::Critical);
    assert_eq!(tale.tell().story.suspects.len(), 1);
    tale.environment.responders.push(MALLORY.to_owned());
    let told = tale.tell();
    assert!(told.story.suspects.is_empty());
    let note = "not accused: user mallory, a known responder of the environment";
    assert!(told.verdict.because.iter().any(|because| because == note), "{:?}", told.verdict);
}

#[test]
fn a_responders_removal_is_told_as_theirs() {
    let mut gone = deleted_key(9);
    gone["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/nina");
    let mut tale = Tale::of(vec![created_key(1), gone]).rule("CreateAccessKey", Level::High);
    tale.environment.responders.push("arn:aws:iam::111122223333:user/nina".to_owned());
    let told = tale.tell();
    let by = told.story.persistence[0].removed_by.as_ref().map(LogText::raw);
    assert_eq!(by, Some("arn:aws:iam::111122223333:user/nina"));
    assert!(!told.story.steps.iter().any(|step| step.actor.raw().ends_with("nina")));
}

#[test]
fn aws_services_and_their_roles_are_no_suspects() {
    let service = json!({"type": "AWSService", "invokedBy": "rds.amazonaws.com"});
    let linked = session("AWSServiceRoleForRDS", "SLRManagement");
    let records = [service, linked]
        .into_iter()
        .map(|who| event(1, "iam:CreateUser", json!({"userIdentity": who})))
        .collect();
    let told = Tale::of(records).rule("CreateUser", Level::Critical).tell();
    assert!(told.story.suspects.is_empty(), "{:?}", told.story.suspects);
}

#[test]
fn a_scaffold_is_folded_and_ranked_below_what_was_done_by_hand() {
    let mut records = Vec::new();
    for second in 0..12 {
        records.push(event(
            second,
            "iam:CreateRole",
            json!({
                "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io)",
                "requestParameters": {"roleName": format!("role-{second}")},
            }),
        ));
    }
    records.push(event(20, "iam:CreateUser", json!({"requestParameters": {"userName": "m"}})));
    let told = about_mallory(records);
    let scaffold = step(&told, "iam:CreateRole");
    assert_eq!(scaffold.count, 12);
    assert_eq!(told.story.persistence.len(), 1, "only the user made by hand");
    assert_eq!(told.story.persistence[0].kind, "IAM user");
}

#[test]
fn an_instances_credentials_on_a_persons_machine_are_an_incident_when_data_was_read() {
    let stolen = json!({
        "userIdentity": session("web", "i-0dbc91f429e48eeed"),
        "userAgent": "[aws-cli/1.18.136 Python/3.8.5 Darwin/19.6.0]",
        "requestParameters": {"bucketName": "payroll", "key": "2024.csv"},
        "additionalEventData": {"bytesTransferredOut": 89.0},
        "managementEvent": false,
    });
    let mut own = stolen.clone();
    own["userAgent"] = json!("aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/");
    let told = Tale::of(vec![event(1, "s3:GetObject", own)]).tell();
    assert!(told.story.suspects.is_empty(), "a workload at work is no suspect");
    let told =
        Tale::of(vec![event(1, "s3:GetObject", stolen.clone()), event(2, "s3:GetObject", stolen)])
            .tell();
    assert_eq!(told.verdict.incident, Incident::Yes);
    let data = &told.story.accessed[0];
    assert_eq!((data.kind.as_str(), data.what.raw()), ("object", "payroll"));
    assert_eq!((data.count, data.bytes), (2, Some(178)));
}

#[test]
fn a_hostile_user_name_stays_inside_its_quotes_or_gives_no_command() {
    let user = |name: &str| {
        let made = json!({"requestParameters": {"userName": name}});
        let told = about_mallory(vec![event(1, "iam:CreateLoginProfile", made)]);
        let action = told.containment.iter().find(|c| c.target.raw() == name).unwrap().clone();
        action.command.map(|command| command.raw().to_owned())
    };
    assert_eq!(
        user("x'; reboot; '").as_deref(),
        Some(r"aws iam delete-login-profile --user-name='x'\''; reboot; '\'''")
    );
    assert_eq!(user("two\nlines"), None);
    for hostile in crashcart_testkit::HOSTILE {
        if let Some(command) = user(hostile) {
            assert!(command.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{command}");
        }
    }
}

#[test]
fn root_gets_no_command_but_the_reason() {
    let root = |more: Value| {
        let mut event = json!({
            "userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLEROOT00000"},
            "userAgent": "Pacu/1.0",
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let told = Tale::of(vec![
        event(1, "cloudtrail:StopLogging", root(json!({"requestParameters": {"name": "trail"}}))),
        event(2, "iam:CreateUser", root(json!({"requestParameters": {"userName": "spare"}}))),
        event(3, "iam:CreateAccessKey", root(json!({"requestParameters": {"userName": "spare"}}))),
        event(
            4,
            "secretsmanager:GetSecretValue",
            root(json!({"requestParameters": {"secretId": "db"}})),
        ),
    ])
    .tell();
    let action = told.containment.iter().find(|c| c.action == "secure root").unwrap();
    assert_eq!(action.command, None);
    assert!(action.why.contains("cannot be limited by an IAM policy"), "{}", action.why);
}

#[test]
fn no_is_said_only_on_positive_grounds() {
    let quiet = |count| {
        let records = (0..count).map(|second| event(second, "ec2:DescribeInstances", json!({})));
        Tale::of(records.collect()).tell().verdict.incident
    };
    assert_eq!(quiet(150), Incident::No);
    assert_eq!(quiet(20), Incident::Undecided, "too little to clear anybody");
    let mut tale =
        Tale::of((0..150).map(|s| event(s, "ec2:DescribeInstances", json!({}))).collect());
    tale.coverage.gap_count = 1;
    assert_eq!(tale.tell().verdict.incident, Incident::Undecided, "a gap may hide anything");
}

#[test]
fn nobody_is_cleared_by_an_export_that_does_not_tell_what_succeeded() {
    let records = (0..150).map(|second| event(second, "ec2:DescribeInstances", json!({})));
    let verdict = Tale { partial: true, ..Tale::of(records.collect()) }.tell().verdict;
    assert_eq!(verdict.incident, Incident::Undecided);
    assert!(verdict.because[0].starts_with("150 of 150 events do not tell"), "{verdict:?}");
}

#[test]
fn the_story_is_the_same_whatever_the_order_and_the_split_of_the_reading() {
    let mut records = vec![created_key(3), deleted_key(9)];
    for second in 0..60 {
        let mut read = event(
            second / 7,
            "secretsmanager:GetSecretValue",
            json!({"requestParameters": {"secretId": format!("secret-{}", second % 4)}}),
        );
        read["eventID"] =
            json!(format!("00000000-0000-4000-8000-0000000001{:02}", (second * 37) % 60));
        read["sourceIPAddress"] = json!(format!("198.51.100.{}", second % 9));
        records.push(read);
    }
    let tale = Tale { pivot: asked_about_mallory(), ..Tale::of(records) }
        .rule("GetSecretValue", Level::Medium);
    let whole = tale.tell();
    let last = tale.records.len();
    let backwards = tale.tell_from(tale.facts((0..last).rev()));
    assert_eq!(whole, backwards);
    let mut odd = tale.facts((0..last).filter(|at| at % 2 == 1));
    odd.merge(tale.facts((0..last).filter(|at| at % 2 == 0)));
    assert_eq!(whole, tale.tell_from(odd));
    let secret = &whole.story.accessed[0];
    assert_eq!(secret.count, 15);
    assert_eq!(secret.origins.len(), 5, "the earliest five");
}

#[test]
fn a_bucket_opened_to_another_account_is_a_way_out_and_one_opened_to_its_own_is_not() {
    let policy = |principal: &str| {
        let document = json!({"Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject"}]});
        let put = json!({"requestParameters": {"bucketName": "payroll", "bucketPolicy": document}});
        about_mallory(vec![event(1, "s3:PutBucketPolicy", put)]).story
    };
    let story = policy("arn:aws:iam::999999999999:root");
    assert_eq!(story.persistence[0].what.raw(), "payroll (arn:aws:iam::999999999999:root)");
    assert_eq!(story.changes.len(), 1);
    assert_eq!(policy("*").persistence.len(), 1);
    let own = policy("arn:aws:iam::111122223333:role/app");
    assert!(own.persistence.is_empty());
    assert_eq!(own.changes.len(), 1, "still a change to a crown jewel");
}

#[test]
fn a_security_group_opened_and_closed_again_is_told_with_its_rule() {
    let rule = json!({"groupId": "sg-0a", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}});
    let opened = event(1, "ec2:AuthorizeSecurityGroupIngress", json!({"requestParameters": rule}));
    let flat = json!({"groupId": "sg-0a", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIp": "0.0.0.0/0"});
    let closed = event(2, "ec2:RevokeSecurityGroupIngress", json!({"requestParameters": flat}));
    let told = about_mallory(vec![opened.clone()]);
    assert_eq!(told.story.persistence[0].what.raw(), "sg-0a (tcp 22 from 0.0.0.0/0)");
    let command = told.containment.iter().find(|c| c.action == "close security group").unwrap();
    assert_eq!(
        command.command.as_ref().map(LogText::raw),
        Some(
            "aws ec2 revoke-security-group-ingress --group-id='sg-0a' --protocol='tcp' --port='22' --cidr='0.0.0.0/0' --region='us-east-1'"
        )
    );
    let told = about_mallory(vec![opened, closed]);
    assert_eq!(told.story.persistence[0].state, PersistenceState::Removed);
    assert!(told.story.changes[0].reverted_by.is_some());
}
