//! Hostile and broken input: capped, told, never a panic, never unbounded memory or time; what is
//! good beside it is read.

use std::io::Read;
use std::time::{Duration, Instant};

use crashcart_decode::Caps;
use crashcart_model::GapReason;
use serde_json::json;

use crate::generate::{delivered, gzip, lines, record, records, tar, zip, zstd};
use crate::seen::Seen;

/// Caps so low that tests are quick.
fn low() -> Caps {
    Caps {
        record_bytes: 64 << 10,
        held_bytes: 1 << 20,
        ratio_floor: 4 << 20,
        ratio: 50,
        ..Caps::default()
    }
}

fn reasons(seen: &Seen) -> Vec<GapReason> {
    seen.gaps().map(|gap| gap.reason).collect()
}

#[test]
fn a_decompression_bomb_is_stopped_and_told() {
    let bomb = gzip(&vec![0; 32 << 20]);
    for (name, bytes) in [
        ("gzip", bomb.clone()),
        ("zip", zip(&[("bomb", &vec![0; 32 << 20])])),
        ("zip of gzip", zip(&[("bomb.gz", &bomb)])),
        ("gzip of gzip", gzip(&bomb)),
    ] {
        let seen = Seen::read_with(&bytes, &low());
        assert!(
            reasons(&seen).contains(&GapReason::InflatesTooMuch),
            "{name}: {:?}",
            reasons(&seen)
        );
        let inflated: u64 = seen.members.iter().flat_map(|m| &m.tally).map(|t| t.inflated).sum();
        assert!(inflated < 16 << 20, "{name}: {inflated}");
    }
}

#[test]
fn a_log_that_packs_well_is_no_bomb() {
    let text = lines(&vec![record(0); 10_000]);
    let packed = gzip(text.as_bytes());
    let caps = Caps { ratio_floor: 1 << 20, ratio: 250, ..low() };
    let seen = Seen::read_with(&packed, &caps);
    assert_eq!(seen.records().count(), 10_000);
    assert_eq!(seen.gaps().count(), 0);
}

#[test]
fn a_giant_line_is_passed_over_and_the_records_around_it_are_read() {
    let good = lines(&records(1));
    let giant = r#"{"eventVersion":"1.08","a":""#;
    let size = 50 << 20;
    let mut source = good
        .as_bytes()
        .chain(giant.as_bytes())
        .chain(std::io::repeat(b'x').take(size))
        .chain(b"\"}\n".as_slice())
        .chain(good.as_bytes());
    let seen = Seen::stream_with(&mut source, &low());
    assert_eq!(seen.records().count(), 2);
    let gap = seen.gap();
    assert_eq!(gap.reason, GapReason::RecordTooLarge);
    assert_eq!(gap.size, Some(giant.len() as u64 + size + 2));
}

#[test]
fn a_record_over_the_cap_is_told_whether_the_file_is_held_or_streamed() {
    let mut large = record(1);
    large["requestParameters"]["blob"] = "x".repeat(100_000).into();
    let text = delivered(&[record(0), large.clone(), record(2)]);
    let seen = Seen::read_with(&gzip(text.as_bytes()), &low());
    assert_eq!(seen.fields("eventID"), ["event-0", "event-2"]);
    assert_eq!(seen.gap().size, Some(large.to_string().len() as u64));
    assert_eq!(seen.gap().reason, GapReason::RecordTooLarge);
}

#[test]
fn deep_nesting_costs_its_own_record_wherever_it_stands() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    let good = record(0).to_string();
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let deep = deep(open, close);
        let inside = good.replacen("null", &deep, 1);
        for (name, text, lost) in [
            ("a line", format!("{good}\n{deep}\n{good}"), &deep),
            ("a record", format!("{good}\n{inside}\n{good}"), &inside),
            ("Records", format!(r#"{{"Records":[{good},{inside},{good}]}}"#), &inside),
            (
                "pretty Records",
                format!("{{\n\"Records\":[\n {good},\n {inside},\n {good}\n]}}"),
                &inside,
            ),
        ] {
            let seen = Seen::read(text.as_bytes());
            assert_eq!(seen.records().count(), 2, "{open} in {name}");
            assert_eq!(reasons(&seen), [GapReason::TooDeep], "{open} in {name}: {seen:?}");
            // A bracket at the top opens an array of records: framing, as is the one that closes it.
            let framing = u64::from(name == "a line" && open.starts_with('[')) * 2;
            assert_eq!(seen.gap().size, Some(lost.len() as u64 - framing), "{open} in {name}");
        }
    }
}

