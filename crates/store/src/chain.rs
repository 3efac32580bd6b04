//! A file of lines, each carrying the digest of the line before it and its own. Lines are only
//! ever added, and are on the disk when adding returns.
//!
//! The chain shows that a line was changed, removed or put in between; it cannot show that whole
//! lines were cut off at the end, or that somebody wrote the whole chain anew. Whoever needs that
//! notes the head (the digest of the last line) elsewhere.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::files;

/// The digest that the first line names: there is no line before it.
const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line as written. The order of the fields is the canonical one.
#[derive(Debug, Serialize, Deserialize)]
struct Line<E> {
    /// `digest` of the line before.
    previous: String,
    #[serde(flatten)]
    entry: E,
    /// SHA-256 of this line as it is without this field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    digest: String,
}

impl<E: Serialize + Clone> Line<E> {
    /// The line's text, without its end, and its digest.
    fn render(previous: &str, entry: &E) -> serde_json::Result<(Vec<u8>, String)> {
        let (previous, entry) = (previous.to_owned(), entry.clone());
        let mut line = Self { previous, entry, digest: String::new() };
        line.digest = files::sha256(&serde_json::to_vec(&line)?);
        Ok((serde_json::to_vec(&line)?, line.digest))
    }
}

/// A place where the file is not as crashcart wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Break {
    /// Line, from 1.
    pub(crate) line: usize,
    /// What is wrong, to be read after `line N`.
    pub(crate) reason: String,
}

/// A chain as read.
#[derive(Debug)]
pub(crate) struct Chain<E> {
    path: PathBuf,
    /// What the lines tell, in order; broken lines that can still be read included.
    pub(crate) entries: Vec<E>,
    /// Where the chain is broken.
    pub(crate) breaks: Vec<Break>,
    /// `digest` of the last line.
    pub(crate) head: String,
    /// `digest` of each line that could be read, in order.
    pub(crate) digests: Vec<String>,
    /// Bytes of all whole lines.
    length: u64,
    /// Bytes after the last whole line: a write that was cut off.
    pub(crate) torn: Vec<u8>,
}

impl<E: Serialize + DeserializeOwned + Clone> Chain<E> {
    /// Reads it; where there is no file, nothing was added yet.
    pub(crate) fn open(path: PathBuf) -> Result<Self, StoreError> {
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(StoreError::io("read", &path)(error)),
        };
        let mut chain = Self {
            path,
            entries: Vec::new(),
            breaks: Vec::new(),
            head: BEGINNING.to_owned(),
            digests: Vec::new(),
            length: 0,
            torn: Vec::new(),
        };
        for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            match line.strip_suffix(b"\n") {
                Some(line) => chain.take(index + 1, line),
                None => chain.torn = line.to_owned(),
            }
        }
        Ok(chain)
    }

    fn take(&mut self, number: usize, bytes: &[u8]) {
        let mut broken = |reason: &str| {
            self.breaks.push(Break { line: number, reason: reason.to_owned() });
        };
        match serde_json::from_slice::<Line<E>>(bytes) {
            Ok(line) => {
                let canonical = Line::render(&line.previous, &line.entry);
                if !canonical.is_ok_and(|(text, _)| text == bytes) {
                    broken("is not as it was written");
                } else if line.previous != self.head {
                    broken("does not follow the line before it");
                }
                self.digests.push(line.digest.clone());
                self.head = line.digest;
                self.entries.push(line.entry);
            }
            Err(_) => broken("is not a line that crashcart writes"),
        }
        self.length += bytes.len() as u64 + 1;
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
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

    /// Cuts off a torn last line and keeps its bytes beside the file; tells where.
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
    pub(crate) fn append(&mut self, entries: Vec<E>) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut head = self.head.clone();
        let mut digests = Vec::new();
        let mut text = Vec::new();
        for entry in &entries {
            let rendered = Line::render(&head, entry).map_err(io::Error::from);
            let (line, digest) = rendered.map_err(StoreError::io("write", &self.path))?;
            digests.push(digest.clone());
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
        self.digests.extend(digests);
        self.length += text.len() as u64;
        self.head = head;
        Ok(())
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
    fn a_disk_that_fills_up_leaves_the_chain_as_it_was() {
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
