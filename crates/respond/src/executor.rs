//! The one hand that changes an account: intent on the disk, the call, outcome on the disk. Every
//! run of every action goes through [`Executor::set`].
//!
//! It must never send what is not journalled, not approved, or not possible.

use std::time::Duration;

use crashcart_aws::AwsError;
use thiserror::Error;

use crate::journal::{Effect, Entry, Journal, JournalError, Purpose, Run};
use crate::ledger::{Ledger, Open};
use crate::others::Others;
use crate::{Account, Approved, Change, Receipt, State, Thing, Undo};

/// How often a call is tried that was throttled or got no answer.
const ATTEMPTS: u32 = 4;
/// The wait after the first of them; it doubles.
const PAUSE: Duration = Duration::from_secs(1);

/// How a run behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Go on with the next step where one failed, instead of giving back what was done.
    pub keep_going: bool,
    /// How long everything must be read back unchanged to count as configured.
    pub window: Duration,
    /// How long to go on setting what does not hold.
    pub bound: Duration,
}

impl Default for Options {
    /// Ten seconds unchanged, within two minutes: IAM spreads a change in seconds, mostly.
    fn default() -> Self {
        let (window, bound) = (Duration::from_secs(10), Duration::from_secs(120));
        Self { keep_going: false, window, bound }
    }
}

/// Why a step did not go through.
#[derive(Debug, Clone, PartialEq, Error)]
pub(crate) enum Trouble {
    #[error("somebody changed the {thing} meanwhile: it is {found}; plan again")]
    Drift { thing: Thing, found: String },
    #[error("the {0} is not in the approved plan")]
    NotApproved(Thing),
    #[error("read it back: {0}")]
    Unread(AwsError),
    #[error("{thing}: {because}")]
    Never { thing: Thing, because: String },
    #[error(transparent)]
    Aws(#[from] AwsError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// One setting of one thing.
pub(crate) struct Task<'t> {
    pub(crate) step: &'t str,
    pub(crate) purpose: Purpose,
    pub(crate) thing: &'t Thing,
    pub(crate) before: &'t State,
    pub(crate) to: &'t State,
}

/// A run on one account.
pub(crate) struct Executor<'a> {
    pub(crate) approved: &'a Approved,
    pub(crate) account: &'a dyn Account,
    journal: &'a mut dyn Journal,
    pub(crate) ledger: Ledger,
    pub(crate) others: Others,
    pub(crate) options: Options,
}

impl<'a> Executor<'a> {
    pub(crate) fn new(
        approved: &'a Approved,
        history: &[Entry],
        account: &'a dyn Account,
        journal: &'a mut dyn Journal,
        options: Options,
    ) -> Self {
        let ledger = Ledger::read(history, approved.hash());
        let others = Others::read(history, approved.hash(), &[]);
        Self { approved, account, journal, ledger, others, options }
    }

    /// Notes that a run begins.
    pub(crate) fn begin(&mut self, run: Run) -> Result<(), JournalError> {
        let (at, plan) = (self.account.now(), self.approved.hash().to_owned());
        self.write(Entry::Begun { at, plan, run })
    }

    /// Notes that it came to its end, and what it did.
    pub(crate) fn end(&mut self, receipt: &Receipt) -> Result<(), JournalError> {
        let (at, plan) = (receipt.ended, self.approved.hash().to_owned());
        self.write(Entry::Ended { at, plan, receipt: Box::new(receipt.clone()) })
    }

    /// Journals, sends, journals what became of it.
    pub(crate) fn set(&mut self, task: &Task<'_>) -> Result<(), Trouble> {
        let account = &self.approved.plan().account;
        let change =
            Change { account: account.clone(), thing: task.thing.clone(), to: task.to.clone() };
        if !self.approved.covers(account, task.thing) || !change.possible() {
            return Err(Trouble::NotApproved(task.thing.clone()));
        }
        let undo = Undo::to(account, task.thing, task.before);
        self.write(Entry::Intent {
            at: self.account.now(),
            plan: self.approved.hash().to_owned(),
            step: task.step.to_owned(),
            purpose: task.purpose,
            before: task.before.clone(),
            change: change.clone(),
            undo,
        })?;
        let (effect, result) = match self.send(&change) {
            Ok(effect) => (effect, Ok(())),
            // An answer that it failed is no proof that nothing was done.
            Err(_) if self.is_seen(task) => (Effect::Seen, Ok(())),
            Err(error) => (failed(&error), Err(Trouble::Aws(error))),
        };
        self.outcome(task.step, task.thing, effect)?;
        result
    }

