//! Which suspects belong to one incident and which do not: each rule from both sides.

mod material;

use crashcart_model::{Environment, Incident, IncidentGroup, Level, LogText};
use crashcart_story::{Pivot, Told};
use crashcart_testkit::shared_data;
use material::{Tale, event, records_of, session};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn user(name: &str) -> Value {
    json!({
        "type": "IAMUser",
        "principalId": format!("AIDAEXAMPLE{}", name.to_uppercase()),
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        "accountId": ACCOUNT,
        "accessKeyId": format!("AKIAEXAMPLE{}", name.to_uppercase()),
        "userName": name
    })
}

/// Something grave that a user did at a second, from an address, with a tool.
fn grave(second: u32, who: &str, address: &str, tool: &str) -> Value {
    let more = json!({
        "userIdentity": user(who),
        "sourceIPAddress": address,
        "userAgent": tool,
        "requestParameters": {"name": format!("trail-{who}")}
    });
    event(second, "cloudtrail:StopLogging", more)
}

fn tell(records: Vec<Value>) -> Told {
    Tale::of(records).rule("StopLogging", Level::Critical).tell()
}

/// The ends of the suspects' names, incident by incident.
fn groups(told: &Told) -> Vec<Vec<String>> {
    let end = |name: &LogText| name.raw().rsplit(':').next().unwrap_or_default().to_owned();
    let suspected = told.story.incidents.iter().filter(|incident| !incident.scaffold);
    suspected.map(|incident| incident.suspects.iter().map(end).collect()).collect()
}

fn only(told: &Told) -> &IncidentGroup {
    assert_eq!(told.story.incidents.len(), 1, "{:#?}", told.story.incidents);
    &told.story.incidents[0]
}

#[test]
fn a_session_that_a_suspect_asked_for_is_of_the_same_incident() {
    let asked = json!({
        "userIdentity": user("mallory"),
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/admin", "roleSessionName": "x"},
        "responseElements": {"assumedRoleUser": {"arn": "arn:aws:sts::111122223333:assumed-role/admin/x"}, "credentials": {"accessKeyId": "ASIAEXAMPLESESSION00"}}
    });
    let mut used = grave(9, "mallory", "203.0.113.50", "Boto3/1.34");
    used["userIdentity"] = session("admin", "x");
    let first = grave(1, "mallory", "198.51.100.7", "aws-cli/2.15.0");
    let told = tell(vec![first.clone(), event(3, "sts:AssumeRole", asked), used.clone()]);
    let incident = only(&told);
    assert_eq!(incident.suspects.len(), 2);
    assert!(
        incident.because.iter().any(|b| b.ends_with("session was asked for by user mallory")),
        "{incident:#?}"
    );
    assert_eq!(incident.addresses.len(), 2, "one credential chain from two addresses");
    assert!(incident.access_keys.iter().any(|key| key.raw() == "ASIAEXAMPLESESSION00"));
    // The same without the call that issued the session: nothing ties the two.
    assert_eq!(groups(&tell(vec![first, used])).len(), 2);
}

#[test]
fn a_user_that_a_suspect_made_is_of_the_same_incident_and_another_user_is_not() {
    let made = json!({"userIdentity": user("mallory"), "requestParameters": {"userName": "spare"}});
    let told = tell(vec![
        grave(1, "mallory", "198.51.100.7", "aws-cli/2.15.0"),
        event(2, "iam:CreateUser", made),
        grave(5, "spare", "203.0.113.50", "Boto3/1.34"),
        grave(6, "other", "203.0.113.51", "Boto3/1.33"),
    ]);
    let groups = groups(&told);
    assert!(groups.contains(&vec!["user/other".to_owned()]), "{groups:?}");
    assert!(groups.iter().any(|group| group.len() == 2), "{groups:?}");
}

#[test]
fn an_administrator_who_made_a_user_is_not_of_the_incident_of_that_user() {
    let made = json!({"userIdentity": user("admin"), "requestParameters": {"userName": "spare"}});
    let pivot = Pivot { principals: vec!["admin".to_owned()], ..Pivot::default() };
    let records =
        vec![event(2, "iam:CreateUser", made), grave(500, "spare", "203.0.113.50", "Boto3/1.34")];
    let tale = Tale { pivot, ..Tale::of(records) }.rule("StopLogging", Level::Critical);
    let told = tale.tell();
    assert_eq!(told.story.suspects.len(), 2, "the responder asked about the administrator");
    assert_eq!(groups(&told), [["user/spare"]]);
}

