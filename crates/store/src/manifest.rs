//! `evidence/manifest.jsonl`: one line for each sealed file, for what a run was given beside them,
//! and for each published result, each line carrying the digest of the line before it and its own. Lines are only ever added.
//!
//! The chain shows that a line was changed, removed or put in between; it cannot show that whole
//! lines were cut off at the end, or that somebody wrote the whole chain anew. Whoever needs that
//! notes the head (the digest of the last line) elsewhere.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::files::{self, Digested};
use crate::given::GivenInput;

/// The digest that the first line names: there is no line before it.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

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
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A file was read.
    Evidence(ManifestEntry),
    /// A run read these beside the evidence; the next such line takes its place.
    Given {
        /// Sorted.
        inputs: Vec<GivenInput>,
    },
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

/// A line as written. The order of the fields is the canonical one.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    /// `digest` of the line before.
    previous: String,
    #[serde(flatten)]
    entry: Entry,
    /// SHA-256 of this line as it is without this field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    digest: String,
}

impl Line {
    /// The line's text, without its end, and its digest.
    fn render(previous: &str, entry: &Entry) -> serde_json::Result<(Vec<u8>, String)> {
        let (previous, entry) = (previous.to_owned(), entry.clone());
        let mut line = Self { previous, entry, digest: String::new() };
        line.digest = files::sha256(&serde_json::to_vec(&line)?);
        Ok((serde_json::to_vec(&line)?, line.digest))
    }
}

/// A place where the manifest is not as crashcart wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Break {
    /// Line, from 1.
    pub(crate) line: usize,
    /// What is wrong, to be read after `line N`.
    pub(crate) reason: String,
}

/// A manifest as read.
#[derive(Debug)]
pub(crate) struct Manifest {
    path: PathBuf,
    /// What the lines tell, in order; broken lines that can still be read included.
    pub(crate) entries: Vec<Entry>,
    /// Where the chain is broken.
    pub(crate) breaks: Vec<Break>,
    /// `digest` of the last line.
    pub(crate) head: String,
    /// Bytes of all whole lines.
    length: u64,
    /// Bytes after the last whole line: a write that was cut off.
    pub(crate) torn: Vec<u8>,
}

impl Manifest {
    /// Where it stands in a case.
    pub(crate) fn path_in(dir: &Path) -> PathBuf {
        dir.join("evidence").join("manifest.jsonl")
    }

    /// Reads it; a case without one has sealed nothing yet.
    pub(crate) fn read(dir: &Path) -> Result<Self, StoreError> {
        let path = Self::path_in(dir);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(StoreError::io("read", &path)(error)),
        };
        let mut manifest = Self {
            path,
            entries: Vec::new(),
            breaks: Vec::new(),
            head: BEGINNING.to_owned(),
            length: 0,
            torn: Vec::new(),
        };
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            match line.strip_suffix(b"\n") {
                Some(line) => manifest.take(index + 1, line),
                None => manifest.torn = line.to_owned(),
            }
        }
        Ok(manifest)
    }

    fn take(&mut self, number: usize, bytes: &[u8]) {
        let mut broken = |reason: &str| {
            self.breaks.push(Break { line: number, reason: reason.to_owned() });
        };
        match serde_json::from_slice::<Line>(bytes) {
            Ok(line) => {
                let canonical = Line::render(&line.previous, &line.entry);
                if !canonical.is_ok_and(|(text, _)| text == bytes) {
                    broken("is not as it was written");
                } else if line.previous != self.head {
                    broken("does not follow the line before it");
                }
                self.head = line.digest;
                self.entries.push(line.entry);
            }
            Err(_) => broken("is not a line of a manifest"),
        }
        self.length += bytes.len() as u64 + 1;
    }

    /// An error at the first break, for whoever must not build on a broken chain.
    pub(crate) fn intact(self) -> Result<Self, StoreError> {
        match self.breaks.first() {
            None => Ok(self),
            Some(at) => Err(StoreError::ManifestBroken {
                path: self.path,
                line: at.line,
                reason: at.reason.clone(),
            }),
        }
    }

    /// Cuts off a torn last line and keeps its bytes beside the manifest; tells where.
    pub(crate) fn repair(&mut self) -> Result<Option<PathBuf>, StoreError> {
        if self.torn.is_empty() {
            return Ok(None);
        }
        let beside = self.path.with_extension("jsonl.torn");
        let keep = |bytes: &[u8]| -> io::Result<()> {
            let mut file = files::private().append(true).create(true).open(&beside)?;
            file.write_all(bytes)?;
            file.write_all(b"\n")?;
            file.sync_all()
        };
        keep(&self.torn).map_err(StoreError::io("keep the torn line in", &beside))?;
        let cut = |length: u64| -> io::Result<()> {
            let file = files::private().write(true).open(&self.path)?;
            file.set_len(length)?;
            file.sync_all()
        };
        cut(self.length).map_err(StoreError::io("cut the torn line off", &self.path))?;
        self.torn.clear();
        Ok(Some(beside))
    }

    /// Adds entries and waits until the disk has them. All of them are added or none.
    pub(crate) fn append(&mut self, entries: Vec<Entry>) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut head = self.head.clone();
        let mut text = Vec::new();
        for entry in &entries {
            let rendered = Line::render(&head, entry).map_err(io::Error::from);
            let (line, digest) = rendered.map_err(StoreError::io("write", &self.path))?;
            head = digest;
            text.extend_from_slice(&line);
            text.push(b'\n');
        }
        let is_new = !self.path.exists();
        let file = files::private().append(true).create(true).open(&self.path);
        let mut file = file.map_err(StoreError::io("open", &self.path))?;
        add(&mut file, self.length, &text).map_err(StoreError::io("write", &self.path))?;
        if is_new && let Some(folder) = self.path.parent() {
            files::sync_folder(folder)?;
        }
        self.entries.extend(entries);
        self.length += text.len() as u64;
        self.head = head;
        Ok(())
    }

    /// The sealed files, in the order in which they were sealed.
    pub(crate) fn evidence(&self) -> impl Iterator<Item = &ManifestEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Evidence(evidence) => Some(evidence),
            Entry::Result { .. } | Entry::Given { .. } => None,
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

/// The end of a file that can be cut back.
trait Tail: Write {
    fn cut(&mut self, length: u64) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
}

impl Tail for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// Adds `text` to a file of `length` bytes; a full disk leaves the file as it was.
fn add(file: &mut impl Tail, length: u64, text: &[u8]) -> io::Result<()> {
    let written = file.write_all(text).and_then(|()| file.sync());
    if written.is_err() {
        // Were this to fail too, the next writer finds the torn line and cuts it off.
        let _ = file.cut(length);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file on a disk with room for so many bytes.
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
    }

    impl Write for Disk {
        fn write(&mut self, from: &[u8]) -> io::Result<usize> {
            let count = from.len().min(self.room - self.bytes.len());
            if count == 0 {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            self.bytes.extend_from_slice(&from[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Tail for Disk {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.truncate(length as usize);
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_disk_that_fills_up_leaves_the_manifest_as_it_was() {
        for room in 4..9 {
            let mut disk = Disk { bytes: b"old\n".to_vec(), room };
            let error = add(&mut disk, 4, b"line\n").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            assert_eq!(disk.bytes, b"old\n", "room for {room}");
        }
        let mut disk = Disk { bytes: b"old\n".to_vec(), room: 9 };
        add(&mut disk, 4, b"line\n").unwrap();
        assert_eq!(disk.bytes, b"old\nline\n");
    }
}
