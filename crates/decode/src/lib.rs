//! From bytes to records: containers, decompressors, formats.
//!
//! Pure and total: data trouble is a gap told to the [`Sink`], never an error and never a panic.
//! For every file and archive member, bytes out of the decompressor = bytes of records + framing +
//! bytes in gaps.

#![forbid(unsafe_code)]

use std::io::{BufRead, Read, Seek, SeekFrom};

#[cfg(test)]
extern crate self as crashcart_decode;

mod archive;
mod beside;
mod caps;
mod cell;
mod column_map;
mod container;
mod formats;
mod framing;
mod headings;
mod inflate;
pub mod json;
mod ledger;
mod opener;
mod resync;
mod sink;
mod table;
mod tar_archive;
mod window;
mod zip_archive;
mod zstd;

#[cfg(test)]
#[path = "../tests/reading/generate.rs"]
pub mod generate;
#[cfg(test)]
mod pieces;
#[cfg(test)]
#[path = "../tests/reading/seen.rs"]
pub mod testing;

pub use caps::Caps;
pub use column_map::{ColumnMap, ColumnMapError, FieldSource, has_heading};
pub use container::{Container, SNIFF};
pub use sink::{Apart, Sink, Stretch, Tally};

fn reading<'a>(caps: &Caps, sink: &'a mut dyn Sink) -> container::Reading<'a> {
    container::Reading {
        caps: caps.bounded(),
        sink,
        flow: inflate::Flow::default(),
        member: None,
        names: archive::Names::default(),
        level: 0,
    }
}

/// Reads a file that is in memory.
pub fn read_bytes(bytes: &[u8], caps: &Caps, sink: &mut dyn Sink) {
    let mut reading = reading(caps, sink);
    reading.flow.stored(bytes.len() as u64);
    reading.bytes(bytes);
}

/// Reads a stream once, in constant memory. A zip archive cannot be read so: see [`read_zip`].
pub fn read_stream(source: &mut dyn Read, caps: &Caps, sink: &mut dyn Sink) {
    let mut reading = reading(caps, sink);
    let flow = reading.flow.clone();
    reading.stream(&mut inflate::Counted { source, flow });
}

/// Reads a zip archive that is too large for memory.
pub fn read_zip(mut source: impl Read + Seek, caps: &Caps, sink: &mut dyn Sink) {
    let mut reading = reading(caps, sink);
    // What cannot be sought in shows as a broken archive at once.
    let size = source.seek(SeekFrom::End(0)).unwrap_or_default();
    reading.flow.stored(size);
    reading.zip(source);
}

/// Whether the content is a zip archive, which must be read by [`read_zip`].
pub fn is_zip(source: &mut impl BufRead) -> bool {
    container::is_zip(source)
}

/// Inflates a gzip stream of any number of members, for who bounds what comes out: a reader of
/// evidence does that by its caps.
pub fn gzip(source: impl Read) -> impl Read {
    inflate::gzip(source)
}

/// Names of the JSON shapes with sample texts; seeds for fuzzing and for the manual.
pub fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    formats::JSON
        .iter()
        .flat_map(|shape| shape.samples().iter().map(|(text, _)| (shape.name(), *text)))
}
