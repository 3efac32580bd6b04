//! A leaked key is used by its owner and by an intruder at the same time: what is the owner's
//! usual work must not be told as the intruder's, and nothing that a finding cites may be hidden.

mod material;

use crashcart_model::{Level, LogText};
use crashcart_story::{Pivot, Told};
use material::{Tale, event, session};
use serde_json::{Value, json};

const OFFICE: &str = "192.0.2.40";
const INTRUDER: &str = "198.51.100.77";
const CALLS_A_DAY: u32 = 3;

/// A record of mallory's on a day of May 2024 at an hour and a minute; `more` replaces members.
fn at(day: u32, clock: (u32, u32), call: &str, more: Value) -> Value {
    let (hour, minute) = clock;
    let mut record = event(0, call, more);
    record["eventTime"] = json!(format!("2024-05-{day:02}T{hour:02}:{minute:02}:00Z"));
    let place = record["sourceIPAddress"].as_str().unwrap_or_default().len();
    record["eventID"] =
        json!(format!("{day:08}-{hour:04}-4{minute:03}-8{place:03}-{:012}", call.len()));
    record
}

/// What the owner does from the office: looks, delivers an image, reads its own bucket.
fn work(day: u32, hour: u32) -> Vec<Value> {
    let from = |mut more: Value| {
        more["sourceIPAddress"] = json!(OFFICE);
        more["userAgent"] = json!("Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#6.8.0");
        more
    };
    let image = json!({"requestParameters": {"repositoryName": "shop"}});
    let object = json!({"requestParameters": {"bucketName": "settings", "key": "a.json"}});
    vec![
        at(day, (hour, 1), "ecs:DescribeServices", from(json!({}))),
        at(day, (hour, 2), "ecr:PutImage", from(image)),
        at(day, (hour, 3), "s3:GetObject", from(object)),
    ]
}

/// What the intruder does on 4 May at two in the morning.
fn intrusion() -> Vec<Value> {
    let from = |mut more: Value| {
        more["sourceIPAddress"] = json!(INTRUDER);
        more["userAgent"] = json!("aws-cli/2.31.18 ua/2.1 md/command#any");
        more
    };
    let user = json!({"requestParameters": {"userName": "backdoor"}});
    let mut records = vec![
        at(4, (2, 1), "sts:GetCallerIdentity", from(json!({}))),
        at(4, (2, 2), "iam:CreateUser", from(user)),
    ];
    for number in 0..7 {
        let object = json!({"requestParameters": {"bucketName": "payroll", "key": format!("{number}.csv")},
                   "additionalEventData": {"bytesTransferredOut": 1000.0}});
        records.push(at(4, (2, 10 + number), "s3:GetObject", from(object)));
    }
    records
}

/// A call of the intruder that nobody takes for the owner's.
fn with_attack_tool() -> Value {
    at(
        4,
        (2, 4),
        "sts:GetCallerIdentity",
        json!({"sourceIPAddress": INTRUDER, "userAgent": "Pacu/1.0"}),
    )
}

fn days(days: &[u32], hour: u32) -> Vec<Value> {
    days.iter().flat_map(|day| work(*day, hour)).collect()
}

/// The tale with a high rule on CreateUser.
fn tale(records: Vec<Value>) -> Tale {
    let pivot = Pivot { keys: vec!["AKIAEXAMPLEMALLORY00".to_owned()], ..Pivot::default() };
    Tale { pivot, ..Tale::of(records) }.rule("CreateUser", Level::Critical)
}

fn calls(told: &Told) -> Vec<&str> {
    told.story.steps.iter().map(|step| step.what.raw()).collect()
}

fn addresses(told: &Told) -> Vec<&str> {
    told.story.suspects[0].addresses.iter().map(LogText::raw).collect()
}

