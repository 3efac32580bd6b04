//! `investigate` from a key, a principal, an address, an instance or a finding: what was asked is
//! told, nothing that others did is hidden, and what is not in the material is said so with where
//! to look.

use serde_json::{Value, json};

use crate::binary::run;
use crate::material::{call, delivered, folder};

const KEY: &str = "AKIAEXAMPLENINA00000";
/// Of account 029608264753, by the number in it.
const FOREIGN: &str = "ASIAQNZGKIQY56JQ7WML";

fn user(name: &str, key: &str) -> Value {
    json!({
        "type": "IAMUser",
        "arn": format!("arn:aws:iam::111122223333:user/{name}"),
        "principalId": format!("AIDAEXAMPLE{}", name.to_uppercase()),
        "accountId": "111122223333",
        "accessKeyId": key,
        "userName": name,
    })
}

/// Two people's work, and an instance that one of them started.
fn events() -> Vec<Value> {
    let one = |name, number: u32, more: Value| {
        let id = format!("{number:08}-1111-4111-8111-111111111111");
        call(name, &id, &format!("2026-05-04T02:1{number}:00Z"), more)
    };
    let other = json!({
        "sourceIPAddress": "203.0.113.5",
        "userIdentity": user("omar", "AKIAEXAMPLEOMAR00000"),
    });
    let started = json!({
        "eventSource": "ec2.amazonaws.com",
        "userIdentity": user("nina", KEY),
        "requestParameters": {"instanceType": "t3.micro"},
        "responseElements": {"instancesSet": {"items": [{"instanceId": "i-0dbc91f429e48eeed"}]}},
    });
    vec![
        one("CreateUser", 0, json!({"userIdentity": user("nina", KEY)})),
        one("CreateUser", 1, other),
        one("RunInstances", 2, started),
    ]
}

fn investigated(arguments: &[&str], finding: &Value) -> Value {
    let folder =
        folder(&[("logs.json", &delivered(&events())), ("finding.json", &finding.to_string())]);
    let arguments = [&["investigate", "logs.json", "--json", "-q"], arguments].concat();
    run(folder.path(), &arguments).json(0)
}

fn asked(document: &Value) -> Vec<(String, bool)> {
    let pivots = document["story"]["pivots"].as_array().expect("what was asked");
    pivots
        .iter()
        .map(|pivot| {
            let asked = pivot["asked"].as_str().expect("a text").to_owned();
            (asked, pivot["found"].as_bool().expect("yes or no"))
        })
        .collect()
}

fn first_suspect(document: &Value) -> &str {
    document["story"]["suspects"][0]["principal"].as_str().expect("a suspect")
}

#[test]
fn each_pivot_is_told_and_who_it_leads_to_comes_first() {
    for (option, value, leads) in [
        ("--key", KEY, "user/nina"),
        ("--principal", "omar", "user/omar"),
        ("--principal", "AIDAEXAMPLEOMAR", "user/omar"),
        ("--address", "203.0.113.5", "user/omar"),
    ] {
        let document = investigated(&[option, value], &json!({}));
        assert_eq!(asked(&document), [(value.to_owned(), true)], "{option}");
        assert!(first_suspect(&document).ends_with(leads), "{option} {value}");
        assert_eq!(document["coverage"]["events"], 3, "nothing is hidden");
    }
}

#[test]
fn an_instance_comes_from_whoever_started_it() {
    let document = investigated(&["--instance", "i-0dbc91f429e48eeed"], &json!({}));
    let pivot = &document["story"]["pivots"][0];
    assert_eq!(pivot["found"], true);
    assert_eq!(pivot["comes_from"], json!(["arn:aws:iam::111122223333:user/nina"]));
    let what = pivot["what"].as_str().expect("a sentence");
    assert!(what.contains("made no call here; named by 1 call: ec2:RunInstances by user nina"));
    let done = pivot["done_to"][0].as_str().expect("a call");
    assert!(done.starts_with("ec2:RunInstances i-0dbc91f429e48eeed"), "{done}");
    assert_eq!(pivot["touched"], json!([]), "it did nothing itself");
}

#[test]
fn a_key_of_another_account_is_not_here_and_the_account_to_read_is_named() {
    let document = investigated(&["--key", FOREIGN], &json!({}));
    assert_eq!(asked(&document), [(FOREIGN.to_owned(), false)]);
    let next = document["story"]["pivots"][0]["next"].to_string();
    assert!(next.contains("read the CloudTrail of account 029608264753"), "{next}");
    assert!(next.contains("AssumeRole"), "{next}");
    let folder = folder(&[("logs.json", &delivered(&events()))]);
    let ran = run(folder.path(), &["investigate", "logs.json", "-q", "--key", FOREIGN]);
    let page = ran.out(0);
    assert!(page.contains("not in this material"), "{page}");
}

