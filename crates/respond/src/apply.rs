//! Carrying a plan out: each step once, then all of them held until they are stable; where a step
//! fails, everything exactly back. It must never begin where an earlier run was cut off.

use crashcart_model::Timestamp;
use thiserror::Error;

use crate::executor::{Executor, Options, Task, Trouble};
use crate::hold::{Goal, Watched, What};
use crate::journal::{Entry, Journal, JournalError, Purpose, Run};
use crate::receipt::{Ending, RECEIPT_SCHEMA, Receipt, StepOutcome, StepReceipt, Verified};
use crate::{Account, Approved, CutOff, Planned, State, Step, Thing};

/// Why a run did not begin.
#[derive(Debug, Error)]
pub enum RunError {
    /// An earlier run of the plan was cut off.
    #[error(
        "apply the plan: an earlier run was cut off; `crashcart resume` looks at the account and finishes or reverts it"
    )]
    CutOff,
    /// Nothing was cut off.
    #[error("resume the plan: no run of it was cut off")]
    NothingToResume,
    /// The receipt is of another plan.
    #[error("revert: the receipt is of plan {receipt}, the approval of {approved}")]
    OtherPlan {
        /// The plan's hash in the receipt.
        receipt: String,
        /// The hash that was approved.
        approved: String,
    },
    /// The receipt is not the journal's.
    #[error(
        "revert: the receipt is not as the journal of this case has it: it was edited, or it is of \
         another case, or the journal was cut; nothing of it is followed"
    )]
    NotInJournal,
    /// What became of the change that was under way cannot be read.
    #[error("resume the plan: read what became of the last change")]
    Unread(#[source] crashcart_aws::AwsError),
    /// The journal cannot be written, so nothing was sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Carries out an approved plan. `history` is what the journal of the case holds so far: what an
/// earlier run of the same plan did is known from it, and doing it twice is doing it once.
///
/// # Errors
/// Only where nothing was sent; whatever happens later is in the receipt.
pub fn apply(
    approved: &Approved,
    history: &[Entry],
    account: &dyn Account,
    journal: &mut dyn Journal,
    options: Options,
) -> Result<Receipt, RunError> {
    let executor = Executor::new(approved, history, account, journal, options);
    if executor.ledger.under_way.is_some() {
        return Err(RunError::CutOff);
    }
    run(executor)
}

/// What a step came to.
struct Came {
    outcome: StepOutcome,
    goal: What,
    said: String,
}

/// The plan from its beginning; steps that are in place already pass.
pub(crate) fn run(mut executor: Executor<'_>) -> Result<Receipt, RunError> {
    executor.begin(Run::Apply)?;
    let mut receipt = executor.receipt(Run::Apply);
    let (mut goals, mut failed) = (Vec::new(), false);
    let halted = executor.steps(&mut receipt, &mut goals, &mut failed).is_err();
    if halted {
        return Ok(executor.finished(receipt, Ending::Halted));
    }
    if failed && !executor.options.keep_going {
        return Ok(executor.back_out(receipt));
    }
    let Ok(watched) = executor.hold(&goals) else {
        return Ok(executor.finished(receipt, Ending::Halted));
    };
    note(&mut receipt, &goals, &watched);
    let ending = match (failed, watched.unproven.is_empty()) {
        (true, _) => Ending::Partly,
        (false, true) => Ending::Contained,
        (false, false) if watched.only_unread => Ending::NotReadBack,
        (false, false) => Ending::NotProven,
    };
    Ok(executor.finished(receipt, ending))
}

/// Says of each step whether it held, and whether it had to be set again for that.
pub(crate) fn note(receipt: &mut Receipt, goals: &[Goal], watched: &Watched) {
    for step in &mut receipt.steps {
        let is_gone = step.outcome == StepOutcome::Gone;
        if is_gone || !goals.iter().any(|goal| goal.step == step.name) {
            continue;
        }
        let again = watched.again.iter().filter(|(name, _)| *name == step.name);
        step.said.extend(again.map(|(_, said)| said.clone()));
        match watched.unproven.iter().find(|(name, _)| *name == step.name) {
            None => step.verified = Verified::Configured,
            Some((_, why)) => {
                step.verified = Verified::NotProven;
                step.said.push(format!("did not hold for the whole window: {why}"));
            }
        }
    }
}

/// A step for which nothing was sent.
fn already(goal: What, by_earlier_run: bool) -> Came {
    let said = if by_earlier_run { "an earlier run of this plan did it" } else { "" };
    Came { outcome: StepOutcome::Already, goal, said: said.to_owned() }
}

impl Executor<'_> {
    /// Each step once, in order; stops at the first that fails unless told to go on.
    fn steps(
        &mut self,
        receipt: &mut Receipt,
        goals: &mut Vec<Goal>,
        failed: &mut bool,
    ) -> Result<(), JournalError> {
        for step in &self.approved.plan().steps {
            if *failed && !self.options.keep_going {
                receipt.steps.push(StepReceipt::new(&step.name, StepOutcome::NotReached, ""));
                continue;
            }
            if step.after_verified {
                let watched = self.hold(goals)?;
                note(receipt, goals, &watched);
            }
            match self.step(step) {
                Ok(came) => {
                    // A later step on the same thing takes the earlier one's place.
                    if let What::One(thing, to) = &came.goal {
                        for goal in goals.iter_mut() {
                            if matches!(&goal.what, What::One(same, _) if same == thing) {
                                goal.what = What::One(thing.clone(), to.clone());
                            }
                        }
                    }
                    let name = step.name.clone();
                    goals.push(Goal { step: name, purpose: Purpose::Again, what: came.goal });
                    receipt.steps.push(StepReceipt::new(&step.name, came.outcome, came.said));
                }
                Err(Trouble::Journal(error)) => return Err(error),
                Err(trouble) => {
                    *failed = true;
                    let failed = StepOutcome::Failed;
                    receipt.steps.push(StepReceipt::new(&step.name, failed, trouble.to_string()));
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<Came, Trouble> {
        match &step.change {
            Planned::One { expects, change } => {
                let live = self.read(&change.thing)?;
                self.step_one(step, &change.thing, (&live, expects), change.to.clone())
            }
            Planned::CutOff { expects, rule } => {
                let live = self.read(&rule.policy)?;
                let to = self.moved(step, rule, &live);
                // An earlier cut-off of ours may be moved on.
                let ours = rule.moment(&live).is_some();
                let expects = if ours { &live } else { expects };
                self.step_one(step, &rule.policy, (&live, expects), to)
            }
            Planned::Every { scope, .. } => {
                let earlier = self.did(step);
                let said = self.set_every(&step.name, scope)?;
                let goal = What::Every(scope.clone());
                Ok(match said.is_empty() {
                    true => already(goal, earlier),
                    false => Came { outcome: StepOutcome::Done, goal, said: said.join(", ") },
                })
            }
        }
    }

    fn step_one(
        &mut self,
        step: &Step,
        thing: &Thing,
        (live, expects): (&State, &State),
        to: State,
    ) -> Result<Came, Trouble> {
        let ours = self.ledger.of(thing).is_some();
        let goal = What::One(thing.clone(), to.clone());
        if *live == to {
            let mut came = already(goal, ours);
            if step.after_verified && self.ledger.set_by(&step.name, thing).is_none() {
                came.said =
                    "the moment that stands reaches as far as one put now: nothing was sent"
                        .to_owned();
            }
            return Ok(came);
        }
        if live != expects {
            return Err(Trouble::Drift { thing: thing.clone(), found: live.told() });
        }
        let purpose = if ours { Purpose::Again } else { Purpose::Contain };
        self.set(&Task { step: &step.name, purpose, thing, before: live, to: &to })?;
        Ok(Came { outcome: StepOutcome::Done, goal, said: thing.set_to(&to) })
    }

    /// The document of a cut-off: the live one where it reaches far enough, or a new one. It must
    /// reach beyond the moment of planning. A step that waits until the others hold puts it once
    /// more after their last change: only now is the closure verified.
    pub(crate) fn moved(&self, step: &Step, rule: &CutOff, live: &State) -> State {
        let put_now = rule.document(self.account.now());
        let (Some(moment), next) = (rule.moment(live), rule.moment(&put_now)) else {
            return put_now;
        };
        let made_at = self.approved.plan().made_at.millis();
        let reaches = moment.millis() >= made_at + i64::from(rule.ahead_seconds) * 1000;
        let before = self.ledger.set_by(&step.name, &rule.policy);
        let waits = step.after_verified && self.changed_before(step, rule) > before;
        if reaches && !(waits && next > Some(moment)) { live.clone() } else { put_now }
    }

    /// When the steps before this one last changed something else.
    fn changed_before(&self, step: &Step, rule: &CutOff) -> Option<Timestamp> {
        let steps = self.approved.plan().steps.iter();
        let earlier: Vec<&str> = steps
            .take_while(|earlier| earlier.name != step.name)
            .map(|earlier| earlier.name.as_str())
            .collect();
        let left = self.ledger.left.iter().filter(|left| left.thing != rule.policy);
        left.filter(|left| earlier.contains(&left.step.as_str())).map(|left| left.at).max()
    }

    fn did(&self, step: &Step) -> bool {
        self.ledger.left.iter().any(|left| step.covers(&left.thing))
    }

    /// An empty receipt of a run that begins now.
    pub(crate) fn receipt(&self, run: Run) -> Receipt {
        let plan = self.approved.plan();
        Receipt {
            schema: RECEIPT_SCHEMA.into(),
            plan: self.approved.hash().to_owned(),
            action: plan.action.clone(),
            target: plan.target.clone(),
            account: plan.account.clone(),
            run,
            began: self.account.now(),
            ended: self.account.now(),
            ending: Ending::Halted,
            steps: Vec::new(),
            left: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The receipt at the end of a run. The journal has it first, as it is; a run whose end it could
    /// not take is halted.
    pub(crate) fn finished(&mut self, mut receipt: Receipt, ending: Ending) -> Receipt {
        receipt.ended = self.account.now();
        receipt.left.clone_from(&self.ledger.left);
        let concluded = |ending: Ending| {
            let mut receipt = receipt.clone();
            receipt.ending = ending;
            receipt.notes.extend(ending.next_step().map(str::to_owned));
            receipt
        };
        let ended = concluded(ending);
        if ending == Ending::Halted || self.end(&ended).is_err() {
            return concluded(Ending::Halted);
        }
        ended
    }
}
