//! Containment. Planning cannot write; a change needs an approved plan; what was done can be undone.
//!
//! Nothing here reads the clock, sleeps or reaches a network: an [`Account`] does, and is handed in.

#![forbid(unsafe_code)]

mod account;
mod actions;
mod alive;
mod apply;
mod approve;
mod change;
mod command;
pub mod documents;
mod executor;
mod facts;
mod held;
mod hold;
mod journal;
mod ledger;
mod others;
mod plan;
mod reach;
mod receipt;
mod rehearsal;
mod resume;
mod returns;
mod revert;
mod throwaway;

pub use account::{Account, Sent};
pub use actions::{
    Descent, Refusal, RoleOptions, SessionFacts, UserOptions, plan_found, plan_key, plan_role,
    plan_sessions, plan_user, refuse_again,
};
pub use apply::{RunError, apply};
pub use approve::{ApprovalError, Approved, SHORTEST};
pub use change::{Change, Scope, State, Thing};
pub use command::{StepCommands, aws_cli, commands};
pub use executor::Options;
pub use facts::{Credential, LastUsed, RoleFacts, Situation, UserFacts};
pub use held::{Held, held};
pub use journal::{Effect, Entry, Journal, JournalError, Purpose, Run};
pub use ledger::Left;
pub use plan::{CutOff, Plan, PlanError, Planned, SCHEMA, Step, Undo};
pub use receipt::{Ending, RECEIPT_SCHEMA, Receipt, StepOutcome, StepReceipt, Verified};
pub use rehearsal::{Rehearsal, Would, rehearse};
pub use resume::{Resume, cut_off_plan, receipts, resume};
pub use returns::{Return, returns};
pub use revert::{RevertOptions, revert};
pub use throwaway::{LeftBehind, Throwaway, left_behind};
