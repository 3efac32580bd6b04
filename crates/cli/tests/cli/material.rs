//! Material that tests make: events of a made-up account, written in the shapes in which people
//! receive them.

use std::path::Path;

use serde_json::{Value, json};

/// The account that most events are of.
pub const ACCOUNT: &str = "111122223333";

/// A call by user nina, with further fields; a field of the same name is replaced.
pub fn call(name: &str, id: &str, time: &str, more: Value) -> Value {
    let mut event = json!({
        "eventVersion": "1.08",
        "eventTime": time,
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31",
        "requestID": format!("request-{id}"),
        "eventID": id,
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/nina",
            "principalId": "AIDAEXAMPLENINA",
            "accountId": ACCOUNT,
            "accessKeyId": "AKIAEXAMPLENINA",
            "userName": "nina",
        },
        "requestParameters": {"userName": "reports"},
        "responseElements": null,
    });
    for (name, value) in more.as_object().expect("an object of fields") {
        event[name] = value.clone();
    }
    event
}

/// As CloudTrail delivers to S3.
pub fn delivered(events: &[Value]) -> String {
    json!({"Records": events}).to_string()
}

/// The shapes in which one and the same event comes; each with the name of a file.
pub fn shapes(event: &Value) -> Vec<(&'static str, String)> {
    let text = event.to_string();
    let id = &event["eventID"];
    vec![
        ("delivered.json", delivered(std::slice::from_ref(event))),
        (
            "lookup.json",
            json!({"Events": [{"EventId": id, "Username": "nina", "CloudTrailEvent": text}]})
                .to_string(),
        ),
        (
            "bridge.json",
            json!({
                "version": "0", "id": "b", "source": "aws.iam", "account": ACCOUNT,
                "detail-type": "AWS API Call via CloudTrail", "detail": event,
            })
            .to_string(),
        ),
        (
            "subscription.json",
            json!({
                "messageType": "DATA_MESSAGE", "owner": ACCOUNT, "logGroup": "trail",
                "logEvents": [{"id": "1", "timestamp": 1_777_860_780_000_u64, "message": text}],
            })
            .to_string(),
        ),
        ("export.txt", format!("2026-05-04T02:15:09.000Z {text}\n")),
        (
            "splunk.json",
            json!({"preview": false, "result": {"_raw": text, "sourcetype": "aws:cloudtrail"}})
                .to_string(),
        ),
        ("lines.jsonl", format!("{text}\n")),
    ]
}

/// A new folder with these files.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

/// Writes a file below a folder.
pub fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
    std::fs::write(path, text).expect("a file is written");
}

/// A folder in which the demo ran: its logs are in `crashcart-demo/AWSLogs`.
pub fn demo() -> tempfile::TempDir {
    let folder = folder(&[]);
    let ran = crate::binary::run(folder.path(), &["demo"]);
    assert_eq!(ran.code, Some(0), "{}", ran.shown());
    folder
}
