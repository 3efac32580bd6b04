//! A case as its users meet it: opened twice, killed half-way, tampered with, read again.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail as loudly as the test")]

use std::fs;
use std::path::{Path, PathBuf};

use crashcart_model::Timestamp;
use crashcart_store::{
    Case, GivenInput, ManifestEntry, ProblemKind, StoreError, Verification, verify,
};
use tempfile::TempDir;

/// A folder for the case and one for evidence.
struct Room {
    root: TempDir,
}

impl Room {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    fn case(&self) -> PathBuf {
        self.root.path().join("case")
    }

    fn open(&self) -> Case {
        Case::open_for_writing(&self.case(), "0.1.0", None).unwrap()
    }

    fn manifest(&self) -> PathBuf {
        self.case().join("evidence").join("manifest.jsonl")
    }

    /// A file of evidence and its entry.
    fn evidence(&self, name: &str, text: &str, sha256: &str) -> ManifestEntry {
        let path = self.root.path().join(name);
        fs::write(&path, text).unwrap();
        ManifestEntry {
            etag: None,
            sha256: sha256.to_owned(),
            size: text.len() as u64,
            path: path.to_str().unwrap().to_owned(),
            members: Vec::new(),
        }
    }

    /// Three files; digests by sha256sum.
    fn three(&self) -> [ManifestEntry; 3] {
        [
            self.evidence("a.json", "alpha", ALPHA),
            self.evidence("b.json", "beta", BETA),
            self.evidence("c.json", "gamma", GAMMA),
        ]
    }

    fn verify(&self) -> Verification {
        verify(&self.case()).unwrap()
    }

    fn problems(&self) -> Vec<ProblemKind> {
        self.verify().problems.iter().map(|problem| problem.kind).collect()
    }
}

const ALPHA: &str = "8ed3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223f8";
const BETA: &str = "f44e64e75f3948e9f73f8dfa94721c4ce8cbb4f265c4790c702b2d41cfbf2753";
const GAMMA: &str = "be9d587defa1f0c09ef49eb17e206983a5f8f8289e4281860bd0ee5a19592c67";

fn edit(path: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, change(text)).unwrap();
}

#[test]
fn a_second_writer_is_told_to_wait_and_a_reader_is_let_in() {
    let room = Room::new();
    let mut first = room.open();
    first.seal(&room.three()).unwrap();
    let second = Case::open_for_writing(&room.case(), "0.1.0", None).unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }), "{second}");
    assert!(second.hint().unwrap().contains("wait"));
    let mut reader = Case::open_for_reading(&room.case()).unwrap();
    assert_eq!(reader.evidence().len(), 3);
    assert!(matches!(reader.publish("story.json", b"{}"), Err(StoreError::Locked { .. })));
    assert!(matches!(reader.seal(&[]), Err(StoreError::Locked { .. })));
    drop(first);
    room.open();
}

#[test]
fn sealing_twice_seals_once_and_the_order_of_the_walk_does_not_matter() {
    let (room, other) = (Room::new(), Room::new());
    let [a, b, c] = room.three();
    let mut case = room.open();
    assert_eq!(case.seal(&[c.clone(), a.clone(), b.clone(), a.clone()]).unwrap(), 3);
    assert_eq!(case.seal(&[a.clone(), b.clone()]).unwrap(), 0);
    drop(case);
    assert_eq!(room.open().seal(std::slice::from_ref(&a)).unwrap(), 0);
    other.open().seal(&[a, b, c]).unwrap();
    assert_eq!(fs::read(room.manifest()).unwrap(), fs::read(other.manifest()).unwrap());
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let room = Room::new();
    fs::create_dir(room.case()).unwrap();
    fs::write(room.case().join("holiday.jpg"), "x").unwrap();
    let error = Case::open_for_writing(&room.case(), "0.1.0", None).unwrap_err();
    assert!(matches!(error, StoreError::NotACase { .. }), "{error}");
    assert_eq!(fs::read_dir(room.case()).unwrap().count(), 1);
    let error = Case::open_for_reading(&room.root.path().join("nowhere")).unwrap_err();
    assert!(matches!(error, StoreError::NotACase { .. }), "{error}");
}

