//! What came of asking for an account's event history: a document for people and machines, kept in
//! the case, so that an investigation tells what is missing.

use crashcart_model::{Gap, GapReason, Timestamp};
use serde::{Deserialize, Serialize};

/// What is not in `LookupEvents`, whoever asks (CloudTrail User Guide, "Working with CloudTrail event
/// history").
pub(super) const LIMITS: [&str; 4] = [
    "management events only: reads and writes of objects, calls of functions and other data events \
     are not in it, nor are Insights",
    "90 days only",
    "an event can be up to about 15 minutes late: silence proves nothing; run it again to add what \
     came since",
    "one attribute at a time: what the same person did under another key or name is not in it",
];

/// An account's event history, as far as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventHistory {
    /// The account.
    pub account: String,
    /// The ARN of who asked.
    pub asked_by: String,
    /// From when on.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What was looked up: first what was asked for, then keys that it had issued.
    pub lookups: Vec<LookedUp>,
    /// Each region that was asked, sorted.
    pub regions: Vec<RegionHistory>,
    /// Regions that the account has not enabled now: they are not asked.
    pub not_enabled: Vec<String>,
    /// What could not be had.
    pub gaps: Vec<HistoryGap>,
    /// What it cannot hold.
    pub limits: Vec<String>,
}

/// One lookup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedUp {
    /// As `LookupEvents` calls it; none where everything was asked for.
    pub attribute: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// It was not asked for: a key of the lookups before it had issued it.
    pub followed: bool,
    /// Different events in all regions.
    pub events: u64,
}

/// What a region holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionHistory {
    /// Its name.
    pub region: String,
    /// Different events in the case, of all lookups; one that two lookups find counts twice.
    pub events: u64,
    /// Pages in the case.
    pub pages: u64,
    /// Of those, pages that this run asked for.
    pub new_pages: u64,
    /// The first event.
    pub oldest: Option<Timestamp>,
    /// The last.
    pub newest: Option<Timestamp>,
    /// Everything that was asked for is there.
    pub complete: bool,
}

/// What could not be had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HistoryGap {
    /// Where; none where it is about the whole account.
    pub region: Option<String>,
    /// What happened, and what to do.
    pub detail: String,
    /// The permission that is missing.
    pub permission: Option<String>,
}

impl EventHistory {
    /// The gaps, for the coverage of an investigation.
    pub(crate) fn coverage(&self) -> impl Iterator<Item = Gap> {
        self.gaps.iter().map(|gap| Gap {
            path: format!(
                "LookupEvents, account {}, {}",
                self.account,
                gap.region.as_deref().unwrap_or("all regions")
            ),
            offset: 0,
            size: None,
            reason: GapReason::Unreadable,
            detail: gap.detail.clone(),
        })
    }
}
