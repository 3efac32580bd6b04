//! What is told as new, what is not known to be, and how much of it counts.

#![allow(clippy::unwrap_used, reason = "a test with a broken record must fail loudly")]

mod material;

use crashcart_model::{Account, Environment, First, FirstKind, Head, Incident, Novelty, Suspect};
use crashcart_story::{Facts, History, Place, Told};
use material::{Tale, event};
use serde_json::{Value, json};

const HOME: &str = "111122223333";
const NEW: &str = "999988887777";
const USUAL: &str = "192.0.2.40";
const STRANGE: &str = "203.0.113.99";
const USER: &str = "arn:aws:iam::111122223333:user/mallory";

/// A read of user mallory on a day of May 2024, in its usual place.
fn work(day: usize, number: usize) -> Value {
    event(
        0,
        "ecs:DescribeServices",
        json!({
            "eventTime": format!("2024-05-{day:02}T10:{number:02}:00Z"),
            "eventID": format!("work-{day}-{number}"),
            "sourceIPAddress": USUAL,
        }),
    )
}

/// So many days of work, so many calls in all; spread evenly, the rest on the first day.
fn days(days: usize, calls: usize) -> Vec<Value> {
    (0..calls).map(|call| work(1 + call % days, call / days)).collect()
}

/// A call in the account that was never used; `more` replaces members.
fn reach(more: Value) -> Value {
    let mut record = event(
        0,
        "s3:GetObject",
        json!({
            "eventTime": "2024-05-20T02:00:00Z",
            "eventID": "reach",
            "recipientAccountId": NEW,
            "sourceIPAddress": STRANGE,
            "awsRegion": "us-east-1",
            "requestParameters": {"bucketName": "theirs", "key": "a"},
        }),
    );
    for (name, value) in more.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

fn tell(records: Vec<Value>) -> Told {
    Tale::of(records).tell()
}

fn account(told: &Told) -> Option<&First> {
    told.story
        .firsts
        .iter()
        .find(|first| first.kind == FirstKind::Account && first.what.raw() == NEW)
}

fn suspect<'t>(told: &'t Told, name: &str) -> Option<&'t Suspect> {
    told.story.suspects.iter().find(|suspect| suspect.principal.raw() == name)
}

#[test]
fn five_earlier_days_with_twenty_calls_are_a_history_and_less_is_not() {
    for (history, expected) in [
        (days(5, 20), Novelty::New),
        (days(4, 20), Novelty::Unknown),
        (days(5, 19), Novelty::Unknown),
        (days(6, 40), Novelty::New),
        (Vec::new(), Novelty::Unknown),
    ] {
        let calls = history.len();
        let told = tell(history.into_iter().chain([reach(json!({}))]).collect());
        let first = account(&told).unwrap();
        assert_eq!(first.novelty, expected, "{calls} calls: {}", first.because);
        let accused = suspect(&told, USER).is_some();
        assert_eq!(accused, expected == Novelty::New, "{calls} calls: nobody is accused of less");
    }
}

#[test]
fn what_was_done_on_the_very_day_is_no_history() {
    let mut records = days(4, 40);
    records.extend((0..40).map(|number| {
        event(
            0,
            "ecs:DescribeServices",
            json!({
                "eventTime": format!("2024-05-20T00:{number:02}:00Z"),
                "eventID": format!("today-{number}"), "sourceIPAddress": USUAL,
            }),
        )
    }));
    records.push(reach(json!({})));
    assert_eq!(account(&tell(records)).unwrap().novelty, Novelty::Unknown);
}

