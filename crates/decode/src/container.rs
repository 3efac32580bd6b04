//! Containers: gzip (any number of members), zstd, zip, tar, and what lies in them. Sniffed from
//! content, never from a name.

use std::io::{BufRead, BufReader, Cursor, Read, Seek};

use crashcart_model::GapReason;

use crate::caps::Caps;
use crate::framing;
use crate::inflate::{self, Bounded};
use crate::sink::{Sink, Stretch, Tally};
use crate::window::{End, Window};

/// What bytes begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// gzip (RFC 1952)
    Gzip,
    /// Zstandard (RFC 8878)
    Zstd,
    /// zip
    Zip,
    /// tar (POSIX ustar, GNU)
    Tar,
    /// None of these: text.
    Plain,
}

/// Bytes needed to tell a container.
pub const SNIFF: usize = 512;

impl Container {
    /// Tells the container from the first [`SNIFF`] bytes.
    pub fn sniff(head: &[u8]) -> Self {
        if head.starts_with(&[0x1f, 0x8b, 0x08]) {
            Container::Gzip
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Container::Zstd
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Container::Zip
        } else if head.get(257..262) == Some(b"ustar") {
            Container::Tar
        } else {
            Container::Plain
        }
    }
}

/// One reading of one file: the caps, the sink, and how deep in archives it is.
pub(crate) struct Reading<'a> {
    pub caps: &'a Caps,
    pub sink: &'a mut dyn Sink,
    pub member: Option<String>,
    pub level: usize,
    pub members: u64,
}

