//! Every declared call, held against AWS's own models as botocore ships them: names, versions,
//! headers, parameters as they are sent, fields that are read, pages, endpoints.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot run must fail loudly"
)]

mod fields;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crashcart_aws::services::{
    self, cloudtrail::*, ec2::*, iam::*, organizations::*, s3::*, sts::*,
};
use crashcart_aws::{Call, Protocol, Variant, body, bucket_endpoint, endpoint, headers, uri};
use serde_json::{Value, json};

/// What is declared of a call, with a request as it would be sent.
fn declared<C: Call>(sample: &C) -> Value {
    let operation = C::OPERATION;
    let mut sample = serde_json::to_value(sample).unwrap();
    for value in sample.as_object_mut().unwrap().values_mut() {
        if value == "" {
            *value = json!("a b/c+d&e=%");
        }
    }
    let (protocol, target) = match operation.service.protocol {
        Protocol::Query => ("query", None),
        Protocol::Ec2 => ("ec2", None),
        Protocol::Json { target } => ("json", Some(target)),
        Protocol::RestXml => ("rest-xml", None),
    };
    json!({
        "name": operation.name,
        "service": operation.service.id,
        "version": operation.service.version,
        "protocol": protocol,
        "target": target,
        "pages": operation.pages.map(|pages| [pages.input, pages.output]),
        "body": body(&operation, &sample),
        "method": operation.http.method,
        "template": operation.http.uri,
        "uri": uri(&operation, &sample, false),
        "headers": headers(&operation, &sample).into_iter().collect::<BTreeMap<_, _>>(),
        "sample": sample,
        "read": fields::of::<C::Answer>(),
    })
}

macro_rules! by_default {
    ($($call:ident)*) => { vec![$(declared(&$call::default())),*] };
}

fn operations() -> Vec<Value> {
    let mut all = by_default! {
        GetCallerIdentity GetAccessKeyInfo DescribeAccount ListParents DescribeOrganizationalUnit
        GetAccessKeyLastUsed ListUsers GetUser ListAccessKeys GetLoginProfile ListMFADevices
        ListSSHPublicKeys ListServiceSpecificCredentials ListSigningCertificates ListGroupsForUser
        ListAttachedUserPolicies ListUserPolicies GetUserPolicy ListAttachedGroupPolicies
        ListGroupPolicies GetGroupPolicy GetRole ListAttachedRolePolicies ListRolePolicies
        GetRolePolicy ListInstanceProfilesForRole GetPolicy GetPolicyVersion
        ListPolicyVersions GetInstanceProfile
        GenerateServiceLastAccessedDetails GetServiceLastAccessedDetails ListPoliciesForTarget
        DescribePolicy GenerateCredentialReport GetCredentialReport GetAccountAuthorizationDetails
        UpdateAccessKey PutUserPolicy DeleteUserPolicy PutRolePolicy DeleteRolePolicy
        UpdateAssumeRolePolicy DeleteLoginProfile UpdateSSHPublicKey
        UpdateServiceSpecificCredential UpdateSigningCertificate
        CreateUser DeleteUser CreateAccessKey DeleteAccessKey CreateRole DeleteRole GetTrailStatus
        GetEventSelectors
    };
    all.push(declared(&AssumeRole {
        role_arn: "arn:aws:iam::111122223333:role/r".to_owned(),
        role_session_name: "s".to_owned(),
        duration_seconds: Some(900),
        serial_number: Some("arn:aws:iam::111122223333:mfa/m".to_owned()),
        token_code: Some("123456".to_owned()),
    }));
    all.push(declared(&GetSessionToken { duration_seconds: Some(900) }));
    all.push(declared(&LookupEvents {
        lookup_attributes: vec![LookupAttribute {
            attribute_key: "AccessKeyId".to_owned(),
            attribute_value: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        }],
        start_time: Some(1_700_000_000),
        end_time: Some(1_700_000_100),
        max_results: Some(50),
    }));
    all.push(declared(&SimulatePrincipalPolicy {
        policy_source_arn: "arn:aws:iam::111122223333:user/u".to_owned(),
        action_names: vec!["iam:GetUser".to_owned(), "iam:GetRole".to_owned()],
        resource_arns: vec!["*".to_owned()],
    }));
    let ids = vec!["i-0123456789abcdef0".to_owned()];
    let mut instances = declared(&DescribeInstances { instance_ids: ids.clone() });
    // EC2 sends some lists by another name than its model has for them.
    instances["sample"] = json!({"InstanceIds": ids});
    all.push(instances);
    all.push(declared(&DescribeTrails { include_shadow_trails: Some(true) }));
    all.push(declared(&DescribeRegions { all_regions: Some(true) }));
    let bucket = "my.bucket".to_owned();
    all.push(declared(&ListObjectsV2 {
        bucket: bucket.clone(),
        prefix: Some("AWSLogs/a b+c&d=%/".to_owned()),
        delimiter: Some("/".to_owned()),
        start_after: Some("AWSLogs/ä".to_owned()),
        encoding_type: EncodingType::Url,
        continuation_token: Some("1//+=".to_owned()),
    }));
    all.push(declared(&GetObject {
        bucket,
        key: "AWSLogs/a b+c&d=%/~x/ä//.json.gz".to_owned(),
        if_match: Some("\"abc\"".to_owned()),
        range: Some("bytes=0-99".to_owned()),
    }));
    all
}

