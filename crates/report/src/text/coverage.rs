//! What was read and what was not: the first lines, since everything below rests on them.

use std::io;

use super::Sheet;
use crate::material;
use crate::page::{Lead, Style, Words};
use crate::zone::{counted, number};

/// Gaps shown before the rest is counted.
const FIRST_GAPS: usize = 3;

impl Sheet<'_> {
    /// Coverage, what was folded, and what is not in the material.
    pub(super) fn coverage(&mut self) -> io::Result<()> {
        self.page.words(&Words::of(&material::read(self.coverage, &self.options.zone)))?;
        let folded = material::folded(self.coverage);
        if !folded.is_empty() {
            self.page.words(&Words::of(&format!("Among the records: {}", folded.join("; "))))?;
        }
        self.missing()
    }

    /// Which part was judged, right above the verdict.
    pub(super) fn filtered(&mut self) -> io::Result<()> {
        let Some(filtered) = material::filtered(self.coverage) else { return Ok(()) };
        self.page.blank()?;
        self.page.words(&Words::default().styled(Style::Warning, &filtered))
    }

    fn missing(&mut self) -> io::Result<()> {
        let coverage = self.coverage;
        // Blind spots are an investigation's: their absence elsewhere is no all-clear.
        if coverage.blind_spots.is_empty() && coverage.gap_count == 0 {
            return Ok(());
        }
        self.page.words(&Words::of("Not in this material:"))?;
        let lead = Lead::default().column(Style::Plain, " -", 3);
        for spot in coverage.blind_spots.iter().take(self.options.limit) {
            self.page.paragraph(&lead, &Words::of(spot))?;
        }
        self.left_out(coverage.blind_spots.len(), "blind spots")?;
        if coverage.gap_count == 0 {
            return Ok(());
        }
        let shown = coverage.gaps.len().min(FIRST_GAPS) as u64;
        let which = if coverage.gap_count > shown {
            format!(", the first {}", number(shown))
        } else {
            String::new()
        };
        let stretches = counted(coverage.gap_count, "stretch");
        self.page.paragraph(&lead, &Words::of(&format!("{stretches} not read{which}:")))?;
        for gap in coverage.gaps.iter().take(FIRST_GAPS) {
            self.page.paragraph(&Lead::indent(5), &Words::of(&material::gap(gap)))?;
        }
        Ok(())
    }
}
