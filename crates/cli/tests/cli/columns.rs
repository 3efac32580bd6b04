//! `--columns`: a table with any headings is read, once somebody says what its columns hold.

use serde_json::json;

use crate::binary::{Ran, run};
use crate::material::{call, delivered, folder, write};

/// As a SIEM prints it: headings of its own, a time that CloudTrail does not write, no error.
const EXPORT: &str = "Action,Service,Time,Actor,Address,Bucket,Ticket\n\
    GetObject,s3.amazonaws.com,04/May/2026:02:13:00 +0000,arn:aws:iam::111122223333:user/nina,198.51.100.7,ledger,T-1\n\
    PutObject,s3.amazonaws.com,04/May/2026:02:14:00 +0000,arn:aws:iam::111122223333:user/nina,198.51.100.7,ledger,T-2\n";

const LINE: &str = "eventName=Action,eventSource=service,eventTime=Time,userIdentity.arn=Actor,\
    sourceIPAddress=Address,requestParameters.bucketName=Bucket";

fn columns(arguments: &[&str], given: &str) -> Ran {
    let folder = folder(&[("export.csv", EXPORT)]);
    run(folder.path(), &[arguments, &["--columns", given]].concat())
}

#[test]
fn a_table_with_other_headings_is_a_gap_that_names_them_and_the_option() {
    let folder = folder(&[("export.csv", EXPORT)]);
    let ran = run(folder.path(), &["timeline", "export.csv", "-q"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{}", ran.shown());
    let said = format!(
        "gap: export.csv at 0, {} bytes: not JSON: a table whose headings are not CloudTrail's: \
         \"Action\", \"Service\", \"Time\", \"Actor\", \"Address\", \"Bucket\", \"Ticket\"; --columns says what \
         they hold\n",
        EXPORT.len()
    );
    assert_eq!(ran.stderr, said);
}

#[test]
fn what_counts_where_two_columns_have_one_heading_is_said() {
    let table = "eventTime,eventSource,eventName,eventName,note,note\n\
        2026-05-04T02:13:00Z,iam.amazonaws.com,ListUsers,DeleteUser,a,b\n";
    let folder = folder(&[("t.csv", table)]);
    let ran = run(folder.path(), &["timeline", "t.csv", "-q"]);
    assert!(ran.out(0).contains("iam:ListUsers"), "{}", ran.shown());
    assert_eq!(
        ran.stderr,
        "table t.csv: eventName stands in 2 columns (\"eventName\", \"eventName\"): a row's is the \
         first that is not empty, those named with --columns before others; what another says \
         otherwise is kept under its column's number\n\
         table t.csv: 2 columns have the heading \"note\": the first keeps that name, the others are \
         kept with their number, as \"note (column 6)\"\n\
         table t.csv: not read as fields of CloudTrail, kept under their own names: \"note\", \
         \"note\"\n"
    );
    let given = "eventName=note";
    let ran = run(folder.path(), &["timeline", "t.csv", "-q", "--columns", given]);
    assert!(ran.out(0).contains("iam:a"), "{}", ran.shown());
    assert!(
        ran.stderr.contains("2 columns have the heading \"note\": the first is read as eventName"),
        "{}",
        ran.shown()
    );
}

#[test]
fn of_many_headings_the_first_are_named_and_the_others_counted() {
    let more: String = (0..9000).map(|number| format!(",h{number}")).collect();
    let cells = ",x".repeat(9000);
    let table = format!(
        "eventTime,eventSource,eventName{more}\n2026-05-04T02:13:00Z,iam.amazonaws.com,ListUsers{cells}\n"
    );
    let folder = folder(&[("wide.csv", &table)]);
    let ran = run(folder.path(), &["timeline", "wide.csv", "-q"]);
    ran.out(0);
    assert!(ran.stderr.ends_with("\"h39\" and 8,960 more\n"), "{}", ran.shown());
    let ran = run(folder.path(), &["timeline", "wide.csv", "-q", "--columns", "eventName=Nope"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("\"h36\" and 8,963 more\n"), "{}", ran.shown());
}

#[test]
fn its_columns_are_read_as_the_fields_that_were_named_and_the_rest_is_kept_and_told() {
    let ran = columns(&["search", "nina", "--in", "export.csv", "--records", "-q"], LINE);
    let records = ran.lines(0);
    assert_eq!(
        records[0],
        json!({
            "eventName": "GetObject",
            "eventSource": "s3.amazonaws.com",
            "eventTime": "2026-05-04T02:13:00Z",
            "userIdentity": {"arn": "arn:aws:iam::111122223333:user/nina"},
            "sourceIPAddress": "198.51.100.7",
            "requestParameters": {"bucketName": "ledger"},
            "Ticket": "T-1",
        })
    );
    assert_eq!(records.len(), 2);
    assert_eq!(
        ran.stderr,
        "table export.csv: eventName from \"Action\", eventSource from \"Service\", eventTime from \
         \"Time\", userIdentity.arn from \"Actor\", sourceIPAddress from \"Address\", \
         requestParameters.bucketName from \"Bucket\"\n\
         table export.csv: not read as fields of CloudTrail, kept under their own names: \"Ticket\"\n"
    );
}

#[test]
fn every_command_that_reads_material_takes_the_option() {
    for arguments in [
        &["investigate", "export.csv"][..],
        &["detect", "export.csv"],
        &["timeline", "export.csv"],
        &["stats", "export.csv"],
        &["search", "ledger", "--in", "export.csv"],
        &["whois", "198.51.100.7", "export.csv"],
        &["environment", "init", "export.csv"],
    ] {
        let ran = columns(arguments, LINE);
        assert_eq!(ran.code, Some(0), "{}", ran.shown());
        assert!(ran.stderr.contains("read 2 events"), "{}", ran.shown());
        assert!(ran.stderr.contains("kept under their own names: \"Ticket\""), "{}", ran.shown());
    }
}

#[test]
fn the_document_says_how_the_table_was_read() {
    let given = format!("{LINE},awsRegion:=eu-west-1");
    let document = columns(&["investigate", "export.csv", "-q", "--json"], &given).json(0);
    let table = &document["coverage"]["tables"][0];
    assert_eq!(table["path"], "export.csv");
    assert_eq!(table["columns"][0], json!({"heading": "Action", "field": "eventName"}));
    assert_eq!(table["columns"][6], json!({"heading": "Ticket", "field": null}));
    assert_eq!(table["given"], json!([{"field": "awsRegion", "value": "eu-west-1"}]));
    assert_eq!(document["coverage"]["regions"], json!(["eu-west-1"]));
    // The table has no error column and no ids: that is not made up.
    assert_eq!(document["coverage"]["without_id"], 2);
    let outcomes = &document["story"]["accessed"];
    assert!(!outcomes.to_string().contains("\"done\""), "{outcomes}");
}

#[test]
fn a_table_without_an_error_column_tells_no_outcome() {
    let stats = columns(&["stats", "export.csv", "-q", "--json"], LINE).json(0);
    assert_eq!(stats["stats"]["events"], 2);
    let ran = columns(&["timeline", "export.csv", "-q", "--csv", "--errors"], LINE);
    assert_eq!(ran.out(0).matches(",unknown,").count(), 2, "{}", ran.shown());
}

#[test]
fn a_file_says_the_same_as_the_option_itself() {
    let folder = folder(&[("export.csv", EXPORT)]);
    write(
        folder.path(),
        "columns.toml",
        "# our SIEM\neventName = \"Action\"\neventSource = \"Service\"\neventTime = \"Time\"\n\
         userIdentity.arn = \"Actor\"\nsourceIPAddress = \"Address\"\n\
         requestParameters.bucketName = \"Bucket\"\n",
    );
    let read = |given: &str| {
        let arguments = ["timeline", "export.csv", "--json", "-q", "--columns", given];
        run(folder.path(), &arguments).out(0).to_owned()
    };
    assert_eq!(read("columns.toml"), read(LINE));
    assert_eq!(read("columns.toml").matches("\"GetObject\"").count(), 1);
}

#[test]
fn a_heading_that_does_not_exist_is_refused_before_anything_is_printed() {
    let ran = columns(&["timeline", "export.csv"], "eventName=Action,eventTime=When");
    assert_eq!(
        ran.shown(),
        "exit 2\n--- stdout\n--- stderr\nerror: --columns: no table has the heading \"When\" (for \
         eventTime); export.csv has \"Action\", \"Service\", \"Time\", \"Actor\", \"Address\", \"Bucket\", \
         \"Ticket\"\n  hint: name one of those headings, in quotes where it has spaces\n"
    );
    let none = folder(&[("fine.json", &delivered(&[]))]);
    let ran = run(none.path(), &["stats", "fine.json", "--columns", "eventName=Action"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no table with a heading \"Action\""), "{}", ran.shown());
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_to_write() {
    for (given, said) in [
        ("actor=Actor", "no field \"actor\""),
        ("eventName=Action,eventname=Service", "eventName is given twice"),
        ("gone.toml", "read gone.toml"),
        ("Action", "read Action"),
    ] {
        let ran = columns(&["stats", "export.csv"], given);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.shown());
        assert!(ran.stderr.contains(said) && ran.stderr.contains("  hint: "), "{}", ran.shown());
    }
    let folder =
        folder(&[("export.csv", EXPORT), ("c.toml", "eventName = \"Action\"\neventTime = 3\n")]);
    let ran = run(folder.path(), &["stats", "export.csv", "--columns", "c.toml"]);
    assert!(ran.stderr.contains("c.toml: eventTime is not text"), "{}", ran.shown());
}

#[test]
fn a_time_that_can_be_read_in_two_ways_is_unknown_until_its_form_is_told() {
    let table = "Action,Service,Time\nGetObject,s3.amazonaws.com,04/05/2026 02:13:00\n";
    let file = "eventName = \"Action\"\neventSource = \"Service\"\n\
        eventTime = { column = \"Time\", format = \"%d/%m/%Y %H:%M:%S\" }\n";
    let folder = folder(&[("t.csv", table), ("columns.toml", file)]);
    let guessed = [
        "stats",
        "t.csv",
        "--json",
        "--columns",
        "eventName=Action,eventSource=Service,eventTime=Time",
    ];
    let ran = run(folder.path(), &guessed);
    assert_eq!(ran.json(0)["coverage"]["without_time"], 1);
    assert!(
        ran.stderr
            .contains("1 event without a time that can be read, the first \"04/05/2026 02:13:00\""),
        "{}",
        ran.shown()
    );
    let told = run(folder.path(), &["stats", "t.csv", "--json", "-q", "--columns", "columns.toml"]);
    assert_eq!(told.json(0)["coverage"]["first"], "2026-05-04T02:13:00Z");
    assert_eq!(told.stderr.matches("without a time").count(), 0);
}

#[test]
fn a_row_that_does_not_fit_is_a_gap_and_the_others_are_read() {
    let torn = format!("{EXPORT}GetObject,s3.amazonaws.com\n,,04/May/2026:02:15:00 +0000,,,,T-3\n");
    let folder = folder(&[("export.csv", &torn)]);
    let ran = run(folder.path(), &["stats", "export.csv", "-q", "--json", "--columns", LINE]);
    let document = ran.json(4);
    assert_eq!(document["stats"]["events"], 2);
    let details = document["coverage"]["gaps"].as_array().expect("gaps").iter();
    let details: Vec<_> = details.map(|gap| (&gap["size"], &gap["detail"])).collect();
    assert_eq!(
        details,
        [
            (&json!(27), &json!("a row of 2 columns under 7 headings")),
            (&json!(36), &json!("a row that names no event")),
        ]
    );
}

#[test]
fn headings_in_other_spelling_need_no_option() {
    let table = "Event name,event_source,EVENT TIME,source ip address,userIdentity_arn,Error-Code\n\
        GetObject,s3.amazonaws.com,2026-05-04 02:13:00,198.51.100.7,arn:aws:iam::111122223333:user/nina,\n";
    let folder = folder(&[("t.csv", table)]);
    let ran = run(folder.path(), &["timeline", "t.csv", "-q", "--csv"]);
    assert!(ran.out(0).contains("2026-05-04T02:13:00Z"), "{}", ran.shown());
    assert!(ran.stdout.contains(",done,"), "the error column is empty: {}", ran.shown());
    assert!(ran.stderr.contains("errorCode from \"Error-Code\""), "{}", ran.shown());
}

#[test]
fn tables_of_other_products_are_not_taken_for_cloudtrail() {
    for headings in
        ["event_name,event_time,user_id", "Event Name,Event Type,Event ID", "action,time,message"]
    {
        let table = format!("{headings}\nclick,2026-05-04T02:13:00Z,x\n");
        let folder = folder(&[("t.csv", &table)]);
        let ran = run(folder.path(), &["stats", "t.csv", "-q", "--json"]);
        assert_eq!(ran.json(4)["stats"]["events"], 0, "{headings}");
    }
}

#[test]
fn a_column_of_records_may_have_any_name_too() {
    let record = call("ListUsers", "1", "2026-05-04T02:13:00Z", json!({})).to_string();
    let cell = record.replace('"', "\"\"");
    let folder = folder(&[("t.csv", &format!("when,payload\n1,\"{cell}\"\n"))]);
    let given = ["stats", "t.csv", "-q", "--json", "--columns", "CloudTrailEvent=payload"];
    assert_eq!(run(folder.path(), &given).json(0)["stats"]["events"], 1);
}

#[test]
fn a_honeypots_own_table_is_read_whole() {
    let Some(path) =
        crashcart_testkit::shared_data("story-otrf-s3-honeybucket/AWS_S3_HoneyBucketLogs.csv.gz")
    else {
        return;
    };
    let given = "eventTime=Event DateTime,sourceIPAddress=Source IP,userIdentity=User ID,\
        userAgent=Request User Agent,eventSource:=s3.amazonaws.com";
    let folder = folder(&[]);
    let path = path.display().to_string();
    let arguments =
        ["search", "--in", &path, "microsoft-devtest", "--records", "-q", "--columns", given];
    let records = run(folder.path(), &arguments).lines(0);
    // 301 rows under the headings, each naming the bucket.
    assert_eq!(records.len(), 301);
    let id = "283770f5-968d-448d-9328-0b010f4d3696";
    let first = records.iter().find(|record| record["eventID"] == id).expect("the first row");
    assert_eq!(first["eventTime"], "2022-02-18T17:34:57Z");
    assert_eq!(first["eventName"], "ListObjects");
    assert_eq!(first["sourceIPAddress"], "177.131.167.145");
    assert_eq!(first["requestID"], "E2E91AQVN6DJHZ91");
    assert_eq!(first["userIdentity"]["accountId"], "ANONYMOUS_PRINCIPAL");
    assert_eq!(first["requestParameters"]["bucketName"], "microsoft-devtest");
    assert_eq!(first["Repeated Attempts"], "4");
}

#[test]
fn the_account_of_a_stranger_is_not_told_as_the_account_whose_trail_it_is() {
    let of = |kind: &str| {
        let table = format!(
            "Action,Service,Kind,Account\nPutObject,s3.amazonaws.com,{kind},444455556666\n"
        );
        let folder = folder(&[("export.csv", &table)]);
        let line = "eventName=Action,eventSource=Service,userIdentity.type=Kind,userIdentity.accountId=Account";
        let ran =
            run(folder.path(), &["investigate", "export.csv", "--json", "-q", "--columns", line]);
        let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        told["coverage"]["accounts"].clone()
    };
    assert_eq!(of("AWSAccount"), json!([]), "it says whose the caller is, not whose the bucket is");
    assert_eq!(of("IAMUser"), json!(["444455556666"]));
}

#[test]
fn a_table_whose_lines_end_with_carriage_returns_alone_is_a_gap_and_not_a_heading() {
    let rows = "eventName,eventTime,eventID\r".to_owned()
        + &"CreateUser,2026-05-04T02:13:00Z,1\r".repeat(3000);
    let gaps = |text: &str| {
        let folder = folder(&[("mac.csv", text)]);
        run(folder.path(), &["stats", ".", "-q", "--json"]).json(4)["coverage"]["gaps"].clone()
    };
    assert!(gaps(&rows[..400])[0]["detail"].to_string().contains("carriage returns"));
    assert_eq!(gaps(&rows)[0]["size"], rows.len());
}
