//! What a plan has changed in the account and not given back, worked out from the journal alone.
//! It must never guess: a change without an outcome is `open` until the live state was read.

use std::collections::BTreeMap;

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::journal::{Effect, Entry, Purpose, Run};
use crate::{State, Thing};

/// One thing that is no longer as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// The step that changed it first.
    pub step: String,
    /// The thing.
    pub thing: Thing,
    /// Its state before our first change.
    pub before: State,
    /// Its state after our last.
    pub to: State,
    /// When that was.
    pub at: Timestamp,
}

/// A change that was about to be sent when the journal ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Open {
    pub(crate) step: String,
    pub(crate) thing: Thing,
    pub(crate) purpose: Purpose,
    pub(crate) before: State,
    pub(crate) to: State,
}

/// The journal's sum for one plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ledger {
    /// In the order of the first change to each.
    pub(crate) left: Vec<Left>,
    /// At most one: a run sends one change at a time.
    pub(crate) open: Option<Open>,
    /// What was begun and has not ended.
    pub(crate) under_way: Option<Run>,
    /// What was begun last, ended or not.
    pub(crate) last_run: Option<Run>,
    /// The account's number, once a change was about to be sent.
    pub(crate) account: String,
    /// Since when each thing is left, without a break.
    since: Vec<(Thing, Timestamp)>,
    /// When each step last set each thing.
    set: Vec<(String, Thing, Timestamp)>,
    /// What runs that came to their end held when the one under way began.
    held_by_ended: Vec<Thing>,
    /// What was held when the plan was last begun or gone on with.
    held_before: Vec<Thing>,
}

impl Ledger {
    /// Adds up the entries of the plan with this hash.
    pub(crate) fn read(entries: &[Entry], hash: &str) -> Self {
        let mut ledger = Self::default();
        for entry in entries {
            ledger.take(entry, hash);
        }
        ledger
    }

    /// Adds up the entries of every plan, by hash.
    pub(crate) fn of_each(entries: &[Entry]) -> BTreeMap<&str, Self> {
        let mut ledgers: BTreeMap<&str, Self> = BTreeMap::new();
        for entry in entries {
            if let Entry::Begun { plan, .. }
            | Entry::Intent { plan, .. }
            | Entry::Outcome { plan, .. }
            | Entry::Ended { plan, .. } = entry
            {
                ledgers.entry(plan).or_default().take(entry, plan);
            }
        }
        ledgers
    }

