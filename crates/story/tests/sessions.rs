//! Keys and the calls that issued them: from one key up to its root and down to what it asked for.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod material;

use crashcart_model::{Level, Session};
use crashcart_testkit::shared_data;
use material::{Tale, event, records_of, session};
use serde_json::{Value, json};

const MALLORY: &str = "AKIAEXAMPLEMALLORY00";

fn find<'s>(sessions: &'s [Session], key: &str) -> &'s Session {
    let found = sessions.iter().find(|session| session.key.raw() == key);
    found.unwrap_or_else(|| panic!("{key} is not among {sessions:#?}"))
}

/// An answer of STS: the key, and the session's ARN.
fn issued(key: &str, arn: &str) -> Value {
    json!({
        "credentials": {"accessKeyId": key, "sessionToken": "x"},
        "assumedRoleUser": {"arn": arn, "assumedRoleId": "AROAEXAMPLE:x"},
    })
}

fn identity(role: &str, name: &str, key: &str) -> Value {
    let mut identity = session(role, name);
    identity["accessKeyId"] = key.into();
    identity
}

fn arn(role: &str, name: &str) -> String {
    format!("arn:aws:sts::111122223333:assumed-role/{role}/{name}")
}

/// The chain of a key, told for whoever asks about it.
fn chain(records: &[Value], key: &str) -> Vec<Session> {
    let mut tale = Tale::of(records.to_vec());
    tale.pivot.keys.push(key.to_owned());
    tale.tell().story.sessions
}

/// One issuing call by mallory, and one use of what it issued.
fn by(call: &str, response: Value, used: Value) -> Session {
    let records = [
        event(1, call, json!({"responseElements": response})),
        event(2, "s3:ListBuckets", json!({"userIdentity": used})),
    ];
    let key = records[1]["userIdentity"]["accessKeyId"].as_str().unwrap().to_owned();
    let sessions = chain(&records, &key);
    assert_eq!(sessions.first().unwrap().key.raw(), MALLORY, "the root comes first");
    find(&sessions, &key).clone()
}

#[test]
fn each_call_that_issues_a_key_ties_the_key_to_whoever_asked() {
    let user = json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory",
        "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE000000001"});
    let federated = json!({"type": "FederatedUser",
        "arn": "arn:aws:sts::111122223333:federated-user/eve", "accountId": "111122223333",
        "accessKeyId": "ASIAEXAMPLE000000001"});
    let root = json!({"type": "Root", "arn": "arn:aws:iam::444455556666:root",
        "accountId": "444455556666", "accessKeyId": "ASIAEXAMPLE000000001",
        "sessionContext": {"assumedRoot": "true"}});
    let role = identity("web", "x", "ASIAEXAMPLE000000001");
    let bare = json!({"credentials": {"accessKeyId": "ASIAEXAMPLE000000001"}});
    let eve = json!({"credentials": {"accessKeyId": "ASIAEXAMPLE000000001"},
        "federatedUser": {"arn": "arn:aws:sts::111122223333:federated-user/eve"}});
    let web = issued("ASIAEXAMPLE000000001", &arn("web", "x"));
    let anywhere = json!({"credentialSet": [web.clone()]});
    for (call, response, used, words) in [
        ("sts:AssumeRole", web, role.clone(), "session of a role"),
        ("sts:GetSessionToken", bare.clone(), user, "IAM user"),
        ("sts:GetFederationToken", eve, federated, "federated user"),
        ("sts:AssumeRoot", bare, root, "root"),
        ("rolesanywhere:CreateSession", anywhere, role, "session of a role"),
    ] {
        let told = by(call, response, used);
        let issuance = told.issued_by.as_ref().unwrap();
        assert_eq!(issuance.call.raw(), call);
        assert_eq!(issuance.key.as_ref().map(|key| key.raw()), Some(MALLORY), "{call}");
        assert!(!issuance.inferred, "{call}");
        assert_eq!(issuance.origins.len(), 1);
        assert_eq!((told.identity.as_str(), told.count), (words, 1), "{call}");
        assert!(told.unknown.is_empty(), "{:?}", told.unknown);
    }
}

