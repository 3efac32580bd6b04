//! An investigation as plain text for a terminal: what a responder reads first.
//!
//! Fits a width by wrapping, says everything without colour, names the evidence of each line, and
//! counts what it leaves out. Must never show a call that had no effect like one that had.

mod coverage;
mod findings;
mod story;
mod suspects;

use std::io::{self, Write};

use crashcart_model::{Coverage, Finding, Investigation, Outcome};

use crate::Writer;
use crate::citations::Citations;
use crate::page::{Lead, Page, Style, Words};
use crate::zone::{Zone, number};

/// How many records a line names at most.
const MARKERS: usize = 2;

/// Plain text.
#[derive(Debug, Clone)]
pub struct Text {
    /// Columns; 40 at least.
    pub width: usize,
    /// Whether to add colour. Nothing depends on it.
    pub colour: bool,
    /// The zone in which times are shown.
    pub zone: Zone,
    /// Entries per section; what is left out is counted. `usize::MAX` for all.
    pub limit: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { width: 80, colour: false, zone: Zone::Utc, limit: 40 }
    }
}

impl Writer for Text {
    fn write(&self, investigation: &Investigation, out: &mut dyn Write) -> io::Result<()> {
        let mut sheet = Sheet::new(self, &investigation.coverage, out);
        sheet.coverage()?;
        sheet.verdict(&investigation.verdict)?;
        sheet.suspects(&investigation.story)?;
        sheet.steps(&investigation.story)?;
        sheet.still_in_place(&investigation.story)?;
        sheet.undone(&investigation.story)?;
        sheet.data_read(&investigation.story)?;
        sheet.failed(&investigation.story)?;
        sheet.findings(&investigation.findings)?;
        sheet.containment(&investigation.containment)?;
        sheet.answers(&investigation.story)?;
        sheet.reach(&investigation.story.blast_radius)?;
        sheet.legend()
    }
}

/// What `detect` prints: the findings, worst first, each with who, with which keys, from where,
/// and the records that matched.
///
/// # Errors
/// When `out` takes no more.
pub fn findings_text(
    findings: &[Finding],
    coverage: &Coverage,
    options: &Text,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut sheet = Sheet::new(options, coverage, out);
    sheet.coverage()?;
    sheet.findings_in_full(findings)
}

/// The page, and what its lines share.
struct Sheet<'a> {
    options: &'a Text,
    coverage: &'a Coverage,
    citations: Citations<'a>,
    page: Page<'a>,
}

impl<'a> Sheet<'a> {
    fn new(options: &'a Text, coverage: &'a Coverage, out: &'a mut dyn Write) -> Self {
        let page = Page::new(out, options.width, options.colour);
        Self { options, coverage, citations: Citations::new(coverage), page }
    }

    /// A blank line, then a heading and what belongs to it.
    fn heading(&mut self, style: Style, name: &str, note: &str) -> io::Result<()> {
        self.page.blank()?;
        let lead = Lead::default().column(style, name, name.len() + 2);
        self.page.paragraph(&lead, &Words::of(note))
    }

    /// `12 more ...`, where there are more than the limit.
    fn left_out(&mut self, all: usize, what: &str) -> io::Result<()> {
        let more = all.saturating_sub(self.options.limit);
        if more == 0 {
            return Ok(());
        }
        let note = format!("{} more {what}: --all or --json has them", number(more as u64));
        self.page.paragraph(&Lead::indent(2), &Words::default().styled(Style::Warning, &note))
    }

    /// A principal as people say it.
    fn short(&self, principal: &str) -> String {
        crate::names::short(principal, self.coverage.accounts.len() > 1)
    }

    /// The records behind the markers.
    fn legend(&mut self) -> io::Result<()> {
        let cited: Vec<_> = self.citations.cited().collect();
        if cited.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "EVIDENCE", "record numbers count from 0")?;
        let digits = cited.len().to_string().len() + 3;
        for (number, origin) in cited {
            let lead = Lead::default().column(Style::Dim, &format!("[{number}]"), digits);
            let event = origin.event_id.as_ref().map_or("none", |id| id.raw());
            let words = Words::of(self.citations.path(&origin.evidence))
                .text(&format!("record {} event {event}", origin.record));
            self.page.paragraph(&lead, &words)?;
        }
        Ok(())
    }
}

/// The outcome so that what had no effect cannot be taken for what had.
const fn outcome(outcome: Outcome) -> (Style, &'static str) {
    match outcome {
        Outcome::Done => (Style::Bold, "done"),
        Outcome::Denied => (Style::Dim, "(denied)"),
        Outcome::Failed => (Style::Dim, "(failed)"),
        Outcome::Unknown => (Style::Warning, "unknown"),
    }
}

#[cfg(test)]
mod tests;