#[test]
fn a_case_tells_its_schema_the_tool_and_when_it_was_made_if_that_was_told() {
    let room = Room::new();
    let created = Timestamp::parse("2026-05-04T09:00:00Z");
    drop(Case::open_for_writing(&room.case(), "0.1.0", created).unwrap());
    let text = fs::read_to_string(room.case().join("case.toml")).unwrap();
    assert!(text.contains("schema = 1\ntool_version = \"0.1.0\""), "{text}");
    assert_eq!(Case::open_for_reading(&room.case()).unwrap().created(), created);
    assert_eq!(room.open().created(), created, "opening again does not make it anew");
    edit(&room.case().join("case.toml"), |text| text.replace("schema = 1", "schema = 2"));
    let error = Case::open_for_reading(&room.case()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 2, .. }), "{error}");
}

#[test]
fn an_untouched_case_verifies() {
    let room = Room::new();
    let mut case = room.open();
    case.seal(&room.three()).unwrap();
    case.publish("findings.jsonl", b"{}\n").unwrap();
    case.publish("report/report.html", b"<p>").unwrap();
    let found = room.verify();
    assert!(found.is_intact(), "{found:?}");
    assert_eq!((found.lines, found.evidence_intact, found.results_intact), (5, 3, 2));
    assert_eq!(found.head, case.head());
}

#[test]
fn changed_and_deleted_evidence_is_listed() {
    let room = Room::new();
    let [a, b, c] = room.three();
    room.open().seal(&[a.clone(), b.clone(), c]).unwrap();
    fs::write(&a.path, "alphA").unwrap();
    fs::remove_file(&b.path).unwrap();
    let found = room.verify();
    let listed: Vec<_> =
        found.problems.iter().map(|problem| (problem.kind, problem.path.clone())).collect();
    assert_eq!(
        listed,
        [(ProblemKind::EvidenceChanged, a.path), (ProblemKind::EvidenceMissing, b.path)]
    );
    assert_eq!(found.evidence_intact, 1);
}

#[test]
fn changed_and_deleted_results_are_listed() {
    let room = Room::new();
    let mut case = room.open();
    case.publish("findings.jsonl", b"one").unwrap();
    case.publish("story.json", b"two").unwrap();
    fs::write(room.case().join("findings.jsonl"), "0ne").unwrap();
    fs::remove_file(room.case().join("story.json")).unwrap();
    assert_eq!(room.problems(), [ProblemKind::ResultChanged, ProblemKind::ResultMissing]);
    case.publish("findings.jsonl", b"one").unwrap();
    case.publish("story.json", b"two").unwrap();
    assert!(room.verify().is_intact(), "publishing again puts them back");
}

#[test]
fn a_manifest_that_was_emptied_does_not_pass_for_nothing_to_check() {
    let room = Room::new();
    room.open().publish("story.json", b"{}").unwrap();
    for emptied in [true, false] {
        let manifest = room.case().join("evidence/manifest.jsonl");
        if emptied {
            fs::write(&manifest, "").unwrap();
        } else {
            fs::remove_file(&manifest).unwrap();
        }
        assert_eq!(room.problems(), [ProblemKind::ResultUnsealed]);
    }
}

#[test]
fn any_change_to_any_line_of_the_manifest_breaks_the_chain() {
    let room = Room::new();
    let mut case = room.open();
    case.seal(&room.three()).unwrap();
    case.publish("story.json", b"{}").unwrap();
    drop(case);
    let whole = fs::read_to_string(room.manifest()).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    assert_eq!(lines.len(), 4);
    for (index, line) in lines.iter().enumerate() {
        let mut changed = lines.clone();
        let other = line.replacen("\"size\":", "\"size\":1", 1);
        changed[index] = &other;
        fs::write(room.manifest(), changed.join("\n") + "\n").unwrap();
        assert!(room.problems().contains(&ProblemKind::ChainBroken), "line {index} changed");
        if index + 1 < lines.len() {
            changed.remove(index);
            fs::write(room.manifest(), changed.join("\n") + "\n").unwrap();
            assert!(room.problems().contains(&ProblemKind::ChainBroken), "line {index} removed");
        }
    }
    let error = Case::open_for_writing(&room.case(), "0.1.0", None).unwrap_err();
    assert!(matches!(error, StoreError::ManifestBroken { .. }), "nothing is built on it: {error}");
}

