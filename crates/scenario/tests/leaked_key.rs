//! The built-in incident, read back with serde_json and counted independently of the generator.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail as loudly as the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use crashcart_model::{Head, Outcome, Timestamp, UniqueId, principal_name};
use crashcart_scenario::{LogFile, Scenario, leaked_key};
use serde_json::Value;

fn records_of(file: &LogFile) -> Vec<Value> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(file.bytes.as_slice()).read_to_string(&mut text).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    document["Records"].as_array().unwrap().clone()
}

fn records(scenario: &Scenario) -> Vec<Value> {
    scenario.files.iter().flat_map(records_of).collect()
}

/// Each event once.
fn distinct(scenario: &Scenario) -> Vec<Value> {
    let mut by_id = BTreeMap::new();
    for record in records(scenario) {
        by_id.insert(text(&record, "/eventID").to_owned(), record);
    }
    by_id.into_values().collect()
}

fn text<'a>(record: &'a Value, path: &str) -> &'a str {
    record.pointer(path).and_then(Value::as_str).unwrap_or_default()
}

fn named<'a>(records: &'a [Value], name: &str) -> Vec<&'a Value> {
    records.iter().filter(|record| text(record, "/eventName") == name).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_gives_others() {
    let (first, again, other) = (leaked_key(7), leaked_key(7), leaked_key(8));
    assert_eq!(first.files, again.files);
    assert_eq!(first.truth, again.truth);
    assert!(first.files.iter().all(|file| !other.files.contains(file)));
    assert_ne!(first.truth.key, other.truth.key);
}

#[test]
fn files_stand_where_aws_puts_them() {
    let scenario = leaked_key(1);
    assert!((200..900).contains(&scenario.files.len()), "{}", scenario.files.len());
    let paths: BTreeSet<&str> = scenario.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.len(), scenario.files.len(), "no name is used twice");
    for file in &scenario.files {
        let parts: Vec<&str> = file.path.split('/').collect();
        let ["AWSLogs", organization, account, "CloudTrail", region, year, month, day, name] =
            parts.as_slice()
        else {
            panic!("{}", file.path)
        };
        assert!(organization.starts_with("o-"));
        let start = format!("{account}_CloudTrail_{region}_{year}{month}{day}T");
        assert!(name.starts_with(&start) && name.ends_with(".json.gz"), "{name}");
        for record in records_of(file) {
            assert_eq!(text(&record, "/recipientAccountId"), *account);
            assert_eq!(text(&record, "/awsRegion"), *region);
        }
    }
}

#[test]
fn every_record_has_the_fields_of_version_1_11() {
    let scenario = leaked_key(2);
    let all = records(&scenario);
    assert!((3_500..5_000).contains(&all.len()), "{}", all.len());
    assert_eq!(all.len(), scenario.truth.records);
    for record in &all {
        for field in [
            "eventVersion",
            "userIdentity",
            "eventTime",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "requestParameters",
            "responseElements",
            "requestID",
            "eventID",
            "readOnly",
            "eventType",
            "managementEvent",
            "recipientAccountId",
            "eventCategory",
        ] {
            assert!(record.get(field).is_some(), "{field} is missing in {record}");
        }
        assert_eq!(text(record, "/eventVersion"), "1.11");
        assert!(Timestamp::parse(text(record, "/eventTime")).is_some());
        let service = !text(record, "/userIdentity/invokedBy").is_empty();
        assert_eq!(record.get("tlsDetails").is_none(), service, "{record}");
        let data = text(record, "/eventCategory") == "Data";
        assert_eq!(record["managementEvent"], Value::Bool(!data));
    }
}

#[test]
fn every_key_belongs_to_the_account_that_its_user_is_in() {
    let scenario = leaked_key(3);
    for record in records(&scenario) {
        let key = text(&record, "/userIdentity/accessKeyId");
        if key.is_empty() {
            continue;
        }
        assert_eq!(key.len(), 20);
        let account = UniqueId::parse(key).and_then(|id| id.account);
        assert_eq!(
            account.as_ref().map(|account| account.as_str()),
            Some(text(&record, "/userIdentity/accountId")),
            "{key}"
        );
    }
}

#[test]
fn public_addresses_are_those_kept_for_documentation() {
    for record in records(&leaked_key(4)) {
        let address = text(&record, "/sourceIPAddress");
        let kept = ["192.0.2.", "198.51.100.", "203.0.113.", "10.20."];
        assert!(
            kept.iter().any(|range| address.starts_with(range))
                || address.ends_with(".amazonaws.com")
                || address == "AWS Internal",
            "{address}"
        );
    }
}

