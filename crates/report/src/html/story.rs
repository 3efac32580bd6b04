//! What happened, what is still there, what was read and what failed.

use std::io;

use crashcart_model::{BlastRadius, LogText, PersistenceState, Step, Story};

use super::markup::{Cell, Markup};
use crate::zone::{at_last, counted, number, size};

/// What nobody undid.
const STANDS: Cell<'_> = Cell::State("STILL IN PLACE", "label alarm");

impl<'a> Markup<'a> {
    /// The steps in order of time.
    pub(super) fn timeline(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("timeline", "What happened", |markup| {
            if story.steps.is_empty() {
                return markup.none();
            }
            markup.span("p", "quiet", "Times in UTC. The numbers lead to the records.")?;
            let headings =
                ["Time", "Tactic", "What", "Target", "Who", "Outcome", "Times", "Evidence"];
            markup.table(&headings, story.steps.iter().map(step))
        })
    }

    /// Ways back in, those still there first.
    pub(super) fn persistence(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("persistence", "Ways back in", |markup| {
            if story.persistence.is_empty() {
                return markup.none();
            }
            let none = crate::names::no_way_back(story);
            if !none.is_empty() {
                markup.span("p", "", none)?;
            }
            let headings = ["State", "Kind", "What", "Made by", "Made", "Removed by", "Evidence"];
            let mut ways: Vec<_> = story.persistence.iter().collect();
            ways.sort_by_key(|way| way.state != PersistenceState::InPlace);
            markup.table(
                &headings,
                ways.into_iter().map(|way| {
                    let state = match way.state {
                        PersistenceState::InPlace if way.cut_off_at.is_some() => {
                            Cell::State("cut off", "good")
                        }
                        PersistenceState::InPlace => STANDS,
                        PersistenceState::Removed => Cell::State("removed", "good"),
                    };
                    vec![
                        state,
                        Cell::Text(way.kind.clone()),
                        Cell::Id(way.what.raw()),
                        Cell::Log(&way.by),
                        Cell::Time(way.at),
                        Cell::maybe(way.removed_by.as_ref()),
                        Cell::Cite(&way.origins),
                    ]
                }),
            )
        })
    }

    /// Changes, those that nobody put back first.
    pub(super) fn changes(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("changes", "Changes", |markup| {
            if story.changes.is_empty() {
                return markup.none();
            }
            let headings = [
                "State",
                "Change",
                "Resource",
                "By",
                "When",
                "Made by the same principal",
                "Put back by",
                "Evidence",
            ];
            let mut changes: Vec<_> = story.changes.iter().collect();
            changes.sort_by_key(|change| change.reverted_by.is_some());
            markup.table(
                &headings,
                changes.into_iter().map(|change| {
                    let state = match change.reverted_by {
                        Some(_) => Cell::State("put back", "good"),
                        None if change.destroyed => Cell::State("DESTROYED", "label alarm"),
                        None => STANDS,
                    };
                    vec![
                        state,
                        Cell::Log(&change.change),
                        Cell::Id(change.resource.raw()),
                        Cell::Log(&change.by),
                        Cell::Time(change.at),
                        Cell::Time(change.made_at),
                        Cell::maybe(change.reverted_by.as_ref()),
                        Cell::Cite(&change.origins),
                    ]
                }),
            )
        })
    }

    /// Data that was read.
    pub(super) fn accessed(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("accessed", "Data read", |markup| {
            if story.accessed.is_empty() {
                return markup.none();
            }
            let headings = ["Kind", "What", "Times", "Bytes", "By", "Evidence"];
            markup.table(
                &headings,
                story.accessed.iter().map(|access| {
                    vec![
                        Cell::Text(access.kind.clone()),
                        Cell::Id(access.what.raw()),
                        Cell::Text(number(access.count)),
                        Cell::Text(access.bytes.map_or_else(|| "not logged".to_owned(), size)),
                        Cell::Log(&access.by),
                        Cell::Cite(&access.origins),
                    ]
                }),
            )
        })
    }

    /// Calls that had no effect.
    pub(super) fn failed(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("failed", "Tried without effect", |markup| {
            if story.failed.is_empty() {
                return markup.none();
            }
            let headings = ["First", "What", "Error", "Times", "By", "Evidence"];
            markup.table(
                &headings,
                story.failed.iter().map(|call| {
                    vec![
                        Cell::Time(call.at),
                        Cell::Log(&call.what),
                        Cell::Log(&call.error),
                        Cell::Text(number(call.count)),
                        Cell::Log(&call.by),
                        Cell::Cite(&call.origins),
                    ]
                }),
            )
        })
    }

    /// The responder's questions.
    pub(super) fn answers(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("answers", "Answers", |markup| {
            if story.answers.is_empty() {
                return markup.none();
            }
            let headings = ["Question", "Answer", "Because", "Evidence"];
            markup.table(
                &headings,
                story.answers.iter().map(|answer| {
                    vec![
                        Cell::Text(answer.question.clone()),
                        Cell::Log(&answer.answer),
                        Cell::Log(&answer.because),
                        Cell::Cite(&answer.origins),
                    ]
                }),
            )
        })
    }

    /// How far it reaches.
    pub(super) fn reach(&mut self, radius: &'a BlastRadius) -> io::Result<()> {
        self.section("reach", "Reach", |markup| {
            let parts = [
                ("account", "", &radius.accounts),
                ("region", "", &radius.regions),
                ("region", " only tried: every call refused or failed", &radius.regions_tried),
                ("principal", "", &radius.principals),
                ("resource", "", &radius.resources),
            ];
            let mut shown =
                parts.iter().filter(|(_, how, names)| how.is_empty() || !names.is_empty());
            shown.try_for_each(|(what, how, names)| markup.names(what, how, names))?;
            markup.element("p", &[("class", "quiet")], |markup| {
                markup.text("As a graph of who reached what with which key: crashcart investigate --graph FILE (Graphviz or Mermaid); Markdown reports hold it.")
            })
        })
    }

    fn names(&mut self, what: &str, how: &str, names: &[LogText]) -> io::Result<()> {
        self.element("details", &[], |markup| {
            let count = counted(names.len() as u64, what);
            markup.span("summary", "", &format!("{count}{how}"))?;
            markup.element("ul", &[], |markup| {
                names.iter().try_for_each(|name| {
                    markup.element("li", &[("class", "id")], |markup| markup.log(name.raw()))
                })
            })
        })
    }
}

fn step(step: &Step) -> Vec<Cell<'_>> {
    let tactic = step.tactic.clone().unwrap_or_default();
    let technique = step.technique.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let count = if step.count > 1 { number(step.count) } else { String::new() };
    vec![
        Cell::Time(step.at),
        Cell::Text(format!("{tactic}{technique}")),
        Cell::Log(&step.what),
        Cell::maybe(step.target.as_ref()),
        Cell::Log(&step.actor),
        match &step.tried_before {
            Some(tried) => Cell::Text(at_last(tried)),
            None => Cell::Outcome(step.outcome),
        },
        Cell::Text(count),
        Cell::Cite(&step.origins),
    ]
}
