//! What was done for the first time, as a table.

use std::io;

use crashcart_model::{Novelty, Story};

use super::markup::{Cell, Markup};

impl<'a> Markup<'a> {
    /// What is news first; what is unknown for lack of history says so.
    pub(super) fn firsts(&mut self, story: &'a Story) -> io::Result<()> {
        if story.firsts.is_empty() {
            return Ok(());
        }
        self.section("firsts", "For the first time", |markup| {
            let headings = ["State", "First", "Who", "What", "Why", "Evidence"];
            let rows = story.firsts.iter().map(|first| {
                let state = match first.novelty {
                    Novelty::New => Cell::State("new", "label alarm"),
                    Novelty::Unknown => Cell::State("unknown", "quiet"),
                };
                vec![
                    state,
                    Cell::Time(first.at),
                    Cell::Log(&first.who),
                    Cell::Text(format!("{} {}", first.kind.word(), first.what.raw())),
                    Cell::Text(first.because.clone()),
                    Cell::Cite(&first.origins),
                ]
            });
            markup.table(&headings, rows)
        })
    }
}
