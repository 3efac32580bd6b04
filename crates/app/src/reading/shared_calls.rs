//! Calls that several accounts may have logged, under one `sharedEventID` (CloudTrail User Guide,
//! "CloudTrail record contents").
//!
//! A quarter of all events may carry one, and almost nobody asks: they are only written down while
//! reading, and put in order once, at the end.

use std::collections::BTreeSet;
use std::hash::BuildHasher as _;

use crashcart_model::{Head, Str};
use foldhash::quality::RandomState;

/// Shared calls that were seen in the caller's own account: 12 bytes each.
#[derive(Debug, Default)]
pub(crate) struct SharedCalls {
    /// Hash of the id, and of the account that received it.
    seen: Vec<(u64, u32)>,
}

/// The hash of a shared event id, keyed at random in each process.
pub(crate) fn call_hash(id: Str<'_>, key: &RandomState) -> u64 {
    key.hash_one(id.text().as_ref())
}

impl SharedCalls {
    /// Notes that the event's account logged the call.
    pub fn add(&mut self, id: Str<'_>, head: &Head<'_>, key: &RandomState) {
        let account = head.recipient.map_or(0, |text| key.hash_one(text.text().as_ref()));
        #[allow(clippy::cast_possible_truncation, reason = "half a hash tells accounts apart")]
        self.seen.push((call_hash(id, key), account as u32));
    }

    pub fn merge(&mut self, mut other: Self) {
        self.seen.append(&mut other.seen);
    }

    /// Puts the calls in order; returns those that two accounts have, neither of them known to be
    /// the caller's: only a second reading can choose.
    pub fn settle(&mut self) -> BTreeSet<u64> {
        self.seen.sort_unstable();
        self.seen.dedup();
        let pairs = self.seen.array_windows();
        pairs.filter(|[(one, _), (other, _)]| one == other).map(|[(id, _), _]| *id).collect()
    }

    /// Whether any account was seen to log the call; [`SharedCalls::settle`] comes first.
    pub fn contains(&self, call: u64) -> bool {
        self.seen.binary_search_by_key(&call, |(id, _)| *id).is_ok()
    }
}
