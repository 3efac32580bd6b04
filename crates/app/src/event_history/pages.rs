//! What the case holds of one lookup in one region: pages as they were sealed, and what follows from
//! them about the stretches of time that are there.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_aws::services::cloudtrail::Events;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::window::Window;

/// How late an event can be there, in seconds: 15 minutes (CloudTrail User Guide, "Working with
/// CloudTrail event history"), and five that a clock may be off while requests are still accepted.
const LATE: i64 = 20 * 60;

/// Pages of a lookup in a region.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// How many there are.
    pub count: u64,
    /// Times of the first and last event, in seconds since 1970.
    pub oldest: Option<i64>,
    pub newest: Option<i64>,
    /// Keys that were issued by calls on these pages, with the last time.
    pub issued: BTreeMap<String, i64>,
    seen: BTreeSet<u128>,
    chains: BTreeMap<Window, Chain>,
}

/// The pages that were asked for with one window.
#[derive(Debug, Default)]
struct Chain {
    /// How many there are.
    count: u32,
    /// When the first was asked for, in seconds since 1970.
    asked: i64,
    /// The oldest event so far.
    oldest: Option<i64>,
    /// The last page is there.
    is_whole: bool,
    /// A page is gone or was changed.
    is_broken: bool,
}

impl Pages {
    /// Takes a page that came at a time, in seconds since 1970.
    pub fn add(&mut self, window: Window, page: &Events, at: i64) {
        self.count += 1;
        let chain = self.chains.entry(window).or_default();
        if chain.count == 0 {
            chain.asked = at;
        }
        chain.count += 1;
        for event in &page.events {
            if let Some(time) = event.event_time {
                #[allow(clippy::cast_possible_truncation, reason = "seconds since 1970")]
                let time = time.floor() as i64;
                chain.oldest = Some(chain.oldest.map_or(time, |oldest| oldest.min(time)));
                self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
                self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
                if let Some(key) = event.cloud_trail_event.as_deref().and_then(issued) {
                    let last = self.issued.entry(key).or_insert(time);
                    *last = (*last).max(time);
                }
            }
            let id = event.event_id.as_deref().or(event.cloud_trail_event.as_deref());
            self.seen.insert(short(id.unwrap_or_default()));
        }
        chain.is_whole = page.next_token.as_ref().is_none_or(String::is_empty);
    }

    /// Takes a page that is gone or was changed: what its window held is asked for again.
    pub fn lost(&mut self, window: Window) {
        let chain = self.chains.entry(window).or_default();
        chain.count += 1;
        chain.is_broken = true;
    }

    /// How many different events.
    pub fn events(&self) -> u64 {
        self.seen.len() as u64
    }

    /// The number of the next page of a window, from 1.
    pub fn next_number(&self, window: Window) -> u32 {
        self.chains.get(&window).map_or(0, |chain| chain.count) + 1
    }

    /// The oldest event of a window so far.
    pub fn oldest_in(&self, window: Window) -> Option<i64> {
        self.chains.get(&window)?.oldest
    }

    /// The stretches of time of which everything is there. Events can come late, so what was young
    /// when it was asked for is not among them.
    pub fn covered(&self) -> Vec<Window> {
        let whole = self.chains.iter().filter(|(_, chain)| !chain.is_broken);
        let covered = whole.filter_map(|(window, chain)| {
            let since = if chain.is_whole { window.since } else { chain.oldest? };
            let until = window.until.min(chain.asked - LATE);
            (since < until).then_some(Window { since, until })
        });
        covered.collect()
    }
}

/// What tells events apart, in few bytes.
fn short(id: &str) -> u128 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// The id of the access key that a call returned: a session's (AssumeRole and its kin,
/// GetSessionToken, GetFederationToken) or a new key of a user.
fn issued(record: &str) -> Option<String> {
    if !record.contains("accessKeyId") {
        return None;
    }
    let record: Value = serde_json::from_str(record).ok()?;
    let answer = record.get("responseElements")?;
    let key = ["credentials", "accessKey"].into_iter().find_map(|name| answer.get(name));
    key?.get("accessKeyId")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(times: &[i64], next: Option<&str>) -> Events {
        let events: Vec<_> = times
            .iter()
            .map(|time| serde_json::json!({"EventId": time.to_string(), "EventTime": time}))
            .collect();
        serde_json::from_value(serde_json::json!({"Events": events, "NextToken": next})).unwrap()
    }

    #[test]
    fn what_was_cut_off_goes_on_at_the_oldest_event_and_young_stretches_are_asked_again() {
        let window = Window { since: 0, until: 100_000 };
        let mut pages = Pages::default();
        pages.add(window, &page(&[99_000, 90_000], Some("more")), 100_000);
        assert_eq!(pages.covered(), [Window { since: 90_000, until: 100_000 - LATE }]);
        let wanted = Window { since: 0, until: 100_060 };
        assert_eq!(
            wanted.missing(&pages.covered()),
            [Window { since: 100_000 - LATE, until: 100_060 }, Window { since: 0, until: 90_000 }]
        );
        pages.add(window, &page(&[90_000, 50], None), 100_001);
        assert_eq!(pages.covered(), [Window { since: 0, until: 100_000 - LATE }]);
        assert_eq!((pages.events(), pages.count, pages.next_number(window)), (3, 2, 3));
    }

    #[test]
    fn a_page_without_events_proves_nothing_unless_it_is_the_last() {
        let window = Window { since: 0, until: 100 };
        let mut pages = Pages::default();
        pages.add(window, &page(&[], Some("more")), 100_000);
        assert_eq!(pages.covered(), []);
        pages.add(window, &page(&[], None), 100_000);
        assert_eq!(pages.covered(), [window]);
    }

    #[test]
    fn keys_that_a_call_returned_are_found() {
        let record = |answer: &str| format!("{{\"responseElements\":{answer}}}");
        let session = record(r#"{"credentials":{"accessKeyId":"ASIAEXAMPLE"}}"#);
        assert_eq!(issued(&session).as_deref(), Some("ASIAEXAMPLE"));
        let key = record(r#"{"accessKey":{"accessKeyId":"AKIAEXAMPLE"}}"#);
        assert_eq!(issued(&key).as_deref(), Some("AKIAEXAMPLE"));
        assert_eq!(issued(r#"{"requestParameters":{"accessKeyId":"AKIAEXAMPLE"}}"#), None);
    }
}