#[test]
fn a_key_in_an_account_that_it_never_used_is_told_with_what_was_before() {
    let told = tell(days(9, 45).into_iter().chain([reach(json!({}))]).collect());
    let first = account(&told).unwrap();
    assert_eq!(first.who.raw(), USER);
    assert_eq!(first.access_key.as_ref().unwrap().raw(), "AKIAEXAMPLEMALLORY00");
    assert_eq!(first.address.as_ref().unwrap().raw(), STRANGE);
    assert_eq!((first.before.days, first.before.events, first.before.count), (9, 45, 1));
    assert_eq!(first.before.seen[0].raw(), HOME);
    assert_eq!(first.origins[0].event_id.as_ref().unwrap().raw(), "reach");
    let suspect = suspect(&told, USER).unwrap();
    assert!(!suspect.act_now, "no rule and no request proves that it was not the owner");
    assert!(suspect.because.iter().any(|text| text.contains("first time in account 999988887777")));
    let regions = told.story.answers.iter().find(|a| a.question.contains("regions")).unwrap();
    assert!(regions.answer.raw().contains("for the first time: account 999988887777"));
}

#[test]
fn an_account_that_was_used_before_is_no_news() {
    let mut records = days(9, 45);
    records[0]["recipientAccountId"] = json!(NEW);
    records.push(reach(json!({})));
    assert_eq!(account(&tell(records)).map(|first| first.novelty), Some(Novelty::Unknown));
}

#[test]
fn a_role_that_is_taken_up_brings_the_key_to_its_account_and_a_refused_one_does_not() {
    let assume = |error: Value| {
        reach(json!({
            "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
            "recipientAccountId": HOME, "errorCode": error,
            "requestParameters": {
                "roleArn": format!("arn:aws:iam::{NEW}:role/reader"), "roleSessionName": "x"},
        }))
    };
    let with = |record| tell(days(9, 45).into_iter().chain([record]).collect());
    let done = with(assume(Value::Null));
    let first = account(&done).unwrap();
    assert_eq!(first.through.as_ref().unwrap().raw(), format!("arn:aws:iam::{NEW}:role/reader"));
    assert!(account(&with(assume(json!("AccessDenied")))).is_none());
}

#[test]
fn a_key_that_was_only_refused_there_did_not_get_in() {
    let refused = reach(json!({"errorCode": "AccessDenied"}));
    let told = tell(days(9, 45).into_iter().chain([refused]).collect());
    assert!(account(&told).unwrap().because.contains("was refused"));
    let both = tell(days(9, 45).into_iter().chain([reach(json!({}))]).collect());
    let score = |told: &Told| suspect(told, USER).map_or(0, |suspect| suspect.score);
    assert!(score(&told) < score(&both));
}

#[test]
fn work_that_grows_from_its_usual_place_in_an_own_account_accuses_nobody() {
    let grown = || days(9, 45).into_iter().chain([reach(json!({"sourceIPAddress": USUAL}))]);
    let mut tale = Tale::of(grown().collect());
    let stranger = suspect(&tale.tell(), USER).map_or(0, |suspect| suspect.score);
    tale.environment.accounts.insert(NEW.to_owned(), Account::default());
    let told = tale.tell();
    assert!(account(&told).unwrap().because.contains("may be by design"));
    assert!(suspect(&told, USER).is_none_or(|suspect| suspect.score < stranger));
    assert!(suspect(&told, USER).is_none(), "{:?}", told.story.suspects);
}

#[test]
fn an_own_account_reached_from_a_new_address_stays_undecided() {
    let mut records = days(9, 120);
    records.push(reach(json!({})));
    let mut tale = Tale::of(records);
    let foreign = tale.tell();
    tale.environment.accounts.insert(NEW.to_owned(), Account::default());
    let own = tale.tell();
    let score = |told: &Told| suspect(told, USER).unwrap().score;
    assert_eq!(score(&foreign), score(&own) + 10);
    assert_eq!(own.verdict.incident, Incident::Undecided);
}

#[test]
fn known_infrastructure_as_code_is_told_and_not_accused() {
    let mut tale = Tale::of(days(9, 120).into_iter().chain([reach(json!({}))]).collect());
    tale.environment =
        Environment { infrastructure_as_code: vec![USER.to_owned()], ..Environment::default() };
    let told = tale.tell();
    assert!(account(&told).unwrap().because.contains("known infrastructure as code"));
    assert!(told.story.suspects.is_empty());
    assert_eq!(told.verdict.incident, Incident::No);
}