    /// Adds one entry; those of other plans are passed over.
    pub(crate) fn take(&mut self, entry: &Entry, hash: &str) {
        match entry {
            Entry::Begun { plan, run, .. } if plan == hash => self.begin(*run),
            Entry::Ended { plan, receipt, at } if plan == hash => {
                self.under_way = None;
                // What was given back and did not hold is still to be given back.
                self.left.clone_from(&receipt.left);
                self.date(*at);
            }
            Entry::Intent { plan, step, purpose, before, change, .. } if plan == hash => {
                self.account.clone_from(&change.account);
                self.open = Some(Open {
                    step: step.clone(),
                    thing: change.thing.clone(),
                    purpose: *purpose,
                    before: before.clone(),
                    to: change.to.clone(),
                });
            }
            Entry::Outcome { plan, effect, at, .. } if plan == hash => {
                if let Some(open) = self.open.take() {
                    self.settle(open, effect, *at);
                    self.date(*at);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, run: Run) {
        let things = || self.left.iter().map(|left| left.thing.clone()).collect();
        match (self.under_way, run) {
            (None, Run::Apply) => self.held_by_ended = things(),
            (None, _) => self.held_by_ended.clear(),
            (Some(_), _) => {}
        }
        if run == Run::Apply {
            self.held_before = things();
        }
        (self.under_way, self.last_run) = (Some(run), Some(run));
    }

    /// Dates what is left now and was not before.
    fn date(&mut self, at: Timestamp) {
        let mut since = std::mem::take(&mut self.since);
        since.retain(|(thing, _)| self.of(thing).is_some());
        for left in &self.left {
            if !since.iter().any(|(thing, _)| *thing == left.thing) {
                since.push((left.thing.clone(), at));
            }
        }
        self.since = since;
    }

    /// Since when a thing is left, without a break.
    pub(crate) fn since(&self, thing: &Thing) -> Option<Timestamp> {
        self.since.iter().find(|(one, _)| one == thing).map(|(_, at)| *at)
    }

    /// Whether a run that gives back leaves a thing as it is, since an earlier run holds it: a run
    /// that fails, or that is not finished, must not free whom another has contained.
    pub(crate) fn is_held_by_earlier(&self, thing: &Thing, run: Run) -> bool {
        match run {
            Run::BackOut => self.held_before.contains(thing),
            Run::Undo => self.held_by_ended.contains(thing),
            Run::Apply | Run::Revert => false,
        }
    }

    /// The entry of a thing.
    pub(crate) fn of(&self, thing: &Thing) -> Option<&Left> {
        self.left.iter().find(|left| left.thing == *thing)
    }

    /// When the step last set the thing, if that was not given back.
    pub(crate) fn set_by(&self, step: &str, thing: &Thing) -> Option<Timestamp> {
        let mut set = self.set.iter().filter(|(by, what, _)| by == step && what == thing);
        set.next_back().map(|(_, _, at)| *at)
    }

    fn settle(&mut self, open: Open, effect: &Effect, at: Timestamp) {
        let sure = matches!(effect, Effect::Done(_) | Effect::Seen);
        match open.purpose {
            Purpose::Undo if sure => self.set.retain(|(_, thing, _)| *thing != open.thing),
            Purpose::Undo => {}
            _ if sure => self.set.push((open.step.clone(), open.thing.clone(), at)),
            _ => {}
        }
        let index = self.left.iter().position(|left| left.thing == open.thing);
        let left = index.and_then(|index| self.left.get_mut(index));
        match (effect, left) {
            (Effect::None(_), _) => {}
            (_, Some(left)) if sure && left.before == open.to => {
                self.left.retain(|left| left.thing != open.thing);
            }
            // What a revert leaves in place of it, such as a later cut-off, is not what was left.
            _ if open.purpose == Purpose::Undo => {}
            (_, Some(left)) if sure => (left.to, left.at) = (open.to, at),
            (_, Some(_)) => {}
            (_, None) => self.left.push(Left {
                step: open.step,
                thing: open.thing,
                before: open.before,
                to: open.to,
                at,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, Undo};

    fn key() -> Thing {
        Thing::AccessKey { user: "ada".into(), id: "AKIAEXAMPLE".into() }
    }

    fn intent(purpose: Purpose, before: State, to: State) -> Entry {
        Entry::Intent {
            at: Timestamp::from_millis(0),
            plan: "plan".into(),
            step: "step".into(),
            purpose,
            undo: Undo::to("111122223333", &key(), &before),
            before,
            change: Change { account: "111122223333".into(), thing: key(), to },
        }
    }

    fn outcome(effect: Effect) -> Entry {
        let at = Timestamp::from_millis(1);
        Entry::Outcome { at, plan: "plan".into(), step: "step".into(), thing: key(), effect }
    }

    #[test]
    fn what_was_done_again_is_still_undone_to_the_state_before_the_first_time() {
        let entries = [
            intent(Purpose::Contain, State::Active, State::Inactive),
            outcome(Effect::Done("1".into())),
            intent(Purpose::Again, State::Absent, State::Inactive),
            outcome(Effect::Done("2".into())),
        ];
        let ledger = Ledger::read(&entries, "plan");
        assert_eq!(ledger.left.len(), 1);
        assert_eq!(ledger.of(&key()).map(|left| &left.before), Some(&State::Active));
        assert!(Ledger::read(&entries, "another").left.is_empty());
    }

    #[test]
    fn a_change_that_was_given_back_is_no_longer_left() {
        let mut entries = vec![
            intent(Purpose::Contain, State::Active, State::Inactive),
            outcome(Effect::Seen),
            intent(Purpose::Undo, State::Inactive, State::Active),
        ];
        assert!(Ledger::read(&entries, "plan").open.is_some());
        entries.push(outcome(Effect::Done("2".into())));
        assert!(Ledger::read(&entries, "plan").left.is_empty());
    }

    #[test]
    fn a_change_of_which_nobody_knows_counts_as_made() {
        let entries = [
            intent(Purpose::Contain, State::Active, State::Inactive),
            outcome(Effect::Unknown("no answer".into())),
        ];
        assert_eq!(Ledger::read(&entries, "plan").left.len(), 1);
    }
}
