//! What the story has that no plan cut off: whoever reads only the end must see it.

use std::collections::BTreeSet;

use crashcart_app::AppError;
use crashcart_model::{Investigation, PersistenceState};
use crashcart_report::counted;

use super::Key;
use crate::exit::Exit;

/// Things named of each kind.
const NAMED: usize = 6;

impl Key {
    /// Writes the report again with what was cut off, and names what was not.
    pub(super) fn remains(&self, mut story: Investigation) -> Result<Exit, AppError> {
        crashcart_app::tell_again(&self.case, &mut story)?;
        self.list("IN PLACE", "still there, and no plan here takes it away", &in_place(&story))?;
        self.list("READ", "may have to be told to whoever owns it", &read(&story))?;
        Ok(Exit::Done)
    }

    fn list(&self, label: &str, why: &str, lines: &[String]) -> Result<(), AppError> {
        if lines.is_empty() {
            return Ok(());
        }
        self.tell(label, &format!("{}: {why}", counted(lines.len() as u64, "thing")))?;
        for line in lines.iter().take(NAMED) {
            self.tell("", line)?;
        }
        let more = lines.len().saturating_sub(NAMED);
        if more > 0 {
            self.tell("", &format!("and {more} more, in the report"))?;
        }
        Ok(())
    }
}

/// Ways back in and changes that nobody undid and no plan holds; what is both is one.
fn in_place(story: &Investigation) -> Vec<String> {
    let ways = story.story.persistence.iter();
    let ways =
        ways.filter(|way| way.state == PersistenceState::InPlace && way.cut_off_at.is_none());
    let mut acts: BTreeSet<_> =
        story.story.persistence.iter().filter_map(|way| way.origins.first()).collect();
    let mut lines: Vec<String> =
        ways.map(|way| format!("{} {}, by {}", way.kind, way.what.raw(), way.by.raw())).collect();
    let stands = story.story.changes.iter().filter(|change| change.reverted_by.is_none());
    for change in stands {
        if change.origins.first().is_none_or(|act| acts.insert(act)) {
            let (what, on) = (change.change.raw(), change.resource.raw());
            lines.push(format!("{what} on {on}, by {}", change.by.raw()));
        }
    }
    lines
}

fn read(story: &Investigation) -> Vec<String> {
    let line = |one: &crashcart_model::Accessed| {
        let reads = counted(one.count, "read");
        format!("{} {}, {reads} by {}", one.kind, one.what.raw(), one.by.raw())
    };
    story.story.accessed.iter().map(line).collect()
}
