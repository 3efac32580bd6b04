//! Every shape in which people receive CloudTrail, in every container, alone and mixed.

use crashcart_decode::{Apart, Caps};
use crashcart_model::GapReason;
use serde_json::json;

use crate::generate::{delivered, forms, gzip, lines, record, records, tar, zip, zstd};
use crate::seen::Seen;

const IDS: [&str; 3] = ["event-0", "event-1", "event-2"];

#[test]
fn every_shape_gives_its_records_as_they_were() {
    let records = records(3);
    for form in forms(&records) {
        let seen = Seen::read(form.text.as_bytes());
        assert_eq!(seen.gaps().count(), 0, "{}: {seen:?}", form.name);
        assert_eq!(seen.fields("eventID"), IDS, "{}", form.name);
        assert_eq!(seen.tally().formats, form.formats, "{}", form.name);
        if form.exact {
            assert!(seen.records().eq(&records), "{}", form.name);
        }
    }
}

#[test]
fn every_shape_reads_the_same_out_of_every_container() {
    for form in forms(&records(3)) {
        let text = form.text.as_bytes();
        let packed = gzip(text);
        for (name, bytes) in [
            ("gzip", packed.clone()),
            ("zstd", zstd(text)),
            ("zip", zip(&[("a.json", text)])),
            ("tar", tar(&[("a.json", text)])),
            ("tar.gz", gzip(&tar(&[("a.json", text)]))),
            ("tar.zst", zstd(&tar(&[("a.json", text)]))),
            ("zip of gzip", zip(&[("a.json.gz", &packed)])),
            ("tar.gz of gzip", gzip(&tar(&[("a.json.gz", &packed)]))),
            ("gzip of gzip", gzip(&packed)),
            ("zip in zip", zip(&[("a.zip", &zip(&[("a.json", text)]))])),
        ] {
            let seen = Seen::read(&bytes);
            assert_eq!(seen.gaps().count(), 0, "{} in {name}: {seen:?}", form.name);
            assert_eq!(seen.fields("eventID"), IDS, "{} in {name}", form.name);
            assert_eq!(seen.tally().inflated, text.len() as u64, "{} in {name}", form.name);
        }
    }
}

#[test]
fn documents_of_all_shapes_in_one_file_are_all_read() {
    let forms = forms(&records(2));
    let text: String = forms.iter().map(|form| format!("\u{feff}{}\n", form.text)).collect();
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.gaps().count(), 0, "{seen:?}");
    assert_eq!(seen.records().count(), 2 * forms.len());
}

