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
    let mut forms = bare(records);
    forms.extend(printed(records));
    forms.extend(wrapped(records));
    forms
}

fn form(name: &'static str, formats: &'static [&'static str], text: String) -> Form {
    Form { name, text, formats, exact: true }
}

fn all(records: &[Value], wrap: impl Fn(&Value) -> Value) -> Vec<Value> {
    records.iter().map(wrap).collect()
}

/// CloudTrail's own records, arranged in different ways.
fn bare(records: &[Value]) -> Vec<Form> {
    let document = json!({ "Records": records });
    let texts = json!(all(records, |record| record.to_string().into()));
    [
        ("Records", delivered(records)),
        ("Records, pretty", pretty(&document)),
        ("JSON lines", lines(records)),
        ("JSON lines, CRLF", lines(records).replace('\n', "\r\n")),
        ("array", json!(records).to_string()),
        ("array, pretty", pretty(&json!(records))),
        ("array of JSON texts", texts.to_string()),
        ("records, pretty", records.iter().map(pretty).collect()),
    ]
    .map(|(name, text)| form(name, &["cloudtrail"], text))
    .into()
}

/// What AWS's command line and services print.
fn printed(records: &[Value]) -> Vec<Form> {
    let events = all(records, |record| {
        json!({ "EventId": record["eventID"], "EventName": record["eventName"], "Resources": [],
            "CloudTrailEvent": record.to_string() })
    });
    let bridges = all(records, |record| {
        json!({ "version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.s3", "resources": [], "detail": record })
    });
    let messages =
        all(records, |record| json!({ "id": "1", "timestamp": 1, "message": record.to_string() }));
    let lookup = json!({ "Events": events, "NextToken": "more" });
    let subscription = json!({ "messageType": "DATA_MESSAGE", "owner": "111122223333",
        "logGroup": "trail", "subscriptionFilters": ["all"], "logEvents": messages });
    let filtered = json!({ "events": messages, "searchedLogStreams": [], "nextToken": "n" });
    let prefixed = |prefix: &str| -> String {
        records.iter().map(|record| format!("{prefix}{record}\n")).collect()
    };
    vec![
        form("LookupEvents", &["lookup_events"], lookup.to_string()),
        form("LookupEvents, as the CLI prints it", &["lookup_events"], pretty(&lookup)),
        form("LookupEvents, lines", &["lookup_events"], lines(&events)),
        form("EventBridge", &["event_bridge"], lines(&bridges)),
        form("EventBridge, pretty array", &["event_bridge"], pretty(&json!(bridges))),
        form("CloudWatch subscription", &["cloudwatch_logs"], subscription.to_string()),
        form("filter-log-events", &["cloudwatch_logs"], pretty(&filtered)),
        form("CloudWatch export", &["cloudwatch_logs"], prefixed("2026-05-03T02:13:00.000Z ")),
        form("CloudWatch tail", &["cloudwatch_logs"], prefixed("1777774380000\t")),
    ]
}

/// What other products make of the records.
fn wrapped(records: &[Value]) -> Vec<Form> {
    let each = |wrap: &dyn Fn(&Value) -> Value| lines(&all(records, wrap));
    let logstash = each(&|record| {
        let mut record = record.clone();
        record["@timestamp"] = "2026-05-03T02:13:00.000Z".into();
        record["@version"] = "1".into();
        record
    });
    let hits = each(&|record| json!({ "_index": "x", "_source": record }));
    let filebeat = each(
        &|record| json!({ "@timestamp": "2026-05-03T02:13:00Z", "event": { "original": record.to_string() } }),
    );
    let text = |name: &str| each(&|record| json!({ name: record.to_string() }));
    let result =
        each(&|record| json!({ "preview": false, "result": { "_raw": record.to_string() } }));
    let search = json!({ "took": 1, "hits": { "hits": all(records, |record| json!({ "_source": record })) } });
    let results = json!({ "messages": [], "results": all(records, |record| json!({ "_raw": record.to_string() })) });
    let rows = all(
        records,
        |record| json!([{ "eventJson": record.to_string() }, { "eventID": record["eventID"] }]),
    );
    let rows = json!({ "QueryStatus": "FINISHED", "QueryResultRows": rows });
    vec![
        Form { exact: false, ..form("Logstash", &["elastic"], logstash) },
        form("search hits", &["elastic"], hits),
        form("Filebeat", &["elastic"], filebeat),
        form(
            "Lake",
            &["cloudtrail_lake"],
            each(&|record| json!({ "eventData": record, "metadata": {} })),
        ),
        form("Lake, text", &["cloudtrail_lake"], text("eventData")),
        form("Lake, eventJson", &["cloudtrail_lake"], text("eventJson")),
        form("Splunk", &["splunk"], result),
        form("Splunk results", &["splunk"], results.to_string()),
        form("search response", &["elastic"], pretty(&search)),
        form("query results", &["query_results"], pretty(&rows)),
        form("Splunk raw", &["splunk"], text("_raw")),
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
