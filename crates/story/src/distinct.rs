//! How many different texts were seen, in bounded memory: exact while there are few, an estimate
//! from the smallest hashes beyond (Bar-Yossef and others, 2002). It must never depend on the
//! order or the split of the reading, nor pass an estimate off as a count.

use crate::fnv;

/// Hashes kept; beyond, an estimate is off by about a twentieth.
const KEPT: usize = 512;

/// Different texts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Distinct {
    /// The smallest hashes, sorted.
    smallest: Vec<u64>,
    full: bool,
}

impl Distinct {
    pub(crate) fn add(&mut self, text: &str) {
        self.insert(spread(fnv(text.as_bytes())));
    }

    fn insert(&mut self, hash: u64) {
        let Err(at) = self.smallest.binary_search(&hash) else { return };
        if self.smallest.len() >= KEPT {
            self.full = true;
            if at >= KEPT {
                return;
            }
            self.smallest.pop();
        }
        self.smallest.insert(at, hash);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.full |= other.full;
        other.smallest.iter().for_each(|hash| self.insert(*hash));
    }

    /// How many, and whether that is exact.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "an estimate of a count of events"
    )]
    pub(crate) fn count(&self) -> (u64, bool) {
        let kept = self.smallest.len() as u64;
        match self.smallest.last() {
            Some(largest) if self.full => {
                let share = *largest as f64 / u64::MAX as f64;
                (((kept - 1) as f64 / share).round() as u64, false)
            }
            _ => (kept, true),
        }
    }
}

/// Spreads a hash evenly over all numbers (the finalizer of SplitMix64; Steele, Lea, Flood 2014).
const fn spread(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: impl Iterator<Item = usize>) -> Distinct {
        let mut set = Distinct::default();
        texts.for_each(|number| set.add(&format!("2026/{number:012x}.csv")));
        set
    }

    #[test]
    fn few_are_counted_exactly_and_many_are_estimated_and_said_to_be() {
        assert_eq!(of((0..37).chain(0..37)).count(), (37, true));
        assert_eq!(of(0..512).count(), (512, true));
        let (count, exact) = of(0..20_000).count();
        assert!(!exact && (18_000..22_000).contains(&count), "{count}");
    }

    #[test]
    fn the_order_and_the_split_do_not_matter() {
        let whole = of(0..5000);
        let mut parts = of((2000..5000).rev());
        parts.merge(&of(0..2500));
        assert_eq!(whole.count(), parts.count());
    }
}
