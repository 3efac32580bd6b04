//! What CloudTrail's digest files say was delivered, held against what is in the material.
//!
//! Source: AWS CloudTrail User Guide, "CloudTrail digest file structure". A digest is written for
//! each hour, region and trail, also when nothing was delivered: only so is quiet told from missing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{LogText, Timestamp};

/// What the digests of one account and region list, over hours that follow each other. Neither
/// their signatures nor the hashes in them, which are of the unpacked files, were checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// The account of the trail.
    pub account: LogText,
    /// The region.
    pub region: LogText,
    /// Where the first digest begins.
    pub from: Timestamp,
    /// Where the last one ends.
    pub until: Timestamp,
    /// Log files that they list.
    pub listed: u64,
    /// Of those, in the material under their names; their bytes were not compared with the digest.
    pub here: u64,
    /// Of those, not in the material under their names.
    pub missing: u64,
    /// The first of those that are missing, by name; capped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<LogText>,
    /// The first and the last event of the missing files, as the digests tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_from: Option<Timestamp>,
    /// See `missing_from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_until: Option<Timestamp>,
}
