//! An investigation as plain text for a terminal: what a responder reads first.
//!
//! Fits a width by wrapping, says everything without colour, names the evidence of each line, and
//! counts what it leaves out. Must never show a call that had no effect like one that had.

mod coverage;
mod findings;
mod firsts;
mod incidents;
mod legend;
mod steps;
mod story;
mod suspects;

use std::io::{self, Write};

use crashcart_model::{Coverage, Finding, Investigation, LogText, Outcome};

use crate::Writer;
use crate::citations::Citations;
use crate::page::{Lead, Page, Style, Words};
use crate::zone::{Zone, number};

/// Plain text.
#[derive(Debug, Clone)]
pub struct Text {
    /// Columns; 40 at least.
    pub width: usize,
    /// Whether to add colour. Nothing depends on it.
    pub colour: bool,
    /// The zone in which times are shown.
    pub zone: Zone,
    /// Entries per section; what is left out is counted, long entries are shortened, visibly.
    /// `usize::MAX` for everything.
    pub limit: usize,
}

impl Default for Text {
    fn default() -> Self {
        Self { width: 80, colour: false, zone: Zone::Utc, limit: 24 }
    }
}

impl Writer for Text {
    fn write(&self, investigation: &Investigation, out: &mut dyn Write) -> io::Result<()> {
        let story = &investigation.story;
        let mut sheet = Sheet::new(self, &investigation.coverage, out);
        sheet.know_actors(story);
        sheet.coverage()?;
        sheet.filtered()?;
        sheet.verdict(&investigation.verdict)?;
        sheet.pivots(story)?;
        sheet.incidents(story)?;
        sheet.suspects(story)?;
        sheet.firsts(story)?;
        sheet.steps(investigation)?;
        sheet.still_in_place(story)?;
        sheet.undone(story)?;
        sheet.data_read(story)?;
        sheet.failed(story)?;
        sheet.findings(&investigation.findings)?;
        sheet.cut_off(&investigation.cut_off)?;
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
    /// Whether principals of several accounts are in play.
    several_accounts: bool,
    /// Who did most; named once, in the heading of the steps.
    main: Option<&'a LogText>,
    /// Whether a text was shortened.
    shortened: bool,
    citations: Citations<'a>,
    page: Page<'a>,
}

impl<'a> Sheet<'a> {
    fn new(options: &'a Text, coverage: &'a Coverage, out: &'a mut dyn Write) -> Self {
        let page = Page::new(out, options.width, options.colour);
        let citations = Citations::new(coverage);
        Self {
            options,
            coverage,
            several_accounts: false,
            main: None,
            shortened: false,
            citations,
            page,
        }
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

    /// Who, where it is not the one that the steps' heading names.
    fn by(&self, principal: &LogText) -> String {
        if self.main == Some(principal) { String::new() } else { self.short(principal.raw()) }
    }

    /// A text of about `most` characters, ended with dots before the word that is too much; whole
    /// where everything is asked for. Never cuts within a word.
    fn brief(&mut self, text: &str, most: usize) -> String {
        let room = if self.options.limit == usize::MAX { usize::MAX } else { most };
        let Some((end, _)) = text.char_indices().nth(room) else { return text.to_owned() };
        let kept = text.get(..end).unwrap_or(text);
        let half = end / 2;
        let between = kept.rfind(", ").or_else(|| kept.rfind("; ")).filter(|at| *at > half);
        // Dots right after a colon would say nothing.
        let word = || {
            kept.rfind(' ').filter(|at| !kept.get(..*at).is_some_and(|kept| kept.ends_with(':')))
        };
        let next = || text.get(end..).and_then(|rest| rest.find(' ')).map(|at| end + at);
        let end = between.or_else(word).or_else(next).unwrap_or(text.len());
        if end == text.len() {
            return text.to_owned();
        }
        self.shortened = true;
        format!("{} ...", text.get(..end).unwrap_or(text).trim_end_matches([' ', ',', ';']))
    }
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
