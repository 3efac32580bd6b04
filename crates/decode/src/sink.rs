//! What a reader hands its findings to.

use crashcart_model::{GapReason, Record, TableRead};

use crate::column_map::ColumnMap;

/// A stretch that did not become records. Offsets count what came out of the decompressor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// First byte.
    pub offset: u64,
    /// Bytes, where they can be known.
    pub size: Option<u64>,
    /// Why.
    pub reason: GapReason,
    /// What the reader saw.
    pub detail: String,
}

/// Records that are recognised, counted and not treated as events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Apart {
    /// A CloudTrail Insights event.
    Insight,
    /// A CloudTrail digest file.
    Digest,
    /// A CloudWatch Logs control message: it says that a subscription works.
    ControlMessage,
}

impl Apart {
    /// The name in coverage tables.
    pub const fn name(self) -> &'static str {
        match self {
            Apart::Insight => "CloudTrail Insights",
            Apart::Digest => "CloudTrail digest file",
            Apart::ControlMessage => "CloudWatch Logs control message",
        }
    }
}

/// Byte accounts of one file or archive member:
/// `inflated = decoded + framing + lost`, always.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes that came out of the decompressor.
    pub inflated: u64,
    /// Bytes of records.
    pub decoded: u64,
    /// Bytes of envelopes, separators and white space.
    pub framing: u64,
    /// Bytes in gaps.
    pub lost: u64,
    /// Records handed over.
    pub records: u64,
    /// Formats recognised, sorted by name.
    pub formats: Vec<&'static str>,
}

/// Receives what a reader finds, in order. `begin` and `end` enclose each file or member.
pub trait Sink {
    /// A file (no member) or an archive's member begins.
    fn begin(&mut self, member: Option<&str>);
    /// Asked once, before the first record of a file or member: whether to read it now. Lossy
    /// exports are best read after the full records, so that of two copies of one event the full
    /// one counts. When refused, nothing of it is handed over and `end` is not called.
    fn admits(&mut self, _lossy: bool) -> bool {
        true
    }
    /// What the user says that the columns of tables hold.
    fn column_map(&self) -> Option<&ColumnMap> {
        None
    }
    /// The first line of a file or member has cells, as the headings of a table have.
    fn headings(&mut self, _headings: &[&str]) {}
    /// A table's rows were read, and how. The path is left to the sink.
    fn table(&mut self, _table: TableRead) {}
    /// A record; `number` counts from 0 within the file or member. Borrowed: gone after the call.
    fn record(&mut self, record: &Record<'_>, number: u32);
    /// A record that is counted apart.
    fn apart(&mut self, kind: Apart);
    /// What a CloudTrail digest file says, after it was counted apart; not called for one that is
    /// not as CloudTrail writes it. Gone after the call.
    fn digest(&mut self, _digest: &Record<'_>) {}
    /// A stretch that could not be read.
    fn gap(&mut self, stretch: Stretch);
    /// The file or member is finished.
    fn end(&mut self, tally: Tally);
}