#[test]
fn a_key_that_a_suspect_made_ties_whoever_uses_it() {
    let made = json!({
        "userIdentity": user("mallory"),
        "requestParameters": {"userName": "reports"},
        "responseElements": {"accessKey": {"accessKeyId": "AKIAEXAMPLEREPORTS", "userName": "reports"}}
    });
    let told = tell(vec![
        grave(1, "mallory", "198.51.100.7", "aws-cli/2.15.0"),
        event(2, "iam:CreateAccessKey", made),
        grave(5, "reports", "203.0.113.50", "Boto3/1.34"),
    ]);
    let incident = only(&told);
    assert!(
        incident
            .because
            .iter()
            .any(|b| b == "user reports: used a key that was made by user mallory"),
        "{incident:#?}"
    );
    let ids: Vec<&str> = incident.access_keys.iter().map(LogText::raw).collect();
    assert_eq!(ids, ["AKIAEXAMPLEMALLORY", "AKIAEXAMPLEREPORTS"]);
}

#[test]
fn one_address_and_one_tool_in_the_same_hours_is_one_incident() {
    let tool = "aws-cli/2.15.0 md/x os/linux#6.1 lang/python#3.11";
    let two = |second, second_tool: &str| {
        groups(&tell(vec![
            grave(1, "mallory", "198.51.100.7", tool),
            grave(second, "trent", "198.51.100.7", second_tool),
        ]))
        .len()
    };
    assert_eq!(two(600, tool), 1);
    assert_eq!(two(600, "Boto3/1.34"), 2, "another tool may be another person");
    let mut late = grave(600, "trent", "198.51.100.7", tool);
    late["eventTime"] = json!("2024-05-06T02:00:00Z");
    let told = tell(vec![grave(1, "mallory", "198.51.100.7", tool), late]);
    assert_eq!(groups(&told).len(), 2, "two days later it may be somebody else");
}

#[test]
fn two_people_of_one_office_stay_two_though_they_use_the_same_tool() {
    let tool = "aws-cli/2.15.0 md/x os/linux#6.1 lang/python#3.11";
    let mut records = Vec::new();
    for (number, who) in ["mallory", "trent"].into_iter().enumerate() {
        for day in 1..=3 {
            let mut usual = event(0, "s3:ListBuckets", json!({"userIdentity": user(who)}));
            usual["sourceIPAddress"] = json!("192.0.2.40");
            usual["userAgent"] = json!(tool);
            usual["eventTime"] = json!(format!("2024-05-0{day}T09:0{number}:00Z"));
            usual["eventID"] =
                json!(format!("00000000-0000-4000-9000-00000000{number:02}{day:02}"));
            records.push(usual);
        }
        records.push(grave(600 + u32::from(who == "trent"), who, "192.0.2.40", tool));
    }
    assert_eq!(groups(&tell(records)).len(), 2);
}

#[test]
fn people_in_the_environments_own_network_are_not_tied_by_it() {
    let tool = "aws-cli/2.15.0 md/x os/linux#6.1";
    let tale = |networks: Vec<String>| {
        let environment = Environment { networks, ..Environment::default() };
        let records = vec![
            grave(1, "mallory", "198.51.100.7", tool),
            grave(60, "trent", "198.51.100.7", tool),
        ];
        let tale = Tale { environment, ..Tale::of(records) };
        groups(&tale.rule("StopLogging", Level::Critical).tell()).len()
    };
    assert_eq!(tale(Vec::new()), 1);
    assert_eq!(tale(vec!["198.51.100.0/24".to_owned()]), 2);
}

fn terraform(second: u32, call: &str) -> Value {
    let more = json!({
        "userIdentity": session("deploy", "run-7"),
        "userAgent": "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io)",
        "requestParameters": {"name": format!("made-{second}"), "userName": format!("made-{second}")}
    });
    event(second, call, more)
}

