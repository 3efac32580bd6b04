//! Bounds on hostile input. Each is an option of the command line; the defaults fit a laptop.

/// What a reader accepts before it reports a Gap instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Largest single record (or envelope that must be held whole), bytes; at most 1 GiB.
    pub record_bytes: usize,
    /// Deepest nesting of one record.
    pub depth: usize,
    /// Largest file held in memory whole, stored and inflated alike; larger ones are streamed. At
    /// most 1 GiB.
    pub held_bytes: usize,
    /// A file that has inflated beyond [`Caps::ratio_floor`] and to more than this many times its
    /// stored size is a decompression bomb.
    pub ratio: u64,
    /// Bytes that a file may inflate to whatever its ratio.
    pub ratio_floor: u64,
    /// Archives within archives.
    pub archive_depth: usize,
    /// Members of one archive.
    pub members: u64,
}

impl Caps {
    /// What one buffer may hold: positions in it are 32 bits wide.
    const BUFFER: usize = 1 << 30;

    /// The caps as far as buffers can follow them.
    pub(crate) fn bounded(self) -> Self {
        Self {
            record_bytes: self.record_bytes.min(Self::BUFFER),
            held_bytes: self.held_bytes.min(Self::BUFFER),
            ..self
        }
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            record_bytes: 16 << 20,
            depth: 128,
            held_bytes: 48 << 20,
            ratio: 250,
            ratio_floor: 256 << 20,
            archive_depth: 3,
            members: 1_000_000,
        }
    }
}
