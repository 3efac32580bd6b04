//! Tests: how a stream is cut into pieces changes nothing, and no stream takes more memory than
//! the caps allow.

use std::io::Read;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::generate::{delivered, forms, lines, record, records};
use crate::testing::Seen;
use crate::window::Window;
use crate::{Caps, Sink, framing};

fn in_pieces(bytes: &[u8], size: usize, caps: &Caps) -> Seen {
    let mut source = bytes;
    let mut seen = Seen::default();
    seen.begin(None);
    if let Some(tally) = framing::read(&mut Window::pieces(&mut source, size), caps, &mut seen) {
        seen.end(tally);
    }
    seen.check();
    seen
}

#[test]
fn every_shape_reads_the_same_in_pieces_of_any_size() {
    for form in forms(&records(3)) {
        let whole = in_pieces(form.text.as_bytes(), 1 << 20, &Caps::default());
        assert_eq!(whole.records().count(), 3, "{}", form.name);
        for size in [1, 2, 3, 7, 64, 333, 1_000] {
            let pieces = in_pieces(form.text.as_bytes(), size, &Caps::default());
            assert_eq!(pieces, whole, "{} in pieces of {size}", form.name);
        }
    }
}

#[test]
fn caps_strike_at_the_same_records_in_pieces_of_any_size() {
    let caps = Caps { record_bytes: 2_000, ..Caps::default() };
    let mut large = record(1);
    large["requestParameters"]["blob"] = "é".repeat(2_000).into();
    let mut deep = record(2);
    deep["requestParameters"] =
        serde_json::from_str(&format!("{}1{}", "[".repeat(120), "]".repeat(120))).unwrap();
    let deep_by_far = record(3).to_string().replacen("null", &"[".repeat(300), 1);
    for text in [
        delivered(&[record(0), large.clone(), deep.clone(), record(4)]),
        format!("{}{deep_by_far}\n{}", lines(&[large, record(0)]), lines(&records(2))),
    ] {
        let whole = in_pieces(text.as_bytes(), 1 << 20, &caps);
        assert!(whole.records().count() >= 2, "{whole:?}");
        for size in [1, 5, 64, 333, 1_000] {
            let pieces = in_pieces(text.as_bytes(), size, &caps);
            assert!(pieces.records().eq(whole.records()), "pieces of {size}");
            let bytes = |seen: &Seen| (seen.tally().decoded, seen.tally().lost);
            assert_eq!(bytes(&pieces), bytes(&whole), "pieces of {size}");
        }
    }
}

#[test]
fn no_stream_takes_more_memory_than_the_caps_allow() {
    let caps = Caps { record_bytes: 64 << 10, ..Caps::default() };
    let bound = 12 * (64 << 10);
    let junk: Vec<u8> = b"a\xff".repeat(1 << 20);
    let endless = |byte: u8| std::io::repeat(byte).take(8 << 20);
    let open = br#"{"eventVersion":"1.08","a":""#.as_slice();
    let sources: Vec<(&str, Box<dyn Read + '_>)> = vec![
        ("one line", Box::new(endless(b'x'))),
        ("one string", Box::new(open.chain(endless(b'x')))),
        ("one string of junk", Box::new(open.chain(junk.as_slice()))),
        ("one string of bytes that are no text", Box::new(open.chain(endless(0xff)))),
        ("brackets", Box::new(endless(b'['))),
        ("braces", Box::new(endless(b'{'))),
        ("quotes", Box::new(endless(b'"'))),
        ("white space", Box::new(endless(b' '))),
        ("zeros", Box::new(endless(0))),
        ("junk", Box::new(junk.as_slice())),
        ("a member of an envelope", Box::new(br#"{"Records":[],"a":""#.chain(endless(b'x')))),
        ("a row", Box::new(b"eventTime,eventName,eventSource\n\"".chain(endless(b'x')))),
    ];
    for (name, mut source) in sources {
        let mut seen = Seen::default();
        seen.begin(None);
        let mut window = Window::pieces(&mut source, 16 << 10);
        let tally = framing::read(&mut window, &caps, &mut seen);
        let held = window.held();
        seen.end(tally.unwrap());
        seen.check();
        assert!(held < bound, "{name}: {held}");
        assert!(seen.tally().inflated >= 1 << 20, "{name}");
        assert!(seen.gaps().count() <= 1_100, "{name}: {}", seen.gaps().count());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn text_of_json_signs_is_accounted_for_in_pieces_of_any_size(
        text in r#"([\[\]{}",:\\
0-9a-e]|null|\{"eventVersion":|\{"a":1\},|\{"Records":\[|é|2026-05-03T02:13:00Z \{){0,120}"#,
        size in 1..200usize,
    ) {
        let caps = Caps { record_bytes: 100, depth: 6, ..Caps::default() };
        let seen = in_pieces(text.as_bytes(), size, &caps);
        prop_assert_eq!(seen.tally().inflated, text.len() as u64);
    }

    #[test]
    fn damaged_lines_read_the_same_in_pieces_of_any_size(
        places in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        size in 200..3_000usize,
        envelope in any::<bool>(),
    ) {
        let records = records(8);
        let mut bytes = if envelope { delivered(&records) } else { lines(&records) }.into_bytes();
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        let whole = in_pieces(&bytes, 1 << 20, &Caps::default());
        let pieces = in_pieces(&bytes, size, &Caps::default());
        prop_assert!(pieces.records().eq(whole.records()), "{whole:?} {pieces:?}");
    }
}
