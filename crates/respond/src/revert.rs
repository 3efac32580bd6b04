//! Giving back, in reverse order. Unless told that the wrong principal was contained, it must
//! never re-arm anybody: suspect credentials stay inactive, and sessions that are older than the
//! moment stay denied until they have expired.

use crashcart_aws::AwsError;
use crashcart_model::Timestamp;

use crate::apply::{RunError, note};
use crate::executor::{Executor, Options, Task, Trouble};
use crate::hold::{Goal, What};
use crate::journal::{Entry, Journal, JournalError, Purpose, Run};
use crate::ledger::Ledger;
use crate::receipt::{Ending, Receipt, StepOutcome, StepReceipt};
use crate::resume::receipts;
use crate::{Account, Approved, CutOff, Left, State, Thing, Undo};

/// How to give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RevertOptions {
    /// Undo exactly: the wrong principal was contained. [`comes_back`] says what that means.
    pub rearm: bool,
    /// Also where somebody has changed what we left.
    pub force: bool,
    /// How long to read back.
    pub options: Options,
}

/// Gives back what a plan has left, by the journal. The receipt only points to the plan: it must be
/// as the journal has it, and what is in it is not followed.
///
/// # Errors
/// Only where nothing was sent; whatever happens later is in the receipt.
pub fn revert(
    (receipt, approved): (&Receipt, &Approved),
    history: &[Entry],
    account: &dyn Account,
    journal: &mut dyn Journal,
    how: RevertOptions,
) -> Result<Receipt, RunError> {
    check(receipt, approved, history)?;
    let mut executor = Executor::new(approved, history, account, journal, how.options);
    if executor.ledger.under_way.is_some() {
        return Err(RunError::CutOff);
    }
    let run = if how.rearm { Run::Undo } else { Run::Revert };
    executor.begin(run)?;
    let receipt = executor.receipt(run);
    Ok(executor.give_back(receipt, run, how.force))
}

/// Whether the receipt is the plan's, and the journal's. One of a run that was halted never came
/// into the journal: it points to a plan of which the journal must know a run.
fn check(receipt: &Receipt, approved: &Approved, history: &[Entry]) -> Result<(), RunError> {
    if receipt.plan != approved.hash() {
        let (receipt, approved) = (receipt.plan.clone(), approved.hash().to_owned());
        return Err(RunError::OtherPlan { receipt, approved });
    }
    let begun = |entry: &Entry| matches!(entry, Entry::Begun { plan, .. } if *plan == receipt.plan);
    let known = match receipt.ending {
        Ending::Halted => history.iter().any(begun),
        _ => receipts(history).any(|kept| kept == receipt),
    };
    if known { Ok(()) } else { Err(RunError::NotInJournal) }
}

/// What comes back to life where a plan is undone exactly, and what cannot: sentences to be said
/// before it is done. What is gone meanwhile is told as gone.
///
/// # Errors
/// As [`revert`] refuses a receipt.
pub fn comes_back(
    (receipt, approved): (&Receipt, &Approved),
    history: &[Entry],
    account: &dyn Account,
) -> Result<Vec<String>, RunError> {
    check(receipt, approved, history)?;
    let ledger = Ledger::read(history, approved.hash());
    let plan = approved.plan();
    let told = |left: &Left| {
        let thing = &left.thing;
        if !thing.can_become(&left.before) {
            return match Undo::to(&plan.account, thing, &left.before) {
                Undo::Never { because } => format!("does not come back: {thing}: {because}"),
                Undo::By(_) => format!("does not come back: {thing}"),
            };
        }
        let live = account.state(thing);
        if live.as_ref().is_ok_and(|live| is_gone(left, live)) {
            return format!("does not come back: {thing} is gone");
        }
        let alive = match plan.step(&left.step).and_then(|step| step.cut_off()) {
            Some(rule) => rule.moment(&left.to).map_or_else(
                || format!("{thing} is given back"),
                |moment| format!("sessions issued before {moment} can be used again"),
            ),
            None if thing.is_credential() && left.before == State::Active => {
                let unread = live.is_err().then_some(", if it is still there");
                format!("{thing} can be used again{}", unread.unwrap_or_default())
            }
            None if left.before == State::Absent => format!("{thing} is removed"),
            None => format!("{thing} is as it was"),
        };
        format!("comes back to life: {alive}")
    };
    Ok(ledger.left.iter().rev().map(told).collect())
}

/// What became of one thing on the way back.
enum Back {
    /// It is as it was before; the goal holds it so.
    Given(Goal),
    /// It was deleted meanwhile, by itself or with its user or role.
    Gone,
    Kept(String),
    Not(String),
}

