//! Containers: gzip (any number of members), zstd, zip, tar, and what lies in them. Sniffed from
//! content, never from a name.

use std::io::{BufRead, Read};
use std::rc::Rc;

use crashcart_model::GapReason;

use crate::archive::Names;
use crate::caps::Caps;
use crate::framing;
use crate::inflate::{self, Bounded, Flow};
use crate::sink::{Sink, Stretch, Tally};
use crate::window::Window;

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
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
            || matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
        {
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
    pub caps: Caps,
    pub sink: &'a mut dyn Sink,
    pub flow: Flow,
    pub member: Option<String>,
    pub names: Names,
    pub level: usize,
}

impl Reading<'_> {
    /// Reads bytes that are all in memory.
    pub fn bytes(&mut self, bytes: &[u8]) {
        match Container::sniff(bytes) {
            Container::Gzip => match inflate::whole(bytes, &self.caps, &self.flow) {
                Some(inflated) => self.inflated(inflated),
                None => self.unpacked(&mut inflate::gzip(bytes)),
            },
            Container::Zip => self.zip(std::io::Cursor::new(bytes)),
            Container::Plain => self.plain(bytes),
            Container::Zstd | Container::Tar => {
                let mut source = bytes;
                self.stream(&mut source);
            }
        }
    }

    /// What came out of a decompressor, whole.
    fn inflated(&mut self, bytes: Vec<u8>) {
        if Container::sniff(&bytes) != Container::Plain {
            self.deeper(|reading| reading.bytes(&bytes));
        } else {
            self.plain(&bytes);
        }
        inflate::give_back(bytes);
    }

    fn plain(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(&mut Window::whole(text.into())),
            // Replacing what is not UTF-8 takes memory: in pieces, not all at once.
            Err(_) => {
                let mut source = bytes;
                self.text(&mut Window::stream(&mut source));
            }
        }
    }

    /// Reads a stream whose size is not known.
    pub fn stream(&mut self, source: &mut dyn Read) {
        let (head, mut source) = inflate::peek(source, SNIFF);
        match Container::sniff(&head) {
            Container::Gzip => self.unpacked(&mut inflate::gzip(source)),
            Container::Zstd => {
                let skipped = Rc::default();
                self.unpacked(&mut inflate::zstd(source, &skipped));
                let detail = "skippable frames of the zstd stream, which were not looked into";
                self.unread("skippable frames", skipped.get(), detail.to_owned());
            }
            Container::Tar => self.tar(&mut source),
            Container::Zip => {
                let detail =
                    "a zip archive inside a stream: unpack it and give the file".to_owned();
                self.untold(GapReason::Unsupported, detail);
            }
            Container::Plain => self.text(&mut Window::stream(&mut source)),
        }
    }

    /// Reads what a decompressor gives.
    fn unpacked(&mut self, source: &mut dyn Read) {
        let mut bounded = Bounded::new(source, &self.flow, &self.caps);
        let (head, mut source) = inflate::peek(&mut bounded, SNIFF);
        if Container::sniff(&head) == Container::Plain {
            self.text(&mut Window::stream(&mut source));
        } else {
            self.deeper(|reading| reading.stream(&mut source));
        }
    }

    /// A container within a container.
    pub fn deeper(&mut self, read: impl FnOnce(&mut Self)) {
        if self.level >= self.caps.archive_depth {
            let detail = format!("more than {} containers in one another", self.caps.archive_depth);
            return self.untold(GapReason::ArchiveTooDeep, detail);
        }
        self.level += 1;
        read(self);
        self.level -= 1;
    }

    fn text(&mut self, window: &mut Window<'_>) {
        self.sink.begin(self.member.as_deref());
        if let Some(tally) = framing::read(window, &self.caps, self.sink) {
            self.sink.end(tally);
        }
    }

    /// Bytes that belong to no file and no member, told under a name of their own.
    pub fn unread(&mut self, name: &str, length: u64, detail: String) {
        if length == 0 {
            return;
        }
        let outer = self.label(name);
        self.sink.begin(self.member.as_deref());
        let reason = GapReason::Unsupported;
        self.sink.gap(Stretch { offset: 0, size: Some(length), reason, detail });
        self.sink.end(Tally { inflated: length, lost: length, ..Tally::default() });
        self.member = outer;
    }

    /// A file or member of which nothing could be read.
    pub fn untold(&mut self, reason: GapReason, detail: String) {
        self.sink.begin(self.member.as_deref());
        self.sink.gap(Stretch { offset: 0, size: None, reason, detail });
        self.sink.end(Tally::default());
    }
}

/// Tells whether a reader's content is a zip archive, without consuming it.
pub(crate) fn is_zip(source: &mut impl BufRead) -> bool {
    source.fill_buf().is_ok_and(|head| Container::sniff(head) == Container::Zip)
}