impl Reading<'_> {
    /// Reads bytes that are all in memory.
    pub fn bytes(&mut self, bytes: &[u8]) {
        match Container::sniff(bytes) {
            Container::Gzip => match inflate::whole(bytes, self.caps) {
                Some(inflated) => self.inflated(inflated),
                None => self.stream_of(&mut inflate::gzip(bytes), bytes.len() as u64),
            },
            Container::Zip => self.zip(Cursor::new(bytes)),
            _ => {
                let mut source = bytes;
                self.stream(&mut source);
            }
        }
    }

    /// What came out of a decompressor, whole.
    fn inflated(&mut self, bytes: Vec<u8>) {
        if Container::sniff(&bytes) == Container::Plain {
            self.text(&mut Window::whole(bytes, End::Reached));
        } else {
            self.deeper(&mut bytes.as_slice());
        }
    }

    /// Reads a stream whose size is not known.
    pub fn stream(&mut self, source: &mut dyn Read) {
        let mut source = BufReader::with_capacity(1 << 16, source);
        let head = inflate::peek(&mut source, SNIFF);
        match Container::sniff(&head) {
            Container::Gzip => self.stream_of(&mut inflate::gzip(source), 0),
            Container::Zstd => self.stream_of(&mut inflate::zstd(source), 0),
            Container::Tar => self.tar(&mut source),
            Container::Zip => {
                let detail =
                    "a zip archive inside a stream: unpack it and give the file".to_owned();
                self.untold(GapReason::Unsupported, detail);
            }
            Container::Plain => self.text(&mut Window::stream(&mut source)),
        }
    }

    /// Reads what a decompressor gives. `stored` is the size of its input, 0 when unknown.
    fn stream_of(&mut self, source: &mut dyn Read, stored: u64) {
        let mut bounded =
            BufReader::with_capacity(1 << 16, Bounded::new(source, stored, self.caps));
        let head = inflate::peek(&mut bounded, SNIFF);
        if Container::sniff(&head) == Container::Plain {
            self.text(&mut Window::stream(&mut bounded));
        } else {
            self.deeper(&mut bounded);
        }
    }

    /// A container within a container.
    fn deeper(&mut self, source: &mut dyn Read) {
        if self.level >= self.caps.archive_depth {
            let detail = format!("more than {} containers in one another", self.caps.archive_depth);
            return self.untold(GapReason::ArchiveTooDeep, detail);
        }
        self.level += 1;
        self.stream(source);
        self.level -= 1;
    }

    fn text(&mut self, window: &mut Window<'_>) {
        self.sink.begin(self.member.as_deref());
        if let Some(tally) = framing::read(window, self.caps, self.sink) {
            self.sink.end(tally);
        }
    }

    /// A file or member of which nothing could be read.
    fn untold(&mut self, reason: GapReason, detail: String) {
        self.sink.begin(self.member.as_deref());
        self.sink.gap(Stretch { offset: 0, size: None, reason, detail });
        self.sink.end(Tally::default());
    }

    fn tar(&mut self, source: &mut dyn Read) {
        let outer = self.member.clone();
        let mut archive = tar::Archive::new(source);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.untold(GapReason::Corrupt, error.to_string()),
        };
        for entry in entries {
            self.member.clone_from(&outer);
            match entry {
                Ok(mut entry) => {
                    if entry.header().entry_type().is_file() {
                        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                        let size = entry.size();
                        self.enter(&name, size, &mut entry);
                    }
                }
                // After a broken header nothing that follows can be trusted.
                Err(error) => {
                    self.untold(GapReason::Corrupt, error.to_string());
                    break;
                }
            }
            if self.members > self.caps.members {
                break;
            }
        }
        self.member = outer;
    }

    /// Reads a zip archive, which needs to be sought in.
    pub fn zip(&mut self, source: impl Read + Seek) {
        let outer = self.member.clone();
        let mut archive = match zip::ZipArchive::new(source) {
            Ok(archive) => archive,
            Err(error) => return self.untold(GapReason::Corrupt, error.to_string()),
        };
        for index in 0..archive.len() {
            self.member.clone_from(&outer);
            match archive.by_index(index) {
                Ok(mut entry) => {
                    if entry.is_file() {
                        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
                        let size = entry.size();
                        let mut bounded = Bounded::new(&mut entry, 0, self.caps);
                        self.enter(&name, size, &mut bounded);
                    }
                }
                Err(error) => {
                    self.untold(GapReason::Unsupported, format!("member {index}: {error}"))
                }
            }
            if self.members > self.caps.members {
                break;
            }
        }
        self.member = outer;
    }

    /// Reads one member of an archive.
    fn enter(&mut self, name: &str, size: u64, source: &mut dyn Read) {
        self.members += 1;
        let outer = self.member.take();
        self.member =
            Some(outer.map_or_else(|| name.to_owned(), |outer| format!("{outer}#{name}")));
        if self.members > self.caps.members {
            let detail = format!("more than {} members", self.caps.members);
            return self.untold(GapReason::ArchiveTooDeep, detail);
        }
        if self.level >= self.caps.archive_depth {
            let detail = format!("more than {} containers in one another", self.caps.archive_depth);
            return self.untold(GapReason::ArchiveTooDeep, detail);
        }
        self.level += 1;
        if size <= self.caps.held_bytes as u64 {
            self.held(size, source);
        } else {
            self.stream(source);
        }
        self.level -= 1;
    }

    fn held(&mut self, size: u64, source: &mut dyn Read) {
        let mut bytes = Vec::new();
        // One byte more than promised shows a member that is larger than its header says.
        let result = source.take(size.saturating_add(1)).read_to_end(&mut bytes);
        if result.is_ok() && bytes.len() as u64 <= size {
            return self.bytes(&bytes);
        }
        let mut chained = bytes.as_slice().chain(source);
        if let Err(error) = result {
            let mut broken = bytes.as_slice().chain(inflate::Failing(Some(error)));
            return self.stream(&mut broken);
        }
        self.stream(&mut chained);
    }
}

/// Tells whether a reader's content is a zip archive, without consuming it.
pub(crate) fn is_zip(source: &mut impl BufRead) -> bool {
    source.fill_buf().is_ok_and(|head| Container::sniff(head) == Container::Zip)
}