#[test]
fn a_web_identity_and_a_saml_identity_are_the_roots_of_their_sessions() {
    for (call, kind) in [
        ("sts:AssumeRoleWithWebIdentity", "WebIdentityUser"),
        ("sts:AssumeRoleWithSAML", "SAMLUser"),
    ] {
        let key = "ASIAEXAMPLE000000001";
        let records = [
            event(
                1,
                call,
                json!({
                    "userIdentity": {"type": kind, "principalId": "idp:aud:nina", "userName": "nina"},
                    "responseElements": issued(key, &arn("ci", "nina")),
                }),
            ),
            event(2, "s3:ListBuckets", json!({"userIdentity": identity("ci", "nina", key)})),
        ];
        let sessions = chain(&records, key);
        assert_eq!(sessions.len(), 1);
        let issuance = sessions[0].issued_by.as_ref().unwrap();
        assert_eq!(issuance.principal.as_ref().unwrap().raw(), "idp:aud:nina");
        assert_eq!((issuance.key.is_none(), issuance.inferred), (true, false));
    }
}

#[test]
fn a_chain_of_roles_is_walked_up_to_its_root_and_down_to_its_end() {
    let (one, two) = ("ASIAEXAMPLE000000001", "ASIAEXAMPLE000000002");
    let records = [
        event(1, "sts:AssumeRole", json!({"responseElements": issued(one, &arn("a", "x"))})),
        event(
            2,
            "sts:AssumeRole",
            json!({
                "userIdentity": identity("a", "x", one),
                "responseElements": issued(two, &arn("b", "y")),
            }),
        ),
        event(3, "s3:ListBuckets", json!({"userIdentity": identity("b", "y", two)})),
    ];
    for key in [MALLORY, one, two] {
        let keys: Vec<_> =
            chain(&records, key).iter().map(|session| session.key.raw().to_owned()).collect();
        assert_eq!(keys, [MALLORY, one, two], "asked about {key}");
    }
    let sessions = chain(&records, one);
    assert_eq!(find(&sessions, one).children, [two.into()]);
    assert_eq!(find(&sessions, one).child_count, 1);
}

#[test]
fn the_facts_of_chains_do_not_depend_on_the_order_of_reading() {
    let key = "ASIAEXAMPLE000000001";
    let mut tale = Tale::of(vec![
        event(1, "sts:AssumeRole", json!({"responseElements": issued(key, &arn("a", "x"))})),
        event(2, "s3:ListBuckets", json!({"userIdentity": identity("a", "x", key)})),
        event(3, "s3:ListBuckets", json!({"userIdentity": identity("a", "x", key)})),
    ]);
    tale.pivot.keys.push(key.to_owned());
    let forward = tale.tell().story.sessions;
    let mut parts = tale.facts([2, 1]);
    parts.merge(tale.facts([0]));
    assert_eq!(tale.tell_from(parts).story.sessions, forward);
}

/// A sign-in of mallory's from an address, and a key used from one afterwards.
fn console(from: &str, more: Value) -> Session {
    let key = "ASIAEXAMPLE000000001";
    let mut used = json!({"sourceIPAddress": from, "userIdentity": {"type": "IAMUser",
        "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333",
        "accessKeyId": key}});
    for (name, value) in more.as_object().unwrap() {
        used[name] = value.clone();
    }
    let mut signed_in = event(
        1,
        "signin:ConsoleLogin",
        json!({
        "eventType": "AwsConsoleSignIn", "responseElements": {"ConsoleLogin": "Success"}}),
    );
    signed_in["userIdentity"].as_object_mut().unwrap().remove("accessKeyId");
    let records = [signed_in, event(60, "s3:ListBuckets", used)];
    find(&chain(&records, key), key).clone()
}

#[test]
fn a_console_sign_in_is_joined_by_principal_address_and_time_and_labelled_as_inferred() {
    let told = console("198.51.100.7", json!({"sessionCredentialFromConsole": "true"}));
    let issuance = told.issued_by.unwrap();
    assert_eq!(issuance.call.raw(), "signin:ConsoleLogin");
    assert!(issuance.inferred && issuance.key.is_none());
    assert!(issuance.because.contains("198.51.100.7"), "{}", issuance.because);
}

#[test]
fn a_key_from_another_address_or_with_no_sign_of_the_console_is_no_session_of_a_sign_in() {
    for told in [
        console("203.0.113.9", json!({"sessionCredentialFromConsole": "true"})),
        console("198.51.100.7", json!({})),
    ] {
        assert_eq!(told.issued_by, None);
        assert!(told.unknown[0].contains("look in account 111122223333's trail"), "{told:?}");
    }
}

