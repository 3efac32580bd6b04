//! What was done for the first time: what is news against a history. What is unknown for lack of
//! one is counted.

use std::io;

use crashcart_model::{First, Novelty, Story};

use super::Sheet;
use crate::page::{Lead, Style, Words};
use crate::zone::number;

/// About so long may a reason be before it is shortened.
const REASON: usize = 240;

impl<'a> Sheet<'a> {
    /// News of suspects and of whoever came to a new account; of others only how many.
    pub(super) fn firsts(&mut self, story: &'a Story) -> io::Result<()> {
        let all = self.options.limit == usize::MAX;
        let told: Vec<&First> =
            story.firsts.iter().filter(|first| all || first.matters(story)).collect();
        if told.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "FOR THE FIRST TIME", "as far as history tells")?;
        for first in told.iter().take(self.options.limit) {
            let words = Words::default()
                .styled(Style::Bold, &self.short(first.who.raw()))
                .maybe("at ", &self.moment(first.at))
                .text("-")
                .text(&self.brief(&first.because, REASON))
                .styled(Style::Dim, &self.citations.markers(&first.origins, 1));
            self.page.paragraph(&Lead::default().column(Style::Plain, "", 4), &words)?;
        }
        self.left_out(told.len(), "firsts")?;
        let rest = story.firsts.len() - told.len();
        if rest == 0 {
            return Ok(());
        }
        let unknown = story.firsts.iter().filter(|first| first.novelty == Novelty::Unknown).count();
        let note = format!(
            "{} more of others, {} of them unknown for lack of history: --all or --json has them",
            number(rest as u64),
            number(unknown as u64)
        );
        self.page.paragraph(&Lead::indent(2), &Words::default().styled(Style::Dim, &note))
    }
}
