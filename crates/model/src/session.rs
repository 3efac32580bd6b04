//! An access key and its place in a chain of sessions: where it comes from, what came from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{LogText, Origin, Timestamp};

/// One access key: long-lived (`AKIA`), or of one temporary session (`ASIA`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// The access key id.
    pub key: LogText,
    /// Whose it is, as `IAM user`, `session of a role`, `federated user`; `unknown` where no
    /// record tells.
    pub identity: String,
    /// The principal's name; see `principal_name`. None where no record tells.
    pub principal: Option<LogText>,
    /// The account that the principal belongs to.
    pub account: Option<LogText>,
    /// The call that issued or made it, where the material shows one or lets one infer it.
    pub issued_by: Option<Issuance>,
    /// Why it is unknown who issued it, and which log would tell; what else the chain lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// First use.
    pub first: Option<Timestamp>,
    /// Last use.
    pub last: Option<Timestamp>,
    /// Calls made with it.
    pub count: u64,
    /// From where it was used, the earliest; sorted.
    pub addresses: Vec<LogText>,
    /// Where its calls were logged, the earliest; sorted.
    pub regions: Vec<LogText>,
    /// The keys that it asked for, sorted by time; the first ones.
    pub children: Vec<LogText>,
    /// How many keys it asked for.
    pub child_count: u64,
    /// Whether it is a suspect's, or came from a suspect's.
    pub suspect: bool,
    /// The earliest records of its use; capped.
    pub origins: Vec<Origin>,
}

/// How a key came to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Issuance {
    /// The call, as `sts:AssumeRole`; or the service that hands credentials out.
    pub call: LogText,
    /// The key that asked, where it is known.
    pub key: Option<LogText>,
    /// Who asked, where it is known.
    pub principal: Option<LogText>,
    /// The account of whoever asked.
    pub account: Option<LogText>,
    /// When.
    pub at: Option<Timestamp>,
    /// Whether the link is inferred; else a record names the key that was issued.
    pub inferred: bool,
    /// What the link rests on, in words.
    pub because: String,
    /// The record; none where no call is in the material.
    pub origins: Vec<Origin>,
}