/// Runs the checker with a document on its standard input.
fn check(python: &Path, document: &Value) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/models.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(document.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the checker itself failed");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// What a user may ask for in a region; there is no FIPS in China.
fn variants(region: &str) -> impl Iterator<Item = Variant> + use<> {
    let all = [(false, false), (false, true), (true, false), (true, true)];
    let china = region.starts_with("cn-");
    all.into_iter()
        .map(|(fips, dual_stack)| Variant { fips, dual_stack })
        .filter(move |variant| !(china && variant.fips))
}

#[test]
fn declarations_agree_with_the_models_of_aws() {
    let Some(python) = crashcart_testkit::python() else { return };
    let operations = operations();
    let mut told: Vec<&str> = operations.iter().filter_map(|one| one["name"].as_str()).collect();
    let mut all: Vec<&str> = services::all().iter().map(|operation| operation.name).collect();
    told.sort_unstable();
    all.sort_unstable();
    assert_eq!(told, all, "every declared operation is checked here");
    let regions: Vec<String> = serde_json::from_str(&check(&python, &json!("regions"))).unwrap();
    assert!(regions.len() > 30, "{regions:?}");
    let services = [&IAM, &STS, &ORGANIZATIONS, &CLOUDTRAIL, &EC2, &S3];
    let mut endpoints = Vec::new();
    for (service, region, variant) in services.iter().flat_map(|service| {
        regions.iter().flat_map(move |region| variants(region).map(move |v| (service, region, v)))
    }) {
        let (url, signed) = endpoint(service, region, variant);
        let Variant { fips, dual_stack } = variant;
        endpoints.push(json!({
            "service": service.id, "region": region, "fips": fips, "dual_stack": dual_stack,
            "url": url, "signed": signed,
        }));
    }
    let buckets = ["logs-111122223333", "my.bucket", "Old_Bucket", "ab", "-logs", "xn--logs"];
    for (bucket, region, variant) in buckets.iter().flat_map(|bucket| {
        regions.iter().flat_map(move |region| variants(region).map(move |v| (bucket, region, v)))
    }) {
        let path = || format!("{}/{bucket}", endpoint(&S3, region, variant).0);
        let url = bucket_endpoint(&S3, region, variant, bucket).unwrap_or_else(path);
        let Variant { fips, dual_stack } = variant;
        endpoints.push(json!({
            "service": "s3", "region": region, "fips": fips, "dual_stack": dual_stack,
            "bucket": bucket, "url": url, "signed": region,
        }));
    }
    let differences = check(&python, &json!({"operations": operations, "endpoints": endpoints}));
    assert_eq!(differences, "");
}
