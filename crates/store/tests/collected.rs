//! Answers of AWS in a case: kept as they came, never replaced, whole or not there.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail as loudly as the test")]

use std::fs;
use std::path::{Path, PathBuf};

use crashcart_model::Timestamp;
use crashcart_store::{Case, CollectedCall, ProblemKind, StoreError, file_name, verify};
use tempfile::TempDir;

fn open(room: &TempDir) -> Case {
    Case::open_for_writing(&dir(room), "0.1.0", None).unwrap()
}

fn dir(room: &TempDir) -> PathBuf {
    room.path().join("case")
}

fn place(room: &TempDir, name: &str) -> PathBuf {
    dir(room).join("evidence/collected/111122223333").join(name)
}

fn problems(dir: &Path) -> Vec<(ProblemKind, String)> {
    let problems = verify(dir).unwrap().problems;
    problems.into_iter().map(|problem| (problem.kind, problem.path)).collect()
}

fn call() -> CollectedCall {
    CollectedCall {
        operation: "iam:GetUser".to_owned(),
        account: "111122223333".to_owned(),
        region: "us-east-1".to_owned(),
        request_id: Some("7a62c49f".to_owned()),
        at: Timestamp::parse("2026-05-04T02:13:00Z").unwrap(),
    }
}

#[test]
fn an_answer_is_kept_as_it_came_with_the_call_that_brought_it() {
    let room = tempfile::tempdir().unwrap();
    let mut case = open(&room);
    assert!(case.seal_collected("identity/user.xml", b"<a/>\r\n".as_slice(), &call()).unwrap());
    assert_eq!(fs::read(place(&room, "identity/user.xml")).unwrap(), b"<a/>\r\n");
    drop(case);
    let case = Case::open_for_reading(&dir(&room)).unwrap();
    let kept: Vec<_> = case.collected().collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].call, call());
    assert_eq!((&*kept[0].name, kept[0].size), ("111122223333/identity/user.xml", 6));
    assert!(case.has_collected("111122223333", "identity/user.xml"));
    assert!(!case.has_collected("444455556666", "identity/user.xml"));
    assert_eq!(case.evidence().len(), 0, "it is no file that a log was read from");
    let found = verify(&dir(&room)).unwrap();
    assert!(found.is_intact(), "{found:?}");
    assert_eq!((found.lines, found.collected_intact), (1, 1));
}

#[test]
fn an_answer_is_never_replaced_by_another() {
    let room = tempfile::tempdir().unwrap();
    let mut case = open(&room);
    assert!(case.seal_collected("user.xml", b"one".as_slice(), &call()).unwrap());
    assert!(!case.seal_collected("user.xml", b"one".as_slice(), &call()).unwrap(), "the same");
    let error = case.seal_collected("user.xml", b"two".as_slice(), &call()).unwrap_err();
    assert!(matches!(error, StoreError::CollectedAlready { .. }), "{error}");
    assert_eq!(fs::read(place(&room, "user.xml")).unwrap(), b"one");
    assert_eq!(verify(&dir(&room)).unwrap().collected_intact, 1);
    assert_eq!(problems(&dir(&room)), []);
}

#[test]
fn changed_removed_and_added_answers_are_listed() {
    let room = tempfile::tempdir().unwrap();
    let mut case = open(&room);
    for name in ["a.xml", "b.xml", "c.xml"] {
        case.seal_collected(name, name.as_bytes(), &call()).unwrap();
    }
    fs::write(place(&room, "a.xml"), "A.xml").unwrap();
    fs::remove_file(place(&room, "b.xml")).unwrap();
    fs::write(place(&room, "d.xml"), "made up").unwrap();
    let name = |name: &str| format!("111122223333/{name}");
    assert_eq!(
        problems(&dir(&room)),
        [
            (ProblemKind::CollectedChanged, name("a.xml")),
            (ProblemKind::CollectedMissing, name("b.xml")),
            (ProblemKind::CollectedUnsealed, name("d.xml")),
        ]
    );
}

#[test]
fn a_kill_while_an_answer_is_kept_loses_nothing_that_was_kept_before() {
    let room = tempfile::tempdir().unwrap();
    let mut case = open(&room);
    case.seal_collected("first.xml", b"first".as_slice(), &call()).unwrap();
    case.seal_collected("second.xml", b"second".as_slice(), &call()).unwrap();
    drop(case);
    // Killed after the manifest named the second, before it took its place.
    let beside = place(&room, ".crashcart-second.xml.partial");
    fs::rename(place(&room, "second.xml"), &beside).unwrap();
    let name = "111122223333/second.xml".to_owned();
    assert_eq!(problems(&dir(&room)), [(ProblemKind::ResultUnfinished, name)]);
    // Killed before the manifest named a third.
    fs::write(place(&room, ".crashcart-third.xml.partial"), "thi").unwrap();
    let mut case = open(&room);
    assert_eq!(fs::read(place(&room, "second.xml")).unwrap(), b"second");
    assert!(!case.has_collected("111122223333", "third.xml"), "it is asked again");
    case.seal_collected("third.xml", b"third".as_slice(), &call()).unwrap();
    assert_eq!(problems(&dir(&room)), []);
    assert_eq!(verify(&dir(&room)).unwrap().collected_intact, 3);
}

#[test]
fn a_name_that_others_chose_cannot_lead_out_of_the_case() {
    let room = tempfile::tempdir().unwrap();
    let mut case = open(&room);
    for name in ["..", "../../manifest.jsonl", ".hidden", "a//b", "", "a\\b", "C:x"] {
        let error = case.seal_collected(name, b"".as_slice(), &call()).unwrap_err();
        assert!(matches!(error, StoreError::BadName { .. }), "{name}: {error}");
    }
    let names = ["..", "../../manifest.jsonl", ".hidden", "a\\b", "C:x", "a b", "%2E", "é"];
    let named: Vec<String> = names.iter().map(|name| file_name(name)).collect();
    assert_eq!(named[..3], ["%2E.", "%2E.%2F..%2Fmanifest.jsonl", "%2Ehidden"]);
    for name in &named {
        assert!(case.seal_collected(name, name.as_bytes(), &call()).unwrap(), "{name}");
    }
    assert_eq!(case.collected().count(), names.len(), "different names stay different");
    assert_eq!(problems(&dir(&room)), []);
}

#[test]
fn whoever_does_not_hold_the_lock_keeps_nothing() {
    let room = tempfile::tempdir().unwrap();
    drop(open(&room));
    let mut case = Case::open_for_reading(&dir(&room)).unwrap();
    let error = case.seal_collected("user.xml", b"".as_slice(), &call()).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
}