    /// Whether a change shows in the live state.
    fn is_seen(&self, task: &Task<'_>) -> bool {
        task.before != task.to && self.read(task.thing).is_ok_and(|live| live == *task.to)
    }

    /// The state of a thing, asked again where the call was throttled or lost.
    pub(crate) fn read(&self, thing: &Thing) -> Result<State, AwsError> {
        self.again(|| self.account.state(thing))
    }

    /// Runs a read a few times.
    pub(crate) fn again<T>(
        &self,
        mut call: impl FnMut() -> Result<T, AwsError>,
    ) -> Result<T, AwsError> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match call() {
                Err(AwsError::Throttled { .. } | AwsError::NoAnswer { .. }) => {}
                answer => return answer,
            }
            self.account.wait(pause);
            pause *= 2;
        }
        call()
    }

    /// Decides what became of a change that a crash cut off, from the live state.
    pub(crate) fn settle_open(&mut self) -> Result<(), Trouble> {
        let Some(Open { step, thing, before, to, .. }) = self.ledger.open.clone() else {
            return Ok(());
        };
        let live = self.settled(&thing, &to)?;
        let effect = if live == to {
            Effect::Seen
        } else if live == before {
            Effect::None("the run was cut off before it took effect".into())
        } else {
            Effect::Unknown(format!("the run was cut off; it is {} now", live.told()))
        };
        Ok(self.outcome(&step, &thing, effect)?)
    }

    /// The state once it is as it was meant to be, or has been another one for the whole window.
    fn settled(&self, thing: &Thing, to: &State) -> Result<State, AwsError> {
        let begun = self.account.now().millis();
        loop {
            let live = self.read(thing)?;
            let passed = self.account.now().millis().saturating_sub(begun);
            if live == *to || passed >= millis(self.options.window) {
                return Ok(live);
            }
            self.account.wait(PAUSE);
        }
    }

    /// Sends; all changes here can be sent twice with the effect of once.
    fn send(&self, change: &Change) -> Result<Effect, AwsError> {
        let mut pause = PAUSE;
        let mut attempt = 1;
        let mut lost = None;
        loop {
            let error = match self.account.send(self.approved, change) {
                Ok(sent) => return Ok(Effect::Done(sent.request_id)),
                Err(AwsError::NotFound { .. }) if change.to == State::Absent => {
                    return Ok(Effect::Seen);
                }
                Err(error) => error,
            };
            match &error {
                AwsError::NoAnswer { .. } => {
                    if self.read(&change.thing).is_ok_and(|live| live == change.to) {
                        return Ok(Effect::Seen);
                    }
                    lost = Some(error.clone());
                }
                // A change of which nobody knows stays so, whatever a later answer says.
                AwsError::Throttled { .. } if attempt < ATTEMPTS => {}
                _ => return Err(lost.unwrap_or(error)),
            }
            if attempt >= ATTEMPTS
                && let Some(lost) = lost
            {
                return Err(lost);
            }
            self.account.wait(pause);
            pause *= 2;
            attempt += 1;
        }
    }

    fn outcome(&mut self, step: &str, thing: &Thing, effect: Effect) -> Result<(), JournalError> {
        let (at, plan) = (self.account.now(), self.approved.hash().to_owned());
        let (step, thing) = (step.to_owned(), thing.clone());
        self.write(Entry::Outcome { at, plan, step, thing, effect })
    }

    fn write(&mut self, entry: Entry) -> Result<(), JournalError> {
        self.journal.append(&entry)?;
        self.ledger.take(&entry, self.approved.hash());
        Ok(())
    }
}

/// What is known of a change that does not show and of which this was answered. Only a refusal says
/// that it will not show later.
fn failed(error: &AwsError) -> Effect {
    match error {
        AwsError::Throttled { .. } | AwsError::NoAnswer { .. } | AwsError::Other { .. } => {
            Effect::Unknown(error.to_string())
        }
        _ => Effect::None(error.to_string()),
    }
}

/// A duration as the clock counts.
pub(crate) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
