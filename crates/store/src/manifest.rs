//! `evidence/manifest.jsonl`: one line for each sealed file, for each answer of AWS that was kept,
//! for what a run was given beside them, for how far the journal was, and for each published result, chained as [`Chain`] says.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::case::CollectedEntry;
use crate::chain::Chain;
use crate::files::Digested;
use crate::given::GivenInput;

/// One file that was read, sealed by its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestEntry {
    /// SHA-256 of exactly the bytes that were decoded, in lower-case hex.
    pub sha256: String,
    /// Bytes of the file as stored.
    pub size: u64,
    /// Where it was found: absolute where possible, so that a later run finds it; `-` for
    /// standard input.
    pub path: String,
    /// Members read within an archive, sorted; empty for a plain file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// What S3 calls the content of an object that was read from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// A place in a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// Lines up to there.
    pub(crate) lines: usize,
    /// `digest` of the last of them.
    pub(crate) head: String,
}

impl Mark {
    /// The end of a chain; none where nothing was added yet.
    pub(crate) fn end_of<E>(chain: &Chain<E>) -> Option<Self> {
        let lines = chain.digests.len();
        (lines > 0).then(|| Self { lines, head: chain.head.clone() })
    }

    /// Whether a chain has this place.
    pub(crate) fn is_in<E>(&self, chain: &Chain<E>) -> bool {
        let last = self.lines.checked_sub(1).and_then(|index| chain.digests.get(index));
        last == Some(&self.head)
    }
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A file was read.
    Evidence(ManifestEntry),
    /// AWS answered, and the case keeps the answer.
    Collected(CollectedEntry),
    /// A run read these beside the evidence; the next such line takes its place.
    Given {
        /// Sorted.
        inputs: Vec<GivenInput>,
    },
    /// How far the journal was: of one that is shorter, or another, lines were taken away.
    Journal(Mark),
    /// A result took its place.
    Result {
        /// Path within the case, with `/`.
        name: String,
        /// Its digest.
        sha256: String,
        /// Its bytes.
        size: u64,
    },
}

/// The manifest of a case.
pub(crate) type Manifest = Chain<Entry>;

impl Manifest {
    /// Where it stands in a case.
    pub(crate) fn path_in(dir: &Path) -> PathBuf {
        dir.join("evidence").join("manifest.jsonl")
    }

    /// Reads it; a case without one has sealed nothing yet.
    pub(crate) fn read(dir: &Path) -> Result<Self, StoreError> {
        Self::open(Self::path_in(dir))
    }

    /// The sealed files, in the order in which they were sealed.
    pub(crate) fn evidence(&self) -> impl Iterator<Item = &ManifestEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Evidence(evidence) => Some(evidence),
            _ => None,
        })
    }

    /// The answers of AWS that were kept, in the order in which they were sealed.
    pub(crate) fn collected(&self) -> impl Iterator<Item = &CollectedEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Collected(collected) => Some(collected),
            _ => None,
        })
    }

    /// How far the journal was, each time that was noted.
    pub(crate) fn journal(&self) -> impl DoubleEndedIterator<Item = &Mark> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Journal(mark) => Some(mark),
            _ => None,
        })
    }

    /// Those of `entries` that are not sealed yet, each once, sorted.
    pub(crate) fn unsealed(&self, entries: &[ManifestEntry]) -> Vec<Entry> {
        let sealed: HashSet<(&str, &str)> =
            self.evidence().map(|entry| (entry.sha256.as_str(), entry.path.as_str())).collect();
        let mut fresh: Vec<&ManifestEntry> = entries
            .iter()
            .filter(|entry| !sealed.contains(&(entry.sha256.as_str(), entry.path.as_str())))
            .collect();
        fresh.sort();
        fresh.dedup_by_key(|entry| (&entry.sha256, &entry.path));
        fresh.into_iter().cloned().map(Entry::Evidence).collect()
    }

    /// What the last run read beside the evidence.
    pub(crate) fn given(&self) -> &[GivenInput] {
        let last = self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Given { inputs } => Some(inputs.as_slice()),
            _ => None,
        });
        last.unwrap_or_default()
    }

    /// The digest that each result had when it was last published, by name.
    pub(crate) fn results(&self) -> BTreeMap<&str, Digested> {
        let mut results = BTreeMap::new();
        for entry in &self.entries {
            if let Entry::Result { name, sha256, size } = entry {
                let digested = Digested { sha256: sha256.clone(), size: *size };
                results.insert(name.as_str(), digested);
            }
        }
        results
    }
}