#[test]
fn the_owners_work_is_no_step_no_data_read_and_no_address_of_the_intruder() {
    let told = tale([days(&[3, 4, 5], 9), intrusion()].concat()).tell();
    assert_eq!(calls(&told), ["sts:GetCallerIdentity", "iam:CreateUser", "s3:GetObject"]);
    let read: Vec<_> =
        told.story.accessed.iter().map(|row| (row.what.raw(), row.things, row.bytes)).collect();
    assert_eq!(read, [("payroll", Some(7), Some(7000))]);
    assert_eq!(addresses(&told), [INTRUDER]);
    let suspect = &told.story.suspects[0];
    assert_eq!(suspect.user_agents, [LogText::from("aws-cli/2.31.18")]);
    let because = suspect.because.join("\n");
    assert!(because.contains("read 7 objects of payroll (7 reads, 7.0 kB)"), "{because}");
    assert!(
        because
            .contains(&format!("used from {INTRUDER}, while its usual work comes from {OFFICE}"))
    );
    assert!(!because.contains("settings"), "{because}");
    assert!(told.story.blast_radius.resources.iter().all(|name| name.raw() != "settings"));
}

#[test]
fn what_is_left_out_is_counted_with_where_it_came_from() {
    let told = tale([days(&[3, 4, 5], 9), intrusion()].concat()).tell();
    let left_out = format!("usual work left out: {} calls from {OFFICE} (boto3)", 3 * CALLS_A_DAY);
    let suspect = &told.story.suspects[0];
    assert!(suspect.because.contains(&left_out), "{:?}", suspect.because);
    let spot = told.blind_spots.iter().find(|spot| spot.contains(&left_out));
    assert!(spot.is_some_and(|spot| spot.starts_with("user mallory: ")), "{:?}", told.blind_spots);
    let may = told.story.answers.iter().find(|a| a.question == "What may it do?").unwrap();
    assert!(may.answer.raw().contains("did in its usual work: ecr (PutImage)"), "{may:?}");
}

#[test]
fn without_a_history_all_is_told_and_the_lack_of_one_is_said() {
    // The same morning, half an hour before: an intruder may have two addresses.
    let told = tale([work(4, 1), intrusion()].concat()).tell();
    assert!(calls(&told).contains(&"ecr:PutImage"));
    assert_eq!(addresses(&told), [OFFICE, INTRUDER]);
    let said = "nothing in this material shows how user mallory worked";
    assert!(told.blind_spots.iter().any(|spot| spot.starts_with(said)), "{:?}", told.blind_spots);
}

#[test]
fn a_single_call_long_before_is_no_habit() {
    let mut probe = work(3, 9);
    probe.truncate(1);
    let told = tale([probe, intrusion()].concat()).tell();
    assert!(calls(&told).contains(&"ecs:DescribeServices"));
}

#[test]
fn a_call_that_a_medium_finding_cites_is_never_set_apart() {
    let records = [days(&[3, 4, 5], 9), intrusion()].concat();
    let told = tale(records).rule("PutImage", Level::Medium).tell();
    assert!(calls(&told).contains(&"ecr:PutImage"), "{:?}", calls(&told));
    assert!(addresses(&told).contains(&OFFICE));
}

#[test]
fn a_call_that_a_correlation_cites_is_never_set_apart() {
    let records = [days(&[3, 4, 5], 9), intrusion()].concat();
    let id = records[1]["eventID"].as_str().unwrap().to_owned();
    let told = Tale { findings: vec![correlation(&id)], ..tale(records) }.tell();
    assert!(calls(&told).contains(&"ecr:PutImage"), "{:?}", calls(&told));
}

#[test]
fn of_a_correlation_whose_records_cannot_be_found_again_nothing_is_set_apart() {
    let records = [days(&[3, 4, 5], 9), intrusion()].concat();
    let told = Tale { findings: vec![correlation("elsewhere")], ..tale(records) }.tell();
    assert!(calls(&told).contains(&"ecr:PutImage"), "{:?}", calls(&told));
}

/// A medium finding of a correlation on mallory that cites one event.
fn correlation(event: &str) -> crashcart_model::Finding {
    let cited = crashcart_model::Origin {
        evidence: crashcart_model::EvidenceId::new(&"0".repeat(64), None),
        record: 1,
        event_id: Some(LogText::from(event)),
    };
    crashcart_model::Finding {
        rule: "burst".to_owned(),
        name: "burst".to_owned(),
        title: "a burst".to_owned(),
        level: Level::Medium,
        tactics: Vec::new(),
        techniques: Vec::new(),
        count: 1,
        outcomes: crashcart_model::Outcomes::default(),
        first: None,
        last: None,
        principals: vec![LogText::from("arn:aws:iam::111122223333:user/mallory")],
        access_keys: Vec::new(),
        addresses: Vec::new(),
        regions: Vec::new(),
        events: vec![cited],
    }
}

