//! What the rules found, worst first: in brief within an investigation, in full for `detect`.

use std::cmp::Reverse;
use std::io;

use crashcart_model::{Finding, Level};

use super::{Sheet, suspects::listed};
use crate::page::{Lead, Style, Words};
use crate::zone::{counted, number, times};

/// Matches named under one finding in full.
const EVENTS: usize = 5;

impl<'a> Sheet<'a> {
    /// The findings of an investigation, a line or two each.
    pub(super) fn findings(&mut self, findings: &'a [Finding]) -> io::Result<()> {
        self.each_finding(findings, |sheet, finding| {
            let others = finding.principals.iter().any(|name| sheet.main != Some(name));
            let names: Vec<String> =
                finding.principals.iter().map(|name| sheet.short(name.raw())).collect();
            let names = if others { sheet.brief(&names.join(", "), 80) } else { String::new() };
            let markers = sheet.citations.markers(&finding.events, 1);
            let words = sheet.summary(finding).then("by ", &names).styled(Style::Dim, &markers);
            sheet.page.paragraph(&Lead::indent(4), &words)
        })
    }

    /// The findings with all that is known of each.
    pub(super) fn findings_in_full(&mut self, findings: &'a [Finding]) -> io::Result<()> {
        self.each_finding(findings, Self::finding_in_full)
    }

    fn each_finding(
        &mut self,
        findings: &'a [Finding],
        mut show: impl FnMut(&mut Self, &'a Finding) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut ordered: Vec<&Finding> = findings.iter().collect();
        ordered.sort_by_key(|finding| Reverse(finding.level));
        let matches = findings.iter().map(|finding| finding.count).sum();
        let note = match findings.len() {
            0 => "no rule matched".to_owned(),
            rules => {
                format!("{} matched, {}", counted(rules as u64, "rule"), counted(matches, "match"))
            }
        };
        self.heading(Style::Bold, "FINDINGS", &note)?;
        let mut level = None;
        for finding in ordered.into_iter().take(self.options.limit) {
            if level != Some(finding.level) {
                level = Some(finding.level);
                let count = findings.iter().filter(|other| other.level == finding.level).count();
                let words = Words::default()
                    .styled(style(finding.level), finding.level.word())
                    .text(&format!("({})", number(count as u64)));
                self.page.paragraph(&Lead::indent(2), &words)?;
            }
            show(self, finding)?;
        }
        self.left_out(findings.len(), "rules that matched")
    }

    /// Title, name, how often and when.
    fn summary(&self, finding: &Finding) -> Words {
        Words::default()
            .styled(Style::Bold, &finding.title)
            .text(&format!("({})", finding.name))
            .text(&times(finding.count))
            .text(&crate::names::without_effect(finding))
            .then("", &self.options.zone.span(finding.first, finding.last))
    }

    fn finding_in_full(&mut self, finding: &'a Finding) -> io::Result<()> {
        let summary = self.summary(finding);
        self.page.paragraph(&Lead::indent(4), &summary)?;
        for (label, text) in [
            ("who", listed(&finding.principals)),
            ("keys", listed(&finding.access_keys)),
            ("from", listed(&finding.addresses)),
            ("in", listed(&finding.regions)),
            ("attack", [finding.tactics.join(", "), finding.techniques.join(", ")].join(" ")),
            ("rule", finding.rule.clone()),
        ] {
            if !text.trim().is_empty() {
                let lead = Lead::indent(8).column(Style::Dim, label, 8);
                self.page.paragraph(&lead, &Words::of(&text))?;
            }
        }
        let mut file = None;
        for origin in finding.events.iter().take(EVENTS) {
            if file != Some(&origin.evidence) {
                file = Some(&origin.evidence);
                let path = Words::of(self.citations.path(&origin.evidence));
                self.page.paragraph(&Lead::indent(8).column(Style::Dim, "file", 8), &path)?;
            }
            let event = origin.event_id.as_ref().map_or("without an id", |id| id.raw());
            let words = Words::of(&format!("record {}, event {event}", origin.record));
            self.page.paragraph(&Lead::indent(16), &words)?;
        }
        let shown = finding.events.len().min(EVENTS) as u64;
        if finding.count > shown && shown > 0 {
            let more = format!("{} more: --jsonl or --csv has them", number(finding.count - shown));
            self.page
                .paragraph(&Lead::indent(16), &Words::default().styled(Style::Warning, &more))?;
        }
        Ok(())
    }
}

/// The colour of a level.
const fn style(level: Level) -> Style {
    match level {
        Level::Critical | Level::High => Style::Alarm,
        Level::Medium => Style::Warning,
        Level::Low | Level::Informational => Style::Dim,
    }
}
