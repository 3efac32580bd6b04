//! What can be wrong with a case, and what it is called.

use serde::Serialize;

/// What is not as the case says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A line of the manifest or of the journal was changed, removed or put in between.
    ChainBroken,
    /// The last line of the manifest or of the journal was not written to its end.
    TornLine,
    /// The journal is shorter than the manifest tells, or another one.
    JournalCut,
    /// A sealed file has other bytes now.
    EvidenceChanged,
    /// A sealed file is gone, and the case keeps no copy.
    EvidenceMissing,
    /// A sealed file cannot be read.
    EvidenceUnreadable,
    /// The case's own copy of a sealed file has other bytes.
    CopyChanged,
    /// A file that an option named has other bytes than the last run read.
    GivenChanged,
    /// A file that an option named is gone, and the case keeps no copy.
    GivenMissing,
    /// A file that an option named cannot be read.
    GivenUnreadable,
    /// An answer of AWS has other bytes than were kept.
    CollectedChanged,
    /// An answer of AWS that was kept is gone.
    CollectedMissing,
    /// An answer of AWS that was kept cannot be read.
    CollectedUnreadable,
    /// A file lies among the answers of AWS that no line of the manifest seals.
    CollectedUnsealed,
    /// A result has other bytes than were published.
    ResultChanged,
    /// A result is gone.
    ResultMissing,
    /// A result cannot be read.
    ResultUnreadable,
    /// A result or an answer of AWS was written but a kill kept it from its place; the next writer puts it there.
    ResultUnfinished,
    /// A result stands in the case that no line of the manifest seals.
    ResultUnsealed,
}

impl ProblemKind {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ChainBroken => "the chain of lines was changed",
            Self::TornLine => "the last line is not whole",
            Self::JournalCut => "lines were taken away at its end, or it was written anew",
            Self::EvidenceChanged => "sealed file has changed",
            Self::EvidenceMissing => "sealed file is missing",
            Self::EvidenceUnreadable => "sealed file cannot be read",
            Self::CopyChanged => "the case's copy of a sealed file has changed",
            Self::GivenChanged => "file named by an option has changed",
            Self::GivenMissing => "file named by an option is missing",
            Self::GivenUnreadable => "file named by an option cannot be read",
            Self::CollectedChanged => "answer of AWS has changed since it was collected",
            Self::CollectedMissing => "answer of AWS is missing",
            Self::CollectedUnreadable => "answer of AWS cannot be read",
            Self::CollectedUnsealed => {
                "file among the answers of AWS that the manifest does not seal"
            }
            Self::ResultChanged => "result has changed since it was published",
            Self::ResultMissing => "result is missing",
            Self::ResultUnreadable => "result cannot be read",
            Self::ResultUnfinished => "written but not yet put in its place",
            Self::ResultUnsealed => "result that the manifest does not seal",
        }
    }
}

/// One thing that is not as the case says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// Which file.
    pub path: String,
    /// The particulars.
    pub detail: String,
}
