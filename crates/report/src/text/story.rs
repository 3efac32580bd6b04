//! What happened, what of it is still there, what was undone, what was read and what failed.

use std::collections::BTreeSet;
use std::io;

use crashcart_model::{
    BlastRadius, Changed, LogText, Origin, Persistence, PersistenceState, Step, Story, Timestamp,
};

use super::{MARKERS, Sheet, outcome, suspects::listed};
use crate::names;
use crate::page::{Lead, Style, Words};
use crate::zone::{counted, size, times};

impl<'a> Sheet<'a> {
    /// The steps in order of time, a line for each day before its first.
    pub(super) fn steps(&mut self, story: &'a Story) -> io::Result<()> {
        if story.steps.is_empty() {
            return Ok(());
        }
        let actors: BTreeSet<&LogText> = story.steps.iter().map(|step| &step.actor).collect();
        let only = if actors.len() == 1 { actors.first() } else { None };
        let by =
            only.map_or_else(String::new, |actor| format!(", all by {}", self.short(actor.raw())));
        let note = format!("(denied) and (failed) had no effect{by}");
        self.heading(Style::Bold, "WHAT HAPPENED", &note)?;
        let mut day = String::new();
        for step in story.steps.iter().take(self.options.limit) {
            let date =
                step.at.map_or_else(|| "no time".to_owned(), |at| self.options.zone.date(at));
            if date != day {
                self.page.paragraph(&Lead::indent(2), &Words::of(&date))?;
                day = date;
            }
            self.step(step, only.is_none())?;
        }
        self.left_out(story.steps.len(), "steps")
    }

    fn step(&mut self, step: &'a Step, with_actor: bool) -> io::Result<()> {
        let zone = &self.options.zone;
        let (style, word) = outcome(step.outcome);
        let lead = Lead::indent(2)
            .column(Style::Plain, &zone.clock(step.at), 9)
            .column(Style::Plain, names::tactic(step.tactic.as_deref().unwrap_or("-")), 12)
            .column(style, word, 9);
        let mut words = Words::default()
            .styled(if word == "done" { Style::Bold } else { Style::Plain }, step.what.raw())
            .maybe("", step.target.as_ref().map_or("", LogText::raw));
        if step.count > 1 {
            words = words.then("", &self.repeated(step));
        }
        if with_actor {
            words = words.then("by ", &self.short(step.actor.raw()));
        }
        let words = words
            .then("", step.technique.as_deref().unwrap_or_default())
            .styled(Style::Dim, &self.citations.markers(&step.origins, 1));
        self.page.paragraph(&lead, &words)
    }

    /// `12 times to 03:40:00`
    fn repeated(&self, step: &Step) -> String {
        let zone = &self.options.zone;
        let until = match (step.at, step.last) {
            (Some(at), Some(last)) if at != last && zone.date(at) == zone.date(last) => {
                format!(" to {}", zone.clock(Some(last)))
            }
            (at, Some(last)) if at != Some(last) => format!(" to {}", zone.moment(Some(last))),
            _ => String::new(),
        };
        format!("{}{until}", times(step.count))
    }

    /// Ways back in that nothing removed, and changes that nobody put back.
    pub(super) fn still_in_place(&mut self, story: &'a Story) -> io::Result<()> {
        let ways = story.persistence.iter().filter(|way| way.state == PersistenceState::InPlace);
        let changes = story.changes.iter().filter(|change| change.reverted_by.is_none());
        self.kept("STILL IN PLACE", Style::Alarm, ways.collect(), changes.collect())
    }

    /// Ways back in that were removed, and changes that were put back.
    pub(super) fn undone(&mut self, story: &'a Story) -> io::Result<()> {
        let ways = story.persistence.iter().filter(|way| way.state == PersistenceState::Removed);
        let changes = story.changes.iter().filter(|change| change.reverted_by.is_some());
        self.kept("UNDONE", Style::Good, ways.collect(), changes.collect())
    }