#[test]
fn the_attackers_records_are_all_in_the_truth_and_nothing_else_is() {
    let scenario = leaked_key(5);
    let truth = &scenario.truth;
    let all = distinct(&scenario);
    let theirs: Vec<&Value> =
        all.iter().filter(|record| text(record, "/sourceIPAddress") == truth.address).collect();
    let ids: Vec<&str> = theirs.iter().map(|record| text(record, "/eventID")).collect();
    assert_eq!(ids, truth.events, "both are sorted");
    assert_eq!(
        theirs.iter().filter(|record| record.get("errorCode").is_some()).count(),
        truth.denied
    );
    let times: BTreeSet<_> =
        theirs.iter().map(|record| Timestamp::parse(text(record, "/eventTime"))).collect();
    assert_eq!(times.first(), Some(&Some(truth.first)));
    assert_eq!(times.last(), Some(&Some(truth.last)));
    let regions: BTreeSet<&str> = theirs.iter().map(|record| text(record, "/awsRegion")).collect();
    assert_eq!(regions.into_iter().collect::<Vec<_>>(), truth.regions);
    assert!(
        all.iter()
            .filter(|record| text(record, "/awsRegion") == truth.unused_region)
            .all(|record| text(record, "/sourceIPAddress") == truth.address)
    );
}

#[test]
fn what_the_attacker_did_is_in_the_records() {
    let scenario = leaked_key(6);
    let truth = &scenario.truth;
    let all = distinct(&scenario);

    let policies = named(&all, "PutUserPolicy");
    assert_eq!(policies.len(), 1);
    assert_eq!(text(policies[0], "/userIdentity/arn"), truth.user);
    assert_eq!(text(policies[0], "/userIdentity/accessKeyId"), truth.key);
    assert_eq!(text(policies[0], "/requestParameters/policyName"), truth.policy);
    let document = text(policies[0], "/requestParameters/policyDocument");
    let document: Value = serde_json::from_str(document).unwrap();
    assert_eq!(document["Statement"][0]["Action"], "*");

    let keys = named(&all, "CreateAccessKey");
    assert_eq!(keys.len(), 1);
    assert_eq!(text(keys[0], "/responseElements/accessKey/accessKeyId"), truth.created_key);
    assert_eq!(text(keys[0], "/requestParameters/userName"), truth.created_key_user);
    let created = text(keys[0], "/responseElements/accessKey/createDate");
    let clock = text(keys[0], "/eventTime").get(12..19).unwrap();
    assert!(created.contains(clock), "{created} at {clock}");
    let used = all
        .iter()
        .filter(|record| text(record, "/userIdentity/accessKeyId") == truth.created_key)
        .count();
    assert_eq!(used, 2);

    let stopped = named(&all, "StopLogging");
    assert_eq!(stopped.len(), 1);
    assert_eq!(text(stopped[0], "/errorCode"), "AccessDenied");
    let started = named(&all, "RunInstances");
    assert_eq!(started.len(), 3);
    assert!(started.iter().all(|record| text(record, "/awsRegion") == truth.unused_region));
    assert!(started.iter().all(|record| !text(record, "/errorCode").is_empty()));

    let attached = named(&all, "AttachUserPolicy");
    assert_eq!(attached.len(), 1);
    assert_eq!(text(attached[0], "/requestParameters/policyArn"), truth.quarantine_policy);
    assert_eq!(text(attached[0], "/eventID"), truth.quarantined);
    assert!(Timestamp::parse(text(attached[0], "/eventTime")) > Some(truth.last));
}

#[test]
fn what_the_attacker_took_is_in_the_records() {
    let scenario = leaked_key(9);
    let truth = &scenario.truth;
    let all = distinct(&scenario);
    let by_session: Vec<&Value> = all
        .iter()
        .filter(|record| text(record, "/userIdentity/accessKeyId") == truth.session_key)
        .collect();
    let taken: Vec<&&Value> =
        by_session.iter().filter(|record| text(record, "/eventName") == "GetObject").collect();
    assert_eq!(taken.len(), truth.objects);
    assert!(
        taken.iter().all(|record| text(record, "/requestParameters/bucketName") == truth.bucket)
    );
    let bytes: u64 = taken
        .iter()
        .filter_map(|record| record["additionalEventData"]["bytesTransferredOut"].as_u64())
        .sum();
    assert_eq!(bytes, truth.bytes);
    let secrets: Vec<&str> = {
        let mut read: Vec<&&Value> = by_session
            .iter()
            .filter(|record| text(record, "/eventName") == "GetSecretValue")
            .collect();
        read.sort_by_key(|record| text(record, "/eventTime"));
        read.iter().map(|record| text(record, "/requestParameters/secretId")).collect()
    };
    assert_eq!(secrets, truth.secrets);
    assert!(
        by_session.iter().all(|record| text(record, "/recipientAccountId") == truth.accounts[1])
    );
}

