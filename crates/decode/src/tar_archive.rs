//! tar archives: their members, what fills the blocks between them, and what lies behind their end.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use crashcart_model::GapReason;

use crate::container::Reading;
use crate::inflate::Promised;

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