#[test]
fn without_a_pivot_nothing_is_said_to_have_been_asked() {
    let document = investigated(&[], &json!({}));
    assert!(document["story"].get("pivots").is_none());
}

#[test]
fn a_guardduty_finding_is_a_pivot_on_its_key_its_principal_and_its_address() {
    let finding = json!({
        "schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1",
        "type": "Discovery:IAMUser/AnomalousBehavior", "title": "Strange calls by nina",
        "resource": {"resourceType": "AccessKey", "accessKeyDetails": {
            "accessKeyId": KEY, "principalId": "AIDAEXAMPLENINA", "userName": "nina", "userType": "IAMUser"
        }},
        "service": {
            "eventFirstSeen": "2026-05-04T02:10:00Z", "eventLastSeen": "2026-05-04T02:12:00Z",
            "action": {"actionType": "AWS_API_CALL", "awsApiCallAction": {
                "api": "CreateUser", "remoteIpDetails": {"ipAddressV4": "192.0.2.200"}
            }},
            "somethingNew": {"far": "192.0.2.201"}
        }
    });
    // As it is, as the API lists it, and as EventBridge wraps it.
    for shape in [
        finding.clone(),
        json!({"Findings": [finding.clone()]}),
        json!([{"detail-type": "GuardDuty Finding", "detail": finding.clone()}]),
    ] {
        let document = investigated(&["--finding", "finding.json"], &shape);
        assert_eq!(
            asked(&document),
            [
                (KEY.to_owned(), true),
                ("arn:aws:iam::111122223333:user/nina".to_owned(), true),
                ("192.0.2.200".to_owned(), false),
            ]
        );
        assert!(first_suspect(&document).ends_with("user/nina"));
        let read = &document["story"]["asked_findings"][0];
        assert_eq!(read["form"], "GuardDuty");
        let strange = &read["not_understood"][0];
        assert_eq!(strange["path"], "service.somethingNew.far");
        assert_eq!(strange["value"], "192.0.2.201");
        let next = document["story"]["pivots"][2]["next"].to_string();
        assert!(next.contains("the finding is of eu-west-1"), "{next}");
    }
}

#[test]
fn a_finding_of_security_hub_and_one_of_macie_are_understood() {
    let hub = json!({
        "SchemaVersion": "2018-10-08", "AwsAccountId": "111122223333", "Region": "us-east-1",
        "ProductArn": "arn:aws:securityhub:us-east-1::product/aws/guardduty", "Title": "t",
        "Resources": [
            {"Type": "AwsEc2Instance", "Id": "arn:aws:ec2:us-east-1:111122223333:instance/i-0dbc91f429e48eeed"},
            {"Type": "AwsIamAccessKey", "Id": "AWS::IAM::AccessKey:AKIAEXAMPLEOTHER0000"},
        ],
    });
    let document = investigated(&["--finding", "finding.json"], &hub);
    assert_eq!(document["story"]["asked_findings"][0]["form"], "Security Hub (ASFF)");
    let told = asked(&document);
    assert!(told.contains(&("i-0dbc91f429e48eeed".to_owned(), true)), "{told:?}");
    assert!(
        told.contains(&("AKIAEXAMPLEOTHER0000".to_owned(), false)),
        "another key than the one in the logs"
    );
    let macie = json!({
        "accountId": "111122223333", "region": "us-east-1", "type": "Policy:IAMUser/S3BucketPublic",
        "resourcesAffected": {"s3Bucket": {"name": "payroll", "arn": "arn:aws:s3:::payroll"}},
        "policyDetails": {"actor": {
            "ipAddressDetails": {"ipAddressV4": "203.0.113.5"},
            "userIdentity": {"type": "IAMUser", "iamUser": {
                "accountId": "111122223333", "principalId": "AIDAEXAMPLEOMAR", "userName": "omar"
            }},
        }},
    });
    let document = investigated(&["--finding", "finding.json"], &macie);
    assert_eq!(
        asked(&document),
        [
            ("arn:aws:iam::111122223333:user/omar".to_owned(), true),
            ("203.0.113.5".to_owned(), true),
            ("payroll".to_owned(), false),
        ]
    );
}

