//! What was read and what was not: the first lines, since everything below rests on them.

use std::io;

use crashcart_model::{Gap, LogText};

use super::Sheet;
use crate::page::{Lead, Words};
use crate::zone::{counted, number, size};

/// Accounts and regions are named up to so many, then counted.
const NAMED: usize = 2;

/// Gaps shown before the rest is counted.
const FIRST_GAPS: usize = 3;

impl Sheet<'_> {
    /// Coverage, what was folded, and what is not in the material.
    pub(super) fn coverage(&mut self) -> io::Result<()> {
        let coverage = self.coverage;
        let zone = &self.options.zone;
        let head = format!(
            "{} in {} ({}), {} ({}), {}, {}",
            counted(coverage.events, "event"),
            counted(coverage.files, "file"),
            size(coverage.bytes),
            zone.window(coverage.first, coverage.last),
            zone.name(coverage.first),
            named(&coverage.accounts, "account"),
            named(&coverage.regions, "region"),
        );
        self.page.words(&Words::of(&head))?;
        self.folded()?;
        self.missing()
    }

    /// Deliveries that were not counted again, and records that lack a time or an id.
    fn folded(&mut self) -> io::Result<()> {
        let coverage = self.coverage;
        let parts: Vec<String> = [
            (coverage.duplicates, "delivered again and counted once"),
            (coverage.shared, "for a second account and counted once"),
            (coverage.addenda, "as corrections of earlier events"),
            (coverage.without_time, "without a time, kept"),
            (coverage.without_id, "without an id, kept"),
        ]
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", number(*count)))
        .collect();
        if parts.is_empty() {
            return Ok(());
        }
        self.page.words(&Words::of(&format!("Among the records: {}", parts.join("; "))))
    }

    fn missing(&mut self) -> io::Result<()> {
        let coverage = self.coverage;
        if coverage.blind_spots.is_empty() && coverage.gap_count == 0 {
            return self
                .page
                .words(&Words::of("Not in this material: nothing that it shows itself"));
        }
        self.page.words(&Words::of("Not in this material:"))?;
        let lead = Lead::default().column(crate::page::Style::Plain, " -", 3);
        for spot in coverage.blind_spots.iter().take(self.options.limit) {
            self.page.paragraph(&lead, &Words::of(spot))?;
        }
        self.left_out(coverage.blind_spots.len(), "blind spots")?;
        if coverage.gap_count == 0 {
            return Ok(());
        }
        let shown = coverage.gaps.len().min(FIRST_GAPS);
        let which = if coverage.gap_count > shown as u64 {
            format!("the first {}", counted(shown as u64, "one"))
        } else {
            "all of them".to_owned()
        };
        let head =
            format!("{} could not be read, {which}:", counted(coverage.gap_count, "stretch"));
        self.page.paragraph(&lead, &Words::of(&head))?;
        for gap in coverage.gaps.iter().take(FIRST_GAPS) {
            self.page.paragraph(&Lead::indent(5), &Words::of(&described(gap)))?;
        }
        Ok(())
    }
}

/// A gap in one sentence.
pub(crate) fn described(gap: &Gap) -> String {
    let extent = gap.size.map_or_else(|| "size unknown".to_owned(), |bytes| counted(bytes, "byte"));
    let detail = if gap.detail.is_empty() { String::new() } else { format!("; {}", gap.detail) };
    format!(
        "{} from byte {}, {extent}: {}{detail}",
        gap.path,
        number(gap.offset),
        gap.reason.words(),
    )
}

/// `account 111122223333`, `2 accounts`.
fn named(names: &[LogText], one: &str) -> String {
    if names.is_empty() || names.len() > NAMED {
        return counted(names.len() as u64, one);
    }
    let list: Vec<&str> = names.iter().map(LogText::raw).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{one}{plural} {}", list.join(" and "))
}
