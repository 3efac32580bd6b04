//! Events as rows, in each format.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

use crashcart_model::{Event, EvidenceId, Level, LogText, Origin, Outcome, Timestamp};
use crashcart_report::{Row, RowFormat, RowWriter, Zone};
use serde_json::json;

fn event() -> Event {
    Event {
        time: Timestamp::parse("2026-05-04T02:24:00Z"),
        source: LogText::from("iam.amazonaws.com"),
        name: LogText::from("CreateAccessKey"),
        region: LogText::from("us-east-1"),
        account: LogText::from("111122223333"),
        principal: LogText::from("arn:aws:iam::111122223333:user/build-agent"),
        access_key: LogText::from("AKIAIOSFODNN7EXAMPLE"),
        address: LogText::from("198.51.100.7"),
        user_agent: LogText::from("aws-cli/2.31, \"md\""),
        outcome: Outcome::Denied,
        error: LogText::from("AccessDenied"),
        origin: Origin {
            evidence: EvidenceId::new("00ff", None),
            record: 7,
            event_id: Some(LogText::from("11111111-aaaa-4bbb-8ccc-000000000003")),
        },
    }
}

const FINDING: (&str, &str, &str, Level) =
    ("5f0a", "iam_access_key", "Access key created", Level::High);

fn written(format: RowFormat, rows: &[Row<'_>]) -> String {
    let mut writer = RowWriter::new(format, 80, Zone::Utc, false, Vec::new());
    rows.iter().for_each(|row| writer.row(row).expect("a Vec takes all"));
    String::from_utf8(writer.finish().expect("a Vec takes all")).expect("UTF-8")
}

#[test]
fn a_row_for_people_says_what_became_of_the_call_and_names_its_record() {
    let event = event();
    let row = Row { event: &event, finding: None, local_path: Some("AWSLogs/a.json.gz") };
    assert_eq!(
        written(RowFormat::Text, &[row]),
        "\
2026-05-04 02:24:00 (denied) iam:CreateAccessKey AccessDenied, by
                             arn:aws:iam::111122223333:user/build-agent, key
                             AKIAIOSFODNN7EXAMPLE, from 198.51.100.7, in
                             111122223333 us-east-1, with aws-cli/2.31, \"md\"
    event 11111111-aaaa-4bbb-8ccc-000000000003, record 7 of AWSLogs/a.json.gz
"
    );
}

#[test]
fn csv_has_a_header_once_and_quotes_what_needs_it() {
    let event = event();
    let row = Row { event: &event, finding: Some(FINDING), local_path: Some("a.json") };
    let line = "2026-05-04T02:24:00Z,high,5f0a,iam_access_key,Access key created,\
                iam.amazonaws.com,CreateAccessKey,denied,AccessDenied,111122223333,us-east-1,\
                arn:aws:iam::111122223333:user/build-agent,AKIAIOSFODNN7EXAMPLE,198.51.100.7,\
                \"aws-cli/2.31, \"\"md\"\"\",11111111-aaaa-4bbb-8ccc-000000000003,00ff,7,a.json\n";
    let header = "time,level,rule,rule_name,rule_title,source,name,outcome,error,account,region,\
                  principal,access_key,address,user_agent,event_id,evidence,record,path\n";
    assert_eq!(written(RowFormat::Csv, &[row, row]), format!("{header}{line}{line}"));
}

#[test]
fn without_rows_each_format_is_still_whole() {
    assert_eq!(written(RowFormat::Json, &[]), "[]\n");
    assert_eq!(written(RowFormat::JsonLines, &[]), "");
    assert_eq!(written(RowFormat::Text, &[]), "");
    assert_eq!(written(RowFormat::Csv, &[]).lines().count(), 1);
}

#[test]
fn a_json_array_holds_every_row_with_its_rule() {
    let event = event();
    let plain = Row { event: &event, finding: None, local_path: None };
    let matched = Row { finding: Some(FINDING), local_path: Some("a.json"), ..plain };
    let text = written(RowFormat::Json, &[plain, matched]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).expect("an array");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["finding"], json!(null));
    assert_eq!(rows[1]["path"], "a.json");
    assert_eq!(
        rows[1]["finding"],
        json!({"rule": "5f0a", "name": "iam_access_key", "title": "Access key created", "level": "high"})
    );
    assert_eq!(
        rows[1]["origin"],
        json!({"evidence": "00ff", "record": 7, "event_id": "11111111-aaaa-4bbb-8ccc-000000000003"})
    );
}

#[test]
fn timesketch_gets_its_three_columns_also_for_a_row_without_a_time() {
    let mut event = event();
    let row = Row { event: &event, finding: Some(FINDING), local_path: None };
    let line: serde_json::Value =
        serde_json::from_str(&written(RowFormat::Timesketch, &[row])).expect("a line");
    assert_eq!(line["datetime"], "2026-05-04T02:24:00+00:00");
    assert_eq!(line["timestamp_desc"], "Event time");
    assert_eq!(
        line["message"],
        "[high] Access key created: iam:CreateAccessKey by \
         arn:aws:iam::111122223333:user/build-agent from 198.51.100.7: denied"
    );
    assert_eq!(line["tag"], json!(["high", "iam_access_key"]));
    event.time = None;
    let row = Row { event: &event, finding: None, local_path: None };
    let line: serde_json::Value =
        serde_json::from_str(&written(RowFormat::Timesketch, &[row])).expect("a line");
    assert_eq!(line["datetime"], "1970-01-01T00:00:00+00:00");
    assert_eq!(line["timestamp_desc"], "No time in the record");
    assert_eq!(line["time"], json!(null));
}
