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
use crate::others::Others;
use crate::receipt::{Ending, Receipt, StepOutcome, StepReceipt};
use crate::resume::receipts;
use crate::{Account, Approved, CutOff, Left, Plan, State, Thing, Undo};

/// How to give back.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RevertOptions<'p> {
    /// Undo exactly: the wrong principal was contained. [`returns`](crate::returns) says what that
    /// means.
    pub rearm: bool,
    /// Also where somebody has changed what we left, and what another plan holds.
    pub force: bool,
    /// The plans of the case: what another one holds too is not given back.
    pub plans: &'p [Plan],
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
    how: RevertOptions<'_>,
) -> Result<Receipt, RunError> {
    check(receipt, approved, history)?;
    let mut executor = Executor::new(approved, history, account, journal, how.options);
    if executor.ledger.under_way.is_some() {
        return Err(RunError::CutOff);
    }
    executor.others = Others::read(history, approved.hash(), how.plans);
    let run = if how.rearm { Run::Undo } else { Run::Revert };
    executor.begin(run)?;
    let receipt = executor.receipt(run);
    Ok(executor.give_back(receipt, run, how.force))
}

/// Whether the receipt is the plan's, and the journal's. One of a run that was halted never came
/// into the journal: it points to a plan of which the journal must know a run.
pub(crate) fn check(
    receipt: &Receipt,
    approved: &Approved,
    history: &[Entry],
) -> Result<(), RunError> {
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

/// What became of one thing on the way back, in words.
enum Back {
    /// It is as it was before; the goal holds it so.
    Given(String, Goal),
    /// It was so already.
    Before(String, Option<Goal>),
    /// It was deleted meanwhile, by itself or with its user or role.
    Gone(String),
    Kept(String),
    Lost(String),
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
            // What another plan holds stays: the account is not as before the run.
            (Ok(true), Run::BackOut) if back.keeps() => Ending::Stopped,
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
                Back::Given(said, goal) => {
                    goals.push(goal);
                    given.push(&left.thing);
                    (StepOutcome::GivenBack, said)
                }
                Back::Before(said, goal) => {
                    goals.extend(goal);
                    given.push(&left.thing);
                    (StepOutcome::Already, said)
                }
                Back::Gone(said) => {
                    given.push(&left.thing);
                    (StepOutcome::Gone, said)
                }
                Back::Kept(said) => (StepOutcome::Kept, said),
                Back::Lost(said) => (StepOutcome::Lost, said),
                Back::Not(said) => {
                    complete = false;
                    (StepOutcome::Failed, said)
                }
            };
            receipt.steps.push(StepReceipt::new(&left.step, outcome, said));
        }
        if run == Run::BackOut {
            let alive = of_this_run.iter().filter(|left| given.contains(&&left.thing));
            receipt.notes.extend(alive.filter_map(alive_again));
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
                Ok((to, moved)) => {
                    receipt.notes.push(kept(rule, &left, (&to, moved)));
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

    /// The cut-off once it is at the moment of the revert, and whether it was moved there now. One
    /// that an earlier revert has moved stays: sessions that were had since then are nobody's but
    /// the owner's.
    ///
    /// Nothing is added to the moment, unlike where somebody is contained: that covers the time
    /// until a closure has spread, and here the keys stay inactive and what was closed was closed
    /// until now. Whoever may have a session after this may also have one a minute later, so a
    /// moment ahead would keep out ordinary work alone; for the same reason one that containing put
    /// ahead of now comes back to now.
    fn moved_on(&mut self, rule: &CutOff, left: &Left) -> Result<(State, bool), Trouble> {
        let before = self.read(&left.thing)?;
        // By the journal: whoever works against us may have put an older moment.
        let own = self.approved.hash();
        if before != left.to && self.others.is_last_of(own, &left.thing, &before) {
            return Ok((before, false));
        }
        let to = rule.denies(self.account.now());
        if to == before {
            return Ok((before, true));
        }
        let (step, purpose) = (left.step.as_str(), Purpose::Undo);
        self.set(&Task { step, purpose, thing: &left.thing, before: &before, to: &to })?;
        Ok((to, true))
    }

    fn back(&mut self, left: &Left, run: Run, force: bool) -> Result<Back, Trouble> {
        let step = self.approved.plan().step(&left.step);
        let rule = step.and_then(|step| step.cut_off());
        let thing = &left.thing;
        if run == Run::Revert && rule.is_some() {
            return Ok(Back::Kept(format!("the {thing} stays, for older sessions")));
        }
        let live = self.read(thing)?;
        let is_lost = is_lost(left, &live, &self.ledger);
        if run != Run::BackOut && is_lost {
            return Ok(Back::Lost(lost(thing, &live)));
        }
        if run == Run::Revert && step.is_none_or(|step| step.suspect) {
            if is_gone(left, &live) {
                return Ok(Back::Gone(gone(thing)));
            }
            return Ok(self.suspect(left, &live));
        }
        if run == Run::Revert
            && let Some(because) = self.must_stay(left)
        {
            return Ok(Back::Not(because));
        }
        let what = What::One(thing.clone(), left.before.clone());
        let goal = Goal { step: left.step.clone(), purpose: Purpose::Undo, what };
        if live == left.before && !is_lost {
            return Ok(Back::Before(format!("the {thing} is {}", live.told()), Some(goal)));
        }
        if let Undo::Never { because } =
            Undo::to(&self.approved.plan().account, thing, &left.before)
        {
            return Ok(Back::Not(because));
        }
        if is_gone(left, &live) {
            return Ok(Back::Gone(gone(thing)));
        }
        if let Some(other) = self.others.holding(thing, &left.before).filter(|_| !force) {
            return Ok(Back::Kept(held_too(thing, &live, &other)));
        }
        let moved = rule.is_some_and(|rule| rule.moment(&live).is_some());
        if live != left.to && !moved && !force {
            let now = live.told();
            if let Some(plan) = self.others.brought(thing, &live, self.approved.hash()) {
                let said = format!("the {thing} is {now}: the plan {plan} of this case left it so");
                return Ok(Back::Before(said, None));
            }
            return Ok(Back::Not(format!("somebody changed the {thing}: it is {now}")));
        }
        let (step, purpose) = (left.step.as_str(), Purpose::Undo);
        match self.set(&Task { step, purpose, thing, before: &live, to: &left.before }) {
            // Its user or role is gone.
            Err(Trouble::Aws(AwsError::NotFound { .. })) => Ok(Back::Gone(gone(thing))),
            set => set
                .map(|()| Back::Given(format!("{}, as before", thing.set_to(&left.before)), goal)),
        }
    }

    /// What a careful revert leaves alone.
    fn suspect(&self, left: &Left, live: &State) -> Back {
        let (thing, words) = (&left.thing, live.told());
        if *live == left.to || (thing.is_credential() && *live != State::Active) {
            let because = "giving it back could let an intruder in";
            return Back::Kept(format!("the {thing} stays {words}: {because}"));
        }
        match self.others.brought(thing, live, self.approved.hash()) {
            Some(plan) => Back::Before(
                format!("the {thing} is {words}: the plan {plan} of this case gave it back"),
                None,
            ),
            None => Back::Not(format!("somebody changed the {thing}: it is {words}")),
        }
    }
}

/// Whether a thing was deleted that we never delete; a trust policy is gone with its role alone.
pub(crate) fn is_gone(left: &Left, live: &State) -> bool {
    let lasts = left.thing.is_credential() || matches!(left.thing, Thing::TrustPolicy { .. });
    lasts && left.to != State::Absent && *live == State::Absent
}

/// What is said of it.
pub(crate) fn gone(thing: &Thing) -> String {
    format!("the {thing} is gone: somebody deleted it meanwhile; there is nothing to give back")
}

/// Whether a plan took what nobody can give back: it is gone, or was gone when AWS accepted that.
pub(crate) fn is_lost(left: &Left, live: &State, ledger: &Ledger) -> bool {
    let deletes = matches!(left.thing, Thing::LoginProfile { .. }) && left.to == State::Absent;
    deletes && (*live == State::Absent || ledger.set_by(&left.step, &left.thing).is_some())
}

/// What is said of a console password that was deleted.
pub(crate) fn lost(thing: &Thing, live: &State) -> String {
    let now = match live {
        State::Absent => "the user has none now",
        _ => "there is one now, which crashcart did not set: where you did not, find out who did",
    };
    format!("the {thing} was deleted and cannot be given back, as the plan said; {now}")
}

/// Why something stays that would be given back.
pub(crate) fn held_too(thing: &Thing, live: &State, other: &str) -> String {
    format!(
        "the {thing} stays {}: the plan {other} of this case holds it too; revert that one first, \
         then this one again, or give --force",
        live.words()
    )
}

/// What a run that failed has brought back to life, in words.
fn alive_again(left: &Left) -> Option<String> {
    if left.thing.is_credential() && left.before == State::Active {
        return Some(format!("ACTIVE AGAIN: the {}: whoever has it can use it now", left.thing));
    }
    let user = crate::alive::denied_user(&left.thing, &left.to)?;
    Some(format!("NO LONGER DENIED: user/{user}: its calls go through again"))
}

/// What stays denied until when, in words.
fn kept(rule: &CutOff, left: &Left, (to, moved): (&State, bool)) -> String {
    let moment = rule.moment(to).map_or(0, Timestamp::millis);
    let until = moment.saturating_add(i64::from(rule.sessions_last_seconds) * 1000);
    let (moment, until) = (Timestamp::from_millis(moment), Timestamp::from_millis(until));
    let whose = match moved {
        true => format!(
            "sessions issued before this revert stay denied until {until} (issued before {moment}; \
             those issued between containing and reverting are denied from now on)"
        ),
        false => format!(
            "sessions issued before an earlier revert stay denied until {until} (issued before \
             {moment})"
        ),
    };
    format!("{whose} by the {}: by then they have expired, and it can be removed", left.thing)
}
