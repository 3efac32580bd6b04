//! An investigation as Markdown, for tickets and wikis, with a Mermaid graph of how far it reaches.
//!
//! Must never start a line with a text that is not ours, nor put one into a code span: there it
//! could not be escaped.

mod firsts;
mod incidents;
mod sections;
mod sessions;

use std::io::{self, Write};

use crashcart_model::{Investigation, LogText, Origin, Outcome, Timestamp};

use crate::Writer;
use crate::citations::Citations;
use crate::escape;
use crate::zone::Zone;

/// Markdown as CommonMark and GitHub read it; times in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct Markdown;

impl Writer for Markdown {
    fn write(&self, investigation: &Investigation, out: &mut dyn Write) -> io::Result<()> {
        let mut sheet = Sheet { out, citations: Citations::new(&investigation.coverage) };
        let story = &investigation.story;
        sheet.head(investigation)?;
        sheet.pivots(story)?;
        sheet.incidents(story)?;
        sheet.suspects(story)?;
        sheet.cut_off(&investigation.cut_off)?;
        sheet.containment(&investigation.containment)?;
        sheet.firsts(story)?;
        sheet.graph(story)?;
        sheet.sessions(story)?;
        sheet.steps(story)?;
        sheet.persistence(story)?;
        sheet.changes(story)?;
        sheet.accessed(story)?;
        sheet.failed(story)?;
        sheet.findings(&investigation.findings)?;
        sheet.answers(story)?;
        sheet.reach(&story.blast_radius)?;
        sheet.gaps(&investigation.coverage)?;
        sheet.evidence(&investigation.coverage)?;
        sheet.foot(investigation)
    }
}

/// Where the lines go, and the records they cite.
struct Sheet<'a> {
    out: &'a mut dyn Write,
    citations: Citations<'a>,
}

impl<'a> Sheet<'a> {
    fn heading(&mut self, title: &'static str) -> io::Result<()> {
        write!(self.out, "\n## {title}\n\n")
    }

    /// A list entry: `label`, which is ours, then a text, which is not.
    fn entry(&mut self, label: &'static str, text: &str) -> io::Result<()> {
        writeln!(self.out, "- {label}{}", escape::markdown(text))
    }

    /// A table; cells are already Markdown.
    fn table(
        &mut self,
        headings: &[&'static str],
        rows: impl IntoIterator<Item = Vec<String>>,
    ) -> io::Result<()> {
        writeln!(self.out, "| {} |", headings.join(" | "))?;
        writeln!(self.out, "|{}", " --- |".repeat(headings.len()))?;
        for row in rows {
            writeln!(self.out, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }

    /// The markers of the records, in brackets that start no link.
    fn cite(&mut self, origins: &'a [Origin]) -> String {
        let numbers = self.citations.numbers(origins, MARKERS);
        numbers.iter().map(|number| format!("\\[{number}\\]")).collect::<Vec<_>>().join(" ")
    }
}

/// How many records a line names at most.
const MARKERS: usize = 3;

/// A log text as Markdown.
fn log(text: &LogText) -> String {
    escape::markdown(text.raw())
}

/// A log text that may be missing.
fn maybe(text: Option<&LogText>) -> String {
    text.map(log).unwrap_or_default()
}

/// Log texts in a row.
fn listed(texts: &[LogText]) -> String {
    texts.iter().map(log).collect::<Vec<_>>().join(", ")
}

fn moment(time: Option<Timestamp>) -> String {
    Zone::Utc.moment(time)
}

/// The outcome; what had an effect stands out.
const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "**done**",
        Outcome::Denied => "denied, no effect",
        Outcome::Failed => "failed, no effect",
        Outcome::Unknown => "unknown",
    }
}
