//! How fast each service may be asked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time of the next free turn, for each operation and region that has a quota of its own.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    turns: Mutex<HashMap<(String, String), Instant>>,
}

impl Pace {
    /// How long to wait for a turn, which is taken.
    pub fn turn(&self, operation: String, region: &str, per_second: u32, now: Instant) -> Duration {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = turns.entry((operation, region.to_owned())).or_insert(now);
        let mine = (*turn).max(now);
        *turn = mine + Duration::from_secs(1) / per_second.max(1);
        mine.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_requests_a_second_are_half_a_second_apart_in_each_region() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turn = |region: &str| pace.turn("cloudtrail:LookupEvents".to_owned(), region, 2, now);
        assert_eq!(turn("eu-west-1"), Duration::ZERO);
        assert_eq!(turn("eu-west-1"), Duration::from_millis(500));
        assert_eq!(turn("eu-west-1"), Duration::from_secs(1));
        assert_eq!(turn("us-east-1"), Duration::ZERO);
    }
}