impl Executor<'_> {
    /// After a failed step: everything exactly back that the run has changed.
    pub(crate) fn back_out(&mut self, failed: Receipt) -> Receipt {
        if self.begin(Run::BackOut).is_err() {
            return self.finished(failed, Ending::Halted);
        }
        self.give_back(failed, Run::BackOut, false)
    }

    /// Gives back what the ledger holds, and ends the run. The receipt goes on from what it has.
    pub(crate) fn give_back(&mut self, mut receipt: Receipt, run: Run, force: bool) -> Receipt {
        let mut back = self.receipt(run);
        let complete = self.give_back_into(&mut back, run, force);
        let held = self.ledger.left.iter();
        let held = held.filter(|left| self.ledger.is_held_by_earlier(&left.thing, run));
        let held: Vec<String> = held.map(|left| self.still_held(left)).collect();
        let ending = match (complete, run) {
            (Err(_), _) => Ending::Halted,
            (Ok(false), _) => Ending::UndoIncomplete,
            (Ok(true), _) if !held.is_empty() => Ending::Stopped,
            (Ok(true), Run::BackOut) => Ending::FailedAndUndone,
            (Ok(true), _) => Ending::GivenBack,
        };
        receipt.steps.extend(back.steps);
        receipt.notes.extend(back.notes.into_iter().chain(held));
        self.finished(receipt, ending)
    }

    /// Whether what an earlier run did still stands, in words.
    fn still_held(&self, left: &Left) -> String {
        let rule = self.approved.plan().step(&left.step).and_then(|step| step.cut_off());
        match self.account.state(&left.thing) {
            Ok(live)
                if live == left.to || rule.is_some_and(|rule| rule.moment(&live).is_some()) =>
            {
                format!("still held by an earlier run: {}", left.thing)
            }
            Ok(live) => format!(
                "no longer as an earlier run left it: the {} is {}",
                left.thing,
                live.told()
            ),
            Err(error) => {
                format!("held by an earlier run, not read again: {} ({error})", left.thing)
            }
        }
    }

    fn give_back_into(
        &mut self,
        receipt: &mut Receipt,
        run: Run,
        force: bool,
    ) -> Result<bool, JournalError> {
        let (mut goals, mut complete) = (Vec::new(), true);
        if run == Run::Revert && !self.keep_sessions_out(receipt)? {
            return Ok(false);
        }
        let (all, mut given) = (self.ledger.left.clone(), Vec::new());
        let earlier = |left: &&Left| self.ledger.is_held_by_earlier(&left.thing, run);
        let of_this_run: Vec<Left> = all.iter().filter(|left| !earlier(left)).cloned().collect();
        for left in of_this_run.iter().rev() {
            let back = match self.back(left, run, force) {
                Ok(back) => back,
                Err(Trouble::Journal(error)) => return Err(error),
                Err(trouble) => Back::Not(trouble.to_string()),
            };
            let (outcome, said) = match back {
                Back::Given(goal) => {
                    goals.push(goal);
                    given.push(&left.thing);
                    (StepOutcome::GivenBack, format!("{} is as before", left.thing))
                }
                Back::Gone => {
                    given.push(&left.thing);
                    let said = format!(
                        "the {} is gone: somebody deleted it meanwhile; there is nothing to give back",
                        left.thing
                    );
                    (StepOutcome::Gone, said)
                }
                Back::Kept(said) => (StepOutcome::Kept, said),
                Back::Not(said) => {
                    complete = false;
                    (StepOutcome::Failed, said)
                }
            };
            receipt.steps.push(StepReceipt::new(&left.step, outcome, said));
        }
        let watched = self.hold(&goals)?;
        note(receipt, &goals, &watched);
        let unproven = watched.unproven;
        // What did not hold as it was before is still to be given back.
        let holds = |left: &Left| !unproven.iter().any(|(step, _)| *step == left.step);
        let is_back = |left: &Left| given.contains(&&left.thing) && holds(left);
        self.ledger.left = all.iter().filter(|left| !is_back(left)).cloned().collect();
        Ok(complete && unproven.is_empty())
    }

    /// Moves each cut-off to now, before any other denial is lifted; false where one would not.
    fn keep_sessions_out(&mut self, receipt: &mut Receipt) -> Result<bool, JournalError> {
        let (mut goals, mut all) = (Vec::new(), true);
        for left in self.ledger.left.clone() {
            let plan = self.approved.plan();
            let Some(rule) = plan.step(&left.step).and_then(|step| step.cut_off()) else {
                continue;
            };
            let to = match self.moved_on(rule, &left) {
                Ok(to) => {
                    receipt.notes.push(kept(rule, &left, &to));
                    to
                }
                Err(Trouble::Journal(error)) => return Err(error),
                Err(trouble) => {
                    all = false;
                    let said = format!("nothing was given back: {trouble}");
                    receipt.steps.push(StepReceipt::new(&left.step, StepOutcome::Failed, said));
                    continue;
                }
            };
            let what = What::One(left.thing.clone(), to);
            goals.push(Goal { step: left.step.clone(), purpose: Purpose::Undo, what });
        }
        let unproven = self.hold(&goals)?.unproven;
        for (step, why) in &unproven {
            let said = format!("nothing was given back: sessions cannot be kept out: {why}");
            receipt.steps.push(StepReceipt::new(step, StepOutcome::Failed, said));
        }
        Ok(all && unproven.is_empty())
    }

    /// The cut-off once it is at the moment of the revert. One that an earlier revert has moved
    /// stays: sessions that were had since then are nobody's but the owner's.
    fn moved_on(&mut self, rule: &CutOff, left: &Left) -> Result<State, Trouble> {
        let before = self.read(&left.thing)?;
        if rule.moment(&before) > rule.moment(&left.to) {
            return Ok(before);
        }
        let to = rule.document(self.account.now());
        let (step, purpose) = (left.step.as_str(), Purpose::Undo);
        self.set(&Task { step, purpose, thing: &left.thing, before: &before, to: &to })?;
        Ok(to)
    }

    fn back(&mut self, left: &Left, run: Run, force: bool) -> Result<Back, Trouble> {
        let step = self.approved.plan().step(&left.step);
        let rule = step.and_then(|step| step.cut_off());
        if run == Run::Revert && rule.is_some() {
            return Ok(Back::Kept(format!("the {} stays", left.thing)));
        }
        let live = self.read(&left.thing)?;
        if run == Run::Revert && step.is_none_or(|step| step.suspect) {
            if is_gone(left, &live) {
                return Ok(Back::Gone);
            }
            let (thing, words) = (&left.thing, live.words());
            let credential_is_dead = thing.is_credential() && live != State::Active;
            return Ok(if live == left.to || credential_is_dead {
                Back::Kept(format!(
                    "the {thing} stays {words}: giving it back could let an intruder in"
                ))
            } else {
                Back::Not(format!("somebody changed the {thing}: it is {}", live.told()))
            });
        }
        if run == Run::Revert
            && let Some(because) = self.must_stay(left)
        {
            return Ok(Back::Not(because));
        }
        let what = What::One(left.thing.clone(), left.before.clone());
        let goal = Goal { step: left.step.clone(), purpose: Purpose::Undo, what };
        if live == left.before {
            return Ok(Back::Given(goal));
        }
        if let Undo::Never { because } =
            Undo::to(&self.approved.plan().account, &left.thing, &left.before)
        {
            return Ok(Back::Not(because));
        }
        if is_gone(left, &live) {
            return Ok(Back::Gone);
        }
        let moved = rule.is_some_and(|rule| rule.moment(&live).is_some());
        if live != left.to && !moved && !force {
            let now = live.told();
            return Ok(Back::Not(format!("somebody changed the {}: it is {now}", left.thing)));
        }
        let (step, purpose) = (left.step.as_str(), Purpose::Undo);
        let (thing, to) = (&left.thing, &left.before);
        match self.set(&Task { step, purpose, thing, before: &live, to }) {
            // Its user or role is gone.
            Err(Trouble::Aws(AwsError::NotFound { .. })) => Ok(Back::Gone),
            set => set.map(|()| Back::Given(goal)),
        }
    }
}

/// Whether a thing was deleted that we never delete; a trust policy is gone with its role alone.
fn is_gone(left: &Left, live: &State) -> bool {
    let lasts = left.thing.is_credential() || matches!(left.thing, Thing::TrustPolicy { .. });
    lasts && left.to != State::Absent && *live == State::Absent
}

/// What stays denied until when, in words.
fn kept(rule: &CutOff, left: &Left, to: &State) -> String {
    let moment = rule.moment(to).map_or(0, Timestamp::millis);
    let until = moment.saturating_add(i64::from(rule.sessions_last_seconds) * 1000);
    let (moment, until) = (Timestamp::from_millis(moment), Timestamp::from_millis(until));
    format!(
        "sessions issued before {moment} stay denied by the {} until they have expired; remove it \
         after {until}",
        left.thing
    )
}