#[test]
fn a_kill_while_the_manifest_is_written_is_told_repaired_and_made_good_by_the_next_run() {
    let room = Room::new();
    let entries = room.three();
    room.open().seal(&entries).unwrap();
    let whole = fs::read(room.manifest()).unwrap();
    // Each cut waits for the disk several times: some within the lines, all around their ends.
    let ends_near = |cut: usize| whole[cut.saturating_sub(2)..cut].contains(&b'\n');
    let cuts =
        (0..whole.len()).filter(|cut| cut % 29 == 0 || ends_near(*cut) || cut + 2 > whole.len());
    for length in cuts {
        fs::write(room.manifest(), &whole[..length]).unwrap();
        let torn = whole[..length].iter().rev().take_while(|byte| **byte != b'\n').count();
        let told = room.problems().contains(&ProblemKind::TornLine);
        assert_eq!(told, torn > 0, "cut at {length}");

        let mut case = room.open();
        assert_eq!(case.repair().map_or(0, |repair| repair.torn_bytes), torn);
        if let Some(repair) = case.repair() {
            let kept = fs::read(&repair.kept_in).unwrap();
            assert_eq!(kept, [&whole[length - torn..length], b"\n"].concat());
            fs::remove_file(&repair.kept_in).unwrap();
        }
        case.seal(&entries).unwrap();
        assert_eq!(fs::read(room.manifest()).unwrap(), whole, "cut at {length}");
        assert!(room.verify().is_intact());
    }
}

#[test]
fn a_kill_while_publishing_leaves_the_old_result_or_the_new_one() {
    let room = Room::new();
    let story = room.case().join("story.json");
    let beside = room.case().join(".crashcart-story.json.partial");
    let mut case = room.open();
    case.publish("story.json", b"old").unwrap();
    drop(case);

    // Killed before the manifest named it: half of it lies beside.
    fs::write(&beside, "ne").unwrap();
    assert!(room.verify().is_intact());
    drop(room.open());
    assert!(!beside.exists());
    assert_eq!(fs::read(&story).unwrap(), b"old");

    // Killed after the manifest named it, before it took its place.
    room.open().publish("story.json", b"new").unwrap();
    fs::rename(&story, &beside).unwrap();
    fs::write(&story, "old").unwrap();
    assert_eq!(room.problems(), [ProblemKind::ResultUnfinished]);
    drop(room.open());
    assert_eq!(fs::read(&story).unwrap(), b"new");
    assert!(room.verify().is_intact());
}

#[test]
fn a_kill_while_the_case_is_made_leaves_a_folder_that_can_become_one() {
    let room = Room::new();
    fs::create_dir_all(room.case().join("evidence")).unwrap();
    fs::write(room.case().join(".lock"), "").unwrap();
    fs::write(room.case().join(".crashcart-case.toml.partial"), "sch").unwrap();
    drop(room.open());
    assert!(room.verify().is_intact());
}

#[test]
fn a_result_that_cannot_be_written_leaves_the_manifest_as_it_was() {
    let room = Room::new();
    let mut case = room.open();
    case.publish("story.json", b"{}").unwrap();
    let before = fs::read(room.manifest()).unwrap();
    // A file where a folder is needed.
    fs::write(room.case().join("report"), "").unwrap();
    let error = case.publish("report/report.html", b"<p>").unwrap_err();
    assert!(error.to_string().contains("report"), "{error}");
    assert!(error.hint().is_some());
    assert_eq!(fs::read(room.manifest()).unwrap(), before);
    case.publish("findings.jsonl", b"").unwrap();
    assert!(room.verify().is_intact());
}

#[test]
fn the_same_result_again_adds_nothing() {
    let room = Room::new();
    room.open().publish("story.json", b"{}").unwrap();
    let before = fs::read(room.manifest()).unwrap();
    let mut case = room.open();
    case.publish("story.json", b"{}").unwrap();
    assert_eq!(fs::read(room.manifest()).unwrap(), before);
    assert_eq!(case.result("story.json").unwrap().as_deref(), Some(b"{}".as_slice()));
    assert_eq!(case.result("findings.jsonl").unwrap(), None);
}

