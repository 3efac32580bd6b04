//! Archives: zip and tar. A member's name is a label and never a path that is written to.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Seek, SeekFrom};
use std::rc::Rc;

use crashcart_model::GapReason;
use zip::result::ZipError;

use crate::container::Reading;
use crate::inflate::{Bounded, Promised};

/// Labels of the members met so far, as hashes: an archive may hold one name twice, and each
/// member is evidence of its own.
#[derive(Debug, Default)]
pub(crate) struct Names {
    seen: HashSet<u64>,
    count: u64,
    /// Bytes of the labels given.
    bytes: u64,
}

/// Longest label, bytes; what is longer is cut, for labels are kept as long as the reading goes on.
const LABEL: usize = 1024;
/// Bytes of a label on average, in an archive of as many members as may be.
const USUAL_LABEL: u64 = 256;

impl Names {
    fn label(&mut self, mut name: String) -> String {
        if name.len() > LABEL {
            let end = (0..=LABEL).rev().find(|at| name.is_char_boundary(*at)).unwrap_or_default();
            let more = name.len() - end;
            name.truncate(end);
            name.push_str(&format!("... ({more} bytes more)"));
        }
        self.count += 1;
        self.bytes += name.len() as u64;
        if self.seen.insert(hash(&name)) {
            return name;
        }
        let numbered = (2..=self.count).map(|number| format!("{name} ({number})"));
        let free = numbered.into_iter().find(|label| self.seen.insert(hash(label)));
        free.unwrap_or(name)
    }
}

