//! Why a principal is suspect, in words, each with what it adds to the score. It must never hold a
//! reason that no record bears out.

/// Reasons in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reasons(Vec<(u32, String)>);

impl Reasons {
    /// One more reason, worth so many points.
    pub(crate) fn add(&mut self, points: u32, text: String) {
        self.0.push((points, text));
    }

    /// A reason that comes before all others.
    pub(crate) fn lead(&mut self, points: u32, text: &str) {
        self.0.insert(0, (points, text.to_owned()));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, text)| text.as_str())
    }

    /// The reasons that weigh most, at most so many; of equal weight the first.
    pub(crate) fn weightiest(&self, most: usize) -> Vec<&str> {
        let mut order: Vec<&(u32, String)> =
            self.0.iter().filter(|(points, _)| *points > 0).collect();
        order.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
        order.into_iter().take(most).map(|(_, text)| text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_weighs_most_comes_first_and_a_note_without_weight_is_no_reason() {
        let mut reasons = Reasons::default();
        reasons.add(4, "light".to_owned());
        reasons.add(30, "heavy".to_owned());
        reasons.add(0, "a note".to_owned());
        reasons.add(30, "heavy too".to_owned());
        assert_eq!(reasons.weightiest(3), ["heavy", "heavy too", "light"]);
        assert_eq!(reasons.iter().count(), 4);
    }
}
