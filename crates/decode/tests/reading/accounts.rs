//! Properties: whatever the bytes, each of them stands in the accounts once, what is held and what
//! is streamed read the same, and damage to one record does not reach the others.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::generate::{delivered, forms, gzip, lines, records, tar, zip, zstd};
use crate::seen::Seen;

/// What damages a document.
#[derive(Debug, Clone)]
enum Damage {
    Set(usize, u8),
    Cut(usize, usize),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0..100_000usize;
    let piece = prop_oneof![
        vec(any::<u8>(), 1..20),
        "[\\[\\]{}\",:\\\\\n\r 0ae]{1,12}".prop_map(String::into_bytes),
    ];
    prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (place.clone(), prop::sample::select(b"[]{}\",:\\\n 0a".to_vec()))
            .prop_map(|(at, byte)| Damage::Set(at, byte)),
        (place.clone(), 1..400usize).prop_map(|(at, length)| Damage::Cut(at, length)),
        (place.clone(), piece).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (place, 1..400usize).prop_map(|(at, length)| Damage::Repeat(at, length)),
    ]
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len();
        if length == 0 {
            return;
        }
        match self {
            Damage::Set(at, byte) => bytes[at % length] = *byte,
            Damage::Cut(at, count) => {
                let at = at % length;
                bytes.drain(at..(at + count).min(length));
            }
            Damage::Insert(at, piece) => {
                let at = at % length;
                bytes.splice(at..at, piece.iter().copied());
            }
            Damage::Repeat(at, count) => {
                let at = at % length;
                let piece = bytes[at..(at + count).min(length)].to_vec();
                bytes.splice(at..at, piece);
            }
        }
    }
}

/// Every shape, a table, and every container.
fn documents() -> Vec<Vec<u8>> {
    let records = records(4);
    let mut documents: Vec<Vec<u8>> =
        forms(&records).into_iter().map(|form| form.text.into_bytes()).collect();
    documents.push(
        b"eventTime,eventName,eventSource,errorMessage\n1,A,s3.amazonaws.com,\"a \"\"b\"\"\n c\"\n\
          2,B,s3.amazonaws.com,\n3,C,s3.amazonaws.com,x\n"
            .to_vec(),
    );
    let text = lines(&records);
    let text = text.as_bytes();
    documents.push(gzip(text));
    documents.push([gzip(text), gzip(text)].concat());
    documents.push(zstd(text));
    documents.push(tar(&[("a", text), ("b", &gzip(text))]));
    documents.push(zip(&[("a", text), ("b", &gzip(text))]));
    documents
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_stand_in_the_accounts(bytes in vec(any::<u8>(), 0..2_000)) {
        // The sink checks the accounts.
        Seen::read(&bytes);
    }

    #[test]
    fn any_text_of_json_signs_stands_in_the_accounts(text in r#"[\[\]{}",:\\
0-9a-e]{0,300}"#) {
        let seen = Seen::read(text.as_bytes());
        prop_assert_eq!(seen.tally().inflated, text.len() as u64);
    }

    #[test]
    fn damaged_documents_stand_in_the_accounts(
        which in any::<prop::sample::Index>(),
        damages in vec(damage(), 1..6),
    ) {
        let documents = documents();
        let mut bytes = which.get(&documents).clone();
        for damage in damages {
            damage.apply(&mut bytes);
        }
        let mut held = Seen::default();
        crashcart_decode::read_bytes(&bytes, &crashcart_decode::Caps::default(), &mut held);
        if bytes.first().is_some_and(u8::is_ascii_graphic) && !bytes.starts_with(b"PK") {
            Seen::read(&bytes);
        }
        held.check();
    }

    #[test]
    fn one_flipped_byte_costs_no_more_than_three_of_twenty_records(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        form in 0..6usize,
    ) {
        let records = records(20);
        let mut bytes = match form {
            0 => delivered(&records),
            1 => lines(&records),
            2 => serde_json::to_string_pretty(&serde_json::json!({ "Records": records })).unwrap(),
            3 => serde_json::json!(records).to_string(),
            4 => lines(&records).replace('\n', "\r\n"),
            _ => records.iter().map(|record| format!("2026-05-03T02:13:00Z {record}\n")).collect(),
        }
        .into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let seen = Seen::read(&bytes);
        let kept = seen.records().filter(|record| records.contains(record)).count();
        prop_assert!(kept >= 17, "{} kept: {:?} at {} in form {}", kept, byte as char, at, form);
    }
}
