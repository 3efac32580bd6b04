//! What was asked about, what findings were given, and which suspects belong together.

use std::io;

use crashcart_model::{FindingPart, FindingRead, IncidentGroup, LogText, PivotTold, Story};

use super::{Sheet, suspects::listed};
use crate::page::{Lead, Style, Words};
use crate::zone::{counted, number};

/// About so long may a text be before it is shortened.
const LONGEST: usize = 200;
/// Reasons told of one incident.
const REASONS: usize = 3;
/// Where the text of an entry starts.
const LABEL: usize = 10;

impl<'a> Sheet<'a> {
    /// What the responder asked about, and the findings that it was taken from.
    pub(super) fn pivots(&mut self, story: &'a Story) -> io::Result<()> {
        for finding in story.asked_findings.iter().take(self.options.limit) {
            self.finding_read(finding)?;
        }
        self.left_out(story.asked_findings.len(), "findings that were given")?;
        if story.pivots.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "YOU ASKED", "")?;
        for pivot in story.pivots.iter().take(self.options.limit) {
            self.pivot(pivot)?;
        }
        self.left_out(story.pivots.len(), "things that were asked about")
    }

    fn pivot(&mut self, pivot: &'a PivotTold) -> io::Result<()> {
        let what = self.brief(pivot.what.raw(), LONGEST);
        let mut words = Words::of(&pivot.kind).styled(Style::Bold, pivot.asked.raw());
        words = if pivot.found {
            words.then("", &what)
        } else {
            words.styled(Style::Warning, "not in this material").then("", &what)
        };
        let words = words.styled(Style::Dim, &self.citations.markers(&pivot.origins, 2));
        self.page.paragraph(&Lead::default().column(Style::Plain, "", 2), &words)?;
        self.entry("did", &listed(&pivot.touched))?;
        self.entry("by others", &listed(&pivot.done_to))?;
        for (label, names) in [("from", &pivot.comes_from), ("leads to", &pivot.leads_to)] {
            let names: Vec<LogText> =
                names.iter().map(|name| LogText::new(self.short(name.raw()))).collect();
            self.entry(label, &listed(&names))?;
        }
        pivot.next.iter().try_for_each(|next| self.entry("next", next))
    }

    fn finding_read(&mut self, finding: &'a FindingRead) -> io::Result<()> {
        self.heading(Style::Bold, "FINDING", &finding.form)?;
        let title = self.brief(finding.title.raw(), LONGEST);
        self.entry("title", &title)?;
        let pair = |part: &FindingPart| format!("{} {}", part.meaning, part.value.raw());
        let mut used: Vec<LogText> = Vec::new();
        for part in &finding.used {
            let text = LogText::new(pair(part));
            if !used.contains(&text) {
                used.push(text);
            }
        }
        self.entry("used", &listed(&used))?;
        let strange: Vec<LogText> = finding
            .not_understood
            .iter()
            .map(|part| {
                let FindingPart { path, value, meaning } = part;
                LogText::new(format!("{} at {}: {meaning}", value.raw(), path.raw()))
            })
            .collect();
        self.entry("not used", &listed(&strange))?;
        finding.notes.iter().try_for_each(|note| self.entry("note", note))
    }

    fn entry(&mut self, label: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let lead = Lead::indent(2).column(Style::Dim, label, LABEL);
        self.page.paragraph(&lead, &Words::of(text))
    }

    /// Which suspects belong together.
    pub(super) fn incidents(&mut self, story: &'a Story) -> io::Result<()> {
        // One suspect alone is told below.
        let alone = |i: &IncidentGroup| i.suspects.len() == 1 && i.cleaned_up_by.is_empty();
        if story.incidents.is_empty() || matches!(&*story.incidents, [one] if alone(one)) {
            return Ok(());
        }
        self.heading(Style::Bold, "BELONGS TOGETHER", "")?;
        for incident in story.incidents.iter().take(self.options.limit) {
            self.incident(incident)?;
        }
        self.left_out(story.incidents.len(), "incidents")
    }

    fn incident(&mut self, incident: &'a IncidentGroup) -> io::Result<()> {
        let mut words = Words::default().styled(Style::Bold, incident.name.raw());
        if incident.first.is_some() {
            words = words.then("", &self.options.zone.span(incident.first, incident.last));
        }
        words = words.then("", &format!("score {}", incident.score));
        for (names, what, list) in [
            (&incident.suspects, "suspect", "suspects"),
            (&incident.access_keys, "access key", "access_keys"),
            (&incident.addresses, "address", "addresses"),
        ] {
            let cut = incident.incomplete.iter().any(|cut| cut == list);
            let least = if cut { "at least " } else { "" };
            if !names.is_empty() {
                words = words.then(least, &counted(names.len() as u64, what));
            }
        }
        self.page.paragraph(&Lead::default().column(Style::Plain, "", 2), &words)?;
        let most = match self.options.limit {
            usize::MAX => usize::MAX,
            // The reasons of one alone stand below.
            _ if incident.suspects.len() == 1 => 0,
            _ => REASONS,
        };
        for (index, reason) in incident.because.iter().take(most).enumerate() {
            let label = if index == 0 { "because" } else { "" };
            let reason = self.brief(reason, LONGEST);
            self.entry(label, &reason)?;
        }
        let more = incident.because.len().saturating_sub(most);
        if more > 0 && most > 0 {
            let noun = if more == 1 { "reason" } else { "reasons" };
            self.entry("", &format!("{} more {noun}: --all or --json", number(more as u64)))?;
        }
        for clean_up in &incident.cleaned_up_by {
            let how = if clean_up.certain { "a known responder" } else { "by its looks" };
            let what = listed(&clean_up.what);
            let words = Words::of(&self.short(clean_up.by.raw()))
                .text(&format!("({how})"))
                .then("", &self.brief(&what, LONGEST))
                .styled(Style::Dim, &self.citations.markers(&clean_up.origins, 2));
            let lead = Lead::indent(2).column(Style::Good, "cleaned", LABEL);
            self.page.paragraph(&lead, &words)?;
        }
        Ok(())
    }
}
