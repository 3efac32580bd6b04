//! An investigation as plain text for a terminal: what a responder reads first.
//!
//! Fits a width by wrapping, says everything without colour, names the evidence of each line, and
//! counts what it leaves out. Must never show a call that had no effect like one that had.

mod coverage;
mod findings;
mod story;
mod suspects;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crashcart_model::{Coverage, EvidenceId, Finding, Investigation, LogText, Origin, Outcome};

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
        let story = &investigation.story;
        let mut sheet = Sheet::new(self, &investigation.coverage, out);
        sheet.several_accounts = several_accounts(
            (story.suspects.iter().map(|suspect| &suspect.principal))
                .chain(story.steps.iter().map(|step| &step.actor)),
        );
        sheet.coverage()?;
        sheet.verdict(&investigation.verdict)?;
        sheet.suspects(story)?;
        sheet.steps(story)?;
        sheet.still_in_place(story)?;
        sheet.undone(story)?;
        sheet.data_read(story)?;
        sheet.failed(story)?;
        sheet.findings(&investigation.findings)?;
        sheet.containment(&investigation.containment)?;
        sheet.answers(story)?;
        sheet.reach(&story.blast_radius)?;
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
    several_accounts: bool,
    citations: Citations<'a>,
    page: Page<'a>,
}

impl<'a> Sheet<'a> {
    fn new(options: &'a Text, coverage: &'a Coverage, out: &'a mut dyn Write) -> Self {
        let page = Page::new(out, options.width, options.colour);
        let citations = Citations::new(coverage);
        Self { options, coverage, several_accounts: false, citations, page }
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
        crate::names::short(principal, self.several_accounts)
    }

    /// The records behind the markers, file by file in the order in which they were first cited.
    fn legend(&mut self) -> io::Result<()> {
        let mut files: BTreeMap<&EvidenceId, Vec<(usize, &Origin)>> = BTreeMap::new();
        for (number, origin) in self.citations.cited() {
            files.entry(&origin.evidence).or_default().push((number, origin));
        }
        if files.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "EVIDENCE", "records are counted from 0 in each file")?;
        let digits = self.citations.cited().count().to_string().len() + 3;
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by_key(|(_, cited)| cited.first().map(|(number, _)| *number));
        for (file, cited) in files {
            self.page.words(&Words::of(self.citations.path(file)))?;
            for (number, origin) in cited {
                let marker = format!("[{number}]");
                let lead = Lead::indent(2).column(Style::Dim, &marker, digits);
                let event = origin.event_id.as_ref().map_or("without an id", |id| id.raw());
                let text = format!("record {}, event {event}", origin.record);
                self.page.paragraph(&lead, &Words::of(&text))?;
            }
        }
        Ok(())
    }
}

/// Whether the principals of a story or of findings belong to more than one account.
fn several_accounts<'a>(principals: impl Iterator<Item = &'a LogText>) -> bool {
    let accounts: BTreeSet<&str> =
        principals.filter_map(|name| crate::names::account(name.raw())).collect();
    accounts.len() > 1
}

/// The outcome so that what had no effect cannot be taken for what had.
pub(crate) const fn outcome(outcome: Outcome) -> (Style, &'static str) {
    match outcome {
        Outcome::Done => (Style::Bold, "done"),
        Outcome::Denied => (Style::Dim, "(denied)"),
        Outcome::Failed => (Style::Dim, "(failed)"),
        Outcome::Unknown => (Style::Warning, "unknown"),
    }
}
