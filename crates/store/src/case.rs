//! Opening a case, sealing what was read and publishing what was found.
//!
//! A result takes its place in three steps, so that a kill at any point leaves either the old or
//! the new one: the bytes are written beside their place, the manifest names their digest, the
//! file takes its name. Opening for writing finishes or takes back what was cut off.

mod collected;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crashcart_model::Timestamp;

use crate::StoreError;
use crate::files::{self, Digested};
use crate::folder::{self, copy_path, result_path};
use crate::given::GivenInput;
use crate::journal;
use crate::manifest::{Entry, Manifest, ManifestEntry, Mark};

pub use collected::{CollectedCall, CollectedEntry, file_name};

/// A case folder, open for reading, or for writing with everybody else locked out.
#[derive(Debug)]
pub struct Case {
    dir: PathBuf,
    created: Option<Timestamp>,
    manifest: Manifest,
    /// What the manifest says of each kept answer of AWS, by name.
    collected: BTreeMap<String, Digested>,
    repair: Option<Repair>,
    /// Held until the case is dropped; none when open for reading.
    lock: Option<File>,
}

/// What an earlier writer left behind and opening put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Bytes of a line that was not written to its end.
    pub torn_bytes: usize,
    /// Where those bytes are kept.
    pub kept_in: PathBuf,
}

impl Case {
    /// Opens a case for writing; makes one of a folder that is empty or absent. `created` is
    /// noted in a new case only.
    ///
    /// # Errors
    /// `Locked` while somebody else writes; `NotACase` for a folder with other things in it;
    /// `ManifestBroken` where the manifest was changed by others; `Io`.
    pub fn open_for_writing(
        dir: &Path,
        tool_version: &str,
        created: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let lock = folder::take(dir, tool_version, created)?;
        let mut case = Self { lock: Some(lock), ..Self::open_for_reading(dir)? };
        case.manifest = case.manifest.intact()?;
        let torn_bytes = case.manifest.torn.len();
        case.repair = case.manifest.repair()?.map(|kept_in| Repair { torn_bytes, kept_in });
        case.finish_results()?;
        case.note_journal()?;
        Ok(case)
    }

    /// Opens a case for reading; a writer may be at work meanwhile.
    ///
    /// # Errors
    /// `NotACase`, `Newer`, `CaseFile` or `Io`.
    pub fn open_for_reading(dir: &Path) -> Result<Self, StoreError> {
        let created = folder::read_case_file(dir)?.created;
        let manifest = Manifest::read(dir)?;
        let collected = manifest.collected().map(CollectedEntry::digested).collect();
        let dir = dir.to_owned();
        Ok(Self { dir, created, manifest, collected, repair: None, lock: None })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether everybody else is locked out.
    pub fn is_open_for_writing(&self) -> bool {
        self.lock.is_some()
    }

    /// When the case was made, where that was told.
    pub fn created(&self) -> Option<Timestamp> {
        self.created
    }

    /// What opening for writing put right; to be told to the user.
    pub fn repair(&self) -> Option<&Repair> {
        self.repair.as_ref()
    }

    /// The digest of the manifest's last line: whoever notes it elsewhere can later tell that
    /// nothing was cut off.
    pub fn head(&self) -> &str {
        &self.manifest.head
    }

    /// The files that the manifest names, in the order in which they were sealed.
    pub fn evidence(&self) -> Vec<ManifestEntry> {
        self.manifest.evidence().cloned().collect()
    }

    /// Seals what was read: adds those entries that are not there yet (by digest and path) and
    /// returns their number once the disk has them.
    ///
    /// # Errors
    /// `Io`; then none of them was added.
    pub fn seal(&mut self, entries: &[ManifestEntry]) -> Result<usize, StoreError> {
        self.must_hold_lock()?;
        let fresh = self.manifest.unsealed(entries);
        let count = fresh.len();
        self.manifest.append(fresh)?;
        Ok(count)
    }

    /// What the last run read beside the evidence, sorted.
    pub fn given(&self) -> &[GivenInput] {
        self.manifest.given()
    }

    /// Seals what this run read beside the evidence, in place of what the run before did; the same
    /// again adds nothing.
    ///
    /// # Errors
    /// `Io`; then nothing was added.
    pub fn seal_given(&mut self, mut inputs: Vec<GivenInput>) -> Result<(), StoreError> {
        self.must_hold_lock()?;
        inputs.sort();
        inputs.dedup();
        match inputs == self.given() {
            true => Ok(()),
            false => self.manifest.append(vec![Entry::Given { inputs }]),
        }
    }

    /// Publishes a result such as `findings.jsonl` or `report/report.html`, in place of the one
    /// before it. The same bytes again change nothing.
    ///
    /// # Errors
    /// `BadName`, or `Io`; then the result before it is still whole.
    pub fn publish(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.must_hold_lock()?;
        self.note_journal()?;
        let path = self.place_of(name)?;
        let sha256 = files::sha256(bytes);
        let recorded = self.manifest.results().get(name).map(|result| result.sha256.clone());
        let is_recorded = recorded.as_ref() == Some(&sha256);
        if is_recorded && files::digest(&path).is_ok_and(|there| there.sha256 == sha256) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            files::create_folder(folder)?;
        }
        let written = files::prepare(&path, bytes)?;
        if !is_recorded {
            let name = name.to_owned();
            let entry = Entry::Result { name, sha256: written.sha256, size: written.size };
            if let Err(error) = self.manifest.append(vec![entry]) {
                files::discard(&files::partial(&path))?;
                return Err(error);
            }
        }
        files::finish(&path)
    }

