//! Tables with CloudTrail columns, as Athena, Lake, Logs Insights and Splunk export them.

use crashcart_model::GapReason;
use serde_json::json;

use crate::generate::{gzip, record};
use crate::seen::Seen;

/// A cell as CSV writers quote it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[test]
fn columns_are_known_in_any_case_and_in_any_order() {
    for header in [
        "eventName,eventSource,eventTime,sourceIPAddress",
        "eventname,eventsource,eventtime,sourceipaddress",
        "EVENTNAME,EVENTSOURCE,EVENTTIME,SOURCEIPADDRESS",
        "\"eventname\",\"eventsource\",\"eventtime\",\"sourceipaddress\"",
        "\u{feff}eventname,eventsource,eventtime,sourceipaddress\r",
    ] {
        let text =
            format!("{header}\nGetObject,s3.amazonaws.com,2026-05-03T02:13:00Z,198.51.100.7\n");
        let seen = Seen::read(text.as_bytes());
        assert_eq!(seen.gaps().count(), 0, "{header}");
        assert_eq!(
            seen.records().collect::<Vec<_>>(),
            [&json!({
                "eventName": "GetObject",
                "eventSource": "s3.amazonaws.com",
                "eventTime": "2026-05-03T02:13:00Z",
                "sourceIPAddress": "198.51.100.7"
            })],
            "{header}"
        );
        assert_eq!(seen.members[0].partial, 1, "a table may lack columns");
        assert_eq!(seen.tally().formats, ["columns"]);
    }
}

#[test]
fn tabs_and_semicolons_part_columns_too() {
    for delimiter in ["\t", ";"] {
        let rows = [
            ["eventTime", "eventSource", "eventName", "userAgent"],
            ["2026-05-03T02:13:00Z", "iam.amazonaws.com", "ListUsers", "a, b"],
        ];
        let text = rows.map(|row| row.join(delimiter)).join("\n");
        let seen = Seen::read(text.as_bytes());
        assert_eq!(seen.fields("userAgent"), ["a, b"]);
        assert_eq!(seen.gaps().count(), 0);
    }
}

#[test]
fn dotted_headings_make_an_identity_also_beside_an_empty_one() {
    let text = "eventTime,eventName,userIdentity,useridentity.arn,useridentity.sessioncontext.attributes.mfaauthenticated\n\
        2026-05-03T02:13:00Z,ListUsers,,arn:aws:iam::111122223333:user/nina,true\n";
    let seen = Seen::read(text.as_bytes());
    let record = seen.records().next().unwrap();
    assert_eq!(
        record["userIdentity"],
        json!({
            "arn": "arn:aws:iam::111122223333:user/nina",
            "sessionContext": { "attributes": { "mfaAuthenticated": "true" } }
        })
    );
}

#[test]
fn quotes_hold_line_ends_and_delimiters() {
    let text = format!(
        "eventtime,eventname,eventsource,errormessage\n\
         2026-05-03T02:13:00Z,A,s3.amazonaws.com,{}\r\n\
         2026-05-03T02:13:01Z,B,s3.amazonaws.com,none\r\n",
        quoted("line one\r\nline \"two\", end")
    );
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.fields("eventName"), ["A", "B"]);
    assert_eq!(seen.fields("errorMessage")[0], "line one\r\nline \"two\", end");
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn structures_of_athena_become_objects_whatever_their_values_hold() {
    let identity = "{type=AssumedRole, principalid=AROA1:x, arn=arn:aws:sts::111122223333:assumed-role/r/x, \
        invokedby=null, sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-05-03T02:00:00Z}, \
        sessionissuer={type=Role, username=a, b and c}}}";
    let text = format!(
        "eventtime,eventname,useridentity\n2026-05-03T02:13:00Z,GetObject,{}\n",
        quoted(identity)
    );
    let seen = Seen::read(text.as_bytes());
    let identity = &seen.records().next().unwrap()["userIdentity"];
    assert_eq!(identity["principalId"], "AROA1:x");
    assert_eq!(identity["invokedBy"], json!(null));
    assert_eq!(identity["sessionContext"]["attributes"]["creationDate"], "2026-05-03T02:00:00Z");
    assert_eq!(identity["sessionContext"]["sessionIssuer"]["userName"], "a, b and c");
}

