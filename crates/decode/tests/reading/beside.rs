//! What stands beside the place where events are expected is read or told, never dropped.

use crate::generate::zip;
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
