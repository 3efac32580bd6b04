//! After a crash: what became of the change that was under way is read from the account, and the
//! run is finished or undone. It must never trust the journal's end alone.

use crate::apply::{RunError, run};
use crate::executor::{Executor, Options, Trouble};
use crate::journal::{Entry, Journal, Run};
use crate::receipt::Receipt;
use crate::{Account, Approved, Throwaway};

/// What to do with a plan whose run was cut off. A run that was giving back goes on giving back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Carry out the rest.
    Finish,
    /// Give everything exactly back.
    Undo,
}

/// The plan whose run was cut off, by hash, if there is one.
pub fn cut_off_plan(history: &[Entry]) -> Option<&str> {
    let (mut under_way, mut own) = (None, Vec::new());
    for entry in history {
        match entry {
            Entry::Begun { plan, .. } => under_way = Some(plan.as_str()),
            Entry::Ended { plan, .. } if under_way == Some(plan.as_str()) => under_way = None,
            // A selftest's plan ends with the principals that it was about.
            Entry::Making { what: Throwaway::Plan { hash }, .. } => own.push(hash.as_str()),
            Entry::TakenAway { .. } if under_way.is_some_and(|plan| own.contains(&plan)) => {
                under_way = None;
            }
            _ => {}
        }
    }
    under_way
}

/// The receipts of the runs that ended, in order, as the journal has them.
pub fn receipts(history: &[Entry]) -> impl Iterator<Item = &Receipt> {
    history.iter().filter_map(|entry| match entry {
        Entry::Ended { receipt, .. } => Some(&**receipt),
        _ => None,
    })
}

/// Goes on where a run was cut off.
///
/// # Errors
/// Only where nothing was sent: `NothingToResume`, `Unread`, `Journal`.
pub fn resume(
    approved: &Approved,
    history: &[Entry],
    (account, journal): (&dyn Account, &mut dyn Journal),
    how: Resume,
    options: Options,
) -> Result<Receipt, RunError> {
    let mut executor = Executor::new(approved, history, account, journal, options);
    let Some(under_way) = executor.ledger.under_way else {
        return Err(RunError::NothingToResume);
    };
    executor.settle_open().map_err(|trouble| match trouble {
        Trouble::Aws(error) => RunError::Unread(error),
        Trouble::Journal(error) => RunError::Journal(error),
        other => RunError::Journal(crate::JournalError(other.to_string())),
    })?;
    let back = match (under_way, how) {
        (Run::Apply, Resume::Finish) => return run(executor),
        (Run::Apply, Resume::Undo) => Run::Undo,
        (back, _) => back,
    };
    executor.begin(back)?;
    let receipt = executor.receipt(back);
    Ok(executor.give_back(receipt, back, false))
}
