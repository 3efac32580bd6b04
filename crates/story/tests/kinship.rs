//! Suspicion that passes from a suspect to what it made, and what the responder knows of the place.

mod mallory;
mod material;

use crashcart_model::{Incident, Level};
use crashcart_story::Pivot;
use mallory::{MALLORY, asked_about_mallory, created_key};
use material::{Tale, event, session};
use serde_json::json;

#[test]
fn a_session_that_a_suspect_asked_for_is_suspect_and_the_reason_names_who_asked() {
    let asked = json!({
        "userAgent": "pacu/1.5",
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/admin", "roleSessionName": "x"},
        "responseElements": {"assumedRoleUser": {"arn": "arn:aws:sts::111122223333:assumed-role/admin/x"}, "credentials": {"accessKeyId": "ASIAEXAMPLESESSION00"}}
    });
    let used =
        json!({"userIdentity": session("admin", "x"), "requestParameters": {"userName": "m"}});
    let told = Tale::of(vec![
        event(1, "sts:AssumeRole", asked),
        created_key(2),
        event(3, "iam:CreateUser", used),
    ])
    .rule("CreateAccessKey", Level::High)
    .rule("CreateUser", Level::Medium)
    .tell();
    let session =
        told.story.suspects.iter().find(|s| s.principal.raw().ends_with("admin/x")).unwrap();
    assert!(
        session.because.contains(&"its session was asked for by user mallory".to_owned()),
        "{session:?}"
    );
}

#[test]
fn a_suspect_that_was_deleted_after_its_last_use_needs_no_cutting_off() {
    let used = json!({"userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/temp", "accountId": "111122223333", "userName": "temp"}, "userAgent": "pacu/1.5"});
    let gone = |second| {
        event(second, "iam:DeleteUser", json!({"requestParameters": {"userName": "temp"}}))
    };
    let listed = |records| {
        let tale = Tale {
            pivot: Pivot { principals: vec!["temp".to_owned()], ..Pivot::default() },
            ..Tale::of(records)
        };
        let told = tale.rule("ListUsers", Level::High).tell();
        let cut = told.containment.iter().any(|c| c.target.raw().ends_with("user/temp"));
        let note =
            "it was deleted by user mallory at 2024-05-04T02:00:09Z: nothing is left to cut off";
        (cut, told.story.suspects[0].because.iter().any(|because| because == note))
    };
    let look = event(3, "iam:ListUsers", used);
    assert_eq!(listed(vec![look.clone(), gone(9)]), (false, true));
    assert_eq!(listed(vec![gone(1), look.clone()]), (true, false), "deleted before: another one");
    let again = event(12, "iam:CreateUser", json!({"requestParameters": {"userName": "temp"}}));
    assert_eq!(listed(vec![look, gone(9), again]), (true, false), "made again");
}

#[test]
fn whoever_uses_a_key_that_a_suspect_made_is_suspect_too() {
    let mut made = created_key(1);
    made["userAgent"] = json!("pacu/1.5");
    let reports = |key: &str| json!({"userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/reports", "accountId": "111122223333", "accessKeyId": key}});
    let reasons = |key| {
        let used = event(5, "s3:ListBuckets", reports(key));
        let told = Tale::of(vec![made.clone(), used]).rule("CreateAccessKey", Level::High).tell();
        let found =
            told.story.suspects.into_iter().find(|s| s.principal.raw().ends_with("reports"));
        found.map(|suspect| suspect.because)
    };
    let expected = vec!["it used a key that was made by user mallory".to_owned()];
    assert_eq!(reasons("AKIAEXAMPLEREPORTS00"), Some(expected));
    assert_eq!(reasons("AKIAEXAMPLEREPORTS99"), None, "its own key is its own business");
}

#[test]
fn a_key_that_is_asked_about_is_listed_even_of_a_break_glass_user_whom_no_question_accuses() {
    let keys = vec!["AKIAEXAMPLEMALLORY00".to_owned()];
    let pivot = Pivot { keys, ..Pivot::default() };
    let mut tale = Tale { pivot, ..Tale::of(vec![created_key(1)]) };
    tale.environment.break_glass.push(MALLORY.to_owned());
    let told = tale.tell();
    let suspect = told.story.suspects.first().unwrap();
    assert_eq!((suspect.principal.raw(), suspect.act_now), (MALLORY, false));
    let said = |text: &str| suspect.because.iter().any(|reason| reason.contains(text));
    assert!(said("the responder asked about it"), "{suspect:#?}");
    assert!(said("the environment names it as a break-glass principal"), "{suspect:#?}");
    assert!(!told.containment.iter().any(|action| action.target.raw() == MALLORY));
    assert_ne!(told.verdict.incident, Incident::Yes);
    tale.pivot.keys.clear();
    assert!(tale.tell().story.suspects.is_empty(), "not asked about, not listed");
}

#[test]
fn own_networks_are_not_several_addresses_and_are_said_to_be_own() {
    let mut elsewhere = created_key(2);
    elsewhere["sourceIPAddress"] = json!("192.0.2.9");
    let mut tale =
        Tale { pivot: asked_about_mallory(), ..Tale::of(vec![created_key(1), elsewhere]) };
    let because = |tale: &Tale| tale.tell().story.suspects[0].because.join("; ");
    assert!(because(&tale).contains("used from 2 addresses"), "{}", because(&tale));
    tale.environment.networks.push("192.0.2.0/24".to_owned());
    let told = because(&tale);
    assert!(!told.contains("used from 2 addresses"), "{told}");
    assert!(told.contains("in the environment's own networks: 192.0.2.9"), "{told}");
}
