//! Reading back until everything has been as it should be for a whole window, and setting again
//! what was not. IAM is eventually consistent, and somebody may work against us.
//!
//! It must never give up what was contained: what does not hold within the bound is told.

use std::time::Duration;

use crate::executor::{Executor, Task, Trouble, millis};
use crate::journal::{JournalError, Purpose};
use crate::{Scope, State, Thing};

/// How soon to look again while something moves: whoever answers our changes is a program.
const SOON: Duration = Duration::from_millis(50);
/// How soon to look again while nothing moves.
const LATER: Duration = Duration::from_secs(2);

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Goal {
    pub(crate) step: String,
    pub(crate) purpose: Purpose,
    pub(crate) what: What,
}

/// One thing, or all that a rule reaches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    One(Thing, State),
    Every(Scope),
}

/// The names of the steps that do not hold, each with the last reason.
pub(crate) type Unproven = Vec<(String, String)>;

impl Executor<'_> {
    /// Holds all goals; what does not hold within the bound is returned.
    pub(crate) fn hold(&mut self, goals: &[Goal]) -> Result<Unproven, JournalError> {
        let begun = self.account.now().millis();
        let (mut quiet_since, mut poll) = (None, SOON);
        while !goals.is_empty() {
            let round = self.account.now().millis();
            let moved = self.round(goals)?;
            let now = self.account.now().millis();
            if moved.is_empty() {
                let since = *quiet_since.get_or_insert(round);
                if now.saturating_sub(since) >= millis(self.options.window) {
                    break;
                }
            } else {
                (quiet_since, poll) = (None, SOON);
            }
            if now.saturating_sub(begun) >= millis(self.options.bound) {
                let waiting = || goals.iter().map(|goal| (goal.step.clone(), String::new()));
                return Ok(if moved.is_empty() { waiting().collect() } else { moved });
            }
            self.account.wait(poll);
            poll = (poll * 3 / 2).min(LATER);
        }
        Ok(Vec::new())
    }

    /// Looks at the goals in their order until one had to be set again; returns what was not as it
    /// should be. The plan's first step is its most important one: whoever works against us must
    /// not undo it while we see to the last.
    fn round(&mut self, goals: &[Goal]) -> Result<Unproven, JournalError> {
        let mut moved = Vec::new();
        for goal in goals {
            let words = match &goal.what {
                What::One(thing, to) => self.hold_one(goal, thing, to),
                What::Every(scope) => self.set_every(&goal.step, scope).map(|set| set.join(", ")),
            };
            match words {
                Ok(words) if words.is_empty() => {}
                Ok(words) => {
                    moved.push((goal.step.clone(), words));
                    break;
                }
                Err(Trouble::Journal(error)) => return Err(error),
                Err(trouble) => moved.push((goal.step.clone(), trouble.to_string())),
            }
        }
        Ok(moved)
    }

    fn hold_one(&mut self, goal: &Goal, thing: &Thing, to: &State) -> Result<String, Trouble> {
        let before = self.account.state(thing)?;
        if before == *to {
            return Ok(String::new());
        }
        let (step, purpose) = (goal.step.as_str(), goal.purpose);
        self.set(&Task { step, purpose, thing, before: &before, to })?;
        Ok(format!("{thing} was {} and was set again", before.words()))
    }

    /// Makes every active credential in a scope inactive; returns what was done, in words.
    pub(crate) fn set_every(&mut self, step: &str, scope: &Scope) -> Result<Vec<String>, Trouble> {
        let mut done = Vec::new();
        for (thing, before) in self.again(|| self.account.list(scope))? {
            if !scope.covers(&thing) {
                return Err(Trouble::NotApproved(thing));
            }
            if before != State::Active {
                continue;
            }
            let again = self.ledger.of(&thing).is_some();
            let purpose = if again { Purpose::Again } else { Purpose::Contain };
            let to = State::Inactive;
            match self.set(&Task { step, purpose, thing: &thing, before: &before, to: &to }) {
                // Gone between the list and the change: it lets nobody in.
                Err(Trouble::Aws(crashcart_aws::AwsError::NotFound { .. })) => {}
                other => other?,
            }
            done.push(format!("{thing} made inactive"));
        }
        Ok(done)
    }
}