/// A finding of GuardDuty about a key and an address.
fn guardduty(id: &str, key: &str, address: &str) -> String {
    json!({
        "accountId": "111122223333", "region": "us-east-1", "id": id, "title": id,
        "type": "UnauthorizedAccess:IAMUser/MaliciousIPCaller",
        "resource": {"accessKeyDetails": {"accessKeyId": key}},
        "service": {"action": {"awsApiCallAction": {"remoteIpDetails": {"ipAddressV4": address}}}},
    })
    .to_string()
}

#[test]
fn of_thousands_of_findings_those_of_this_material_come_first_and_a_broken_one_is_told() {
    let mut lines: Vec<String> = (0..1500)
        .map(|n| guardduty(&format!("f{n}"), FOREIGN, &format!("198.51.{}.{}", n / 250, n % 250)))
        .collect();
    lines.insert(3, "{\"id\": \"cut off".to_owned());
    lines.push(guardduty("ours", KEY, "203.0.113.5"));
    let folder =
        folder(&[("logs.json", &delivered(&events())), ("findings.json", &lines.join("\n"))]);
    let arguments = ["investigate", "logs.json", "-q", "--json", "--finding", "findings.json"];
    let ran = run(folder.path(), &arguments);
    let document: Value = serde_json::from_str(&ran.stdout).expect("a document");
    let read = document["story"]["asked_findings"].as_array().expect("the findings");
    assert_eq!((&read[0]["id"], read.len()), (&json!("ours"), 300));
    assert_eq!((&read[1]["form"], &read[2]["id"]), (&json!("unknown"), &json!("f0")));
    assert_eq!(read[1]["not_understood"][0]["path"], "line 4");
    let found: Vec<_> = asked(&document).into_iter().filter(|(_, found)| *found).collect();
    assert_eq!(found, asked(&document)[..found.len()]);
    assert_eq!(found, [(KEY.to_owned(), true), ("203.0.113.5".to_owned(), true)]);
    let spots = document["coverage"]["blind_spots"].to_string();
    for note in [
        "1202 rows of findings that were given left out: the first 300 are shown",
        "1203 rows of what was asked about left out: the first 300 are shown",
        "findings that could not be read: 1; the first: findings.json line 4: no JSON",
    ] {
        assert!(spots.contains(note), "{spots}");
    }
}

#[test]
fn a_sample_finding_is_said_to_be_one() {
    let finding = json!({
        "accountId": "111122223333", "region": "us-east-1", "type": "Recon:IAMUser/X", "title": "t",
        "resource": {"accessKeyDetails": {"accessKeyId": "GeneratedFindingAccessKeyId"}},
        "service": {"additionalInfo": {"sample": true}},
    });
    let document = investigated(&["--finding", "finding.json"], &finding);
    let read = &document["story"]["asked_findings"][0];
    assert_eq!(read["notes"][0], "a sample finding: what it names is made up");
    assert_eq!(read["not_understood"][0]["value"], "GeneratedFindingAccessKeyId");
}

#[test]
fn what_is_no_finding_is_a_bad_request_that_says_which_command_gives_one() {
    for text in ["{\"Records\": []}", "no JSON", "[]"] {
        let folder = folder(&[("logs.json", &delivered(&events())), ("finding.json", text)]);
        let arguments = ["investigate", "logs.json", "-q", "--finding", "finding.json"];
        let ran = run(folder.path(), &arguments);
        assert_eq!(ran.code, Some(2), "{text}");
        assert!(ran.stderr.contains("get-findings"), "{}", ran.stderr);
    }
    let folder = folder(&[("logs.json", &delivered(&events()))]);
    let ran = run(folder.path(), &["investigate", "logs.json", "-q", "--finding", "absent.json"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let ran = run(folder.path(), &["investigate", "logs.json", "-q", "--instance", "web-1"]);
    assert_eq!(ran.code, Some(2), "no instance id");
}

#[test]
fn findings_of_the_shared_data_are_read_and_something_is_used_of_each() {
    let Some(cases) = crashcart_testkit::shared_data("securityhub-asr/cases.dev.jsonl.gz") else {
        return;
    };
    let mut text = String::new();
    let file = std::fs::File::open(cases).expect("the cases");
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut text)
        .expect("gzip");
    let findings: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a case")["input"].take())
        .collect();
    let count = findings.len();
    let document = investigated(&["--finding", "finding.json"], &json!({"Findings": findings}));
    let read = document["story"]["asked_findings"].as_array().expect("the findings");
    assert_eq!(read.len(), count);
    assert!(read.iter().all(|finding| finding["form"] == "Security Hub (ASFF)"));
    assert!(read.iter().all(|finding| !finding["used"].as_array().expect("a list").is_empty()));
}
