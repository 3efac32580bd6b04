//! Sliding windows over occurrences in order of time.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Presence, Thresholds};

/// What is known of the occurrences in a window; they come and go in order.
pub(crate) trait Window {
    fn add(&mut self, at: usize);
    fn remove(&mut self, at: usize);
    fn holds(&self) -> bool;
}

/// Slides a window over `times` (milliseconds, ascending) and gives first and last index of
/// each burst: the windows that hold, joined where they share an occurrence.
///
/// Only windows that cannot be made longer are asked: for counts that grow with the window this
/// is the same as asking all, and for 'fewer than' and averages it is the only sensible reading.
pub(crate) fn bursts(times: &[i64], span: i64, window: &mut dyn Window) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut end = 0;
    for (start, first) in times.iter().enumerate() {
        if let Some(gone) = start.checked_sub(1) {
            window.remove(gone);
        }
        let before = end;
        while times.get(end).is_some_and(|time| time.saturating_sub(*first) <= span) {
            window.add(end);
            end += 1;
        }
        if end > before && window.holds() {
            match out.last_mut() {
                Some(last) if start <= last.1 => last.1 = end - 1,
                _ => out.push((start, end - 1)),
            }
        }
    }
    out
}

#[allow(clippy::cast_precision_loss, reason = "no window holds 2^53 events")]
const fn float(count: usize) -> f64 {
    count as f64
}

/// The number of occurrences.
pub(crate) struct Count<'t> {
    pub thresholds: &'t Thresholds,
    pub count: usize,
}

impl Window for Count<'_> {
    fn add(&mut self, _: usize) {
        self.count += 1;
    }
    fn remove(&mut self, _: usize) {
        self.count -= 1;
    }
    fn holds(&self) -> bool {
        self.thresholds.hold(float(self.count))
    }
}

/// The number of different values.
pub(crate) struct Distinct<'t> {
    pub thresholds: &'t Thresholds,
    pub values: &'t [Arc<str>],
    pub counts: HashMap<Arc<str>, usize>,
}

impl Window for Distinct<'_> {
    fn add(&mut self, at: usize) {
        if let Some(value) = self.values.get(at) {
            *self.counts.entry(Arc::clone(value)).or_default() += 1;
        }
    }
    fn remove(&mut self, at: usize) {
        let Some(value) = self.values.get(at) else { return };
        if let Some(count) = self.counts.get_mut(value) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(value);
            }
        }
    }
    fn holds(&self) -> bool {
        self.thresholds.hold(float(self.counts.len()))
    }
}

/// The sum of values, or their average.
pub(crate) struct Sum<'t> {
    pub thresholds: &'t Thresholds,
    pub values: &'t [f64],
    pub average: bool,
    pub sum: f64,
    pub count: usize,
}

impl Window for Sum<'_> {
    fn add(&mut self, at: usize) {
        self.sum += self.values.get(at).copied().unwrap_or_default();
        self.count += 1;
    }
    fn remove(&mut self, at: usize) {
        self.sum -= self.values.get(at).copied().unwrap_or_default();
        self.count -= 1;
    }
    fn holds(&self) -> bool {
        let value = if self.average { self.sum / float(self.count) } else { self.sum };
        self.thresholds.hold(value)
    }
}

/// A percentile of values, kept in a Fenwick tree over the ranks of all of them.
pub(crate) struct Percentile<'t> {
    thresholds: &'t Thresholds,
    share: f64,
    /// All values, ascending.
    sorted: Vec<f64>,
    /// By occurrence: the rank of its value, from 1.
    ranks: Vec<usize>,
    tree: Vec<usize>,
    count: usize,
}

impl<'t> Percentile<'t> {
    /// `rank` is from 0 to 100.
    pub fn new(values: &[f64], rank: f64, thresholds: &'t Thresholds) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let ranks = values
            .iter()
            .map(|value| sorted.partition_point(|other| other.total_cmp(value).is_lt()) + 1)
            .collect();
        let tree = vec![0; sorted.len() + 1];
        Self { thresholds, share: rank / 100.0, sorted, ranks, tree, count: 0 }
    }

    fn change(&mut self, at: usize, more: bool) {
        let Some(rank) = self.ranks.get(at).copied() else { return };
        let mut rank = rank;
        while let Some(node) = self.tree.get_mut(rank) {
            *node = if more { *node + 1 } else { *node - 1 };
            rank += rank & rank.wrapping_neg();
        }
    }

    /// The value that `before` values of the window precede.
    fn value(&self, before: usize) -> f64 {
        let (mut rank, mut left) = (0, before);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            if let Some(count) = self.tree.get(rank + step)
                && *count <= left
            {
                rank += step;
                left -= count;
            }
            step /= 2;
        }
        self.sorted.get(rank).copied().unwrap_or_default()
    }
}

