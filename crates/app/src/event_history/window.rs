//! Stretches of time: what was asked for, what is there, what is missing.

use crashcart_model::Timestamp;

/// A stretch in seconds since 1970, both ends included, as `LookupEvents` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    pub since: i64,
    pub until: i64,
}

impl Window {
    /// What of this is not covered, the newest first. Such a stretch shares its outermost seconds with
    /// what is covered: of those it is not known whether every event is there.
    pub fn missing(self, covered: &[Self]) -> Vec<Self> {
        let mut covered = covered.to_vec();
        covered.sort_unstable();
        let mut missing = Vec::new();
        let mut from = self.since;
        for one in covered {
            if one.since > self.until {
                break;
            }
            if one.since > from {
                missing.push(Self { since: from, until: one.since });
            }
            from = from.max(one.until);
        }
        if from < self.until {
            missing.push(Self { since: from, until: self.until });
        }
        missing.reverse();
        missing
    }

    /// As a part of a name: `2026-05-04T021300Z_2026-05-04T034000Z`.
    pub fn name(self) -> String {
        let text = |seconds: i64| moment(seconds).to_string().replace(':', "");
        format!("{}_{}", text(self.since), text(self.until))
    }

    /// From its name.
    pub fn parse(name: &str) -> Option<Self> {
        let (since, until) = name.split_once('_')?;
        Some(Self { since: seconds(since)?, until: seconds(until)? })
    }
}

/// `2026-05-04T021300Z`
fn seconds(text: &str) -> Option<i64> {
    let (hour, rest) = (text.get(..13)?, text.get(13..)?);
    let whole = format!("{hour}:{}:{}", rest.get(..2)?, rest.get(2..)?);
    Some(Timestamp::parse(&whole)?.millis().div_euclid(1000))
}

/// Seconds since 1970 as a time.
pub(super) fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn window(since: i64, until: i64) -> Window {
        Window { since, until }
    }

    #[test]
    fn what_is_missing_is_asked_newest_first_and_shares_a_second_with_what_is_there() {
        let wanted = window(100, 200);
        assert_eq!(wanted.missing(&[]), [wanted]);
        let kept = [window(150, 160), window(120, 130)];
        assert_eq!(wanted.missing(&kept), [window(160, 200), window(130, 150), window(100, 120)]);
        assert_eq!(wanted.missing(&[window(90, 150), window(140, 300)]), []);
        assert_eq!(
            wanted.missing(&[window(150, 190), window(160, 170)]).len(),
            2,
            "one in another"
        );
        assert_eq!(wanted.missing(&[window(1, 90), window(210, 300)]), [wanted], "beside it");
    }

    #[test]
    fn a_window_is_found_again_by_its_name() {
        let one = window(1_777_860_780, 1_777_866_000);
        assert_eq!(one.name(), "2026-05-04T021300Z_2026-05-04T034000Z");
        assert_eq!(Window::parse(&one.name()), Some(one));
        assert_eq!(Window::parse("é_x"), None);
    }
}
