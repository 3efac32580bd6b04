//! What happened, in order of time: who did most is named once, and where not all steps fit,
//! those of most weight are shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crashcart_model::{Investigation, Level, LogText, Origin, Outcome, Step, Story};

use super::{Sheet, outcome};
use crate::names;
use crate::page::{Lead, Style, Words};
use crate::zone::{number, times};

/// About so long may a target be before it is shortened.
const LONGEST_TARGET: usize = 80;

impl<'a> Sheet<'a> {
    /// Learns who did most, and whether several accounts are in play.
    pub(super) fn know_actors(&mut self, story: &'a Story) {
        let mut steps: BTreeMap<&LogText, u64> = BTreeMap::new();
        for step in &story.steps {
            *steps.entry(&step.actor).or_default() += 1;
        }
        let accounts: BTreeSet<&str> = (story.suspects.iter().map(|suspect| &suspect.principal))
            .chain(steps.keys().copied())
            .filter_map(|name| names::account(name.raw()))
            .collect();
        self.several_accounts = accounts.len() > 1;
        self.main = steps
            .into_iter()
            .min_by_key(|(actor, count)| (Reverse(*count), *actor))
            .map(|(actor, _)| actor);
    }

    /// The steps in order of time, a line for each day before its first.
    pub(super) fn steps(&mut self, investigation: &'a Investigation) -> io::Result<()> {
        let story = &investigation.story;
        if story.steps.is_empty() {
            return Ok(());
        }
        let by = self.main.map(|main| self.short(main.raw())).unwrap_or_default();
        let note = format!("by {by} unless another is named; (denied) and (failed) had no effect");
        self.heading(Style::Bold, "WHAT HAPPENED", &note)?;
        let mut day = String::new();
        for step in weightiest(investigation, self.options.limit) {
            let date =
                step.at.map_or_else(|| "no time".to_owned(), |at| self.options.zone.date(at));
            if date != day {
                self.page.paragraph(&Lead::indent(2), &Words::of(&date))?;
                day = date;
            }
            self.step(step)?;
        }
        self.left_out(story.steps.len(), "steps of less weight")
    }

    fn step(&mut self, step: &'a Step) -> io::Result<()> {
        let target = step.target.as_ref().map_or("", LogText::raw);
        let target = self.targets(target);
        let zone = &self.options.zone;
        let (style, word) = outcome(step.outcome);
        let lead = Lead::indent(2)
            .column(Style::Plain, &zone.clock(step.at), 9)
            .column(Style::Plain, names::tactic(step.tactic.as_deref().unwrap_or("-")), 12)
            .column(style, word, 9);
        let mut words = Words::default()
            .styled(if word == "done" { Style::Bold } else { Style::Plain }, step.what.raw())
            .text(&target);
        if step.count > 1 {
            words = words.then("", &self.repeated(step));
        }
        let words = words
            .then("by ", &self.by(&step.actor))
            .then("", &self.tried(step))
            .then("", &self.made(step))
            .then("", step.technique.as_deref().unwrap_or_default())
            .styled(Style::Dim, &self.citations.markers(&step.origins, 1));
        self.page.paragraph(&lead, &words)
    }

    /// `made by the same principal at 2026-03-04 05:06:07`, of several things `from` the first on.
    fn made(&self, step: &Step) -> String {
        let many = step.target.as_ref().is_some_and(|target| target.raw().contains(" targets: "));
        match self.moment(step.made_at) {
            at if at.is_empty() => at,
            at if many => format!("made by the same principal from {at} on"),
            at => format!("made by the same principal at {at}"),
        }
    }

    /// `tried before in vain 3 times from 03:40:00 (AccessDenied)`
    fn tried(&self, step: &Step) -> String {
        let Some(tried) = &step.tried_before else { return String::new() };
        let errors: Vec<&str> = tried.errors.iter().map(LogText::raw).collect();
        let zone = &self.options.zone;
        let today = |first| step.at.is_some_and(|at| zone.date(at) == zone.date(first));
        let from = match tried.first.filter(|first| today(*first)) {
            Some(first) => zone.clock(Some(first)),
            None => zone.moment(tried.first),
        };
        let how_often = times(tried.count);
        let answer =
            if errors.is_empty() { String::new() } else { format!(" ({})", errors.join(", ")) };
        format!("tried before in vain {how_often} from {from}{answer}")
    }

    /// The target; of many (`12 targets: one, two, three`) the first two, and how many more.
    fn targets(&mut self, target: &str) -> String {
        let many = target.split_once(" targets: ").and_then(|(count, names)| {
            let names: Vec<&str> = names.splitn(3, ", ").collect();
            Some((count.parse::<u64>().ok()?, names))
        });
        match many {
            Some((count, names)) if count > 2 && self.options.limit != usize::MAX => {
                let first: Vec<String> =
                    names.iter().take(2).map(|name| self.brief(name, LONGEST_TARGET)).collect();
                self.shortened = true;
                format!("{} and {} more", first.join(", "), number(count - 2))
            }
            Some((2, names)) => names.join(", "),
            _ => self.brief(target, LONGEST_TARGET),
        }
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
}

/// The steps of most weight, in their order.
fn weightiest(investigation: &Investigation, limit: usize) -> Vec<&Step> {
    let steps = &investigation.story.steps;
    let records = told(investigation);
    let mut order: Vec<usize> = (0..steps.len()).collect();
    order.sort_by_key(|index| Reverse(steps.get(*index).map(|step| weight(step, &records))));
    order.truncate(limit);
    order.sort_unstable();
    order.into_iter().filter_map(|index| steps.get(index)).collect()
}

/// Records that other parts of the document rest on: the gravest finding that cites them, and
/// whether a way back in or a change rests on them.
fn told(investigation: &Investigation) -> BTreeMap<&Origin, (Option<Level>, bool)> {
    let story = &investigation.story;
    let findings = (investigation.findings.iter())
        .flat_map(|finding| finding.events.iter().map(move |origin| (origin, finding.level)));
    let mut records: BTreeMap<&Origin, (Option<Level>, bool)> = BTreeMap::new();
    for (origin, level) in findings {
        let known = records.entry(origin).or_default();
        known.0 = known.0.max(Some(level));
    }
    // The last record of a way back in that is gone is the one of its removal.
    let ways = story.persistence.iter().flat_map(|way| {
        let removal = usize::from(way.removed_by.is_some() && way.origins.len() > 1);
        way.origins.iter().take(way.origins.len() - removal)
    });
    let changes = story.changes.iter().flat_map(|change| &change.origins);
    for origin in ways.chain(changes) {
        records.entry(origin).or_default().1 = true;
    }
    records
}

/// How much a step tells: what the gravest findings rest on, of these what had an effect, then ways
/// back in and changes, then what served an end of the attack rather than looking around.
type Weight = (Option<Level>, bool, bool, u8, bool);

fn weight(step: &Step, records: &BTreeMap<&Origin, (Option<Level>, bool)>) -> Weight {
    let known = || step.origins.iter().filter_map(|origin| records.get(origin));
    // A low finding says no more than none.
    let level = known().filter_map(|(level, _)| *level).max().filter(|at| *at >= Level::Medium);
    let effect = matches!(step.outcome, Outcome::Done | Outcome::Unknown);
    let tactic = match step.tactic.as_deref() {
        None => 0,
        Some("discovery" | "reconnaissance") => 1,
        Some(_) => 2,
    };
    // What a principal does to its own props harms nobody.
    (level, effect, known().any(|(_, kept)| *kept), tactic, step.made_at.is_none())
}