    fn kept(
        &mut self,
        name: &str,
        style: Style,
        ways: Vec<&'a Persistence>,
        changes: Vec<&'a Changed>,
    ) -> io::Result<()> {
        let all = ways.len() + changes.len();
        if all == 0 {
            return Ok(());
        }
        self.heading(style, name, "")?;
        for way in ways.iter().take(self.options.limit) {
            let removed = way.removed_by.as_ref().map(|by| self.short(by.raw()));
            let words = Words::default()
                .styled(Style::Bold, &way.kind)
                .text(way.what.raw())
                .maybe("by ", &self.short(way.by.raw()))
                .maybe("at ", &self.moment(way.at))
                .then("removed by ", &removed.unwrap_or_default());
            self.item(words, &way.origins)?;
        }
        let room = self.options.limit.saturating_sub(ways.len());
        for change in changes.iter().take(room) {
            let reverted = change.reverted_by.as_ref().map(|by| self.short(by.raw()));
            let words = Words::default()
                .styled(Style::Bold, change.change.raw())
                .maybe("on ", change.resource.raw())
                .maybe("by ", &self.short(change.by.raw()))
                .maybe("at ", &self.moment(change.at))
                .then("put back by ", &reverted.unwrap_or_default());
            self.item(words, &change.origins)?;
        }
        self.left_out(all, "entries")
    }

    /// The moment, empty where no record tells.
    fn moment(&self, at: Option<Timestamp>) -> String {
        at.map(|at| self.options.zone.moment(Some(at))).unwrap_or_default()
    }

    /// One entry with its evidence.
    fn item(&mut self, words: Words, origins: &'a [Origin]) -> io::Result<()> {
        let words = words.styled(Style::Dim, &self.citations.markers(origins, MARKERS));
        self.page.paragraph(&Lead::default().column(Style::Plain, "", 4), &words)
    }

    /// Data that was read.
    pub(super) fn data_read(&mut self, story: &'a Story) -> io::Result<()> {
        if story.accessed.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "DATA READ", "")?;
        for access in story.accessed.iter().take(self.options.limit) {
            let bytes = access.bytes.map(size).unwrap_or_default();
            let words = Words::default()
                .styled(Style::Bold, &access.kind)
                .text(access.what.raw())
                .then("", &times(access.count))
                .then("", &bytes)
                .then("by ", &self.short(access.by.raw()));
            self.item(words, &access.origins)?;
        }
        self.left_out(story.accessed.len(), "entries")
    }

    /// Calls that had no effect.
    pub(super) fn failed(&mut self, story: &'a Story) -> io::Result<()> {
        if story.failed.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "TRIED WITHOUT EFFECT", "")?;
        for call in story.failed.iter().take(self.options.limit) {
            let words = Words::of(call.what.raw())
                .text(call.error.raw())
                .then("", &times(call.count))
                .then("by ", &self.short(call.by.raw()))
                .then("first at ", &self.moment(call.at));
            self.item(words, &call.origins)?;
        }
        self.left_out(story.failed.len(), "entries")
    }

    /// The responder's questions.
    pub(super) fn answers(&mut self, story: &'a Story) -> io::Result<()> {
        if story.answers.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "ANSWERS", "")?;
        for answer in story.answers.iter().take(self.options.limit) {
            let lead = Lead::default().column(Style::Plain, "", 2);
            self.page.paragraph(&lead, &Words::default().styled(Style::Bold, &answer.question))?;
            let words = Words::of(answer.answer.raw())
                .then("because ", answer.because.raw())
                .styled(Style::Dim, &self.citations.markers(&answer.origins, MARKERS));
            self.page.paragraph(&Lead::default().column(Style::Plain, "", 6), &words)?;
        }
        self.left_out(story.answers.len(), "answers")
    }

    /// How far it reaches, in one line each.
    pub(super) fn reach(&mut self, radius: &BlastRadius) -> io::Result<()> {
        let parts = [
            ("account", &radius.accounts),
            ("region", &radius.regions),
            ("principal", &radius.principals),
            ("resource", &radius.resources),
        ];
        if parts.iter().all(|(_, names)| names.is_empty()) {
            return Ok(());
        }
        self.heading(Style::Bold, "REACH", "")?;
        for (what, names) in parts.iter().filter(|(_, names)| !names.is_empty()) {
            let lead = Lead::default().column(Style::Plain, "", 4);
            let words =
                Words::of(&format!("{}:", counted(names.len() as u64, what))).text(&listed(names));
            self.page.paragraph(&lead, &words)?;
        }
        Ok(())
    }
}
