//! What giving a receipt back will do, to be said before it is approved. It must never say that
//! something comes back that cannot, nor that something changes that is so already.

use crate::apply::RunError;
use crate::journal::Entry;
use crate::ledger::Ledger;
use crate::others::Others;
use crate::revert::{check, gone, held_too, is_gone, is_lost, lost};
use crate::{Account, Approved, Left, Receipt, RevertOptions, State};

/// What will become of one thing, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Return {
    /// It lets somebody in again.
    Alive(String),
    /// It is as it was before, and lets nobody in by itself.
    Back(String),
    /// It is left as it is.
    Stays(String),
    /// It cannot be given back: somebody deleted it, or the plan did, and said so.
    Lost(String),
    /// It is so already.
    Already(String),
    /// It could not be read.
    Unread(String),
}

impl Return {
    /// The kind, in words.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Alive(_) => "comes back to life",
            Self::Back(_) => "is given back",
            Self::Stays(_) => "stays",
            Self::Lost(_) => "does not come back",
            Self::Already(_) => "was so before",
            Self::Unread(_) => "not read",
        }
    }

    /// What it is about.
    pub fn words(&self) -> &str {
        let (Self::Alive(said)
        | Self::Back(said)
        | Self::Stays(said)
        | Self::Lost(said)
        | Self::Already(said)
        | Self::Unread(said)) = self;
        said
    }
}

/// What reverting would do with each thing that a plan has left, in the order in which it would.
/// Reads the account, changes nothing.
///
/// # Errors
/// As [`revert`](crate::revert) refuses a receipt.
pub fn returns(
    (receipt, approved): (&Receipt, &Approved),
    history: &[Entry],
    account: &dyn Account,
    how: RevertOptions<'_>,
) -> Result<Vec<Return>, RunError> {
    check(receipt, approved, history)?;
    let others = Others::read(history, approved.hash(), how.plans);
    let ledger = Ledger::read(history, approved.hash());
    let of = |left: &Left| match account.state(&left.thing) {
        Ok(live) if is_lost(left, &live, &ledger) => Return::Lost(lost(&left.thing, &live)),
        Ok(live) => of_one(left, &live, (approved, &others), how),
        Err(error) => Return::Unread(format!("{}: {error}", left.thing)),
    };
    Ok(ledger.left.iter().rev().map(of).collect())
}

fn of_one(
    left: &Left,
    live: &State,
    (approved, others): (&Approved, &Others),
    how: RevertOptions<'_>,
) -> Return {
    let thing = &left.thing;
    let step = approved.plan().step(&left.step);
    let rule = step.and_then(|step| step.cut_off());
    if !how.rearm && rule.is_some() {
        return Return::Stays(format!(
            "the {thing}: sessions issued before this revert stay denied until they have expired"
        ));
    }
    if is_gone(left, live) {
        return Return::Lost(gone(thing));
    }
    if *live == left.before {
        return Return::Already(format!("{thing} is {}", live.told()));
    }
    if !how.rearm && step.is_none_or(|step| step.suspect) {
        return Return::Stays(format!("{thing} is {}, since it is suspect", live.told()));
    }
    if let Some(other) = others.holding(thing, &left.before).filter(|_| !how.force) {
        return Return::Stays(held_too(thing, live, &other));
    }
    match (rule.and_then(|rule| rule.moment(live)), &left.before) {
        (Some(moment), State::Absent) => {
            Return::Alive(format!("sessions issued before {moment} can be used again"))
        }
        (None, State::Active) => Return::Alive(format!("{thing} can be used again")),
        (_, State::Absent) => Return::Back(format!("{thing} is removed: what it denies is let go")),
        (_, before) => Return::Back(format!("{thing} becomes {}, as before", before.told())),
    }
}