#[test]
fn columns_of_whole_records_are_read_as_the_records_they_hold() {
    for header in
        ["@timestamp,@message", "_time,_raw", "eventTime,CloudTrailEvent", "eventtime,eventjson"]
    {
        let text = format!(
            "{header}\n2026-05-03T02:13:00Z,{}\n2026-05-03T02:13:00Z,{}\n",
            quoted(&record(0).to_string()),
            quoted(&serde_json::to_string_pretty(&record(1)).unwrap())
        );
        for bytes in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            let seen = Seen::read(&bytes);
            assert!(seen.records().eq(&[record(0), record(1)]), "{header}: {seen:?}");
            assert_eq!(seen.gaps().count(), 0, "{header}");
        }
    }
}

#[test]
fn a_row_without_its_record_is_lost_whole_and_told() {
    let good = format!("1,{}\n", quoted(&record(0).to_string()));
    let bad = ["2,\n", "3,not a record\n"];
    let text = format!("@timestamp,@message\n{good}{}{}{good}", bad[0], bad[1]);
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 2);
    let told: Vec<_> = seen.gaps().map(|gap| (gap.size, gap.reason)).collect();
    let size = |row: &str| Some(row.len() as u64);
    assert_eq!(told, [(size(bad[0]), GapReason::UnknownShape), (size(bad[1]), GapReason::NotJson)]);
}

#[test]
fn an_empty_error_column_means_none_and_no_error_column_means_unknown() {
    let outcome = |text: &str| {
        struct First(Option<crashcart_model::Outcome>);
        impl crashcart_decode::Sink for First {
            fn begin(&mut self, _: Option<&str>) {}
            fn record(&mut self, record: &crashcart_model::Record<'_>, _: u32) {
                self.0 = Some(crashcart_model::Head::of(record).outcome());
            }
            fn apart(&mut self, _: crashcart_decode::Apart) {}
            fn gap(&mut self, _: crashcart_decode::Stretch) {}
            fn end(&mut self, _: crashcart_decode::Tally) {}
        }
        let mut first = First(None);
        crashcart_decode::read_bytes(
            text.as_bytes(),
            &crashcart_decode::Caps::default(),
            &mut first,
        );
        first.0.unwrap()
    };
    use crashcart_model::Outcome;
    assert_eq!(outcome("eventtime,eventname,errorcode\n2026-05-03T02:13:00Z,A,\n"), Outcome::Done);
    assert_eq!(outcome("eventtime,eventname\n2026-05-03T02:13:00Z,A\n"), Outcome::Unknown);
}

#[test]
fn a_quote_that_is_never_closed_costs_its_line_and_not_the_table() {
    let rows: String =
        (0..50).map(|n| format!("2026-05-03T02:13:00Z,E{n},s3.amazonaws.com\n")).collect();
    let broken = rows.replace(",E20,", ",\"E20,");
    let seen = Seen::read(format!("eventtime,eventname,eventsource\n{broken}").as_bytes());
    assert_eq!(seen.records().count(), 49);
    assert_eq!(seen.gap().size, Some("2026-05-03T02:13:00Z,\"E20,s3.amazonaws.com\n".len() as u64));
}

#[test]
fn a_quote_that_stands_alone_in_a_cell_costs_nothing() {
    let text = "eventTime\teventName\teventSource\tuserAgent\n\
        1\tA\ts3.amazonaws.com\ta 5\" screen\n2\tB\ts3.amazonaws.com\tb\n";
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.fields("eventName"), ["A", "B"]);
    assert_eq!(seen.fields("userAgent"), ["a 5\" screen", "b"]);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn nothing_hides_behind_a_carriage_return() {
    let text = "eventTime,eventName,eventSource\n1,A,s3.amazonaws.com\r2,B,iam.amazonaws.com\r\n";
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 0);
    assert_eq!(seen.gap().size, Some(44));
}

#[test]
fn headings_that_come_again_are_framing() {
    let table = "eventtime,eventname,eventsource\n2026-05-03T02:13:00Z,A,s3.amazonaws.com\n";
    let seen = Seen::read(table.repeat(3).as_bytes());
    assert_eq!(seen.fields("eventName"), ["A", "A", "A"]);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn a_first_line_without_end_is_no_table() {
    let text = format!("eventtime,eventname,{}\n1,A\n", "x,".repeat(50_000));
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 0);
    assert_eq!(seen.tally().lost, text.len() as u64);
}

