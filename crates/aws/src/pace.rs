//! How fast each service may be asked, and how it slows down when AWS asks it to: others in the
//! account use up the same quota.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::operation::Operation;

/// The longest that one turn is after the turn before.
const SLOWEST: Duration = Duration::from_secs(8);

/// The time of the next free turn, for each operation and region that has a quota of its own.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    turns: Mutex<HashMap<(String, String), Turn>>,
}

#[derive(Debug, Clone, Copy)]
struct Turn {
    next: Instant,
    /// How long after a turn the next one is.
    apart: Duration,
}

impl Pace {
    /// How long to wait for a turn, which is taken. Nothing where there is no quota.
    pub fn turn(&self, operation: &Operation, region: &str, now: Instant) -> Duration {
        let wait = self.with(operation, region, now, |turn, _| {
            let mine = turn.next.max(now);
            turn.next = mine + turn.apart;
            mine.saturating_duration_since(now)
        });
        wait.unwrap_or_default()
    }

    /// AWS asked to slow down: half as fast from here on.
    pub fn throttled(&self, operation: &Operation, region: &str, now: Instant) {
        self.with(operation, region, now, |turn, _| {
            turn.apart = (turn.apart * 2).min(SLOWEST);
            turn.next = turn.next.max(now + turn.apart);
        });
    }

    /// AWS answered: an eighth faster, up to the quota.
    pub fn answered(&self, operation: &Operation, region: &str, now: Instant) {
        self.with(operation, region, now, |turn, quota| {
            turn.apart = (turn.apart - turn.apart / 8).max(quota);
        });
    }

    /// Changes a turn; `change` is told how far apart turns are by the quota.
    fn with<T>(
        &self,
        operation: &Operation,
        region: &str,
        now: Instant,
        change: impl FnOnce(&mut Turn, Duration) -> T,
    ) -> Option<T> {
        let quota = Duration::from_secs(1) / operation.per_second?.max(1);
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (operation.full_name(), region.to_owned());
        let turn = turns.entry(place).or_insert(Turn { next: now, apart: quota });
        Some(change(turn, quota))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Call;
    use crate::services::cloudtrail::LookupEvents;

    const LOOKUP: Operation = LookupEvents::OPERATION;

    #[test]
    fn two_requests_a_second_are_half_a_second_apart_in_each_region() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turn = |region: &str| pace.turn(&LOOKUP, region, now);
        assert_eq!(turn("eu-west-1"), Duration::ZERO);
        assert_eq!(turn("eu-west-1"), Duration::from_millis(500));
        assert_eq!(turn("eu-west-1"), Duration::from_secs(1));
        assert_eq!(turn("us-east-1"), Duration::ZERO);
    }

    #[test]
    fn whoever_is_throttled_slows_down_there_and_finds_back_to_the_quota() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turn = || pace.turn(&LOOKUP, "eu-west-1", now);
        assert_eq!(turn(), Duration::ZERO);
        pace.throttled(&LOOKUP, "eu-west-1", now);
        assert_eq!(turn(), Duration::from_secs(1), "twice as far apart");
        assert_eq!(turn(), Duration::from_secs(2));
        assert_eq!(pace.turn(&LOOKUP, "us-east-1", now), Duration::ZERO, "elsewhere as before");
        for _ in 0..20 {
            pace.throttled(&LOOKUP, "eu-west-1", now);
        }
        let (one, other) = (turn(), turn());
        assert_eq!(other - one, SLOWEST, "never slower than that");
        for _ in 0..40 {
            pace.answered(&LOOKUP, "eu-west-1", now);
        }
        let (one, other) = (turn(), turn());
        assert_eq!(other - one, Duration::from_millis(500));
    }
}
