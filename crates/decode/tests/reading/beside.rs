//! What stands beside the place where events are expected is read or told, never dropped.

use crashcart_model::GapReason;

use crate::generate::{gzip, tar, zip, zstd};
use crate::seen::Seen;

const EVENT: &str = r#"{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"DeleteUser","eventID":"e1"}"#;

#[test]
fn an_event_in_another_member_of_an_envelope_is_read_or_told() {
    for document in [
        format!(r#"{{"Records":[],"more":[{EVENT}]}}"#),
        format!(r#"{{"Records":[{EVENT}],"Foo":{EVENT}}}"#),
        format!(r#"{{"Records":[{EVENT}],"Foo":{{"Bar":[{EVENT}]}}}}"#),
        format!(r#"{{"Records":[],"detail-type":"x","detail":{EVENT}}}"#),
        format!(r#"{{"Events":[],"NextToken":{{"Records":[{EVENT}]}}}}"#),
    ] {
        let seen = Seen::read(document.as_bytes());
        let events = document.matches("DeleteUser").count();
        let told = usize::from(seen.gaps().next().is_some());
        assert!(seen.records().count() + told >= events, "{document}: {seen:?}");
    }
}

#[test]
fn an_envelope_that_claims_to_be_a_digest_or_a_control_message_hides_no_event() {
    let text = EVENT.replace('"', "\\\"");
    for document in [
        format!(r#"{{"digestStartTime":"x","logFiles":[],"Records":[{EVENT}]}}"#),
        format!(r#"{{"messageType":"CONTROL_MESSAGE","logEvents":[{{"message":"{text}"}}]}}"#),
    ] {
        let seen = Seen::read(document.as_bytes());
        assert!(seen.records().next().is_some() || seen.gaps().next().is_some(), "{document}");
    }
}

/// Another event than [`EVENT`].
const OTHER: &str = r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"e2"}"#;

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Wrappers with a place for one event, and one for something beside it.
fn wrappers(event: &str, beside: &str) -> Vec<String> {
    let text = quoted(event);
    vec![
        format!(r#"{{"eventData":{event},"eventJson":{beside}}}"#),
        format!(r#"{{"eventData":{event},"extra":{beside}}}"#),
        format!(r#"{{"eventData":{event},"eventData":{beside}}}"#),
        format!(r#"{{"detail-type":"x","detail":{event},"extra":{beside}}}"#),
        format!(r#"{{"timestamp":1,"message":{text},"extra":{beside}}}"#),
        format!(r#"{{"timestamp":1,"message":{text},"extra":{{"deep":[{beside}]}}}}"#),
        format!(r#"{{"logEvents":[{{"message":{text},"extra":{beside}}}]}}"#),
        format!(r#"{{"logEvents":[{{"message":{text}}}],"extra":{beside}}}"#),
        format!(r#"{{"CloudTrailEvent":{text},"Extra":{beside}}}"#),
        format!(r#"{{"NextToken":{{}},"Events":[{{"CloudTrailEvent":{text},"Extra":{beside}}}]}}"#),
        format!(r#"{{"_source":{event},"extra":{beside}}}"#),
        format!(r#"{{"hits":{{"hits":[{{"_source":{event}}}],"extra":{beside}}}}}"#),
        format!(r#"{{"@timestamp":"x","event":{{"original":{text},"more":{beside}}}}}"#),
        format!(r#"{{"_raw":{text},"extra":{beside}}}"#),
        format!(r#"{{"result":{{"_raw":{text},"extra":{beside}}}}}"#),
        format!(r#"{{"result":{{"_raw":{text}}},"extra":{beside}}}"#),
        format!(r#"{{"messages":[],"results":[{{"_raw":{text}}}],"extra":{beside}}}"#),
        format!(
            r#"{{"QueryStatus":"x","QueryResultRows":[[{{"eventJson":{text}}},{{"eventData":{beside}}}]]}}"#
        ),
    ]
}

#[test]
fn another_event_beside_the_one_that_a_wrapper_holds_is_read_too() {
    for beside in [OTHER.to_owned(), quoted(OTHER)] {
        for document in wrappers(EVENT, &beside) {
            let seen = Seen::read(document.as_bytes());
            let mut ids = seen.fields("eventID");
            ids.sort_unstable();
            assert_eq!(ids, ["e1", "e2"], "{document}");
            assert_eq!(seen.gaps().count(), 0, "{document}: {seen:?}");
        }
    }
}

#[test]
fn a_copy_of_the_same_event_beside_it_is_no_second_one() {
    for beside in [EVENT.to_owned(), quoted(EVENT)] {
        // Beside a whole array it is a further delivery, which is told apart by its id.
        for document in wrappers(EVENT, &beside).iter().filter(|one| !one.contains(r#"],"extra""#))
        {
            let seen = Seen::read(document.as_bytes());
            assert_eq!(seen.fields("eventID"), ["e1"], "{document}");
            assert_eq!(seen.gaps().count(), 0, "{document}: {seen:?}");
        }
    }
}

#[test]
fn what_may_be_an_event_beside_one_and_cannot_be_read_is_told() {
    let strange = r#"{"eventName":["GetObject"],"eventSource":["s3.amazonaws.com"]}"#;
    for document in wrappers(EVENT, strange).iter().filter(|one| one.contains("xtra")) {
        let seen = Seen::read(document.as_bytes());
        assert_eq!(seen.fields("eventID"), ["e1"], "{document}");
        assert_eq!(seen.gap().size, Some(strange.len() as u64), "{document}");
    }
    let ordinary = r#"{"query":"fields eventName, eventSource","took":1}"#;
    for document in wrappers(EVENT, ordinary).iter().filter(|one| one.contains("xtra")) {
        assert_eq!(Seen::read(document.as_bytes()).gaps().count(), 0, "{document}");
    }
    // A search repeats values of the same document under this name.
    let hit = format!(r#"{{"_source":{EVENT},"fields":{strange}}}"#);
    assert_eq!(Seen::read(hit.as_bytes()).gaps().count(), 0);
}

#[test]
fn an_event_in_front_of_an_envelopes_records_is_told() {
    let document = format!(r#"{{"note":{},"Records":[{EVENT}]}}"#, quoted(OTHER));
    assert!(Seen::read(document.as_bytes()).gaps().next().is_some());
    let document = format!(r#"{{"note":"eventless","Records":[{EVENT}]}}"#);
    assert_eq!(Seen::read(document.as_bytes()).gaps().count(), 0);
}

#[test]
fn of_two_columns_of_records_both_are_read_and_equal_ones_once() {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let spaced = EVENT.replace(',', ", ");
    for (heading, second, ids) in [
        ("_raw", OTHER, ["e1", "e2"].as_slice()),
        ("note", OTHER, &["e1", "e2"]),
        ("_raw", &spaced, &["e1"]),
        ("_raw", "no record", &["e1"]),
        ("_raw", "", &["e1"]),
    ] {
        let table = format!("CloudTrailEvent,{heading}\n{},{}\n", cell(EVENT), cell(second));
        let seen = Seen::read(table.as_bytes());
        assert_eq!(seen.fields("eventID"), ids, "{table}");
        assert_eq!(seen.gaps().count(), 0, "{table}");
    }
}

#[test]
fn bytes_that_a_zip_archives_directory_does_not_name_are_told() {
    let good = zip(&[("a.json", EVENT.as_bytes())]);
    assert_eq!(Seen::read(&good).gaps().count(), 0);
    let fake = [b"PK\x05\x06".as_slice(), &[0; 18], EVENT.as_bytes()].concat();
    let after = [good.as_slice(), EVENT.as_bytes()].concat();
    let before = [good.as_slice(), good.as_slice()].concat();
    for (name, bytes) in [("fake", fake), ("after", after), ("before", before)] {
        let lost: u64 = Seen::read(&bytes).gaps().filter_map(|gap| gap.size).sum();
        assert!(lost >= EVENT.len() as u64, "{name}: {lost}");
    }
}

/// A skippable frame of zstd around any content (RFC 8878, 3.1.2).
fn skippable(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&[0x50, 0x2a, 0x4d, 0x18], length.as_slice(), content].concat()
}

#[test]
fn what_lies_in_a_skippable_frame_of_zstd_is_told_unless_compressors_write_it_themselves() {
    let good = zstd(EVENT.as_bytes());
    let hidden = skippable(OTHER.as_bytes());
    let size = OTHER.len() as u64;
    for bytes in [
        [hidden.as_slice(), &good].concat(),
        [good.as_slice(), &hidden].concat(),
        gzip(&[good.as_slice(), &hidden].concat()),
    ] {
        let seen = Seen::read(&bytes);
        assert_eq!(seen.fields("eventID"), ["e1"]);
        assert_eq!((seen.gap().size, seen.gap().reason), (Some(size), GapReason::Unsupported));
        assert_eq!(seen.members.last().unwrap().name.as_deref(), Some("skippable frames"));
    }
    // pzstd's size of the next frame, a seek table of one entry, and filling.
    let sizes = (good.len() as u32).to_le_bytes();
    let table = [[1; 8].as_slice(), &[1, 0, 0, 0, 0, 0xb1, 0xea, 0x92, 0x8f]].concat();
    for content in [sizes.as_slice(), &table, &[0; 1_000], &[]] {
        let seen = Seen::read(&[skippable(content), good.clone(), skippable(content)].concat());
        assert_eq!((seen.records().count(), seen.gaps().count()), (1, 0));
    }
    let cut = [good.as_slice(), hidden.get(..40).unwrap()].concat();
    assert_eq!(Seen::read(&cut).gap().reason, GapReason::Truncated);
}

#[test]
fn bytes_in_the_padding_of_a_tar_archive_are_told() {
    let members = [("a.json", EVENT.as_bytes()), ("b.json", OTHER.as_bytes())];
    let good = tar(&members);
    assert_eq!(Seen::read(&good).gaps().count(), 0);
    // Behind the first member's data, in the rest of its block; and in that of the second.
    let first = 512 + EVENT.len();
    let second = 3 * 512 + OTHER.len();
    let mut stuffed = good;
    stuffed[first..first + 6].copy_from_slice(b"hidden");
    stuffed[second] = b'!';
    for bytes in [stuffed.clone(), gzip(&stuffed)] {
        let seen = Seen::read(&bytes);
        assert_eq!(seen.fields("eventID"), ["e1", "e2"]);
        assert_eq!(seen.gap().size, Some(7));
    }
}

#[test]
fn thousands_of_records_beside_one_are_read_in_time_that_grows_with_their_number() {
    let event: serde_json::Value = serde_json::from_str(EVENT).unwrap();
    let mut unit =
        serde_json::json!({"detail-type": "AWS API Call via CloudTrail", "detail": event});
    for number in 0..10_000 {
        let mut other = event.clone();
        other["eventID"] = number.into();
        unit[format!("m{number}")] = other;
    }
    let begun = std::time::Instant::now();
    let seen = Seen::read(unit.to_string().as_bytes());
    assert_eq!(seen.records().count(), 10_001);
    // By the square of their number this takes minutes.
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