#[test]
fn a_scaffold_that_fires_many_rules_is_named_as_such_below_every_suspect() {
    let calls = ["iam:CreateUser", "iam:CreateAccessKey", "cloudtrail:StopLogging"];
    let mut records: Vec<Value> =
        (0..30).map(|n| terraform(n, calls[usize::try_from(n).unwrap() % 3])).collect();
    records.push(grave(100, "mallory", "198.51.100.7", "aws-cli/2.15.0"));
    let told = Tale::of(records)
        .rule("StopLogging", Level::Critical)
        .rule("CreateUser", Level::High)
        .rule("CreateAccessKey", Level::High)
        .tell();
    let names: Vec<(bool, &str)> =
        told.story.incidents.iter().map(|i| (i.scaffold, i.name.raw())).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(!names[0].0 && names[0].1.starts_with("user mallory"), "{names:?}");
    assert_eq!(names[1], (true, "scaffold: Terraform/1.9.8 of role deploy (session run-7)"));
    let scaffold = &told.story.incidents[1];
    assert!(scaffold.suspects.is_empty() && scaffold.score < 20 && !scaffold.act_now);
    assert!(
        scaffold
            .because
            .contains(&"3 rules fired on these calls, which by themselves say little".to_owned()),
        "{scaffold:#?}"
    );
}

#[test]
fn the_same_calls_by_hand_are_no_scaffold() {
    let records: Vec<Value> = (0..3)
        .map(|n| {
            let mut record = terraform(n, "cloudtrail:StopLogging");
            record["userAgent"] = json!("aws-cli/2.15.0");
            record
        })
        .collect();
    let told = tell(records);
    assert!(!only(&told).scaffold);
}

#[test]
fn what_cloudformation_called_for_a_principal_is_a_scaffold_by_who_invoked_it() {
    let mut identity = session("deploy", "run-7");
    identity["invokedBy"] = json!("cloudformation.amazonaws.com");
    let records = (0..5)
        .map(|n| {
            let more = json!({
                "userIdentity": identity,
                "userAgent": "something else",
                "requestParameters": {"userName": format!("made-{n}")}
            });
            event(n, "iam:CreateUser", more)
        })
        .collect();
    let told = Tale::of(records).rule("CreateUser", Level::High).tell();
    assert!(only(&told).scaffold, "{:#?}", told.story.incidents);
    assert!(told.story.suspects.is_empty());
}

/// Mallory makes a key for reports; somebody takes it and mallory's own away.
fn cleaned(by: &str, address: &str) -> Vec<Value> {
    let made = json!({
        "userIdentity": user("mallory"),
        "requestParameters": {"userName": "reports"},
        "responseElements": {"accessKey": {"accessKeyId": "AKIAEXAMPLEREPORTS", "userName": "reports"}}
    });
    let cut = |second, call: &str, request: Value| {
        let more = json!({"userIdentity": user(by), "sourceIPAddress": address, "userAgent": "aws-cli/2.9.0", "requestParameters": request});
        event(second, call, more)
    };
    vec![
        grave(1, "mallory", "198.51.100.7", "aws-cli/2.15.0"),
        event(2, "iam:CreateAccessKey", made),
        cut(
            900,
            "iam:DeleteAccessKey",
            json!({"userName": "reports", "accessKeyId": "AKIAEXAMPLEREPORTS"}),
        ),
        cut(
            901,
            "iam:UpdateAccessKey",
            json!({"userName": "mallory", "accessKeyId": "AKIAEXAMPLEMALLORY", "status": "Inactive"}),
        ),
    ]
}

fn tell_cleaned(records: Vec<Value>, responders: Vec<String>) -> Told {
    let environment = Environment { responders, ..Environment::default() };
    let tale = Tale { environment, ..Tale::of(records) };
    let tale = tale.rule("StopLogging", Level::Critical).rule("DeleteAccessKey", Level::High);
    tale.rule("UpdateAccessKey", Level::High).tell()
}

#[test]
fn whoever_takes_away_what_a_suspect_made_cleaned_up_and_is_not_accused() {
    let told = tell_cleaned(cleaned("nina", "192.0.2.10"), Vec::new());
    let incident = only(&told);
    let clean_up = &incident.cleaned_up_by[0];
    assert!(clean_up.by.raw().ends_with("user/nina") && !clean_up.certain);
    let what: Vec<&str> = clean_up.what.iter().map(LogText::raw).collect();
    assert_eq!(
        what,
        [
            "iam:DeleteAccessKey AKIAEXAMPLEREPORTS of reports",
            "iam:UpdateAccessKey AKIAEXAMPLEMALLORY of mallory"
        ]
    );
    assert!(!told.story.suspects.iter().any(|s| s.principal.raw().ends_with("user/nina")));
    let asked = &told.verdict.would_decide;
    assert!(asked.iter().any(|ask| ask.starts_with("ask user nina: ")), "{asked:?}");
}

