//! `journal.jsonl`: what is about to be done to an account, and what became of it. Chained as
//! [`Chain`] says; what a line tells is the caller's business.
//!
//! It must never lose a line that `append` has returned for, nor go on after one that was changed.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::chain::Chain;
use crate::{Case, Repair, StoreError};

/// Its name in a case.
pub(crate) const JOURNAL_FILE: &str = "journal.jsonl";

/// The journal of a case, which stays locked as long as the journal is in use.
#[derive(Debug)]
pub struct Journal<'c> {
    case: &'c Case,
    chain: Chain<Value>,
    repair: Option<Repair>,
}

impl<'c> Journal<'c> {
    /// Reads the journal of a case. In a case that is open for writing, a last line that a crash
    /// cut off is moved aside, which [`Journal::repair`] tells: nothing was done after it.
    ///
    /// # Errors
    /// `ManifestBroken` where a line was changed by others, or the journal is shorter than the manifest
    /// tells; `Io`.
    pub fn open(case: &'c Case) -> Result<Self, StoreError> {
        let mut chain = read(case.dir())?.intact()?;
        if let Some(cut) = case.journal_marks().find(|mark| !mark.is_in(&chain)) {
            return Err(StoreError::ManifestBroken {
                path: path_in(case.dir()),
                line: cut.lines,
                reason: "is not the one that the manifest names: lines were taken away".to_owned(),
            });
        }
        let torn_bytes = chain.torn.len();
        let kept_in = if case.is_open_for_writing() { chain.repair()? } else { None };
        let repair = kept_in.map(|kept_in| Repair { torn_bytes, kept_in });
        Ok(Self { case, chain, repair })
    }

    /// What opening put right; to be told to the user.
    pub fn repair(&self) -> Option<&Repair> {
        self.repair.as_ref()
    }

    /// Adds an entry, a JSON object, and returns once the disk has it.
    ///
    /// # Errors
    /// `Locked` where the case is open for reading; `Io`: then nothing was added.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<(), StoreError> {
        self.case.must_hold_lock()?;
        let value = serde_json::to_value(entry).map_err(std::io::Error::from);
        let value = value.map_err(StoreError::io("write", self.chain.path()))?;
        self.chain.append(vec![value])
    }

    /// Every entry, in order.
    ///
    /// # Errors
    /// `ManifestBroken` at the first line that is not such an entry.
    pub fn entries<E: DeserializeOwned>(&self) -> Result<Vec<E>, StoreError> {
        let read = |(index, value): (usize, &Value)| {
            E::deserialize(value).map_err(|error| StoreError::ManifestBroken {
                path: self.chain.path().to_owned(),
                line: index + 1,
                reason: format!("is no entry that this crashcart knows: {error}"),
            })
        };
        self.chain.entries.iter().enumerate().map(read).collect()
    }

    /// The digest of the last line: whoever notes it elsewhere can later tell that nothing was cut
    /// off.
    pub fn head(&self) -> &str {
        &self.chain.head
    }
}

/// The journal's chain as it stands.
pub(crate) fn read(dir: &Path) -> Result<Chain<Value>, StoreError> {
    Chain::open(path_in(dir))
}

/// Where it stands in a case.
pub(crate) fn path_in(dir: &Path) -> PathBuf {
    dir.join(JOURNAL_FILE)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;
    use crate::{ProblemKind, verify};

    fn case(dir: &Path) -> Case {
        Case::open_for_writing(dir, "test", None).unwrap()
    }

    fn add(dir: &Path, entry: &Value) {
        Journal::open(&case(dir)).unwrap().append(entry).unwrap();
    }

    fn kinds(dir: &Path) -> Vec<ProblemKind> {
        verify(dir).unwrap().problems.into_iter().map(|problem| problem.kind).collect()
    }

    #[test]
    fn entries_are_there_after_the_case_was_closed_and_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let entries = [json!({"kind": "intent", "b": 1, "a": 2}), json!({"kind": "outcome"})];
        for entry in &entries {
            add(folder.path(), entry);
        }
        let read = Case::open_for_reading(folder.path()).unwrap();
        let mut journal = Journal::open(&read).unwrap();
        assert_eq!(journal.entries::<Value>().unwrap(), entries);
        let refused = journal.append(&entries[0]).unwrap_err();
        assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
        assert!(kinds(folder.path()).is_empty());
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_told_and_kept_aside_and_the_rest_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &json!({"kind": "intent"}));
        let path = path_in(folder.path());
        let whole = fs::read(&path).unwrap();
        for torn in 1..whole.len() - 1 {
            fs::write(&path, [whole.as_slice(), &whole[..torn]].concat()).unwrap();
            assert_eq!(kinds(folder.path()), [ProblemKind::TornLine]);
            let case = case(folder.path());
            let mut journal = Journal::open(&case).unwrap();
            assert_eq!(journal.repair().unwrap().torn_bytes, torn);
            assert_eq!(journal.entries::<Value>().unwrap().len(), 1);
            journal.append(&json!({"kind": "outcome"})).unwrap();
            assert!(kinds(folder.path()).is_empty());
            fs::write(&path, &whole).unwrap();
        }
    }

    #[test]
    fn a_line_that_somebody_changed_stops_whoever_would_build_on_it() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &json!({"kind": "intent", "before": "active"}));
        let path = path_in(folder.path());
        let text = fs::read_to_string(&path).unwrap().replace("active", "absent");
        fs::write(&path, text).unwrap();
        let case = case(folder.path());
        let refused = Journal::open(&case).unwrap_err();
        assert!(matches!(refused, StoreError::ManifestBroken { line: 1, .. }), "{refused}");
        assert_eq!(kinds(folder.path()), [ProblemKind::ChainBroken]);
    }

    #[test]
    fn a_journal_that_was_emptied_or_cut_after_a_result_is_told_and_not_built_on() {
        let folder = tempfile::tempdir().unwrap();
        add(folder.path(), &json!({"kind": "begun"}));
        add(folder.path(), &json!({"kind": "ended"}));
        case(folder.path()).publish("receipts/one.json", b"{}").unwrap();
        add(folder.path(), &json!({"kind": "begun"}));
        assert!(kinds(folder.path()).is_empty());
        let path = path_in(folder.path());
        let whole = fs::read_to_string(&path).unwrap();
        let first = whole.split_inclusive('\n').next().unwrap();
        let anew = tempfile::tempdir().unwrap();
        for _ in 0..3 {
            add(anew.path(), &json!({"kind": "other"}));
        }
        let anew = fs::read_to_string(path_in(anew.path())).unwrap();
        for cut in [String::new(), first.to_owned(), anew] {
            fs::write(&path, &cut).unwrap();
            assert_eq!(kinds(folder.path()), [ProblemKind::JournalCut], "{cut}");
            let case = case(folder.path());
            assert!(Journal::open(&case).is_err(), "{cut}");
        }
        fs::write(&path, &whole).unwrap();
        drop(case(folder.path()));
        assert!(kinds(folder.path()).is_empty());
        // What came after the result was noted when the case was opened again.
        fs::write(&path, whole.split_inclusive('\n').take(2).collect::<String>()).unwrap();
        assert_eq!(kinds(folder.path()), [ProblemKind::JournalCut]);
    }

    #[test]
    fn no_result_takes_the_place_of_the_journal() {
        let folder = tempfile::tempdir().unwrap();
        let refused = case(folder.path()).publish(JOURNAL_FILE, b"{}").unwrap_err();
        assert!(matches!(refused, StoreError::BadName { .. }), "{refused}");
    }
}