#[test]
fn a_new_address_region_service_or_tool_alone_makes_nobody_a_suspect() {
    let new = event(
        0,
        "dynamodb:DescribeTable",
        json!({
            "eventTime": "2024-05-20T09:00:00Z", "eventID": "new", "sourceIPAddress": STRANGE,
            "awsRegion": "eu-north-1", "userAgent": "Boto3/1.40 Python/3.12",
        }),
    );
    let told = tell(days(9, 120).into_iter().chain([new]).collect());
    let kinds: Vec<FirstKind> = told.story.firsts.iter().map(|first| first.kind).collect();
    let expected =
        [FirstKind::Address, FirstKind::Region, FirstKind::Service, FirstKind::UserAgent];
    assert_eq!(kinds, expected);
    assert!(told.story.suspects.is_empty());
    assert_eq!(told.verdict.incident, Incident::No);
}

#[test]
fn a_global_service_says_nothing_about_a_region() {
    let new = event(
        0,
        "iam:ListUsers",
        json!({
            "eventTime": "2024-05-20T09:00:00Z", "eventID": "new", "awsRegion": "us-gov-west-1",
            "sourceIPAddress": USUAL,
        }),
    );
    let told = tell(days(9, 120).into_iter().chain([new]).collect());
    assert!(told.story.firsts.iter().all(|first| first.kind != FirstKind::Region));
}

#[test]
fn whoever_often_comes_from_new_addresses_is_not_told_of_one_more() {
    let mut records = days(12, 120);
    for day in 6..=12 {
        let mut record = work(day, 59);
        record["sourceIPAddress"] = json!(format!("198.51.100.{day}"));
        record["eventID"] = json!(format!("roaming-{day}"));
        records.push(record);
    }
    let last = |records: &[Value], address: &str| {
        let more = reach(json!({"recipientAccountId": HOME, "sourceIPAddress": address}));
        let told = tell(records.iter().cloned().chain([more]).collect());
        told.story.firsts.iter().any(|first| first.what.raw() == address)
    };
    assert!(!last(&records, STRANGE), "one more of many");
    assert!(last(&days(12, 120), STRANGE), "the only one");
}

#[test]
fn where_its_owner_was_before_and_a_key_was_not_the_key_is_told() {
    let mut records = days(9, 45);
    // The owner in the console, in the other account.
    let mut console = work(2, 50);
    console["recipientAccountId"] = json!(NEW);
    console["userIdentity"]["accessKeyId"] = json!("ASIAEXAMPLECONSOLE00");
    console["eventID"] = json!("console");
    records.extend([console, reach(json!({}))]);
    let told = tell(records);
    let new = |first: &&First| first.kind == FirstKind::Account && first.novelty == Novelty::New;
    let first = told.story.firsts.iter().find(new).unwrap();
    assert_eq!(first.what.raw(), NEW);
    assert!(first.because.contains("its owner was there before, this key was not"));
}

#[test]
fn a_user_whom_the_other_account_knows_by_its_id_alone_is_the_same_user() {
    let stranger = json!({
        "type": "AWSAccount", "principalId": "AIDAEXAMPLEMALLORY000", "accountId": HOME});
    let told =
        tell(days(9, 45).into_iter().chain([reach(json!({"userIdentity": stranger}))]).collect());
    let first = account(&told).unwrap();
    assert_eq!((first.who.raw(), first.novelty), (USER, Novelty::New));
}

/// Facts of the last record, with the others as history only.
fn with_baseline(history: &[Value], material: &[Value]) -> Told {
    let mut past = History::default();
    for record in history {
        crashcart_testkit::with_record(&record.to_string(), |record| {
            past.recall(record, &Head::of(record));
        });
    }
    let tale = Tale::of(material.to_vec());
    let mut facts = tale.facts(0..material.len());
    facts.recall(past);
    tale.tell_from(facts)
}