fn hash(name: &str) -> u64 {
    // Without a key: the same archive gives the same labels in every run.
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Reading<'_> {
    /// Reads a tar archive.
    pub fn tar(&mut self, source: &mut dyn Read) {
        let blocks = Rc::new(Blocks::default());
        let reached = &blocks.reached;
        let mut archive =
            tar::Archive::new(Ending { source, zeros: 0, at: 0, blocks: Rc::clone(&blocks) });
        let complete = match archive.entries() {
            Ok(entries) => self.entries(entries, &blocks),
            Err(error) => self.broken(&error, reached),
        };
        let detail = "bytes that are not zero in what fills the last block of members";
        self.unread("between the members", blocks.stray.get(), detail.to_owned());
        if !complete {
            return;
        }
        let mut ending = archive.into_inner();
        match behind(&mut ending) {
            Ok(None) if ending.zeros < 512 => {
                let detail = "the archive has no end mark: members may be missing".to_owned();
                self.untold(GapReason::Truncated, detail);
            }
            Ok(None) => {}
            Ok(Some(first)) => {
                let mut rest = first.as_slice().chain(ending);
                self.member("behind the end of the archive", |reading| reading.stream(&mut rest));
            }
            Err(error) => {
                self.broken(&error, reached);
            }
        }
    }

    /// Reads the members; false when the archive ends before its end or the caps are reached.
    fn entries<R: Read>(&mut self, entries: tar::Entries<'_, R>, blocks: &Blocks) -> bool {
        for entry in entries {
            if self.full() {
                return false;
            }
            // After a broken header nothing that follows can be trusted.
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.broken(&error, &blocks.reached),
            };
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let (kind, size) = (entry.header().entry_type(), entry.size());
            // A sparse file is longer than what is stored of it.
            if !kind.is_gnu_sparse() {
                let end = entry.raw_file_position().saturating_add(size);
                blocks.padding.set((end, end.saturating_add(BLOCK - 1) / BLOCK * BLOCK));
            }
            if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                self.member(&name, |reading| {
                    reading.sized(size, &mut Promised::new(&mut entry, size));
                });
            } else if size > 0 && !kind.is_pax_global_extensions() {
                let detail = format!("{size} bytes of an entry that is no file");
                self.member(&name, |reading| reading.untold(GapReason::Unsupported, detail));
            }
        }
        true
    }

    /// Tells what ended an archive early; `reached` says that its last byte was read.
    fn broken(&mut self, error: &std::io::Error, reached: &Cell<bool>) -> bool {
        let reason = match error.kind() {
            std::io::ErrorKind::FileTooLarge => GapReason::InflatesTooMuch,
            std::io::ErrorKind::UnexpectedEof => GapReason::Truncated,
            _ if reached.get() => GapReason::Truncated,
            _ => GapReason::Corrupt,
        };
        self.untold(reason, format!("archive: {error}"));
        false
    }

    /// Reads a zip archive, which needs to be sought in.
    pub fn zip(&mut self, mut source: impl Read + Seek) {
        let after = tail(&mut source).and_then(|(tail, size)| after_end(&tail, size));
        let mut archive = match zip::ZipArchive::new(source) {
            Ok(archive) => archive,
            Err(error) => return self.untold(GapReason::Corrupt, format!("archive: {error}")),
        };
        for (offset, length) in outside(&mut archive).into_iter().chain(after) {
            let end = offset + length;
            let detail = format!(
                "bytes {offset} to {end} of the archive, which its directory does not name"
            );
            self.unread("outside the directory", length, detail);
        }
        for index in 0..archive.len() {
            if self.full() {
                return;
            }
            let name = archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned);
            let name = name.unwrap_or_else(|| format!("member {index}"));
            match archive.by_index(index) {
                Ok(entry) if entry.is_dir() => {}
                Ok(mut entry) => {
                    let size = entry.size();
                    let (flow, caps) = (self.flow.clone(), self.caps);
                    let mut bounded = Bounded::new(&mut entry, &flow, &caps);
                    self.member(&name, |reading| reading.sized(size, &mut bounded));
                }
                Err(error) => {
                    let reason = match error {
                        ZipError::UnsupportedArchive(_)
                        | ZipError::CompressionMethodNotSupported(_)
                        | ZipError::InvalidPassword => GapReason::Unsupported,
                        _ => GapReason::Corrupt,
                    };
                    self.member(&name, |reading| reading.untold(reason, error.to_string()));
                }
            }
        }
    }

    /// Whether no further member is read, which is told.
    fn full(&mut self) -> bool {
        let detail = if self.names.count >= self.caps.members {
            format!("more than {} members", self.caps.members)
        } else if self.names.bytes >= self.caps.members.saturating_mul(USUAL_LABEL) {
            "the names of the members are too long to be held: no further one is read".to_owned()
        } else if self.flow.is_bomb(0, &self.caps) {
            "the file inflates beyond the cap (--max-ratio): no further member is read".to_owned()
        } else {
            return false;
        };
        self.untold(GapReason::ArchiveTooDeep, detail);
        true
    }

    /// Reads one member of an archive.
    fn member(&mut self, name: &str, read: impl FnOnce(&mut Self)) {
        let outer = self.label(name);
        self.deeper(read);
        self.member = outer;
    }

    /// Gives what follows the name of a member, no other's; returns the one that was before.
    pub fn label(&mut self, name: &str) -> Option<String> {
        let outer = self.member.take();
        let label =
            outer.as_ref().map_or_else(|| name.to_owned(), |outer| format!("{outer}#{name}"));
        self.member = Some(self.names.label(label));
        outer
    }

    fn sized(&mut self, size: u64, source: &mut dyn Read) {
        if size > self.caps.held_bytes as u64 {
            return self.stream(source);
        }
        let mut bytes = Vec::new();
        // One byte more than promised shows a member that is larger than its header says.
        let result = (&mut *source).take(size.saturating_add(1)).read_to_end(&mut bytes);
        match result {
            Ok(_) if bytes.len() as u64 <= size => self.bytes(&bytes),
            Ok(_) => self.stream(&mut bytes.as_slice().chain(source)),
            Err(error) => {
                let failing = crate::inflate::Failing(Some(error));
                self.stream(&mut bytes.as_slice().chain(failing));
            }
        }
    }
}

