//! Recomputes everything that a case claims: the chain, the digest of each sealed file, of
//! what options gave, and of each published result. It must never write, and what it finds is a list, not an error.

mod problem;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::chain::Chain;
use crate::files::{self, Digested};
use crate::folder::{collected_folder, collected_path, copy_path, result_path};
use crate::given::GivenInput;
use crate::journal;
use crate::manifest::{Manifest, ManifestEntry};
use crate::{Case, CollectedEntry, StoreError};

pub use problem::{Problem, ProblemKind};

/// What an investigation publishes into a case.
const RESULTS: [&str; 4] =
    ["findings.jsonl", "story.json", "investigation.json", "report/report.html"];

/// Folders in which everything is a result.
const KEPT: [&str; 5] = ["collected", "identity", "plans", "receipts", "selftest"];

/// What verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// Lines of the manifest.
    pub lines: usize,
    /// Digest of the last line.
    pub head: String,
    /// Sealed files whose bytes are still those that were read.
    pub evidence_intact: usize,
    /// Of those, files that are only there as the case's own copy.
    pub only_as_copy: usize,
    /// What options gave the last run beside the evidence, and is still that.
    pub given_intact: usize,
    /// Answers of AWS that are still those that were kept.
    pub collected_intact: usize,
    /// Results that are still those that were published.
    pub results_intact: usize,
    /// Evidence without a file to look at: standard input and addresses, no copy kept.
    pub unprovable: Vec<String>,
    /// Everything else, sorted.
    pub problems: Vec<Problem>,
}

