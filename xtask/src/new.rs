//! Writes the skeleton of a rule or a format from the shape of its neighbours. A rule's skeleton
//! fails its own test until it is filled in; a format's passes once it is listed, and the test of
//! the list fails until then. Never overwrites a file.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::path::Path;

use crate::problem::Failure;
use crate::repository::{capture, program};

/// The neighbour whose shape a format takes.
const FORMAT: &str = include_str!("../../crates/decode/src/formats/event_bridge.rs");
/// The member by which that neighbour is told.
const FORMAT_MARK: &str = "detail-type";
const FUZZ: &str = include_str!("../../fuzz/fuzz_targets/event_bridge.rs");

const RULE: &str = "\
title: Say what somebody did, not what was called
id: ID
status: experimental
description: >-
    What it means when this happens, when it is usual, and what to look at next.
references:
    - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference.html
author: crashcart
date: DATE
tags:
    - attack.discovery
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventSource: iam.amazonaws.com
        eventName: TheCallItIsAbout
    failed:
        errorCode|exists: true
    condition: selection and not failed
falsepositives:
    - Who does this every day
level: low
tests:
    match:
        - {eventSource: iam.amazonaws.com, eventName: AnEventThatItMustFind}
    no_match:
        - {eventSource: iam.amazonaws.com, eventName: TheCallItIsAbout, errorCode: AccessDenied}
";

/// Writes the files and says what is left to do by hand.
pub fn run(root: &Path, kind: &str, name: &str) -> Result<bool, Failure> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.bytes().all(letter)
        || !name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
    {
        let hint = "use small letters, digits and underscores, a letter first";
        return Err(Failure::new(format!("{name} is not a name; {hint}")));
    }
    match kind {
        "rule" => {
            write(root, &format!("rules/aws/{name}.yml"), &rule(root)?)?;
            println!(
                "next: cargo test -p crashcart-sigma --test pack, which fails until the rule finds its event"
            );
        }
        "format" => {
            write(root, &format!("crates/decode/src/formats/{name}.rs"), &format_file(name))?;
            write(
                root,
                &format!("fuzz/fuzz_targets/{name}.rs"),
                &FUZZ.replace("event_bridge", name),
            )?;
            println!("next, in crates/decode/src/formats/mod.rs:");
            println!("    pub(crate) mod {name};");
            println!("    &{name}::{},   in JSON, and one more in its length", type_name(name));
            println!("in fuzz/Cargo.toml: a [[bin]] like its neighbours'");
            println!("then: cargo test -p crashcart-decode formats");
        }
        _ => return Err(Failure::new(format!("cannot make a {kind}; there are rule and format"))),
    }
    Ok(true)
}

fn write(root: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let file = root.join(path);
    if file.exists() {
        return Err(Failure::new(format!("{path} is there already")));
    }
    fs::write(&file, text).map_err(|cause| Failure::during("writing", path, cause))?;
    println!("wrote {path}");
    Ok(())
}

fn rule(root: &Path) -> Result<String, Failure> {
    let today = capture(&mut program(root, "date", &["-u", "+%F"]))?;
    let (high, low) = (RandomState::new().hash_one(1), RandomState::new().hash_one(2));
    Ok(RULE.replace("ID\n", &format!("{}\n", uuid(high, low))).replace("DATE", today.stdout.trim()))
}

/// A random id (RFC 9562, version 4) from 128 random bits.
fn uuid(high: u64, low: u64) -> String {
    let (high, low) = (high & !0xf000 | 0x4000, low & !(0b11 << 62) | (0b10 << 62));
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

fn format_file(name: &str) -> String {
    let body: Vec<&str> = FORMAT.lines().skip_while(|line| line.starts_with("//!")).collect();
    let body = body.join("\n");
    let body = body
        .replace("event_bridge", name)
        .replace("EventBridge", &type_name(name))
        .replace(FORMAT_MARK, &format!("only-{name}-has-this"));
    format!("//! Where this shape comes from, and where the record is in it.\n{body}\n")
}

/// `lookup_events` is the type `LookupEvents`.
fn type_name(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    name.split('_').filter_map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_random_uuid_of_version_4() {
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }

    #[test]
    fn a_format_keeps_nothing_of_the_neighbour_it_was_copied_from() {
        let text = format_file("vpc_flow");
        assert!(text.starts_with("//! "), "{text}");
        assert!(text.contains("struct VpcFlow;") && text.contains("\"vpc_flow\""), "{text}");
        for left in ["EventBridge", "event_bridge", FORMAT_MARK] {
            assert!(!text.contains(left), "{left} in {text}");
        }
        assert_ne!(FORMAT, FORMAT.replace(FORMAT_MARK, ""), "the neighbour has lost its mark");
    }

    #[test]
    fn a_name_that_cannot_be_a_file_is_refused() {
        for name in ["", "Root", "a-b", "../a", "1a", "_a"] {
            assert!(run(Path::new("."), "rule", name).is_err(), "{name}");
        }
        assert!(run(Path::new("."), "crate", "a").is_err());
    }
}
