//! What could not be read: never silent, never fatal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A stretch of the material that did not become events.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Gap {
    /// File, with `#member` inside an archive.
    pub path: String,
    /// First byte of the stretch, counted on what came out of the decompressor.
    pub offset: u64,
    /// Bytes, where they can be known; a truncated tail has no known size.
    pub size: Option<u64>,
    /// Why.
    pub reason: GapReason,
    /// What the reader said, or what to do about it.
    pub detail: String,
}

/// Why a stretch could not be read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The file or folder could not be opened or read.
    Unreadable,
    /// The file changed while it was read.
    Changed,
    /// The compressed stream ends early; what follows cannot be known.
    Truncated,
    /// The compressed stream is damaged.
    Corrupt,
    /// The text is not JSON here.
    NotJson,
    /// The bytes are not UTF-8; they were replaced, the record was read.
    NotUtf8,
    /// JSON, but not a log record of a known shape.
    UnknownShape,
    /// One record is larger than the cap.
    RecordTooLarge,
    /// A record is nested deeper than the cap.
    TooDeep,
    /// The stream inflates beyond the cap (a decompression bomb).
    InflatesTooMuch,
    /// An archive within an archive, or too many members.
    ArchiveTooDeep,
    /// A compression or archive feature that cannot be read (encryption, for one).
    Unsupported,
    /// A symbolic link that leads back to where the walk has been.
    SymlinkLoop,
    /// Evidence that a case names is no longer there, or is no longer what was sealed.
    Missing,
}

impl GapReason {
    /// The reason in words.
    pub const fn words(self) -> &'static str {
        match self {
            GapReason::Unreadable => "cannot be read",
            GapReason::Changed => "changed while it was read",
            GapReason::Truncated => "ends early: what follows is unknown",
            GapReason::Corrupt => "damaged compressed data",
            GapReason::NotJson => "not JSON",
            GapReason::NotUtf8 => "not UTF-8 (read with replacement characters)",
            GapReason::UnknownShape => "not a log record of a known shape",
            GapReason::RecordTooLarge => "record larger than the cap",
            GapReason::TooDeep => "nested deeper than the cap",
            GapReason::InflatesTooMuch => "inflates beyond the cap",
            GapReason::ArchiveTooDeep => "archive too deep or with too many members",
            GapReason::Unsupported => "cannot be unpacked",
            GapReason::SymlinkLoop => "symbolic link that leads back",
            GapReason::Missing => "no longer what the case sealed",
        }
    }
}
