//! What applying a plan would do now: each step is held against the live account, and nothing is
//! journalled or sent.

use crate::apply::RunError;
use crate::executor::{Executor, Options, Trouble};
use crate::journal::{Entry, Journal, JournalError};
use crate::receipt::Ending;
use crate::{Account, Approved, Change, Planned, State, Step};

/// What a step would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Would {
    /// The step's name.
    pub step: String,
    /// What would be sent; nothing where it is so already.
    pub sends: Vec<Change>,
    /// Why it would fail.
    pub trouble: Option<String>,
}

/// What a run would do, and how it would end as far as can be told before anything is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    /// Every step, also those after one that would fail.
    pub steps: Vec<Would>,
    /// How it would end.
    pub ending: Ending,
}

/// A journal for those who send nothing.
struct Unwritten;

impl Journal for Unwritten {
    fn append(&mut self, _: &Entry) -> Result<(), JournalError> {
        Err(JournalError("a rehearsal writes nothing".into()))
    }
}

/// Holds every step of a plan against the account as it is now.
///
/// # Errors
/// `CutOff`: then a real run would not begin either.
pub fn rehearse(
    approved: &Approved,
    history: &[Entry],
    account: &dyn Account,
    options: Options,
) -> Result<Rehearsal, RunError> {
    let mut journal = Unwritten;
    let executor = Executor::new(approved, history, account, &mut journal, options);
    if executor.ledger.under_way.is_some() {
        return Err(RunError::CutOff);
    }
    let steps: Vec<Would> = approved.plan().steps.iter().map(|step| executor.would(step)).collect();
    let fails = steps.iter().any(|step| step.trouble.is_some());
    let ending = match (fails, options.keep_going, executor.ledger.left.is_empty()) {
        (false, ..) => Ending::Contained,
        (true, true, _) => Ending::Partly,
        (true, false, true) => Ending::FailedAndUndone,
        (true, false, false) => Ending::Stopped,
    };
    Ok(Rehearsal { steps, ending })
}

impl Executor<'_> {
    fn would(&self, step: &Step) -> Would {
        let (sends, trouble) = match self.sends(step) {
            Ok(sends) => (sends, None),
            Err(trouble) => (Vec::new(), Some(trouble.to_string())),
        };
        Would { step: step.name.clone(), sends, trouble }
    }

    fn sends(&self, step: &Step) -> Result<Vec<Change>, Trouble> {
        let account = &self.approved.plan().account;
        let change = |thing, to| Change { account: account.clone(), thing, to };
        let (thing, live, expects, to) = match &step.change {
            Planned::Every { scope, .. } => {
                let listed = self.again(|| self.account.list(scope))?.into_iter();
                let active = listed.filter(|(_, state)| *state == State::Active);
                return Ok(active.map(|(thing, _)| change(thing, State::Inactive)).collect());
            }
            Planned::One { expects, change } => {
                (&change.thing, self.read(&change.thing)?, expects, change.to.clone())
            }
            Planned::CutOff { expects, rule } => {
                let live = self.read(&rule.policy)?;
                let to = self.moved(step, rule, &live);
                if rule.moment(&live).is_some() && live != to {
                    return Ok(vec![change(rule.policy.clone(), to)]);
                }
                (&rule.policy, live, expects, to)
            }
        };
        if live == to {
            return Ok(Vec::new());
        }
        if live != *expects {
            return Err(Trouble::Drift { thing: thing.clone(), found: live.told() });
        }
        Ok(vec![change(thing.clone(), to)])
    }
}
