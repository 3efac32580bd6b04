//! What was read, named by its content; and where in it an event stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of a piece of evidence: SHA-256 of the file's bytes in hex, and, inside an archive,
/// `#` and the member's path. Never a path of this machine, never a number of the walk.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct EvidenceId(String);

impl EvidenceId {
    /// From a lower-case hex digest and the member within an archive.
    pub fn new(sha256: &str, member: Option<&str>) -> Self {
        Self(match member {
            Some(member) => format!("{sha256}#{member}"),
            None => sha256.to_owned(),
        })
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest of the file on disk.
    pub fn sha256(&self) -> &str {
        self.0.split('#').next().unwrap_or_default()
    }

    /// The member within the archive.
    pub fn member(&self) -> Option<&str> {
        self.0.split_once('#').map(|(_, member)| member)
    }
}

/// One file (or archive member) that was read to its end, sealed by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Content hash and member.
    pub id: EvidenceId,
    /// Where it was found; for people only, nothing is decided by it.
    pub path: String,
    /// Bytes of the file as stored.
    pub size: u64,
    /// Bytes that came out of the decompressor.
    pub inflated: u64,
    /// Of those, bytes of records.
    pub decoded: u64,
    /// Of those, bytes of envelopes, separators and white space.
    pub framing: u64,
    /// Of those, bytes in gaps.
    pub lost: u64,
    /// Records read.
    pub records: u64,
    /// Names of the formats recognised, sorted.
    pub formats: Vec<String>,
}

/// Where an event stands: evidence, record number (from 0) and the event's own id.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Origin {
    /// The evidence.
    pub evidence: EvidenceId,
    /// Record number within it, from 0.
    pub record: u64,
    /// `eventID`, where the record has one.
    pub event_id: Option<crate::LogText>,
}

/// Where an event stands while material is being read: compact, and only meaningful within one
/// run. Listings are ordered by [`EvidenceId`], never by this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventRef {
    /// Number of the evidence in this run's table.
    pub evidence: u32,
    /// Record number within it, from 0.
    pub record: u32,
}

/// A match of one rule on one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleHit {
    /// Index of the rule in the rule set.
    pub rule: u32,
    /// The rule's level.
    pub level: crate::Level,
}