#[test]
fn the_address_that_the_responder_asks_about_is_told_whole() {
    let mut tale = tale([days(&[3, 4, 5], 9), intrusion()].concat());
    tale.pivot.addresses.push(OFFICE.to_owned());
    let told = tale.tell();
    assert!(calls(&told).contains(&"ecr:PutImage"));
}

#[test]
fn a_key_that_the_responder_asks_about_and_no_intruder_used_is_told_whole() {
    let mut records = [days(&[3, 4, 5], 9), intrusion()].concat();
    for record in records.iter_mut().filter(|record| record["sourceIPAddress"] == OFFICE) {
        record["userIdentity"]["accessKeyId"] = json!("AKIAEXAMPLEMALLORY99");
    }
    let mut tale = tale(records);
    tale.pivot.keys = Vec::new();
    assert!(!calls(&tale.tell()).contains(&"ecr:PutImage"));
    tale.pivot.keys.push("AKIAEXAMPLEMALLORY99".to_owned());
    let told = tale.tell();
    assert!(calls(&told).contains(&"ecr:PutImage"));
    assert!(told.story.answers[0].answer.raw().ends_with(": user mallory"));
}

#[test]
fn the_same_tool_from_the_office_with_the_same_key_is_usual_and_a_new_tool_there_is_not() {
    let mut records = [days(&[2, 3, 4, 5], 9), intrusion()].concat();
    for record in &mut records {
        record["sourceIPAddress"] = json!(OFFICE);
    }
    let told = tale(records).tell();
    assert_eq!(calls(&told), ["sts:GetCallerIdentity", "iam:CreateUser", "s3:GetObject"]);
    assert_eq!(
        addresses(&told),
        [OFFICE],
        "where the intruder was is told, the owner's too or not"
    );
}

#[test]
fn usual_work_that_removes_what_the_intruder_made_still_removes_it() {
    let mut gone = work(5, 9);
    gone[0]["eventSource"] = json!("iam.amazonaws.com");
    gone[0]["eventName"] = json!("DeleteUser");
    gone[0]["requestParameters"] = json!({"userName": "backdoor"});
    let told = tale([days(&[3, 4], 9), intrusion(), gone].concat()).tell();
    let made = &told.story.persistence[0];
    assert_eq!(made.kind, "IAM user");
    assert_eq!(made.removed_by.as_ref().map(LogText::raw), Some(made.by.raw()));
}

#[test]
fn a_session_that_the_owner_asks_for_in_its_usual_work_is_not_suspect_and_the_intruders_is() {
    let ask = |mut record: Value, role: &str| {
        record["eventSource"] = json!("sts.amazonaws.com");
        record["eventName"] = json!("AssumeRole");
        record["requestParameters"] = json!({"roleSessionName": "x",
            "roleArn": format!("arn:aws:iam::111122223333:role/{role}")});
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{role}/x");
        record["responseElements"] = json!({"assumedRoleUser": {"arn": arn}});
        record
    };
    let used = |minute, role: &str| {
        let made = json!({"userIdentity": session(role, "x"),
            "requestParameters": {"bucketName": "export", "key": "k"}});
        at(4, (3, minute), "s3:GetObject", made)
    };
    let mut records = [days(&[3, 4, 5], 9), intrusion()].concat();
    records[0] = ask(records[0].clone(), "deploy");
    let last = records.len() - 1;
    records[last] = ask(records[last].clone(), "admin");
    records.extend([used(1, "deploy"), used(2, "admin")]);
    records.push(with_attack_tool());
    let told = tale(records).tell();
    let suspects: Vec<&str> = told.story.suspects.iter().map(|s| s.principal.raw()).collect();
    assert_eq!(
        suspects,
        [
            "arn:aws:iam::111122223333:user/mallory",
            "arn:aws:sts::111122223333:assumed-role/admin/x"
        ]
    );
    let revoked: Vec<&str> = told
        .containment
        .iter()
        .filter(|action| action.action == "revoke the role's sessions")
        .map(|action| action.target.raw())
        .collect();
    assert_eq!(revoked, ["arn:aws:sts::111122223333:assumed-role/admin/x"]);
}

