//! Secrets that logs can hold: in no output of any command, in no form, in no result of a case.

use serde_json::{Value, json};

use crate::binary::run;
use crate::material::{call, delivered, folder};
use crate::outputs;

/// Calls with a secret in each place where CloudTrail or a tool may leave one; each secret begins
/// with `S3CRET`.
fn events() -> Vec<Value> {
    let link = "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=S3CRET-link&X-Amz-Signature=\
        S3CRET-signature&x=1";
    let with = |name: &str, request: Value, response: Value| {
        let time = "2026-05-04T02:13:00Z";
        let more = json!({"requestParameters": request, "responseElements": response});
        call(name, name, time, more)
    };
    let credentials = json!({"credentials": {
        "accessKeyId": "ASIAEXAMPLEISSUED",
        "sessionToken": "S3CRET-session",
        "secretAccessKey": "S3CRET-secret",
    }});
    let mut denied = with(
        "CreateLoginProfile",
        json!({"userName": "reports", "password": "S3CRET-denied"}),
        Value::Null,
    );
    denied["errorCode"] = json!("AccessDenied");
    denied["errorMessage"] = json!(format!("not authorised: {link}"));
    vec![
        with("AssumeRole", json!({"roleArn": "arn:aws:iam::111122223333:role/r"}), credentials),
        with(
            "CreateAccessKey",
            json!({"userName": "reports"}),
            json!({"accessKey": {
                "userName": "reports",
                "accessKeyId": "AKIAEXAMPLEMADE",
                "secretAccessKey": "S3CRET-made",
            }}),
        ),
        with(
            "UpdateLoginProfile",
            json!({"userName": "a", "password": "S3CRET-password"}),
            json!({}),
        ),
        with("ModifyDBInstance", json!({"masterUserPassword": "S3CRET-database"}), json!({})),
        with("GetSecretValue", json!({"secretId": "s"}), json!({"secretString": "S3CRET-string"})),
        with(
            "UpdateFunctionConfiguration20150331v2",
            json!({
                "functionName": "f",
                "environment": {"variables": {"DB_PASSWORD": "S3CRET-variable"}},
                "policy": r#"{"auth":{"client_secret":"S3CRET-embedded"}}"#,
                "codeUrl": link,
            }),
            json!({}),
        ),
        denied,
    ]
}

#[test]
fn no_output_of_any_command_holds_a_secret() {
    let folder = folder(&[("logs/a.json", &delivered(&events()))]);
    let outputs = outputs::all(folder.path(), "logs", "AKIAEXAMPLENINA");
    assert!(outputs.len() > 50);
    for (from, text) in &outputs {
        assert!(!text.contains("S3CRET"), "{from}: {text}");
    }
    let told = |part: &str| outputs.iter().filter(|(_, text)| text.contains(part)).count();
    assert!(told("AKIAEXAMPLEMADE") > 5, "the made key's id is no secret");
}

#[test]
fn in_records_what_was_masked_says_so_and_all_else_is_there() {
    let folder = folder(&[("a.json", &delivered(&events()))]);
    let found = |term: &str| {
        let arguments = ["search", term, "--in", "a.json", "--records", "-q"];
        run(folder.path(), &arguments).lines(0)
    };
    let records = found("S3CRET-session");
    assert_eq!(records.len(), 1, "a secret can be searched for");
    let credentials = &records[0]["responseElements"]["credentials"];
    assert_eq!(credentials["sessionToken"], "[masked by crashcart]");
    assert_eq!(credentials["secretAccessKey"], "[masked by crashcart]");
    assert_eq!(credentials["accessKeyId"], "ASIAEXAMPLEISSUED");
    let link = found("S3CRET-embedded")[0]["requestParameters"]["codeUrl"].clone();
    let link = link.as_str().expect("a link");
    assert!(link.starts_with("https://b.s3.amazonaws.com/k?") && link.ends_with("&x=1"), "{link}");
}
