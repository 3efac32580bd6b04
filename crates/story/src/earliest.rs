//! A bounded set of texts that keeps the ones seen earliest.
//!
//! The result depends only on what was added, never on the order or the split: a text that belongs
//! to the earliest can never be pushed out for good. It must never count anything, because a count
//! would not survive an eviction.

use crashcart_model::{LogText, Timestamp};

/// At most `CAP` texts with the first time each was seen; ties go by text.
#[derive(Debug, Clone)]
pub(crate) struct Earliest<const CAP: usize> {
    seen: Vec<(i64, Box<str>)>,
    recent: usize,
    full: bool,
}

impl<const CAP: usize> Default for Earliest<CAP> {
    fn default() -> Self {
        Self { seen: Vec::new(), recent: 0, full: false }
    }
}

/// A time as a number that sorts unknown times last.
pub(crate) fn sortable(time: Option<Timestamp>) -> i64 {
    time.map_or(i64::MAX, Timestamp::millis)
}

impl<const CAP: usize> Earliest<CAP> {
    /// Adds a text seen at `time`. Allocates only for a text that is not in the set.
    pub(crate) fn add(&mut self, text: &str, time: Option<Timestamp>) {
        if !text.is_empty() {
            self.insert(text, sortable(time));
        }
    }

    fn insert(&mut self, text: &str, time: i64) {
        if let Some(known) = self.seen.get_mut(self.recent)
            && *known.1 == *text
        {
            known.0 = known.0.min(time);
            return;
        }
        if let Some(at) = self.seen.iter().position(|(_, known)| **known == *text) {
            self.recent = at;
            if let Some(known) = self.seen.get_mut(at) {
                known.0 = known.0.min(time);
            }
            return;
        }
        if self.seen.len() < CAP {
            self.seen.push((time, text.into()));
            return;
        }
        self.full = true;
        let last = self.seen.iter_mut().max();
        if let Some(last) = last
            && (time, text) < (last.0, &last.1)
        {
            *last = (time, text.into());
        }
    }

    /// Adds `one:two`. Allocates only for a text that is not in the set.
    pub(crate) fn add_pair(&mut self, one: &str, two: &str, time: Option<Timestamp>) {
        let same = |known: &str| {
            known.len() == one.len() + 1 + two.len()
                && known.starts_with(one)
                && known.as_bytes().get(one.len()) == Some(&b':')
                && known.ends_with(two)
        };
        match self.seen.iter_mut().find(|(_, known)| same(known)) {
            Some(known) => known.0 = known.0.min(sortable(time)),
            None => self.insert(&format!("{one}:{two}"), sortable(time)),
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.merge_any(other);
    }

    /// The same from a set of another size.
    pub(crate) fn merge_any<const OTHER: usize>(&mut self, other: &Earliest<OTHER>) {
        self.full |= other.full;
        for (time, text) in &other.seen {
            self.insert(text, *time);
        }
    }

    /// Gives a text another name.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let Some(at) = self.seen.iter().position(|(_, known)| **known == *from) else { return };
        let (time, _) = self.seen.swap_remove(at);
        self.insert(to, time);
    }

    /// Whether texts were left out.
    pub(crate) const fn is_full(&self) -> bool {
        self.full
    }

    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.seen.iter().any(|(_, known)| **known == *text)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.seen.iter().map(|(_, text)| &**text)
    }

    /// The texts, sorted.
    pub(crate) fn sorted(&self) -> Vec<LogText> {
        let mut texts: Vec<LogText> = self.iter().map(LogText::from).collect();
        texts.sort();
        texts
    }

    /// The texts, earliest first.
    pub(crate) fn by_time(&self) -> Vec<&str> {
        let mut all: Vec<_> = self.seen.iter().collect();
        all.sort();
        all.into_iter().map(|(_, text)| &**text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_stay_whatever_the_order_and_the_split() {
        let all: Vec<(String, i64)> =
            (0..40).map(|n| (format!("text {}", n % 13), (n * 7) % 31)).collect();
        let add = |set: &mut Earliest<5>, part: &[(String, i64)]| {
            for (text, time) in part {
                set.add(text, Some(Timestamp::from_millis(*time)));
            }
        };
        let mut forward = Earliest::<5>::default();
        add(&mut forward, &all);
        let reversed: Vec<_> = all.iter().rev().cloned().collect();
        let (one, two) = reversed.split_at(17);
        let (mut left, mut right) = (Earliest::<5>::default(), Earliest::<5>::default());
        add(&mut left, one);
        add(&mut right, two);
        right.merge(&left);
        assert_eq!(forward.by_time(), right.by_time());
        assert_eq!(forward.by_time().first(), Some(&"text 0"));
        assert!(forward.is_full());
    }
}
