//! Bounds on hostile input. Each is an option of the command line; the defaults fit a laptop.

/// What a reader accepts before it reports a Gap instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Largest single record (or envelope that must be held whole), bytes.
    pub record_bytes: usize,
    /// Deepest nesting of one record.
    pub depth: usize,
    /// Largest file held in memory whole, stored and inflated alike; larger ones are streamed.
    pub held_bytes: usize,
    /// A stream that has inflated beyond [`Caps::RATIO_FLOOR`] and to more than this many times
    /// its stored size is a decompression bomb.
    pub ratio: u64,
    /// Archives within archives.
    pub archive_depth: usize,
    /// Members of one archive.
    pub members: u64,
}

impl Caps {
    /// Bytes that a stream may inflate to whatever its ratio.
    pub const RATIO_FLOOR: u64 = 256 << 20;
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            record_bytes: 16 << 20,
            depth: 128,
            held_bytes: 48 << 20,
            ratio: 250,
            archive_depth: 3,
            members: 1_000_000,
        }
    }
}
