//! What was asked about, what findings were given, and which suspects belong together.

use std::io;

use crashcart_model::Story;

use super::{Sheet, listed, log, moment};
use crate::escape;

impl<'a> Sheet<'a> {
    /// What the responder asked about; nothing where nothing was asked.
    pub(super) fn pivots(&mut self, story: &'a Story) -> io::Result<()> {
        if story.pivots.is_empty() && story.asked_findings.is_empty() {
            return Ok(());
        }
        self.heading("You asked")?;
        for finding in &story.asked_findings {
            let form = escape::markdown(&finding.form);
            writeln!(self.out, "- finding of {form}: {}", log(&finding.title))?;
            for (label, parts) in [("used", &finding.used), ("not used", &finding.not_understood)] {
                for part in parts {
                    let (path, value) = (log(&part.path), log(&part.value));
                    let meaning = escape::markdown(&part.meaning);
                    writeln!(self.out, "  - {label} {path}: {value} ({meaning})")?;
                }
            }
            for note in &finding.notes {
                writeln!(self.out, "  - note: {}", escape::markdown(note))?;
            }
        }
        for pivot in &story.pivots {
            let found = if pivot.found { "" } else { "**not in this material**: " };
            let (kind, cite) = (escape::markdown(&pivot.kind), self.cite(&pivot.origins));
            let (asked, what) = (log(&pivot.asked), log(&pivot.what));
            writeln!(self.out, "- {kind} {asked}: {found}{what} {cite}")?;
            for (label, texts) in [
                ("did", &pivot.touched),
                ("done to it by others:", &pivot.done_to),
                ("comes from", &pivot.comes_from),
                ("leads to", &pivot.leads_to),
            ] {
                if !texts.is_empty() {
                    writeln!(self.out, "  - {label} {}", listed(texts))?;
                }
            }
            for next in &pivot.next {
                writeln!(self.out, "  - next: {}", escape::markdown(next))?;
            }
        }
        Ok(())
    }

    /// Which suspects belong together; nothing where there is no incident.
    pub(super) fn incidents(&mut self, story: &'a Story) -> io::Result<()> {
        if story.incidents.is_empty() {
            return Ok(());
        }
        self.heading("Belongs together")?;
        for incident in &story.incidents {
            writeln!(
                self.out,
                "- {} (score {} of 100, {} to {})",
                log(&incident.name),
                incident.score,
                moment(incident.first),
                moment(incident.last),
            )?;
            for (label, texts) in [
                ("suspects", &incident.suspects),
                ("access keys", &incident.access_keys),
                ("addresses", &incident.addresses),
            ] {
                if !texts.is_empty() {
                    writeln!(self.out, "  - {label} {}", listed(texts))?;
                }
            }
            if !incident.incomplete.is_empty() {
                let lists = incident.incomplete.join(", ").replace('_', " ");
                writeln!(self.out, "  - more than are listed: {lists}")?;
            }
            for reason in &incident.because {
                writeln!(self.out, "  - because {}", escape::markdown(reason))?;
            }
            for clean_up in &incident.cleaned_up_by {
                let how = if clean_up.certain { "a known responder" } else { "by its looks" };
                let (by, what) = (log(&clean_up.by), listed(&clean_up.what));
                let cite = self.cite(&clean_up.origins);
                writeln!(self.out, "  - cleaned up by {by} ({how}): {what} {cite}")?;
            }
        }
        Ok(())
    }
}