#[test]
fn nesting_that_is_never_closed_costs_little_more() {
    let good = record(0).to_string();
    for open in ["[", r#"{"a":"#, r#"[{"a":"#] {
        let deep = good.replacen("null", &open.repeat(10_000), 1);
        let seen = Seen::read(format!("{good}\n{deep}\n{good}\n{good}\n").as_bytes());
        assert_eq!(seen.records().count(), 3, "{open}");
        let seen = Seen::read(format!(r#"{{"Records":[{good},{deep},{good},{good}]}}"#).as_bytes());
        assert!(seen.records().count() >= 2, "{open}: {}", seen.records().count());
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_replaced_in_a_value_and_told() {
    let text = lines(&[record(0), record(1)]).replacen("nina", "ni@@a", 1);
    let mut bytes = text.clone().into_bytes();
    let at = text.find("@@").unwrap();
    bytes[at..at + 2].copy_from_slice(b"\xff\xfe");
    let seen = Seen::read(&bytes);
    assert_eq!(seen.records().count(), 2);
    let arn = &seen.records().next().unwrap()["userIdentity"]["arn"];
    assert_eq!(arn, "arn:aws:iam::111122223333:user/ni\u{fffd}a");
    let gap = seen.gap();
    assert_eq!((gap.offset, gap.size, gap.reason), (at as u64, Some(2), GapReason::NotUtf8));
}

#[test]
fn junk_and_zeros_around_records_are_told_with_their_exact_size() {
    for junk in [&b"\xff\xfe\x80junk\xc3\n"[..], &[0; 1000], b"\x00\x01\x02\n\xf0\x9f"] {
        let good = lines(&records(1));
        let bytes = [good.as_bytes(), junk, b"\n", good.as_bytes(), junk].concat();
        let seen = Seen::read(&bytes);
        assert_eq!(seen.records().count(), 2, "{junk:?}");
        let lost = seen.tally().lost as usize;
        // White space around junk is framing or junk.
        assert!((2 * junk.len() - 2..=2 * junk.len() + 1).contains(&lost), "{junk:?}: {lost}");
    }
}

#[test]
fn a_zero_inside_a_value_is_kept() {
    let text = record(0).to_string().replacen("nina", "ni\0na", 1);
    let seen = Seen::read(text.as_bytes());
    let arn = &seen.records().next().unwrap()["userIdentity"]["arn"];
    assert_eq!(arn, "arn:aws:iam::111122223333:user/ni\0na");
}

#[test]
fn a_truncated_stream_gives_the_records_before_the_cut_and_one_gap_of_unknown_size() {
    // Texts that do not repeat, so that the cut is far into the content.
    let noisy: Vec<_> = (0..400usize)
        .map(|n| {
            let mut record = record(n);
            let noise = (0..40).map(|i| format!("{:x}", (n * 7919 + i * 104_729) * 31_337));
            record["requestID"] = noise.collect::<String>().into();
            record
        })
        .collect();
    let text = lines(&noisy);
    for (name, packed) in [
        ("gzip", gzip(text.as_bytes())),
        ("zstd", zstd(text.as_bytes())),
        ("tar.gz", gzip(&tar(&[("a", text.as_bytes())]))),
    ] {
        let cut = &packed[..packed.len() * 3 / 4];
        let seen = Seen::read(cut);
        let count = seen.records().count();
        assert!((150..400).contains(&count), "{name}: {count}");
        assert!(seen.records().eq(&noisy[..count]), "{name}");
        let unknown: Vec<_> = seen.gaps().filter(|gap| gap.size.is_none()).collect();
        assert!(!unknown.is_empty(), "{name}");
        assert!(
            unknown.iter().all(|gap| gap.reason == GapReason::Truncated),
            "{name}: {unknown:?}"
        );
    }
}

#[test]
fn damage_inside_a_stream_gives_the_records_before_it_and_a_gap() {
    let text: String = (0..3_000)
        .map(|n| {
            let mut record = record(n);
            record["requestID"] = format!("{:x}", n * 7_919 * 104_729).into();
            format!("{record}\n")
        })
        .collect();
    for (name, mut packed) in [("gzip", gzip(text.as_bytes())), ("zstd", zstd(text.as_bytes()))] {
        let middle = packed.len() / 2;
        packed[middle..middle + 64].fill(0xff);
        let mut seen = Seen::default();
        crashcart_decode::read_bytes(&packed, &Caps::default(), &mut seen);
        assert!(seen.records().count() > 500, "{name}: {}", seen.records().count());
        assert!(reasons(&seen).contains(&GapReason::Corrupt), "{name}: {:?}", reasons(&seen));
    }
}

#[test]
fn a_wrong_checksum_is_told() {
    let text = lines(&records(20));
    let mut packed = gzip(text.as_bytes());
    let crc = packed.len() - 8;
    packed[crc] ^= 1;
    let seen = Seen::read(&packed);
    assert_eq!(seen.records().count(), 20);
    assert_eq!(reasons(&seen), [GapReason::Corrupt]);

    let mut packed = zstd(text.as_bytes());
    let checksum = packed.len() - 1;
    packed[checksum] ^= 1;
    let seen = Seen::read(&packed);
    assert_eq!(seen.records().count(), 20);
    assert_eq!(reasons(&seen), [GapReason::Corrupt]);
}

#[test]
fn garbage_behind_a_compressed_stream_is_told_even_when_it_ends_like_the_stream() {
    let packed = gzip(lines(&records(3)).as_bytes());
    let trailer = packed[packed.len() - 8..].to_vec();
    for garbage in [b"garbage".to_vec(), trailer, vec![0; 20]] {
        let seen = Seen::read(&[packed.clone(), garbage.clone()].concat());
        assert_eq!(seen.records().count(), 3);
        assert_eq!(seen.gaps().count(), 1, "{garbage:?}");
    }
    let seen = Seen::read(&[zstd(lines(&records(3)).as_bytes()), b"garbage".to_vec()].concat());
    assert_eq!(seen.records().count(), 3);
    assert_eq!(seen.gaps().count(), 1);
}

#[test]
fn a_zstd_frame_that_needs_a_dictionary_is_told_as_such() {
    // A frame header that names dictionary 7, then a last, empty block.
    let seen = Seen::read(&[0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 0, 1, 0, 0]);
    assert_eq!(reasons(&seen), [GapReason::Unsupported]);
}

#[test]
fn a_document_cut_between_two_records_says_that_others_may_be_missing() {
    let text = delivered(&records(3));
    let cut = text.find(r#",{"eventVersion""#).unwrap();
    let seen = Seen::read(&text.as_bytes()[..cut]);
    assert_eq!(seen.records().count(), 1);
    assert_eq!((seen.gap().reason, seen.gap().size), (GapReason::Truncated, None));
}

#[test]
fn a_document_cut_inside_a_record_tells_both_the_piece_and_the_missing_end() {
    let text = delivered(&records(2));
    let seen = Seen::read(&text.as_bytes()[..text.len() - 30]);
    assert_eq!(seen.records().count(), 1);
    assert_eq!(reasons(&seen), [GapReason::NotJson, GapReason::Truncated]);
}

#[test]
fn nothing_at_all_is_no_trouble_and_one_byte_is_told() {
    for (bytes, framing, lost) in [
        (&b""[..], 0, 0),
        (b"\xef\xbb\xbf", 3, 0),
        (b" \r\n\t\n", 5, 0),
        (b"x", 0, 1),
        (b"{", 0, 1),
        (b"\x1f", 0, 1),
        (b"\xff", 0, 1),
    ] {
        let seen = Seen::read(bytes);
        assert_eq!((seen.tally().framing, seen.tally().lost), (framing, lost), "{bytes:?}");
        assert_eq!(seen.records().count(), 0);
    }
    assert_eq!(Seen::read(b"\x1f\x8b\x08").gaps().count(), 1, "a gzip header and nothing more");
    assert_eq!(Seen::read(&gzip(b"")).gaps().count(), 0);
}

#[test]
fn a_read_error_gives_what_came_before_and_a_gap() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let text = lines(&records(2));
    let seen = Seen::stream_with(&mut text.as_bytes().chain(Failing), &Caps::default());
    assert_eq!(seen.records().count(), 2);
    assert_eq!(seen.gap().size, None);
    let seen = Seen::stream_with(&mut Failing, &Caps::default());
    assert_eq!(seen.gap().size, None);
}

/// Texts whose reading would take time with the square of their size if each piece were tried
/// against all that follows.
const COSTLY: [&str; 30] = [
    "{\"a\":\n",
    "{\"a\":",
    "[{\"a\":1},",
    "{\"Records\":[{\"Records\":[",
    "{\"Records\":[\n",
    "{\"Records\":[",
    "{\"a\":\"",
    "{\"a\":\"\n",
    "{\"a\":[1,\n",
    "\"",
    "\"{",
    "{x}\n",
    "{\"EventId\" ",
    "{\"eventVersion\":[",
    "{\"eventVersion\":\n",
    "a\n",
    "x,{",
    "[\n",
    "[[",
    "{\n",
    "]",
    "}",
    "]}",
    "\\\"",
    "\u{fffd}\n",
    "null,",
    "1,\n",
    "{\"Events\":[],\"a\":",
    "{\"a\":[{\"a\":[",
    "{}\n",
];

fn read_quickly(head: &str) {
    for pattern in COSTLY {
        let text = format!("{head}{}", pattern.repeat((1 << 19) / pattern.len()));
        let start = Instant::now();
        let mut seen = Seen::default();
        crashcart_decode::read_bytes(text.as_bytes(), &Caps::default(), &mut seen);
        let took = start.elapsed();
        // With the square it would be minutes; alone on a machine it is a fraction of a second.
        assert!(took < Duration::from_secs(60), "{head}{pattern}: {took:?}");
        assert_eq!(seen.records().count(), 0, "{pattern}");
        assert!(seen.gaps().count() <= 5_000, "{pattern}: {}", seen.gaps().count());
    }
}

#[test]
fn text_made_to_cost_time_is_read_in_time() {
    read_quickly("");
}

#[test]
fn records_made_to_cost_time_are_read_in_time() {
    read_quickly("{\"Records\":[");
}

#[test]
fn a_table_made_to_cost_time_is_read_in_time() {
    read_quickly("eventTime,eventName,eventSource\n");
}

#[test]
fn a_flood_of_gaps_is_summed_up_and_no_byte_of_it_is_forgotten() {
    let line = format!("{}\nrubbish\n", record(0));
    let seen = Seen::read(line.repeat(3_000).as_bytes());
    assert_eq!(seen.records().count(), 3_000);
    assert_eq!(seen.tally().lost, 3_000 * "rubbish\n".len() as u64);
    assert!(seen.gaps().count() < 1_100, "{}", seen.gaps().count());
    assert!(
        seen.gaps().last().unwrap().detail.contains("2000 stretches"),
        "{:?}",
        seen.gaps().last()
    );
}

#[test]
fn one_document_of_millions_of_empty_parts_is_one_gap() {
    let text = json!({ "logEvents": vec![json!(null); 200_000] }).to_string();
    assert_eq!(Seen::read(text.as_bytes()).gaps().count(), 1);
}
