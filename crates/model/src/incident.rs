//! What belongs together: suspects of one incident, who cleaned up after them, and what was known
//! beforehand of what the responder asked about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{LogText, Origin, Timestamp};

/// Suspects, sessions, addresses and time that belong to one incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentGroup {
    /// What to call it, by its worst suspect.
    pub name: LogText,
    /// Suspects, worst first; none of a scaffold, which is nobody's attack by itself.
    pub suspects: Vec<LogText>,
    /// The suspects, the sessions they asked for and the users they made, sorted.
    pub principals: Vec<LogText>,
    /// Keys that the suspects used or made, those that last first.
    pub access_keys: Vec<LogText>,
    /// Addresses that the suspects came from, sorted.
    pub addresses: Vec<LogText>,
    /// Of which of the lists above there were more than are named, each as its member is called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<String>,
    /// First call.
    pub first: Option<Timestamp>,
    /// Last call.
    pub last: Option<Timestamp>,
    /// Why these belong together, then why it is one.
    pub because: Vec<String>,
    /// The score of its worst suspect, from 0 to 100.
    pub score: u32,
    /// Whether one of its suspects is to be cut off now.
    #[serde(default)]
    pub act_now: bool,
    /// Whether it is the work of an infrastructure-as-code tool, which fires rules by itself.
    #[serde(default)]
    pub scaffold: bool,
    /// Who took back what it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleaned_up_by: Vec<CleanUp>,
}

/// Somebody who cut a suspect off or took away what it had made, and is no suspect for that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CleanUp {
    /// Who.
    pub by: LogText,
    /// Whether the environment names it as a responder; otherwise it only looks like clean-up.
    pub certain: bool,
    /// What was done, as `iam:DeleteAccessKey AKIA... of reports`; capped.
    pub what: Vec<LogText>,
    /// How many calls.
    pub count: u64,
    /// First time.
    pub first: Option<Timestamp>,
    /// Last time.
    pub last: Option<Timestamp>,
    /// The earliest records.
    pub origins: Vec<Origin>,
}

/// What the material says of one thing that the responder asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PivotTold {
    /// As it was asked for.
    pub asked: LogText,
    /// What it is: `access key`, `principal`, `address`, `instance`, `resource`.
    pub kind: String,
    /// Whether it occurs in the material.
    pub found: bool,
    /// What it is and who used it, in one sentence.
    pub what: LogText,
    /// What was done by it, with it or from it, dearest first; capped.
    pub touched: Vec<LogText>,
    /// What others did that is about it, dearest first, each with who; capped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done_to: Vec<LogText>,
    /// Who issued, made or started it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comes_from: Vec<LogText>,
    /// What was issued to, made by or assumed by it: sessions, then users, roles and keys.
    pub leads_to: Vec<LogText>,
    /// Where it is not in the material: which log, account and region to look in.
    pub next: Vec<String>,
    /// The earliest records.
    pub origins: Vec<Origin>,
}

/// A finding of GuardDuty, Macie or Security Hub that was given, and what was made of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRead {
    /// The file.
    pub path: String,
    /// What kind of finding: `GuardDuty`, `Macie`, `Security Hub (ASFF)`, `OCSF`; `unknown` where
    /// it could not be read.
    pub form: String,
    /// Its title, or its type.
    pub title: LogText,
    /// Its type, as `UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS`.
    #[serde(default, skip_serializing_if = "LogText::is_empty")]
    pub finding_type: LogText,
    /// Its severity, as it writes it: a word, or GuardDuty's number from 1 to 10.
    #[serde(default, skip_serializing_if = "LogText::is_empty")]
    pub severity: LogText,
    /// Its own id.
    #[serde(default, skip_serializing_if = "LogText::is_empty")]
    pub id: LogText,
    /// When what it tells of began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// What was taken out of it, each with its path.
    pub used: Vec<FindingPart>,
    /// Keys, principals, addresses and instances in places that are not known, and what else
    /// was not understood; none of it was used.
    pub not_understood: Vec<FindingPart>,
    /// What one should know about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl FindingRead {
    /// The form of what is no finding that is known.
    pub const UNKNOWN: &'static str = "unknown";
}

/// One value in a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FindingPart {
    /// Where it stands, as `resource.accessKeyDetails.accessKeyId`.
    pub path: LogText,
    /// What stands there.
    pub value: LogText,
    /// What it was taken for, or why it was not.
    pub meaning: String,
}