#[test]
fn a_baseline_makes_history_and_never_a_step_or_a_witness() {
    let told = with_baseline(&days(9, 45), &[reach(json!({}))]);
    let first = account(&told).unwrap();
    assert_eq!((first.novelty, first.before.days, first.before.events), (Novelty::New, 9, 45));
    let cited = |text: &str| told.story.steps.iter().any(|step| step.what.raw().contains(text));
    assert!(cited("GetObject") && !cited("DescribeServices"));
    let seen = with_baseline(
        &[
            days(9, 45),
            vec![reach(json!({
        "eventTime": "2024-05-08T02:00:00Z"}))],
        ]
        .concat(),
        &[reach(json!({}))],
    );
    assert!(account(&seen).is_none(), "the baseline saw it first");
}

#[test]
fn logs_that_are_material_and_baseline_at_once_count_once() {
    let records: Vec<Value> = days(5, 19).into_iter().chain([reach(json!({}))]).collect();
    let told = with_baseline(&records, &records);
    let first = account(&told).unwrap();
    assert_eq!((first.before.days, first.before.events), (5, 19));
    assert_eq!(first.novelty, Novelty::Unknown);
    let enough: Vec<Value> = days(5, 20).into_iter().chain([reach(json!({}))]).collect();
    assert_eq!(account(&with_baseline(&enough, &enough)).unwrap().novelty, Novelty::New);
}

#[test]
fn the_order_of_reading_and_the_split_do_not_show() {
    let mut records = days(9, 45);
    records.push(reach(json!({})));
    records.extend((0..200).map(|number| {
        let mut record = work(1 + number % 20, number % 60);
        record["sourceIPAddress"] = json!(format!("198.51.100.{}", number % 90));
        record["eventID"] = json!(format!("many-{number}"));
        record
    }));
    let tale = Tale::of(records);
    let all = tale.records.len();
    let forward = tale.tell();
    let backward = tale.tell_from(tale.facts((0..all).rev()));
    let mut split: Facts = tale.facts((0..all).filter(|at| at % 3 == 0));
    split.merge(tale.facts((0..all).rev().filter(|at| at % 3 != 0)));
    assert_eq!(forward.story.firsts, backward.story.firsts);
    assert_eq!(forward.story.firsts, tale.tell_from(split).story.firsts);
}

/// 192.x and 198.x lie in one country, 198.x in another network; of 203.x only the country is known.
fn places(address: &str) -> Option<Place> {
    let (country, network) = match address.split('.').next()? {
        "192" => ("NL", Some("AS64496")),
        "198" => ("NL", Some("AS64497")),
        "203" => ("BR", None),
        _ => return None,
    };
    Some(Place { country: Some(country.to_owned()), network: network.map(str::to_owned) })
}

#[test]
fn with_a_database_the_country_or_the_network_of_an_address_is_told_as_new() {
    let new = |address: &str, before: &str| {
        let mut records = days(9, 45);
        records[0]["sourceIPAddress"] = json!(before);
        records.push(reach(json!({"recipientAccountId": HOME, "sourceIPAddress": address})));
        let tale = Tale { places: Some(places), ..Tale::of(records) };
        let told = tale.tell();
        let of_address =
            |first: &&First| first.address.as_ref().is_some_and(|a| a.raw() == address);
        let kinds = [FirstKind::Address, FirstKind::Network, FirstKind::Country];
        let first = told.story.firsts.iter().filter(of_address).find(|f| kinds.contains(&f.kind));
        first.map(|first| (first.kind, first.what.raw().to_owned()))
    };
    let told = |kind, what: &str| Some((kind, what.to_owned()));
    assert_eq!(new("203.0.113.99", USUAL), told(FirstKind::Country, "BR"));
    assert_eq!(new("198.51.100.1", USUAL), told(FirstKind::Network, "AS64497"));
    assert_eq!(new("192.0.2.200", USUAL), told(FirstKind::Address, "192.0.2.200"));
    // Where one earlier address is in no file, its country may have been the same.
    assert_eq!(new("203.0.113.99", "10.0.0.1"), told(FirstKind::Address, "203.0.113.99"));
}