#[test]
fn a_name_cannot_leave_the_case_nor_hit_what_the_case_keeps() {
    let room = Room::new();
    let mut case = room.open();
    for name in [
        "",
        "../story.json",
        "/etc/passwd",
        "report/../../x",
        "evidence/manifest.jsonl",
        "case.toml",
        ".lock",
        "report//x",
        "a\\b",
        "C:x",
    ] {
        let error = case.publish(name, b"").unwrap_err();
        assert!(matches!(error, StoreError::BadName { .. }), "{name}: {error}");
    }
}

#[test]
fn a_kept_copy_stands_for_evidence_that_is_gone_and_must_be_what_was_read() {
    let room = Room::new();
    let [a, b, _] = room.three();
    let stdin = ManifestEntry { path: "-".to_owned(), ..b.clone() };
    let mut case = room.open();
    case.seal(&[a.clone(), stdin]).unwrap();
    assert_eq!(room.verify().unprovable, ["-"]);
    assert!(case.copy_evidence(&a.sha256, b"alpha".as_slice()).unwrap());
    assert!(!case.copy_evidence(&a.sha256, b"alpha".as_slice()).unwrap(), "it is there already");
    let error = case.copy_evidence(&b.sha256, b"other".as_slice()).unwrap_err();
    assert!(matches!(error, StoreError::EvidenceChanged { .. }), "{error}");
    assert!(case.copy_evidence(&b.sha256, b"beta".as_slice()).unwrap());
    fs::remove_file(&a.path).unwrap();
    let found = room.verify();
    assert!(found.is_intact() && found.unprovable.is_empty(), "{found:?}");
    assert_eq!((found.evidence_intact, found.only_as_copy), (2, 2));

    let kept = room.case().join("evidence/sha256").join(&ALPHA[..2]).join(ALPHA);
    fs::write(kept, "alphA").unwrap();
    assert_eq!(room.problems(), [ProblemKind::EvidenceMissing, ProblemKind::CopyChanged]);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_look_into_a_case() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new();
    let mut case = room.open();
    case.seal(&room.three()).unwrap();
    case.publish("report/report.html", b"<p>").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in [room.case(), room.case().join("evidence"), room.case().join("report")] {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
    for name in ["case.toml", ".lock", "evidence/manifest.jsonl", "report/report.html"] {
        assert_eq!(mode(&room.case().join(name)), 0o600, "{name}");
    }
}

#[test]
fn what_options_gave_the_last_run_is_sealed_and_verified() {
    let room = Room::new();
    let file = room.evidence("columns.toml", "alpha", ALPHA);
    let (path, sha256) = (file.path.clone(), file.sha256.clone());
    let option = "--columns".to_owned();
    let file = GivenInput { option, sha256, size: 5, path, text: String::new() };
    let text = GivenInput { path: String::new(), text: "alpha".to_owned(), ..file.clone() };
    let mut case = room.open();
    case.seal_given(Vec::new()).unwrap();
    assert_eq!(room.verify().lines, 0, "nothing given is nothing to tell");
    case.seal_given(vec![file.clone(), text.clone()]).unwrap();
    case.seal_given(vec![text.clone(), file.clone()]).unwrap();
    drop(case);
    assert_eq!(Case::open_for_reading(&room.case()).unwrap().given(), [text.clone(), file.clone()]);
    let found = room.verify();
    assert_eq!((found.lines, found.given_intact, found.is_intact()), (1, 2, true));
    fs::write(&file.path, "beta").unwrap();
    let found = room.verify();
    assert_eq!(found.given_intact, 1);
    assert_eq!(found.problems[0].kind, ProblemKind::GivenChanged);
    assert_eq!(found.problems[0].path, format!("--columns {}", file.path));
    fs::remove_file(&file.path).unwrap();
    assert_eq!(room.problems(), [ProblemKind::GivenMissing]);
    let mut case = room.open();
    case.copy_evidence(ALPHA, &b"alpha"[..]).unwrap();
    assert_eq!(room.problems(), [], "its copy stands for it");
    case.seal_given(Vec::new()).unwrap();
    assert_eq!(case.given(), [], "the last run was given nothing");
}
