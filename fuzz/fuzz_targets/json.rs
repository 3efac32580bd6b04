//! The tape against serde_json: both accept the same texts and read the same values; where the
//! tape stops, the place lies within the text.

#![no_main]

use crashcart_decode::json::{Stop, Tape};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Above serde_json's own limit of 128, so that only it refuses for depth.
const DEPTH: usize = 127;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut tape = Tape::new();
    let theirs = serde_json::from_str::<Value>(text);
    match (tape.parse(text, DEPTH), theirs) {
        (Ok(end), theirs) => {
            assert!(text.is_char_boundary(end), "ends within a character");
            let whole = text[end..].trim_matches([' ', '\t', '\r', '\n']).is_empty();
            let ours = tape.record(text).as_value().to_json();
            match theirs {
                Ok(theirs) => {
                    assert!(whole, "stopped early");
                    assert_eq!(ours, theirs);
                }
                Err(cause) => assert!(!whole || excused(text, &cause), "accepted: {cause}"),
            }
        }
        (Err(stop), theirs) => {
            assert!(theirs.is_err(), "refused what serde_json reads: {stop:?}");
            match stop {
                Stop::Bad(at) | Stop::TooDeep(at) => assert!(at < text.len(), "outside the text"),
                Stop::Incomplete => {}
            }
        }
    }
});

/// What the tape accepts on purpose and serde_json does not: raw control characters and lone
/// surrogates in strings, numbers beyond the range of a double.
fn excused(text: &str, cause: &serde_json::Error) -> bool {
    let said = cause.to_string();
    text.contains(|character: char| character < ' ')
        || said.contains("surrogate")
        || said.contains("unexpected end of hex escape")
        || said.contains("number out of range")
}