#[test]
fn a_session_whose_role_was_switched_to_in_the_console_leads_to_the_user_who_switched() {
    let (key, from) = ("ASIAEXAMPLE000000001", "arn:aws:iam::444455556666:user/nina");
    let mut switched = identity("admin", "nina", key);
    switched.as_object_mut().unwrap().remove("accessKeyId");
    let used = json!({"sessionCredentialFromConsole": "true",
        "userIdentity": identity("admin", "nina", key)});
    let records = [
        event(
            1,
            "signin:SwitchRole",
            json!({
                "eventType": "AwsConsoleSignIn",
                "userIdentity": switched,
                "additionalEventData": {"SwitchFrom": from},
                "responseElements": {"SwitchRole": "Success"},
            }),
        ),
        event(9, "s3:ListBuckets", used),
    ];
    let sessions = chain(&records, key);
    let issuance = find(&sessions, key).issued_by.as_ref().unwrap();
    assert_eq!(issuance.principal.as_ref().unwrap().raw(), from);
    assert_eq!(issuance.account.as_ref().unwrap().raw(), "444455556666");
    assert!(issuance.inferred);
}

/// How a key without a call came to be, by its records alone.
fn by_its_records(name: &str, more: Value) -> Option<(String, bool)> {
    let key = "ASIAEXAMPLE000000001";
    let mut record = json!({"userIdentity": identity("web", name, key)});
    for (field, value) in more.as_object().unwrap() {
        record[field] = value.clone();
    }
    if let Some(version) = record.as_object_mut().unwrap().remove("delivery") {
        record["userIdentity"]["sessionContext"] = json!({"ec2RoleDelivery": version});
    }
    if let Some(service) = record.as_object_mut().unwrap().remove("invokedBy") {
        record["userIdentity"]["invokedBy"] = service;
    }
    let records = [event(1, "s3:ListBuckets", record)];
    let issued = find(&chain(&records, key), key).issued_by.clone()?;
    Some((issued.call.raw().to_owned(), issued.inferred))
}

#[test]
fn credentials_of_machines_are_told_by_what_their_records_say() {
    let told = |call: &str, inferred| Some((call.to_owned(), inferred));
    let instance = "i-0dbc91f429e48eeed";
    assert_eq!(
        by_its_records(instance, json!({"delivery": "1.0"})),
        told("ec2: instance metadata service (IMDSv1)", false)
    );
    assert_eq!(
        by_its_records(instance, json!({"delivery": "2.0"})),
        told("ec2: instance metadata service (IMDSv2)", false)
    );
    assert_eq!(by_its_records(instance, json!({})), told("ec2: instance metadata service", true));
    let agent = "Boto3/1.28 md/Botocore#1.31 exec-env/AWS_Lambda_python3.12";
    assert_eq!(
        by_its_records("resize", json!({"userAgent": agent})),
        told("lambda: execution role", true)
    );
    let agent = "Boto3/1.28 exec-env/AWS_ECS_FARGATE";
    assert_eq!(by_its_records("task", json!({"userAgent": agent})), told("ecs: task role", true));
    let service = "cloudformation.amazonaws.com";
    assert_eq!(
        by_its_records("nina", json!({"sourceIPAddress": service, "invokedBy": service})),
        told("forward access session of cloudformation.amazonaws.com", true)
    );
    assert_eq!(by_its_records("nina", json!({})), None);
}