impl Window for Percentile<'_> {
    fn add(&mut self, at: usize) {
        self.change(at, true);
        self.count += 1;
    }
    fn remove(&mut self, at: usize) {
        self.change(at, false);
        self.count -= 1;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place within the window"
    )]
    fn holds(&self) -> bool {
        let Some(last) = self.count.checked_sub(1) else { return false };
        let place = float(last) * self.share;
        let below = place.floor();
        let (low, high) = (self.value(below as usize), self.value((below as usize + 1).min(last)));
        self.thresholds.hold(low + (high - low) * (place - below))
    }
}

/// Which steps matched.
pub(crate) struct Steps<'t> {
    pub presence: &'t Presence,
    /// By occurrence: its step.
    pub steps: &'t [usize],
    pub counts: Vec<u64>,
}

impl Window for Steps<'_> {
    fn add(&mut self, at: usize) {
        if let Some(count) = self.steps.get(at).and_then(|step| self.counts.get_mut(*step)) {
            *count += 1;
        }
    }
    fn remove(&mut self, at: usize) {
        if let Some(count) = self.steps.get(at).and_then(|step| self.counts.get_mut(*step)) {
            *count -= 1;
        }
    }
    fn holds(&self) -> bool {
        self.presence.holds(&self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rsigma_parser::ConditionOperator;

    fn at_least(threshold: f64) -> Thresholds {
        Thresholds(vec![(ConditionOperator::Gte, threshold)])
    }

    fn counted(times: &[i64], span: i64, threshold: f64) -> Vec<(usize, usize)> {
        let thresholds = at_least(threshold);
        bursts(times, span, &mut Count { thresholds: &thresholds, count: 0 })
    }

    #[test]
    fn a_window_slides_and_is_no_fixed_bucket() {
        // Three events around a bucket's edge: 55, 60 and 65 seconds.
        assert_eq!(counted(&[55, 60, 65], 60, 3.0), [(0, 2)]);
        assert_eq!(counted(&[0, 60, 61], 60, 3.0), []);
    }

    #[test]
    fn a_difference_of_exactly_the_timespan_is_within_it() {
        assert_eq!(counted(&[0, 60], 60, 2.0), [(0, 1)]);
        assert_eq!(counted(&[0, 61], 60, 2.0), []);
    }

    #[test]
    fn a_burst_is_reported_once_and_a_later_one_again() {
        assert_eq!(counted(&[0, 1, 2, 3, 4, 500, 501, 502], 10, 3.0), [(0, 4), (5, 7)]);
    }

    #[test]
    fn fewer_than_looks_at_whole_windows() {
        let thresholds = Thresholds(vec![(ConditionOperator::Lt, 3.0)]);
        let mut window = Count { thresholds: &thresholds, count: 0 };
        assert_eq!(bursts(&[0, 1, 2, 100], 10, &mut window), [(3, 3)]);
    }

    proptest! {
        #[test]
        fn a_percentile_is_that_of_the_sorted_window(
            values in proptest::collection::vec(0_u32..50, 1..30), rank in 0_u32..=100
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let place = f64::from(rank) / 100.0 * float(sorted.len() - 1);
            let (low, high) = (place.floor() as usize, place.ceil() as usize);
            let expected = sorted[low] + (sorted[high] - sorted[low]) * (place - place.floor());
            let near = [(ConditionOperator::Gte, expected - 1e-9), (ConditionOperator::Lte, expected + 1e-9)];
            let thresholds = Thresholds(near.to_vec());
            let mut window = Percentile::new(&values, f64::from(rank), &thresholds);
            (0..values.len()).for_each(|at| window.add(at));
            prop_assert!(window.holds(), "{values:?} {rank} {expected}");
        }

        #[test]
        fn a_burst_is_where_some_window_has_enough(
            gaps in proptest::collection::vec(0_i64..20, 1..40), threshold in 1_usize..5
        ) {
            let times: Vec<i64> = gaps.iter().scan(0, |now, gap| { *now += gap; Some(*now) }).collect();
            let found = counted(&times, 15, float(threshold));
            for (at, time) in times.iter().enumerate() {
                // Whether any window of the timespan that holds this event holds enough.
                let fires = times.iter().filter(|start| *start <= time && *time - **start <= 15).any(|start| {
                    times.iter().filter(|other| **other >= *start && **other - *start <= 15).count() >= threshold
                });
                let told = found.iter().any(|(first, last)| (*first..=*last).contains(&at));
                prop_assert_eq!(fires, told, "{:?} at {}", &times, at);
            }
        }
    }
}