#[test]
fn a_table_of_too_many_headings_is_told_to_be_one() {
    let text = format!("eventtime,eventsource,eventname,{}\n1,A,B\n", "x,".repeat(50_000));
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.tally().lost, text.len() as u64);
    let detail = &seen.gap().detail;
    assert!(detail.starts_with("a table whose headings take more than 65536 bytes"), "{detail}");
}

#[test]
fn a_table_of_very_many_columns_is_read_in_time_that_grows_with_their_number() {
    let (more, cells) = (",".repeat(60_000), ",1".repeat(60_000));
    let underscores = "_".repeat(60_000);
    for (headings, cells) in [(more.as_str(), cells.as_str()), (&format!(",{underscores}"), ",1")] {
        let text = format!(
            "eventTime,eventSource,eventName{headings}\n\
            2026-05-04T02:13:00Z,iam.amazonaws.com,ListUsers{cells}\n"
        );
        let begun = std::time::Instant::now();
        let seen = Seen::read(text.as_bytes());
        assert_eq!((seen.records().count(), seen.gaps().count()), (1, 0));
        // By the square of their number this takes minutes.
        assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    }
}

#[test]
fn a_row_over_the_cap_is_told_and_the_next_is_read() {
    let caps = crashcart_decode::Caps { record_bytes: 5_000, ..Default::default() };
    let text = format!(
        "eventtime,eventname,eventsource\n1,A,s3\n1,{},s3\n1,B,s3\n",
        quoted(&"x".repeat(20_000))
    );
    let seen = Seen::read_with(text.as_bytes(), &caps);
    assert_eq!(seen.fields("eventName"), ["A", "B"]);
    assert_eq!(seen.gap().size, Some(20_008));
}

#[test]
fn a_quote_in_the_last_column_that_is_never_closed_swallows_no_row() {
    let table =
        |rows: &[&str]| format!("eventtime,eventname,eventsource,useragent\n{}\n", rows.join("\n"));
    let [a, b, c] = [r#"1,A,s3,"open"#, "2,B,s3,x", r#"3,C,s3,"open too"#];
    for rows in [&[a, b][..], &[a, b, c, b], &[a, c, b]] {
        let seen = Seen::read(table(rows).as_bytes());
        assert_eq!(seen.records().count(), rows.len(), "{rows:?}: {seen:?}");
        assert!(seen.fields("userAgent").iter().all(|agent| !agent.contains('\n')), "{rows:?}");
        assert_eq!(seen.gaps().count(), 0, "{rows:?}");
    }
}

#[test]
fn many_broken_quotes_cost_their_own_lines_and_not_the_rest_of_the_table() {
    // Each is looked for up to the next, which is far: more in sum than may be read in vain.
    let quiet = format!("2026-05-03T02:13:00Z,A,{}\n", "s".repeat(20_000)).repeat(50);
    let broken = "2026-05-03T02:13:00Z,\"B,s3\n";
    let text =
        format!("eventtime,eventname,eventsource\n{}", format!("{broken}{quiet}").repeat(40));
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 40 * 50);
    assert_eq!(seen.tally().lost, 40 * broken.len() as u64);
}

#[test]
fn what_follows_a_closing_quote_leaves_the_line_whole() {
    let head = b"eventtime,eventname,eventsource,useragent\n".as_slice();
    for junk in [b"x".as_slice(), "é".as_bytes(), b"\xe6", b"\xe6\xe6\xe6"] {
        let torn = [b"1,A,s3,\"a".as_slice(), b"\"", junk, b"y\n2,B,s3,b\n"].concat();
        let long = [b"1,A,s3,\"a\nb".as_slice(), b"\"", junk, b"y\n2,B,s3,b\n"].concat();
        for (rows, names) in [(torn, ["A", "B"]), (long, ["A", "B"])] {
            let seen = Seen::read(&[head, &rows].concat());
            assert_eq!(seen.fields("eventName"), names, "{}", rows.escape_ascii());
            assert_eq!(seen.tally().inflated, (head.len() + rows.len()) as u64);
        }
    }
}