#[test]
fn the_call_into_the_second_account_is_logged_in_both_with_one_shared_id() {
    let scenario = leaked_key(10);
    let truth = &scenario.truth;
    let all = distinct(&scenario);
    let copies: Vec<&Value> = named(&all, "AssumeRole")
        .into_iter()
        .filter(|record| text(record, "/requestParameters/roleArn") == truth.assumed_role)
        .collect();
    assert_eq!(copies.len(), 2);
    assert_eq!(text(copies[0], "/sharedEventID"), text(copies[1], "/sharedEventID"));
    assert_ne!(text(copies[0], "/sharedEventID"), "");
    let ids: BTreeSet<&str> = copies.iter().map(|record| text(record, "/eventID")).collect();
    assert_eq!(ids, truth.assume_role_copies.iter().map(String::as_str).collect());
    let accounts: BTreeSet<&str> =
        copies.iter().map(|record| text(record, "/recipientAccountId")).collect();
    assert_eq!(accounts, truth.accounts.iter().map(String::as_str).collect());
}

#[test]
fn the_opened_port_is_closed_by_the_administrator_with_a_second_factor() {
    let scenario = leaked_key(11);
    let truth = &scenario.truth;
    let all = distinct(&scenario);
    let opened = named(&all, "AuthorizeSecurityGroupIngress");
    let closed = named(&all, "RevokeSecurityGroupIngress");
    assert_eq!((opened.len(), closed.len()), (1, 1));
    for record in [opened[0], closed[0]] {
        assert_eq!(text(record, "/requestParameters/groupId"), truth.security_group);
        let range = "/requestParameters/ipPermissions/items/0/ipRanges/items/0/cidrIp";
        assert_eq!(text(record, range), "0.0.0.0/0");
    }
    assert_eq!(text(closed[0], "/userIdentity/arn"), truth.responder);
    assert_eq!(text(closed[0], "/eventID"), truth.cleaned_up);
    assert_eq!(text(closed[0], "/userIdentity/sessionContext/attributes/mfaAuthenticated"), "true");
    assert!(text(closed[0], "/eventTime") > text(opened[0], "/eventTime"));
}

#[test]
fn one_file_is_delivered_twice_and_no_other_event_is() {
    let scenario = leaked_key(12);
    let truth = &scenario.truth;
    let mut seen = BTreeMap::<String, Vec<&str>>::new();
    for file in &scenario.files {
        for record in records_of(file) {
            seen.entry(text(&record, "/eventID").to_owned()).or_default().push(&file.path);
        }
    }
    let repeated: Vec<&Vec<&str>> = seen.values().filter(|paths| paths.len() > 1).collect();
    assert_eq!(repeated.len(), truth.duplicates);
    assert!(truth.duplicates > 0);
    let mut expected = truth.redelivered.clone();
    expected.sort();
    assert!(repeated.iter().all(|paths| **paths == expected), "{repeated:?}");
}

#[test]
fn the_key_had_an_ordinary_life_before_and_the_innocent_shares_only_the_network() {
    let scenario = leaked_key(13);
    let truth = &scenario.truth;
    let all = distinct(&scenario);
    let before = all
        .iter()
        .filter(|record| text(record, "/userIdentity/accessKeyId") == truth.key)
        .filter(|record| Timestamp::parse(text(record, "/eventTime")) < Some(truth.first))
        .count();
    assert!(before > 50, "{before}");
    let innocent: Vec<&Value> = all
        .iter()
        .filter(|record| {
            text(record, "/userIdentity/sessionContext/sessionIssuer/arn") == truth.innocent
        })
        .collect();
    assert!(innocent.len() > 100);
    assert!(innocent.iter().all(|record| text(record, "/sourceIPAddress") != truth.address));
    let network = truth.address.rsplit_once('.').map(|(network, _)| network).unwrap();
    assert!(innocent.iter().all(|record| text(record, "/sourceIPAddress").starts_with(network)));
}

#[test]
fn our_own_reader_finds_time_caller_and_outcome_in_every_record() {
    for record in records(&leaked_key(14)) {
        crashcart_testkit::with_record(&record.to_string(), |read| {
            let head = Head::of(read);
            assert!(head.time.is_some() && head.event_id.is_some(), "{record}");
            assert_ne!(principal_name(head.identity()), "unknown", "{record}");
            assert_eq!(head.outcome() == Outcome::Done, record.get("errorCode").is_none());
        });
    }
}