    /// The bytes of a result; none where it was never published.
    ///
    /// # Errors
    /// `BadName` or `Io`.
    pub fn result(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.place_of(name)?;
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io("read", &path)(error)),
        }
    }

    /// Where the case's own copy of this evidence stands, if it has one.
    pub fn copy_of(&self, sha256: &str) -> Option<PathBuf> {
        copy_path(&self.dir, sha256).filter(|path| path.is_file())
    }

    /// Keeps a copy of evidence under `evidence/sha256/`, named by its digest. Returns false
    /// where it is kept already.
    ///
    /// # Errors
    /// `EvidenceChanged` when the bytes have another digest than when they were read; `Io`.
    pub fn copy_evidence(&mut self, sha256: &str, from: impl Read) -> Result<bool, StoreError> {
        self.must_hold_lock()?;
        let path = copy_path(&self.dir, sha256)
            .ok_or_else(|| StoreError::BadName { name: sha256.to_owned() })?;
        if path.is_file() {
            return Ok(false);
        }
        if let Some(folder) = path.parent() {
            files::create_folder(folder)?;
        }
        let found = files::prepare(&path, from)?.sha256;
        if found != sha256 {
            files::discard(&files::partial(&path))?;
            return Err(StoreError::EvidenceChanged { expected: sha256.to_owned(), found });
        }
        files::finish(&path).map(|()| true)
    }

    /// Keeps a copy of evidence whose digest is not known yet, and returns digest and bytes.
    ///
    /// # Errors
    /// `Io`, also where `from` fails; then nothing is kept.
    pub fn take_in(&mut self, from: impl Read) -> Result<(String, u64), StoreError> {
        self.must_hold_lock()?;
        let incoming = self.dir.join("evidence").join("incoming");
        let Digested { sha256, size } = files::prepare(&incoming, from)?;
        let path = copy_path(&self.dir, &sha256)
            .ok_or_else(|| StoreError::BadName { name: sha256.clone() })?;
        if path.is_file() {
            files::discard(&files::partial(&incoming))?;
            return Ok((sha256, size));
        }
        if let Some(folder) = path.parent() {
            files::create_folder(folder)?;
        }
        files::finish_elsewhere(&incoming, &path)?;
        Ok((sha256, size))
    }

    /// Whoever opened for reading gets what whoever comes second gets.
    pub(crate) fn must_hold_lock(&self) -> Result<(), StoreError> {
        match self.lock {
            Some(_) => Ok(()),
            None => Err(StoreError::Locked { dir: self.dir.clone() }),
        }
    }

    /// How far the journal was, each time that was noted.
    pub(crate) fn journal_marks(&self) -> impl Iterator<Item = &Mark> {
        self.manifest.journal()
    }

    /// Notes how far the journal is, so that it can be told when its end is taken away. A journal that
    /// is broken, or shorter than it was, is noted by nobody: [`crate::verify`] tells it.
    fn note_journal(&mut self) -> Result<(), StoreError> {
        let journal = journal::read(&self.dir)?;
        let last = self.manifest.journal().next_back();
        let goes_on = last.is_none_or(|last| last.is_in(&journal));
        match Mark::end_of(&journal).filter(|end| last != Some(end)) {
            Some(end) if goes_on && journal.breaks.is_empty() => {
                self.manifest.append(vec![Entry::Journal(end)])
            }
            _ => Ok(()),
        }
    }

    /// Gives results and answers their names that a killed writer had recorded but not renamed.
    fn finish_results(&self) -> Result<(), StoreError> {
        for (name, recorded) in self.manifest.results() {
            finish_recorded(&self.place_of(name)?, &recorded)?;
        }
        for (name, recorded) in &self.collected {
            finish_recorded(&self.collected_path(name)?, recorded)?;
        }
        Ok(())
    }

    fn place_of(&self, name: &str) -> Result<PathBuf, StoreError> {
        result_path(&self.dir, name).ok_or_else(|| StoreError::BadName { name: name.to_owned() })
    }
}

/// Gives a file its name where all of it lies beside its place; half of one helps nobody.
fn finish_recorded(path: &Path, recorded: &Digested) -> Result<(), StoreError> {
    let beside = files::partial(path);
    match files::digest(&beside) {
        Ok(written) if written == *recorded => files::finish(path),
        Ok(_) => files::discard(&beside),
        Err(_) => Ok(()),
    }
}
