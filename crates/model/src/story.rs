//! What happened, as data: every statement names the records that prove it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{FindingRead, First, IncidentGroup, LogText, Origin, Outcome, PivotTold, Timestamp};

/// Is this an incident?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Incident {
    /// The material shows one.
    Yes,
    /// The material shows ordinary work.
    No,
    /// The material does not decide it.
    Undecided,
}

/// The judgement and its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// Yes, no or undecided.
    pub incident: Incident,
    /// How severe, where it is one: a Sigma level.
    pub severity: Option<crate::Level>,
    /// Why.
    pub because: Vec<String>,
    /// What would decide it, or confirm it: the next log to read or the question to ask.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub would_decide: Vec<String>,
}

/// The story of the material.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Story {
    /// Who may have done it, worst first; where the responder asked, those related to it first.
    pub suspects: Vec<Suspect>,
    /// Which of them belong together, worst first, scaffolds last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<IncidentGroup>,
    /// What the responder asked about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pivots: Vec<PivotTold>,
    /// Findings that were given, and what was made of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked_findings: Vec<FindingRead>,
    /// What was done, in order of time.
    pub steps: Vec<Step>,
    /// Ways back in, still there or removed.
    pub persistence: Vec<Persistence>,
    /// Changes to bucket permissions, security groups, gateways, logging, backups and keys.
    pub changes: Vec<Changed>,
    /// Data that was read.
    pub accessed: Vec<Accessed>,
    /// Calls that were denied or failed.
    pub failed: Vec<Failed>,
    /// What somebody did for the first time, as far as history tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub firsts: Vec<First>,
    /// The responder's questions, answered or 'unknown'.
    pub answers: Vec<Answer>,
    /// How far it reaches.
    pub blast_radius: BlastRadius,
    /// The access keys of suspects and of whatever was asked about, with those that they came
    /// from and those that came from them: each after the key that asked for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<crate::Session>,
    /// Access keys in the material that are not listed.
    #[serde(default)]
    pub sessions_not_listed: u64,
}

/// A principal that may have done it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suspect {
    /// Its name; see `principal_name`.
    pub principal: LogText,
    /// Keys it used.
    pub access_keys: Vec<LogText>,
    /// Addresses it came from.
    pub addresses: Vec<LogText>,
    /// User agents it showed.
    pub user_agents: Vec<LogText>,
    /// From 0 to 100.
    pub score: u32,
    /// Whether to cut it off now.
    pub act_now: bool,
    /// When a plan of this case cut it off; see `CutOff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off_at: Option<Timestamp>,
    /// Listed because the responder asked about it: nothing it did here makes it suspect.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_asked: bool,
    /// Of which of the lists above there were more than are named, each as its member is called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<String>,
    /// The reasons for the score, in words.
    pub because: Vec<String>,
}

/// One step, repeats folded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// First time; none when no record tells.
    pub at: Option<Timestamp>,
    /// Last time.
    pub last: Option<Timestamp>,
    /// How often.
    pub count: u64,
    /// What was called, as `iam:CreateAccessKey`.
    pub what: LogText,
    /// ATT&CK tactic, as `persistence`.
    pub tactic: Option<String>,
    /// ATT&CK technique, as `T1098.001`.
    pub technique: Option<String>,
    /// Who.
    pub actor: LogText,
    /// On what.
    pub target: Option<LogText>,
    /// What became of it.
    pub outcome: Outcome,
    /// How the same principal had tried the same on the same target in vain, before it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_before: Option<TriedBefore>,
    /// When the same principal made what this is about, earlier in this material; of several
    /// things the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
    /// The earliest records; capped.
    pub origins: Vec<Origin>,
}

/// Calls that were denied or failed before one was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TriedBefore {
    /// How often.
    pub count: u64,
    /// First time.
    pub first: Option<Timestamp>,
    /// What they were answered, sorted.
    pub errors: Vec<LogText>,
}

/// Whether a way back in is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersistenceState {
    /// Nothing in the material removed it.
    InPlace,
    /// It was removed.
    Removed,
}

/// A way back in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Persistence {
    /// What kind, as `access key`.
    pub kind: String,
    /// Which one.
    pub what: LogText,
    /// Who made it.
    pub by: LogText,
    /// When.
    pub at: Option<Timestamp>,
    /// Still there?
    pub state: PersistenceState,
    /// Who removed it.
    pub removed_by: Option<LogText>,
    /// When a plan of this case cut it off; see `CutOff`. It is still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off_at: Option<Timestamp>,
    /// The records.
    pub origins: Vec<Origin>,
}

/// A change to something that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Which resource.
    pub resource: LogText,
    /// What was changed, as `ec2:AuthorizeSecurityGroupIngress`.
    pub change: LogText,
    /// Who.
    pub by: LogText,
    /// When.
    pub at: Option<Timestamp>,
    /// Who put it back.
    pub reverted_by: Option<LogText>,
    /// It deleted something: what is gone is no way back in, and is not put back by a setting.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub destroyed: bool,
    /// When the same principal made what this is about, earlier in this material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
    /// The records.
    pub origins: Vec<Origin>,
}

/// Data that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accessed {
    /// What kind, as `secret` or `object`.
    pub kind: String,
    /// Which one.
    pub what: LogText,
    /// How often.
    pub count: u64,
    /// Different things read in it, such as objects of a bucket, where the records name them; an
    /// estimate where there are more than 512.
    pub things: Option<u64>,
    /// The earliest of these things by name, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<LogText>,
    /// When the same principal made what this is about, earlier in this material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Timestamp>,
    /// Bytes, where they were logged.
    pub bytes: Option<u64>,
    /// Who.
    pub by: LogText,
    /// The records.
    pub origins: Vec<Origin>,
}

/// Calls that had no effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Failed {
    /// What was called.
    pub what: LogText,
    /// The error code.
    pub error: LogText,
    /// How often.
    pub count: u64,
    /// Who.
    pub by: LogText,
    /// First time.
    pub at: Option<Timestamp>,
    /// The records.
    pub origins: Vec<Origin>,
}

/// A question of the responder's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The question.
    pub question: String,
    /// The answer, or `unknown`.
    pub answer: LogText,
    /// Why it is known, or why it is not and which log would tell.
    pub because: LogText,
    /// The records.
    pub origins: Vec<Origin>,
}

/// How far it reaches. All sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlastRadius {
    /// Accounts of the suspects and their trails, and those that were let in.
    pub accounts: Vec<LogText>,
    /// Regions, without those that hold only calls of global services.
    pub regions: Vec<LogText>,
    /// Regions in which every call was refused or failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions_tried: Vec<LogText>,
    /// Global services that were called: logged in us-east-1 whatever region served them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub global_services: Vec<LogText>,
    /// Principals that acted or were changed.
    pub principals: Vec<LogText>,
    /// Resources that were touched.
    pub resources: Vec<LogText>,
}

/// What to do about it: one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Containment {
    /// What to do, as `disable access key`.
    pub action: String,
    /// To what.
    pub target: LogText,
    /// In which account.
    pub account: Option<LogText>,
    /// Why.
    pub why: String,
    /// The command: one of ours where this binary has it, else the AWS CLI's, else none. Every
    /// part that came from a log is quoted for a POSIX shell.
    pub command: Option<LogText>,
}
