//! From bytes to records: containers, decompressors, formats.
//!
//! Pure and total: data trouble is a gap told to the [`Sink`], never an error and never a panic.
//! For every file and archive member, bytes out of the decompressor = bytes of records + framing +
//! bytes in gaps.

#![forbid(unsafe_code)]

use std::io::{BufRead, Read, Seek};

mod caps;
mod container;
mod formats;
mod framing;
mod inflate;
pub mod json;
mod opener;
mod resync;
mod sink;
#[cfg(test)]
mod testing;
mod window;

pub use caps::Caps;
pub use container::{Container, SNIFF};
pub use sink::{Apart, Sink, Stretch, Tally};

fn reading<'a>(caps: &'a Caps, sink: &'a mut dyn Sink) -> container::Reading<'a> {
    container::Reading { caps, sink, member: None, level: 0, members: 0 }
}

/// Reads a file that is in memory.
pub fn read_bytes(bytes: &[u8], caps: &Caps, sink: &mut dyn Sink) {
    reading(caps, sink).bytes(bytes);
}

/// Reads a stream once, in constant memory. A zip archive cannot be read so: see [`read_zip`].
pub fn read_stream(source: &mut dyn Read, caps: &Caps, sink: &mut dyn Sink) {
    reading(caps, sink).stream(source);
}

/// Reads a zip archive that is too large for memory.
pub fn read_zip(source: impl Read + Seek, caps: &Caps, sink: &mut dyn Sink) {
    reading(caps, sink).zip(source);
}

/// Whether the content is a zip archive, which must be read by [`read_zip`].
pub fn is_zip(source: &mut impl BufRead) -> bool {
    container::is_zip(source)
}

/// Names of the JSON shapes with sample texts; seeds for fuzzing and for the manual.
pub fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    formats::JSON
        .iter()
        .flat_map(|shape| shape.samples().iter().map(|(text, _)| (shape.name(), *text)))
}
