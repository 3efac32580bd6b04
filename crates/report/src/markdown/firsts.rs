//! What was done for the first time, as a Markdown table.

use std::io;

use crashcart_model::{Novelty, Story};

use super::{Sheet, log, moment};
use crate::escape;

impl<'a> Sheet<'a> {
    /// What is news first; what is unknown for lack of history says so.
    pub(super) fn firsts(&mut self, story: &'a Story) -> io::Result<()> {
        if story.firsts.is_empty() {
            return Ok(());
        }
        self.heading("For the first time")?;
        let rows: Vec<_> = story
            .firsts
            .iter()
            .map(|first| {
                let state = match first.novelty {
                    Novelty::New => "**new**",
                    Novelty::Unknown => "unknown",
                };
                vec![
                    state.to_owned(),
                    moment(first.at),
                    log(&first.who),
                    format!("{} {}", first.kind.word(), log(&first.what)),
                    escape::markdown(&first.because),
                    self.cite(&first.origins),
                ]
            })
            .collect();
        self.table(&["State", "First (UTC)", "Who", "What", "Why", "Evidence"], rows)
    }
}
