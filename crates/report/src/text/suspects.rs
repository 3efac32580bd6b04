//! The judgement, who is behind it, and what to cut first.

use std::io;

use crashcart_model::{Containment, CutOff, Incident, LogText, Story, Suspect, Verdict};

use super::Sheet;
use crate::command;
use crate::names::NOT_READ_NOW;
use crate::page::{Lead, Style, Words};
use crate::zone::number;

/// Keys, addresses and programs named for one suspect.
const NAMED: usize = 6;

/// Programs named for one suspect, and about how much of each.
const PROGRAMS: (usize, usize) = (3, 60);

/// About so long may a reason be before it is shortened.
const REASON: usize = 200;

/// Where a suspect's text starts.
const LABEL: usize = 10;

impl<'a> Sheet<'a> {
    /// Is it an incident, how bad, and why.
    pub(super) fn verdict(&mut self, verdict: &Verdict) -> io::Result<()> {
        let (style, word) = match verdict.incident {
            Incident::Yes => (Style::Alarm, "INCIDENT"),
            Incident::No => (Style::Good, "NO INCIDENT"),
            Incident::Undecided => (Style::Warning, "UNDECIDED"),
        };
        let severity = verdict.severity.map_or("", |level| level.word());
        self.heading(style, word, severity)?;
        self.reasons("because", &verdict.because)?;
        self.reasons("to decide", &verdict.would_decide)
    }

    fn reasons(&mut self, label: &str, because: &[String]) -> io::Result<()> {
        for (index, reason) in because.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let lead = Lead::indent(LABEL).column(Style::Dim, label, LABEL);
            let reason = self.brief(reason, REASON);
            self.page.paragraph(&lead, &Words::of(&reason))?;
        }
        Ok(())
    }

    /// Who may have done it.
    pub(super) fn suspects(&mut self, story: &'a Story) -> io::Result<()> {
        for suspect in story.suspects.iter().take(self.options.limit) {
            self.suspect(suspect, story)?;
        }
        self.left_out(story.suspects.len(), "suspects")
    }

    fn suspect(&mut self, suspect: &'a Suspect, story: &'a Story) -> io::Result<()> {
        self.page.blank()?;
        let (style, word) = match (suspect.act_now, suspect.only_asked) {
            _ if suspect.cut_off_at.is_some() => (Style::Good, "CUT OFF"),
            (true, _) => (Style::Alarm, "ACT NOW"),
            (false, true) => (Style::Plain, "ASKED"),
            (false, false) => (Style::Warning, "SUSPECT"),
        };
        let lead = Lead::default().column(style, word, LABEL);
        let mut words = Words::default()
            .styled(Style::Bold, suspect.principal.raw())
            .then("", &format!("score {} of 100", suspect.score));
        let mine = || story.steps.iter().filter(|step| step.actor == suspect.principal);
        let first = mine().filter_map(|step| step.at).min();
        let last = mine().filter_map(|step| step.last.or(step.at)).max();
        let active = self.options.zone.span(first, last);
        let active = if first.is_some() { active } else { String::new() };
        let whole = |list: &str| !suspect.incomplete.iter().any(|cut| cut == list);
        let keys = listed_of(&suspect.access_keys, whole("access_keys"));
        let addresses = listed_of(&suspect.addresses, whole("addresses"));
        if !suspect.act_now {
            let because = self.brief(&suspect.because.join("; "), REASON);
            words = words
                .then("", &active)
                .then("key ", &keys)
                .then("from ", &addresses)
                .then("because ", &because);
            return self.page.paragraph(&lead, &words);
        }
        self.page.paragraph(&lead, &words)?;
        self.detail("cut off", &self.moment(suspect.cut_off_at))?;
        self.detail("keys", &keys)?;
        self.detail("from", &addresses)?;
        let programs = self.programs(&suspect.user_agents, whole("user_agents"));
        self.detail("with", &programs)?;
        self.detail("active", &active)?;
        self.reasons("because", &suspect.because)
    }

    /// The first user agents, shortened.
    fn programs(&mut self, agents: &[LogText], whole: bool) -> String {
        let (most, length) = PROGRAMS;
        let most = if self.options.limit == usize::MAX { usize::MAX } else { most };
        let mut shown: Vec<String> = Vec::new();
        for agent in agents {
            let brief = self.brief(agent.raw(), length);
            if shown.len() < most && !shown.contains(&brief) {
                shown.push(brief);
            }
        }
        let more = agents.len().saturating_sub(shown.len()) as u64;
        format!("{}{}", shown.join(", "), and_more(more, whole))
    }

    fn detail(&mut self, label: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let lead = Lead::indent(LABEL).column(Style::Dim, label, LABEL);
        self.page.paragraph(&lead, &Words::of(text))
    }

    /// What the case's own plans hold.
    pub(super) fn cut_off(&mut self, cut_off: &[CutOff]) -> io::Result<()> {
        if cut_off.is_empty() {
            return Ok(());
        }
        self.heading(Style::Good, "CUT OFF", NOT_READ_NOW)?;
        for cut in cut_off.iter().take(self.options.limit) {
            let words = Words::default()
                .styled(Style::Bold, cut.what.raw())
                .text(&cut.state)
                .maybe("in account ", cut.account.raw())
                .maybe("since ", &self.moment(Some(cut.at)));
            self.page.paragraph(&Lead::indent(2), &words)?;
        }
        self.left_out(cut_off.len(), "things")
    }

    /// What to do first, with commands to copy.
    pub(super) fn containment(&mut self, containment: &[Containment]) -> io::Result<()> {
        if containment.is_empty() {
            return Ok(());
        }
        self.heading(Style::Alarm, "CUT FIRST", "read each command before you run it")?;
        for cut in containment.iter().take(self.options.limit) {
            let account = cut.account.as_ref().map_or("", LogText::raw);
            let words = Words::default()
                .styled(Style::Bold, &cut.action)
                .text(cut.target.raw())
                .maybe("in account ", account)
                .then("because ", &cut.why);
            self.page.paragraph(&Lead::indent(2), &words)?;
            self.command(cut.command.as_ref())?;
        }
        self.left_out(containment.len(), "actions")
    }

    fn command(&mut self, command: Option<&LogText>) -> io::Result<()> {
        let Some(command) = command else { return Ok(()) };
        let Some(safe) = command::copyable(command.raw()) else {
            let words = Words::default().styled(Style::Warning, command::UNSAFE);
            return self.page.paragraph(&Lead::indent(6), &words);
        };
        for line in command::lines(safe, self.page.width() - 6) {
            self.page.verbatim(Style::Plain, &format!("      {line}"))?;
        }
        Ok(())
    }
}

/// The first few, and how many more.
pub(super) fn listed(texts: &[LogText]) -> String {
    listed_of(texts, true)
}

/// The same of texts that may not be all there are.
fn listed_of(texts: &[LogText], whole: bool) -> String {
    let shown: Vec<&str> = texts.iter().take(NAMED).map(LogText::raw).collect();
    let more = texts.len() - shown.len();
    format!("{}{}", shown.join(", "), and_more(more as u64, whole))
}

fn and_more(more: u64, whole: bool) -> String {
    match (more, whole) {
        (0, true) => String::new(),
        (0, false) => " and more".to_owned(),
        (more, true) => format!(" and {} more", number(more)),
        (more, false) => format!(" and at least {} more", number(more)),
    }
}
