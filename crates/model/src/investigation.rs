//! The one document that `--json` prints: schema `crashcart.investigation/1`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Containment, Delivery, Evidence, Finding, Gap, LogText, Story, TableRead, Timestamp, Verdict,
};

/// The result of an investigation. Equal evidence and rules give equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Investigation {
    /// `crashcart.investigation/1`
    pub schema: String,
    /// What made this.
    pub tool: Tool,
    /// What was read, and what was not.
    pub coverage: Coverage,
    /// What the rules found, worst first.
    pub findings: Vec<Finding>,
    /// Is it an incident?
    pub verdict: Verdict,
    /// What happened.
    pub story: Story,
    /// What to do first; what the case's plans did already is not among it.
    pub containment: Vec<Containment>,
    /// What the case's plans cut off and did not give back, as its journal tells: whether it still
    /// is, only the account can tell. In the order of their time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut_off: Vec<CutOff>,
}

/// One thing that a plan of the case holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CutOff {
    /// What, as `access key AKIA... of user/nina`.
    pub what: LogText,
    /// What it became, as `inactive`.
    pub state: String,
    /// In which account.
    pub account: LogText,
    /// Since when.
    pub at: Timestamp,
    /// The plan's hash.
    pub plan: String,
}

impl Investigation {
    /// The schema's name.
    pub const SCHEMA: &str = "crashcart.investigation/1";
}

/// What made the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// The tool's version.
    pub version: String,
    /// SHA-256 over the rules in use, whatever their order.
    pub rules_sha256: String,
}

/// What was read, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// Files and archive members read.
    pub files: u64,
    /// Bytes that came out of the decompressors.
    pub bytes: u64,
    /// Distinct events.
    pub events: u64,
    /// Further deliveries of events already counted.
    pub duplicates: u64,
    /// Copies of one call that a second account got (`sharedEventID`).
    pub shared: u64,
    /// Records that corrected an earlier one (`addendum`).
    pub addenda: u64,
    /// Records without a time, and without an id; kept and shown.
    pub without_time: u64,
    /// See `without_time`.
    pub without_id: u64,
    /// What could not be read; capped, `gap_count` is exact.
    pub gaps: Vec<Gap>,
    /// How many gaps.
    pub gap_count: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
    /// Accounts whose trails these are, sorted.
    pub accounts: Vec<LogText>,
    /// Regions, sorted.
    pub regions: Vec<LogText>,
    /// What the responder let through, as `account 111122223333`: all but the counts above is
    /// about that part alone. Empty where all was judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filtered_by: Vec<LogText>,
    /// Kinds of records, sorted by name.
    pub log_types: Vec<LogTypeCount>,
    /// What the material cannot show.
    pub blind_spots: Vec<String>,
    /// Tables that were read, and how, sorted by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableRead>,
    /// Earlier logs that were read as history only: none of their events is counted above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// What digest files say was delivered, by account, region and time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
    /// The evidence, sorted by id.
    pub evidence: Vec<Evidence>,
}

/// Earlier logs, read for what principals did before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Baseline {
    /// Files and archive members read.
    pub files: u64,
    /// Distinct events.
    pub events: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
    /// What could not be read; capped, `gap_count` is exact.
    pub gaps: Vec<Gap>,
    /// How many gaps.
    pub gap_count: u64,
    /// What was read, sorted by id.
    pub evidence: Vec<Evidence>,
}

/// How many records of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogTypeCount {
    /// As `CloudTrail management`.
    pub name: String,
    /// Distinct records.
    pub count: u64,
}