impl Verification {
    /// Whether nothing changed, as far as there is something to look at.
    pub fn is_intact(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Verifies a case; takes no lock.
///
/// # Errors
/// Only where the folder is not a case or its manifest cannot be read at all.
pub fn verify(dir: &Path) -> Result<Verification, StoreError> {
    Case::open_for_reading(dir)?;
    let manifest = Manifest::read(dir)?;
    let mut found = Verification {
        lines: manifest.entries.len(),
        head: manifest.head.clone(),
        ..Verification::default()
    };
    found.check_chain(&manifest);
    let journal = journal::read(dir)?;
    found.check_chain(&journal);
    found.check_journal(&manifest, &journal);
    for entry in manifest.evidence() {
        found.check_evidence(dir, entry);
    }
    for input in manifest.given() {
        found.check_given(dir, input);
    }
    let collected: BTreeMap<_, _> = manifest.collected().map(CollectedEntry::digested).collect();
    for (name, recorded) in &collected {
        found.check_collected(dir, name, recorded);
    }
    found.check_unsealed(dir, &collected)?;
    for (name, recorded) in manifest.results() {
        found.check_result(dir, name, &recorded);
    }
    let sealed = manifest.results();
    found.check_handed_in(dir, &sealed)?;
    for name in RESULTS.iter().filter(|name| !sealed.contains_key(**name)) {
        // A manifest that was emptied or cut must not turn what it sealed into nothing to check.
        if dir.join(name).exists() {
            let detail = "the manifest was emptied or cut, or somebody put it there".to_owned();
            found.note(ProblemKind::ResultUnsealed, name, detail);
        }
    }
    for folder in KEPT {
        found.check_strays(dir, folder, &sealed)?;
    }
    found.problems.sort();
    Ok(found)
}

impl Verification {
    fn note(&mut self, kind: ProblemKind, path: &str, detail: String) {
        self.problems.push(Problem { kind, path: path.to_owned(), detail });
    }

    fn check_chain<E: Serialize + DeserializeOwned + Clone>(&mut self, chain: &Chain<E>) {
        let path = chain.path().display().to_string();
        for at in &chain.breaks {
            let detail = format!("line {} {}", at.line, at.reason);
            self.note(ProblemKind::ChainBroken, &path, detail);
        }
        if !chain.torn.is_empty() {
            let detail = format!("{} bytes after the last whole line", chain.torn.len());
            self.note(ProblemKind::TornLine, &path, detail);
        }
    }

    /// Lines at the end of the journal can be taken away without a trace in it: the manifest knows.
    fn check_journal<E>(&mut self, manifest: &Manifest, journal: &Chain<E>)
    where
        E: Serialize + DeserializeOwned + Clone,
    {
        let Some(mark) = manifest.journal().find(|mark| !mark.is_in(journal)) else { return };
        let detail = format!(
            "the manifest names {} lines up to {}, and it has {} lines without that one",
            mark.lines,
            mark.head,
            journal.digests.len()
        );
        self.note(ProblemKind::JournalCut, &journal.path().display().to_string(), detail);
    }

    /// Nobody shall take for a plan or a receipt of ours what somebody put beside them.
    fn check_strays(
        &mut self,
        dir: &Path,
        folder: &str,
        sealed: &BTreeMap<&str, Digested>,
    ) -> Result<(), StoreError> {
        for path in entries(&dir.join(folder))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let whole = format!("{folder}/{name}");
            if !name.starts_with(files::PARTIAL_PREFIX) && !sealed.contains_key(&*whole) {
                let detail = "the manifest was cut, or somebody put it there".to_owned();
                self.note(ProblemKind::ResultUnsealed, &whole, detail);
            }
        }
        Ok(())
    }

    fn check_evidence(&mut self, dir: &Path, entry: &ManifestEntry) {
        let sealed = Digested { sha256: entry.sha256.clone(), size: entry.size };
        let copy = copy_path(dir, &entry.sha256).filter(|copy| copy.is_file());
        let mut has_copy = false;
        if let Some(copy) = &copy {
            match files::digest(copy) {
                Ok(now) if now.sha256 == sealed.sha256 => has_copy = true,
                Ok(now) => {
                    let path = copy.display().to_string();
                    self.note(ProblemKind::CopyChanged, &path, differs(&sealed, &now));
                }
                Err(error) => {
                    let path = copy.display().to_string();
                    self.note(ProblemKind::CopyChanged, &path, error.to_string());
                }
            }
        }
        if entry.path == "-" || entry.path.contains("://") {
            match has_copy {
                true => self.copied(),
                false => self.unprovable.push(entry.path.clone()),
            }
            return;
        }
        match files::digest(Path::new(&entry.path)) {
            Ok(now) if now.sha256 == sealed.sha256 => self.evidence_intact += 1,
            Ok(now) => {
                self.note(ProblemKind::EvidenceChanged, &entry.path, differs(&sealed, &now));
            }
            Err(_) if has_copy => self.copied(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let detail = format!("SHA-256 {}", entry.sha256);
                self.note(ProblemKind::EvidenceMissing, &entry.path, detail);
            }
            Err(error) => {
                self.note(ProblemKind::EvidenceUnreadable, &entry.path, error.to_string());
            }
        }
    }

    /// What stands in the manifest itself is proved by its chain.
    fn check_given(&mut self, dir: &Path, input: &GivenInput) {
        let copy = copy_path(dir, &input.sha256).map(|copy| files::digest(&copy));
        let is_copied = copy.is_some_and(|copy| copy.is_ok_and(|now| now.sha256 == input.sha256));
        if input.path.is_empty() || is_copied {
            self.given_intact += 1;
            return;
        }
        let (kind, detail) = match files::digest(Path::new(&input.path)) {
            Ok(now) if now.sha256 == input.sha256 => {
                self.given_intact += 1;
                return;
            }
            Ok(now) => {
                let read = Digested { sha256: input.sha256.clone(), size: input.size };
                (ProblemKind::GivenChanged, differs(&read, &now))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (ProblemKind::GivenMissing, format!("SHA-256 {}", input.sha256))
            }
            Err(error) => (ProblemKind::GivenUnreadable, error.to_string()),
        };
        self.note(kind, &input.words(), detail);
    }

    fn copied(&mut self) {
        self.evidence_intact += 1;
        self.only_as_copy += 1;
    }

    fn check_result(&mut self, dir: &Path, name: &str, recorded: &Digested) {
        let Some(path) = result_path(dir, name) else {
            let detail = "the manifest names a result outside the case".to_owned();
            return self.note(ProblemKind::ChainBroken, name, detail);
        };
        self.results_intact += usize::from(self.check_kept(&path, name, recorded, &RESULT));
    }

    fn check_collected(&mut self, dir: &Path, name: &str, recorded: &Digested) {
        let Some(path) = collected_path(dir, name) else {
            let detail = "the manifest names an answer outside the case".to_owned();
            return self.note(ProblemKind::ChainBroken, name, detail);
        };
        self.collected_intact += usize::from(self.check_kept(&path, name, recorded, &COLLECTED));
    }

    /// Whether what the case keeps is what its manifest says; if not, notes what is wrong.
    fn check_kept(&mut self, path: &Path, name: &str, recorded: &Digested, kinds: &Kinds) -> bool {
        let waits = files::digest(&files::partial(path)).is_ok_and(|beside| beside == *recorded);
        let (kind, detail) = match files::digest(path) {
            Ok(now) if now == *recorded => return true,
            Ok(now) => (kinds.changed, differs(recorded, &now)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (kinds.missing, format!("SHA-256 {}", recorded.sha256))
            }
            Err(error) => (kinds.unreadable, error.to_string()),
        };
        self.note(if waits { ProblemKind::ResultUnfinished } else { kind }, name, detail);
        false
    }

    /// Nobody shall carry out a plan, or follow a receipt, that somebody put beside the case's own.
    fn check_handed_in(
        &mut self,
        dir: &Path,
        sealed: &BTreeMap<&str, Digested>,
    ) -> Result<(), StoreError> {
        for folder in ["plans", "receipts"] {
            for path in entries(&dir.join(folder))? {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let name = format!("{folder}/{file}");
                if !file.starts_with(files::PARTIAL_PREFIX) && !sealed.contains_key(&*name) {
                    let detail = "the manifest was cut, or somebody put it there".to_owned();
                    self.note(ProblemKind::ResultUnsealed, &name, detail);
                }
            }
        }
        Ok(())
    }

    /// Nobody shall take for an answer of AWS what somebody put beside the answers.
    fn check_unsealed(
        &mut self,
        dir: &Path,
        sealed: &BTreeMap<String, Digested>,
    ) -> Result<(), StoreError> {
        let root = collected_folder(dir);
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for path in entries(&folder)? {
                let name = path.strip_prefix(&root).unwrap_or(&path);
                let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
                let name = name.join("/");
                // What was cut off before it was sealed is nobody's answer; the next run replaces it.
                let is_partial = path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with(files::PARTIAL_PREFIX));
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path);
                } else if !is_partial && !sealed.contains_key(&name) {
                    let detail = "the manifest was cut, or somebody put it there".to_owned();
                    self.note(ProblemKind::CollectedUnsealed, &name, detail);
                }
            }
        }
        Ok(())
    }
}

/// How it is called when something kept is not as the manifest says.
struct Kinds {
    changed: ProblemKind,
    missing: ProblemKind,
    unreadable: ProblemKind,
}

const RESULT: Kinds = Kinds {
    changed: ProblemKind::ResultChanged,
    missing: ProblemKind::ResultMissing,
    unreadable: ProblemKind::ResultUnreadable,
};

const COLLECTED: Kinds = Kinds {
    changed: ProblemKind::CollectedChanged,
    missing: ProblemKind::CollectedMissing,
    unreadable: ProblemKind::CollectedUnreadable,
};

/// What lies in a folder; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = || StoreError::io("read", folder);
    match fs::read_dir(folder) {
        Ok(entries) => {
            let paths = entries.map(|entry| Ok(entry?.path()));
            paths.collect::<io::Result<_>>().map_err(failed())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed()(error)),
    }
}

fn differs(before: &Digested, now: &Digested) -> String {
    format!(
        "SHA-256 was {} ({} bytes), is {} ({} bytes)",
        before.sha256, before.size, now.sha256, now.size
    )
}
