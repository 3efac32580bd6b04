//! Reading back until everything has been as it should be for a whole window, and setting again
//! what was not. IAM is eventually consistent, and somebody may work against us.
//!
//! It must never give up what was contained: what does not hold within the bound is told.

use std::time::Duration;

use crate::executor::{Executor, Task, Trouble, millis};
use crate::journal::{JournalError, Purpose};
use crate::{Scope, State, Thing, Undo};

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

/// What was seen of a goal.
struct Look<'g> {
    goal: &'g Goal,
    /// Since when it has been as it should be, in milliseconds.
    since: Option<i64>,
    /// What was last wrong.
    said: String,
    /// Whether that was that it could not be read.
    unread: bool,
    /// How often it had to be set again, and what was said of the last time.
    again: (u32, String),
}

impl<'g> Look<'g> {
    const fn new(goal: &'g Goal) -> Self {
        Self { goal, since: None, said: String::new(), unread: false, again: (0, String::new()) }
    }
}

/// What was seen while reading back.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Watched {
    /// The names of the steps that do not hold, each with the last reason.
    pub(crate) unproven: Vec<(String, String)>,
    /// Nothing is known to be otherwise: what does not hold could not be read.
    pub(crate) only_unread: bool,
    /// The names of the steps of which something had to be set again, with what that was.
    pub(crate) again: Vec<(String, String)>,
}

impl Watched {
    fn of(looks: &[Look<'_>], holds: impl Fn(&Look<'_>) -> bool) -> Self {
        let name = |look: &Look<'_>| look.goal.step.clone();
        let unproven = || looks.iter().filter(|look| !holds(look));
        let again = looks.iter().filter(|look| look.again.0 > 0).map(|look| {
            let (times, last) = &look.again;
            let times = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
            let said = format!(
                "read back otherwise and set again {times}, the last time: {last}; IAM was slow, or \
                 somebody works against it"
            );
            (name(look), said)
        });
        Self {
            only_unread: unproven().count() > 0 && unproven().all(|look| look.unread),
            unproven: unproven().map(|look| (name(look), look.said.clone())).collect(),
            again: again.collect(),
        }
    }
}

impl Executor<'_> {
    /// Holds all goals; what has not held for the whole window within the bound is returned.
    pub(crate) fn hold(&mut self, goals: &[Goal]) -> Result<Watched, JournalError> {
        let mut looks: Vec<Look<'_>> = goals.iter().map(Look::new).collect();
        let begun = self.account.now().millis();
        let (mut quiet_since, mut poll) = (None, SOON);
        while !looks.is_empty() {
            let round = self.account.now().millis();
            let quiet = self.round(&mut looks, false)?;
            let now = self.account.now().millis();
            if quiet {
                let since = *quiet_since.get_or_insert(round);
                if now.saturating_sub(since) >= millis(self.options.window) {
                    break;
                }
            } else {
                (quiet_since, poll) = (None, SOON);
            }
            if now.saturating_sub(begun) >= millis(self.options.bound) {
                self.round(&mut looks, true)?;
                let latest = self.account.now().millis() - millis(self.options.window);
                return Ok(Watched::of(&looks, |look| look.since.is_some_and(|at| at <= latest)));
            }
            self.account.wait(poll);
            poll = (poll * 3 / 2).min(LATER);
        }
        Ok(Watched::of(&looks, |_| true))
    }

    /// Looks at the goals in their order until one had to be set again, or at `all`; true where
    /// nothing had. The plan's first step is its most important one: whoever works against us must
    /// not undo it while we see to the last.
    fn round(&mut self, looks: &mut [Look<'_>], all: bool) -> Result<bool, JournalError> {
        let mut quiet = true;
        for look in looks {
            let now = self.account.now().millis();
            let said = match &look.goal.what {
                What::One(thing, to) => self.hold_one(look.goal, thing, to),
                What::Every(scope) => {
                    self.set_every(&look.goal.step, scope).map(|set| set.join(", "))
                }
            };
            let set_again = match said {
                Ok(said) if said.is_empty() => {
                    look.since.get_or_insert(now);
                    continue;
                }
                Err(Trouble::Journal(error)) => return Err(error),
                Ok(said) => {
                    look.again = (look.again.0 + 1, said.clone());
                    (look.said, look.unread) = (said, false);
                    true
                }
                Err(trouble) => {
                    look.unread = matches!(trouble, Trouble::Unread(_));
                    look.said = trouble.to_string();
                    false
                }
            };
            (look.since, quiet) = (None, false);
            if set_again && !all {
                break;
            }
        }
        Ok(quiet)
    }

    fn hold_one(&mut self, goal: &Goal, thing: &Thing, to: &State) -> Result<String, Trouble> {
        let before = self.account.state(thing).map_err(Trouble::Unread)?;
        if before == *to {
            return Ok(String::new());
        }
        let account = &self.approved.plan().account;
        if let Undo::Never { because } = Undo::to(account, thing, to) {
            return Err(Trouble::Never { thing: thing.clone(), because });
        }
        let (step, purpose) = (goal.step.as_str(), goal.purpose);
        self.set(&Task { step, purpose, thing, before: &before, to })?;
        Ok(format!("{thing} was {} and was set again", before.told()))
    }

    /// Makes every active credential in a scope inactive; returns what was done, in words.
    pub(crate) fn set_every(&mut self, step: &str, scope: &Scope) -> Result<Vec<String>, Trouble> {
        let mut done = Vec::new();
        for (thing, before) in self.again(|| self.account.list(scope)).map_err(Trouble::Unread)? {
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
                Err(Trouble::Aws(crashcart_aws::AwsError::NotFound { .. })) => {
                    done.push(format!("{thing} is gone"));
                }
                other => {
                    other?;
                    done.push(thing.set_to(&to));
                }
            }
        }
        Ok(done)
    }
}
