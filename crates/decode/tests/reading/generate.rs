//! Material for tests: records, documents of every shape, containers around them.

use std::io::Write;

use serde_json::{Value, json};

/// A plain record; `number` makes it different from others.
pub fn record(number: usize) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/nina",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "sessionContext": { "attributes": { "mfaAuthenticated": "false" } }
        },
        "eventTime": "2026-05-03T02:13:00Z",
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "awsRegion": "eu-central-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "[aws-cli/2.31 \"quoted\" \\ {}]",
        "requestParameters": { "bucketName": "b", "key": format!("k/{number}"), "tags": [{}, []] },
        "responseElements": null,
        "resources": [{ "type": "AWS::S3::Object" }, { "type": "AWS::S3::Bucket" }],
        "eventID": format!("event-{number}"),
    })
}

/// `count` records.
pub fn records(count: usize) -> Vec<Value> {
    (0..count).map(record).collect()
}

/// The records as AWS delivers them to S3.
pub fn delivered(records: &[Value]) -> String {
    json!({ "Records": records }).to_string()
}

/// The records, one a line.
pub fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// One shape in which people receive CloudTrail.
pub struct Form {
    /// Its name, for messages.
    pub name: &'static str,
    /// The document.
    pub text: String,
    /// The formats that a reader must recognise.
    pub formats: &'static [&'static str],
    /// Whether records come back exactly as they were.
    pub exact: bool,
}

/// The records in every shape.
pub fn forms(records: &[Value]) -> Vec<Form> {
    let form = |name, formats, text: String| Form { name, text, formats, exact: true };
    let each =
        |wrap: &dyn Fn(&Value) -> Value| lines(&records.iter().map(wrap).collect::<Vec<_>>());
    let all = |wrap: &dyn Fn(&Value) -> Value| -> Vec<Value> { records.iter().map(wrap).collect() };
    let event = |record: &Value| {
        json!({ "EventId": record["eventID"], "EventName": record["eventName"], "Resources": [],
            "CloudTrailEvent": record.to_string() })
    };
    let message =
        |record: &Value| json!({ "id": "1", "timestamp": 1, "message": record.to_string() });
    let lookup = json!({ "Events": all(&event), "NextToken": "more" });
    let bridge = |record: &Value| {
        json!({ "version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.s3", "resources": [], "detail": record })
    };
    let logstash = |record: &Value| {
        let mut record = record.clone();
        record["@timestamp"] = "2026-05-03T02:13:00.000Z".into();
        record["@version"] = "1".into();
        record
    };
    let prefixed = |prefix: &str| -> String {
        records.iter().map(|record| format!("{prefix}{record}\n")).collect()
    };
    vec![
        form("Records", &["cloudtrail"], delivered(records)),
        form("Records, pretty", &["cloudtrail"], pretty(&json!({ "Records": records }))),
        form("JSON lines", &["cloudtrail"], lines(records)),
        form("JSON lines, CRLF", &["cloudtrail"], lines(records).replace('\n', "\r\n")),
        form("array", &["cloudtrail"], json!(records).to_string()),
        form("array, pretty", &["cloudtrail"], pretty(&json!(records))),
        form(
            "array of JSON texts",
            &["cloudtrail"],
            json!(all(&|r| r.to_string().into())).to_string(),
        ),
        form("records, pretty", &["cloudtrail"], records.iter().map(pretty).collect()),
        form("LookupEvents", &["lookup_events"], lookup.to_string()),
        form("LookupEvents, as the CLI prints it", &["lookup_events"], pretty(&lookup)),
        form("LookupEvents, lines", &["lookup_events"], each(&event)),
        form("EventBridge", &["event_bridge"], each(&bridge)),
        form("EventBridge, pretty array", &["event_bridge"], pretty(&json!(all(&bridge)))),
        form(
            "CloudWatch subscription",
            &["cloudwatch_logs"],
            json!({ "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "trail",
                "subscriptionFilters": ["all"], "logEvents": all(&message) })
            .to_string(),
        ),
        form(
            "filter-log-events",
            &["cloudwatch_logs"],
            pretty(&json!({ "events": all(&message), "searchedLogStreams": [], "nextToken": "n" })),
        ),
        form("CloudWatch export", &["cloudwatch_logs"], prefixed("2026-05-03T02:13:00.000Z ")),
        form("CloudWatch tail", &["cloudwatch_logs"], prefixed("1777774380000\t")),
        Form { exact: false, ..form("Logstash", &["elastic"], each(&logstash)) },
        form("search hits", &["elastic"], each(&|r| json!({ "_index": "x", "_source": r }))),
        form("Filebeat", &["elastic"], {
            each(
                &|r| json!({ "@timestamp": "2026-05-03T02:13:00Z", "event": { "original": r.to_string() } }),
            )
        }),
        form("Lake", &["cloudtrail_lake"], each(&|r| json!({ "eventData": r, "metadata": {} }))),
        form("Lake, text", &["cloudtrail_lake"], each(&|r| json!({ "eventData": r.to_string() }))),
        form(
            "Lake, eventJson",
            &["cloudtrail_lake"],
            each(&|r| json!({ "eventJson": r.to_string() })),
        ),
        form(
            "Splunk",
            &["splunk"],
            each(&|r| json!({ "preview": false, "result": { "_raw": r.to_string() } })),
        ),
        form("Splunk raw", &["splunk"], each(&|r| json!({ "_raw": r.to_string() }))),
    ]
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// gzip, one member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// zstd, one frame.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A tar archive.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_ustar();
        // The builder refuses names that leave the folder; attackers do not use it.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

/// A zip archive, deflated.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