#[test]
fn a_session_of_identity_center_leads_to_the_one_fetch_that_fits_its_role_and_time() {
    let key = "ASIAEXAMPLE000000001";
    let role = "AWSReservedSSO_Admin_0123456789abcdef";
    let fetch = |second| {
        event(
            second,
            "sso:GetRoleCredentials",
            json!({
                "userIdentity": {"type": "IdentityCenterUser", "accountId": "999988887777",
                    "onBehalfOf": {"userId": "u-nina"}},
                "recipientAccountId": "999988887777",
                "serviceEventDetails": {"account_id": "111122223333", "role_name": "Admin"},
            }),
        )
    };
    let asked = event(
        2,
        "sts:AssumeRoleWithSAML",
        json!({
            "userIdentity": {"type": "SAMLUser", "principalId": "x:nina", "userName": "nina"},
            "responseElements": issued(key, &arn(role, "nina")),
        }),
    );
    let used = event(9, "s3:ListBuckets", json!({"userIdentity": identity(role, "nina", key)}));
    let because = |records: &[Value]| {
        let told = find(&chain(records, key), key).clone();
        assert_eq!(told.identity, "Identity Center session");
        (told.issued_by.unwrap().because, told.unknown)
    };
    let (text, unknown) = because(&[fetch(1), asked.clone(), used.clone()]);
    assert!(text.contains("fetched by identity-center-user/u-nina"), "{text}");
    assert!(unknown.is_empty());
    let (text, _) = because(&[fetch(1), fetch(3), asked.clone(), used.clone()]);
    assert!(text.contains("several fetches"), "{text}");
    let (_, unknown) = because(&[asked, used]);
    assert!(unknown[0].contains("GetRoleCredentials"), "{unknown:?}");
}

/// The call of a user of 111122223333 into 444455556666, as each account's trail has it.
fn across(key: &str) -> [Value; 3] {
    let session = "arn:aws:sts::444455556666:assumed-role/admin/x";
    let call = |second, more: Value| {
        let mut record = event(
            second,
            "sts:AssumeRole",
            json!({
            "sharedEventID": "shared-1", "responseElements": issued(key, session)}),
        );
        for (name, value) in more.as_object().unwrap() {
            record[name] = value.clone();
        }
        record
    };
    let used = json!({"recipientAccountId": "444455556666", "userIdentity": {
        "type": "AssumedRole", "principalId": "AROAEXAMPLE:x", "arn": session,
        "accountId": "444455556666", "accessKeyId": key}});
    [
        call(1, json!({})),
        call(
            1,
            json!({
                "eventID": "00000000-0000-4000-8000-000000000077",
                "recipientAccountId": "444455556666",
                "userIdentity": {"type": "AWSAccount", "principalId": "AIDAEXAMPLEMALLORY000",
                    "accountId": "111122223333"},
            }),
        ),
        event(9, "s3:ListBuckets", used),
    ]
}

#[test]
fn a_session_in_another_account_leads_to_the_key_that_asked_when_both_trails_are_here() {
    let key = "ASIAEXAMPLE000000001";
    let [own, theirs, used] = across(key);
    for records in [vec![own.clone(), used.clone()], vec![theirs, own, used]] {
        let sessions = chain(&records, key);
        assert_eq!(sessions[0].key.raw(), MALLORY);
        let told = find(&sessions, key);
        assert_eq!(told.account.as_ref().unwrap().raw(), "444455556666");
        assert_eq!(told.issued_by.as_ref().unwrap().key.as_ref().unwrap().raw(), MALLORY);
        assert!(!told.issued_by.as_ref().unwrap().inferred);
    }
}

#[test]
fn with_the_trail_of_the_role_alone_the_caller_is_known_by_its_id_and_its_key_is_elsewhere() {
    let key = "ASIAEXAMPLE000000001";
    let [_, theirs, used] = across(key);
    let sessions = chain(&[theirs, used], key);
    let told = find(&sessions, key);
    let issuance = told.issued_by.as_ref().unwrap();
    assert_eq!(issuance.principal.as_ref().unwrap().raw(), "AIDAEXAMPLEMALLORY000");
    assert_eq!(issuance.key, None);
    assert!(told.unknown[0].contains("look in account 111122223333's trail"), "{told:?}");
}

#[test]
fn with_the_trail_of_the_caller_alone_what_the_session_did_is_elsewhere() {
    let key = "ASIAEXAMPLE000000001";
    let [own, ..] = across(key);
    let sessions = chain(&[own], MALLORY);
    let told = find(&sessions, key);
    assert_eq!((told.count, told.first), (0, None));
    assert_eq!(
        told.principal.as_ref().unwrap().raw(),
        "arn:aws:sts::444455556666:assumed-role/admin/x"
    );
    assert!(told.unknown[0].contains("look in account 444455556666's trail"), "{told:?}");
}