#[test]
fn documents_that_follow_each_other_without_a_space_are_all_read() {
    let documents = [delivered(&records(2)), delivered(&records(3)), json!(records(1)).to_string()];
    let seen = Seen::read(documents.concat().as_bytes());
    assert_eq!(seen.records().count(), 6);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn pages_of_lookup_events_are_all_read() {
    let page = |ids: std::ops::Range<usize>| {
        let events: Vec<_> =
            ids.map(|id| json!({ "CloudTrailEvent": record(id).to_string() })).collect();
        serde_json::to_string_pretty(&json!({ "NextToken": "next", "Events": events })).unwrap()
    };
    let seen = Seen::read(format!("{}\n{}\n", page(0..2), page(2..3)).as_bytes());
    assert_eq!(seen.fields("eventID"), IDS);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn gzip_members_that_follow_each_other_are_all_read_equal_ones_too() {
    let (one, two) = (gzip(lines(&records(1)).as_bytes()), gzip(lines(&records(2)).as_bytes()));
    for (bytes, count) in [
        ([one.clone(), two.clone()].concat(), 3),
        ([one.clone(), one.clone()].concat(), 2),
        ([two.clone(), two.clone(), two.clone()].concat(), 6),
    ] {
        let seen = Seen::read(&bytes);
        assert_eq!(seen.records().count(), count);
        assert_eq!(seen.gaps().count(), 0);
    }
}

#[test]
fn zstd_frames_that_follow_each_other_are_all_read_and_skippable_ones_skipped() {
    let frame = zstd(lines(&records(2)).as_bytes());
    let skippable = [&[0x5e, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], &[0; 5]].concat();
    for bytes in [
        [frame.clone(), frame.clone()].concat(),
        [skippable.clone(), frame.clone(), skippable.clone(), frame.clone()].concat(),
    ] {
        let seen = Seen::read(&bytes);
        assert_eq!(seen.records().count(), 4, "{seen:?}");
        assert_eq!(seen.gaps().count(), 0, "{seen:?}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_framing() {
    let text = format!("\u{feff}{}", lines(&records(2)).replace('\n', "\r\n"));
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 2);
    assert_eq!(seen.gaps().count(), 0);
    assert_eq!(seen.tally().framing, 3 + 2 * 2);
}

#[test]
fn a_trailing_half_line_is_a_gap_of_its_own_size() {
    let whole = lines(&records(2));
    let seen = Seen::read(format!("{whole}{{\"eventVersion\":\"1.0").as_bytes());
    assert_eq!(seen.records().count(), 2);
    let gap = seen.gap();
    assert_eq!((gap.offset, gap.size), (whole.len() as u64, Some(20)));
    assert_eq!(gap.reason, GapReason::NotJson);
}

#[test]
fn a_null_among_the_records_is_told_and_the_others_are_read() {
    let seen =
        Seen::read(json!({ "Records": [record(0), null, record(1)] }).to_string().as_bytes());
    assert_eq!(seen.fields("eventID"), IDS[..2]);
    assert_eq!((seen.gap().size, seen.gap().reason), (Some(4), GapReason::UnknownShape));
}

#[test]
fn records_between_lines_of_garbage_are_read_and_the_garbage_is_told() {
    let text = format!(
        "Some header\n{}\nTraceback: [most recent call]\n{}\n--\n",
        record(0),
        serde_json::to_string_pretty(&record(1)).unwrap()
    );
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.fields("eventID"), IDS[..2]);
    assert_eq!(seen.gaps().count(), 3);
    assert_eq!(
        seen.tally().lost,
        ("Some header\n".len() + "Traceback: [most recent call]\n".len() + 3) as u64
    );
}

#[test]
fn what_a_log_wrote_in_front_of_a_record_is_told_and_the_record_is_read() {
    let text = format!("May  3 02:13:00 host trail: {}\n", record(0));
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 1);
    assert_eq!((seen.gap().offset, seen.gap().size), (0, Some(28)));
}

#[test]
fn a_log_message_that_is_no_record_is_told_where_it_stands() {
    let (good, bad) = (record(0).to_string(), "START \"RequestId\"");
    let text =
        json!({ "logEvents": [{ "message": good }, { "message": bad }, { "message": good }] });
    let text = text.to_string();
    let seen = Seen::read(text.as_bytes());
    assert_eq!(seen.records().count(), 2);
    // As it stands in the file: with its escapes, behind its quote.
    let escaped = r#"START \"RequestId\""#;
    let gap = seen.gap();
    assert_eq!(gap.offset, text.find(escaped).unwrap() as u64);
    assert_eq!(gap.size, Some(escaped.len() as u64));
}

#[test]
fn a_document_of_which_nothing_is_a_record_is_lost_whole() {
    let text = json!({ "logEvents": [{ "message": "a" }, { "message": "b" }, null] }).to_string();
    let seen = Seen::read(text.as_bytes());
    assert_eq!((seen.gap().offset, seen.gap().size), (0, Some(text.len() as u64)));
    assert_eq!(seen.tally().decoded, 0);
}

#[test]
fn two_records_in_one_message_are_both_read_and_what_follows_them_is_told() {
    let raw = format!("{} {} and more", record(0), record(1));
    let seen = Seen::read(json!({ "_raw": raw }).to_string().as_bytes());
    assert_eq!(seen.fields("eventID"), IDS[..2]);
    assert_eq!(seen.gap().size, Some("and more".len() as u64));
}

#[test]
fn an_envelope_by_another_name_is_opened_all_the_same() {
    let seen = Seen::read(json!({ "Trail": records(3) }).to_string().as_bytes());
    assert_eq!(seen.fields("eventID"), IDS);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn a_bucket_notification_is_no_cloudtrail_though_it_uses_the_same_names() {
    let notification = json!({ "eventVersion": "2.1", "eventSource": "aws:s3",
        "awsRegion": "eu-central-1", "eventTime": "2026-05-03T02:13:00.000Z",
        "eventName": "ObjectCreated:Put", "userIdentity": { "principalId": "AWS:AIDA1" },
        "s3": { "bucket": { "name": "b" }, "object": { "key": "k" } } });
    let seen = Seen::read(delivered(&[notification]).as_bytes());
    assert_eq!(seen.records().count(), 0);
    assert_eq!(seen.gap().reason, GapReason::UnknownShape);
}

#[test]
fn insights_digests_and_control_messages_are_counted_apart() {
    let insight = json!({ "eventVersion": "1.07", "eventType": "AwsCloudTrailInsight",
        "insightDetails": { "eventSource": "ec2.amazonaws.com", "eventName": "RunInstances" } });
    let digest = json!({ "awsAccountId": "111122223333", "digestStartTime": "2026-01-01T00:00:00Z",
        "digestEndTime": "2026-01-01T01:00:00Z",
        "digestS3Object": "AWSLogs/1/CloudTrail-Digest/eu-west-1/2026/01/01/x.json.gz",
        "logFiles": [{ "s3Object": "AWSLogs/1/CloudTrail/eu-west-1/2026/01/01/y.json.gz" }] });
    let control =
        json!({ "messageType": "CONTROL_MESSAGE", "logEvents": [{ "message": "hello" }] });
    let text = lines(&[json!({ "Records": [insight, record(0)] }), digest, control]);
    let seen = Seen::read(text.as_bytes());
    assert_eq!(
        seen.apart().collect::<Vec<_>>(),
        [Apart::Insight, Apart::Digest, Apart::ControlMessage]
    );
    assert_eq!(seen.records().count(), 1);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn the_sink_is_asked_once_before_the_first_record_and_may_put_lossy_exports_off() {
    for form in forms(&records(2)) {
        let mut seen = Seen { refuse_lossy: true, ..Seen::default() };
        crashcart_decode::read_bytes(form.text.as_bytes(), &Caps::default(), &mut seen);
        let lossy = matches!(form.formats, ["elastic"] | ["query_results"]);
        assert_eq!(seen.asked, [lossy], "{}", form.name);
        assert_eq!(seen.records().count(), if lossy { 0 } else { 2 }, "{}", form.name);
        assert_eq!(seen.members[0].tally.is_none(), lossy, "{}", form.name);
    }
}

#[test]
fn deep_wrappings_end_at_a_bound_and_are_told() {
    let mut value = record(0);
    for _ in 0..4 {
        value = json!({ "_raw": value.to_string() });
    }
    assert_eq!(Seen::read(value.to_string().as_bytes()).records().count(), 1);
    let seen = Seen::read(json!({ "_raw": value.to_string() }).to_string().as_bytes());
    assert_eq!(seen.records().count(), 0);
    assert_eq!(seen.gap().reason, GapReason::UnknownShape);
}