#[test]
fn a_known_responder_cleaned_up_for_certain() {
    let responders = vec![format!("arn:aws:iam::{ACCOUNT}:user/nina")];
    let told = tell_cleaned(cleaned("nina", "192.0.2.10"), responders);
    assert!(only(&told).cleaned_up_by[0].certain);
}

#[test]
fn a_suspect_that_takes_its_own_traces_away_is_no_responder() {
    let told = tell_cleaned(cleaned("mallory", "198.51.100.7"), Vec::new());
    assert!(only(&told).cleaned_up_by.is_empty());
    // Nor is another name that comes from the suspect's own address.
    let told = tell_cleaned(cleaned("nina", "198.51.100.7"), Vec::new());
    assert!(told.story.incidents.iter().all(|incident| incident.cleaned_up_by.is_empty()));
}

#[test]
fn who_cleans_up_and_does_something_grave_besides_stays_suspect() {
    let mut records = cleaned("nina", "192.0.2.10");
    records.push(grave(950, "nina", "192.0.2.10", "aws-cli/2.9.0"));
    let told = tell_cleaned(records, Vec::new());
    assert!(told.story.suspects.iter().any(|s| s.principal.raw().ends_with("user/nina")));
}

#[test]
fn a_low_score_makes_no_incident_even_where_the_responder_asked() {
    let pivot = Pivot { principals: vec!["mallory".to_owned()], ..Pivot::default() };
    let told = Tale { pivot, ..Tale::of(vec![event(1, "s3:ListBuckets", json!({}))]) }.tell();
    assert_eq!(told.story.suspects.len(), 1);
    assert!(told.story.incidents.is_empty());
}

#[test]
fn an_undecided_verdict_says_whom_to_ask_and_which_days_to_read() {
    let told =
        Tale::of(vec![event(1, "iam:CreateUser", json!({"requestParameters": {"userName": "x"}}))])
            .rule("CreateUser", Level::High)
            .tell();
    assert_eq!(told.verdict.incident, Incident::Undecided);
    assert!(!told.verdict.would_decide.is_empty());
    assert!(told.verdict.because.iter().all(|because| !because.contains("would decide")));
}

#[test]
fn invictus_is_one_attack_and_one_scaffold_and_the_administrator_is_in_neither() {
    let Some(path) = shared_data("story-invictus") else { return };
    let told = Tale::of(records_of(&path))
        .rule("CreateUser", Level::High)
        .rule("GetBucketAcl", Level::Low)
        .rule("GetAccountAuthorizationDetails", Level::Medium)
        .tell();
    let incidents = &told.story.incidents;
    let attack = &incidents[0];
    assert!(attack.act_now && !attack.scaffold);
    assert_eq!(attack.suspects[0].raw(), "arn:aws:iam::123837392027:user/bert-jan");
    // The instance's stolen credentials came from where bert-jan worked.
    assert!(attack.suspects.iter().any(|s| s.raw().ends_with("/i-0dbc91f429e48eeed")));
    assert!(attack.principals.iter().any(|p| p.raw().ends_with("user/malicious-iam-user")));
    let scaffold = incidents.iter().find(|incident| incident.scaffold).unwrap();
    assert!(scaffold.name.raw().contains("Terraform"), "{scaffold:?}");
    assert!(scaffold.score < attack.score);
    let benjamin = |i: &IncidentGroup| i.principals.iter().any(|p| p.raw().ends_with("benjamin"));
    assert!(!incidents.iter().any(benjamin));
}

#[test]
fn noise_makes_no_incident() {
    let Some(path) = shared_data("noise-opensearch-catalog/cloudtrail_347283850106.json.gz") else {
        return;
    };
    let told = Tale::of(records_of(&path)).tell();
    assert!(told.story.incidents.iter().all(|incident| incident.scaffold));
}