#[test]
fn without_the_issuing_call_the_account_is_named_in_whose_trail_it_is() {
    let key = "ASIAEXAMPLE000000001";
    let [.., used] = across(key);
    let told = find(&chain(&[used], key), key).clone();
    assert_eq!(told.issued_by, None);
    assert!(
        told.unknown[0].contains(
            "its issuing call is not in this material: look in account 444455556666's trail"
        ),
        "{told:?}"
    );
}

#[test]
fn a_thief_takes_over_what_its_chain_of_sessions_did_and_the_roles_other_sessions_stay_innocent() {
    let (one, two, other) =
        ("ASIAEXAMPLE000000001", "ASIAEXAMPLE000000002", "ASIAEXAMPLE000000009");
    let mut records = vec![
        event(1, "sts:AssumeRole", json!({"responseElements": issued(one, &arn("a", "x"))})),
        event(
            2,
            "sts:AssumeRole",
            json!({
                "userIdentity": identity("a", "x", one),
                "responseElements": issued(two, &arn("b", "y")),
            }),
        ),
        event(
            3,
            "s3:PutBucketPolicy",
            json!({
                "userIdentity": identity("b", "y", two),
                "requestParameters": {"bucketName": "pay"},
            }),
        ),
    ];
    records.extend((10..30).map(|second| {
        event(
            second,
            "s3:PutBucketPolicy",
            json!({
                "sourceIPAddress": "192.0.2.10",
                "userIdentity": identity("b", "nina", other),
                "requestParameters": {"bucketName": "web"},
            }),
        )
    }));
    for (second, call, asked) in [
        (4, "cloudtrail:StopLogging", json!({"name": "trail"})),
        (5, "iam:CreateUser", json!({"userName": "spare"})),
        (6, "iam:CreateAccessKey", json!({"userName": "spare"})),
        (7, "secretsmanager:GetSecretValue", json!({"secretId": "db"})),
    ] {
        records.push(event(
            second,
            call,
            json!({"userAgent": "Pacu/1.0", "requestParameters": asked}),
        ));
    }
    let story = Tale::of(records).rule("CreateUser", Level::Critical).tell().story;
    let score = |name: &str| {
        let suspect = story.suspects.iter().find(|one| one.principal.raw() == name);
        suspect.map(|suspect| (suspect.act_now, suspect.because.join("; ")))
    };
    let (now, because) = score(&arn("b", "y")).unwrap();
    assert!(now && because.contains("asked for by role a (session x)"), "{because}");
    assert!(
        score(&arn("b", "nina"))
            .is_none_or(|(now, because)| !now && !because.contains("asked for"))
    );
    assert!(find(&story.sessions, two).suspect);
    assert!(story.sessions.iter().all(|session| session.key.raw() != other || !session.suspect));
}

/// The calls, read from the logs with jq: key, caller, when.
#[test]
fn on_real_logs_the_keys_of_workloads_lead_to_the_service_that_asked_for_them() {
    for (data, key, service, count) in [
        ("story-flaws2", "ASIAZQNB3KHGIGYQXVVG", "lambda.amazonaws.com", 9),
        ("story-flaws2", "ASIAZQNB3KHGNXWXBSJS", "ecs-tasks.amazonaws.com", 1),
        ("story-otrf-ec2-proxy-s3-exfiltration", "ASIA5FLZVX4OPVKKVBMX", "ec2.amazonaws.com", 11),
    ] {
        let Some(path) = shared_data(data) else { return };
        let sessions = chain(&records_of(&path), key);
        let told = find(&sessions, key);
        let issuance = told.issued_by.as_ref().unwrap();
        assert_eq!(issuance.principal.as_ref().unwrap().raw(), service, "{key}");
        assert_eq!((issuance.inferred, issuance.origins.len(), told.count), (false, 1, count));
    }
}

#[test]
fn on_real_logs_a_simulators_sessions_hang_on_the_key_that_asked_for_them() {
    let Some(path) = shared_data("story-invictus") else { return };
    let (root, key) = ("AKIATFQR7NSC8Q4X20BJ", "ASIATFQR7NSCWLLE7IWW");
    let sessions = chain(&records_of(&path), key);
    let told = find(&sessions, key);
    assert_eq!(told.issued_by.as_ref().unwrap().key.as_ref().unwrap().raw(), root);
    assert_eq!(told.count, 29);
    assert!(find(&sessions, root).children.contains(&key.into()));
}