#[test]
fn the_key_that_was_made_for_another_user_is_cut_and_the_user_is_not() {
    let key = json!({"sourceIPAddress": INTRUDER, "requestParameters": {"userName": "reports"},
        "responseElements": {"accessKey": {"accessKeyId": "AKIAEXAMPLEREPORTS00"}}});
    let reports = |key: &str| {
        json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/reports",
            "accountId": "111122223333", "userName": "reports", "accessKeyId": key})
    };
    let mut records = [days(&[3, 4, 5], 9), intrusion()].concat();
    records.push(with_attack_tool());
    records.push(at(4, (2, 30), "iam:CreateAccessKey", key));
    let new = json!({"sourceIPAddress": INTRUDER, "userIdentity": reports("AKIAEXAMPLEREPORTS00")});
    records.push(at(4, (2, 31), "sts:GetCallerIdentity", new));
    // The user's own key, from its own address, on other days.
    for day in [3, 4, 5] {
        let own = json!({"sourceIPAddress": "203.0.113.9",
            "userIdentity": reports("AKIAEXAMPLEREPORTSOWN"),
            "requestParameters": {"bucketName": "reports", "key": "r"}});
        records.push(at(day, (7, 0), "s3:GetObject", own));
    }
    let told = tale(records).tell();
    let cut: Vec<(&str, &str)> = told
        .containment
        .iter()
        .map(|action| (action.action.as_str(), action.target.raw()))
        .collect();
    assert_eq!(
        cut,
        [
            ("save the state", "users, roles, policies and keys"),
            ("deny everything to the user", "arn:aws:iam::111122223333:user/mallory"),
            ("disable access key", "AKIAEXAMPLEMALLORY00"),
            ("disable access key", "AKIAEXAMPLEREPORTS00"),
            ("deny everything to the user", "backdoor"),
        ]
    );
    let why = &told.containment[3].why;
    assert!(why.starts_with("act now: user mallory made this key for reports"), "{why}");
    assert!(told.story.accessed.iter().all(|row| row.what.raw() != "reports"));
}

#[test]
fn what_is_set_apart_does_not_depend_on_the_order_or_the_split_of_the_reading() {
    let tale = tale([days(&[3, 4, 5], 9), intrusion()].concat());
    let last = tale.records.len();
    let mut parts = tale.facts((0..last).rev().filter(|at| at % 2 == 0));
    parts.merge(tale.facts((0..last).filter(|at| at % 2 == 1)));
    assert_eq!(tale.tell(), tale.tell_from(parts));
}

#[test]
fn a_workloads_own_calls_are_no_steps_of_the_thief_even_without_a_history() {
    let of = |second, call: &str, agent: &str, address: &str| {
        let mut record = material::event(second, call, json!({}));
        record["userIdentity"] = session("web", "i-0dbc91f429e48eeed");
        record["userAgent"] = json!(agent);
        record["sourceIPAddress"] = json!(address);
        record
    };
    let agent = "aws-sdk-go/1.44.2 (go1.20; linux; amd64) amazon-ssm-agent/3.2";
    let own = of(1, "ssm:UpdateInstanceInformation", agent, "203.0.113.10");
    let mut failed = of(2, "logs:CreateLogStream", agent, "203.0.113.10");
    failed["errorCode"] = json!("AccessDenied");
    let thief =
        of(3, "s3:ListBuckets", "aws-cli/2.15.0 Python/3.11 Darwin/23.1.0", "198.51.100.66");
    let unknown = of(4, "iam:ListUsers", "python-requests/2.31", "198.51.100.67");
    let told = Tale::of(vec![own, failed, thief, unknown]).tell();
    let suspect = &told.story.suspects[0];
    let from: Vec<&str> = suspect.addresses.iter().map(LogText::raw).collect();
    assert_eq!(from, ["198.51.100.66", "198.51.100.67"], "what came later is told");
    assert!(told.story.failed.is_empty(), "{:#?}", told.story.failed);
    assert!(told.story.steps.iter().all(|step| step.what.raw() != "ssm:UpdateInstanceInformation"));
    let left = "the workload's own calls left out: 2 calls from 203.0.113.10 (aws-sdk-go)";
    assert!(suspect.because.iter().any(|reason| reason == left), "{:#?}", suspect.because);
}