/// Passes over the padding behind an archive; what was read from the first byte that is none.
fn behind(source: &mut impl Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut buffer = [0; 4096];
    loop {
        let count = source.read(&mut buffer)?;
        let read = buffer.get(..count).unwrap_or_default();
        if let Some(first) = read.iter().position(|byte| *byte != 0) {
            return Ok(read.get(first..).map(<[u8]>::to_vec));
        }
        if count == 0 {
            return Ok(None);
        }
    }
}

/// Bytes of a block, to which each member is filled up (POSIX, pax "ustar Interchange Format").
const BLOCK: u64 = 512;

/// What is known of a tar archive while another reads it.
#[derive(Default)]
struct Blocks {
    /// Its last byte was read.
    reached: Cell<bool>,
    /// The bytes behind the member that is read now.
    padding: Cell<(u64, u64)>,
    /// How many of such bytes were not zero.
    stray: Cell<u64>,
}

/// Counts the zeros that a stream ends with: an archive ends with two blocks of them. And what
/// should be zero between members.
struct Ending<R> {
    source: R,
    zeros: u64,
    at: u64,
    blocks: Rc<Blocks>,
}

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            self.blocks.reached.set(true);
        }
        let read = buffer.get(..count).unwrap_or_default();
        let zeros = read.iter().rev().take_while(|byte| **byte == 0).count();
        self.zeros = if zeros == count { self.zeros + zeros as u64 } else { zeros as u64 };
        let (start, end) = self.blocks.padding.get();
        let place =
            |at: u64| usize::try_from(at.saturating_sub(self.at)).unwrap_or(count).min(count);
        let padding = read.get(place(start)..place(end)).unwrap_or_default();
        let stray = padding.iter().filter(|byte| **byte != 0).count();
        self.blocks.stray.set(self.blocks.stray.get() + stray as u64);
        self.at += count as u64;
        Ok(count)
    }
}

/// What follows a member's data where its sizes were not known beforehand, at most: a signature, a
/// checksum and two sizes (APPNOTE.TXT 4.3.9).
const DESCRIPTOR: u64 = 24;
/// The end of the directory, without its comment (APPNOTE.TXT 4.3.16).
const END: u64 = 22;

/// The end of a file, long enough to hold the directory's end with any comment; and the file's size.
fn tail(source: &mut (impl Read + Seek)) -> Option<(Vec<u8>, u64)> {
    let size = source.seek(SeekFrom::End(0)).ok()?;
    source.seek(SeekFrom::Start(size.saturating_sub(END + 0xffff))).ok()?;
    let mut tail = Vec::new();
    source.read_to_end(&mut tail).ok()?;
    Some((tail, size))
}

/// Stretches of an archive that neither a member nor the directory covers: before and between them.
fn outside<R: Read + Seek>(archive: &mut zip::ZipArchive<R>) -> Vec<(u64, u64)> {
    let mut covered = Vec::new();
    for index in 0..archive.len() {
        if let Ok(entry) = archive.by_index_raw(index) {
            let data = entry.data_start().unwrap_or(entry.header_start());
            covered.push((entry.header_start(), data + entry.compressed_size()));
        }
    }
    covered.sort_unstable();
    let directory = archive.central_directory_start();
    let mut out = Vec::new();
    let mut at = 0;
    for (start, end) in covered.into_iter().chain([(directory, directory)]) {
        // A descriptor may stand behind each member, and nothing else may.
        if start > at && (at == 0 || start - at > DESCRIPTOR) {
            out.push((at, start - at));
        }
        at = at.max(end);
    }
    out
}

/// What stands behind the end of the directory, its comment included. `tail` is the file's end.
fn after_end(tail: &[u8], size: u64) -> Option<(u64, u64)> {
    let end = match memchr::memmem::rfind(tail, b"PK\x05\x06") {
        Some(at) => at as u64 + END,
        None => 0,
    };
    let length = (tail.len() as u64).saturating_sub(end);
    (length > 0).then(|| (size - length, length))
}
