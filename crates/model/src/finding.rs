//! What a rule found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{LogText, Origin, Outcomes, Timestamp};

/// Severity, as Sigma has it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing beside something else.
    Informational,
    /// Seldom wrong by itself.
    Low,
    /// Should be looked at.
    Medium,
    /// Get out of bed.
    High,
    /// Get everybody out of bed.
    Critical,
}

impl Level {
    /// Sigma's word.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// Reads Sigma's word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "informational" | "info" => Level::Informational,
            "low" => Level::Low,
            "medium" => Level::Medium,
            "high" => Level::High,
            "critical" => Level::Critical,
            _ => return None,
        })
    }
}

/// All matches of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule's Sigma id (its file's name where it has none).
    pub rule: String,
    /// The rule's file name without its extension.
    pub name: String,
    /// The rule's title.
    pub title: String,
    /// How bad.
    pub level: Level,
    /// ATT&CK tactics, as `defense-evasion`.
    pub tactics: Vec<String>,
    /// ATT&CK techniques, as `T1562.008`.
    pub techniques: Vec<String>,
    /// Matches, exact; a correlation counts the windows in which it fired.
    pub count: u64,
    /// What became of the matches; a window of a correlation counts as done where any of its calls
    /// was, and as unknown where not all of them are at hand.
    #[serde(default)]
    pub outcomes: Outcomes,
    /// First match.
    pub first: Option<Timestamp>,
    /// Last match.
    pub last: Option<Timestamp>,
    /// Who, sorted; capped.
    pub principals: Vec<LogText>,
    /// With which keys, sorted; capped.
    pub access_keys: Vec<LogText>,
    /// From where, sorted; capped.
    pub addresses: Vec<LogText>,
    /// In which regions, sorted; capped.
    pub regions: Vec<LogText>,
    /// The earliest matches; capped, `count` is exact.
    pub events: Vec<Origin>,
}
